"""Measure `keten run` for all notebooks, beside papermill and nbconvert by hand, or beside an older commit.

    python tests/benchmark_run.py [PERIOD]
    python tests/benchmark_run.py --beside COMMIT [--rounds 5] [PERIOD]

Without a period it is that of the data. By hand means: `papermill`, then `jupyter nbconvert --to html`, one notebook
after the other. An older commit runs its own notebooks on its own data with the packages of its own constraints.txt:
both checkouts are installed in a new environment each, and then measured in turn. Processor time is that of all
processes of a command, memory the most that they held at one moment. Needs Linux, a quiet machine and some minutes; no
test, so pytest does not collect it.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import monotonic, sleep
from typing import NamedTuple

import psutil

from keten.reports.execute.processes import adopt

REPOSITORY = Path(__file__).resolve().parents[1]
NOTEBOOKS = REPOSITORY / "notebooks"
TOOLS = Path(sys.executable).parent
MB = 1e6
ANSWERS = (["--version"], ["run", "--help"])


class Cost(NamedTuple):
    """What a command took: seconds on the clock, seconds of processors, and bytes of memory at its peak."""

    wall: float
    processor: float
    memory: float


def by_hand(period: str) -> None:
    """Measure a run and the same by hand, and print the outcome in Dutch."""
    with tempfile.TemporaryDirectory() as folder:
        together = measured(TOOLS / "keten", "run", *option("--period", period), "--out", folder, "-q")
        print(f"keten run: {told(together)}", flush=True)
        seconds = 0.0
        for notebook in sorted(NOTEBOOKS.glob("*.ipynb")):
            executed = Path(folder) / notebook.name
            execute = [TOOLS / "papermill", notebook, executed, *option("-p", "period", period)]
            render = [TOOLS / "jupyter", "nbconvert", "--to", "html", executed]
            costs = [measured(*command) for command in (execute, render)]
            seconds += sum(cost.wall for cost in costs)
            print(f"met de hand, {notebook.stem}: {sum(cost.wall for cost in costs):.1f} s", flush=True)
    print(f"met de hand: {seconds:.1f} s; verhouding {together.wall / seconds:.2f} (hoogstens 0,20)")


def beside(commit: str, rounds: int, period: str) -> None:
    """Measure this checkout and that of `commit` in turn, and print the medians and how they compare, in Dutch."""
    with tempfile.TemporaryDirectory() as folder, checkout(commit, Path(folder) / "ouder") as older:
        tools = {
            home: installed(home, Path(folder) / f"omgeving-{number}")
            for number, home in enumerate((older, REPOSITORY))
        }
        costs: dict[str, dict[Path, list[Cost]]] = {}
        for number in range(rounds):
            for home, keten in tools.items():
                out = Path(folder) / f"uit-{number}-{home.name}"
                run = ["run", *option("--period", period), "--out", str(out), "-q"]
                rows = {"alle rapporten": run, "nog eens, niets veranderd": run}
                rows |= {f"keten {' '.join(words)}": words for words in ANSWERS}
                for name, words in rows.items():
                    cost = measured(keten, *words, home=home)
                    costs.setdefault(name, {}).setdefault(home, []).append(cost)
    for name, found in costs.items():
        before, now = (Cost(*map(median, zip(*each, strict=True))) for each in found.values())
        wall, processor = now.wall / before.wall, now.processor / before.processor
        print(f"{name}\n  {commit}: {told(before)}\n  nu: {told(now)}")
        print(f"  verhouding: {wall:.2f} van de tijd, {processor:.2f} van de rekentijd")


@contextmanager
def checkout(commit: str, place: Path) -> Iterator[Path]:
    """The files of a commit at `place`, for as long as the block lasts."""
    git = ["git", "-C", str(REPOSITORY), "worktree"]
    subprocess.run([*git, "add", "--quiet", "--detach", str(place), commit], check=True)
    try:
        yield place
    finally:
        subprocess.run([*git, "remove", "--force", str(place)], check=True)


def installed(home: Path, folder: Path) -> Path:
    """The command `keten` of a checkout, in a new environment with the packages that it pins."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [folder / "bin" / "pip", "install", "-q", "-c", home / "constraints.txt", "-e", home]
    subprocess.run(pip, check=True, env=environment())
    return folder / "bin" / "keten"


def environment() -> dict[str, str]:
    """This process's own, without the place of a library that is not to be measured."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def option(*words: str) -> list[str]:
    """An option with its values, nothing when the last is empty."""
    return list(words) if words[-1] else []


def told(cost: Cost) -> str:
    """A cost in Dutch."""
    return f"{cost.wall:.2f} s, rekentijd {cost.processor:.2f} s, piek {cost.memory / MB:.0f} MB"


def measured(*command: object, home: Path = REPOSITORY) -> Cost:
    """What a command costs in the checkout `home`, with all that it starts. Ends this program when it fails."""
    adopt()  # of what it leaves behind we are the parent, and so hear what that took
    used, start, peak = resource.getrusage(resource.RUSAGE_CHILDREN), monotonic(), 0
    words = [*map(str, command)]
    with psutil.Popen(
        words, cwd=home, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        while process.poll() is None:
            peak = max(peak, memory(process))
            sleep(0.05 if monotonic() - start < 2 else 0.2)
        wall = monotonic() - start
        if process.returncode != 0:
            raise SystemExit(f"mislukt: {' '.join(words)}\n{process.stderr.read()}")
    try:
        while os.wait():
            pass
    except ChildProcessError:  # all have ended
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(wall, now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime, peak)


def memory(root: psutil.Process) -> int:
    """Bytes in use by a process and its descendants; shared memory counts once where known (Linux)."""
    total = 0
    try:
        for process in (root, *root.children(recursive=True)):
            used = process.memory_full_info()
            total += getattr(used, "pss", used.rss)
    except psutil.Error:
        return 0  # one of them just ended: leave this sample out
    return total


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("period", nargs="?", default="")
    parser.add_argument("--beside", metavar="COMMIT")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    if given.beside:
        beside(given.beside, given.rounds, given.period)
    else:
        by_hand(given.period)
