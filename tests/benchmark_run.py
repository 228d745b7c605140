"""Measure `keten run` for all notebooks against papermill and nbconvert by hand, or against an older commit.

    python tests/benchmark_run.py [PERIOD]
    python tests/benchmark_run.py --beside COMMIT [PERIOD]

By hand means: `papermill`, then `jupyter nbconvert --to html`, one notebook after the other. An older commit runs its
own notebooks on its own data, in turn with this one. Needs a quiet machine and some minutes; no test, so pytest does
not collect it.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import monotonic, sleep

import psutil

REPOSITORY = Path(__file__).resolve().parents[1]
NOTEBOOKS = REPOSITORY / "notebooks"
ROUNDS = 3
MOST = 1.05  # times the older commit's time
TOOLS = Path(sys.executable).parent


def main(period: str) -> None:
    """Measure both ways and print the outcome in Dutch."""
    with tempfile.TemporaryDirectory() as folder:
        options = ["run", "--period", period, "--out", folder, "-q"]
        together, peak = measured([sys.executable, "-m", "keten.cli", *options])
        print(f"keten run: {together:.1f} s, piek {peak / 1e6:.0f} MB", flush=True)
        by_hand = 0.0
        for notebook in sorted(NOTEBOOKS.glob("*.ipynb")):
            executed = Path(folder) / notebook.name
            execute = [TOOLS / "papermill", notebook, executed, "-p", "period", period]
            render = [TOOLS / "jupyter", "nbconvert", "--to", "html", executed]
            seconds = sum(measured(command)[0] for command in (execute, render))
            by_hand += seconds
            print(f"met de hand, {notebook.stem}: {seconds:.1f} s", flush=True)
    print(f"met de hand: {by_hand:.1f} s; verhouding {together / by_hand:.2f} (hoogstens 0,20)")


def beside(commit: str, period: str) -> int:
    """Run this checkout and that of `commit` in turn, and say how they compare; 1 when this one is too slow, else 0."""
    with tempfile.TemporaryDirectory() as folder:
        older = Path(folder) / "ouder"
        git = ["git", "-C", str(REPOSITORY), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(older), commit], check=True)
        try:
            seconds: dict[Path, list[float]] = {older: [], REPOSITORY: []}
            for number in range(ROUNDS):
                for home, found in seconds.items():
                    options = ["run", "--period", period, "--out", f"{folder}/{number}-{home.name}", "-q"]
                    found.append(measured([sys.executable, "-m", "keten.cli", *options], home)[0])
        finally:
            subprocess.run([*git, "remove", "--force", str(older)], check=True)
    before, now = (median(found) for found in seconds.values())
    print(f"{commit}: {before:.1f} s; nu: {now:.1f} s; verhouding {now / before:.2f} (hoogstens {MOST})")
    return int(now > MOST * before)


def measured(command: list, home: Path = REPOSITORY) -> tuple[float, int]:
    """Seconds that a command takes with the library of checkout `home`, and the most memory of all its processes."""
    start, peak = monotonic(), 0
    environment = {**os.environ, "PYTHONPATH": str(home / "lib")}
    process = psutil.Popen(
        [*map(str, command)], cwd=home, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while process.poll() is None:
        peak = max(peak, memory(process))
        sleep(0.2)
    if process.returncode != 0:
        raise SystemExit(f"mislukt: {' '.join(map(str, command))}")
    return monotonic() - start, peak


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
    given = sys.argv[1:]
    if given[:1] == ["--beside"] and len(given) in (2, 3):
        sys.exit(beside(given[1], *given[2:] or ["2017-06"]))
    main(*given or ["2017-06"])
