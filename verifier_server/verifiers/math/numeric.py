"""Value of a node to many digits, by mpmath.

Promises: every argument's size is checked before a function is evaluated, so
that no expression costs more than its number of nodes warrants. Powers and
logarithms take the principal branch; an odd root of a negative number is real.

Does not cover: error bounds. A caller compares two precisions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from mpmath import MPContext
from mpmath.libmp import NoConvergence

from verifier_server.verifiers.math.exact import UndefinedError, exact
from verifier_server.verifiers.math.limits import (
    MAX_ANGLE,
    MAX_BITS,
    MAX_POWER_BITS,
    MAX_PRECISION,
    TooBigError,
)
from verifier_server.verifiers.math.nodes import Call, Constant, Node, Number, Symbol

_GUARD_DIGITS = 15
_MEASURING_DIGITS = 40
_MAX_HEIGHT = 10_000  # imaginary part of an angle: its sine grows as a power of e

# A context of our own: mpmath's global one may have another precision.
CONTEXT: Any = MPContext()


class UnsupportedError(Exception):
    """The node has no numeric value that this module can find."""


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
            value = _rational(point[name])
            return _Part(value, _size(value))
        case Constant("pi"):
            return _Part(+CONTEXT.pi, 1)
        case Constant("e"):
            return _Part(+CONTEXT.e, 1)
        case Constant("i"):
            return _Part(CONTEXT.mpc(0, 1), 0, real=False)
        case Call(("factorial" | "binomial") as name, _):
            whole = exact(node)
            if whole is None:
                raise UnsupportedError(name)
            return _Part(_rational(whole), _written(whole))
        case Call("root", (argument, degree)):
            base = _value(argument, point, floor)
            value = _root(base.value, exact(degree))
            real = base.real and not CONTEXT.im(value)
            return _Part(value, max(base.height, _size(value)), real)
        case Call(name, arguments):
            parts = [_value(argument, point, floor) for argument in arguments]
            value = _apply(name, [part.value for part in parts], floor)
            real = all(part.real for part in parts) and not CONTEXT.im(value)
            return _Part(value, _height(node, parts, value), real)
        case _:
            raise UnsupportedError(type(node).__name__)


def _height(node: Call, parts: list[_Part], value: Any) -> float:
    total = sum(part.height for part in parts)
    if node.name == "pow":
        times = exact_or_none(node.arguments[1])
        if times is not None:
            total = parts[0].height * max(1.0, float(min(abs(times), Fraction(MAX_BITS))))
    elif node.name in ("sinh", "cosh", "tanh"):
        total += 2 * float(abs(CONTEXT.re(parts[0].value)))
    elif node.name in ("sin", "cos", "tan", "cot", "sec", "csc"):
        total += 2 * float(abs(CONTEXT.im(parts[0].value)))
    return max(total, _size(value))


def exact_or_none(node: Node) -> Fraction | None:
    """The exact value of a node; None also where it has none."""
    try:
        return exact(node)
    except (TooBigError, UndefinedError):
        return None


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
        case "abs", [value]:
            return abs(value)
        case "mul", [left, right]:
            return left * right
        case "div", [left, right]:
            return left / _nonzero(right, floor)
        case "pow", [base, power]:
            return _power(base, power, floor)
        case "ln", [value]:
            return CONTEXT.log(_nonzero(value, floor))
        case (("tan" | "sec"), [value]):
            cosine = _nonzero(CONTEXT.cos(_angle(value)), floor)
            return (CONTEXT.sin(value) if name == "tan" else 1) / cosine
        case (("cot" | "csc"), [value]):
            sine = _nonzero(CONTEXT.sin(_angle(value)), floor)
            return (CONTEXT.cos(value) if name == "cot" else 1) / sine
        case _ if name in _FUNCTIONS and len(values) == 1:
            return _FUNCTIONS[name](values[0])
        case _:
            raise UnsupportedError(name)


def _nonzero(value: Any, floor: Any) -> Any:
    if abs(value) <= floor:
        raise UndefinedError("division by zero or logarithm of zero")
    return value


def _power(base: Any, power: Any, floor: Any) -> Any:
    if CONTEXT.re(power) <= 0:
        _nonzero(base, floor)
    if not base:
        return CONTEXT.mpf(0)
    logarithm = CONTEXT.log(base)
    exponent = logarithm * power
    if abs(CONTEXT.re(exponent)) > MAX_POWER_BITS or abs(CONTEXT.im(exponent)) > MAX_ANGLE:
        raise TooBigError("a power out of bounds")
    return base**power


def _root(value: Any, degree: Fraction | None) -> Any:
    if degree is None or degree.denominator != 1 or not 2 <= degree <= MAX_ANGLE:
        raise UnsupportedError("root")
    number = int(degree)
    if not value:
        return CONTEXT.mpf(0)
    if number % 2 and not CONTEXT.im(value) and CONTEXT.re(value) < 0:
        return -CONTEXT.root(-CONTEXT.re(value), number)
    return CONTEXT.root(value, number)


def _angle(value: Any) -> Any:
    if abs(CONTEXT.re(value)) > MAX_ANGLE or abs(CONTEXT.im(value)) > _MAX_HEIGHT:
        raise TooBigError("an angle out of bounds")
    return value


def _hyperbolic(value: Any) -> Any:
    if abs(CONTEXT.re(value)) > _MAX_HEIGHT or abs(CONTEXT.im(value)) > MAX_ANGLE:
        raise TooBigError("a hyperbolic angle out of bounds")
    return value


_FUNCTIONS = {
    "sin": lambda x: CONTEXT.sin(_angle(x)),
    "cos": lambda x: CONTEXT.cos(_angle(x)),
    "arcsin": lambda x: CONTEXT.asin(x),
    "arccos": lambda x: CONTEXT.acos(x),
    "arctan": lambda x: CONTEXT.atan(x),
    "sinh": lambda x: CONTEXT.sinh(_hyperbolic(x)),
    "cosh": lambda x: CONTEXT.cosh(_hyperbolic(x)),
    "tanh": lambda x: CONTEXT.tanh(_hyperbolic(x)),
}
