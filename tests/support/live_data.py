"""What the publishers answer for the cards in `data/sources`, with the invented figures of `live_figures`.

with Publishers() as site:
    keten("update", *site.servers)      # --server NAME=URL for each publisher
    site.revise()                       # someone looked again at one month
by_hand(folder)                         # files for the sources that are only imported: {source: path}
"""

from calendar import month_name
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from live_figures import (
    COUNTRIES,
    LONG_YEARS,
    MONTHS,
    NATIONALITIES,
    OUTSIDE,
    QUARTERS,
    YEARS,
    Figures,
    Nationality,
    inhabitants,
    months_of,
    yearly,
)
from source_server import SourceServer

EUROSTAT = "/eurostat/api/dissemination/statistics/1.0/data/"
UNHCR = "/population/v1/"
UNKNOWN_DATASET = "Migratieketen: Opvang - COA verzonnen bezetting"  # of which there is no card
PROVISIONAL = ("2017-04", "2017-05", "2017-06")
NOT_REPORTED = {("CY", "2017-06"), ("MT", "2017-06"), ("MT", "2017-05")}
CONFIDENTIAL = {("EE", "2016-03")}

Value = int | tuple[int | None, str]  # a number, or a number with its flag


class Publishers:
    """A server for each publisher; `names`: by the name that the cards use."""

    def __init__(self) -> None:
        self.names = {name: SourceServer() for name in ("cbs", "eurostat", "overheid", "unhcr")}
        self.open = ExitStack()

    def __enter__(self) -> "Publishers":
        for server in self.names.values():
            self.open.enter_context(server)
        self._fill(Figures())
        return self

    def __exit__(self, *error: object) -> None:
        self.open.close()

    @property
    def servers(self) -> list[str]:
        """Options of `keten update`."""
        return [part for name, server in self.names.items() for part in ("--server", f"{name}={server.url}")]

    def revise(self) -> None:
        """CBS and Eurostat publish again, with `live_figures.REVISED`."""
        self._fill(Figures(revised=True))

    def sent(self) -> list[str]:
        """Paths that were answered with a body that holds data."""
        return [path for server in self.names.values() for path in server.sent()]

    def forget(self) -> None:
        """Forget what was asked so far."""
        for server in self.names.values():
            server.asked.clear()

    def _fill(self, figures: Figures) -> None:
        for code, cube in cubes(figures):
            self.names["eurostat"].put_answer(EUROSTAT + code, cube.answer)
        for table, rows, dimensions in statline(figures):
            again = figures.revised and table == "83102NED"
            modified = "2017-09-30T02:00:00" if again else "2017-07-31T02:00:00"
            self.names["cbs"].put_v3(table, rows, dimensions, modified)
        for path, items in unhcr(Figures()):
            self.names["unhcr"].put_unhcr(UNHCR + path, items)
        for name, title, files in packages(Figures()):
            self.names["overheid"].package(name, title, files)


def rounded(value: int, step: int = 5) -> int:
    """As publishers round."""
    return int(step * round(value / step))


# -- Eurostat --


