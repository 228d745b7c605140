"""How wide a text is in Arial, so that it can be broken into lines before a picture is drawn.

The widths are those of Arial, Helvetica and Liberation Sans, which share them. A letter with an accent is as wide as
the letter; a sign that is not listed counts as one em, wider than nearly all.
"""

import unicodedata

_REGULAR = {
    191: "'", 222: "ijl‘’ı", 260: "|", 278: " !,./:;I[\\]ft·", 333: "()-`r“”", 334: "{}", 355: '"', 389: "*",
    469: "^", 500: "Jcksvxyz", 556: "#$0123456789?L_abdeghnopqu–€†", 584: "+<=>~−×±", 611: "FTZß",
    667: "&ABEKPSVXY", 722: "CDHNRUw", 778: "GOQ", 833: "Mm", 889: "%", 944: "W",
}  # fmt: skip
_BOLD = {
    238: "'", 278: " ,./I\\ijl‘’ı·", 280: "|", 333: "!()-:;[]`ft", 389: "*r{}", 474: '"', 500: "z“”",
    556: "#$0123456789J_aceksvxy–€†", 584: "+<=>^~−×±", 611: "?FLTZbdghnopquß", 667: "EPSVXY", 722: "&ABCDHKNRU",
    778: "GOQw", 833: "M", 889: "%m", 944: "W",
}  # fmt: skip
_WIDTHS = [{sign: width for width, signs in found.items() for sign in signs} for found in (_REGULAR, _BOLD)]


def width(text: str, size: float, bold: bool = False) -> float:
    """Pixels that a text of `size` pixels takes."""
    widths = _WIDTHS[bold]
    plain = (sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
    return sum(widths.get(sign, 1000) for sign in plain) * size / 1000


def lines(text: str, room: float, size: float, bold: bool = False) -> list[str]:
    """The text in lines of at most `room` pixels, broken between words; a word without room is broken itself."""
    found: list[str] = []
    line = ""
    for word in text.split():
        wider = f"{line} {word}" if line else word
        if width(wider, size, bold) <= room:
            line = wider
            continue
        if line:
            found.append(line)
        while len(word) > 1 and width(word, size, bold) > room:
            fits = next((n for n in range(len(word) - 1, 0, -1) if width(word[:n], size, bold) <= room), 1)
            found.append(word[:fits])
            word = word[fits:]
        line = word
    return [*found, line] if line else found
