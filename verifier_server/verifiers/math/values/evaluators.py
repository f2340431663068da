"""Functions of numbers at many digits, by mpmath: the table of `numeric`.

Promises: every argument's size is checked before a function is evaluated. A divisor,
or the argument of a logarithm, that cannot be told from zero is zero; what cannot be told
from an integer is that integer. Powers, roots, logarithms and inverse functions take the
principal branch; an odd root of a negative number is real. Factorials and binomials of
what is no integer are gamma functions.

Does not cover: which nodes call these, and how far their values can be trusted (`numeric`).
"""

from collections.abc import Callable
from fractions import Fraction
from math import comb, factorial, gcd, lcm
from typing import Any

from mpmath import MPContext

from verifier_server.verifiers.math.limits import (
    MAX_ANGLE,
    MAX_COMBINATORIAL,
    MAX_POWER_BITS,
    TooBigError,
)
from verifier_server.verifiers.math.values.exact import UndefinedError

# A context of our own: mpmath's global one may have another precision.
CONTEXT: Any = MPContext()
MAX_HEIGHT = 10_000  # imaginary part of an angle: its sine grows as a power of e
_MAX_WHOLE = 10**30
# The gamma function costs much at many digits, and of large numbers.
_MAX_GAMMA_DIGITS = 200
_MAX_GAMMA = 100

Function = Callable[..., Any]


class UnsupportedError(Exception):
    """The node has no numeric value that this module can find."""


def nonzero(value: Any, floor: Any) -> Any:
    """The value, if it can be told from zero."""
    if abs(value) <= floor:
        raise UndefinedError("division by zero or logarithm of zero")
    return value


def power(base: Any, exponent: Any, floor: Any) -> Any:
    """base^exponent, principal value."""
    if CONTEXT.re(exponent) <= 0:
        nonzero(base, floor)
    if not base:
        return CONTEXT.mpf(0)
    logarithm = CONTEXT.log(base) * exponent
    if abs(CONTEXT.re(logarithm)) > MAX_POWER_BITS or abs(CONTEXT.im(logarithm)) > MAX_ANGLE:
        raise TooBigError("a power out of bounds")
    return base**exponent


def root(value: Any, degree: Fraction | None) -> Any:
    """The root of an integer degree, real where the degree is odd."""
    if degree is None or degree.denominator != 1 or not 2 <= degree <= MAX_ANGLE:
        raise UnsupportedError("root")
    number = int(degree)
    if not value:
        return CONTEXT.mpf(0)
    if number % 2 and not CONTEXT.im(value) and CONTEXT.re(value) < 0:
        return -CONTEXT.root(-CONTEXT.re(value), number)
    return CONTEXT.root(value, number)


def _angle(value: Any) -> Any:
    if abs(CONTEXT.re(value)) > MAX_ANGLE or abs(CONTEXT.im(value)) > MAX_HEIGHT:
        raise TooBigError("an angle out of bounds")
    return value


def _hyperbolic(value: Any) -> Any:
    if abs(CONTEXT.re(value)) > MAX_HEIGHT or abs(CONTEXT.im(value)) > MAX_ANGLE:
        raise TooBigError("a hyperbolic angle out of bounds")
    return value


def _ratio(top: Function | None, bottom: Function, guard: Function) -> Function:
    def function(value: Any, floor: Any) -> Any:
        guard(value)
        divisor = nonzero(bottom(value), floor)
        return (CONTEXT.mpf(1) if top is None else top(value)) / divisor

    return function


def _of(function: Function, guard: Function | None = None) -> Function:
    def guarded(value: Any, floor: Any) -> Any:
        return function(value if guard is None else guard(value))

    return guarded


def _inverted(function: Function) -> Function:
    """The inverse of a reciprocal: arcsec x = arccos(1/x)."""

    def inverse(value: Any, floor: Any) -> Any:
        return function(1 / nonzero(value, floor))

    return inverse


def _arccotangent(value: Any, floor: Any) -> Any:
    # Continuous, with values in (0, pi).
    return CONTEXT.pi / 2 - CONTEXT.atan(value)


def _real(value: Any) -> Any:
    if CONTEXT.im(value):
        raise UndefinedError("an order of complex numbers")
    return CONTEXT.re(value)


def near_integer(value: Any, floor: Any) -> int | None:
    """The integer that a value cannot be told from; None where there is none.

    Raises:
        TooBigError: the value has more digits than the precision keeps apart.
    """
    value = _real(value)
    if abs(value) > _MAX_WHOLE:
        raise TooBigError("a large number to be rounded")
    whole = int(CONTEXT.nint(value))
    # Never without a tolerance: where exact zeros are meant, rounding errors remain.
    close = max(floor, CONTEXT.mpf(10) ** (12 - CONTEXT.dps))
    return whole if abs(value - whole) <= close * max(1, abs(value)) else None


def _floor(value: Any, floor: Any) -> Any:
    whole = near_integer(value, floor)
    return CONTEXT.mpf(whole) if whole is not None else CONTEXT.floor(_real(value))


