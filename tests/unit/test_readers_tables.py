"""Any delimited text or spreadsheet, stacked totals and case records: what is read, and what is refused and how."""

import gzip
import io
import random
import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from keten.errors import KetenError
from keten.sources.cards.formats import FORMATS, LEVEL
from keten.sources.cards.types import Card, Checks, Dimension, Format, Marks, Measure, PeriodColumn
from keten.sources.readers.migratieketen import migratieketen, reconcile
from keten.sources.readers.notation import mark, number
from keten.sources.readers.records import HIDDEN, protected, records
from keten.sources.readers.table import table
from keten.sources.readers.text import delimiter, of_width, open_text, rows, same_name


def card(name="table", *, periods=("Jaar",), freq=(), dimensions=(), measures=None, keep=None, rounding=0, **form):
    habits = FORMATS[name]
    return Card(
        **{"id": "proef", "path": Path("proef.toml"), "title": "Proef", "publisher": "P", "organisation": "P"},
        **{
            "licence": "CC0",
            "goal": "2_asiel",
            "unit": "persons",
            "url": "",
            "rounding": rounding,
            "note": "",
            "parts": False,
        },
        fetch=None,
        format=Format(name, **form),
        period=PeriodColumn(periods, freq=freq),
        keep=keep or {},
        dimensions={column.lower(): Dimension(column) for column in dimensions},
        measures=measures or {"aantal": Measure(column="value" if name == "records" else "")},
        marks=Marks(habits.suppressed, habits.missing, habits.provisional),
        checks=Checks(),
    )


def read(reader, content, about):
    return reader(io.BytesIO(content if isinstance(content, bytes) else content.encode()), about)


# -- text --


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        *(("a;é".encode(name), "") for name in ("utf-8", "utf-8-sig", "cp1252", "utf-16")),
        ("a;é".encode("utf-8-sig"), "utf-8"),
        ("a;é".encode("utf-16-le"), "utf-16-le"),
        ("a;é".encode("cp850"), "cp850"),
        (gzip.compress("a;é".encode(), mtime=0), ""),
    ],
)
def test_text_is_decoded(content, encoding):
    with open_text(io.BytesIO(content), encoding) as stream:
        assert stream.read() == "a;é"


@pytest.mark.parametrize(
    ("content", "encoding", "word"),
    [
        (b"", "", "leeg"),
        (b"a;b\0", "", "binaire"),
        (b"\x81\x8d\x9d", "", "UTF-8 of cp1252"),
        ("é".encode("cp1252"), "utf-8", "niet te lezen als utf-8"),
        (b"\xff\xfea", "", "utf-16"),
        (b"a", "utf-99", "bestaat niet"),
        (b"a", "base64", "geen tekencodering"),
        (b"  <!DOCTYPE html><html></html>", "", "webpagina in plaats van gegevens"),
        (b"<div><html>", "", "webpagina"),
        (b"<?xml version='1.0'?>", "", "XML"),
        (b"%PDF-1.7", "", "pdf"),
        (gzip.compress(b"a;b\n" * 999, mtime=0)[:-9], "", "afgebroken"),
        (b"\x1f\x8bgeen gzip", "", "afgebroken"),
        (gzip.compress(b"", mtime=0), "", "leeg"),
    ],
)
def test_what_is_no_text_is_refused_in_one_sentence(content, encoding, word):
    with pytest.raises(KetenError, match=word):
        open_text(io.BytesIO(content), encoding)


def test_a_compressed_file_may_not_grow_without_end():
    with pytest.raises(KetenError, match="groter dan 1 MB"):
        open_text(io.BytesIO(gzip.compress(b"0" * 3 * 1024**2, mtime=0)), limit=1024**2)


