"""Checks of one page in a browser: accessible, operable by keyboard, fit for every screen and for paper.

Each check returns findings as sentences; an empty list means that all is well. What looks at the page itself is in
audit.js.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path
from queue import Empty, SimpleQueue

import contrast
from browser import chromium, media, requests_of, scripts, width
from selenium import webdriver

SCRIPT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE, NARROW = 1280, (400, 320)  # CSS pixels
STOPS = 20  # presses of Tab on one page; that the rest follows its order is looked up
A4, A4_LANDSCAPE = 680, 1000  # CSS pixels between the margins of a sheet

RUN_AXE = """
const [tags, done] = arguments;
const rules = {"target-size": {enabled: true}, "color-contrast": {enabled: false}};
const options = {runOnly: tags, rules, resultTypes: ["violations"]};
axe.run(document, options).then((results) => done(results.violations), (error) => done(String(error)));
"""

RUN_FOREIGN = """
const found = [];
const script = document.createElement("script");
script.textContent = "window.foreignScript = true";
document.body.append(script);
if (window.foreignScript) found.push("runs a script that is put into it");
const button = document.createElement("div");
button.setAttribute("onclick", "window.foreignHandler = true");
document.body.append(button);
button.click();
if (window.foreignHandler) found.push("runs an inline handler");
script.remove();
button.remove();
return found;
"""
EVAL = {
    "expression": "try { eval('1'); 'allowed' } catch (error) { error.name }",
    "allowUnsafeEvalBlockedByCSP": False,  # without this the browser lets its driver do what a page may not
}


def ask(browser: webdriver.Chrome, call: str) -> list[str]:
    """What a function of audit.js says of the present page."""
    return browser.execute_script(f"{SCRIPT}\nreturn {call};")


def audit(
    pages: Iterable[Path], profiles: Path, with_scripts: bool = True, narrow: bool = False
) -> dict[Path, dict[str, list[str]]]:
    """Findings per page and check, by two browsers beside each other.

    Without scripts: as pages are that run none. Narrow: on the screens of telephones too (see `on_telephones`).
    """
    waiting: SimpleQueue[Path] = SimpleQueue()
    for page in sorted(pages, key=lambda page: -page.stat().st_size):
        waiting.put(page)

    def visit(number: int) -> dict[Path, dict[str, list[str]]]:
        seen = {}
        with chromium(profiles / f"profiel-{number}") as browser:
            browser.set_script_timeout(600)  # seconds; axe takes long on a busy machine
            while True:
                try:
                    page = waiting.get_nowait()
                except Empty:
                    return seen
                seen[page] = findings(browser, page, with_scripts)
                if narrow:
                    for check, found in on_telephones(browser).items():
                        seen[page][check] += found

    with ThreadPoolExecutor(2) as pool:
        return {page: found for part in pool.map(visit, range(2)) for page, found in part.items()}


def findings(browser: webdriver.Chrome, page: Path, with_scripts: bool = True) -> dict[str, list[str]]:
    """What each check has to say of a page.

    axe looks at the page as it opens; without scripts at all that a reader can unfold.
    """
    found = opened(browser, page, with_scripts)
    if not with_scripts:
        unfold(browser)
        return found | {name: CHECKS[name](browser) for name in WITHOUT_SCRIPTS}
    found["axe"] = axe(browser)
    unfold(browser)
    return found | {name: check(browser) for name, check in CHECKS.items() if name not in found}


def on_telephones(browser: webdriver.Chrome) -> dict[str, list[str]]:
    """What axe and the contrast have to say of the present page on narrow screens."""
    found: dict[str, list[str]] = {"axe": [], "colours": []}
    for pixels in NARROW:
        width(browser, pixels)
        for name, check in (("axe", axe), ("colours", colours)):
            found[name] += [f"{pixels} px: {finding}" for finding in check(browser)]
    width(browser, WIDE)
    return found


def opened(browser: webdriver.Chrome, page: Path, with_scripts: bool = True) -> dict[str, list[str]]:
    """Open a page; what it asked for meanwhile and what the browser complained of."""
    width(browser, WIDE)
    browser.get_log("browser")
    scripts(browser, with_scripts)
    browser.get(page.as_uri())
    found = {
        "requests": [url for url in requests_of(browser) if url != page.as_uri()],
        "console": [entry["message"] for entry in browser.get_log("browser")],
    }
    scripts(browser, True)  # those of the page do not run any more
    return found


def unfold(browser: webdriver.Chrome) -> None:
    """Show all that a reader can unfold."""
    browser.execute_script("for (const one of document.querySelectorAll('details')) one.open = true")


def axe(browser: webdriver.Chrome) -> list[str]:
    """Violations of WCAG 2.0-2.2 A and AA and of axe's best practices, save contrast: see `colours`."""
    browser.execute_script(AXE)
    violations = browser.execute_async_script(RUN_AXE, RULES)
    assert isinstance(violations, list), violations
    return [
        f"{violation['id']}: {node['html'][:160]} ({node['failureSummary']})"
        for violation in violations
        for node in violation["nodes"]
    ]


