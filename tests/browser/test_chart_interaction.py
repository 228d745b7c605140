"""Charts in a real browser: tips, arrow keys, series to hide, contrast, and no need of anything beyond the page."""

import base64
import hashlib
import re
import xml.etree.ElementTree as ElementTree
from html import escape, unescape

import contrast
import pandas as pd
import pytest
from browser import requests_of, width
from helpers_data import REPOSITORY_DATA, published
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from keten.presentation.charts import estimates
from keten.presentation.charts import series as charts
from keten.reports.render.light_charts import lighter
from keten.statistics.timeseries.contribution import contributions

TEMPLATES = REPOSITORY_DATA.parent / "lib" / "keten" / "reports" / "templates" / "ketenrapport"
ATTACK = '"><script>document.title = "hit"</script>'
ANSWERS = ("helemaal oneens", "oneens", "neutraal", "eens", "helemaal eens")


def shares() -> pd.DataFrame:
    rows = [
        (f"Vraag {number}: ik wist wat ik van de procedure kon verwachten", answer + 1, ANSWERS[answer], float(share))
        for number, row in enumerate(((5, 10, 20, 40, 25), (31, 29, 6, 22, 12)))
        for answer, share in enumerate(row)
    ]
    frame = pd.DataFrame(rows, columns=["item", "answer", "answer_label", "share"])
    return frame.assign(text=[f"{share:.0f}%" for share in frame.share])


def means() -> pd.DataFrame:
    rows = [(name, group, 3.0 + n + k / 4) for n, name in enumerate("ab") for k, group in enumerate(("IND", "COA"))]
    frame = pd.DataFrame(rows, columns=["name", "group", "value"])
    return frame.assign(low=frame.value - 0.2, high=frame.value + 0.3, text="3,0 (2,8-3,3)")


def chances() -> pd.DataFrame:
    names = ("bestendige oplossing", "geen oplossing", ATTACK)
    rows = [(name, day, 2.0 * day + 9 * n) for n, name in enumerate(names) for day in range(20)]
    frame = pd.DataFrame(rows, columns=["outcome", "day", "chance"])
    return frame.assign(low=frame.chance * 0.8, high=frame.chance * 1.2)


@pytest.fixture(scope="module")
def every() -> dict[str, str]:
    """The HTML of a chart of every kind."""
    chain = published("2017-06")
    parts = ["asylum_first_applications", "asylum_repeat_applications", "asylum_family_reunification"]
    inflow = chain.series(parts, kind="month", years=2)
    purposes = chain.series("valid_residence_permits", "reason")
    points = pd.DataFrame({"item": ["a", "b"], "x": [3.1, 3.15], "y": [0.5, 0.51]})
    for axis in ("x", "y"):
        points = points.assign(**{f"{axis}_low": points[axis] - 0.1, f"{axis}_high": points[axis] + 0.1})
    made = {
        "trend": charts.trend(inflow, "Instroom", chain, chain.policy_measures("asiel", years=2)),
        "reasons": charts.trend(purposes.assign(category=purposes.category.replace("gezin", ATTACK)), ATTACK, chain),
        "columns": charts.columns(published("2021-12").series("border_refusals"), "Weigeringen", chain),
        "ranking": charts.ranking(chain.top("asylum_first_applications", "nationality"), "Top", chain),
        "contributions": charts.contributions(
            contributions(chain.compare("asylum_first_applications", "nationality")), "Bijdragen", chain
        ),
        "likert": estimates.likert(shares(), "Antwoorden"),
        "intervals": estimates.intervals(means(), "Gemiddelden", "score", "Met interval", domain=(1, 5)),
        "quadrant": estimates.quadrant(points, "Belang", "beoordeling", "belang"),
        "curves": estimates.curves(
            chances(), "Kans", "day", "chance", "outcome", "dagen", "procent", "Met band", band=("low", "high")
        ),
    }
    return {name: one.html for name, one in made.items()}


@pytest.fixture(scope="module")
def page(every, tmp_path_factory):
    """All charts on one page with the report's style, script and security policy."""
    script = (TEMPLATES / "chart.js").read_text(encoding="utf-8")
    style = "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in ("report.css", "chart.css"))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{digest}'"
    body = "".join(f'<section id="{name}">{lighter(html)}</section>' for name, html in every.items())
    path = tmp_path_factory.mktemp("grafieken") / "page.html"
    path.write_text(
        f'<!DOCTYPE html><html lang="nl"><head><meta charset="utf-8"><title>Grafieken</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'
        f'<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><style>{style}</style>'
        f"</head><body><main>{body}</main><script>{script}</script></body></html>",
        encoding="utf-8",
    )
    return path.as_uri()


