"""Which neighbouring rows of an ordered answer tie.

Promises: rows tie when all their sort keys are equal as SQLite compares them, text by its
collation; or when they part first in a REAL key and by rounding only (`ROUNDING`): which
of them comes first then is an accident of the order of summation, and the keys behind it
decide nothing. Rows that such a key joins are one group as a whole.

Does not cover: where keys and collations come from (`ordering.py`).
"""

from collections.abc import Sequence
from enum import Enum, auto
from itertools import pairwise
from math import isclose

from verifier_server.verifiers.sql.rows import Cell, Row

ROUNDING = 1e-9  # relative

_UPPER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


class Relation(Enum):
    """How one cell compares with the next one."""

    EQUAL = auto()
    NEAR = auto()
    APART = auto()


def folded(text: str, collation: str) -> str:
    """A text that is equal for texts that the collation takes for equal (datatype3.html, 7)."""
    if collation == "NOCASE":
        return text.translate(_UPPER)
    return text.rstrip(" ") if collation == "RTRIM" else text


def needs_collation(rows: Sequence[Row], index: int) -> bool:
    """Whether neighbours differ in a way that some collation overlooks."""
    return any(
        isinstance(first, str)
        and isinstance(second, str)
        and first != second
        and any(folded(first, each) == folded(second, each) for each in ("NOCASE", "RTRIM"))
        for first, second in pairwise(row[index] for row in rows)
    )


def groups(
    rows: Sequence[Row], indexes: Sequence[int], collations: Sequence[str]
) -> list[tuple[int, int]]:
    """The groups of rows that tie: (start, end) of each, one after the other.

    Args:
        rows: in their order.
        indexes: the columns that are sort keys, the first one first.
        collations: of each key.
    """
    partings = [_parting(before, after, indexes, collations) for before, after in pairwise(rows)]
    tied = [relation is Relation.EQUAL for _, relation in partings]
    for i, (depth, relation) in enumerate(partings):
        if relation is Relation.NEAR and not tied[i]:
            _join(partings, tied, i, depth)
    starts = [0, *(i + 1 for i, tie in enumerate(tied) if not tie)]
    return list(zip(starts, [*starts[1:], len(rows)], strict=True)) if rows else []


def _join(
    partings: Sequence[tuple[int, Relation]], tied: list[bool], place: int, depth: int
) -> None:
    """Ties all rows around `place` that are equal in the keys before `depth` and near in it."""

    def within(i: int) -> bool:
        parted, relation = partings[i]
        return parted > depth or (parted == depth and relation is Relation.NEAR)

    for steps in (range(place, len(partings)), range(place - 1, -1, -1)):
        for i in steps:
            if not within(i):
                break
            tied[i] = True


def _parting(
    before: Row, after: Row, indexes: Sequence[int], collations: Sequence[str]
) -> tuple[int, Relation]:
    """The first key in which two rows differ, and how; (number of keys, EQUAL) if in none."""
    for depth, (index, collation) in enumerate(zip(indexes, collations, strict=True)):
        relation = _relation(before[index], after[index], collation)
        if relation is not Relation.EQUAL:
            return depth, relation
    return len(indexes), Relation.EQUAL


def _relation(first: Cell, second: Cell, collation: str) -> Relation:
    if isinstance(first, str) and isinstance(second, str):
        if folded(first, collation) == folded(second, collation):
            return Relation.EQUAL
        return Relation.APART
    if first == second:
        return Relation.EQUAL
    if isinstance(first, int | float) and isinstance(second, int | float):
        rounded = isinstance(first, float) or isinstance(second, float)
        if rounded and isclose(first, second, rel_tol=ROUNDING):
            return Relation.NEAR
    return Relation.APART
