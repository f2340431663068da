r"""Answers that are sets of real numbers: intervals, inequalities, set builders.

Promises: [2,5), 2 <= x < 5, x \in [2,5) and {x | 2 <= x < 5} are one set, and so are a
union of them and inequalities joined by "or". Where two answers name the variable, it is
the same one; the variable that a set builder binds does not count.

Does not cover: solving. Only a variable, its multiple, or its absolute value
stands between the bounds; x + 1 < 3 is no answer of the form x < 2.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

from verifier_server.verifiers.math.comparing.decision import Compare, Decision, all_of, any_of
from verifier_server.verifiers.math.comparing.matching import matched
from verifier_server.verifiers.math.comparing.naming import renamed, symbols
from verifier_server.verifiers.math.comparing.scalars import is_infinite, is_scalar
from verifier_server.verifiers.math.comparing.unions import (
    LINE,
    Piece,
    RealSet,
    combined,
    compare_sets,
    complement_of_point,
    point,
)
from verifier_server.verifiers.math.comparing.units import same_unit
from verifier_server.verifiers.math.nodes import (
    Call,
    Constant,
    Group,
    Node,
    Number,
    Quantity,
    Relation,
    SetBuilder,
    Symbol,
)
from verifier_server.verifiers.math.values.canonical import key
from verifier_server.verifiers.math.values.exact import exact_or_none

MAX_READINGS = 4
_OPERATIONS = ("cup", "cap", "setminus")
_BRACKETS = (("(", ")"), ("[", "]"), ("(", "]"), ("[", ")"))


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read an answer as a set.

    Args:
        variable: a key of what lies in the set; "" where the answer does not say.
        numbers: the set.
        unit: of the ends; "" for none.
    """

    variable: str
    numbers: RealSet
    unit: str = ""


def is_interval(node: Node) -> bool:
    """Whether a pair in brackets is no point: an end is infinite, or one of them is closed."""
    match node:
        case Group(opening, closing, (low, high)):
            half = (opening, closing) in (("(", "]"), ("[", ")"))
            open_or_closed = (opening, closing) in _BRACKETS
            return half or (open_or_closed and (is_infinite(low) or is_infinite(high)))
        case _:
            return False


def is_range(node: Node) -> bool:
    """Whether an answer can be nothing but a set of real numbers."""
    match node:
        case Relation(("in",), (_, numbers)):
            listed = isinstance(numbers, Group) and numbers.opening in ("", "{")
            return not listed and (numbers == Constant("R") or not isinstance(numbers, Constant))
        case Relation(operators, _):
            return set(operators) <= {"<", "<=", "!="}
        case Group(("cup" | "cap" | "setminus"), _, _):
            return True
        case Group(opening, closing, (_, _)):
            return (opening, closing) in _BRACKETS[1:]
        case Group("", "", items):
            return any(isinstance(item, Relation) and is_range(item) for item in items)
        case Constant(name):
            return name == "R"
        case _:
            return isinstance(node, SetBuilder)


def compare_as_sets(left: Node, right: Node, compare: Compare) -> Decision | None:
    """Compares two answers as sets of real numbers; None where one is no such set."""
    ours, theirs = readings(left, compare), readings(right, compare)
    if not ours or not theirs:
        return None
    decisions: list[Decision] = []
    for one, two in product(ours, theirs):
        if one.variable and two.variable and one.variable != two.variable:
            continue
        decision = _same_units(one.unit, two.unit, compare)
        if decision.equal:
            decision = compare_sets(one.numbers, two.numbers, compare)
        if decision.equal:
            return decision
        decisions.append(decision)
    return any_of(decisions)


def _same_units(one: str, two: str, compare: Compare) -> Decision:
    optional = compare.policy.units == "optional" and not (one and two)
    return Decision(optional or same_unit(one, two), "units")


def readings(node: Node, compare: Compare) -> list[Reading]:
    """All the ways to read an answer as a set of reals: "a < b" bounds either."""
    match node:
        case Constant("R"):
            return [Reading("", LINE)]
        case Group(opening, closing, (low, high)) if (opening, closing) in _BRACKETS:
            return _interval(low, high, opening == "[", closing == "]")
        case Group(("{" | ""), _, items) if all(map(_is_end, items)):
            points = [_end(item) for item in items]
            units = {unit for _, unit in points}
            numbers = tuple(point(value) for value, _ in points if value is not None)
            return [Reading("", numbers, *units)] if len(units) < 2 else []
        case Group("", _, items):
            return _listed(items, compare)
        case Group(("cup" | "cap" | "setminus") as operation, _, items):
            return _operation(operation, items, compare)
        case SetBuilder(element, conditions):
            return _builder(element, conditions, compare)
        case Relation(("in",), (name, numbers)):
            inner = readings(numbers, compare)
            return [replace(each, variable=key(name)) for each in inner if not each.variable]
        case Relation(("!=",), sides):
            return _either_side(sides, complement_of_point)
        case Relation(("=",), sides):
            return _either_side(sides, lambda value: (point(value),))
        case Relation((("<" | "<=") as operator,), (low, high)):
            closed = operator == "<="
            return _bounded(low, None, False, high, closed) + _bounded(
                high, low, closed, None, False
            )
        case Relation((("<" | "<=") as first, ("<" | "<=") as second), (low, name, high)):
            return _bounded(name, low, first == "<=", high, second == "<=")
        case _:
            return []