@pytest.fixture
def opened(browser, page):
    media(browser, "light")
    width(browser, 1280)
    browser.get(page)
    return browser


def media(browser, scheme: str, kind: str = "") -> None:
    feature = {"name": "prefers-color-scheme", "value": scheme}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": kind, "features": [feature]})


def tip(browser) -> str:
    return browser.find_element(By.CLASS_NAME, "chart-tip").text


def mark(browser, chart: str, number: int = 0):
    return browser.find_elements(By.CSS_SELECTOR, f"#{chart} .wide [data-tip]")[number]


def point_at(browser, element) -> None:
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    ActionChains(browser, duration=20).move_to_element(element).perform()


def region(browser, chart: str):
    return browser.find_element(By.CSS_SELECTOR, f"#{chart} .picture")


KINDS = (
    "trend",
    "reasons",
    "columns",
    "ranking",
    "contributions",
    "likert",
    "intervals",
    "quadrant",
    "curves",
)


def test_pointing_at_a_mark_of_any_kind_tells_its_figure(opened):
    for chart in KINDS:
        pointed = mark(opened, chart, 0 if chart == "reasons" else -1)  # there the last points all but coincide
        point_at(opened, pointed)
        shown = tip(opened)
        assert shown and shown.splitlines()[-1] in pointed.get_attribute("data-tip").splitlines()[-1], chart
        ring = "return getComputedStyle(document.querySelector('.current')).stroke"
        assert opened.execute_script(ring) == "rgb(26, 26, 26)", "the mark itself is marked"
    ActionChains(opened).send_keys(Keys.ESCAPE).perform()
    assert tip(opened) == ""


def test_a_tip_says_series_period_value_unit_and_status(opened):
    last = opened.find_elements(By.CSS_SELECTOR, '#trend .wide [data-name="Eerste asielaanvragen"] [data-tip]')[-1]
    point_at(opened, last)
    assert tip(opened).splitlines() == [
        "Eerste asielaanvragen",
        "juni 2017: 1.335 personen (afgerond op vijftallen)",
    ]


def test_arrow_keys_walk_points_and_series_and_are_announced(opened):
    opened.execute_script("document.querySelector('#reasons .picture').focus({focusVisible: true})")
    where = region(opened, "reasons")
    assert "pijltjestoetsen" in tip(opened)
    where.send_keys(Keys.ARROW_RIGHT)
    first = tip(opened)
    assert "31 december 2013" in first
    where.send_keys(Keys.ARROW_RIGHT)
    assert "31 december 2014" in tip(opened)
    where.send_keys(Keys.ARROW_DOWN)
    other = tip(opened)
    assert "31 december 2014" in other and other.splitlines()[0] != first.splitlines()[0], "same moment, other series"
    where.send_keys(Keys.END)
    assert "31 december 2016" in tip(opened)
    live = opened.find_element(By.CSS_SELECTOR, "[role=status]")
    assert live.get_attribute("textContent") == tip(opened).replace("\n", ", ")
    where.send_keys(Keys.ESCAPE)
    assert tip(opened) == ""


def test_the_series_that_is_pointed_at_comes_forward(opened):
    point_at(opened, mark(opened, "reasons", 0))
    groups = "return [...document.querySelectorAll('#reasons .wide [data-name]')].map(e => getComputedStyle(e).opacity)"
    seen = opened.execute_script(groups)
    assert seen.count("1") == 1 and len(seen) > 3
    media(opened, "light", "print")
    assert set(opened.execute_script(groups)) == {"1"}, "a printed chart is whole"
    media(opened, "light")
    ActionChains(opened).send_keys(Keys.ESCAPE).perform()
    assert set(opened.execute_script(groups)) == {"1"}


def test_a_tone_goes_with_the_arrow_keys_when_asked_for(opened):
    opened.execute_script("""
        window.tones = [];
        const make = AudioContext.prototype.createOscillator;
        AudioContext.prototype.createOscillator = function () {
          const voice = make.call(this);
          window.tones.push(voice);
          return voice;
        };
        document.querySelector('#ranking .picture').focus({focusVisible: true});
    """)
    where = region(opened, "ranking")
    where.send_keys(Keys.HOME)
    assert opened.execute_script("return tones.length") == 0
    where.send_keys("g", Keys.HOME, Keys.END)
    high, low = opened.execute_script("return tones.map(voice => voice.frequency.value)")
    assert 219 <= low < high <= 881
    where.send_keys("g", Keys.HOME)
    assert opened.execute_script("return tones.length") == 2


