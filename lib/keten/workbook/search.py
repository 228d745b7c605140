"""Which measures fit a few words, in Dutch or English, whole or in part, and with a typing mistake.

A word fits a longer one that it begins or is part of ("bewaring" in "vreemdelingenbewaring"), another form of it
("aanvraag", "aanvragen") and a related word of the field ("detentie"). A word that fits nothing at all is taken for
the nearest one in the catalogue.
"""

import difflib
import re
from collections.abc import Hashable, Mapping
from functools import cache
from math import log10

import pandas as pd

from keten.model.naming import words_of
from keten.model.row_numbers import each_row

# How much a fit says: the name of a measure more than its explanation, and that more than what it is broken down by.
WEIGHTS = {"label": 10, "label_en": 8, "measure": 8, "definition": 3, "breakdowns": 2}
RELATED_FIT, MISTYPED_FIT = 0.6, 0.5
CLOSE, FAINTLY_CLOSE = 0.75, 0.6  # how much two spellings must be alike, from 0 to 1
NO_SUBJECT = (
    "aan aantal aantallen bij de door een en er het hoe hoeveel in is met naar of om op over per te tot uit van voor "
    "welke a an and by count for from how many number on or the to with"
)
# Words that analysts use for one another, Dutch and English together.
RELATED = [
    "bewaring vreemdelingenbewaring detentie vreemdelingendetentie detention",
    "toegangsweigering geweigerd weigering refusal refused",
    "inwilliging ingewilligd toekenning positief grant granted positive recognition",
    "aanvraag aangevraagd vroegen verzoek application request",
    "afwijzing afgewezen negatief rejection rejected negative",
    "beslissing besluit uitspraak decision",
    "vertrek vertrokken terugkeer teruggekeerd uitzetting uitgezet departure return returned deportation",
    "vrijwillig zelfstandig voluntary",
    "gedwongen uitzetting uitgezet forced",
    "nareis nareizigers gezinshereniging gezin familie family reunification",
    "amv alleenstaand unaccompanied",
    "kinderen kind minderjarig jeugd children child minor underage",
    "opvang azc asielzoekerscentrum reception shelter",
    "bezetting bewoners occupancy residents",
    "vergunninghouder statushouder holder",
    "vergunning verblijfsvergunning permit",
    "illegaal irregulier ongedocumenteerd irregular undocumented illegal",
    "mensensmokkelaar smokkel smuggler smuggling",
    "doorlooptijd wachttijd duur time duration",
    "werk arbeid baan work employed labour",
    "instroom inflow intake",
    "uitstroom outflow",
    "herhaald opnieuw repeat subsequent",
    "klanttevredenheid tevredenheid klantervaring enquete oordeel beoordeling survey score quality satisfaction",
    "nationaliteit herkomst herkomstland citizenship nationality",
    "grens border",
    "overdracht dublin transfer",
]


def search(
    words: str, measures: pd.DataFrame, breakdowns: Mapping[Hashable, str], figures: Mapping[Hashable, int]
) -> tuple[list[str], dict[str, str]]:
    """The ids of the measures that fit most of the words, best first, and what the words that fit none were taken for.

    measures: `Catalogue.measures`; breakdowns: per id the dimensions and categories of its figures, in words; figures:
    per id how many there are, since of two that fit about as well most people mean the one with more. A word that is
    not like any other either was taken for "". Without any words all measures fit.
    """
    asked = list(dict.fromkeys(words_of(words)))
    asked = [word for word in asked if word not in NO_SUBJECT.split()] or asked
    if not asked:
        return list(measures.index), {}
    index = _index(measures, breakdowns)
    matched, scores, taken = dict.fromkeys(measures.index, 0), dict.fromkeys(measures.index, 0.0), {}
    for word in asked:
        found = _scores(word, index)
        if not found:
            taken[word] = next(iter(difflib.get_close_matches(word, index, n=1, cutoff=CLOSE)), "")
            found = {measure: MISTYPED_FIT * score for measure, score in _scores(taken[word], index).items()}
        for measure, score in found.items():
            matched[measure] += 1
            scores[measure] += score
    most = max(matched.values())
    fitting = [measure for measure in measures.index if most and matched[measure] == most]
    size = {measure: 1 + log10(1 + figures.get(measure, 0)) / 20 for measure in fitting}
    return sorted(fitting, key=lambda measure: (-scores[measure] * size[measure], measure)), taken


def alike(words: str, measures: pd.DataFrame) -> list[str]:
    """Words of the catalogue that are faintly like these, for who found nothing."""
    known = sorted({word for column in ("label", "label_en") for text in measures[column] for word in words_of(text)})
    close = [difflib.get_close_matches(word, known, n=3, cutoff=FAINTLY_CLOSE) for word in words_of(words)]
    return list(dict.fromkeys(word for found in close for word in found))


def _index(measures: pd.DataFrame, breakdowns: Mapping[Hashable, str]) -> dict[str, dict[str, float]]:
    """Per word of the catalogue the measures that have it, with the weight of where it stands."""
    index: dict[str, dict[str, float]] = {}
    for row in each_row(measures.assign(breakdowns=measures.index.map(lambda name: breakdowns.get(name, "")))):
        for column, weight in WEIGHTS.items():
            for word in words_of(getattr(row, column)):
                mine = index.setdefault(word, {})
                mine[row.measure] = max(mine.get(row.measure, 0), weight)
    return index


def _scores(word: str, index: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """How well each measure fits one word; those that do not fit are left out."""
    if not word:
        return {}
    related = {
        other: RELATED_FIT for group in RELATED if _stem(word) in map(_stem, group.split()) for other in group.split()
    }
    found: dict[str, float] = {}
    for wanted, share in {**related, word: 1.0}.items():
        for known, measures in index.items():
            if fit := share * _fit(wanted, known):
                for measure, weight in measures.items():
                    found[measure] = max(found.get(measure, 0), fit * weight)
    return found


def _fit(wanted: str, known: str) -> float:
    """How well a word of the catalogue answers a wanted one, from 0 to 1."""
    if wanted == known:
        return 1.0
    stem, other = _stem(wanted), _stem(known)
    if stem == other:
        return 0.95
    if len(stem) >= 3 and other.startswith(stem):
        return 0.9
    return 0.85 if len(stem) >= 4 and stem in other else 0.0


@cache
def _stem(word: str) -> str:
    """A word without the endings and double letters in which its forms differ: `aanvraag` and `aanvragen` are one."""
    short = re.sub(r"(?<=\w{3})(en|es|e|s)$", "", word)
    return re.sub(r"(.)\1", r"\1", short)
