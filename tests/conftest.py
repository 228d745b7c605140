"""Shared fixtures: where the repository is, and the real files that may lie beside it."""

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / "shared"


@pytest.fixture(scope="session")
def repository() -> Path:
    """Root of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder with real publisher files; outside the workplace it is absent and its tests skip."""
    if not SHARED.is_dir():
        pytest.skip("de map shared/ met echte bestanden ligt niet naast deze checkout")
    return SHARED
