"""An expectation made ready, and whether rows are its sections one after the other.

Promises: what depends on the accepted query alone is done once, also for hundreds of
answers; rows in the accepted query's own order are recognised by one comparison of lists.

Sets (`Duplicates.SET`): of rows that are equal only the first one counts, on both sides, so
an ordered answer says in which order the different rows come first. Where a LIMIT cuts, it
counts rows, and how often a row occurs decides which ones there are: there bags are compared.

Does not cover: columns in another order (`columns`), and where rows differ (`difference`).
"""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from verifier_server.verifiers.sql.comparing import bags
from verifier_server.verifiers.sql.comparing.cells import (
    Tolerance,
    close,
    read_rows,
    reader,
    tolerance,
)
from verifier_server.verifiers.sql.comparing.effort import Effort
from verifier_server.verifiers.sql.policy import Duplicates, Policy
from verifier_server.verifiers.sql.rows import Cell, Expectation, Row


class Span:
    """One section, with its rows read and its place in the answer: [start, stop)."""

    def __init__(self, start: int, count: int, members: list[Row]) -> None:
        self.start = start
        self.stop = start + count
        self.members = members
        self.whole = count == len(members)

    @cached_property
    def counts(self) -> dict[Row, int]:
        """How often each member occurs."""
        return Counter(self.members)

    def agrees(self, piece: list[Row], allowed: Tolerance, effort: Effort) -> bool:
        """Whether the rows at its place can be this section."""
        if self.whole and len(piece) == 1 == len(self.members):
            ours, theirs = piece[0], self.members[0]
            return ours == theirs or all(
                close(a, b, allowed) for a, b in zip(ours, theirs, strict=True)
            )
        return bags.drawn(piece, self.members, self.counts, allowed, effort)


class Prepared:
    """An `Expectation` under a `Policy`, ready to be compared with many answers.

    `count` is how many rows are expected; where `as_set`, how many different ones, and
    how many there are does not count. `cut` says that some section has more members
    than it takes. `spans` are its sections with rows read as the policy says.
    """

    def __init__(self, expectation: Expectation, policy: Policy) -> None:
        self.width = expectation.width
        self.names = expectation.names
        self.ordered = expectation.ordered
        self.allowed = tolerance(policy)
        self.read = reader(policy)
        self.cut = any(each.count != len(each.members) for each in expectation.sections)
        self.as_set = policy.duplicates is Duplicates.SET and not self.cut
        self.spans: list[Span] = []
        seen: set[Row] = set()
        start = 0
        for section in expectation.sections:
            members = list(section.members)
            if self.read is not None:
                members = read_rows(members, self.read)
            count = section.count
            if self.as_set:
                members = [row for row in dict.fromkeys(members) if row not in seen]
                seen.update(members)
                count = len(members)
            if count:
                self.spans.append(Span(start, count, members))
            start += count
        self.count = start
        self.members = [row for span in self.spans for row in span.members]
        self.size = len(self.members) * self.width

    @cached_property
    def counts(self) -> dict[Row, int]:
        """How often each row occurs among all members."""
        return self.spans[0].counts if len(self.spans) == 1 else Counter(self.members)

    @cached_property
    def columns(self) -> list[tuple[dict[Cell, int], frozenset[type]]]:
        """Each column's bag of cells, and the types that occur in it."""
        if not self.members:
            return [({}, frozenset())] * self.width
        return [
            (Counter(column), frozenset(map(type, column)))
            for column in zip(*self.members, strict=True)
        ]

    def rows(self, rows: Sequence[Row]) -> list[Row]:
        """An answer's rows, read as the policy says."""
        if self.read is not None:
            return read_rows(rows, self.read)
        return rows if isinstance(rows, list) else list(rows)

    def agrees(self, rows: list[Row], effort: Effort) -> bool:
        """Whether `rows`, read and with the expected columns, are what is expected.

        Raises:
            ExhaustedError: the effort does not suffice to tell.
        """
        if not self.as_set:
            if len(rows) != self.count:
                return False
            if not self.cut and rows == self.members:
                return True
        if not bags.hashable(rows):
            return False
        if self.as_set:
            rows = list(dict.fromkeys(rows))
            if not self.ordered:
                return bags.same_set(rows, self.members, self.allowed, effort)
            if len(rows) != self.count:
                return False
        for span in self.spans:
            if not span.agrees(rows[span.start : span.stop], self.allowed, effort):
                return False
        return True

    def agrees_unordered(self, rows: list[Row], effort: Effort) -> bool:
        """Whether `rows` would be right if order did not count.

        Where sections are cut this is necessary, and sufficient with one cut.

        Raises:
            ExhaustedError: the effort does not suffice to tell.
        """
        if not bags.hashable(rows):
            return False
        if self.as_set:
            return bags.same_set(rows, self.members, self.allowed, effort)
        if len(rows) != self.count:
            return False
        if not bags.drawn(rows, self.members, self.counts, self.allowed, effort):
            return False
        if not self.cut:
            return True
        sure = [row for span in self.spans if span.whole for row in span.members]
        return bags.drawn(sure, rows, Counter(rows), self.allowed, effort)


def prepare(expectation: Expectation, policy: Policy) -> Prepared:
    """An expectation made ready for comparing.

    Args:
        expectation: what one instance's answer must be.
        policy: the same one that the `Comparison` has.
    """
    return Prepared(expectation, policy)
