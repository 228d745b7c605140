"""Rows of text to a table of cells, and the choice of rows that makes a big file small while it is read."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from operator import itemgetter

import numpy as np
import pandas as pd

from keten.errors import KetenError
from keten.sources.cards.types import Card, fits, in_words
from keten.sources.readers.text import column_of
from keten.sources.readers.unread import refuse_unread

FLAGS = ("OBS_FLAG", "OBS_STATUS", "CONF_STATUS")  # Eurostat's own name and that of SDMX; a file may have both
LINE = "regel"  # name of the index of cells that know their line in the file
MOST_ROWS = 3_000_000
AT_ONCE = 10_000  # rows turned into columns together
MOST_NAMED = 12  # of a longer list of codes the rest is counted
MOST_REMEMBERED = 100_000  # combinations of codes of which a choice keeps the answer


def cells(names: Sequence[str], rows: Iterable[tuple[int, Sequence[str]]], card: Card) -> pd.DataFrame:
    """The rows that the card reads, as one text column per name; `rows` with their lines. KetenError when none is left.

    Equal texts are kept once, which is what makes a long table fit in memory.
    """
    refuse_double(names)
    rows = not_empty(rows)
    lines = array("i")
    columns: list[list[str]] = [[] for _ in names]
    share: dict[str, str] = {}
    choice = Choice(card, names)

    def wanted() -> Iterator[Sequence[str]]:
        for line, row in rows:
            if choice.wants(row):
                lines.append(line)
                yield row

    chosen = wanted()
    while some := list(islice(chosen, AT_ONCE)):
        for column, texts in zip(columns, zip(*some, strict=True), strict=True):
            column.extend(map(share.setdefault, texts, texts))
        if len(lines) > MOST_ROWS:
            refuse_too_many()
    choice.check()
    return frame(dict(zip(names, columns, strict=True)), lines)


def frame(columns: Mapping[str, Sequence[str] | np.ndarray], lines: Sequence[int] | np.ndarray = ()) -> pd.DataFrame:
    """Text columns as a DataFrame of dtype str, also when there are no rows; its index is the lines of the file."""
    texts = {name: pd.array(texts, dtype="str") for name, texts in columns.items()}
    index = pd.Index(np.asarray(lines, dtype=np.int32), name=LINE) if len(lines) else None
    return pd.DataFrame(texts, index=index, copy=False)


def with_flag(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the columns of `FLAGS` together in a last column `flag`: "p", "p|C", "|C"."""
    none = pd.Series("", index=table.index, dtype="str")
    first, second, secret = (table.get(name, none) for name in FLAGS)
    flag = first.where(second.eq(""), (first + " " + second).str.strip())
    joined = flag.str.cat(secret.where(secret.eq(""), "|" + secret))
    return table.drop(columns=[name for name in FLAGS if name in table]).assign(flag=joined)


Test = tuple[int, tuple[str, ...], set[str], str]
"""The place of a column, the codes that are wanted there, those that were met, and where the card says so."""


