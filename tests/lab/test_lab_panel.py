"""The exploring panel in a real JupyterLab: an analyst who writes no code, and what she takes away."""

import io
import json
import re
import time
import xml.etree.ElementTree as ElementTree

import pytest
from browser import requests_of
from lab_page import elsewhere, runs_as_for_a_report, violations
from lab_server import errors, open_file, run_all, save, until
from lab_server import lab as lab  # fixtures
from lab_server import page as page
from openpyxl import load_workbook
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

FIELD = """
const label = [...document.querySelectorAll(".keten-panel label")].find((one) => one.textContent === arguments[0]);
return label && document.getElementById(label.htmlFor);
"""
TABLE = (
    "return [...document.querySelectorAll('.keten-panel .keten figure.table')].map((one) => one.innerText).join('|')"
)
LINES = "return document.querySelectorAll('.keten-trend svg [data-name]').length"
POINTS = "return document.querySelectorAll('.keten-trend svg [data-tip]').length"
BARS = ".keten-ranking svg g[data-name]:first-of-type rect[data-tip]"
SEEN = """
const seen = (one) => one.getClientRects().length > 0;
const cell = [...document.querySelectorAll(".jp-Cell")].find((one) => one.querySelector(".keten-saved"));
return {words: cell.querySelector(".jp-OutputArea").innerText, picture: [...cell.querySelectorAll("img")].some(seen)};
"""
READ = """
const done = arguments[0];
navigator.clipboard.read().then(async ([item]) => {
  const found = {};
  for (const type of item.types) {
    const blob = await item.getType(type);
    found[type] = type.startsWith("text") ? await blob.text() : [...new Uint8Array(await blob.arrayBuffer())];
  }
  done(found);
}, (fault) => done({fault: String(fault)}));
"""


