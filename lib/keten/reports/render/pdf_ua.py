"""Finish the tagged PDF of a browser as PDF/UA-1 (ISO 14289-1) asks.

Chromium tags headings, tables, links and pictures. What it leaves out is done here: metadata that name the standard and
the title, parts of lists and tables in their places, words for links, and the mark of an artifact on lines, backgrounds
and page numbers. Of its many elements without a meaning only those remain that hold something together. No page looks
different for it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import chain
from typing import Any
from urllib.parse import unquote

import pikepdf
from pikepdf import Array, ContentStreamInstruction, Dictionary, Name, Operator, String

MEANINGLESS = "NonStruct"  # the browser's word for an element that only the page's style needs
HEADINGS = {"H1", "H2", "H3", "H4", "H5", "H6"}
GROUPS = {"Document", "Part", "Art", "Sect", "Div", "BlockQuote"}  # hold blocks
BLOCKS = HEADINGS | GROUPS | {"P", "L", "Table", "Figure", "Caption"}
# What ISO 32000-1 (14.8.4) knows and a browser uses; another kind of element is a block or a run of text to a reader.
KNOWN = BLOCKS | {"LI", "Lbl", "LBody", "THead", "TBody", "TFoot", "TR", "TH", "TD", "Link", "Code", "Quote", "Span"}
ROWS = {"TR", "THead", "TBody", "TFoot"}
CELLS = {"TH", "TD"}

PATH = {"m", "l", "c", "v", "y", "h", "re", "W", "W*"}  # what comes before a path is painted
PAINT = {"f", "F", "f*", "B", "B*", "b", "b*", "S", "s"}
ALONE = {"Do", "sh", "INLINE IMAGE"}
WORD_OR_PICTURE = ALONE | {"Tj", "TJ", "'", '"'}
ARTIFACT = ContentStreamInstruction([Name.Artifact], Operator("BMC"))
PLAIN = ContentStreamInstruction([Name.Span], Operator("BMC"))  # in another piece, which tells what it is
END = ContentStreamInstruction([], Operator("EMC"))

DEAD = "/Dood"
UA = "http://www.aiim.org/pdfua/ns/id/"


@dataclass(frozen=True)
class Mark:
    """A marked piece of content: the object number of its page, and its own number there."""

    page: int
    number: int


@dataclass(eq=False)
class Element:
    """An element of the document's structure; `source` is how the PDF has it. A kid may be a link's annotation."""

    kind: str
    source: Dictionary
    kids: "list[Element | Mark | Dictionary]"


def finished(content: bytes, words: Mapping[str, str]) -> bytes:
    """The PDF `content` of a browser, finished; the same content gives the same bytes.

    `words`: what a link leads to, by its address (`https://ind.nl/cijfers`, or `#begrippen` in the document itself).
    """
    with pikepdf.open(BytesIO(content)) as pdf:
        _drop_dead_links(pdf)
        (document,) = (kid for kid in _read(pdf.Root.StructTreeRoot.K, 0) if isinstance(kid, Element))
        pictures = set(_marks(document, within="Figure"))
        _prune(document, _mark_artifacts(pdf, pictures))
        _arrange(document, pdf)
        _write(document, pdf)
        _describe_links(pdf, words)
        _describe(pdf)
        target = BytesIO()
        pdf.save(target, min_version="1.7", deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return target.getvalue()


def pages_of(content: bytes) -> dict[str, int]:
    """On which page each place stands that a link of the PDF leads to, by the place's name."""
    with pikepdf.open(BytesIO(content)) as pdf:
        numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)}
        places = pdf.Root.get("/Dests", Dictionary())
        return {unquote(name.removeprefix("/")): numbers[place[0].objgen] for name, place in places.items()}


# -- what is on the pages --


def _mark_artifacts(pdf: pikepdf.Pdf, pictures: set[Mark]) -> set[Mark]:
    """Mark as an artifact what is no word and in no picture; the marks that remain."""
    kept = set()
    for page in pdf.pages:
        number = page.obj.objgen[0]
        content = list(pikepdf.parse_content_stream(page))
        names = [str(instruction.operator) for instruction in content]
        telling = _unmark(content, names, {mark.number for mark in pictures if mark.page == number})
        page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(list(_marked(content, names))))
        kept |= {Mark(number, one) for one in telling}
    return kept


def _unmark(content: list[Any], names: list[str], pictures: set[int]) -> set[int]:
    """Make artifacts of the pieces of a page in which there is no word or picture; the numbers of the others."""
    telling: set[int] = set()
    pieces: list[tuple[int, int | None]] = []  # those that are open: where they begin, and their numbers
    last_word = -1
    for place, name in enumerate(names):
        if name in WORD_OR_PICTURE:
            last_word = place
        elif name in ("BDC", "BMC"):
            pieces.append((place, _number(content[place].operands)))
        elif name == "EMC":
            start, number = pieces.pop()
            if number is not None and (last_word > start or number in pictures):
                telling.add(number)
            else:
                content[start] = PLAIN if any(outer is not None for _, outer in pieces) else ARTIFACT
    return telling