def _is_end(node: Node) -> bool:
    return is_scalar(node.value if isinstance(node, Quantity) else node)


def _end(node: Node) -> tuple[Node | None, str]:
    """An end without its unit, None for an infinite one."""
    value, unit = (node.value, node.unit) if isinstance(node, Quantity) else (node, "")
    return (None if is_infinite(value) else value), unit


def _interval(low: Node, high: Node, low_closed: bool, high_closed: bool) -> list[Reading]:
    if not _is_end(low) or not _is_end(high):
        return []
    if low == Constant("oo") or (is_infinite(high) and high != Constant("oo")):
        return []
    (start, one), (end, two) = _end(low), _end(high)
    if (start is None and low_closed) or (end is None and high_closed):
        return []
    if one and two and one != two:
        return []
    return [Reading("", (Piece(start, low_closed, end, high_closed),), one or two)]


def _either_side(sides: Sequence[Node], make: Callable[[Node], RealSet]) -> list[Reading]:
    found: list[Reading] = []
    for name, value in (sides, sides[::-1]):
        if is_variable(name) and _is_end(value) and not _shares_symbols(name, value):
            number, unit = _end(value)
            if number is not None:
                found.append(Reading(key(name), make(number), unit))
    return found


def is_variable(node: Node) -> bool:
    """Whether a node names a number: x, f(x), f'(x), AB, P(X = 2)."""
    match node:
        case Symbol():
            return True
        case Call("derivative", parts):
            return all(isinstance(part, Symbol) for part in parts)
        case Call("prime", (part, *arguments)):
            return is_variable(part) and _are_plain(arguments)
        case Call("apply", (head, *arguments)):
            return is_variable(head) and _are_plain(arguments)
        case Call("mul", parts):
            return all(is_point_name(part) for part in parts)
        case _:
            return False


def _are_plain(arguments: Iterable[Node]) -> bool:
    """Whether a function's arguments are variables, constants or events: f(x), f(2), P(X=2)."""
    return all(isinstance(part, (Symbol, Relation)) or not symbols(part) for part in arguments)


def is_point_name(node: Node) -> bool:
    """Whether a node is one capital letter or several, as points and segments have."""
    if isinstance(node, Call) and node.name == "mul":
        return all(map(is_point_name, node.arguments))
    return isinstance(node, Symbol) and node.name[:1].isupper()


def _shares_symbols(name: Node, value: Node) -> bool:
    return bool(set(symbols(name)) & set(symbols(value)))


def _bounded(
    subject: Node, low: Node | None, low_closed: bool, high: Node | None, high_closed: bool
) -> list[Reading]:
    """The set that bounds on a variable, its multiple or its absolute value describe."""
    ends = [end for end in (low, high) if end is not None]
    if not all(_is_end(end) and not _shares_symbols(subject, end) for end in ends):
        return []
    if isinstance(subject, Call) and subject.name == "abs":
        return _absolute(subject.arguments[0], low, low_closed, high, high_closed)
    scale, name = _scaled(subject)
    if name is None:
        return []
    if scale < 0:
        low, low_closed, high, high_closed = high, high_closed, low, low_closed
    start, end = (_divided(each, scale) for each in (low, high))
    read = _interval(
        start or Call("neg", (Constant("oo"),)), end or Constant("oo"), low_closed, high_closed
    )
    return [replace(each, variable=key(name)) for each in read]


def _scaled(subject: Node) -> tuple[Fraction, Node | None]:
    """A variable and the rational number it is multiplied with."""
    if is_variable(subject):
        return Fraction(1), subject
    match subject:
        case Call("neg", (inner,)):
            scale, name = _scaled(inner)
            return -scale, name
        case Call("mul", (one, two)):
            factor = exact_or_none(one)
            scale, name = _scaled(two)
        case Call("div", (one, two)):
            factor = exact_or_none(two)
            factor = 1 / factor if factor else None
            scale, name = _scaled(one)
        case _:
            return Fraction(1), None
    return (scale * factor, name) if factor else (scale, None)


