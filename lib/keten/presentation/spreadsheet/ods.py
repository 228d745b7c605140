"""A book as an OpenDocument spreadsheet: plain XML in a ZIP file, so that it is quick and the same every time."""

import zipfile
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr

from xlsxwriter.utility import xl_col_to_name

from keten.presentation.grid import Form
from keten.presentation.spreadsheet.book import Book, Content, Line, Link, Number, Sheet, clean

MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
TEXT_WIDTH = 90  # characters, of a sheet without a table
CHARACTER = 0.24  # centimetres
DUTCH_MARKS = str.maketrans(",.", ".,")

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
_COMPATIBLE = f"{_NAMES}xsl-fo-compatible:1.0"
_SPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in (
        *[(name, f"{_NAMES}{name}:1.0") for name in ("office", "table", "text", "style", "meta", "config")],
        ("number", f"{_NAMES}datastyle:1.0"),
        ("fo", _COMPATIBLE),
        ("xlink", "http://www.w3.org/1999/xlink"),
        ("dc", "http://purl.org/dc/elements/1.1/"),
    )
)
_BLUE = 'fo:font-weight="bold" fo:color="#154273"'
_LINK = '<style:text-properties fo:color="#0b5394" style:text-underline-style="solid"/>'
# A text stands to the right only when the cell says that it is not the application that decides.
_FIXED = 'style:text-align-source="fix"'
_HEAD = 'fo:border-bottom="1.5pt solid #000000" fo:wrap-option="wrap"'
_BOLD = '<style:text-properties fo:font-weight="bold"/>'
_WRAP = '<style:table-cell-properties fo:wrap-option="wrap"/>'
_RIGHT = '<style:paragraph-properties fo:text-align="end"/>'
LOOKS = {
    "title": f'<style:text-properties {_BLUE} fo:font-size="16pt"/>',
    "heading": f'{_WRAP}<style:text-properties {_BLUE} fo:font-size="13pt"/>',
    "text": "",
    "link": _LINK,
    "wrapped-text": _WRAP,
    "wrapped-link": f"{_WRAP}{_LINK}",
    "head": f"<style:table-cell-properties {_HEAD}/>{_BOLD}",
    "number-head": f"<style:table-cell-properties {_HEAD} {_FIXED}/>{_RIGHT}{_BOLD}",
    "gap": f"<style:table-cell-properties {_FIXED}/>{_RIGHT}",
}


