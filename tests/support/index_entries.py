"""What an edition tells its index: made-up notebooks, rows and publishers."""

RUN = "2017-07-01T10:00:00.000Z"
FINDING = "In juni 2017 kwamen 2.316 mensen binnen, 13% meer dan in juni 2016 (2.045)."
TREND = [["2016-06", 2045.0], ["2016-12", None], ["2017-02", 1900.0], ["2017-06", 2316.0]]


def key_figure(label: str = "Totale asielinstroom", **more) -> dict:
    return {
        "label": label,
        "value": "2.316",
        "period": "juni 2017",
        "change": "+13% t.o.v. juni 2016",
        "number": 2316.0,
        "unit": "applications",
        "unit_words": "aanvragen",
        "trend": TREND,
        **more,
    }


def entry(title: str = "Asiel", stem: str = "2_asiel", state: str = "SUCCEEDED", reason: str | None = None, **more):
    report = {"run": RUN, "html": f"{stem}.html", "notebook": f"{stem}.ipynb", "key_figures": [key_figure()]}
    report |= {"finding": FINDING}
    return {"title": title, "state": state, "reason": reason, "report": report, **more}


def row(notebook: str, period: str, source: str, value: object = 5.0, **more: str) -> dict:
    return {"notebook": notebook, "period": period, "source": source, "value": value, "as_of": "2017-07-31", **more}


ROWS = [
    row("2_asiel", "2017-06", "CBS: asiel"),
    row("2_asiel", "2017-H1", "CBS: asiel"),
    row("2_asiel", "2016", "IND: jaarcijfers | CBS: asiel"),
    row("2_asiel", "2017-07", "IND: jaarcijfers", value=None),
    row("5_terugkeer", "2016", "CBS: vertrek", value="12"),
    row("5_terugkeer", "2017-04-15", "Bestand deelnemers.csv"),
]
PUBLISHERS = {"CBS: asiel": "CBS", "CBS: vertrek": "CBS", "IND: jaarcijfers": "IND"}
ENTRIES = {
    "2_asiel": entry(),
    "5_terugkeer": entry("Terugkeer", "5_terugkeer"),
    "7_lvv": entry("Landelijke Vreemdelingenvoorzieningen (LVV)", "7_lvv"),
}