def test_a_chart_can_be_kept_as_a_picture_with_title_and_source(opened):
    opened.execute_script("""
        window.kept = [];
        HTMLAnchorElement.prototype.click = function () { window.kept.push([this.download, this.href]); };
        const make = URL.createObjectURL;
        window.blobs = {};
        URL.createObjectURL = (blob) => { const url = make(blob); window.blobs[url] = blob; return url; };
    """)
    kept = opened.find_element(By.CSS_SELECTOR, "#columns .chart-keep")
    point_at(opened, kept.find_element(By.TAG_NAME, "summary"))
    kept.find_element(By.TAG_NAME, "summary").click()
    for button in kept.find_elements(By.TAG_NAME, "button"):
        button.click()
    WebDriverWait(opened, 10).until(lambda _: opened.execute_script("return kept.length") == 2)
    found = opened.execute_async_script("""
        const done = arguments[0];
        Promise.all(kept.map(async ([name, url]) => [name, blobs[url].type, blobs[url].size, await blobs[url].text()]))
          .then(done);
    """)
    by_type = {kind: (name, size, text) for name, kind, size, text in found}
    name, _, text = by_type["image/svg+xml"]
    words = " ".join(" ".join(ElementTree.fromstring(text).itertext()).split())
    title = opened.find_element(By.CSS_SELECTOR, "#columns .title").text
    assert title in words and "Bron: " in words and "data-tip" not in text
    assert name.endswith(".svg") and by_type["image/png"][0].endswith(".png") and by_type["image/png"][1] > 10_000


def test_each_width_has_its_own_drawing(opened):
    for pixels, shown in ((1280, "wide"), (400, "narrow"), (320, "narrow")):
        width(opened, pixels)
        for image in opened.find_elements(By.CSS_SELECTOR, ".keten-chart"):
            assert image.is_displayed() == (shown in image.get_attribute("class").split()), pixels
    width(opened, 400)
    first = opened.find_elements(By.CSS_SELECTOR, "#columns .narrow [data-tip]")[0]
    assert "2021" in first.get_attribute("data-tip"), "the newest period first"
    sizes = "return [...document.querySelectorAll('.narrow text')].map(e => e.getBoundingClientRect().height)"
    assert min(opened.execute_script(sizes)) >= 11
    sideways = "return [...document.querySelectorAll('.picture')].filter(e => e.scrollWidth > e.clientWidth).length"
    assert opened.execute_script(sideways) == 0


def test_nothing_in_a_drawing_is_cut_off(opened):
    for pixels, kind in ((1280, "wide"), (400, "narrow")):
        width(opened, pixels)
        outside = opened.execute_script(
            """
            return [...document.querySelectorAll(`.${arguments[0]} text`)].filter(text => {
              const box = text.getBoundingClientRect(), frame = text.ownerSVGElement.getBoundingClientRect();
              return box.left < frame.left - 2 || box.right > frame.right + 2 || box.top < frame.top - 2
                || box.bottom > frame.bottom + 2;
            }).map(text => text.textContent + ' in ' + text.closest('section').id)""",
            kind,
        )
        assert outside == [], kind


def test_a_name_with_markup_stays_text(opened):
    assert opened.title == "Grafieken"
    for chart in ("reasons", "curves"):
        groups = opened.find_elements(By.CSS_SELECTOR, f"#{chart} .wide [data-name]")
        (group,) = (one for one in groups if one.get_attribute("data-name") == ATTACK)
        point_at(opened, group.find_element(By.CSS_SELECTOR, "[data-tip]"))
        assert tip(opened).splitlines()[0] == ATTACK
    assert opened.execute_script("return document.querySelectorAll('main script').length") == 0


def test_nothing_is_asked_of_a_host_and_nothing_is_refused(opened):
    opened.get_log("browser")
    requests_of(opened)
    opened.refresh()
    assert [url for url in requests_of(opened) if not url.startswith("file:")] == []
    assert opened.get_log("browser") == []