def test_the_delimiter_is_the_one_that_cuts_the_lines_alike():
    assert delimiter("jaar;aantal\n2017;1,5\n2018;2,5") == ";"
    assert delimiter("jaar,aantal\n2017,1.5") == ","
    assert delimiter("Totaal van;Aantal\nJaar, Maand;5\nJaar;6") == ";"
    assert delimiter('"a, b"\t"c, d"\n"e"\t"f"') == "\t"
    assert delimiter("Een titel, met komma\n\na|b|c\n1|2|3") == "|"
    assert delimiter("aantal\n5") == ","


def test_rows_know_their_line():
    text = io.StringIO('a;b\n\n"1\n2"; " 3 "\n;\n4;5;;\n', newline="")
    found = list(rows(text, ";"))
    assert found == [(1, ["a", "b"]), (3, ["1\n2", "3"]), (6, ["4", "5", "", ""])]
    assert list(of_width(found, 2)) == [(1, ["a", "b"]), (3, ["1\n2", "3"]), (6, ["4", "5"])]
    with pytest.raises(KetenError, match="Regel 3 heeft 1 cel; verwacht werden er 2"):
        list(of_width(rows(io.StringIO("a;b\n1;2\n3\n"), ";"), 2))
    with pytest.raises(KetenError, match="Regel 2: de aanhalingstekens"):
        list(rows(io.StringIO('a;b\n"1;2\n3;4\n'), ";"))


def test_spellings_of_a_name_are_one_name():
    assert (
        len({same_name(name) for name in ("Totaal van", "Totaal_van", "TotaalVan", "TOTAAL-VAN", "\ufefftotaal van ")})
        == 1
    )
    assert same_name("Categorieën") == same_name("categorieen") != same_name("categorie")


# -- any table --

texts = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_categories=["Cc"]), max_size=8).map(
    str.strip
)
words = st.text("abcdefgèéëïöü ,;|\"'", min_size=1, max_size=8).map(lambda text: "x" + text.strip())
marks = st.sampled_from(["", "*", "<5", ":", "x", "-"])
tables = st.integers(2, 5).flatmap(
    lambda width: st.tuples(
        st.lists(words, min_size=width, max_size=width, unique=True),
        st.lists(
            st.lists(st.one_of(texts, marks, st.integers(0, 10**6).map(str)), min_size=width - 1, max_size=width - 1),
            min_size=1,
            max_size=6,
        ),
    )
)


def framed(content):
    """A table with a number per row, so that no row is blank or looks like a footnote."""
    names, lines = content
    return pd.DataFrame([[str(2000 + at), *line] for at, line in enumerate(lines)], columns=names, dtype=str)


@settings(max_examples=120, deadline=None)
@given(tables, st.sampled_from(";,\t|"), st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]), st.booleans())
def test_a_table_survives_every_dialect_of_text(content, sign, encoding, windows):
    frame = framed(content)
    text = frame.to_csv(sep=sign, index=False, quoting=1, lineterminator="\r\n" if windows else "\n")
    about = card(delimiter=sign, header=1, encoding="cp1252" if encoding == "cp1252" else "")
    pd.testing.assert_frame_equal(read(table, text.encode(encoding), about).reset_index(drop=True), frame)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables, st.sampled_from(["openpyxl", "odf"]))
def test_a_table_survives_every_spreadsheet(content, engine):
    frame = framed(content)
    assume(not frame.map(lambda text: text.startswith(("=", "#"))).any(axis=None))  # a formula, or the fault of one
    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer, engine=engine) as book:
        frame.to_excel(book, sheet_name="Toelichting", index=False)
        frame.to_excel(book, sheet_name="Cijfers", index=False)
    for sheet in ("Cijfers", 2):
        got = read(table, buffer.getvalue(), card(header=1, sheet=sheet))
        assert got.index.tolist() == list(range(2, len(frame) + 2))
        got = got.reset_index(drop=True)
        # An ODS keeps a run of blanks as one.
        pd.testing.assert_frame_equal(
            got.map(lambda text: " ".join(text.split())), frame.map(lambda text: " ".join(text.split()))
        )


