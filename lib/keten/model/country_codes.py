"""One Dutch name for every spelling of a country or nationality that a publisher uses.

The spellings stand in `catalogue/nationality_codes.csv`, the names in `catalogue/nationalities.csv`. What neither knows
keeps its own text and is called unknown: it is listed and kept, never dropped. Totals such as "EU27_2020" are known as
aggregates, so that nobody takes them for a nationality.
"""

import re
from collections.abc import Iterable, Mapping

import pandas as pd

from keten.errors import KetenError
from keten.model.naming import folded, words_of
from keten.model.own_data import refuse
from keten.model.row_numbers import each_row

MEMBER, AGGREGATE, UNKNOWN = "member", "aggregate", "unknown"
# Codes count only as written: without blanks and marks "n.a." would be Namibia.
CODES = {"iso2", "iso3", "iso-historic", "cbs", "eurostat", "frontex", "unhcr"}
# UNHCR's own codes mean other countries in ISO 3166 (AUS is Austria), so they hold for UNHCR's files alone.
BY_HINT_ONLY = {"unhcr"}
NO_ANSWER = "na"  # "not available", unless it is Namibia
TWO_LETTERS = re.compile(r"[A-Za-z]{2}")
LEFT_OUT = {"the"}  # words that make no other name
SAME_WORDS = {"st": "saint", "sint": "saint", "and": "en"}

Found = tuple[str, str]
"""A Dutch name and its kind."""


class Names:
    """Looks up spellings; made once per data folder, as `Catalogue.names`."""

    def __init__(self, nationalities: pd.DataFrame, codes: pd.DataFrame) -> None:
        """`nationalities` and `codes`: the two tables of the catalogue, as text.

        Raises KetenError when a row has a code that nationalities.csv lacks, or when one spelling would mean two
        countries.
        """
        name_of = {row.code: row.name for row in each_row(nationalities) if row.code}
        self._general = _Spellings()
        self._hinted: dict[str, _Spellings] = {}
        self._codes = {_exact(row.spelling) for row in each_row(codes) if row.scheme in CODES}
        for row in each_row(codes):
            if row.scheme == AGGREGATE:
                found = ("", AGGREGATE)
            elif row.code in name_of:
                found = (name_of[row.code], MEMBER)
            else:
                raise KetenError(
                    f"In catalogue/nationality_codes.csv, regel {row.Index + 2}, staat de code '{row.code}', die in "
                    "catalogue/nationalities.csv ontbreekt; voeg het land daar toe of verbeter de code."
                )
            loosely, place = row.scheme not in CODES, f"catalogue/nationality_codes.csv, regel {row.Index + 2}"
            for hint in {row.scheme, row.scheme.partition("-")[0]}:
                self._hinted.setdefault(hint, _Spellings()).add(row.spelling, found, loosely, place)
            if row.scheme not in BY_HINT_ONLY:
                self._general.add(row.spelling, found, loosely, place)
        for row in each_row(nationalities):
            place = f"catalogue/nationalities.csv, regel {row.Index + 2}"
            for spelling in filter(None, [row.name, *row.labels.split(";")]):
                self._general.add(spelling.strip(), (row.name, MEMBER), True, place)
        for code, name in name_of.items():
            # A row of the table with the same letters goes before an own code.
            self._general.exact.setdefault(_exact(code), {(name, MEMBER)})
        for spellings in [self._general, *self._hinted.values()]:
            spellings.check()

    def resolve(self, text: str, scheme_hint: str = "") -> Found:
        """The Dutch name of a spelling and its kind: "member", "aggregate" or "unknown".

        `scheme_hint`: a scheme of nationality_codes.csv or its publisher ("unhcr" is also "unhcr-label"), asked first.
        Case, blanks, accents and a star at the end do not matter. Aggregates and unknown spellings keep their own text.
        """
        text = " ".join(str(text).split())
        found = self._hinted[scheme_hint].find(text) if scheme_hint in self._hinted else None
        name, kind = found or self._general.find(text) or ("", UNKNOWN)
        return (name if kind == MEMBER else text, kind)

    def resolve_column(
        self, texts: Iterable[str], scheme_hint: str = "", spellings: Mapping[str, str] | None = None
    ) -> dict[str, Found]:
        """`resolve` of the different texts of one column.

        Two letters are a code only where most others are codes too: among names "NA" says that there is no answer.
        `spellings`: other texts for names, which go before all else.
        """
        own = {folded(text): (name, MEMBER) for text, name in (spellings or {}).items()}
        found = {text: own.get(folded(text)) or self.resolve(text, scheme_hint) for text in texts}
        doubtful = {text for text in found if TWO_LETTERS.fullmatch(text.strip()) and self._is_code_alone(text)}
        for text in doubtful - set(spellings or {}):
            others = [other for other, (_, kind) in found.items() if kind == MEMBER and other != text]
            codes = sum(map(self._is_code_alone, others))
            if codes < len(others) - codes or (not others and not scheme_hint and folded(text) == NO_ANSWER):
                found[text] = (text, UNKNOWN)
        return found

    def _is_code_alone(self, text: str) -> bool:
        """Whether a text is a code, and nobody's name for a country."""
        return _exact(" ".join(text.split())) in self._codes and folded(text) not in self._general.loose


class _Spellings:
    """Spellings to (name, kind): exactly, or by their letters and digits alone where that is unambiguous."""

    def __init__(self) -> None:
        self.exact: dict[str, set[Found]] = {}
        self.loose: dict[str, set[Found]] = {}
        self.by_words: dict[str, set[Found]] = {}
        self.places: dict[str, str] = {}  # where each exact spelling stands last

    def add(self, spelling: str, found: Found, loosely: bool, place: str) -> None:
        self.places[_exact(spelling)] = place
        self.exact.setdefault(_exact(spelling), set()).add(found)
        if loosely:
            self.loose.setdefault(folded(spelling), set()).add(found)
            self.by_words.setdefault(_by_words(spelling), set()).add(found)

    def check(self) -> None:
        for spelling, found in self.exact.items():
            # CC is a total at Eurostat and an island in ISO; a total taken for a country would be counted twice.
            if ("", AGGREGATE) in found:
                found.intersection_update({("", AGGREGATE)})
            if len(found) > 1:
                countries, place = ", ".join(sorted(name for name, _ in found)), self.places[spelling]
                refuse([f"{place}: '{spelling}' betekent meer dan één land ({countries}); houd er één over."])

    def find(self, text: str) -> Found | None:
        found = (
            self.exact.get(_exact(text)) or self.loose.get(folded(text)) or self.by_words.get(_by_words(text)) or set()
        )
        return next(iter(found)) if len(found) == 1 else None


def _by_words(text: str) -> str:
    """The words of a name in one order and without its article: "Bahamas, The" is "the Bahamas"."""
    words = words_of(text.replace("&", " and "))
    return " ".join(sorted(SAME_WORDS.get(word, word) for word in words if word not in LEFT_OUT))


def _exact(text: str) -> str:
    return text.rstrip("* ").casefold()
