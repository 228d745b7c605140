"""The command line in Dutch, and what its commands share."""

import argparse
import os
import re
from pathlib import Path
from typing import Any, NoReturn

from keten.errors import KetenError
from keten.paths import REPOSITORY_DATA

SUCCESS, SOME_FAILED, NOTHING_DONE, INTERRUPTED = 0, 1, 2, 130


class DutchFormatter(argparse.HelpFormatter):
    """argparse's help with a Dutch first word."""

    def add_usage(self, usage, actions, groups, prefix=None) -> None:
        super().add_usage(usage, actions, groups, "gebruik: " if prefix is None else prefix)


class DutchParser(argparse.ArgumentParser):
    """argparse with Dutch help and one-sentence Dutch errors."""

    ERRORS = (
        (r"unrecognized arguments: (.*)", "Onbekende optie: {}; zie {prog} --help."),
        (r"argument (\S*?): invalid choice: '?(.*?)'? \(.*", "Onbekende opdracht: {1}; zie {prog} --help."),
        (r"argument -p: expected 2 arguments", "Bij -p horen twee waarden: de naam en de waarde."),
        (r"argument (\S*?): expected one argument", "Bij de optie {} hoort een waarde."),
        (r"argument (\S*?): ignored explicit argument .*", "Bij de optie {} hoort geen waarde."),
        (r"the following arguments are required: (.*)", "Er ontbreekt iets: {}; zie {prog} --help."),
    )

    def __init__(self, **options: Any):
        super().__init__(add_help=False, allow_abbrev=False, formatter_class=DutchFormatter, **options)
        self.add_argument("-h", "--help", action="help", help="toon deze uitleg")
        self._positionals.title = "argumenten"
        self._optionals.title = "opties"

    def error(self, message: str) -> NoReturn:
        for pattern, sentence in self.ERRORS:
            if match := re.fullmatch(pattern, message):
                message = sentence.format(*match.groups(), prog=self.prog)
                break
        else:
            message = f"De opdracht klopt niet ({message}); zie {self.prog} --help."
        self.exit(NOTHING_DONE, message + "\n")


def data_option(parser: argparse.ArgumentParser, again: bool = False) -> None:
    """The option that every command on data has. `again`: of a part of a command that has it already."""
    default = argparse.SUPPRESS if again else None
    parser.add_argument(
        "--data", metavar="MAP", type=Path, default=default, help="map met gegevens in plaats van data/"
    )


def data_given(arguments: argparse.Namespace) -> Path:
    """The data folder of a command. Raises KetenError when it does not exist."""
    folder = Path(arguments.data or os.environ.get("KETEN_DATA") or REPOSITORY_DATA)
    if not folder.is_dir():
        raise KetenError(f"De map met gegevens '{folder}' bestaat niet; maak haar aan of kies een andere met --data.")
    return folder
