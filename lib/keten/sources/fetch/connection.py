"""The way from this computer to a server: proxies and certificates, and who is to blame when a connection fails."""

import os
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import requests
import urllib3

from keten.sources.fetch.faults import LATER, Fault, public

BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")  # the first that is set holds
EXPIRED, NOT_YET, OTHER_NAME = 10, 9, (62, 64)  # what OpenSSL calls it
UNKNOWN_ISSUER = (2, 18, 19, 20, 21)
NO_ADDRESS = "is geen adres dat kan worden opgehaald; controleer de kaart"
NAME, NONE = "de naam van de server is onbekend", "er is geen netwerk"


@dataclass(frozen=True)
class Way:
    """How an address is reached. `proxy`: address of the proxy, '' without one; `bundle`: file with certificates.

    `proxy_from`, `bundle_from`: the environment variables that say so.
    """

    proxy: str = ""
    proxy_from: str = ""
    bundle: str = ""
    bundle_from: str = ""

    @property
    def proxies(self) -> dict[str, str]:
        """The proxy by scheme, as requests asks for it."""
        return {scheme: self.proxy for scheme in ("http", "https")} if self.proxy else {}

    @property
    def proxy_words(self) -> str:
        """The proxy and who named it, for a sentence."""
        told = f"omgevingsvariabele {self.proxy_from}" if self.proxy_from else "ingesteld op dit systeem"
        return f"De proxy {public(self.proxy)} ({told})"


def way_to(url: str) -> Way:
    """The way to an address, after the environment. Raises Fault for a variable that cannot be right."""
    proxy = requests.utils.select_proxy(url, requests.utils.get_environ_proxies(url)) or ""
    names = [name for name in os.environ if name.lower().endswith("_proxy") and os.environ[name] == proxy]
    proxy_from = next(iter(sorted(names)), "") if proxy else ""
    if proxy:
        proxy = _checked_proxy(proxy, proxy_from)
    bundle_from = next((name for name in BUNDLES if os.environ.get(name)), "")
    bundle = os.environ.get(bundle_from, "") if url.startswith("https:") else ""
    if bundle:
        _check_bundle(bundle, bundle_from)
    return Way(proxy, proxy_from, bundle, bundle_from)


def _checked_proxy(proxy: str, name: str) -> str:
    address = proxy if "://" in proxy else f"http://{proxy}"
    try:
        parts = urlsplit(address)
        right = bool(parts.hostname) and parts.port != 0 and re.fullmatch(r"https?|socks[45][ah]?", parts.scheme)
    except ValueError:
        right = None
    if not right:
        raise Fault(
            cause=f"De omgevingsvariabele {name} bevat geen adres van een proxy ('{public(proxy)[:100]}'); verwacht "
            "wordt iets als http://proxy.example:8080."
        )
    return address


def _check_bundle(bundle: str, name: str) -> None:
    path = Path(bundle)
    if not path.exists():
        raise Fault(
            cause=f"De omgevingsvariabele {name} noemt {bundle}, en dat bestand bestaat niet; herstel die variabele of "
            "haal haar weg."
        )
    try:
        if path.is_file():
            ssl.create_default_context().load_verify_locations(bundle)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise Fault(
            cause=f"De omgevingsvariabele {name} noemt {bundle}, en daarin staan geen leesbare certificaten (PEM); "
            "herstel die variabele of haal haar weg."
        ) from error


# -- what a failure means --


def fault_of(error: Exception, url: str, way: Way, silence: str, connect: float) -> Fault:
    """What went wrong with a request. `silence`: words for one without an answer; `connect`: seconds to connect."""
    if way.proxy and (isinstance(error, requests.exceptions.ProxyError) or "SOCKS" in str(error)):
        return _of_proxy(error, url, way)
    if isinstance(error, requests.exceptions.SSLError):
        return _of_certificate(error, url, way)
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return _unreachable(f"geen verbinding binnen {connect} seconden", url, offline=True)
    if isinstance(error, requests.exceptions.Timeout):
        return Fault(silence, wait=0)
    if isinstance(error, requests.exceptions.ConnectionError):
        words = _cause(error)
        if any(isinstance(one, urllib3.exceptions.NewConnectionError) for one in _chain(error)):
            return _unreachable(words, url, offline=words in (NAME, NONE))
        return Fault(f"is niet bereikbaar ({words})", wait=0)
    if way.proxy and isinstance(error, requests.exceptions.InvalidSchema):
        return Fault(cause=f"{way.proxy_words} is van een soort die keten niet kan gebruiken; geef een http-proxy.")
    return Fault(NO_ADDRESS)


