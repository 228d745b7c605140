"""What became of an edition since it was made: told at the top of its pages, in their slot.

That there is a newer one of its kind, how many of its figures later editions revised, what was rectified, and whether
it is under embargo. All of it follows from the editions that are kept and `data/rectifications.toml`, no clock.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

from keten.errors import KetenError, why
from keten.locks import Busy, locked
from keten.model.periods import Period
from keten.presentation import prose
from keten.presentation.markup import harmless
from keten.reports.periods import in_words, is_plain, period_of
from keten.reports.publish import baseline, embargo, index, rectifications, slot
from keten.reports.publish.changes import SUPPRESSED
from keten.reports.publish.difference import REVISED, differences
from keten.reports.publish.rectifications import Rectification
from keten.reports.publish.replace import replaced

Row = dict[str, Any]
Key = tuple[str, str, str]


def pages(
    out: Path, editions: Sequence[Mapping[str, Any]], declared: Sequence[Rectification] = ()
) -> Iterator[tuple[str, dict[str, str]]]:
    """By edition what goes into the slot of each of its pages (HTML, '' for nothing).

    editions: as `overview.editions` gives them, also those under embargo, of which no other tells; declared: all
    rectifications.
    """
    public = [one for one in editions if not one["problem"] and not one["embargo"]]
    latest: dict[Key, Row] = {}
    for edition in sorted(editions, key=lambda one: (one["finished"], one["name"]), reverse=True):
        if edition["problem"]:
            continue
        rows = _rows(out / edition["name"]) if is_plain(edition["name"]) else {}
        mine = [one for one in declared if one.edition == edition["name"]]
        yield edition["name"], dict(_pages(out, edition, _newer(edition, public), rows, latest, mine))
        if not edition["embargo"]:
            for row in baseline.comparable(row for mine in rows.values() for row in mine):
                latest.setdefault(_key(row), row)


def write(out: Path, name: str, pages: Mapping[str, str]) -> None:
    """Fill the slots of an edition's pages.

    An edition that a run is publishing is left to that run; one in which this user may not write is told of.
    """
    try:
        with locked(out / f".{name}.lock", patience=0, busy=""):
            for file, html in pages.items():
                _fill(out / name / file, html)
    except Busy:
        return
    except OSError as error:
        print(f"Let op: bovenaan {out / name} is niet bijgewerkt wat er sindsdien is veranderd ({why(error)}).",
            file=sys.stderr)  # fmt: skip


def _fill(path: Path, html: str) -> None:
    if not path.is_file():
        return
    present = path.read_bytes().decode("utf-8", "surrogateescape")
    wanted = slot.filled(present, html)
    if wanted != present:
        replaced(path, wanted)


def _rows(edition: Path) -> dict[str, list[Row]]:
    """The figures of an edition by report; none of one that cannot be read, which the list of editions tells."""
    try:
        return baseline.present_rows(edition)
    except KetenError:
        return {}


def _pages(
    out: Path,
    edition: Mapping[str, Any],
    newer: Sequence[Mapping[str, Any]],
    rows: Mapping[str, list[Row]],
    latest: Mapping[Key, Row],
    declared: Sequence[Rectification],
) -> Iterator[tuple[str, str]]:
    until = embargo.words(edition["embargo"]) if edition["embargo"] else ""
    every = [row for mine in rows.values() for row in mine]
    wrong = [_shown(one, edition, f"../{quote(one.kept)}") for one in declared]
    yield "index.html", _html(_leads_to(newer, "index.html"), _revised(every, latest), wrong, until)
    for stem, entry in edition["notebooks"].items():
        if report := entry["report"]:
            known = [one for one in newer if (one["notebooks"].get(stem) or {}).get("report")]
            file = known[-1]["notebooks"][stem]["report"]["html"] if known else ""
            print_ = (
                slot.sha256(path) if declared and (path := out / edition["name"] / report["html"]).is_file() else ""
            )
            wrong = [
                _shown(one, edition, f"../{quote(one.kept)}") | {"title": "", "again": one.sha256 not in ("", print_)}
                for one in declared
                if one.report == stem
            ]
            yield report["html"], _html(_leads_to(known, file), _revised(rows.get(stem, []), latest), wrong, until)


def _html(
    newer: Mapping[str, str] | None,
    revised: Mapping[str, str] | None,
    wrong: Sequence[Mapping[str, Any]],
    embargo: str = "",
) -> str:
    template = index.environment().get_template("standing.html.j2")
    return harmless(template.render(newer=newer, revised=revised, rectified=wrong, embargo=embargo))


def _shown(one: Rectification, edition: Mapping[str, Any], address: str) -> dict[str, Any]:
    """A rectification as a page shows it. address: of the report as it was."""
    title = (edition["notebooks"].get(one.report) or {"title": one.report})["title"]
    return {
        "day": in_words(one.date),
        "title": title,
        "wrong": one.wrong,
        "right": one.right,
        "kept": address if one.kept else "",
    }


def rectified(
    out: Path, edition: Mapping[str, Any], report: str, day: date, wrong: str, right: str, figures: tuple[str, ...]
) -> Rectification:
    """A rectification of a report as it stands in its edition now. Raises OSError."""
    page = out / edition["name"] / edition["notebooks"][report]["report"]["html"]
    return Rectification(day, edition["name"], report, wrong, right, slot.sha256(page), figures)


def keep(out: Path, edition: Mapping[str, Any], entry: Rectification) -> None:
    """Keep the report that an entry is about, with the rectification at its top. Raises OSError."""
    file = edition["notebooks"][entry.report]["report"]["html"]
    folder = out / edition["name"]
    was = {**_shown(entry, edition, ""), "title": "", "now": f"../../{quote(edition['name'])}/{quote(file)}"}
    page = slot.emptied(folder / file).decode("utf-8", "surrogateescape")
    rectifications.keep(out, entry, slot.filled(page, _html(None, None, [was])), folder / "figures.csv")


def _newer(edition: Mapping[str, Any], public: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The editions of the same kind of period, made with the same other parameters, that end later; newest last."""
    mine = period_of(edition["name"])
    found = [
        (other.end, one)
        for one in public
        if mine
        and (other := period_of(one["name"]))
        and _kind(other, one["name"]) == _kind(mine, edition["name"])
        and other.end > mine.end
    ]
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _kind(period: Period, name: str) -> tuple[str, int, str]:
    return period.kind, len(period.months), "" if is_plain(name) else name.partition("_")[2]


