"""Whether two expressions have equal values, by evaluating them.

Promises: constants are compared at two precisions, the higher one beyond every
digit that a part of them may hide (`numeric.measure`), so e^{pi sqrt 163}
is not an integer and 1 + 10^{-200} is not 1. Expressions with symbols are
compared at drawn points (`points`);
DIFFERENT needs one point where the values differ by the same amount at two
precisions (or where only one of them is real), EQUAL needs MIN_POINTS points
that agree and none that differs. That is the evidence of Schwartz (1980) and
Zippel (1979) for identity testing. Where a function may change its form from
region to region (`regions`), EQUAL also needs points in every region. What costs more
than MAX_EVALUATION is UNKNOWN.

Does not cover: proof (`formal`, `symbolic`).
"""

from collections.abc import Mapping
from enum import Enum
from fractions import Fraction
from typing import Any

from verifier_server.verifiers.math.limits import MAX_EVALUATION, MAX_PRECISION, TooBigError
from verifier_server.verifiers.math.nodes import Call, Constant, Node, walk
from verifier_server.verifiers.math.values import formal
from verifier_server.verifiers.math.values.doubts import is_doubtful, without_real_laws
from verifier_server.verifiers.math.values.evaluators import CONTEXT, UnsupportedError
from verifier_server.verifiers.math.values.exact import UndefinedError, exact_or_none
from verifier_server.verifiers.math.values.lowering import BINDING, free_names, lowered, operations
from verifier_server.verifiers.math.values.numeric import evaluate, measure
from verifier_server.verifiers.math.values.opaque import without_switches
from verifier_server.verifiers.math.values.points import points, whole_names
from verifier_server.verifiers.math.values.quick import (
    UnsureError,
    apart,
    approximate,
    disproportionate,
)
from verifier_server.verifiers.math.values.regions import regions, switches
from verifier_server.verifiers.math.values.steps import Spend, freely

MIN_POINTS = 6
MAX_OUT_OF_BOUNDS = 8
LOW_DIGITS, HIGH_DIGITS = 40, 90
_GUARD_DIGITS = 15
# Parts of a constant that is looked at in double precision, and then each of its parts too.
_MAX_ROUGH = 40
# Operations with a value wherever their parts have one.
_TOTAL = frozenset(("add", "mul", "neg", "abs", "root", "percent", "degree", "sin", "cos"))


class Evidence(Enum):
    """What evaluation showed."""

    EQUAL = "equal"
    DIFFERENT = "different"
    UNKNOWN = "unknown"
    PARTIAL = "partial"  # equal where one has no value over the reals: sqrt(x)^2 and x
    UNDEFINED = "undefined"  # one of them has no value anywhere


class _Budget:
    """Work left for one pair of expressions, in parts times digits."""

    def __init__(self, *nodes: Node) -> None:
        self.parts = sum(1 for node in nodes for _ in walk(node))
        self.left = MAX_EVALUATION

    def allows(self, digits: int) -> bool:
        """Takes the cost of evaluating all parts once, if there is so much left."""
        self.left -= self.parts * digits
        return self.left >= 0


def probe(
    left: Node, right: Node, spend: Spend = freely, budget: _Budget | None = None
) -> Evidence:
    """Compares two expressions by value; `spend` takes the steps of sympy."""
    names = free_names(left, right)
    budget = budget or _Budget(left, right)
    if not names:
        try:
            return _at(left, right, {}, budget)
        except TooBigError:
            return Evidence.UNKNOWN
    whole = whole_names(left, right)
    boxes = regions(names, spend, left, right) if not whole else None
    agreeing, out_of_bounds, partial = 0, 0, False
    for point in points(names, (left, right), boxes, whole):
        try:
            evidence = _at(left, right, point, budget)
        except TooBigError:
            out_of_bounds += 1
            if not whole and out_of_bounds > MAX_OUT_OF_BOUNDS and not agreeing:
                return Evidence.UNKNOWN
            continue
        if evidence is Evidence.DIFFERENT:
            return evidence
        agreeing += evidence is Evidence.EQUAL
        partial = partial or evidence is Evidence.PARTIAL
    if partial:
        return Evidence.PARTIAL
    if not agreeing and not out_of_bounds:
        return Evidence.UNDEFINED
    # Where one place is out of bounds, another may be too small to see: 1 + x^100000.
    # Not so for integers: factorials leave the bounds soon.
    if agreeing < MIN_POINTS or (out_of_bounds and (budget.left < 0 or whole != set(names))):
        return Evidence.UNKNOWN
    if boxes is not None or whole == set(names) or not (switches(left) or switches(right)):
        return Evidence.EQUAL
    plain = without_switches(left, right, spend)
    return (
        Evidence.EQUAL
        if plain and probe(*plain, spend, budget) is Evidence.EQUAL
        else Evidence.UNKNOWN
    )