def _marked(content: list[Any], names: list[str]) -> Iterator[Any]:
    """The content of a page with as artifacts what is painted outside all pieces."""
    depth = 0
    path: list[Any] = []  # no mark may stand between a path and its painting
    for instruction, name in zip(content, names, strict=True):
        if depth or name in ("BDC", "BMC"):
            depth += {"BDC": 1, "BMC": 1, "EMC": -1}.get(name, 0)
            yield instruction
        elif name in PATH:
            path.append(instruction)
        elif name in PAINT | ALONE:
            yield from (ARTIFACT, *path, instruction, END)
            path = []
        elif name in ("BT", "ET"):
            yield from (ARTIFACT, instruction) if name == "BT" else (instruction, END)
        else:
            yield from (*path, instruction)
            path = []


def _number(operands: list) -> int | None:
    """The number of the marked piece that these operands begin; None for one that belongs to no element."""
    properties = operands[1] if len(operands) > 1 else None
    return int(properties.MCID) if isinstance(properties, Dictionary) and "/MCID" in properties else None


# -- what the document is made of --


def _read(kids: pikepdf.Object, page: int) -> "list[Element | Mark | Dictionary]":
    """What the PDF has as the kids of an element on that page."""
    found: list[Element | Mark | Dictionary] = []
    for kid in kids if isinstance(kids, Array) else [kids]:
        if not isinstance(kid, Dictionary):
            found.append(Mark(page, int(kid)))
        elif "/S" in kid:
            own = kid.Pg.objgen[0] if "/Pg" in kid else page
            found.append(Element(str(kid.S).removeprefix("/"), kid, _read(kid.get("/K", Array()), own)))
        elif kid.Type == Name.MCR:
            found.append(Mark(kid.Pg.objgen[0] if "/Pg" in kid else page, int(kid.MCID)))
        elif DEAD not in kid.Obj:
            found.append(kid)
    return found


def _marks(element: Element, within: str = "") -> Iterator[Mark]:
    """The marks in an element; of those only the ones inside elements of kind `within`, if given."""
    inside = not within or element.kind == within
    for kid in element.kids:
        if isinstance(kid, Element):
            yield from _marks(kid, "" if inside else within)
        elif isinstance(kid, Mark) and inside:
            yield kid


def _prune(element: Element, kept: set[Mark]) -> None:
    """Leave out the marks that are not `kept`, and elements in which nothing is left; an empty cell remains a cell."""
    for kid in element.kids:
        if isinstance(kid, Element):
            _prune(kid, kept)
    element.kids = [
        kid
        for kid in element.kids
        if (kid in kept if isinstance(kid, Mark) else not isinstance(kid, Element) or kid.kids or kid.kind in CELLS)
    ]


def _arrange(element: Element, pdf: pikepdf.Pdf) -> None:
    """Put what is in an element in the places that the standard has for it, without elements that mean nothing."""
    if element.kind in GROUPS:
        element.kids = list(_blocks(element.kids, pdf))
    elif element.kind == "Table":
        rows = [kid for kid in element.kids if isinstance(kid, Element) and kid.kind in ROWS]
        title = [kid for kid in element.kids if kid not in rows]  # of several blocks: the browser lost the caption
        caption = [kid for kid in title if isinstance(kid, Element) and kid.kind == "Caption"]
        element.kids = [*(caption or ([_new("Caption", list(_blocks(title, pdf)), pdf)] if title else [])), *rows]
    elif element.kind == "LI":
        label = [kid for kid in element.kids if isinstance(kid, Element) and kid.kind == "Lbl"]
        body = [kid for kid in element.kids if kid not in label]
        element.kids = [*label, *([_new("LBody", body, pdf)] if body else [])]
    else:
        element.kids = list(_running(element.kids))
        if element.kind == "Link" and all(isinstance(kid, Element | Mark) for kid in element.kids):
            element.kind = "Span"  # it led to what is not printed
    for kid in element.kids:
        if isinstance(kid, Element):
            _arrange(kid, pdf)


def _blocks(kids: "list[Element | Mark | Dictionary]", pdf: pikepdf.Pdf) -> "Iterator[Element]":
    """The kids of a group: blocks, and paragraphs of what is no block yet."""
    loose: list[Element | Mark | Dictionary] = []
    for kid in kids:
        if not isinstance(kid, Element) or kid.kind in KNOWN - BLOCKS:
            loose.append(kid)
            continue
        if loose:
            yield _new("P", loose, pdf)
            loose = []
        if kid.kind not in KNOWN:
            if _is_group(kid) and len(kid.kids) == 1:
                yield from _blocks(kid.kids, pdf)
                continue
            first = kid.kids[0]
            headed = isinstance(first, Element) and first.kind in HEADINGS
            kid.kind = ("Sect" if headed else "Div") if _is_group(kid) else "P"
        yield kid
    if loose:
        yield _new("P", loose, pdf)


