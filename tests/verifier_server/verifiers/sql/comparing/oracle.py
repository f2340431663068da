"""Comparing by trying everything: every map of columns, every way to pair the rows.

Promises: the meaning of `comparing`, written down without any cleverness.

Does not cover: more than a handful of rows and columns.
"""

from collections.abc import Sequence
from itertools import permutations

from verifier_server.verifiers.sql.policy import Columns, Duplicates, Policy
from verifier_server.verifiers.sql.rows import Cell, Expectation, Row


def right(
    trials: Sequence[tuple[Expectation, Sequence[Row], int]], policy: Policy
) -> tuple[int, ...] | None:
    """The first map of columns under which every (expectation, rows, width) is right."""
    wanted, width = trials[0][0].width, trials[0][2]
    if width < wanted or (width > wanted and policy.columns is not Columns.SUPERSET):
        return None
    maps = [tuple(range(wanted))]
    if policy.columns is not Columns.EXACT:
        maps += permutations(range(width), wanted)
    for columns in maps:
        if all(
            agrees(expected, [tuple([row[place] for place in columns]) for row in rows], policy)
            for expected, rows, _ in trials
        ):
            return columns
    return None


def agrees(expected: Expectation, rows: Sequence[Row], policy: Policy) -> bool:
    """Whether rows with the expected columns are the sections one after the other."""
    cut = any(section.count != len(section.members) for section in expected.sections)
    if policy.duplicates is Duplicates.SET and not cut:
        return _agrees_as_set(expected, rows, policy)
    if len(rows) != expected.count:
        return False
    start = 0
    for section in expected.sections:
        piece = rows[start : start + section.count]
        start += section.count
        if not any(
            all(map(lambda a, b: same(a, b, policy), piece, chosen))
            for chosen in permutations(section.members, section.count)
        ):
            return False
    return True


def _agrees_as_set(expected: Expectation, rows: Sequence[Row], policy: Policy) -> bool:
    members = [row for section in expected.sections for row in section.members]
    if not expected.ordered:
        return all(any(same(row, other, policy) for other in members) for row in rows) and all(
            any(same(row, other, policy) for row in rows) for other in members
        )
    firsts = list(dict.fromkeys(rows))
    place = 0
    seen: set[Row] = set()
    for section in expected.sections:
        fresh = set(section.members) - seen
        seen |= fresh
        if set(firsts[place : place + len(fresh)]) != fresh:
            return False
        place += len(fresh)
    return place == len(firsts)


def same(left: Row, right: Row, policy: Policy) -> bool:
    """Whether two rows are equal cell by cell."""
    return all(map(lambda a, b: _equal(a, b, policy), left, right))


def _equal(left: Cell, right: Cell, policy: Policy) -> bool:
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    if not numbers or (type(left) is int and type(right) is int):
        return type(left) is type(right) and left == right
    assert isinstance(left, int | float)
    assert isinstance(right, int | float)
    if left == right:
        return True
    if float("inf") in (abs(left), abs(right)):
        return False
    size = max(abs(left), abs(right))
    reach = policy.relative * size
    if type(left) is int or type(right) is int:  # an integer is exact but for rounding
        reach = min(reach, max(1e-3, 1e-14 * size))
    return abs(left - right) <= max(policy.absolute, reach)
