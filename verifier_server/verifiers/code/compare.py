"""Function mode: a value that came back against the value that was expected.

Promises: tells plain values apart by their exact builtin types; nothing of the
candidate's is ever called, hashed into a table or compared by its own methods,
and what is no plain value equals nothing. Linear, or n log n where order does
not count; depth is bounded by the expected value.

What equals what:

* numbers by value: 1 equals 1.0, exactly, however large; `True` is no 1. A
  Fraction, Decimal or numpy scalar is the number it stands for. nan equals nan,
  since a task that expects it can mean nothing else.
* without `literals` the JSON view: a list, a tuple (named or not) and a numpy
  array are the same; an object equals a dict whose keys are strings, in any order.
* with `literals` the kinds must match: list, tuple, set (frozen or not), dict,
  bytes (or bytearray).
* `approx`: numbers at any depth within max(abs_tol, rel_tol * |expected|), but
  two integers only when equal. Keys of dicts and members of sets stay exact.
* `unordered`: lists as multisets, the outermost alone or at any depth; in the
  JSON view the outermost may come as a set.
* `set`: the outermost lists, tuples or sets as sets.

Does not cover: output text (`tokens.py`), judges (`guest/checker`), objects of
the candidate's classes (they are no plain values).
"""

import math
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from itertools import pairwise
from typing import Any

from verifier_server.verifiers.code.guest import arrays
from verifier_server.verifiers.code.task import Compare, Method

MAX_KEY_CHARS = 40
MAX_DEPTH = 150  # above what a task may nest, so that only unequal values reach it
MAX_ARRAY_ITEMS = 1 << 22
MAX_DECIMAL_EXPONENT = 400  # beyond the range of a double
MAX_DECIMAL_DIGITS = 1100  # above what a double has (767)
_FLOAT_BITS = 1100  # an integer of more is further from every float than any tolerance


@dataclass(frozen=True, slots=True)
class Difference:
    """The first difference: where ("[2]['a']"), and of what: type, length, keys or value.

    Never holds anything of the expected value but its shape.
    """

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.what} at {self.where}" if self.where else self.what


class Kind(IntEnum):
    """What a value is, as far as comparing goes. The order has no meaning but is fixed."""

    NONE = 0
    BOOL = 1
    NAN = 2
    NUMBER = 3
    COMPLEX = 4
    TEXT = 5
    BYTES = 6
    ELLIPSIS = 7
    LIST = 8
    TUPLE = 9
    SET = 10
    DICT = 11
    OTHER = 12


_DICTS = (dict, OrderedDict, Counter, defaultdict)
_MANY = (Kind.LIST, Kind.TUPLE, Kind.SET)
_TYPE_KINDS: dict[type, Kind] = {
    type(None): Kind.NONE,
    bool: Kind.BOOL,
    str: Kind.TEXT,
    bytes: Kind.BYTES,
    bytearray: Kind.BYTES,
    type(...): Kind.ELLIPSIS,
    list: Kind.LIST,
    set: Kind.SET,
    frozenset: Kind.SET,
    **dict.fromkeys(_DICTS, Kind.DICT),
}


class _Unequal(Exception):
    """A value that equals nothing: no plain data, too deep, or a key that JSON has not."""


def compare(actual: Any, expected: Any, rules: Compare) -> Difference | None:
    """The first difference, or None where `actual` is right.

    Args:
        actual: as the session decoded it; anything at all.
        expected: of the task: JSON, or the value of a literal.
        rules: with a method of function mode.
    """
    return _Comparison(rules).run(expected, actual)


