"""Time and peak memory of reading large files, beside plain `pandas.read_csv`. Run by hand.

A bulk TSV of Eurostat's shape of 200 MB, of which the card asks for the Netherlands, and five million case records to
be counted by month, nationality and sex. Each measurement runs in a process of its own; the files are made first, in a
temporary folder.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

COUNTRIES = [*(f"{first}{second}" for first in "ABCDE" for second in "KLMNOP"), "NL"]
CITIZENS = [f"{first}{second}" for first in "ABCDEFGHIJ" for second in "ABCDEFGHIJKLMNOPQRST"]
MONTHS = [f"{year}-{month:02}" for year in range(2008, 2026) for month in range(1, 13)]
MB = 1024**2


def make_tsv(path: Path, size: int) -> None:
    """Rows of a key and a value per month, with flags and missing values, until the file has its size."""
    random = np.random.default_rng(1)
    cells = np.array(
        [": ", ": z", "0 ", *(f"{number} " for number in range(5, 900, 5)), *(f"{n} p" for n in range(5, 99, 5))]
    )
    written = block = 0
    with path.open("w", encoding="ascii") as file:
        file.write(
            "freq,unit,citizen,sex,applicant,age,geo\\TIME_PERIOD\t" + "\t".join(f"{month} " for month in MONTHS) + "\n"
        )
        while written < size:
            block += 1
            for citizen in CITIZENS:
                picks = cells[random.integers(0, len(cells), (len(COUNTRIES), len(MONTHS)))]
                age, sex = random.choice(["TOTAL", "Y_LT18", "Y18-34"]), random.choice(["T", "M", "F"])
                age = f"{age}{block}"  # every key once
                for country, row in zip(COUNTRIES, picks, strict=True):
                    written += file.write(f"M,PER,{citizen},{sex},FRST,{age},{country}\t" + "\t".join(row) + "\n")
                if written >= size:
                    return


def make_records(path: Path, count: int) -> None:
    """Applications: number, date, nationality, sex, age, kind and municipality."""
    random = np.random.default_rng(1)
    days = np.arange("2015-01-01", "2025-01-01", dtype="datetime64[D]").astype(str)
    weights = random.pareto(1, len(CITIZENS)) + 0.01
    with path.open("w", encoding="utf-8") as file:
        file.write("nummer;datum;nationaliteit;geslacht;leeftijd;soort;gemeente\n")
        for start in range(0, count, 100_000):
            size = min(100_000, count - start)
            columns = [
                np.arange(start, start + size).astype(str),
                random.choice(days, size),
                random.choice(CITIZENS, size, p=weights / weights.sum()),
                random.choice(["M", "V"], size, p=[0.65, 0.35]),
                random.integers(0, 80, size).astype(str),
                random.choice(["eerste aanvraag", "herhaalde aanvraag", "nareis"], size),
                random.choice([f"gemeente {number}" for number in range(342)], size),
            ]
            file.writelines(";".join(row) + "\n" for row in zip(*columns, strict=True))


def card(name: str, folder: Path):
    """The card of a benchmark."""
    from keten.model.catalogue import Catalogue
    from keten.sources.cards.card import read_card

    about = 'title = "Proef"\npublisher = "Proef"\nlicence = "CC0"\ngoal = "2_asiel"\nunit = "persons"\n'
    measure = '[measures.proef]\nlabel = "Proef"\ndefinition = "Proef"\nkind = "flow"\n'
    nationality = '[dimensions.nationality]\ncolumn = "{}"\n'
    if name == "tsv":
        about += '[format]\nname = "eurostat-tsv"\n[period]\ncolumn = "time"\n[keep]\ngeo = "NL"\n'
        about += nationality.format("citizen")
    else:
        about += '[format]\nname = "records"\n[period]\ncolumn = "datum"\nfreq = "month"\n'
        about += nationality.format("nationaliteit") + '[dimensions.sex]\nlabel = "geslacht"\ncolumn = "geslacht"\n'
    path = folder / f"{name}.toml"
    path.write_text(about + measure, encoding="utf-8")
    return read_card(path, Catalogue.read(Path(__file__).parents[1] / "data"))


def keten_tsv(path: Path) -> int:
    """Our reader of bulk TSV, with the card's choice of rows."""
    from keten.sources.readers import READERS

    with path.open("rb") as stream:
        return len(READERS["eurostat-tsv"](stream, card("tsv", path.parent)))


def pandas_tsv(path: Path) -> int:
    """The same cells by hand: read all, split the key, choose, make long."""
    import pandas as pd

    frame = pd.read_csv(path, sep="\t", dtype=str)
    keys = frame.iloc[:, 0].str.split(",", expand=True)
    chosen = frame[keys.iloc[:, -1] == "NL"]
    return len(chosen.melt(id_vars=[frame.columns[0]]))


def keten_records(path: Path) -> int:
    """Our counting of records, with small numbers hidden."""
    from keten.sources.readers import READERS

    with path.open("rb") as stream:
        return len(READERS["records"](stream, card("records", path.parent)))


def pandas_records(path: Path) -> int:
    """The same counts by hand: read all, count by month, nothing hidden."""
    import pandas as pd

    frame = pd.read_csv(path, sep=";", dtype=str)
    return len(frame.groupby([frame.datum.str[:7], "nationaliteit", "geslacht"]).size())


TASKS = {
    "keten_tsv": "proef.tsv",
    "pandas_tsv": "proef.tsv",
    "keten_records": "proef.csv",
    "pandas_records": "proef.csv",
}


def measure(name: str, folder: Path) -> None:
    """Run one task in a process of its own and print its line."""
    done = subprocess.run(
        [sys.executable, __file__, "--task", name, "--folder", str(folder)], capture_output=True, text=True, check=True
    )
    print(done.stdout, end="")


def main() -> None:
    """Make the files, then measure; or do one task."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--mb", type=int, default=200, help="size of the TSV")
    options.add_argument("--records", type=int, default=5_000_000)
    options.add_argument("--task", choices=TASKS, help=argparse.SUPPRESS)
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.task:
        start = time.perf_counter()
        rows = globals()[given.task](given.folder / TASKS[given.task])
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        busy = time.process_time()
        print(f"{given.task:16} {seconds:6.1f} s ({busy:5.1f} s processor) {peak:7.0f} MB at most {rows:10} rows")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_tsv(folder / "proef.tsv", given.mb * MB)
        make_records(folder / "proef.csv", given.records)
        for task, file in TASKS.items():
            print(f"{(folder / file).stat().st_size / MB:5.0f} MB ", end="", flush=True)
            measure(task, folder)


if __name__ == "__main__":
    main()
