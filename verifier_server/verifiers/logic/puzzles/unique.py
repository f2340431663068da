"""Whether a puzzle has exactly one solution: propagation and backtracking.

Promises: the answer is proved or said to be undecided. The work is counted in steps of its
own, never by a clock, so that the same puzzle gives the same answer and the same count
everywhere. Solutions that are reported have been evaluated directly (`evaluate`).

Each constraint takes from each of its variables the values with which it cannot be true;
where nothing more can be taken, the variable with the fewest values left is tried value
by value. The search ends at the second solution.

Does not cover: reading the task (`reading`), and judging answers.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from verifier_server.verifiers.logic.puzzles.constraints import Puzzle
from verifier_server.verifiers.logic.puzzles.evaluate import first_violated
from verifier_server.verifiers.logic.puzzles.tables import (
    AllDifferent,
    Fits,
    OneOf,
    Pair,
    Tables,
    bits_of,
    can,
    tables_of,
)

# About a second.
MAX_STEPS: Final = 1_000_000

Solution = tuple[str, ...]


class Status(StrEnum):
    """What was found."""

    UNIQUE = "unique"
    UNSOLVABLE = "unsolvable"
    NOT_UNIQUE = "not_unique"
    WRONG_SOLUTION = "wrong_solution"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Uniqueness:
    """What was found, with the one or two solutions that show it, and the steps it took.

    `violated` is the first constraint that a wrong given solution violates, from 1 on; 0
    where it violates none or none was given.
    """

    status: Status
    solutions: tuple[Solution, ...]
    steps: int
    violated: int = 0


class _SpentError(Exception):
    """The steps are used up."""


def uniqueness(
    puzzle: Puzzle, given: Sequence[str] | None = None, max_steps: int = MAX_STEPS
) -> Uniqueness:
    """Whether a puzzle has one solution, and whether that is the given one.

    Args:
        puzzle: the puzzle.
        given: the values of its variables in their order, each in its domain.
        max_steps: how many looks at a constraint or a variable the search may take.
    """
    violated = first_violated(puzzle, given) if given is not None else 0
    budget = _Budget(max_steps)
    found: list[Solution] = []
    try:
        _search(puzzle, found, budget)
    except _SpentError:
        status = Status.WRONG_SOLUTION if violated else Status.UNDECIDED
        return Uniqueness(status, tuple(found), budget.steps, violated)
    status = (Status.UNSOLVABLE, Status.UNIQUE, Status.NOT_UNIQUE)[len(found)]
    if status is Status.UNIQUE and violated:
        status = Status.WRONG_SOLUTION
    return Uniqueness(status, tuple(found), budget.steps, violated)


class _Budget:
    """The steps that were taken, and how many may be."""

    def __init__(self, most: int) -> None:
        self.steps = 0
        self._most = most

    def spend(self, steps: int) -> None:
        """Counts steps before they are taken.

        Raises:
            _SpentError: there are none left.
        """
        if self.steps + steps > self._most:
            raise _SpentError
        self.steps += steps


def _search(puzzle: Puzzle, found: list[Solution], budget: _Budget) -> None:
    """Puts up to two solutions into `found`.

    Raises:
        _SpentError: there may be more than have been found.
    """
    narrowing = _Narrowing(tables_of(puzzle, budget.spend), budget)
    tables = narrowing.tables
    start = list(tables.domains)
    if not narrowing.narrow(start, range(len(tables.constraints))):
        return
    # What is left of a variable's values to try, for each variable on the way down.
    waiting: list[tuple[list[int], int, int]] = []
    reached: list[int] | None = start
    while len(found) < 2:
        if reached is not None:
            place = _fewest(reached)
            if place < 0:
                found.append(_solution(puzzle, tables, reached))
            else:
                waiting.append((reached, place, reached[place]))
        if not waiting:
            return
        sets, place, values = waiting.pop()
        first = values & -values
        if values != first:
            waiting.append((sets, place, values ^ first))
        budget.spend(len(sets))
        tried = sets.copy()
        tried[place] = first
        reached = tried if narrowing.narrow(tried, tables.watched[place]) else None


def _solution(puzzle: Puzzle, tables: Tables, sets: list[int]) -> Solution:
    solution = tuple(tables.values[values.bit_length() - 1] for values in sets)
    if first_violated(puzzle, solution):
        raise AssertionError("the search and the evaluation disagree")
    return solution


class _Narrowing:
    """Takes values away with which no solution is."""

    def __init__(self, tables: Tables, budget: _Budget) -> None:
        self.tables = tables
        self._spend = budget.spend

    def narrow(self, sets: list[int], first: Iterable[int]) -> bool:
        """Takes values away until nothing changes; False where a variable has none left."""
        queue = deque(first)
        queued = set(queue)
        while queue:
            index = queue.popleft()
            queued.discard(index)
            changed = self._revise(index, sets)
            if changed is None:
                return False
            for place in changed:
                for other in self.tables.watched[place]:
                    if other not in queued:
                        queued.add(other)
                        queue.append(other)
        return True

    def _revise(self, index: int, sets: list[int]) -> list[int] | None:
        """The variables that lost values to one constraint; None where one has none left."""
        table = self.tables.constraints[index]
        scope = self.tables.scopes[index]
        self._spend(self.tables.weights[index])
        before = [sets[place] for place in scope]
        if isinstance(table, OneOf):
            sets[table.place] &= table.allowed
        elif isinstance(table, Pair) and table.left != table.right:
            sets[table.left] &= self._supported(table.fits_back, sets[table.right])
            sets[table.right] &= self._supported(table.fits, sets[table.left])
        elif isinstance(table, AllDifferent):
            if not _spread(table.places, sets):
                return None
        elif not self._probe(index, sets):
            return None
        if any(not sets[place] for place in scope):
            return None
        return [place for place, old in zip(scope, before, strict=True) if sets[place] != old]

    def _supported(self, fits: Fits, values: int) -> int:
        """What fits one of a set of values."""
        found = 0
        bits = bits_of(values)
        self._spend(len(bits))
        for bit in bits:
            found |= fits[bit]
        return found

    def _probe(self, index: int, sets: list[int]) -> bool:
        """Tries each value of each variable of any constraint; False where it cannot be true."""
        table = self.tables.constraints[index]
        true, false = can(table, sets)
        if not true or not false:
            return true
        for place in self.tables.scopes[index]:
            values = sets[place]
            if not values & (values - 1):
                continue
            kept = 0
            for bit in bits_of(values):
                self._spend(self.tables.weights[index])
                sets[place] = 1 << bit
                if can(table, sets)[0]:
                    kept |= 1 << bit
            sets[place] = kept
            if not kept:
                return False
        return True


def _fewest(sets: list[int]) -> int:
    """The variable with the fewest values of those that have several; -1 where all have one."""
    best, fewest = -1, 0
    for place, values in enumerate(sets):
        if values & (values - 1):
            count = values.bit_count()
            if best < 0 or count < fewest:
                best, fewest = place, count
    return best


def _spread(places: tuple[int, ...], sets: list[int]) -> bool:
    """What different variables cannot have any more; False where there are too few values.

    A value that one variable must have is taken from the others. Where there are just as
    many values as variables, a value that only one can have is its value.
    """
    taken = 0
    fixed: set[int] = set()
    # Each round fixes another variable, or ends.
    for _ in places:
        new = [
            place for place in places if place not in fixed and not sets[place] & (sets[place] - 1)
        ]
        if not new:
            break
        for place in new:
            if not sets[place] or taken & sets[place]:
                return False
            taken |= sets[place]
            fixed.add(place)
        for place in places:
            if place not in fixed:
                sets[place] &= ~taken
                if not sets[place]:
                    return False
    once = twice = 0
    for place in places:
        twice |= once & sets[place]
        once |= sets[place]
    if once.bit_count() > len(places):
        return True
    only = once & ~twice
    for place in places:
        if sets[place] & only:
            mine = sets[place] & only
            if mine & (mine - 1):
                return False
            sets[place] = mine
    return once.bit_count() == len(places)
