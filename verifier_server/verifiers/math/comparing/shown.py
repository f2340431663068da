"""Decimals as they are written: what values they stand for.

Promises: a decimal with enough digits stands for the values that round to it at its
last place, halves either way; an integer or a fraction stands for itself alone, so 3.14
is not pi and 16385 is not 16384. Scientific notation, signs and percent signs keep
the digits of the decimal they go with.

Does not cover: decimals within a larger expression: 1.41421 x is not sqrt(2) x.
"""

from dataclasses import dataclass
from fractions import Fraction

from verifier_server.verifiers.math.limits import MAX_DIGITS, TooBigError
from verifier_server.verifiers.math.nodes import Call, Node, Number, Symbol, walk
from verifier_server.verifiers.math.policy import Policy
from verifier_server.verifiers.math.values.evaluators import CONTEXT, UnsupportedError
from verifier_server.verifiers.math.values.exact import UndefinedError, exact_or_none
from verifier_server.verifiers.math.values.numeric import evaluate, measure

MIN_SIGNIFICANT, MIN_PLACES = 5, 4
_EXTRA_DIGITS = 40
_MAX_EXPONENT = 4000


@dataclass(frozen=True, slots=True)
class Shown:
    """A decimal. Its last digit counts units of 10**last; `places` were written after the point."""

    value: Fraction
    last: int
    places: int

    @property
    def significant(self) -> int:
        """How many digits from the first that is not zero."""
        return len(str(abs(int(self.value / _ten(self.last))))) if self.value else 0


def shown(node: Node) -> Shown | None:
    """The decimal that a node writes; None for integers, fractions and expressions."""
    match node:
        case Number(value, places) if places is not None:
            return Shown(value, -places, places)
        case Call("neg", (part,)):
            inner = shown(part)
            return inner and Shown(-inner.value, inner.last, inner.places)
        case Call("percent", (part,)):
            inner = shown(part)
            return inner and Shown(inner.value / 100, inner.last - 2, inner.places + 2)
        case Call("mul", (part, Call("pow", (Number(base), power)))) if base == 10:
            inner, exponent = shown(part), exact_or_none(power)
            if inner is None or exponent is None or exponent.denominator != 1:
                return None
            if abs(exponent) > _MAX_EXPONENT:
                return None
            times = int(exponent)
            return Shown(inner.value * _ten(times), inner.last + times, inner.places)
        case _:
            return None


def is_exact(node: Node) -> bool:
    """Whether no decimal stands in the node."""
    return not any(isinstance(part, Number) and part.places is not None for part in walk(node))


def stand_for_the_same(left: Node, right: Node, policy: Policy) -> bool:
    """Whether one is a decimal that stands for the other's value, as the policy says."""
    one, two = shown(left), shown(right)
    return _stands_for(one, right, two, policy) or _stands_for(two, left, one, policy)


def _stands_for(decimal: Shown | None, node: Node, other: Shown | None, policy: Policy) -> bool:
    if decimal is None or decimal.significant > MAX_DIGITS:
        return False
    if policy.significant_digits is not None:
        return decimal.significant >= policy.significant_digits and rounds_to(node, decimal)
    enough = decimal.significant >= MIN_SIGNIFICANT and decimal.places >= MIN_PLACES
    return enough and other is None and rounds_to(node, decimal)


def rounds_to(node: Node, decimal: Shown) -> bool:
    """Whether a constant is within half a unit of a decimal's last place."""
    value = exact_or_none(node)
    if value is not None:
        return abs(value - decimal.value) * 2 <= _ten(decimal.last)
    if any(isinstance(part, Symbol) for part in walk(node)):
        return False
    try:
        # As many digits again as the decimal has.
        digits = decimal.significant + _EXTRA_DIGITS + measure(node, {}).digits
        number = evaluate(node, {}, digits)
    except (UndefinedError, TooBigError, UnsupportedError):
        return False
    with CONTEXT.workdps(digits):
        written = CONTEXT.mpf(decimal.value.numerator) / decimal.value.denominator
        # The distance of two complex numbers: an imaginary part counts as well.
        return bool(abs(number - written) * 2 <= CONTEXT.mpf(10) ** decimal.last)


def _ten(power: int) -> Fraction:
    return Fraction(10) ** power
