"""nbconvert exporter `ketenrapport`: an executed notebook as one Dutch HTML file that stands alone.

No code, no scripts, no request to any host. Also for `jupyter nbconvert --to ketenrapport` and the menu of
JupyterLab.
"""

import re
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any

import mistune
from markupsafe import Markup
from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from traitlets import default
from traitlets.config import Config

from keten.runs import notebook as contents

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
IMAGES = ("image/png", "image/jpeg")

PARAMETER_LABELS = {
    "period": "Periode",
    "compare_years": "Vergeleken met eerdere jaren",
    "nationality": "Nationaliteit",
    "as_of": "Stand van de gegevens",
}
EMPTY_PARAMETERS = {"nationality": "alle", "as_of": "nieuwste"}


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
        only_in_lab = {"enabled": True, "remove_cell_tags": {contents.LAB_ONLY}}
        config = Config({"TagRemovePreprocessor": only_in_lab})
        config.merge(super().default_config)
        return config

    def from_notebook_node(self, nb, resources=None, **kw: Any) -> tuple[str, dict[str, Any]]:
        """Render `nb`; returns the page and nbconvert's resources."""
        resources = self._init_resources(resources)
        title = contents.title(nb) or resources["metadata"]["name"]
        head, body, sections = rendered(nb)
        resources["report"] = {
            "title": title,
            "head": Markup(head),
            "body": Markup(body),
            "sections": sections,
            "parameters": shown_parameters(nb),
            "version": version("keten"),
        }
        # HTMLExporter itself would parse the whole page and print it again, which takes seconds.
        return TemplateExporter.from_notebook_node(self, nb, resources, **kw)


def rendered(nb: dict) -> tuple[str, str, list[tuple[str, str]]]:
    """HTML of the part above the first section, HTML of the sections, and (id, title) of each section.

    A section begins with a Markdown heading of level 2.
    """
    renderer = _Renderer(escape=False)
    markdown = mistune.create_markdown(renderer=renderer, plugins=["table", "strikethrough"])
    head: list[str] = []
    body: list[str] = []
    for cell in nb["cells"]:
        if contents.LAB_ONLY in contents.tags(cell):
            continue
        if cell["cell_type"] == "markdown":
            page = markdown(contents.source(cell))
            (body if renderer.sections else head).append(page)
        elif cell["cell_type"] == "code":
            (body if renderer.sections else head).extend(fragment(output) for output in cell["outputs"])
    return "\n".join(filter(None, head)), "\n".join(filter(None, body)), renderer.sections


class _Renderer(mistune.HTMLRenderer):
    """Markdown to HTML with a unique id for each heading."""

    def __init__(self, escape: bool):
        super().__init__(escape=escape)
        self.ids: set[str] = set()
        self.sections: list[tuple[str, str]] = []

    def heading(self, text: str, level: int, **_) -> str:
        words = re.sub(r"<[^>]*>", "", text)
        slug = re.sub(r"[^\w]+", "-", words.lower()).strip("-") or "deel"
        name, number = slug, 2
        while name in self.ids:
            name, number = f"{slug}-{number}", number + 1
        self.ids.add(name)
        if level == 2:
            self.sections.append((name, Markup(words)))
        return f'<h{level} id="{name}">{text}</h{level}>\n'


def fragment(output: dict) -> str:
    """HTML of one output of a cell; empty for what a program printed on the side."""
    data = output.get("data", {})
    if "text/html" in data:
        return _text(data["text/html"])
    if "text/markdown" in data:
        return mistune.html(_text(data["text/markdown"]))
    if "image/svg+xml" in data:
        return _text(data["image/svg+xml"])
    for kind in IMAGES:
        if kind in data:
            content = "".join(_text(data[kind]).split())
            return f'<img src="data:{kind};base64,{content}" alt="Afbeelding zonder beschrijving">'
    if "text/plain" in data:
        return f"<pre>{escape(_text(data['text/plain']))}</pre>"
    return ""


def _text(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "".join(value)


def shown_parameters(nb: dict) -> list[tuple[str, str]]:
    """Label and value of every parameter with which the notebook ran, in its own order."""
    try:
        values = contents.parameters(nb)
    except (SyntaxError, ValueError):
        values = {}
    values |= nb["metadata"].get("papermill", {}).get("parameters", {})
    return [
        (PARAMETER_LABELS.get(name, name), shown(name, contents.displayed(value))) for name, value in values.items()
    ]


def shown(name: str, value: Any) -> str:
    """A parameter's value for a reader; an empty one in words."""
    if value is True or value is False:
        return "ja" if value else "nee"
    return str(value) if value not in ("", None) else EMPTY_PARAMETERS.get(name, "niet opgegeven")
