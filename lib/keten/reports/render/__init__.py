"""Render an executed notebook as a page, a spreadsheet and a PDF."""
