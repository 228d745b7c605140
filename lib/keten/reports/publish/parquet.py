"""The figures of an edition as Apache Parquet, for who reads many editions; needs the extra `parquet`."""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from keten.errors import KetenError
from keten.reports.notebook import FIGURE_COLUMNS

FILE = "figures.parquet"


def available() -> bool:
    """Whether it can be made here."""
    return find_spec("pyarrow") is not None


def refuse_without() -> None:
    """Raises KetenError when it cannot be made here."""
    if not available():
        raise KetenError(
            "Voor --parquet is het pakket pyarrow nodig; installeer het met pip install -c constraints.txt -e "
            "'.[parquet]' of laat --parquet weg."
        )


def write(path: Path, rows: Sequence[Mapping[str, str]]) -> None:
    """Write the cells of `figures.csv`: numbers, days and texts; what is empty there has no value here."""
    import pyarrow as pa
    from pyarrow import compute as pc
    from pyarrow import parquet as pq

    columns = {name: pa.array([row[name] or None for row in rows], pa.string()) for name in FIGURE_COLUMNS}
    columns |= {"value": pc.cast(columns["value"], pa.float64()), "as_of": pc.cast(columns["as_of"], pa.date32())}
    pq.write_table(pa.table(columns), path)
