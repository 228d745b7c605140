"""The one exception that a user may meet."""


class KetenError(Exception):
    """A user's mistake or unusable input, told in one Dutch sentence.

    The message names the file, line, column or parameter at fault, says what was expected and what to do.
    The command line prints it without a traceback; anything else that is raised is a defect of ours.
    """

    def _render_traceback_(self) -> list[str]:
        """Let IPython show the sentence alone, not a screenful of stack."""
        return [str(self)]
