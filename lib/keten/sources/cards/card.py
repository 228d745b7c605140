"""A source card: one TOML file that says what a table is, where it comes from and how it is to be read.

`data/sources/README.md` teaches the format. A card is checked when it is read; every fault is named with its line.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from math import inf
from pathlib import Path
from typing import Any, TypeVar

from keten.errors import KetenError
from keten.model.catalogue import Catalogue
from keten.model.country_codes import MEMBER
from keten.model.naming import bare, containing, nearest
from keten.model.periods import KINDS
from keten.model.units import bounds
from keten.sources.cards.formats import FORMATS, HEAD, UNDER_HEAD, Habits
from keten.sources.cards.types import Card, Checks, Dimension, Fetch, Format, Marks, Measure, Others, PeriodColumn
from keten.sources.toml_file import Place, TomlFile, read_toml

Shape = TypeVar("Shape", Card, Fetch, Format, PeriodColumn, Dimension, Measure, Marks, Checks)

GOALS = (
    "1_werk_studie_gezin", "2_asiel", "3_toegang_grensbewaking", "4_toezicht", "5_terugkeer", "6_klantervaring",
    "7_lvv",
)  # fmt: skip
MEASURE_KINDS = ("flow", "stock", "rate")
FETCH_KINDS = ("file", "ckan", "cbs", "unhcr")
SMALLEST, LARGEST_MB = 1, 4000


def cards(data: Path, catalogue: Catalogue) -> tuple[dict[str, Card], list[KetenError]]:
    """All cards of a data folder by id, and the faults of those that cannot be used."""
    good, bad = {}, []
    for path in sorted((data / "sources").glob("*.toml")):
        try:
            good[path.stem] = read_card(path, catalogue)
        except KetenError as fault:
            bad.append(fault)
    return good, bad


def find(name: str, data: Path) -> Path:
    """The file of a card, given by path or by the name of a source or a part of it.

    Raises KetenError with the nearest names.
    """
    known = {path.stem: path for path in sorted((data / "sources").glob("*.toml"))}
    if name in known:
        return known[name]
    if name.endswith(".toml") or Path(name).is_file():
        if not Path(name).is_file():
            raise KetenError(f"De kaart '{name}' bestaat niet; geef een bestand .toml of de naam van een bron.")
        return Path(name)
    matches = containing(name, known)
    if len(matches) > 1:
        raise KetenError(f"'{name}' past op meer bronnen: {', '.join(matches)}; geef een langer deel.")
    if not matches:
        raise KetenError(f"De bron {name} heeft geen kaart in sources/.{nearest(name, list(known))}")
    return known[matches[0]]


def read_card(path: Path, catalogue: Catalogue) -> Card:
    """Read and check one card. Raises KetenError with every fault and its line."""
    card, faults = inspect(path, catalogue)
    if card is None or faults:
        raise KetenError("\n".join(faults))
    return card


def inspect(path: Path, catalogue: Catalogue) -> tuple[Card | None, list[str]]:
    """The card, when it can be made, and its faults as Dutch sentences that name file and line."""
    try:
        file = read_toml(path)
    except KetenError as fault:
        return None, [str(fault)]
    reader = _Reader(path, file, catalogue)
    card = reader.card(file.content)
    return (None if reader.faults else card), reader.faults


class _Reader:
    """Turns the content of a card into a `Card` and collects faults on the way."""

    def __init__(self, path: Path, file: TomlFile, catalogue: Catalogue):
        self.path, self.file, self.catalogue = path, file, catalogue
        self.faults: list[str] = []

    def fault(self, place: Place, sentence: str) -> None:
        """Add a fault at the line of this key."""
        self.faults.append(self.file.fault(place, sentence))

    def card(self, content: dict[str, Any]) -> Card:
        """The whole card."""
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}", self.path.stem):
            self.fault((), f"de bestandsnaam '{self.path.stem}' mag alleen letters, cijfers, - en _ bevatten.")
        publisher = self.text(content, (), "publisher", required=True)
        form = self.format(self.table(content, (), "format", required=True))
        habits = FORMATS.get(form.name)
        period = self.period(self.table(content, (), "period"), habits.period if habits else (), form.name)
        dimensions = {name: self.dimension(name, entry) for name, entry in self.tables(content, "dimensions")}
        unit = self.choice(content, (), "unit", tuple(self.catalogue.units.index), required=True)
        measures = {
            name: self.measure(name, entry, unit, habits, dimensions, period.heads)
            for name, entry in self.tables(content, "measures", required=True)
        }
        if content.get("add_rows") is True and (
            rates := [name for name, one in measures.items() if one.kind == "rate"]
        ):
            self.fault(("add_rows",), f"{rates[0]} is een verhouding; rijen daarvan kunnen niet worden opgeteld.")
        fetch = self.fetch(self.table(content, (), "fetch")) if "fetch" in content else None
        in_parts = form.name == "migratieketen" or (fetch is not None and fetch.kind == "ckan")
        return self.made(
            Card,
            content,
            (),
            required=("title", "licence"),
            id=self.path.stem,
            path=self.path,
            publisher=publisher,
            organisation=self.text(content, (), "organisation") or publisher,
            goal=self.choice(content, (), "goal", GOALS, required=True),
            unit=unit,
            url=self.address(content, (), "url"),
            rounding=self.rounding(content),
            parts=self.flag(content, (), "parts", in_parts),
            fetch=fetch,
            format=form,
            period=period,
            dimensions=dimensions,
            measures=measures,
            marks=self.marks(self.table(content, (), "marks"), form),
            checks=self.checks(self.table(content, (), "checks")),
        )

    # -- tables of a card --

    def fetch(self, entry: dict[str, Any]) -> Fetch:
        place = ("fetch",)
        kind = self.choice(entry, place, "kind", FETCH_KINDS) or "file"
        path = self.text(entry, place, "path", required=kind == "file")
        if kind in ("ckan", "cbs") and not (entry.get("dataset") or entry.get("title")):
            self.fault(place, f'bij kind = "{kind}" hoort dataset of title: welke tabel moet worden opgehaald?')
        query = entry.get("query", {})
        if not isinstance(query, dict) or not all(
            _is_text(text) for value in query.values() for text in _listed(value)
        ):
            self.fault((*place, "query"), "query hoort een tabel te zijn van naam naar tekst of lijst van teksten.")
            query = {}
        size = entry.get("max_mb", Fetch.max_mb)
        if not isinstance(size, int) or isinstance(size, bool) or not SMALLEST <= size <= LARGEST_MB:
            self.fault((*place, "max_mb"), f"max_mb hoort een geheel getal van {SMALLEST} tot {LARGEST_MB} te zijn.")
            size = Fetch.max_mb
        return self.made(
            Fetch,
            entry,
            place,
            required=("server",),
            base=self.address(entry, place, "base", required=True).rstrip("/"),
            kind=kind,
            path=path.strip("/"),
            hosts=self.hosts(entry, place),
            query={name: value if isinstance(value, list) else str(value) for name, value in query.items()},
            max_mb=size,
        )

    def hosts(self, entry: dict[str, Any], place: Place) -> tuple[str, ...]:
        hosts = tuple(name.lower() for name in self.listed(entry, place, "hosts")) if "hosts" in entry else ()
        for name in hosts:
            if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", name):
                self.fault((*place, "hosts"), f"'{name}' is geen naam van een host; schrijf \"www.voorbeeld.nl\".")
        return hosts

    def format(self, entry: dict[str, Any]) -> Format:
        place = ("format",)
        for name in ("sheet", "header"):
            wanted = (str, int) if name == "sheet" else (int,)
            if name in entry and (not isinstance(entry[name], wanted) or isinstance(entry[name], bool)):
                self.fault((*place, name), f"{name} hoort een nummer{' of naam' if name == 'sheet' else ''} te zijn.")
        for name in ("delimiter", "decimal", "thousands"):
            if isinstance(entry.get(name), str) and (len(entry[name]) != 1 or entry[name] in '"\r\n'):
                self.fault((*place, name), f"{name} hoort één teken te zijn.")
        name = self.choice(entry, place, "name", tuple(FORMATS), required=True)
        return self.made(Format, entry, place, name=name, sheet=entry.get("sheet"), header=entry.get("header"))

    def period(self, entry: dict[str, Any], usual: tuple[str, ...], form: str) -> PeriodColumn:
        place = ("period",)
        columns = self.listed(entry, place, "columns") or self.listed(entry, place, "column")
        heads = self.flag(entry, place, "heads")
        if heads and (columns or form != "table"):
            self.fault((*place, "heads"), 'heads = true hoort bij format "table", zonder column of columns.')
        columns = (HEAD,) if heads else columns or usual
        if not columns:
            self.fault(
                place,
                "welke kolom is de periode? Geef [period] met column of columns, of heads = true als de perioden "
                "in de kop staan.",
            )
        month = entry.get("first_month", PeriodColumn.first_month)
        if not isinstance(month, int) or isinstance(month, bool) or not 1 <= month <= 12:
            self.fault((*place, "first_month"), "first_month hoort een maand te zijn, van 1 tot en met 12.")
            month = PeriodColumn.first_month
        freq = self.listed(entry, place, "freq")
        for name in freq:
            self.one_of(name, KINDS, (*place, "freq"))
        moment = self.choice(entry, place, "moment", ("start", "end"))
        return self.made(
            PeriodColumn,
            entry,
            place,
            ("column",),
            columns=columns,
            freq=freq,
            moment=moment,
            heads=heads,
            first_month=month,
        )

    def dimension(self, name: str, entry: dict[str, Any]) -> Dimension:
        place = ("dimensions", name)
        label = self.text(entry, place, "label")
        self.new_name(name, place, "dimensie")
        if name not in self.catalogue.dimensions.index and not label:
            self.fault(
                place,
                f"de dimensie {name} staat niet in catalogue/dimensions.csv; geef haar een label (Nederlands woord) of "
                f"kies een bekende.{nearest(name, list(self.catalogue.dimensions.index))}",
            )
        codes = entry.get("codes", {})
        if isinstance(codes, dict):
            codes = {str(code): str(word) for code, word in codes.items()}
        elif codes != "nationality":
            self.fault(
                (*place, "codes"),
                'codes is "nationality" (de tabel met nationaliteiten en landen) of een tabel van code naar woord.',
            )
            codes = {}
        column = self.text(entry, place, "column") or name
        spellings = self.spellings(entry, place, codes)
        return self.made(Dimension, entry, place, column=column, codes=codes, spellings=spellings, label=label)

    def spellings(self, entry: dict[str, Any], place: Place, codes: str | dict[str, str]) -> dict[str, str]:
        """What else a nationality is called in the file, each with the Dutch name that the catalogue has."""
        found = {}
        for text, name in self.table(entry, place, "spellings").items():
            word, kind = self.catalogue.names.resolve(str(name))
            if kind != MEMBER:
                self.fault(
                    (*place, "spellings", text),
                    f"'{name}' staat niet in catalogue/nationalities.csv."
                    f"{nearest(str(name), self.catalogue.nationalities.name)}",
                )
            found[text] = word
        if found and codes != "nationality":
            self.fault((*place, "spellings"), 'spellings hoort bij codes = "nationality"; zet andere woorden in codes.')
        return found

    def measure(
        self,
        name: str,
        entry: dict[str, Any],
        unit: str,
        habits: Habits | None,
        dimensions: dict[str, Dimension],
        heads: bool,
    ) -> Measure:
        place = ("measures", name)
        columns = entry.get("columns", {})
        if not isinstance(columns, dict):
            self.fault((*place, "columns"), "columns hoort een tabel te zijn van kolomkop naar categorie.")
            columns = {}
        dimension = self.text(entry, place, "dimension")
        if bool(columns) != bool(dimension):
            self.fault(place, "dimension en columns horen samen: welke kolommen zijn welke categorieën?")
        if dimension and dimension not in self.catalogue.dimensions.index and dimension not in dimensions:
            self.fault((*place, "dimension"), f"de dimensie {dimension} staat niet in catalogue/dimensions.csv.")
        if dimension in dimensions:
            self.fault(
                (*place, "dimension"),
                f"de dimensie {dimension} staat ook bij [dimensions]; zij is een kolom, of de kop van kolommen.",
            )
        column = self.text(entry, place, "column")
        if heads and (column or columns):
            self.fault(place, "bij heads = true zijn de perioden de kolommen met cijfers; laat column en columns weg.")
        column = column or (UNDER_HEAD if heads else habits.value if habits and not columns else "")
        if not column and not columns and habits and not habits.finds_value:
            self.fault(place, f"welke kolom bevat {name}? Geef column.")
        kind = self.choice(entry, place, "kind", MEASURE_KINDS) or self.catalogue.measures.kind.get(name, "")
        unit = self.choice(entry, place, "unit", tuple(self.catalogue.units.index)) or unit
        counted = bool(unit) and self.catalogue.units.whole[unit] == "yes"
        measure = self.made(
            Measure,
            entry,
            place,
            column=column,
            dimension=dimension,
            columns={str(header): str(category) for header, category in columns.items()},
            kind=kind,
            unit=unit,
            factor=self.factor(entry, place),
            fractions=self.flag(entry, place, "fractions", kind == "rate" or not counted),
            range=self.range(entry, place, name, unit),
        )
        self.meaning(name, measure, unit)
        return measure

    def factor(self, entry: dict[str, Any], place: Place) -> float | None:
        """What the numbers of a measure are multiplied by; None when the card does not say."""
        value = entry.get("factor")
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < inf:
            self.fault((*place, "factor"), "factor hoort een getal boven 0 te zijn, zoals 1000.")
            return None
        return float(value)

    def range(self, entry: dict[str, Any], place: Place, name: str, unit: str) -> tuple[float, float]:
        """Between which values a measure lies: as the card says, else as the catalogue says of it or of its unit."""
        usual = self.catalogue.measures.range.get(name, "") or self.catalogue.units.range.get(unit, "")
        try:
            return bounds(self.text(entry, place, "range") or usual)
        except ValueError:
            self.fault(
                (*place, "range"), 'range hoort twee getallen te zijn met .. ertussen, zoals "0..100" of "-50..".'
            )
            return bounds("")

    def new_name(self, name: str, place: Place, what: str) -> None:
        """Names of the card's own are such that they can stand in the data."""
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            self.fault(
                place, f"de naam '{name}' van een nieuwe {what} mag alleen kleine letters, cijfers en _ bevatten."
            )

    def meaning(self, name: str, measure: Measure, unit: str) -> None:
        """A measure is known to the catalogue, with this unit, or described by the card."""
        place = ("measures", name)
        if name in self.catalogue.measures.index:
            row = self.catalogue.measures.loc[name]
            if unit and unit not in (row.unit, row.also_unit):
                self.fault(
                    place, f"{name} telt in {row.unit} volgens catalogue/measures.csv, maar de kaart zegt {unit}."
                )
            return
        self.new_name(name, place, "maat")
        if missing := [key for key in ("label", "definition", "kind") if not getattr(measure, key)]:
            self.fault(
                place,
                f"de maat {name} staat niet in catalogue/measures.csv; kies een bekende maat of beschrijf deze met "
                f"{', '.join(missing)}.{nearest(name, list(self.catalogue.measures.index))}",
            )

    def marks(self, entry: dict[str, Any], form: Format) -> Marks:
        habits = FORMATS.get(form.name, FORMATS["table"])
        found = {}
        for name in ("suppressed", "missing", "provisional", "zero"):
            found[name] = self.listed(entry, ("marks",), name) if name in entry else getattr(habits, name, ())
        meaning: dict[str, str] = {}
        for name in ("suppressed", "missing", "zero"):
            for text in found[name] if name in entry else ():
                if meaning.setdefault(bare(text), name) != name:
                    self.fault(("marks", name), f"'{text}' staat ook bij {meaning[bare(text)]}; kies een van beide.")
        for name in {"suppressed", "missing"} - set(entry):  # what the card says of a mark takes it from the format
            found[name] = tuple(text for text in found[name] if bare(text) not in meaning)
        # A blank cell says nothing: it is missing unless it is said to be something else.
        if not any("" in found[name] for name in ("suppressed", "missing", "zero")):
            found["missing"] = ("", *found["missing"])
        return self.made(Marks, entry, ("marks",), **found)

    def checks(self, entry: dict[str, Any]) -> Checks:
        place = ("checks",)
        jump = entry.get("jump", Checks.jump)
        if not isinstance(jump, (int, float)) or isinstance(jump, bool) or jump <= 1:
            self.fault((*place, "jump"), "jump hoort een getal boven 1 te zijn: de factor die onmogelijk is.")
            jump = Checks.jump
        return self.made(Checks, entry, place, jump=float(jump))

    def rounding(self, content: dict[str, Any]) -> int:
        value = content.get("rounding", 0)
        if value not in (0, 5, 10) or isinstance(value, bool):
            self.fault(("rounding",), "rounding is 0 (niet afgerond), 5 of 10.")
            return 0
        return int(value)

    # -- values --

    def made(
        self,
        shape: type[Shape],
        entry: dict[str, Any],
        place: Place,
        also: tuple[str, ...] = (),
        required: tuple[str, ...] = (),
        **special: Any,
    ) -> Shape:
        """A part of the card: what is `special` as given, the rest as plain texts, flags and lists of its table.

        Every key of the table is one that it can have, or one of `also`; texts that are `required` are not empty.
        """
        kinds: dict[str, Any] = {
            field.name: field.type for field in fields(shape) if field.name not in ("id", "path") or place
        }
        allowed = sorted({*kinds, *also})
        for name in entry:
            if name not in allowed:
                self.fault((*place, name), f"'{name}' hoort hier niet.{nearest(name, allowed)}")
        readers: dict[Any, Callable[[dict[str, Any], Place, str], Any]] = {
            str: self.text,
            bool: self.flag,
            tuple[str, ...]: self.listed,
            dict[str, tuple[str, ...]]: self.values,
        }
        plain: dict[str, Any] = {
            name: self.text(entry, place, name, True) if name in required else readers[kind](entry, place, name)
            for name, kind in kinds.items()
            if name not in special and kind in readers
        }
        return shape(**special, **plain)

    def table(self, entry: dict[str, Any], place: Place, name: str, required: bool = False) -> dict[str, Any]:
        value = entry.get(name, {})
        if not isinstance(value, dict):
            self.fault((*place, name), f"{name} hoort een tabel te zijn: [{'.'.join((*place, name))}].")
            return {}
        if required and not value:
            self.fault((*place, name), f"de tabel [{name}] ontbreekt of is leeg.")
        return value

    def tables(
        self, content: dict[str, Any], name: str, required: bool = False
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        for key in (parts := self.table(content, (), name, required)):
            if isinstance(parts[key], dict):
                yield key, parts[key]
            else:
                self.fault((name, key), f"'{key}' hoort een tabel te zijn: [{name}.{key}].")

    def text(self, entry: dict[str, Any], place: Place, name: str, required: bool = False) -> str:
        value = entry.get(name, "")
        if not isinstance(value, str) or (name not in ("delimiter", "thousands") and not value.isprintable()):
            self.fault((*place, name), f'{name} hoort tekst op één regel te zijn: {name} = "...".')
            return ""
        if required and not value.strip():
            self.fault((*place, name), f"{name} ontbreekt of is leeg.")
        return value

    def choice(
        self, entry: dict[str, Any], place: Place, name: str, choices: tuple[str, ...], required: bool = False
    ) -> str:
        value = self.text(entry, place, name, required)
        return value if not value or self.one_of(value, choices, (*place, name)) else ""

    def one_of(self, value: str, choices: tuple[str, ...], place: Place) -> bool:
        if value not in choices:
            self.fault(place, f"'{value}' is geen {place[-1]} die keten kent; kies uit {', '.join(choices)}.")
        return value in choices

    def address(self, entry: dict[str, Any], place: Place, name: str, required: bool = False) -> str:
        value = self.text(entry, place, name, required)
        if value and not re.match(r"https?://[^/\s]+", value):
            self.fault((*place, name), f"{name} hoort een webadres te zijn dat met https:// begint, niet '{value}'.")
            return ""
        return value

    def listed(self, entry: dict[str, Any], place: Place, name: str) -> tuple[str, ...]:
        values = _listed(entry.get(name, []))
        if not all(_is_text(value) for value in values):
            self.fault((*place, name), f"{name} hoort tekst of een lijst van teksten te zijn.")
            return ()
        return tuple(str(value) for value in values)

    def values(self, entry: dict[str, Any], place: Place, name: str) -> dict[str, tuple[str, ...]]:
        """Per column the values of rows that are read, or with `not` those of the rows that are not."""
        table = self.table(entry, place, name)
        found: dict[str, tuple[str, ...]] = {}
        for key, value in table.items():
            if isinstance(value, dict) and list(value) == ["not"]:
                found[key] = Others(self.listed(value, (*place, name, key), "not"))
            else:
                found[key] = self.listed(table, (*place, name), key)
        return found

    def flag(self, entry: dict[str, Any], place: Place, name: str, usual: bool = False) -> bool:
        value = entry.get(name, usual)
        if not isinstance(value, bool):
            self.fault((*place, name), f"{name} is true of false.")
            return False
        return value


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_text(value: Any) -> bool:
    return isinstance(value, (str, int)) and not isinstance(value, bool)
