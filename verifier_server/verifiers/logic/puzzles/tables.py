"""A puzzle's constraints as sets of values in bits: what the search for solutions needs.

Promises: a set of values is an integer with a bit for each, the same for all variables. For
every constraint and sets of values, `can` tells whether it can be true and whether it can
be false when each variable takes a value of its set. It errs only towards "can", and
not at all when every set has one value.

Does not cover: searching (`unique`); the evaluation of an answer, which is apart from this
on purpose (`evaluate`).
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from verifier_server.verifiers.logic.puzzles.constraints import (
    Constraint,
    Different,
    Joined,
    Member,
    Op,
    Operand,
    Puzzle,
    Relation,
)
from verifier_server.verifiers.logic.puzzles.evaluate import holds

Sets = Sequence[int]
Fits = Mapping[int, int]
# Whether it can be true, and whether it can be false.
Possible = tuple[bool, bool]


@dataclass(frozen=True, slots=True)
class OneOf:
    """A variable's value is in a set."""

    place: int
    allowed: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two variables: to each value (bit) of one, the set of values of the other that fit."""

    left: int
    right: int
    fits: Fits
    fits_back: Fits


@dataclass(frozen=True, slots=True)
class AllDifferent:
    """Variables with different values."""

    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """At least `least` and at most `most` of the parts hold."""

    parts: "tuple[Table, ...]"
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Same:
    """Both parts hold, or neither does."""

    left: "Table"
    right: "Table"


Table = OneOf | Pair | AllDifferent | Count | Same


@dataclass(frozen=True, slots=True)
class Tables:
    """A puzzle for searching.

    `values` are those of all variables by bit; `domains` the sets at the start; `scopes` the
    variables of each constraint, `watched` the constraints of each variable.
    """

    values: tuple[str, ...]
    domains: tuple[int, ...]
    constraints: tuple[Table, ...]
    scopes: tuple[tuple[int, ...], ...]
    watched: tuple[tuple[int, ...], ...]
    weights: tuple[int, ...]


def tables_of(puzzle: Puzzle, spend: Callable[[int], None]) -> Tables:
    """The tables of a puzzle, made in its order.

    Args:
        puzzle: the puzzle.
        spend: is told the steps before they are taken, and may raise to end the work.
    """
    bits: dict[str, int] = {}
    for domain in puzzle.domains:
        for value in domain:
            bits.setdefault(value, len(bits))
    domains = tuple(sum(1 << bits[value] for value in domain) for domain in puzzle.domains)
    compiler = _Compiler(puzzle, bits, spend)
    constraints = tuple(
        part for each in puzzle.constraints for part in _conjuncts(compiler.table(each))
    )
    scopes = tuple(tuple(sorted(_scope(each))) for each in constraints)
    watched: list[list[int]] = [[] for _ in puzzle.names]
    for index, scope in enumerate(scopes):
        for place in scope:
            watched[place].append(index)
    weights = tuple(_weight(each) for each in constraints)
    return Tables(tuple(bits), domains, constraints, scopes, tuple(map(tuple, watched)), weights)


def can(table: Table, sets: Sets) -> Possible:
    """Whether a constraint can be true, and whether it can be false."""
    match table:
        case OneOf(place, allowed):
            return sets[place] & allowed != 0, sets[place] & ~allowed != 0
        case Pair(left, right, fits, _):
            return _pair_can(sets[left], sets[right], fits, left == right)
        case AllDifferent(places):
            return _different_can([sets[place] for place in places])
        case Count(parts, least, most):
            possible = [can(part, sets) for part in parts]
            surely = sum(1 for true, false in possible if not false)
            perhaps = sum(1 for true, false in possible if true)
            return surely <= most and perhaps >= least, surely < least or perhaps > most
        case Same(one, other):
            true, false = can(one, sets)
            other_true, other_false = can(other, sets)
            return (
                (true and other_true) or (false and other_false),
                (true and other_false) or (false and other_true),
            )
    assert_never(table)


def bits_of(values: int) -> list[int]:
    """The places of the bits of a set, from the lowest on."""
    found: list[int] = []
    while values:
        lowest = values & -values
        found.append(lowest.bit_length() - 1)
        values ^= lowest
    return found


def _pair_can(left: int, right: int, fits: Fits, one_variable: bool) -> Possible:
    true = false = False
    for bit in bits_of(left):
        others = right & (1 << bit) if one_variable else right
        fitting = fits[bit]
        true = true or others & fitting != 0
        false = false or others & ~fitting != 0
        if true and false:
            break
    return true, false


def _different_can(sets: list[int]) -> Possible:
    union = seen = 0
    clash = overlap = False
    for values in sets:
        if not values & (values - 1):
            clash = clash or seen & values != 0
            seen |= values
        overlap = overlap or union & values != 0
        union |= values
    return not clash and union.bit_count() >= len(sets), overlap


@dataclass(frozen=True, slots=True)
class _Compiler:
    puzzle: Puzzle
    bits: dict[str, int]
    spend: Callable[[int], None]
    # Relations of the same kind between the same domains have the same pairs.
    _fits: dict[Hashable, tuple[Fits, Fits]] = field(default_factory=dict)

    def table(self, constraint: Constraint) -> Table:
        match constraint:
            case Relation():
                return self._relation(constraint)
            case Different(places):
                return AllDifferent(places)
            case Member(place, values):
                return OneOf(place, sum(1 << self.bits[value] for value in values))
            case Joined(op, parts, number):
                return _JOINS[op](tuple(self.table(part) for part in parts), number)
        assert_never(constraint)

    def _relation(self, relation: Relation) -> Table:
        if relation.op is Op.BETWEEN:
            first, middle, last = relation.operands
            ways = [
                Count((self._less(low, middle, relation), self._less(middle, high, relation)), 2, 2)
                for low, high in ((first, last), (last, first))
            ]
            return Count(tuple(ways), 1, 2)
        return self._binary(relation)

    def _less(self, left: Operand, right: Operand, relation: Relation) -> Table:
        return self._binary(Relation(Op.LT, (left, right), relation.ranks))

    def _binary(self, relation: Relation) -> Table:
        """A relation of two operands, tried for all their values."""
        left, right = relation.operands
        if left.place >= 0 and right.place >= 0:
            return Pair(left.place, right.place, *self._both_ways(relation))
        pairs = self._pairs(relation)
        if left.place < 0 and right.place < 0:
            return Count((), 0 if pairs else 1, 1)
        if right.place < 0:
            return OneOf(left.place, self._set(one for one, _ in pairs))
        return OneOf(right.place, self._set(other for _, other in pairs))

    def _both_ways(self, relation: Relation) -> tuple[Fits, Fits]:
        left, right = map(self._texts, relation.operands)
        # An order is one mapping for the whole puzzle.
        key = (relation.op, relation.distance, id(relation.ranks), left, right)
        if key not in self._fits:
            fits = dict.fromkeys((self.bits[text] for text in left), 0)
            back = dict.fromkeys((self.bits[text] for text in right), 0)
            for one, other in self._pairs(relation):
                fits[self.bits[one]] |= 1 << self.bits[other]
                back[self.bits[other]] |= 1 << self.bits[one]
            self._fits[key] = fits, back
        return self._fits[key]

    def _pairs(self, relation: Relation) -> list[tuple[str, str]]:
        """The values of two operands with which a relation holds."""
        lefts, rights = map(self._texts, relation.operands)
        self.spend(len(lefts) * len(rights))
        return [
            (one, other)
            for one in lefts
            for other in rights
            if holds(_of_values(relation, one, other), ())
        ]

    def _texts(self, operand: Operand) -> tuple[str, ...]:
        return self.puzzle.domains[operand.place] if operand.place >= 0 else (operand.text,)

    def _set(self, values: Iterable[str]) -> int:
        found = 0
        for value in values:
            found |= 1 << self.bits[value]
        return found


def _of_values(relation: Relation, one: str, other: str) -> Relation:
    operands = (Operand(-1, one), Operand(-1, other))
    return Relation(relation.op, operands, relation.ranks, relation.distance)


def _negated(part: Table) -> Table:
    return Count((part,), 0, 0)


_JOINS: dict[Op, Callable[[tuple[Table, ...], int], Table]] = {
    Op.NOT: lambda parts, _: _negated(parts[0]),
    Op.AND: lambda parts, _: Count(parts, len(parts), len(parts)),
    Op.OR: lambda parts, _: Count(parts, 1, len(parts)),
    Op.XOR: lambda parts, _: Count(parts, 1, 1),
    Op.IMPLIES: lambda parts, _: Count((_negated(parts[0]), parts[1]), 1, 2),
    Op.IFF: lambda parts, _: Same(parts[0], parts[1]),
    Op.EXACTLY: lambda parts, number: Count(parts, number, number),
    Op.AT_LEAST: lambda parts, number: Count(parts, number, len(parts)),
    Op.AT_MOST: lambda parts, number: Count(parts, 0, number),
}


def _conjuncts(table: Table) -> list[Table]:
    """The parts of a conjunction at the top, which say more one by one."""
    if isinstance(table, Count) and table.least == len(table.parts):
        return [each for part in table.parts for each in _conjuncts(part)]
    return [table]


def _scope(table: Table) -> set[int]:
    match table:
        case OneOf(place, _):
            return {place}
        case Pair(left, right, _, _):
            return {left, right}
        case AllDifferent(places):
            return set(places)
        case Count(parts, _, _):
            return {place for part in parts for place in _scope(part)}
        case Same(left_part, right_part):
            return _scope(left_part) | _scope(right_part)
    assert_never(table)


def _weight(table: Table) -> int:
    """About how much one look at a constraint costs, in steps."""
    match table:
        case OneOf() | Pair():
            return 1
        case AllDifferent(places):
            return len(places)
        case Count(parts, _, _):
            return 1 + sum(_weight(part) for part in parts)
        case Same(left, right):
            return 1 + _weight(left) + _weight(right)
    assert_never(table)
