"""Which notebooks are meant, and which parameters go to which of them."""

import difflib
from pathlib import Path
from typing import Any

from keten.errors import KetenError
from keten.runs.notebook import Notebook, read


def available(folder: Path) -> list[Notebook]:
    """All notebooks in a folder, by name."""
    notebooks = [read(path) for path in sorted(folder.glob("*.ipynb"))]
    if not notebooks:
        raise KetenError(f"In de map {folder} staan geen notebooks; start keten vanuit de map van het project.")
    return notebooks


def chosen(names: list[str], notebooks: list[Notebook]) -> list[Notebook]:
    """The notebooks that the names (stems or unambiguous parts of one) stand for; all without names."""
    if not names:
        return notebooks
    wanted = {_one(name.removesuffix(".ipynb"), [notebook.stem for notebook in notebooks]) for name in names}
    return [notebook for notebook in notebooks if notebook.stem in wanted]


def _one(name: str, stems: list[str]) -> str:
    matches = [name] if name in stems else [stem for stem in stems if name.lower() in stem.lower()]
    if len(matches) > 1:
        raise KetenError(f"'{name}' past op meer notebooks: {', '.join(matches)}; geef een langer deel.")
    if not matches:
        nearest = difflib.get_close_matches(name, stems, cutoff=0.4) or stems
        raise KetenError(f"Er is geen notebook '{name}'; bedoelt u {_alternatives(nearest)}?")
    return matches[0]


def _alternatives(names: list[str]) -> str:
    return " of ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def refuse_unknown(given: dict[str, str], notebooks: list[Notebook]) -> None:
    """Raise KetenError for a parameter that none of the notebooks has."""
    readable = [notebook for notebook in notebooks if notebook.parameters is not None]
    known = sorted({name for notebook in readable for name in notebook.parameters})
    for name in given:
        if readable and name not in known:
            nearest = difflib.get_close_matches(name, known) or known
            hint = f"bedoelt u {_alternatives(nearest)}?" if nearest else "ze hebben geen parameters."
            raise KetenError(f"Geen van de gekozen notebooks heeft een parameter '{name}'; {hint}")


def typed(notebook: Notebook, given: dict[str, str]) -> dict[str, Any]:
    """The given values of the parameters that this notebook has, of the types of its own defaults."""
    defaults = notebook.parameters or {}
    return {name: as_type(name, value, defaults[name]) for name, value in given.items() if name in defaults}


def as_type(name: str, value: str, default: Any) -> Any:
    try:
        match default:
            case bool():
                return {"true": True, "false": False, "ja": True, "nee": False}[value.strip().lower()]
            case int():
                return int(value)
            case float():
                return float(value.replace(",", "."))
            case str() | None:
                return value
    except (ValueError, KeyError):
        expected = {bool: "ja of nee", int: "een geheel getal", float: "een getal"}[type(default)]
        raise KetenError(f"De parameter {name} moet {expected} zijn, niet '{value}'.") from None
    raise KetenError(f"De parameter {name} is geen getal of tekst en kan alleen in het notebook worden gewijzigd.")
