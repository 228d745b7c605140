"""The files exactly as they were received, each with a receipt: what it is, where it came from and when.

    snapshots/<source>/<date>[_n]/<resource>                 a delivery that was accepted; n = 2, 3, .. later that day
    snapshots/<source>/<date>[_n]/<resource>.receipt.json    its receipt
    snapshots/<source>/refused/<date>[_n]/...                a delivery kept aside or taken back, with the reason

No file here is ever changed or overwritten; the receipt of one that is taken back gains the reason, that of a refusal
the moment at which somebody cleared it. A file becomes visible last and at once, after its receipt, so what a killed
process leaves behind is either nothing or a whole delivery.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date as Date
from itertools import count
from pathlib import Path
from typing import Any

from keten.clock import time_stamp, today
from keten.durable import sync
from keten.errors import KetenError, remedy, why
from keten.locks import locked as lock_held

FOLDER, REFUSED, SIDECAR = "snapshots", "refused", ".receipt.json"
PATIENCE = 60  # seconds to wait for another process that is keeping a file
LONGEST = 100  # characters of a file's name
MOST_NAMED = 6  # deliveries in a sentence
DAMAGED = "het bestand is gewijzigd of beschadigd na ontvangst (sha256 klopt niet)"
REPAIR = "haal het opnieuw op (verwijder deze levering, dan keten update of keten import)"
_STAGING = ".bewaren-"
_SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
_DELIVERY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:_([1-9]\d*))?")
_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com\d|lpt\d)", re.IGNORECASE)  # no file names on Windows


@dataclass(frozen=True)
class Receipt:
    """One file as received. `date`: ISO day; `number`: which delivery of that day; `about`: the sidecar's content."""

    source: str
    resource: str
    date: str
    number: int
    path: Path
    about: dict[str, Any] = field(compare=False, repr=False)

    @property
    def order(self) -> tuple[str, int, str]:
        """Sorts deliveries from old to new, also those of one day."""
        return self.date, self.number, self.received

    @property
    def received(self) -> str:
        """Time stamp of the moment at which it came in."""
        return str(self.about.get("received", ""))

    @property
    def fate(self) -> str:
        """Why one that was kept aside does not count: a word for the reader."""
        return "teruggenomen" if self.about.get("withdrawn") else "geweigerd"


def receipts(data: Path, source: str = "") -> list[Receipt]:
    """All accepted files, or those of one source, sorted by source, resource, date and number.

    A file without a readable receipt is not among them, nor one of a day that is still to come, which would hide all
    that follow; `verify` names both.
    """
    now = today()
    return [receipt for receipt in _read(data, source, "") if receipt.date <= now]


def refused(data: Path, source: str = "") -> list[Receipt]:
    """All files that were kept aside, sorted likewise; `about["reason"]` says why."""
    return _read(data, source, REFUSED)


def keep(
    data: Path, source: str, resource: str, content: Path, about: dict[str, Any], date: str, reason: str = ""
) -> Receipt:
    """Keep a copy of the file `content` as received on `date` (ISO day), aside when there is a `reason` to refuse it.

    `resource` is made a safe file name. The receipt holds `about` with source, resource, date, sha256, bytes and reason
    added. When the very same bytes are the last that were known on that day, their receipt is given and nothing is
    written. Raises KetenError when the folder cannot be written or another process holds it for a minute.
    """
    if not _is_day(date):
        raise KetenError(f"De datum '{date}' klopt niet; geef een dag als 2026-01-31.")
    if not _SOURCE.fullmatch(source):
        raise KetenError(f"'{source}' kan geen naam van een bron zijn; gebruik letters, cijfers, - en _.")
    resource = safe_name(resource)
    try:
        fingerprint = digest(content)
    except OSError as error:
        raise KetenError(
            f"Het bestand {content} is niet te lezen ({why(error)}); controleer naam en rechten."
        ) from error
    with locked(data) as snapshots, _writing(snapshots):
        _recover(snapshots)
        known = refused(data, source) if reason else receipts(data, source)
        if same := _same(known, resource, fingerprint, date, reason):
            return same
        home = Path(source, REFUSED) if reason else Path(source)
        names = (home / (date if number == 1 else f"{date}_{number}") for number in count(1))
        number, place = next((at, name) for at, name in enumerate(names, 1) if _free(snapshots / name, resource))
        staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=snapshots))
        try:
            (staging / place).mkdir(parents=True)
            kept = staging / place / resource
            with content.open("rb") as file:
                _write(kept, iter(lambda: file.read(1 << 20), b""))
            about = {**about, "source": source, "resource": resource, "date": date}
            about |= {"sha256": digest(kept), "bytes": kept.stat().st_size}
            about |= {"reason": reason} if reason else {}
            _write(staging / place / (resource + SIDECAR), [_told(about).encode()])
            _publish(staging, snapshots, place / resource)
        finally:
            _recover(snapshots)
        return Receipt(source, resource, date, number, snapshots / place / resource, about)


