"""A run executes what can have changed and nothing else; what comes out is what `--force` gives, byte for byte.

KETEN_FUZZ=1 changes 200 things, one at a time, in a random order (an hour); without it one of most kinds.
"""

import csv
import json
import os
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import small_notebooks
from edition_folders import TELL_TIME

from keten.cli import main
from keten.reports import reuse, unchanged

EVERY = bool(os.environ.get("KETEN_FUZZ"))
ASYLUM, BORDER = "asylum_first_applications", "border_refusals"
NOBODY = "detention_inflow"  # a measure that has no rows here
ABOUT = """
from keten import Workbook
from keten.presentation import tables
chain = Workbook(period, compare_years, as_of, nationality)
tables.comparison(chain.compare("{measure}"), "Vergelijking", chain)
"""
MORE = f"""
import os
print(chain.has("{NOBODY}"), chain.catalogue.measure("{NOBODY}").label, os.environ.get("KETEN_PROEF"))
tables.comparison(chain.top("{BORDER}", "nationality", n=3), "Grootste", chain)
"""
KINDS = ("1_asiel", "2_grens")


@dataclass
class World:
    """A folder in which runs are made of few figures and two small notebooks."""

    folder: Path
    options: list[str] = field(default_factory=lambda: ["--period", "2017-06", "--data", "gegevens"])

    def table(self, name: str) -> list[list[str]]:
        with (self.folder / "gegevens" / name).open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    def write(self, name: str, rows: list[list[str]]) -> None:
        with (self.folder / "gegevens" / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)

    def run(self, *more: str, out: str = "uit") -> dict[str, str]:
        """Make the edition; why each of its reports was executed, or that it was not."""
        assert main(["run", *self.options, "--out", out, *more]) == 0
        every = (json.loads(path.read_text(encoding="utf-8")) for path in (self.folder / out).glob("2*/manifest.json"))
        told = max(every, key=lambda one: one["started"])
        return {stem: entry["why"] for stem, entry in told["notebooks"].items()}

    def files(self, out: str = "uit") -> dict[str, bytes]:
        """All files of its editions, but for what tells the time of a run."""
        paths = [path for path in (self.folder / out).rglob("2*/**/*") if path.is_file() and path.name not in TELL_TIME]
        paths = [path for path in paths if not any(part.startswith(".") for part in path.parts)]
        return {path.relative_to(self.folder / out).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture
def world(tmp_path, repository, monkeypatch) -> World:
    monkeypatch.setenv("KETEN_NOTEBOOKS", str(tmp_path / "notebooks"))
    monkeypatch.chdir(tmp_path)
    shutil.copytree(repository / "data", tmp_path / "gegevens", ignore=shutil.ignore_patterns("datapackage.json"))
    made = World(tmp_path)
    head, *rows = made.table("published/figures.csv")
    made.write("published/figures.csv", [head, *(row for row in rows if row[0] in (ASYLUM, BORDER, "coa_occupancy"))])
    small_notebooks.write(tmp_path / "notebooks", KINDS[0], ABOUT.format(measure=ASYLUM))
    small_notebooks.write(tmp_path / "notebooks", KINDS[1], ABOUT.format(measure=BORDER), MORE)
    return made


def changed_figure(world: World, measure: str, chance: random.Random) -> None:
    """Another value of one figure that a report on June 2017 may see."""
    rows = world.table("published/figures.csv")
    at = [place for place, row in enumerate(rows) if row[0] == measure and row[4] < "2017-07" and row[5].isdigit()]
    place = chance.choice(at)
    rows[place][5] = str(int(rows[place][5]) + 10)
    world.write("published/figures.csv", rows)


def added_row(world: World, measure: str, chance: random.Random) -> None:
    """A figure where there was none."""
    rows = world.table("published/figures.csv")
    like = next(row for row in rows if row[0] == BORDER)
    year = str(chance.choice([2014, 2015, 2016]))
    new = [measure, "DJI", "", "", year, str(chance.randrange(100, 9000)), "persons", "exact", *like[8:10], "", ""]
    world.write("published/figures.csv", [*rows, new])


def label(world: World, measure: str, chance: random.Random) -> None:
    rows = world.table("catalogue/measures.csv")
    row = next(row for row in rows if row[0] == measure)
    row[rows[0].index("label")] += f" {chance.choice('abcdefgh')}"
    world.write("catalogue/measures.csv", rows)


def unit(world: World, chance: random.Random) -> None:
    rows = world.table("catalogue/units.csv")
    rows[-1][rows[0].index("axis") if "axis" in rows[0] else -1] += chance.choice("abcdefgh")
    world.write("catalogue/units.csv", rows)


def source(world: World, measure: str, chance: random.Random) -> None:
    """Another title of a source of this measure alone."""
    figures = world.table("published/figures.csv")
    used = {row[8] for row in figures if row[0] == measure and row[4] < "2017-07"}
    used -= {row[8] for row in figures if row[0] != measure}
    rows = world.table("published/sources.csv")
    row = chance.choice([row for row in rows if row[0] in used])
    row[rows[0].index("title")] += " (herzien)"
    world.write("published/sources.csv", rows)


def correction(world: World, measure: str, chance: random.Random) -> None:
    """A declared fault of a figure of this measure."""
    rows = [
        row for row in world.table("published/figures.csv") if row[0] == measure and not row[2] and row[5].isdigit()
    ]
    row = chance.choice([row for row in rows if row[4] < "2017-07"])
    said = (
        f'\n[[correction]]\nsource = "{row[8]}"\nmeasure = "{measure}"\nperiod = "{row[4]}"\npublished = {row[5]}\n'
        f'value = {int(row[5]) + 7}\nreason = "proef"\nreference = "https://voorbeeld.nl"\nsince = "2016-01-01"\n'
    )
    path = world.folder / "gegevens/corrections.toml"
    path.write_text(path.read_text(encoding="utf-8") + said, encoding="utf-8")


def card(world: World, chance: random.Random) -> None:
    """Another title on the card of a live source of which nothing was received."""
    path = chance.choice(sorted((world.folder / "gegevens/sources").glob("*.toml")))
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('title = "', 'title = "Nieuw: ', 1), encoding="utf-8")


