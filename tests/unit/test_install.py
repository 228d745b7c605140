"""What the README installs can be installed on every Python that the project promises."""

import os
import re
import tomllib
from importlib import metadata

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version
from places import REPOSITORY

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINNED = [
    Requirement(line)
    for line in (REPOSITORY / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
PINS = {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in PINNED}
LOWEST = min(Version(one.version) for one in SpecifierSet(PROJECT["requires-python"]) if one.operator == ">=")


def installed() -> dict[str, metadata.Distribution]:
    """The pinned distributions that are here, at the version of their pin."""
    found = {canonicalize_name(one.metadata["Name"]): one for one in metadata.distributions()}
    return {name: found[name] for name, version in PINS.items() if name in found and found[name].version == version}


def too_new(needs: dict[str, str | None]) -> dict[str, str]:
    """What each distribution needs of Python, where the lowest that we promise does not do: 3.11 is also 3.11.0."""
    return {name: said for name, said in needs.items() if said and not SpecifierSet(said).contains(LOWEST)}


def test_every_pin_is_exact():
    assert [str(pin) for pin in PINNED if not re.fullmatch(r"==[^*,]+", str(pin.specifier)) or pin.marker] == []
    assert len(PINS) == len(PINNED)


def test_every_pin_installs_on_the_lowest_python():
    """As the installed distributions say; CI, which installs precisely what is pinned, has them all."""
    needs = {name: one.metadata["Requires-Python"] for name, one in installed().items()}
    assert len(needs) > 100
    assert os.environ.get("CI") != "true" or sorted(PINS.keys() - needs.keys()) == []
    assert too_new(needs) == {}


def test_a_pin_that_needs_more_is_found():
    needs = {"soupsieve": ">=3.11.5", "pandas": ">=3.11", "six": "!=3.0.*,>=2.7", "odfpy": None}
    assert too_new(needs) == {"soupsieve": ">=3.11.5"}


def test_constraints_pin_every_dependency():
    named = [*PROJECT["dependencies"], *(one for extra in PROJECT["optional-dependencies"].values() for one in extra)]
    wanted = {canonicalize_name(Requirement(one).name) for one in named}
    assert wanted - {"keten"} <= PINS.keys()