@pytest.mark.parametrize("engine", ["openpyxl", "odf"])
def test_cells_of_a_spreadsheet_are_written_as_text(engine):
    frame = pd.DataFrame(
        {
            "Jaar": [2017, 2018],
            "Dag": pd.to_datetime(["2017-05-31", "2018-05-31"]),
            "Deel": [1.234, 12.5],
            "N": [1e6, None],
        }
    )
    buffer = io.BytesIO()
    frame.to_excel(buffer, engine=engine, index=False)
    got = read(table, buffer.getvalue(), card())
    assert got.values.tolist() == [["2017", "2017-05-31", "1.2340", "1000000"], ["2018", "2018-05-31", "12.5", ""]]
    assert [number(text) for text in got.Deel] == [1.234, 12.5]
    assert [number(text, decimal=",") for text in read(table, buffer.getvalue(), card(decimal=",")).Deel] == [
        1.234,
        12.5,
    ]
    with pytest.raises(KetenError, match="geen blad 'Cijfers'; het heeft Sheet1"):
        read(table, buffer.getvalue(), card(sheet="Cijfers"))
    with pytest.raises(KetenError, match="rekenblad is beschadigd"):
        read(table, buffer.getvalue()[:-200], card())


def test_titles_footnotes_and_heads_of_sections_are_passed_over():
    text = "Tabel 1, a\n\nJaar;Groep;Aantal\nNederland;;\n2017;A;5\nJaar;Groep;Aantal\n2018;B;\nBron: IND\n* voorlopig"
    got = read(table, text, card())
    assert list(got.columns) == ["Jaar", "Groep", "Aantal"]
    assert got.values.tolist() == [["2017", "A", "5"], ["2018", "B", ""]]


def test_a_row_without_figures_stays_a_row():
    assert read(table, "Jaar;A;B\n2017;1;2\n2018;;\n", card()).Jaar.tolist() == ["2017", "2018"]


