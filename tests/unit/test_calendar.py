"""The day on which figures come out: working days and holidays of the Netherlands, on the list and in a calendar."""

from datetime import date
from pathlib import Path

import icalendar
import pytest
from bs4 import BeautifulSoup
from dateutil.easter import easter
from edition_folders import write
from hypothesis import given
from hypothesis import strategies as some

from keten.errors import KetenError
from keten.model.periods import Period
from keten.reports import calendar
from keten.reports.calendar import NAME, Rule, expected, holidays, is_working_day, read, release_day
from keten.reports.publish import frontpage

RULES = '[release]\nmonth = "vijfde werkdag"\nyear = "laatste vrijdag van de derde maand"\n'


def test_easter_is_that_of_another_program_in_every_year_of_a_report():
    assert [calendar.easter_sunday(year) for year in range(1900, 2101)] == [easter(year) for year in range(1900, 2101)]


def test_the_holidays_are_those_that_government_published():
    assert sorted(holidays(2025)) == [
        date(2025, 1, 1), date(2025, 4, 18), date(2025, 4, 21), date(2025, 4, 26), date(2025, 5, 5), date(2025, 5, 29),
        date(2025, 6, 9), date(2025, 12, 25), date(2025, 12, 26),
    ]  # fmt: skip
    assert [calendar.kings_day(year) for year in (2006, 2013, 2014, 2024)] == [
        date(2006, 4, 29), date(2013, 4, 30), date(2014, 4, 26), date(2024, 4, 27),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("period", "rule", "day"),
    [
        ("2017-06", Rule(5), "2017-07-07"),
        ("2017-12", Rule(5), "2018-01-08"),  # after New Year's Day and a weekend
        ("2016-04", Rule(5), "2016-05-09"),  # Ascension Day is the fifth of May
        ("2017-Q1", Rule(1, month=2), "2017-05-01"),
        ("2017-H1", Rule(-1), "2017-07-31"),
        ("2017", Rule(-1, month=3, weekday=4), "2018-04-03"),  # Good Friday, then Easter Monday
        ("2017-05", Rule(2, weekday=1), "2017-06-13"),
    ],
)
def test_the_day_follows_from_the_period_alone(period, rule, day):
    period = Period.parse(period)
    assert str(release_day({period.kind: rule}, period)) == day
    assert release_day({}, period) is None and expected({}, period) == ""


@given(year=some.integers(1990, 2090), month=some.integers(1, 12), place=some.integers(1, 10))
def test_the_day_is_the_asked_working_day_of_its_month(year, month, place):
    day = release_day({"month": Rule(place)}, Period.parse(f"{year}-{month:02}"))
    before = [date(day.year, day.month, number) for number in range(1, day.day + 1)]
    assert sum(map(is_working_day, before)) == place and is_working_day(day)


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / NAME).write_text(RULES, encoding="utf-8")
    return tmp_path


def test_the_list_and_the_calendar_tell_the_next_day_of_each_kind(folder, monkeypatch):
    monkeypatch.setenv("KETEN_SITE", "https://cijfers.example.nl")
    for name in ("2017-05", "2017-06", "2016", "2017-Q2", "2017-07_nationaliteit-eritrea"):
        write(folder / "uit", name)
    frontpage.write(folder / "uit", folder)
    page = BeautifulSoup((folder / "uit" / "index.html").read_text(encoding="utf-8"), "html.parser")
    listed = [one.get_text() for one in page.find(id="verwacht").find_next("ul").find_all("li")]
    assert listed == ["7 augustus 2017: cijfers over juli 2017", "3 april 2018: cijfers over 2017"]
    content = (folder / "uit" / "kalender.ics").read_bytes()
    assert content.endswith(b"END:VCALENDAR\r\n") and max(map(len, content.split(b"\r\n"))) <= 75
    read_back = icalendar.Calendar.from_ical(content)
    assert read_back.errors == [] and read_back["VERSION"] == "2.0" and read_back["PRODID"]
    events = read_back.walk("VEVENT")
    assert [str(event["SUMMARY"]) for event in events] == [
        "Cijfers over de migratieketen, juli 2017",
        "Cijfers over de migratieketen, 2017",
    ]
    assert [(event["DTSTART"].dt, event["DTEND"].dt) for event in events] == [
        (date(2017, 8, 7), date(2017, 8, 8)),
        (date(2018, 4, 3), date(2018, 4, 4)),
    ]
    assert all(not event.errors and event["DTSTAMP"].dt.isoformat() == "2017-07-05T06:01:02+00:00" for event in events)
    assert len({str(event["UID"]) for event in events}) == 2
    assert str(events[0]["URL"]) == "https://cijfers.example.nl/nieuwste/index.html"
    frontpage.write(folder / "uit", folder)
    assert (folder / "uit" / "kalender.ics").read_bytes() == content


def test_without_a_rule_there_is_no_calendar_and_no_promise(folder):
    write(folder / "uit", "2017-06")
    frontpage.write(folder / "uit", folder)
    assert (folder / "uit" / "kalender.ics").is_file()
    (folder / NAME).unlink()
    frontpage.write(folder / "uit", folder)
    assert not (folder / "uit" / "kalender.ics").exists()
    page = (folder / "uit" / "index.html").read_text(encoding="utf-8")
    assert "verwacht" not in page and "kalender.ics" not in page


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('maand = "vijfde werkdag"', "'maand' is onbekend"),
        ('month = "elfde werkdag"', "de regel 'elfde werkdag' is onbekend"),
        ('month = "vijfde maandag"', "is onbekend"),
        ('month = "eerste zaterdag"', "is onbekend"),
        ("month = 5", "de regel 5 is onbekend"),
    ],
)
def test_a_rule_that_is_none_is_told_with_its_line(tmp_path, line, words):
    (tmp_path / NAME).write_text(f"[release]\n{line}\n", encoding="utf-8")
    with pytest.raises(KetenError, match=f"^{NAME}, regel 2: ") as fault:
        read(tmp_path)
    assert words in str(fault.value)


def test_the_rules_of_this_project_give_a_day_for_every_kind(repository):
    rules = read(repository / "data")
    assert expected(rules, Period.parse("2024")) == (
        "Het volgende cijfer van deze soort, over 2025, wordt verwacht in maart 2026."
    )
    assert set(rules) == {"month", "quarter", "half_year", "year"}
