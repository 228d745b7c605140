"""Time and peak memory of `keten import`, beside another version of this library. Run by hand.

    python tests/benchmark_import.py [--beside PYTHON] [--mb 200] [--times 3]

`--beside`: the Python of an environment in which that other version is installed; both are measured in turn, and the
best of each counts. Deliveries: a bulk TSV of Eurostat's shape of which the card asks for the Netherlands; 50,000
figures by month and nationality that replace as many, and of which nearly all are new; and as many by day.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from benchmark_readers import MB, make_tsv

DATA = Path(__file__).resolve().parents[1] / "data"
ABOUT = 'title = "Proef"\npublisher = "Proef"\nlicence = "CC0"\ngoal = "2_asiel"\nunit = "persons"\n'
MEASURE = '[measures.{0}]\nlabel = "{0}"\ndefinition = "Proef"\nkind = "flow"\n'
AGE_AND_SEX = '[dimensions.age]\ncolumn = "age"\n[dimensions.sex]\nlabel = "geslacht"\ncolumn = "sex"\n'
CARDS = {
    "tsv": '[format]\nname = "eurostat-tsv"\n[period]\ncolumn = "time"\n[keep]\ngeo = "NL"\n'
    '[dimensions.nationality]\ncolumn = "citizen"\n' + AGE_AND_SEX + MEASURE.format("proef"),
    **dict.fromkeys(
        ("again", "months", "days"),
        '[format]\nname = "table"\n[period]\ncolumn = "periode"\n[dimensions.nationality]\ncolumn = "land"\n'
        'codes = "nationality"\ntotal = "Totaal"\n' + MEASURE.format("proef") + 'column = "aantal"\n',
    ),
}


def make_table(path: Path, periods: list[str], members: int, changed: bool = False) -> None:
    """Figures of these periods, in total and by nationality; of a later delivery the last twelve periods differ."""
    import pandas as pd

    names = pd.read_csv(DATA / "catalogue" / "nationalities.csv", dtype=str, keep_default_na=False).name[:members]
    values = np.random.default_rng(1).integers(5, 900, (len(periods), members))
    values[-12:] += changed
    rows = (
        f"{period};{name};{value}\n"
        for period, row in zip(periods, values, strict=True)
        for name, value in zip(["Totaal", *names], [row.sum(), *row], strict=True)
    )
    path.write_text("periode;land;aantal\n" + "".join(rows), encoding="utf-8")


def prepared(folder: Path, size: int) -> dict[str, list[Path]]:
    """The deliveries of each card: what stands there already, and the one that is measured."""
    for name, text in CARDS.items():
        (folder / f"{name}.toml").write_text(ABOUT + text, encoding="utf-8")
    months = [f"{year}-{month:02}" for year in range(2003, 2026) for month in range(1, 13)][:250]
    days = [str(day) for day in np.arange("2018-01-01", "2023-04-08", dtype="datetime64[D]")]
    make_tsv(folder / "bulk.tsv", size)
    make_table(folder / "before.csv", months, 199)
    make_table(folder / "after.csv", months, 199, changed=True)
    make_table(folder / "month.csv", months[:1], 199)
    make_table(folder / "day.csv", days[:1], 25)
    make_table(folder / "days.csv", days, 25)
    deliveries = {
        "tsv": ["bulk.tsv"],
        "again": ["before.csv", "after.csv"],
        "months": ["month.csv", "after.csv"],
        "days": ["day.csv", "days.csv"],
    }
    return {name: [folder / file for file in files] for name, files in deliveries.items()}


def imported(python: str, card: Path, file: Path, data: Path, day: str) -> tuple[float, float, float]:
    """Seconds, seconds of the processor and MB at most of `keten import`."""
    command = [python, "-c", "from keten.cli import main; raise SystemExit(main())", "import", card, file]
    own = os.environ if python == sys.executable else {**os.environ, "PYTHONPATH": ""}
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen([*command, "--date", day, "--data", data], stdout=said, stderr=said, env=own)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        said.seek(0)
        if status:
            raise SystemExit(f"{card.stem}: {said.read().decode()}")
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    """Make the files, then measure each version in turn."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--beside", metavar="PYTHON", help="Python with another version of keten")
    options.add_argument("--mb", type=int, default=200, help="size of the TSV")
    options.add_argument("--times", type=int, default=3)
    given = options.parse_args()
    versions = {"this": sys.executable} | ({"other": given.beside} if given.beside else {})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for card, (*before, file) in prepared(folder, given.mb * MB).items():
            best: dict[str, tuple[float, ...]] = {}
            for _ in range(given.times):
                for version, python in versions.items():
                    data = folder / "data"
                    data.mkdir()
                    for one in before:
                        imported(python, folder / f"{card}.toml", one, data, "2026-01-01")
                    found = imported(python, folder / f"{card}.toml", file, data, "2026-02-01")
                    best[version] = tuple(map(min, found, best.get(version, found)))
                    shutil.rmtree(data)
            for version, (seconds, busy, peak) in best.items():
                print(f"{card:8} {version:6} {seconds:6.1f} s ({busy:5.1f} s processor) {peak:6.0f} MB", flush=True)


if __name__ == "__main__":
    main()
