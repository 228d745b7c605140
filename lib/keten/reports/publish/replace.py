"""A file that readers may open at any moment takes the place of the one before in one move."""

import os
from pathlib import Path


def replaced(path: Path, text: str) -> None:
    """Never half a page: a reader finds the earlier one until the new one is complete. Raises OSError."""
    content = text.encode("utf-8", "surrogateescape")
    new = path.with_name(f".{path.name}.nieuw")
    new.unlink(missing_ok=True)  # a killed run's, perhaps another user's
    with new.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
