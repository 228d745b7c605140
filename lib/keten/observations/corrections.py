"""Known faults of publishers, declared in `data/corrections.toml` and corrected until the publisher has repaired them.

Each correction says what the publisher gives (its expectation) and what is used in its place. It holds for exactly that
figure with exactly that value: once the publisher gives another value, it does nothing, and `keten check` tells so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from keten.errors import KetenError
from keten.model.periods import Period
from keten.model.quality import COLUMNS_OF_QUALITY, columns_of
from keten.model.rounding import margin_of
from keten.observations.wide import named
from keten.sources.toml_file import Place, TomlFile, read_toml, wrong_keys

NAME = "corrections.toml"
WITHOUT_VALUE = ("missing", "suppressed")
MARK = "gecorrigeerd: "
CHANGED = ("value", "margin", "editor_note", *COLUMNS_OF_QUALITY)  # columns that a correction may change


@dataclass(frozen=True)
class Correction:
    """One declared fault.

    period: as `periods` prints it; where: category per dimension (empty = the total); published: what the publisher
    gives; value: what is used in its place, None with a status that has no value; since: day from which the fault is
    known; line: of the file, where it begins.
    """

    source: str
    measure: str
    period: str
    where: dict[str, str]
    published: float
    value: float | None
    status: str
    reason: str
    reference: str
    since: date
    line: int

    @property
    def note(self) -> str:
        """What stands in the note of the corrected figure."""
        return f"{MARK}de bron geeft {_dutch_number(self.published)}; {self.reason} ({self.reference})"


KEYS = [field.name for field in fields(Correction) if field.name != "line"]
OPTIONAL = ("where", "value", "status")


def read(data: Path) -> list[Correction]:
    """The corrections of a data folder, in the order of the file; none when it has no such file.

    Raises KetenError with every fault of the file, each with its line.
    """
    if not (data / NAME).exists():
        return []
    file = read_toml(data / NAME)
    entries = file.content.pop("correction", [])
    if file.content or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise KetenError(f"{NAME}, regel 1: verwacht worden alleen tabellen [[correction]]; herstel het bestand.")
    faults: list[str] = []
    corrections = [_correction(entry, file, ("correction", str(at)), faults) for at, entry in enumerate(entries)]
    if faults:
        raise KetenError("\n".join(faults))
    return [correction for correction in corrections if correction]


def _correction(entry: dict[str, Any], file: TomlFile, place: Place, faults: list[str]) -> Correction | None:
    period, since = _period(entry.get("period")), _period(entry.get("since"))
    found = [*_wrong_keys(entry), *_wrong_values(entry, period, since)]
    faults += [file.fault((*place, key), sentence) for key, sentence in found]
    if found or period is None or since is None:
        return None
    return Correction(
        source=entry["source"],
        measure=entry["measure"],
        period=str(period),
        where=entry.get("where", {}),
        published=float(entry["published"]),
        value=float(entry["value"]) if "value" in entry else None,
        status=entry.get("status", ""),
        reason=entry["reason"].strip().rstrip("."),
        reference=entry["reference"].strip(),
        since=since.start,
        line=file.line(place),
    )


def _wrong_keys(entry: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Keys that are unknown, absent or of another type, each with a sentence."""
    yield from wrong_keys(entry, KEYS, OPTIONAL)
    for key in ("source", "measure", "reason", "reference", "status"):
        if key in entry and not (isinstance(entry[key], str) and entry[key].strip()):
            yield key, f"{key} hoort een tekst te zijn."
    for key in ("published", "value"):
        if key in entry and not _is_number(entry[key]):
            yield key, f"{key} hoort een getal te zijn, niet {entry[key]!r}."


def _wrong_values(entry: dict[str, Any], period: Period | None, since: Period | None) -> Iterator[tuple[str, str]]:
    """Keys of which the value cannot be or does not go with that of another, each with a sentence."""
    status, where = entry.get("status", "missing"), entry.get("where", {})
    if ("value" in entry) == ("status" in entry):
        yield "", "geef óf value (het juiste getal) óf status (missing of suppressed)."
    if status not in WITHOUT_VALUE:
        yield "status", f"status hoort {' of '.join(WITHOUT_VALUE)} te zijn, niet {status!r}."
    if "value" in entry and entry.get("published") == entry["value"]:
        yield "value", "value is gelijk aan published; er valt dan niets te corrigeren."
    if not isinstance(where, dict) or not all(isinstance(value, str) and value for value in where.values()):
        yield "where", 'where hoort per dimensie een waarde te geven, zoals { nationality = "Syrië" }.'
    if "period" in entry and period is None:
        yield "period", f"'{entry['period']}' is geen periode; schrijf bijvoorbeeld 2017-06, 2017-Q2 of 2017."
    if "since" in entry and (since is None or since.kind != "date"):
        yield "since", f"since hoort een datum te zijn zoals 2024-05-31, niet '{entry['since']}'."


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < float("inf")