def test_the_card_names_columns_or_the_line_of_the_header():
    text = "2016;5\n2017;6\n"
    with pytest.raises(KetenError, match="geen herkenbare kopregel"):
        read(table, text, card())
    assert read(table, text, card(header=0, columns=("Jaar", "N"))).Jaar.tolist() == ["2016", "2017"]
    assert read(table, ";N\n" + text, card(header=1, columns=("Jaar", "N"))).N.tolist() == ["5", "6"]
    assert list(read(table, "x;y\n1;2\n" + text, card(header=2)).columns) == ["1", "2"]
    with pytest.raises(KetenError, match="Regel 9 is leeg of bestaat niet"):
        read(table, text, card(header=9))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Jaar;N\n2016;5;6\n2017;6\n", "Regel 2 heeft 3 cellen; verwacht werden er 2"),
        ("Jaar;Groep;N\n2016;A;6\n2017\n2018;A;5", "Regel 3 heeft 1 cel"),
        ("N;N\n2016;5\n", "'N' staat twee keer"),
        ("Jaar;N\n", "geen enkele rij|kopregel"),
        ("   \n", "geen rijen"),
        ("Jaar;N\n2016;5\n", "Geen rij heeft Jaar = 2015"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(text, word):
    with pytest.raises(KetenError, match=word):
        read(table, text, card(keep={"Jaar": ("2015",)} if "=" in word else None))


def test_rows_that_the_card_does_not_want_are_left_out_while_reading():
    text = "Jaar;Soort;N\n" + "".join(f"{year};{kind};{year}\n" for year in (2016, 2017) for kind in "abc")
    measures = {"een": Measure("N", where={"soort": ("a",)}), "twee": Measure("N", where={"Soort": ("b",)})}
    assert read(table, text, card(measures=measures, keep={"Jaar": ("2017",)})).Soort.tolist() == ["a", "b"]


def test_real_tables(origin, publisher_files):
    frontex = read(table, (publisher_files / "real/frontex/frontex_monthly_detections.csv").read_bytes(), card())
    assert list(frontex.columns) == ["route", "type", "nat", "t", "n"]
    assert len(frontex) == {"excerpt": 69, "real": 34273}[origin]
    content = (publisher_files / "real/survey/turkiye-student-evaluation_generic.csv").read_bytes()
    assert read(table, content, card()).shape == ({"excerpt": 210, "real": 5820}[origin], 33)
    shelter = read(table, (publisher_files / "real/shelter/shelter_flow_2020_2021.csv").read_bytes(), card())
    assert shelter.query("date == '2020-01-01' and population_group == 'Refugees'").actively_homeless.tolist() == [
        "2941"
    ]
    content = (publisher_files / "formats/dtenv_website_vertrek_2023-10.RECONSTRUCTED.csv").read_bytes()
    for bom in (b"", b"\xef\xbb\xbf"):
        for end in (b"\n", b"\r\n"):
            departures = read(table, bom + content.strip().replace(b"\n", end), card())
            assert departures.iloc[-1].tolist() == ["tot en met oktober 2023", "2820", "1990", "3960"]
            assert len(departures) == 6


def test_a_real_export_without_header_is_not_read_with_a_row_as_header(publisher_files):
    path = publisher_files / "real/unhcr/unhcr_popstats_asylum_seekers_monthly_vintage_20160106.csv"
    with pytest.raises(KetenError, match="kopregel"):
        read(table, path.read_bytes(), card())
    got = read(table, path.read_bytes(), card(columns=("asylum", "origin", "year", "month", "n")))
    assert got.iloc[0].tolist() == ["Albania", "Afghanistan", "2012", "September", "1"]
    assert "*" in set(got.n)


# -- stacked totals --

STACKED = """Totaal van;Jaar;Maand;Nationaliteit;Aantal
Jaar;2022;;;1.230
Jaar, Maand;2022;1;;600
Jaar, Maand;2022;2;;630
Jaar, Maand, Nationaliteit;2022;1;Syrië;590
Jaar, Maand, Nationaliteit;2022;1;Turkije;<5
Jaar, Maand, Nationaliteit;2022;2;Syrië;620
Jaar, Maand, Nationaliteit;2022;2;Turkije;10
"""


def stacked(levels=(), **more):
    more = {"periods": ("Jaar", "Maand"), "dimensions": ("Nationaliteit",), "rounding": 10} | more
    return card("migratieketen", levels=levels, **more)


@pytest.mark.parametrize("sign", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("name", ["Totaal van", "Totaal_van", "TotaalVan", "totaal van ", "Total of"])
def test_stacked_totals_are_read_in_every_dialect(sign, encoding, name):
    frame = pd.read_csv(io.StringIO(STACKED), sep=";", dtype=str, keep_default_na=False)
    text = frame.rename(columns={"Totaal van": name}).to_csv(sep=sign, index=False, lineterminator="\r\n")
    got = read(migratieketen, text.encode(encoding), stacked())
    assert got.Aantal.tolist() == frame.Aantal.tolist()
    assert got[LEVEL].tolist() == frame["Totaal van"].tolist()
    assert got.Nationaliteit.iloc[3] == "Syrië"
    assert not any(mark(text, stacked().marks) and number(text) is not None for text in got.Aantal)


def test_one_kind_of_total_is_read_when_the_card_says_so():
    text = STACKED.replace("Jaar, Maand;", "Maand,  jaar;") + ";;;;\n\nBron: IND"
    got = read(migratieketen, text, stacked(levels=("Jaar, Maand",)))
    assert got[["Jaar", "Maand", "Aantal", LEVEL]].values.tolist() == [
        ["2022", "1", "600", "Jaar, Maand"],
        ["2022", "2", "630", "Jaar, Maand"],
    ]


def test_cells_that_a_total_is_not_broken_down_by_are_empty():
    text = STACKED.replace("2022;;;", "2022;Totaal;Alle nationaliteiten;")
    assert read(migratieketen, text, stacked()).iloc[0, 1:4].tolist() == ["2022", "", ""]


@pytest.mark.parametrize(
    ("extra", "word"),
    [
        ("Jaar, Geslacht;2022;;;5", "Regel 9: 'Totaal van' is 'Jaar, Geslacht'; verwacht werden namen van kolommen"),
        (";2022;;;5", "Regel 9: 'Totaal van' is ''"),
        ("Jaar, Maand;2022;;;5", "Regel 9: Maand is leeg"),
        ("Jaar;2021;;Syrië;5", "Regel 9: Nationaliteit is 'Syrië', maar het totaal is van Jaar"),
        ("Jaar;2022;;;5", "Regel 9 (5) geeft hetzelfde totaal als regel 2 (1.230)"),
        ("Maand, Jaar;2022;1;;5", "Regel 9 (5) geeft hetzelfde totaal als regel 3 (600)"),
        ("Jaar;2021", "Regel 9 heeft 2 cellen"),
        ("Jaar, Maand;2021;1;5;5;5", "Regel 9 heeft 6 cellen"),
    ],
)
def test_a_row_that_would_count_wrong_is_refused_with_its_line(extra, word):
    with pytest.raises(KetenError, match=re.escape(word)):
        read(migratieketen, STACKED + extra, stacked())


def test_a_file_without_stacked_totals_or_without_the_level_is_refused():
    with pytest.raises(KetenError, match="geen kolom 'Totaal van'; het begint met Jaar, Maand, N"):
        read(migratieketen, "Jaar;Maand;N\n2022;1;5", stacked())
    with pytest.raises(
        KetenError, match=r"geen totaal van 'Jaar, Nationaliteit'.*het heeft: Jaar; Jaar, Maand; Jaar, Maand, N"
    ):
        read(migratieketen, STACKED, stacked(levels=("Jaar, Nationaliteit",)))


def test_totals_that_fit_their_parts_within_rounding_are_fine():
    assert reconcile(read(migratieketen, STACKED, stacked()), stacked()) == []


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        (
            "Syrië;590",
            "Syrië;620",
            "Aantal over 2022 1: het totaal is 600, de 1 getoonde delen naar Nationaliteit zijn samen 620",
        ),
        ("Syrië;590", "Syrië;580", "het totaal is 600"),
        ("1.230", "1.260", "Aantal over 2022: het totaal is 1260, de 2 getoonde delen naar Maand zijn samen 1230"),
    ],
)
def test_totals_that_their_parts_cannot_make_are_found(old, new, word):
    about = stacked()
    found = reconcile(read(migratieketen, STACKED.replace(old, new), about), about)
    assert len(found) == 1
    assert word in found[0]


