"""What was decided on a survey's tables so that no small count comes out: an account for who makes the report.

It names organisations, questions and groupings, as the report does, and no count and no answer.
"""

from keten.statistics.records import Decision
from keten.statistics.survey.importance import importance
from keten.statistics.survey.protected_cells import MERGED, Cell, cells_by_rule
from keten.statistics.survey.respondents import Respondents
from keten.statistics.survey.shown_cells import withheld
from keten.statistics.survey.system import order

WITHHELD = {
    "pairs": "verschil binnen respondenten weggelaten",
    "groups": "groepen bij deze vraag weggelaten",
    "answered": "aantal met een antwoord weggelaten",
    "judged": "aandeel met overal hetzelfde antwoord weggelaten",
    "invited": "aantal gevraagden en respons weggelaten",
    "mean": "gemiddelde weggelaten",
    "grouping": "hele groepsindeling weggelaten",
    "importance": "belang weggelaten",
    "cell": "alle uitkomsten weggelaten",
}
FEW = "te weinig mensen, of een aantal onder vijf"
CLOSE = "te weinig mensen, of te veel samenhang bij verborgen antwoorden"
TOGETHER = "met al het andere in het rapport zou het een aantal onder vijf verraden"


def decisions(respondents: Respondents) -> list[Decision]:
    """Every decision, first those of the rules for one table, then those after the attack on all tables together."""
    found = []
    for cell in cells_by_rule(respondents):
        found += [(what, f"{cell.organisation}: {cell.item}", FEW) for what in _by_rule(cell, respondents.scale)]
    for by in (*respondents.groupings, *(["wave"] if respondents.has_waves else [])):
        merged = [cell.organisation for cell in cells_by_rule(respondents, by) if cell.group == MERGED]
        found += [("groepen samengevoegd", f"{name}: {by}", FEW) for name in dict.fromkeys(merged)]
    if respondents.importance is None:
        gone = importance(respondents).query("importance.isna()")
        about = zip(gone["organisation"], gone["item"], strict=True)
        found += [("belang weggelaten", ": ".join(names), CLOSE) for names in about]
    keys = sorted(withheld(respondents), key=order)
    return [*found, *((WITHHELD[kind], ": ".join(about), TOGETHER) for kind, *about in keys)]


def _by_rule(cell: Cell, scale: tuple[int, int]) -> list[str]:
    if cell.status == "suppressed" and not cell.classes:
        return ["verborgen"]
    found = []
    if cell.n is None:
        found.append("aantal antwoorden verborgen")
    if cell.status != "missing" and len(cell.classes) <= scale[1] - scale[0]:
        found.append("antwoorden samengevoegd")
    if cell.step:
        found.append("gemiddelde afgerond" if cell.status == "circa" else "gemiddelde verborgen")
    return found
