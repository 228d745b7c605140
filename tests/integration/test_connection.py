"""The way from this computer to a server: certificates, proxies and no network, each blamed on the right party."""

import pytest
import requests
import source_server as fake

from keten.sources.fetch import http
from keten.sources.fetch.connection import BUNDLES
from keten.sources.fetch.faults import FetchFailed

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
AUTHORITY = str(fake.CERTIFICATES / "ca.pem")


@pytest.fixture(autouse=True)
def waits(monkeypatch):
    """An environment that says nothing, and the seconds that would have been waited."""
    for name in (*BUNDLES, *PROXIES, *map(str.lower, PROXIES)):
        monkeypatch.delenv(name, raising=False)
    asked = []
    monkeypatch.setattr(http, "pause", asked.append)
    return asked


@pytest.fixture
def server():
    """A server on this machine; as a proxy too."""
    with fake.SourceServer() as made:
        made.put("/x", b"tekst")
        yield made


@pytest.fixture
def secure():
    """One with a certificate of an authority of its own."""
    with fake.SourceServer(certificate="good") as made:
        made.put("/x", b"tekst")
        yield made


def content(folder, url):
    """What an address gives."""
    return http.Client(folder).get(url, "kaart.toml", 1).take()


def refusal(folder, url):
    """The failure of an address, in one sentence without what is not printable."""
    with pytest.raises(FetchFailed) as caught:
        content(folder, url)
    assert str(caught.value).isprintable() and str(caught.value).endswith(".")
    assert list(folder.iterdir()) == []
    return caught.value


# -- certificates --


@pytest.mark.parametrize("name", BUNDLES)
def test_an_authority_of_ones_own_is_accepted(tmp_path, monkeypatch, secure, name):
    monkeypatch.setenv(name, AUTHORITY)
    assert content(tmp_path, f"{secure.url}/x") == b"tekst"


def test_the_first_variable_that_is_set_holds(tmp_path, monkeypatch, secure):
    monkeypatch.setenv("SSL_CERT_FILE", "/bestaat/niet.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", AUTHORITY)
    assert content(tmp_path, f"{secure.url}/x") == b"tekst"


@pytest.mark.parametrize("bundle", ["", requests.certs.where()])
def test_an_unknown_authority_is_not_blamed_on_the_publisher(tmp_path, monkeypatch, secure, bundle):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", bundle)
    fault = refusal(tmp_path, f"{secure.url}/x")
    said = str(fault)
    assert "een uitgever die deze computer niet kent" in said and "zet dan REQUESTS_CA_BUNDLE" in said
    assert (f"REQUESTS_CA_BUNDLE is nu {bundle}" if bundle else "die variabele is nu leeg") in said
    assert "meld het" not in said and fault.cause == said


@pytest.mark.parametrize(("certificate", "words"), [("expired", "is verlopen"), ("other", "voor een andere naam")])
def test_a_wrong_certificate_is_the_publishers(tmp_path, monkeypatch, certificate, words):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", AUTHORITY)
    with fake.SourceServer(certificate=certificate) as server:
        said = str(refusal(tmp_path, f"{server.url}/x"))
    assert words in said and "meld het de uitgever" in said and "REQUESTS_CA_BUNDLE" not in said


def test_a_server_without_tls_is_named(tmp_path, server):
    said = str(refusal(tmp_path, f"{server.url.replace('http', 'https')}/x"))
    assert "spreekt geen TLS" in said


@pytest.mark.parametrize("name", BUNDLES)
@pytest.mark.parametrize(("file", "words"), [("weg.pem", "bestaat niet"), ("tekst.pem", "geen leesbare certificaten")])
def test_a_bundle_that_cannot_be_is_blamed_on_its_variable(tmp_path, monkeypatch, secure, waits, name, file, words):
    bundle = tmp_path.with_name(f"{tmp_path.name}-{file}")
    if file == "tekst.pem":
        bundle.write_text("geen certificaat", encoding="utf-8")
    monkeypatch.setenv(name, str(bundle))
    fault = refusal(tmp_path, f"{secure.url}/x")
    assert str(fault).startswith(f"De omgevingsvariabele {name} noemt {bundle}") and words in str(fault)
    assert fault.cause and waits == [] and secure.asked == []


