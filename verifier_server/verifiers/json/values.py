"""Exact JSON values: numbers without rounding, and JSON equality as a key.

Promises: `exact` turns an already decoded document into one as `parse` would read it:
floats become decimals in their shortest form (a number that no double holds must come as
`Decimal`), and what no completion could say is refused. `key` maps two values to equal
keys exactly when JSON Schema calls them equal (Core 4.2.2: 1 equals 1.0, true does not
equal 1, objects ignore the order of names), and no document can choose many keys of one
hash.

Does not cover: parsing text (`parse`).
"""

import math
from collections.abc import Hashable
from decimal import Context, Decimal, Inexact
from typing import Any

from verifier_server.verifiers.json.parse import MAX_DEPTH, MAX_NUMBER_CHARS, NumberError, decimal

MAX_NODES = 200_000

_MAX_INTEGER = 10**MAX_NUMBER_CHARS
# Beyond it, hash(n) is n modulo 2**61 - 1, so a document could hold many that collide.
_SAFE_HASH = 1 << 60
_SAFE_DIGITS = 19
# Far above what numbers of `parse` need; whatever still had to be rounded raises.
_EXACT = Context(prec=20_000, traps=[Inexact])


class UnusableValueError(ValueError):
    """A document of the task is too deep, too big or holds what no completion could say.

    `path` has the names and indices that lead to the place.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.path: tuple[str | int, ...] = ()


def exact(document: Any) -> Any:
    """A copy of a decoded document with every float as the Decimal it was written as.

    Raises:
        UnusableValueError: deeper than MAX_DEPTH, more than MAX_NODES values, or what
            `parse` refuses in a completion.
    """
    budget = [MAX_NODES]
    return _exact(document, 0, budget)


def _exact(value: Any, depth: int, budget: list[int]) -> Any:
    budget[0] -= 1
    if budget[0] < 0:
        raise UnusableValueError(f"more than {MAX_NODES} values")
    if isinstance(value, str):
        return _valid_text(value)
    if isinstance(value, (dict, list)):
        if depth >= MAX_DEPTH:
            raise UnusableValueError(f"deeper than {MAX_DEPTH} levels")
        if isinstance(value, list):
            return [_item(index, item, depth + 1, budget) for index, item in enumerate(value)]
        return {
            _valid_text(name): _item(name, item, depth + 1, budget) for name, item in value.items()
        }
    if isinstance(value, bool) or value is None:
        return value
    return _exact_number(value)


def _item(place: str | int, value: Any, depth: int, budget: list[int]) -> Any:
    try:
        return _exact(value, depth, budget)
    except UnusableValueError as error:
        error.path = (place, *error.path)
        raise


def _valid_text(text: str) -> str:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise UnusableValueError("a text with half of a surrogate pair") from None
    return text


def _exact_number(number: Any) -> Any:
    if isinstance(number, int):
        if not -_MAX_INTEGER < 10 * number < 10 * _MAX_INTEGER:
            raise UnusableValueError(f"a number of more than {MAX_NUMBER_CHARS} characters")
        return number
    if not (number.is_finite() if isinstance(number, Decimal) else math.isfinite(number)):
        raise UnusableValueError("a number that is not finite")
    literal = str(number) if isinstance(number, Decimal) else repr(float(number))
    try:
        # One that was written with a fraction or an exponent stays told from an integer.
        return decimal(literal + ".0" if literal.lstrip("-").isdecimal() else literal)
    except NumberError:
        raise UnusableValueError("a number out of range") from None


def key(value: Any) -> Hashable:
    """A hashable stand-in for a value, equal for equal JSON values."""
    kind = value.__class__
    if kind is str or value is None:
        return value  # type: ignore[no-any-return]  # str or None
    if kind is int and -_SAFE_HASH < value < _SAFE_HASH:
        return value  # type: ignore[no-any-return]  # int
    if kind is dict:
        return ("object", frozenset([(name, key(item)) for name, item in value.items()]))
    if kind is list:
        return ("array", tuple([key(item) for item in value]))
    if kind is bool:
        return (value,)
    return number_key(value)


def number_key(number: int | Decimal) -> Hashable:
    """Equal for equal numbers, and of a hash that no document can steer."""
    # What is far beyond the safe ones is not made an integer of as many digits.
    if number.__class__ is int or Decimal(number).adjusted() < _SAFE_DIGITS:
        whole = int(number)
        if -_SAFE_HASH < whole < _SAFE_HASH and whole == number:
            return whole
    return ("number", str(_EXACT.normalize(Decimal(number))))


def pointer(path: tuple[str | int, ...]) -> str:
    """The RFC 6901 pointer of a path of names and indices; "" for the whole document."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