@pytest.fixture(scope="module")
def panel(lab, page, tmp_path_factory):
    """The asylum notebook with its panel, executed; downloads go to `panel.downloads`."""
    page.downloads = tmp_path_factory.mktemp("downloads")
    page.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(page.downloads)})
    rights = {"origin": lab.address, "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    page.execute_cdp_cmd("Browser.grantPermissions", rights)
    requests_of(page)
    open_file(page, lab, "2_asiel.ipynb")
    run_all(page)
    until(lambda: page.find_elements(By.CSS_SELECTOR, ".keten-trend svg"), "no chart in the panel")
    assert errors(page) == []
    return page


def field(panel, label: str):
    """The control with this label, in view."""
    found = until(lambda: panel.execute_script(FIELD, label), f"no field {label}")
    panel.execute_script("arguments[0].scrollIntoView({block: 'center'})", found)
    return found


def type_in(panel, label: str, text: str) -> None:
    """Fill in a field by keyboard only."""
    panel.execute_script("arguments[0].focus()", field(panel, label))
    keys = ActionChains(panel).key_down(Keys.CONTROL).send_keys("a").key_up(Keys.CONTROL)
    keys.send_keys(text, Keys.ENTER).perform()


def select(panel, label: str, text: str) -> None:
    Select(field(panel, label)).select_by_visible_text(text)


def says(panel, *words: str) -> None:
    """Wait until the table or the sentence on screen holds all of these."""
    shown = "return document.querySelector('.keten-answer').innerText + " + TABLE.removeprefix("return ")
    until(lambda: all(word in panel.execute_script(shown) for word in words), f"{words} are not on screen", 60)


def press(panel, action: str) -> str:
    """Press a button of the panel; what it says afterwards."""
    button = panel.find_element(By.CSS_SELECTOR, f".keten-button[data-action='{action}']")
    panel.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
    button.click()
    said = "return document.querySelector('.keten-said').textContent"
    return until(lambda: panel.execute_script(said), f"{action} says nothing", 60)


def taken(panel, action: str, suffix: str) -> bytes:
    """The file that a button saves."""
    said = press(panel, action)
    file = panel.downloads / re.fullmatch(r"Bewaard in de map met downloads: (.*)", said)[1]
    assert file.suffix == suffix
    until(file.is_file, f"{file.name} is not saved")
    return file.read_bytes()


def test_the_notebook_with_the_panel_runs_here_as_for_a_report(lab, panel, edition_of):
    runs_as_for_a_report(panel, lab, edition_of, "2_asiel")


# These follow each other: one analyst, one question.


def test_how_many_syrians_applied_in_the_first_half_of_2017(panel):
    before = panel.execute_script(POINTS)
    select(panel, "Soort periode", "halfjaar")
    says(panel, "1e helft 2017")
    type_in(panel, "Nationaliteit toevoegen", "Syrië")
    says(panel, "in de eerste helft van 2017 vroegen 1.490 mensen voor het eerst asiel aan", "7% minder", "1.605")
    until(lambda: "Eritrea" not in panel.execute_script(TABLE), "the table does not follow")
    until(lambda: panel.execute_script(LINES) == 1, "the chart does not follow")
    assert panel.execute_script(POINTS) < before


def test_pasting_the_answer_with_its_source(panel):
    assert press(panel, "answer-copy").startswith("Gekopieerd")
    found = panel.execute_async_script(READ)["text/plain"]
    assert "1.490 mensen voor het eerst asiel aan, 7% minder dan in de eerste helft van 2016 (1.605)" in found
    assert "Bron: " in found and "CBS" in found and "\nKenmerk: kw-" in found


def test_pasting_the_table(panel):
    press(panel, "table-copy")
    found = panel.execute_async_script(READ)
    assert {"text/html", "text/plain"} <= set(found)
    assert "<table" in found["text/html"] and "1.490" in found["text/html"]
    cells = [line.split("\t") for line in found["text/plain"].splitlines() if line.startswith("Syrië")]
    assert cells[0][1:4] == ["2130", "1605", "1490"]


def test_pasting_the_chart(panel):
    press(panel, "chart-copy")
    found = panel.execute_async_script(READ)
    assert found["image/png"][:8] == [137, 80, 78, 71, 13, 10, 26, 10]


def test_files_to_take_away(panel):
    assert "1490" in taken(panel, "csv", ".csv").decode("utf-8-sig")
    sheet = load_workbook(io.BytesIO(taken(panel, "xlsx", ".xlsx"))).active
    assert any(1490 in row for row in sheet.iter_rows(values_only=True))
    picture = ElementTree.fromstring(taken(panel, "svg", ".svg"))
    words = " ".join(picture.itertext())
    assert "Eerste asielaanvragen: Syrië" in words and "Bron: CBS" in words
    assert taken(panel, "png", ".png").startswith(b"\x89PNG")


def test_how_many_of_the_decisions_were_grants(panel):
    type_in(panel, "Wat", "Positieve asielbeslissingen in eerste aanleg")
    says(panel, "1.410")
    select(panel, "Als percentage van", "Beslissingen op asielaanvragen in eerste aanleg")
    says(panel, "85,5%", "98,5%")


def test_freezing_the_view(panel):
    asked = '"asylum_first_instance_positive", "asylum_first_instance_decisions", "nationality", ["Syrië"]'
    cell = panel.execute_script(FIELD, "Cel voor een rapport")
    until(lambda: asked in cell.get_property("value"), "the cell does not follow")
    lines = panel.execute_script(FIELD, "Regels voor de cel met parameters").get_property("value")
    assert 'period = "2017-H1"' in lines
    press(panel, "cell-copy")
    assert panel.execute_async_script(READ)["text/plain"] == cell.get_property("value")


def test_running_the_cells_again_keeps_the_view(panel):
    run_all(panel)
    says(panel, "85,5%")
    assert Select(panel.execute_script(FIELD, "Periode")).first_selected_option.text == "eerste helft 2017"


def test_a_nationality_is_taken_away_again(panel):
    type_in(panel, "Wat", "Eerste asielaanvragen")
    says(panel, "1.490")
    chip = panel.find_element(By.CSS_SELECTOR, ".keten-chips button")
    assert chip.text == "Syrië ×"
    panel.execute_script("arguments[0].focus()", chip)
    ActionChains(panel).send_keys(Keys.ENTER).perform()
    says(panel, "Eritrea", "865")


def bar(panel, place: int):
    """One of the bars, in view, largest first."""
    found = until(lambda: panel.find_elements(By.CSS_SELECTOR, BARS), "no bars")[place]
    panel.execute_script("arguments[0].scrollIntoView({block: 'center'})", found)
    return found


def test_a_click_on_a_bar_filters_the_table(panel):
    ActionChains(panel).move_to_element(bar(panel, 1)).perform()
    tip = until(lambda: panel.find_elements(By.CSS_SELECTOR, ".chart-tip:not([hidden])"), "no tip under the mouse")[0]
    assert "865 aanvragen" in tip.text
    ActionChains(panel).click().perform()
    until(lambda: "1.490" not in panel.execute_script(TABLE), "the table is not filtered")
    says(panel, "Eritrea", "865")
    ActionChains(panel).move_to_element(bar(panel, 1)).click().perform()
    says(panel, "1.490")


def test_brushing_a_stretch_of_time(panel):
    def brushed():
        """Drag over the lines, again where what stands above them was still being drawn, so that they moved away."""
        plot = panel.find_element(By.CSS_SELECTOR, ".keten-trend svg.keten-chart")
        panel.execute_script("arguments[0].scrollIntoView({block: 'center'})", plot)
        drag = ActionChains(panel).move_to_element_with_offset(plot, -120, -60).click_and_hold()
        drag.move_by_offset(60, 0).release().perform()
        time.sleep(3)
        return "|" in panel.execute_script(TABLE)

    until(brushed, "no table over the chosen stretch")
    first = Select(panel.execute_script(FIELD, "Tijdvak van")).first_selected_option.text
    last = Select(panel.execute_script(FIELD, "tot en met")).first_selected_option.text
    assert first != "(alles)" and last != "(alles)" and first != last
    select(panel, "Tijdvak van", "(alles)")
    until(lambda: panel.execute_script(TABLE).count("|") == 0, "the stretch stays")


def test_every_field_has_a_name_and_axe_is_content(panel):
    assert violations(panel) == []
    named = """
    const fields = [...document.querySelectorAll(".keten-panel :is(input, select, textarea)")];
    return fields.filter((one) => !one.labels.length || !one.labels[0].textContent.trim()).map((one) => one.outerHTML);
    """
    assert panel.execute_script(named) == []


def test_the_view_is_at_the_panel_after_all_cells_have_run(panel):
    run_all(panel)
    in_sight = """
    const box = document.querySelector(".keten-panel").getBoundingClientRect();
    return box.top > 0 && box.top < innerHeight / 2;
    """
    until(lambda: panel.execute_script(in_sight), "the panel is out of sight", 30)


def test_the_next_day_the_panel_is_a_picture_for_its_maker_and_for_others(lab, panel):
    """Running it again adds nothing to the file; JupyterLab trusts what it saved, not what another changed."""
    said = panel.find_element(By.CSS_SELECTOR, ".keten-answer p").get_attribute("textContent")
    save(panel)
    path = lab.notebooks / "2_asiel.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    (cell,) = [one for one in content["cells"] if "explore.panel" in "".join(one["source"])]
    assert "widgets" not in content["metadata"] and len(json.dumps(cell["outputs"])) < 50_000
    assert "VBox" not in json.dumps(cell["outputs"])
    for trusted in (True, False):
        if not trusted:
            cell["source"] = [*cell["source"], "  # van een ander"]
            path.write_text(json.dumps(content), encoding="utf-8")
        for session in json.loads(lab.asked("/api/sessions")):
            lab.asked(f"/api/sessions/{session['id']}", "DELETE")
        open_file(panel, lab, path.name)
        until(lambda: panel.find_elements(By.CSS_SELECTOR, ".keten-saved img"), "no picture of the panel")
        until(lambda: "rror" not in panel.execute_script(SEEN)["words"], "a widget that is gone says so", 20)
        seen = panel.execute_script(SEEN)
        assert seen["picture"] and seen["words"].startswith("Voer deze cel uit om verder te gaan.")
        assert said in seen["words"] and not panel.find_elements(By.CSS_SELECTOR, ".keten-panel")


def test_no_other_host_was_asked(lab, panel):
    assert elsewhere(panel, lab) == []