def _leads_to(newer: Sequence[Mapping[str, Any]], file: str) -> dict[str, str] | None:
    if not newer:
        return None
    return {"label": newer[-1]["label"], "address": f"../{quote(newer[-1]['name'])}/{quote(file)}"}


def _revised(rows: list[Row], latest: Mapping[Key, Row]) -> dict[str, str] | None:
    """How many figures have another value in later editions, and the one that changed most; None when none has."""
    before = baseline.comparable(rows)
    now = [latest[key] for row in before if (key := _key(row)) in latest]
    found = [one for one in differences(before, now) if one["change"] == REVISED and one["from"] != one["to"]]
    if not found:
        return None
    numbers = [one for one in found if one["from"] and one["to"]]
    largest = max(numbers, key=_size, default=None)
    count = prose.count(len(found), "cijfer van deze pagina is", "cijfers van deze pagina zijn")
    return {"count": f"{count} in een latere uitgave anders", "largest": _told(largest) if largest else ""}


def _size(change: Mapping[str, str]) -> float:
    """How large a revision is next to the figure itself; at most 2."""
    was, now = float(change["from"]), float(change["to"])
    return abs(now - was) / (max(abs(was), abs(now)) or 1)


def _told(change: Mapping[str, str]) -> str:
    was, now = (_value(change[name], change["unit"]) for name in ("from", "to"))
    return f"{change['label']}, {in_words(change['period'])}: was {was}, is {now}"


def _value(text: str, unit: str) -> str:
    return prose.number(float(text), unit=unit) if text else SUPPRESSED


def _key(row: Mapping[str, Any]) -> Key:
    return row["measure"], row["dimensions"] or "", row["period"]
