"""Ketenwerkboek: official figures on the Dutch migration chain, from data to report."""

from keten import charts, experience, pilots, prose, summary, tables
from keten.errors import KetenError
from keten.workbook import Workbook

__all__ = ["KetenError", "Workbook", "charts", "experience", "pilots", "prose", "summary", "tables"]
