"""What `keten run` refuses, before anything runs: exit code 2 and one Dutch sentence."""

import pytest
import small_notebooks

from keten.cli import main


@pytest.fixture
def folder(tmp_path, monkeypatch):
    notebooks = tmp_path / "notebooks"
    for stem in ("1_werk", "2_asiel", "2_asiel_kort"):
        small_notebooks.good(notebooks, stem, 5)
    monkeypatch.setenv("KETEN_NOTEBOOKS", str(notebooks))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "3_grens"], "geen notebook '3_grens'"),
        (["run", "asie"], "past op meer notebooks: 2_asiel, 2_asiel_kort"),
        (["run", "2_aziel"], "bedoelt u 2_asiel"),
        (["run", "--periode", "2017"], "Onbekende optie: --periode"),
        (["run", "--period"], "Bij de optie --period hoort een waarde"),
        (["run", "-p", "code"], "de naam en de waarde"),
        (["run", "-p", "cod", "1"], "parameter 'cod'; bedoelt u code?"),
        (["run", "-p", "compare_years", "twee"], "compare_years moet een geheel getal zijn, niet 'twee'"),
        (["run", "--compare-years", "-1"], "compare_years"),
        (["run", "--period", "2017-06", "-p", "period", "2017-05"], "twee keer gegeven"),
        (["run", "--period", "2017-13"], "2017-13"),
        (["run", "--period", "1950"], "1950"),
        (["run", "--as-of", "gisteren"], "gisteren"),
        (["run", "-p", "nationality", "Albanje"], "Albanië"),
        (["run", "-p", "respondents", "weg.csv"], "Het bestand 'weg.csv' van de parameter respondents"),
        (["run", "--data", "weg"], "map met gegevens 'weg' bestaat niet"),
        (["run", "--jobs", "0"], "--jobs moet een geheel getal boven nul zijn"),
        (["run", "--timeout", "snel"], "--timeout moet een geheel getal boven nul zijn"),
        (["run", "--timeout", "99999999999"], "--timeout mag ten hoogste 604800 zijn"),
        (["run", "--jobs", "9" * 5000], "--jobs mag ten hoogste 999 zijn, niet '9999999999"),
        (["run", "--jobs", "x" * 5000], "niet 'xxxxxxxxxx"),
        (["run", "--out", "bezet"], "bezet"),
        (["lopen"], "Onbekende opdracht: lopen"),
        ([], "Er ontbreekt iets"),
    ],
)
def test_refusals(folder, capfd, arguments, words):
    (folder / "bezet").write_text("een bestand", encoding="utf-8")
    code = main(arguments)
    printed = capfd.readouterr()
    assert code == 2
    assert words in printed.err
    assert printed.err.count("\n") == 1 and printed.out == ""
    assert not list(folder.glob("uit*")) and not (folder / "reports").exists()


def test_help_is_dutch(capsys):
    assert main(["run", "--help"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("gebruik: keten run")
    assert not [word for word in ("usage", "options", "positional", "show this", "default") if word in text]
