"""LIKE patterns and regular expressions.

Promises: matching takes time linear in the text (google-re2); what RE2 cannot
say (back references, look around) is an error, never another meaning.

Does not cover: which dialect's regular expressions mean the same in RE2
(`patterns` in the room above).
"""

import functools
from typing import Any

import re2

from verifier_server.verifiers.sql.dialects.callables.values import (
    ArgumentError,
    bounded,
    text,
)
from verifier_server.verifiers.sql.limits import MAX_PATTERN_BYTES
from verifier_server.verifiers.sql.rows import Cell

_KEPT = 64
_PROGRAM_BYTES = 1 << 20


def glob_of(pattern: Cell, escape: Cell) -> Cell:
    """The GLOB pattern that is a LIKE pattern (sqlite.org/lang_expr.html, GLOB).

    Raises:
        ArgumentError: for a pattern that ends in its escape character.
    """
    if pattern is None or escape is None:
        return None
    source, mark = text(pattern), text(escape)
    made: list[str] = []
    characters = iter(source)
    for character in characters:
        if mark and character == mark:
            following = next(characters, None)
            if following is None:
                raise ArgumentError("the pattern ends in its escape character")
            made.append(_literal(following))
        elif character == "%":
            made.append("*")
        elif character == "_":
            made.append("?")
        else:
            made.append(_literal(character))
    return "".join(made)


def _literal(character: str) -> str:
    return f"[{character}]" if character in "*?[" else character


@functools.lru_cache(maxsize=_KEPT)
def _compiled(pattern: str, flags: str) -> Any:
    if len(pattern.encode()) > MAX_PATTERN_BYTES:
        raise ArgumentError("the pattern is too long")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _PROGRAM_BYTES
    options.case_sensitive = "i" not in flags
    options.dot_nl = "s" in flags
    try:
        return re2.compile(pattern, options)
    except re2.error:
        raise ArgumentError("this regular expression is not supported") from None


def matches(value: Cell, pattern: Cell, flags: Cell) -> Cell:
    """1 or 0: whether the expression matches. Flags: i, s (dot is any), f (all of the text)."""
    if value is None or pattern is None or flags is None:
        return None
    marks = text(flags)
    expression = _compiled(text(pattern), marks)
    found = expression.fullmatch if "f" in marks else expression.search
    return int(found(text(value)) is not None)


def extract(value: Cell, pattern: Cell, flags: Cell) -> Cell:
    """The first match's first group, or the whole match where there is no group."""
    if value is None or pattern is None or flags is None:
        return None
    expression = _compiled(text(pattern), text(flags))
    found = expression.search(text(value))
    if found is None:
        return None
    group: str | None = found[1] if expression.groups else found[0]
    return group


def replace(value: Cell, pattern: Cell, replacement: Cell, flags: Cell) -> Cell:
    """Matches replaced: all of them with the flag g, else the first.

    `replacement` may hold \\1 to \\9 for groups.
    """
    if value is None or pattern is None or replacement is None or flags is None:
        return None
    marks = text(flags)
    expression = _compiled(text(pattern), marks)
    new = text(replacement)
    source = text(value)
    if len(source) * (len(new) + 1) > _REPLACEMENT_WORK and len(new) > 1:
        raise ArgumentError("the result may be too long")
    made: str = expression.sub(new, source, 0 if "g" in marks else 1)
    return bounded(made)


_REPLACEMENT_WORK = 1 << 20
