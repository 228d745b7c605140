"""`keten lab` in a real JupyterLab: Dutch, styled, operable, without a request to any other host."""

import json
import re
import signal
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from browser import requests_of
from lab_page import elsewhere, runs_as_for_a_report, violations
from lab_server import MENUS, PATIENCE, choose, errors, open_file, run_all, serving, until
from lab_server import lab as lab  # fixtures
from lab_server import page as page
from places import REPOSITORY
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from keten.cli import main
from keten.commands import lab as command
from keten.lab import server
from keten.lab.style import style, styling
from keten.reports.choice import available
from keten.reports.render.exporter import ReportExporter

NOTEBOOKS = sorted(path.stem for path in (REPOSITORY / "notebooks").glob("*.ipynb"))
STORY = "5_terugkeer"  # the notebook by which the interplay is tested
WITH_PANEL = "2_asiel"  # runs in test_lab_panel.py
MENU = "return [...document.querySelectorAll('.lm-Menu-itemLabel')].map((one) => one.textContent).filter(Boolean)"
TIP = "const tip = document.querySelector('.chart-tip'); return tip.hidden ? '' : tip.innerText"


def press(page, *keys: str) -> None:
    ActionChains(page).send_keys(*keys).perform()


# -- the command --


def test_the_start_page_opens_first_rendered_and_in_dutch(lab, page):
    requests_of(page)
    page.get(lab.address)
    until(lambda: page.find_elements(By.CSS_SELECTOR, ".jp-MarkdownViewer h1"), "no start page")
    assert page.find_element(By.CSS_SELECTOR, ".jp-MarkdownViewer h1").text == "Ketenwerkboek"
    links = page.find_elements(By.CSS_SELECTOR, ".jp-MarkdownViewer td a")
    assert [re.search(r"\w+(?=\.ipynb)", link.get_attribute("href"))[0] for link in links] == NOTEBOOKS
    bar = [item.text for item in page.find_elements(By.CSS_SELECTOR, ".lm-MenuBar-item")]
    assert bar == ["Bestand", "Bewerken", "Weergave", "Uitvoeren", "Kernel", "Tabs", "Instellingen", "Help"]
    assert not page.find_elements(By.CSS_SELECTOR, ".jp-Dialog, .Toastify__toast")
    links[1].click()
    until(lambda: page.find_elements(By.CSS_SELECTOR, ".jp-NotebookPanel"), "the link opens no notebook")
    assert not elsewhere(page, lab)


def test_the_page_to_log_in_is_dutch(lab):
    with urlopen(f"{lab.address}/login") as answer:
        told = answer.read().decode()
    assert '<html lang="nl">' in told and "Token of wachtwoord" in told and "Aanmelden" in told
    assert "Log in" not in told and "Password" not in told
    with pytest.raises(HTTPError) as refused:
        urlopen(f"{lab.address}/login", data=b"password=fout")
    assert refused.value.code == 403  # nobody gets in without the token of the page


def test_ctrl_c_ends_it_quietly(tmp_path):
    with serving(tmp_path, "asiel") as server:
        until(lambda: "staat klaar" in server.log.read_text(), "no address is told")
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(PATIENCE) == 0
        told = server.log.read_text().splitlines()
    assert [line.split(" http")[0] for line in told if line] == [
        "JupyterLab staat klaar op",
        "Stop met Ctrl-C in dit venster; sla uw notebooks eerst op.",
        "JupyterLab is gestopt.",
    ]
    assert "2_asiel.ipynb" in told[0] and "token" not in told[0]


def test_an_unknown_notebook_is_one_sentence(capsys):
    assert main(["lab", "aziel"]) == 2
    assert capsys.readouterr().err == "Er is geen notebook 'aziel'; bedoelt u 2_asiel?\n"


