"""Value of a real expression in double precision, with a bound on its error.

Promises: the true value lies within the bound, by running error analysis (Higham,
Accuracy and Stability of Numerical Algorithms, 3.3), with room for a library function
that is a few units in the last place off. What comes near a pole, a branch or a jump,
out of the reals or out of range has no value here. So a difference beyond the bounds is
a difference on every machine; the verdict never depends on the machine's last digits.

Does not cover: what is equal (`formal`, `probe`); complex values.
"""

import math
from collections.abc import Callable, Mapping
from itertools import pairwise

from verifier_server.verifiers.math.nodes import Call, Constant, Node, Number, Symbol

_ROUNDING = 2.0**-50  # eight units in the last place
_TINY = 1e-290  # underflow
_VANISHING = -670.0  # its exponential is below that
_MAX_RELATIVE = 1e-3  # beyond it the first-order bounds below do not hold
_MAX_ANGLE = 1e5
_MAX_HYPERBOLIC = 300.0
_MAX_WHOLE = 100
_AGREEMENT = 1e-9

# Nothing follows from agreement at these alone, so that they may be known beforehand.
_FRACTIONS = (0.6180339, 0.4142135, 0.7320508, 0.2360679, 0.8284271, 0.3166247, 0.5412415)
_SCALES = ((1.0, 0.0), (1.0, 1.25), (-1.0, -1.5), (3.0, 2.0))
_WHOLES = (5.0, 3.0, 7.0, 4.0, 6.0, 8.0, 9.0)
POINTS = len(_SCALES)

Part = tuple[float, float]  # value, bound on its error


class UnsureError(Exception):
    """There is no value in double precision, or none that can be relied on."""


def differs(left: Node, right: Node, point: Mapping[str, float]) -> bool | None:
    """Whether two expressions differ at a point: True is certain.

    Returns:
        True: they do. False: their values agree to 9 digits. None: it cannot be told.
    """
    try:
        (one, first), (two, second) = bounds(left, point), bounds(right, point)
    except (UnsureError, ArithmeticError, ValueError):
        return None
    gap, error = abs(one - two), first + second
    if not math.isfinite(gap) or not math.isfinite(error):
        return None
    if gap > 4 * error + _TINY:
        return True
    return False if error <= _AGREEMENT * max(abs(one), abs(two), 1.0) else None


def fixed_point(names: list[str], whole: frozenset[str], number: int) -> dict[str, float]:
    """One of POINTS fixed points; those in `whole` get positive integers."""
    scale, shift = _SCALES[number]
    return {
        name: _WHOLES[(index + number) % len(_WHOLES)] + index // len(_WHOLES)
        if name in whole
        else scale * _FRACTIONS[(index + number) % len(_FRACTIONS)] + shift + index // 7 * 0.11
        for index, name in enumerate(names)
    }


def apart(left: Node, right: Node, tolerance: float) -> bool | None:
    """Whether two constants differ by more than tolerance times the larger magnitude.

    Returns:
        None where double precision cannot tell.
    """
    try:
        (one, first), (two, second) = bounds(left, {}), bounds(right, {})
    except (UnsureError, ArithmeticError, ValueError):
        return None
    gap, error = abs(one - two), 2 * (first + second)
    limit = tolerance * max(abs(one), abs(two))
    if not math.isfinite(gap + error + limit):
        return None
    slack = error + (tolerance * error + limit * _ROUNDING)
    if gap > limit + slack:
        return True
    return False if gap < limit - slack else None


def disproportionate(
    left: Node, right: Node, names: list[str], whole: frozenset[str]
) -> bool | None:
    """Whether the ratio of two expressions differs between fixed points: True is certain.

    Returns:
        False: it agrees at two points or more. None: there are no two with a ratio.
    """
    ratios: list[Part] = []
    for number in range(POINTS):
        point = fixed_point(names, whole, number)
        try:
            ratio = _quotient(bounds(left, point), bounds(right, point))
        except (UnsureError, ArithmeticError, ValueError):
            continue
        if math.isfinite(ratio[0]) and ratio[1] <= _AGREEMENT * abs(ratio[0]):
            ratios.append(ratio)
    if len(ratios) < 2:
        return None
    return any(
        abs(one - two) > 4 * (first + second) + _TINY + _ROUNDING * (abs(one) + abs(two))
        for (one, first), (two, second) in pairwise(ratios)
    )


