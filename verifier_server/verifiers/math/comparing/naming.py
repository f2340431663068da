"""Names that may differ between equal answers: bound variables and arbitrary constants.

Promises: a name is changed throughout one answer or not at all, and only where what
it stands for does not depend on it: the variable of a function's definition, an integer
that counts periods (x = pi/6 + k pi), the constant of an indefinite integral; all
variables only where the task says so.

Does not cover: constants that stand elsewhere than alone (C_1 e^x), several integers.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import permutations

from verifier_server.verifiers.math.nodes import (
    Call,
    Choice,
    Constant,
    Group,
    Matrix,
    Node,
    Number,
    Piecewise,
    Quantity,
    Relation,
    SetBuilder,
    Symbol,
    children,
    walk,
)
from verifier_server.verifiers.math.values.exact import exact_or_none

INTEGERS = frozenset("knmlz")
_ALONE = frozenset("knm")
_VARIABLES = frozenset("xyztuvwsr") | {"theta"}
CONSTANTS = frozenset(("C", "K", "c", "k", "C_1", "c_1"))
MAX_RENAMED = 4
_HALF_TURN = 180
_PI = Constant("pi")


def symbols(*nodes: Node) -> list[str]:
    """The names of all symbols, in the order in which they are first met."""
    found: dict[str, None] = {}
    for node in nodes:
        _collect(node, found)
    return list(found)


def _collect(node: Node, found: dict[str, None]) -> None:
    if isinstance(node, Symbol):
        found.setdefault(node.name)
    for part in children(node):
        _collect(part, found)


def rebuilt(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with every direct part changed."""
    match node:
        case Call(name, parts):
            return Call(name, tuple(map(change, parts)))
        case Group(opening, closing, items):
            return Group(opening, closing, tuple(map(change, items)))
        case Relation(operators, sides):
            return Relation(operators, tuple(map(change, sides)))
        case Quantity(value, unit):
            return Quantity(change(value), unit)
        case Matrix(rows):
            return Matrix(tuple(tuple(map(change, row)) for row in rows))
        case Piecewise(branches):
            return Piecewise(
                tuple((change(value), where and change(where)) for value, where in branches)
            )
        case SetBuilder(element, conditions):
            return SetBuilder(change(element), tuple(map(change, conditions)))
        case Choice(_, content) if content is not None:
            return replace(node, content=change(content))
        case _:
            return node


def renamed(node: Node, names: Mapping[str, str]) -> Node:
    """The node with symbols renamed, all at once."""
    if isinstance(node, Symbol):
        return Symbol(names.get(node.name, node.name))
    return rebuilt(node, lambda part: renamed(part, names)) if names else node


def with_one_integer(left: Node, right: Node) -> tuple[Node, Node]:
    """Both answers with the integer that counts periods under one name, if each has just one."""
    one, two = _periodic(left), _periodic(right)
    if one is None or two is None or one == two:
        return left, right
    if two in symbols(left) or one in symbols(right):
        return left, right
    if not {one, two} <= _ALONE and _is_alone(left) and _is_alone(right):
        # 2 pi l and 2 pi z are lengths.
        return left, right
    return renamed(left, {one: "(integer)"}), renamed(right, {two: "(integer)"})


def _periodic(node: Node) -> str | None:
    names = [name for name in symbols(node) if name in INTEGERS]
    if not names or (_PI not in walk(node) and not _has_degrees(node)):
        return None
    found = [name for name in names if _counts_turns(node, name) and _turns(node, name)]
    return found[0] if len(found) == 1 else None


def _is_alone(node: Node) -> bool:
    """Whether a node is one product, and not what says that it counts: x = k pi, 1 + k pi."""
    return isinstance(node, (Call, Quantity)) and not any(
        isinstance(part, Call) and part.name == "add" for part in walk(node)
    )


def _has_degrees(node: Node) -> bool:
    return any(
        isinstance(part, Quantity) or (isinstance(part, Call) and part.name == "degree")
        for part in walk(node)
    )


def _turns(node: Node, name: str) -> bool:
    """Whether the symbol counts turns somewhere, and is not only the power of a sign."""
    return any(
        isinstance(part, Symbol) and part.name == name
        for each in walk(node)
        if not _is_sign(each, name)
        for part in children(each)
    )


def _is_sign(node: Node, name: str) -> bool:
    """Whether a node is (-1)^k, where k may be more or less by a constant."""
    match node:
        case Call("pow", (base, power)):
            return exact_or_none(base) == -1 and _is_linear(power, name)
        case _:
            return False


def _counts_turns(node: Node, name: str) -> bool:
    """Whether the symbol stands only in rational multiples of pi, or of 180 in degrees."""
    if name not in symbols(node):
        return True
    match node:
        case Call(("add" | "neg"), parts):
            return all(_counts_turns(part, name) for part in parts)
        case Call("mul", _):
            return _turning_product(node, name)
        case Call("div", (above, below)):
            return exact_or_none(below) is not None and _counts_turns(above, name)
        case Call("degree", (value,)) | Quantity(value, "degree"):
            turning = renamed_to_pi(value)
            return turning is not None and _counts_turns(turning, name)
        case Relation(("in",), (Symbol(), Constant("Z"))):
            return True
        case Group() | Relation() | SetBuilder() | Matrix():
            return all(_counts_turns(part, name) for part in children(node))
        case _:
            return False


