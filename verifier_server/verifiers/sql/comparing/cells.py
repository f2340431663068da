"""Cells: what they are worth under a policy, and when two are equal.

Promises: `reader` maps cells to such ones that Python's `==` is equality up to the
tolerance: an integer equals a float of the same value, also beyond 2**53, no text
equals a number, NULL equals only NULL. `close` adds the tolerance, which is not
transitive: nothing may depend on which equal cell is met first. An integer is exact, so that
a relative tolerance does not take one large identifier for another (an average of
identifiers for each of them): a float equals it where it differs by rounding.

Does not cover: NaN, which SQLite stores as NULL (sqlite.org/floatingpoint.html).
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from verifier_server.verifiers.sql.policy import Policy
from verifier_server.verifiers.sql.rows import Cell, Row

type Number = int | float
type Reader = Callable[[str], Cell]

# Enough for every integer and REAL that SQLite prints; int() is quadratic in the digits.
MAX_NUMBER_TEXT = 64
MAX_INSTANT_TEXT = 64

# The most that a relative tolerance lets a float differ from an integer: no two integers are so
# close. Relative, beyond what a float can hold: what a sum differs by in another order.
NEAR_INTEGER = 1e-3
NEAR_LARGE_INTEGER = 1e-14

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(\.[0-9]*)?|(\.[0-9]+))([eE][+-]?[0-9]{1,4})?")
# The forms of sqlite.org/lang_datefunc.html, section 2, that have a date; any number of
# digits for the fraction.
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ]([0-9]{2}:[0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?"
    r" ?(?:([Zz])|([+-])([0-9]{2}):([0-9]{2}))?)?"
)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far two numbers may be apart: max(absolute, relative * max(|a|, |b|))."""

    relative: float
    absolute: float


def tolerance(policy: Policy) -> Tolerance:
    """The tolerance that a policy allows."""
    return Tolerance(policy.relative, policy.absolute)


def reader(policy: Policy) -> Reader | None:
    """How a text is read under `policy`; None where it is taken as it stands.

    A text that is a number (`numeric_text`) stands for the number wherever it occurs, so
    that '80' and '80.0' are equal too: equality of what is read stays transitive.
    """
    if not (policy.numeric_text or policy.casefold or policy.instants):
        return None

    def read(text: str) -> Cell:
        if policy.numeric_text and (number := _number(text)) is not None:
            return number
        if policy.instants and (instant := _instant(text)) is not None:
            return instant
        return text.casefold() if policy.casefold else text

    return read


def read_rows(rows: Sequence[Row], read: Reader) -> list[Row]:
    """`rows` with every text read."""
    return [tuple([read(cell) if isinstance(cell, str) else cell for cell in row]) for row in rows]


def within(left: Number, right: Number, allowed: Tolerance) -> bool:
    """Whether two floats are equal up to the tolerance; an infinity equals only itself.

    Necessary, and not sufficient (`near_integer`), where one of the two is an integer.

    The relation is monotone: what lies between two numbers within it is within it of both
    (for a relative tolerance below 1).
    """
    if left == right:
        return True
    # Beyond 2**53 the difference of an integer and a float may be lost to rounding.
    apart = abs(left - right) or abs(int(left) - int(right))
    return apart != math.inf and apart <= max(
        allowed.absolute, allowed.relative * max(abs(left), abs(right))
    )


def near_integer(left: Number, right: Number, allowed: Tolerance) -> bool:
    """Whether an integer and a float are equal up to rounding, or to the absolute tolerance."""
    rounding = max(NEAR_INTEGER, NEAR_LARGE_INTEGER * max(abs(left), abs(right)))
    return within(left, right, allowed) and abs(left - right) <= max(allowed.absolute, rounding)


def close(left: Cell, right: Cell, allowed: Tolerance) -> bool:
    """Whether two cells are equal; up to the tolerance if one of two numbers is a REAL."""
    if left == right:
        return True
    if isinstance(left, float):
        if isinstance(right, float):
            return within(left, right, allowed)
        return isinstance(right, int) and near_integer(left, right, allowed)
    return isinstance(left, int) and isinstance(right, float) and near_integer(left, right, allowed)


def rows_close(left: Sequence[Cell], right: Sequence[Cell], allowed: Tolerance) -> bool:
    """Whether two rows of the same width are equal cell by cell."""
    return left == right or all(close(a, b, allowed) for a, b in zip(left, right, strict=True))


def _number(text: str) -> Number | None:
    """The finite number that a text spells, without spaces around it."""
    if len(text) > MAX_NUMBER_TEXT or (found := _NUMBER.fullmatch(text)) is None:
        return None
    if not any(found.groups()):
        return int(text)
    value = float(text)
    return value if math.isfinite(value) else None


def _instant(text: str) -> str | None:
    """The text in one spelling, in UTC, if it names a date or an instant.

    Without an offset it is UTC, as for SQLite's own functions.
    """
    if len(text) > MAX_INSTANT_TEXT or (found := _INSTANT.fullmatch(text)) is None:
        return None
    date, clock, seconds, fraction, _, sign, hours, minutes = found.groups()
    try:
        moment = datetime.fromisoformat(f"{date}T{clock or '00:00'}:{seconds or '00'}")
        if sign is not None:
            if int(hours) > 23 or int(minutes) > 59:
                return None
            offset = timedelta(hours=int(hours), minutes=int(minutes))
            moment = moment - offset if sign == "+" else moment + offset
    except (ValueError, OverflowError):
        return None
    digits = (fraction or "").rstrip("0")
    return f"{moment.isoformat()}.{digits}"