class _Comparison:
    def __init__(self, rules: Compare) -> None:
        self._rules = rules
        self._literals = rules.literals

    def run(self, expected: Any, actual: Any) -> Difference | None:
        method = self._rules.method
        if method is Method.UNORDERED and self._rules.any_depth:
            return self._by_keys([expected], [actual], sort=True)
        if method in (Method.UNORDERED, Method.SET):
            return self._many(expected, actual, as_set=method is Method.SET)
        return self._differ(expected, actual, "")

    def _kind(self, value: Any) -> tuple[Kind, Any]:
        """A value's kind, and the value in the form in which that kind is compared."""
        kind = type(value)
        found = _TYPE_KINDS.get(kind)
        if found is not None:
            return found, value
        if kind is int:
            return Kind.NUMBER, value
        if kind is float:
            return (Kind.NUMBER, value) if value == value else (Kind.NAN, None)
        if issubclass(kind, tuple):  # a namedtuple, or a tuple
            return Kind.TUPLE if self._literals else Kind.LIST, value
        if kind is complex:
            if value.imag == 0:
                return self._kind(value.real)
            bad = math.isnan(value.real) or math.isnan(value.imag)
            return (Kind.OTHER if bad else Kind.COMPLEX), value
        if kind is Fraction or kind is Decimal:
            return _rational(value)
        if arrays.is_array_like(kind):
            return self._array(value)
        return Kind.OTHER, None

    def _array(self, value: Any) -> tuple[Kind, Any]:
        """numpy's: a scalar is its Python value, an array a list of lists."""
        size = 1
        for length in value.shape:
            size *= max(length, 1)
        if size > MAX_ARRAY_ITEMS or (value.ndim and self._literals):
            return Kind.OTHER, None
        plain = value.tolist()
        return (Kind.OTHER, None) if arrays.is_array_like(type(plain)) else self._kind(plain)

    def _differ(self, expected: Any, actual: Any, where: str) -> Difference | None:
        kind, wanted = self._kind(expected)
        actual_kind, found = self._kind(actual)
        if kind is Kind.COMPLEX or actual_kind is Kind.COMPLEX:
            numbers = {kind, actual_kind} <= {Kind.COMPLEX, Kind.NUMBER}
            return self._numbers(wanted, found, where) if numbers else Difference(where, "type")
        if kind is not actual_kind or kind is Kind.OTHER:
            return Difference(where, "type")
        if kind is Kind.NUMBER:
            return self._numbers(wanted, found, where)
        if kind in (Kind.LIST, Kind.TUPLE):
            if len(wanted) != len(found):
                return Difference(where, "length")
            for index, pair in enumerate(zip(wanted, found, strict=True)):
                inner = self._differ(*pair, f"{where}[{index}]")
                if inner is not None:
                    return inner
            return None
        if kind is Kind.DICT:
            return self._dicts(wanted, found, where)
        if kind is Kind.SET:
            differs = self._by_keys(list(wanted), list(found), sort=False)
            return None if differs is None else Difference(where, differs.what)
        return None if wanted == found else Difference(where, "value")

    def _numbers(self, wanted: Any, found: Any, where: str) -> Difference | None:
        right = wanted == found
        if not right and self._rules.method is Method.APPROX:
            right = _close(wanted, found, self._rules.abs_tol, self._rules.rel_tol)
        return None if right else Difference(where, "value")

    def _dicts(self, wanted: Any, found: Any, where: str) -> Difference | None:
        if len(wanted) != len(found):
            return Difference(where, "keys")
        try:
            keys, actual_keys = self._by_key(wanted), self._by_key(found)
        except _Unequal:
            return Difference(where, "keys")
        if [key for key, _ in keys] != [key for key, _ in actual_keys]:
            return Difference(where, "keys")
        for (_, name), (_, actual_name) in zip(keys, actual_keys, strict=True):
            place = f"{where}[{_shown(actual_name)}]"
            inner = self._differ(wanted[name], found[actual_name], place)
            if inner is not None:
                return inner
        return None

    def _by_key(self, value: Any) -> list[tuple[Any, Any]]:
        """The names of a dict, in an order that equal dicts share, each after its key."""
        if not self._literals and not all(type(name) is str for name in value):
            raise _Unequal
        return sorted(((self._key(name, False, 0), name) for name in value), key=_first)

    def _many(self, expected: Any, actual: Any, *, as_set: bool) -> Difference | None:
        kind, wanted = self._kind(expected)
        actual_kind, found = self._kind(actual)
        if kind not in _MANY:
            return self._differ(expected, actual, "")
        alike = actual_kind in _MANY if as_set or not self._literals else actual_kind is kind
        if not alike:
            return Difference("", "type")
        if not as_set and len(wanted) != len(found):
            return Difference("", "length")
        return self._by_keys(list(wanted), list(found), sort=False, unique=as_set)

    def _by_keys(
        self, expected: Sequence[Any], actual: Sequence[Any], *, sort: bool, unique: bool = False
    ) -> Difference | None:
        """Compares without order. `sort`: nor with order in the lists within."""
        try:
            wanted = sorted([self._key(item, sort, 0) for item in expected])
            found = sorted([self._key(item, sort, 0) for item in actual])
        except _Unequal:
            return Difference("", "value")
        if unique:
            wanted, found = _distinct(wanted), _distinct(found)
        return None if wanted == found else Difference("", "value")

    def _key(self, value: Any, sort: bool, depth: int) -> tuple[Any, ...]:
        """A tuple that is equal for equal values, and can be ordered among all others.

        Sorted and never hashed: hashes can be made to collide, orders cannot.
        """
        kind, plain = self._kind(value)
        if kind is Kind.OTHER or depth > MAX_DEPTH:
            raise _Unequal
        if kind is Kind.COMPLEX:
            return kind, plain.real, plain.imag
        if kind in (Kind.LIST, Kind.TUPLE):
            keys = [self._key(item, sort, depth + 1) for item in plain]
            return kind, len(keys), tuple(sorted(keys) if sort else keys)
        if kind is Kind.SET:
            keys = [self._key(item, sort, depth + 1) for item in plain]
            return kind, len(keys), tuple(sorted(keys))
        if kind is Kind.DICT:
            names = self._by_key(plain)
            pairs = [(key, self._key(plain[name], sort, depth + 1)) for key, name in names]
            return kind, len(pairs), tuple(pairs)
        if kind is Kind.BYTES:
            return kind, bytes(plain)
        return (kind,) if kind in (Kind.NONE, Kind.NAN, Kind.ELLIPSIS) else (kind, plain)


