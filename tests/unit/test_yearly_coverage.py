"""Which share of the key figures is of the year itself: what `data/README.md` says, and what the command says."""

import pytest

from keten.cli import main
from keten.paths import data_folder, notebooks_folder
from keten.workbook.yearly_coverage import as_markdown, yearly_coverage


def test_the_table_in_the_documentation_is_what_the_command_gives(repository, capsys):
    assert main(["check", "--coverage", "2013-2025"]) == 0
    table = capsys.readouterr().out
    assert table.count("\n") == 7 and f"\n{table}\n" in (repository / "data" / "README.md").read_text(encoding="utf-8")


def test_every_year_has_enough_or_a_sentence_that_says_why_not(repository):
    counts = yearly_coverage(data_folder(), notebooks_folder(), range(2013, 2025))
    (_, reasons) = (repository / "data" / "README.md").read_text(encoding="utf-8").split("Where it is less than 60%:")
    for stem, row in counts.items():
        short = [year for year, (own, every) in row.items() if own < 0.6 * every]
        (told,) = [line for line in reasons.split("\n- ") if line.startswith(f"`{stem}`")] or [""]
        assert bool(short) == bool(told), f"{stem}: {short}"
        first, last = min(short, default=0), max(short, default=0)
        assert not short or "every year" in told or (str(first) in told and str(last) in told)


def test_counts_are_of_the_declared_key_figures():
    counts = yearly_coverage(data_folder(), notebooks_folder(), range(2024, 2025))
    assert counts["5_terugkeer"] == {2024: (4, 5)} and counts["3_toegang_grensbewaking"] == {2024: (0, 4)}
    assert as_markdown({"a": {2024: (1, 3)}}) == "| report | 2024 |\n| --- | --: |\n| a | 33% |\n"


@pytest.mark.parametrize("years", ["2025-2013", "13-25", "vorig jaar", "2013-", "-2013"])
def test_other_words_than_years_are_refused(years, capsys):
    assert main(["check", f"--coverage={years}"]) == 2
    assert "zijn geen jaren" in capsys.readouterr().err
