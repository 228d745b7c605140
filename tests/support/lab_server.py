"""`keten lab` on a copy of the notebooks, and a browser in it: open, run all cells, read what is on screen."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from browser import chromium
from helpers_data import replace_once
from places import REPOSITORY
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By

TOKEN = "alleen-voor-deze-test"
PATIENCE = 180  # seconds, for a busy machine
MENUS = {"file": "0", "edit": "1", "view": "2", "run": "3", "kernel": "4", "tabs": "5", "settings": "6", "help": "7"}
ERRORS = """
const kinds = ["error", "stderr"].map((kind) => `.jp-Notebook [data-mime-type="application/vnd.jupyter.${kind}"]`);
return [...document.querySelectorAll(kinds.join())].map((one) => one.textContent.trim());
"""
PROMPTS = """
const found = document.querySelectorAll(".jp-Notebook .jp-CodeCell .jp-InputPrompt");
return [...found].map((one) => one.textContent);
"""


@dataclass
class Server:
    """A running `keten lab`: where it is, the folder that it works in, what it said."""

    address: str
    notebooks: Path
    process: subprocess.Popen
    log: Path

    def asked(self, path: str, method: str = "GET") -> bytes:
        """The answer to a request under the server's address."""
        request = Request(self.address + path, headers={"Authorization": f"token {TOKEN}"}, method=method)
        with urlopen(request) as answer:
            return answer.read()


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Server]:
    """One server for a module of tests."""
    with serving(tmp_path_factory.mktemp("lab")) as server:
        yield server


@pytest.fixture(scope="module")
def page(lab, tmp_path_factory) -> Iterator[webdriver.Chrome]:
    """A browser that is logged in, with a window as on a desk."""
    with chromium(tmp_path_factory.mktemp("profiel")) as browser:
        browser.set_script_timeout(PATIENCE)
        browser.set_window_size(1400, 1000)
        browser.get(f"{lab.address}/login?token={TOKEN}&next=%2Fapi")
        yield browser


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[Server]:
    """`keten lab` with these arguments, with all that it keeps in `folder`; ended afterwards by Ctrl-C."""
    notebooks = shutil.copytree(REPOSITORY / "notebooks", folder / "notebooks")
    for path in notebooks.glob("*.ipynb"):  # what the tests know is about June 2017, whatever the newest period is
        replace_once(path, 'period = \\"\\"', 'period = \\"2017-06\\"')
    (folder / "config").mkdir()
    # The tests of a container run as root, which JupyterLab refuses unless a configuration says otherwise.
    (folder / "config" / "jupyter_server_config.json").write_text('{"ServerApp": {"allow_root": true}}')
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "log.txt"
    kept = ("CONFIG", "DATA", "RUNTIME")
    environment = {
        **os.environ,
        **{f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in kept},
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_TOKEN": TOKEN,
        "KETEN_NOTEBOOKS": str(notebooks),
        "PYTHONPATH": str(REPOSITORY / "lib"),
        "PYTHONHASHSEED": "2",  # another than `keten run` takes: no word may depend on the order of a set
    }
    work = folder / "werk"
    command = [sys.executable, "-m", "keten.cli", "lab", "--no-browser", "--port", str(port), "--work", str(work)]
    command += arguments
    with log.open("w") as told:
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=told, stderr=told)
    server = Server(f"http://localhost:{port}", work, process, log)
    try:
        until(lambda: process.poll() is not None or _answers(port), "JupyterLab does not start")
        assert process.poll() is None, log.read_text()
        yield server
    finally:
        if process.poll() is None:
            process.send_signal(subprocess.signal.SIGINT)
            process.wait(PATIENCE)


def _answers(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def until(seen: Callable[[], object], otherwise: str, seconds: float = PATIENCE) -> object:
    """What `seen` gives once that is something; fails with `otherwise` when it stays nothing for so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found := seen():
                return found
        except StaleElementReferenceException:
            pass
        time.sleep(0.1)
    pytest.fail(otherwise)


def open_file(page: webdriver.Chrome, lab: Server, path: str) -> None:
    """Open a file of the folder in a fresh JupyterLab; for a notebook, wait until its cells and kernel are there."""
    page.get("about:blank")
    page.get(f"{lab.address}/lab/workspaces/keten/tree/{path}?reset")
    if path.endswith(".ipynb"):
        cells = len(json.loads((lab.notebooks / path).read_text(encoding="utf-8"))["cells"])
        ready = "return document.querySelectorAll('.jp-Notebook .jp-Cell').length >= arguments[0]"
        until(lambda: page.execute_script(ready, cells), f"{path} does not open")
        until(lambda: page.find_elements(By.CSS_SELECTOR, "[data-status='idle']"), f"no kernel for {path}")


def choose(page: webdriver.Chrome, *commands: str) -> None:
    """Choose an entry of the menus: the number of the menu in the bar, then commands or the words of submenus."""
    bar, *rest = commands
    page.find_elements(By.CSS_SELECTOR, ".lm-MenuBar-item")[int(bar)].click()
    for name in rest:
        found = (
            f'//li[contains(@class, "lm-Menu-item")][@data-command="{name}"'
            f' or .//*[contains(@class, "lm-Menu-itemLabel")][text()="{name}"]]'
        )
        until(lambda found=found: page.find_elements(By.XPATH, found), f"no entry {name} in the menu")[0].click()


def run_all(page: webdriver.Chrome) -> None:
    """Run all cells by the menu and wait until each has its number."""
    choose(page, MENUS["run"], "runmenu:run-all")
    until(lambda: _ended(page), "the cells do not come to an end")


def _ended(page: webdriver.Chrome) -> bool:
    """Whether every cell has its number, or one of them failed and none is waiting."""
    prompts = page.execute_script(PROMPTS)
    return not any("*" in text for text in prompts) and (all(text != "[ ]:" for text in prompts) or bool(errors(page)))


def errors(page: webdriver.Chrome) -> list[str]:
    """The text of every error and of everything on standard error below a cell."""
    return page.execute_script(ERRORS)


def save(page: webdriver.Chrome) -> None:
    """Save the notebook and wait until nothing is unsaved."""
    choose(page, MENUS["file"], "docmanager:save")
    until(lambda: not page.find_elements(By.CSS_SELECTOR, ".jp-mod-dirty"), "the notebook is not saved")