# -- proxies --


def test_a_proxy_is_used_and_passed_by(tmp_path, monkeypatch, server):
    monkeypatch.setenv("HTTP_PROXY", server.url)
    assert content(tmp_path, "http://elders.invalid/x") == b"tekst"
    monkeypatch.setenv("NO_PROXY", "elders.invalid")
    assert "de naam van de server is onbekend" in str(refusal(tmp_path, "http://elders.invalid/x"))


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_wants_a_name_is_told(tmp_path, monkeypatch, server, waits, scheme):
    server.tunnel = 407
    server.breaks("/x", fake.status(407))
    name = f"{scheme.upper()}_PROXY"
    monkeypatch.setenv(name, server.url.replace("//", "//ik:geheim@"))
    fault = refusal(tmp_path, f"{scheme}://elders.invalid/x")
    said = str(fault)
    assert f"De proxy {server.url} (omgevingsvariabele {name}) vraagt om een naam en wachtwoord (HTTP 407)" in said
    assert "geheim" not in said and (fault.status, waits) == (407, []) and fault.cause == said


@pytest.mark.parametrize(
    ("code", "words", "tries"),
    [(403, "laat geen verbinding met elders.invalid toe (HTTP 403)", 1), (502, "kon elders.invalid niet bereiken", 3)],
)
def test_a_proxy_that_refuses_is_told(tmp_path, monkeypatch, server, code, words, tries):
    server.tunnel = code
    monkeypatch.setenv("HTTPS_PROXY", server.url)
    assert words in str(refusal(tmp_path, "https://elders.invalid/x"))
    assert len(server.asked) == tries


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:9", "http://niet.invalid:80", "socks5://127.0.0.1:9"])
def test_a_proxy_that_is_not_there_is_not_the_server(tmp_path, monkeypatch, proxy):
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    fault = refusal(tmp_path, "https://elders.invalid/x")
    assert str(fault).startswith(f"De proxy {proxy} (omgevingsvariabele HTTPS_PROXY) is niet bereikbaar")
    assert not fault.offline


@pytest.mark.parametrize("proxy", ["http://", "onzin://x:1", "http://x:99999", "http://[::1"])
def test_what_is_no_proxy_is_blamed_on_its_variable(tmp_path, monkeypatch, proxy):
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    said = str(refusal(tmp_path, "https://elders.invalid/x"))
    assert said.startswith("De omgevingsvariabele HTTPS_PROXY bevat geen adres van een proxy")


# -- no network --


def test_a_server_that_is_not_found_is_asked_once(tmp_path, waits):
    """What stops every card of a server does not cost each of them its three tries."""
    client = http.Client(tmp_path)
    for name in ("een", "twee"):
        with pytest.raises(FetchFailed, match=rf"https://niet.invalid/{name} is niet bereikbaar \(de naam") as caught:
            client.get(f"https://niet.invalid/{name}", "x.toml", 1)
        assert caught.value.offline and caught.value.cause.startswith("De server niet.invalid is niet bereikbaar")
    assert waits == [0.5, 1.0]


# -- redirects --


def test_a_redirect_to_https_of_the_same_host_is_followed(tmp_path, monkeypatch, server, secure):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", AUTHORITY)
    server.breaks("/x", fake.redirect(f"{secure.url}/x"))
    assert content(tmp_path, f"{server.url}/x") == b"tekst"


@pytest.mark.parametrize("there", ["http", "elders"])
def test_a_redirect_is_never_to_less_or_to_another(tmp_path, monkeypatch, server, secure, there):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", AUTHORITY)
    where = server.url if there == "http" else secure.url.replace("127.0.0.1", "localhost")
    secure.breaks("/x", fake.redirect(f"{where}/x"))
    assert "verwijst door naar een andere host" in str(refusal(tmp_path, f"{secure.url}/x"))
    assert server.asked == []
