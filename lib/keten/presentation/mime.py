"""The types under which an output of a notebook carries what a run makes more of than a fragment of HTML."""

FIGURES = "application/vnd.keten.figures+json"  # rows of figures.csv
KEY_FIGURES = "application/vnd.keten.keyfigures+json"  # for the index and the next edition
CHART = "application/vnd.keten.chart+json"  # a chart: its texts and its drawing
TABLES = "application/vnd.keten.tables+json"  # for the annexes
MADE = "application/vnd.keten.made+json"  # by which cell and with which parameters
NOTICES = "application/vnd.keten.notices+json"  # for the head and foot of a report