def file_of(book: Book) -> bytes:
    """The document; the same book gives the same bytes."""
    parts = {
        "content.xml": _content(book),
        "styles.xml": _styles(),
        "meta.xml": _meta(book),
        "settings.xml": _settings(book),
    }
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        # A reader recognises the kind of document by these first bytes: not compressed and without an extra field.
        _add(archive, "mimetype", MIMETYPE, zipfile.ZIP_STORED)
        for name, content in parts.items():
            _add(archive, name, _DECLARATION + content, zipfile.ZIP_DEFLATED)
        _add(archive, "META-INF/manifest.xml", _DECLARATION + _manifest(parts), zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _add(archive: zipfile.ZipFile, name: str, content: str, compression: int) -> None:
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = compression
    entry.create_system = 0  # else it tells on what kind of machine the file was made
    archive.writestr(entry, content.encode("utf-8"))


def _content(book: Book) -> str:
    forms = _Forms()
    tables = "".join([_table(sheet, forms) for sheet in book.sheets])
    widths = {column.width for sheet in book.sheets for column in sheet.columns} | {TEXT_WIDTH}
    styles = [
        f'<style:style style:name="w{width}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width * CHARACTER:.2f}cm"/></style:style>'
        for width in sorted(widths)
    ]
    styles.append(
        '<style:style style:name="row" style:family="table-row">'
        '<style:table-row-properties style:use-optimal-row-height="true"/></style:style>'
        '<style:style style:name="sheet" style:family="table" style:master-page-name="Default">'
        '<style:table-properties table:display="true" style:writing-mode="lr-tb"/></style:style>'
    )
    styles += [_number_style(form, name) for form, name in forms.names()]
    styles += [_cell_style(name, inner) for name, inner in LOOKS.items()]
    ranges = "".join(_range(sheet) for sheet in book.sheets if sheet.columns)
    marked_up = f"<table:database-ranges>{ranges}</table:database-ranges>" if ranges else ""
    return (
        f'<office:document-content {_SPACES} office:version="1.3">'
        f"<office:automatic-styles>{''.join(styles)}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}{marked_up}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )


class _Forms:
    """The forms of numbers in a document: of each the name of its style and what stands around a number."""

    def __init__(self) -> None:
        self._made: dict[Form, tuple[str, str, str, str]] = {}

    def names(self) -> list[tuple[Form, str]]:
        """Each form that was used, with its name."""
        return [(form, made[0]) for form, made in self._made.items()]

    def cell(self, number: Number) -> str:
        """The cell of a number: its value for programs and its text in Dutch."""
        value, form = number
        made = self._made.get(form)
        if made is None:
            name = f"n{len(self._made) + 1}"
            begin = f'<table:table-cell table:style-name="{name}" office:value-type="float" office:value="'
            made = name, begin, f'"><text:p>{escape(form.prefix)}', f"{escape(form.suffix)}</text:p></table:table-cell>"
            self._made[form] = made
        _, begin, before, after = made
        plus = "+" if form.signed and value > 0 else ""
        digits = f"{value:,.{form.decimals}f}".translate(DUTCH_MARKS)
        machine = int(value) if value == int(value) else value
        return f"{begin}{machine!r}{before}{plus}{digits}{after}"


def _cell_style(name: str, inner: str, more: str = "") -> str:
    return (
        f'<style:style style:name="{name}" style:family="table-cell" style:parent-style-name="Default"{more}>'
        f"{inner}</style:style>"
    )


def _number_style(form: Form, name: str) -> str:
    """How numbers of this form read, and the style of their cells."""
    plain = _number_words(form, "")
    if not form.signed:
        styles = _data_style(f"{name}-data", plain)
    else:
        rise = _data_style(f"{name}-rise", _number_words(form, "+"), ' style:volatile="true"')
        mapped = f'<style:map style:condition="value()&gt;0" style:apply-style-name="{name}-rise"/>'
        styles = rise + _data_style(f"{name}-data", plain + mapped)
    return styles + _cell_style(name, "", f' style:data-style-name="{name}-data"')


def _data_style(name: str, inner: str, more: str = "") -> str:
    dutch = 'number:language="nl" number:country="NL"'
    return f'<number:number-style style:name="{name}" {dutch}{more}>{inner}</number:number-style>'


def _number_words(form: Form, sign: str) -> str:
    before, after = (
        f"<number:text>{escape(text)}</number:text>" if text else "" for text in (form.prefix + sign, form.suffix)
    )
    return (
        f'{before}<number:number number:decimal-places="{form.decimals}" number:min-integer-digits="1" '
        f'number:grouping="true"/>{after}'
    )


def _table(sheet: Sheet, forms: _Forms) -> str:
    widths = [column.width for column in sheet.columns] or [TEXT_WIDTH]
    columns = "".join(f'<table:table-column table:style-name="w{width}"/>' for width in widths)
    wrapped = "" if sheet.columns else "wrapped-"

    def line_row(line: Line) -> str:
        look = line.kind if line.kind != "text" else f"{wrapped}{'link' if line.target else 'text'}"
        return _row(_text_cell(line.text, line.target, look))

    rows = [line_row(line) for line in sheet.lines]
    if sheet.columns:
        heads = [_text_cell(column.name, "", "number-head" if column.numeric else "head") for column in sheet.columns]
        rows.append(f"<table:table-header-rows>{_row(''.join(heads))}</table:table-header-rows>")
    numeric = [column.numeric for column in sheet.columns]
    for row in sheet.rows:
        rows += [_row("".join([_cell(cell, right, forms) for cell, right in zip(row, numeric, strict=True)]))]
    if sheet.below:
        rows += ["<table:table-row><table:table-cell/></table:table-row>"] * bool(sheet.columns)
        rows += [line_row(line) for line in sheet.below]
    return f'<table:table table:name="{sheet.name}" table:style-name="sheet">{columns}{"".join(rows)}</table:table>'


def _row(cells: str) -> str:
    return f'<table:table-row table:style-name="row">{cells}</table:table-row>'


def _cell(cell: Content, numeric: bool, forms: _Forms) -> str:
    if isinstance(cell, Number):
        return forms.cell(cell)
    if isinstance(cell, Link):
        return _text_cell(cell.text, cell.target, "wrapped-link")
    return _text_cell(cell, "", "gap" if numeric else "wrapped-text") if cell else "<table:table-cell/>"


def _text_cell(text: str, target: str, look: str) -> str:
    words = escape(clean(text))
    if target:
        address = f"{target}.A1" if target.startswith("#") else target
        words = f'<text:a xlink:type="simple" xlink:href={quoteattr(address)}>{words}</text:a>'
    return (
        f'<table:table-cell table:style-name="{look}" office:value-type="string"><text:p>{words}</text:p>'
        "</table:table-cell>"
    )


def _range(sheet: Sheet) -> str:
    """The table on a sheet under a name of its own, with its head."""
    first, last = len(sheet.lines) + 1, len(sheet.lines) + 1 + len(sheet.rows)
    area = f"{sheet.name}.A{first}:{sheet.name}.{xl_col_to_name(len(sheet.columns) - 1)}{last}"
    return (
        f'<table:database-range table:name="{sheet.name}" table:target-range-address="{area}" '
        'table:contains-header="true" table:display-filter-buttons="false"/>'
    )


def _styles() -> str:
    """Letter, language and page."""
    return (
        f'<office:document-styles {_SPACES} office:version="1.3"><office:styles>'
        '<style:default-style style:family="table-cell"><style:text-properties fo:font-family="Arial" '
        'fo:font-size="12pt" fo:language="nl" fo:country="NL"/></style:default-style>'
        '<style:style style:name="Default" style:family="table-cell">'
        '<style:table-cell-properties style:vertical-align="top"/></style:style></office:styles>'
        '<office:automatic-styles><style:page-layout style:name="page"><style:page-layout-properties '
        'fo:page-width="29.7cm" fo:page-height="21cm" style:print-orientation="landscape" fo:margin="1.5cm" '
        'style:scale-to-X="1" style:scale-to-Y="0"/></style:page-layout></office:automatic-styles>'
        '<office:master-styles><style:master-page style:name="Default" style:page-layout-name="page"><style:footer>'
        "<text:p><text:sheet-name>Blad</text:sheet-name>, <text:page-number>1</text:page-number></text:p>"
        "</style:footer></style:master-page></office:master-styles></office:document-styles>"
    )


def _meta(book: Book) -> str:
    return (
        f'<office:document-meta {_SPACES} office:version="1.3"><office:meta>'
        f"<dc:title>{escape(clean(book.title))}</dc:title><dc:language>nl-NL</dc:language>"
        "</office:meta></office:document-meta>"
    )


def _settings(book: Book) -> str:
    """The cover in view, and the head of a long table fixed while its rows scroll."""
    sheets = "".join(_view(sheet) for sheet in book.sheets)
    return (
        f'<office:document-settings {_SPACES} office:version="1.3"><office:settings>'
        '<config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        f"{_item('ViewId', 'string', 'view1')}{_item('ActiveTable', 'string', book.sheets[0].name)}"
        f'<config:config-item-map-named config:name="Tables">{sheets}</config:config-item-map-named>'
        "</config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set>"
        "</office:settings></office:document-settings>"
    )


def _view(sheet: Sheet) -> str:
    items = _item("ShowGrid", "boolean", "true" if sheet.columns else "false")
    if sheet.frozen:
        head = len(sheet.lines) + 1
        items += _item("VerticalSplitMode", "short", "2") + _item("VerticalSplitPosition", "int", str(head))
        items += _item("ActiveSplitRange", "short", "2") + _item("PositionBottom", "int", str(head))
    return f'<config:config-item-map-entry config:name="{sheet.name}">{items}</config:config-item-map-entry>'


def _item(name: str, kind: str, value: str) -> str:
    return f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'


def _manifest(parts: dict[str, str]) -> str:
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in [("/", MIMETYPE), *[(name, "text/xml") for name in parts]]
    )
    space = f'xmlns:manifest="{_NAMES}manifest:1.0"'
    return f'<manifest:manifest {space} manifest:version="1.3">{entries}</manifest:manifest>'