def deliveries(data: Path) -> dict[str, list[str]]:
    """Names of the folders of all accepted deliveries, by source and from old to new, readable or not."""
    found: dict[str, list[str]] = {}
    for source, kind, folder in _deliveries(data):
        if not kind and _parsed(folder.name):
            found.setdefault(source, []).append(folder.name)
    return {source: sorted(names, key=lambda name: _parsed(name) or ("", 0)) for source, names in found.items()}


def withdraw(data: Path, source: str, delivery: str, reason: str) -> Path:
    """Take a delivery (the name of its folder) back: it is kept aside with the reason, whatever state its files are in.

    Returns the folder where it is kept. Raises KetenError when there is no such delivery, and as `locked` does.
    """
    with locked(data) as snapshots, _writing(snapshots):
        _recover(snapshots)
        folder = snapshots / source / delivery
        if _parsed(delivery) is None or not folder.is_dir():
            known = deliveries(data).get(source, [])
            listed = f"; wel van {', '.join(known[-MOST_NAMED:])}" if known else ""
            raise KetenError(f"De bron {source} heeft geen levering van {delivery}{listed}.")
        for path in _files(folder):
            about = _sidecar(path) or {"source": source, "resource": path.name, "date": delivery[:10]}
            about |= {"reason": reason, "withdrawn": time_stamp(), "received_sha256": about.get("sha256", "")}
            about |= {"sha256": digest(path)}  # from here on this is what shall not change, damaged or not
            _tell(path, about)
        names = (delivery[:10] if number == 1 else f"{delivery[:10]}_{number}" for number in count(1))
        aside = next(place for name in names if not (place := snapshots / source / REFUSED / name).exists())
        aside.parent.mkdir(exist_ok=True)
        folder.rename(aside)
        sync(folder.parent)
        sync(aside.parent)
        return aside


def clear(data: Path, refusals: Iterable[Receipt]) -> None:
    """Note in the receipts of these refusals that somebody has dealt with them. Raises KetenError as `locked` does."""
    with locked(data) as snapshots, _writing(snapshots):
        for one in refusals:
            _tell(one.path, {**one.about, "cleared": time_stamp()})


def intact(receipt: Receipt) -> bool:
    """Whether a file is still what was received."""
    try:
        return digest(receipt.path) == str(receipt.about["sha256"])
    except OSError:
        return False


def damage(receipt: Receipt, data: Path) -> str:
    """What is wrong with a file that is not what was received, in the words of `verify`."""
    return f"{receipt.path.relative_to(data).as_posix()}: {DAMAGED}; {REPAIR}."


def verify(data: Path) -> list[str]:
    """What is wrong with the kept files, as Dutch sentences; none when all is as it was received."""
    findings = []
    now = today()
    for source, kind, folder in _deliveries(data):
        where = folder.relative_to(data).as_posix()
        if _parsed(folder.name) is None:
            findings.append(f"{where}: de naam van deze map is geen datum; verplaats haar uit snapshots/.")
        elif not kind and folder.name[:10] > now:
            findings.append(
                f"{where}: de dag van ontvangst ligt na vandaag ({now}), dus deze levering telt niet mee; neem haar "
                f"terug met keten withdraw {source} {folder.name} en neem het bestand dan op met de goede --date."
            )
        else:
            findings += [f"{where}/{fault}" for fault in _faults(folder, source)]
    return findings


