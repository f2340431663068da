"""Text to s-expressions.

Promises: SMT-LIB 2.6's lexicon (section 3.1), ASCII outside of quoted symbols and
comments. Numerals may have leading zeros, as z3 allows. No recursion: nesting, number of
tokens and length are bounded while reading. |x| and x are one symbol.

Does not cover: what expressions mean (`terms`, `commands`).
"""

import re
from dataclasses import dataclass, field

from verifier_server.verifiers.logic.reading.errors import (
    BAD_CHARACTER,
    SYNTAX,
    TOO_DEEP,
    TOO_LONG,
    UNBALANCED,
    ReadError,
)
from verifier_server.verifiers.logic.smtlib.limits import (
    MAX_CHARACTERS,
    MAX_DEPTH,
    MAX_NAME,
    MAX_TOKENS,
)

SYMBOL = "symbol"
QUOTED = "quoted"
NUMERAL = "numeral"
DECIMAL = "decimal"
KEYWORD = "keyword"
_OPEN = "open"
_CLOSE = "close"
_SPACE = "space"

_CHARACTERS = r"A-Za-z0-9~!@$%^&*_\-+=<>.?/"
_TOKEN = re.compile(
    rf"""(?P<space>(?:[\ \t\r\n]+|;[^\r\n]*)+)
    |(?P<open>\()
    |(?P<close>\))
    |(?P<decimal>[0-9]+\.[0-9]+(?![{_CHARACTERS}]))
    |(?P<numeral>[0-9]+(?![{_CHARACTERS}]))
    |(?P<binary>\#x[0-9A-Fa-f]+|\#b[01]+)
    |(?P<keyword>:[{_CHARACTERS}]+)
    |(?P<symbol>[A-Za-z~!@$%^&*_\-+=<>.?/][{_CHARACTERS}]*)
    |(?P<quoted>\|[^|\\]*\|)
    |(?P<string>"(?:[^"]|"")*")""",
    re.VERBOSE,
)


@dataclass(slots=True)
class Leaf:
    """A token: its kind, its text (of a quoted symbol what is within), its offset."""

    kind: str
    text: str
    offset: int


@dataclass(slots=True)
class Group:
    """A bracketed list and the offset where it opens."""

    offset: int
    items: "list[Leaf | Group]" = field(default_factory=list)


type Expression = Leaf | Group


def expressions(text: str) -> list[Expression]:
    """The expressions of a text, in their order.

    Raises:
        ReadError: `too_long`, `too_deep`, `unbalanced`, `bad_char`, `syntax`.
    """
    if len(text) > MAX_CHARACTERS:
        raise ReadError(TOO_LONG, f"more than {MAX_CHARACTERS} characters", text, MAX_CHARACTERS)
    whole = Group(0)
    open_groups = [whole]
    position = tokens = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _unreadable(text, position)
        kind = str(match.lastgroup)
        offset, position = position, match.end()
        if kind == _SPACE:
            continue
        tokens += 1
        if tokens > MAX_TOKENS:
            raise ReadError(TOO_LONG, f"more than {MAX_TOKENS} tokens", text, offset)
        if kind == _OPEN:
            if len(open_groups) > MAX_DEPTH:
                raise ReadError(TOO_DEEP, f"nested more than {MAX_DEPTH} deep", text, offset)
            group = Group(offset)
            open_groups[-1].items.append(group)
            open_groups.append(group)
        elif kind == _CLOSE:
            if len(open_groups) == 1:
                raise ReadError(UNBALANCED, "a closing bracket that nothing opened", text, offset)
            open_groups.pop()
        else:
            open_groups[-1].items.append(_leaf(text, kind, match.group(), offset))
    if len(open_groups) > 1:
        raise ReadError(SYNTAX, "a bracket that nothing closes", text, open_groups[-1].offset)
    return whole.items


def _leaf(text: str, kind: str, token: str, offset: int) -> Leaf:
    if kind == QUOTED:
        token = token[1:-1]
        if not token or not all(sign.isprintable() or sign in "\t\r\n" for sign in token):
            raise ReadError(BAD_CHARACTER, "an empty or unprintable symbol", text, offset)
    if kind in (SYMBOL, QUOTED, KEYWORD) and len(token) > MAX_NAME:
        raise ReadError(TOO_LONG, f"a name of more than {MAX_NAME} characters", text, offset)
    return Leaf(kind, token, offset)


def _unreadable(text: str, position: int) -> ReadError:
    sign = text[position]
    if sign in '|"':
        return ReadError(SYNTAX, f"{sign} is never closed", text, position)
    if sign.isascii() and sign.isalnum():
        return ReadError(SYNTAX, "a name cannot begin with a digit", text, position)
    return ReadError(BAD_CHARACTER, f"unexpected character {sign!a}", text, position)
