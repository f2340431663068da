r"""Equations, names with values, chains, approximations, congruences.

Promises: "name = value" answers a value where the name does not stand in the value, every
link of a chain has to hold, and what says nothing (x = x) answers nothing. Two names
are the same name, or name the same function: f(x) = 2x is y = 2t. Equations are equal
if their zero sets' functions are proportional; no equation is solved, since two
equations without solutions would then be equal.

Does not cover: whether an equation is an answer at all (`forms`), inequalities (`sets`).
"""

from collections.abc import Sequence

from verifier_server.verifiers.math.comparing.congruences import (
    compare_congruences,
    congruent_alike,
)
from verifier_server.verifiers.math.comparing.decision import Compare, Decision, all_of, any_of
from verifier_server.verifiers.math.comparing.matching import matched
from verifier_server.verifiers.math.comparing.named import Named, is_equation, named, parameters
from verifier_server.verifiers.math.comparing.naming import renamed, symbols
from verifier_server.verifiers.math.comparing.scalars import is_scalar, lettered
from verifier_server.verifiers.math.comparing.sets import is_variable
from verifier_server.verifiers.math.comparing.solutions import (
    are_curves,
    roots,
    spread,
)
from verifier_server.verifiers.math.nodes import (
    Call,
    Group,
    Node,
    Relation,
    Symbol,
)
from verifier_server.verifiers.math.values.canonical import key, key_of_multiples
from verifier_server.verifiers.math.values.probe import Evidence, proportional

_EQUAL, _NEARLY, _CONGRUENT = "=", "~", "=="
# In microseconds more or less, as in `scalars`.
REFUTATION_COST, RATIO_COST = 4_000, 12_000
_VARIABLES = frozenset("xyztuvws") | {"theta"}
_TRUE = Decision(True, "structure")


def says_nothing(node: Node) -> bool:
    """Whether an answer is an equation of something with itself: x = x, 0 = 0."""
    if not isinstance(node, Relation) or set(node.operators) != {_EQUAL}:
        return False
    # 6 * 2 = 12 is a calculation, and says its value.
    calculated = node.sides[0] != node.sides[-1] and not symbols(node)
    return len({key(side) for side in node.sides}) == 1 and not calculated


def compare_equations(left: Node, right: Node, compare: Compare) -> Decision:
    """Compares two answers of which one at least is an equation or a list of them."""
    left, right = congruent_alike(left, right)
    one, two = named(left, compare), named(right, compare)
    if one is not None and two is not None:
        if one.names and two.names and _same_names(one, two):
            return _compare_values(one, two, compare)
        if not one.names or not two.names:
            if _is_of_another(one) or _is_of_another(two):
                return Decision(False, "kind")
            one, two = _each_named(one, two)
            apart = _solutions(one, two, compare)
            if apart is not None:
                return apart
            first, second = (_by_components(_as_point(each)) for each in (one, two))
            if (first.names and _holds_names(second)) or (second.names and _holds_names(first)):
                # Two values of one unknown are not the values of two.
                return Decision(False, "kind")
            return _compare_values(first, second, compare)
        defined = _definitions(one, two)
        if defined is not None:
            return _compare_values(*defined, compare)
        point = _point_apart(one, two)
        if point is not None:
            return _compare_values(*point, compare)
        points = _by_components(one), _by_components(two)
        if not points[0].names and not points[1].names:
            return _compare_values(*points, compare)
    if not isinstance(left, Relation) or not isinstance(right, Relation):
        return Decision(False, "kind")
    if left.operators != right.operators:
        return Decision(False, "kind")
    if left.operators == (_CONGRUENT,):
        return compare_congruences(left, right, compare)
    return _equations(left, right, compare)


def _each_named(one: Named, two: Named) -> tuple[Named, Named]:
    """Both answers, x = y = 1 as x = 1, y = 1 beside several values."""
    for chain, other in ((one, two), (two, one)):
        listed = other.value if isinstance(other.value, Group) else None
        several = len(chain.names) > 1 and all(isinstance(name, Symbol) for name in chain.names)
        if several and is_scalar(chain.value) and listed is not None:
            pairs = (Relation((_EQUAL,), (name, chain.value)) for name in chain.names)
            spelled = Named((), Group("", "", tuple(pairs)), chain.holds)
            return (spelled, two) if chain is one else (one, spelled)
    return one, two


