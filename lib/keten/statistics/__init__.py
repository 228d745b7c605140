"""Statistics on tables of plain values: no file of figures, no HTML, no workbook."""
