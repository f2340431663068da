"""What a task says about how its answers are compared.

Promises: plain data with the defaults of the task schema; every field is symmetric,
so that same(a, b) is same(b, a) under any policy.

Does not cover: which answers are admitted at all (`forms`).
"""

from dataclasses import dataclass
from typing import Literal

Units = Literal["optional", "required", "convert"]


@dataclass(frozen=True, slots=True)
class Policy:
    """How two answers are compared.

    Args:
        tolerance: relative tolerance of numbers, |a - b| <= tolerance * max(|a|, |b|); None
            compares exactly, save for decimals correct in all of many digits (`shown`).
        significant_digits: a decimal written with at least so many significant digits stands for
            every value that rounds to it. None: it takes 5 of them and 4 decimal places, and only
            exact values are rounded, not other decimals.
        units: "optional": a unit on one side only is ignored, two units must be the same one;
            "required": both sides or neither have it; "convert": as required, and a quantity
            may be given in any unit of its kind.
        ordered_lists: whether the order of a bare list matters.
        rename_variables: whether y = 2x answers b = 2a: one consistent renaming of all variables.
        loose_percent: whether 50% also answers 50 (it is 0.5 in any case).
    """

    tolerance: float | None = None
    significant_digits: int | None = None
    units: Units = "optional"
    ordered_lists: bool = False
    rename_variables: bool = False
    loose_percent: bool = True


DEFAULT = Policy()