def _divided(end: Node | None, scale: Fraction) -> Node | None:
    if end is None or scale == 1:
        return end
    if isinstance(end, Quantity):
        return Quantity(_divided(end.value, scale) or end.value, end.unit)
    if is_infinite(end):
        turned = Call("neg", (Constant("oo"),)) if end == Constant("oo") else Constant("oo")
        return turned if scale < 0 else end
    return Call("div", (end, Number(scale)))


def _absolute(
    inner: Node, low: Node | None, low_closed: bool, high: Node | None, high_closed: bool
) -> list[Reading]:
    if not isinstance(inner, Symbol):
        return []
    bounds = [exact_or_none(end) for end in (low, high) if end is not None]
    if not all(bound is not None and bound > 0 for bound in bounds):
        return []
    if low is None:
        assert high is not None  # a relation has two sides
        pieces: RealSet = (Piece(Call("neg", (high,)), high_closed, high, high_closed),)
    else:
        mirror = None if high is None else Call("neg", (high,))
        pieces = (
            Piece(mirror, high_closed, Call("neg", (low,)), low_closed),
            Piece(low, low_closed, high, high_closed),
        )
    return [Reading(key(inner), pieces)]


def _operation(operation: str, items: Sequence[Node], compare: Compare) -> list[Reading]:
    return _joined([readings(item, compare) for item in items], operation, compare)


def _joined(parts: list[list[Reading]], operation: str, compare: Compare) -> list[Reading]:
    """The readings of several sets, combined under every variable they can share."""
    variables = {each.variable for part in parts for each in part if each.variable} or {""}
    if len(variables) > MAX_READINGS:
        return []
    found: list[Reading] = []
    for variable in sorted(variables):
        chosen = [
            next((each for each in part if each.variable in ("", variable)), None) for part in parts
        ]
        known = [each for each in chosen if each is not None]
        units = {each.unit for each in known}
        if not known or len(known) < len(parts) or len(units) > 1:
            continue
        numbers = _combined([each.numbers for each in known], operation, compare)
        if numbers is not None:
            found.append(Reading(variable, numbers, *units))
    return found


def _combined(sets: list[RealSet], operation: str, compare: Compare) -> RealSet | None:
    if len(sets) == 1:
        return sets[0]
    if operation == "cup":
        # Pieces whose ends cannot be ordered still make a union, as it is written.
        return tuple(piece for each in sets for piece in each)
    if operation == "cap":
        plain = [each for each in sets if each != LINE]
        return (plain or sets)[0] if len(plain) < 2 else combined(plain, all, compare)
    return combined(sets, lambda inside: inside[0] and not any(inside[1:]), compare)


def _builder(element: Node, conditions: Iterable[Node], compare: Compare) -> list[Reading]:
    if isinstance(element, Relation):
        conditions = (element, *conditions)
        element = element.sides[0]
    if not isinstance(element, Symbol):
        return []
    parts = [readings(condition, compare) for condition in conditions]
    name = key(element)
    parts = [[each for each in part if each.variable in ("", name)] for part in parts]
    return [replace(each, variable="") for each in _joined(parts, "cap", compare)]


def _listed(items: Sequence[Node], compare: Compare) -> list[Reading]:
    """Conditions on one variable with commas between: all of them, or any?

    x > 1, x != 2 are all to hold, since any would be no condition; x < -1, x > 1 cannot both.
    """
    if not all(isinstance(item, Relation) for item in items):
        return []
    parts = [readings(item, compare) for item in items]
    both = _joined(parts, "cap", compare)
    either = _joined(parts, "cup", compare)
    found: list[Reading] = []
    for one, two in zip(both, either, strict=True) if len(both) == len(either) else ():
        everything = combined([two.numbers], any, compare)
        if everything is None or one.variable != two.variable:
            continue
        if everything == LINE and one.numbers:
            found.append(one)
        elif not one.numbers and everything != LINE:
            found.append(two)
    return found


def compare_builders(left: SetBuilder, right: SetBuilder, compare: Compare) -> Decision:
    """Compares two sets of what is no real variable, up to the names that they bind."""
    bound = [symbols(builder.element) for builder in (left, right)]
    if len(bound[0]) != len(bound[1]) or len(left.conditions) != len(right.conditions):
        return Decision(None, "none")
    one, two = (
        renamed(builder, {name: f"(bound {place})" for place, name in enumerate(names)})
        for builder, names in zip((left, right), bound, strict=True)
    )
    assert isinstance(one, SetBuilder)  # renaming keeps the shape
    assert isinstance(two, SetBuilder)
    orders = [range(len(two.conditions))] * len(one.conditions)
    conditions = matched(orders, lambda i, j: compare(one.conditions[i], two.conditions[j]))
    decision = all_of((compare(one.element, two.element), conditions))
    # Other conditions may still describe the same set.
    return decision if decision.equal else Decision(None, "none")
