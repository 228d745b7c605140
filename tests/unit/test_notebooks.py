"""Every notebook as it is committed: clean, alike, readable, and asking only for what the data know."""

import ast
import csv
import itertools
import re

import nbformat
import papermill
import pytest
from report_checks import LAST_SECTIONS, STEMS

from keten.reports.choice import available
from keten.reports.notebook import IN_ANNEX, LAB_ONLY

COMMON = ["period", "compare_years", "nationality", "as_of"]
OWN = {"6_klantervaring": ["respondents"], "7_lvv": ["participants", "reference_date"]}
LONGEST_CELL, MOST_STATEMENTS = 24, 6  # lines of formatted code; what they say
# The door's questions that take `measure, by, category or categories`, and those about two measures.
ONE_MEASURE = {"series", "compare", "value", "rolling", "top", "latest_span", "categories", "by_publisher"}
TWO_MEASURES = {"share", "share_in_period"}


@pytest.fixture(scope="module", params=STEMS)
def stem(request):
    return request.param


@pytest.fixture(scope="module")
def notebook(repository, stem):
    return nbformat.read(repository / "notebooks" / f"{stem}.ipynb", as_version=4)


def for_lab_only(cell):
    return LAB_ONLY in cell.metadata.get("tags", [])


@pytest.fixture(scope="module")
def code(notebook):
    """The code cells of the report, each as its cell and its syntax tree."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and not for_lab_only(cell)]
    return [(cell, ast.parse(cell.source)) for cell in cells]


@pytest.fixture(scope="module")
def headings(notebook):
    """The headings of the report."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "markdown" and not for_lab_only(cell)]
    lines = [line for cell in cells for line in cell.source.splitlines()]
    found = [re.fullmatch(r"(#+) (.*)", line) for line in lines]
    return [(len(match[1]), match[2]) for match in found if match]


@pytest.fixture(scope="module")
def known(repository):
    """Per measure and dimension the categories in the data; and the ids of measures and dimensions."""
    data = repository / "data"
    rows = [row for name in ("figures", "survey", "lvv") for row in read(data / "published" / f"{name}.csv")]
    categories = {}
    for row in rows:
        categories.setdefault((row["measure"], row["dimension"]), set()).add(row["category"])
    measures = {row["measure"] for row in read(data / "catalogue" / "measures.csv")}
    dimensions = {row["dimension"] for row in read(data / "catalogue" / "dimensions.csv")}
    return categories, measures, dimensions


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def texts(node, lists):
    """The texts that are written out in an argument, here or in a list with a name; None when any is computed."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.Name(id=name):
            return lists.get(name)
        case ast.Starred(value=value):
            return texts(value, lists)
        case ast.List(elts=parts):
            found = [texts(part, lists) for part in parts]
            return None if None in found else [text for part in found for text in part]
    return None


@pytest.fixture(scope="module")
def lists(code):
    """The lists of texts that the notebook gives a name."""
    found = {}
    for _, tree in code:
        for node in tree.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.List() as value) if texts(value, found):
                    found[name] = texts(value, found)
    return found


def questions(code):
    """Every call `chain.<method>(...)`: method, positional arguments, arguments by name."""
    for _, tree in code:
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="chain"), attr=method)):
                    yield method, node.args, {word.arg: word.value for word in node.keywords}


def test_the_folder_holds_the_seven(repository):
    notebooks = available(repository / "notebooks")
    assert [notebook.stem for notebook in notebooks if not notebook.on_request] == list(STEMS)


def test_committed_clean(notebook):
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in cells)
    identities = [cell.id for cell in notebook.cells]
    assert len(set(identities)) == len(identities)


def test_parameters(repository, notebook, stem):
    """The same four in the same words in all, then the notebook's own; each with a Dutch comment."""
    tagged = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1 and tagged[0].cell_type == "code"
    statements = ast.parse(tagged[0].source).body
    assert [statement.targets[0].id for statement in statements] == COMMON + OWN.get(stem, [])
    for statement in statements:
        ast.literal_eval(statement.value)
        line = tagged[0].source.splitlines()[statement.lineno - 1]
        assert re.search(r"  # \w+ .{20,}", line), line
    first = nbformat.read(repository / "notebooks" / f"{STEMS[0]}.ipynb", as_version=4)
    shared = next(cell.source for cell in first.cells if "parameters" in cell.metadata.get("tags", []))
    assert tagged[0].source.startswith(shared)


def test_papermill_tells_each_parameter_with_its_help(repository, stem):
    """It skips a line with a second `=`, and then warns that the parameter is unknown."""
    told = papermill.inspect_notebook(str(repository / "notebooks" / f"{stem}.ipynb"))
    assert list(told) == COMMON + OWN.get(stem, [])
    assert all(len(one["help"]) > 20 for one in told.values())


