"""What an answer means: a small tree of plain data.

Promises: immutable, hashable, compared by structure. `Group` with brackets ""
is a bare list, "{" a set, "cup" a union; every other bracket pair is ordered
and keeps its brackets, since (1,2) may be a point or an interval.

Does not cover: evaluation (`exact`, `numeric`, `symbolic`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Number:
    """An exact rational."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Symbol:
    """A variable, with its subscript if it has one: x, alpha, x_1."""

    name: str


@dataclass(frozen=True, slots=True)
class Constant:
    """One of pi, e, i, oo."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """An operation: add, mul, div, pow, neg, root, a function name, or apply (of f to x)."""

    name: str
    arguments: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Group:
    """Several values in brackets, or none."""

    opening: str
    closing: str
    items: "tuple[Node, ...]"

    @property
    def ordered(self) -> bool:
        """Whether the order of the items matters."""
        return self.opening not in ("", "{", "cup")


@dataclass(frozen=True, slots=True)
class Relation:
    """A chain such as 2 <= x < 5: operators are one fewer than sides.

    Operators are =, <, <=, !=; a chain with > or >= is stored reversed.
    """

    operators: tuple[str, ...]
    sides: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Text:
    """Words, casefolded, with single spaces."""

    words: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value with a unit from the whitelist, under the unit's one name."""

    value: "Node"
    unit: str


Node = Number | Symbol | Constant | Call | Group | Relation | Text | Quantity


def children(node: Node) -> tuple[Node, ...]:
    """The direct parts of a node."""
    match node:
        case Call(_, parts) | Group(_, _, parts) | Relation(_, parts):
            return parts
        case Quantity(value, _):
            return (value,)
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """A node and everything in it, parents first."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(children(current))
