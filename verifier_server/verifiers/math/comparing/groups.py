"""Lists, sets and tuples.

Promises: a tuple has an order, a set has none and counts a member once, a bare list has
none unless the task says so. A tuple is the bare list of its items in that order, and a set
is that list in any. Named items (x = 1, y = 2) keep which value has which name.

Does not cover: intervals and unions (`sets`), lists of values of one name (`equations`).
"""

from collections.abc import Sequence

from verifier_server.verifiers.math.comparing.decision import Compare, Decision, all_of
from verifier_server.verifiers.math.comparing.equations import difference
from verifier_server.verifiers.math.comparing.matching import matched
from verifier_server.verifiers.math.comparing.named import Named, is_equation, named
from verifier_server.verifiers.math.comparing.naming import symbols
from verifier_server.verifiers.math.comparing.scalars import is_infinite, is_scalar
from verifier_server.verifiers.math.nodes import (
    Constant,
    Group,
    Node,
    Quantity,
    Relation,
    Symbol,
    Text,
)
from verifier_server.verifiers.math.values.canonical import key
from verifier_server.verifiers.math.values.quick import UnsureError, approximate

_LIST, _SET, _TUPLE, _SQUARE, _OPERATION = "list", "set", "tuple", "square", "operation"
_X, _Y = key(Symbol("x")), key(Symbol("y"))
_EXTREMES = {"maximum": 1, "max": 1, "largest": 1, "minimum": 0, "min": 0, "smallest": 0}


def without_conditions(group: Group) -> Node:
    """A list without "k in Z" at its end, where k stands in its other items.

    Not where that leaves out solutions: 2 < k < 5.
    """
    items = list(group.items)
    while len(items) > 1 and _is_integer_condition(items[-1], symbols(*items[:-1])):
        items.pop()
    if len(items) == len(group.items):
        return group
    dropped = symbols(*group.items[len(items) :])
    if any(_bounds(item, name) for item in items for name in dropped):
        return group
    return items[0] if len(items) == 1 else Group(group.opening, group.closing, tuple(items))


def _bounds(node: Node, name: str) -> bool:
    """Whether an inequality or membership is about that name, and not with it: k < x < k + 1."""
    if not isinstance(node, Relation) or is_equation(node):
        return False
    return Symbol(name) in node.sides or symbols(node) == [name]


def _is_integer_condition(node: Node, used: Sequence[str]) -> bool:
    match node:
        case Relation(("in",), (Symbol(name), Constant("Z"))):
            return name in used
        case Group(("" | "("), _, items):
            return bool(items) and all(_is_integer_condition(item, used) for item in items)
        case _:
            return False


def compare_groups(left: Group, right: Group, compare: Compare) -> Decision:
    """Compares two groups, none of which has to be an interval."""
    ours, theirs = _names(left, compare), _names(right, compare)
    if ours is None and theirs is None:
        return _compare_plain(left, right, compare)
    if ours is not None and theirs is not None:
        return _any_order(left.items, right.items, compare)
    named_one, names, plain = (
        (left, ours, right) if ours is not None else (right, theirs or [], left)
    )
    return _compare_named(named_one, names, plain, compare)


def _names(group: Group, compare: Compare) -> list[Named] | None:
    """The items as named values, if every one is named; None otherwise."""
    found: list[Named] = []
    for item in group.items:
        each = named(item, compare) if isinstance(item, Relation) else None
        if each is None or not each.names:
            return None
        found.append(each)
    return found or None


def _compare_named(group: Group, names: list[Named], plain: Group, compare: Compare) -> Decision:
    """Compares x = 1, y = 2 with values alone: their order has to be the names' order."""
    values = tuple(each.value for each in names)
    if len(values) != len(plain.items):
        return Decision(False, "items")
    kept = tuple(each.holds for each in names)
    if _are_extremes(names):
        return all_of((*kept, _any_order(values, plain.items, compare)))
    written = all_of((*kept, _in_order(values, plain.items, compare)))
    kind = _kind(plain)
    if kind == _TUPLE:
        labels = [key(each.names[0]) for each in names]
        places = sorted(range(len(values)), key=lambda place: _place(labels[place], labels))
        by_name = tuple(values[place] for place in places)
        ordered = all_of((*kept, _in_order(by_name, plain.items, compare)))
        # Which name comes first in a point is a habit.
        return ordered if ordered.equal or not written.equal else Decision(None, "none")
    if kind == _SET:
        possible = all_of((*kept, _any_order(values, plain.items, compare)))
        return Decision(None, "none") if possible.equal else possible
    return written if kind == _LIST else Decision(False, "kind")


def _place(label: str, labels: list[str]) -> tuple[bool, str]:
    """Where a name stands in a point: in the alphabet, but w and t come after x, y and z."""
    spatial = _X in labels and _Y in labels
    return spatial and label < _X, label


def _are_extremes(names: list[Named]) -> bool:
    """Whether the names are a maximum and a minimum, which tell themselves apart by value."""
    words = [
        each.names[0].words.split()[0] if isinstance(each.names[0], Text) else "" for each in names
    ]
    return len(words) == 2 and {_EXTREMES.get(word) for word in words} == {0, 1}


