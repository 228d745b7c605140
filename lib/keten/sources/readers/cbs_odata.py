"""CBS open data: OData v3 (wide, a column per measure) and v4 (a row per figure), one answer or a ZIP of all answers."""

from typing import Any, BinaryIO

import pandas as pd

from keten.errors import KetenError
from keten.sources.readers.cells import cells, kept, not_empty, shortened
from keten.sources.readers.envelope import from_json, is_zip, json_members, pages, read_whole

WHAT = "OData van CBS"
PERIODS = "Perioden"
PROVISIONAL = ("Voorlopig", "NaderVoorlopig")
NO_ATTRIBUTE = "None"


def cbs_odata(stream: BinaryIO, card) -> pd.DataFrame:
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
        answers = [from_json(read_whole(stream), WHAT)]
    records = [record for answer in answers for record in records_of(answer)]
    refuse_more(answers[-1])
    names = list(dict.fromkeys(name for record in records for name in record))
    rows: Any = not_empty([text(record.get(name), name) for name in names] for record in records)
    table = cells(names, kept(card, names, rows))
    described = with_descriptions(table, members)
    return with_flag(described)


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


def text(value: Any, name: str) -> str:
    """A cell: text and numbers as they came without padding, null as ""."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value.strip()
    raise KetenError(
        f"Het bestand is geen {WHAT}: '{shortened(name)}' bevat een lijst of object in plaats van een waarde."
    )


def with_descriptions(table: pd.DataFrame, members: dict[str, Any]) -> pd.DataFrame:
    """The table with the title of each code, and the status of each period, after the tables of the dimensions."""
    added = {}
    for member, answer in members.items():
        dimension = member if member in table else member.removesuffix("Codes")
        if dimension not in table:
            continue
        for column, fields in ((f"{dimension}:title", ("Title",)), (f"{dimension}:status", ("Status",))):
            known = described(records_of(answer), fields[0])
            if any(known.values()) and column not in table:
                added[column] = table[dimension].map(known).fillna("").astype("str")
    return table.assign(**added)


def described(records: list[dict[str, Any]], field: str) -> dict[str, str]:
    """Code -> title or status, from the table of a dimension; Key in v3, Identifier in v4."""
    return {
        text(record.get("Key", record.get("Identifier")), "Key"): text(record.get(field), field) for record in records
    }


def with_flag(table: pd.DataFrame) -> pd.DataFrame:
    """The table with `flag` in place of ValueAttribute, and text figures where there is no number."""
    status = f"{PERIODS}:status"
    flag = table[status].isin(PROVISIONAL).map({True: "p", False: ""}) if status in table else ""
    table = table.assign(flag=pd.Series(flag, index=table.index, dtype="str"))
    if "ValueAttribute" in table:
        attribute = table["ValueAttribute"].where(table["ValueAttribute"].ne(NO_ATTRIBUTE), "")
        table["flag"] += attribute.where(attribute.eq(""), "|" + attribute)
        table = table.drop(columns="ValueAttribute")
    if {"Value", "StringValue"} <= set(table.columns):
        table["Value"] = table["Value"].where(table["Value"].ne(""), table["StringValue"])
        table = table.drop(columns="StringValue")
    return table