def test_without_jupyterlab_one_sentence_says_what_to_install(capsys, monkeypatch):
    monkeypatch.setattr(command, "NEEDED", ("jupyterlab", "een_pakket_dat_er_niet_is"))
    assert main(["lab"]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "pip install -c constraints.txt -e '.[lab]'" in told


def test_a_folder_with_data_that_does_not_exist(capsys, tmp_path):
    assert main(["lab", "--data", str(tmp_path / "weg")]) == 2
    assert "bestaat niet" in capsys.readouterr().err


def test_the_start_page_is_no_report():
    assert [notebook.stem for notebook in available(REPOSITORY / "notebooks")] == NOTEBOOKS


def test_the_dutch_of_the_menus_is_well_formed():
    words = json.loads((server.SETTINGS / "nl_NL.json").read_text(encoding="utf-8"))
    for english, dutch in words.items():
        assert all(dutch) and len(dutch) in (1, 2), english
        for form in dutch:
            assert set(re.findall(r"%\d", form)) <= set(re.findall(r"%\d", english)) | {"%1"}, english


# -- the notebooks --


@pytest.mark.parametrize("stem", [stem for stem in NOTEBOOKS if stem not in (STORY, WITH_PANEL)])
def test_a_notebook_runs_here_as_for_a_report(lab, page, edition_of, stem):
    requests_of(page)
    open_file(page, lab, f"{stem}.ipynb")
    run_all(page)
    runs_as_for_a_report(page, lab, edition_of, stem)


# -- one notebook, as an analyst works in it; these tests follow each other --


@pytest.fixture(scope="module")
def story(lab, page):
    """The notebook of the story, executed."""
    requests_of(page)
    open_file(page, lab, f"{STORY}.ipynb")
    run_all(page)
    return page


def test_the_notebook_of_the_story_runs_here_as_for_a_report(lab, story, edition_of):
    runs_as_for_a_report(story, lab, edition_of, STORY)


def test_charts_answer_to_mouse_and_keys(story):
    figure = story.find_element(By.CSS_SELECTOR, "figure.chart")
    story.execute_script("arguments[0].scrollIntoView({block: 'center'})", figure)
    mark = figure.find_element(By.CSS_SELECTOR, "[data-tip]")
    ActionChains(story).move_to_element(mark).perform()
    first = until(lambda: story.execute_script(TIP), "no tip under the mouse")
    assert mark.get_attribute("data-tip") in first
    region = figure.find_element(By.CSS_SELECTOR, ".picture")
    story.execute_script("arguments[0].focus()", region)
    press(story, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert story.execute_script("return document.activeElement === arguments[0]", region)  # no other cell is chosen
    assert story.execute_script(TIP) not in ("", first)
    press(story, Keys.ESCAPE)
    assert story.execute_script(TIP) == ""


def test_buttons_and_folds_answer_to_enter(story):
    kept = story.find_element(By.CSS_SELECTOR, ".chart-keep:not(.keten-charts *)")  # the panel has buttons of its own
    story.execute_script("arguments[0].firstChild.focus()", kept)
    press(story, Keys.ENTER)
    assert kept.get_attribute("open") and kept.find_element(By.TAG_NAME, "button").is_displayed()
    assert story.execute_script("return document.activeElement === arguments[0].firstChild", kept)
    press(story, Keys.ENTER)
    summary = story.find_element(By.CSS_SELECTOR, "figure summary:not(.keten-charts *)")
    story.execute_script("arguments[0].focus()", summary)
    press(story, Keys.ENTER)
    assert story.execute_script("return arguments[0].parentElement.open", summary)


def test_a_number_leads_to_its_origin(story):
    link = story.find_element(By.CSS_SELECTOR, ".keten a.figure-link")
    story.execute_script("arguments[0].scrollIntoView({block: 'center'})", link)
    address = story.current_url
    link.click()
    seen = """
    const place = document.activeElement, box = place.getBoundingClientRect();
    return [place.id, box.height > 0 && box.top < innerHeight && box.bottom > 0, place.innerText];
    """
    name, visible, words = story.execute_script(seen)
    assert link.get_attribute("href").endswith(f"#{name}") and visible and "Uitgever" in words
    assert story.current_url == address


def test_only_outputs_of_ours_are_styled(story):
    outside = "return getComputedStyle(document.querySelector('.jp-MarkdownOutput h1')).fontSize"
    before = story.execute_script(outside)
    story.execute_script("document.getElementById('keten-style').disabled = true")
    assert story.execute_script(outside) == before
    story.execute_script("document.getElementById('keten-style').disabled = false")
    table = "return getComputedStyle(document.querySelector('.keten td.number')).textAlign"
    assert story.execute_script(table) == "right"


def test_the_page_names_what_the_menus_say(lab, story):
    choose(story, MENUS["run"])
    said = story.execute_script(MENU)
    press(story, Keys.ESCAPE)
    choose(story, MENUS["file"])
    said += story.execute_script(MENU)
    press(story, Keys.ESCAPE)
    assert {"Alle cellen uitvoeren", "Kernel herstarten en Alle cellen uitvoeren…", "Notebook opslaan"} <= set(said)
    english = re.compile(r"\b(the|and|Run|Save|Close|Open|New|Restart|Export|All|Selected|Cells?|Shut)\b")
    assert not [words for words in said if english.search(words)]
    words = (REPOSITORY / "notebooks" / "start.md").read_text(encoding="utf-8")
    for entry in ("Alle cellen uitvoeren", "Notebook exporteren als", "Notebook opslaan"):
        assert entry in words and entry in said


def test_the_export_menu_makes_the_report(lab, story, tmp_path):
    story.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    choose(story, MENUS["file"], "Notebook exporteren als", "Ketenrapport")
    report = tmp_path / f"{STORY}_2017-06.html"
    until(report.is_file, "no report is downloaded")
    expected, _ = ReportExporter().from_filename(str(lab.notebooks / f"{STORY}.ipynb"))
    assert report.read_text(encoding="utf-8") == expected
    assert "explore.panel" not in expected and "keten-style" not in expected
    assert "Geen rapport" not in expected  # every cell ran, in order
    story.switch_to.window(story.window_handles[0])


def test_a_saved_notebook_is_styled_again_without_running_it(lab, story):
    for session in json.loads(lab.asked("/api/sessions")):
        lab.asked(f"/api/sessions/{session['id']}", "DELETE")
    open_file(story, lab, f"{STORY}.ipynb")
    until(lambda: story.find_elements(By.CSS_SELECTOR, "#keten-style"), "the saved style does not work")
    test_charts_answer_to_mouse_and_keys(story)


def test_a_dark_theme_keeps_outputs_legible(story):
    theme = "document.body.dataset.jpThemeLight = arguments[0]"
    story.execute_script(theme, "false")
    paper = story.execute_script("return getComputedStyle(document.querySelector('.keten p')).color")
    found = violations(story)
    story.execute_script(theme, "true")
    assert paper != story.execute_script("return getComputedStyle(document.querySelector('.keten p')).color")
    assert found == []


def test_a_wrong_period_is_one_sentence_in_sight(lab, page):
    path = lab.notebooks / "4_toezicht.ipynb"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace('period = \\"2017-06\\"', 'period = \\"juni\\"'), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != before
    open_file(page, lab, path.name)
    run_all(page)
    (told,) = errors(page)
    assert told.startswith("'juni' is geen periode; schrijf een maand (2017-06)") and "\n" not in told
    in_sight = """
    const message = document.querySelector("[data-mime-type='application/vnd.jupyter.stderr']");
    const box = message.getBoundingClientRect();
    return box.top > 0 && box.bottom < innerHeight;
    """
    until(lambda: page.execute_script(in_sight), "the sentence is out of sight")
    path.write_text(before, encoding="utf-8")


# -- what is put into the page --


def test_the_style_holds_nothing_that_ends_its_script():
    html = styling().html
    assert html.startswith("<script>") and html.endswith("</script>") and html.count("</") == 1
    assert style().startswith(".keten:not(#jupyterlab) {") and ":root" not in style()
    assert "prefers-color-scheme" not in style()