class Cube:
    """A table in JSON-stat 2.0; `cells`: values by the codes of all dimensions."""

    def __init__(self, code: str, dimensions: str, cells: dict[tuple[str, ...], Value]):
        self.code, self.names, self.cells = code, dimensions.split(), cells

    def answer(self, query: dict[str, list[str]]) -> dict[str, Any]:
        """The cells that a query asks for. A code that the table does not have leaves its dimension empty."""
        axes = []
        for place, name in enumerate(self.names):
            codes = dict.fromkeys(key[place] for key in self.cells)
            axes.append([code for code in codes if code in query.get(name, codes)])
        index = [{code: place for place, code in enumerate(axis)} for axis in axes]
        values: dict[str, int] = {}
        status: dict[str, str] = {}
        for key, value in self.cells.items():
            if all(code in codes for code, codes in zip(key, index, strict=True)):
                flat = 0
                for code, codes in zip(key, index, strict=True):
                    flat = flat * len(codes) + codes[code]
                number, flag = value if isinstance(value, tuple) else (value, "")
                values |= {str(flat): number} if number is not None else {}
                status |= {str(flat): flag} if flag else {}
        return {
            "version": "2.0", "class": "dataset", "label": f"{self.code}: invented figures", "source": "ESTAT",
            "updated": "2017-07-31T23:00:00+0200", "value": values, "status": status, "id": self.names,
            "size": [len(axis) for axis in axes],
            "dimension": {
                name: {"label": name, "category": {"index": codes, "label": {code: code for code in codes}}}
                for name, codes in zip(self.names, index, strict=True)
            },
            "extension": {"lang": "EN", "id": self.code.upper(), "agencyId": "ESTAT", "version": "1.0"},
        }  # fmt: skip


def cubes(figures: Figures) -> Iterator[tuple[str, Cube]]:
    """Every table of Eurostat that a card asks for, by its code. Only the applicants are looked at again."""
    first = Figures()
    protected = _stock(first.protected, [("TOTAL", ""), ("UA", "UKR"), ("RU", "RUS")])
    refused = _each_year("refused", 2500, ("TOTAL", "TOTAL"), ())
    found = _each_year("found", 2700, (), ("TOTAL", "T", "TOTAL", "TOTAL"))
    ordered = _each_year("ordered", 29000, (), ("TOTAL", "T"))
    for code, names, cells in (
        ("migr_asyappctzm", "freq unit citizen sex applicant age geo time", _applicants(figures)),
        ("migr_asydcfstq", "freq unit citizen sex age decision geo time", _decisions(first)),
        ("migr_asypenctzm", "freq unit citizen sex age geo time", _stock(first.pending, _citizens())),
        ("migr_asytpsm", "freq unit citizen sex age geo time", protected),
        ("migr_resfirst", "freq reason citizen duration unit geo time", _permits(64000, LONG_YEARS)),
        ("migr_resvalid", "freq reason citizen duration unit geo time", _permits(410000, LONG_YEARS)),
        ("migr_eirfs", "freq reason border citizen unit geo time", refused),
        ("migr_eipre", "freq citizen age sex reason apprehen unit geo time", found),
        ("migr_eiord", "freq citizen age sex unit geo time", ordered),
        ("migr_eirtn", "freq citizen age sex c_dest unit geo time", _returns()),
        ("tps00001", "freq indic_de geo time", _population()),
    ):
        yield code, Cube(code, names, cells)


def _citizens() -> list[tuple[str, str]]:
    return [("TOTAL", ""), *((one.eurostat, one.iso3) for one in NATIONALITIES)]


def _late(value: int, time: str) -> Value:
    return (value, "p") if time in PROVISIONAL else value


def _applicants(figures: Figures) -> dict[tuple[str, ...], Value]:
    cells: dict[tuple[str, ...], Value] = {}
    for month in MONTHS:
        for code, who in _citizens():
            first, repeat = figures.first(month, who), figures.repeat(month, who)
            for applicant, value in (("FRST", first), ("SSEQ", repeat), ("TOTAL", first + repeat)):
                cells["M", "PER", code, "T", applicant, "TOTAL", "NL", month] = rounded(value)
    for month in MONTHS:
        union = sum(figures.applications(code, month) for code in (*COUNTRIES, "NL") if code not in OUTSIDE)
        for code in ("EU27_2020", *COUNTRIES):
            at = ("M", "PER", "TOTAL", "T", "FRST", "TOTAL", code, month)
            if (code, month) in CONFIDENTIAL:
                cells[at] = (None, ":|C")
            elif (code, month) not in NOT_REPORTED:
                number = union if code == "EU27_2020" else figures.applications(code, month)
                cells[at] = _late(rounded(number), month)
    return cells


