"""Text from data cannot turn the text around it, tell a password or hold a NUL, in whatever file it ends."""

import io
import json
import shutil

import nbformat
import pytest
from helpers_data import REPOSITORY_DATA

from keten.errors import KetenError
from keten.model import own_data
from keten.presentation.markup import escape, harmless, inert, link
from keten.presentation.spreadsheet.book import clean, web
from keten.reports.render.exporter import ReportExporter
from keten.sources.readers.envelope import read_json
from keten.sources.readers.text import open_text
from keten.sources.toml_file import read_toml

TURNING = [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))]
WITH_PASSWORD = "https://gebruiker:geheim@opendata.example/a?b=c@d"
WITHOUT = "https://opendata.example/a?b=c@d"


@pytest.mark.parametrize("sign", TURNING, ids=lambda sign: f"{ord(sign):x}")
def test_signs_that_turn_the_direction_are_taken_out(sign):
    for made in (escape, harmless, inert, clean):
        assert made(f"Syri{sign}ë 12") == "Syrië 12"
    assert harmless(json.dumps({"a": sign})) == '{"a": ""}'
    assert harmless("سوريا \u200f") == "سوريا \u200f", "text that runs from right to left by itself stays as it is"


def test_user_and_password_are_cut_from_links_and_texts():
    assert link("Bron", WITH_PASSWORD) == f'<a href="{WITHOUT}">Bron</a>'
    assert web(WITH_PASSWORD) == WITHOUT
    assert clean(f"Bron: x ({WITH_PASSWORD})") == f"Bron: x ({WITHOUT})"
    assert harmless("HTTPS://a@b:c@host/") == "HTTPS://host/"
    for plain in ("vragen@ind.example", "https://host/@naam", "https://host/?mail=a@b", "https://host#a@b"):
        assert harmless(plain) == plain


def test_a_report_made_by_hand_is_harmless_too():
    hostile = f"Som {TURNING[4]}12{TURNING[0]} [bron]({WITH_PASSWORD})"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(f"# Titel\n\n{hostile}")])
    page, _ = ReportExporter().from_notebook_node(notebook, {"metadata": {"name": "x"}})
    assert not set(TURNING) & set(page) and "geheim" not in page and WITHOUT in page


def test_nul_is_refused_at_every_door(tmp_path):
    data = tmp_path / "data"
    shutil.copytree(REPOSITORY_DATA, data, ignore=shutil.ignore_patterns("snapshots"))
    path = data / "catalogue/measures.csv"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], lines[1][:3] + b"\0" + lines[1][3:], *lines[2:]]))
    with pytest.raises(KetenError, match=rf"{path.name}, regel 2: hier staat een NUL-teken"):
        own_data.read_tables(data, "catalogue/")
    (tmp_path / "a.toml").write_text('a = 1\n[b]\nc = ["d", "e\\u0000f"]\n', encoding="utf-8")
    with pytest.raises(KetenError, match=r"a\.toml, regel 3: hier staat een NUL-teken"):
        read_toml(tmp_path / "a.toml")
    with pytest.raises(KetenError, match="NUL-teken"):
        read_json(io.BytesIO(b'{"a": "b\\u0000c"}'), "JSON-stat")
    assert read_json(io.BytesIO(rb'{"a": "b\\u0000c"}'), "JSON-stat") == {"a": "b\\u0000c"}
    with pytest.raises(KetenError, match="NUL-teken"):
        open_text(io.BytesIO("a;b\n1;\0\n".encode("utf-16")))
    with pytest.raises(KetenError, match="binaire gegevens"):
        open_text(io.BytesIO(b"a;b\n1;\0\n"))
