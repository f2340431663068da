"""The functions that a translated query may call beside SQLite's own.

Promises: deterministic, linear in their arguments, bounded results; names begin
with `verifier_`. Arguments are hostile: what does not fit is an error of the
query.

Does not cover: who may call them (`engine.instance`).
"""

from collections.abc import Callable
from typing import Any

import apsw

from verifier_server.verifiers.sql.dialects.callables import (
    extremes,
    lists,
    numbers,
    patterns,
    text,
    times,
)
from verifier_server.verifiers.sql.dialects.callables.statistics import STATISTICS, Moments
from verifier_server.verifiers.sql.rows import Cell

PREFIX = "verifier_"

_SCALARS: dict[str, tuple[Callable[..., Cell], int]] = {
    "code": (text.code, 1),
    "initcap": (text.initcap, 1),
    "lower": (text.lower, 1),
    "lpad": (text.lpad, 3),
    "repeat": (text.repeat, 2),
    "reverse": (text.reverse, 1),
    "rpad": (text.rpad, 3),
    "split_part": (text.split_part, 3),
    "substring_index": (text.substring_index, 3),
    "translate": (text.translate, 3),
    "upper": (text.upper, 1),
    "glob": (patterns.glob_of, 2),
    "regex": (patterns.matches, 3),
    "regex_extract": (patterns.extract, 3),
    "regex_replace": (patterns.replace, 4),
    "format_time": (times.format_time, 2),
    "full_months": (times.full_months, 2),
    "mysql_week": (times.mysql_week, 2),
    "tsql_week": (times.tsql_week, 1),
    "fixed": (numbers.fixed, 2),
    "round": (numbers.round_to, 2),
    "round_even": (numbers.round_even, 1),
    "thousands": (numbers.thousands, 2),
    "truncate": (numbers.truncate, 2),
    "try_number": (numbers.try_number, 2),
    "greatest": (extremes.greatest, -1),
    "least": (extremes.least, -1),
}

_LIST = "distinct_list"

type Charge = Callable[[int], None]

# Characters of the arguments that count as a step; for a regular expression it is the product
# with the expression's length that counts (an automaton of its states for each character), and
# exact sums take some steps for each row.
LENGTH_OF_A_STEP = 16
PRODUCT_OF_A_STEP = 16
STEPS_OF_A_SUM = 100
_EXPRESSIONS = frozenset({"regex", "regex_extract", "regex_replace"})

NAMES: frozenset[str] = frozenset(PREFIX + name for name in (*_SCALARS, *STATISTICS, _LIST))


def register(connection: apsw.Connection, charge: Charge = lambda _: None) -> None:
    """Make every function of NAMES known to a connection; `charge` is told of steps."""
    for name, (function, count) in _SCALARS.items():
        charged = _charged(function, charge, product=name in _EXPRESSIONS)
        connection.create_scalar_function(PREFIX + name, charged, count, deterministic=True)
    for name, (count, result) in STATISTICS.items():
        connection.create_window_function(PREFIX + name, _window(count, result, charge), count)
    connection.create_aggregate_function(PREFIX + _LIST, _distinct_list, 3)


def _charged(
    function: Callable[..., Cell], charge: Charge, *, product: bool
) -> Callable[..., Cell]:
    def charged(*values: Cell) -> Cell:
        lengths = [len(value) for value in values if isinstance(value, str)]
        steps = sum(lengths) // LENGTH_OF_A_STEP
        if product and len(lengths) > 1:
            steps += lengths[0] * lengths[1] // PRODUCT_OF_A_STEP
        if steps:
            charge(steps)
        return function(*values)

    return charged


def _distinct_list() -> Any:
    return lists.DistinctList(), lists.DistinctList.step, lists.DistinctList.final


def _window(count: int, result: Callable[[Moments], float | None], charge: Charge) -> Any:
    """apsw's form of a window function: state, step, final, value, inverse."""

    def step(sums: Moments, *values: Cell) -> None:
        charge(STEPS_OF_A_SUM)
        sums.add(1, values[0], values[count - 1])

    def inverse(sums: Moments, *values: Cell) -> None:
        sums.add(-1, values[0], values[count - 1])

    def start() -> tuple[Any, ...]:
        return Moments(), step, result, result, inverse

    return start
