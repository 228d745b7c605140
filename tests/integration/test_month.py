"""`keten month` as a timer starts it: one source down, one refused, and whoever has to know is told by mail."""

import json
import os
import shutil
from datetime import date, timedelta
from pathlib import Path

import mail_server
import pytest
import small_notebooks
import source_server as fake

from keten.cli import main
from keten.errors import KetenError
from keten.operations import deliver, due
from keten.operations.account import FILE
from keten.operations.receivers import Mail, Receivers, read_receivers
from keten.sources import attempts, store

CARD = """title = "Geweigerd aan de grens"
publisher = "Eurostat"
licence = "CC BY 4.0"
goal = "3_toegang_grensbewaking"
unit = "persons"
url = "https://eurostat.example"
[fetch]
server = "eurostat"
base = "https://ec.europa.eu/eurostat/api"
path = "{0}"
max_mb = 1
[format]
name = "eurostat-json"
[dimensions.nationality]
column = "citizen"
codes = "nationality"
total = "TOTAL"
[measures.border_refusals]
"""
REFUSED = b'{"version": "2.0", "class": "dataset"}'


@pytest.fixture
def place(tmp_path, monkeypatch, repository):
    """A folder with data of which one source is down and one is refused, and one small notebook."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KETEN_NOTEBOOKS", str(tmp_path / "notebooks"))
    monkeypatch.setenv("SSL_CERT_FILE", str(fake.CERTIFICATES / "ca.pem"))
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setattr(due, "WANTED", ((("year",), 0),))  # a small notebook declares no key figures
    small_notebooks.good(tmp_path / "notebooks", "1_goed", 5)
    shutil.copytree(repository / "data", tmp_path / "gegevens", ignore=shutil.ignore_patterns("snapshots", "sources"))
    cards = tmp_path / "gegevens" / "sources"
    cards.mkdir()
    for name in ("weg", "vreemd"):
        (cards / f"{name}.toml").write_text(CARD.format(name), encoding="utf-8")
    return tmp_path


@pytest.fixture
def server():
    with fake.SourceServer() as made:
        made.put("/eurostat/api/vreemd", REFUSED)
        yield made


@pytest.fixture
def month(place, server, capsys):
    """Give the command; its exit code, what it said, and its account."""

    def month_(*arguments: object):
        code = main(["month", "--data", "gegevens", "--out", "uit", "--server", f"eurostat={server.url}",
                     *map(str, arguments)])  # fmt: skip
        account = place / "uit" / FILE
        return code, capsys.readouterr(), json.loads(account.read_text("utf-8")) if account.is_file() else None

    return month_


def receivers(place: Path, port: int, hook: str, when: str = "failure") -> Path:
    secret = place / "wachtwoord"
    secret.write_text(mail_server.PASSWORD + "\n", encoding="utf-8")
    secret.chmod(0o600)
    path = place / "bericht.toml"
    path.write_text(
        f'when = "{when}"\n[mail]\nserver = "localhost"\nport = {port}\nsender = "keten@example.nl"\n'
        f'receivers = ["een@example.nl", "twee@example.nl"]\nuser = "{mail_server.USER}"\n'
        f'password_file = "wachtwoord"\n[webhook]\nurl = "{hook}"\n',
        encoding="utf-8",
    )
    return path


def test_a_month_with_a_source_down_and_one_refused_is_told_in_one_mail(place, month):
    with mail_server.mail_server() as (port, inbox), mail_server.webhook() as (hook, posted):
        code, said, account = month("--notify", receivers(place, port, hook))
    assert code == 1
    assert said.err.count("Let op") == 0 and "Traceback" not in said.err
    assert [message["To"].addresses[0].addr_spec for message in inbox.messages] == ["een@example.nl", "twee@example.nl"]
    (subject,) = {message["Subject"] for message in inbox.messages}
    assert subject == "Ketenwerkboek LET OP: 1 uitgave gemaakt, 1 bron mislukt, 1 bron geweigerd"
    text = inbox.messages[0].get_content().replace("\r\n", "\n")
    assert inbox.messages[0].get_content_type() == "text/plain"
    assert "Geweigerd:\n- vreemd, sinds " in text and "Niet opgehaald:\n- weg, sinds " in text
    (edition,) = account["editions"]
    assert edition["code"] == 0 and f"uit/{edition['period']}/index.html" in text
    assert posted[0]["title"] == subject and posted[0]["type"] == "failure"
    assert mail_server.PASSWORD not in json.dumps(account) + said.out + said.err
    manifest = json.loads((place / "uit" / edition["period"] / "manifest.json").read_text("utf-8"))
    assert {source: one["state"] for source, one in manifest["sources"].items()} == {
        "weg": "failed",
        "vreemd": "refused",
    }
    assert account["told"] and account["finished"] and account["undelivered"] == []


def test_nothing_is_made_twice_and_since_when_a_source_fails_is_remembered(place, month):
    month()
    snapshots = place / "gegevens" / store.FOLDER
    earlier = (date.today() - timedelta(days=31)).isoformat()  # noqa: DTZ011
    attempts.remember(snapshots, [("weg", "new", "")], earlier)
    attempts.remember(snapshots, [("weg", "failed", "x")], earlier)
    code, said, account = month()
    assert code == 1 and account["sources"]["weg"]["since"] == earlier
    assert [one["code"] for one in account["editions"]] == [None] and "de uitgave is bij" in said.out
    (place / "gegevens" / "README.md").write_text("andere gegevens", encoding="utf-8")
    _, said, account = month("--no-update")
    assert [one["code"] for one in account["editions"]] == [0] and "de gegevens zijn sindsdien gewijzigd" in said.out


def test_a_dry_run_tells_and_does_nothing(place, month, server):
    code, said, account = month("--dry-run")
    assert code == 0 and account is None and not (place / "uit").exists() and server.asked == []
    assert "zou worden gemaakt" in said.out and "nog nooit opgehaald" in said.out


def test_a_mail_server_that_is_down_changes_no_exit_code_but_is_told(place, month):
    (place / "gegevens/sources/weg.toml").unlink()
    path = receivers(place, 9, "http://127.0.0.1:9/x", when="always")
    code, said, account = month("--no-update", "--notify", path)
    assert code == 0 and said.err.count("niet bezorgd") == 3 == len(account["undelivered"])
    assert mail_server.PASSWORD not in said.err


@pytest.mark.parametrize("certificate", ["expired", "other"])
def test_a_mail_server_that_cannot_prove_who_it_is_gets_nothing(place, certificate):
    with mail_server.mail_server(certificate) as (port, inbox):
        mail = Mail("localhost", port, "a@example.nl", ("b@example.nl",), mail_server.USER, mail_server.PASSWORD)
        assert len(list(deliver.deliver(Receivers(mail=mail), "x", "y", True))) == 1
    assert inbox.messages == []


def test_a_second_month_at_the_same_time_is_refused(place, month):
    with store.locked(place / "gegevens", ".month.lock"):
        code, said, _ = month()
    assert code == 2 and said.err == "Er loopt al een maandelijkse run op deze gegevens; wacht tot die klaar is.\n"


def test_what_was_broken_off_is_told_once(place, month):
    with mail_server.mail_server() as (port, inbox), mail_server.webhook() as (hook, _):
        path = receivers(place, port, hook)
        month("--no-update")
        account = json.loads((place / "uit" / FILE).read_text("utf-8"))
        assert month("--failed", "--notify", path)[0] == 0 and inbox.messages == []
        (place / "uit" / FILE).write_text(json.dumps(account | {"finished": "", "told": False}), encoding="utf-8")
        assert month("--failed", "--notify", path)[0] == 0
    assert inbox.messages[0]["Subject"] == "Ketenwerkboek LET OP: de maandelijkse run is afgebroken"


def test_what_was_left_of_an_old_failure_is_removed(place, month):
    left = place / "uit/mislukt/2016"
    left.mkdir(parents=True)
    (left / "1_goed.log").write_text("x", encoding="utf-8")
    assert month("--no-update")[2]["removed"] == []
    for path in (left / "1_goed.log", left):
        os.utime(path, (0, 0))
    assert month("--no-update")[2]["removed"] == ["mislukt/2016"] and not left.exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "bericht.toml, regel 1: er is niemand om het te melden"),
        ("when = 'soms'\n[webhook]\nurl = 'https://x.nl'\n", "regel 1: when moet"),
        ("[mail]\nserver = 'x'\nsender = 'a@b.nl'\n", "regel 1: in [mail] ontbreekt receivers"),
        ("[mail]\nserver = 'x'\nsender = 'a@b.nl'\nreceivers = ['wie']\n", "regel 4: 'wie' is geen e-mailadres"),
        ("[mail]\nserver = 'x'\nsender = 'a@b.nl'\nreceivers = ['a@b.nl']\nport = 'x'\n", "regel 5: port moet"),
        ("[mail]\nserver = 'x'\nsender = 'a@b.nl'\nreceivers = ['a@b.nl']\nuser = 'u'\n", "regel 5: bij user hoort"),
        ("[webhook]\nurl = 'ftp://x'\n", "regel 2: url moet een adres zijn"),
        ("[webhok]\n", "regel 1: 'webhok' is onbekend"),
    ],
)  # fmt: skip
def test_wrong_receivers_are_told_with_their_line(tmp_path, monkeypatch, text, sentence):
    monkeypatch.delenv("KETEN_MAIL_PASSWORD", raising=False)
    path = tmp_path / "bericht.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KetenError) as caught:
        read_receivers(path)
    assert sentence in str(caught.value)


def test_a_password_that_others_may_read_is_refused(tmp_path):
    path = receivers(tmp_path, 1, "http://x")
    (tmp_path / "wachtwoord").chmod(0o644)
    with pytest.raises(KetenError, match="chmod 600 wachtwoord"):
        read_receivers(path)


def test_the_real_notebooks_and_data_give_a_year_and_a_quarter(repository, tmp_path):
    found = due.candidates(repository / "data", tmp_path, "")
    assert [one.period for one in found] == ["2024", "2025-Q1"] and all(one.due for one in found)