def policy(browser: webdriver.Chrome) -> list[str]:
    """What the page's security policy lets a script do that is not the page's own."""
    found = browser.execute_script(RUN_FOREIGN)
    if browser.execute_cdp_cmd("Runtime.evaluate", EVAL)["result"]["value"] != "EvalError":
        found.append("allows eval")
    browser.get_log("browser")  # what was stopped here is no fault of the page
    return found


def structure(browser: webdriver.Chrome) -> list[str]:
    """Language, headings, landmarks, ids and what refers to them, heads of tables, names of images."""
    return ask(browser, "structure()")


def reflow(browser: webdriver.Chrome) -> list[str]:
    """At 320 px, and at twice the size of a window of 1280 px, nothing makes the page scroll sideways."""
    found = []
    for pixels in (320, 640):
        width(browser, pixels)
        found += [f"{pixels} px: {finding}" for finding in ask(browser, "sideways()")]
    width(browser, WIDE)
    return found


def colours(browser: webdriver.Chrome) -> list[str]:
    """Contrast of text, in images too: in the light, the dark, forced colours and on paper (white in the dark too)."""
    dark = {"prefers-color-scheme": "dark"}
    forced = {"forced-colors": "active"}
    found = []
    for name, kind, features in (
        ("light", "", {}),
        ("dark", "", dark),
        ("forced colours", "", forced),
        ("forced colours, dark", "", forced | dark),
        ("print", "print", dark),
    ):
        media(browser, kind, **features)
        sayings = [*ask(browser, "textContrast()"), *contrast.failures(browser)]
        found += [f"{name}: {saying}" for saying in sayings]
    media(browser)
    return found


def motion(browser: webdriver.Chrome) -> list[str]:
    """What moves although the reader asked for rest."""
    media(browser, **{"prefers-reduced-motion": "reduce"})
    found = ask(browser, "motion()")
    media(browser)
    return found


def paper(browser: webdriver.Chrome) -> list[str]:
    """What does not fit the sheet: A4 upright, and on its side for what has a page of its own kind."""
    media(browser, "print")
    found = []
    for pixels, landscape in ((A4, "false"), (A4_LANDSCAPE, "true")):
        width(browser, pixels)
        found += ask(browser, f"beyondTheSheet({landscape})")
    media(browser)
    width(browser, WIDE)
    return found


def keyboard(browser: webdriver.Chrome) -> list[str]:
    """Tab walks through all stops in order, each with a mark that shows, and out again; the skip link skips."""
    browser.execute_script("document.activeElement.blur(); scrollTo(0, 0)")
    stops = ask(browser, "noteStops()")
    for _ in range(min(stops, STOPS)):
        press(browser, "Tab")
    noted = ask(browser, "notedStops()")
    for place, now in enumerate(noted):
        if now["place"] != place:
            return [f"Tab {place + 1} leads to stop {now['place'] + 1}: {now['name']}"]
    if len(noted) < min(stops, STOPS):
        return [f"Tab {len(noted) + 1} leads out of the page"]
    found = ask(browser, "ownOrder()") + ask(browser, "focusMarks()")
    media(browser, **{"forced-colors": "active"})
    found += [f"forced colours: {finding}" for finding in ask(browser, "focusMarks()")]
    media(browser)
    if stops:
        browser.execute_script(f"{SCRIPT}\ntabbable().at(-1).focus()")
        press(browser, "Tab")
        if browser.execute_script(f"{SCRIPT}\nreturn document.activeElement === tabbable().at(-1)"):
            found.append("Tab does not leave the last stop")
    return found + _skip_link(browser)


def _skip_link(browser: webdriver.Chrome) -> list[str]:
    """The first stop leads to the content."""
    browser.execute_script("document.activeElement.blur(); scrollTo(0, 0); getSelection().removeAllRanges()")
    browser.execute_script(f"{SCRIPT}\nconst first = tabbable()[0]; if (first) first.focus()")
    press(browser, "Enter")
    return [] if browser.execute_script("return document.activeElement.closest('main')") else ["no skip link"]


def press(browser: webdriver.Chrome, key: str) -> None:
    """Press and release a key, as a keyboard does."""
    codes = {"Tab": 9, "Enter": 13}
    event = {"key": key, "code": key, "windowsVirtualKeyCode": codes[key]}
    text = {"text": "\r"} if key == "Enter" else {}
    browser.execute_cdp_cmd("Input.dispatchKeyEvent", {"type": "keyDown" if text else "rawKeyDown", **event, **text})
    browser.execute_cdp_cmd("Input.dispatchKeyEvent", {"type": "keyUp", **event})


CHECKS = {
    "axe": axe,
    "structure": structure,
    "reflow": reflow,
    "colours": colours,
    "motion": motion,
    "paper": paper,
    "keyboard": keyboard,
    "policy": policy,
}
WITHOUT_SCRIPTS = ["axe", "structure", "reflow", "colours"]
