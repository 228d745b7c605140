"""Headless Chromium for tests: what a page asks of the network, how it measures."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium(profile: Path) -> Iterator[webdriver.Chrome]:
    """A browser with a fresh profile in folder `profile`; skips when there is none, but fails if CI=true."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver = shutil.which("chromedriver")
    if not (program and driver):
        reason = "Chromium met chromedriver ontbreekt"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service(driver))
    try:
        requests_of(browser)  # forget those for the browser's own first tab
        yield browser
    finally:
        browser.quit()


def requests_of(browser: webdriver.Chrome) -> list[str]:
    """Addresses that were asked for since the last call.

    Left out: `data:`, the browser's own `chrome:`, and what the page's own security policy stopped.
    """
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    stopped = {
        message["params"]["requestId"]
        for message in messages
        if message["method"] == "Network.loadingFailed" and message["params"].get("blockedReason") == "csp"
    }
    urls = [
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent" and message["params"]["requestId"] not in stopped
    ]
    return [url for url in urls if not url.startswith(("data:", "chrome:"))]


def width(browser: webdriver.Chrome, pixels: int) -> None:
    """Give the page a viewport of so many CSS pixels wide."""
    metrics = {"width": pixels, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def media(browser: webdriver.Chrome, kind: str = "", **features: str) -> None:
    """Show the page as on this kind of medium (`print`) and to a reader with these preferences; none resets them."""
    chosen = [{"name": name, "value": value} for name, value in features.items()]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": kind, "features": chosen})


def scripts(browser: webdriver.Chrome, on: bool) -> None:
    """Let pages that are opened from now on run scripts, or not."""
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not on})
