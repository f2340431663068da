"""Functions given by cases.

Promises: cases are compared by where each holds: wherever two cases of the two answers
meet, their values must be equal, as expressions or at the single points where they meet, and
both answers must be defined on the same set. "Otherwise" is what the other cases leave.

Does not cover: conditions that are no sets of one real variable, which are compared as they
are written; and a case against a single expression: |x| is not taken apart.
"""

from collections.abc import Sequence

from verifier_server.verifiers.math.comparing.decision import Compare, Decision, all_of
from verifier_server.verifiers.math.comparing.matching import matched
from verifier_server.verifiers.math.comparing.naming import rebuilt, symbols
from verifier_server.verifiers.math.comparing.sets import Reading, readings
from verifier_server.verifiers.math.comparing.unions import LINE, RealSet, combined, compare_sets
from verifier_server.verifiers.math.nodes import Call, Node, Piecewise, Symbol, walk
from verifier_server.verifiers.math.values.canonical import key

MAX_REGIONS = 12
_SWITCHES = ("abs", "root", "sign", "max", "min", "floor", "ceil", "pow", "ln")
_Case = tuple[Node, RealSet]


def compare_piecewise(left: Piecewise, right: Piecewise, compare: Compare) -> Decision:
    """Compares two functions given by cases."""
    ours, theirs = _cases(left, compare), _cases(right, compare)
    if ours is None or theirs is None or ours[0] != theirs[0]:
        return _as_written(left, right, compare)
    return _by_regions(ours[0], ours[1], theirs[1], compare)


def _cases(node: Piecewise, compare: Compare) -> tuple[str, list[_Case]] | None:
    """The variable's key, and every value with the set where it holds and no other does.

    Returns:
        None where a condition is no set of one variable, or two values are given for one point.
    """
    if len(node.branches) > MAX_REGIONS:
        return None
    read = [_where(condition, compare) for _, condition in node.branches]
    variables = {each.variable for each in read if each is not None}
    if None in read or len(variables - {""}) != 1:
        return None
    variable = max(variables)
    found: list[_Case] = []
    for (value, condition), each in zip(node.branches, read, strict=True):
        here = each.numbers if each else LINE
        for earlier, taken in found if condition is not None else ():
            common = combined([here, taken], all, compare)
            if common is None:
                return None
            if common and not _on(common, variable, value, earlier, compare).equal:
                return None
        sets = [here, *(taken for _, taken in found)]
        rest = combined(sets, lambda inside: inside[0] and not any(inside[1:]), compare)
        if rest is None:
            return None
        found.append((value, rest))
    return variable, found


def _where(condition: Node | None, compare: Compare) -> Reading | None:
    """Where a case holds; everywhere for "otherwise"."""
    if condition is None:
        return Reading("", LINE)
    read = readings(condition, compare)
    return read[0] if len(read) == 1 and read[0].variable else None


def _by_regions(
    variable: str, ours: Sequence[_Case], theirs: Sequence[_Case], compare: Compare
) -> Decision:
    domains = [
        combined([numbers for _, numbers in cases], any, compare) for cases in (ours, theirs)
    ]
    if domains[0] is None or domains[1] is None:
        return Decision(None, "none")
    decisions = [compare_sets(domains[0], domains[1], compare)]
    for value, here in ours:
        for other, there in theirs:
            common = combined([here, there], all, compare)
            if common is None:
                return Decision(None, "none")
            if common:
                decisions.append(_on(common, variable, value, other, compare))
    return all_of(decisions)


def _on(common: RealSet, variable: str, left: Node, right: Node, compare: Compare) -> Decision:
    points = [piece.low for piece in common if piece.low is piece.high and piece.low is not None]
    if len(points) == len(common):
        return all_of(compare(_at(left, variable, at), _at(right, variable, at)) for at in points)
    decision = compare(left, right)
    # |x| and x are equal where x is positive.
    changes = any(
        isinstance(p, Call) and p.name in _SWITCHES for n in (left, right) for p in walk(n)
    )
    return Decision(None, "none") if decision.equal is False and changes else decision


def _at(node: Node, variable: str, value: Node) -> Node:
    """The node with a value for the variable of this key."""
    if isinstance(node, Symbol) and key(node) == variable:
        return value
    return rebuilt(node, lambda part: _at(part, variable, value))


def _as_written(left: Piecewise, right: Piecewise, compare: Compare) -> Decision:
    if len(left.branches) != len(right.branches):
        return Decision(None, "none")

    def decide(i: int, j: int) -> Decision:
        (value, where), (other, there) = left.branches[i], right.branches[j]
        if where is None or there is None:
            return compare(value, other) if where is there else Decision(False, "kind")
        return all_of((compare(value, other), compare(where, there)))

    return matched([range(len(right.branches))] * len(left.branches), decide)


def compare_with_expression(cases: Piecewise, other: Node, compare: Compare) -> Decision:
    """Compares cases with a single value: only where every case has that value are they equal."""
    every = all_of(compare(value, other) for value, _ in cases.branches)
    if every.equal and any(where is None for _, where in cases.branches):
        return every
    return Decision(None if symbols(other) else False, "kind")
