"""The exploring panel of a notebook: choose, and chart, table and sentence follow; take away what is seen."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache, partial
from html import unescape
from typing import Any

import ipywidgets as widgets
import pandas as pd
from IPython import get_ipython
from IPython.display import display

from keten.errors import KetenError
from keten.lab import chart, choices, citation, export
from keten.lab import view as views
from keten.lab.canvas import Action, Canvas
from keten.lab.saved import GO_ON, saved
from keten.lab.state import Asked, first_view, remember
from keten.lab.view import View
from keten.model.periods import Period
from keten.model.units import FREQUENCIES
from keten.presentation import prose
from keten.presentation.markup import escape, slug
from keten.presentation.output import Output, notes, small_print, source_line
from keten.workbook.calendar import calendar
from keten.workbook.scope import MOST_COMPARE_YEARS
from keten.workbook.workbook import Workbook

NO_SHARE = "(de aantallen zelf)"
NO_WHOLE = "(geen maat waarvan dit een deel is)"
NO_BREAKDOWN = "(kies eerst een uitsplitsing)"
EVENTS = "Maatregelen in de grafiek (Ctrl: meer)"
NO_EVENTS = "Maatregelen in de grafiek: geen bij deze maat"
NO_GROUP = "(kies een groep)"
WHOLE = "(alles)"
MOST_SENTENCES = 3
MOST_KEPT = 2  # workbooks of one kind that a panel keeps: the one in use, and the one to go back to
MOST_CALENDARS = 8
PNG, SVG, HTML, TEXT = "image/png", "image/svg+xml", "text/html", "text/plain"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
WIDGET = "application/vnd.jupyter.widget-view+json"


class Panel:
    """The controls and what they show. `view`: what is looked at now; `box`: the widget to display.

    asked: the measure and the breakdown that its cell asks for; the panel opens with the view that goes with them.
    """

    def __init__(self, chain: Workbook, asked: Asked) -> None:
        self.chain, self._asked = chain, asked
        self._wide_on = lru_cache(MOST_KEPT)(lambda as_of: choices.widest(chain, as_of))
        self._workbook = lru_cache(MOST_KEPT)(partial(Workbook, data=chain.scope))
        self._calendar = lru_cache(MOST_CALENDARS)(lambda as_of, *asked: calendar(self._wide_on(as_of), *asked))
        self._silent = False
        self.picked = ""
        self.window: tuple[str, str] | None = None
        self._make_controls()
        self.canvas = Canvas(self._actions())
        self.canvas.observe(self._on_brush, "brush")
        self.canvas.observe(self._on_pick, "picked")
        self.box = self._layout()
        self.saved, self._put = "", lambda html: None
        self._wish = self._available(first_view(asked, chain))
        self.view = self._fitting(self._wish)
        self._tell(views.instead(self._wide_on(self.view.as_of), self._wish, self.view), "note")
        self._set_controls()
        self._draw()
        remember(asked, self.view, chain)

    # -- controls --------------------------------------------------------------------------------------------------

    def _make_controls(self) -> None:
        self.measure = widgets.Combobox(
            description="Wat", tooltip="Typ een naam of een woord", ensure_option=False, continuous_update=False
        )
        self.share_of = widgets.Dropdown(description="Als percentage van")
        self.by = widgets.Dropdown(description="Uitsplitsing")
        self.add = widgets.Combobox(
            description="Toevoegen", tooltip="Typ een deel van de naam", ensure_option=False, continuous_update=False
        )
        self.group = widgets.Dropdown(description="Groep toevoegen")
        self.kind = widgets.Dropdown(description="Soort periode")
        self.period = widgets.Dropdown(description="Periode")
        self.years = widgets.Dropdown(description="Vergelijken met", options=_year_options())
        self.as_of = widgets.DatePicker(description="Stand van (leeg: nieuwste)")
        self.events = widgets.SelectMultiple(description=EVENTS, rows=5)
        self.first = widgets.Dropdown(description="Tijdvak van")
        self.last = widgets.Dropdown(description="tot en met")
        self.chips = widgets.HBox()
        self.chips.add_class("keten-chips")
        self.fault, self.said = widgets.HTML(), widgets.HTML()
        self.about, self.table, self.window_table = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self.parameters = widgets.Textarea(description="Regels voor de cel met parameters", rows=3)
        self.cell = widgets.Textarea(description="Cel voor een rapport", rows=9)
        reactions: dict[widgets.Widget, Callable[[Any], View | None]] = {
            self.measure: self._with_measure,
            self.share_of: lambda other: replace(self.view, share_of=other),
            self.by: lambda by: replace(self.view, by=by, categories=()),
            self.add: self._with_named,
            self.group: lambda name: self._with_group(name) if name else None,
            self.kind: lambda kind: replace(self.view, period=self._period_of(kind)),
            self.period: lambda period: replace(self.view, period=period),
            self.years: lambda years: replace(self.view, years=years),
            self.as_of: lambda day: replace(self.view, as_of=str(day or "")),
            self.events: lambda titles: replace(self.view, events=tuple(titles)),
        }
        for control, reaction in reactions.items():
            control.observe(partial(self._react, reaction), "value")
        for control in (self.first, self.last):
            control.observe(self._on_window, "value")

    def _react(self, reaction: Callable[[Any], View | None], change: Any) -> None:
        wanted = None if self._silent else reaction(change["new"])
        if wanted is not None:
            self.show(wanted)

    def show(self, view: View) -> None:
        """Look at something else. What cannot be shown is told above the chart, and the old view stays.

        What was chosen before and does not go together with it now comes back as soon as it does.
        """
        wish = replace(self._wish, **{name: new for name, new in vars(view).items() if new != getattr(self.view, name)})
        if view.by != self.view.by:
            wish = replace(wish, categories=view.categories)
        try:
            fitting = self._fitting(wish)
            self._book(fitting)
        except KetenError as fault:
            self._set_controls()
            self._tell(str(fault))
            return
        self._wish = wish
        if any(getattr(fitting, name) != getattr(self.view, name) for name in ("measure", "by", "categories")):
            self.picked = ""
        self.view = fitting
        self._tell(views.instead(self._wide_on(fitting.as_of), wish, fitting), "note")
        self._set_controls()
        self._draw()
        remember(self._asked, self.view, self.chain)

    def _available(self, view: View) -> View:
        """The view, or another measure of the same goal where there is no figure yet, so that a notebook runs on."""
        wide = self._wide_on(view.as_of)
        if view.measure in wide.measures():
            return view
        return View(choices.measures(wide, view.measure)[0][1], view.period, view.years, view.as_of)

    def _fitting(self, view: View) -> View:
        """The view with what does not exist replaced by the nearest that does."""
        wide = self._wide_on(view.as_of)
        if view.measure not in wide.measures():
            raise KetenError(
                f"Van '{wide.catalogue.measure(view.measure).label}' waren op {view.as_of} nog geen cijfers bekend; "
                "kies een latere datum of een andere maat."
            )
        breakdowns = [by for _, by in choices.breakdowns(wide, view.measure)]
        by = view.by if view.by in breakdowns else breakdowns[0]
        known = set(wide.categories(view.measure, by)) if by else set()
        others = [other for _, other in choices.denominators(wide, view.measure, by)]
        calendar = self._calendar(view.as_of, view.measure, by)
        if not calendar:
            raise KetenError(
                f"Van '{wide.catalogue.measure(view.measure).label}' is in deze uitsplitsing geen cijfer bekend; "
                "kies een andere uitsplitsing."
            )
        kind = Period.parse(view.period).kind
        of_kind = calendar.get(kind) or max(calendar.values(), key=len)
        return replace(
            view,
            by=by,
            categories=tuple(name for name in view.categories if name in known),
            share_of=view.share_of if view.share_of in others else "",
            period=choices.nearest(of_kind, view.period),
        )

    def _set_controls(self) -> None:
        """Let every control show the view, with only what can be chosen."""
        view, wide = self.view, self._wide_on(self.view.as_of)
        names = {measure: label for label, measure in self._measures().items()}
        self._set(self.measure, names[view.measure], tuple(names.values()))
        found = choices.denominators(wide, view.measure, view.by)
        self._set(self.share_of, view.share_of, [(NO_SHARE if found else NO_WHOLE, ""), *found])
        self.share_of.disabled = not found
        breakdowns = choices.breakdowns(wide, view.measure)
        self._set(self.by, view.by, breakdowns)
        self.by.disabled = len(breakdowns) < 2
        left = [name for name in sorted(wide.categories(view.measure, view.by)) if name not in view.categories]
        self._set(self.add, "", tuple(left) if view.by else ())
        self.add.description = f"{prose.capital(wide.catalogue.dimension_label(view.by)) or 'Onderdeel'} toevoegen"
        groups = [(name, name) for name in choices.groups(wide, view.by)] if view.by else []
        self._set(self.group, "", [(NO_GROUP if view.by else NO_BREAKDOWN, ""), *groups])
        self.add.disabled = self.group.disabled = not view.by
        self.add.placeholder = "" if view.by else NO_BREAKDOWN
        calendar = self._calendar(view.as_of, view.measure, view.by)
        kind = Period.parse(view.period).kind
        self._set(self.kind, kind, [(FREQUENCIES[one][0], one) for one in calendar])
        self._set(self.period, view.period, [(Period.parse(one).label, one) for one in reversed(calendar[kind])])
        self._set(self.years, view.years)
        self._set(self.as_of, date.fromisoformat(view.as_of) if view.as_of else None)
        if [chip.name for chip in self.chips.children] != list(view.categories):
            self.chips.children = [self._chip(name) for name in view.categories]

    def _set(self, control: Any, value: Any, options: Sequence[Any] | None = None) -> None:
        """Give a control its choices and its value in one go, without a reaction to it."""
        self._silent = True
        with control.hold_sync():
            if options is not None and tuple(control.options) != tuple(options):
                control.options = options
            control.value = value
        self._silent = False

    def _chip(self, name: str) -> widgets.Button:
        chip = widgets.Button(description=f"{name} ×", tooltip=f"Haal {name} weg")
        chip.name = name
        chip.on_click(lambda _: self._take_away(name))
        return chip

    def _take_away(self, name: str) -> None:
        self.show(replace(self.view, categories=tuple(one for one in self.view.categories if one != name)))

    def _with_measure(self, words: str) -> View | None:
        """The view of the measure with this name. Other words are looked up; of several measures she chooses."""
        names = self._measures()
        if words in names:
            return replace(self.view, measure=names[words])
        wide = self._wide_on(self.view.as_of)
        if not words.strip():
            return self.view
        found = choices.sought(wide, words, self.view.measure)
        if len(found) == 1:
            return replace(self.view, measure=found[0][1])
        labels = [label for label, _ in found]
        told = f"Bij '{words}' horen: {'; '.join(labels)}. Kies er een bij Wat." if found else wide.find(words).text
        self._set(self.measure, "", labels or tuple(names))
        self._tell(told)
        return None

    def _with_named(self, words: str) -> View | None:
        """The view with the category that was meant; of several she chooses, and of none that is said."""
        if not words.strip():
            return None
        wide, by = self._wide_on(self.view.as_of), self.view.by
        found = choices.meant(words, wide.categories(self.view.measure, by), wide.catalogue)
        if len(found) == 1:
            return self._with_more(found)
        what = wide.catalogue.dimension_label(by)
        told = f"Bij '{words}' is geen {what} met cijfers gevonden; kies uit de lijst bij {self.add.description}."
        if found:
            named = prose.listing(found[: choices.MOST_FOUND])
            more = f" en {len(found) - choices.MOST_FOUND} andere" * (len(found) > choices.MOST_FOUND)
            told = f"Bij '{words}' horen: {named}{more}. Typ er een bij {self.add.description}."
        self._set(self.add, "")
        self._tell(told)
        return None

    def _tell(self, sentence: str, kind: str = "fault") -> None:
        role = {"fault": "alert", "note": "status"}[kind]
        self.fault.value = f'<p class="keten-{kind}" role="{role}">{escape(sentence)}</p>' if sentence else ""

    def _with_more(self, names: Sequence[str]) -> View:
        return replace(self.view, categories=tuple(dict.fromkeys([*self.view.categories, *names])))

    def _with_group(self, group: str) -> View:
        return self._with_more(choices.members(self._now, self.view.measure, self.view.by, group))

    def _period_of(self, kind: str) -> str:
        calendar = self._calendar(self.view.as_of, self.view.measure, self.view.by)
        return choices.nearest(calendar[kind], self.view.period)

    # -- data ------------------------------------------------------------------------------------------------------

    def _measures(self) -> dict[str, str]:
        return dict(choices.measures(self._wide_on(self.view.as_of), self.view.measure))

    def _book(self, view: View) -> Workbook:
        return self._workbook(views.book_period(view), view.years, view.as_of)

    @property
    def _now(self) -> Workbook:
        return self._book(self.view)

    # -- what is seen ----------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        """Show the view: sentences, charts, tables and the texts to freeze it."""
        self.figures = views.figures(self._now, self.view)
        found = views.nearby_events(self._now, self.view)
        kept = tuple(title for title in self.view.events if title in set(found.title))
        self._set(self.events, kept, [(f"{row.date:%d-%m-%Y} {row.title}", row.title) for row in found.itertuples()])
        self.events.disabled = found.empty
        self.events.description = EVENTS if len(found) else NO_EVENTS
        self._draw_window()
        self._draw_charts()
        self._draw_tables()
        self.parameters.value = views.parameter_lines(self.view)
        self.cell.value = views.cell(self._now, self.view)

    def _keep(self) -> None:
        """What a notebook keeps of this view; `when_kept` puts it there."""
        title = f"Grafiek: {views.title(self._now, self.view)}"
        self.saved = saved(self._sentences()[:MOST_SENTENCES], self._lines, title, self.about.value, self._shown_table)
        self._put(self.saved)

    def when_kept(self, put: Callable[[str], None]) -> None:
        """Hand every next picture of what is seen to `put`."""
        self._put = put

    def close(self) -> None:
        """Let go of all that the browser and the kernel keep of it."""
        _close(self.box)

    def _draw_window(self) -> None:
        texts = sorted(set(self.figures.series.period), key=lambda text: Period.parse(text).end)
        self.window = self.window if self.window and {*self.window} <= {*texts} else None
        options = [(WHOLE, ""), *[(Period.parse(text).short, text) for text in texts]]
        for control, chosen in zip((self.first, self.last), self.window or ("", ""), strict=True):
            self._set(control, chosen, options)
            control.disabled = len(texts) < 2
        self.canvas.brush = list(self.window or ())

    def _draw_charts(self) -> None:
        book, series = self._now, self.figures.series
        name = views.title(book, self.view)
        self._lines = lines = chart.trend(book, series, name, views.chosen_events(book, self.view))
        bars = chart.ranking(book, self.figures.compared, name)
        with self.canvas.hold_sync():
            self.canvas.trend, self.canvas.periods = lines.html, {name: list(own) for name, own in lines.points.items()}
            self.canvas.ranking = bars.html
            self.canvas.categories = [name for own in bars.points.values() for name in own]
            self.canvas.picked = self.picked
        about = Output(small_print(notes(series)) + source_line(series, linked=True))
        self.about.value = _html(about) if self.canvas.trend else ""

    def _draw_tables(self) -> None:
        sentences = "".join(f"<p>{one}</p>" for one in self._sentences()[:MOST_SENTENCES])
        self.said.value = f'<div class="keten-answer" role="status">{sentences}</div>'
        self._shown_table = self._table_shown()
        self.table.value = _html(self._shown_table)
        self.window_table.value = ""
        if self.window:
            within = self._shown(views.within(self._now, self.view, *self.window))
            self.window_table.value = _html(views.window_table(self._now, self.view, within, *self.window))
        self._keep()

    def _sentences(self) -> list[str]:
        return views.answer(self._now, self.view, self._shown(self.figures.compared))

    def _table_shown(self) -> Output:
        return views.table(self._now, self.view, self._shown(self.figures.compared))

    def _shown(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame[frame.category == self.picked].reset_index(drop=True) if self.picked else frame

    # -- what the mouse does ---------------------------------------------------------------------------------------

    def _on_pick(self, change: Any) -> None:
        if change["new"] == self.picked:
            return
        known = set(self.figures.compared.category) - {""}
        self.picked = change["new"] if change["new"] in known else ""
        self.canvas.picked = self.picked
        self._draw_tables()

    def _on_brush(self, change: Any) -> None:
        """The periods from the first to the last that a drag went over."""
        first, last = change["new"] or ("", "")
        if (self.window or ("", "")) == (first, last):
            return
        self.window = (first, last) if first else None
        self._draw_window()
        self._draw_tables()

    def _on_window(self, change: Any) -> None:
        """From the first to the last chosen period; with only one of them to the end or from the beginning."""
        if self._silent:
            return
        texts = [text for _, text in self.first.options if text]
        first, last = self.first.value or texts[0], self.last.value or texts[-1]
        self.window = (first, last) if change["new"] and texts.index(first) <= texts.index(last) else None
        self._draw_window()
        self._draw_tables()

    # -- to take away ----------------------------------------------------------------------------------------------

    def _actions(self) -> list[Action]:
        return [
            Action("table-copy", "Kopieer tabel", "copy", [HTML, TEXT], self._clipboard),
            Action("chart-copy", "Kopieer grafiek", "copy", [PNG], lambda: self._chart_as("png")),
            Action("answer-copy", "Kopieer antwoord met bron", "copy", [TEXT], self._answer),
            Action("xlsx", "Tabel als Excel", "download", [XLSX], lambda: self._table_as("xlsx")),
            Action("csv", "Tabel als CSV", "download", [CSV], lambda: self._table_as("csv")),
            Action("png", "Grafiek als PNG", "download", [PNG], lambda: self._chart_as("png")),
            Action("svg", "Grafiek als SVG", "download", [SVG], lambda: self._chart_as("svg")),
            Action("cell-copy", "Kopieer cel voor rapport", "copy", [TEXT], lambda: ("", [self.cell.value.encode()])),
        ]

    def _table_as(self, kind: str) -> tuple[str, list[bytes]]:
        return self._file(kind, self._table_shown())

    def _chart_as(self, kind: str) -> tuple[str, list[bytes]]:
        return self._file(kind, views.chart(self._now, self.view, self.figures))

    def _file(self, kind: str, shown: Output) -> tuple[str, list[bytes]]:
        about = f"{slug(views.title(self._now, self.view))[:80]}-{self.view.period.replace('/', '_')}"
        return f"{about}.{kind}", [export.WRITERS[f".{kind}"](shown)]

    def _clipboard(self) -> tuple[str, list[bytes]]:
        return "", [text.encode() for text in export.clipboard(self._table_shown())]

    def _answer(self) -> tuple[str, list[bytes]]:
        said, known = map(unescape, self._sentences()), citation.ids(self.figures.compared)
        lines = [*said, known, export.source(self._table_shown())]
        return "", ["\n".join(filter(None, lines)).encode()]

    # -- lay-out ---------------------------------------------------------------------------------------------------

    def _layout(self) -> widgets.VBox:
        rows = [
            widgets.HBox([self.measure, self.share_of]),
            widgets.HBox([self.by, self.add, self.group]),
            self.chips,
            widgets.HBox([self.kind, self.period, self.years, self.as_of]),
            self.fault,
            self.said,
            self.canvas,
            self.about,
            widgets.HBox([self.first, self.last, self.events]),
            self.window_table,
            self.table,
            widgets.HTML('<div class="keten-part">Vastzetten in een rapport</div>'),
            widgets.HBox([self.parameters, self.cell]),
        ]
        for control in (self.measure, self.events, self.cell):
            control.add_class("keten-wide")
        box = widgets.VBox(rows)
        box.add_class("keten-panel")
        return box


def _close(widget: widgets.Widget) -> None:
    for child in getattr(widget, "children", ()):
        _close(child)
    for own in ("layout", "style"):
        if hasattr(widget, own):
            getattr(widget, own).close()
    widget.close()


def _html(shown: Output) -> str:
    return shown._repr_mimebundle_()["text/html"]


def _year_options() -> list[tuple[str, int]]:
    several = [(f"{n} eerdere jaren", n) for n in range(2, MOST_COMPARE_YEARS + 1)]
    return [("niets", 0), ("een jaar eerder", 1), *several]


class Shown:
    """A panel as the outputs of its cell: what the notebook keeps of it, and itself, which it does not keep."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel

    def _ipython_display_(self) -> None:
        kept = display({HTML: self.panel.saved, TEXT: GO_ON}, raw=True, display_id=True)
        self.panel.when_kept(lambda html: kept.update({HTML: html, TEXT: GO_ON}, raw=True))
        display({WIDGET: self.panel.box.get_view_spec(), TEXT: ""}, raw=True)


_open: dict[str, Panel] = {}  # the panel of each cell that has one


def panel(chain: Workbook, measure: str, by: str = "") -> Shown:
    """The exploring panel of a notebook. measure, by: ids of what it opens with.

    When the cell runs again it shows what it showed before, save for the parameters that were changed; the panel that
    stood there is closed.
    """
    cell = _cell()
    if cell and cell in _open:
        _open.pop(cell).close()
    made = Panel(chain, (measure, by))
    if cell:
        _open[cell] = made
    return Shown(made)


def _cell() -> str:
    """Which cell is running, as JupyterLab knows it; '' elsewhere."""
    shell = get_ipython()
    about = shell.get_parent() if hasattr(shell, "get_parent") else None
    return str(((about or {}).get("metadata") or {}).get("cellId", ""))