class Choice:
    """Which rows (cells in the order of `names`) a card reads.

    Those that agree with all of its `keep`, and with the `where` of at least one measure. It remembers the codes that
    it met, to name them when none is the one asked for. Columns that the file lacks do not count here: interpreting
    the cells tells of their absence.
    """

    def __init__(self, card: Card, names: Sequence[str]):
        self.names = names
        self.keep = self._tests(card.keep, "keep")
        wheres = [self._tests(one.where, f"measures.{name}.where") for name, one in card.measures.items()]
        self.wheres = wheres if all(wheres) else []
        measures = card.measures.values()
        self.needed = [tests for tests, one in zip(self.wheres, measures, strict=False) if not one.optional]
        self.all = not self.keep and not self.wheres
        self.tested = sorted({number for tests in [self.keep, *self.wheres] for number, *_ in tests})
        self.codes_of = itemgetter(*self.tested) if self.tested else len
        self.answers: dict[object, bool] = {}

    def _tests(self, wanted: dict[str, tuple[str, ...]], place: str) -> list[Test]:
        found = ((column_of(self.names, name), codes) for name, codes in wanted.items())
        return [(number, codes, set(), place) for number, codes in found if number is not None]

    def wants(self, row: Sequence[str]) -> bool:
        """Whether the card reads this row."""
        if self.all:
            return True
        codes = self.codes_of(row)
        if (answer := self.answers.get(codes)) is None:
            answer = self._agrees(row, self.keep) and (
                # a list, not a generator: every measure has to see the row
                not self.wheres or any([self._agrees(row, where) for where in self.wheres])
            )
            if len(self.answers) < MOST_REMEMBERED:
                self.answers[codes] = answer
        return answer

    def wants_of_cube(self, codes: Sequence[Sequence[str]], places: Sequence[np.ndarray]) -> np.ndarray:
        """`wants` for many rows at once, of which the cells are `codes` of each column at `places`."""
        if self.all:
            return np.ones(len(places[0]), dtype=bool)
        sizes = [len(codes[number]) for number in self.tested]
        flat = np.ravel_multi_index([places[number] for number in self.tested], sizes)
        _, first, which = np.unique(flat, return_index=True, return_inverse=True)
        answers = [self.wants([known[at[row]] for known, at in zip(codes, places, strict=True)]) for row in first]
        return np.array(answers, dtype=bool)[which]

    def _agrees(self, row: Sequence[str], tests: list[Test]) -> bool:
        for number, codes, met, _ in tests:
            met.add(row[number])
            if not fits(row[number], codes):
                return False
        return True

    def check(self) -> None:
        """KetenError when no row had the code that the card asks for, with those that there were."""
        # Measures that a file may lack: one of all measures must be there.
        none = all(any(met.isdisjoint(codes) for _, codes, met, _ in tests) for tests in self.wheres)
        for tests in [self.keep, *(self.wheres if none else self.needed)]:
            for number, codes, met, place in tests:
                refuse_unread(met)
                if not any(fits(code, codes) for code in met):
                    raise KetenError(
                        f"Geen rij heeft {self.names[number]} = {in_words(codes)} ([{place}] in de kaart); "
                        f"het bestand heeft {listing(sorted(met))}."
                    )


def refuse_too_many() -> None:
    """KetenError that says how to read less."""
    raise KetenError(
        f"Het bestand geeft meer dan {MOST_ROWS} rijen; noem onder [keep] in de kaart welke codes nodig zijn."
    )


def refuse_double(names: Sequence[str], advice: str = "") -> None:
    """KetenError when the name of a column is empty, no text or occurs twice."""
    refuse_unread(names)
    met = set()
    for number, name in enumerate(names, 1):
        if not name:
            raise KetenError(f"Kolom {number} heeft geen naam in de kop.{advice}")
        if name in met:
            raise KetenError(f"De kolom '{shortened(name)}' staat twee keer in de kop.{advice}")
        met.add(name)


def not_empty(rows: Iterable[tuple[int, Sequence[str]]]) -> Iterator[tuple[int, Sequence[str]]]:
    """The same rows; KetenError when there is none."""
    rows = iter(rows)
    first = next((row for row in rows if row[1]), None)
    if first is None:
        refuse_empty()
    else:
        yield first
        yield from rows


def refuse_empty() -> None:
    """KetenError for a file without rows."""
    raise KetenError("Het bestand bevat geen enkele rij met gegevens; haal het opnieuw op.")


def listing(values: Iterable[object]) -> str:
    """The first of these values, short enough for a sentence, and how many more there are."""
    shown = [repr(shortened(str(value))) for value in values]
    more = f" en nog {len(shown) - MOST_NAMED}" if len(shown) > MOST_NAMED else ""
    return ", ".join(shown[:MOST_NAMED]) + more


def shortened(text: str) -> str:
    """Text from a file, short enough for a sentence."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57] + "..."
