"""How a published figure follows from the bytes that are stored: source, choice, calculation, rounding.

Worked out again from the data as they were known on the day of the figure, and set against what the edition says.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import isclose, isnan, nan
from pathlib import Path
from typing import Any

import pandas as pd

from keten.model import own_data
from keten.model.figures import records
from keten.model.periods import CALENDAR_KINDS, Period, as_of_date
from keten.model.units import FREQUENCIES
from keten.observations.dataset import Data, known_on, newest
from keten.observations.selection import choose
from keten.presentation import prose
from keten.presentation.output import as_shown, dimensions_of
from keten.reports.periods import in_words
from keten.reports.publish.changes import SUPPRESSED

CHANGES = ("change_percent", "change_points", "change_absolute")
REST = "het totaal min"  # begins the words for what is left of a total, and for how that changed
_SUM = re.compile(rf"som van \d+ ({'|'.join(many for _, many in FREQUENCIES.values())})")
_PARTS = re.compile(r"som van (?!\d)(.+)")
Row = dict[str, Any]


@dataclass
class Replay:
    """What was worked out again. value: NaN for what its source hides; lines: in Dutch; whole: nothing was missing."""

    value: float = nan
    margin: float = 0.0
    lines: list[str] = field(default_factory=list)
    whole: bool = True


def replay(row: Row, data: Path, loaded: Data) -> tuple[bool, list[str]]:
    """Whether a row of `figures.csv` follows from the data, and how, in Dutch lines.

    loaded: what `observations.dataset.load` gives of the folder `data`.
    """
    found = _Again(data, loaded, known_on(loaded, as_of_date(str(row.get("as_of") or "")))).of(row)
    told = float(row["value"]) if row["value"] not in (None, "") else nan
    again = _rounded(found, row)
    same = (isnan(again) and isnan(told)) or isclose(again, told, rel_tol=1e-9, abs_tol=1e-6)
    if not found.whole:
        return False, [*found.lines, "Dit cijfer is uit de bewaarde gegevens niet helemaal na te rekenen."]
    lines = [*found.lines, f"Afronding: {_rounding(found, again, row)}"]
    if not same:
        lines.append(
            f"De uitgave zegt {_number(told, row['unit'])}; uit de gegevens volgt {_number(again, row['unit'])}."
        )
    else:
        lines.append("De uitgave zegt hetzelfde.")
    return same, lines


class _Again:
    """Works figures out again from the observations that were known."""

    def __init__(self, data: Path, loaded: Data, rows: pd.DataFrame):
        self.data, self.loaded, self.every, self.rows = data, loaded, rows, newest(rows)

    def of(self, row: Row) -> Replay:
        """A row of `figures.csv`, whatever its statistic."""
        parts = [part for part in str(row.get("dimensions") or "").split(";") if part]
        at = next((place for place, part in enumerate(parts) if part.startswith("statistic=")), len(parts))
        about = {**row, "dimensions": ";".join(parts[:at])}
        statistic = dict(part.partition("=")[::2] for part in parts[at:])
        kind = statistic.get("statistic", "")
        if kind in ("", "publisher", "edition"):
            return self.published(about | ({"source_id": statistic["of"]} if "of" in statistic else {}))
        if kind in ("share", "ratio"):
            return self.quotient(about, statistic)
        if kind in CHANGES:
            return self.change(about, statistic)
        if kind in ("revision", "revision_percent"):
            return self.revision(about, statistic)
        return self.not_again(row)

    def not_again(self, row: Row) -> Replay:
        """A figure of which the row does not tell all that went into it."""
        words = row.get("calculation") or row["dimensions"]
        return Replay(lines=[f"Berekening: {words}. De delen staan als eigen regels in figures.csv."], whole=False)

    def published(self, row: Row) -> Replay:
        """A figure that a publisher gives, else the sum that the row says it is."""
        words = str(row.get("calculation") or "")
        if REST in words:
            return self.not_again(row)
        if found := _SUM.search(words):
            kind = next(kind for kind, (_, many) in FREQUENCIES.items() if many == found[1])
            period = Period.parse(row["period"])
            spans = period.parts(kind) if kind in CALENDAR_KINDS else ()
            return self.sum_of(found[0], [{**row, "period": str(span), "calculation": ""} for span in spans], row)
        if found := _PARTS.search(words):
            dimension = str(row["dimensions"]).partition("=")[0]
            names = found[1].partition(";")[0].split(", ")
            parts = [{**row, "dimensions": f"{dimension}={name}", "calculation": ""} for name in names]
            return self.sum_of(f"som van {', '.join(names)}", parts, row)
        ordered = choose(self.alike(row, self.rows), self.loaded.catalogue)
        mine = ordered[(ordered.organisation == row["publisher"]) & ordered.source.isin(_sources(row))]
        if mine.empty:
            return self.added_up(row)
        used = mine.iloc[0]
        return Replay(used.value, _margin(used), [*self.stored(used), *_choice(ordered, used)])

    def added_up(self, row: Row) -> Replay:
        """A figure that nobody gives as the sum of shorter periods, which no row tells of an earlier figure."""
        period = Period.parse(row["period"])
        for kind in ("half_year", "quarter", "month"):
            spans = period.parts(kind)
            parts = [{**row, "period": str(span)} for span in spans]
            if len(spans) > 1 and all(len(self.alike(part, self.rows)) for part in parts):
                return self.sum_of(f"som van {len(spans)} {FREQUENCIES[kind][1]}", parts, row)
        return Replay(lines=[f"Niet gevonden bij {row['publisher']}: {_named(row)}."], whole=False)

    def revision(self, row: Row, statistic: dict[str, str]) -> Replay:
        """What a source said from a day against what it, or another edition of it, said first."""
        of = {"since": "since_known", "of": "known"}
        found = []
        for name, day in of.items():
            rows = self.alike(row, self.every)
            rows = rows[(rows.source == statistic[name]) & (rows.known == pd.Timestamp(statistic[day]))]
            if rows.empty:
                return Replay(lines=[f"Niet gevonden bij {statistic[name]}: {_named(row)}."], whole=False)
            found.append(rows.iloc[0])
        first, last = found
        lines = ["Eerst:", *self.stored(first), "Daarna:", *self.stored(last)]
        value = last.value - first.value
        words = f"{_number(last.value)} - {_number(first.value)}"
        if statistic["statistic"] == "revision_percent":
            value, words = 100 * value / first.value, f"100 x ({words}) / {_number(first.value)}"
        lines.append(f"Herziening: {words} = {_number(value)}")
        return Replay(value, _margin(first) + _margin(last), lines)

    def sum_of(self, words: str, parts: Sequence[Row], row: Row) -> Replay:
        """The sum of figures that are published each."""
        found = [self.published(part) for part in parts]
        if not found or not all(one.whole for one in found):
            missing = [line for one in found if not one.whole for line in one.lines]
            return Replay(lines=[f"Berekening: {words}.", *missing], whole=False)
        total = sum(one.value for one in found)
        terms = " + ".join(_number(one.value, row["unit"]) for one in found)
        lines = [line for one in found for line in one.lines]
        lines.append(f"Som: {terms} = {_number(total, row['unit'])}")
        return Replay(total, sum(one.margin for one in found), lines)

    def quotient(self, row: Row, statistic: dict[str, str]) -> Replay:
        """A share or a number per so many: of the same category, and of its own measure of the total."""
        words = str(row.get("calculation") or "")
        sums = dict(part.split(": ", 1) for part in words.split("; ") if part.startswith(("teller: ", "noemer: ")))
        measure = statistic["denominator"]
        per = int(row["unit"].removeprefix("per_")) if row["unit"].startswith("per_") else 100
        about = {"calculation": sums.get("teller", "")}
        part = self.published({**row, **about})
        of = "" if measure == row["measure"] else row["dimensions"]
        whole = self.published(
            {**row, **about, "measure": measure, "dimensions": of, "calculation": sums.get("noemer", "")}
        )
        lines = ["Teller:", *part.lines, "Noemer:", *whole.lines]
        if not (part.whole and whole.whole and whole.value > 0):
            return Replay(lines=lines, whole=False)
        value, least = per * part.value / whole.value, whole.value - whole.margin
        margin = abs(per * (part.value + part.margin) / least - value) if least > 0 else nan
        lines.append(f"Deling: {per} x {_number(part.value)} / {_number(whole.value)} = {_number(value)}")
        return Replay(value, margin, lines)

    def change(self, row: Row, statistic: dict[str, str]) -> Replay:
        """The figure against that of an earlier period; both may be shares."""
        name, share = statistic["statistic"], "denominator" in statistic
        after = f"statistic={statistic['figure']};denominator={statistic['denominator']}" if share else ""
        dimensions = ";".join(filter(None, [row["dimensions"], after]))
        words = str(row.get("calculation") or "").partition("het cijfer zelf: ")[2]
        now, was = (
            self.of({**row, "dimensions": dimensions, "period": period, "calculation": words})
            for period in (row["period"], statistic["reference"])
        )
        lines = ["Nu:", *now.lines, "Eerder:", *was.lines]
        if not (now.whole and was.whole) or (name == "change_percent" and not was.value):
            return Replay(lines=lines, whole=False)
        value = now.value - was.value
        if name == "change_percent":
            value *= 100 / was.value
            terms = f"({_number(now.value)} - {_number(was.value)}) / {_number(was.value)}"
            lines.append(f"Verandering: 100 x {terms} = {_number(value)}")
        else:
            lines.append(f"Verandering: {_number(now.value)} - {_number(was.value)} = {_number(value)}")
        return Replay(value, now.margin + was.margin, lines)

    def alike(self, row: Row, rows: pd.DataFrame) -> pd.DataFrame:
        """The observations of the figure by any publisher. A percentage may be worked out from any unit."""
        rows = rows[(rows.measure == row["measure"]) & (rows.period == row["period"])]
        named = records(rows.assign(statistic=""))
        fits = [dimensions_of(one) == (row.get("dimensions") or "") for one in named]
        return rows[pd.Series(fits, rows.index, dtype=bool)]

    def stored(self, used: pd.Series) -> Iterator[str]:
        """In which file, and where it can be told on which line, an observation stands."""
        if not used.live:
            yield from self._printed(used)
            return
        from keten.sources import store

        known = f"{used.known:%Y-%m-%d}"
        for one in store.receipts(self.data, used.source):
            if one.date == known:
                state = "zoals ontvangen" if store.intact(one) else "NIET meer zoals ontvangen"
                place = one.path.relative_to(self.data).as_posix()
                yield f"Bron: {place}, {state} (sha256 {one.about.get('sha256', '')})"
        yield f"  daarin gelezen: {_named(_row(used))}: {_number(used.value, used.unit)} ({used.status})"

    def _printed(self, used: pd.Series) -> Iterator[str]:
        for name in own_data.OF_FIGURES:
            path = self.data / "published" / f"{name}.csv"
            table = own_data.read_tables(self.data, "published").tables[name]
            table = table.assign(line=range(2, len(table) + 2))
            for column in ("measure", "dimension", "category", "source", "organisation"):
                table = table[table[column] == used[column]]
            found: Iterable[Any] = table.itertuples()
            for cells in found:
                if str(Period.parse(cells.period)) == used.period:
                    digest = hashlib.sha256(path.read_bytes()).hexdigest()
                    yield f"Bron: published/{name}.csv, regel {cells.line} (sha256 {digest})"
                    told = f"{cells.period}: {cells.value or 'leeg'}, {cells.status}, {cells.source}"
                    yield f"  daar staat: {used.measure}, {told}"


def _choice(ordered: pd.DataFrame, used: pd.Series) -> Iterator[str]:
    """Which figures there were, in their order of preference."""
    for place, (number, one) in enumerate(ordered.iterrows(), 1):
        mark = "  (gebruikt)" if number == used.name else ""
        known = "dag onbekend" if one.assumed else in_words(f"{one.known:%Y-%m-%d}")
        value = _number(one.value, one.unit)
        yield f"Keuze {place}: {one.organisation}, {one.source}, {known}: {value} ({one.status}){mark}"


def _rounding(found: Replay, again: float, row: Row) -> str:
    if isnan(found.value):
        return "de uitgever toont dit cijfer niet."
    told = f"{_number(found.value)} wordt getoond als {_number(again, row['unit'])}"
    if not found.margin or isnan(found.margin):
        return f"{told}; volgens de uitgever exact." if not found.margin else f"{told}."
    least, most = found.value - found.margin, found.value + found.margin
    return f"{told}; door afronding van de uitgever ligt het ware getal van {_number(least)} tot {_number(most)}."


def _rounded(found: Replay, row: Row) -> float:
    statistic = str(row.get("dimensions") or "").partition("statistic=")[2]
    return nan if isnan(found.value) else as_shown(found.value, row["unit"], statistic, found.margin)


def _row(used: pd.Series) -> Row:
    return {
        "measure": used.measure,
        "dimensions": f"{used.dimension}={used.category}" if used.dimension else "",
        "period": used.period,
    }


def _named(row: Row) -> str:
    return ", ".join(str(part) for part in (row["measure"], row.get("dimensions"), in_words(row["period"])) if part)


def _margin(used: pd.Series) -> float:
    return 0.0 if pd.isna(used.margin) else float(used.margin)


def _sources(row: Row) -> set[str]:
    return set(re.split(r" \| |;", str(row.get("source_id") or "")))


def _number(value: float, unit: str = "") -> str:
    return SUPPRESSED if isnan(value) else prose.number(round(value, 6), unit=unit or None, decimals=None)
