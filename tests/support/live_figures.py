"""Invented figures for an invented Netherlands: what the publishers of `live_data` count, before they round it.

No number here was ever published. They are of a plausible size and agree with each other, so that totals, quarters and
countries add up. The same call gives the same number, always.
"""

from math import sin
from typing import NamedTuple

MONTHS = [f"{year}-{month:02}" for year in range(2014, 2018) for month in range(1, 13)][:42]  # to 2017-06
QUARTERS = [f"{year}-Q{quarter}" for year in range(2014, 2018) for quarter in range(1, 5)][:14]
YEARS = ["2014", "2015", "2016"]
LONG_YEARS = [str(year) for year in range(2008, 2017)]
REVISED = ("SYR", "2017-03", 45)  # what a later delivery adds, of whom and when


class Nationality(NamedTuple):
    """How publishers write a nationality, and its part of the first applications in thousandths."""

    iso3: str
    eurostat: str
    cbs_key: str  # NAT00..: invented, known by its title only
    cbs_title: str
    unhcr: str
    part: int


NATIONALITIES = [
    Nationality("SYR", "SY", "NAT9444", "Syrisch", "Syrian Arab Rep.", 330),
    Nationality("ERI", "ER", "NAT9326", "Eritrees", "Eritrea", 190),
    Nationality("AFG", "AF", "NAT9278", "Afghaans", "Afghanistan", 62),
    Nationality("IRQ", "IQ", "NAT9350", "Iraaks", "Iraq", 58),
    Nationality("IRN", "IR", "NAT9351", "Iraans", "Iran (Islamic Rep. of)", 49),
    Nationality("ALB", "AL", "NAT0001", "Albanees", "Albania", 44),
    Nationality("MAR", "MA", "NAT0002", "Marokkaans", "Morocco", 37),
    Nationality("TUR", "TR", "NAT9458", "Turks", "Turkey", 28),
    Nationality("DZA", "DZ", "NAT0003", "Algerijns", "Algeria", 26),
    Nationality("GEO", "GE", "NAT0004", "Georgisch", "Georgia", 23),
    Nationality("SOM", "SO", "NAT0005", "Somalisch", "Somalia", 19),
    Nationality("NGA", "NG", "NAT0006", "Nigeriaans", "Nigeria", 15),
    Nationality("CHN", "CN", "NAT9310", "Chinees", "China", 13),
    Nationality("SDN", "SD", "NAT9437", "Soedanees", "Sudan", 11),
    Nationality("RUS", "RU", "NAT0007", "Russisch", "Russian Federation", 9),
    Nationality("BIH", "BA", "NAT9298", "Bosnisch", "Bosnia and Herzegovina", 4),
]
# Eurostat's code: first applications per thousand of the Union's, thousands of inhabitants.
COUNTRIES = {
    "BE": (28, 11300), "BG": (19, 7150), "CZ": (2, 10560), "DK": (13, 5710), "DE": (410, 82200), "EE": (1, 1316),
    "IE": (4, 4725), "EL": (42, 10780), "ES": (17, 46440), "FR": (78, 66700), "HR": (2, 4190), "IT": (102, 60670),
    "CY": (3, 848), "LV": (1, 1969), "LT": (1, 2889), "LU": (3, 576), "HU": (70, 9830), "MT": (2, 450),
    "AT": (52, 8700), "PL": (10, 37967), "PT": (1, 10341), "RO": (2, 19760), "SI": (2, 2064), "SK": (1, 5426),
    "FI": (11, 5487), "SE": (68, 9851), "UK": (36, 65380), "NO": (10, 5214), "CH": (24, 8327),
}  # fmt: skip
OUTSIDE = ("UK", "NO", "CH")  # not in the total of the 27
_FIRST = [
    14, 9, 10, 22, 31, 17, 20, 21, 28, 19, 13, 12, 9, 8, 8, 11, 22, 28, 30, 52, 63, 96, 61, 34, 25, 18, 13, 10, 10, 11,
    15, 17, 18, 20, 19, 15, 14, 13, 12, 13, 13, 14,
]  # fmt: skip
_FAMILY = [
    3, 3, 4, 4, 5, 5, 5, 6, 6, 6, 7, 8, 9, 10, 11, 11, 10, 12, 13, 14, 15, 17, 11, 9, 7, 6, 5, 4, 4, 5, 7, 8, 12, 16,
    21, 22, 13, 16, 19, 14, 11, 9,
]  # fmt: skip


