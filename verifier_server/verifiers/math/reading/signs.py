r"""Both signs at once: every \pm becomes the values that it stands for.

Promises: a \pm and a \mp in one value go together; several \pm without \mp in one value are
refused, since they may be two values or four. Values in different places of a point choose
their signs apart, unless one of them is \mp; in a list or set the values are members.

Does not cover: \pm in matrices, set builders and conditions: refused.
"""

from itertools import product

from verifier_server.verifiers.math.limits import MAX_ITEMS
from verifier_server.verifiers.math.nodes import Call, Group, Node, Quantity, Relation, walk
from verifier_server.verifiers.math.reading.arithmetic import MINUS_PLUS, PLUS_MINUS
from verifier_server.verifiers.math.reading.lex import UnreadableError

MAX_ALTERNATIVES = 16

_BOTH = (PLUS_MINUS, MINUS_PLUS)


def resolved(node: Node) -> Node:
    """The answer without \\pm: a set where there were several values.

    Raises:
        UnreadableError: signs whose pairing is unclear, or too many.
    """
    if not _signs(node):
        return node
    values = _alternatives(node)
    if len(values) == 1:
        return values[0]
    # Alternatives have no order, and are no coordinates; conditions are no alternatives.
    conditional = any(map(_is_condition, values))
    opening, closing = ("", "") if conditional else ("{", "}")
    return Group(opening, closing, tuple(values))


def _is_condition(node: Node) -> bool:
    if isinstance(node, Relation):
        return node.operators != ("=",)
    return isinstance(node, Group) and node.opening == "cap"


def _signs(node: Node) -> list[str]:
    return [part.name for part in walk(node) if isinstance(part, Call) and part.name in _BOTH]


def _alternatives(node: Node) -> list[Node]:
    """The values that a node with both signs stands for."""
    if not _signs(node):
        return [node]
    match node:
        case Group("", _, items) if any(_signs(item) == [MINUS_PLUS] for item in items):
            raise UnreadableError("signs that go together in different values", 0)
        case Group("(" | "[" | "<", _, _) if MINUS_PLUS in _signs(node):
            return _both(node)
        case Group("" | "{", closing, items):
            members = [value for item in items for value in _alternatives(item)]
            if len(members) > MAX_ITEMS:
                raise UnreadableError(f"more than {MAX_ITEMS} values", 0)
            listed = Group(node.opening, closing, tuple(members))
            return list(listed.items) if node.opening == "" else [listed]
        case Group(opening, closing, items) if opening in ("(", "[", "<"):
            places = [_alternatives(item) for item in items]
            count = 1
            for place in places:
                count *= len(place)
            if count > MAX_ALTERNATIVES:
                raise UnreadableError("too many signs", 0)
            return [Group(opening, closing, tuple(chosen)) for chosen in product(*places)]
        case Quantity(value, unit):
            return [Quantity(each, unit) for each in _alternatives(value)]
        case Relation(operators, sides):
            signed = [side for side in sides if _signs(side)]
            if operators == ("!=",) and len(signed) == 1 and signed[0] is sides[1]:
                values = _alternatives(sides[1])
                parts = tuple(Relation(operators, (sides[0], value)) for value in values)
                return [Group("cap", "cap", parts)]
            if len(signed) > 1 or set(operators) - {"=", "~"}:
                raise UnreadableError("signs on both sides", 0)
            variants = [_alternatives(side) for side in sides]
            width = max(map(len, variants))
            wide = [each * width if len(each) == 1 else each for each in variants]
            return [Relation(operators, chosen) for chosen in zip(*wide, strict=True)]
        case Call():
            return _both(node)
        case _:
            raise UnreadableError("a sign of both kinds in a place for one value", 0)


def _both(node: Node) -> list[Node]:
    signs = _signs(node)
    if len(signs) > 1 and MINUS_PLUS not in signs:
        raise UnreadableError("more than one plus-minus sign", 0)
    parts = walk(node)
    next(parts)
    if any(not isinstance(part, Call) and _signs(part) for part in parts):
        raise UnreadableError("a sign of both kinds within a group", 0)
    return [_chosen(node, upper) for upper in (True, False)]


def _chosen(node: Node, upper: bool) -> Node:
    if isinstance(node, Group):
        items = tuple(_chosen(item, upper) for item in node.items)
        return Group(node.opening, node.closing, items)
    if not isinstance(node, Call):
        return node
    parts = tuple(_chosen(part, upper) for part in node.arguments)
    if node.name not in _BOTH:
        return Call(node.name, parts)
    # The minus sign of -\pm is a call of its own around this one.
    return parts[0] if (node.name == PLUS_MINUS) == upper else Call("neg", parts)
