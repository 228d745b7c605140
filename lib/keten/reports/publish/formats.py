"""All files of an edition that are for programs: its figures in each format, what the columns mean, how to cite it."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from keten.reports.periods import period_of
from keten.reports.publish import changes_csv, citation, csvw, datapackage, figures_csv, parquet, sdmx
from keten.reports.publish.baseline import BASELINE_FOLDER

Row = dict[str, Any]


def write(
    folder: Path,
    rows: list[Row],
    name: str,
    label: str,
    run: Mapping[str, Any],
    *,
    earlier: Mapping[str, Mapping[str, Sequence[Row]]],
    as_parquet: bool = False,
) -> None:
    """Write them in the folder.

    rows: of all reports in the edition; name, label: the edition's; run: as the manifest tells it. earlier: rows of
    what it is compared with, by the name that `changes_csv` gives that and by report; of `eerder` a file is kept too.
    """
    texts = figures_csv.texts(rows)
    figures_csv.write_texts(folder / figures_csv.FILE, texts)
    figures_csv.write_for_excel(folder / figures_csv.EXCEL_FILE, texts)
    told = {
        against: {stem: figures_csv.texts(rows) for stem, rows in reports.items()}
        for against, reports in earlier.items()
    }
    if before := [row for rows in told.get(BASELINE_FOLDER, {}).values() for row in rows]:
        (folder / BASELINE_FOLDER).mkdir()
        figures_csv.write_texts(folder / BASELINE_FOLDER / figures_csv.FILE, before)
    changes_csv.write(folder / changes_csv.FILE, texts, told)
    sdmx.write(folder, texts, label, _day(rows, name))
    if as_parquet:
        parquet.write(folder / parquet.FILE, texts)
    _text(folder / csvw.FILE, csvw.metadata(label))
    _text(folder / datapackage.FILE, datapackage.descriptor(folder, rows, name, label, run))
    _text(folder / citation.FILE, citation.bibtex(rows, name, label, run))


def _day(rows: Iterable[Row], name: str) -> str:
    """The day of the newest figure; without any figure the last day of the edition's period."""
    period = period_of(name)
    return citation.day_of(rows) or (str(period.end) if period else "")


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
