"""LIKE and GLOB, charged for what they cost.

Promises: the results of SQLite's own `like` and `glob`, which do the work here too
(sqlite.org/c3ref/strlike.html), on which the tests hold them. SQLite's take the product of
the text's and the pattern's lengths in one step, where the pattern almost matches everywhere:
here such a call counts as many steps. A blob is like nothing (SQLITE_LIKE_DOESNT_MATCH_BLOBS,
with which apsw builds SQLite).

Does not cover: texts that are not UTF-8 (`instance.py` runs the query again without these).
"""

from collections.abc import Callable

import apsw

from verifier_server.verifiers.sql import limits
from verifier_server.verifiers.sql.engine.texts import Charge, as_text
from verifier_server.verifiers.sql.rows import Cell

# Comparisons of characters that count as a step.
WORK_OF_A_STEP = 16
# Characters that are passed over in the time of one comparison.
PASSED_OVER = 8
# What is not worth an estimate.
CHEAP = 512

_TOO_COMPLEX = "LIKE or GLOB pattern too complex"
_SPECIAL_ESCAPES = frozenset("%_")
_native = apsw.Connection(":memory:")


def register(connection: apsw.Connection, charge: Charge) -> None:
    """Puts these in the place of SQLite's own on `connection`; `charge` is told of steps."""

    like = _matcher(apsw.strlike, "%", "_", charge)
    glob = _matcher(apsw.strglob, "*", "?", charge)

    def like_escaped(pattern: Cell, value: Cell, escape: Cell) -> int | None:
        return _escaped(pattern, value, escape, charge)

    functions: tuple[tuple[str, Callable[..., Cell], int], ...] = (
        ("like", like, 2),
        ("like", like_escaped, 3),
        ("glob", glob, 2),
    )
    for name, function, count in functions:
        # Innocuous: views may call them although the schema is not trusted.
        connection.create_scalar_function(
            name, function, count, deterministic=True, flags=apsw.SQLITE_INNOCUOUS
        )


def _matcher(
    differs: Callable[[str, str], int], many: str, one: str, charge: Charge
) -> Callable[[Cell, Cell], int | None]:
    """`differs` with SQLite's rules for what is no text. A query's pattern is mostly one constant,
    and what was found out of it is kept until another one comes: the result is the same."""
    known: Cell = None
    wanted, cheap = "", 0

    def match(pattern: Cell, value: Cell) -> int | None:
        nonlocal known, wanted, cheap
        if isinstance(pattern, bytes) or isinstance(value, bytes):
            return 0
        if pattern is None or value is None:
            return None
        if pattern != known or type(pattern) is not type(known):
            wanted = _checked(pattern)
            known, cheap = pattern, CHEAP // max(len(wanted), 1)
        text = value if isinstance(value, str) and "\0" not in value else _until_nul(value)
        if len(text) > cheap:
            charge(_work(wanted, text, many, one) // WORK_OF_A_STEP)
        return not differs(wanted, text)

    return match


def _escaped(pattern: Cell, value: Cell, escape: Cell, charge: Charge) -> int | None:
    """LIKE ... ESCAPE; what is looked at first is so in SQLite's `likeFunc` too."""
    if isinstance(pattern, bytes) or isinstance(value, bytes):
        return 0
    wanted = None if pattern is None else _checked(pattern)
    if escape is None:
        return None
    mark = _until_nul(escape)
    if len(mark) != 1:
        raise ValueError("ESCAPE expression must be a single character")
    if wanted is None or value is None:
        return None
    text = _until_nul(value)
    if len(wanted) * len(text) > CHEAP:
        charge(len(wanted) * len(text) // WORK_OF_A_STEP)
    if mark in _SPECIAL_ESCAPES:  # it is no wildcard then, which strlike cannot be told
        found = _native.execute("SELECT ? LIKE ? ESCAPE ?", (text, wanted, mark)).get
        return int(bool(found))
    return int(not apsw.strlike(wanted, text, ord(mark)))


def _work(pattern: str, text: str, many: str, one: str) -> int:
    """At least how many characters are compared, or what passing over others takes.

    A part between two wildcards is tried where its first character occurs (patternCompare in
    src/func.c); a set of GLOB's everywhere.
    """
    if one == "?" and "[" in pattern:
        return len(pattern) * len(text)
    work = len(text) // PASSED_OVER
    for part in pattern.split(many):
        first = part.lstrip(one)[:1]
        if first:
            often = text.count(first)
            if one == "_" and first.swapcase() != first:
                often += text.count(first.swapcase())
            work += often * len(part)
    return work


def _checked(pattern: Cell) -> str:
    text = as_text(pattern)
    if len(text) > limits.MAX_PATTERN_BYTES or (
        not text.isascii() and len(text.encode()) > limits.MAX_PATTERN_BYTES
    ):
        raise ValueError(_TOO_COMPLEX)
    return _until_nul(text)


def _until_nul(value: Cell) -> str:
    """The text as the C library sees it."""
    text = as_text(value)
    return text[: text.index("\0")] if "\0" in text else text
