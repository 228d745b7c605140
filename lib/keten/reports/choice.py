"""Which notebooks are meant, and which parameters go to which of them."""

import difflib
from pathlib import Path
from typing import Any

from keten.errors import KetenError
from keten.model.parameters import DEFAULTS
from keten.presentation.prose import listing
from keten.reports.notebook import Notebook, read


def available(folder: Path) -> list[Notebook]:
    """All notebooks in a folder, by name."""
    notebooks = [read(path) for path in sorted(folder.glob("*.ipynb"))]
    if not notebooks:
        raise KetenError(f"In de map {folder} staan geen notebooks; start keten vanuit de map van het project.")
    return notebooks


def chosen(names: list[str], notebooks: list[Notebook]) -> list[Notebook]:
    """The notebooks that the names (stems or unambiguous parts of one, or a path to a file) stand for.

    Without names all that say to be a report under their own name, except those that are only made on request.
    """
    regular = [notebook for notebook in notebooks if notebook.regular]
    if not names:
        if not regular:
            raise KetenError(
                "Er zijn alleen notebooks op verzoek, of die niet zeggen een rapport te zijn; noem wat u wilt: "
                "keten run NOTEBOOK."
            )
        return regular
    files = [at_path(name) for name in names if is_path(name)]
    wanted = {one(name, notebooks).stem for name in names if not is_path(name)}
    found = [*[notebook for notebook in notebooks if notebook.stem in wanted], *files]
    stems = [notebook.stem for notebook in found]
    if twice := next((stem for stem in stems if stems.count(stem) > 1), ""):
        raise KetenError(f"Twee van de genoemde notebooks heten {twice}; maak hun rapporten in twee keer.")
    return found


def is_path(name: str) -> bool:
    """Whether a name tells a file elsewhere, such as one in an analyst's folder of `keten lab`."""
    return name.endswith(".ipynb") and len(Path(name).parts) > 1


def at_path(name: str) -> Notebook:
    """The notebook in this very file, which nobody gets without asking for it."""
    path = Path(name).expanduser()
    if not path.is_file():
        raise KetenError(f"Er is geen notebook {path}; controleer het pad.")
    return read(path)


def left_out(notebooks: list[Notebook]) -> list[str]:
    """What a run without names does not make, and why, in Dutch: copies and drafts, then what is made on request."""
    others = [notebook for notebook in notebooks if not notebook.regular]
    told = []
    if strange := [notebook for notebook in others if notebook.report != notebook.stem]:
        names = [f"{one.stem} (een kopie van {one.report})" if one.report else one.stem for one in strange]
        told.append(f"Let op: niet gemaakt, want geen rapport onder de eigen naam: {listing(names)}.")
    if requested := [notebook.stem for notebook in others if notebook.report == notebook.stem]:
        told.append(f"Niet gemaakt, want alleen op verzoek: {listing(requested)}.")
    return told


def one(name: str, notebooks: list[Notebook]) -> Notebook:
    """The notebook that a stem or a part of one stands for: a regular one, else one on request, else any other.

    Raises KetenError when there are more or none, with the nearest.
    """
    name = name.removesuffix(".ipynb")
    by_stem = {notebook.stem: notebook for notebook in notebooks}
    if name in by_stem:
        return by_stem[name]
    matches = [notebook for notebook in notebooks if name.lower() in notebook.stem.lower()]
    named = [notebook for notebook in matches if notebook.report == notebook.stem]
    matches = [notebook for notebook in matches if notebook.regular] or named or matches
    if len(matches) > 1:
        stems = ", ".join(notebook.stem for notebook in matches)
        raise KetenError(f"'{name}' past op meer notebooks: {stems}; geef een langer deel.")
    if not matches:
        nearest = difflib.get_close_matches(name, by_stem, cutoff=0.4) or list(by_stem)
        raise KetenError(f"Er is geen notebook '{name}'; bedoelt u {_alternatives(nearest)}?")
    return matches[0]


def _alternatives(names: list[str]) -> str:
    return " of ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def refuse_unknown(given: dict[str, str], notebooks: list[Notebook]) -> None:
    """Raise KetenError for a parameter that none of the notebooks has."""
    readable = [notebook.parameters for notebook in notebooks if notebook.parameters is not None]
    known = sorted({name for parameters in readable for name in parameters})
    for name in given:
        if readable and name not in known:
            nearest = difflib.get_close_matches(name, known) or known
            hint = f"bedoelt u {_alternatives(nearest)}?" if nearest else "ze hebben geen parameters."
            raise KetenError(f"Geen van de gekozen notebooks heeft een parameter '{name}'; {hint}")


def typed(notebook: Notebook, given: dict[str, str]) -> dict[str, Any]:
    """A value for every parameter that this notebook has: what was given, of the type of its default, or the default.

    That of a parameter that reports share is the library's, whatever somebody left in the notebook; see `passed_over`.
    """
    values: dict[str, Any] = {}
    for name, own in (notebook.parameters or {}).items():
        default = DEFAULTS.get(name, own)
        if name in given:
            values[name] = as_type(name, given[name], default)
        elif isinstance(default, str | int | float | None):
            values[name] = default
    return values


def passed_over(notebook: Notebook, given: dict[str, str]) -> str:
    """A Dutch sentence on what stands in the notebook and does not count in this run; '' when there is nothing."""
    left = {
        name: own
        for name, own in (notebook.parameters or {}).items()
        if name in DEFAULTS and name not in given and name != "period" and own != DEFAULTS[name]
    }
    if not left:
        return ""
    words = listing([f"{name} = {own!r}" for name, own in left.items()])
    option = f"-p {next(iter(left))} WAARDE"
    return f"In {notebook.stem} staat {words}; dat telt in een run niet mee. Geef het zo nodig mee: {option}."


def as_type(name: str, value: str, default: Any) -> Any:
    """The text that someone typed as a value of the kind of the parameter's default; KetenError when it is none."""
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
