"""How rows are compared: what a task may choose.

Promises: the defaults are what the accepted query itself says (order only where
it orders, duplicates where it keeps them), and equality by value.

Does not cover: reading the task (`task.py`), or comparing (`comparing`).
"""

from dataclasses import dataclass
from enum import StrEnum


class Order(StrEnum):
    """When the order of rows counts."""

    AUTO = "auto"  # where the accepted query has a top-level ORDER BY
    ALWAYS = "always"
    NEVER = "never"


class Columns(StrEnum):
    """Which columns an answer may have."""

    PERMUTE = "permute"  # the same number; one permutation for all instances
    EXACT = "exact"  # the same number, in the same order
    SUPERSET = "superset"  # extra ones too; one injection for all instances


class Duplicates(StrEnum):
    """Whether it counts how often a row occurs."""

    BAG = "bag"
    SET = "set"


@dataclass(frozen=True, slots=True)
class Policy:
    """How rows are compared.

    `relative` and `absolute` are the tolerances of numbers of which one is a REAL:
    |a - b| <= max(absolute, relative * max(|a|, |b|)); if the other one is an INTEGER, the relative
    one is for rounding only (`cells.near_integer`). `numeric_text` lets a
    text that is a decimal number equal the number; `casefold` compares texts
    without case; `instants` lets ISO 8601 dates and timestamps as texts be equal when they
    name the same instant (a date is its midnight).
    """

    order: Order = Order.AUTO
    columns: Columns = Columns.PERMUTE
    duplicates: Duplicates = Duplicates.BAG
    relative: float = 1e-9
    absolute: float = 1e-9
    numeric_text: bool = False
    casefold: bool = False
    instants: bool = False
