"""`keten schedule` and `keten doctor`: the system starts the month, and one line each tells whether it can."""

import shutil

import pytest
import source_server as fake

from keten.cli import main
from keten.operations import health, units
from keten.operations.units import Plan

needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="een systeem zonder systemd")


@needs_systemd
def test_the_units_pass_systemd_and_say_when_the_timer_goes_off(tmp_path, capsys):
    assert main(["schedule", "--units", str(tmp_path), "--day", "7", "--time", "05:30", "--pdf"]) == 0
    said = capsys.readouterr().out
    assert "-07 05:30:00" in said and "loginctl enable-linger" in said
    service = (tmp_path / units.SERVICE).read_text(encoding="utf-8")
    assert "month -q --pdf" in service and f"OnFailure={units.FAILED}" in service
    assert "OnCalendar=*-*-07 05:30:00" in (tmp_path / units.TIMER).read_text(encoding="utf-8")
    assert "--failed" in (tmp_path / units.FAILED).read_text(encoding="utf-8")


@needs_systemd
def test_a_unit_that_systemd_remarks_on_is_no_success(tmp_path):
    texts = units.texts(Plan(tmp_path / "geen python", tmp_path, 5, "06:00"))
    units.write(tmp_path, texts)
    scratch = tmp_path / "leeg"
    scratch.mkdir()
    assert any("geen python" in line for line in units.faults(tmp_path, list(texts), scratch))


def test_the_line_for_cron_survives_blanks_and_percents(tmp_path):
    plan = Plan(tmp_path / "mijn python", tmp_path / "100%", 5, "06:05")
    assert plan.cron.startswith("5 6 5 * *  cd ") and "100\\%" in plan.cron and "mijn python' -m keten.cli" in plan.cron


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--day", "31"], "De optie --day mag ten hoogste 28 zijn"),
        (["--time", "25:00"], "De optie --time moet een tijdstip"),
    ],
)
def test_a_wrong_moment_is_refused(capsys, arguments, sentence):
    assert main(["schedule", "--cron", *arguments]) == 2
    assert sentence in capsys.readouterr().err


def test_the_doctor_tells_what_is_wrong_in_one_line_each(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://naam:geheim@proxy.example:80")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    with fake.SourceServer() as server:
        given = [f"{name}={server.url}" for name in ("cbs", "eurostat", "overheid")]
        servers = [part for one in [*given, "unhcr=http://127.0.0.1:9"] for part in ("--server", one)]
        code = main(["doctor", "--out", str(tmp_path), *servers])
    said = capsys.readouterr().out
    lines = {line[8:24].strip(): line.split()[0] for line in said.splitlines()}
    assert code == 1 and lines["bron unhcr"] == "fout"
    assert lines["bron cbs"] == lines["rapporten"] == lines["klok"] == "goed"
    assert "geheim" not in said and "proxy.example" in said


def test_a_certificate_file_that_is_none_is_named(tmp_path):
    path = tmp_path / "leeg.pem"
    path.write_text("x", encoding="utf-8")
    assert health.certificates({"SSL_CERT_FILE": str(path)}).state == health.WRONG
    assert health.certificates({}).state == health.GOOD


def test_a_lock_that_is_held_is_told(tmp_path):
    from keten.locks import locked

    assert health.locks(tmp_path).words == "vrij"
    with locked(tmp_path / ".update.lock", 0, ""):
        assert health.locks(tmp_path) == health.Finding(health.DOUBTFUL, "sloten", "bezet: .update.lock")
