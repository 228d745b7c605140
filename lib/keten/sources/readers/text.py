"""From the bytes of a publisher's file to lines and cells of text; nothing is interpreted here.

What makes a file unreadable as text is said in one Dutch sentence: no bytes, binary data, a web page, an encoding
that does not fit, quotes or row lengths that do not match. Nothing else is raised, whatever the bytes are.
"""

import codecs
import csv
import gzip
import io
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO, TextIO, cast

from keten.errors import KetenError

DELIMITERS = (";", "\t", "|", ",")
"""In order of preference: a comma may as well be a decimal sign."""

MAX_STREAM = 4 * 1024**3
"""Bytes that `open_text` reads, after unpacking."""

Row = tuple[int, list[str]]
"""The number of a row's first line, from 1, and its cells."""

_LOOSE = "_-\ufeff\u200b"
_CHUNK = 1024**2
_HEAD = 4096
_SNIFFED_LINES = 100
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = {
    b"PK\x03\x04": "een zip-bestand of rekenblad",
    b"%PDF": "een pdf",
    b"\xd0\xcf\x11\xe0": "een oud Excelbestand",
}


def open_text(stream: BinaryIO, encoding: str = "", limit: int = MAX_STREAM) -> TextIO:
    """The text of a file, line ends as they are, without byte order mark; close it, or use `with`.

    `stream` must be seekable: it is read once to find its encoding and all that is wrong with it, so that reading the
    result raises nothing more. `encoding`: as the card declares it, else UTF-8, UTF-16 with its mark, or cp1252 when it
    is not UTF-8. Gzip is unpacked. Raises KetenError for an empty file, binary data, a web page, a wrong encoding and
    more than `limit` bytes. Closing the text closes the stream.
    """
    stream.seek(0)
    packed = stream.read(2) == b"\x1f\x8b"
    stream.seek(0)
    raw = cast(BinaryIO, gzip.GzipFile(fileobj=stream)) if packed else stream
    head = _read(raw, _HEAD)
    if not head:
        raise KetenError("Het bestand is leeg; haal het opnieuw op.")
    chosen = _encoding(raw, head, encoding, limit)
    raw.seek(0)
    text = io.TextIOWrapper(raw, encoding=chosen, newline="")
    if text.read(1) != "\ufeff":
        text.seek(0)
    return text


def is_zip(stream: BinaryIO) -> bool:
    """Whether a seekable stream, which is rewound, begins as a ZIP does; spreadsheets are ZIPs."""
    stream.seek(0)
    found = stream.read(4) == b"PK\x03\x04"
    stream.seek(0)
    return found


def refuse_web_page(head: str) -> None:
    """KetenError when a text begins as a web page does: an error or log-in page in the place of data."""
    start = head.lstrip("\ufeff \t\r\n").casefold()[:_HEAD]
    if start.startswith(("<!doctype html", "<html", "<head", "<body")) or (start[:1] == "<" and "<html" in start):
        raise KetenError("Het bestand is een webpagina in plaats van gegevens; haal het gegevensbestand zelf op.")
    if start.startswith("<?xml"):
        raise KetenError("Het bestand is XML; verwacht werden regels met gegevens.")


def delimiter(text: str) -> str:
    """The sign between cells: the one that cuts most of the first lines into equally many cells; `,` if none does."""
    best, choice = (0, 0), ","
    for sign in DELIMITERS:
        widths = Counter(_widths(text, sign))
        widths.pop(1, None)
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        if (count, width) > best:
            best, choice = (count, width), sign
    return choice


def sniffed(text: TextIO) -> str:
    """`delimiter` of the first lines of a stream, which is left at its place."""
    place = text.tell()
    found = delimiter("".join(islice(iter(lambda: text.readline(_CHUNK), ""), _SNIFFED_LINES)))
    text.seek(place)
    return found


def rows(text: Iterable[str], delimiter: str) -> Iterator[Row]:
    """Line number (of a row's first line, from 1) and stripped cells of every row that is not blank.

    Raises KetenError with the line number for quotes that do not match.
    """
    reader = csv.reader(text, delimiter=delimiter, skipinitialspace=delimiter != "\t", strict=True)
    before = 0
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            cells = [cell.strip() for cell in cells]
            if any(cells):
                yield line, cells
    except csv.Error as error:
        raise KetenError(
            f"Regel {before + 1}: de aanhalingstekens kloppen niet of het bestand is afgebroken; "
            "haal het bestand opnieuw op of herstel die regel."
        ) from error


