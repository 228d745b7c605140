"""A report as a tagged PDF, printed by headless Chromium, Chrome or Edge.

Page size, margins and page numbers come from the report's own print style; title, language, outline and the text
alternatives of pictures from its HTML.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from keten.errors import KetenError

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
MAC_PLACES = ("Google Chrome", "Chromium", "Microsoft Edge")
WINDOWS_PLACES = (r"Google\Chrome\Application\chrome.exe", r"Microsoft\Edge\Application\msedge.exe")
PATIENCE = 60  # seconds for one report

FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # a report asks nothing of any host, and the browser shall not either
    "--no-pdf-header-footer",
    "--export-tagged-pdf",
    "--generate-pdf-document-outline",
)


def browser() -> str:
    """Path of the installed browser that can print; raises KetenError when there is none."""
    for program in PROGRAMS:
        if found := shutil.which(program):
            return found
    for place in usual_places():
        if place.is_file():
            return str(place)
    raise KetenError(
        "Voor --pdf is Chromium, Chrome of Edge nodig, en die is hier niet gevonden; installeer er een of laat "
        "--pdf weg."
    )


def usual_places() -> list[Path]:
    """Where these browsers stand on systems that do not put them on the search path."""
    if sys.platform == "darwin":
        roots = (Path("/Applications"), Path.home() / "Applications")
        return [root / f"{name}.app" / "Contents" / "MacOS" / name for root in roots for name in MAC_PLACES]
    if sys.platform == "win32":
        names = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
        roots = [Path(os.environ[name]) for name in names if os.environ.get(name)]
        return [root / place for root in roots for place in WINDOWS_PLACES]
    return []


def write(report: Path, target: Path, program: str, patience: float = PATIENCE) -> None:
    """Print the HTML file `report` to `target`. Raises KetenError when no complete PDF comes out in time."""
    with tempfile.TemporaryDirectory(prefix="pdf-", dir=target.resolve().parent, ignore_cleanup_errors=True) as folder:
        page, printed = Path(folder, "rapport.html"), Path(folder, "rapport.pdf")
        page.write_text(printable(report.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
        in_time = _print(program, page, printed, Path(folder, "profiel"), patience)
        content = printed.read_bytes() if printed.is_file() else b""
    name = Path(program).stem
    if not in_time:
        raise KetenError(
            f"De PDF van {report.stem} is niet gemaakt: {name} was na {patience:g} seconden niet klaar; "
            "start opnieuw of laat --pdf weg."
        )
    if not (content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")):
        raise KetenError(
            f"De PDF van {report.stem} is niet gemaakt: {name} stopte voortijdig; "
            "kijk of dat programma hier pagina's kan afdrukken, of laat --pdf weg."
        )
    target.write_bytes(undated(content))


def printable(html: str) -> str:
    """The report for print: without scripts, and with only those links that lead somewhere from a PDF.

    A link to a file beside the report would carry the folder where it was printed; one to data is of no use. What
    is a figure in HTML, a picture with title, notes and table, is a group in a PDF: there a figure is the picture
    itself, with its words.
    """
    html = re.sub(r"<script\b.*?</script>", "", html, flags=re.DOTALL | re.IGNORECASE)
    html = re.sub(r"<figure\b(?![^>]*\srole=)", '<figure role="group"', html, flags=re.IGNORECASE)
    return re.sub(r"<a\b[^>]*>", _printable_link, html, flags=re.IGNORECASE)


def _printable_link(tag: re.Match) -> str:
    return re.sub(r"""\s(?:href|download)=(?!["'](?:#|https?:|mailto:))(?:"[^"]*"|'[^']*')""", "", tag[0])


def undated(content: bytes) -> bytes:
    """The PDF without the moment of printing, blanked out so that everything stays at its place in the file."""
    return re.sub(rb"/(?:CreationDate|ModDate) \(D:[^)]*\)", lambda date: b" " * len(date[0]), content)


def _print(program: str, page: Path, target: Path, profile: Path, patience: float) -> bool:
    """Let the browser print; whether it was done in time."""
    command = [program, *FLAGS, f"--user-data-dir={profile}", f"--print-to-pdf={target}", page.as_uri()]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.insert(1, "--no-sandbox")  # the browser's sandbox does not work for root
    # In a session of its own, so that the browser and all that it starts can be ended together.
    silent = subprocess.DEVNULL
    try:
        process = subprocess.Popen(command, stdin=silent, stdout=silent, stderr=silent, start_new_session=True)
    except OSError as error:
        raise KetenError(
            f"Er is geen PDF gemaakt: {Path(program).stem} kan niet worden gestart ({error.strerror}); "
            "herstel dat programma of laat --pdf weg."
        ) from error
    try:
        process.wait(patience)
        return True
    except subprocess.TimeoutExpired:
        return False
    finally:
        if process.returncode is None:
            _end(process)


def _end(process: subprocess.Popen) -> None:
    """End the browser and its helpers."""
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
