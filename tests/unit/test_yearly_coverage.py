"""Which share of the key figures is of the year itself: what `data/README.md` says, and what the command says."""

import pytest

from keten.cli import main
from keten.paths import data_folder, notebooks_folder
from keten.workbook.yearly_coverage import as_markdown, yearly_coverage


@pytest.fixture(scope="module")
def counts():
    return yearly_coverage(data_folder(), notebooks_folder(), range(2013, 2026))


def test_the_table_in_the_documentation_is_what_the_workbook_counts(repository, counts):
    documentation = (repository / "data" / "README.md").read_text(encoding="utf-8")
    assert f"\n{as_markdown(counts)}\n" in documentation


def test_every_year_has_enough_or_a_sentence_that_says_why_not(repository, counts):
    documentation = (repository / "data" / "README.md").read_text(encoding="utf-8")
    (_, reasons) = documentation.split("Where it is less than 60%:")
    for stem, row in counts.items():
        short = [year for year, (own, every) in row.items() if own < 0.6 * every]
        (told,) = [line for line in reasons.split("\n- ") if line.startswith(f"`{stem}`")] or [""]
        assert bool(short) == bool(told), f"{stem}: {short}"
        assert not short or "every year" in told or (str(short[0]) in told and str(short[-1]) in told)


def test_the_command_gives_the_counts_of_the_declared_key_figures(capsys):
    assert main(["check", "--coverage", "2024"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["| report | 2024 |", "| --- | --: |"]
    assert {"| 5_terugkeer | 80% |", "| 3_toegang_grensbewaking | 0% |"} < set(lines[2:])


@pytest.mark.parametrize("years", ["2025-2013", "13-25", "vorig jaar", "2013-", "-2013"])
def test_other_words_than_years_are_refused(years, capsys):
    assert main(["check", f"--coverage={years}"]) == 2
    assert "zijn geen jaren" in capsys.readouterr().err