def _shown(name: Any) -> str:
    """A key of a dict, for a reader."""
    return repr(name[:MAX_KEY_CHARS]) if type(name) is str else f"a {type(name).__name__}"


def _first(pair: tuple[Any, Any]) -> Any:
    return pair[0]


def _distinct(ordered: Sequence[Any]) -> list[Any]:
    return [*ordered[:1], *(after for before, after in pairwise(ordered) if before != after)]


def _rational(value: Fraction | Decimal) -> tuple[Kind, Any]:
    """The number, where it is of a size that a task's numbers have; else it equals none."""
    if isinstance(value, Decimal):
        if value.is_nan():
            return Kind.NAN, None
        if value.is_infinite():
            return Kind.NUMBER, math.copysign(math.inf, value)
        if not value:
            return Kind.NUMBER, 0
        digits = len(value.as_tuple().digits)
        if digits > MAX_DECIMAL_DIGITS or abs(value.adjusted()) > MAX_DECIMAL_EXPONENT:
            return Kind.OTHER, None
    number = Fraction(value)
    return Kind.NUMBER, number.numerator if number.denominator == 1 else number


def _close(expected: Any, actual: Any, abs_tol: float, rel_tol: float) -> bool:
    """|actual - expected| <= max(abs_tol, rel_tol * |expected|), for finite numbers that differ.

    As pytest.approx: relative to the expected value. Two integers are never close.
    """
    numbers = (expected, actual)
    if all(type(each) is int for each in numbers):
        return False
    if any(type(each) is int and each.bit_length() > _FLOAT_BITS for each in numbers):
        return False
    try:
        if complex in map(type, numbers):
            gap, size = abs(complex(actual) - complex(expected)), abs(complex(expected))
            return math.isfinite(gap) and gap <= max(abs_tol, rel_tol * size)
        if not all(map(math.isfinite, map(float, numbers))):
            return False
    except OverflowError:
        return False
    if all(type(each) is float for each in numbers):
        return bool(abs(actual - expected) <= max(abs_tol, rel_tol * abs(expected)))
    # Exactly, where one is no float: an integer may have more digits than a float.
    wanted, found = map(Fraction, numbers)
    return abs(found - wanted) <= max(Fraction(abs_tol), Fraction(rel_tol) * abs(wanted))