def approximate(node: Node, point: Mapping[str, float]) -> float:
    """The value of a node, to about 9 digits.

    Raises:
        UnsureError: it is not known so well.
    """
    value, error = bounds(node, point)
    if not error <= _AGREEMENT * max(abs(value), 1.0):
        raise UnsureError("too large an error")
    return value


def bounds(node: Node, point: Mapping[str, float]) -> Part:
    """The value of a node at a point, and a bound on its error.

    Raises:
        UnsureError, ArithmeticError, ValueError: there is none.
    """
    if isinstance(node, Number):
        value = node.value.numerator / node.value.denominator
        return value, abs(value) * _ROUNDING + _TINY
    if isinstance(node, Symbol):
        return point[node.name], 0.0
    if isinstance(node, Call):
        function = _FUNCTIONS.get(node.name)
        if function is None:
            raise UnsureError(node.name)
        value, error = function(*[bounds(part, point) for part in node.arguments])
        return value, error + abs(value) * _ROUNDING + _TINY
    if isinstance(node, Constant) and node.name in _CONSTANTS:
        value = _CONSTANTS[node.name]
        return value, value * _ROUNDING
    raise UnsureError(type(node).__name__)


def _relative(part: Part) -> float:
    """The relative error, small enough for first-order bounds: the value is not zero."""
    value, error = part
    if error >= _MAX_RELATIVE * abs(value):
        raise UnsureError("near zero")
    return error / abs(value)


def _sum(*parts: Part) -> Part:
    value = math.fsum(part[0] for part in parts)
    return value, math.fsum(part[1] for part in parts)


def _product(*parts: Part) -> Part:
    value, error = parts[0]
    for other, wrong in parts[1:]:
        error = abs(value) * wrong + abs(other) * error + error * wrong
        value *= other
        error += abs(value) * _ROUNDING + _TINY
    return value, error


def _quotient(top: Part, bottom: Part) -> Part:
    relative = _relative(bottom)
    value = top[0] / bottom[0]
    return value, 1.01 * (top[1] / abs(bottom[0]) + abs(value) * relative)


def _power(base: Part, power: Part) -> Part:
    whole = not power[1] or (
        power[0].is_integer() and power[1] <= abs(power[0]) * _ROUNDING + _TINY
    )
    if whole and power[0].is_integer() and 0 < power[0] <= _MAX_WHOLE:
        value = base[0] ** int(power[0])
        steep = power[0] * (abs(base[0]) + base[1]) ** (int(power[0]) - 1)
        return value, steep * base[1] + abs(value) * _ROUNDING * 4
    relative = _relative(base)
    if whole and power[0].is_integer() and -_MAX_WHOLE <= power[0] < 0:
        value = base[0] ** int(power[0])
        return value, abs(value) * (-power[0] * relative * 1.2 + 4 * _ROUNDING)
    if base[0] <= 0:
        raise UnsureError("a power of a negative number")
    exponent = power[0] * math.log(base[0])
    wrong = abs(power[0]) * relative * 1.01 + abs(math.log(base[0])) * power[1]
    wrong += abs(exponent) * 4 * _ROUNDING + 2 * _ROUNDING
    if exponent + wrong < _VANISHING:
        return 0.0, 2 * _TINY
    if wrong > _MAX_RELATIVE:
        raise UnsureError("too steep a power")
    value = math.exp(exponent)
    return value, 1.01 * value * wrong


def _root(value: Part, degree: Part) -> Part:
    order = degree[0]
    if not order.is_integer() or not 2 <= order <= _MAX_WHOLE:
        raise UnsureError("a root of this degree")
    relative = _relative(value)
    if value[0] < 0 and order % 2 == 0:
        raise UnsureError("an even root of a negative number")
    size = abs(value[0]) ** (1 / order)
    return math.copysign(size, value[0]), size * (relative + 8 * _ROUNDING)


def _logarithm(value: Part) -> Part:
    relative = _relative(value)
    return math.log(value[0]), 1.01 * relative + _ROUNDING


def _angle(value: Part) -> Part:
    if abs(value[0]) > _MAX_ANGLE or value[1] > _MAX_RELATIVE:
        raise UnsureError("a large angle")
    return value