def _ceil(value: Any, floor: Any) -> Any:
    return -_floor(-value, floor)


def _sign(value: Any, floor: Any) -> Any:
    close = max(floor, CONTEXT.mpf(10) ** (12 - CONTEXT.dps))
    value = _real(value)
    return CONTEXT.mpf(0) if abs(value) <= close else CONTEXT.sign(value)


def _modulo(value: Any, modulus: Any, floor: Any) -> Any:
    modulus = abs(nonzero(_real(modulus), floor))
    return value - modulus * _floor(_real(value) / modulus, floor)


def _whole(value: Any, floor: Any) -> int:
    whole = near_integer(value, floor)
    if whole is None:
        raise UndefinedError("a common divisor of what is no integer")
    return whole


def _of_integers(function: Callable[..., int]) -> Function:
    def operation(*values: Any, floor: Any) -> Any:
        return CONTEXT.mpf(function(*(_whole(value, floor) for value in values)))

    return operation


def _extreme(function: Callable[..., Any]) -> Function:
    def operation(*values: Any, floor: Any) -> Any:
        return function(_real(value) for value in values)

    return operation


def _modest(value: Any) -> Any:
    if abs(value) > _MAX_GAMMA or CONTEXT.dps > _MAX_GAMMA_DIGITS:
        raise TooBigError("a gamma function out of bounds")
    return value


def _factorial(value: Any, floor: Any) -> Any:
    if CONTEXT.im(value) or abs(value) > MAX_COMBINATORIAL:
        raise TooBigError("a factorial out of bounds")
    whole = near_integer(value, floor)
    if whole is None:
        return CONTEXT.gamma(_modest(value) + 1)
    if whole < 0:
        raise UndefinedError("the factorial of a negative integer")
    return CONTEXT.mpf(factorial(whole))


def _binomial(top: Any, bottom: Any, floor: Any) -> Any:
    if CONTEXT.im(top) or CONTEXT.im(bottom) or max(abs(top), abs(bottom)) > MAX_COMBINATORIAL:
        raise TooBigError("a binomial out of bounds")
    wholes = [near_integer(value, floor) for value in (top, bottom)]
    if wholes[0] is not None and wholes[1] is not None:
        if wholes[0] < 0 or wholes[1] < 0:
            raise UndefinedError("a binomial of negative integers")
        return CONTEXT.mpf(comb(wholes[0], wholes[1]))
    return CONTEXT.binomial(_modest(top), _modest(bottom))


def _arg(value: Any, floor: Any) -> Any:
    return CONTEXT.arg(nonzero(value, floor))


def _logarithm(value: Any, floor: Any) -> Any:
    return CONTEXT.log(nonzero(value, floor))


# Each takes the values of its arguments, then floor: what is no larger is zero.
SINGLE: dict[str, Function] = {
    "abs": _of(abs),
    "ln": _logarithm,
    "sin": _of(CONTEXT.sin, _angle),
    "cos": _of(CONTEXT.cos, _angle),
    "tan": _ratio(CONTEXT.sin, CONTEXT.cos, _angle),
    "cot": _ratio(CONTEXT.cos, CONTEXT.sin, _angle),
    "sec": _ratio(None, CONTEXT.cos, _angle),
    "csc": _ratio(None, CONTEXT.sin, _angle),
    "arcsin": _of(CONTEXT.asin),
    "arccos": _of(CONTEXT.acos),
    "arctan": _of(CONTEXT.atan),
    "arccot": _arccotangent,
    "arcsec": _inverted(CONTEXT.acos),
    "arccsc": _inverted(CONTEXT.asin),
    "sinh": _of(CONTEXT.sinh, _hyperbolic),
    "cosh": _of(CONTEXT.cosh, _hyperbolic),
    "tanh": _of(CONTEXT.tanh, _hyperbolic),
    "coth": _ratio(CONTEXT.cosh, CONTEXT.sinh, _hyperbolic),
    "sech": _ratio(None, CONTEXT.cosh, _hyperbolic),
    "csch": _ratio(None, CONTEXT.sinh, _hyperbolic),
    "arcsinh": _of(CONTEXT.asinh),
    "arccosh": _of(CONTEXT.acosh),
    "arctanh": _of(CONTEXT.atanh),
    "arccoth": _inverted(CONTEXT.atanh),
    "arcsech": _inverted(CONTEXT.acosh),
    "arccsch": _inverted(CONTEXT.asinh),
    "floor": _floor,
    "ceil": _ceil,
    "sign": _sign,
    "re": _of(CONTEXT.re),
    "im": _of(CONTEXT.im),
    "conjugate": _of(CONTEXT.conj),
    "arg": _arg,
    "factorial": _factorial,
}
SEVERAL: dict[str, Function] = {
    "binomial": lambda top, bottom, floor: _binomial(top, bottom, floor),
    "mod": lambda value, modulus, floor: _modulo(value, modulus, floor),
    "gcd": _of_integers(gcd),
    "lcm": _of_integers(lcm),
    "max": _extreme(max),
    "min": _extreme(min),
}
