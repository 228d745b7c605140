"""Names as people type them: in whatever case, without accents and marks, in part, or with a slip of the pen."""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping

MOST = 3  # names in a hint


def folded(text: str) -> str:
    """The letters and digits of a text, small and without accents: `Côte d'Ivoire` and `COTE D IVOIRE` are one."""
    return re.sub(r"[\W_]", "", _plain(text))


def alike(text: str) -> str:
    """A text in small letters, without accents and needless blanks; its signs stay, as `<18` is not `18+`."""
    return " ".join("".join(sign for sign in _plain(text) if not unicodedata.combining(sign)).split())


def one_spelling(
    counts: Mapping[str, int], preferred: Iterable[str] = (), key: Callable[[str], str] = alike
) -> dict[str, str]:
    """The spelling to use for each text: of those with one key the preferred one, else the one that occurs most.

    >>> one_spelling({"ind": 2, "IND": 3, "COA": 1})
    {'IND': 'IND', 'ind': 'IND', 'COA': 'COA'}
    """
    chosen = {key(text) or text: text for text in preferred}
    ordered = sorted(counts, key=lambda text: (-counts[text], text))
    return {text: chosen.setdefault(key(text) or text, text) for text in ordered}


def bare(text: str) -> str:
    """A mark as it is compared: in small letters, without blanks, every dash a hyphen."""
    return re.sub("[\u2010-\u2015\u2212]", "-", "".join(text.casefold().split()))


def words_of(text: str) -> list[str]:
    """The words of a text or an id, each folded."""
    plain = "".join(sign for sign in _plain(text) if not unicodedata.combining(sign))
    return re.findall(r"[^\W_]+", plain)


def _plain(text: str) -> str:
    """In small letters, with accents apart from their letters."""
    return unicodedata.normalize("NFKD", str(text)).replace("ı", "i").casefold()


def meant(
    text: str, names: Iterable[str], spellings: Mapping[str, str] | None = None, cutoff: float = 0.6
) -> list[str]:
    """The names that a text may stand for, the likeliest first: itself, else what it begins, else what it resembles.

    spellings: other ways to write a name, such as a code or a word in another language, each with its name. cutoff:
    how like a mistyped text must be (0 to 1, see `difflib`).
    """
    known = {name: name for name in names} | dict(spellings or {})
    by_letters: dict[str, dict[str, None]] = {}
    for spelling, name in known.items():
        by_letters.setdefault(folded(spelling), {})[name] = None
    wanted = folded(text)
    if wanted in by_letters:
        return list(by_letters[wanted])
    begun = sorted(letters for letters in by_letters if len(wanted) >= MOST and letters.startswith(wanted))
    likely = begun or difflib.get_close_matches(wanted, by_letters, n=MOST, cutoff=cutoff)
    return list(dict.fromkeys(name for letters in likely for name in by_letters[letters]))


def containing(part: str, names: Iterable[str]) -> list[str]:
    """The names that hold this part, in any case; the name itself alone when it is one of them."""
    names = list(names)
    return [part] if part in names else [name for name in names if part.lower() in name.lower()]


def nearest(text: str, names: Iterable[str], cutoff: float = 0.6, spellings: Mapping[str, str] | None = None) -> str:
    """Dutch hint with the names meant: ' Bedoelde u Albanië of Algerije?', or '' when none comes near."""
    found = meant(text, names, spellings, cutoff)[:MOST]
    return f" Bedoelde u {' of '.join(found)}?" if found else ""