def _running(kids: "list[Element | Mark | Dictionary]") -> "Iterator[Element | Mark | Dictionary]":
    """What is in an element that holds running text."""
    for kid in kids:
        if not isinstance(kid, Element) or kid.kind in KNOWN:
            yield kid
        elif any(isinstance(one, Element) and one.kind in BLOCKS for one in _all(kid)):
            kid.kind = "Div"
            yield kid
        elif kid.kind == MEANINGLESS:
            yield from _running(kid.kids)
        else:
            kid.kind = "Span"
            yield kid


def _is_group(element: Element) -> bool:
    """Whether an element of no known kind holds blocks rather than a run of text with its links."""
    return any(
        isinstance(kid, Element)
        and (kid.kind in BLOCKS or (kid.kind not in KNOWN and any(isinstance(one, Element) for one in kid.kids)))
        for kid in element.kids
    )


def _all(element: Element) -> "Iterator[Element | Mark | Dictionary]":
    """All that is in an element, however deep."""
    for kid in element.kids:
        yield kid
        if isinstance(kid, Element):
            yield from _all(kid)


def _new(kind: str, kids: "list[Element | Mark | Dictionary]", pdf: pikepdf.Pdf) -> Element:
    return Element(kind, pdf.make_indirect(Dictionary(Type=Name.StructElem)), kids)


def _write(document: Element, pdf: pikepdf.Pdf) -> None:
    """Give the PDF this structure, and the tables in which a reader finds the element of a mark or an annotation."""
    pages = {page.obj.objgen[0]: page for page in pdf.pages}
    owners: dict[int, dict[int, Dictionary]] = {number: {} for number in pages}
    annotations: dict[int, Dictionary] = {}

    def written(element: Element, parent: pikepdf.Object) -> Dictionary:
        target = element.source
        target.S, target.P = Name(f"/{element.kind}"), parent
        kids: list[Any] = []
        home = next((kid.page for kid in element.kids if isinstance(kid, Mark)), None)
        if home is not None:
            target.Pg = pages[home].obj
        for kid in element.kids:
            if isinstance(kid, Element):
                kids.append(written(kid, target))
            elif isinstance(kid, Mark):
                owners[kid.page][kid.number] = target
                elsewhere = Dictionary(Type=Name.MCR, Pg=pages[kid.page].obj, MCID=kid.number)
                kids.append(kid.number if kid.page == home else elsewhere)
            else:
                annotations[int(kid.Obj.StructParent)] = target
                kids.append(kid)
        target.K = Array(kids)
        return target

    root = pdf.Root.StructTreeRoot
    root.K = Array([written(document, root)])
    numbers: dict[int, pikepdf.Object] = dict(annotations)
    for page in pdf.pages:
        found = owners[page.obj.objgen[0]]
        if found:
            numbers[int(page.StructParents)] = pdf.make_indirect(
                Array([found.get(number) for number in range(max(found) + 1)])
            )
        elif "/StructParents" in page:
            del page.StructParents
    root.ParentTree = pdf.make_indirect(Dictionary(Nums=Array(list(chain.from_iterable(sorted(numbers.items()))))))


# -- links --


def _drop_dead_links(pdf: pikepdf.Pdf) -> None:
    """Take out links to a place that is not printed; `DEAD` marks what an element may still hold of one."""
    there = set(pdf.Root.get("/Dests", Dictionary()).keys())
    for page in pdf.pages:
        links = page.get("/Annots", Array())
        alive = [link for link in links if "/Dest" not in link or str(link.Dest) in there]
        if len(alive) < len(links):
            for link in links:
                if "/Dest" in link and str(link.Dest) not in there:
                    link[DEAD] = True
            page.Annots = Array(alive)


def _describe_links(pdf: pikepdf.Pdf, words: Mapping[str, str]) -> None:
    """Say of each link where it leads."""
    for page in pdf.pages:
        for link in page.get("/Annots", Array()):
            address = f"#{str(link.Dest).removeprefix('/')}" if "/Dest" in link else str(link.A.URI)
            link.Contents = String(words.get(unquote(address).rstrip("/")) or address)


# -- metadata --


def _describe(pdf: pikepdf.Pdf) -> None:
    """Say in the metadata what the document is and to which standard it was made; not when it was printed."""
    for moment in ("/CreationDate", "/ModDate"):
        if moment in pdf.docinfo:
            del pdf.docinfo[moment]
    title = str(pdf.docinfo.get("/Title", ""))
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        metadata.register_xml_namespace(UA, "pdfuaid")
        metadata["dc:title"] = title
        metadata["dc:language"] = {str(pdf.Root.Lang)}
        metadata[f"{{{UA}}}part"] = "1"
