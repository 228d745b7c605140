"""What an answer of an API comes wrapped in: JSON, or a ZIP with the JSON of all its pages."""

import json
import lzma
import re
import struct
import zipfile
import zlib
from decimal import Decimal
from typing import Any, BinaryIO

from keten.errors import KetenError
from keten.sources.readers.cells import shortened
from keten.sources.text import decode, unpacked

MOST_BYTES = 1_000_000_000  # of one answer, or of all files in a ZIP together, unpacked
LONGEST_EXPONENT = 30


def read_json(stream: BinaryIO, what: str) -> Any:
    """Parsed JSON of a seekable stream, also gzip, in which every number is text with the digits of the file.

    KetenError for anything else; `what` is the name of the format in it.
    """
    raw = unpacked(stream)
    try:
        content = raw.read(MOST_BYTES + 1)
    except (EOFError, zlib.error, OSError) as error:
        if raw is stream:
            raise
        raise KetenError("Het gecomprimeerde bestand is beschadigd of afgebroken; haal het opnieuw op.") from error
    if len(content) > MOST_BYTES:
        raise KetenError(f"Het bestand is groter dan {MOST_BYTES // 10**6} MB; haal een kleinere selectie op.")
    return parsed(content, what)


def parsed(content: bytes, what: str) -> Any:
    """The same for bytes."""
    text = decode(content, "utf-8-sig")  # says it of an empty file and a web page
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


def is_zip(stream: BinaryIO) -> bool:
    """Whether a seekable stream starts as a ZIP does."""
    stream.seek(0)
    found = stream.read(4) == b"PK\x03\x04"
    stream.seek(0)
    return found


def json_members(stream: BinaryIO, what: str) -> dict[str, Any]:
    """The JSON files in a ZIP: name without folder and extension -> parsed content."""
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = [entry for entry in archive.infolist() if entry.filename.lower().endswith(".json")]
            if sum(entry.file_size for entry in entries) > MOST_BYTES:
                raise KetenError(f"Het ZIP-bestand is uitgepakt groter dan {MOST_BYTES // 10**6} MB.")
            contents = [(entry.filename, archive.read(entry)) for entry in entries]
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        struct.error,
        EOFError,
        OSError,
        ValueError,
        RuntimeError,  # encrypted; NotImplementedError (an unknown compression) is one of these
    ) as error:
        raise KetenError("Het ZIP-bestand is beschadigd of afgebroken; haal het opnieuw op.") from error
    members: dict[str, Any] = {}
    for name, content in contents:
        stem = name.rsplit("/", 1)[-1][: -len(".json")]
        if stem in members:
            raise KetenError(f"Het ZIP-bestand bevat '{shortened(stem)}.json' twee keer; haal het opnieuw op.")
        members[stem] = parsed(content, what)
    return members


def pages(members: dict[str, Any], what: str) -> list[Any]:
    """The members page-1, page-2, ... in order; KetenError when there is none or one is absent."""
    numbered = {int(name[5:]): part for name, part in members.items() if re.fullmatch(r"page-[1-9][0-9]{0,5}", name)}
    if not numbered:
        raise KetenError(f"Het ZIP-bestand bevat geen page-1.json; verwacht werden de bladzijden van {what}.")
    absent = [number for number in range(1, max(numbered) + 1) if number not in numbered]
    if absent:
        raise KetenError(f"In het ZIP-bestand ontbreekt page-{absent[0]}.json; haal alle bladzijden opnieuw op.")
    return [numbered[number] for number in sorted(numbered)]
