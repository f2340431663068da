"""Whether two expressions have equal values, by evaluating them.

Promises: constants are compared at two precisions, the higher one beyond every
digit that a part of them may hide (`numeric.measure`), so e^{pi sqrt 163}
is not an integer and 1 + 10^{-200} is not 1. Expressions with symbols are
compared at points drawn from a digest of both, between and beyond the numbers
they hold, every symbol from its own range and with every pattern of signs;
DIFFERENT needs one point where the values differ by the same amount at two
precisions (or where only one of them is real), EQUAL needs MIN_POINTS points
that agree and none that differs. That is the evidence of Schwartz (1980) and
Zippel (1979) for identity testing. Where a function may change its form from
region to region (`regions`), EQUAL also needs points in every region.

Does not cover: proof (`symbolic`).
"""

import hashlib
import random
from collections.abc import Iterator, Mapping
from enum import Enum
from fractions import Fraction
from itertools import product
from typing import Any

from verifier_server.verifiers.math.exact import UndefinedError, exact_or_none
from verifier_server.verifiers.math.limits import MAX_PRECISION, TooBigError
from verifier_server.verifiers.math.nodes import Call, Constant, Node, Number, Symbol, walk
from verifier_server.verifiers.math.numeric import (
    CONTEXT,
    UnsupportedError,
    evaluate,
    measure,
)
from verifier_server.verifiers.math.opaque import without_switches
from verifier_server.verifiers.math.regions import Region, regions, switches

MIN_POINTS = 6
POINTS_PER_RANGE = 3
POINTS_PER_REGION = 2
MIXED_POINTS = 12
LOW_DIGITS, HIGH_DIGITS = 40, 90
_GUARD_DIGITS = 15
_MAX_LANDMARKS = 4
_MAX_SIGNED = 4  # symbols whose patterns of signs are all tried
# (0, 1) twice: inverse functions may have no other domain.
_RANGES = ((0, 1), (0, 1), (1, 5), (-3, 0), (5, 100), (-100, -5))


class Evidence(Enum):
    """What evaluation showed."""

    EQUAL = "equal"
    DIFFERENT = "different"
    UNKNOWN = "unknown"
    PARTIAL = "partial"  # equal where one has no value over the reals: sqrt(x)^2 and x
    UNDEFINED = "undefined"  # one of them has no value anywhere


def probe(left: Node, right: Node) -> Evidence:
    """Compares two expressions by value."""
    names = _symbols(left, right)
    if not names:
        try:
            return _at(left, right, {})
        except TooBigError:
            return Evidence.UNKNOWN
    boxes = regions(names, left, right)
    real_only = not any(_has_i(node) for node in (left, right))
    agreeing, out_of_bounds, partial = 0, False, False
    for point in _points(names, (left, right), boxes):
        try:
            evidence = _at(left, right, point, real_only)
        except TooBigError:
            out_of_bounds = True
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
    if agreeing < MIN_POINTS or out_of_bounds:
        return Evidence.UNKNOWN
    if boxes is not None or not (switches(left) or switches(right)):
        return Evidence.EQUAL
    plain = without_switches(left, right)
    return Evidence.EQUAL if plain and probe(*plain) is Evidence.EQUAL else Evidence.UNKNOWN


def proportional(left: Node, right: Node) -> Evidence:
    """Whether one expression is a nonzero constant times the other, and neither is zero."""
    names = _symbols(left, right)
    if not names:
        return Evidence.UNKNOWN
    boxes = regions(names, left, right)
    ratio: Any = None
    smallest = MAX_PRECISION
    agreeing = 0
    for point in _points(names, (left, right), boxes):
        try:
            digits = HIGH_DIGITS + sum(measure(node, point).digits for node in (left, right))
            if digits > MAX_PRECISION:
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
    if agreeing < MIN_POINTS:
        return Evidence.UNKNOWN
    if boxes is not None or not (switches(left) or switches(right)):
        return Evidence.EQUAL
    plain = without_switches(left, right)
    same = plain and proportional(*plain) is Evidence.EQUAL
    return Evidence.EQUAL if same else Evidence.UNKNOWN


def has_no_value(node: Node) -> bool:
    """Whether a constant is undefined, such as tan(pi/2)."""
    if not isinstance(node, Call) or _symbols(node):
        return False
    try:
        evaluate(node, {}, HIGH_DIGITS + measure(node, {}).digits)
    except UndefinedError:
        return True
    except (TooBigError, UnsupportedError):
        return False
    return False


