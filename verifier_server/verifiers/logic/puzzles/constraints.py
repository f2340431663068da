"""Constraint puzzles: a task's JSON to typed constraints.

Promises: every variable, value and operand is known, every number of operands right, and
order is asked only of values that have one. Faults come as data, with a JSON
pointer each and at most MAX_FAULTS of them. Bounded before anything recurses.

A puzzle has `domains` (variable: its values), `ordered` (lists of values, first to last)
and `constraints`. An operand is the name of a variable or a value of one; {"var": name}
and {"value": text} say which where a name is both. Values that are all integers are
ordered as numbers; others by the list of `ordered` that holds them. The closed language:

    eq x y, ne x y             the same value, different values
    lt le gt ge x y            before, ..., in the order of the values
    next x y                   beside each other: one place apart
    succ x y                   y comes directly after x
    apart x y n                n places apart, n >= 1
    between x y z              y lies between x and z, which may be in either order
    diff [x, y, ...]           all different
    in x [v, ...]              one of these values
    not c, and c.., or c.., xor c d, implies c d, iff c d
    exactly n [c, ...], at_least n [c, ...], at_most n [c, ...]

Does not cover: whether they hold (`evaluate`), and how many solutions there are (`unique`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MAX_VARIABLES: Final = 400
MAX_VALUES: Final = 100
MAX_DISTINCT_VALUES: Final = 1_000
MAX_CONSTRAINTS: Final = 2_000
MAX_NODES: Final = 20_000
MAX_DEPTH: Final = 16
MAX_NAME: Final = 64
MAX_FAULTS: Final = 100

# What separates the parts of an answer is in no name and no value; see `assignment_text`.
NAME: Final = re.compile(r"[^\W_](?:[\w .'/+-]*[\w'+])?|_\w*")
VALUE: Final = re.compile(r"(?:[^\W_]|[-+#$/])(?:[\w .'/+:%$#-]*[\w'+%$#])?|_\w*")
INTEGER: Final = re.compile(r"0|-?[1-9]\d{0,8}", re.ASCII)


class Op(StrEnum):
    """The words of the language."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    NEXT = "next"
    SUCC = "succ"
    APART = "apart"
    BETWEEN = "between"
    DIFF = "diff"
    IN = "in"
    NOT = "not"
    AND = "and"
    OR = "or"
    XOR = "xor"
    IMPLIES = "implies"
    IFF = "iff"
    EXACTLY = "exactly"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


@dataclass(frozen=True, slots=True)
class Operand:
    """A variable, by its place in the puzzle, or with place -1 the value `text`."""

    place: int
    text: str


@dataclass(frozen=True, slots=True)
class Relation:
    """eq, ne, an order relation or between, of operands.

    `ranks` gives every value its place in the order where order is asked; `distance` is that
    of apart.
    """

    op: Op
    operands: tuple[Operand, ...]
    ranks: Mapping[str, int] | None = None
    distance: int = 0


@dataclass(frozen=True, slots=True)
class Different:
    """All of at least two variables have different values."""

    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A variable has one of these values."""

    place: int
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Joined:
    """Constraints under a connective; `number` is that of exactly, at_least and at_most."""

    op: Op
    parts: "tuple[Constraint, ...]"
    number: int = 0


Constraint = Relation | Different | Member | Joined


@dataclass(frozen=True, slots=True)
class Puzzle:
    """Variables with the values of each, in the task's order, and the constraints."""

    names: tuple[str, ...]
    domains: tuple[tuple[str, ...], ...]
    constraints: tuple[Constraint, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a task, at a JSON pointer (RFC 6901) into it."""

    pointer: str
    reason: str
    message: str


class PuzzleError(Exception):
    """The task is no puzzle."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{fault.pointer}: {fault.message}" for fault in faults[:3]))
        self.faults = faults