def _decisions(figures: Figures) -> dict[tuple[str, ...], Value]:
    cells: dict[tuple[str, ...], Value] = {}
    for quarter in QUARTERS:
        for code, who in _citizens():
            parts = {
                name: figures.decided(quarter, name, who)
                for name in ("geneva", "subsidiary", "humanitarian", "rejected")
            }
            positive = sum(parts.values()) - parts["rejected"]
            told = {
                "TOTAL": sum(parts.values()), "POS": positive, "POS_RFG": parts["geneva"], "NEG": parts["rejected"],
                "POS_SPROT": parts["subsidiary"], "POS_HUM": parts["humanitarian"],
            }  # fmt: skip
            for decision, value in told.items():
                cells["Q", "PER", code, "T", "TOTAL", decision, "NL", quarter] = rounded(value)
    return cells


def _stock(counted: Callable[[str, str], int], citizens: Iterable[tuple[str, str]]) -> dict[tuple[str, ...], Value]:
    return {
        ("M", "PER", code, "T", "TOTAL", "NL", month): _late(rounded(counted(month, who)), month)
        for code, who in citizens
        for month in MONTHS
    }


def _permits(size: int, years: list[str]) -> dict[tuple[str, ...], Value]:
    """By reason and citizenship, not rounded."""
    reasons = {"FAM": 0.42, "EDUC": 0.24, "EMP": 0.23, "OTH": 0.11}
    cells: dict[tuple[str, ...], Value] = {}
    for year in years:
        for code, who in _citizens():
            parts = {reason: yearly(reason, int(size * share), year, who) for reason, share in reasons.items()}
            for reason, value in {"TOTAL": sum(parts.values()), **parts}.items():
                cells["A", reason, code, "TOTAL", "PER", "NL", year] = value
    return cells


def _each_year(name: str, size: int, before: tuple, after: tuple) -> dict[tuple[str, ...], Value]:
    """By citizenship; `before` and `after`: the codes of the dimensions before and after it."""
    return {
        ("A", *before, code, *after, "PER", "NL", year): (None, ":")
        if (who, year) == ("BIH", "2012")
        else rounded(yearly(name, size, year, who))
        for code, who in _citizens()
        for year in LONG_YEARS
    }


def _returns() -> dict[tuple[str, ...], Value]:
    cells: dict[tuple[str, ...], Value] = {
        ("A", code, "TOTAL", "T", "TOTAL", "PER", "NL", year): rounded(yearly("returned", 9500, year, who))
        for code, who in _citizens()
        for year in LONG_YEARS
    }
    for code, share in {"THRD_CTZ": 0.71, "THRD_OTH": 0.06, "EU27_2020_EFTA_FOR": 0.15, "UNK": 0.07}.items():
        for year in LONG_YEARS:
            value = rounded(int(share * yearly("returned", 9500, year)))
            cells["A", "TOTAL", "TOTAL", "T", code, "PER", "NL", year] = value
    return cells


def _population() -> dict[tuple[str, ...], Value]:
    cells: dict[tuple[str, ...], Value] = {}
    for year in [*LONG_YEARS, "2017"]:
        each = {code: inhabitants(code, year) for code in (*COUNTRIES, "NL")}
        union = sum(count for code, count in each.items() if code not in OUTSIDE)
        cells |= {("A", "JAN", code, year): count for code, count in {"EU27_2020": union, **each}.items()}
    return cells


# -- CBS --

TOTAL = Nationality("", "", "T001059", "Totaal nationaliteit", "", 0)
MEMBERS = [TOTAL, *NATIONALITIES]
Table = tuple[str, list[dict[str, Any]], dict[str, list[dict[str, str]]]]


