"""What the sections on records of persons share: a file without which they are empty, texts, and figures."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, ClassVar, Concatenate, ParamSpec, TypeVar

import pandas as pd

from keten.errors import KetenError
from keten.model.catalogue import Catalogue
from keten.model.figures import as_figures
from keten.model.periods import Period
from keten.paths import DECISIONS
from keten.presentation.output import Output
from keten.statistics.records import Decision, write_decisions

HIDDEN = "niet getoond"


@dataclass(frozen=True)
class Records:
    """Records of persons, with the name of their file and the day from which what they say holds."""

    measure: ClassVar[str]

    file: str
    reference: Period
    catalogue: Catalogue

    def figures(self, rows: pd.DataFrame, dimension: str = "") -> pd.DataFrame:
        """Rows of `category`, `value` (and `unit`, `statistic`, `status`, `period`) as figures of these records."""
        known = pd.Timestamp(self.reference.end)
        return as_figures(rows, self.measure, dimension, str(self.reference), known, self.file, self.catalogue)


def account_for(parameter: str, decisions: Callable[[], Sequence[Decision]]) -> None:
    """In a run, tell its maker what was decided on the records of a parameter; no report holds it."""
    folder = os.environ.get(DECISIONS)
    if folder and Path(folder).is_dir():
        write_decisions(Path(folder) / f"{parameter}.csv", decisions())


Given = TypeVar("Given", bound=Records)
More = ParamSpec("More")


def of_file(part: Callable[Concatenate[Given, More], Output]) -> Callable[Concatenate[Given | None, More], Output]:
    """A part of a notebook that stays empty when no file of records was given."""

    @wraps(part)
    def shown(known: Given | None, /, *args: More.args, **kwargs: More.kwargs) -> Output:
        if known is None:
            return Output("")
        with nothing_told(known.file):
            return part(known, *args, **kwargs)

    return shown


@contextmanager
def nothing_told(file: str) -> Iterator[None]:
    """A defect of ours on these records is told by its place alone: its own words may hold what stands in a record."""
    try:
        yield
    except KetenError:
        raise
    except Exception as error:
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = f"{Path(trace.tb_frame.f_code.co_filename).name}, regel {trace.tb_lineno}" if trace else "onbekend"
        raise KetenError(
            f"Met {Path(file).name} kan dit deel niet worden gemaakt ({type(error).__name__} in {place}); meld dit aan "
            "de makers van het werkboek, zonder het bestand."
        ) from None


def texts(table: pd.DataFrame, columns: Mapping[str, tuple[Any, ...]]) -> pd.DataFrame:
    """The table as a reader sees it. columns: by head the function that writes a cell, and the columns that it takes.

    >>> texts(pd.DataFrame({"n": [1, 2], "of": [3, 4]}), {"Deel": ("{} van {}".format, "n", "of")})
          Deel
    0  1 van 3
    1  2 van 4
    """
    return pd.DataFrame(
        {
            head: [write(*values) for values in zip(*(table[name] for name in names), strict=True)]
            for head, (write, *names) in columns.items()
        }
    )