def test_parts_of_a_stock_over_time_are_not_added():
    about = stacked(measures={"bezetting": Measure("Aantal", kind="stock")})
    assert reconcile(read(migratieketen, STACKED.replace("1.230", "630"), about), about) == []


# -- case records --


def cases(count, seed=1, categories="AAAAAABBBC"):
    rnd = random.Random(seed)
    lines = [
        f"{rnd.randint(1, 28):02}-0{rnd.randint(1, 3)}-2020;{rnd.choice(categories)};{rnd.choice('MV')}"
        for _ in range(count)
    ]
    return "datum;soort;geslacht\n" + "\n".join(lines) + "\n"


def counting(dimensions=("soort", "geslacht"), freq=("month",), **more):
    return card("records", periods=("datum",), freq=freq, dimensions=dimensions, **more)


def test_records_are_counted_by_period_and_dimension():
    text = cases(3000)
    got = read(records, text, counting())
    frame = pd.read_csv(io.StringIO(text), sep=";")
    frame["maand"] = pd.to_datetime(frame.datum, format="%d-%m-%Y").dt.strftime("%Y-%m")
    assert list(got.columns) == ["datum", "soort", "geslacht", "value"]
    shown = got[got.value != HIDDEN]
    assert len(shown) == len(got) == 3 * (1 + 3 + 2 + 6)
    for row in shown.itertuples():
        mine = frame[(frame.maand == row.datum) & (row.soort in ("", *frame.soort))]
        mine = mine[(mine.soort == row.soort) | (row.soort == "")]
        mine = mine[(mine.geslacht == row.geslacht) | (row.geslacht == "")]
        assert int(row.value) == len(mine)