def statline(figures: Figures) -> Iterator[Table]:
    """Number, rows and code lists of every table of CBS that a card asks for."""
    yield "83102NED", _requests(figures), _lists([*YEARS, *QUARTERS, *MONTHS], sexes=True)
    yield "80059ned", _requests_by_year(Figures()), _lists(LONG_YEARS)
    yield "82027NED", _temporary_permits(), _lists(LONG_YEARS)
    yield (
        "85333NED",
        _by_year("ordered", {"DerdelandersVerplichtingTotVertrek_1": 29000}, LONG_YEARS),
        _lists(LONG_YEARS),
    )
    granted = {"Vluchtelingenstatus": 5200, "Subsidiaire bescherming": 7100, "Humanitaire redenen": 600}
    yield "85400NED", _by_year("granted", granted, YEARS), _lists(YEARS)


def _period(text: str) -> str:
    if "-Q" in text:
        return text.replace("-Q", "KW0")
    return text.replace("-", "MM") if "-" in text else f"{text}JJ00"


def _lists(periods: list[str], sexes: bool = False) -> dict[str, list[dict[str, str]]]:
    """The dimensions, keys padded as CBS does; 2017 is provisional."""
    named = {
        "Nationaliteit": [{"Key": f"{one.cbs_key:<9}", "Title": one.cbs_title} for one in MEMBERS],
        "Perioden": [
            {"Key": _period(text), "Title": text, "Status": "Voorlopig" if text > "2017" else "Definitief"}
            for text in periods
        ],
    }
    if sexes:
        named["Geslacht"] = [
            {"Key": "T001038  ", "Title": "Totaal mannen en vrouwen"},
            {"Key": "3000     ", "Title": "Mannen"},
            {"Key": "4000     ", "Title": "Vrouwen"},
        ]
        named["Leeftijd"] = [{"Key": "10000    ", "Title": "Totaal leeftijd"}]
    return named


def _requests(figures: Figures) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for one in MEMBERS:
        for sex, share in (("T001038  ", 1.0), ("3000     ", 0.64), ("4000     ", 0.36)):
            for period in [*YEARS, *QUARTERS, *MONTHS]:
                months = months_of(period)
                first, repeat, family = (
                    rounded(int(share * sum(counted(month, one.iso3) for month in months)))
                    for counted in (figures.first, figures.repeat, figures.family)
                )
                secret = one.iso3 == "BIH" and period == "2016-02"
                rows.append({
                    "ID": len(rows),
                    "Geslacht": sex,
                    "Leeftijd": "10000    ",
                    "Nationaliteit": f"{one.cbs_key:<9}",
                    "Perioden": _period(period),
                    "TotaalAsielverzoeken_1": first + repeat,
                    "EersteAsielverzoekenPersonen_2": None if secret else first,
                    "VolgendeAsielverzoeken_3": repeat,
                    "NareizigersPersonen_4": family,
                })  # fmt: skip
    return rows


def _requests_by_year(figures: Figures) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for one in MEMBERS:
        for year in LONG_YEARS:
            first, repeat, family = (
                sum(counted(month, one.iso3) for month in months_of(year))
                if year in YEARS
                else yearly(counted.__name__, size, year, one.iso3)
                for counted, size in ((figures.first, 13000), (figures.repeat, 1500), (figures.family, 7000))
            )
            rows.append({
                "ID": len(rows),
                "Nationaliteit": f"{one.cbs_key:<9}",
                "Perioden": _period(year),
                "TotaalAsielverzoekenEnNareizigers_1": rounded(first + repeat + family),
                "EersteAsielverzoekenPersonen_2": rounded(first),
                "VolgendeAsielverzoeken_3": rounded(repeat),
                "NareizigersPersonen_4": rounded(family),
            })  # fmt: skip
    return rows


