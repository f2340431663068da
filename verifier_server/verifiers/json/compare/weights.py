"""Weights of rules, in thousandths, so that sums of weights are exact.

Promises: `thousandths` reads a weight from a rule. The largest is such that
the weight of any document stays exact in a double, which the assignment of
lists is solved in.

Does not cover: which weight holds at a place (`places`), and what a part of a
document weighs (`weighing`).
"""

from decimal import Decimal
from typing import Any

UNIT = 1000
MAX_WEIGHT = 1_000_000
WEIGHT_RULE = f"a weight is above 0, at most {MAX_WEIGHT}, and has at most 3 decimals"


def thousandths(weight: Any) -> int | None:
    """A weight in thousandths; None where it is not WEIGHT_RULE."""
    if weight.__class__ not in (int, Decimal) or not 0 < weight <= MAX_WEIGHT:
        return None
    if isinstance(weight, Decimal) and weight.adjusted() < -3:
        return None
    whole = int(weight * UNIT)
    return whole if Decimal(whole) == Decimal(weight).scaleb(3) else None
