"""The command `keten`: read the command line, let one command do the work, tell what went wrong.

Only what answers a signal is imported at once: a request to end may come while the rest is still being imported.
"""

import sys
from typing import TYPE_CHECKING

from keten.reports.signals import ENDING, IGNORE, handling, ignore_from_here, interruptible

if TYPE_CHECKING:
    from keten.commands.parser import DutchParser


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
    arguments = parser().parse_args(argv)
    code = arguments.run(arguments)
    if argv is None:
        ignore_from_here()
    return code


def parser() -> "DutchParser":
    """The command line, with its Dutch help."""
    from importlib.metadata import version

    from keten.commands import (
        affected,
        check,
        data,
        diff,
        doctor,
        import_file,
        lab,
        month,
        new,
        revisions,
        run,
        schedule,
        sources,
        update,
        withdraw,
    )
    from keten.commands.parser import DutchParser

    top = DutchParser(prog="keten", description="Cijfers en rapporten over de vreemdelingenketen.")
    top.add_argument("--version", action="version", version=f"keten {version('keten')}", help="toon de versie")
    commands = top.add_subparsers(title="opdrachten", metavar="OPDRACHT", dest="command", required=True)
    making = (run, month, schedule, doctor, lab, new)
    asking = (update, import_file, withdraw, sources, affected, data, diff, revisions, check)
    for command in (*making, *asking):
        command.add(commands)
    return top


if __name__ == "__main__":
    if not sys.flags.safe_path:
        del sys.path[0]  # the folder where the command is given, which may hold a calendar.py of its own
    sys.exit(main())