def fitted(cells: list[str], width: int, line: int) -> list[str]:
    """The first `width` cells of a row. KetenError when there are fewer, or more that are not empty."""
    if len(cells) < width or any(cells[width:]):
        raise KetenError(
            f"Regel {line} heeft {len(cells)} {'cel' if len(cells) == 1 else 'cellen'}; verwacht werden er {width}. Is "
            "het bestand afgebroken, haal het dan opnieuw op."
        )
    return cells[:width]


def of_width(lines: Iterable[Row], width: int) -> Iterator[Row]:
    """Numbered rows, the cells of each `fitted`."""
    return ((line, fitted(cells, width, line)) for line, cells in lines)


def column_of(header: Sequence[str], name: str) -> int | None:
    """Place of the column that a card means.

    By its exact name, or else but for case, blanks, accents and remarks in brackets at its end, such as a unit.
    KetenError when there is more than one.
    """
    if name in header:
        return header.index(name)
    wanted = same_name(name)
    places = [place for place, column in enumerate(header) if wanted in map(same_name, _without_remarks(column))]
    if len(places) > 1:
        found = ", ".join(repr(header[place]) for place in places)
        raise KetenError(f"De kolom '{name}' kan {found} zijn; schrijf in de kaart de hele kop.")
    return places[0] if places else None


def _without_remarks(column: str) -> list[str]:
    """A head, and the same without the remarks in brackets at its end, one after another."""
    names = [column]
    while (shorter := re.sub(r"\s*\([^()]*\)\s*$", "", names[-1])) != names[-1] and shorter:
        names.append(shorter)
    return names


def same_name(name: str) -> str:
    """A key that is equal for spellings of one name: capitals, accents, blanks, `_` and `-` do not matter."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in decomposed if not (unicodedata.combining(sign) or sign.isspace() or sign in _LOOSE))


def _read(raw: BinaryIO, size: int) -> bytes:
    try:
        return raw.read(size)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise KetenError("Het gecomprimeerde bestand is beschadigd of afgebroken; haal het opnieuw op.") from error


def _candidates(head: bytes, declared: str) -> list[str]:
    """The encodings that a file may have by the card, or else by its first bytes."""
    if declared:
        return [_known(declared)]
    return [name for mark, name in _BOMS if head.startswith(mark)][:1] or ["utf-8", "cp1252"]


def _encoding(raw: BinaryIO, head: bytes, declared: str, limit: int) -> str:
    """The encoding in which the whole stream can be read."""
    for magic, what in _MAGIC.items():
        if head.startswith(magic):
            raise KetenError(f"Het bestand is {what}; verwacht werd tekst met regels.")
    chosen = _candidates(head, declared)
    wide = chosen[0].replace("_", "-").startswith(("utf-16", "utf-32"))
    refuse_web_page(head.decode(chosen[-1], errors="replace"))
    decoders = {name: codecs.getincrementaldecoder(name)() for name in chosen}
    raw.seek(0)
    size, content = 0, b""
    while decoders:
        content = _read(raw, _CHUNK)
        size += len(content)
        if size > limit:
            raise KetenError(f"Het bestand is groter dan {limit // 1024**2} MB; controleer of dit het goede is.")
        if not wide and b"\0" in content:
            raise KetenError("Het bestand bevat binaire gegevens; verwacht werd tekst met regels.")
        decoders = {name: decoder for name, decoder in decoders.items() if _decodes(decoder, content)}
        if not content:
            break
    for name in chosen:
        if name in decoders:
            return name
    if declared or len(chosen) == 1:
        raise KetenError(
            f"Het bestand is niet te lezen als {declared or chosen[0]}; noem de goede encoding in de kaart."
        )
    raise KetenError("Het bestand is geen tekst in UTF-8 of cp1252; noem de goede encoding in de kaart.")


def _decodes(decoder: codecs.IncrementalDecoder, content: bytes) -> bool:
    """Whether the next part of a file is text in this encoding; no bytes: its end."""
    try:
        text = decoder.decode(content, final=not content)
    except UnicodeError:
        return False
    if "\0" in text:
        raise KetenError("Het bestand bevat een NUL-teken; verwacht werd tekst met regels.")
    return True


def _known(encoding: str) -> str:
    try:
        found = codecs.lookup(encoding)
        codecs.getincrementaldecoder(encoding)
    except (LookupError, ValueError) as error:
        raise KetenError(f"De encoding {encoding!r} bestaat niet; schrijf bijvoorbeeld utf-8 of cp1252.") from error
    if not found._is_text_encoding:
        raise KetenError(f"De encoding {encoding!r} is geen tekencodering; schrijf bijvoorbeeld utf-8 of cp1252.")
    return found.name


def _widths(text: str, sign: str) -> Iterator[int]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, skipinitialspace=sign != "\t")
    try:
        for cells in islice(filter(any, reader), _SNIFFED_LINES):
            yield len(cells)
    except csv.Error:
        return
