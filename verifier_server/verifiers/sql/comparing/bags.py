"""Whether rows are drawn from other rows, as bags or as sets.

Promises: exact rows are counted; with floats, whatever can only go together is
separated first (`chains`) and the rest is paired (`matching`). The outcome does not depend on
the order of rows, and the cost is bounded by `effort` beyond a few passes over the rows.

Does not cover: the order of rows (`sections`), and columns in another order (`columns`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import cast

from verifier_server.verifiers.sql.comparing import matching
from verifier_server.verifiers.sql.comparing.cells import Number, Tolerance
from verifier_server.verifiers.sql.comparing.chains import Chains, Token, chains
from verifier_server.verifiers.sql.comparing.effort import Effort
from verifier_server.verifiers.sql.rows import Row

# Fewer rows cannot cost much whatever their hashes are.
TRUSTED = 2_000
# Different rows with the same hash as an earlier one. It takes intent: hashes have 61 bits.
COLLISIONS = 200

type Key = tuple[Token, ...]


def hashable(rows: Sequence[Row]) -> bool:
    """Whether rows can be counted in linear time.

    CPython hashes a number by its value modulo 2**61 - 1 and not by a secret, so rows can be
    made that all share one hash, and a dict of them is quadratic.
    """
    if len(rows) <= TRUSTED:
        return True
    first: dict[int, Row] = {}
    collisions = 0
    for row in rows:
        other = first.setdefault(hash(row), row)
        if other is not row and other != row:
            collisions += 1
            if collisions > COLLISIONS:
                return False
    return True


def has_floats(rows: Iterable[Row]) -> bool:
    """Whether any cell is a REAL."""
    return any(type(cell) is float for row in rows for cell in row)


def drawn(
    rows: Sequence[Row],
    members: Sequence[Row],
    counts: dict[Row, int],
    allowed: Tolerance,
    effort: Effort,
) -> bool:
    """Whether `rows` is a part of the bag `members`; all of it if there are as many.

    Args:
        rows: of an answer, already counted safely (`hashable`).
        members: of the same width.
        counts: how often each of `members` occurs.
        allowed: what numbers may differ by.
        effort: is charged for what is not a plain count.

    Raises:
        ExhaustedError: the effort does not suffice.
    """
    if len(rows) > len(members):
        return False
    found = Counter(rows)
    if len(rows) == len(members):
        if dict.__eq__(found, counts):
            return True
    elif all(count <= counts.get(row, 0) for row, count in found.items()):
        return True
    if not (has_floats(rows) or has_floats(members)):
        return False
    split = _split(rows, members, allowed, effort)
    if split is None or any(len(ours) > len(theirs) for ours, theirs, _ in split):
        return False
    return all(
        matching.saturates(_picked(ours, loose), _picked(theirs, loose), allowed, effort)
        for ours, theirs, loose in split
        if loose
    )


def same_set(
    rows: Sequence[Row], members: Sequence[Row], allowed: Tolerance, effort: Effort
) -> bool:
    """Whether every row has an equal member and every member an equal row.

    Raises:
        ExhaustedError: the effort does not suffice.
    """
    ours, theirs = list(dict.fromkeys(rows)), list(dict.fromkeys(members))
    if set(ours) == set(theirs):
        return True
    if not (has_floats(ours) or has_floats(theirs)):
        return False
    split = _split(ours, theirs, allowed, effort)
    back = _split(theirs, ours, allowed, effort)
    return (
        split is not None
        and back is not None
        and all(
            matching.covers(_picked(left, loose), _picked(right, loose), allowed, effort)
            for left, right, loose in (*split, *back)
            if loose
        )
    )


type _Group = tuple[list[Row], list[Row], tuple[int, ...]]


def _split(
    rows: Sequence[Row], members: Sequence[Row], allowed: Tolerance, effort: Effort
) -> list[_Group] | None:
    """Groups of rows with the members that they could equal, as far as tokens tell.

    Each group has the columns in which that is not yet certain. None if a row has no
    member at all.
    """
    if not rows:
        return []
    both = (*rows, *members)
    effort.spend(len(both) * len(both[0]))
    columns: list[Sequence[Token]] = []
    links: dict[int, Chains] = {}
    for place, column in enumerate(zip(*both, strict=True)):
        if float in set(map(type, column)):
            links[place] = chains(column, allowed)
            columns.append(links[place].tokens(column))
        else:
            columns.append(column)
    keys = list(zip(*columns, strict=True))
    groups: dict[Key, tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
    for place, key in enumerate(keys):
        groups[key][place >= len(rows)].append(both[place])
    split: list[_Group] = []
    for key, (ours, theirs) in groups.items():
        if ours and not theirs:
            return None
        if ours:
            loose = tuple([place for place, each in links.items() if key[place] in each.loose])
            split.append((ours, theirs, loose))
    return split


def _picked(rows: Sequence[Row], columns: tuple[int, ...]) -> list[tuple[Number, ...]]:
    """The rows' numbers in `columns`: a loose chain holds nothing else."""
    return [tuple([cast(Number, row[column]) for column in columns]) for row in rows]
