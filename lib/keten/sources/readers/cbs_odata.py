"""CBS open data, one answer or a ZIP of all: OData v3 (wide, a column per measure) and v4 (a row per figure)."""

from typing import Any, BinaryIO

import pandas as pd

from keten.errors import KetenError
from keten.sources.card_types import Card
from keten.sources.readers.cells import cells, shortened
from keten.sources.readers.envelope import cell_text, is_zip, json_members, pages, read_json

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
    says that more follows, and for anything that is not OData.
    """
    if is_zip(stream):
        members = json_members(stream, WHAT)
        answers = pages(members, WHAT)
    else:
        members = {}
        answers = [read_json(stream, WHAT)]
    records = [record for answer in answers for record in records_of(answer)]
    refuse_more(answers[-1])
    names = list(dict.fromkeys(name for record in records for name in record))
    body = ([cell_text(record.get(name), name, WHAT) for name in names] for record in records)
    return with_flag(with_descriptions(cells(names, body, card), members))


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


def with_descriptions(table: pd.DataFrame, members: dict[str, Any]) -> pd.DataFrame:
    """The table with the title of each code, and the status of each period, after the tables of the dimensions."""
    added = {}
    for member, answer in members.items():
        dimension = member if member in table else member.removesuffix("Codes")
        if dimension not in table:
            continue
        refuse_more(answer)
        for field in ("Title", "Status"):
            known = described(records_of(answer), field)
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
