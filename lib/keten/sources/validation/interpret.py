"""From the cells of a file, as a reader gives them, to observations: what each number measures, when and of whom.

Nothing is guessed that a card does not say, and nothing is lost in silence: a code that no table knows keeps the text
of the source and is named in a warning; a row that would count twice is a fault.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from keten.errors import KetenError
from keten.model.country_codes import AGGREGATE, UNKNOWN, Found, Names
from keten.model.periods import Period, calendar_period
from keten.model.quality import REMARKS, ROUNDED_TO, STATUSES
from keten.sources.cards.formats import FLAG, FORMATS, HEAD, LEVEL, NUMBER_NAMES, UNDER_HEAD
from keten.sources.cards.types import Card, Dimension, Marks, Measure, Others, in_words
from keten.sources.readers.cells import LINE, listing
from keten.sources.readers.notation import (
    broken_year,
    is_fiscal,
    is_provisional,
    is_year_and_number,
    mark,
    number,
    period_of,
)
from keten.sources.readers.text import column_of, same_name
from keten.sources.readers.unread import MEND, is_unread, refuse_unread
from keten.sources.validation import numbers
from keten.sources.validation.flags import read as read_flags

BASE = ["measure", "period", "freq"]
FIGURE = ["value", "status", "note", "parts"]
BY = "by_"  # before the name of a dimension, which may be called as one of the columns above
BETWEEN = "\x1f"  # stands between texts that are joined for a moment; never left within one
LINES = f"{BETWEEN}regel"  # column with the line of each row, where the reader knows it
WORST_LAST = (*ROUNDED_TO.values(), "circa", *STATUSES[1:-1])  # the words of a figure that is shown
WRITTEN_BY_HAND = ("table", "migratieketen", "statline-csv")  # in the other formats 2010-11 is November
MOST_TOLD = 3  # of the rows that are one figure
ALL_WORDS = {"totaal", "total", "alle", "all"}


@dataclass(frozen=True)
class Reading:
    """What a file says.

    `observations`: measure, period, freq, a column by_<name> per dimension ("" = total), value, status, note and parts
    (how many figures of the source were added up to this one: 1, unless the card says `add_up`).
    `warnings`: Dutch sentences on what could not be mapped. `columns`: the header of the file. `contradictions`: totals
    that their own parts do not add up to. `steps`: per measure what its numbers were multiplied by, where they were.
    `absent`: optional measures of which there are no rows.
    """

    observations: pd.DataFrame
    warnings: list[str]
    columns: list[str]
    contradictions: list[str] = field(default_factory=list)
    steps: dict[str, float] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()


def interpret(cells: pd.DataFrame, card: Card, names: Names, typed: bool = False) -> Reading:
    """Observations from cells (all text, see `readers`). Raises KetenError when card and file do not fit.

    `typed`: the file is a spreadsheet, of which the numbers got a point that nobody wrote.
    """
    header = [str(name) for name in cells.columns]
    warnings: list[str] = []
    cells = cells.reset_index(names=LINES) if cells.index.name == LINE else cells.reset_index(drop=True)
    cells = _kept(cells, card.keep, "keep")
    periods = _periods(cells, card)
    cells, periods = cells[periods.notna()], periods.dropna()
    if cells.empty:
        wanted = ", ".join(card.period.freq)
        raise KetenError(f"het bestand heeft geen rijen met freq {wanted}; controleer [period] in de kaart")
    dimensions, outside = {}, pd.Series(False, index=cells.index)
    for name, dimension in card.dimensions.items():
        categories, left_out = _categories(cells, dimension, card, names, warnings)
        dimensions[BY + name] = categories
        outside |= left_out
    absent = frozenset(name for name, one in card.measures.items() if one.optional and not _has_rows(cells, one.where))
    if len(absent) == len(card.measures):
        raise KetenError(f"geen rij hoort bij een maat van de kaart ({listing(card.measures)}); controleer where")
    warnings += [f"het bestand heeft geen rijen van de maat {name}" for name in sorted(absent)]
    steps: dict[str, float] = {}
    parts = [
        part
        for name, measure in card.measures.items()
        if name not in absent
        for part in _measured(cells[~outside], name, measure, card, dimensions, periods, steps, typed)
    ]
    warnings += [
        f"maat {name}: de getallen van de bron zijn vermenigvuldigd met {step:.10g}" for name, step in steps.items()
    ]
    observations = pd.concat(parts, ignore_index=False)
    used = [name for name in observations.columns if name.startswith(BY)]
    observations[used] = observations[used].fillna("")
    key = [*BASE, *used]
    if card.add_rows:
        observations = _added_rows(observations, key, warnings)
    elif observations.duplicated(key).any():
        _tell_apart(observations, key, cells, card, warnings)
        _refuse_doubles(observations, key, cells, card)
    observations = observations.reset_index(drop=True)
    for name, dimension in card.dimensions.items():
        if dimension.add_up:
            observations = pd.concat([observations, _added_up(observations, BY + name, used)], ignore_index=True)
    return Reading(observations[[*BASE, *sorted(used), *FIGURE]], warnings, header, steps=steps, absent=absent)


def fold(observations: pd.DataFrame) -> pd.DataFrame:
    """The same with `dimension` ("a+b") and `category` ("x + y") in place of a column per dimension."""
    names = sorted(name for name in observations.columns if name.startswith(BY))
    shown: list[tuple[str, str]] = [("", "")]
    which = np.zeros(len(observations), dtype=np.int64)
    for name in names:
        texts, places = _different(observations[name])
        pairs, which = np.unique(which * len(texts) + places, return_inverse=True)
        shown = [_with(shown[pair // len(texts)], name.removeprefix(BY), texts[pair % len(texts)]) for pair in pairs]
    dimension, category = (_texts([pair[at] for pair in shown], which) for at in (0, 1))
    return observations.drop(columns=names).assign(dimension=dimension.array, category=category.array)


def _with(shown: tuple[str, str], name: str, text: str) -> tuple[str, str]:
    """Dimension and category with one more of each; nothing for a total."""
    dimension, category = shown
    text = text.replace(" + ", "+")
    if not text:
        return dimension, category
    return (f"{dimension}+{name}", f"{category} + {text}") if dimension else (name, text)


# -- finding columns and rows --


def _column(cells: pd.DataFrame, name: str) -> str:
    """The column that a card means; KetenError with those there are when it is absent."""
    header = [column for column in cells.columns if column != LINES]
    place = column_of(header, name)
    if place is None:
        raise KetenError(
            f"de kolom '{name}' ontbreekt; het bestand heeft {listing(header)}; pas de kaart aan als de uitgever de "
            "tabel heeft veranderd"
        )
    return header[place]


def _kept(cells: pd.DataFrame, wanted: dict[str, tuple[str, ...]], place: str) -> pd.DataFrame:
    for name, values in wanted.items():
        kept = cells[_fitting(cells, name, values)]
        if kept.empty:
            raise KetenError(
                f"geen rij heeft {name} = {in_words(values)} ([{place}] in de kaart); het bestand heeft "
                f"{listing(cells[_column(cells, name)].unique())}"
            )
        cells = kept
    return cells


def _has_rows(cells: pd.DataFrame, where: dict[str, tuple[str, ...]]) -> bool:
    """Whether some row has one of the wanted texts in each column."""
    wanted = np.ones(len(cells), dtype=bool)
    for name, values in where.items():
        wanted &= _fitting(cells, name, values).to_numpy()
    return bool(wanted.any())


def _fitting(cells: pd.DataFrame, name: str, values: tuple[str, ...]) -> pd.Series:
    """Which rows have one of the texts in a column, or none of those that a card leaves out."""
    return cells[_column(cells, name)].isin(values) != isinstance(values, Others)


def _row(cells: pd.DataFrame, index: int) -> str:
    return f"regel {cells[LINES].loc[index]}" if LINES in cells else f"rij {index + 1} van de gegevens"


def _first(column: pd.Series, text: str) -> int:
    """The index of the first cell with this text, whatever signs are in it."""
    return int(column.index[list(column).index(text)])


# -- periods --


def _periods(cells: pd.DataFrame, card: Card) -> pd.Series:
    """The period of every row; None where its frequency is not one that the card asks for."""
    usual = card.period.columns == FORMATS[card.format.name].period
    columns = []
    for place, name in enumerate(card.period.columns):
        # Of the usual columns only the first is always there: an annual file has no column for months.
        if place == 0 or not usual or any(same_name(column) == same_name(name) for column in cells.columns):
            columns.append(_column(cells, name))
    first, *others = (cells[column].str.replace(BETWEEN, " ", regex=False) for column in columns)
    texts = first.str.cat(pd.concat(others, axis=1), sep=BETWEEN) if others else first
    found = {}
    different = list(texts.unique())
    doubtful = _may_be_years([text.replace(BETWEEN, " ").strip() for text in different], card)
    for text in different:
        shown = text.replace(BETWEEN, " ").strip()
        begins = broken_year(shown) if card.period.first_month > 1 else None
        period = (
            period_of(text.split(BETWEEN), card.period.freq, card.period.notation, columns)
            if begins is None
            else _year_from(begins, card.period.first_month)
        )
        if period is None or (begins is None and shown in doubtful):
            at = _first(texts, text)
            raise KetenError(f"{_row(cells, at)}: '{shown}' in de kolom {' en '.join(columns)} {_why_no_period(shown)}")
        found[text] = period if not card.period.freq or period.kind in card.period.freq else None
    return texts.map(found)


def _may_be_years(texts: list[str], card: Card) -> set[str]:
    """Texts such as 2010-11 that may be a month or a year from 2010 into 2011, when the whole column may be years."""
    if card.format.name not in WRITTEN_BY_HAND or card.period.notation or "month" in card.period.freq:
        return set()
    numbered = [text for text in texts if is_year_and_number(text)]
    return set(numbered) if all(broken_year(text) is not None for text in numbered) else set()


def _year_from(year: int, month: int) -> Period:
    """The twelve months from this month on."""
    first = calendar_period("month", year, month)
    return Period(first.start, first.previous(-11).end)


def _why_no_period(text: str) -> str:
    """What is wrong with a text that should be a period, and what can be done."""
    if is_fiscal(text):
        return (
            "is een boekjaar, maar zegt niet in welke maand het begint; schrijf in het bestand de eerste en laatste dag"
        )
    if broken_year(text) is not None:
        return (
            "is een jaar dat over de jaarwisseling loopt, of een maand; zet in [period] first_month (de maand waarin "
            'het jaar begint, zoals 7) of freq = "month"'
        )
    return "is geen periode die keten kent; geef in [period] een notation of een andere kolom"


def _at_moment(period: Period, moment: str) -> Period:
    if moment == "":
        return period
    day = period.start if moment == "start" else period.end
    return Period(day, day)


# -- dimensions --


def _categories(
    cells: pd.DataFrame, dimension: Dimension, card: Card, names: Names, warnings: list[str]
) -> tuple[pd.Series, pd.Series]:
    """The category of every row ("" = total) and which rows are neither member nor total."""
    column = _column(cells, dimension.column)
    codes = cells[column]
    titles = cells[f"{column}:title"] if f"{column}:title" in cells.columns else codes
    title_of = dict(zip(codes.to_numpy(dtype=object), titles.to_numpy(dtype=object), strict=True))
    refuse_unread(title_of)
    blank_is_total, scheme = FORMATS[card.format.name].blank_is_total, FORMATS[card.format.name].names
    words: dict[str, str] = {}
    unknown: list[str] = []
    left_out: set[str] = set()
    known = {} if isinstance(dimension.codes, dict) else _nationalities(title_of, dimension, names, scheme)
    for code, title in title_of.items():
        if code in dimension.total or title in dimension.total or (code == "" and blank_is_total):
            words[code] = ""
        elif code in dimension.leave_out or title in dimension.leave_out:
            left_out.add(code)
        elif code == "":
            at = _first(codes, "")
            raise KetenError(
                f'{_row(cells, at)}: de kolom {column} is leeg; zet "" bij total als een lege cel het totaal is, of '
                "bij leave_out als zij niet meetelt"
            )
        elif isinstance(dimension.codes, dict):
            if code.strip().lower() in ALL_WORDS and code not in dimension.codes:
                raise KetenError(
                    f"de kolom {column} bevat '{code}' naast delen; zet dit bij total of leave_out van de dimensie"
                )
            words[code] = dimension.codes.get(code) or dimension.codes.get(title) or title
            if dimension.codes and code not in dimension.codes and title not in dimension.codes:
                unknown.append(code)
        else:
            word, kind = known[code]
            if kind == AGGREGATE:
                left_out.add(code)
                continue
            words[code] = word
            if kind == UNKNOWN:
                unknown.append(code)
    if unknown:
        warnings.append(
            f"in de kolom {column} {'staat een onbekende code' if len(unknown) == 1 else 'staan onbekende codes'}: "
            f"{listing(unknown)}; de tekst van de bron is gehouden"
        )
    words = {code: word.replace(BETWEEN, " ") for code, word in words.items()}
    return codes.map(words), codes.isin(left_out)


def _nationalities(title_of: dict[str, str], dimension: Dimension, names: Names, scheme: str) -> dict[str, Found]:
    """Name and kind of every code, by its title where the code itself is not known."""
    members = {
        code: title
        for code, title in title_of.items()
        if code and not {code, title} & {*dimension.total, *dimension.leave_out}
    }
    found = names.resolve_column(members, scheme, dimension.spellings)
    by_title = names.resolve_column(members.values(), scheme, dimension.spellings)
    return {code: by_title[members[code]] if one[1] == UNKNOWN else one for code, one in found.items()}


def _tell_apart(
    observations: pd.DataFrame, key: list[str], cells: pd.DataFrame, card: Card, warnings: list[str]
) -> None:
    """Codes with one Dutch name that both have a figure of one cell stay apart, whatever the order of the rows.

    The one that is spelled so, or else the first of the alphabet, has the name; the others keep the text of the source.
    """
    doubles = observations[observations.duplicated(key, keep=False)]
    for name, dimension in card.dimensions.items():
        if doubles.empty:
            return
        column = _column(cells, dimension.column)
        titles = cells[f"{column}:title"] if f"{column}:title" in cells.columns else cells[column]
        both = doubles.assign(code=cells[column].loc[doubles.index], title=titles.loc[doubles.index])
        both = both[(both[BY + name] != "") & (both.groupby(key)["code"].transform("nunique") > 1)]
        for word, codes in both.groupby(BY + name):
            pairs = sorted({(title != word, title, code) for title, code in zip(codes.title, codes.code, strict=True)})
            first, *others = [(title, code) for _, title, code in pairs]
            for title, code in others:
                mine = (cells[column].loc[observations.index] == code).to_numpy()
                observations.loc[mine, BY + name] = f"{word} ({title})"
                warnings.append(f"in de kolom {column} betekenen '{first[1]}' en '{code}' beide {word}; ze staan apart")
        doubles = observations[observations.duplicated(key, keep=False)]


# -- measures --


def _measured(
    cells: pd.DataFrame,
    name: str,
    measure: Measure,
    card: Card,
    dimensions: dict[str, pd.Series],
    periods: pd.Series,
    steps: dict[str, float],
    typed: bool,
) -> list[pd.DataFrame]:
    """The observations of one measure: one table, or one per column when columns are categories.

    `steps` gets what they were multiplied by, where they were.
    """
    try:
        shown: list[tuple[str, float]] = []
        rows = _kept(cells, measure.where, f"measures.{name}.where")
        columns = measure.columns or {measure.column: ""}
        parts = []
        for header, category in columns.items():
            mine = rows
            if header == "":
                column = _number_column(rows, card)
            elif header not in rows.columns and {"Measure", "Value"} <= set(rows.columns):
                column, mine = "Value", _kept(rows, {"Measure": (header,)}, f"measures.{name}")
            else:
                column = _column(rows, header)
            times = numbers.factors(mine, column, measure)
            if times.ne(1).any():
                steps[name] = max(steps.get(name, 0), times.max())
            fractions = measure.fractions or bool(times.ne(1).any())
            signs = _written(cells, column, fractions, typed, card)
            part = _valued(mine, column, signs, times, measure, card, periods)
            if numbers.may_be_shares(measure):
                shown += dict.fromkeys(zip(mine[column], part.value, strict=True))
            part.insert(0, "measure", name)
            for dimension, categories in dimensions.items():
                part[dimension] = categories.loc[mine.index]
            if measure.dimension:
                part[BY + measure.dimension] = category
            parts.append(part)
        numbers.refuse_shares(shown)
    except KetenError as fault:
        raise KetenError(f"maat {name}: {fault}") from None
    return parts


def _number_column(cells: pd.DataFrame, card: Card) -> str:
    """Where a card does not say: the column called Aantal or so, else the last one."""
    named = [column for column in cells.columns if same_name(column) in NUMBER_NAMES]
    return next(column for column in [*named, *reversed(cells.columns)] if column not in (LEVEL, FLAG, LINES))


def _written(cells: pd.DataFrame, column: str, fractions: bool, typed: bool, card: Card) -> tuple[str, str]:
    """The decimal and the thousands sign of a column of numbers, "" for any; seen from all of its cells."""
    decimal, thousands = numbers.signs(card)
    if decimal or thousands:
        return decimal, thousands
    texts = {_without_star(text, card.marks)[0]: text for text in cells[column].unique() if not mark(text, card.marks)}

    def place(text: str) -> str:
        return _row(cells, _first(cells[column], texts[text]))

    try:
        return numbers.decimal_sign(texts, fractions, place, typed), ""
    except KetenError as fault:
        raise KetenError(f"in de kolom {column}: {fault}") from None


def _valued(
    rows: pd.DataFrame,
    column: str,
    written: tuple[str, str],
    times: pd.Series,
    measure: Measure,
    card: Card,
    periods: pd.Series,
) -> pd.DataFrame:
    """period, freq, value, status and note of every row; `times`: what each number is multiplied by."""
    texts, of_text = _different(rows[column])
    told = FLAG in rows.columns and not any(one.column == FLAG for one in card.dimensions.values())
    flags, of_flag = _different(rows[FLAG]) if told else ([""], np.zeros(len(rows), dtype=np.int64))
    of_times, factors = pd.factorize(times.to_numpy(dtype=float))
    starred = _starred(rows, card)
    cell = ((of_text * len(flags) + of_flag) * len(factors) + of_times) * 2 + starred
    _, first, which = np.unique(cell, return_index=True, return_inverse=True)
    found = {}
    for at in sorted(first):
        text = texts[of_text[at]]
        factor = float(factors[of_times[at]])
        value = _value(text, flags[of_flag[at]], bool(starred[at]), factor, written, measure, card)
        if isinstance(value, str):
            named = rows[HEAD].iloc[at] if column == UNDER_HEAD else column
            raise KetenError(f"{_row(rows, rows.index[at])}: '{text}' in de kolom {named} {value}")
        found[at] = value
    values, statuses, notes = zip(*(found[at] for at in first), strict=True) if len(first) else ((), (), ())
    mine = periods.loc[rows.index].to_numpy(dtype=object)
    _, at_first, of_period = np.unique(  # by identity: rows of one text share one object
        np.fromiter(map(id, mine), dtype=np.int64, count=len(mine)), return_index=True, return_inverse=True
    )
    moments = [_at_moment(period, card.period.moment) for period in mine[at_first]]
    return pd.DataFrame(
        {
            "period": _texts([str(period) for period in moments], of_period).array,
            "freq": _texts([period.kind for period in moments], of_period).array,
            "value": np.array(values, dtype=float)[which],
            "status": _texts(statuses, which).array,
            "note": _texts(notes, which).array,
            "parts": 1,
        },
        index=rows.index,
    )


def _different(column: pd.Series) -> tuple[list[str], np.ndarray]:
    """The different values of a column, and for every row the place of its own among them."""
    places, values = pd.factorize(column.to_numpy(dtype=object), use_na_sentinel=False)
    return list(values), places


def _texts(different: Sequence[str], places: np.ndarray) -> pd.Series:
    """The texts of a column from its different values."""
    return pd.Series(np.array(different, dtype=object)[places], dtype="str")


def _starred(rows: pd.DataFrame, card: Card) -> np.ndarray:
    """Whether the period itself is marked as provisional, as StatLine does with a star."""
    found = np.zeros(len(rows), dtype=bool)
    for name in card.period.columns:
        if name in rows.columns:
            texts, places = _different(rows[name])
            found |= np.array([is_provisional(text) for text in texts], dtype=bool)[places]
    return found


def _without_star(text: str, marks: Marks) -> tuple[str, bool]:
    """A number without the mark of a provisional figure behind it, and whether it had one."""
    ending = next((ending for ending in marks.provisional if ending and text.endswith(ending)), "")
    return (text.removesuffix(ending).strip(), True) if ending else (text, False)


def _value(
    text: str, flag: str, star: bool, times: float, written: tuple[str, str], measure: Measure, card: Card
) -> tuple[float, str, str] | str:
    """Value, status and note of one cell; what is wrong with it, in Dutch, when it is neither a number nor a mark."""
    about = read_flags(flag, card.marks.provisional)
    nothing = float("nan")
    found = mark(text, card.marks)
    if found in ("suppressed", "missing"):
        return nothing, about.withheld or found, ""
    shown, marked = _without_star(text, card.marks)
    value = 0.0 if found == "zero" else number(shown, *written)
    if value is None and is_unread(text):
        return f"staat in plaats van een waarde; {MEND}"
    if value is None:
        return (
            "is geen getal, zoals die in deze kolom geschreven zijn, en geen teken voor onderdrukt of ontbrekend; zet "
            "het bij [marks] in de kaart"
        )
    if about.withheld or about.status == "missing":
        return nothing, about.withheld or "missing", ""
    if "%" in shown and measure.unit != "percent":
        return "is een percentage, maar de maat telt iets anders; verbeter unit of column in de kaart"
    value = numbers.multiplied(value, times)
    if reason := numbers.why_not(value, measure):
        return reason
    usual = "circa" if times > 1 and not measure.fractions else ROUNDED_TO[card.rounding]
    return value, about.status or ("provisional" if star or marked else usual), about.note


def _added_up(observations: pd.DataFrame, name: str, dimensions: list[str]) -> pd.DataFrame:
    """Totals of a dimension of which the source gives the members only; withheld where a member is not shown."""
    key = [*BASE, *(other for other in dimensions if other != name)]
    totals = _sums(observations[observations[name] != ""], key, "delen")
    have = observations.loc[observations[name] == "", key].drop_duplicates().assign(given=True)
    totals = totals.merge(have, how="left", on=key)
    return totals[totals.given.isna()].drop(columns="given").assign(**{name: ""})


def _added_rows(observations: pd.DataFrame, key: list[str], warnings: list[str]) -> pd.DataFrame:
    """Several rows of one figure added, where the card says that they are its parts."""
    several = observations.duplicated(key, keep=False)
    if several.any():
        sums = _sums(observations[several], key, "rijen")
        warnings.append(f"cijfers die de som van meer rijen zijn (add_rows): {len(sums)}, uit {several.sum()} rijen")
        observations = pd.concat([observations[~several], sums])
    return observations


def _sums(rows: pd.DataFrame, key: list[str], what: str) -> pd.DataFrame:
    """The sum of the rows of each key, with the worst status; withheld where one of them is not shown.

    `what` they are called. Remarks on the quality of any of them hold for the sum.
    """
    worst = rows.status.map({word: place for place, word in enumerate(WORST_LAST)})
    told = {text: rows.note.str.contains(text, regex=False) for text in REMARKS}
    sums = (
        rows.assign(worst=worst, **told)
        .groupby(key, sort=False, as_index=False)
        .agg(
            value=("value", "sum"),
            shown=("value", "count"),
            count=("value", "size"),
            parts=("parts", "sum"),
            worst=("worst", "max"),
            **{text: (text, "any") for text in REMARKS},
        )
    )
    whole = sums.shown == sums["count"]
    words = sums.worst.map(dict(enumerate(WORST_LAST))).where(whole, "missing").astype("str")
    notes = [
        f"som van {count} {what}" if count == shown else f"{count - shown} van {count} {what} onderdrukt of ontbrekend"
        for count, shown in zip(sums["count"], sums.shown, strict=True)
    ]
    note = pd.Series(notes, sums.index, dtype="str")
    for text in REMARKS:
        note = note.where(~sums[text], note + f"; {text}")
    return sums[key].assign(value=sums.value.where(whole), status=words, note=note, parts=sums["parts"])


def _refuse_doubles(observations: pd.DataFrame, key: list[str], cells: pd.DataFrame, card: Card) -> None:
    """Raise KetenError when two rows are the same figure; says which columns tell them apart."""
    doubles = observations[observations.duplicated(key, keep=False)]
    if doubles.empty:
        return
    first = doubles.iloc[0]
    same = doubles[(doubles[key] == first[key]).all(axis=1)]
    rows = cells.loc[list(dict.fromkeys(same.index))]
    apart = [
        column
        for column in rows.columns
        if rows[column].nunique() > 1 and not _declared(column, card) and column not in (LEVEL, FLAG, LINES)
    ]
    hint = (
        f"de kolom {', '.join(apart)} verschilt; noem haar in [keep], in where of als dimensie, of zet add_rows = true "
        "als de rijen samen het cijfer zijn"
        if apart
        else "de rijen zijn gelijk of dubbel geteld"
    )
    told = zip(same.index[:MOST_TOLD], same.value, same.status, strict=False)
    places = [f"{_row(cells, at)} ({status if pd.isna(value) else f'{value:.10g}'})" for at, value, status in told]
    named = ", ".join(f"{first[name]}" for name in key if first[name])
    raise KetenError(f"dubbele telling: {' en '.join(places)} geven beide {named}; {hint}")


def _declared(column: str, card: Card) -> bool:
    numbers = {measure.column for measure in card.measures.values()}
    numbers |= {header for measure in card.measures.values() for header in measure.columns}
    taken = {*card.period.columns, *numbers, *(dimension.column for dimension in card.dimensions.values())}
    return same_name(column) in {same_name(name) for name in taken}
