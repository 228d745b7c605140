"""What an answer means that is not the file: a status other than 200, and Eurostat's "later" in the place of data."""

import html
import json
import re
from typing import Any

import requests
import urllib3

from keten.sources.fetch.faults import LATER, Fault

PASSING = (408, 425, 429, 500, 502, 503, 504)
LONGEST_WAIT = 300  # seconds that a server may ask to wait
LONGEST_EXPLANATION = 200
BEING_MADE, TOO_LARGE = "ASYNCHRONOUS_RESPONSE", "EXTRACTION_TOO_BIG"  # what Eurostat says with 413
NARROW = (
    "vraag minder: noem in query van de kaart meer codes (zoals geo of citizen) of minder jaren (sinceTimePeriod), en "
    "controleer de kaart"
)
MEANINGS = {
    401: "geeft geen toegang",
    403: "geeft geen toegang",
    404: "bestaat niet",
    410: "bestaat niet meer",
    413: "vindt de vraag te groot",
}


def refusal(response: requests.Response, body: bytes) -> Fault:
    """What another status than 200 means, with the server's own sentence when it gives one."""
    status, said = response.status_code, explanation(body)
    if postponed := answer_in_place_of_data(body, status):
        return postponed
    told = f"HTTP {status}{': ' + said if said else ''}"
    if status in PASSING:
        wait = _retry_after(response)
        if wait > LONGEST_WAIT:
            return Fault(f"vraagt om {wait:.0f} seconden te wachten ({told}); {LATER}", status)
        words = "krijgt te veel vragen" if status == 429 else "heeft een storing"
        return Fault(f"{words} ({told})", status, wait)
    return Fault(f"{MEANINGS.get(status, 'gaf geen bestand')} ({told}); controleer de kaart", status)


def answer_in_place_of_data(body: bytes, status: int = 200) -> Fault | None:
    """Eurostat's answer that it makes the data first, or will not make so much; None for anything else."""
    said = explanation(body)
    if BEING_MADE in said or re.search(rb"<(\w+:)?queued>", body):
        return Fault(f"maakt het antwoord nog (HTTP {status}: {said or 'queued'})", status, 0, busy=True)
    if TOO_LARGE in said:
        return Fault(f"vindt de vraag te groot (HTTP {status}: {said}); {NARROW}", status)
    return None


def explanation(body: bytes) -> str:
    """The sentence in an error of Eurostat, CKAN, CBS or UNHCR, on one line and cut; '' without one."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        text = body.decode("utf-8", errors="replace")
        told = re.search(r"<(?:\w+:)?(faultstring|Text)\b[^<>]*>(.*?)</(?:\w+:)?\1>", text, re.DOTALL)
        found = html.unescape(told[2]) if told else ""
    line = re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", _sentence(found)).strip()
    line = "".join(sign for sign in line if sign.isprintable())
    return line if len(line) <= LONGEST_EXPLANATION else line[: LONGEST_EXPLANATION - 3] + "..."


def _sentence(found: Any) -> str:
    """The text in an error, however deep it lies."""
    for _ in range(5):
        if isinstance(found, list):
            found = next(iter(found), "")
        if not isinstance(found, dict):
            break
        keys = ("error", "warning", "odata.error", "label", "message", "detail", "value")
        found = next((found[key] for key in keys if found.get(key)), "")
    return found.rstrip(".") if isinstance(found, str) else ""


def _retry_after(response: requests.Response) -> float:
    """Seconds that the server asks to wait, 0 when it does not."""
    try:
        return urllib3.Retry().get_retry_after(response.raw) or 0.0
    except urllib3.exceptions.InvalidHeader:
        return 0.0
