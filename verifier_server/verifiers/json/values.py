"""Exact JSON values: numbers without rounding, and JSON equality as a key.

Promises: `exact` turns the floats of an already decoded document into the
decimals that were written (their shortest form, so a number with more than 17
significant digits must reach us as `Decimal`); `key` maps two values to equal
keys exactly when JSON Schema calls them equal (Core 4.2.2: 1 equals 1.0, true
does not equal 1, objects ignore the order of names).

Does not cover: parsing text (`parse`).
"""

from collections.abc import Hashable
from decimal import Decimal
from typing import Any

from verifier_server.verifiers.json.parse import MAX_DEPTH

MAX_NODES = 200_000


class UnusableValueError(ValueError):
    """A document of the task is too deep, too big or holds a number that is not finite."""


def exact(document: Any) -> Any:
    """A copy of a decoded document with every float as the Decimal it was written as.

    Raises:
        UnusableValueError: deeper than MAX_DEPTH, more than MAX_NODES values, or not finite.
    """
    budget = [MAX_NODES]
    return _exact(document, 0, budget)


def _exact(value: Any, depth: int, budget: list[int]) -> Any:
    budget[0] -= 1
    if budget[0] < 0:
        raise UnusableValueError(f"more than {MAX_NODES} values")
    if isinstance(value, (dict, list)) and depth >= MAX_DEPTH:
        raise UnusableValueError(f"deeper than {MAX_DEPTH} levels")
    if isinstance(value, dict):
        return {name: _exact(item, depth + 1, budget) for name, item in value.items()}
    if isinstance(value, list):
        return [_exact(item, depth + 1, budget) for item in value]
    number = Decimal(repr(value)) if isinstance(value, float) else value
    if isinstance(number, Decimal) and not number.is_finite():
        raise UnusableValueError("a number that is not finite")
    return number


def key(value: Any) -> Hashable:
    """A hashable stand-in for a value, equal for equal JSON values."""
    if isinstance(value, dict):
        return ("object", frozenset((name, key(item)) for name, item in value.items()))
    if isinstance(value, list):
        return ("array", tuple(key(item) for item in value))
    if isinstance(value, (bool, str)) or value is None:
        return (type(value).__name__, value)
    return ("number", value)


def pointer(path: tuple[str | int, ...]) -> str:
    """The RFC 6901 pointer of a path of names and indices; "" for the whole document."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
