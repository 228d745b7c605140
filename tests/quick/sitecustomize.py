"""Python imports this at its start in every process of the tests, also in those that import jsonschema before `keten`.

So they are all spared the seconds that `keten._QuickFormats` is about; a Python without the library is left as it is.
"""

from contextlib import suppress

with suppress(ImportError):
    import keten  # noqa: F401
