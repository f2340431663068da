"""Sets of real numbers as unions of intervals and points.

Promises: unions, intersections and differences are computed exactly where every end is a
real constant: ends are ordered by value and equal ends are found by proof of equality,
never by nearness. Pieces that overlap or touch are one piece. Ends that hold variables
cannot be ordered: such a union is compared piece by piece, as it is written.

Does not cover: reading sets from answers (`sets`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cmp_to_key
from typing import Any

from verifier_server.verifiers.math.comparing.decision import Compare, Decision, all_of
from verifier_server.verifiers.math.comparing.matching import matched
from verifier_server.verifiers.math.comparing.naming import symbols
from verifier_server.verifiers.math.comparing.scalars import equal_values
from verifier_server.verifiers.math.limits import TooBigError
from verifier_server.verifiers.math.nodes import Node
from verifier_server.verifiers.math.values.canonical import key
from verifier_server.verifiers.math.values.evaluators import CONTEXT, UnsupportedError
from verifier_server.verifiers.math.values.exact import UndefinedError, exact_or_none
from verifier_server.verifiers.math.values.numeric import evaluate, measure

_DIGITS = 60
_END_COST = 100
_NEAR = -40  # ends nearer than 10^-40 of their size are compared by proof


@dataclass(frozen=True, slots=True)
class Piece:
    """An interval, its ends None where it has none; a point where both are one node."""

    low: Node | None
    low_closed: bool
    high: Node | None
    high_closed: bool


RealSet = tuple[Piece, ...]
LINE: RealSet = (Piece(None, False, None, False),)


def point(value: Node) -> Piece:
    """The set of one number."""
    return Piece(value, True, value, True)


def complement_of_point(value: Node) -> RealSet:
    """All numbers but one."""
    return (Piece(None, False, value, False), Piece(value, False, None, False))


def combined(
    sets: Sequence[RealSet], holds: Callable[[list[bool]], bool], compare: Compare
) -> RealSet | None:
    """The set of the numbers x for which holds([x in each of the sets]), in least pieces.

    Returns:
        None where the ends cannot be ordered, or a piece ends before it begins.
    """
    ends = {
        key(end): end for each in sets for p in each for end in (p.low, p.high) if end is not None
    }
    order = _ordered(list(ends.items()), compare)
    if order is None:
        return None
    places, nodes = order
    last = len(nodes)
    inside: list[list[bool]] = []
    for each in sets:
        # Even places are the gaps between ends, odd ones the ends themselves.
        member = [False] * (2 * last + 1)
        for piece in each:
            low = -1 if piece.low is None else 2 * places[key(piece.low)] + 1
            high = 2 * last + 1 if piece.high is None else 2 * places[key(piece.high)] + 1
            if low > high or (low == high and not (piece.low_closed and piece.high_closed)):
                return None
            for place in range(low + (not piece.low_closed), high + piece.high_closed):
                if 0 <= place <= 2 * last:
                    member[place] = True
        inside.append(member)
    chosen = [holds([member[place] for member in inside]) for place in range(2 * last + 1)]
    return _pieces(chosen, nodes)


def _pieces(chosen: list[bool], nodes: list[Node]) -> RealSet:
    pieces: list[Piece] = []
    start: int | None = None
    for place, inside in enumerate([*chosen, False]):
        if inside and start is None:
            start = place
        elif not inside and start is not None:
            end = place - 1
            pieces.append(
                Piece(
                    None if start == 0 else nodes[(start - 1) // 2],
                    start % 2 == 1,
                    None if end == len(chosen) - 1 else nodes[end // 2],
                    end % 2 == 1,
                )
            )
            start = None
    return tuple(pieces)


def _ordered(
    ends: list[tuple[str, Node]], compare: Compare
) -> tuple[dict[str, int], list[Node]] | None:
    """The place of every end, by its key, and one end for each place."""
    values: dict[str, Any] = {}
    for name, node in ends:
        compare.spend(_END_COST)
        value = _real(node)
        if value is None:
            return None
        values[name] = value
    undecided = False

    def order(one: tuple[str, Node], two: tuple[str, Node]) -> int:
        nonlocal undecided
        left, right = exact_or_none(one[1]), exact_or_none(two[1])
        if left is not None and right is not None:
            return (left > right) - (left < right)
        a, b = values[one[0]], values[two[0]]
        with CONTEXT.workdps(_DIGITS):
            if abs(a - b) > max(abs(a), abs(b)) * CONTEXT.mpf(10) ** _NEAR:
                return 1 if a > b else -1
        undecided = undecided or equal_values(one[1], two[1], compare).equal is not True
        return 0

    by_value = sorted(ends, key=cmp_to_key(order))
    places: dict[str, int] = {}
    nodes: list[Node] = []
    for index, end in enumerate(by_value):
        if not index or order(by_value[index - 1], end):
            nodes.append(end[1])
        places[end[0]] = len(nodes) - 1
    return None if undecided else (places, nodes)


def _real(node: Node) -> Any:
    if symbols(node):
        return None
    try:
        digits = _DIGITS + measure(node, {}).digits
        value = evaluate(node, {}, digits)
    except (UndefinedError, UnsupportedError, TooBigError):
        return None
    return None if CONTEXT.im(value) else CONTEXT.re(value)


def compare_sets(left: RealSet, right: RealSet, compare: Compare) -> Decision:
    """Compares two sets; their ends as any other numbers of an answer."""
    one, two = (combined([each], any, compare) for each in (left, right))
    if one is not None and two is not None:
        if len(one) != len(two):
            return Decision(False, "items")
        return all_of(_compare_pieces(a, b, compare) for a, b in zip(one, two, strict=True))
    if len(left) != len(right):
        # Pieces with variables in their ends may be one piece, or none.
        return Decision(None, "none")
    orders = [range(len(right))] * len(left)
    return matched(orders, lambda i, j: _compare_pieces(left[i], right[j], compare))


def _compare_pieces(left: Piece, right: Piece, compare: Compare) -> Decision:
    shapes = [
        (p.low is None, p.low_closed, p.high is None, p.high_closed, p.low is p.high)
        for p in (left, right)
    ]
    if shapes[0] != shapes[1]:
        return Decision(False, "items")
    ends = ((left.low, right.low), (left.high, right.high))
    return all_of(compare(a, b) for a, b in ends if a is not None and b is not None)
