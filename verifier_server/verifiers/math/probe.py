"""Whether two expressions have equal values, by evaluating them.

Promises: constants are compared at two precisions, the higher one beyond every
digit written in them, so e^{pi sqrt 163} is not an integer and 1 + 10^{-200}
is not 1. Expressions with symbols are compared at seeded points between and
beyond the numbers they hold; DIFFERENT needs one point where the values
differ by the same amount at two precisions (or where only one of them is
real), EQUAL needs MIN_POINTS points that agree and none that differs. That is
the evidence of Schwartz (1980) and Zippel (1979) for identity testing.

Does not cover: proof (`symbolic`).
"""

import random
from collections.abc import Iterator, Mapping
from enum import Enum
from fractions import Fraction
from typing import Any

from verifier_server.verifiers.math.exact import UndefinedError, exact
from verifier_server.verifiers.math.limits import MAX_PRECISION, TooBigError
from verifier_server.verifiers.math.nodes import Call, Constant, Node, Number, Symbol, walk
from verifier_server.verifiers.math.numeric import CONTEXT, UnsupportedError, evaluate

MIN_POINTS = 6
POINTS_PER_RANGE = 3
LOW_DIGITS, HIGH_DIGITS = 40, 90
_GUARD_DIGITS = 15
_MAX_LANDMARKS = 4
_SEED = 163
# (0, 1) twice: inverse functions may have no other domain.
_RANGES = ((0, 1), (0, 1), (1, 5), (-3, 0), (5, 100), (-100, -5))


class Evidence(Enum):
    """What evaluation showed."""

    EQUAL = "equal"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


def probe(left: Node, right: Node) -> Evidence:
    """Compares two expressions by value."""
    names = _symbols(left, right)
    digits = _digits(left) + _digits(right)
    if digits + HIGH_DIGITS > MAX_PRECISION:
        return Evidence.UNKNOWN
    if not names:
        try:
            return _at(left, right, {}, digits)
        except TooBigError:
            return Evidence.UNKNOWN
    complex_domain = any(_has_i(node) for node in (left, right))
    agreeing, out_of_bounds = 0, False
    for point in _points(names, (left, right)):
        try:
            evidence = _at(left, right, point, digits, real_only=not complex_domain)
        except TooBigError:
            out_of_bounds = True
            continue
        if evidence is Evidence.DIFFERENT:
            return evidence
        agreeing += evidence is Evidence.EQUAL
    # Where one place is out of bounds, another may be too small to see: 1 + x^100000.
    enough = agreeing >= MIN_POINTS and not out_of_bounds
    return Evidence.EQUAL if enough else Evidence.UNKNOWN


def proportional(left: Node, right: Node) -> Evidence:
    """Whether one expression is a nonzero constant times the other, and neither is zero."""
    names = _symbols(left, right)
    digits = HIGH_DIGITS + _digits(left) + _digits(right)
    if not names or digits > MAX_PRECISION:
        return Evidence.UNKNOWN
    ratio: Any = None
    agreeing = 0
    for point in _points(names, (left, right)):
        try:
            values = [evaluate(node, point, digits) for node in (left, right)]
        except (UndefinedError, UnsupportedError):
            continue
        except TooBigError:
            return Evidence.UNKNOWN
        if not values[0] or not values[1]:
            return Evidence.DIFFERENT if any(values) else Evidence.UNKNOWN
        with CONTEXT.workdps(digits):
            here = values[0] / values[1]
            if ratio is None:
                ratio = here
            elif abs(here - ratio) > abs(ratio) * CONTEXT.mpf(10) ** -HIGH_DIGITS * 10**30:
                return Evidence.DIFFERENT
            else:
                agreeing += 1
    return Evidence.EQUAL if agreeing >= MIN_POINTS else Evidence.UNKNOWN


def within(left: Node, right: Node, tolerance: float) -> bool:
    """Whether two constants differ by at most tolerance times the larger magnitude."""
    if _symbols(left, right):
        return False
    try:
        one, two = (evaluate(node, {}, HIGH_DIGITS) for node in (left, right))
    except (UndefinedError, TooBigError, UnsupportedError):
        return False
    with CONTEXT.workdps(HIGH_DIGITS):
        bound = CONTEXT.mpf(str(tolerance)) * max(abs(one), abs(two))
        return bool(abs(one - two) <= bound)


def _at(
    left: Node,
    right: Node,
    point: Mapping[str, Fraction],
    digits: int,
    real_only: bool = False,
) -> Evidence:
    differences: list[Any] = []
    agrees = True
    for precision in (LOW_DIGITS + digits, HIGH_DIGITS + digits):
        values = [_try(node, point, precision) for node in (left, right)]
        if None in values:
            return Evidence.UNKNOWN
        with CONTEXT.workdps(precision):
            small = CONTEXT.mpf(10) ** (_GUARD_DIGITS - precision)
            if real_only:
                real = [abs(CONTEXT.im(value)) <= abs(value) * small for value in values]
                if not any(real):
                    return Evidence.UNKNOWN
                if not all(real):
                    return Evidence.DIFFERENT
            difference = abs(values[0] - values[1])
            agrees = agrees and bool(difference <= max(map(abs, values)) * small)
            differences.append(difference)
    if agrees:
        return Evidence.EQUAL
    low, high = differences
    # A difference that the higher precision confirms is real; one that shrinks is rounding.
    if high and abs(low - high) <= high * CONTEXT.mpf(10) ** -10:
        return Evidence.DIFFERENT
    return Evidence.UNKNOWN


def _try(node: Node, point: Mapping[str, Fraction], digits: int) -> Any:
    try:
        return evaluate(node, point, digits)
    except (UndefinedError, UnsupportedError):
        return None


def _symbols(*nodes: Node) -> list[str]:
    return sorted({part.name for node in nodes for part in walk(node) if isinstance(part, Symbol)})


def _has_i(node: Node) -> bool:
    return Constant("i") in walk(node)


def _digits(node: Node) -> int:
    """Decimal digits written in an expression, those of its literal powers included."""
    total = 0
    for part in walk(node):
        value = None
        if isinstance(part, Number):
            value = part.value
        elif isinstance(part, Call) and part.name == "pow":
            try:
                value = exact(part)
            except (TooBigError, UndefinedError):
                total += MAX_PRECISION
        if value is not None:
            # A bit is less than a third of a digit.
            total += max(value.numerator.bit_length(), value.denominator.bit_length()) // 3
    return total


def _points(names: list[str], nodes: tuple[Node, Node]) -> Iterator[dict[str, Fraction]]:
    landmarks = sorted(
        {abs(part.value) for node in nodes for part in walk(node) if isinstance(part, Number)}
    )
    largest = (landmarks[-1] if landmarks else Fraction(1)) + 1
    ranges = [(Fraction(start), Fraction(end)) for start, end in _RANGES]
    ranges += [(largest, 3 * largest), (-3 * largest, -largest)]
    for landmark in landmarks[-_MAX_LANDMARKS:]:
        ranges += [(landmark - 1, landmark + 1), (-landmark - 1, 1 - landmark)]
    generator = random.Random(_SEED)  # noqa: S311  # points, not secrets; seeded to be repeatable
    for start, end in ranges:
        for _ in range(POINTS_PER_RANGE):
            yield {
                name: start + (end - start) * Fraction(generator.randrange(1, 10**9), 10**9)
                for name in names
            }
