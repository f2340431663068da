"""Value of a node to many digits, by mpmath.

Promises: every argument's size is checked before a function is evaluated, so
that no expression costs more than its number of nodes warrants. Powers and
logarithms take the principal branch; an odd root of a negative number is real.

Does not cover: error bounds. A caller compares two precisions.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from mpmath import MPContext
from mpmath.libmp import NoConvergence

from verifier_server.verifiers.math.exact import UndefinedError, exact
from verifier_server.verifiers.math.limits import MAX_ANGLE, MAX_POWER_BITS, TooBigError
from verifier_server.verifiers.math.nodes import Call, Constant, Node, Number, Symbol

_MAX_HEIGHT = 10_000  # imaginary part of an angle: its sine grows as a power of e

# A context of our own: mpmath's global one may have another precision.
CONTEXT: Any = MPContext()


class UnsupportedError(Exception):
    """The node has no numeric value that this module can find."""


def evaluate(node: Node, point: Mapping[str, Fraction], digits: int) -> Any:
    """The value of a node at a point, an mpmath number.

    Args:
        node: an expression.
        point: a value for every symbol.
        digits: decimal digits to work with.

    Raises:
        UndefinedError: there is no value here.
        TooBigError: the value, or a part of it, is out of bounds.
        UnsupportedError: the node is no expression, or holds an unknown function.
    """
    with CONTEXT.workdps(digits):
        try:
            value = _value(node, point)
        except (ArithmeticError, ValueError, NoConvergence):  # a pole that mpmath met itself
            raise UndefinedError("no value") from None
        if not CONTEXT.isfinite(value):
            raise UndefinedError("no finite value")
        return value


def _value(node: Node, point: Mapping[str, Fraction]) -> Any:
    match node:
        case Number(value):
            return _rational(value)
        case Symbol(name):
            return _rational(point[name])
        case Constant("pi"):
            return +CONTEXT.pi
        case Constant("e"):
            return +CONTEXT.e
        case Constant("i"):
            return CONTEXT.mpc(0, 1)
        case Call(name, arguments):
            if name in ("factorial", "binomial"):
                number = exact(node)
                if number is None:
                    raise UnsupportedError(name)
                return _rational(number)
            if name == "root":
                return _root(_value(arguments[0], point), exact(arguments[1]))
            return _apply(name, [_value(argument, point) for argument in arguments])
        case _:
            raise UnsupportedError(type(node).__name__)


def _rational(value: Fraction) -> Any:
    return CONTEXT.mpf(value.numerator) / value.denominator


def _apply(name: str, values: list[Any]) -> Any:
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
            return left / _nonzero(right)
        case "pow", [base, power]:
            return _power(base, power)
        case "ln", [value]:
            return CONTEXT.log(_nonzero(value))
        case _ if name in _FUNCTIONS and len(values) == 1:
            return _FUNCTIONS[name](values[0])
        case _:
            raise UnsupportedError(name)


def _nonzero(value: Any) -> Any:
    if not value:
        raise UndefinedError("division by zero or logarithm of zero")
    return value


def _power(base: Any, power: Any) -> Any:
    if not base:
        if CONTEXT.re(power) <= 0:
            raise UndefinedError("zero to the power of zero or less")
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
    "tan": lambda x: CONTEXT.sin(_angle(x)) / _nonzero(CONTEXT.cos(x)),
    "cot": lambda x: CONTEXT.cos(_angle(x)) / _nonzero(CONTEXT.sin(x)),
    "sec": lambda x: 1 / _nonzero(CONTEXT.cos(_angle(x))),
    "csc": lambda x: 1 / _nonzero(CONTEXT.sin(_angle(x))),
    "arcsin": lambda x: CONTEXT.asin(x),
    "arccos": lambda x: CONTEXT.acos(x),
    "arctan": lambda x: CONTEXT.atan(x),
    "sinh": lambda x: CONTEXT.sinh(_hyperbolic(x)),
    "cosh": lambda x: CONTEXT.cosh(_hyperbolic(x)),
    "tanh": lambda x: CONTEXT.tanh(_hyperbolic(x)),
}
