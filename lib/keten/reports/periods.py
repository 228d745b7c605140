"""Periods as manifests, figures and names of editions tell them: texts that may also be something else."""

from keten.errors import KetenError
from keten.model.periods import Period


def period_or_none(text: object) -> Period | None:
    """The period that a text tells; None for words that are no period."""
    try:
        return Period.parse(str(text or ""))
    except KetenError:
        return None


def period_of(edition: str) -> Period | None:
    """The period that an edition is called after, such as `2017-06` or `2017-06_nationaliteit-eritrea`, or None."""
    return period_or_none(edition.replace("_", "/")) or period_or_none(edition.partition("_")[0])


def is_plain(edition: str) -> bool:
    """Whether an edition is called after its period alone: it was made with the parameters that nobody gave."""
    return period_or_none(edition.replace("_", "/")) is not None


def in_words(text: object) -> str:
    """The Dutch name of a period or a day; a text that is neither stays as it is."""
    period = period_or_none(text)
    return period.label if period else str(text or "")