def cell(world: World, stem: str, chance: random.Random) -> None:
    path = world.folder / "notebooks" / f"{stem}.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"][0]["source"] = f"# Rapport {chance.randrange(10**6)}"
    path.write_text(json.dumps(content), encoding="utf-8")


BOTH, NONE = set(KINDS), set()


def kinds(monkeypatch) -> dict[str, tuple[Callable, set[str]]]:
    """By name what to change, and which reports depend on it."""

    def variable(world, chance):
        monkeypatch.setenv("KETEN_PROEF", str(chance.random()))

    def other_variable(world, chance):
        monkeypatch.setenv("KETEN_ONGELEZEN", str(chance.random()))

    def version(world, chance):
        mark = str(chance.random())
        monkeypatch.setattr(reuse, "packages", lambda: mark)

    def clock(world, chance):
        day = f"2027-0{chance.randrange(1, 9)}-{chance.randrange(10, 28)}"
        monkeypatch.setattr(unchanged, "today", lambda: day)

    def code(world, chance):
        mark = str(chance.random())
        monkeypatch.setattr(reuse, "code", lambda left_out=(): mark)

    def template(world, chance):
        real, mark = reuse.code, str(chance.random())
        monkeypatch.setattr(reuse, "code", lambda left_out=reuse.NOT_IN_KERNELS: real() if left_out else mark)

    def parameter(world, chance):
        world.options = [*world.options[:4], "--compare-years", str(chance.choice([1, 2, 3]))]

    return {
        "a figure of the first": (lambda w, c: changed_figure(w, ASYLUM, c), {KINDS[0]}),
        "a figure of the second": (lambda w, c: changed_figure(w, BORDER, c), {KINDS[1]}),
        "a figure of neither": (lambda w, c: changed_figure(w, "coa_occupancy", c), NONE),
        "a row where there was none": (lambda w, c: added_row(w, NOBODY, c), {KINDS[1]}),
        "a label": (lambda w, c: label(w, ASYLUM, c), {KINDS[0]}),
        "the label of what is empty": (lambda w, c: label(w, NOBODY, c), {KINDS[1]}),
        "the label of neither": (lambda w, c: label(w, "naturalisations", c), NONE),
        "a unit": (unit, BOTH),
        "a source": (lambda w, c: source(w, BORDER, c), {KINDS[1]}),
        "a correction": (lambda w, c: correction(w, ASYLUM, c), {KINDS[0]}),
        "a card": (card, NONE),
        "a cell": (lambda w, c: cell(w, KINDS[1], c), {KINDS[1]}),
        "a variable that is read": (variable, {KINDS[1]}),
        "a variable that is not": (other_variable, NONE),
        "a version": (version, BOTH),
        "the clock": (clock, NONE),
        "a line of code": (code, BOTH),
        "a template": (template, NONE),
        "a parameter": (parameter, BOTH),
    }


CHEAP = ("a figure of the first", "a row where there was none", "a template")


def test_no_change_leaves_a_stale_byte(world, monkeypatch, capsys):
    every = kinds(monkeypatch)
    chance = random.Random(20261129)
    assert set(world.run().values()) == {reuse.FIRST}
    told = world.files()
    times = {path: path.stat().st_mtime_ns for path in (world.folder / "uit").rglob("*") if path.is_file()}
    capsys.readouterr()

    # Nothing changed: nothing is written but the time of the check.
    world.run()
    assert "Er is niets veranderd" in capsys.readouterr().out
    now = {path: path.stat().st_mtime_ns for path in (world.folder / "uit").rglob("*") if path.is_file()}
    touched = {path.parent.name for path in times.keys() | now.keys() if times.get(path) != now.get(path)}
    assert touched == {unchanged.FOLDER} and world.files() == told

    plan = [chance.choice(list(every)) for _ in range(200)] if EVERY else [*CHEAP]
    for name in plan:
        change, concerned = every[name]
        shutil.copytree(world.folder / "uit", world.folder / "toets")
        change(world, chance)
        whys = world.run("-q")
        executed = {stem for stem, why in whys.items() if why != reuse.REUSED}
        assert set(world.run("-q", "--force", out="toets").values()) == {reuse.FORCED}
        assert world.files() == world.files("toets"), name
        shutil.rmtree(world.folder / "toets")
        assert executed <= concerned if name == "a parameter" else executed == concerned, (name, whys)
