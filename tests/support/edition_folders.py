"""Folders of editions as the list of all editions finds them: a manifest and an index."""

import json
from pathlib import Path

from keten.reports.publish import manifest, run_page

TELL_TIME = (manifest.NAME, run_page.NAME)  # what of an edition is outside its fingerprints

FINISHED = "2017-07-05T06:01:02.000Z"
FIGURE = {"label": "Totale asielinstroom", "value": "2.316", "period": "juni 2017", "change": "+13% t.o.v. juni 2016"}


def entry(title: str = "Asiel", state: str = "SUCCEEDED", reason: str | None = None, figure: dict = FIGURE) -> dict:
    report = {"run": FINISHED, "html": "2_asiel.html", "notebook": "2_asiel.ipynb", "key_figures": [figure]}
    return {"title": title, "state": state, "reason": reason, "report": report}


def write(out: Path, name: str, *, finished: str = FINISHED, default: object = None, **notebooks: dict) -> None:
    folder = out / name
    folder.mkdir(parents=True)
    content = {"edition": name, "finished": finished, "notebooks": notebooks or {"2_asiel": entry()}}
    content |= {"default": default} if default else {}
    (folder / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    (folder / "index.html").write_text("", encoding="utf-8")
