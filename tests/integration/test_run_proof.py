"""A run that says `gelukt` cannot have left out a cell: notebooks that stop, hide a fault or change what was asked.

KETEN_FUZZ=1 tries all of them (minutes); without it one or two of each way of going wrong.
"""

import json
import os
from pathlib import Path

import nbformat
import pytest
import small_notebooks
from nbformat.v4 import new_code_cell, new_markdown_cell

from keten.cli import main

SHOW = small_notebooks.SHOW
QUIT = 'Het notebook stopte zichzelf, onder "{}" (exit of sys.exit); haal dat weg en start opnieuw.'
FAULT = 'De cel onder "{}" gaf een fout: {}.'
DEAD = 'De rekenkern is onverwacht gestopt, onder "{}".'
CHANGED = 'De parameter period krijgt onder "{}" een andere waarde dan was gevraagd'
SHELL = "shell = get_ipython()\n"

# What stands under "Deel 2" of a notebook whose other parts are good, and the reason for which it has to fail.
HOSTILE = {
    # It stops itself.
    "sys_exit": ("import sys\nsys.exit()", QUIT),
    "sys_exit_0": ("import sys\nsys.exit(0)", QUIT),
    "sys_exit_1": ("import sys\nsys.exit(1)", QUIT),
    "sys_exit_words": ("import sys\nsys.exit('genoeg')", QUIT),
    "system_exit": ("raise SystemExit", QUIT),
    "system_exit_0": ("raise SystemExit(0)", QUIT),
    "system_exit_none": ("raise SystemExit(None)", QUIT),
    "exit": ("exit", QUIT),
    "exit_called": ("exit()", QUIT),
    "quit": ("quit", QUIT),
    "quit_called": ("quit()", QUIT),
    "ask_exit": ("get_ipython().ask_exit()", QUIT),
    "exit_in_function": ("def f():\n    raise SystemExit(0)\nf()", QUIT),
    "exit_subclass": ("class Klaar(SystemExit):\n    pass\nraise Klaar(0)", FAULT.format("{}", "Klaar: 0")),
    "exit_inside": (SHELL + "shell.run_cell('raise SystemExit(0)')", QUIT),
    # Its kernel goes.
    "os_exit": ("import os\nos._exit(0)", DEAD),
    "killed": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", DEAD),
    "exit_by_thread": ("import os, threading, time\nthreading.Timer(0, os._exit, (0,)).start()\ntime.sleep(9)", DEAD),
    "abort": ("import os\nos.abort()", DEAD),
    # An error that stays out of sight.
    "raises_allowed": ("1/0", FAULT.format("{}", "ZeroDivisionError: division by zero")),
    "error_inside": (SHELL + "shell.run_cell('1/0')", FAULT.format("{}", "ZeroDivisionError: division by zero")),
    "error_handler": (
        SHELL + "shell.set_custom_exc((Exception,), lambda *a, **k: None)\n1/0",
        FAULT.format("{}", "ZeroDivisionError: division by zero"),
    ),
    "no_traceback": (
        SHELL + "shell.showtraceback = lambda *a, **k: None\n1/0",
        FAULT.format("{}", "ZeroDivisionError: division by zero"),
    ),
    "base_exception": ("raise BaseException('x')", FAULT.format("{}", "BaseException: x")),
    "interrupt": ("raise KeyboardInterrupt", FAULT.format("{}", "KeyboardInterrupt")),
    "generator_exit": ("raise GeneratorExit", FAULT.format("{}", "GeneratorExit")),
    "syntax": ("x = (", FAULT.format("{}", "SyntaxError: ")[:-1]),
    "indent": ("if True:\nx = 1", FAULT.format("{}", "IndentationError: ")[:-1]),
    "await_error": ("import asyncio\nawait asyncio.wait_for(asyncio.sleep(9), 0)", FAULT.format("{}", "TimeoutError")),
    "recursion": ("def f():\n    return f()\nf()", FAULT.format("{}", "RecursionError: ")[:-1]),
    # A magic that fails.
    "no_line_magic": ("%bestaatniet", FAULT.format("{}", "UsageError: Line magic function `%bestaatniet` not found")),
    "no_cell_magic": ("%%bestaatniet\nx", FAULT.format("{}", "UsageError: Cell magic `%%bestaatniet` not found")),
    "magic_argument": ("%timeit -z 1", FAULT.format("{}", "UsageError: ")[:-1]),
    "run_missing": ("%run weg.py", FAULT.format("{}", "")[:-3]),
    "load_missing": ("%load_ext weg", FAULT.format("{}", "ModuleNotFoundError: No module named 'weg'")),
    "bash": ("%%bash\nexit 3", FAULT.format("{}", "CalledProcessError: ")[:-1]),
    "captured": ("%%capture\n1/0", FAULT.format("{}", "ZeroDivisionError: division by zero")),
    "captured_exit": ("%%capture\nraise SystemExit(0)", QUIT),
    "timed_error": ("%time 1/0", FAULT.format("{}", "ZeroDivisionError: division by zero")),
    # It runs on something else than was asked.
    "period_set": ('period = "2016-06"', CHANGED),
    "period_type": ("period = 2017", CHANGED),
    "period_deleted": ("def show(x): pass\ndel period", CHANGED.split("onder")[0]),
    "period_in_function": ('def f():\n    global period\n    period = "2016-06"\nf()', CHANGED.split("onder")[0]),
    "period_in_namespace": (SHELL + 'shell.user_ns["period"] = "2016-06"', CHANGED.split("onder")[0]),
    "reset": (SHELL + "shell.reset()\ndef show(x): pass", ""),
    "second_parameters": ('period = "2016-06"', CHANGED),
    # A cell is left out.
    "skipped": ("show(2)", 'Een cel onder "{}" is niet uitgevoerd.'),
}  # fmt: skip
# One of each mechanism; the others are the same by another spelling.
ALWAYS = (
    "sys_exit_0", "ask_exit", "exit_inside", "exit_subclass", "os_exit", "exit_by_thread", "raises_allowed",
    "error_handler", "no_traceback", "base_exception", "interrupt", "syntax", "no_line_magic", "bash", "captured_exit",
    "period_set", "period_deleted", "reset", "second_parameters", "skipped",
)  # fmt: skip
CHOSEN = tuple(HOSTILE) if os.environ.get("KETEN_FUZZ") else ALWAYS
TAGS = {"raises_allowed": "raises-exception", "second_parameters": "parameters", "skipped": "skip-execution"}
GOOD = (  # each is a part of one notebook
    "try:\n    1/0\nexcept ZeroDivisionError:\n    show(2)",
    "try:\n    raise SystemExit\nexcept SystemExit:\n    show(2)",
    "\n  \n",
    "# niets",
    "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'raise SystemExit(3)'])\nshow(2)",
    "%time show(2)",
    'my_period = "2016-06"\nshow(2)',
)


