"""Expectations and results in few words, for the tests beside this file."""

from collections.abc import Iterable, Sequence

from verifier_server.verifiers.sql.rows import Expectation, Result, Row, Section


def unordered(rows: Sequence[Row], width: int | None = None) -> Expectation:
    """All of `rows`, in any order."""
    return sections([(len(rows), rows)], width if width is not None else len(rows[0]))


def ordered(rows: Sequence[Row]) -> Expectation:
    """Exactly this order."""
    return sections([(1, [row]) for row in rows], len(rows[0]), ordered=True)


def sections(
    parts: Iterable[tuple[int, Sequence[Row]]], width: int, *, ordered: bool = False
) -> Expectation:
    """Sections given as (count, members)."""
    names = tuple([f"g{place}" for place in range(width)])
    made = tuple([Section(count, tuple(members)) for count, members in parts])
    return Expectation(width, names, made, ordered)


def answer(rows: Sequence[Row], width: int | None = None) -> Result:
    """What a query returned."""
    columns = width if width is not None else len(rows[0])
    return Result(tuple([f"a{place}" for place in range(columns)]), list(rows), 0, frozenset())
