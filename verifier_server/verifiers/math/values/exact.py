"""Exact rational value of a node, where it has one.

Promises: no rounding; the size of every result is bounded before it is
computed. A root has a value here where it is rational: the third root of 8/27.

Does not cover: irrational values (`formal`, `numeric`), and functions whose values are
rational only now and then, such as sin(pi/6); binders before `lowering` has unrolled them.
"""

from collections.abc import Callable
from fractions import Fraction
from math import ceil, comb, factorial, floor, gcd, isqrt, lcm

from verifier_server.verifiers.math.limits import MAX_BITS, MAX_COMBINATORIAL, TooBigError
from verifier_server.verifiers.math.nodes import Call, Node, Number

_MAX_ROOT_DEGREE = 1000


class UndefinedError(Exception):
    """The expression has no value: a division by zero, 0^0, the logarithm of zero."""


def exact(node: Node) -> Fraction | None:
    """The value of a node built of rationals by the operations of `_OPERATIONS`.

    Returns:
        The value, or None when the node holds anything else.

    Raises:
        TooBigError: a value of more than MAX_BITS bits.
        UndefinedError: there is no value.
    """
    if isinstance(node, Number):
        return node.value
    if not isinstance(node, Call):
        return None
    operation = _OPERATIONS.get(node.name)
    if operation is None:
        return None
    values: list[Fraction] = []
    for argument in node.arguments:
        value = exact(argument)
        if value is None:
            return None
        values.append(value)
    result = operation(values)
    if result is not None and _bits(result) > MAX_BITS:
        raise TooBigError(f"a number of more than {MAX_BITS} bits")
    return result


def exact_or_none(node: Node) -> Fraction | None:
    """The exact value of a node; None also where it has none."""
    try:
        return exact(node)
    except (TooBigError, UndefinedError):
        return None


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _sum(values: list[Fraction]) -> Fraction:
    total = Fraction(0)
    for value in values:
        total += value
        if _bits(total) > MAX_BITS:
            raise TooBigError(f"a number of more than {MAX_BITS} bits")
    return total


def _product(values: list[Fraction]) -> Fraction:
    total = Fraction(1)
    for value in values:
        total *= value
        if _bits(total) > MAX_BITS:
            raise TooBigError(f"a number of more than {MAX_BITS} bits")
    return total


def _quotient(values: list[Fraction]) -> Fraction:
    if not values[1]:
        raise UndefinedError("division by zero")
    return values[0] / values[1]


def _power(values: list[Fraction]) -> Fraction | None:
    base, power = values
    if not base and power <= 0:
        raise UndefinedError("zero to the power of zero or less")
    if power.denominator != 1:
        # A fractional power of a negative number is real to some and complex to others.
        root = _root([base, Fraction(power.denominator)]) if base >= 0 else None
        return None if root is None else _power([root, Fraction(power.numerator)])
    if base.denominator == 1 and abs(base) <= 1:
        return base ** (int(power) % 2 + 2) if base else base
    if abs(power) * _bits(base) > MAX_BITS:
        raise TooBigError(f"a power of more than {MAX_BITS} bits")
    return Fraction(base ** int(power))


def _root(values: list[Fraction]) -> Fraction | None:
    value, degree = values
    if degree.denominator != 1 or not 2 <= degree <= _MAX_ROOT_DEGREE:
        return None
    number = int(degree)
    if value < 0 and number % 2 == 0:
        return None
    parts = [whole_root(abs(part), number) for part in (value.numerator, value.denominator)]
    if parts[0] is None or parts[1] is None:
        return None
    return Fraction(-parts[0] if value < 0 else parts[0], parts[1])


def whole_root(value: int, degree: int) -> int | None:
    """The integer whose power of this degree is a natural number; None where there is none."""
    if value < 2:
        return value
    if degree == 2:
        root = isqrt(value)
        return root if root * root == value else None
    if degree >= value.bit_length():
        return None
    # Newton's iteration from above, in integers.
    root = 1 << -(-value.bit_length() // degree)
    while True:
        lower = ((degree - 1) * root + value // root ** (degree - 1)) // degree
        if lower >= root:
            return root if root**degree == value else None
        root = lower


def _factorial(values: list[Fraction]) -> Fraction | None:
    value = values[0]
    if value.denominator != 1:
        return None
    if value < 0:
        raise UndefinedError("the factorial of a negative integer")
    if value > MAX_COMBINATORIAL:
        raise TooBigError(f"a factorial of more than {MAX_COMBINATORIAL}")
    return Fraction(factorial(int(value)))


def _binomial(values: list[Fraction]) -> Fraction | None:
    if any(value.denominator != 1 or value < 0 for value in values):
        return None
    if any(value > MAX_COMBINATORIAL for value in values):
        raise TooBigError(f"a binomial of more than {MAX_COMBINATORIAL}")
    return Fraction(comb(int(values[0]), int(values[1])))


def _modulo(values: list[Fraction]) -> Fraction:
    if not values[1]:
        raise UndefinedError("a remainder modulo zero")
    return values[0] % abs(values[1])


def _of_integers(function: Callable[..., int]) -> Callable[[list[Fraction]], Fraction | None]:
    def operation(values: list[Fraction]) -> Fraction | None:
        if any(value.denominator != 1 for value in values):
            return None
        result = 1 if function is lcm else 0
        for value in values:
            result = function(result, int(value))
            if result.bit_length() > MAX_BITS:
                raise TooBigError(f"a number of more than {MAX_BITS} bits")
        return Fraction(result)

    return operation


_OPERATIONS: dict[str, Callable[[list[Fraction]], Fraction | None]] = {
    "add": _sum,
    "mul": _product,
    "div": _quotient,
    "neg": lambda values: -values[0],
    "abs": lambda values: abs(values[0]),
    "pow": _power,
    "root": _root,
    "percent": lambda values: values[0] / 100,
    "factorial": _factorial,
    "binomial": _binomial,
    "floor": lambda values: Fraction(floor(values[0])),
    "ceil": lambda values: Fraction(ceil(values[0])),
    "sign": lambda values: Fraction((values[0] > 0) - (values[0] < 0)),
    "max": max,
    "min": min,
    "mod": _modulo,
    "gcd": _of_integers(gcd),
    "lcm": _of_integers(lcm),
    "re": lambda values: values[0],
    "im": lambda values: Fraction(0),
    "conjugate": lambda values: values[0],
}