def _period(value: Any) -> Period | None:
    try:
        return Period.parse(value)
    except KetenError:
        return None


def apply(
    observations: pd.DataFrame, corrections: Sequence[Correction], as_of: date | None = None
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """The observations with the corrections carried out, what was corrected, and which corrections did nothing.

    observations: with `measure, dimension, category, period, value, unit, status, source, note` and, if known, `margin`
    and `known`; all editions of a figure may be there. Only a row with exactly the published value is corrected: it
    gets the value (its status stays) or the status, the margin that goes with it, and the reason in its note.
    as_of: corrections of faults that were not known yet on that day are left out.

    The second is a table as `applied` gives; the third holds a Dutch sentence, with file and line, per correction that
    found no such figure and per correction of which the newest edition no longer needs it.
    """
    result = observations.copy()
    idle = []
    candidates = concerned(observations, corrections)
    for correction in corrections:
        if as_of is not None and correction.since > as_of:
            continue
        rows = _figure(candidates, correction)
        wrong = rows[(rows.value - correction.published).abs() < 1e-9]
        if len(wrong):
            _correct(result, wrong.index, correction)
        if sentence := _idle(rows, wrong, correction):
            idle.append(f"{NAME}, regel {correction.line}: {sentence}")
    return result, applied(result, corrections), idle


def concerned(observations: pd.DataFrame, corrections: Sequence[Correction]) -> pd.DataFrame:
    """The rows that a correction may be about, found in one pass however many corrections there are."""
    return observations[
        observations.source.isin({one.source for one in corrections})
        & observations.measure.isin({one.measure for one in corrections})
        & observations.period.isin({one.period for one in corrections})
    ]


def _figure(observations: pd.DataFrame, correction: Correction) -> pd.DataFrame:
    """All editions of the figure that a correction is about."""
    rows = observations[
        (observations.source == correction.source)
        & (observations.measure == correction.measure)
        & (observations.period == correction.period)
    ]
    same = [named(*pair) == correction.where for pair in zip(rows.dimension, rows.category, strict=True)]
    return rows[pd.Series(same, rows.index, dtype=bool)]


def _correct(result: pd.DataFrame, index: pd.Index, correction: Correction) -> None:
    """Set value or status, margin and our remark on these rows."""
    result.loc[index, "value"] = float("nan") if correction.value is None else correction.value
    if correction.status:
        for name, words in columns_of(pd.Series(correction.status, index)).items():
            result.loc[index, name] = words
    if "margin" in result.columns:
        about = result.loc[index, ["value", "precision", "unit"]].itertuples(index=False)
        result.loc[index, "margin"] = [margin_of(*row) for row in about]
    notes = result.loc[index, "editor_note"]
    result.loc[index, "editor_note"] = [f"{text}; {correction.note}" if text else correction.note for text in notes]


def _idle(rows: pd.DataFrame, wrong: pd.DataFrame, correction: Correction) -> str:
    """Why a correction is of no use, or no longer; '' for one that is needed."""
    about = f"{correction.measure} over {correction.period} van {correction.source}"
    if rows.empty:
        return f"er is geen cijfer {about} om te corrigeren; herstel de correctie of haal haar weg."
    newest = rows.sort_values("known", kind="stable").iloc[-1] if "known" in rows.columns else rows.iloc[-1]
    if newest.name in wrong.index:
        return ""
    gives = f"nu {_dutch_number(newest.value)}" if pd.notna(newest.value) else f"nu geen getal ({newest.status})"
    more = "; zij geldt alleen nog voor eerdere uitgaven" if len(wrong) else "; haal de correctie weg"
    return f"de bron geeft voor {about} {gives} en niet meer {_dutch_number(correction.published)}{more}."


def applied(observations: pd.DataFrame, corrections: Sequence[Correction]) -> pd.DataFrame:
    """The figures among `observations` that were corrected.

    Returns their rows with `published_value` (what the publisher gives), `reason`, `reference` and `since`.
    """
    extra = ["published_value", "reason", "reference", "since"]
    parts = []
    if len(corrections):
        observations = concerned(observations, corrections)
    for correction in corrections:
        rows = _figure(observations, correction)
        rows = rows[rows.editor_note.str.endswith(correction.note)]
        parts.append(
            rows.assign(
                published_value=correction.published,
                reason=correction.reason,
                reference=correction.reference,
                since=pd.Timestamp(correction.since),
            )
        )
    filled = [part for part in parts if len(part)]
    return pd.concat(filled) if filled else observations.iloc[:0].reindex(columns=[*observations.columns, *extra])


def _dutch_number(value: float) -> str:
    """A number as a Dutch reader sees it, in full."""
    return f"{value:,.10g}".translate(str.maketrans(",.", ".,"))
