"""The command `keten check`: every check over all data."""

import argparse
from pathlib import Path
from typing import Any

from keten.commands.parser import SOME_FAILED, SUCCESS, data_given, data_option
from keten.errors import KetenError


def add(commands: Any) -> None:
    """Put the command on the command line."""
    command = commands.add_parser(
        "check",
        help="controleer alle gegevens",
        description="Controleert de kaarten, de bewaarde leveringen, de gepubliceerde cijfers en de correcties. Een "
        "regel per bevinding; 0 als alles klopt, 1 als er fouten zijn. Wat met 'let op' begint, is geen fout.",
    )
    command.add_argument(
        "--accept",
        action="store_true",
        help="leg eerst vast dat de bestanden van catalogue/ en published/ bedoeld zijn zoals ze nu zijn "
        "(datapackage.json: regels en SHA-256)",
    )
    command.add_argument(
        "--clear",
        metavar="BRON",
        action="append",
        default=[],
        help="zet eerst de weigeringen van een bron weg: iemand heeft ernaar gekeken; mag vaker",
    )
    command.add_argument(
        "--coverage",
        metavar="JAREN",
        type=_years,
        help="geef in plaats daarvan per doel en jaar het deel van de kerncijfers dat over dat jaar zelf gaat, zoals "
        "2013-2025 (een tabel in Markdown)",
    )
    data_option(command)
    command.set_defaults(run=run)


def _years(text: str) -> range:
    first, _, last = text.partition("-")
    years = [first, last if "-" in text else first]
    if not all(year.isascii() and year.isdigit() and len(year) == 4 for year in years) or first > years[1]:
        raise argparse.ArgumentTypeError(f"'{text}' zijn geen jaren; geef een jaar of een reeks, zoals 2013-2025")
    return range(int(first), int(years[1]) + 1)


def run(arguments: argparse.Namespace) -> int:
    """Print every finding, or the coverage."""
    data = data_given(arguments)
    if arguments.coverage:
        from keten.paths import notebooks_folder
        from keten.workbook.yearly_coverage import as_markdown, yearly_coverage

        print(as_markdown(yearly_coverage(data, notebooks_folder(), arguments.coverage)), end="")
        return SUCCESS
    if arguments.accept:
        from keten.model import own_data

        for path in own_data.accept(data):
            print(f"vastgelegd: {path}")
    if arguments.clear:
        clear(data, arguments.clear)
    found = findings(data)
    for line in found:
        print(line)
    for line in remarks(data):
        print(f"let op: {line}")
    if not found:
        print("Alle gegevens zijn in orde.")
    return SOME_FAILED if found else SUCCESS


def findings(data: Path) -> list[str]:
    """What is wrong, one sentence each."""
    from keten.observations import corrections
    from keten.observations.dataset import catalogue_of, load
    from keten.reports import calendar
    from keten.reports.publish import rectifications
    from keten.sources import store
    from keten.sources.cards.card import inspect

    found = store.verify(data)
    try:
        rectifications.read(data)
        calendar.read(data)
        catalogue = catalogue_of(data)
        faults = [fault for path in sorted((data / "sources").glob("*.toml")) for fault in inspect(path, catalogue)[1]]
        found = [*faults, *found, *refusals(data)]
        loaded = load(data)
    except KetenError as fault:
        return [*found, *(line.removeprefix("- ") for line in str(fault).splitlines())]
    found += [fault for fault in loaded.faults if not any(line in fault for line in found)]
    found += corrections.apply(loaded.observations, loaded.corrections)[2]
    return found + delivery_findings(data, catalogue)


def refusals(data: Path) -> list[str]:
    """The deliveries that were refused and that nobody has dealt with."""
    return [
        f"{one.source}: {one.resource} van {one.date} is geweigerd: {one.about.get('reason', '').rstrip('.')}; neem "
        f"een goed bestand op, of zet de weigering weg met keten check --clear {one.source}"
        for one in standing(data)
    ]


def clear(data: Path, names: list[str]) -> None:
    """Note that somebody has dealt with the refusals of these sources. Raises KetenError when there is none."""
    from keten.commands.update import chosen
    from keten.sources import store

    refused = standing(data)
    sources = chosen(names, sorted({one.source for one in store.refused(data)}))
    for name in sources:
        mine = [one for one in refused if one.source == name]
        store.clear(data, mine)
        print(f"weggezet: {name}, {len(mine)} weigering{'en' * (len(mine) != 1)}")


def standing(data: Path) -> list[Any]:
    """The receipts of the refusals that still stand, see `gate.standing`."""
    from keten.observations.dataset import catalogue_of
    from keten.sources.cards.card import cards
    from keten.sources.validation import gate

    return gate.standing(data, cards(data, catalogue_of(data))[0])


def delivery_findings(data: Path, catalogue: Any) -> list[str]:
    """What the door would say now of the newest delivery of every source."""
    from keten.sources import store
    from keten.sources.cards.card import cards
    from keten.sources.validation import checks, gate

    found = []
    for card in cards(data, catalogue)[0].values():
        deliveries = sorted(filter(store.intact, store.receipts(data, card.id)), key=lambda one: one.order)
        newest = {one.resource if card.parts else "": one for one in deliveries}
        for one in newest.values():
            try:
                reasons = checks.refusals(gate.read(one.path, card, catalogue.names), None, card, one.date)
            except KetenError as fault:
                reasons = [str(fault).removeprefix(f"{card.id}: ")]
            found += [f"{card.id}, {one.resource} ({one.date}): {reason}" for reason in reasons]
    return found


def remarks(data: Path) -> list[str]:
    """What is worth knowing and no fault: warnings of the newest deliveries, and deliveries that were taken back."""
    from keten.sources import store

    newest = {(one.source, one.resource): one for one in store.receipts(data)}
    told = [f"{one.source}: {text}" for one in newest.values() for text in one.about.get("warnings", [])]
    aside = [one for one in store.refused(data) if one.about.get("withdrawn")]
    return told + [f"{one.source}: {one.resource} van {one.date} is {one.fate}: {one.about['reason']}" for one in aside]
