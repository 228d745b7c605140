"""Where the tests find things: the checkout, its data and the small files of our own making."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
REPOSITORY_DATA = REPOSITORY / "data"
SAMPLES = REPOSITORY / "tests" / "data_samples"
