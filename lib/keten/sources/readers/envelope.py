"""What a file comes wrapped in: gzip, a text encoding, ZIP, JSON. Takes that off, and tells what is something else."""

import codecs
import gzip
import io
import json
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, BinaryIO, TextIO

from keten.errors import KetenError

MOST_BYTES = 2_000_000_000  # of one file, unpacked
MOST_ZIP_BYTES = 1_000_000_000  # of all files in a ZIP together, unpacked
BLOCK = 1 << 20
LONGEST_EXPONENT = 30

ENCODINGS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


@contextmanager
def unpacked(stream: BinaryIO) -> Iterator[BinaryIO]:
    """The bytes of a seekable `stream` from its start, decompressed when they are gzip; leaves `stream` open.

    A gzip that ends too soon or is damaged raises KetenError wherever that shows in the body of the `with`.
    """
    stream.seek(0)
    packed = stream.read(2) == b"\x1f\x8b"
    stream.seek(0)
    if not packed:
        yield stream
        return
    try:
        with gzip.GzipFile(fileobj=stream) as content:
            yield content
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise KetenError("Het gzip-bestand is afgebroken of beschadigd; haal het opnieuw op.") from None


@contextmanager
def as_text(stream: BinaryIO, what: str, encoding: str = "") -> Iterator[TextIO]:
    """The text of `stream`, line ends untouched, for reading once; `what` is the format's name in errors.

    Encoding: the declared one, else by byte order mark, else UTF-8 when all of it is, else cp1252.
    """
    with unpacked(stream) as content:
        chosen = encoding_of(content, what, encoding)
        content.seek(0)
        text = io.TextIOWrapper(content, chosen, newline="")
        try:
            yield text
        except UnicodeError:
            raise KetenError(f"Het bestand is geen {what}: het is geen tekst in de codering {chosen}.") from None
        finally:
            text.detach()


def encoding_of(content: BinaryIO, what: str, declared: str = "") -> str:
    """Codec for all bytes of `content`; KetenError for what is no text: empty, a web page, ZIP or other binary."""
    head = content.read(BLOCK)
    refuse_other_things(head, what)
    marked = next((name for mark, name in ENCODINGS.items() if head.startswith(mark)), "")
    if declared:
        try:
            "".encode(declared)  # a codec that is not for text (base64) is a LookupError here too
            known = codecs.lookup(declared).name
        except LookupError:
            raise KetenError(f"De codering '{declared}' in de kaart bestaat niet; geef bijvoorbeeld cp1252.") from None
        return "utf-8-sig" if known == "utf-8" else known
    decoder = codecs.getincrementaldecoder("utf-8")()
    utf8, size = True, 0
    while head:
        size += len(head)
        if size > MOST_BYTES:
            raise KetenError(f"Het bestand is groter dan {MOST_BYTES // 10**6} MB; haal een kleinere selectie op.")
        if marked != "utf-16" and b"\0" in head:
            raise KetenError(f"Het bestand is geen {what}: het is geen tekst.")
        if utf8:
            try:
                decoder.decode(head)
            except UnicodeDecodeError:
                utf8 = False
        head = content.read(BLOCK)
    return marked or ("utf-8" if utf8 else "cp1252")


def refuse_other_things(head: bytes, what: str) -> None:
    """KetenError when the first bytes are nothing, a web page, XML or a ZIP."""
    if not head.strip():
        raise KetenError(f"Het bestand is leeg; verwacht {what}.")
    if head.startswith(b"PK\x03\x04"):
        raise KetenError(f"Het bestand is een ZIP-bestand; verwacht {what}. Pak het eerst uit.")
    start = head[:1000].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise KetenError(f"Het bestand is een webpagina in plaats van gegevens; verwacht {what}.")
    if start.startswith(b"<"):
        raise KetenError(f"Het bestand is XML of HTML in plaats van gegevens; verwacht {what}.")


def from_json(content: bytes, what: str) -> Any:
    """Parsed JSON in which every number is text, with the digits of the file; KetenError for anything else."""
    refuse_other_things(content[:1000], what)
    try:
        return json.loads(content, parse_int=str, parse_float=plain_number, parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        found = content[:60].decode("utf-8", "replace").strip()
        raise KetenError(
            f"Het bestand is geen {what}: verwacht volledige JSON, gevonden '{found}...'; haal het opnieuw op."
        ) from None


def plain_number(text: str) -> str:
    """A JSON number without exponent: 1.5E3 -> 1500."""
    mantissa, _, exponent = text.lower().partition("e")
    if not exponent or len(mantissa) > LONGEST_EXPONENT or abs(float(exponent)) > LONGEST_EXPONENT:
        return text
    return format(Decimal(text), "f")


def refuse_constant(text: str) -> None:
    """NaN and Infinity are not JSON and no figures."""
    raise ValueError(text)


def read_whole(stream: BinaryIO) -> bytes:
    """All bytes, decompressed; KetenError above the largest size that is read at once."""
    with unpacked(stream) as content:
        whole = content.read(MOST_ZIP_BYTES + 1)
    if len(whole) > MOST_ZIP_BYTES:
        raise KetenError(f"Het bestand is groter dan {MOST_ZIP_BYTES // 10**6} MB; haal een kleinere selectie op.")
    return whole


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
            if sum(entry.file_size for entry in entries) > MOST_ZIP_BYTES:
                raise KetenError(f"Het ZIP-bestand wordt uitgepakt groter dan {MOST_ZIP_BYTES // 10**6} MB.")
            contents = [(entry.filename, archive.read(entry)) for entry in entries]
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        struct.error,
        EOFError,
        OSError,
        ValueError,
        RuntimeError,  # encrypted; NotImplementedError (unknown compression) is one of these
    ):
        raise KetenError("Het ZIP-bestand is afgebroken of beschadigd; haal het opnieuw op.") from None
    members: dict[str, Any] = {}
    for name, content in contents:
        stem = name.rsplit("/", 1)[-1][: -len(".json")]
        if stem in members:
            raise KetenError(f"Het ZIP-bestand bevat {stem}.json twee keer; haal het opnieuw op.")
        members[stem] = from_json(content, what)
    return members


def pages(members: dict[str, Any], what: str) -> list[Any]:
    """The members page-1, page-2, ... in order; KetenError when there is none or one is absent."""
    numbered = {int(name[5:]): part for name, part in members.items() if re.fullmatch(r"page-[0-9]{1,6}", name)}
    if not numbered:
        raise KetenError(f"Het ZIP-bestand bevat geen page-1.json; verwacht de bladzijden van {what}.")
    absent = [number for number in range(1, max(numbered) + 1) if number not in numbered]
    if absent:
        raise KetenError(f"In het ZIP-bestand ontbreekt page-{absent[0]}.json; haal alle bladzijden opnieuw op.")
    return [numbered[number] for number in sorted(numbered)]
