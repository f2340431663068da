"""Exponentials, circular and hyperbolic functions as residues.

Promises: b^{u+v} = b^u b^v, b^{ku} = (b^u)^k for integers k, Euler's formulas, the exact
values at multiples of pi/12, and e^{q ln c} = c^q for rational q and c > 0.

Does not cover: roots of unity of other orders; e^{ln x}, whose domain is not that of x.
"""

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from verifier_server.verifiers.math.nodes import Call, Constant, Node, Number
from verifier_server.verifiers.math.values import surds
from verifier_server.verifiers.math.values.exact import exact_or_none
from verifier_server.verifiers.math.values.surds import Surd
from verifier_server.verifiers.math.values.terms import Term, terms

if TYPE_CHECKING:
    from verifier_server.verifiers.math.values.residues import Field

HYPERBOLIC = ("sinh", "cosh", "tanh", "coth", "sech", "csch")
CIRCULAR = ("sin", "cos", "tan", "cot", "sec", "csc", *HYPERBOLIC)
# Exponents and angles are counted in such parts, so that x/2 and x are related.
_PARTS = 24
_TWELFTH = 12
_E, _PI = Constant("e"), Constant("pi")
_ONE: Surd = {1: 1}
# Four times the cosine of k pi/12, k = 0..6.
_COSINES: tuple[Surd, ...] = ({1: 4}, {6: 1, 2: 1}, {3: 2}, {2: 2}, {1: 2}, {6: 1, 2: -1}, {})


def exponential(field: "Field", base: Node, exponent: Node, *, imaginary: bool) -> Surd:
    """base^exponent, or e^{i exponent}: a product over the terms of the exponent."""
    number = exact_or_none(base)
    if number is None or number <= 0 or number.denominator != 1:
        return power_of(field, base, terms(exponent, Fraction(1)), imaginary=imaginary)
    total = _ONE
    for prime, times in surds.factored(number.numerator).items():
        factor = power_of(
            field, Number(Fraction(prime)), terms(exponent, Fraction(times)), imaginary=imaginary
        )
        total = field.ring.multiplied(total, factor)
    return total


def power_of(field: "Field", base: Node, exponents: list[Term], *, imaginary: bool) -> Surd:
    """base^(sum of the terms), times i in the exponent if imaginary."""
    ring = field.ring
    total = _ONE
    euler = base == _E
    root: Any = "e" if euler else field.frozen(base)
    for term in exponents:
        times = term.coefficient
        turned = term.imaginary != imaginary
        if imaginary and term.imaginary:
            times = -times  # i times i
        known = _logarithm_of(term.rest) if euler and not turned else None
        if euler and turned and term.rest == (_PI,) and _TWELFTH % times.denominator == 0:
            factor = direction(field, int(times * _TWELFTH))
        elif not term.rest and not turned and times.denominator == 1:
            factor = ring.raised(field.value(base), int(times))
        elif known is not None:
            factor = field.radical(known, times)
        else:
            parts = _PARTS if _PARTS % times.denominator == 0 else times.denominator
            key = ("exponential", root, turned, parts, field.frozen(*term.rest))
            letter = field.atom(key, base, partial=not euler)
            factor = ring.raised(letter, int(times * parts))
        total = ring.multiplied(total, factor)
    return total


def direction(field: "Field", twelfths: int) -> Surd:
    """e^{i pi k/12}."""
    cosine, sine = _cosine(field, twelfths), _cosine(field, twelfths - 6)
    return field.ring.added(cosine, field.ring.multiplied({-1: 1}, sine))


def _cosine(field: "Field", k: int) -> Surd:
    k = min(k % 24, -k % 24)
    sign, k = (-1, 12 - k) if k > 6 else (1, k)
    quarter = sign * pow(4, -1, field.modulus)
    return {root: top * quarter % field.modulus for root, top in _COSINES[k].items()}


def circular(field: "Field", name: str, argument: Node) -> Surd:
    """Circular and hyperbolic functions, by Euler's formulas."""
    ring = field.ring
    hyperbolic = name in HYPERBOLIC
    up = exponential(field, _E, argument, imaginary=not hyperbolic)
    down = ring.inverted(up)
    half = pow(2, -1, field.modulus)
    cosine = ring.multiplied(ring.added(up, down), {1: half})
    unit: Surd = {1: half} if hyperbolic else {-1: field.modulus - half}
    sine = ring.multiplied(ring.added(up, ring.negated(down)), unit)
    match name.removesuffix("h"):
        case "sin":
            return sine
        case "cos":
            return cosine
        case "tan":
            return ring.quotient(sine, cosine)
        case "cot":
            return ring.quotient(cosine, sine)
        case "sec":
            return ring.inverted(cosine)
        case _:
            return ring.inverted(sine)


def _logarithm_of(rest: tuple[Node, ...]) -> Fraction | None:
    """The positive rational number whose logarithm this is."""
    if len(rest) == 1 and isinstance(rest[0], Call) and rest[0].name == "ln":
        number = exact_or_none(rest[0].arguments[0])
        return number if number is not None and number > 0 else None
    return None
