"""Records of a client-experience survey: a CSV and a small TOML beside it that says which column is what.

The CSV has a header and per row either one respondent (about one organisation) with a column per item, or one
answer. The TOML has the same stem (`ervaring.csv`, `ervaring.toml`):

    title = "Klantervaring asielzoekers 2025"
    layout = "wide"                       # a column per item; "long": a row per answer
    scale = [1, 5]                        # lowest and highest score; the highest is the best
    items = ["uitleg", "bejegening"]      # or with the words for the report:
    # items = { uitleg = "Kreeg ik genoeg uitleg?", bejegening = "Was men vriendelijk?" }

All else is optional (in layout `long` the first three are needed):

    respondent = "nr"                     # one respondent about several organisations: paired comparison
    item = "vraag"                        # layout "long": the columns with the item and with the score
    score = "cijfer"
    organisation = "org"                  # without it all rows are about one organisation, named by `title`
    group = ["leeftijd", "taal"]          # or { leeftijd = "Leeftijdsgroep", taal = "Taal" }
    wave = "jaar"
    missing = [0, 9, "nvt"]               # codes that mean "no answer"; an empty cell always does
    sample = true                         # made-up or borrowed records: the report says so
    separator = ";"                       # else found from the header
    encoding = "cp1252"                   # else UTF-8
    importance = { uitleg = "belang_1" }  # item -> column (long: item) with its importance, or a number
    invited = { IND = 400, COA = 380 }    # how many were asked; without organisation: invited = 400
    [values.org]                          # words for the codes in a column
    1 = "IND"
    2 = "COA"
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from keten.errors import KetenError, RecordsError, Say
from keten.model.naming import alike, folded, nearest, one_spelling
from keten.statistics.records import read_rows, read_text
from keten.statistics.survey.settings import RESERVED, as_table, read_settings

UNKNOWN = "Onbekend"
SAMPLE_NOTICE = "Voorbeeldgegevens: deze uitkomsten zeggen niets over de genoemde organisaties."


@dataclass(frozen=True, eq=False)
class Respondents:
    """Survey answers, ready for `keten.statistics.survey.tables`.

    `answers`: one row per record (a respondent about an organisation, in a wave) and item, also where the
    answer is missing: respondent, organisation, wave (NaN without waves), one column per grouping, item (its
    words), score (Int64, <NA> = no answer). organisation, wave, groupings and item are ordered categoricals.
    `importance`: the same shape with the stated importance of each item, or a Series item -> number, or None.
    """

    title: str
    scale: tuple[int, int]
    answers: pd.DataFrame
    groupings: tuple[str, ...] = ()
    linked: bool = False  # the records say who rated several organisations
    importance: pd.DataFrame | pd.Series | None = None
    invited: dict[str, int] = field(default_factory=dict)
    sample: bool = False

    @property
    def has_waves(self) -> bool:
        """Whether the survey was held more than once."""
        return self.answers["wave"].nunique() > 1

    @property
    def notice(self) -> str:
        """What the report must say first: that the records are a sample; empty for real records."""
        return SAMPLE_NOTICE if self.sample else ""


def read_respondents(path: str | Path) -> Respondents:
    """Read the CSV at `path` and the TOML beside it; KetenError names the file, line, column and remedy."""
    path = Path(path)
    toml = path.with_suffix(".toml")
    settings = read_settings(toml)
    absent = f"Het bestand {path.name} bestaat niet of kan niet worden gelezen; controleer de parameter `respondents`."
    remedy = f'noem de codering in {toml.name}, zoals encoding = "cp1252".'
    text = read_text(path, [settings.get("encoding", "utf-8-sig")], absent, remedy)
    (line, first), *rows = read_rows(text, path.name, "regels met antwoorden", settings.get("separator", ""))
    header = [column.strip() for column in first]
    if double := [column for column in header if header.count(column) > 1]:
        places = [place for place, column in enumerate(header, 1) if column == double[0]]
        raise RecordsError(
            lambda say: (
                f"{path.name}, regel {line}: de kolommen {places[0]} en {places[1]} heten allebei "
                f"{say(repr(double[0]), 'hetzelfde')}; geef elke kolom een eigen naam."
            )
        )
    reader = _Reader(path.name, toml.name, settings, header)
    return reader.respondents(reader.records([(line, dict(zip(header, fields, strict=True))) for line, fields in rows]))


@dataclass
class _Record:
    """One respondent about one organisation: the scores by item code, None = no answer."""

    line: int
    respondent: str
    organisation: str
    wave: str
    groups: tuple[str, ...]
    scores: dict[str, int | None] = field(default_factory=dict)


class _Reader:
    """Turn rows of text into records, as the settings say."""

    def __init__(self, name: str, toml: str, settings: dict[str, Any], header: list[str]):
        self.name, self.toml, self.settings = name, toml, settings
        self.wide = settings["layout"] == "wide"
        self.scale: tuple[int, int] = tuple(settings["scale"])
        self.missing = {"", *map(str, settings.get("missing", []))}
        self.groups = as_table(settings.get("group", {}))
        self.items = as_table(settings.get("items", {}))
        importance = settings.get("importance", {})
        self.importance_columns = {item: code for item, code in importance.items() if isinstance(code, str)}
        self.codes = dict.fromkeys([*self.items, *self.importance_columns.values()])
        named = {key: [settings[key]] for key in RESERVED if key in settings}
        named |= {"group": list(self.groups), "values": list(settings.get("values", {}))}
        if self.wide:
            named |= {"items": list(self.items), "importance": list(self.importance_columns.values())}
        for key, column in ((key, column) for key, columns in named.items() for column in columns):
            if column not in header:
                self.refuse(1, self.absent(column, key, nearest(column, header)))

    def refuse(self, line: int, words: str | Callable[[Say], str], column: str = "") -> NoReturn:
        """Say what is wrong on a line, and in which column."""
        place = f", kolom {column!r}" if column else ""
        tell = words if callable(words) else lambda _: words
        raise RecordsError(lambda say: f"{self.name}, regel {line}{place}: {tell(say)}")

    def absent(self, column: str, key: str, hint: str) -> Callable[[Say], str]:
        """What to say of a column that the settings name and the file has not."""
        return lambda say: (
            f"de kolom {column!r}, die {self.toml} bij `{key}` noemt, ontbreekt.{say(hint, '')} Verbeter de naam in "
            f"{self.toml}."
        )

    def records(self, rows: list[tuple[int, dict[str, str]]]) -> list[_Record]:
        """The records of all rows: one a row when there is a column per item, else one for rows about the same."""
        records: dict[tuple[str, ...], _Record] = {}
        self.spell_alike([row for _, row in rows])
        for line, row in rows:
            found = self.record(line, row)
            record = records.setdefault((found.respondent, found.organisation, found.wave), found)
            if self.wide and record is not found:
                self.refuse(
                    line,
                    f"deze respondent staat voor dezelfde organisatie al op regel {record.line}; verwijder een van de "
                    "twee regels.",
                )
            if record.groups != found.groups:
                self.refuse(
                    line,
                    f"deze respondent hoort hier bij een andere groep dan op regel {record.line}; maak de groepen "
                    "gelijk.",
                )
            for item, column in self.answered(line, row):
                if item in record.scores:
                    self.refuse(
                        line, "dezelfde respondent beantwoordt dezelfde vraag nog een keer; laat een antwoord staan."
                    )
                record.scores[item] = self.score(row[column], line, column)
        return list(records.values())

    def spell_alike(self, rows: list[dict[str, str]]) -> None:
        """Write each organisation, wave, group and item in one way: "IND", "ind" and "IND " are one."""
        organisation, item = self.settings.get("organisation", ""), self.settings.get("item", "")
        named = {column: list(words) for column, words in self.settings.get("values", {}).items()}
        invited = self.settings.get("invited", {})
        if organisation not in named and isinstance(invited, dict):
            named[organisation] = list(invited)
        named[item] = list(self.codes)
        for column in filter(None, {organisation, self.settings.get("wave", ""), item, *self.groups}):
            counts = Counter(row[column].strip() for row in rows)
            key = folded if column == organisation else alike
            told = one_spelling(counts, [UNKNOWN, *named.get(column, [])], key)
            for row in rows:
                row[column] = told[row[column].strip()]

    def answered(self, line: int, row: dict[str, str]) -> list[tuple[str, str]]:
        """The items of a row, each with the column of its score."""
        if self.wide:
            return [(code, code) for code in self.codes]
        item = row[self.settings["item"]].strip()
        if self.settings.get("items") and item not in self.codes:
            hint = nearest(item, sorted(self.codes))
            self.refuse(
                line,
                lambda say: (
                    f"{say(repr(item), 'de vraag')} staat niet bij `items` in {self.toml}.{say(hint, '')} Voeg "
                    "deze vraag toe of verbeter de naam."
                ),
                self.settings["item"],
            )
        if item not in self.importance_columns.values():
            self.items.setdefault(item, item)
        return [(item, self.settings["score"])]

    def record(self, line: int, row: dict[str, str]) -> _Record:
        """Who, about which organisation, when; without scores yet."""
        return _Record(
            line,
            self.needed("respondent", line, row, default=str(line)),
            self.needed("organisation", line, row, default=self.settings["title"]),
            self.needed("wave", line, row, default=""),
            tuple(self.word(column, row[column].strip() or UNKNOWN, line) for column in self.groups),
        )

    def needed(self, key: str, line: int, row: dict[str, str], default: str) -> str:
        """Text in the column that the setting `key` names; it must not be empty."""
        if key not in self.settings:
            return default
        column = self.settings[key]
        text = row[column].strip()
        if not text:
            self.refuse(line, "dit veld is leeg; vul het in.", column)
        return self.word(column, text, line)

    def word(self, column: str, text: str, line: int) -> str:
        """The words for a code, where the settings give them."""
        words: dict[str, str] = self.settings.get("values", {}).get(column)
        if not words or text == UNKNOWN:
            return text
        if text not in words:
            hint = nearest(text, list(words))
            self.refuse(
                line,
                lambda say: (
                    f"{say(repr(text), 'de waarde')} staat niet bij `values.{column}` in {self.toml}."
                    f"{say(hint, '')} Voeg de code toe of verbeter de regel."
                ),
                column,
            )
        return words[text]

    def score(self, text: str, line: int, column: str) -> int | None:
        """A whole number on the scale; None for an empty cell or a code for no answer."""
        text = text.strip()
        if text in self.missing:
            return None
        whole = re.fullmatch(r"(-?\d+)(?:[.,]0+)?", text)
        lowest, highest = self.scale
        if not whole or not lowest <= int(whole[1]) <= highest:
            self.refuse(
                line,
                lambda say: (
                    f"{say(repr(text), 'de waarde')} is geen score van {lowest} tot en met {highest}; verbeter "
                    f"de regel, of zet de code bij `missing` in {self.toml}."
                ),
                column,
            )
        return int(whole[1])

    def respondents(self, records: list[_Record]) -> Respondents:
        """All records in one tidy table."""
        for item in self.settings.get("importance", {}):
            if item not in self.items:
                hint = nearest(item, list(self.items))
                raise RecordsError(self.unknown("importance", f"de vraag {item!r} staat niet bij de vragen", hint))
        answers = self.tidy(records, {item: item for item in self.items})
        if answers["score"].isna().all():
            raise KetenError(f"{self.name} bevat geen enkel antwoord; controleer `items` en `missing` in {self.toml}.")
        return Respondents(
            title=self.settings["title"],
            scale=self.scale,
            answers=answers,
            groupings=tuple(self.groups.values()),
            linked="respondent" in self.settings,
            importance=self.importance(records),
            invited=self.invited(list(answers["organisation"].cat.categories)),
            sample=self.settings.get("sample", False),
        )

    def tidy(self, records: list[_Record], codes: dict[str, str]) -> pd.DataFrame:
        """One row per record and item; `codes`: item -> the code under which its score is kept."""
        columns: dict[str, list[str | None]] = {
            "organisation": [record.organisation for record in records],
            "wave": [record.wave or None for record in records],
            **{label: [record.groups[place] for record in records] for place, label in enumerate(self.groups.values())},
        }
        sources: dict[str, Any] = {label: column for column, label in self.groups.items()} | self.settings
        frame = pd.DataFrame({"respondent": [record.respondent for record in records]})
        for column, texts in columns.items():
            order = self.order(sources.get(column), [text for text in texts if text])
            frame[column] = pd.Categorical(texts, categories=order, ordered=True)
        frame = frame.loc[frame.index.repeat(len(codes))].reset_index(drop=True)
        words = [self.items[item] for item in codes]
        frame["item"] = pd.Categorical(words * len(records), categories=words, ordered=True)
        scores = [record.scores.get(code) for record in records for code in codes.values()]
        return frame.assign(score=pd.array(scores, dtype="Int64"))

    def order(self, column: str | None, texts: list[str]) -> list[str]:
        """Order of the words in a column: as under `values`, else by number and alphabet, unknown last."""
        words = list(dict.fromkeys(self.settings.get("values", {}).get(column, {}).values()))
        rest = sorted(set(texts) - set(words), key=lambda text: (text == UNKNOWN, _by_number_and_alphabet(text)))
        return [*(word for word in words if word in texts), *rest]

    def importance(self, records: list[_Record]) -> pd.DataFrame | pd.Series | None:
        """Stated importance: answers of the respondents, or fixed numbers."""
        if self.importance_columns:
            return self.tidy(records, self.importance_columns)
        numbers = self.settings.get("importance")
        if not numbers:
            return None
        return pd.Series({self.items[item]: float(number) for item, number in numbers.items()}, name="importance")

    def invited(self, organisations: list[str]) -> dict[str, int]:
        """Number of people asked, by organisation."""
        invited = self.settings.get("invited", {})
        if isinstance(invited, int) and len(organisations) > 1:
            raise RecordsError(
                lambda say: (
                    f"{self.toml}, `invited`: er zijn {len(organisations)} organisaties; geef voor elke een "
                    f"aantal, zoals {{ {say(organisations[0], 'IND')} = {invited} }}."
                )
            )
        invited = {organisations[0]: invited} if isinstance(invited, int) else invited
        for organisation in invited:
            if organisation not in organisations:
                hint = nearest(organisation, organisations)
                words = f"de organisatie {organisation!r} komt niet voor in {self.name}"
                raise RecordsError(self.unknown("invited", words, hint))
        return dict(invited)

    def unknown(self, key: str, words: str, hint: str) -> Callable[[Say], str]:
        """What to say of a name in the settings that the records do not know."""
        return lambda say: f"{self.toml}, `{key}`: {words}.{say(hint, '')} Verbeter de naam in {self.toml}."


def _by_number_and_alphabet(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sort "wave 2" before "wave 10"."""
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part.casefold()) for part in re.split(r"(\d+)", text))