def test_code_only_asks_and_shows(code):
    """One import block from the library; no function of its own; short cells that end in what they show."""
    imports = [
        (place, node)
        for place, (_, tree) in enumerate(code)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
    ]
    assert len({place for place, _ in imports}) == 1
    for _, node in imports:
        assert isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "keten"
    own = (
        ast.FunctionDef,
        ast.AsyncFunctionDef,
        ast.ClassDef,
        ast.Lambda,
        ast.For,
        ast.While,
        ast.If,
        ast.Try,
    )
    for cell, tree in code:
        assert not [node for node in ast.walk(tree) if isinstance(node, own)], cell.source
        assert len(cell.source.splitlines()) <= LONGEST_CELL and len(tree.body) <= MOST_STATEMENTS, cell.source
        if "parameters" not in cell.metadata.get("tags", []):
            shown = [isinstance(statement, ast.Expr) for statement in tree.body]
            assert shown[-1] and not any(shown[:-1]), cell.source


def test_the_exploring_part(notebook, known):
    """For JupyterLab only: first the style of outputs, and next to the workbook a panel on a known measure."""
    place = next(place for place, cell in enumerate(notebook.cells) if "Workbook(" in cell.source)
    styling, (heading, panel) = notebook.cells[place - 1], notebook.cells[place + 1 : place + 3]
    assert styling.source.endswith("explore.dress()") and "parameters" in notebook.cells[place - 2].metadata.tags
    assert heading.source.startswith("## Verkennen\n")
    opened = ast.parse(panel.source).body[-1].value
    assert ast.unparse(opened.func) == "explore.panel" and ast.unparse(opened.args[0]) == "chain"
    _, measures, dimensions = known
    assert opened.args[1].value in measures and opened.args[2].value in dimensions
    assert [cell for cell in notebook.cells if for_lab_only(cell)] == [styling, heading, panel]


def test_headings(notebook, headings):
    assert notebook.cells[0].cell_type == "markdown" and headings[0][0] == 1
    levels = [level for level, _ in headings]
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in itertools.pairwise(levels))
    sections = [text for level, text in headings if level == 2]
    assert sections[0] == "Samenvatting" and sections[-1] == "Verantwoording"
    parts = [text for _, text in headings[headings.index((2, "Verantwoording")) + 1 :]]
    assert parts[-len(LAST_SECTIONS) :] == LAST_SECTIONS
    assert len(set(sections)) == len(sections)


def test_what_stands_behind_the_report_stands_in_its_own_section(notebook):
    """No section of which all is for the annex: its heading would stand above nothing."""
    sections = [[]]
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            sections.append([])
        elif cell.cell_type == "code":
            sections[-1].append(IN_ANNEX in cell.metadata.get("tags", []))
    assert not [section for section in sections if section and all(section)]
    assert any(map(any, sections)) and not any(sections[-1]), "some, and none of the account itself"


def test_no_section_is_empty(notebook):
    """Every section of level 2 shows something before the next one begins."""
    shows = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            shows.append([cell.source, False])
        elif cell.cell_type == "code" and shows:
            shows[-1][1] = True
    assert [source for source, something in shows if not something] == []


def test_numbers_come_from_the_data(notebook):
    """Text of our own holds no figures: they would not change with the period."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            text = re.sub(r"\b((19|20)\d\d\b|100%)", "", cell.source)
            assert not re.search(r"\d{1,3}(\.\d{3})+|\d{3,}", text), cell.source


def test_measures_and_dimensions_are_known(code, known, lists, stem):
    _, measures, dimensions = known
    goal = stem.split("_", 1)[1]
    words = {
        node.value
        for _, tree in code
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)+", str(node.value))
    }
    assert words - measures - dimensions == ({goal} & words)
    asked = list(questions(code))
    assert asked
    for method, arguments, named in asked:
        count = 1 if method in ONE_MEASURE else 2 if method in TWO_MEASURES else 0
        for argument in arguments[:count]:
            assert set(texts(argument, lists) or []) <= measures, ast.unparse(argument)
        by = named.get("by", arguments[count] if len(arguments) > count else None)
        if count and method != "by_publisher" and texts(by, lists):
            assert set(texts(by, lists)[0].split("+")) <= dimensions | {""}, ast.unparse(by)


def test_categories_are_in_the_data(code, known, lists):
    """A name in a question that no row has would be a figure that never comes, without a word."""
    categories, _, _ = known
    for method, arguments, named in questions(code):
        if method not in ("series", "compare", "value", "share", "share_in_period", "latest_span"):
            continue
        count = 2 if method in TWO_MEASURES else 1
        measure, *rest = [arguments[0], *arguments[count:]]
        by = named.get("by", rest[0] if rest else None)
        asked = named.get("only", rest[1] if len(rest) > 1 else None)
        if texts(measure, lists) and texts(by, lists) and texts(asked, lists):
            assert set(texts(asked, lists)) <= categories[texts(measure, lists)[0], texts(by, lists)[0]], ast.unparse(
                measure
            )


def test_a_chart_per_year_asks_for_years(code):
    """Otherwise a chart "per jaar" draws half-years where a source has those as well."""
    for cell, tree in code:
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "charts.columns":
                title = ast.literal_eval(call.args[1])
                asked = {ast.unparse(word) for word in call.args[0].keywords}
                assert not title.endswith("per jaar") or "kind='year'" in asked, cell.source