def within(left: Node, right: Node, tolerance: float) -> bool:
    """Whether two constants differ by at most tolerance times the larger magnitude."""
    if _symbols(left, right):
        return False
    try:
        digits = HIGH_DIGITS + max(measure(node, {}).digits for node in (left, right))
        one, two = (evaluate(node, {}, digits) for node in (left, right))
    except (UndefinedError, TooBigError, UnsupportedError):
        return False
    with CONTEXT.workdps(digits):
        bound = CONTEXT.mpf(str(tolerance)) * max(abs(one), abs(two))
        return bool(abs(one - two) <= bound)


def _at(
    left: Node, right: Node, point: Mapping[str, Fraction], real_only: bool = False
) -> Evidence:
    differences: list[Any] = []
    agrees = True
    try:
        needs = [measure(node, point) for node in (left, right)]
    except UndefinedError:
        return Evidence.UNDEFINED
    except UnsupportedError:
        return Evidence.UNKNOWN
    digits = sum(need.digits for need in needs)
    if digits + HIGH_DIGITS > MAX_PRECISION:
        raise TooBigError("needs too many digits")
    for precision in (LOW_DIGITS + digits, HIGH_DIGITS + digits):
        try:
            values = [evaluate(node, point, precision) for node in (left, right)]
        except UndefinedError:
            return Evidence.UNDEFINED
        except UnsupportedError:
            return Evidence.UNKNOWN
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
    if agrees:
        partly = real_only and not all(need.real for need in needs)
        return Evidence.PARTIAL if partly else Evidence.EQUAL
    low, high = differences
    # A difference that the higher precision confirms is real; one that shrinks is rounding.
    if high and abs(low - high) <= high * CONTEXT.mpf(10) ** -10:
        return Evidence.DIFFERENT
    return Evidence.UNKNOWN


def _symbols(*nodes: Node) -> list[str]:
    return sorted({part.name for node in nodes for part in walk(node) if isinstance(part, Symbol)})


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


def _points(
    names: list[str], nodes: tuple[Node, Node], boxes: list[Region] | None
) -> Iterator[dict[str, Fraction]]:
    landmarks = sorted(
        {abs(part.value) for node in nodes for part in walk(node) if isinstance(part, Number)}
    )
    largest = (landmarks[-1] if landmarks else Fraction(1)) + 1
    ranges = [(Fraction(start), Fraction(end)) for start, end in _RANGES]
    ranges += [(largest, 3 * largest), (-3 * largest, -largest)]
    for landmark in landmarks[-_MAX_LANDMARKS:]:
        ranges += [(landmark - 1, landmark + 1), (-landmark - 1, 1 - landmark)]
    generator = _generator(nodes)
    choices: list[Region] = [dict.fromkeys(names, each) for each in ranges] * POINTS_PER_RANGE
    if len(names) > 1:
        choices += [{name: generator.choice(ranges) for name in names} for _ in range(MIXED_POINTS)]
        choices += _signed(names, generator) * POINTS_PER_REGION
    choices += (boxes or []) * POINTS_PER_REGION
    for choice in choices:
        yield {
            name: start + (end - start) * Fraction(generator.randrange(1, 10**9), 10**9)
            for name, (start, end) in choice.items()
        }


def _signed(names: list[str], generator: random.Random) -> list[Region]:
    """Boxes of every pattern of signs, or of as many drawn patterns for many symbols."""
    if len(names) <= _MAX_SIGNED:
        patterns = list(product((1, -1), repeat=len(names)))
    else:
        patterns = [tuple(generator.choices((1, -1), k=len(names))) for _ in range(2**_MAX_SIGNED)]
    unit = (Fraction(1, 5), Fraction(3))
    return [
        {
            name: unit if sign > 0 else (-unit[1], -unit[0])
            for name, sign in zip(names, pattern, strict=True)
        }
        for pattern in patterns
    ]


def _generator(nodes: tuple[Node, Node]) -> random.Random:
    """Repeatable and symmetric, and not to be foreseen by whoever writes one of the two."""
    written = "\n".join(sorted(repr(node) for node in nodes))
    digest = hashlib.sha256(written.encode("utf-8", "surrogatepass")).digest()
    return random.Random(digest)  # noqa: S311  # points, not secrets; seeded to be repeatable