class Figures:
    """The invented truth; `revised` after someone looked again at one month."""

    def __init__(self, revised: bool = False):
        self.revised = revised

    def first(self, month: str, who: str = "") -> int:
        """First applications in the Netherlands in a month, of a nationality (ISO 3166) or of all."""
        place = MONTHS.index(month)
        total = 100 * _FIRST[place] + (37 * place) % 90
        more = REVISED[2] if self.revised and REVISED[1] == month and who in ("", REVISED[0]) else 0
        return (_part(total, place, who) if who else total) + more

    def repeat(self, month: str, who: str = "") -> int:
        """Repeat applications: about one on nine first ones."""
        total = 90 + 100 * _FIRST[MONTHS.index(month)] // 13
        return _part(total, MONTHS.index(month) + 5, who) if who else total

    def family(self, month: str, who: str = "") -> int:
        """Family members of permit holders who entered the country."""
        place = MONTHS.index(month)
        total = 100 * _FAMILY[place] + (53 * place) % 80
        return _part(total, place + 11, who) if who else total

    def decided(self, quarter: str, outcome: str, who: str = "") -> int:
        """First instance decisions in a quarter: geneva, subsidiary, humanitarian or rejected."""
        share = {"geneva": 0.27, "subsidiary": 0.33, "humanitarian": 0.04, "rejected": 0.36}[outcome]
        months = [MONTHS[max(place - 3, 0)] for place in range(len(MONTHS)) if _quarter(MONTHS[place]) == quarter]
        return int(share * sum(self.first(month, who) for month in months))

    def pending(self, month: str, who: str = "") -> int:
        """Persons who wait on the last day of a month."""
        waiting = 12000 * (_thousandths(who) if who else 1000) / 1000
        for earlier in MONTHS[: MONTHS.index(month) + 1]:
            waiting = 0.86 * waiting + 1.05 * self.first(earlier, who)
        return int(waiting)

    def protected(self, month: str, who: str = "") -> int:
        """Persons with temporary protection on the last day of a month."""
        place = MONTHS.index(month)
        total = 1500 + 260 * place - 3 * place * place
        return int(total * {"": 1.0, "UKR": 0.93, "RUS": 0.02}[who])

    def applications(self, country: str, month: str) -> int:
        """First applications in a country of Europe in a month; of the Netherlands those above."""
        if country == "NL":
            return self.first(month)
        place = MONTHS.index(month)
        union = 24 * (100 * _FIRST[max(place - 1, 0)] + 1400)
        return max(int(union * COUNTRIES[country][0] / 1000 * (1 + 0.25 * sin(0.5 * place + _seed(country)))), 1)


def inhabitants(country: str, year: str) -> int:
    """Inhabitants on 1 January."""
    thousands = {**{name: about[1] for name, about in COUNTRIES.items()}, "NL": 16900}[country]
    return 1000 * thousands + (int(year) - 2014) * 6 * thousands


def yearly(name: str, size: int, year: str, who: str = "") -> int:
    """A yearly figure about `size`, of a nationality or of all; `name` gives it a course of its own."""
    place = int(year) - 2008
    total = int(size * (1 + 0.18 * sin(0.8 * place + _seed(name)))) + 3 * place
    return _part(total, place + _seed(name), who) if who else total


def months_of(period: str) -> list[str]:
    """The months of a year or quarter that there are."""
    return [month for month in MONTHS if period in (month, month[:4], _quarter(month))]


def _quarter(month: str) -> str:
    return f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"


def _part(total: int, place: int, who: str) -> int:
    return int(total * _thousandths(who) / 1000 * (1 + 0.07 * sin(0.7 * place + _seed(who))))


def _thousandths(who: str) -> int:
    return next(one.part for one in NATIONALITIES if one.iso3 == who)


def _seed(text: str) -> int:
    return sum(text.encode())
