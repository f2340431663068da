"""Exact rational value of a node, where it has one.

Promises: no rounding; the size of every result is bounded before it is
computed.

Does not cover: roots and functions (`numeric`), even where their value is rational.
"""

from fractions import Fraction
from math import comb, factorial

from verifier_server.verifiers.math.limits import MAX_BITS, MAX_COMBINATORIAL, TooBigError
from verifier_server.verifiers.math.nodes import Call, Node, Number


class UndefinedError(Exception):
    """The expression has no value: a division by zero, 0^0, the logarithm of zero."""


def exact(node: Node) -> Fraction | None:
    """The value of a node built of rationals by + - * / integer powers, !, binomials.

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
    values: list[Fraction] = []
    for argument in node.arguments:
        value = exact(argument)
        if value is None:
            return None
        values.append(value)
    result = _apply(node.name, values)
    if result is not None and _bits(result) > MAX_BITS:
        raise TooBigError(f"a number of more than {MAX_BITS} bits")
    return result


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _apply(name: str, values: list[Fraction]) -> Fraction | None:
    match name, values:
        case "add", _:
            return _sum(values)
        case "neg", [value]:
            return -value
        case "abs", [value]:
            return abs(value)
        case "mul", [left, right]:
            return left * right
        case "div", [left, right]:
            if not right:
                raise UndefinedError("division by zero")
            return left / right
        case "pow", [base, power]:
            return _power(base, power)
        case (("factorial" | "binomial"), _):
            return _combinatorial(name, values)
        case _:
            return None


def _sum(values: list[Fraction]) -> Fraction:
    total = Fraction(0)
    for value in values:
        total += value
        if _bits(total) > MAX_BITS:
            raise TooBigError(f"a number of more than {MAX_BITS} bits")
    return total


def _power(base: Fraction, power: Fraction) -> Fraction | None:
    if power.denominator != 1:
        return None
    if not base and power <= 0:
        raise UndefinedError("zero to the power of zero or less")
    if abs(base) <= 1 and base.denominator == 1:
        return base ** (int(power) % 2 + 2) if base else base
    if abs(power) * _bits(base) > MAX_BITS:
        raise TooBigError(f"a power of more than {MAX_BITS} bits")
    return Fraction(base ** int(power))


def _combinatorial(name: str, values: list[Fraction]) -> Fraction | None:
    if any(value.denominator != 1 or value < 0 for value in values):
        return None
    if any(value > MAX_COMBINATORIAL for value in values):
        raise TooBigError(f"a {name} of more than {MAX_COMBINATORIAL}")
    numbers = [int(value) for value in values]
    if name == "factorial":
        return Fraction(factorial(numbers[0]))
    return Fraction(comb(numbers[0], numbers[1]))
