"""The variables after a quantifier, however they are separated.

Promises: `∀x∀y`, `∀x,y`, `∀x y`, `all x y.` and `![X,Y]:` are understood, and a
variable that is written together with what follows (`∀xP(x)`, `all x.P(x)`) is
cut off. A name after the first variable is another one when what follows it shows
that it can't be the body. Before a bracket it is one when it also stands alone within,
or when it looks like a variable and what is within is no list of terms.

Does not cover: sorts of variables (`![X: $int]:`), which are refused.
"""

import re

from verifier_server.verifiers.logic.reading.errors import BINDER
from verifier_server.verifiers.logic.reading.faults import Fault
from verifier_server.verifiers.logic.reading.names import NotAName, spelled
from verifier_server.verifiers.logic.reading.scope import looks_free
from verifier_server.verifiers.logic.reading.tokens import (
    CLOSE,
    CLOSE_SQUARE,
    COLON,
    COMMA,
    END,
    KINDS,
    LAST_QUANTIFIER,
    NAME,
    NOT,
    OPEN,
    OPEN_SQUARE,
    STOP,
)

MAX_VARIABLE = 40
_OF_TERMS = (NAME, COMMA)
_LETTERED = re.compile(r"[a-z]\d*(?=[A-Z])", re.ASCII)
_SHORT = re.compile(r"[a-z]\d*'*", re.ASCII)
_BEFORE_STOP = re.compile(r"([^\W\d]\w*'*)(\.)(.+)", re.DOTALL)
_BEFORE_MINUS = re.compile(r"([A-Za-z]\d*)(-)(.+)", re.DOTALL)


def variables_at(tokens: list[str], kinds: list[int], at: int) -> tuple[list[str], int]:
    """The names that a quantifier binds, and the place after them.

    Args:
        tokens: the tokens; one that is written together is cut in place.
        kinds: their kinds, kept in step.
        at: the place after the quantifier.

    Raises:
        Fault: no variable stands there, or one is bound twice.
    """
    bracketed = kinds[at] == OPEN_SQUARE
    at += bracketed
    names: list[str] = []
    while True:
        if kinds[at] == NAME and len(tokens[at]) > 1:
            _cut(tokens, kinds, at)
        names.append(_variable(tokens, kinds, at, names))
        at += 1
        kind = kinds[at]
        if bracketed:
            if kind == COMMA:
                at += 1
                continue
            if kind != CLOSE_SQUARE:
                raise Fault(BINDER, "expected ']' after the variables", at)
            return names, at + 1
        if kind == COMMA and kinds[at + 1] == NAME and _binds(tokens, kinds, at + 1):
            at += 1
        elif kind != NAME or not _binds(tokens, kinds, at):
            return names, at


def _variable(tokens: list[str], kinds: list[int], at: int, before: list[str]) -> str:
    if kinds[at] != NAME:
        raise Fault(BINDER, "expected a variable after the quantifier", at)
    try:
        name = spelled(tokens[at])
    except NotAName as wrong:
        raise Fault(wrong.reason, str(wrong), at) from None
    if tokens[at][0] in "'\"“":
        raise Fault(BINDER, "a quoted name is a constant, never a variable", at)
    plain = name.rstrip("'").replace("_", "a")
    if len(name) > MAX_VARIABLE or not (plain[:1].isalpha() and plain.isalnum()):
        raise Fault(BINDER, f"{name[:MAX_VARIABLE]!r} can't be a variable", at)
    if name in before:
        raise Fault(BINDER, f"{name!r} is bound twice", at)
    return name


def _cut(tokens: list[str], kinds: list[int], at: int) -> None:
    """Cuts the variable off a token in which it is written together with the body."""
    token = tokens[at]
    if found := _BEFORE_STOP.fullmatch(token) or _BEFORE_MINUS.fullmatch(token):
        pieces = list(found.groups())
    elif (
        (found := _LETTERED.match(token))
        and kinds[at + 1] == OPEN
        and not _stands_alone(tokens, kinds, at)
    ):
        pieces = [found.group(), token[found.end() :]]
    else:
        return
    tokens[at : at + 1] = pieces
    kinds[at : at + 1] = [KINDS.get(piece, NAME) for piece in pieces]


def _binds(tokens: list[str], kinds: list[int], at: int) -> bool:
    """Whether a name after a variable is another one, and not where the body begins."""
    following = kinds[at + 1]
    if following == OPEN:
        if "." in tokens[at] and _SHORT.fullmatch(tokens[at].partition(".")[0]):
            return True
        return _stands_alone(tokens, kinds, at)
    if following == STOP:
        return kinds[at + 2] != END
    if "." in tokens[at]:
        return _SHORT.fullmatch(tokens[at].partition(".")[0]) is not None
    return following in (NAME, COMMA, COLON, OPEN_SQUARE) or NOT <= following <= LAST_QUANTIFIER


def _stands_alone(tokens: list[str], kinds: list[int], at: int) -> bool:
    """Whether a name before a bracket is no symbol that is applied to what is within."""
    name = tokens[at]
    short = looks_free(name)
    if not short and tokens.count(name) == 1:
        return False
    depth = 0
    for place in range(at + 1, len(tokens)):
        if kinds[place] == OPEN:
            depth += 1
        elif kinds[place] == CLOSE:
            depth -= 1
            if depth == 0:
                return False
        elif tokens[place] == name:
            if kinds[place + 1] != OPEN:
                return True
        elif short and kinds[place] not in _OF_TERMS:
            return True
    return False
