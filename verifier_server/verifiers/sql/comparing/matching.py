"""Pairing rows of numbers that are equal only up to a tolerance.

Promises: `saturates` finds a partner for every row on the left if there is a way
(augmenting paths, Kuhn 1955), also where equality is not transitive. What it finds and
what it costs do not depend on the order of the rows.

Does not cover: what is no number, and columns without a tolerance (`bags`).
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence

from verifier_server.verifiers.sql.comparing.cells import Number, Tolerance, close, rows_close
from verifier_server.verifiers.sql.comparing.chains import chains
from verifier_server.verifiers.sql.comparing.effort import Effort
from verifier_server.verifiers.sql.rows import Cell

type Numbers = tuple[Number, ...]

# What the same sum differs by when it is added up in another order: rows that are so
# close are paired first, and the search is for the few that are not.
ROUNDING = Tolerance(relative=1e-13, absolute=1e-15)
# Up to here a relative tolerance bounds how far away a partner can be.
NARROW = 0.5


def saturates(
    left: Sequence[Numbers], right: Sequence[Numbers], allowed: Tolerance, effort: Effort
) -> bool:
    """Whether every row of `left` has a partner of its own in `right`.

    Args:
        left: rows of finite or infinite numbers, all of the same width, at least 1.
        right: rows of the same width, no fewer than `left`.
        allowed: what two numbers may differ by where one of them is a float.
        effort: is charged for the pairs that are looked at.

    Raises:
        ExhaustedError: there are too many pairs to look at.
    """
    lefts, rights = sorted(left, key=_rank), sorted(right, key=_rank)
    effort.spend((len(lefts) + len(rights)) * len(lefts[0]))
    for ours, theirs in zip(zip(*lefts, strict=True), zip(*rights, strict=True), strict=True):
        if _decisive(ours, theirs):
            if not line(sorted(ours), sorted(theirs), allowed):
                return False
            if len(lefts[0]) == 1:
                return True
    return _Pairing(lefts, rights, allowed, effort).complete()


def covers(
    left: Sequence[Numbers], right: Sequence[Numbers], allowed: Tolerance, effort: Effort
) -> bool:
    """Whether every row of `left` is close to some row of `right`, which may serve often.

    Raises:
        ExhaustedError: there are too many pairs to look at.
    """
    near = _Neighbours(right, allowed, effort)
    return all(near.of(row) for row in sorted(set(left)))


def line(left: Sequence[Number], right: Sequence[Number], allowed: Tolerance) -> bool:
    """Whether every number of `left` has a partner of its own in `right`, both ascending.

    Necessary and sufficient where the tolerance holds for every pair: what is
    close to a number is then an interval, and its ends grow with the number.
    """
    place = 0
    for number in left:
        while (
            place < len(right)
            and right[place] < number
            and not close(number, right[place], allowed)
        ):
            place += 1
        if place == len(right) or not close(number, right[place], allowed):
            return False
        place += 1
    return True


def alongside(left: Sequence[Cell], right: Sequence[Cell], allowed: Tolerance) -> bool:
    """Whether the numbers of one column can be paired off with another's, as far as is cheap.

    False is certain; where integers stand beside floats, it is not asked.
    """
    ours = [cell for cell in left if isinstance(cell, int | float)]
    theirs = [cell for cell in right if isinstance(cell, int | float)]
    if len(ours) != len(theirs):
        return False
    return not _decisive(ours, theirs) or line(sorted(ours), sorted(theirs), allowed)


def _decisive(left: Sequence[Number], right: Sequence[Number]) -> bool:
    """Whether one of any two numbers is a float, and the tolerance of all pairs is alike."""
    kinds = {type(number) for number in left}, {type(number) for number in right}
    return all(len(kind) < 2 for kind in kinds) and any(kind <= {float} for kind in kinds)


def _rank(row: Numbers) -> tuple[Numbers, tuple[bool, ...]]:
    """A total order: 1 and 1.0 are equal, but not equally tolerant."""
    return row, tuple([type(number) is float for number in row])


class _Neighbours:
    """The rows of `right` that are close to a given row."""

    def __init__(self, right: Sequence[Numbers], allowed: Tolerance, effort: Effort) -> None:
        self._right = right
        self._allowed = allowed
        self._effort = effort
        self._places: list[list[int]] = []
        self._values: list[list[Number]] = []
        for column in zip(*right, strict=True):
            places = sorted(range(len(column)), key=column.__getitem__)
            self._places.append(places)
            self._values.append([column[place] for place in places])

    def of(self, row: Numbers) -> list[int]:
        """Places in `right`, in ascending order."""
        start, stop, narrowest = 0, len(self._right), 0
        for column, number in enumerate(row):
            low, high = self._window(column, number)
            if high - low < stop - start or column == 0:
                start, stop, narrowest = low, high, column
        self._effort.spend((stop - start + 1) * len(row))
        return sorted(
            place
            for place in self._places[narrowest][start:stop]
            if rows_close(row, self._right[place], self._allowed)
        )

    def _window(self, column: int, number: Number) -> tuple[int, int]:
        """Bounds of the places where the column could be close: at least those that are."""
        values = self._values[column]
        if self._allowed.relative > NARROW:
            return 0, len(values)
        reach = max(self._allowed.absolute, 2 * self._allowed.relative * abs(number))
        if reach == float("inf"):
            return bisect_left(values, number), bisect_right(values, number)
        return bisect_left(values, number - reach), bisect_right(values, number + reach)


class _Pairing:
    """Rows of `left` with their partners so far."""

    def __init__(
        self,
        left: Sequence[Numbers],
        right: Sequence[Numbers],
        allowed: Tolerance,
        effort: Effort,
    ) -> None:
        self._left = left
        self._right = right
        self._allowed = allowed
        self._effort = effort
        self._near = _Neighbours(right, allowed, effort)
        self._known: dict[int, list[int]] = {}
        self._partner: dict[int, int] = {}  # of a place on the right
        self._mate: dict[int, int] = {}  # of a place on the left

    def complete(self) -> bool:
        """Whether the pairing can be extended to all of `left`."""
        self._pair_rounded()
        return all(
            self._augmented(place) for place in range(len(self._left)) if place not in self._mate
        )

    def _pair_rounded(self) -> None:
        """Pair what differs by rounding only."""
        width = len(self._left[0])
        effort_of_pass = (len(self._left) + len(self._right)) * width
        self._effort.spend(effort_of_pass)
        keys: list[list[tuple[int]]] = []
        for column in range(width):
            cells = [row[column] for rows in (self._left, self._right) for row in rows]
            named = chains(cells, ROUNDING).place
            keys.append([named[cell] for cell in cells])
        names = list(zip(*keys, strict=True))
        free: dict[tuple[tuple[int], ...], list[int]] = defaultdict(list)
        for place in range(len(self._right) - 1, -1, -1):
            free[names[len(self._left) + place]].append(place)
        for place, row in enumerate(self._left):
            here = free.get(names[place])
            if here and rows_close(row, self._right[here[-1]], self._allowed):
                partner = here.pop()
                self._mate[place] = partner
                self._partner[partner] = place

    def _neighbours(self, place: int) -> list[int]:
        if place not in self._known:
            self._known[place] = self._near.of(self._left[place])
        return self._known[place]

    def _augmented(self, root: int) -> bool:
        """Find a partner for `root`, others being given new ones along a shortest path."""
        came: dict[int, int] = {}
        waiting = [root]
        for place in waiting:
            near = self._neighbours(place)
            self._effort.spend(len(near))
            for partner in near:
                if partner in came:
                    continue
                came[partner] = place
                if partner not in self._partner:
                    self._flip(root, partner, came)
                    return True
                waiting.append(self._partner[partner])
        return False

    def _flip(self, root: int, last: int, came: dict[int, int]) -> None:
        partner = last
        while True:
            place = came[partner]
            before = self._mate.get(place)
            self._mate[place] = partner
            self._partner[partner] = place
            if place == root or before is None:
                return
            partner = before
