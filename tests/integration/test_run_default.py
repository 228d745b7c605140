"""`keten run` with and without a period: what it chooses, what it says of it, and what it refuses."""

import json

import goal_notebooks
import pytest
from bs4 import BeautifulSoup
from goal_notebooks import of, of_each
from helpers_data import small_data

from keten.cli import main
from keten.clock import today

ROWS = [
    *of_each(goal_notebooks.FIRST_OF_EACH, "2016"),
    *of_each(goal_notebooks.FIRST_OF_EACH[:3], "2017"),
    of("coa_occupancy", "2015-12-31"),
]
WHY = "De nieuwste periode met genoeg eigen cijfers is 2016: "


@pytest.fixture
def keten(tmp_path, monkeypatch, capsys):
    """The command on five small notebooks and few figures; gives exit code, standard output and standard error."""
    monkeypatch.setenv("KETEN_NOTEBOOKS", str(goal_notebooks.write(tmp_path / "notebooks")))
    monkeypatch.chdir(tmp_path)
    data = small_data(tmp_path, ROWS)

    def run(*arguments: str):
        code = main(["run", "2_asiel", *arguments, "--data", str(data), "--out", "uit"])
        return code, *capsys.readouterr()

    return run


def shown(path) -> str:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").body.get_text(" ", strip=True)


def test_without_a_period_it_makes_the_default_edition_and_says_so_everywhere(keten, tmp_path):
    code, out, err = keten()
    assert code == 0 and out.startswith(WHY) and out.splitlines()[0].endswith("in totaal 5 van de 10.")
    assert "Let op: van 10 kerncijfers is het nieuwste cijfer meer dan 18 maanden ouder dan" in err
    edition = tmp_path / "uit/2016"
    manifest = json.loads((edition / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["default"]["period"] == "2016" and out.startswith(manifest["default"]["sentence"])
    assert manifest["outdated"]["day"] == today() and len(manifest["outdated"]["key_figures"]) == 10
    report = shown(edition / "2_asiel.html").partition("In dit rapport")[0]
    assert "1 van de 2 kerncijfers gaat over deze periode zelf." in report and report.count(WHY) == 1
    assert "Cijfers tot en met december 2016" in report
    assert "Niet bijgehouden" not in shown(edition / "2_asiel.html"), "a report does not depend on the day of its run"
    assert all(words in shown(edition / "index.html") for words in (WHY, "1 van de 2 kerncijfers", "Niet bijgehouden."))
    key_figures = [one["measure"] for one in manifest["notebooks"]["2_asiel"]["report"]["key_figures"]]
    assert key_figures == ["asylum_inflow_total"] and "Bezetting" not in (tmp_path / "uit/feed.xml").read_text("utf-8")


def test_a_later_edition_says_its_own_count_and_does_not_take_the_place_of_the_default_one(keten, tmp_path):
    keten()
    code, out, _ = keten("--period", "2017")
    assert code == 0 and WHY not in out
    report = shown(tmp_path / "uit/2017/2_asiel.html")
    assert WHY not in report and "1 van de 2 kerncijfers gaat over deze periode zelf." in report
    front = shown(tmp_path / "uit/index.html")
    assert front.index("Uitgave: 2016") < front.index(WHY) < front.index("Alle uitgaven") < front.index("2017")


@pytest.mark.parametrize("period", ["2016", ""])
def test_the_default_period_makes_the_same_report_when_it_is_given(keten, tmp_path, period):
    keten()
    report = tmp_path / "uit/2016/2_asiel.html"
    chosen = report.read_bytes()
    _, out, _ = keten("--period", period)
    assert report.read_bytes() == chosen and out.startswith(WHY) == (not period)


def test_a_period_without_own_figures_is_refused_with_the_nearest(keten, tmp_path):
    code, out, err = keten("--period", "2018")
    assert (code, out, err.count("\n")) == (2, "", 1) and not (tmp_path / "uit").exists()
    assert err.startswith(
        "Over 2018 heeft geen enkel rapport een eigen cijfer: de cijfers lopen in 1_verblijf van 2016-01"
    )
    assert err.endswith("het dichtstbij ligt 2017 (--period 2017).\n")


def test_the_as_of_day_takes_the_place_of_the_day_of_the_run(keten, tmp_path):
    code, _, err = keten("--as-of", "2018-06-30")
    assert code == 0
    told = json.loads((tmp_path / "uit/2016/manifest.json").read_text(encoding="utf-8"))["outdated"]
    late = {one["measure"] for one in told["key_figures"] if one["newest"]}
    assert told["day"] == "2018-06-30" and late == {"coa_occupancy"} and "30 juni 2018" in err
