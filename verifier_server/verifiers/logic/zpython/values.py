"""What names of a program may stand for, beside Python's plain values."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from verifier_server.verifiers.logic.composing.measured import Built
from verifier_server.verifiers.logic.declarations import Symbol


@dataclass(frozen=True, slots=True)
class SortValue:
    """A sort."""

    name: str


@dataclass(frozen=True, slots=True)
class FunctionValue:
    """A declared function that takes arguments."""

    symbol: Symbol


@dataclass(slots=True)
class SolverValue:
    """The one solver, to which a program states its formulas."""


@dataclass(slots=True)
class ListValue:
    """A list, or a tuple when it is frozen."""

    items: "list[Value]" = field(default_factory=list)
    frozen: bool = False


@dataclass(slots=True)
class DictValue:
    """A dictionary, by keys that are numbers, texts or tuples of them."""

    items: "dict[Key, Value]" = field(default_factory=dict)


Key = int | str | Fraction | tuple[int | str | Fraction, ...]
Value = (
    int
    | str
    | Fraction
    | Built
    | SortValue
    | FunctionValue
    | SolverValue
    | ListValue
    | DictValue
    | None
)


def items_of(values: Sequence[Value]) -> list[Value]:
    """z3's arguments: given one by one or as one list."""
    if len(values) == 1 and isinstance(values[0], ListValue):
        return list(values[0].items)
    return list(values)
