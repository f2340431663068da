"""How one leaf is compared with another: a table of comparators by name.

Promises: a comparator applies to the JSON types that it reads and to no
others, so nothing is coerced; where the expected leaf is of another type, it
is compared exactly. Where `identity` is given, equality under the comparator is
that of identities (reflexive, symmetric, transitive); the others are
tolerances and lists of accepted values, which are not.

Does not cover: containers, except empty ones; options' syntax (`rules`).
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

from verifier_server.verifiers.json.compare.budget import Work
from verifier_server.verifiers.json.compare.numbers import Number, within
from verifier_server.verifiers.json.compare.times import DAY, NANOSECONDS, Reader
from verifier_server.verifiers.json.values import key, number_key

Same = Callable[[Any, Work], bool]

_TYPES = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    Decimal: "number",
    str: "string",
    list: "array",
    dict: "object",
}
SCALARS = frozenset(("null", "boolean", "number", "string"))
_TEXT = frozenset(("string",))


def json_type(value: Any) -> str:
    """The JSON type of an exact value."""
    return _TYPES[value.__class__]


@dataclass(frozen=True, slots=True, eq=False)
class Comparator:
    """One way to compare leaves.

    `reads` are the JSON types it applies to. `same(expected)` is the test of predicted
    values. `identity` maps a value of a type it reads to what decides equality; None where
    equality is not transitive. `usable` tells whether an expected value can be read.
    """

    name: str
    reads: frozenset[str]
    same: Callable[[Any], Same]
    identity: Callable[[Any], Hashable] | None
    usable: Callable[[Any], bool] = lambda value: True


def _same_exactly(expected: Any) -> Same:
    if isinstance(expected, (int, Decimal)) and not isinstance(expected, bool):
        return within(expected, 0, 0)
    if isinstance(expected, str):
        return lambda predicted, work: predicted == expected
    return lambda predicted, work: predicted is expected  # None, True, False


EXACT = Comparator("exact", SCALARS, _same_exactly, key)


def number(absolute: Number, relative: Number) -> Comparator:
    """Numbers within a tolerance (`numbers.within`)."""

    def same(expected: Any) -> Same:
        return within(expected, absolute, relative)

    identity = None if absolute or relative else number_key
    return Comparator("number", frozenset(("number",)), same, identity)


def text(fold: Callable[[str], str]) -> Comparator:
    """Texts that fold to the same (`texts.folding`)."""

    def same(expected: Any) -> Same:
        wanted = fold(expected)

        def test(predicted: Any, work: Work) -> bool:
            return predicted.__class__ is str and (
                predicted == expected or work.reading(fold, predicted) == wanted
            )

        return test

    return Comparator("text", _TEXT, same, fold)


def moment(kind: str, read: Reader, tolerance: Number) -> Comparator:
    """Texts that say the same moment (`times.reader`), or one within `tolerance` seconds."""
    span = floor(Fraction(tolerance) * NANOSECONDS)  # differences are whole nanoseconds

    def same(expected: Any) -> Same:
        wanted = read(expected)

        def test(predicted: Any, work: Work) -> bool:
            if predicted.__class__ is not str:
                return False
            if predicted == expected:
                return True
            said = work.reading(read, predicted)
            if said is None or wanted is None or said.aware is not wanted.aware:
                return False
            apart = abs(said.nanoseconds - wanted.nanoseconds)
            if kind == "time":  # of day: midnight is next to what comes before it
                apart = min(apart, DAY - apart)
            return bool(apart <= span)

        return test

    def identity(value: str) -> Hashable:
        return read(value) or value

    return Comparator(
        kind,
        _TEXT,
        same,
        None if tolerance else identity,
        lambda value: read(value) is not None,
    )


def one_of(values: Sequence[Any]) -> Comparator:
    """The expected value or one of these scalars."""
    accepted = frozenset(map(key, values))

    def same(expected: Any) -> Same:
        right = accepted | {key(expected)}

        def test(predicted: Any, work: Work) -> bool:
            return not isinstance(predicted, (list, dict)) and key(predicted) in right

        return test

    return Comparator("one_of", SCALARS, same, None)
