"""Policy measures on a chart: which ones, their moments, and the list that says what the numbers mean."""

import pandas as pd

from keten.model.figures import records
from keten.presentation import prose
from keten.presentation.charts.annotations import Moment
from keten.presentation.markup import escape, link

EVENTS_IN_SIGHT = 4  # longer lists of policy measures fold away
MOST_EVENTS = 5  # on one chart
TIME = "%Y-%m-%dT00:00:00"
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
        time=inside.date.dt.strftime(TIME),
    )


def moments(listed: pd.DataFrame) -> list[Moment]:
    """The measures as moments of a plot whose axis counts days."""
    return [Moment(float(row["date"].toordinal()), row["title"], row["number"]) for row in records(listed)]


def event_texts(listed: pd.DataFrame) -> list[str]:
    """What the numbers of the lines mean, in their order."""
    return [f"{prose.date_text(row['date'].date())}: {row['title']}" for row in records(listed)]


def event_list(listed: pd.DataFrame, written: bool = False) -> str:
    """The measures with their sources, below the chart; written: whether the chart itself says what they are."""
    if listed.empty:
        return ""
    items = "".join(
        f"<li>{escape(text)} <small>({link(row['source_title'], row['source_url'])})</small></li>"
        for text, row in zip(event_texts(listed), records(listed), strict=True)
    )
    listing = f'<ol class="events">{items}</ol>'
    if len(listed) <= EVENTS_IN_SIGHT and not written:
        return listing
    count = prose.count(len(listed), "beleidsmaatregel", "beleidsmaatregelen")
    kind = ' class="measures"' if written else ""  # in print only what the chart does not say
    return f"<details{kind}><summary>{prose.capital(count)} in deze grafiek</summary>{listing}</details>"
