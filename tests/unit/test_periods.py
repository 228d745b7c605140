"""Periods: what is read is printed again, months tile, and every Dutch name is as a reader expects it."""

from datetime import date, timedelta
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keten.errors import KetenError
from keten.model import periods
from keten.model.periods import Period, calendar_period
from keten.model.typed_period import typed_period

years = st.integers(1905, 2095)
calendar_periods = st.one_of(
    st.builds(calendar_period, st.just("month"), years, st.integers(1, 12)),
    st.builds(calendar_period, st.just("quarter"), years, st.integers(1, 4)),
    st.builds(calendar_period, st.just("half_year"), years, st.integers(1, 2)),
    st.builds(calendar_period, st.just("year"), years),
)
days = st.dates(date(1905, 1, 1), date(2095, 12, 31))
single_days = st.builds(lambda day: Period(day, day), days)
spans = st.builds(lambda first, length: Period(first, first + timedelta(length)), days, st.integers(0, 1500))
month_spans = st.builds(
    lambda first, months: Period(first.trailing(months).start, first.end),
    st.builds(calendar_period, st.just("month"), years, st.integers(1, 12)),
    st.integers(1, 40),
)
any_period = st.one_of(calendar_periods, single_days, spans, month_spans)


@given(any_period)
def test_printed_period_reads_back(period):
    assert Period.parse(str(period)) == period
    assert Period.parse(f"  {str(period).lower()}\n") == period
    assert period.kind in periods.KINDS


@given(any_period)
def test_contains_its_first_and_last_day_and_not_the_days_around(period):
    assert period.contains(period.start) and period.contains(period.end) and period.contains(period)
    before, after = period.start - timedelta(1), period.end + timedelta(1)
    assert not period.contains(before) and not period.contains(after)
    assert not period.contains(Period(before, period.end))
    assert not period.contains(Period(period.start, after))


@given(st.one_of(calendar_periods, month_spans), st.sampled_from(["month", "quarter", "half_year", "year"]))
def test_parts_tile_without_gap_or_overlap(period, kind):
    parts = period.parts(kind)
    if kind == "month":
        assert parts == period.months != ()
    if parts:
        assert parts[0].start == period.start and parts[-1].end == period.end
        assert all(a.end + timedelta(1) == b.start for a, b in pairwise(parts))
        assert {part.kind for part in parts} == {kind}
        assert sum(part.days for part in parts) == period.days


@given(st.one_of(calendar_periods, month_spans), st.integers(-5, 5))
def test_previous_can_be_undone_and_keeps_the_number_of_months(period, n):
    moved = period.previous(n)
    assert moved.previous(-n) == period
    assert len(moved.months) == len(period.months)
    assert (moved < period) == (n > 0)


@given(calendar_periods)
def test_previous_ends_the_day_before_and_keeps_the_kind(period):
    assert period.previous().end + timedelta(1) == period.start
    assert period.previous().kind == period.kind


@given(st.one_of(calendar_periods, single_days), st.integers(0, 5))
def test_earlier_years_keep_the_kind_and_are_sorted(period, n):
    earlier = period.earlier_years(n)
    assert [other.end.year for other in earlier] == list(range(period.end.year - n, period.end.year))
    assert earlier == sorted(earlier)
    assert {other.kind for other in earlier} <= {period.kind}


@given(any_period, any_period)
def test_order_is_start_then_end(one, other):
    assert (one < other) == ((one.start, one.end) < (other.start, other.end))


@given(any_period, st.integers(1, 24))
def test_trailing_is_whole_months_up_to_the_end(period, months):
    trailing = period.trailing(months)
    assert len(trailing.months) == months
    assert trailing.end <= period.end
    assert (period.end - trailing.end).days < 31
    assert (trailing.end == period.end) or not period.months


