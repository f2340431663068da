"""What the arguments of a call are.

Promises: each helper gives its kind of value or refuses.

Does not cover: the calls (`calls`, `plain`, `methods`).
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

from verifier_server.verifiers.logic.composing.measured import BuildError, Built
from verifier_server.verifiers.logic.zpython.operating import few, lifted
from verifier_server.verifiers.logic.zpython.reasons import (
    ARITY_MISMATCH,
    SORT_MISMATCH,
    UNSUPPORTED,
)
from verifier_server.verifiers.logic.zpython.values import (
    DictValue,
    ListValue,
    SortValue,
    Value,
    items_of,
)
from verifier_server.verifiers.logic.zpython.vocabulary import Vocabulary

type Call = Callable[[Vocabulary, Sequence[Value]], Value]

# Digits of a number that is given as a text.
MAX_NUMERAL = 60


def iterated(value: Value) -> list[Value]:
    """The items that a loop goes over.

    Raises:
        BuildError: the value has none.
    """
    if isinstance(value, ListValue):
        return list(value.items)
    if isinstance(value, DictValue):
        return [_unkeyed(key) for key in value.items]
    if isinstance(value, str):
        return list(value)
    raise BuildError(UNSUPPORTED, "nothing to go over")


def _unkeyed(key: object) -> Value:
    if isinstance(key, tuple):
        return ListValue([_unkeyed(each) for each in key], frozen=True)
    assert isinstance(key, (int, str, Fraction))
    return key


def listed(values: Sequence[Value], *, frozen: bool = False) -> ListValue:
    """A list of values, if it is short."""
    return few(ListValue(list(values), frozen))


def text_in(value: Value) -> str:
    """A text."""
    if not isinstance(value, str):
        raise BuildError(SORT_MISMATCH, "expected a text")
    return value


def whole_in(value: Value) -> int:
    """A whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise BuildError(SORT_MISMATCH, "expected a whole number")
    return value


def sort_in(value: Value) -> SortValue:
    """A sort."""
    if not isinstance(value, SortValue):
        raise BuildError(SORT_MISMATCH, "expected a sort")
    return value


def parts_of(values: Sequence[Value]) -> list[Built]:
    """The parts of a formula that z3's arguments are, one by one or in one list."""
    return [lifted(value) for value in items_of(values)]


def expect(values: Sequence[Value], least: int, most: int | None = None) -> None:
    """Raise unless there are so many arguments."""
    if not least <= len(values) <= (least if most is None else most):
        raise BuildError(ARITY_MISMATCH, f"{len(values)} arguments are not expected here")
