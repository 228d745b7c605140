"""What an answer of an API comes wrapped in: JSON, or a ZIP with the JSON of all its pages."""

import io
import json
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from itertools import chain
from typing import Any, BinaryIO

import pandas as pd

from keten.errors import KetenError
from keten.sources.cards.types import Card
from keten.sources.readers.cells import cells, shortened
from keten.sources.readers.text import is_zip, open_text

Answer = Callable[[], Any]

MOST_BYTES = 1_000_000_000  # of one answer, or of all files in a ZIP together, unpacked
LONGEST_EXPONENT = 30
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")  # as an escape: an even number of backslashes before it is text


def read_json(stream: BinaryIO, what: str) -> Any:
    """Parsed JSON of a seekable stream, also gzip, in which every number is text with the digits of the file.

    KetenError for anything else; `what` is the name of the format in it.
    """
    with open_text(stream, "utf-8-sig", MOST_BYTES) as file:
        text = file.read()
    if _NUL.search(text):
        raise KetenError(f"Het bestand is geen goede {what}: het bevat een NUL-teken (\\u0000); haal het opnieuw op.")
    try:
        return json.loads(text, parse_int=str, parse_float=plain_number, parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        raise KetenError(
            f"Het bestand is geen {what}: verwacht werd volledige JSON, gevonden '{shortened(text[:200])}'; haal het "
            "opnieuw op."
        ) from error


def plain_number(text: str) -> str:
    """A JSON number without exponent: 1.5E3 -> 1500."""
    mantissa, _, exponent = text.lower().partition("e")
    if not exponent or len(mantissa) > LONGEST_EXPONENT or abs(float(exponent)) > LONGEST_EXPONENT:
        return text
    return format(Decimal(text), "f")


def refuse_constant(text: str) -> None:
    """NaN and Infinity are not JSON and no figures."""
    raise ValueError(text)


def cell_text(value: Any, name: str, what: str) -> str:
    """A JSON value as a cell: without padding, null as ""; KetenError for a list or an object."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value.strip()
    raise KetenError(
        f"Het bestand is geen {what}: '{shortened(name)}' bevat een lijst of object; verwacht werd een waarde."
    )


def answers(stream: BinaryIO, what: str) -> tuple[list[Answer], dict[str, Answer]]:
    """The pages of a table in order, and what else lies beside them by name; each is read when it is called.

    A stream that is no ZIP is one page. KetenError for a damaged ZIP, one that unpacks too large, and pages that are
    not there.
    """
    if not is_zip(stream):
        return [partial(read_json, stream, what)], {}
    with zip_faults():
        archive = zipfile.ZipFile(stream)
        entries = [entry for entry in archive.infolist() if entry.filename.lower().endswith(".json")]
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise KetenError(f"Het ZIP-bestand is uitgepakt groter dan {MOST_BYTES // 10**6} MB.")
    members: dict[str, Answer] = {}
    for entry in entries:
        name = entry.filename.rsplit("/", 1)[-1][: -len(".json")]
        if name in members:
            raise KetenError(f"Het ZIP-bestand bevat '{shortened(name)}.json' twee keer; haal het opnieuw op.")
        members[name] = partial(_member, archive, entry, what)
    return _pages(members, what), members


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, what: str) -> Any:
    with zip_faults():
        content = archive.read(entry)
    return read_json(io.BytesIO(content), what)


@contextmanager
def zip_faults() -> Iterator[None]:
    """Tell all that a damaged ZIP raises as one KetenError."""
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        struct.error,
        EOFError,
        OSError,
        ValueError,
        RuntimeError,  # encrypted, or compressed in a way that zipfile does not know
    ) as error:
        raise KetenError("Het ZIP-bestand is beschadigd of afgebroken; haal het opnieuw op.") from error


def _pages(members: dict[str, Answer], what: str) -> list[Answer]:
    numbered = {int(name[5:]): page for name, page in members.items() if re.fullmatch(r"page-[1-9][0-9]{0,5}", name)}
    if not numbered:
        raise KetenError(f"Het ZIP-bestand bevat geen page-1.json; verwacht werden de bladzijden van {what}.")
    absent = next((number for number in range(1, max(numbered)) if number not in numbered), None)
    if absent is not None:
        raise KetenError(f"In het ZIP-bestand ontbreekt page-{absent}.json; haal alle bladzijden opnieuw op.")
    return [numbered[number] for number in sorted(numbered)]


def table_of(pages: Iterable[list[dict[str, Any]]], card: Card, what: str) -> pd.DataFrame:
    """Cells of objects, a page at a time, with a column per key; a key that an object lacks is "".

    KetenError for a key that no object of the first page has.
    """
    pages = iter(pages)
    first = next(pages, [])
    names = list(dict.fromkeys(name for record in first for name in record))
    known = set(names)

    def rows() -> Iterator[tuple[str, ...]]:
        for page in chain([first], pages):
            for record in page:
                if not known.issuperset(record):
                    other = next(name for name in record if name not in known)
                    raise KetenError(
                        f"Het bestand is geen {what}: de eerste bladzijde heeft geen '{shortened(other)}'."
                    )
            if names:
                yield from zip(*(_texts(page, name, what) for name in names), strict=True)
            else:
                yield from (() for _ in page)

    numbered = enumerate(rows(), 1)
    return cells([name.strip() for name in names], numbered, card).reset_index(drop=True)  # an answer has no lines


def _texts(page: list[dict[str, Any]], name: str, what: str) -> list[str]:
    """The cells of one key of all objects of a page."""
    values = [record.get(name) for record in page]
    return [cell_text(value, name, what) for value in values]
