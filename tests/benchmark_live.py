"""What two years of monthly updates cost: the remembered history, a workbook, and `keten run` beside the same without.

    python tests/benchmark_live.py [--vintages 24] [--folder DIR] [--period 2017-06]

Makes a data folder as a connected machine would have it: the large tables of Eurostat and CBS with all nationalities,
delivered each month, the last twelve months changed each time. Invented figures. By hand: no test.
"""

import argparse
import io
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path
from time import monotonic, process_time, sleep

import numpy as np
import psutil
from benchmark_run import memory

DATA = Path(__file__).resolve().parents[1] / "data"
MONTHS = [f"{year}-{month:02}" for year in range(2008, 2027) for month in range(1, 13)][:226]  # to 2026-10
QUARTERS = [f"{year}-Q{quarter}" for year in range(2008, 2027) for quarter in range(1, 5)][:75]
YEARS = [str(year) for year in range(2008, 2026)]
VINTAGES = [f"{year}-{month:02}-05" for year in (2024, 2025, 2026) for month in range(1, 13)][10:34]  # to 2026-10
NATIONALITIES, CBS_NATIONALITIES = 150, 100
LAST = 12  # months that each vintage changes
NL = {"geo": ["NL"], "unit": ["PER"]}


def codes(scheme: str, count: int) -> list[str]:
    """Spellings of so many different nationalities."""
    import pandas as pd

    table = pd.read_csv(DATA / "catalogue" / "nationality_codes.csv", dtype=str, keep_default_na=False)
    table = table[(table.scheme == scheme) & ~table.spelling.isin(["NL", "GB", "GR"])].drop_duplicates("code")
    return list(table.spelling[:count])


def numbers(shape: tuple[int, ...], seed: int, vintage: int, recent: int) -> np.ndarray:
    """Multiples of five, the total (first of the first axis) the sum of its parts, by period in the last axis.

    Of the same seed the same figures, of which each vintage changes those of its last `recent` periods.
    """
    longest = 240
    values = np.random.default_rng(seed).pareto(1.2, (*shape[:-1], longest))[..., : shape[-1]] * 20
    again = np.random.default_rng(seed + 1000 * (vintage + 1))
    values[..., -recent:] *= 1 + 0.1 * again.random((*shape[:-1], recent))
    values = 5 * np.round(values / 5)
    values[0] = values[1:].sum(axis=0)
    return values.astype(int)


def jsonstat(code: str, axes: dict[str, list[str]], values: np.ndarray) -> bytes:
    """A table of Eurostat; `values` in the order of the axes."""
    flat = values.ravel().tolist()
    return json.dumps(
        {
            "version": "2.0",
            "class": "dataset",
            "label": "verzonnen",
            "id": list(axes),
            "size": [len(axis) for axis in axes.values()],
            "value": dict(zip(map(str, range(len(flat))), flat, strict=True)),
            "dimension": {
                name: {"category": {"index": {code: place for place, code in enumerate(axis)}}}
                for name, axis in axes.items()
            },
            "extension": {"id": code.upper()},
        }
    ).encode()