def test_a_period_without_records_counts_zero():
    got = read(records, "datum\n2020-01-31\n" + "2020-03-01\n" * 7, counting(dimensions=()))
    assert got.values.tolist() == [["2020-01", HIDDEN], ["2020-02", "0"], ["2020-03", "7"]]


@pytest.mark.parametrize("chunk", [1, 7, 100])
def test_the_size_of_a_chunk_makes_no_difference(monkeypatch, chunk):
    whole = read(records, cases(300), counting())
    monkeypatch.setattr(sys.modules[records.__module__], "_CHUNK", chunk)
    pd.testing.assert_frame_equal(read(records, cases(300), counting()), whole)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("datum;soort;geslacht\n2020-01-01;A;M\n;A;M\n", "Regel 3: datum is leeg; een dossier zonder datum"),
        (
            "datum;soort;geslacht\n\n2020-01-01;A;M\n2020-13-01;A;M\n",
            "Regel 4: '2020-13-01' in datum is geen datum of maand",
        ),
        ("datum;soort;geslacht\n2020;A;M\n", "Regel 2: '2020' in datum is geen datum of maand"),
        ("datum;soort;geslacht\n2020-01-01;A;M\n2020-01-01;A\n", "Regel 3 heeft 2 cellen; verwacht werden er 3"),
        ("datum;soort\n2020-01-01;A\n", "kolom 'geslacht' ontbreekt; het bestand heeft datum, soort"),
        ("datum;soort;geslacht\n", "geen rijen die de kaart vraagt"),
        ('datum;soort;geslacht\n2020-01-01;"A;M\n', "aanhalingstekens"),
    ],
)
def test_records_that_cannot_be_counted_are_refused(text, word):
    with pytest.raises(KetenError, match=word):
        read(records, text, counting())


@pytest.mark.parametrize(
    ("about", "word"),
    [
        (counting(freq=("month", "year")), "één van month, quarter"),
        (counting(freq=()), "één van month, quarter"),
        (counting(keep={"soort": ("A",)}), "soort is een dimensie en staat ook bij keep of where"),
        (
            counting(measures={"a": Measure("value"), "b": Measure("value", {"x": ("1",)})}),
            "a en b tellen deels dezelfde",
        ),
    ],
)
def test_cards_that_would_betray_small_counts_are_refused(about, word):
    with pytest.raises(KetenError, match=word):
        read(records, cases(300), about)


def test_where_keep_and_unknown_categories():
    text = "datum;soort;stap;land\n" + "".join(
        f"2020-01-01;{kind};{step};{land}\n" * 10
        for kind in ("A", "")
        for step in ("in", "uit")
        for land in ("NL", "BE")
    )
    measures = {name: Measure("value", {"stap": (name,)}) for name in ("in", "uit")}
    got = read(records, text, counting(dimensions=("soort",), measures=measures, keep={"land": ("NL",)}))
    expected = [
        [category, "NL", step, value]
        for step in measures
        for category, value in [("", "20"), ("A", "10"), ("onbekend", "10")]
    ]
    assert got[["soort", "land", "stap", "value"]].values.tolist() == expected


def test_notation_of_the_card_is_used_both_ways():
    about = counting(dimensions=())
    about = replace(about, period=replace(about.period, notation="%m/%d/%Y"))
    assert read(records, "datum\n" + "02/01/2020\n" * 9, about).values.tolist() == [["02/01/2020", "9"]]


counts = st.dictionaries(
    st.tuples(st.sampled_from("ABC"), st.sampled_from("MV"), st.sampled_from("xy")), st.integers(1, 12), min_size=1
)


def projected(counts, dimensions):
    found = {}
    for key, size in counts.items():
        found[key[:dimensions]] = found.get(key[:dimensions], 0) + size
    return found


