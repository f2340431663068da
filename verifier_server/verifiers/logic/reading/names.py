r"""How a name of the text is spelled in the tree.

Promises: one name written in two ways that Unicode holds compatible (a letter of
mathematics, a full-width letter, a letter with its accent apart), with another
apostrophe or hyphen, with TeX's \_ or \text, or in quotes, is one name. Letters
that merely look alike (a Cyrillic letter among Latin ones) stay apart. A name
never becomes an operator by that: compatibility is asked of names alone, and a
result that is one of the words or signs is refused.

Does not cover: which names are variables (`scope`).
"""

import re
import unicodedata
from functools import lru_cache

from verifier_server.verifiers.logic.reading.errors import BAD_CHARACTER, TOO_LONG
from verifier_server.verifiers.logic.reading.limits import MAX_NAME
from verifier_server.verifiers.logic.reading.tokens import KINDS

_REMEMBERED = 4096
_ALIKE = str.maketrans({"’": "'", "ʼ": "'", "\u2010": "-", "\u2011": "-", "\u2013": "-"})
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_'.+%-]*", re.ASCII)
_TEX_SUBSCRIPT = re.compile(r"_\{(\w+)\}")
_ESCAPED = re.compile(r"\\(.)")
_QUOTES = {"'": "'", '"': '"', "“": "”"}
# One character each: full-width signs, and U+FFE2, which is a negation.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0xFFE2: 0xAC}


class NotAName(ValueError):
    """A token that no dialect takes for a name; says why, and whether it is the length."""

    def __init__(self, message: str, *, length: bool = False):
        super().__init__(message)
        self.reason = TOO_LONG if length else BAD_CHARACTER


@lru_cache(maxsize=_REMEMBERED)
def spelled(token: str) -> str:
    """A token's name in the tree.

    Raises:
        NotAName: the token is no name, or is too long for one.
    """
    if len(token) > MAX_NAME:
        raise NotAName(f"a name of more than {MAX_NAME} characters", length=True)
    if _PLAIN.fullmatch(token):
        return token
    if token[0] in _QUOTES:
        return _unquoted(token)
    if token[0] == "\\":
        token = inside_tex(token)
    token = _TEX_SUBSCRIPT.sub(r"_\1", token.replace("\\_", "_"))
    name = unicodedata.normalize("NFKC", token.translate(_ALIKE)).translate(_ALIKE)
    # -5 is a name where a term stands.
    if not name.lstrip("-") or not (name[0].isalnum() or name[0] in "_-"):
        raise NotAName(f"unexpected {token[:20]!r}")
    if name in KINDS and token not in KINDS:
        raise NotAName(f"{token!r} is compatible with an operator, and is not one")
    if any(unicodedata.category(letter)[0] not in "LMN_" for letter in _bare(name)):
        raise NotAName(f"unexpected {token[:20]!r}")
    return name


def _bare(name: str) -> str:
    return re.sub(r"[_'.+%-]", "", name)


def _unquoted(token: str) -> str:
    inside = token[1:-1]
    if len(token) < 3 or not token.endswith(_QUOTES[token[0]]) or not inside.strip():
        raise NotAName("a quotation that does not end")
    if not inside.isprintable():
        raise NotAName("a character that can't be seen, in a quotation")
    return unicodedata.normalize("NFKC", _ESCAPED.sub(r"\1", inside)).strip()


def inside_tex(token: str) -> str:
    r"""What stands in \text{...} and its kin.

    Raises:
        NotAName: another command.
    """
    if not token.endswith("}"):
        raise NotAName(f"unknown command {token[:20]!r}")
    return token[token.index("{") + 1 : -1].strip()


def one_width(text: str) -> str:
    """The text with full-width signs and compatible letters as plain ones.

    Each character is replaced by one, so that places in the text stay.
    """
    return "".join(map(_narrowed, text.translate(_FULL_WIDTH)))


def _narrowed(letter: str) -> str:
    if letter.isascii() or not letter.isalnum():
        return letter
    plain = unicodedata.normalize("NFKC", letter)
    return plain if len(plain) == 1 and plain.isalnum() else letter
