"""Answers that name their value: x = 5, f(x) = 2x, a chain of equal sides.

Promises: a name does not stand in its value; a chain holds only if each of its links
does, and an approximation only if the decimal is a rounding of the value.

Does not cover: what two such answers have to do with each other (`equations`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from verifier_server.verifiers.math.comparing.decision import Compare, Decision, all_of
from verifier_server.verifiers.math.comparing.naming import symbols
from verifier_server.verifiers.math.comparing.sets import is_point_name, is_variable
from verifier_server.verifiers.math.comparing.shown import Shown, is_exact, rounds_to, shown
from verifier_server.verifiers.math.nodes import (
    Call,
    Group,
    Matrix,
    Node,
    Number,
    Quantity,
    Relation,
    Symbol,
    Text,
)
from verifier_server.verifiers.math.values.canonical import key

_EQUAL, _NEARLY, _CONGRUENT = "=", "~", "=="
_TRUE = Decision(True, "structure")


@dataclass(frozen=True, slots=True)
class Named:
    """A value and what it is the value of, and whether the links of its chain hold."""

    names: tuple[Node, ...]
    value: Node
    holds: Decision = _TRUE


def is_equation(node: Node) -> bool:
    """Whether an answer is built with =, with approximations or congruences."""
    return isinstance(node, Relation) and set(node.operators) <= {_EQUAL, _NEARLY, _CONGRUENT}


def is_name(node: Node) -> bool:
    """Whether a side of an equation names what the other side is the value of."""
    match node:
        case Text():
            return True
        case Call(("div" | "ratio"), parts):
            return all(isinstance(part, Symbol) or is_point_name(part) for part in parts)
        case Call("abs", (part,)):
            return is_point_name(part)
        case Group(("(" | "<" | "cup" | "cap" | "setminus"), _, items):
            return all(map(is_variable, items)) or all(map(parameters, items))
        case Matrix(rows):
            return all(is_variable(entry) for row in rows for entry in row)
        case _:
            return is_variable(node)


def _heads(name: Node) -> set[str]:
    """The symbols that a name's value must not hold."""
    if isinstance(name, Call) and name.name in ("apply", "prime", "derivative"):
        return _heads(name.arguments[0])
    if isinstance(name, Group):
        return set[str]().union(*map(_heads, name.items))
    return set(symbols(name))


def named(node: Node, compare: Compare) -> Named | None:
    """An answer as a value with names; None for an equation that defines nothing."""
    if isinstance(node, Group) and node.opening in ("", "{"):
        return _commonly_named(node, compare)
    if not isinstance(node, Relation):
        return Named((), node)
    if node.operators == ("in",):
        name, numbers = node.sides
        return Named((name,), numbers) if is_name(name) else None
    if not is_equation(node):
        return Named((), node)
    if _CONGRUENT in node.operators:
        return None
    return _chain(node, compare)


def _chain(node: Relation, compare: Compare) -> Named | None:
    names = [side for side in node.sides if is_name(side)]
    if len(names) == len(node.sides):
        names = [node.sides[0]] if len(names) == 2 else []
    values = [(place, side) for place, side in enumerate(node.sides) if side not in names]
    sides = [side for _, side in values]
    if not sides or not (names or (len(sides) > 1 and not symbols(*sides))):
        return None
    if set[str]().union(*map(_heads, names)) & set(symbols(*sides)):
        return None
    nearly = [_NEARLY in node.operators[start:end] for (start, _), (end, _) in pairwise(values)]
    holds = all_of(
        _approximates(one, two) if near else compare(one, two)
        for one, two, near in zip(sides, sides[1:], nearly, strict=False)
    )
    return Named(tuple(names), _stated(sides, nearly), holds)


def _commonly_named(group: Group, compare: Compare) -> Named | None:
    """A list of values of one thing, as its values: x = 1, x = 2, or x = 1, 2."""
    first = group.items[0] if group.items else None
    if not isinstance(first, Relation) or first.operators not in ((_EQUAL,), (_NEARLY,)):
        return Named((), group)
    found: list[Named] = []
    for item in group.items:
        each = named(item, compare)
        if each is None or isinstance(each.value, Relation):
            return Named((), group)
        found.append(each)
    keys = {tuple(map(key, each.names)) for each in found if each.names}
    if len(keys) != 1:
        return Named((), group)
    # Alternatives for one thing have no order, and are no point.
    values = Group("{", "}", tuple(each.value for each in found))
    return Named(found[0].names, values, all_of(each.holds for each in found))


def _stated(sides: Sequence[Node], nearly: Sequence[bool]) -> Node:
    """The value that a chain states: its last side, but never the approximation of another."""
    segments: list[list[Node]] = [[sides[0]]]
    for side, near in zip(sides[1:], nearly, strict=True):
        if near:
            segments.append([side])
        else:
            segments[-1].append(side)
    ends = [segment[-1] for segment in segments]
    value = next((end for end in ends if is_exact(end) and _decimal(end) is None), ends[0])
    last = sides[-1]
    if isinstance(last, Quantity) and not isinstance(value, Quantity):
        return Quantity(value, last.unit)
    return value


def _approximates(left: Node, right: Node) -> Decision:
    """Whether one is a decimal, or an integer, to which the other rounds."""
    one, two = _bare(left), _bare(right)
    for value, written in ((one, _decimal(two)), (two, _decimal(one))):
        if written is not None and rounds_to(value, written):
            return Decision(True, "decimals")
    return Decision(None, "decimals")


def _bare(node: Node) -> Node:
    return node.value if isinstance(node, Quantity) else node


def _decimal(node: Node) -> Shown | None:
    node = _bare(node)
    if isinstance(node, Number) and node.places is None and node.value.denominator == 1:
        return Shown(node.value, 0, 0)
    return shown(node)


def parameters(name: Node) -> list[str] | None:
    """The variables of f(x, y), one name each; None for what is no such name."""
    if isinstance(name, Call) and name.name == "prime":
        return parameters(name.arguments[0])
    if not isinstance(name, Call) or name.name != "apply":
        return None
    found = [part.name for part in name.arguments[1:] if isinstance(part, Symbol)]
    return found if len(set(found)) == len(name.arguments) - 1 else None
