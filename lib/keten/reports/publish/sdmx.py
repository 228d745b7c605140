"""The published figures of an edition for statistical software: SDMX-CSV 2.0, and its structure in SDMX-ML 3.0.

One observation per measure, breakdown, source and period; what was worked out of others (`statistic=`) is in
`figures.csv` alone. Frequencies, observation status and confidentiality have the codes of SDMX's own code lists.

https://github.com/sdmx-twg/sdmx-csv
"""

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from keten.model.periods import Period
from keten.model.quality import HIDDEN_RECORDS, IN_DUTCH
from keten.presentation.markup import harmless
from keten.reports.publish.baseline import LATER_SOURCES
from keten.reports.publish.index import environment

FILE, STRUCTURE = "figures_sdmx.csv", "figures_sdmx.xml"
AGENCY, ID, VERSION = "KETENWERKBOEK", "FIGURES", "1.0.0"
TOTAL, NOTHING = "_T", "_Z"  # of a dimension, as SDMX writes them
FREQUENCIES = {
    "month": ("M", "maand"),
    "quarter": ("Q", "kwartaal"),
    "half_year": ("S", "halfjaar"),
    "year": ("A", "jaar"),
    "span": ("_O", "een andere duur"),
    "date": (NOTHING, "op een dag: geen duur"),
}
STATUSES = {
    "normal": ("A", "normaal"),
    "break": ("B", "breuk in de reeks"),
    "estimated": ("E", "geschat"),
    "missing": ("O", "ontbreekt"),
    "provisional": ("P", "voorlopig"),
    "suppressed": ("Q", "niet getoond"),
}
SECRECY = {
    "free": ("F", "vrij"),
    "suppressed": ("A", "te weinig mensen om te tonen"),
    "confidential": ("C", "vertrouwelijk"),
    "secondary": ("D", "niet getoond, omdat een ander getal er anders uit volgt"),
}
FROM_RECORDS = {"records": "free", HIDDEN_RECORDS: "suppressed"}  # whence it was counted is no matter of SDMX
PRECISION = {"exact": "precies", "unknown": "onbekend"} | {
    word: text for word, text in IN_DUTCH.items() if word not in STATUSES
}
DIMENSIONS = {
    "FREQ": "soort periode",
    "INDICATOR": "de maat",
    "BREAKDOWN": "dimensie=onderdeel, zoals in figures.csv; _T is het totaal",
    "SOURCE": "bronnen bij hun naam in de gegevens, gescheiden door |",
}
ATTRIBUTES = {
    "UNIT_MEASURE": "waarin is geteld",
    "OBS_STATUS": "hoe zeker het cijfer is",
    "CONF_STATUS": "waarom een cijfer niet is getoond",
    "PRECISION": "hoe is afgerond",
    "PUBLISHER": "wiens cijfer het is",
    "AS_OF": "de dag vanaf welke het cijfer bekend was",
    "TITLE": "hoe het cijfer in het Nederlands heet",
}
CODED = {"FREQ", "INDICATOR", "OBS_STATUS", "CONF_STATUS", "PRECISION"}
REQUIRED = {"UNIT_MEASURE", "OBS_STATUS", "CONF_STATUS", "PRECISION"}
COLUMNS = ("STRUCTURE", "STRUCTURE_ID", "ACTION", *DIMENSIONS, "TIME_PERIOD", "OBS_VALUE", *ATTRIBUTES)


def write(folder: Path, rows: Iterable[Mapping[str, str]], label: str, day: str) -> None:
    """Write both files. rows: the cells of `figures.csv`; label: the edition's; day: of its newest figure (ISO)."""
    found = observations(rows)
    with (folder / FILE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(one.values() for one in found)
    (folder / STRUCTURE).write_text(_structure(found, label, day), encoding="utf-8", newline="\n")


def observations(rows: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """One observation per published figure, each with the cells of `COLUMNS`; a figure that stands twice is one."""
    published = [row for row in rows if "statistic=" not in row["dimensions"]]
    own_first = sorted(published, key=lambda row: row["section"] == LATER_SOURCES)
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for row in own_first:
        one = _observation(row)
        found.setdefault(tuple(one[name] for name in (*DIMENSIONS, "TIME_PERIOD")), one)
    return list(found.values())


@cache
def _moment(text: str) -> tuple[str, str]:
    """Frequency and period as SDMX writes them."""
    period = Period.parse(text)
    return FREQUENCIES[period.kind][0], time_period(period)


def _observation(row: Mapping[str, str]) -> dict[str, str]:
    """The cells of `COLUMNS`, in their order."""
    frequency, moment = _moment(row["period"])
    secrecy = FROM_RECORDS.get(row["confidentiality"], row["confidentiality"] or "free")
    hidden = not row["value"] and secrecy != "free"
    status = "suppressed" if hidden else row["status"] if row["status"] in STATUSES else "normal"
    return {
        "STRUCTURE": "datastructure",
        "STRUCTURE_ID": f"{AGENCY}:{ID}({VERSION})",
        "ACTION": "I",
        "FREQ": frequency,
        "INDICATOR": row["measure"],
        "BREAKDOWN": row["dimensions"] or TOTAL,
        "SOURCE": row["source_id"] or NOTHING,
        "TIME_PERIOD": moment,
        "OBS_VALUE": row["value"],
        "UNIT_MEASURE": row["unit"],
        "OBS_STATUS": STATUSES[status][0],
        "CONF_STATUS": SECRECY[secrecy][0],
        "PRECISION": row["precision"] or "unknown",
        "PUBLISHER": row["publisher"],
        "AS_OF": row["as_of"],
        "TITLE": row["label"],
    }


def time_period(period: Period) -> str:
    """A period as SDMX writes it: a half-year is a semester, and days in a row are their first day and a duration.

    >>> [time_period(Period.parse(one)) for one in ("2017-H1", "2017-06", "2017-01-01/2017-05-31")]
    ['2017-S1', '2017-06', '2017-01-01/P5M']
    """
    if period.kind == "half_year":
        return str(period).replace("H", "S")
    if period.kind == "span":
        return f"{period.start}/P{len(period.months)}M" if period.months else f"{period.start}/P{period.days}D"
    return str(period)


def _structure(found: Iterable[Mapping[str, str]], label: str, day: str) -> str:
    titles: dict[str, str] = {}
    for one in sorted(found, key=lambda one: one["BREAKDOWN"] != TOTAL):
        titles.setdefault(
            one["INDICATOR"], one["TITLE"].partition(":")[0] if one["BREAKDOWN"] != TOTAL else one["TITLE"]
        )
    lists = {
        "FREQ": dict(FREQUENCIES.values()),
        "INDICATOR": dict(sorted(titles.items())),
        "OBS_STATUS": dict(STATUSES.values()),
        "CONF_STATUS": dict(SECRECY.values()),
        "PRECISION": PRECISION,
    }
    page = environment().get_template("structure.xml.j2").render(
        agency=AGENCY, id=ID, version=VERSION, label=label, day=day, lists=lists, dimensions=DIMENSIONS,
        attributes=ATTRIBUTES, coded=CODED, required=REQUIRED,
    )  # fmt: skip
    return harmless(page) + "\n"
