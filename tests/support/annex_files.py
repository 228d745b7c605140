"""The two spreadsheets of a notebook, read back: as XLSX and as ODS."""

import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd

from keten.reports.render import annex

KINDS = ("xlsx", "ods")


class Annex:
    """Both files of a notebook; a sheet is a list of rows, its blank cells None."""

    def __init__(self, content: dict, folder: Path):
        self.paths = dict(zip(KINDS, annex.write(content, "2_asiel", folder), strict=True))
        self.workbook = openpyxl.load_workbook(self.paths["xlsx"])

    def sheets(self, kind: str) -> dict[str, list[list]]:
        """All sheets of one of the files, by name."""
        if kind == "xlsx":
            return {page.title: [list(row) for row in page.iter_rows(values_only=True)] for page in self.workbook}
        frames = pd.read_excel(
            self.paths[kind], sheet_name=None, header=None, engine="odf", keep_default_na=False, dtype=object
        )
        return {
            name: [[None if cell == "" else cell for cell in row] for row in frame.to_numpy()]
            for name, frame in frames.items()
        }

    def column_a(self, kind: str, name: str) -> list:
        """The texts in the first column of a sheet."""
        return [row[0] for row in self.sheets(kind)[name]]

    def table(self, kind: str, name: str = "Tabel_1", head: str = "Soort") -> list[list]:
        """Head and rows of the table on a sheet; `head` is the first column's."""
        rows = self.sheets(kind)[name]
        return rows[[row[0] for row in rows].index(head) :]

    def xml(self, kind: str, part: str) -> ElementTree.Element:
        """A part of one of the files."""
        with zipfile.ZipFile(self.paths[kind]) as archive:
            return ElementTree.fromstring(archive.read(part))
