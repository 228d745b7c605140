"""The accessibility statement of an edition says what was found, by what, and no more."""

import audit
import pytest
from bs4 import BeautifulSoup
from programs import PROGRAMS

from keten.reports.publish import accessibility


@pytest.fixture
def record(monkeypatch) -> dict:
    """What was recorded, for a test to change."""
    content = {**accessibility.recorded(), "templates": accessibility.templates()}
    monkeypatch.setattr(accessibility, "recorded", lambda: content)
    return content


def statement(contact: str = "") -> BeautifulSoup:
    return BeautifulSoup(accessibility.page("juni 2017", contact), "html.parser")


def words(page: BeautifulSoup) -> str:
    return " ".join(page.get_text(" ").split())


def test_the_record_is_of_every_check_by_the_programs_that_are_here():
    """Else: tests/record_accessibility.py."""
    recorded = {check["check"]: check["program"] for check in accessibility.recorded()["checks"]}
    assert recorded == PROGRAMS and recorded.keys() == accessibility.SUBJECTS.keys()
    assert {"axe", "colours", "structure", "reflow", "keyboard"} <= {"axe", *audit.CHECKS} & recorded.keys()
    assert {check["check"]: check["findings"] for check in accessibility.recorded()["checks"]} == dict.fromkeys(
        PROGRAMS, 0
    )


def test_the_statement_tells_what_was_found(record):
    page = statement()
    rows = [[cell.get_text(" ", strip=True) for cell in row(["th", "td"])] for row in page.tbody("tr")]
    assert [row[1:] for row in rows] == [
        [check["program"], f"{check['pages']}\xa0{'PDF’s' if check['check'] == 'pdf' else 'pagina’s'}", "0"]
        for check in record["checks"]
    ]
    assert "vonden geen fouten" in words(page) and "eerste maatregelen genomen (C)" in words(page)
    assert "1280, 400 en 320 pixels" in words(page) and "sjablonen" not in words(page)


def test_the_statement_claims_no_more(record):
    """A fault counts, and what has changed since is not taken for tested."""
    record["checks"] = [{**check, "findings": 3 if check["check"] == "axe" else 0} for check in record["checks"]]
    record["templates"] = "0123456789ab"
    page = statement()
    assert "vonden 3 fouten" in words(page) and "geen fouten" not in words(page)
    assert "Sindsdien zijn de sjablonen van de pagina’s gewijzigd" in words(page)
    heading = page.find(id="status").get_text()
    assert heading == "Nalevingsstatus: eerste maatregelen genomen"  # whatever programs find


def test_a_reader_knows_whom_to_ask():
    assert "geen contactadres opgegeven" in words(statement())
    page = statement("keten@voorbeeld.nl")
    assert "geen contactadres" not in words(page) and page.find("a", href="mailto:keten@voorbeeld.nl")
    assert page.find("a", href="https://www.nationaleombudsman.nl")
    assert "<b>" not in accessibility.page("<b>juni</b>", "<b>ik</b>")


def test_a_change_in_a_template_shows(tmp_path):
    (tmp_path / "a.css").write_text("a", encoding="utf-8")
    before = accessibility.templates(tmp_path)
    assert accessibility.templates(tmp_path) == before
    (tmp_path / "a.css").write_text("b", encoding="utf-8")
    assert accessibility.templates(tmp_path) != before
