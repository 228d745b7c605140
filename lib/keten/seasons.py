"""The seasonally adjusted course of a measure beside its published figures, as a chart."""

import pandas as pd

from keten import charts, prose
from keten.analysis.seasonal import end_revision, seasonally_adjusted, strength
from keten.display import Shown, withheld
from keten.errors import KetenError
from keten.one_publisher import longest
from keten.periods import Period
from keten.workbook import Workbook

KINDS = ("month", "quarter")
LATEST = 3  # months that a series may end before the report's period does
WEAK = 0.64


def chart(chain: Workbook, measure: str, title: str, by: str = "", category: str = "") -> Shown:
    """Published and adjusted figures of one measure: per month where that can be, else per quarter, else a reason.

    Of the publisher with the longest series without a gap (`one_publisher.longest`), which has to go on to the report's
    period. Method and limits: `analysis.seasonal.seasonally_adjusted`.
    """
    reasons = []
    chain.series(measure, by, [category] if by else ())  # the report is about this measure
    for kind in KINDS:
        raw = longest(chain, measure, by, category, kind)
        try:
            _is_recent(raw, chain)
            adjusted = seasonally_adjusted(raw)
        except KetenError as fault:
            reasons.append(str(fault))
            continue
        both = pd.concat([raw, adjusted[raw.columns]], ignore_index=True)
        return charts.trend(chain.hand_out(both), title, chain, remark=_remark(raw, adjusted))
    return withheld(title, reasons[0])


def _is_recent(raw: pd.DataFrame, chain: Workbook) -> None:
    """Raises KetenError for a series that ended long before the period: what it says is no news."""
    if raw.empty:
        return
    last = raw.end.max()
    if last + pd.DateOffset(months=LATEST) < pd.Timestamp(chain.period.end):
        raise KetenError(
            f"De langste reeks zonder onderbreking van één uitgever eindigt in {Period.parse(raw.period.iloc[-1]).label}, "
            "ruim voor deze periode; een seizoenscorrectie zou over een ander moment gaan."
        )


def _remark(raw: pd.DataFrame, adjusted: pd.DataFrame) -> str:
    power, moved = strength(adjusted), end_revision(raw)
    parts = [
        f"Alle cijfers zijn van {raw.organisation.iloc[0]}. Seizoensgecorrigeerd is een eigen berekening (STL, robuust), "
        "geen cijfer van de uitgever; zij vervangt het gepubliceerde cijfer niet.",
        f"De sterkte van het seizoenspatroon is {prose.number(power, 2)} (0 is geen patroon, 1 een volledig vast patroon)"
        + ("; dat is zwak, dus zegt de correctie weinig." if power < WEAK else "."),
        "De laatste punten verschuiven nog wanneer er perioden bij komen"
        + (f"; tot nu toe met gemiddeld {prose.number(moved, 1)}%." if moved == moved else "."),
    ]
    return " ".join(parts)