@settings(max_examples=60, deadline=None)
@given(counts, st.integers(0, 3))
def test_no_small_count_is_shown_nor_follows_from_one_subtraction(counts, dimensions):
    counts = projected(counts, dimensions)
    shown = protected(counts, dimensions)
    values = {key: int(text) for key, text in shown.items() if text != HIDDEN}
    assert all(value >= 5 for value in values.values())
    total = ("",) * dimensions
    for place in range(dimensions):
        parts = [key for key in shown if sum(map(bool, key)) == 1 and key[place]]
        hidden = [key for key in parts if key not in values]
        if total in values and hidden:
            rest = values[total] - sum(values[key] for key in parts if key in values)
            assert len(hidden) > 1
            assert rest - (len(hidden) - 1) >= 5


@settings(max_examples=40, deadline=None)
@given(counts, st.integers(1, 2))
def test_a_hidden_small_count_can_be_five_or_more_for_all_that_a_reader_knows(counts, dimensions):
    """Look for other tables with the same shown numbers: some must make the hidden small count large."""
    counts = projected(counts, dimensions)
    shown = protected(counts, dimensions)
    keys = list(counts)
    known = [key for key, text in shown.items() if text != HIDDEN]
    matrix = np.array(
        [
            [all(not want or want == cell for want, cell in zip(level, key, strict=True)) for key in keys]
            for level in known
        ]
    )
    for at, key in enumerate(keys):
        if counts[key] < 5:
            gain = -np.eye(len(keys))[at]
            equations = (
                {"A_eq": matrix.astype(float), "b_eq": [float(shown[level]) for level in known]} if known else {}
            )
            most = linprog(gain, bounds=[(1, 1000)] * len(keys), **equations)
            assert most.success
            assert -most.fun >= 5 - 1e-6


# -- whatever the bytes --


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["", "utf-8", "utf-16"]))
def test_random_bytes_raise_nothing_but_our_own_error(content, encoding):
    for reader, about in READERS:
        attempt(reader, content, replace(about, format=replace(about.format, encoding=encoding)))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_files_raise_nothing_but_our_own_error(data):
    reader, about = data.draw(st.sampled_from(READERS))
    content = bytearray(data.draw(st.sampled_from(SAMPLES)))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=3))
        content = content or bytearray(b" ")
    attempt(reader, bytes(content), about)


def attempt(reader, content, about):
    said, got = "", None
    try:
        got = reader(io.BytesIO(content), about)
    except KetenError as fault:
        said = str(fault)
    assert said or got.map(lambda cell: isinstance(cell, str)).all(axis=None)


def spreadsheet(engine):
    buffer = io.BytesIO()
    pd.DataFrame({"Jaar": [2016, 2017], "N": [5, "<5"]}).to_excel(buffer, engine=engine, index=False)
    return buffer.getvalue()


READERS = [(table, card()), (migratieketen, stacked()), (records, counting())]
SAMPLES = [
    STACKED.encode(),
    cases(20).encode(),
    b'Jaar,"N"\r\n2016,"5"\r\n2017,*\r\n',
    gzip.compress(STACKED.encode(), mtime=0),
    spreadsheet("openpyxl"),
    spreadsheet("odf"),
]


def test_dimensions_that_nest_are_one_table():
    """Africa minus Eritrea is Somalia: 40 - 38 = 2."""
    counts = {("Afrika", "Eritrea"): 38, ("Afrika", "Somalië"): 2, ("Azië", "Syrië"): 20, ("Azië", "Irak"): 9}
    shown = protected(counts, 2)
    assert shown["", "Somalië"] == shown["Afrika", "Somalië"] == HIDDEN
    assert shown["", "Eritrea"] == shown["Afrika", "Eritrea"], "the same count, shown or hidden in both places"
    if shown["", "Eritrea"] != HIDDEN:
        assert shown["Afrika", ""] == HIDDEN and HIDDEN in (shown["Azië", ""], shown["", ""])
