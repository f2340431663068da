r"""Arbitrary constants of solutions: y = C_1 e^x + C_2 e^{-x}, f(x) = cx.

Promises: constants are renamed one to one and all at once, only between answers that
define a function (y = ..., f(x) = ...) of the same variables, only letters that are commonly
constants, at least one answer's being a C, and never a letter that stands within a
trigonometric function, where A, B and C are angles.

Does not cover: constants that absorb factors (C for 2C, e^C for C), single added constants
(`naming`).
"""

from collections.abc import Iterator
from itertools import permutations

from verifier_server.verifiers.math.comparing.naming import renamed, symbols
from verifier_server.verifiers.math.nodes import Call, Group, Node, Relation, Symbol, walk

MAX_CONSTANTS = 3
_SURE = frozenset(("C", "c", "C_1", "C_2", "C_3", "c_1", "c_2", "c_3"))
_LONE = _SURE | {"K", "k"}
_SEVERAL = _SURE | {"K_1", "K_2", "K_3", "k_1", "k_2", "A", "B", "D", "A_1", "A_2"}
_ANGULAR = frozenset(("sin", "cos", "tan", "cot", "sec", "csc"))
_FUNCTIONS = frozenset("yuxfgPQpz")


def with_same_constants(left: Node, right: Node) -> Iterator[Node]:
    """The right answer with its arbitrary constants under the names of the left's."""
    ours, theirs = _constants(left), _constants(right)
    if not ours or len(ours) != len(theirs) or len(ours) > MAX_CONSTANTS:
        return
    if not (_SURE.issuperset(ours) or _SURE.issuperset(theirs)):
        return
    given = not any(name[0].isupper() or "_" in name for name in (*ours, *theirs))
    if given and not (_is_applied(left) and _is_applied(right)):
        # y = cx and y = kx may be about two given numbers.
        return
    if _variables(left) - set(ours) != _variables(right) - set(theirs):
        return
    numbered = any("_" in name for name in (*ours, *theirs)) and len(ours) > 1
    if not (numbered or _defines(left) or _defines(right)):
        return
    for order in permutations(ours):
        if list(order) != theirs:
            yield renamed(right, dict(zip(theirs, order, strict=True)))


def _variables(node: Node) -> set[str]:
    """The names in an answer but for what it defines."""
    defined = isinstance(node, Relation) and len(node.sides) == 2 and _defines(node)
    return set(symbols(node.sides[1] if isinstance(node, Relation) and defined else node))


def _constants(node: Node) -> list[str]:
    """The names of the arbitrary constants; none where any of them may be something else."""
    candidates = [name for name in symbols(node) if name in _SEVERAL]
    if not candidates:
        candidates = [name for name in symbols(node) if name in _LONE]
    if len(candidates) == 1 and candidates[0] not in _LONE:
        return []
    angles = {
        name
        for part in walk(node)
        if isinstance(part, Call) and part.name in _ANGULAR
        for name in symbols(part)
    }
    return [] if angles.intersection(candidates) else candidates


def _defines(node: Node) -> bool:
    """Whether an answer defines functions: y = ..., f(x) = ..., (P(x), Q(x)) = ..."""
    if isinstance(node, Group) and node.opening in ("", "{"):
        return bool(node.items) and all(map(_defines, node.items))
    if not isinstance(node, Relation) or set(node.operators) != {"="}:
        return False
    name = node.sides[0]
    names = name.items if isinstance(name, Group) else (name,)
    return all(map(_is_function, names))


def _is_applied(node: Node) -> bool:
    """Whether an answer begins with f(x) = ..."""
    return isinstance(node, Relation) and isinstance(node.sides[0], Call)


def _is_function(name: Node) -> bool:
    match name:
        case Symbol(letter):
            return letter == "y"
        case Call("apply", (Symbol(letter), *_)):
            return letter in _FUNCTIONS
        case _:
            return False