def proportional(left: Node, right: Node, spend: Spend = freely) -> Evidence:
    """Whether one expression is a nonzero constant times the other, and neither is zero."""
    left, right = lowered(left), lowered(right)
    names = free_names(left, right)
    if not names:
        return Evidence.UNKNOWN
    whole = whole_names(left, right)
    different = disproportionate(left, right, names, whole)
    if different:
        return Evidence.DIFFERENT
    real = without_real_laws(left, right) is None
    identity = formal.scaled(left, right)
    if identity.bare and identity.equal is not None:
        return Evidence.EQUAL if identity.equal else Evidence.DIFFERENT
    if identity.equal and different is False and real:
        return Evidence.EQUAL
    boxes = regions(names, spend, left, right) if not whole else None
    budget = _Budget(left, right)
    ratio: Any = None
    smallest = MAX_PRECISION
    agreeing = 0
    for point in points(names, (left, right), boxes, whole):
        try:
            digits = HIGH_DIGITS + sum(measure(node, point).digits for node in (left, right))
            if digits > MAX_PRECISION or not budget.allows(digits + LOW_DIGITS):
                return Evidence.UNKNOWN
            values = [evaluate(node, point, digits) for node in (left, right)]
        except (UndefinedError, UnsupportedError):
            continue
        except TooBigError:
            return Evidence.UNKNOWN
        if not values[0] or not values[1]:
            return Evidence.DIFFERENT if any(values) else Evidence.UNKNOWN
        smallest = min(smallest, digits)
        with CONTEXT.workdps(digits):
            here = values[0] / values[1]
            if ratio is None:
                ratio = here
            elif abs(here - ratio) > abs(ratio) * CONTEXT.mpf(10) ** (2 * _GUARD_DIGITS - smallest):
                return Evidence.DIFFERENT
            else:
                agreeing += 1
    if agreeing < MIN_POINTS or not real or is_doubtful(left, right, whole):
        return Evidence.UNKNOWN
    if boxes is not None or whole == set(names) or not (switches(left) or switches(right)):
        return Evidence.EQUAL
    plain = without_switches(left, right, spend)
    same = plain and proportional(*plain, spend) is Evidence.EQUAL
    return Evidence.EQUAL if same else Evidence.UNKNOWN


def has_no_value(node: Node) -> bool | None:
    """Whether a constant is undefined, such as tan(pi/2).

    Returns:
        False where it and every part of it was found to have a value; None where it is open,
        or was seen roughly.
    """
    if not isinstance(node, Call) or operations(node) <= _TOTAL or free_names(node):
        return None
    if sum(1 for _ in walk(node)) <= _MAX_ROUGH:
        try:
            approximate(node, {})
            return None
        except (UnsureError, ArithmeticError, ValueError):
            pass  # it may be large, complex or near a pole
    try:
        evaluate(node, {}, HIGH_DIGITS + measure(node, {}).digits)
    except UndefinedError:
        return True
    except (TooBigError, UnsupportedError):
        return None
    # Of an empty sum no term is looked at.
    return False if BINDING.isdisjoint(operations(node)) else None


def within(left: Node, right: Node, tolerance: float) -> bool:
    """Whether two constants differ by at most tolerance times the larger magnitude."""
    if free_names(left, right):
        return False
    decided = apart(left, right, tolerance)
    if decided is not None:
        return not decided
    try:
        digits = HIGH_DIGITS + max(measure(node, {}).digits for node in (left, right))
        one, two = (evaluate(node, {}, digits) for node in (left, right))
    except (UndefinedError, TooBigError, UnsupportedError):
        return False
    with CONTEXT.workdps(digits):
        bound = CONTEXT.mpf(str(tolerance)) * max(abs(one), abs(two))
        return bool(abs(one - two) <= bound)


def _at(left: Node, right: Node, point: Mapping[str, Fraction], budget: _Budget) -> Evidence:
    # Complex values count only where i is written or there is nothing but numbers.
    has_i = _has_i(left) or _has_i(right)
    real_only = bool(point) and not has_i
    differences: list[Any] = []
    agrees = True
    try:
        if not budget.allows(LOW_DIGITS):
            raise TooBigError("needs too much work")
        needs = [measure(node, point) for node in (left, right)]
        digits = sum(need.digits for need in needs)
        if digits + HIGH_DIGITS > MAX_PRECISION:
            raise TooBigError("needs too many digits")
        if not budget.allows(LOW_DIGITS + HIGH_DIGITS + 2 * digits):
            raise TooBigError("needs too much work")
        for precision in (LOW_DIGITS + digits, HIGH_DIGITS + digits):
            values = [evaluate(node, point, precision) for node in (left, right)]
            with CONTEXT.workdps(precision):
                small = CONTEXT.mpf(10) ** (_GUARD_DIGITS - precision)
                if real_only:
                    real = [abs(CONTEXT.im(value)) <= abs(value) * small for value in values]
                    if not any(real):
                        return Evidence.UNKNOWN
                    if not all(real):
                        odd = any(_has_odd_power(node) for node in (left, right))
                        return Evidence.PARTIAL if odd else Evidence.DIFFERENT
                difference = abs(values[0] - values[1])
                agrees = agrees and bool(difference <= max(map(abs, values)) * small)
                differences.append(difference)
    except UndefinedError:
        return Evidence.UNDEFINED
    except UnsupportedError:
        return Evidence.UNKNOWN
    if agrees:
        real_parts = [need.real for need in needs]
        partly = not all(real_parts) if real_only else any(real_parts) and not all(real_parts)
        return Evidence.PARTIAL if partly and not has_i else Evidence.EQUAL
    low, high = differences
    # A difference that the higher precision confirms is real; one that shrinks is rounding.
    if high and abs(low - high) <= high * CONTEXT.mpf(10) ** -10:
        return Evidence.DIFFERENT
    return Evidence.UNKNOWN


def _has_i(node: Node) -> bool:
    return Constant("i") in walk(node)


def _has_odd_power(node: Node) -> bool:
    """Whether a power such as x^{1/3} occurs: real for negative x to some, complex to others."""
    for part in walk(node):
        if isinstance(part, Call) and part.name == "pow":
            power = exact_or_none(part.arguments[1])
            if power is not None and power.denominator % 2 and power.denominator > 1:
                return True
    return False
