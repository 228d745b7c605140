"""nbconvert exporter `ketenrapport`: an executed notebook as one Dutch HTML file that stands alone.

No code of the notebook and no request to any host; the one script, for charts and tables, is named by its hash in the
page's security policy. Also for `jupyter nbconvert --to ketenrapport` and the menu of JupyterLab.
"""

import base64
import hashlib
from pathlib import Path
from typing import Any

from markupsafe import Markup
from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbformat import NotebookNode
from traitlets import default
from traitlets.config import Config

from keten.presentation.markup import harmless
from keten.reports import notebook as contents
from keten.reports.render import light_charts, light_markup, light_origins, light_tables
from keten.reports.render.page import page

LIGHTER = (light_charts.lighter, light_origins.lighter, light_tables.lighter, light_markup.lighter)
TEMPLATES = Path(__file__).resolve().parents[1] / "templates"


class ReportExporter(HTMLExporter):
    """Renders the outputs and the Markdown of a notebook with the template `ketenrapport`."""

    export_from_notebook = "Ketenrapport"
    optimistic_validation = True

    @default("template_name")
    def _template_name_default(self) -> str:
        return "ketenrapport"

    @default("extra_template_basedirs")
    def _extra_template_basedirs_default(self) -> list[str]:
        return [str(TEMPLATES)]

    @property
    def default_config(self) -> Config:
        """The settings of nbconvert itself, without the cells that only serve an analyst in JupyterLab."""
        only_in_lab = {"enabled": True, "remove_cell_tags": {contents.LAB_ONLY}}
        config = Config({"TagRemovePreprocessor": only_in_lab})
        config.merge(super().default_config)
        return config

    def from_notebook_node(  # type: ignore[override]  # nbconvert's own text exporters give a text as well
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Render `nb`; returns the page and nbconvert's resources."""
        resources = self._init_resources(resources)
        resources["report"] = page(nb, resources["metadata"]["name"])
        charts, tables = resources["report"]["charts"], resources["report"]["tables"]
        if charts:
            resources["report"]["chart_style"] = part("chart.css")
        if needed := ["chart.js"] * charts + ["table.js"] * tables:
            script = Markup("").join(map(part, needed))
            resources["report"] |= {"script": script, "script_hash": script_hash(script)}
        # The template shows the report alone; nbconvert would copy and check all that is in the cells, and then
        # HTMLExporter would parse the whole page and print it again.
        shell = NotebookNode({**nb, "cells": []})
        text, resources = TemplateExporter.from_notebook_node(self, shell, resources, **kw)
        _name(resources)
        for lighter in LIGHTER:
            text = lighter(text)
        return harmless(text), resources


def _name(resources: dict[str, Any]) -> None:
    """Let the file of a report that was made by hand carry its period, where the name is nbconvert's to choose.

    `jupyter nbconvert` takes a suffix, and not for a name of the user's own; JupyterLab looks at the extension alone.
    """
    suffix = f"_{period}" if (period := resources["report"]["period"]) else ""
    if "unique_key" in resources:
        resources["output_suffix"] = suffix
    else:
        resources["output_extension"] = f"{suffix}{resources['output_extension']}"


def part(name: str) -> Markup:
    """A style sheet or script of the template, without what is only for who reads the file."""
    return Markup(light_markup.bare((TEMPLATES / "ketenrapport" / name).read_text(encoding="utf-8")))


def script_hash(script: str) -> str:
    """How a Content-Security-Policy names a script that may run."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
