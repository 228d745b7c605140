"""Fingerprints of the published figures: of the data folder, and of the material that they were carried over from.

Not everybody has the material. `data_samples/published/fingerprints.csv` holds per file and group (a measure, or the
goal of policy measures) how many rows the material has, of which kinds of period, and a checksum of the rows, so that a
row that is lost, doubled or changed is seen without it. Written by: python tests/support/helpers_material.py FOLDER
"""

import hashlib
import re
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pandas as pd
from places import SAMPLES

from keten.model.periods import Period

PUBLISHED = SAMPLES / "published"
FILES = ("figures", "survey", "lvv")
# One measure stands under two goals in the material; here a measure has one goal.
MOVED_GOAL = {"dublin_transfer_share": "5_terugkeer"}
# Proposed measures of the recent material that are an older one by another name.
FOLDED = {"regular_applications_month": "regular_applications", "regular_decisions_purpose": "regular_decisions"}
# Two and a half points around 33 are not those around a third, which is what the source says.
A_THIRD = ("lvv_outflow_share", "wacht op beslissing IND over nieuwe asielaanvraag", "33", "33.3")
FIGURE = [
    "category", "dimension", "goal", "measure", "organisation", "period", "precision", "read_from", "source",
    "source_url", "unit", "value",
]  # fmt: skip
POLICY_MEASURE = ["date", "title", "goal", "nationalities", "source_title", "source_url"]


def material(folder: Path, name: str) -> pd.DataFrame:
    """The rows of one file of the material as the data folder must hold them, each with its kind of period."""
    parts = [pd.read_csv(file, dtype=str, keep_default_na=False) for file in _files(folder, name)]
    if name == "policy_measures":
        return pd.concat([part.set_axis(POLICY_MEASURE, axis=1) for part in parts], ignore_index=True).assign(kind="")
    rows = folded(pd.concat(parts, ignore_index=True))
    # A stock stands on one day; one source names only the span in which that day lies: its end counts.
    start = rows.period_start.where(rows.period_kind != "date", rows.period_end)
    measure, category, printed, meant = A_THIRD
    whole = rows.unit == "persons"  # 25.0 persons are 25
    third = (rows.measure == measure) & (rows.category == category) & (rows.value == printed)
    return rows.assign(
        value=rows.value.mask(third, meant).mask(whole, rows.value.str.removesuffix(".0")),
        period=[_period(*days) for days in zip(start, rows.period_end, strict=True)],
        goal=rows.measure.map(MOVED_GOAL).fillna(rows.goal),
        kind=rows.period_kind.replace("cumulative", "span"),
        # What was read at the source itself has no copy; of a copy the file counts, not the commit it was read at.
        read_from=rows.read_from.mask(rows.read_from == rows.source_url, "").map(_any_commit),
        source_url=rows.source_url.map(_any_commit),
    )


def _files(folder: Path, name: str) -> list[Path]:
    return [file for file in (folder / f"{name}.csv", folder / "recent" / f"{name}.csv") if file.exists()]


def folded(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows under the measures and dimensions that the data folder has for what they count."""
    by_dtv = rows.measure == "departure_dtv"
    total = by_dtv & (rows.dimension == "")
    demonstrable = by_dtv & rows.dimension.isin(["destination", "nationality+destination"])
    demonstrable |= by_dtv & (rows.dimension == "nationality") & (rows.period_kind == "year")
    by_permit = (rows.measure == "asylum_recognition_rate") & (rows.dimension == "outcome")
    return rows.assign(
        measure=rows.measure.replace(FOLDED)
        .mask(demonstrable, "departure_demonstrable")
        .mask((rows.measure == "coa_capacity") & rows.note.str.startswith("verwachte"), "coa_capacity_planned"),
        dimension=rows.dimension.mask(total, "departure_kind").mask(by_permit, "permit_kind"),
        category=rows.category.mask(total, "totaal"),
    )


def _any_commit(url: str) -> str:
    return re.sub(r"/blob/[^/]+/", "/blob/", url)


def carried_over(tables: dict[str, pd.DataFrame], name: str) -> pd.DataFrame:
    """The rows of one file of the data folder in the words of the material, each with the kind of its period."""
    if name == "policy_measures":
        return tables[name].assign(kind="")
    rows = tables[name].merge(tables["sources"].drop(columns="published"), on="source")
    rows = rows.rename(columns={"status": "precision", "url": "source_url"}).drop(columns="source")
    return rows.rename(columns={"title": "source"}).assign(
        read_from=rows.read_from.map(_any_commit),
        source_url=rows.source_url.map(_any_commit),
        goal=rows.measure.map(tables["measures"].set_index("measure").goal),
        kind=[Period.parse(text).kind for text in rows.period],
        category=rows.category.where(rows.dimension != "safe_country", "ja"),  # a reader sees "veilig land"
        # The minors in detention are a group, and no origin of a case.
        dimension=rows.dimension.where(
            (rows.measure != "detention_inflow") | (rows.category != "AMV"), "detention_origin"
        ),
    )


def fingerprints(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Per group of one file: the number of rows, the kinds of their periods, and a checksum that no order changes."""
    group, columns = ("goal", POLICY_MEASURE) if name == "policy_measures" else ("measure", FIGURE)
    return pd.DataFrame(
        {
            "file": name,
            "group": key,
            "rows": str(len(mine)),
            "kinds": "; ".join(f"{count} {kind}" for kind, count in sorted(Counter(mine.kind).items()) if kind),
            "checksum": _checksum(mine[columns]),
        }
        for key, mine in rows.groupby(group)
    )


def _checksum(rows: pd.DataFrame) -> str:
    texts = sorted("\x1f".join(row) for row in rows.itertuples(index=False))
    return hashlib.sha256("\x1e".join(texts).encode()).hexdigest()[:16]


def _period(start: str, end: str) -> str:
    return str(Period(date.fromisoformat(start), date.fromisoformat(end)))


if __name__ == "__main__":
    parts = [fingerprints(material(Path(sys.argv[1]), name), name) for name in (*FILES, "policy_measures")]
    pd.concat(parts).to_csv(PUBLISHED / "fingerprints.csv", index=False, lineterminator="\n")
