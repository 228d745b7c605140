"""The formats that a card may name, with what a card need not say because every such file has it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Habits:
    """What is usual in a format.

    `period`: columns of the period; `value`: column of the number when there is one ("" = the card names it, unless the
    number can be found by itself: `finds_value`);
    `suppressed`, `missing`: texts in place of a number; `provisional`: flags or marks of a provisional figure;
    `blank_is_total`: an empty cell of a dimension means the total; `decimal`, `thousands`: how numbers are written,
    recognised number by number when empty; `names`: whose codes of countries come first (nationality_codes.csv).
    """

    period: tuple[str, ...]
    value: str = ""
    suppressed: tuple[str, ...] = ("<5", "< 5", "*", "x", "c")
    missing: tuple[str, ...] = ("", ":", ".", "..", "-", "n.a.", "NA")
    provisional: tuple[str, ...] = ("p", "*", "Voorlopig", "NaderVoorlopig")
    blank_is_total: bool = False
    decimal: str = ""
    thousands: str = ""
    names: str = ""
    finds_value: bool = False


FORMATS = {
    "migratieketen": Habits(
        period=("Jaar", "Maand"),
        suppressed=("", "-", "x", ".", "<5", "< 5", "*"),
        missing=("n.b.", "onbekend"),
        blank_is_total=True,
        finds_value=True,
    ),
    "cbs-odata": Habits(period=("Perioden",), suppressed=("x",), decimal=".", names="cbs"),
    "statline-csv": Habits(period=("Perioden",), suppressed=("x",), names="cbs"),
    "eurostat-json": Habits(period=("time",), value="value", suppressed=("c",), decimal=".", names="eurostat"),
    "sdmx-csv": Habits(period=("TIME_PERIOD",), value="OBS_VALUE", suppressed=("c",), decimal=".", names="eurostat"),
    "eurostat-tsv": Habits(period=("time",), value="value", suppressed=("c",), decimal=".", names="eurostat"),
    "eurostat-csv": Habits(
        period=("TIME",), value="Value", suppressed=("c",), decimal=".", thousands=",", names="eurostat"
    ),
    "unhcr-json": Habits(period=("year",), suppressed=("*",), decimal=".", names="unhcr"),
    "unhcr-csv": Habits(period=("Year", "Month"), value="Value", suppressed=("*",), names="unhcr"),
    "table": Habits(period=()),
    "records": Habits(period=(), value="value", suppressed=("<5",), blank_is_total=True),
}
HEAD = "periode in de kop"  # columns of a table of which the heads were periods
UNDER_HEAD = "cijfer onder de kop"
FLAG = "flag"  # column in which readers put the source's flags
LEVEL = "level"  # column in which the reader of stacked totals says what a row is broken down by
NUMBER_NAMES = ("aantal", "aantallen", "number", "value", "waarde")  # what a column of numbers may be called
