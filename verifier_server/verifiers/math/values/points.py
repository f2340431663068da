"""Where expressions are evaluated: drawn points, and which letters stand for integers.

Promises: points follow from a digest of both expressions, so they are repeatable and
symmetric and not to be foreseen by whoever writes one of the two. They lie between and
beyond the numbers that the expressions hold, each symbol in its own range, with every
pattern of signs, and in every region given.

A letter stands for a positive integer where both expressions put it into a factorial, a
binomial, a divisor or a power of a negative number; or one of them does, and the letter
is one that usually does: n(-1)^n, but not x(-1)^x.

Does not cover: evaluating (`probe`).
"""

import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import product

from verifier_server.verifiers.math.nodes import Call, Node, Number, Symbol, walk
from verifier_server.verifiers.math.values.exact import exact_or_none
from verifier_server.verifiers.math.values.formal import seed

Interval = tuple[Fraction, Fraction]
Region = dict[str, Interval]

POINTS_PER_RANGE = 3
POINTS_PER_REGION = 2
MIXED_POINTS = 12
_MAX_LANDMARKS = 4
_MAX_SIGNED = 4  # symbols whose patterns of signs are all tried
# (0, 1) twice: inverse functions may have no other domain.
_RANGES = ((0, 1), (0, 1), (1, 5), (-3, 0), (5, 100), (-100, -5))
_WHOLE_RANGES = ((1, 6), (1, 12), (2, 20), (6, 40), (30, 90), (60, 250))
_LARGE, _LARGE_POINTS = (10**3, 10**6), 4
WHOLE_POINTS = 24
MAX_PERIOD = 60
STEPS = frozenset(("floor", "ceil", "mod", "sign", "gcd", "lcm"))

_WHOLE_LETTERS = frozenset("nmkjlNMK")
_OF_INTEGERS = ("factorial", "binomial", "gcd", "lcm", "mod")


def whole_names(left: Node, right: Node) -> frozenset[str]:
    """The symbols that stand for positive integers."""
    one, two = _forced(left), _forced(right)
    if not one and not two:
        return frozenset()
    return frozenset(
        name for name in one | two if (name in one and name in two) or name[0] in _WHOLE_LETTERS
    )


def _forced(node: Node) -> set[str]:
    names: set[str] = set()
    for part in walk(node):
        if not isinstance(part, Call):
            continue
        match part.name, part.arguments:
            case name, arguments if name in _OF_INTEGERS:
                names.update(_names(*arguments))
            case "pow", (base, exponent) if not isinstance(exponent, Number):
                letters = _names(exponent)
                value = exact_or_none(base) if letters else None
                if value is not None and value < 0:
                    names.update(letters)
            case (("sum" | "product"), (_, _, *ends)):
                names.update(_names(*ends))
            case (("floor" | "ceil"), (argument,)) if _divides(argument):
                names.update(_names(argument))
            case _:
                continue
    return names


def _divides(node: Node) -> bool:
    """Whether a value need not be an integer where all letters are."""
    return any(
        (isinstance(part, Call) and part.name not in ("add", "mul", "neg", "pow"))
        or (isinstance(part, Number) and part.value.denominator != 1)
        for part in walk(node)
    )


def _names(*nodes: Node) -> set[str]:
    return {part.name for node in nodes for part in walk(node) if isinstance(part, Symbol)}


def points(
    names: list[str],
    nodes: tuple[Node, Node],
    boxes: list[Region] | None,
    whole: frozenset[str],
) -> Iterator[dict[str, Fraction]]:
    """Points for these symbols; those in `whole` get positive integers."""
    generator = random.Random(seed(*nodes))  # noqa: S311  # points, not secrets
    real = [name for name in names if name not in whole]
    choices = _choices(real, nodes, boxes, generator) if real else [{}] * WHOLE_POINTS
    for index, choice in enumerate(choices):
        point = {
            name: start + (end - start) * Fraction(generator.randrange(1, 10**9), 10**9)
            for name, (start, end) in choice.items()
        }
        if whole:
            low, high = generator.choice(_WHOLE_RANGES)
            drawn = [generator.randint(low, high) for _ in whole]
            # Many expressions have values in one order of their letters only: n!/(n-k)!.
            if index % 3:
                drawn.sort(reverse=index % 3 == 1)
            point.update(zip(sorted(whole), map(Fraction, drawn), strict=True))
        yield point
    period = step_period(*nodes) if len(names) == 1 and whole else None
    if period is not None:
        wholes = [
            *range(1, 2 * period + WHOLE_POINTS),
            *(generator.randint(*_LARGE) for _ in "1234"),
        ]
        yield from ({names[0]: Fraction(number)} for number in wholes)


def step_period(*nodes: Node) -> int | None:
    """After how many integers the steps of step functions recur, at the latest.

    Returns:
        The product of all numbers within them; None above MAX_PERIOD, or without any.
    """
    within = {
        part
        for node in nodes
        for step in walk(node)
        if isinstance(step, Call) and step.name in STEPS
        for part in walk(step)
        if isinstance(part, Number)
    }
    period = 1
    for number in within:
        period *= max(1, abs(number.value.numerator)) * number.value.denominator
        if period > MAX_PERIOD:
            return None
    return period if within else None


def _choices(
    names: list[str],
    nodes: tuple[Node, Node],
    boxes: list[Region] | None,
    generator: random.Random,
) -> list[Region]:
    landmarks = sorted(
        {abs(part.value) for node in nodes for part in walk(node) if isinstance(part, Number)}
    )
    largest = (landmarks[-1] if landmarks else Fraction(1)) + 1
    ranges = [(Fraction(start), Fraction(end)) for start, end in _RANGES]
    ranges += [(largest, 3 * largest), (-3 * largest, -largest)]
    for landmark in landmarks[-_MAX_LANDMARKS:]:
        ranges += [(landmark - 1, landmark + 1), (-landmark - 1, 1 - landmark)]
    choices: list[Region] = [dict.fromkeys(names, each) for each in ranges] * POINTS_PER_RANGE
    if len(names) > 1:
        choices += [{name: generator.choice(ranges) for name in names} for _ in range(MIXED_POINTS)]
        choices += _signed(names, generator) * POINTS_PER_REGION
    return choices + (boxes or []) * POINTS_PER_REGION


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
