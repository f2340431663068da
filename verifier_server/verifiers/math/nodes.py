"""What an answer means: a small tree of plain data.

Promises: immutable, hashable, compared by structure, small (`limits`). The parser
makes no other shapes than those named here, and decides nothing that depends on
the other answer: (1,2) stays a pair in round brackets, a point or an interval.

Does not cover: evaluation (`exact`, `numeric`, `symbolic`), comparison (`check`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Number:
    """A rational number. `places` is how many decimals were written, None for none at all.

    The places are not compared: 0.50 is 1/2. They tell how exact a decimal claims to be.
    """

    value: Fraction
    places: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Symbol:
    """A variable, with its subscript if it has one: x, alpha, x_1."""

    name: str


@dataclass(frozen=True, slots=True)
class Constant:
    """One of pi, e, i, oo; R, Q, Z, N, C for the number sets; ... for an ellipsis."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """An operation on one or more parts, by its name.

    Arithmetic: add (two or more), mul, div, pow, neg, root (of x, degree n), abs, factorial,
    binomial, percent (of x: x/100), degree (x degrees within an expression: x pi/180).
    Functions: sin cos tan cot sec csc, arc- and -h and arc-h of these, ln, floor, ceil, gcd,
    lcm, max, min, mod (a, m), sign, re, im, conjugate, arg, det (of a Matrix), transpose, inverse.
    Binders: sum, product (body, Symbol, low, high); integral (body, Symbol[, low, high]);
    limit (body, Symbol, point); derivative (body, Symbol).
    apply (Symbol f, arguments...): an unknown function; prime (of f or of an apply).
    ratio (two or more): 3:4. dot, cross (two): of vectors.
    """

    name: str
    arguments: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Group:
    """Several values in brackets, or none.

    Brackets: "" a bare list; "{" "}" a set; any pair of ( [ with ) ] an interval or a tuple;
    "<" ">" a vector; "cup", "cap", "setminus" (as opening and closing) an operation on sets.
    One value in round brackets is that value; in square ones it is a Group.
    """

    opening: str
    closing: str
    items: "tuple[Node, ...]"

    @property
    def ordered(self) -> bool:
        """Whether the order of the items matters."""
        return self.opening not in ("", "{", "cup", "cap")


@dataclass(frozen=True, slots=True)
class Relation:
    """A chain such as 2 <= x < 5: operators are one fewer than sides.

    Operators are =, <, <=, !=, in, ~ (approximately), == (congruent; its right side is a
    Call mod); a chain with > or >= alone is stored reversed.
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


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of equal length, at least one by one. A column is a Matrix of rows of one."""

    rows: "tuple[tuple[Node, ...], ...]"


@dataclass(frozen=True, slots=True)
class Piecewise:
    """Branches in order: a value, and the relation under which it holds (None: otherwise)."""

    branches: "tuple[tuple[Node, Node | None], ...]"


@dataclass(frozen=True, slots=True)
class SetBuilder:
    r"""{element | conditions}. The element may itself say `x in R`, as a Relation."""

    element: "Node"
    conditions: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Based:
    """A numeral in a base: 101_2. `value` is its value, exact."""

    value: Fraction
    base: int


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a multiple-choice question that its text goes with: "B. 5 apples".

    A letter alone is a Symbol.
    """

    letter: str
    content: "Node | None"


Node = (
    Number
    | Symbol
    | Constant
    | Call
    | Group
    | Relation
    | Text
    | Quantity
    | Matrix
    | Piecewise
    | SetBuilder
    | Based
    | Choice
)

_LEAVES = (Number, Symbol, Constant, Text, Based)


def children(node: Node) -> tuple[Node, ...]:
    """The direct parts of a node."""
    match node:
        case Call(_, parts) | Group(_, _, parts) | Relation(_, parts):
            return parts
        case Quantity(value, _):
            return (value,)
        case Matrix(rows):
            return tuple(entry for row in rows for entry in row)
        case Piecewise(branches):
            return tuple(part for branch in branches for part in branch if part is not None)
        case SetBuilder(element, conditions):
            return (element, *conditions)
        case Choice(_, content):
            return () if content is None else (content,)
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """A node and everything in it, parents first."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        if isinstance(current, Call):
            waiting.extend(current.arguments)
        elif not isinstance(current, _LEAVES):
            waiting.extend(children(current))