def _solutions(one: Named, two: Named, compare: Compare) -> Decision | None:
    """Compares values of one name with x_1 = ..., x_2 = ..., or with equations of curves."""
    plain, listed = (one, two) if one.names else (two, one)
    if len(plain.names) != 1 or not isinstance(listed.value, Group):
        return None
    values = roots(listed.value, plain.names[0])
    if values is not None:
        return all_of((_both_hold(one, two), compare(plain.value, Group("{", "}", values))))
    lines = spread(plain.names[0], plain.value)
    if lines is None or not are_curves(listed.value):
        return None
    items = listed.value.items
    if len(lines) != len(items):
        return Decision(False, "items")
    matching = matched([range(len(items))] * len(lines), lambda i, j: compare(lines[i], items[j]))
    return all_of((_both_hold(one, two), matching))


def _is_of_another(answer: Named) -> bool:
    """Whether a function's value holds variables, but not its own: f(y) = x^2."""
    bound = parameters(answer.names[0]) if answer.names else None
    used = symbols(answer.value)
    own = _VARIABLES.issuperset(bound or [""])
    return own and bool(used) and set(used).isdisjoint(bound or [])


def _same_names(one: Named, two: Named) -> bool:
    return set(map(key, one.names)) == set(map(key, two.names))


def _compare_values(one: Named, two: Named, compare: Compare) -> Decision:
    return all_of((_both_hold(one, two), compare(one.value, two.value)))


def _both_hold(one: Named, two: Named) -> Decision:
    holds = {one.holds.equal, two.holds.equal}
    if False in holds:
        return Decision(False, "kind")
    return Decision(None if None in holds else True, "none")


def _as_point(answer: Named) -> Named:
    """A(1, 2) as (1, 2): the name of a point is none of its coordinates."""
    name = answer.names[0] if len(answer.names) == 1 else None
    capital = isinstance(name, Symbol) and name.name[:1].isupper()
    is_tuple = isinstance(answer.value, Group) and answer.value.opening == "("
    return Named((), answer.value, answer.holds) if capital and is_tuple else answer


def _point_apart(one: Named, two: Named) -> tuple[Named, Named] | None:
    """A(1, 2) and (x, y) = (1, 2)."""
    if len(one.names) != 1 or len(two.names) != 1:
        return None
    for point, other in ((one, two), (two, one)):
        plain = _as_point(point)
        if plain is not point and isinstance(other.names[0], Group):
            return plain, _by_components(other)
    return None


def components(node: Node) -> Node:
    """(x, y) = (2, 3) as the list x = 2, y = 3; the node itself for any other."""
    match node:
        case Relation(("=",), (Group("(", ")", names), Group("(", ")", values))):
            if len(names) == len(values) and all(map(is_variable, names)):
                pairs = zip(names, values, strict=True)
                return Group("", "", tuple(Relation(("=",), pair) for pair in pairs))
    return node


def _by_components(answer: Named) -> Named:
    """(y, x) = (3, 2) as y = 3, x = 2: the names say which coordinate is which."""
    if len(answer.names) != 1:
        return answer
    listed = components(Relation((_EQUAL,), (answer.names[0], answer.value)))
    return Named((), listed, answer.holds) if isinstance(listed, Group) else answer


def _holds_names(answer: Named) -> bool:
    return isinstance(answer.value, Group) and any(map(is_equation, answer.value.items))


def _definitions(one: Named, two: Named) -> tuple[Named, Named] | None:
    """Two definitions of one function, their variables under the same names."""
    if len(one.names) != 1 or len(two.names) != 1:
        return None
    first, second = one.names[0], two.names[0]
    ours, theirs = parameters(first), parameters(second)
    if ours is None or theirs is None:
        return _plain_definition(one, two, ours or theirs)
    if key(_function(first)) != key(_function(second)) or len(ours) != len(theirs):
        return None
    if not all(_may_be_renamed(*pair, one, two) for pair in zip(ours, theirs, strict=True)):
        return None
    letters = [f"(argument {place})" for place in range(len(ours))]
    return (
        _renamed(one, dict(zip(ours, letters, strict=True))),
        _renamed(two, dict(zip(theirs, letters, strict=True))),
    )


