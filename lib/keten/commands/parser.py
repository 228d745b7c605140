"""The command line in Dutch, and what its commands share."""

import argparse
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from keten.clock import today
from keten.commands.terminal import NOTHING_DONE
from keten.commands.terminal import SOME_FAILED as SOME_FAILED
from keten.commands.terminal import SUCCESS as SUCCESS
from keten.errors import KetenError
from keten.paths import data_folder

DEFAULT_TIMEOUT = 600  # seconds for a notebook
LONGEST_QUOTE = 40  # characters of what a user typed that come back in a sentence


class DutchFormatter(argparse.HelpFormatter):
    """argparse's help with a Dutch first word."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        """How the command is called, after `gebruik:`."""
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
        """Raise KetenError for what argparse finds wrong, in Dutch where the words for it are known."""
        for pattern, sentence in self.ERRORS:
            if match := re.fullmatch(pattern, message):
                message = sentence.format(*match.groups(), prog=self.prog)
                break
        else:
            message = f"De opdracht klopt niet ({message}); zie {self.prog} --help."
        self.exit(NOTHING_DONE, message + "\n")


class ShowVersion(argparse.Action):
    """The option that tells the version, which is looked up only then."""

    def __init__(self, option_strings: Sequence[str], dest: str, **options: Any):
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, default=argparse.SUPPRESS, **options)

    def __call__(self, parser: argparse.ArgumentParser, *_: object, **__: object) -> NoReturn:
        """Print it and end."""
        from importlib.metadata import version

        print(f"keten {version('keten')}")
        parser.exit()


def data_option(parser: argparse.ArgumentParser, again: bool = False) -> None:
    """The option that every command on data has. `again`: of a part of a command that has it already."""
    default = argparse.SUPPRESS if again else None
    parser.add_argument(
        "--data", metavar="MAP", type=Path, default=default, help="map met gegevens in plaats van data/"
    )


def data_given(arguments: argparse.Namespace) -> Path:
    """The data folder of a command. Raises KetenError when it does not exist."""
    folder = data_folder(arguments.data)
    if not folder.is_dir():
        raise KetenError(f"De map met gegevens '{folder}' bestaat niet; maak haar aan of kies een andere met --data.")
    return folder


def choice_options(parser: argparse.ArgumentParser, source: str, as_of: str) -> None:
    """The options that choose figures, and that of their data. `source`, `as_of`: the help of these two."""
    for option, name, words in (
        ("--measure", "MAAT", "alleen deze maat (catalogue/measures.csv)"),
        ("--period", "PERIODE", "alleen deze periode: 2017-06, 2017-Q2, 2017-H1, 2017"),
        ("--source", "BRON", source),
        ("--as-of", "DATUM", as_of),
    ):
        parser.add_argument(option, metavar=name, default="", help=words)
    data_option(parser)


def day_given(text: str) -> str:
    """The day of receipt as ISO 8601, today's when nothing is given. Raises KetenError for what is no day or later."""
    from keten.model.periods import day_of

    now = today()
    day = day_of(text) if text else None
    if text and day is None:
        raise KetenError(f"De datum --date '{text}' is geen dag; geef een datum zoals 2026-01-31 of 31-01-2026.")
    if day and day.isoformat() > now:
        raise KetenError(
            f"De dag van ontvangst --date {day} ligt na vandaag ({now}); geef de dag waarop de levering is ontvangen."
        )
    return day.isoformat() if day else now


def whole_number(option: str, text: str | None, default: int, most: int) -> int:
    """A whole number above zero and at most `most`. Raises KetenError for anything else."""
    if text is None:
        return default
    digits = text.lstrip("0") if text.isascii() and text.isdigit() else ""
    if not digits:
        raise KetenError(f"De optie {option} moet een geheel getal boven nul zijn, niet '{quoted(text)}'.")
    if len(digits) > len(str(most)) or int(digits) > most:
        raise KetenError(f"De optie {option} mag ten hoogste {most} zijn, niet '{quoted(text)}'.")
    return int(digits)


def quoted(text: str) -> str:
    """What a user typed, short enough for a sentence."""
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"