DIFFERENT_PIXELS = """
const [before, done] = arguments;
const draw = (text) => new Promise((drawn) => {
  const image = new Image();
  image.onload = () => {
    const canvas = Object.assign(document.createElement("canvas"), {width: image.width, height: image.height});
    const pen = canvas.getContext("2d");
    pen.drawImage(image, 0, 0);
    drawn(pen.getImageData(0, 0, image.width, image.height).data);
  };
  image.onerror = () => drawn([]);
  const painted = text.replace(' display="none"', "").replace(/<path class="points"[^>]*>/g, "");
  image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(painted);
});
const shown = [...document.querySelectorAll(".keten-chart")].map((one) => new XMLSerializer().serializeToString(one));
Promise.all(shown.map(async (text, place) => {
  const [was, is] = [await draw(before[place]), await draw(text)];
  const other = was.filter((value, at) => Math.abs(value - is[at]) > 64).length;
  return [was.length === is.length && was.filter((value) => value).length, other];
})).then(done);
"""


def test_without_scripts_the_picture_is_that_of_the_notebook(opened, every):
    """The page says in fewer words what an output says in full; both paint the same."""
    before = [svg for html in every.values() for svg in re.findall("<svg .*?</svg>", html, re.DOTALL)]
    before = [re.sub("<circle [^>]*>", "", svg) for svg in before]  # which the style sheet does not paint
    opened.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    opened.refresh()
    opened.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert opened.find_elements(By.CSS_SELECTOR, ".chart-keep, [data-tip] + [data-tip] + circle") == []
    assert opened.find_elements(By.CSS_SELECTOR, "#trend .wide :is(.boxes, .points)")
    found = opened.execute_async_script(DIFFERENT_PIXELS, before)
    assert len(found) == len(before) == 2 * len(every)
    assert all(painted > 1000 and 500 * other < painted for painted, other in found), found  # edges may be softer


def test_every_mark_says_what_it_says_in_the_notebook(opened, every):
    """In both drawings, in the same order."""
    for name, html in every.items():
        said = [unescape(tip) for tip in re.findall(r'data-tip="([^"]*)"', html)]
        each = list(dict.fromkeys(said))
        in_short = [each[int(place)] for place in re.findall(r'data-at="(\d+)"', html)]
        for kind, words in (("wide", said), ("narrow", in_short)):
            marks = opened.find_elements(By.CSS_SELECTOR, f"#{name} .{kind} [data-tip]")
            assert [mark.get_attribute("data-tip") for mark in marks] == words, (name, kind)


def test_a_narrow_page_keeps_the_tip_in_sight_and_does_not_scroll_sideways(opened):
    width(opened, 320)
    for chart in ("trend", "columns", "likert"):
        opened.execute_script(f"document.querySelector('#{chart} .picture').focus({{focusVisible: true}})")
        for key in (Keys.HOME, Keys.END):
            region(opened, chart).send_keys(key)
            box = opened.execute_script("return document.querySelector('.chart-tip').getBoundingClientRect().toJSON()")
            assert box["width"] > 50 and box["left"] >= 0 and box["right"] <= 320, (chart, key)
    assert opened.execute_script("return document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_in_charts_has_contrast(opened, scheme):
    media(opened, scheme)
    assert contrast.failures(opened) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marks_have_contrast_with_the_paper(opened, scheme):
    """The colours in full of lines, dots and bars; a paler fill has an outline in such a colour."""
    media(opened, scheme)
    looks = opened.execute_script("""
        const paper = getComputedStyle(document.body).backgroundColor;
        const seen = [...document.querySelectorAll(".keten-chart [data-name] :is(path, rect)")].flatMap((e) => {
          const style = getComputedStyle(e);
          if (style.opacity < 0.5) return [];
          return [style.stroke !== "none" && style.stroke !== paper ? style.stroke : style.fill];
        });
        return [paper, [...new Set(seen)]];
    """)
    paper, colours = looks
    assert len(colours) > 5
    assert {colour: ratio for colour in colours if (ratio := contrast.ratio(colour, paper)) < 3} == {}


def test_the_check_of_contrast_finds_what_is_too_pale(browser, tmp_path):
    path = tmp_path / "pale.html"
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="80">{}</svg>'
    parts = (
        '<text y="20" fill="#e17000">orange on paper</text>'
        '<rect y="25" width="300" height="30" fill="#333"/><text y="45" fill="#111">dark on a bar</text>'
        '<text y="75" fill="#333">good</text>'
    )
    path.write_text(f"<!DOCTYPE html><body style='background:#fff'>{svg.format(parts)}</body>", encoding="utf-8")
    media(browser, "light")
    browser.get(path.as_uri())
    assert [failure.split(":")[0] for failure in contrast.failures(browser)] == ["orange on paper", "dark on a bar"]
