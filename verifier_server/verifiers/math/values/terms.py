"""Sums and products taken apart by their form: terms, coefficients, factors.

Promises: the parts multiply and add up to the node; nothing is evaluated but rational
numbers.

Does not cover: expanding products of sums.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import gcd, lcm

from verifier_server.verifiers.math.nodes import Call, Constant, Node, Number
from verifier_server.verifiers.math.values.exact import exact_or_none
from verifier_server.verifiers.math.values.surds import OpenError, factored

_MAX_POWER = 1000
_PI, _I = Constant("pi"), Constant("i")
_TWO = Number(Fraction(2))


@dataclass(frozen=True, slots=True)
class Term:
    """coefficient times i, or not, times the product of the rest."""

    coefficient: Fraction
    imaginary: bool
    rest: tuple[Node, ...]


def terms(node: Node, times: Fraction) -> list[Term]:
    """A sum, times a number, as terms that are no sums; none of them is zero."""
    if isinstance(node, Call):
        if node.name == "add":
            return [term for part in node.arguments for term in terms(part, times)]
        if node.name == "neg":
            return terms(node.arguments[0], -times)
    coefficient, turns, rest = _product(node)
    if turns % 4 >= 2:
        coefficient = -coefficient
    coefficient *= times
    if len(rest) == 1 and turns % 2 == 0 and rest[0] != node:
        return terms(rest[0], coefficient)
    return [Term(coefficient, turns % 2 == 1, rest)] if coefficient else []


def _product(node: Node) -> tuple[Fraction, int, tuple[Node, ...]]:
    """A product as its rational coefficient, its number of factors i, and the other factors."""
    number = exact_or_none(node)
    if number is not None:
        return number, 0, ()
    if node == _I:
        return Fraction(1), 1, ()
    if isinstance(node, Call):
        if node.name == "neg":
            coefficient, turns, rest = _product(node.arguments[0])
            return -coefficient, turns, rest
        if node.name == "degree":
            coefficient, turns, rest = _product(node.arguments[0])
            return coefficient / 180, turns, (*rest, _PI)
        if node.name == "root":
            outer, inner = _simplified(node)
            return outer, 0, (inner,)
        if node.name == "mul":
            total, all_turns = Fraction(1), 0
            factors: list[Node] = []
            for part in node.arguments:
                coefficient, turns, rest = _product(part)
                total, all_turns = total * coefficient, all_turns + turns
                factors.extend(rest)
            return total, all_turns, tuple(factors)
        if node.name == "div":
            divisor = exact_or_none(node.arguments[1])
            if divisor:
                coefficient, turns, rest = _product(node.arguments[0])
                return coefficient / divisor, turns, rest
    return Fraction(1), 0, (node,)


def _simplified(root: Call) -> tuple[Fraction, Node]:
    """The square root of a rational number as a multiple of one without square factors."""
    radicand, degree = root.arguments
    number = exact_or_none(radicand)
    if number is None or number <= 0 or degree != _TWO:
        return Fraction(1), root
    outer, inner = Fraction(1, number.denominator), 1
    try:
        powers = factored(number.numerator * number.denominator)
    except OpenError:
        return Fraction(1), root
    for prime, exponent in powers.items():
        outer *= prime ** (exponent // 2)
        inner *= prime ** (exponent % 2)
    return outer, Call("root", (Number(Fraction(inner)), _TWO))


def content(node: Node) -> Fraction:
    """A positive rational number that divides every term: 4 of 4a^2 + 8b, 1/2 of x/2."""
    coefficients = [abs(term.coefficient) for term in terms(node, Fraction(1))]
    if not coefficients:
        return Fraction(1)
    top = reduce(gcd, [each.numerator for each in coefficients])
    return Fraction(top, reduce(lcm, [each.denominator for each in coefficients]))


def factors(node: Node) -> tuple[Fraction, list[tuple[Node, int]]]:
    """A product of integer powers: its rational coefficient, bases and exponents."""
    number = exact_or_none(node)
    if number is not None:
        return number, []
    if isinstance(node, Call):
        if node.name == "neg":
            coefficient, powers = factors(node.arguments[0])
            return -coefficient, powers
        if node.name == "mul":
            total = Fraction(1)
            together: list[tuple[Node, int]] = []
            for part in node.arguments:
                coefficient, powers = factors(part)
                total *= coefficient
                together += powers
            return total, together
        if node.name == "div":
            coefficient, powers = factors(node.arguments[0])
            divisor, below = factors(node.arguments[1])
            if divisor:
                return coefficient / divisor, powers + [(base, -power) for base, power in below]
        if node.name == "pow":
            base, exponent = node.arguments
            power = exponent.value if isinstance(exponent, Number) else exact_or_none(exponent)
            if power is not None and power.denominator == 1 and abs(power) <= _MAX_POWER:
                coefficient, powers = factors(base)
                bits = max(coefficient.numerator.bit_length(), coefficient.denominator.bit_length())
                if coefficient and abs(power) * bits <= _MAX_POWER:
                    raised = coefficient ** int(power)
                    return raised, [(each, times * int(power)) for each, times in powers]
    return Fraction(1), [(node, 1)]
