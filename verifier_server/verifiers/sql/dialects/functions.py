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

NAMES: frozenset[str] = frozenset(PREFIX + name for name in (*_SCALARS, *STATISTICS, _LIST))


def register(connection: apsw.Connection) -> None:
    """Make every function of NAMES known to a connection."""
    for name, (function, count) in _SCALARS.items():
        connection.create_scalar_function(PREFIX + name, function, count, deterministic=True)
    for name, (count, result) in STATISTICS.items():
        connection.create_window_function(PREFIX + name, _window(count, result), count)
    connection.create_aggregate_function(PREFIX + _LIST, _distinct_list, 3)


def _distinct_list() -> Any:
    return lists.DistinctList(), lists.DistinctList.step, lists.DistinctList.final


def _window(count: int, result: Callable[[Moments], float | None]) -> Any:
    """apsw's form of a window function: state, step, final, value, inverse."""

    def step(sums: Moments, *values: Cell) -> None:
        sums.add(1, values[0], values[count - 1])

    def inverse(sums: Moments, *values: Cell) -> None:
        sums.add(-1, values[0], values[count - 1])

    def start() -> tuple[Any, ...]:
        return Moments(), step, result, result, inverse

    return start
