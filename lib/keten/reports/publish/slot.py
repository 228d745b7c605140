"""The place at the top of a page where is told what became of its edition since.

It stands between two comments and is outside the fingerprint of the page, which is that of the page with it emptied: so
it can be filled again and again, and what a run wrote stays provable. The first pair counts; what stands below it, such
as text from data, has no say.
"""

import hashlib
import re
from pathlib import Path

BEGIN, END = "<!--keten:sindsdien-->", "<!--/keten:sindsdien-->"
EMPTY = f"{BEGIN}{END}"
_SLOT = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)


def filled(page: str, html: str) -> str:
    """The page with this HTML in its slot, '' to empty it; as it is when it has none."""
    return _SLOT.sub(lambda _: f"{BEGIN}{html}{END}", page, count=1)


def emptied(path: Path) -> bytes:
    """What a file holds with an empty slot, as its run wrote it. Raises OSError."""
    content = path.read_bytes()
    if path.suffix != ".html":
        return content
    return filled(content.decode("utf-8", "surrogateescape"), "").encode("utf-8", "surrogateescape")


def sha256(path: Path) -> str:
    """The fingerprint of a file of an edition as its manifest has it. Raises OSError."""
    return hashlib.sha256(emptied(path)).hexdigest()