def _kind(group: Group) -> str:
    if group.opening in ("", "{"):
        return _SET if group.opening else _LIST
    if group.opening in ("cup", "cap", "setminus"):
        return _OPERATION
    if (group.opening, group.closing) in (("(", ")"), ("<", ">")):
        return _TUPLE
    # Square brackets round two values may make an interval, round more they do not.
    plain_square = (group.opening, group.closing) == ("[", "]") and len(group.items) > 2
    return _TUPLE if plain_square else _SQUARE


def _compare_plain(left: Group, right: Group, compare: Compare) -> Decision:
    kinds = {_kind(left), _kind(right)}
    if _OPERATION in kinds:
        if left.opening != right.opening:
            return Decision(None, "none")
        compared = _in_order if left.opening == "setminus" else _any_order
        return compared(left.items, right.items, compare)
    if _SQUARE in kinds:
        brackets = {(group.opening, group.closing) for group in (left, right)}
        if len(brackets) > 1:
            return Decision(False, "kind")
        return _in_order(left.items, right.items, compare)
    if len(kinds) > 1 and all(map(_is_option, (*left.items, *right.items))):
        # "I or II" is not "I and II".
        return Decision(None, "none")
    endless = any(map(is_infinite, (*left.items, *right.items)))
    # A pair with an infinite end is an interval, and no list of values.
    if kinds == {_SET, _TUPLE} or (kinds == {_LIST, _TUPLE} and endless):
        return Decision(False, "kind")
    if (
        _TUPLE in kinds
        or _has_places(left)
        or _has_places(right)
        or (kinds == {_LIST} and compare.policy.ordered_lists)
    ):
        return _in_order(left.items, right.items, compare)
    one, two = (
        _distinct(group.items, compare) if _kind(group) == _SET else group.items
        for group in (left, right)
    )
    return _any_order(one, two, compare)


def _is_option(node: Node) -> bool:
    return isinstance(node, Symbol) and node.name.isupper()


def _has_places(group: Group) -> bool:
    """Whether an ellipsis, or an item without a name beside one with a name, needs its place."""
    equations = {is_equation(item) for item in group.items}
    return Constant("...") in group.items or len(equations) > 1


def _in_order(left: Sequence[Node], right: Sequence[Node], compare: Compare) -> Decision:
    if len(left) != len(right):
        return Decision(False, "items")
    return all_of(compare(a, b) for a, b in zip(left, right, strict=True))


def _distinct(items: Sequence[Node], compare: Compare) -> list[Node]:
    """The members of a set, each once. Nearness alone makes no two members one."""
    strict = compare.strict()
    by_key = list({key(item): item for item in items}.values())
    found: list[Node] = []
    prints = [_fingerprint(item) for item in by_key]
    kept: list[float | None] = []
    for item, mark in zip(by_key, prints, strict=True):
        near = [other for other, seen in zip(found, kept, strict=True) if _may_be_equal(mark, seen)]
        if not any(strict(item, other).equal for other in near):
            found.append(item)
            kept.append(mark)
    return found


def _may_be_equal(one: float | None, two: float | None) -> bool:
    if one is None or two is None:
        return True
    return abs(one - two) <= 1e-6 * max(abs(one), abs(two), 1.0)


def _any_order(left: Sequence[Node], right: Sequence[Node], compare: Compare) -> Decision:
    if len(left) != len(right):
        return Decision(False, "items")
    if len(left) == 1:
        return compare(left[0], right[0])
    orders = _likely(left, right)
    return matched(orders, lambda i, j: compare(left[i], right[j]))


def _likely(left: Sequence[Node], right: Sequence[Node]) -> list[list[int]]:
    """For every item on the left the places on the right, those of likely equals first."""
    keys = [key(item) for item in right]
    marks = [_fingerprint(item) for item in right]

    def distance(item_key: str, mark: float | None, place: int) -> tuple[bool, float]:
        other = marks[place]
        away = abs(mark - other) if mark is not None and other is not None else float("inf")
        return keys[place] != item_key, away

    def order(item: Node) -> list[int]:
        item_key, mark = key(item), _fingerprint(item)
        return sorted(range(len(right)), key=lambda place: distance(item_key, mark, place))

    return [order(item) for item in left]


def _fingerprint(node: Node) -> float | None:
    """One number that equal items share, or nearly; None for what has none."""
    match node:
        case Relation(("=",), sides) if all(map(is_scalar, sides)):
            # Multiples of an equation share the quotient of its values at two points.
            one, two = (_approximate(difference(sides), salt) for salt in ("", "other"))
            return one / two if one is not None and two else None
        case Group(_, _, items) | Relation(_, items):
            marks = [_fingerprint(item) for item in items]
            known = [mark for mark in marks if mark is not None]
            if isinstance(node, Group) and not node.ordered:
                known.sort()
            return sum((place + 1.7) * mark for place, mark in enumerate(known))
        case Quantity(value, _):
            return _fingerprint(value)
        case _:
            return _approximate(node)


def _approximate(node: Node, salt: str = "") -> float | None:
    point = {name: _coordinate(name + salt) for name in symbols(node)}
    try:
        return approximate(node, point)
    except (UnsureError, ArithmeticError, ValueError):
        return None


def _coordinate(name: str) -> float:
    """A number between 1 and 2 for every name, the same wherever it stands."""
    total = sum((place + 1) * ord(letter) for place, letter in enumerate(name))
    return 1 + total * 0.6180339887 % 1
