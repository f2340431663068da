"""Answers with a known meaning: what the property tests write, rewrite and perturb.

Promises: independent of the verifier. `same_meaning` decides by mpmath's own
functions at several points, and by the rules of each kind.

Does not cover: spelling (`typeset`).
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath

DIGITS = 60
POINTS = 7
_CLOSE = mpmath.mpf(10) ** -45


@dataclass(frozen=True)
class Num:
    """A rational. `places`: written as a decimal with so many places, which must show it all."""

    value: Fraction
    places: int | None = None


@dataclass(frozen=True)
class Var:
    name: str


@dataclass(frozen=True)
class Const:
    """pi, e or i."""

    name: str


@dataclass(frozen=True)
class Op:
    """add, mul (two or more); div, pow, root (of x, degree n); neg, abs, sin, cos, tan, ln."""

    name: str
    args: "tuple[Expr, ...]"


Expr = Num | Var | Const | Op


@dataclass(frozen=True)
class Several:
    """`kind`: tuple, vector, set or list. Sets hold different items."""

    kind: str
    items: "tuple[Answer, ...]"


@dataclass(frozen=True)
class Range:
    """An interval of numbers; None stands for infinity."""

    low: Fraction | None
    high: Fraction | None
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True)
class Ranges:
    """A union of ranges that neither touch nor overlap."""

    parts: tuple[Range, ...]


@dataclass(frozen=True)
class Grid:
    rows: tuple[tuple[Expr, ...], ...]


@dataclass(frozen=True)
class Equation:
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Quantity:
    """`unit` is a key of typeset.UNITS."""

    value: Num
    unit: str


@dataclass(frozen=True)
class Angle:
    degrees: Fraction


@dataclass(frozen=True)
class Percent:
    percent: Fraction


@dataclass(frozen=True)
class Based:
    value: int
    base: int


@dataclass(frozen=True)
class Choice:
    letter: str


@dataclass(frozen=True)
class Words:
    words: str


Answer = (
    Num
    | Var
    | Const
    | Op
    | Several
    | Range
    | Ranges
    | Grid
    | Equation
    | Quantity
    | Angle
    | Percent
    | Based
    | Choice
    | Words
)
SCALARS = (Num, Var, Const, Op)


class NoValueError(Exception):
    """The expression has no value at this point."""


_FUNCTIONS: dict[str, Any] = {
    "neg": lambda x: -x,
    "abs": mpmath.fabs,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "ln": mpmath.log,
}


def value(expr: Expr, point: Mapping[str, Fraction]) -> Any:
    """The value at a point, to DIGITS digits; complex where a branch is.

    Raises:
        NoValueError: a division by zero and the like.
    """
    with mpmath.workdps(DIGITS):
        try:
            return _value(expr, point)
        except (ArithmeticError, ValueError):
            raise NoValueError from None


def _value(expr: Expr, point: Mapping[str, Fraction]) -> Any:
    match expr:
        case Num(number):
            return mpmath.mpf(number.numerator) / number.denominator
        case Var(name):
            return mpmath.mpf(point[name].numerator) / point[name].denominator
        case Const(name):
            return {"pi": +mpmath.pi, "e": +mpmath.e, "i": mpmath.mpc(0, 1)}[name]
    args = [_value(argument, point) for argument in expr.args]
    match expr.name:
        case "add":
            return mpmath.fsum(args)
        case "mul":
            return mpmath.fprod(args)
        case "div":
            return args[0] / _nonzero(args[1])
        case "pow":
            return _power(*args)
        case "root":
            return mpmath.root(args[0], int(mpmath.re(args[1])))
        case "ln":
            return mpmath.log(_nonzero(args[0]))
        case name:
            return _FUNCTIONS[name](args[0])


def _nonzero(number: Any) -> Any:
    if abs(number) < _CLOSE:
        raise NoValueError
    return number


def _power(base: Any, power: Any) -> Any:
    if abs(power) > 300 or mpmath.mag(base) > 300:
        raise NoValueError
    return _nonzero(base) ** power if mpmath.re(power) <= 0 else base**power


def variables(answer: Answer) -> set[str]:
    match answer:
        case Var(name):
            return {name}
        case Op(_, args):
            return set().union(*map(variables, args))
        case Several(_, items):
            return set().union(*map(variables, items))
        case Grid(rows):
            return set().union(*(variables(entry) for row in rows for entry in row))
        case Equation(left, right):
            return variables(left) | variables(right)
        case _:
            return set()


def is_defined(answer: Answer) -> bool:
    """Whether every expression in it has a value, at one point at least."""
    match answer:
        case Num() | Var() | Const() | Op():
            return any(found is not None for found in _values(answer, variables(answer)))
        case Several(_, items):
            return all(map(is_defined, items))
        case Grid(rows):
            return all(is_defined(entry) for row in rows for entry in row)
        case Equation(left, right):
            return is_defined(left) and is_defined(right)
        case _:
            return True


def _values(expr: Expr, names: set[str]) -> list[Any]:
    generator = random.Random(20260101)
    found: list[Any] = []
    for index in range(POINTS):
        # Small fractions of both signs, the same for every expression with these names.
        sign = -1 if index % 3 == 2 else 1
        point = {name: sign * Fraction(generator.randrange(3, 400), 97) for name in sorted(names)}
        try:
            found.append(value(expr, point))
        except NoValueError:
            found.append(None)
    return found


def equal_values(left: Expr, right: Expr) -> bool | None:
    """Whether two expressions agree wherever both have values; None if that is nowhere."""
    names = variables(left) | variables(right)
    pairs = list(zip(_values(left, names), _values(right, names), strict=True))
    with mpmath.workdps(DIGITS):
        both = [(a, b) for a, b in pairs if a is not None and b is not None]
        if not both:
            return None
        return all(abs(a - b) <= _CLOSE * max(1, abs(a), abs(b)) for a, b in both)


def _proportional(left: Equation, right: Equation) -> bool | None:
    names = variables(left) | variables(right)
    sides = [Op("add", (each.left, Op("neg", (each.right,)))) for each in (left, right)]
    pairs = list(zip(*(_values(side, names) for side in sides), strict=True))
    with mpmath.workdps(DIGITS):
        both = [(a, b) for a, b in pairs if a is not None and b is not None]
        if not both or any(abs(a) < _CLOSE or abs(b) < _CLOSE for a, b in both):
            return None
        ratio = both[0][0] / both[0][1]
        return all(abs(a - ratio * b) <= _CLOSE * max(1, abs(a)) for a, b in both)


def same_meaning(left: Answer, right: Answer) -> bool | None:
    """Whether two answers mean the same; None where that is for the policy to say."""
    if left == right:
        return True
    if isinstance(left, SCALARS) and isinstance(right, SCALARS):
        return equal_values(left, right)
    if type(left) is not type(right):
        return _across(left, right)
    match left, right:
        case Several(one, items), Several(two, others):
            if one != two:
                return None
            return (
                _together(items, others) if one in ("tuple", "vector") else _paired(items, others)
            )
        case Ranges(parts), Ranges(others):
            return set(parts) == set(others)
        case Grid(rows), Grid(others):
            if [len(row) for row in rows] != [len(row) for row in others]:
                return False
            return _together(
                [entry for row in rows for entry in row],
                [entry for row in others for entry in row],
            )
        case Equation(), Equation():
            return _proportional(left, right)
        case Quantity(one, unit), Quantity(two, other):
            return one.value == two.value and unit == other
        case Based(one, base), Based(two, other):
            return None if one == two and base != other else one == two
        case _:
            return left == right


def _across(left: Answer, right: Answer) -> bool | None:
    """Answers of two kinds: only words and choices are never anything else."""
    if isinstance(left, Words) or isinstance(right, Words):
        return False
    listed = (Several, Grid, Range, Ranges)
    if isinstance(left, SCALARS) and isinstance(right, listed):
        return False if isinstance(right, (Range, Ranges)) or len(_items(right)) > 1 else None
    if isinstance(right, SCALARS) and isinstance(left, listed):
        return _across(right, left)
    return None


def _items(answer: Answer) -> Sequence[Answer]:
    if isinstance(answer, Several):
        return answer.items
    return [entry for row in answer.rows for entry in row] if isinstance(answer, Grid) else ()


def _together(left: Sequence[Answer], right: Sequence[Answer]) -> bool | None:
    if len(left) != len(right):
        return False
    found = [same_meaning(a, b) for a, b in zip(left, right, strict=True)]
    return False if False in found else None if None in found else True


def _paired(left: Sequence[Answer], right: Sequence[Answer]) -> bool | None:
    """As sets: every item is in the other one too."""
    found = [[same_meaning(a, b) for b in right] for a in left]
    if any(None in row for row in found):
        return None
    return all(map(any, found)) and all(map(any, zip(*found, strict=True)))
