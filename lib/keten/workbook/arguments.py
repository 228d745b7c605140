"""What a notebook asks with, checked: a wrong name is one Dutch sentence with the nearest right ones, not silence."""

from collections.abc import Sequence

from keten import asked
from keten.errors import KetenError
from keten.model.catalogue import Catalogue
from keten.model.naming import nearest
from keten.model.periods import KINDS
from keten.model.units import FREQUENCIES
from keten.workbook.visible import Visible
from keten.workbook.watched import plain


def check(visible: Visible, measure: str, by: str = "", only: Sequence[str] = (), kind: str = "") -> None:
    """Raise KetenError for a measure, dimension, category or frequency that nobody knows.

    by: '' or a dimension of the catalogue, or several joined by '+'; only: a list of categories that some figure or the
    catalogue knows, '' for none; kind: '' or one of `periods.KINDS`.
    """
    catalogue = visible.scope.data.catalogue
    catalogue.measure(measure)
    _check_breakdown(by, catalogue)
    if isinstance(only, str):
        raise KetenError(f'De categorieën (only) horen in een lijst te staan: only=["{only}"] in plaats van "{only}".')
    if wanted := [name for name in only if name]:
        _check_categories(wanted, by, measure, visible)
    if kind and kind not in KINDS:
        hint = nearest(kind, KINDS, spellings={words[0]: code for code, words in FREQUENCIES.items()})
        raise KetenError(f"'{kind}' is geen soort periode (kind); kies uit {', '.join(KINDS)}.{hint}")


def _check_breakdown(by: str, catalogue: Catalogue) -> None:
    known = catalogue.dimensions
    for part in str(by).split("+") if by else []:
        if part not in known.index:
            hint = nearest(part, known.index, spellings=dict(zip(known.label, known.index, strict=True)))
            raise KetenError(
                f"'{by}' is geen uitsplitsing (by); kies een dimensie uit catalogue/dimensions.csv, zoals "
                f"nationality.{hint}"
            )


def _check_categories(only: Sequence[str], by: str, measure: str, visible: Visible) -> None:
    if not by:
        raise KetenError(f"Zonder uitsplitsing (by) is er geen categorie '{only[0]}'; geef ook by, zoals nationality.")
    unknown = set(only) - {one.figure.category for one in visible.offers(measure, by)}
    if not unknown:
        return
    rows, catalogue = plain(visible.scope.data).observations, visible.scope.data.catalogue
    known = set(rows.category[rows.dimension == by])
    if by == "nationality":
        known |= set(catalogue.nationalities.name)
    for name in unknown:
        asked.note(f"{asked.CATEGORY}{by}={name}")
    for name in only:
        if name in unknown - known:
            asked.note(asked.EVERYTHING)  # the nearest of all names
            meaning, _ = catalogue.names.resolve(name)
            hint = nearest(name, known, spellings={name: meaning} if meaning in known else {})
            raise KetenError(
                f"'{name}' is geen categorie van {catalogue.dimension_label(by)} (by=\"{by}\"); schrijf haar zoals de "
                f"cijfers het doen.{hint}"
            )