def safe_name(text: str) -> str:
    """A harmless file name for any text: blanks become "_"; a name that had to be changed further ends in a hash.

    So two texts have two names, unless they differ in blanks only.
    """
    plain = re.sub(r"\s+", "_", text.strip())
    ascii_only = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9._()&,+=-]+", "_", ascii_only)
    name = re.sub(r"\.{2,}", ".", name).lstrip(".-~").rstrip(".")
    if name.lower().endswith(SIDECAR):
        name = name.replace(".", "_")
    stem, suffix = os.path.splitext(name)
    if not re.fullmatch(r"\.[A-Za-z0-9]{1,8}", suffix):
        stem, suffix = name, ""
    if _DEVICES.fullmatch(name.split(".")[0]):
        stem = "_" + stem.replace(".", "_")
    if stem and stem + suffix == plain and len(plain) <= LONGEST:
        return plain
    mark = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{stem[: LONGEST - len(suffix) - 9] or 'naamloos'}-{mark}{suffix}"


@contextmanager
def locked(data: Path, name: str = ".lock", patience: float | None = None, busy: str = "") -> Iterator[Path]:
    """The folder `snapshots` while no other process holds the lock `name`.

    Raises KetenError after `patience` seconds (None = a minute), with the sentence `busy` where one is given, or when
    the folder cannot be written.
    """
    snapshots = data / FOLDER
    with _writing(snapshots):
        snapshots.mkdir(exist_ok=True)
    busy = busy or (
        f"Een ander proces houdt {snapshots} al {PATIENCE} seconden bezet; wacht tot dat klaar is en start opnieuw."
    )
    with lock_held(snapshots / name, PATIENCE if patience is None else patience, busy):
        yield snapshots


