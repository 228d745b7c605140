"""A report as an accessible PDF, printed by headless Chromium, Chrome or Edge.

Page size, margins and page numbers come from the report's own print style; title, language, outline and the text
alternatives of pictures from its HTML.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from keten.errors import KetenError
from keten.reports.render import paper

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
    """Path of the installed browser that can print; raises KetenError when there is none, or what finishes its PDF."""
    if not find_spec("pikepdf"):
        raise KetenError(
            "Voor --pdf is het pakket pikepdf nodig; installeer het met pip install -c constraints.txt -e '.[pdf]' of "
            "laat --pdf weg."
        )
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
    """Print the HTML file `report` to `target`, as PDF/UA-1. Raises KetenError when no complete PDF comes out in time.

    A report with a list of contents is printed twice: the first time tells on which page each section begins.
    """
    from keten.reports.render import pdf_ua

    html = report.read_text(encoding="utf-8")
    pages: dict[str, int] = {}
    with tempfile.TemporaryDirectory(prefix="pdf-", dir=target.resolve().parent, ignore_cleanup_errors=True) as folder:
        printer = Printer(Path(folder), program, report.stem, patience)
        if paper.has_contents(html):
            pages = pdf_ua.pages_of(printer.printed(paper.printable(html, {})))
        content = printer.printed(paper.printable(html, pages))
    target.write_bytes(pdf_ua.finished(content, paper.places(html)))


@dataclass(frozen=True)
class Printer:
    """A browser that prints in a folder of its own; `name` is what its messages call the report."""

    folder: Path
    program: str
    name: str
    patience: float

    def printed(self, html: str) -> bytes:
        """The page as a PDF. Raises KetenError when none comes out, or none in time."""
        page, target = self.folder / "rapport.html", self.folder / "rapport.pdf"
        page.write_text(html, encoding="utf-8", newline="\n")
        target.unlink(missing_ok=True)
        in_time = _print(self.program, page, target, self.folder / "profiel", self.patience)
        content = target.read_bytes() if target.is_file() else b""
        program = Path(self.program).stem
        if not in_time:
            raise KetenError(
                f"De PDF van {self.name} is niet gemaakt: {program} was na {self.patience:g} seconden niet klaar; "
                "start opnieuw of laat --pdf weg."
            )
        if not (content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")):
            raise KetenError(
                f"De PDF van {self.name} is niet gemaakt: {program} stopte voortijdig; "
                "kijk of dat programma hier pagina's kan afdrukken, of laat --pdf weg."
            )
        return content


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
