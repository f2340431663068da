"""Whether two answers are the same answer.

Promises: symmetric. Decided in stages, cheapest first: structure, exact
rationals, tolerance, evaluation, proof; the first that decides names itself.
Answers of different kinds are different: a list is no number, (1,2) is not
[1,2], "5 hours" is not "5 minutes". What no stage decides is None.

Does not cover: reading answers (`parse`).
"""

from collections.abc import Callable
from dataclasses import dataclass

from verifier_server.verifiers.math.exact import UndefinedError, exact
from verifier_server.verifiers.math.limits import TooBigError
from verifier_server.verifiers.math.nodes import (
    Call,
    Constant,
    Group,
    Node,
    Quantity,
    Relation,
    Symbol,
    Text,
    walk,
)
from verifier_server.verifiers.math.policy import DEFAULT, Policy
from verifier_server.verifiers.math.probe import Evidence, probe, proportional, within
from verifier_server.verifiers.math.symbolic import proved_equal

_COMMUTES = ("add", "mul")


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether two answers are equal (None: undecided), and the stage that decided.

    Stages: kind, structure, exact, tolerance, numeric, symbolic, items, too_big, none.
    """

    equal: bool | None
    stage: str


def same(left: Node, right: Node, policy: Policy = DEFAULT) -> Decision:
    """Compares two answers.

    Args:
        left: one answer.
        right: the other; the order of the two makes no difference.
        policy: what the task says about comparing.
    """
    if isinstance(left, Quantity) or isinstance(right, Quantity):
        return _quantities(left, right, policy)
    if left == right:
        return Decision(True, "structure")
    if isinstance(left, Relation) and isinstance(right, Relation):
        return _relations(left, right, policy)
    if isinstance(left, Relation) or isinstance(right, Relation):
        one, two = _named_value(left), _named_value(right)
        if one is None or two is None:
            return Decision(False, "kind")
        return same(one, two, policy)
    if isinstance(left, Group) and isinstance(right, Group):
        return _groups(left, right, policy)
    if isinstance(left, (Group, Text)) or isinstance(right, (Group, Text)):
        return Decision(False, "kind")
    return _expressions(left, right, policy)


def _quantities(left: Node, right: Node, policy: Policy) -> Decision:
    values, units = [], []
    for node in (left, right):
        values.append(node.value if isinstance(node, Quantity) else node)
        units.append(node.unit if isinstance(node, Quantity) else "")
    if all(units) and units[0] != units[1]:
        return Decision(False, "kind")
    return same(values[0], values[1], policy)


def _named_value(node: Node) -> Node | None:
    """What an answer of the form name = value says; None for another relation."""
    if not isinstance(node, Relation):
        return node
    if node.operators != ("=",):
        return None
    name, value = node.sides
    is_name = isinstance(name, Symbol) or (isinstance(name, Call) and name.name == "apply")
    head = name.arguments[0] if isinstance(name, Call) else name
    if not is_name or isinstance(value, Relation) or head in walk(value):
        return None
    if isinstance(name, Call) and not all(isinstance(each, Symbol) for each in name.arguments):
        return None
    return value


def _relations(left: Relation, right: Relation, policy: Policy) -> Decision:
    if left.operators != right.operators:
        return Decision(False, "kind")
    pairs = [same(a, b, policy) for a, b in zip(left.sides, right.sides, strict=True)]
    straight = _all_of(pairs)
    if straight.equal or left.operators not in (("=",), ("!=",)):
        return straight
    swapped = _all_of(
        [same(a, b, policy) for a, b in zip(left.sides, right.sides[::-1], strict=True)]
    )
    if swapped.equal:
        return swapped
    # Equations are compared by their zero sets' functions, never by solving both:
    # two equations without solutions would be equal.
    one, two = (_difference(relation) for relation in (left, right))
    if one is None or two is None:
        return Decision(None if None in (straight.equal, swapped.equal) else False, "items")
    evidence = proportional(one, two)
    return _from_evidence(evidence)


def _difference(relation: Relation) -> Node | None:
    left, right = relation.sides
    if not _is_expression(left) or not _is_expression(right):
        return None
    return Call("add", (left, Call("neg", (right,))))


def _is_expression(node: Node) -> bool:
    return not any(
        isinstance(part, (Group, Relation, Text, Quantity))
        or part == Constant("oo")
        or (isinstance(part, Call) and part.name == "apply")
        for part in walk(node)
    )


def _groups(left: Group, right: Group, policy: Policy) -> Decision:
    # A bare list is read as a set: "1, 2" and "{2, 1}" name the same values.
    kinds = [(group.opening or "{", group.closing or "}") for group in (left, right)]
    if kinds[0] != kinds[1] or len(left.items) != len(right.items):
        return Decision(False, "kind")
    # Names may be dropped, but not which value has which: x=5, y=6 is no 6, 5.
    labels = [_labels(group) for group in (left, right)]
    several = any(len(set(each)) > 1 for each in labels)
    all_named = all(len(each) == len(left.items) for each in labels)
    if left.ordered or (several and not all_named):
        return _all_of([same(a, b, policy) for a, b in zip(left.items, right.items, strict=True)])
    return _matched(left.items, right.items, lambda a, b: same(a, b, policy))


def _labels(group: Group) -> list[Node]:
    return [item.sides[0] for item in group.items if isinstance(item, Relation)]


def _matched(
    left: tuple[Node, ...],
    right: tuple[Node, ...],
    compare: Callable[[Node, Node], Decision],
) -> Decision:
    """Whether the items can be paired off. Greedy: equality is transitive without a tolerance."""
    waiting = list(right)
    undecided = False
    for item in left:
        for index, candidate in enumerate(waiting):
            decision = compare(item, candidate)
            undecided = undecided or decision.equal is None
            if decision.equal:
                del waiting[index]
                break
        else:
            return Decision(None if undecided else False, "items")
    return Decision(True, "items")


def _all_of(decisions: list[Decision]) -> Decision:
    for wanted in (False, None):
        for decision in decisions:
            if decision.equal is wanted:
                return decision
    return Decision(True, "items")


def _expressions(left: Node, right: Node, policy: Policy) -> Decision:
    if not _is_expression(left) or not _is_expression(right):
        return _opaque(left, right, policy)
    try:
        one, two = exact(left), exact(right)
    except UndefinedError:
        return Decision(False, "exact")
    except TooBigError:
        return Decision(None, "too_big")
    if one is not None and two is not None and one == two:
        return Decision(True, "exact")
    if policy.tolerance is not None and within(left, right, policy.tolerance):
        return Decision(True, "tolerance")
    if one is not None and two is not None:
        return Decision(False, "exact")
    evidence = probe(left, right)
    if evidence is Evidence.UNKNOWN and _in_order(left) == _in_order(right):
        return Decision(True, "structure")
    if evidence is Evidence.UNKNOWN:
        return Decision(True if proved_equal(left, right) else None, "symbolic")
    return _from_evidence(evidence)


def _in_order(node: Node) -> Node:
    """The expression with the operands of every sum and product in one order."""
    if not isinstance(node, Call):
        return node
    parts = tuple(_in_order(part) for part in node.arguments)
    return Call(node.name, tuple(sorted(parts, key=repr)) if node.name in _COMMUTES else parts)


def _opaque(left: Node, right: Node, policy: Policy) -> Decision:
    """Infinity and unknown functions: equal only part by part."""
    if isinstance(left, Call) and isinstance(right, Call):
        alike = left.name == right.name and len(left.arguments) == len(right.arguments)
        if alike:
            parts = zip(left.arguments, right.arguments, strict=True)
            decision = _all_of([same(a, b, policy) for a, b in parts])
            if decision.equal:
                return decision
    applied = any(
        isinstance(part, Call) and part.name == "apply" for n in (left, right) for part in walk(n)
    )
    return Decision(None if applied else False, "structure")


def _from_evidence(evidence: Evidence) -> Decision:
    # Two expressions without a value are not thereby equal.
    equal = {Evidence.EQUAL: True, Evidence.DIFFERENT: False}.get(evidence)
    return Decision(equal, "numeric")
