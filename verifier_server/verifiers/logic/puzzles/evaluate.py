"""Whether a full assignment satisfies a puzzle: direct evaluation, no solver.

Promises: each constraint is evaluated as it is written, in the task's order; the answer
is that of no search. Linear in the size of the constraints.

Does not cover: assignments that are not full or not in the domains (`assignment_text`).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, assert_never

from verifier_server.verifiers.logic.puzzles.constraints import (
    Constraint,
    Different,
    Joined,
    Member,
    Op,
    Puzzle,
    Relation,
)


def violates(index: int) -> str:
    """The reason of an assignment whose first violated constraint is `index`, from 1 on."""
    return f"assignment_violates@{index}"


def first_violated(puzzle: Puzzle, values: Sequence[str]) -> int:
    """The place of the first constraint that does not hold, from 1 on; 0 if all hold.

    Args:
        puzzle: the puzzle.
        values: a value for each of its variables, in their order.
    """
    for index, constraint in enumerate(puzzle.constraints, start=1):
        if not holds(constraint, values):
            return index
    return 0


def holds(constraint: Constraint, values: Sequence[str]) -> bool:
    """Whether one constraint holds."""
    match constraint:
        case Relation():
            return _relation_holds(constraint, values)
        case Different(places):
            return len({values[place] for place in places}) == len(places)
        case Member(place, allowed):
            return values[place] in allowed
        case Joined(op, parts, number):
            return _JOINS[op]([holds(part, values) for part in parts], number)
    assert_never(constraint)


def _relation_holds(relation: Relation, values: Sequence[str]) -> bool:
    texts = [
        values[operand.place] if operand.place >= 0 else operand.text
        for operand in relation.operands
    ]
    ranks = relation.ranks
    if ranks is None:
        return (texts[0] == texts[1]) is (relation.op is Op.EQ)
    if relation.op is Op.BETWEEN:
        first, middle, last = (ranks[text] for text in texts)
        return first < middle < last or last < middle < first
    return ORDERS[relation.op](ranks[texts[0]], ranks[texts[1]], relation.distance)


# Of the ranks of the two operands, and the distance of apart.
ORDERS: Final[Mapping[Op, Callable[[int, int, int], bool]]] = {
    Op.LT: lambda left, right, _: left < right,
    Op.LE: lambda left, right, _: left <= right,
    Op.GT: lambda left, right, _: left > right,
    Op.GE: lambda left, right, _: left >= right,
    Op.NEXT: lambda left, right, _: abs(left - right) == 1,
    Op.SUCC: lambda left, right, _: right - left == 1,
    Op.APART: lambda left, right, distance: abs(left - right) == distance,
}

# Of whether each part holds, and the constraint's number.
_JOINS: Final[Mapping[Op, Callable[[list[bool], int], bool]]] = {
    Op.NOT: lambda truths, _: not truths[0],
    Op.AND: lambda truths, _: all(truths),
    Op.OR: lambda truths, _: any(truths),
    Op.XOR: lambda truths, _: truths[0] is not truths[1],
    Op.IMPLIES: lambda truths, _: truths[1] or not truths[0],
    Op.IFF: lambda truths, _: truths[0] is truths[1],
    Op.EXACTLY: lambda truths, number: sum(truths) == number,
    Op.AT_LEAST: lambda truths, number: sum(truths) >= number,
    Op.AT_MOST: lambda truths, number: sum(truths) <= number,
}
