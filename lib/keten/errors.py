"""The exceptions that a user may meet, and the words for what the system refuses."""

import errno
from collections.abc import Callable

_REASONS = {
    errno.ENOSPC: "de schijf is vol",
    errno.EDQUOT: "het quotum op de schijf is op",
    errno.EFBIG: "het bestand wordt te groot",
    errno.EROFS: "de schijf is alleen te lezen",
    errno.EACCES: "de rechten ontbreken",
    errno.EPERM: "de rechten ontbreken",
    errno.ENOENT: "het bestand of de map bestaat niet",
    errno.ENOTDIR: "een deel van het pad is geen map",
    errno.EEXIST: "er staat al iets met die naam",
    errno.EISDIR: "het is een map",
    errno.ENOTEMPTY: "de map is niet leeg",
    errno.ENAMETOOLONG: "de naam is te lang",
    errno.EMFILE: "er zijn te veel bestanden tegelijk open",
    errno.ENFILE: "er zijn te veel bestanden tegelijk open",
    errno.EAGAIN: "er zijn te veel processen of te weinig geheugen",
    errno.ENOMEM: "er is te weinig geheugen",
    errno.EIO: "de schijf gaf een leesfout of schrijffout",
    errno.EBUSY: "een ander programma houdt het bezet",
    errno.ELOOP: "de verwijzingen lopen in een kring",
    errno.ENOLCK: "dit bestandssysteem geeft geen sloten",
    errno.EOPNOTSUPP: "dit bestandssysteem kan dat niet",
    errno.ENOSYS: "dit systeem kan dat niet",
}
_FULL = {errno.ENOSPC, errno.EDQUOT}
_FORBIDDEN = {errno.EROFS, errno.EACCES, errno.EPERM}


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


def why(error: OSError) -> str:
    """What the system refused, in Dutch; in its own words for what is rare."""
    return _REASONS.get(error.errno or 0, error.strerror or str(error) or type(error).__name__)


def remedy(error: OSError) -> str:
    """What a user can do about it, as the end of a sentence."""
    if error.errno in _FULL:
        return "maak ruimte en start opnieuw"
    if error.errno in _FORBIDDEN:
        return "pas de rechten aan of kies een andere map"
    return "controleer de schijf en start opnieuw"