def _temporary_permits() -> list[dict[str, Any]]:
    sizes = {
        "VluchtelingenstatusSubsidiaireStat_2": 15000, "HumanitaireRedenen_3": 900,
        "TotaalGezinsherenigingGezinsvormin_5": 22000, "Studie_9": 12700, "TotaalArbeid_10": 11800,
        "SlachtofferMensenhandel_14": 180, "OverigRegulier_15": 4100, "GVVA_16": 7900,
    }  # fmt: skip
    rows = _by_year("temporary", sizes, LONG_YEARS)
    for row in rows:
        row["TotaalVerblijfsvergunningenAsiel_1"] = sum(row[name] for name in list(sizes)[:2])
        row["TotaalVerblijfsvergunningRegulier_4"] = sum(row[name] for name in list(sizes)[2:7])
    return rows


def _by_year(name: str, sizes: dict[str, int], years: list[str]) -> list[dict[str, Any]]:
    """Rows by nationality and year, with a number of about this size in each column."""
    rows: list[dict[str, Any]] = []
    for one in MEMBERS:
        for year in years:
            numbers = {column: rounded(yearly(name + column, size, year, one.iso3)) for column, size in sizes.items()}
            key = {"ID": len(rows), "Nationaliteit": f"{one.cbs_key:<9}", "Perioden": _period(year)}
            rows.append({**key, **numbers})
    return rows


# -- UNHCR --


