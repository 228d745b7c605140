"""Measure `keten run` against papermill and nbconvert by hand, for all notebooks: time and peak memory.

    python tests/benchmark_run.py [PERIOD]

By hand means: `papermill`, then `jupyter nbconvert --to html`, one notebook after the other. Needs a quiet
machine and some minutes; no test, so pytest does not collect it.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic, sleep

import psutil

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
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


def measured(command: list) -> tuple[float, int]:
    """Seconds that a command takes, and the highest memory of all its processes together, in bytes."""
    start, peak = monotonic(), 0
    process = psutil.Popen([*map(str, command)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
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
    main(sys.argv[1] if len(sys.argv) > 1 else "2017-06")
