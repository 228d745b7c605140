"""Between a command and its surroundings: streams that cannot break it, and one sentence for every fault.

What a terminal, a pipe or a full disk does not take never ends a command half-way; that it was not taken is told
afterwards. What nobody foresaw becomes a sentence, with the rest in a log file.
"""

import os
import re
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO, cast

from keten.errors import KetenError, remedy, why

LONGEST_WORD = 300  # characters; what is longer was typed or read, and is no word
SUCCESS, SOME_FAILED, NOTHING_DONE, INTERRUPTED = 0, 1, 2, 130


def guarded(command: Callable[[], int]) -> int:
    """Carry out a command with streams that cannot break it; gives its exit code, also when it raised."""
    _open_what_is_closed()
    with _lenient("stdout") as out, _lenient("stderr"):
        code = _outcome(command)
        out.flush()
        if out.fault and not isinstance(out.fault, BrokenPipeError):  # `head` just had enough of it
            say(f"Niet alle uitvoer kon worden geschreven ({_words(out.fault)}).")
            code = code or SOME_FAILED
        return code


def say(sentence: str) -> None:
    """One sentence on standard error, if there is one that takes it; what was read cannot steer the terminal."""
    short = re.sub(rf"\S{{{LONGEST_WORD},}}", lambda word: f"{word[0][:LONGEST_WORD]}…", sentence)
    inert = "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in short)
    with suppress(OSError, ValueError):
        print(inert, file=sys.stderr, flush=True)


def _outcome(command: Callable[[], int]) -> int:
    try:
        return command()
    except KetenError as error:
        # The errors of a run by a timer are kept in a log: only a terminal hears what stands in a record.
        say(error.on_terminal if sys.stderr.isatty() else str(error))
    except SystemExit as error:  # of the command line's own help
        return error.code if isinstance(error.code, int) else NOTHING_DONE
    except OSError as error:
        name = f": {error.filename}" if error.filename else ""
        say(f"De opdracht kon niet worden afgemaakt ({why(error)}{name}); {remedy(error)}.{_logged()}")
    except MemoryError:
        say(f"Er is te weinig geheugen voor deze opdracht; sluit andere programma's en start opnieuw.{_logged()}")
    except Exception as error:
        say(f"Er ging iets mis dat niet had mogen gebeuren ({type(error).__name__}); meld het.{_logged()}")
    return NOTHING_DONE


def _logged() -> str:
    """Write the traceback in a file that only this user may read; how to find it, or '' when there is no place."""
    for folder in (tempfile.gettempdir, os.getcwd):
        with suppress(OSError):
            descriptor, name = tempfile.mkstemp(prefix="keten-fout-", suffix=".log", dir=folder())
            with open(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(traceback.format_exc())
            return f" Zie {Path(name)}."
    return ""


def _open_what_is_closed() -> None:
    """Give a closed standard stream the null device, or the next file that is opened takes its place."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            nowhere = os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free, which is this one
            os.set_inheritable(nowhere, True)  # the processes of the kernels need their streams too


class Lenient:
    """A stream that takes everything: what it cannot encode becomes `?`, what its file refuses is dropped."""

    def __init__(self, stream: TextIO | None):
        self._stream = stream
        self.fault: Exception | None = None

    def write(self, text: str) -> int:
        """Write, or drop it."""
        self._try(lambda stream: self._encoded(stream, text))
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        """Write each."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Flush, or drop it."""
        self._try(lambda stream: stream.flush())

    def _try(self, step: Callable[[TextIO], object]) -> None:
        if self._stream is None or self.fault:
            return
        try:
            step(self._stream)
        except (OSError, ValueError) as fault:  # ValueError: closed
            self.fault = fault
            # What it still holds would fail again when Python ends.
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())

    @staticmethod
    def _encoded(stream: TextIO, text: str) -> None:
        try:
            stream.write(text)
        except UnicodeEncodeError:
            encoding = stream.encoding or "ascii"
            stream.write(text.encode(encoding, "replace").decode(encoding))

    def __getattr__(self, name: str) -> Any:
        if self._stream is None:
            raise OSError(f"no stream, so no {name}")
        return getattr(self._stream, name)

    def is_number(self, number: int) -> bool:
        """Whether it writes in the file with this number, as the system's own streams do."""
        try:
            return self._stream is not None and self._stream.fileno() == number
        except (OSError, ValueError):
            return False

    def move(self, number: int) -> None:
        """Write in the file with this number from here on."""
        if self._stream is not None:
            like = self._stream
            self._stream = os.fdopen(
                number, "w", encoding=like.encoding, errors=like.errors, buffering=1, closefd=False
            )

    def isatty(self) -> bool:
        """Whether somebody watches."""
        return self._stream is not None and not self._stream.closed and self._stream.isatty()


@contextmanager
def _lenient(name: str) -> Iterator[Lenient]:
    before = getattr(sys, name)
    stream = Lenient(before)
    setattr(sys, name, cast(TextIO, stream))
    try:
        yield stream
    finally:
        stream.flush()
        setattr(sys, name, before)


@contextmanager
def not_inherited() -> Iterator[None]:
    """Let what this process starts in the block write nowhere, and hold no pipe of whoever reads our output.

    The streams of this process write where they did, by another number.
    """
    moved: list[tuple[int, int, Lenient]] = []
    try:
        for number, stream in ((1, sys.stdout), (2, sys.stderr)):
            if isinstance(stream, Lenient) and stream.is_number(number):
                stream.flush()
                place = os.dup(number)
                moved.append((number, place, stream))
                stream.move(place)
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, number)
                os.close(nowhere)
        yield
    finally:
        for number, place, stream in moved:
            stream.flush()
            os.dup2(place, number)
            stream.move(number)
            os.close(place)


def _words(fault: Exception) -> str:
    return why(fault) if isinstance(fault, OSError) else "de stroom is gesloten"
