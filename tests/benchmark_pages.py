"""How fast the reports of an edition open, and how large they are: `python tests/benchmark_pages.py reports/2017-06`.

Each page is opened in headless Chromium with an empty cache, several times; the middle of these counts. First chart and
all charts: milliseconds from the start of loading until the page has been drawn with that chart in it. Ends with exit
code 1 when a page is larger, or slower, than it may be.
"""

import sys
import tempfile
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent / "support"))
from browser import chromium, width
from selenium.webdriver import Chrome

LARGEST, SLOWEST = 400, 200  # kB of a page; milliseconds until all charts are drawn
TIMES = 5
# Wait for the next frame but one, when what is there now has been drawn.
DRAWN = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())))"
FIRST = """
new MutationObserver((changes, observer) => {
  if (!document.querySelector("figure.chart svg")) return;
  observer.disconnect();
  requestAnimationFrame(() => { window.firstChart = performance.now(); });
}).observe(document, {childList: true, subtree: true});
"""


def main(folder: Path) -> int:
    """Print a line per page: kilobytes, charts, and milliseconds to the first chart and to all of them."""
    sizes, slow = {}, {}
    print(f"{'pagina':28} {'kB':>7} {'grafieken':>10} {'eerste (ms)':>12} {'alle (ms)':>10}")
    with tempfile.TemporaryDirectory() as profile, chromium(Path(profile)) as browser:
        width(browser, 1280)
        browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": FIRST})
        for page in sorted(folder.glob("*.html")):
            sizes[page.name] = page.stat().st_size / 1000
            opened = [times(browser, page) for _ in range(TIMES)]
            first, slow[page.name] = (median(one) for one in zip(*opened, strict=True))
            charts = browser.execute_script("return document.querySelectorAll('figure.chart svg').length")
            print(f"{page.name:28} {sizes[page.name]:7.0f} {charts:10} {first:12.0f} {slow[page.name]:10.0f}")
    return said("Grootste pagina", sizes, LARGEST, "kB") + said("Langst tot alle grafieken", slow, SLOWEST, "ms") > 0


def times(browser: Chrome, page: Path) -> tuple[float, float]:
    """Milliseconds until the first chart of a page is drawn, 0 without one, and until all of them are."""
    browser.execute_cdp_cmd("Network.clearBrowserCache", {})
    browser.get(page.resolve().as_uri())
    every = browser.execute_async_script(DRAWN)
    return browser.execute_script("return window.firstChart || 0"), every


def said(what: str, found: dict[str, float], most: float, unit: str) -> int:
    """Say which page has the highest of these numbers; 1 when it is higher than it may be, else 0."""
    name = max(found, key=lambda one: found[one])
    print(f"{what}: {name}, {found[name]:.0f} {unit} (hoogstens {most} {unit})")
    return int(found[name] > most)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Gebruik: python tests/benchmark_pages.py MAP_VAN_EEN_UITGAVE")
    sys.exit(main(Path(sys.argv[1])))
