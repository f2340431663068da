"""Numbers within a tolerance, without rounding.

Promises: |predicted - expected| <= max(abs, rel * |expected|), the bound
included, in exact decimal arithmetic: 100 +- 1 % holds 101 and not
101.0000000000000000001. Integers of any length are compared as integers.

Does not cover: texts that spell numbers; they are texts.
"""

import math
from collections.abc import Callable
from decimal import Context, Decimal, Inexact
from typing import Any

MAX_TOLERANCE_EXPONENT = 400
_PRECISION = 20_000
# Far above what numbers of `parse` need; whatever still had to be rounded raises.
_EXACT = Context(prec=_PRECISION, traps=[Inexact])

Number = int | Decimal


def within(expected: Number, absolute: Number, relative: Number) -> Callable[[Any, object], bool]:
    """A test whether a value is a number within the tolerance of the expected one.

    It takes a comparison's work, as tests of other comparators do, and needs none.
    """
    if not absolute and not relative:
        kinds = (int, Decimal)  # and no bool, which equals 0 or 1
        return lambda predicted, _: predicted.__class__ in kinds and predicted == expected
    middle = Decimal(expected)
    share = _EXACT.multiply(Decimal(relative), middle.copy_abs())
    tolerance = max(Decimal(absolute), share)
    low, high = _EXACT.subtract(middle, tolerance), _EXACT.add(middle, tolerance)
    low_integer, high_integer = math.ceil(low), math.floor(high)

    def same(predicted: Any, _: object) -> bool:
        kind = predicted.__class__
        if kind is int:
            return bool(low_integer <= predicted <= high_integer)
        return kind is Decimal and bool(low <= predicted <= high)

    return same
