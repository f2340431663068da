"""Numbers that could be equal up to the tolerance, told apart from those that cannot.

Promises: two numbers that are `close` are in the same chain; those of a tight
chain are all close to each other, so that there the chain is as good as a value.

Does not cover: which numbers of a loose chain go together (`matching`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from verifier_server.verifiers.sql.comparing.cells import Number, Tolerance, near_integer, within
from verifier_server.verifiers.sql.rows import Cell

type Token = Cell | tuple[int]  # a chain's place, or a cell that is no number


@dataclass(frozen=True, slots=True)
class Chains:
    """`place` gives each number's chain; `loose` are the chains that are not tight."""

    place: dict[Number, tuple[int]]
    loose: frozenset[tuple[int]]

    def tokens(self, cells: Iterable[Cell]) -> list[Token]:
        """The cells with a chain instead of each number."""
        place = self.place
        return [place[cell] if isinstance(cell, int | float) else cell for cell in cells]


def chains(cells: Iterable[Cell], allowed: Tolerance) -> Chains:
    """The chains of all numbers among `cells`.

    Two integers are joined only by a float that both could equal.
    """
    integers: set[Number] = set()
    floats: set[Number] = set()
    for cell in cells:
        if isinstance(cell, float):
            floats.add(cell)
        elif isinstance(cell, int):
            integers.add(cell)
    values = sorted(integers | floats)
    joined = _joined(values, floats, allowed)
    place: dict[Number, tuple[int]] = {}
    loose: set[tuple[int]] = set()
    start = 0
    for stop in range(1, len(values) + 1):
        if stop < len(values) and joined[stop]:
            continue
        name = (start,)
        members = values[start:stop]
        place.update(dict.fromkeys(members, name))
        if stop - start > 1 and not _tight(members, integers, allowed):
            loose.add(name)
        start = stop
    return Chains(place, frozenset(loose))


def _tight(members: list[Number], integers: set[Number], allowed: Tolerance) -> bool:
    """Whether all of a chain are close to each other, in ascending order."""
    exact = [member for member in members if member in integers]
    ends = members[0], members[-1]
    return (
        len(exact) < 2
        and within(*ends, allowed)
        and all(end == each or near_integer(each, end, allowed) for each in exact for end in ends)
    )


def _joined(values: list[Number], floats: set[Number], allowed: Tolerance) -> list[bool]:
    """For each value, whether it is in the chain of the one before it."""
    above: list[Number | None] = [None] * len(values)
    nearest: Number | None = None
    for place in range(len(values) - 1, -1, -1):
        if values[place] in floats:
            nearest = values[place]
        above[place] = nearest
    joined = [False] * len(values)
    below: Number | None = None
    for place in range(1, len(values)):
        left, right = values[place - 1], values[place]
        if left in floats:
            below = left
        upper = above[place]
        joined[place] = (upper is not None and within(left, upper, allowed)) or (
            below is not None and within(below, right, allowed)
        )
    return joined
