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

import csv
import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from keten.errors import KetenError
from keten.model.naming import nearest
from keten.statistics.survey.settings import as_table, read_settings

UNKNOWN = "Onbekend"
SAMPLE_NOTICE = "Voorbeeldgegevens: deze uitkomsten zeggen niets over de genoemde organisaties."


@dataclass(frozen=True)
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
    settings = read_settings(path.with_suffix(".toml"))
    header, rows = _rows(path, settings)
    reader = _Reader(path.name, path.with_suffix(".toml").name, settings, header)
    records = reader.wide(rows) if settings["layout"] == "wide" else reader.long(rows)
    return reader.respondents(records)


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
        self.name, self.toml, self.settings, self.header = name, toml, settings, header
        self.scale = tuple(settings["scale"])
        self.missing = {"", *map(str, settings.get("missing", []))}
        self.groups = as_table(settings.get("group", {}))
        self.items = as_table(settings.get("items", {}))
        importance = settings.get("importance", {})
        self.importance_columns = {item: code for item, code in importance.items() if isinstance(code, str)}
        for key in ("respondent", "organisation", "wave", "item", "score"):
            if key in settings:
                self.require(settings[key], key)
        for column in self.groups:
            self.require(column, "group")
        for column in settings.get("values", {}):
            self.require(column, "values")

    def require(self, column: str, key: str) -> None:
        """Raise unless the CSV has this column."""
        if column not in self.header:
            raise KetenError(
                f"{self.name}, regel 1: de kolom {column!r}, die {self.toml} bij `{key}` noemt, ontbreekt."
                f"{nearest(column, self.header)} Verbeter de naam in {self.toml}."
            )

    def wide(self, rows: list[tuple[int, dict[str, str]]]) -> list[_Record]:
        """Records of a file with a column per item."""
        for column in self.items:
            self.require(column, "items")
        for column in self.importance_columns.values():
            self.require(column, "importance")
        columns = [*self.items, *self.importance_columns.values()]
        records: dict[tuple[str, ...], _Record] = {}
        for line, row in rows:
            record = self.record(line, row)
            key = (record.respondent, record.organisation, record.wave)
            if key in records:
                raise KetenError(
                    f"{self.name}, regel {line}: deze respondent staat voor dezelfde organisatie al op regel "
                    f"{records[key].line}; verwijder een van de twee regels."
                )
            record.scores = {column: self.score(row[column], line, column) for column in columns}
            records[key] = record
        return list(records.values())

    def long(self, rows: list[tuple[int, dict[str, str]]]) -> list[_Record]:
        """Records of a file with a row per answer."""
        item_column, score_column = self.settings["item"], self.settings["score"]
        asked = set(self.importance_columns.values())
        known = {*self.items, *asked}
        records: dict[tuple[str, ...], _Record] = {}
        for line, row in rows:
            found = self.record(line, row)
            record = records.setdefault((found.respondent, found.organisation, found.wave), found)
            if record.groups != found.groups:
                raise KetenError(
                    f"{self.name}, regel {line}: deze respondent hoort hier bij een andere groep dan op "
                    f"regel {record.line}; maak de groepen gelijk."
                )
            item = row[item_column].strip()
            if self.settings.get("items") and item not in known:
                raise KetenError(
                    f"{self.name}, regel {line}, kolom {item_column!r}: {item!r} staat niet bij `items` in "
                    f"{self.toml}.{nearest(item, sorted(known))} Voeg deze vraag toe of verbeter de naam."
                )
            if item in record.scores:
                raise KetenError(
                    f"{self.name}, regel {line}: dezelfde respondent beantwoordt {item!r} nog een keer; "
                    "laat een van de antwoorden staan."
                )
            record.scores[item] = self.score(row[score_column], line, score_column)
            if item not in asked:
                self.items.setdefault(item, item)
        return list(records.values())

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
            raise KetenError(f"{self.name}, regel {line}, kolom {column!r}: dit veld is leeg; vul het in.")
        return self.word(column, text, line)

    def word(self, column: str, text: str, line: int) -> str:
        """The words for a code, where the settings give them."""
        words = self.settings.get("values", {}).get(column)
        if not words or text == UNKNOWN:
            return text
        if text not in words:
            raise KetenError(
                f"{self.name}, regel {line}, kolom {column!r}: {text!r} staat niet bij `values.{column}` in "
                f"{self.toml}.{nearest(text, list(words))} Voeg de code toe of verbeter de regel."
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
            raise KetenError(
                f"{self.name}, regel {line}, kolom {column!r}: {text!r} is geen score van {lowest} "
                f"tot en met {highest}; verbeter de regel, of zet de code bij `missing` in {self.toml}."
            )
        return int(whole[1])

    def respondents(self, records: list[_Record]) -> Respondents:
        """All records in one tidy table."""
        for item in self.settings.get("importance", {}):
            if item not in self.items:
                raise KetenError(
                    f"{self.toml}, `importance`: de vraag {item!r} staat niet bij de vragen."
                    f"{nearest(item, list(self.items))} Gebruik dezelfde naam als bij `items`."
                )
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
        settings = self.settings
        orders = {
            "organisation": self.order(settings.get("organisation"), [record.organisation for record in records]),
            "wave": self.order(settings.get("wave"), [record.wave for record in records if record.wave]),
            **{
                label: self.order(column, [record.groups[place] for record in records])
                for place, (column, label) in enumerate(self.groups.items())
            },
            "item": [self.items[item] for item in codes],
        }
        rows = [
            (
                record.respondent,
                record.organisation,
                record.wave or None,
                *record.groups,
                self.items[item],
                record.scores.get(code),
            )
            for record in records
            for item, code in codes.items()
        ]
        columns = ["respondent", "organisation", "wave", *self.groups.values(), "item", "score"]
        frame = pd.DataFrame(rows, columns=columns).astype({"score": "Int64"})
        for column, order in orders.items():
            frame[column] = pd.Categorical(frame[column], categories=order, ordered=True)
        return frame

    def order(self, column: str | None, texts: list[str]) -> list[str]:
        """Order of the words in a column: as under `values`, else by number and alphabet, unknown last."""
        words = list(self.settings.get("values", {}).get(column, {}).values())
        found = set(texts)
        rest = sorted(found - set(words) - {UNKNOWN}, key=_by_number_and_alphabet)
        return [
            *dict.fromkeys(word for word in words if word in found),
            *rest,
            *({UNKNOWN} & found - set(words)),
        ]

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
        if isinstance(invited, int):
            if len(organisations) > 1:
                raise KetenError(
                    f"{self.toml}, `invited`: er zijn {len(organisations)} organisaties; geef voor elke "
                    f"een aantal, zoals {{ {organisations[0]} = {invited} }}."
                )
            invited = {organisations[0]: invited}
        for organisation in invited:
            if organisation not in organisations:
                raise KetenError(
                    f"{self.toml}, `invited`: de organisatie {organisation!r} komt niet voor in {self.name}."
                    f"{nearest(organisation, organisations)} Verbeter de naam."
                )
        return dict(invited)


def _rows(path: Path, settings: dict[str, Any]) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Header, and per row its line number and its fields by column."""
    encoding = settings.get("encoding", "utf-8-sig")
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise KetenError(f"Het bestand {path.name} bestaat niet; controleer de parameter `respondents`.") from None
    except OSError as fault:
        raise KetenError(f"{path.name} kan niet worden gelezen ({fault.strerror}); controleer de rechten.") from None
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as fault:
        line = raw[: fault.start].count(b"\n") + 1
        raise KetenError(
            f"{path.name}, regel {line}: het bestand is geen {encoding.removesuffix('-sig').upper()}; "
            f'noem de codering in {path.with_suffix(".toml").name}, zoals encoding = "cp1252".'
        ) from None

    first = text.split("\n", 1)[0]
    separator = settings.get("separator") or max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[tuple[int, dict[str, str]]] = []
    try:
        header = [column.strip() for column in next(reader, [])]
        _check_header(path.name, header)
        line = reader.line_num
        for fields in reader:
            line, previous = reader.line_num, line
            if not any(cell.strip() for cell in fields):
                continue
            if len(fields) != len(header):
                raise KetenError(
                    f"{path.name}, regel {previous + 1}: hier staan {len(fields)} velden, in de kopregel "
                    f"{len(header)}; verbeter de regel of noem het scheidingsteken met `separator`."
                )
            rows.append((previous + 1, dict(zip(header, fields, strict=True))))
    except csv.Error:
        raise KetenError(
            f"{path.name}, regel {reader.line_num}: de regel is niet te lezen als CSV; controleer de aanhalingstekens."
        ) from None
    if not rows:
        raise KetenError(
            f"{path.name} bevat geen regels met antwoorden; lever een bestand met een kopregel en antwoorden."
        )
    return header, rows


def _check_header(name: str, header: list[str]) -> None:
    if not any(header):
        raise KetenError(
            f"{name} is leeg of begint met een lege regel; lever een bestand met een kopregel en antwoorden."
        )
    double = next((column for place, column in enumerate(header) if column in header[:place]), None)
    if double is not None:
        raise KetenError(f"{name}, regel 1: de kolom {double!r} staat er twee keer; geef elke kolom een eigen naam.")


def _by_number_and_alphabet(text: str) -> tuple:
    """Sort "wave 2" before "wave 10"."""
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part.casefold()) for part in re.split(r"(\d+)", text))