def renamed_to_pi(value: Node) -> Node | None:
    """A number of degrees with pi for every multiple of 180, where each stands as a factor."""
    match value:
        case Number(number):
            turns = number / _HALF_TURN
            return Call("mul", (Number(turns), _PI)) if turns.denominator == 1 else value
        case Call(("add" | "mul" | "neg"), parts):
            changed = [renamed_to_pi(part) for part in parts]
            return Call(value.name, tuple(part for part in changed if part is not None))
        case _:
            return value


def _turning_product(node: Node, name: str) -> bool:
    factors = list(_factors(node))
    moving = [factor for factor in factors if name in symbols(factor)]
    still = [factor for factor in factors if name not in symbols(factor)]
    if len(moving) != 1:
        return False
    if _is_sign(moving[0], name):
        return not any(map(_has_symbols, still))
    turns = [factor for factor in still if _is_turn(factor)]
    rest = [factor for factor in still if not _is_turn(factor)]
    if not all(exact_or_none(factor) is not None for factor in rest):
        return False
    if len(turns) == 1:
        return _is_linear(moving[0], name)
    return not turns and _counts_turns(moving[0], name)


def _has_symbols(node: Node) -> bool:
    return any(isinstance(part, Symbol) for part in walk(node))


def _factors(node: Node) -> Iterator[Node]:
    if isinstance(node, Call) and node.name in ("mul", "neg"):
        for part in node.arguments:
            yield from _factors(part)
    elif isinstance(node, Call) and node.name == "div":
        above, below = node.arguments
        if exact_or_none(below) is None:
            yield node
        else:
            yield from _factors(above)
    else:
        yield node


def _is_turn(node: Node) -> bool:
    if isinstance(node, Call) and node.name == "degree":
        value = exact_or_none(node.arguments[0])
        return value is not None and value % _HALF_TURN == 0
    return node == _PI


def _is_linear(node: Node, name: str) -> bool:
    match node:
        case Symbol(found):
            return found == name
        case Call(("add" | "neg"), parts):
            return all(exact_or_none(part) is not None or _is_linear(part, name) for part in parts)
        case Call("mul", (one, two)):
            return (exact_or_none(one) is not None and _is_linear(two, name)) or (
                exact_or_none(two) is not None and _is_linear(one, name)
            )
        case Call("div", (above, below)):
            return exact_or_none(below) is not None and _is_linear(above, name)
        case _:
            return False


def with_one_constant(left: Node, right: Node) -> tuple[Node, Node]:
    """Both expressions with their added constant under one name, if each has just one."""
    one, two = _added_constant(left), _added_constant(right)
    if one is None or two is None or one == two:
        return left, right
    # x + c and x + k may be about two given numbers.
    if not (one[0].isupper() or two[0].isupper()) or two in symbols(left) or one in symbols(right):
        return left, right
    return renamed(left, {one: "(constant)"}), renamed(right, {two: "(constant)"})


def _added_constant(node: Node) -> str | None:
    """The one symbol out of CONSTANTS that is a summand and stands nowhere else."""
    alone = [term.name for term in _summands(node) if isinstance(term, Symbol)]
    everywhere = [part.name for part in walk(node) if isinstance(part, Symbol)]
    found = [name for name in alone if name in CONSTANTS and everywhere.count(name) == 1]
    # A + C may be a sum of angles; what is integrated has a variable.
    variable = not _VARIABLES.isdisjoint(everywhere)
    return found[0] if len(found) == 1 and variable else None


def _summands(node: Node) -> Iterable[Node]:
    if isinstance(node, Call) and node.name == "add":
        for part in node.arguments:
            yield from _summands(part)
    else:
        yield node


def _has_operation(node: Node) -> bool:
    return any(isinstance(part, (Call, Relation, SetBuilder)) for part in walk(node))


def renamings(left: Node, right: Node) -> Iterator[Node]:
    """The right answer with its variables renamed to the left's, in every one-to-one way.

    A name that both have is the same in both: y - x never answers x - y. Letters alone are
    names, or options, and no variables. In the order of first use alone where there are more
    than MAX_RENAMED variables.
    """
    ours, theirs = symbols(left), symbols(right)
    if len(ours) != len(theirs) or not (_has_operation(left) and _has_operation(right)):
        return
    shared = set(ours) & set(theirs)
    ours = [name for name in ours if name not in shared]
    theirs = [name for name in theirs if name not in shared]
    if not ours:
        return
    orders = permutations(ours) if len(ours) <= MAX_RENAMED else iter((tuple(ours),))
    for order in orders:
        yield renamed(right, dict(zip(theirs, order, strict=True)))