@contextmanager
def _writing(snapshots: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise KetenError(
            f"In de map {snapshots} kon niet worden geschreven ({why(error)}); {remedy(error)}."
        ) from error


def recover(data: Path) -> None:
    """Finish or drop what an interruption left halfway. Raises KetenError as `locked` does."""
    with locked(data) as snapshots:
        _recover(snapshots)


def remove(folder: Path) -> None:
    """Remove a working folder as far as that can be; the next process tries again."""
    shutil.rmtree(folder, ignore_errors=True)


# -- reading --


def _read(data: Path, source: str, aside: str) -> list[Receipt]:
    found = []
    for name, kind, folder in _deliveries(data, source):
        if kind == aside and (parsed := _parsed(folder.name)):
            told = [(path, _sidecar(path)) for path in _files(folder)]
            found += [Receipt(name, path.name, *parsed, path, about) for path, about in told if about]
    return sorted(found, key=lambda receipt: (receipt.source, receipt.resource, receipt.date, receipt.number))


def _deliveries(data: Path, source: str = "") -> Iterator[tuple[str, str, Path]]:
    """Source, `REFUSED` or "", and folder of what was kept and what was kept aside."""
    for home in _folders(data / FOLDER):
        if source in ("", home.name):
            for folder in _folders(home):
                if folder.name == REFUSED:
                    yield from ((home.name, REFUSED, refused) for refused in _folders(folder))
                else:
                    yield home.name, "", folder


def _folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def _files(folder: Path) -> list[Path]:
    """The data files of a delivery, without receipts and without what file managers leave (hidden files)."""
    files = (path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    return sorted(path for path in files if not path.name.endswith(SIDECAR))


def _sidecar(path: Path) -> dict[str, Any] | None:
    """Content of a data file's receipt; None when it is not there or is not one."""
    try:
        about = json.loads(path.with_name(path.name + SIDECAR).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return about if isinstance(about, dict) and isinstance(about.get("sha256"), str) else None


def _parsed(name: str) -> tuple[str, int] | None:
    """Day and number of a delivery, after the name of its folder; None when it is no such name."""
    match = _DELIVERY.fullmatch(name)
    return (match[1], int(match[2] or 1)) if match and match[2] != "1" and _is_day(match[1]) else None


def _faults(folder: Path, source: str) -> Iterator[str]:
    files = _files(folder)
    for path in files:
        about = _sidecar(path)
        if about is None:
            problem = "is onleesbaar" if path.with_name(path.name + SIDECAR).exists() else "ontbreekt"
            yield f"{path.name}: het ontvangstbewijs ({SIDECAR}) {problem}, dus dit bestand telt niet mee; {REPAIR}."
        elif digest(path) != about["sha256"]:
            yield f"{path.name}: {DAMAGED}; {REPAIR}."
        else:
            expected = {"source": source, "resource": path.name, "date": folder.name[:10]}
            for key, value in expected.items():
                if about.get(key) != value:
                    yield f"{path.name}: het ontvangstbewijs hoort bij {key} '{about.get(key)}'; {REPAIR}."
    present = {path.name for path in files}
    for sidecar in sorted(folder.glob("*" + SIDECAR)):
        if sidecar.name.removesuffix(SIDECAR) not in present:
            yield f"{sidecar.name}: het bestand bij dit ontvangstbewijs ontbreekt; {REPAIR}."


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# -- writing --


def _is_day(text: str) -> bool:
    try:
        return Date.fromisoformat(text).isoformat() == text
    except (TypeError, ValueError):
        return False


def _free(folder: Path, resource: str) -> bool:
    """Whether a delivery has no file of this name yet, in any letter case."""
    taken = {path.name.lower() for path in folder.iterdir()} if folder.is_dir() else set()
    return not taken & {resource.lower(), (resource + SIDECAR).lower()}


def _same(known: list[Receipt], resource: str, fingerprint: str, date: str, reason: str) -> Receipt | None:
    """The receipt of the same bytes, when they are what was last received of this resource by that day."""
    earlier = [receipt for receipt in known if receipt.resource == resource and receipt.date <= date]
    if not earlier or earlier[-1].about.get("reason", "") != reason:
        return None
    return earlier[-1] if earlier[-1].about["sha256"] == fingerprint and intact(earlier[-1]) else None


def _tell(path: Path, about: dict[str, Any]) -> None:
    """Replace the receipt of a file, at once."""
    half = path.with_name(f".{path.name}{SIDECAR}")
    half.write_text(_told(about), encoding="utf-8")
    half.replace(path.with_name(path.name + SIDECAR))


def _told(about: dict[str, Any]) -> str:
    """The text of a receipt."""
    return json.dumps(about, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _write(path: Path, parts: Iterable[bytes]) -> None:
    """Write a new file and see it through to the disk."""
    with path.open("xb") as file:
        file.writelines(parts)
        file.flush()
        os.fsync(file.fileno())


def _publish(staging: Path, snapshots: Path, place: Path) -> None:
    """Move receipt and then file from the staging folder to the same place in the store."""
    target = snapshots / place
    target.parent.mkdir(parents=True, exist_ok=True)
    sidecar = place.with_name(place.name + SIDECAR)
    if (staging / sidecar).exists():
        os.rename(staging / sidecar, snapshots / sidecar)
        sync(target.parent)
    os.rename(staging / place, target)
    for folder in (target.parent, target.parent.parent, snapshots):
        sync(folder)


def _recover(snapshots: Path) -> None:
    """Finish a delivery of which the receipt is in place already, and drop what else is left."""
    for staging in snapshots.glob(_STAGING + "*"):
        for path in staging.rglob("*"):
            place = path.relative_to(staging)
            half = path.is_file() and not path.name.endswith(SIDECAR)
            if half and not path.with_name(path.name + SIDECAR).exists() and not (snapshots / place).exists():
                about = _sidecar(snapshots / place)
                if about is not None and about["sha256"] == digest(path):
                    _publish(staging, snapshots, place)
        remove(staging)
