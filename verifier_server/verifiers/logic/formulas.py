"""Formulas of many-sorted first-order logic with equality: the one syntax tree.

Promises: plain frozen data. Every reader gives this tree and every printer and
encoder takes it, so a formula means the same whatever it was written in. `and`
and `or` are flat and have at least two parts; implication, equivalence and
exclusive or have two. Sorts are names; "" is the one unnamed sort of plain
first-order logic, which is never empty.

Does not cover: whether symbols are used consistently (`signature`) and how deep
a tree may be: readers bound that before they build one.
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

ANY = ""
BOOL = "Bool"
INT = "Int"
REAL = "Real"


class Op(StrEnum):
    """Connectives."""

    AND = "and"
    OR = "or"
    XOR = "xor"
    IMPLIES = "implies"
    IFF = "iff"


class Quantifier(StrEnum):
    """Quantifiers."""

    FORALL = "forall"
    EXISTS = "exists"


class Arithmetic(StrEnum):
    """Interpreted functions on Int and Real; `ITE` takes a formula first."""

    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"
    DIV = "div"
    MOD = "mod"
    ABS = "abs"
    NEGATE = "neg"
    TO_REAL = "to_real"
    TO_INT = "to_int"
    ITE = "ite"


class Relation(StrEnum):
    """Interpreted relations on Int and Real."""

    LESS = "<"
    LESS_EQUAL = "<="
    GREATER = ">"
    GREATER_EQUAL = ">="


@dataclass(frozen=True, slots=True)
class Variable:
    """A bound variable, or a free one that no one has bound."""

    name: str
    sort: str = ANY


@dataclass(frozen=True, slots=True)
class Function:
    """An uninterpreted function of terms; a constant when it has none."""

    name: str
    arguments: "tuple[Term, ...]" = ()


@dataclass(frozen=True, slots=True)
class Number:
    """A numeral of sort Int (an integer value) or Real."""

    value: Fraction
    sort: str


@dataclass(frozen=True, slots=True)
class Computed:
    """An interpreted function of terms; with `ITE`, of a formula and two terms."""

    operation: Arithmetic
    arguments: "tuple[Term | Formula, ...]"


Term = Variable | Function | Number | Computed


@dataclass(frozen=True, slots=True)
class Truth:
    """True or false itself."""

    value: bool


@dataclass(frozen=True, slots=True)
class Atom:
    """An uninterpreted predicate of terms; a proposition when it has none."""

    name: str
    arguments: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Equal:
    """Two terms of one sort are the same."""

    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Compared:
    """An interpreted relation of two numbers."""

    relation: Relation
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Not:
    """A negation."""

    body: "Formula"


@dataclass(frozen=True, slots=True)
class Connected:
    """Parts joined by one connective."""

    op: Op
    parts: "tuple[Formula, ...]"


@dataclass(frozen=True, slots=True)
class Quantified:
    """A quantifier over one or more variables."""

    quantifier: Quantifier
    variables: tuple[Variable, ...]
    body: "Formula"


Formula = Truth | Atom | Equal | Compared | Not | Connected | Quantified
