"""How soon the exploring panel answers, in the kernel and on screen in a real JupyterLab.

    python tests/benchmark_panel.py

Prints milliseconds per change, from the change of a field until the table on screen is another. By hand: no test.
"""

import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent / "support"))
from browser import chromium
from lab_server import TOKEN, open_file, run_all, serving, until
from selenium.webdriver.common.by import By

from keten import Workbook
from keten.lab.controls import Panel
from keten.model.periods import Period

ROUNDS = 50
PERIODS = [f"{year}-{month:02}" for year in range(2013, 2018) for month in range(1, 13)][:ROUNDS]
ON_SCREEN = """
const [value, done] = arguments;
const label = [...document.querySelectorAll(".keten-panel label")].find((one) => one.textContent === "Periode");
const field = document.getElementById(label.htmlFor), panel = document.querySelector(".keten-panel");
const table = () => panel.querySelector("figure.table").textContent, before = table(), start = performance.now();
const watch = new MutationObserver(() => {
  if (!panel.querySelector("figure.table") || table() === before) return;
  watch.disconnect();
  requestAnimationFrame(() => done(performance.now() - start));
});
watch.observe(panel, {childList: true, subtree: true});
field.selectedIndex = [...field.options].findIndex((one) => one.textContent === value);
field.dispatchEvent(new Event("change", {bubbles: true}));
"""


def in_kernel() -> list[float]:
    """Milliseconds of each change of period, the widgets' own work included."""
    panel = Panel(Workbook("2017-06"), ("asylum_first_applications", "nationality"))
    taken = []
    for period in PERIODS:
        start = perf_counter()
        panel.period.value = period
        taken.append(1000 * (perf_counter() - start))
    return taken


def on_screen() -> list[float]:
    """Milliseconds from the change of the field until another table is on screen."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with serving(folder) as lab, chromium(folder / "profile") as page:
            page.set_script_timeout(60)
            page.get(f"{lab.address}/login?token={TOKEN}&next=%2Fapi")
            open_file(page, lab, "2_asiel.ipynb")
            run_all(page)
            until(lambda: page.find_elements(By.CSS_SELECTOR, ".keten-trend svg"), "no chart")
            page.execute_script("document.querySelector('.keten-panel').scrollIntoView()")
            return [page.execute_async_script(ON_SCREEN, Period.parse(period).label) for period in PERIODS]


if __name__ == "__main__":
    for name, measure in {"in the kernel": in_kernel, "on screen": on_screen}.items():
        taken = measure()
        print(f"{name}: median {median(taken):.0f} ms, longest {max(taken):.0f} ms")