@pytest.mark.parametrize(
    ("text", "kind", "label", "short", "days"),
    [
        ("2017-06", "month", "juni 2017", "jun 2017", 30),
        ("2016-03", "month", "maart 2016", "mrt 2016", 31),
        ("2017-Q1", "quarter", "eerste kwartaal 2017", "1e kw 2017", 90),
        ("2017-Q2", "quarter", "tweede kwartaal 2017", "2e kw 2017", 91),
        ("2017-Q3", "quarter", "derde kwartaal 2017", "3e kw 2017", 92),
        ("2017-Q4", "quarter", "vierde kwartaal 2017", "4e kw 2017", 92),
        ("2017-H1", "half_year", "eerste helft 2017", "1e helft 2017", 181),
        ("2017-H2", "half_year", "tweede helft 2017", "2e helft 2017", 184),
        ("2016", "year", "2016", "2016", 366),
        ("2017-12-31", "date", "31 december 2017", "31-12-2017", 1),
        ("2017-01-01/2017-05-31", "span", "januari tot en met mei 2017", "jan-mei 2017", 151),
        ("2020-02-01/2020-03-31", "span", "februari en maart 2020", "feb-mrt 2020", 60),
        ("2015-01-01/2016-12-31", "span", "2015 en 2016", "2015-2016", 731),
        ("2016-03-01/2018-02-28", "span", "maart 2016 tot en met februari 2018", "mrt 2016-feb 2018", 730),
        ("2016-03-01/2017-02-28", "span", "maart 2016 tot en met februari 2017", "mrt 2016-feb 2017", 365),
        ("2015-01-01/2017-12-31", "span", "2015 tot en met 2017", "2015-2017", 1096),
        ("2020-03-19/2020-03-26", "span", "19 tot en met 26 maart 2020", "19-26 mrt 2020", 8),
        ("2020-03-19/2020-04-01", "span", "19 maart tot en met 1 april 2020", "19 mrt-1 apr 2020", 14),
        (
            "2019-03-19/2020-03-01",
            "span",
            "19 maart 2019 tot en met 1 maart 2020",
            "19 mrt 2019-1 mrt 2020",
            349,
        ),
    ],
)
def test_names_of_a_period(text, kind, label, short, days):
    period = Period.parse(text)
    assert (str(period), period.kind, period.label, period.short, period.days) == (
        text,
        kind,
        label,
        short,
        days,
    )


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("2017-01-01/2017-12-31", "2017"),
        ("2017-07-01/2017-12-31", "2017-H2"),
        ("2017-04-01/2017-06-30", "2017-Q2"),
        ("2016-02-01/2016-02-29", "2016-02"),
        ("2017-02-01/2017-07-31", "2017-02-01/2017-07-31"),  # six months, but no half-year
        ("2017-05-05/2017-05-05", "2017-05-05"),
        (" 2017-q2 ", "2017-Q2"),
        ("2017-h1", "2017-H1"),
        (2017, "2017"),
        (date(2017, 12, 31), "2017-12-31"),
        (pd.Timestamp(2017, 12, 31, 13), "2017-12-31"),
        (calendar_period("quarter", 2017, 2), "2017-Q2"),
    ],
)
def test_other_ways_of_writing_come_out_canonical(written, canonical):
    assert str(Period.parse(written)) == canonical


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2017-13",
            "2017-00",
            "2017-6",
            "2017-Q5",
            "2017-H3",
            "2017-02-30",
            "1899",
            "2101",
            "17-06",
            "201706",
        ),
        *("2017/2018", "2017-01-01/", "2017-06-01T00:00", "٢٠١٧", "2017-06-٠١", "juni 2017", "nan", ""),
        *(None, float("nan"), True, 2017.0, 7),
    ],
)
def test_wrong_input_is_told_what_is_accepted(text):
    with pytest.raises(KetenError) as caught:
        Period.parse(text)
    message = str(caught.value)
    assert repr(text) in message
    assert all(form in message for form in ("2017-06", "2017-Q2", "2017-H1", "2017-12-31", "1900"))


def test_a_span_that_runs_backwards_is_named():
    with pytest.raises(KetenError, match=r"2017-05-31/2017-01-01.*eindigt voor haar begin"):
        Period.parse("2017-05-31/2017-01-01")


@pytest.mark.parametrize(
    ("text", "earlier"),
    [
        ("2016-02-29", "2015-02-28"),
        ("2017-02-28", "2016-02-29"),  # stock at the end of the month: compare with the end of the month
        ("2017-02-27", "2016-02-27"),
        ("2016-02", "2015-02"),
        ("2017-02", "2016-02"),
        ("2017-Q1", "2016-Q1"),
        ("2017-01-01/2017-05-31", "2016-01-01/2016-05-31"),
        ("2016-03-01/2017-02-28", "2015-03-01/2016-02-29"),
        ("2020-02-29/2020-03-05", "2019-02-28/2019-03-05"),
        ("2017-02-28/2017-03-05", "2016-02-28/2016-03-05"),
    ],
)
def test_same_period_a_year_earlier(text, earlier):
    assert str(Period.parse(text).years_earlier()) == earlier


