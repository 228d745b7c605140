"""What holds of every notebook that is open in JupyterLab and has run."""

import audit
import nbformat
from browser import requests_of
from lab_server import Server, errors, save
from report_checks import displayed
from selenium import webdriver

OUTPUTS = "return [...document.querySelectorAll('.jp-OutputArea-output .keten')].map((one) => one.textContent.trim())"
AXE = """
const [tags, done] = arguments;
const options = {runOnly: tags, rules: {"target-size": {enabled: true}}, resultTypes: ["violations"]};
const told = ({id, nodes}) => `${id}: ${nodes[0].html.slice(0, 200)} (${nodes.length})`;
axe.run({include: [[".jp-OutputArea-output"]]}, options)
  .then((found) => done(found.violations.map(told)), (error) => done([String(error)]));
"""


def violations(page: webdriver.Chrome) -> list[str]:
    """What axe finds inside the outputs of the notebook on screen."""
    tags = [tag for tag in audit.RULES if tag != "best-practice"]
    return page.execute_async_script(f"{audit.AXE}\n{AXE}", tags)


def elsewhere(page: webdriver.Chrome, lab: Server) -> list[str]:
    """Addresses on another host that the page asked for since the last call."""
    own = (lab.address, lab.address.replace("http", "ws"), "blob:", "about:")
    return [url for url in requests_of(page) if not url.startswith(own)]


def runs_as_for_a_report(page: webdriver.Chrome, lab: Server, edition_of, stem: str) -> None:
    """No error, no request to another host, accessible; once saved, the outputs are those of `keten run`."""
    assert errors(page) == []
    shown = page.execute_script(OUTPUTS)
    assert len(shown) > 10 and sum(map(bool, shown)) > 10
    assert violations(page) == []
    assert elsewhere(page, lab) == []
    save(page)
    here = displayed(nbformat.read(lab.notebooks / f"{stem}.ipynb", as_version=4))
    assert here == displayed(nbformat.read(edition_of("--period", "2017-06").folder / f"{stem}.ipynb", as_version=4))
