"""What a source card says, as plain immutable objects. `card` reads them from TOML."""

from dataclasses import dataclass, field
from math import inf
from pathlib import Path


class Others(tuple[str, ...]):
    """All values but these: `{ not = [...] }` in [keep] or where of a card; a plain tuple is the values themselves."""

    __slots__ = ()


def fits(value: str, wanted: tuple[str, ...]) -> bool:
    """Whether a row with this value is one that the card reads."""
    return (value in wanted) != isinstance(wanted, Others)


def in_words(wanted: tuple[str, ...]) -> str:
    """The values that a card asks for, in a Dutch sentence."""
    return ("anders dan " if isinstance(wanted, Others) else "") + " of ".join(wanted)


@dataclass(frozen=True)
class Fetch:
    """Where a table is fetched: `server` is the name that `--server` may redirect, `base` its address.

    `kind`: how the server answers; `path` and `query` for one file; `dataset` or `title` for a table of an API.
    `hosts`: other hosts at which files that its answers name may stand; `also`: other tables of the publisher with
    the same figures.
    """

    server: str
    base: str
    kind: str = "file"
    path: str = ""
    query: dict[str, str | list[str]] = field(default_factory=dict)
    dataset: str = ""
    title: str = ""
    hosts: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    max_mb: int = 200


@dataclass(frozen=True)
class Format:
    """How a file is written; what is left empty is recognised from the file itself."""

    name: str
    encoding: str = ""
    delimiter: str = ""
    decimal: str = ""
    thousands: str = ""
    sheet: str | int | None = None
    header: int | None = None
    columns: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()


@dataclass(frozen=True)
class PeriodColumn:
    """Which columns hold the period and how; `freq`: the frequencies to read, all when empty.

    `heads`: the periods are the heads of the columns with numbers. `first_month`: that of a year such as 2017/18.
    """

    columns: tuple[str, ...]
    notation: str = ""
    freq: tuple[str, ...] = ()
    moment: str = ""
    heads: bool = False
    first_month: int = 1


@dataclass(frozen=True)
class Dimension:
    """A column that breaks a figure down. `codes`: "nationality" for the reference table, or code -> Dutch word.

    `total`: rows that are the total; `leave_out`: rows that are neither member nor total. `overlapping`: members do not
    add up to a total. `add_up`: the file has no total, so members are added where all are shown. `spellings`: what else
    a nationality is called in this file, beside the reference table.
    """

    column: str
    codes: str | dict[str, str] = field(default_factory=dict)
    spellings: dict[str, str] = field(default_factory=dict)
    total: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()
    label: str = ""
    overlapping: bool = False
    add_up: bool = False


@dataclass(frozen=True)
class Measure:
    """A column of numbers; `where`: the rows that count. With `dimension` the `columns` are its categories.

    label, label_en, definition, kind and unit describe a measure that the catalogue does not have. `factor`: what the
    numbers are multiplied by, None when the file says so; `fractions`: whether they need not be whole; `range`: the
    lowest and highest value that they can have. `optional`: a file without its rows is accepted.
    """

    column: str = ""
    where: dict[str, tuple[str, ...]] = field(default_factory=dict)
    dimension: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    label: str = ""
    label_en: str = ""
    definition: str = ""
    kind: str = ""
    unit: str = ""
    factor: float | None = None
    fractions: bool = True
    range: tuple[float, float] = (-inf, inf)
    optional: bool = False


@dataclass(frozen=True)
class Marks:
    """Texts for suppressed, missing and provisional figures, and for zero."""

    suppressed: tuple[str, ...]
    missing: tuple[str, ...]
    provisional: tuple[str, ...]
    zero: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checks:
    """What the gate may let pass: gaps in time, fewer rows than before; `jump`: the factor that is impossible."""

    gaps: bool = False
    fewer_rows: bool = False
    jump: float = 10.0


@dataclass(frozen=True)
class Card:
    """One table of one publisher; `id` is the name of its file.

    `parts`: the table comes in several files, such as one per year, each replaced by its namesake; otherwise every
    delivery replaces the one before. `add_rows`: several rows of one figure are its parts and are added.
    """

    id: str
    path: Path
    title: str
    publisher: str
    organisation: str
    licence: str
    goal: str
    unit: str
    url: str
    rounding: int
    note: str
    parts: bool
    fetch: Fetch | None
    format: Format
    period: PeriodColumn
    keep: dict[str, tuple[str, ...]]
    dimensions: dict[str, Dimension]
    measures: dict[str, Measure]
    marks: Marks
    checks: Checks
    add_rows: bool = False
