"""What a notebook speaks of, told by its file alone: its key figures and its measures, without running it.

The list that a notebook hands to `summary.key_figures` is the one place where its key figures are declared. Its items
are read as they are written there, as calls of the workbook with literal arguments; what is worked out only when the
notebook runs cannot be known without it and has no part in the choice of an edition.
"""

import ast
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

REPORT = "keten_report"  # in the metadata of a notebook that is a report: its own file name without extension
OPENING = "key_figures"  # the function that shows them
COMPARED, SHARED = ("compare", "value"), "share_in_period"  # questions of `Workbook` that give a key figure


@dataclass(frozen=True)
class KeyFigure:
    """One key figure: a measure, or its share in the measure `whole`, of one category ('' = the total).

    name: what the notebook calls it; '' for the label of the measure.
    """

    measure: str
    by: str = ""
    category: str = ""
    whole: str = ""
    name: str = ""

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that it is made from."""
        return (self.measure, self.whole) if self.whole else (self.measure,)


@dataclass(frozen=True)
class Declared:
    """What one notebook declares: its key figures, and every text in its code, among which are its measures."""

    key_figures: tuple[KeyFigure, ...] = ()
    words: frozenset[str] = frozenset()


def declared(path: Path) -> Declared:
    """What the notebook at `path` declares; nothing of one that cannot be read: it is the run that reports it."""
    nodes = [node for tree in _trees(path) for node in ast.walk(tree)]
    words = frozenset(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return Declared(tuple(_key_figures(nodes)), words)


def _trees(path: Path) -> list[ast.Module]:
    """The code cells of a notebook; none of one that cannot be read."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [ast.parse("".join(cell["source"])) for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError, SyntaxError, RecursionError, MemoryError):
        return []


def shares(path: Path) -> set[tuple[str, str]]:
    """The measures that the notebook at `path` shows as a percentage of another one: pairs of a part and its whole."""
    nodes = [node for tree in _trees(path) for node in ast.walk(tree)]
    calls = [node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    found = set()
    for call in calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr in (SHARED, "share"):
            match call.args[:2]:
                case [ast.Constant(value=str(part)), ast.Constant(value=str(whole))]:
                    found.add((part, whole))
    return found


def of_goals(folder: Path) -> dict[str, tuple[KeyFigure, ...]]:
    """The key figures of the goals of the chain, by notebook: those numbered 1 to 5, where they declare any."""
    paths = [path for path in sorted(folder.glob("[1-5]_*.ipynb")) if _is_report(path)]
    found = {path.stem: declared(path).key_figures for path in paths}
    return {stem: figures for stem, figures in found.items() if figures}


def _is_report(path: Path) -> bool:
    """Whether the notebook says to be a report under its own name, as a copy of one does not."""
    try:
        return bool(json.loads(path.read_text(encoding="utf-8"))["metadata"].get(REPORT) == path.stem)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _key_figures(nodes: Iterable[ast.AST]) -> Iterator[KeyFigure]:
    assigned: dict[str, ast.expr] = {}
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                assigned[name] = value
            case ast.Call(func=ast.Attribute(attr=attr), args=[frames, _, *names]) if attr == OPENING:
                labels = _texts(_value(names[0], assigned)) if names else []
                items = _value(frames, assigned)
                calls = items.elts if isinstance(items, ast.List) else []
                for place, call in enumerate(calls):
                    yield from _key_figure(call, labels[place] if place < len(labels) else "")


def _value(node: ast.expr, assigned: dict[str, ast.expr]) -> ast.expr:
    """What a name stands for; any other expression is itself."""
    return assigned.get(node.id, node) if isinstance(node, ast.Name) else node


def _texts(node: ast.expr) -> list[str]:
    items = node.elts if isinstance(node, ast.List) else []
    return [str(item.value) if isinstance(item, ast.Constant) else "" for item in items]


def _key_figure(call: ast.expr, name: str) -> Iterator[KeyFigure]:
    """The key figure that a call asks for, when all that it asks with is written out."""
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return
    question = call.func.attr
    places = {**dict.fromkeys(COMPARED, ("measure", "by", "only")), SHARED: ("part", "whole", "by", "only")}
    if question not in places or any(isinstance(argument, ast.Starred) for argument in call.args):
        return
    given = dict(zip(places[question], call.args, strict=False))
    given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    try:
        asked = {key: ast.literal_eval(value) for key, value in given.items()}
    except ValueError:
        return
    only = asked.get("only", asked.get("category", ""))
    category = only if isinstance(only, str) else next(iter(only), "")
    measure = asked.get("measure", asked.get("part"))
    if isinstance(measure, str):
        yield KeyFigure(measure, asked.get("by", ""), category, asked.get("whole", ""), name)
