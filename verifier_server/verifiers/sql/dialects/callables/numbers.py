"""Numbers: rounding, groups of thousands, readings of texts.

Promises: a decimal is taken as it is written in the shortest way that gives the
same REAL, as SQLite prints it.

Does not cover: exact decimals of more than 17 digits, which a REAL cannot hold.
"""

import decimal
import math
import re

from verifier_server.verifiers.sql.dialects.callables.values import ArgumentError, integer, text
from verifier_server.verifiers.sql.rows import Cell

_MAX_DIGITS = 30
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_INT64 = 1 << 63


def _number(value: Cell) -> int | float:
    if isinstance(value, int | float):
        return value
    if isinstance(value, str) and len(value) < 400 and _NUMBER.fullmatch(value.strip()):
        stripped = value.strip()
        return int(stripped) if _WHOLE.fullmatch(stripped) else float(stripped)
    raise ArgumentError("this function takes a number")


def _fit(value: decimal.Decimal, whole: bool) -> Cell:
    if whole and abs(value) < _INT64:
        return int(value)
    return float(value) or 0.0  # no minus zero


_CONTEXT = decimal.Context(prec=700, Emax=9999, Emin=-9999)


def _to_places(value: Cell, digits: Cell, rounding: str) -> Cell:
    if value is None or digits is None:
        return None
    number, places = _number(value), integer(digits)
    if isinstance(number, float) and not math.isfinite(number):
        return number
    places = max(-_MAX_DIGITS, min(_MAX_DIGITS, places))
    unit = decimal.Decimal(1).scaleb(-places)
    exact = decimal.Decimal(repr(number)) / unit
    near = exact.to_integral_value(rounding, _CONTEXT) * unit
    return _fit(near, isinstance(number, int))


def round_to(value: Cell, digits: Cell) -> Cell:
    """Half away from zero, to `digits` places; negative ones are before the point."""
    return _to_places(value, digits, decimal.ROUND_HALF_UP)


def round_even(value: Cell) -> Cell:
    """To the nearest whole number, halves to the even one: double precision in
    PostgreSQL (functions-math.html, round) and approximate numbers in MySQL."""
    if value is None:
        return None
    number = _number(value)
    if isinstance(number, int) or not math.isfinite(number):
        return number
    return float(round(number))


def truncate(value: Cell, digits: Cell) -> Cell:
    """Towards zero, to `digits` places."""
    return _to_places(value, digits, decimal.ROUND_DOWN)


def thousands(value: Cell, digits: Cell) -> Cell:
    """A number with commas between thousands and `digits` places: '1,234.50'."""
    if value is None or digits is None:
        return None
    places = max(0, min(_MAX_DIGITS, integer(digits)))
    rounded = round_to(value, places)
    if not isinstance(rounded, int | float) or not math.isfinite(rounded):
        raise ArgumentError("this function takes a number")
    return f"{decimal.Decimal(repr(rounded)):,.{places}f}"


def fixed(value: Cell, digits: Cell) -> Cell:
    """A number as text with `digits` places: '1234.50'."""
    grouped = thousands(value, digits)
    return grouped.replace(",", "") if isinstance(grouped, str) else None


def try_number(value: Cell, whole: Cell) -> Cell:
    """The number that a text is, or NULL; `whole` is 1 where only integers will do."""
    if value is None or whole is None:
        return None
    if isinstance(value, int | float):
        if whole and isinstance(value, float):
            return round_to(value, 0) if not math.isfinite(value) else int(_half_away(value))
        return value
    stripped = text(value).strip()
    if len(stripped) > 300 or not (_WHOLE if whole else _NUMBER).fullmatch(stripped):
        return None
    if not whole:
        return float(stripped)
    number = int(stripped)
    return number if -_INT64 <= number < _INT64 else None


def _half_away(value: float) -> int:
    return math.floor(abs(value) + 0.5) * (1 if value >= 0 else -1)
