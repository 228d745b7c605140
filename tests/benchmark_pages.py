"""How fast the reports of an edition open, and how large they are: `python tests/benchmark_pages.py reports/2017-06`.

Each page is opened in headless Chromium with an empty cache, several times; the middle of these counts. First chart and
all charts: milliseconds from the start of loading until the page has been drawn with that chart in it. Of `verken.html`
also: until its first answer, and how long each next one takes. Ends with exit code 1 when a page is larger, or slower,
than it may be.
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
EXPLORER = "verken.html"
FIRST_ANSWER, NEXT_ANSWER, ANSWERS = 200, 50, 60  # milliseconds; how many next ones
# The first period, category and kind of many measures, each drawn before the next is asked.
ASK = """
const done = arguments[arguments.length - 1], took = [];
const every = Verken.data.subjects, step = Math.max(1, Math.floor(every.length / arguments[0]));
for (let at = 0; at < every.length; at += step) {
  const begin = performance.now();
  Pagina.show({measure: every[at].m, by: every[at].b, whole: every[at].w}, false);
  document.body.getBoundingClientRect();
  took.push(performance.now() - begin);
}
done(took);
"""
READY = """
new MutationObserver((changes, observer) => {
  if (!document.body || !document.body.dataset.ready) return;
  observer.disconnect();
  window.firstAnswer = performance.now();
}).observe(document, {attributes: true, childList: true, subtree: true});
"""
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
            first, every = (median(one) for one in zip(*opened, strict=True))
            if page.name != EXPLORER:  # which draws after its first answer, told below
                slow[page.name] = every
            charts = browser.execute_script("return document.querySelectorAll('figure.chart .picture').length")
            print(f"{page.name:28} {sizes[page.name]:7.0f} {charts:10} {first:12.0f} {every:10.0f}")
        late = explored(browser, folder / EXPLORER) if (folder / EXPLORER).is_file() else 0
    return (
        late + said("Grootste pagina", sizes, LARGEST, "kB") + said("Langst tot alle grafieken", slow, SLOWEST, "ms")
        > 0
    )


def times(browser: Chrome, page: Path) -> tuple[float, float]:
    """Milliseconds until the first chart of a page is drawn, 0 without one, and until all of them are."""
    browser.execute_cdp_cmd("Network.clearBrowserCache", {})
    browser.get(page.resolve().as_uri())
    every = browser.execute_async_script(DRAWN)
    return browser.execute_script("return window.firstChart || 0"), every


def explored(browser: Chrome, page: Path) -> int:
    """Say how fast the page to explore answers; 0 when that is as fast as it must be."""
    browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": READY})
    first = []
    for _ in range(TIMES):
        times(browser, page)
        browser.execute_async_script(
            "const done = arguments[0], look = () => window.firstAnswer ? done() : setTimeout(look, 5); look()"
        )
        first.append(browser.execute_script("return window.firstAnswer"))
    following = sorted(browser.execute_async_script(ASK, ANSWERS))
    print(f"Van de {len(following)} volgende antwoorden duurde het middelste {median(following):.0f} ms")
    return said("Eerste antwoord", {page.name: median(first)}, FIRST_ANSWER, "ms") + said(
        "Langste volgende antwoord op 19 van de 20",
        {page.name: following[int(len(following) * 0.95) - 1]},
        NEXT_ANSWER,
        "ms",
    )


def said(what: str, found: dict[str, float], most: float, unit: str) -> int:
    """Say which page has the highest of these numbers; 1 when it is higher than it may be, else 0."""
    name = max(found, key=lambda one: found[one])
    print(f"{what}: {name}, {found[name]:.0f} {unit} (hoogstens {most} {unit})")
    return int(found[name] > most)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Gebruik: python tests/benchmark_pages.py MAP_VAN_EEN_UITGAVE")
    sys.exit(main(Path(sys.argv[1])))
