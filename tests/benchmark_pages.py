"""How fast the reports of an edition open, and how large they are: `python tests/benchmark_pages.py reports/2017-06`.

Each page is opened in headless Chromium with an empty cache. First chart and all charts: milliseconds from the start of
loading until the page has been drawn with that chart in it.
"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "support"))
from browser import chromium, width

# Wait for the next frame but one, when what is there now has been drawn.
DRAWN = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())))"
FIRST = """
new MutationObserver((changes, observer) => {
  if (!document.querySelector("figure.chart svg")) return;
  observer.disconnect();
  requestAnimationFrame(() => { window.firstChart = performance.now(); });
}).observe(document, {childList: true, subtree: true});
"""


def main(folder: Path) -> None:
    """Print a line per page: kilobytes, charts, and milliseconds to the first chart and to all of them."""
    print(f"{'pagina':28} {'kB':>7} {'grafieken':>10} {'eerste (ms)':>12} {'alle (ms)':>10}")
    with tempfile.TemporaryDirectory() as profile, chromium(Path(profile)) as browser:
        width(browser, 1280)
        browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": FIRST})
        for page in sorted(folder.glob("*.html")):
            browser.get(page.resolve().as_uri())
            last = browser.execute_async_script(DRAWN)
            first = browser.execute_script("return window.firstChart || 0")
            charts = browser.execute_script("return document.querySelectorAll('figure.chart .picture').length")
            print(f"{page.name:28} {page.stat().st_size / 1000:7.0f} {charts:10} {first:12.0f} {last:10.0f}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Gebruik: python tests/benchmark_pages.py MAP_VAN_EEN_UITGAVE")
    main(Path(sys.argv[1]))
