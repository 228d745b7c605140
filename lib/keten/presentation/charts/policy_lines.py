"""Policy measures on a chart: numbered lines, and the list that says what the numbers mean."""

import altair as alt
import pandas as pd

from keten.model.figures import records
from keten.presentation import prose
from keten.presentation.charts import axes
from keten.presentation.charts.palette import AXIS, QUIET
from keten.presentation.markup import escape, link

EVENTS_IN_SIGHT = 4  # longer lists of policy measures fold away
MOST_EVENTS = 5  # on one chart
NO_EVENTS = pd.DataFrame(columns=["number", "time", "date", "title", "source_title", "source_url"])


def events_within(events: pd.DataFrame | None, drawn: pd.DataFrame) -> pd.DataFrame:
    """The policy measures from the first to the last day of the drawn figures, numbered in order of date.

    At most `MOST_EVENTS`: those of the lowest `rank`, and of these the newest.
    drawn: figures with their `start` and `end`; of a year or quarter all days count, not only the one it is drawn at.
    """
    if events is None or events.empty:
        return NO_EVENTS
    days = events.date.between(drawn.start.min(), drawn.end.max())
    ranks = events["rank"].replace("", "2")
    ranked = events.assign(rank=ranks)[days].sort_values(["rank", "date"], ascending=[True, False], kind="stable")
    inside = ranked.head(MOST_EVENTS).sort_values("date", kind="stable")
    return inside.assign(
        number=[str(place + 1) for place in range(len(inside))],
        time=inside.date.dt.strftime(axes.TIME),
    )


def event_layers(listed: pd.DataFrame, data: pd.DataFrame, top: float) -> tuple[list[alt.Chart], int, int]:
    """A rule per day with its numbers above it, one level higher where they would touch those before.

    Gives the layers, how many levels of numbers there are above the plot, and at which pixel the last figure stands:
    a measure later in its period lies further to the right.
    """
    if listed.empty:
        return [], 0, axes.WIDTH
    days = listed.groupby("time").number.agg(", ".join).reset_index()
    moments = pd.to_datetime(days.time)
    first, last = pd.Timestamp(data.time.min()), pd.Timestamp(data.time.max())
    per_pixel = max(last - first, moments.max() - first, pd.Timedelta(days=1)) / axes.WIDTH
    pixels = (moments - first) / per_pixel
    ends: list[float] = []  # right edge of the last number on each level
    heights = []
    for at, number in zip(pixels, days.number, strict=True):
        half = 3.6 * len(number) + 2
        level = next((place for place, end in enumerate(ends) if end < at - half), len(ends))
        ends[level : level + 1] = [at + half]
        heights.append(top * (1 + (8 + 12 * level) / axes.HEIGHT))
    numbers = alt.Chart(days.assign(height=heights)).mark_text(color=QUIET, fontSize=11, fontWeight="bold")
    rules = alt.Chart(days).mark_rule(color=AXIS, strokeDash=[2, 3], strokeWidth=1)
    return (
        [
            rules.encode(x=alt.X("time:T")),
            numbers.encode(x=alt.X("time:T"), y=alt.Y("height:Q"), text=alt.Text("number:N")),
        ],
        len(ends),
        round((last - first) / per_pixel),
    )


def event_texts(listed: pd.DataFrame) -> list[str]:
    """What the numbers of the lines mean, in their order."""
    return [f"{prose.date_text(row['date'].date())}: {row['title']}" for row in records(listed)]


def event_list(listed: pd.DataFrame) -> str:
    """The measures of the numbered lines with their sources, below the chart."""
    if listed.empty:
        return ""
    items = "".join(
        f"<li>{escape(text)} <small>({link(row['source_title'], row['source_url'])})</small></li>"
        for text, row in zip(event_texts(listed), records(listed), strict=True)
    )
    listing = f'<ol class="events">{items}</ol>'
    if len(listed) <= EVENTS_IN_SIGHT:
        return listing
    return (
        f"<details><summary>De {len(listed)} genummerde beleidsmaatregelen in deze grafiek</summary>{listing}</details>"
    )
