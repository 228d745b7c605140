"""Where the project keeps its data and notebooks when nobody says otherwise."""

from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
REPOSITORY_DATA = _ROOT / "data"


def repository() -> Path | None:
    """Root of the checkout in which this package lies; None for an installed copy."""
    return _ROOT if (_ROOT / "pyproject.toml").is_file() and (_ROOT / "lib" / "keten").is_dir() else None
