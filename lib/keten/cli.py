"""The command `keten`: read the command line, let one command do the work, tell what went wrong.

Only what answers a signal is imported at once: a request to end may come while the rest is still being imported.
"""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from keten.reports.signals import ENDING, IGNORE, handling, ignore_from_here, interruptible

if TYPE_CHECKING:
    from keten.commands.parser import DutchParser

# The module of each command, in the order of the help.
COMMANDS = {
    "run": "run_options",
    "release": "release",
    "rectify": "rectify",
    "month": "month",
    "schedule": "schedule",
    "doctor": "doctor",
    "lab": "lab",
    "new": "new",
    "update": "update",
    "import": "import_file",
    "withdraw": "withdraw",
    "sources": "sources",
    "affected": "affected",
    "data": "data",
    "diff": "diff",
    "revisions": "revisions",
    "verify": "verify",
    "replay": "replay",
    "check": "check",
}


def main(argv: list[str] | None = None) -> int:
    """Carry out the command line (by default that of this process) and return the exit code (0, 1, 2 or 130)."""
    try:
        # As the command of a process, it is deaf once the work is done: Python's last clearing up takes a moment.
        with interruptible(last=argv is None):
            from keten.commands.terminal import guarded

            return guarded(lambda: _carry_out(argv))
    except KeyboardInterrupt as interruption:
        with handling(ENDING, IGNORE):
            from keten.commands.terminal import INTERRUPTED, say

            say(*interruption.args[:1] or ["Afgebroken; wat er al stond is niet gewijzigd."])
            return INTERRUPTED


def _carry_out(argv: list[str] | None) -> int:
    given = sys.argv[1:] if argv is None else argv
    arguments = parser(given[:1]).parse_args(given)
    code = arguments.run(arguments)
    if argv is None:
        ignore_from_here()
    return code


def parser(first: Sequence[str] = ()) -> "DutchParser":
    """The command line, with its Dutch help.

    first: the first word that was given, if any; where that is a command or asks for the version, no other command is
    there, so that the answer comes at once.
    """
    from importlib import import_module

    from keten.commands.parser import DutchParser, ShowVersion

    top = DutchParser(prog="keten", description="Cijfers en rapporten over de vreemdelingenketen.")
    top.add_argument("--version", action=ShowVersion, help="toon de versie")
    commands = top.add_subparsers(title="opdrachten", metavar="OPDRACHT", dest="command", required=True)
    asked = [word for word in first if word in COMMANDS]
    for name in asked or ([] if "--version" in first else COMMANDS):
        import_module(f"keten.commands.{COMMANDS[name]}").add(commands)
    return top


if __name__ == "__main__":
    if not sys.flags.safe_path:
        del sys.path[0]  # the folder where the command is given, which may hold a calendar.py of its own
    sys.exit(main())
