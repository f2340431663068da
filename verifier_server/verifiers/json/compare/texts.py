"""Texts that differ in case, white space or Unicode's compatibility forms only.

Promises: NFKC, then full case folding, then NFKC again (folding can undo the
first, Unicode Standard 3.13 D146), and runs of white space as one space with
none at the ends. Zero-width characters, homoglyphs and diacritics stay
different. A text with more than MAX_MARKS combining marks in a row is only
equal to itself: sorting such a run is quadratic in CPython, and UAX 15's
stream-safe format has none.

Does not cover: edit distances, parts of a text, synonyms.
"""

import re
import unicodedata
from collections.abc import Callable

MAX_MARKS = 30
_LAST_MARK = 0x20000  # no combining mark lies above it


def _marks() -> str:
    """A character class of what is, or decomposes into, marks without a base."""
    found: list[list[int]] = []
    for code in range(0x300, _LAST_MARK):
        character = chr(code)
        if not unicodedata.combining(character):
            decomposed = unicodedata.decomposition(character).rpartition(">")[2].split()
            if not decomposed or not unicodedata.combining(chr(int(decomposed[0], 16))):
                continue
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in found)


_TOO_MANY_MARKS = re.compile(f"[{_marks()}]{{{MAX_MARKS + 1}}}")


def folding(case: bool, space: bool, unicode: bool) -> Callable[[str], str]:
    """The function that texts are compared by: equal results, equal texts.

    Args:
        case: whether case is folded.
        space: whether runs of white space are one space.
        unicode: whether compatibility forms are normalised.
    """

    def fold(text: str) -> str:
        plain = text.isascii()
        if unicode and not plain:
            if _TOO_MANY_MARKS.search(text):
                return text
            text = unicodedata.normalize("NFKC", text)
        if case:
            text = text.casefold()
            if unicode and not plain:
                text = unicodedata.normalize("NFKC", text)
        return " ".join(text.split()) if space else text

    return fold