@pytest.mark.parametrize(
    ("text", "previous", "to_date", "trailing"),
    [
        ("2017-06", "2017-05", "2017-H1", "2016-07-01/2017-06-30"),
        ("2017-01", "2016-12", "2017-01", "2016-02-01/2017-01-31"),
        ("2017-Q1", "2016-Q4", "2017-Q1", "2016-04-01/2017-03-31"),
        ("2017-H2", "2017-H1", "2017", "2017"),
        ("2017", "2016", "2017", "2017"),
        ("2017-01-01/2017-05-31", "2016-08-01/2016-12-31", "2017-01-01/2017-05-31", "2016-06-01/2017-05-31"),
        ("2016-11-01/2017-02-28", "2016-07-01/2016-10-31", "2017-01-01/2017-02-28", "2016-03-01/2017-02-28"),
    ],
)
def test_previous_year_to_date_and_trailing(text, previous, to_date, trailing):
    period = Period.parse(text)
    assert str(period.previous()) == previous
    assert str(period.year_to_date()) == to_date
    assert str(period.trailing()) == trailing


def test_periods_without_whole_months():
    day, odd = Period.parse("2020-11-01"), Period.parse("2020-03-19/2020-04-01")
    assert day.months == odd.months == odd.parts("year") == ()
    assert str(day.trailing()) == "2019-11-01/2020-10-31"
    assert str(odd.trailing(3)) == "2020-Q1"
    assert str(odd.year_to_date()) == "2020-01-01/2020-04-01"
    for period in (day, odd):
        with pytest.raises(ValueError, match="whole months"):
            period.previous()


def test_parts_of_calendar_periods():
    def parts(text, kind):
        return [str(part) for part in Period.parse(text).parts(kind)]

    assert parts("2017", "half_year") == ["2017-H1", "2017-H2"]
    assert parts("2017", "quarter") == ["2017-Q1", "2017-Q2", "2017-Q3", "2017-Q4"]
    assert parts("2017-H2", "quarter") == ["2017-Q3", "2017-Q4"]
    assert parts("2017-Q4", "month") == ["2017-10", "2017-11", "2017-12"]
    assert parts("2015-01-01/2016-12-31", "year") == ["2015", "2016"]
    assert parts("2017-Q4", "quarter") == ["2017-Q4"]
    assert parts("2017-Q4", "year") == parts("2017-02-01/2017-04-30", "quarter") == []
    with pytest.raises(ValueError, match="week"):
        parts("2017", "week")


def test_contains_takes_time_stamps():
    assert Period.parse("2017-06").contains(pd.Timestamp(2017, 6, 30, 23, 59))
    assert not Period.parse("2017-06").contains(pd.Timestamp(2017, 7, 1))


def test_periods_that_follow_one_another_up_to_a_day():
    assert [str(one) for one in Period.parse("2016-11").until(date(2017, 2, 28))] == [
        "2016-11",
        "2016-12",
        "2017-01",
        "2017-02",
    ]
    assert len(Period.parse("2015-01").until(date(2016, 12, 1))) == 24
    assert [str(one) for one in Period.parse("2016-Q4").until(date(2017, 4, 1))] == ["2016-Q4", "2017-Q1", "2017-Q2"]
    assert Period.parse("2017-02").until(date(2017, 1, 31)) == [Period.parse("2017-02")]


def test_building_a_period_that_does_not_exist():
    for kind, number in (("month", 13), ("quarter", 0), ("half_year", 3), ("year", 2)):
        with pytest.raises(ValueError, match=str(number)):
            calendar_period(kind, 2017, number)
    with pytest.raises(ValueError, match="before it starts"):
        periods.span(date(2017, 2, 1), date(2017, 1, 1))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("juni 2017", "2017-06"), (" Juni  2017 ", "2017-06"), ("jun. 2017", "2017-06"), ("mrt 2017", "2017-03"),
        ("2017-6", "2017-06"), ("6-2017", "2017-06"), ("06/2017", "2017-06"), ("2017 Q2", "2017-Q2"),
        ("K2 2017", "2017-Q2"), ("tweede kwartaal 2017", "2017-Q2"), ("2e kwartaal van 2017", "2017-Q2"),
        ("1e helft 2017", "2017-H1"), ("eerste halfjaar 2017", "2017-H1"), ("2017-h2", "2017-H2"), ("2017", "2017"),
    ],
)  # fmt: skip
def test_a_period_is_understood_as_a_person_types_it(typed, meant):
    assert str(typed_period(typed)) == meant
    assert typed_period(Period.parse(meant)) == Period.parse(meant)


@pytest.mark.parametrize("typed", ["2017-H3", "vijfde kwartaal 2017", "juni", "13-2017", "2017-13", "juni 217", "6-17"])
def test_what_is_no_period_stays_none(typed):
    with pytest.raises(KetenError, match="is geen periode"):
        typed_period(typed)