def unhcr(figures: Figures) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Rows of the population API by path."""
    applications, decisions = [], []
    for year in YEARS:
        for one in NATIONALITIES:
            months = months_of(year)
            about = {
                "year": int(year), "coo_name": one.unhcr, "coo_iso": one.iso3, "coo": one.iso3,
                "coa_name": "Netherlands (Kingdom of the)", "coa_iso": "NLD", "coa": "NET", "procedure_type": "G",
            }  # fmt: skip
            for kind, counted in (("N", figures.first), ("R", figures.repeat)):
                value = rounded(sum(counted(month, one.iso3) for month in months))
                applications.append({**about, "app_type": kind, "app_pc": "P", "dec_level": "NA", "applied": value})
            geneva, other, rejected = (
                rounded(sum(figures.decided(f"{year}-Q{quarter}", name, one.iso3) for quarter in range(1, 5)))
                for name in ("geneva", "subsidiary", "rejected")
            )
            told = {"dec_recognized": geneva, "dec_other": other, "dec_rejected": rejected, "dec_closed": 5}
            for level in ("FI", "AR"):
                total = sum(told.values())
                decisions.append({**about, "dec_level": level, "dec_pc": "P", **told, "dec_total": total})
    yield "asylum-applications", applications
    yield "asylum-decisions", decisions


# -- data.overheid.nl --


def packages(figures: Figures) -> Iterator[tuple[str, str, dict[str, bytes]]]:
    """Name, title and CSV files of each dataset, one of which has no card and one of which is on another subject."""
    for name, title, size in (
        ("immigratie-ind-eu-documenten-beslissingen", "Migratieketen: IND EU-documenten beslissingen", 620),
        ("immigratie-ind-werk-studie-gezin", "Migratieketen: IND Werk, studie en gezin beslissingen", 4300),
        ("immigratie-vertrek-dtenv-instroom", "Migratieketen: Vertrek - DT&V instroom", 1500),
        ("immigratie-vertrek-ketenbreed", "Migratieketen: Vertrek - Ketenbreed vertrek", 1900),
        (
            "migratieketen-vertrek-dt-v-identiteitsvaststelling-en-reisdocumenten-verzoeken1",
            "Migratieketen: Vertrek - DT&V Identiteitsvaststelling en (vervangende) reisdocumenten - "
            "verzoeken LP en T&O",
            210,
        ),
        ("migratieketen-opvang-verzonnen", UNKNOWN_DATASET, 900),
    ):
        subject = title.removeprefix("Migratieketen: ").replace("&", "en")
        files = {f"{subject} {year}": stacked(name, size, year) for year in (*YEARS, "2017")}
        yield name, title, files
    yield "gegevenswoordenboek-migratieketen", "Gegevenswoordenboek Migratieketen (GMK)", {}


def stacked(name: str, size: int, year: str) -> bytes:
    """A file of one year: totals per year, per month, and per month and nationality, rounded to tens."""
    months = months_of(year)
    counts = {
        month: {one.iso3: yearly(name + month, size, "2014", one.iso3) for one in NATIONALITIES} for month in months
    }
    totals = {month: sum(parts.values()) for month, parts in counts.items()}
    lines = ["Totaal van;Jaar;Maand;Nationaliteit;Aantal", f"Jaar;{year};;;{_tens(sum(totals.values()))}"]
    lines += [f"Jaar, Maand;{year};{int(month[5:])};;{_tens(total)}" for month, total in totals.items()]
    for month, parts in counts.items():
        for one in NATIONALITIES:
            cells = f"{year};{int(month[5:])};{one.cbs_title};{_tens(parts[one.iso3])}"
            lines.append(f"Jaar, Maand, Nationaliteit;{cells}")
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")


def _tens(value: int) -> str:
    return "<5" if value < 5 else str(rounded(value, 10))


# -- by hand --

ROUTES = {
    "Central Mediterranean Route": ("Sea", 9000, ("ERI", "NGA", "SOM", "SDN")),
    "Eastern Mediterranean Route": ("Sea", 14000, ("SYR", "AFG", "IRQ", "IRN")),
    "Western Balkan Route": ("Land", 7000, ("SYR", "AFG", "IRQ")),
    "Western Mediterranean Route": ("Sea", 900, ("MAR", "DZA")),
    "Western African Route": ("Sea", 60, ("MAR",)),
    "Circular Route from Albania to Greece": ("Land", 800, ("ALB",)),
    "Eastern Borders Route": ("Land", 120, ("RUS", "GEO")),
    "Black Sea Route": ("Sea", 30, ("IRQ",)),
    "Other": ("Land", 8, ("CHN",)),
}


def by_hand(folder: Path) -> dict[str, Path]:
    """Files for the sources without a server, by source."""
    texts = {
        "frontex_detections": _detections(),
        "dtv_website_instroom": "\ufeffInstroom,IND,NP,KMar,Overige\r\n"
        + "\r\n".join(f"{year},{9500 + 10 * place},2350,720,1820" for place, year in enumerate(YEARS)),
        "dtv_website_vertrek": "\ufeffVertrek,Zelfstandig vertrek,Gedwongen,Zelfstandig zonder toezicht\r\n"
        + "\r\n".join(f"{year},{3500 + 10 * place},2640,8600" for place, year in enumerate(YEARS)),
        "unhcr_monthly": _export(Figures()),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for source, text in texts.items():
        (folder / f"{source}.csv").write_text(text, encoding="utf-8", newline="")
    return {source: folder / f"{source}.csv" for source in texts}


def _detections() -> str:
    """By route, kind of border and nationality, with a column per month."""
    lines = [f"Route,Border type or inland,Nationality,{','.join(map(_head_of, MONTHS))}"]
    for route, (kind, size, nationalities) in ROUTES.items():
        for place, who in enumerate(nationalities):
            counts = (
                yearly(route + who + month[:4], size // (place + 1), "2014") - 40 * int(month[5:]) for month in MONTHS
            )
            lines.append(f"{route},{kind},{who},{','.join(str(max(count, 0)) for count in counts)}")
    return "\n".join(lines) + "\n"


def _head_of(month: str) -> str:
    return f"{month_name[int(month[5:])][:3].upper()}{month[:4]}"


def _export(figures: Figures) -> str:
    lines = ['"Country / territory of asylum/residence",Origin,Year,Month,Value']
    for one in NATIONALITIES:
        for month in MONTHS:
            count = figures.first(month, one.iso3)
            shown = "*" if count < 5 else str(count)
            lines.append(f'Netherlands,"{one.unhcr}",{month[:4]},{month_name[int(month[5:])]},{shown}')
    return "\n".join(lines) + "\n"
