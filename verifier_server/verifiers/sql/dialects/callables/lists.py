"""STRING_AGG(DISTINCT ...) with a separator of its own.

Promises: distinct texts in code point order, joined; NULL for none.

Does not cover: another order than that of the texts themselves.
"""

from dataclasses import dataclass, field

from verifier_server.verifiers.sql.dialects.callables.values import (
    MAX_RESULT,
    ArgumentError,
    integer,
    text,
)
from verifier_server.verifiers.sql.rows import Cell


@dataclass(slots=True)
class DistinctList:
    """The texts seen so far."""

    seen: dict[str, None] = field(default_factory=dict)
    separator: str = ""
    descending: bool = False
    length: int = 0

    def step(self, value: Cell, separator: Cell, descending: Cell) -> None:
        """Take one text in."""
        if value is None or separator is None:
            return
        piece, self.separator = text(value), text(separator)
        self.descending = bool(integer(descending))
        if piece in self.seen:
            return
        self.length += len(piece) + len(self.separator)
        if self.length > MAX_RESULT:
            raise ArgumentError("the result is too long")
        self.seen[piece] = None

    def final(self) -> Cell:
        """The list."""
        if not self.seen:
            return None
        return self.separator.join(sorted(self.seen, reverse=self.descending))