def _sine(value: Part) -> Part:
    return math.sin(_angle(value)[0]), value[1] + _ROUNDING


def _cosine(value: Part) -> Part:
    return math.cos(_angle(value)[0]), value[1] + _ROUNDING


def _arc(function: Callable[[float], float]) -> Callable[[Part], Part]:
    def operation(value: Part) -> Part:
        edge = abs(value[0]) + value[1]
        if edge >= 1 - _MAX_RELATIVE:
            raise UnsureError("near the edge of a domain")
        return function(value[0]), value[1] / (1 - edge * edge) + 4 * _ROUNDING

    return operation


def _arctangent(value: Part) -> Part:
    return math.atan(value[0]), value[1] + _ROUNDING


def _steep(function: Callable[[float], float]) -> Callable[[Part], Part]:
    def operation(value: Part) -> Part:
        if abs(value[0]) > _MAX_HYPERBOLIC or value[1] > _MAX_RELATIVE:
            raise UnsureError("too steep")
        return function(value[0]), 1.1 * math.cosh(value[0]) * (value[1] + 4 * _ROUNDING)

    return operation


def _hyperbolic_tangent(value: Part) -> Part:
    return math.tanh(value[0]), value[1] + 4 * _ROUNDING


def _step(function: Callable[[float], float]) -> Callable[[Part], Part]:
    def operation(value: Part) -> Part:
        if abs(value[0]) > _MAX_ANGLE or abs(value[0] - round(value[0])) <= 4 * value[1]:
            raise UnsureError("at a jump")
        return float(function(value[0])), 0.0

    return operation


def _sign(value: Part) -> Part:
    _relative(value)
    return math.copysign(1.0, value[0]), 0.0


def _extreme(function: Callable[[list[float]], float]) -> Callable[..., Part]:
    def operation(*values: Part) -> Part:
        return function([value for value, _ in values]), max(error for _, error in values)

    return operation


def _whole(value: Part) -> int:
    number = round(value[0])
    if number != value[0] or value[1] > abs(value[0]) * 8 * _ROUNDING + 8 * _TINY:
        raise UnsureError("no integer")
    if not 0 <= number <= _MAX_WHOLE:
        raise UnsureError("too large a factorial")
    return number


def _factorial(value: Part) -> Part:
    return float(math.factorial(_whole(value))), 0.0


def _binomial(top: Part, bottom: Part) -> Part:
    return float(math.comb(_whole(top), _whole(bottom))), 0.0


_ONE: Part = (1.0, 0.0)
_CONSTANTS = {"pi": math.pi, "e": math.e}
_FUNCTIONS: dict[str, Callable[..., Part]] = {
    "add": _sum,
    "mul": _product,
    "neg": lambda value: (-value[0], value[1]),
    "div": _quotient,
    "pow": _power,
    "root": _root,
    "abs": lambda value: (abs(value[0]), value[1]),
    "percent": lambda value: (value[0] / 100, value[1] / 100),
    "degree": lambda value: _product(value, (math.pi / 180, math.pi / 180 * _ROUNDING)),
    "ln": _logarithm,
    "sin": _sine,
    "cos": _cosine,
    "tan": lambda value: _quotient(_sine(value), _cosine(value)),
    "cot": lambda value: _quotient(_cosine(value), _sine(value)),
    "sec": lambda value: _quotient(_ONE, _cosine(value)),
    "csc": lambda value: _quotient(_ONE, _sine(value)),
    "arcsin": _arc(math.asin),
    "arccos": _arc(math.acos),
    "arctan": _arctangent,
    "arctanh": _arc(math.atanh),
    "arcsinh": lambda value: (math.asinh(value[0]), value[1] + 4 * _ROUNDING),
    "sinh": _steep(math.sinh),
    "cosh": _steep(math.cosh),
    "tanh": _hyperbolic_tangent,
    "coth": lambda value: _quotient(_ONE, _hyperbolic_tangent(value)),
    "sech": lambda value: _quotient(_ONE, _steep(math.cosh)(value)),
    "csch": lambda value: _quotient(_ONE, _steep(math.sinh)(value)),
    "floor": _step(math.floor),
    "ceil": _step(math.ceil),
    "sign": _sign,
    "max": _extreme(max),
    "min": _extreme(min),
    "factorial": _factorial,
    "binomial": _binomial,
}
