"""Rows, and what is expected of them.

Promises: plain data that `engine` returns, `gold` derives and `comparing` reads.

Does not cover: how any of it is made.
"""

from collections.abc import Sequence
from dataclasses import dataclass

Cell = int | float | str | bytes | None  # SQLite's five storage classes
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What a query returned on one instance.

    `names` are the columns' names, one a column (duplicates happen); `steps` is
    how many VDBE operations it took, counted in portions of
    `limits.STEP_PORTION`; `reads` are the (table, column) pairs that it reads,
    in lower case, as the authorizer was asked; an empty column stands for a
    table of which only the rows are counted.
    """

    names: tuple[str, ...]
    rows: Sequence[Row]
    steps: int
    reads: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Section:
    """`count` consecutive rows of the answer, drawn from the bag `members`.

    `count` is at most len(members): all of them in any order when it is equal,
    any `count` of them when a LIMIT cuts through rows of the same rank.
    """

    count: int
    members: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the answer must be on one instance: its sections one after the other.

    An unordered answer is one section; in an ordered one each section is a
    group of rows that tie. `width` is the number of columns and `names` their names.
    """

    width: int
    names: tuple[str, ...]
    sections: tuple[Section, ...]
    ordered: bool

    @property
    def count(self) -> int:
        """How many rows the answer has."""
        return sum(section.count for section in self.sections)