def write(folder: Path, name: str, code: str) -> None:
    path = small_notebooks.write(folder, name, SHOW + "show(1)", code, "show(3)")
    if tag := TAGS.get(name):
        notebook = nbformat.read(path, as_version=4)
        notebook.cells[5].metadata["tags"] = [tag]
        nbformat.write(notebook, path)


def write_others(folder: Path) -> None:
    """What is wrong is not in the second part."""
    small_notebooks.write(folder, "exit_at_the_end", SHOW + "show(1)", "exit()")
    small_notebooks.write(folder, "dies_at_the_end", SHOW + "show(1)", "import os\nos._exit(0)")
    path = small_notebooks.write(folder, "computed_parameters", SHOW + "show(1)")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].source = 'period = "2016" + "-06"'
    nbformat.write(notebook, path)
    notebook.cells[1].source = 'jaar = "2016"'
    notebook.metadata["keten_report"] = "no_period"
    nbformat.write(notebook, folder / "no_period.ipynb")
    notebook.cells[1].source = "period = "
    notebook.metadata["keten_report"] = "broken_parameters"
    nbformat.write(notebook, folder / "broken_parameters.ipynb")
    notebook.cells = [new_markdown_cell("# Rapport"), new_code_cell("1/0"), new_markdown_cell("## Einde")]
    notebook.metadata["keten_report"] = "no_parameters"
    nbformat.write(notebook, folder / "no_parameters.ipynb")


OTHERS = {
    "exit_at_the_end": QUIT.format("Deel 2"),
    "dies_at_the_end": DEAD.format("Deel 2"),
    "computed_parameters": "De parametercel van computed_parameters.ipynb is niet te lezen",
    "broken_parameters": "broken_parameters.ipynb: Regel 1 van de cel met parameters klopt niet: ",
    "no_period": "Het notebook no_period.ipynb heeft geen parameter period",
    "no_parameters": "Het notebook no_parameters.ipynb heeft geen parameter period",
}


@pytest.fixture(scope="module")
def outcome(tmp_path_factory) -> dict:
    """What the manifest says of each notebook, after one run of them all; what is good is there as well."""
    base = tmp_path_factory.mktemp("bewijs")
    for name in CHOSEN:
        write(base / "notebooks", name, HOSTILE[name][0])
    small_notebooks.write(base / "notebooks", "good", SHOW + "show(1)", *GOOD)
    write_others(base / "notebooks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KETEN_NOTEBOOKS", str(base / "notebooks"))
        patch.chdir(base)
        assert main(["run", "--period", "2017-06", "--out", "uit", "-q"]) == 1
    edition = base / "uit/2017-06"
    pages = {path.stem for path in edition.glob("*.html")}
    return {
        stem: {**entry, "page": stem in pages}
        for stem, entry in json.loads((edition / "manifest.json").read_text(encoding="utf-8"))["notebooks"].items()
    }


@pytest.mark.parametrize("name", CHOSEN)
def test_a_notebook_that_does_not_run_to_its_end_fails_with_its_section(outcome, name):
    entry = outcome[name]
    assert entry["state"] == "FAILED" and not entry["page"]
    assert entry["reason"].startswith(HOSTILE[name][1].format("Deel 2")), entry["reason"]
    assert "\n" not in entry["reason"] and "Traceback" not in entry["reason"]


@pytest.mark.parametrize("name", OTHERS)
def test_a_fault_at_the_end_or_in_the_parameters_is_told(outcome, name):
    assert outcome[name]["state"] == "FAILED" and not outcome[name]["page"]
    assert outcome[name]["reason"].startswith(OTHERS[name])


def test_what_ran_to_its_end_is_a_success(outcome):
    entry = outcome["good"]
    assert (entry["state"], entry["reason"], entry["page"]) == ("SUCCEEDED", None, True)
    assert outcome.keys() == {*CHOSEN, *OTHERS, "good"}
    print(f"{len(outcome) - 1} hostile notebooks")
