"""Reading an edition as a reader does: run the command, parse the pages, read Dutch numbers."""

import contextlib
import csv
import functools
import io
import itertools
import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup, Tag

from keten.cli import main
from keten.model.periods import Period
from keten.reports.notebook import LAB_ONLY
from keten.workbook.default_edition import default_edition

STEMS = (
    "1_werk_studie_gezin",
    "2_asiel",
    "3_toegang_grensbewaking",
    "4_toezicht",
    "5_terugkeer",
    "6_klantervaring",
    "7_lvv",
)
COLUMNS = [
    "notebook", "section", "measure", "label", "dimensions", "period", "value", "unit", "status", "confidentiality",
    "precision", "calculation", "source", "source_id", "publisher", "as_of", "as_of_assumed",
]  # fmt: skip
CHART = "application/vnd.keten.chart+json"
LAST_SECTIONS = ["Andere bronnen en latere uitgaven", "Wat ontbreekt", "Begrippen", "Bronnen"]
NEWEST = default_edition().period  # of a run without arguments
NUMBER = re.compile(r"(?<![\w.,%-])[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?(?![\w])")


def keten(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess:
    """The command as a user gives it, in a process of its own."""
    command = [sys.executable, "-m", "keten.cli", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", timeout=900)


def keten_here(*arguments: object, cwd: Path) -> subprocess.CompletedProcess:
    """The command in this process: it saves the seconds in which a new one loads libraries and data."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(cwd), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([*map(str, arguments)])
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


def arguments_of(period: str) -> tuple[str, ...]:
    """The arguments of a run of all notebooks; none for the newest period, which tests of the default share."""
    return () if period == NEWEST else ("--period", period)


@dataclass(frozen=True)
class Number:
    """A number as it is printed."""

    value: float
    decimals: int

    def rounds(self, exact: float) -> bool:
        """Whether the exact value may be printed like this."""
        return abs(exact - self.value) <= 0.5 * 10**-self.decimals + 1e-6


def numbers(text: str) -> list[Number]:
    """The Dutch numbers in a text, in order: `1.297`, `3,6`, `-5%`, both ends of `3,1-4,2%`."""
    text = re.sub(r"(?<=[\d%])-(?=\d)", " ", text)
    return [
        Number(float(found.replace(".", "").replace(",", ".")), len(found.partition(",")[2]))
        for found in NUMBER.findall(text)
    ]


@dataclass(frozen=True)
class Cell:
    """A cell that holds a figure: its text and what its row and column are called."""

    section: str
    title: str
    row: str
    column: str
    text: str
    own_period: str
    classes: tuple[str, ...]


class Report:
    """One HTML report."""

    def __init__(self, path: Path) -> None:
        self.source = path.read_text(encoding="utf-8")
        self.page = BeautifulSoup(self.source, "lxml")

    @cached_property
    def text(self) -> str:
        """What a reader sees or hears: text, also of charts, and what stands in for an image."""
        shown = [text for text in self.page.body.find_all(string=True) if text.parent.name not in ("style", "script")]
        heard = [tag["aria-label"] for tag in self.page.find_all(attrs={"aria-label": True})]
        return "\n".join([*map(str, shown), *heard])

    @cached_property
    def headings(self) -> list[tuple[int, str]]:
        """Level and text of each heading, in order."""
        found = self.page.find_all(re.compile("^h[1-6]$"))
        return [(int(tag.name[1]), tag.get_text(" ", strip=True)) for tag in found]

    @cached_property
    def subjects(self) -> str:
        """Headings, titles of figures and gaps, names of rows, what is said to be missing; a line each."""
        selector = "h1, h2, h3, h4, h5, .title, ul.gaps li, th[scope=row], p.gap"
        return "\n".join(tag.get_text(" ", strip=True) for tag in self.page.select(selector))

    @cached_property
    def period(self) -> str:
        """The period of the report in words, which a key figure without one of its own is about."""
        (line,) = [tag.get_text() for tag in self.page.select("p.period") if tag.get_text().startswith("Periode: ")]
        return re.match("Periode: ([^,.]+)", line)[1]

    @cached_property
    def cells(self) -> list[Cell]:
        """Every body cell of every table, and the values of the key figures."""
        found, section, tables = [], "", {}
        for tag in self.page.find_all(["h1", "h2", "h3", "h4", "h5", "td", "dd"]):
            if tag.name.startswith("h"):
                section = tag.get_text(" ", strip=True)
                continue
            if not (tag.find_parent("dl", class_="keyfigures") if tag.name == "dd" else tag.find_parent("tbody")):
                continue
            small = tag.find("small")
            own = small.get_text().strip("()") if small and tag.name == "td" else ""
            text = tag.get_text(" ", strip=True)
            if small:
                text = text.replace(small.get_text(" ", strip=True), "").strip()
            if tag.name == "dd":
                row, column, title = tag.parent.dt.get_text(" ", strip=True), "", "kerncijfers"
                told = tag.parent.select_one("dd.period")
                own = told.get_text(strip=True) if told else self.period
            else:
                table = tag.find_parent("table")
                if id(table) not in tables:
                    tables[id(table)] = _title_and_heads(table)
                title, heads = tables[id(table)]
                cells = tag.find_parent("tr").find_all(["th", "td"])
                row = tag.find_parent("tr").th.get_text(" ", strip=True)
                column = heads[next(place for place, one in enumerate(cells) if one is tag)]
            kinds = [*tag.get("class", ()), *["number"] * _is_figure(tag)]
            found.append(Cell(section, title, row, column, text, own, tuple(kinds)))
        return found


def _is_figure(cell: Tag) -> bool:
    """Whether the table says that its cells are figures and this one is not marked as words."""
    return cell.find_parent("table", class_="figures") is not None and "words" not in cell.get("class", ())


def _title_and_heads(table: Tag) -> tuple[str, list[str]]:
    title = table.caption.find("span", class_="title") or table.caption
    heads = [tag.get_text(" ", strip=True) for tag in table.thead.find_all("th")]
    return title.get_text(" ", strip=True), heads


class Edition:
    """The folder that one run wrote."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._reports: dict[str, Report] = {}

    def report(self, stem: str) -> Report:
        """The HTML report of a notebook (or `index`), parsed once."""
        if stem not in self._reports:
            self._reports[stem] = Report(self.folder / f"{stem}.html")
        return self._reports[stem]

    @cached_property
    def rows(self) -> list[dict[str, str]]:
        """The rows of figures.csv, as text."""
        with (self.folder / "figures.csv").open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            assert reader.fieldnames == COLUMNS
            return list(reader)

    def of(self, stem: str, measure: str = "") -> list[dict[str, str]]:
        """The rows of one notebook, or of one measure in it."""
        return [row for row in self.rows if row["notebook"] == stem and measure in ("", row["measure"])]

    @cached_property
    def manifest(self) -> dict:
        return json.loads((self.folder / "manifest.json").read_text(encoding="utf-8"))

    def value(self, stem: str, measure: str, period: str, dimensions: str = "") -> set[float]:
        """The values of one key in one notebook, its section on other sources left out."""
        return {
            float(row["value"])
            for row in self.of(stem, measure)
            if (row["period"], row["dimensions"]) == (period, dimensions) and row["section"] != LAST_SECTIONS[0]
        }

    def outputs(self, stem: str) -> Iterator[dict]:
        """The data of each output in the executed notebook."""
        content = json.loads((self.folder / f"{stem}.ipynb").read_text(encoding="utf-8"))
        for cell in content["cells"]:
            for output in cell.get("outputs", []):
                yield output.get("data", {})


def displayed(notebook: nbformat.NotebookNode) -> list[str]:
    """The HTML of each code cell that shows something in a report."""
    return [
        output["data"]["text/html"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "text/html" in output.get("data", {}) and LAB_ONLY not in cell.metadata.get("tags", [])
    ]


@functools.cache
def names_of_period(text: str) -> set[str]:
    """How a period may be called in a table or with a key figure."""
    period = Period.parse(text)
    return {period.short, period.label, text}


class Published:
    """The rows of the data as they are committed, read without the library, and what may be made of them."""

    def __init__(self, data: Path) -> None:
        self.sources = {row["source"]: row for row in read(data / "published" / "sources.csv")}
        self.titles = {row["title"] for row in self.sources.values()}
        self.measures = {row["measure"]: row for row in read(data / "catalogue" / "measures.csv")}
        self.partitions = read(data / "catalogue" / "partitions.csv")
        self.units = {row["unit"] for row in read(data / "catalogue" / "units.csv")}
        self.rows = defaultdict(list)
        for name in ("figures", "survey", "lvv"):
            for row in read(data / "published" / f"{name}.csv"):
                key = (row["measure"], dimensions_of(row), str(Period.parse(row["period"])))
                known = row["published"] or self.sources[row["source"]]["published"]
                known = known or Period.parse(row["period"]).end.isoformat()
                title = self.sources[row["source"]]["title"]
                self.rows[key].append((float(row["value"]), title, known, row["status"]))

    def values(self, measure: str, dimensions: str, period: str, titles: str) -> set[float]:
        """Every value that sources with these titles (` | ` between) give: as published, or as sum of all parts."""
        key = (measure, dimensions, period)
        return self._published(key, titles) | self.sums(*key, titles)

    @functools.cache  # noqa: B019 - one object lives for the whole session
    def sums(self, measure: str, dimensions: str, period: str, titles: str) -> set[float]:
        """Every sum of all months, quarters or half-years of the period from these sources; only of a flow."""
        found = set()
        if self.measures[measure]["kind"] == "flow":
            for kind in ("month", "quarter", "half_year"):
                parts = Period.parse(period).parts(kind)
                each = [self._published((measure, dimensions, str(part)), titles) for part in parts]
                if len(parts) > 1 and all(each):
                    sums = {0.0}
                    for values in each:
                        sums = {round(total + value, 4) for total in sums for value in values}
                    found |= sums
            found |= self._sums_of_parts(measure, dimensions, period, titles)
        return found

    def _sums_of_parts(self, measure: str, dimensions: str, period: str, titles: str) -> set[float]:
        """Every sum of the declared parts of a total from these sources."""
        found = set()
        for row in self.partitions:
            total = f"{row['dimension']}={row['total']}" if row["total"] else ""
            if (measure, dimensions) == (row["measure"], total):
                parts = [f"{row['dimension']}={part}" for part in row["parts"].split(";")]
                each = [self._published((measure, part, period), titles) for part in parts]
                found |= {round(sum(values), 4) for values in itertools.product(*each)} if all(each) else set()
        return found

    def shares(self, measure: str, dimensions: str, period: str, titles: str, whole: str) -> set[float]:
        """Every percentage that these sources allow of `whole`, of the same category or of its total."""
        parts = self.values(measure, dimensions, period, titles)
        wholes = self.values(whole, dimensions, period, titles) | self.values(whole, "", period, titles)
        return {100 * part / total for part in parts for total in wholes if total}

    def _published(self, key: tuple[str, str, str], titles: str) -> set[float]:
        return {value for value, title, *_ in self.rows.get(key, []) if title in titles.split(" | ")}


def dimensions_of(row: dict[str, str]) -> str:
    """The text that figures.csv has for the dimension and category of a row of the data."""
    names = row["dimension"].split("+") if row["dimension"] else []
    categories = row["category"].split(" + ") if len(names) > 1 else [row["category"]]
    return ";".join(f"{name}={category}" for name, category in zip(names, categories, strict=bool(names)))


def parts_of(row: dict[str, str]) -> tuple[str, dict[str, str]]:
    """The dimensions of a row of figures.csv without the statistic, and the statistic with its details.

    The first detail is `of`; `figure` and `figure_of` tell the statistic of the figure that it was made from.
    """
    dimensions, _, statistic = row["dimensions"].partition("statistic=")
    outer, _, inner = statistic.partition(";figure=")
    found = dict(zip(("name", "of"), re.split(r";\w+=", outer), strict=False))
    return dimensions.rstrip(";"), found | dict(zip(("figure", "figure_of"), re.split(r";\w+=", inner), strict=False))


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
