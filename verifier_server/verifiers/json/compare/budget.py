"""How much one comparison may cost, in steps, and what it has worked out already.

Promises: the same documents cost the same steps on any host. A step is about
one visit of an expected part while pairs of a list are weighed against each
other; what is linear in the documents costs none. A comparison that would need
more than MAX_STEPS is refused whole: no cheaper metric takes its place.

Does not cover: parsing and the schema.
"""

from collections.abc import Callable, Hashable
from typing import Any

MAX_STEPS = 1_000_000


class TooManyComparisonsError(Exception):
    """The predicted document would need more steps than there are."""


class Work:
    """One comparison: the steps that are left, and parts of the document already read.

    Args:
        steps: how many there are.
        prepair: whether what surely belongs together in a list may be paired before all
            others are weighed against each other. Without, every comparison costs what one
            with a fault in each element does.
    """

    __slots__ = ("candidates", "different", "distinct", "left", "prepair", "read", "rows")

    def __init__(self, steps: int = MAX_STEPS, prepair: bool = True) -> None:
        self.left = steps
        self.prepair = prepair
        # What is known of a list of the document, by the identities of a place and the
        # list, which outlive the comparison. `lists` and `keys` say what it is.
        self.candidates: dict[tuple[int, int], tuple[list[tuple[int, int]], list[int]]] = {}
        self.distinct: dict[tuple[int, int], dict[Hashable, int]] = {}
        self.different: dict[tuple[int, int], list[tuple[int, int]]] = {}
        self.rows: dict[tuple[int, int], dict[Hashable, int]] = {}
        # What a text reads as, by the identity of what reads it.
        self.read: dict[tuple[int, str], Any] = {}

    def reading(self, read: Callable[[str], Any], text: str) -> Any:
        """What a text of the document reads as, worked out once."""
        key = (id(read), text)
        if key not in self.read:
            self.read[key] = read(text)
        return self.read[key]

    def spend(self, steps: int) -> None:
        """Takes steps away.

        Raises:
            TooManyComparisonsError: fewer are left.
        """
        self.left -= steps
        if self.left < 0:
            raise TooManyComparisonsError
