"""Logarithms as residues.

Promises: ln(c u) = ln c + ln u for c > 0, ln(u^{2k} v) = 2k ln|u| + ln v, ln(1/u) = -ln u,
ln of a rational number as a sum over its primes: each law as far as the domains are the same.

Does not cover: ln(uv) = ln u + ln v of letters whose signs are not known.
"""

from fractions import Fraction
from typing import TYPE_CHECKING

from verifier_server.verifiers.math.nodes import Call, Constant, Node, Symbol, walk
from verifier_server.verifiers.math.values import surds
from verifier_server.verifiers.math.values.exact import exact_or_none
from verifier_server.verifiers.math.values.surds import OpenError, Surd, frozen
from verifier_server.verifiers.math.values.terms import content, factors

if TYPE_CHECKING:
    from verifier_server.verifiers.math.values.residues import Field

_E, _I = Constant("e"), Constant("i")
_ONE: Surd = {1: 1}


def logarithm(field: "Field", argument: Node) -> Surd:
    """ln of a product: a sum over its factors, as far as their signs are known."""
    ring = field.ring
    number = exact_or_none(argument)
    if number is not None:
        return logarithm_of_number(field, number)
    if _I in walk(argument):
        return field.atom(("ln", field.frozen(argument)), argument, partial=True)
    scale, powers = factors(argument)
    total: Surd = {}
    odd: list[tuple[Node, int]] = []
    for base, times in powers:
        term: Surd | None = None
        if isinstance(base, Call) and base.name == "root" and len(powers) == 1 and scale > 0:
            order = exact_or_none(base.arguments[1])
            if order:
                term = ring.quotient(logarithm(field, base.arguments[0]), field.rational(order))
        elif base == _E:
            term = _ONE
        elif isinstance(base, Call) and base.name == "pow" and base.arguments[0] == _E:
            term = field.value(base.arguments[1])
        elif times % 2 == 0:
            term = size(field, base)
        elif isinstance(base, Call) and base.name == "abs":
            term = size(field, base.arguments[0])
        if term is None:
            odd.append((base, times))
        else:
            total = ring.added(total, ring.multiplied(term, field.rational(Fraction(times))))
    if not odd:
        return ring.added(total, logarithm_of_number(field, scale))
    rest = field.rational(Fraction(1 if scale > 0 else -1))
    outer = 1
    for base, times in odd:
        part = content(base)
        scale *= part**times
        factor = ring.quotient(field.value(base), field.rational(part))
        if len(odd) == 1:
            outer = times
        else:
            factor = ring.raised(factor, times)
        rest = ring.multiplied(rest, factor)
    straight, turned = frozen(rest), frozen(ring.inverted(rest))
    key = ("ln", min(straight, turned))
    letter: Surd = {1: field.residue(key)}
    field.bare = False
    if turned < straight:
        letter = ring.negated(letter)
    if any(has_symbol(base) for base, _ in odd):
        field.partial.add(key)
    total = ring.added(total, ring.multiplied(letter, field.rational(Fraction(outer))))
    return ring.added(total, logarithm_of_number(field, abs(scale)))


def size(field: "Field", node: Node) -> Surd:
    """ln|node|."""
    part = content(node)
    rest = field.ring.quotient(field.value(node), field.rational(part))
    inverse = field.ring.inverted(rest)
    straight = min(frozen(rest), frozen(field.ring.negated(rest)))
    turned = min(frozen(inverse), frozen(field.ring.negated(inverse)))
    field.bare = False
    letter: Surd = {1: field.residue(("ln abs", min(straight, turned)))}
    if turned < straight:
        letter = field.ring.negated(letter)
    return field.ring.added(letter, logarithm_of_number(field, part))


def logarithm_of_number(field: "Field", number: Fraction) -> Surd:
    """ln of a positive rational number: a sum over its primes."""
    if number <= 0:
        raise OpenError
    total: Surd = {}
    for part, sign in ((number.numerator, 1), (number.denominator, -1)):
        for prime, exponent in surds.factored(part).items():
            scale = field.rational(Fraction(sign * exponent))
            term = field.ring.multiplied(scale, field.constant(("ln", prime)))
            total = field.ring.added(total, term)
    return total


def has_symbol(node: Node) -> bool:
    """Whether a letter occurs."""
    return any(isinstance(part, Symbol) for part in walk(node))