def proxy_wants_login(way: Way) -> Fault:
    """The proxy asks for a name and password (407)."""
    where = way.proxy_from or "HTTPS_PROXY"
    return Fault(
        status=407,
        cause=f"{way.proxy_words} vraagt om een naam en wachtwoord (HTTP 407); zet die in {where}, als "
        "http://naam:wachtwoord@host:poort, of vraag uw beheerder.",
    )


def _unreachable(words: str, url: str, offline: bool) -> Fault:
    cause = f"De server {urlsplit(url).netloc.rpartition('@')[2]} is niet bereikbaar ({words}); {LATER}."
    return Fault(f"is niet bereikbaar ({words})", wait=0, cause=cause, offline=offline)


def _of_proxy(error: Exception, url: str, way: Way) -> Fault:
    host = urlsplit(url).hostname
    told = re.search(r"Tunnel connection failed: (\d{3})", str(error))
    if told and told[1] == "407":
        return proxy_wants_login(way)
    if told and told[1].startswith("5"):
        return Fault(wait=0, cause=f"{way.proxy_words} kon {host} niet bereiken (HTTP {told[1]}); {LATER}.")
    if told:
        return Fault(
            cause=f"{way.proxy_words} laat geen verbinding met {host} toe (HTTP {told[1]}); vraag uw beheerder om "
            f"toegang, of zet {host} in NO_PROXY als het zonder proxy kan."
        )
    words = f"{way.proxy_words} is niet bereikbaar ({_cause(error)}); controleer dat adres en het netwerk."
    return Fault(wait=0, cause=words)


def _of_certificate(error: Exception, url: str, way: Way) -> Fault:
    refused = next((one for one in _chain(error) if isinstance(one, ssl.SSLCertVerificationError)), None)
    code = refused.verify_code if refused else 0
    if code in UNKNOWN_ISSUER:
        now = f"{way.bundle_from} is nu {way.bundle}" if way.bundle else "die variabele is nu leeg"
        host = urlsplit(url).netloc.rpartition("@")[2]
        return Fault(
            cause=f"De server {host} toont een certificaat van een uitgever die deze computer niet kent; controleert "
            "uw organisatie het verkeer met eigen certificaten, zet dan REQUESTS_CA_BUNDLE op het bestand daarmee "
            f"({now}), en vertrouw het antwoord anders niet."
        )
    if code in (EXPIRED, NOT_YET):
        when = "is verlopen" if code == EXPIRED else "pas later geldt"
        return Fault(f"heeft een certificaat dat {when}; controleer de klok van deze computer en meld het de uitgever")
    if code in OTHER_NAME:
        return Fault("heeft een certificaat voor een andere naam; vertrouw het antwoord niet en meld het de uitgever")
    if refused:
        return Fault("heeft geen geldig certificaat; vertrouw het antwoord niet en meld het de uitgever")
    return Fault("spreekt geen TLS zoals deze computer dat kan; controleer het adres en meld het anders de uitgever")


def _cause(error: BaseException) -> str:
    """What went wrong with a connection, in a few words."""
    text = str(error)
    for sign, words in {
        "NameResolution": NAME,
        "Name or service": NAME,
        "refused": "de verbinding werd geweigerd",
        "reset": "de verbinding werd verbroken",
        "RemoteDisconnected": "de verbinding werd verbroken",
        "BadStatusLine": "het antwoord is geen HTTP",
        "unreachable": NONE,
        "No route to host": NONE,
    }.items():
        if sign in text:
            return words
    return "de verbinding kwam niet tot stand"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those from which it came, also the reasons that urllib3 keeps."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        inside = [one for one in (getattr(error, "reason", None), *error.args) if isinstance(one, BaseException)]
        error = next(iter(inside), None) or error.__cause__ or error.__context__
