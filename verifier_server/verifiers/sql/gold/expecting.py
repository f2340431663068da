"""What the answer must be on one instance, derived from an accepted query.

Promises:
- Rows of the accepted query in its own order are always accepted, and so is any other order
  inside a group of rows whose sort keys tie (`ties.py`). A group through which LIMIT or OFFSET
  cuts may be represented by any of its members; a LIMIT without ORDER BY by any rows of the
  full answer.
- Groups come from a second run of the query without its LIMIT and with its sort keys as further
  columns. They count only if that run reproduces the query's own rows group by group.
  Otherwise (keys that DISTINCT hides, rows that SQLite picks at will, terms that cannot be
  resolved) every row has its place as returned: what is accepted is then right, though
  another order of ties is refused (`Derived.exact` is False).
- Where more rows could be meant than the limits let us hold, there is no expectation but
  a `GoldError`: neither a wrong answer is accepted nor a right one refused.

With `Order.ALWAYS` and no ORDER BY every row has its place as returned. With `Order.NEVER` a
LIMIT behind ORDER BY that cuts a tie expects the very rows returned, unless all of them are of
the one group that is cut.

Does not cover: a LIMIT inside a subquery (`traits.py` finds answers that depend on it),
duplicates that do not count (`comparing`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from verifier_server.verifiers.sql import limits
from verifier_server.verifiers.sql.comparing import bags
from verifier_server.verifiers.sql.comparing.cells import tolerance
from verifier_server.verifiers.sql.comparing.effort import Effort, ExhaustedError
from verifier_server.verifiers.sql.engine.faults import Fault, QueryError
from verifier_server.verifiers.sql.engine.instance import Instance
from verifier_server.verifiers.sql.gold import ties
from verifier_server.verifiers.sql.gold.ordering import COLLATIONS, Extended, extensions, probe
from verifier_server.verifiers.sql.gold.reading import GoldError, GoldQuery
from verifier_server.verifiers.sql.policy import Order, Policy
from verifier_server.verifiers.sql.rows import Expectation, Result, Row, Section

# How many rows on either side of the LIMIT's window are fetched, one after the other until
# its ties end within, before all are.
MARGINS = (256, 16_384)

_TOO_MUCH = frozenset({Fault.ROWS, Fault.SIZE, Fault.STEPS, Fault.MEMORY})
# Two runs of one query differ at most in the order of a summation.
_SAME = tolerance(Policy())


@dataclass(frozen=True, slots=True)
class Derived:
    """An expectation, and what it was derived from.

    `exact` is False where ties could not be told and every row has its place as
    returned.
    """

    expectation: Expectation
    result: Result
    exact: bool


class _UnknownError(Exception):
    """The ties cannot be told."""


def derive(gold: GoldQuery, instance: Instance, policy: Policy) -> Derived:
    """What an answer must return on `instance`, with the query's own result.

    Raises:
        GoldError: the query fails there, or its LIMIT leaves too many rows to choose from.
    """
    try:
        result = instance.run(gold.text, steps=limits.GOLD_STEPS)
    except QueryError as error:
        raise GoldError(f"the accepted query fails: {error.message}") from error
    if not gold.ordered:
        return _unordered(gold, instance, policy, result)
    never = policy.order is Order.NEVER
    if never and gold.limit is None:
        return _made(result, [_bag(result.rows)], ordered=False)
    try:
        sections = _sections(gold, instance, result)
    except _UnknownError:
        if never:
            return _made(result, [_bag(result.rows)], ordered=False, exact=False)
        return _as_returned(result, exact=False)
    if not never:
        return _made(result, sections, ordered=True)
    one = sections if len(sections) == 1 else [_bag(result.rows)]
    return _made(result, one, ordered=False)


def _unordered(gold: GoldQuery, instance: Instance, policy: Policy, result: Result) -> Derived:
    if policy.order is Order.ALWAYS:
        return _as_returned(result, exact=True)
    if gold.limit is None:
        return _made(result, [_bag(result.rows)], ordered=False)
    try:
        full = instance.run(gold.unlimited, steps=limits.GOLD_STEPS)
    except QueryError as error:
        raise GoldError(
            "the accepted query has a LIMIT without ORDER BY, so any of its rows are right, and "
            f"without the LIMIT there are too many: {error.message}"
        ) from error
    if not _drawn(result.rows, full.rows):
        return _made(result, [_bag(result.rows)], ordered=False, exact=False)
    return _made(result, [Section(len(result.rows), tuple(full.rows))], ordered=False)


def _made(
    result: Result, sections: Sequence[Section], *, ordered: bool, exact: bool = True
) -> Derived:
    expectation = Expectation(len(result.names), result.names, tuple(sections), ordered)
    return Derived(expectation, result, exact)


def _bag(rows: Sequence[Row]) -> Section:
    return Section(len(rows), tuple(rows))


def _as_returned(result: Result, *, exact: bool) -> Derived:
    return _made(result, [_bag([row]) for row in result.rows], ordered=True, exact=exact)


def _sections(gold: GoldQuery, instance: Instance, result: Result) -> list[Section]:
    """The groups of ties in the answer's rows, one after the other.

    Raises:
        GoldError: more rows tie with the last one than can be held.
        _UnknownError: the ties cannot be told.
    """
    count = len(result.rows)
    if count == 0 or (count == 1 and gold.limit is None):
        return [_bag([row]) for row in result.rows]
    most, offset = _window(gold, instance)
    for extended in extensions(gold, result.names):
        try:
            # Where nothing is cut and all keys are shown there is nothing more to ask.
            if extended.added == 0 and offset == 0 and (most is None or count < most):
                found = _grouped(extended, instance, result.rows)
                return [_bag(result.rows[start:end]) for start, end in found]
            return _matched(extended, instance, gold, result.rows, most, offset)
        except QueryError as error:
            # A query of one column too many is refused before its first step.
            if gold.limit is not None and error.fault in _TOO_MUCH and error.steps > 0:
                raise GoldError(
                    "so many rows tie with those that the accepted query's LIMIT leaves that not "
                    f"all can be held: {error.message}"
                ) from error
    raise _UnknownError


def _window(gold: GoldQuery, instance: Instance) -> tuple[int | None, int]:
    """The numbers of the outermost LIMIT and OFFSET: None for no limit."""
    if gold.limit is None:
        return None, 0
    count = _number(gold, gold.limit.count, instance)
    offset = _number(gold, gold.limit.offset, instance) if gold.limit.offset else 0
    return (None if count < 0 else count), max(offset, 0)


def _number(gold: GoldQuery, text: str, instance: Instance) -> int:
    if text.isascii() and text.isdigit():
        return int(text)
    # In front of the query's SELECT, so that it sees the same common table expressions.
    try:
        rows = instance.run(f"{gold.text[: gold.body]}SELECT ({text}\n)").rows
    except QueryError as error:
        raise _UnknownError from error
    # What LIMIT takes is what can be converted to an integer without loss.
    try:
        return int(str(rows[0][0]).removesuffix(".0"))
    except ValueError as error:
        raise _UnknownError from error


def _matched(
    extended: Extended,
    instance: Instance,
    gold: GoldQuery,
    rows: Sequence[Row],
    most: int | None,
    offset: int,
) -> list[Section]:
    """The groups that the query's own rows fall into.

    Raises:
        QueryError: the extended query does not compile, or takes too much.
        _UnknownError: the two runs disagree.
    """
    start, found, total = _fetched(extended, instance, gold, len(rows), offset)
    if total is not None and len(rows) != min(total - offset, total if most is None else most):
        raise _UnknownError
    shown = [row[: extended.width] for row in found]
    if extended.added and gold.arms[0].distinct and not _all_different(shown):
        raise _UnknownError  # the keys are not determined by what is shown
    sections: list[Section] = []
    end = offset + len(rows)
    for first, last in _grouped(extended, instance, found):
        low, high = max(start + first, offset), min(start + last, end)
        if low >= high:
            continue
        own, members = rows[low - offset : high - offset], shown[first:last]
        if not _drawn(own, members):
            raise _UnknownError
        sections.append(
            _bag(own) if len(own) == len(members) else Section(len(own), tuple(members))
        )
    if sum(section.count for section in sections) != len(rows):
        raise _UnknownError
    return sections


def _fetched(
    extended: Extended, instance: Instance, gold: GoldQuery, count: int, offset: int
) -> tuple[int, Sequence[Row], int | None]:
    """The extended rows around the window, ties included: the first one's place, the rows,
    and how many there are in all if that is known."""
    for margin in MARGINS if gold.limit is not None else ():
        # DISTINCT is checked on all rows before the window.
        start = 0 if gold.arms[0].distinct else max(offset - margin, 0)
        asked = offset - start + count + margin
        found = instance.run(extended.window(asked, start), steps=limits.GOLD_STEPS).rows
        whole = len(found) < asked
        groups = _grouped(extended, instance, found)
        closed_before = start == 0 or (groups and groups[0][1] <= offset - start)
        closed_behind = whole or (groups and groups[-1][0] >= offset - start + count)
        if closed_before and closed_behind:
            return start, found, start + len(found) if whole else None
    found = instance.run(extended.sql, steps=limits.GOLD_STEPS).rows
    return 0, found, len(found)


def _grouped(extended: Extended, instance: Instance, rows: Sequence[Row]) -> list[tuple[int, int]]:
    indexes = [key.index for key in extended.keys]
    collations = [
        key.collation or _collation(extended, instance, key.index, rows) for key in extended.keys
    ]
    return ties.groups(rows, indexes, collations)


def _collation(extended: Extended, instance: Instance, index: int, rows: Sequence[Row]) -> str:
    """The collation of a key, asked only where it matters."""
    if not ties.needs_collation(rows, index):
        return "BINARY"
    return COLLATIONS.get(len(instance.run(probe(extended, index)).rows), "BINARY")


def _all_different(rows: Sequence[Row]) -> bool:
    return bags.hashable(rows) and len(set(rows)) == len(rows)


def _drawn(rows: Sequence[Row], members: Sequence[Row]) -> bool:
    """Whether `rows` are a part of the bag `members`, up to rounding."""
    if list(rows) == list(members):
        return True
    if not (bags.hashable(rows) and bags.hashable(members)):
        return False
    try:
        counts: dict[Row, int] = {}
        for row in members:
            counts[row] = counts.get(row, 0) + 1
        return bags.drawn(rows, members, counts, _SAME, Effort())
    except ExhaustedError:
        return False
