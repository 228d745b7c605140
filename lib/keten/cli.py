"""The command `keten`: read the command line, let one command do the work, tell what went wrong."""

import os
import signal
import sys
from importlib.metadata import version

from keten.commands import check, data, import_file, lab, new, revisions, run, sources, update, withdraw
from keten.commands.parser import INTERRUPTED, NOTHING_DONE, SUCCESS, DutchParser
from keten.errors import KetenError
from keten.reports.signals import handling

COMMANDS = (run, lab, new, update, import_file, withdraw, sources, data, revisions, check)


def main(argv: list[str] | None = None) -> int:
    """Carry out the command line and return the exit code (0, 1, 2 or 130)."""
    try:
        # A request to end (systemd, a logout) cleans up as Ctrl-C does.
        with handling([signal.SIGTERM], signal.default_int_handler):
            arguments = parser().parse_args(argv)
            return arguments.run(arguments)
    except KetenError as error:
        # The errors of a run by a timer are kept in a log: only a terminal hears what stands in a record.
        print(error.on_terminal if sys.stderr.isatty() else error, file=sys.stderr)
        return NOTHING_DONE
    except BrokenPipeError:  # whoever reads our output had enough of it, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return SUCCESS
    except KeyboardInterrupt:
        print("Afgebroken; wat er al stond is niet gewijzigd.", file=sys.stderr)
        return INTERRUPTED


def parser() -> DutchParser:
    """The command line, with its Dutch help."""
    top = DutchParser(prog="keten", description="Cijfers en rapporten over de vreemdelingenketen.")
    top.add_argument("--version", action="version", version=f"keten {version('keten')}", help="toon de versie")
    commands = top.add_subparsers(title="opdrachten", metavar="OPDRACHT", dest="command", required=True)
    for command in COMMANDS:
        command.add(commands)
    return top


if __name__ == "__main__":
    sys.exit(main())
