"""CBS open data, one answer or a ZIP of all: OData v3 (wide, a column per measure) and v4 (a row per figure)."""

from collections.abc import Iterator
from typing import Any, BinaryIO

import pandas as pd

from keten.errors import KetenError
from keten.sources.cards.types import Card
from keten.sources.readers.cells import shortened
from keten.sources.readers.envelope import Answer, answers, cell_text, table_of
from keten.sources.readers.factors import with_factor

WHAT = "OData van CBS"
PERIODS = "Perioden"
PROVISIONAL = ("Voorlopig", "NaderVoorlopig")
NO_ATTRIBUTE = "None"


def cbs_odata(stream: BinaryIO, card: Card) -> pd.DataFrame:
    """Cells of a CBS table: v3 wide (ID, dimensions, Perioden, a column per measure), v4 long (Measure, Value).

    Keys lose their padding, null becomes "". `flag` has "p" for a provisional period, which only the ZIP tells, and
    in v4 the ValueAttribute when there is one ("p|Confidential", "|Confidential"); a v4 row without Value takes its
    StringValue. A ZIP has page-1.json, page-2.json, ... and per dimension <Dimension>.json (v4 <Dimension>Codes.json),
    which adds columns `<Dimension>:title` and `Perioden:status`. KetenError for an error answer, for an answer that
    says that more follows, for a later page with other columns, and for anything that is not OData.
    """
    pages, members = answers(stream, WHAT)
    table = table_of(rows_of(pages), card, WHAT)
    return with_flag(with_descriptions(table, members))


def rows_of(pages: list[Answer]) -> Iterator[list[dict[str, Any]]]:
    """The rows of each page, one page in memory at a time; KetenError when the last page says that there are more."""
    for number, page in enumerate(pages, 1):
        answer = page()
        records = records_of(answer)
        if number == len(pages):
            refuse_more(answer)
        yield records


def records_of(answer: Any) -> list[dict[str, Any]]:
    """The rows of one answer; KetenError when it is an error or no OData."""
    if isinstance(answer, dict):
        error = answer.get("odata.error", answer.get("error"))
        if error is not None:
            message = error.get("message", "") if isinstance(error, dict) else error
            told = message.get("value", "") if isinstance(message, dict) else message
            raise KetenError(f"CBS gaf een foutmelding in plaats van gegevens: '{shortened(str(told))}'.")
        records = answer.get("value")
        if isinstance(records, list) and all(isinstance(record, dict) for record in records):
            return records
    raise KetenError(f"Het bestand is geen {WHAT}: verwacht een object met een lijst 'value'.")


def refuse_more(answer: dict[str, Any]) -> None:
    """KetenError when the last answer says that there are more rows."""
    if any(answer.get(name) for name in ("odata.nextLink", "@odata.nextLink")):
        raise KetenError("Het bestand is niet volledig: CBS noemt nog een volgende bladzijde; haal alles opnieuw op.")


def with_descriptions(table: pd.DataFrame, members: dict[str, Answer]) -> pd.DataFrame:
    """The table with the title, status and unit of each code, after the tables of the dimensions.

    A column of which the unit is "x 1 000" says so behind its name.
    """
    added = {}
    if "DataProperties" in members:
        units = described(records_of(members["DataProperties"]()), "Unit")
        table = table.rename(columns=lambda name: with_factor(name, units.get(name, "")))
    for name, member in members.items():
        dimension = name if name in table else name.removesuffix("Codes")
        if dimension not in table:
            continue
        answer = member()
        records = records_of(answer)
        refuse_more(answer)
        for field in ("Title", "Status", "Unit"):
            known = described(records, field)
            if any(known.values()):
                added[f"{dimension}:{field.lower()}"] = table[dimension].map(known).fillna("").astype("str")
    return table.assign(**added)


def described(records: list[dict[str, Any]], field: str) -> dict[str, str]:
    """Code -> title or status, from the table of a dimension; the code is called Key in v3, Identifier in v4."""
    return {
        cell_text(record.get("Key", record.get("Identifier")), "Key", WHAT): cell_text(record.get(field), field, WHAT)
        for record in records
    }


def with_flag(table: pd.DataFrame) -> pd.DataFrame:
    """The table with `flag` in place of ValueAttribute, and Value with its text where there is no number."""
    status = table.get(f"{PERIODS}:status", pd.Series("", index=table.index, dtype="str"))
    flag = status.isin(PROVISIONAL).map({True: "p", False: ""}).astype("str")
    if "ValueAttribute" in table:
        attribute = table["ValueAttribute"]
        flag = flag.str.cat(("|" + attribute).where(~attribute.isin(["", NO_ATTRIBUTE]), ""))
    table = table.drop(columns=["ValueAttribute"], errors="ignore").assign(flag=flag)
    if {"Value", "StringValue"} <= set(table.columns):
        value = table["Value"].where(table["Value"].ne(""), table["StringValue"])
        table = table.drop(columns="StringValue").assign(Value=value)
    return table
