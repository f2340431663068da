"""Value of a node to many digits, by mpmath.

Promises: every argument's size is checked before a function is evaluated (`evaluators`),
so that no expression costs more than its number of nodes warrants. A finite sum or product
is added up term by term, of at most MAX_TERMS, and not one within another.

Does not cover: error bounds. A caller compares two precisions. Integrals, limits,
derivatives and infinite sums (`symbolic`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from mpmath.libmp import NoConvergence

from verifier_server.verifiers.math.limits import (
    MAX_BITS,
    MAX_PRECISION,
    TooBigError,
)
from verifier_server.verifiers.math.nodes import Call, Constant, Node, Number, Symbol, walk
from verifier_server.verifiers.math.values.evaluators import (
    CONTEXT,
    SEVERAL,
    SINGLE,
    UnsupportedError,
    near_integer,
    nonzero,
    power,
    root,
)
from verifier_server.verifiers.math.values.exact import UndefinedError, exact, exact_or_none

MAX_TERMS = 64
_GUARD_DIGITS = 15
_MEASURING_DIGITS = 40
_ARITHMETIC = ("add", "mul", "div", "neg", "percent", "degree", "re", "im", "max", "min")
_GROWING = ("sinh", "cosh", "tanh", "coth", "sech", "csch")
_TURNING = ("sin", "cos", "tan", "cot", "sec", "csc")


def evaluate(node: Node, point: Mapping[str, Fraction], digits: int) -> Any:
    """The value of a node at a point, an mpmath number.

    A divisor that cannot be told from zero at this precision is zero: tan(pi/2)
    has no value.

    Args:
        node: an expression.
        point: a value for every symbol.
        digits: decimal digits to work with, at least `measure`.

    Raises:
        UndefinedError: there is no value here.
        TooBigError: the value, or a part of it, is out of bounds.
        UnsupportedError: the node is no expression, or holds an unknown function.
    """
    return _measured(node, point, digits, exact_zero=False).value


@dataclass(frozen=True, slots=True)
class Needs:
    """What evaluating a node takes: more decimal digits, and whether no part of it is complex."""

    digits: int
    real: bool


def measure(node: Node, point: Mapping[str, Fraction]) -> Needs:
    """Counts the decimal digits by which the node's value can hide a part of it.

    e^{200} needs 87, tanh 100 needs 87: as far below 1 is what tells it from 1. A rule
    of thumb in the manner of root separation bounds (Mignotte 1992): sizes add over
    sums and products and are multiplied by powers.

    Raises:
        UndefinedError, TooBigError, UnsupportedError: as `evaluate`.
    """
    part = _measured(node, point, _MEASURING_DIGITS, exact_zero=True)
    if part.height > MAX_PRECISION:
        raise TooBigError("needs too many digits")
    return Needs(int(part.height) + 1, part.real)


@dataclass(frozen=True, slots=True)
class _Part:
    value: Any
    height: float  # digits, see `measure`
    real: bool = True


def _measured(node: Node, point: Mapping[str, Fraction], digits: int, exact_zero: bool) -> _Part:
    with CONTEXT.workdps(digits):
        zero = CONTEXT.mpf(0)
        floor = zero if exact_zero else CONTEXT.mpf(10) ** (_GUARD_DIGITS - digits)
        try:
            part = _value(node, point, floor)
        except (ArithmeticError, ValueError, NoConvergence):  # a pole that mpmath met itself
            raise UndefinedError("no value") from None
        if not CONTEXT.isfinite(part.value):
            raise UndefinedError("no finite value")
        return part


def _value(node: Node, point: Mapping[str, Fraction], floor: Any) -> _Part:
    match node:
        case Number(number):
            return _Part(_rational(number), _written(number))
        case Symbol(name):
            if name not in point:
                raise UnsupportedError(name)
            value = _rational(point[name])
            return _Part(value, _size(value))
        case Constant("pi"):
            return _Part(+CONTEXT.pi, 1)
        case Constant("e"):
            return _Part(+CONTEXT.e, 1)
        case Constant("i"):
            return _Part(CONTEXT.mpc(0, 1), 0, real=False)
        case Call(("factorial" | "binomial"), _) if (whole := exact(node)) is not None:
            return _Part(_rational(whole), _written(whole))
        case Call("root", (argument, degree)):
            base = _value(argument, point, floor)
            value = root(base.value, exact(degree))
            real = base.real and not CONTEXT.im(value)
            return _Part(value, max(base.height, _size(value)), real)
        case Call(("sum" | "product"), _):
            return _unrolled(node, point, floor)
        case Call(name, arguments):
            parts = [_value(argument, point, floor) for argument in arguments]
            value = _apply(name, [part.value for part in parts], floor)
            real = all(part.real for part in parts) and not CONTEXT.im(value)
            return _Part(value, _height(node, parts, value), real)
        case _:
            raise UnsupportedError(type(node).__name__)


def _unrolled(node: Call, point: Mapping[str, Fraction], floor: Any) -> _Part:
    """A finite sum or product; an empty one is 0 or 1."""
    body, index, *ends = node.arguments
    if not isinstance(index, Symbol) or len(ends) != 2 or _is_bound(body):
        raise UnsupportedError(node.name)
    low, high = (near_integer(_value(end, point, floor).value, floor) for end in ends)
    if low is None or high is None:
        raise UndefinedError("a sum between what are no integers")
    if high - low >= MAX_TERMS:
        raise TooBigError(f"a sum of more than {MAX_TERMS} terms")
    inner = dict(point)
    parts: list[_Part] = []
    for number in range(low, high + 1):
        inner[index.name] = Fraction(number)
        parts.append(_value(body, inner, floor))
    values = [part.value for part in parts]
    value = CONTEXT.fsum(values) if node.name == "sum" else CONTEXT.fprod(values)
    height = max(sum(part.height for part in parts), _size(value))
    return _Part(value, height, all(part.real for part in parts))


def _is_bound(node: Node) -> bool:
    return any(isinstance(part, Call) and part.name in ("sum", "product") for part in walk(node))


def _height(node: Call, parts: list[_Part], value: Any) -> float:
    total = sum(part.height for part in parts)
    if node.name == "pow":
        times = exact_or_none(node.arguments[1])
        if times is not None:
            # The digits of the exponent hide as those of the base do: 2^{10^{-300}}.
            steepness = max(1.0, float(min(abs(times), Fraction(MAX_BITS))))
            total = parts[0].height * steepness + parts[1].height
    elif node.name not in _ARITHMETIC:
        # At an extremum a function hides twice the digits: cos(10^{-500}).
        total *= 2
    if node.name in _GROWING:
        total += 2 * float(abs(CONTEXT.re(parts[0].value)))
    elif node.name in _TURNING:
        total += 2 * float(abs(CONTEXT.im(parts[0].value)))
    return max(total, _size(value))


def _written(value: Fraction) -> float:
    # A bit is less than a third of a digit.
    return max(value.numerator.bit_length(), value.denominator.bit_length()) / 3


def _size(value: Any) -> float:
    """How many digits a value is from 1, upwards or downwards."""
    # mag is the binary exponent; it costs nothing and does not overflow.
    return 0.0 if not value or not CONTEXT.isfinite(value) else abs(CONTEXT.mag(value)) / 3


def _rational(value: Fraction) -> Any:
    return CONTEXT.mpf(value.numerator) / value.denominator


def _apply(name: str, values: list[Any], floor: Any) -> Any:
    match name, values:
        case "add", _:
            return CONTEXT.fsum(values)
        case "neg", [value]:
            return -value
        case "mul", _:
            return CONTEXT.fprod(values)
        case "div", [left, right]:
            return left / nonzero(right, floor)
        case "pow", [base, exponent]:
            return power(base, exponent, floor)
        case "percent", [value]:
            return value / 100
        case "degree", [value]:
            return value * CONTEXT.pi / 180
        case _, [value] if name in SINGLE:
            return SINGLE[name](value, floor)
        case _ if name in SEVERAL:
            return SEVERAL[name](*values, floor=floor)
        case _:
            raise UnsupportedError(name)