def eurostat(vintage: int) -> dict[str, bytes]:
    """The tables of Eurostat by source, with the months that this vintage knows."""
    months, quarters = MONTHS[: len(MONTHS) - 23 + vintage], QUARTERS[: len(QUARTERS) - 8 + vintage // 3]
    citizens = ["TOTAL", *codes("iso2", NATIONALITIES)]
    fixed = {"sex": ["T"], "age": ["TOTAL"], **NL}
    found = {}

    def table(
        source: str, code: str, seed: int, axes: dict[str, list[str]], recent: int, first: str = "citizen"
    ) -> None:
        order = [first, *(name for name in axes if name != first)]
        values = numbers(tuple(len(axes[name]) for name in order), seed, vintage, recent)
        found[source] = jsonstat(code, {name: axes[name] for name in order}, values)

    applicants = {"citizen": citizens, "applicant": ["FRST", "SSEQ", "TOTAL"], **fixed, "time": months}
    table("eurostat_migr_asyappctzm", "migr_asyappctzm", 1, applicants, LAST)
    decisions = {"citizen": citizens, "decision": ["TOTAL", "POS", "POS_RFG", "POS_SPROT", "POS_HUM", "NEG"]}
    table("eurostat_migr_asydcfstq", "migr_asydcfstq", 2, {**decisions, **fixed, "time": quarters}, 4)
    union = {
        "geo": ["EU27_2020", *COUNTRIES],
        "citizen": ["TOTAL"],
        "applicant": ["FRST"],
        "sex": ["T"],
        "age": ["TOTAL"],
    }
    table("eurostat_migr_asyappctzm_eu", "migr_asyappctzm", 3, {**union, "time": months}, LAST, "geo")
    table("eurostat_migr_asypenctzm", "migr_asypenctzm", 4, {"citizen": citizens, **fixed, "time": months}, LAST)
    all_of = {"reason": ["TOTAL"], "border": ["TOTAL"], "apprehen": ["TOTAL"], "c_dest": ["TOTAL"]}
    for seed, name in enumerate(("eirfs", "eipre", "eiord", "eirtn"), 5):
        axes = {"citizen": citizens, **fixed, **all_of, "time": YEARS}
        table(f"eurostat_migr_{name}", f"migr_{name}", seed, axes, 1)
    permits = {"citizen": citizens, "reason": ["TOTAL", "FAM", "EDUC", "EMP", "OTH"], "duration": ["TOTAL"], **NL}
    table("eurostat_migr_resfirst", "migr_resfirst", 9, {**permits, "time": YEARS}, 1)
    return found


COUNTRIES = "NL BE BG CZ DK DE EE IE EL ES FR HR IT CY LV LT LU HU MT AT PL PT RO SI SK FI SE NO CH IS".split()  # noqa: SIM905


def statline(vintage: int) -> bytes:
    """Table 83102NED as a ZIP of its answers: months, quarters and years of a hundred nationalities."""
    titles = ["Totaal", *codes("cbs-label", CBS_NATIONALITIES)]
    keys = ["T001059  ", *(f"NAT{place:04}  " for place in range(1, len(titles)))]
    last = len(MONTHS) - 23 + vintage
    periods = [month.replace("-", "MM") for month in MONTHS[60:last]]
    periods += [f"{year}KW{quarter:02}" for year in range(2013, 2026) for quarter in range(1, 5)]
    periods += [f"{year}JJ00" for year in range(2013, 2026)]
    topics = ["EersteAsielverzoekenPersonen_2", "VolgendeAsielverzoeken_3", "NareizigersPersonen_4"]
    months = last - 60
    values = numbers((len(keys), len(topics), months), 11, vintage, LAST)
    rest = numbers((len(keys), len(topics), len(periods) - months), 12, vintage, 1)
    values = np.concatenate([values, rest], axis=-1)
    rows = [
        {"ID": place, "Geslacht": "T001038", "Leeftijd": "10000", "Nationaliteit": key, "Perioden": period, **numbered}
        for place, (key, period, numbered) in enumerate(
            (key, period, dict(zip(topics, values[at, :, when].tolist(), strict=True)))
            for at, key in enumerate(keys)
            for when, period in enumerate(periods)
        )
    ]
    told = io.BytesIO()
    with zipfile.ZipFile(told, "w", zipfile.ZIP_DEFLATED) as archive:
        names = [{"Key": key, "Title": title} for key, title in zip(keys, titles, strict=True)]
        archive.writestr("Nationaliteit.json", json.dumps({"value": names}))
        archive.writestr("page-1.json", json.dumps({"value": rows}))
    return told.getvalue()


def make(folder: Path, vintages: int) -> Path:
    """A data folder with so many deliveries of every table."""
    from keten.sources import store

    data = folder / "data"
    shutil.copytree(DATA, data, ignore=shutil.ignore_patterns("snapshots"))
    content = folder / "inhoud"
    for vintage, day in list(enumerate(VINTAGES))[-vintages:]:
        tables = {source: (f"{source}.json", body) for source, body in eurostat(vintage).items()}
        tables["cbs_83102NED"] = ("83102NED.zip", statline(vintage))
        for source, (name, body) in tables.items():
            content.write_bytes(body)
            store.keep(data, source, name, content, {"title": "verzonnen"}, day)
    content.unlink()
    return data


def measured(command: list) -> tuple[float, float, int]:
    """Seconds that a command takes, seconds of processor and highest memory in bytes of all its processes together.

    On a busy machine the seconds of processor are what counts.
    """
    start, peak, used = monotonic(), 0, {}
    process = psutil.Popen([*map(str, command)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        peak = max(peak, memory(process))
        with suppress(psutil.Error):
            for one in (process, *process.children(recursive=True)):
                used[one.pid] = sum(one.cpu_times()[:2])
        sleep(0.1)
    if process.returncode != 0:
        raise SystemExit(f"mislukt: {' '.join(map(str, command))}")
    return monotonic() - start, sum(used.values()), peak


def told(name: str, command: list) -> tuple[float, float]:
    """Measure a command and print the outcome."""
    took, processor, peak = measured(command)
    print(f"{name}: {took:.1f} s, processor {processor:.1f} s, piek {peak / 1e6:.0f} MB", flush=True)
    return took, processor


def warm(name: str, data: Path, period: str) -> None:
    """Processor time of a workbook and of questions to a new one, once the data are read; the best of five."""
    from keten import Workbook

    measure = "asylum_first_applications"
    questions = {
        "Workbook": lambda book: None,
        "met series": lambda book: book.series(measure),
        "met compare": lambda book: book.compare(measure),
        "met series naar nationaliteit": lambda book: book.series(measure, "nationality"),
        "met compare naar nationaliteit": lambda book: book.compare(measure, "nationality"),
    }
    Workbook(period, data=data)
    for question, ask in questions.items():
        times = []
        for _ in range(5):
            start = process_time()
            ask(Workbook(period, data=data))
            times.append(process_time() - start)
        print(f"{question}, {name} levende bronnen, gegevens al gelezen: {1000 * min(times):.0f} ms", flush=True)


def main() -> None:
    """Make the folder, then measure; print the outcome in Dutch."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--vintages", type=int, default=len(VINTAGES))
    options.add_argument("--folder", type=Path, help="keep (or find) the data here")
    options.add_argument("--period", default="2017-06")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(exist_ok=True)
        data = folder / "data"
        if not data.exists():
            make(folder, given.vintages)
        shutil.rmtree(data / "snapshots" / ".read", ignore_errors=True)
        keten = [sys.executable, "-m", "keten.cli"]
        asked = [*keten, "data", "--measure", "border_refusals", "--data", data]
        told("keten data, eerste keer", asked)
        told("keten data, tweede keer", asked)
        last = max((data / "snapshots" / "eurostat_migr_asyappctzm").iterdir())
        shutil.move(last, folder / "later")
        told("keten data, een levering eraf", asked)
        shutil.move(folder / "later", last)
        told("keten data, een levering erbij", asked)
        told("keten data, alles", [*keten, "data", "--data", data])
        for name, place in (("zonder", DATA), ("met", data)):
            code = f"import keten; keten.Workbook({given.period!r}, data={str(place)!r})"
            told(f"Workbook {name} levende bronnen", [sys.executable, "-c", code])
            warm(name, place, given.period)
        run = [*keten, "run", "--period", given.period, "--jobs", "2", "-q"]
        without, with_live = (
            told(f"keten run {name} levende bronnen", [*run, "--data", place, "--out", folder / name])
            for name, place in (("zonder", DATA), ("met", data))
        )
        took, processor = (with_live[at] / without[at] for at in (0, 1))
        print(f"verhouding: tijd {took:.2f}, processor {processor:.2f} (hoogstens 1,5)")


if __name__ == "__main__":
    main()
