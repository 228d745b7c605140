"""The table of published truth: statements worked out by hand, and what the workbook says to each.

`data_samples/published/statements.csv` holds one statement per row; its columns are in the README beside it.
"""

import ast
import csv
import operator
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd
from helpers_data import published
from places import SAMPLES

from keten.presentation.changes import changes_of

FILE = SAMPLES / "published" / "statements.csv"
OPERATIONS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


@dataclass(frozen=True)
class Statement:
    """One row of the table; `publisher` and `sources` are lists with a semicolon between."""

    id: str
    kind: str
    measure: str
    dimension: str
    category: str
    edition: str
    period: str
    reference: str
    denominator: str
    value: str
    unit: str
    tolerance: str
    publisher: str
    published: str
    sources: str
    where: str
    worked: str


@dataclass(frozen=True)
class Said:
    """What the workbook says: a number, of which period, and of which publishers its figures are."""

    value: float
    period: str
    publishers: frozenset[str]


def statements() -> list[Statement]:
    """All rows of the table."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return [Statement(**row) for row in csv.DictReader(file)]


def worked_out(expression: str) -> Decimal:
    """The value of an arithmetic expression of plain numbers, exact in its digits."""

    def of(node: ast.expr) -> Decimal:
        if isinstance(node, ast.BinOp):
            return OPERATIONS[type(node.op)](of(node.left), of(node.right))
        assert isinstance(node, ast.Constant), f"{expression} holds more than numbers"
        return Decimal(str(node.value))

    return of(ast.parse(expression, mode="eval").body)


def said(statement: Statement) -> Said:
    """The workbook's answer in the edition of the statement."""
    match statement.kind:
        case "change_percent" | "change_points":
            return _change(statement, "value")
        case "change_absolute":
            return _change(statement, "change")
        case "share":
            return _share(statement)
        case "sum":
            row = _compared(statement).iloc[-1]
            return Said(row.value, row.period, publishers(row))
        case "rank":
            return _rank(statement)
    raise ValueError(f"{statement.id}: no such kind of statement: {statement.kind}")


def publishers(*rows: pd.Series) -> frozenset[str]:
    """Whose figures these are; a sum of several names all."""
    return frozenset(name for row in rows for name in row.organisation.split(", ") if name)


def _compared(statement: Statement) -> pd.DataFrame:
    """The period beside the two years before it; of a share the shares."""
    chain = published(statement.edition)
    period = "" if statement.period == statement.edition else statement.period
    ask, by, only = statement.measure, statement.dimension, [statement.category]
    if statement.kind != "share" and statement.denominator:
        return chain.share_in_period(ask, statement.denominator, by, only, period=period)
    return chain.compare(ask, by, only, period=period)


def _change(statement: Statement, column: str) -> Said:
    """The change since the period of reference, of the two figures beside each other; it must be printed so."""
    frame = _compared(statement)
    changes = changes_of(frame)
    rows = changes[changes.before == statement.reference]
    assert len(rows) == 1, f"compared with {changes.before.tolist()}"
    change, now = rows.iloc[0], frame.iloc[-1]
    earlier = frame[frame.period == statement.reference].iloc[0]
    assert not change.reason, change.reason
    value = now.value - earlier.value
    if column == "value" and change.unit == "percent" and not change.change.rate:
        value *= 100 / earlier.value
    if pd.notna(change.value):  # what is printed has no more digits than the margins carry: whole numbers, or tens
        step = 10 if change.value % 10 == 0 else 1
        assert abs(change.value - value) <= step / 2 + 0.15 or column != "value", f"printed as {change.value}"
    return Said(value, change.period, publishers(now, earlier))


def _share(statement: Statement) -> Said:
    """A part of another measure, of the total of its own, or (`measure|dimension|category`) of any other figure."""
    chain = published(statement.edition)
    period = "" if statement.period == statement.edition else statement.period
    measure, by, category = statement.measure, statement.dimension, statement.category
    if "|" in statement.denominator:
        whole, whole_by, whole_category = statement.denominator.split("|")
        part = chain.compare(measure, by, [category], period=period).iloc[-1]
        total = chain.compare(whole, whole_by, [whole_category], period=period).iloc[-1]
        assert part.period == total.period
        return Said(100 * part.value / total.value, part.period, publishers(part, total))
    if statement.denominator == measure:
        row = chain.share_of_total(chain.compare(measure, by, [category], period=period)).iloc[-1]
    else:
        row = chain.share_in_period(measure, statement.denominator, by, [category], period=period).iloc[-1]
    return Said(row.value, row.period, publishers(row))


def _rank(statement: Statement) -> Said:
    """The place of a category among the largest, the first being 1; 0 when it is not among them."""
    top = published(statement.edition).top(statement.measure, statement.dimension)
    order = list(dict.fromkeys(top.category))
    if statement.category not in order:
        return Said(0, "", frozenset())
    row = top[top.category == statement.category].iloc[-1]
    return Said(order.index(statement.category) + 1, row.period, publishers(row))
