r"""Several solutions of one unknown, in the ways that solutions are written.

Promises: x_1 = 2, x_2 = 3 gives the values of x where the other answer speaks of x;
y = 2x or y = -2x are two equations where the other answer has two of several unknowns.

Does not cover: unknowns numbered for their own sake, a_1 = 2, a_2 = 3, which keep their
places.
"""

import re

from verifier_server.verifiers.math.comparing.naming import symbols
from verifier_server.verifiers.math.nodes import Group, Node, Relation, Symbol

_NUMBERED = re.compile(r"(?P<base>[A-Za-z]+)_\{?(?P<place>\d)\}?")


def roots(group: Node, name: Node) -> tuple[Node, ...] | None:
    """The values of x_1 = ..., x_2 = ..., if `name` is x; None for anything else."""
    if not isinstance(group, Group) or group.opening not in ("", "{") or len(group.items) < 2:
        return None
    values: list[Node] = []
    for place, item in enumerate(group.items, 1):
        match item:
            case Relation(("=",), (Symbol(numbered), value)):
                found = _NUMBERED.fullmatch(numbered)
            case _:
                return None
        if not found or int(found["place"]) != place or Symbol(found["base"]) != name:
            return None
        values.append(value)
    return tuple(values)


def are_numbered(sides: "set[Node]") -> bool:
    """Whether names are x_1, x_2, ... of one letter."""
    found = [_NUMBERED.fullmatch(side.name) for side in sides if isinstance(side, Symbol)]
    bases = {match["base"] for match in found if match}
    return len(found) == len(sides) and None not in found and len(bases) == 1


def spread(name: Node, values: Node) -> tuple[Node, ...] | None:
    """y = 2x or y = -2x as two equations; None for values that are none of expressions."""
    if not isinstance(values, Group) or values.opening != "{":
        return None
    return tuple(Relation(("=",), (name, value)) for value in values.items)


def are_curves(node: Node) -> bool:
    """Whether an answer is several equations, each of two unknowns or more."""
    return (
        isinstance(node, Group)
        and node.opening in ("", "{")
        and len(node.items) > 1
        and all(
            isinstance(item, Relation) and item.operators == ("=",) and len(symbols(item)) > 1
            for item in node.items
        )
    )