def _may_be_renamed(ours: str, theirs: str, one: Named, two: Named) -> bool:
    """Whether a parameter is no particular thing, such as the A of P(A) = 1/2."""
    used = ours in symbols(one.value) and theirs in symbols(two.value)
    return ours == theirs or used or {ours, theirs} <= _VARIABLES


def _plain_definition(
    one: Named, two: Named, parameters: list[str] | None
) -> tuple[Named, Named] | None:
    """y = 2x and f(t) = 2t."""
    plain, function = (one, two) if isinstance(one.names[0], Symbol) else (two, one)
    name = plain.names[0]
    if parameters is None or not isinstance(name, Symbol):
        return None
    if name not in (Symbol("y"), _function(function.names[0])):
        return None
    used = symbols(plain.value)
    if not used and not _VARIABLES.issuperset(parameters):
        return None
    if len(used) == 1 and len(parameters) == 1:
        plain = _renamed(plain, {used[0]: "(argument 0)"})
        function = _renamed(function, {parameters[0]: "(argument 0)"})
    return plain, function


def _function(name: Node) -> Node:
    if isinstance(name, Call) and name.name == "prime":
        return Call("prime", (_function(name.arguments[0]),))
    return name.arguments[0] if isinstance(name, Call) and name.name == "apply" else name


def _renamed(answer: Named, names: dict[str, str]) -> Named:
    return Named(answer.names, renamed(answer.value, names), answer.holds)


def difference(sides: Sequence[Node]) -> Node:
    """What is zero where the first side is the last."""
    return Call("add", (sides[0], Call("neg", (sides[-1],))))


def _equations(left: Relation, right: Relation, compare: Compare) -> Decision:
    if len(left.sides) != 2 or not all(map(is_scalar, (*left.sides, *right.sides))):
        return side_by_side(left, right, compare)
    solved = [_is_solved(relation) for relation in (left, right)]
    if all(solved):
        return Decision(False, "kind")
    one, two, doubt = lettered(difference(left.sides), difference(right.sides), compare)
    multiple = key_of_multiples(one)
    if multiple and symbols(one) and multiple == key_of_multiples(two):
        # 2x = 6 says what x = 3 says, but it may be the question.
        return Decision(None if any(solved) else True, "structure")
    evidence = ratio(one, two, compare)
    if evidence is Evidence.EQUAL:
        return Decision(None if any(solved) else True, "numeric")
    unsure = doubt or evidence is not Evidence.DIFFERENT
    return Decision(None if unsure else False, "numeric")


def ratio(left: Node, right: Node, compare: Compare) -> Evidence:
    """Whether one expression is a constant times the other, out of this verdict's budget."""
    compare.spend(REFUTATION_COST)
    evidence = proportional(left, right, compare.spend)
    if evidence is not Evidence.DIFFERENT:
        compare.spend(RATIO_COST)
    return evidence


def _is_solved(relation: Relation) -> bool:
    """Whether it gives a variable a constant value."""
    return any(
        isinstance(name, Symbol) and not symbols(value)
        for name, value in (relation.sides, relation.sides[::-1])
    )


def side_by_side(left: Relation, right: Relation, compare: Compare) -> Decision:
    """Compares two relations by their sides, in either order where the order says nothing."""
    if len(left.sides) != len(right.sides):
        return Decision(False, "kind")
    straight = all_of(compare(a, b) for a, b in zip(left.sides, right.sides, strict=True))
    if straight.equal or not set(left.operators) <= {_EQUAL, "!="}:
        return straight
    turned = zip(left.sides, right.sides[::-1], strict=True)
    return any_of((straight, all_of(compare(a, b) for a, b in turned)))
