"""The exceptions that a user may meet."""

from collections.abc import Callable


class KetenError(Exception):
    """A user's mistake or unusable input, told in one Dutch sentence.

    The message names the file, line, column or parameter at fault, says what was expected and what to do.
    The command line prints it without a traceback; anything else that is raised is a defect of ours.
    """

    def _render_traceback_(self) -> list[str]:
        """Let IPython show the sentence alone, not a screenful of stack."""
        return [str(self)]

    @property
    def on_terminal(self) -> str:
        """The sentence for who sits at the terminal, which nothing keeps."""
        return str(self)


Say = Callable[[str, str], str]
"""Takes what stands in a record, and what may be said instead; gives one of the two."""


class RecordsError(KetenError):
    """A fault in records of persons, told twice from one template: with what stands there, and without.

    The message itself names file, line and column and holds nothing of the record, so that it may end up in a log, an
    index or a notebook. `on_terminal` has the content as well.
    """

    def __init__(self, tell: Callable[[Say], str]):
        super().__init__(tell(lambda _, instead: instead))
        self._on_terminal = tell(lambda content, _: content)

    def __reduce__(self) -> tuple[type[KetenError], tuple[str]]:
        """What goes to another process is the message alone."""
        return KetenError, (str(self),)

    @property
    def on_terminal(self) -> str:
        """The sentence with the content of the record."""
        return self._on_terminal
