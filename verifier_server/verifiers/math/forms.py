r"""Which predictions are answers at all: not the question over again, and not nothing.

Promises: decided by the shape of the two trees alone, in one walk over each; nothing is
evaluated. Under the form "final", these restate the question unless the right answer
holds the same operation:
- an unevaluated sum, product, integral, limit, derivative, determinant, transpose,
  inverse, product or power of matrices, product of vectors, intersection of literal sets,
  and union or difference of finite ones;
- of constants: gcd, lcm, mod, max, min, floor, ceiling, sign, real and imaginary part,
  conjugate, argument;
- trigonometric, hyperbolic and exponential functions and logarithms of constants, where the
  right answer is free of them: \sin(\pi/4) for \sqrt2/2, \log_2 8 for 3. A right answer with
  e or i may be put in such terms, and a rounded decimal may stand for one;
- an equation to be solved, such as 2x + 1 = 7, where the right answer is a value.
Powers, roots, factorials, binomials and plain arithmetic are answers.

Does not cover: whether the prediction is right (`check`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from verifier_server.verifiers.math.nodes import (
    Call,
    Constant,
    Group,
    Matrix,
    Node,
    Number,
    Quantity,
    Relation,
    Symbol,
    Text,
    children,
    walk,
)
from verifier_server.verifiers.math.values.canonical import key

# A decimal of the right answer with so many places may be the rounding of a logarithm.
_ROUNDED_PLACES = 3
# The operations of every answer: most parts need no further look.
_PLAIN = frozenset(("add", "neg", "div", "root"))
_E, _I = Constant("e"), Constant("i")
_MAX_DEPTH = 200

_TASKS = frozenset("sum product integral limit derivative det transpose inverse dot cross".split())
_OF_CONSTANTS = frozenset("gcd lcm mod max min floor ceil sign re im conjugate arg".split())
_RATIOS = ("sin", "cos", "tan", "cot", "sec", "csc")
_FUNCTIONS = frozenset(
    [f"{arc}{name}{h}" for name in _RATIOS for arc in ("", "arc") for h in ("", "h")]
    + ["ln", "log", "lg", "exp"]
)
_OPTIONS = "ABCDEFGHIJ"
_FUNCTION = "function of constants"


@dataclass(frozen=True, slots=True)
class Allowed:
    """What predictions may hold for the right answer's sake.

    `operations` are those that it holds, or that may stand for it; `is_value`: it is a value,
    so that an equation to be solved answers nothing.
    """

    operations: frozenset[str]
    is_value: bool


def allowed(gold: Node) -> Allowed:
    """What a right answer allows, found once a group."""
    if isinstance(gold, (Number, Text)):
        rounded = isinstance(gold, Number) and _is_rounded(gold)
        return Allowed(frozenset({_FUNCTION} if rounded else ()), isinstance(gold, Number))
    held = set(_operations(gold))
    if _is_rounded(gold) or any(part in (_E, _I) for part in walk(gold)):
        held.add(_FUNCTION)
    return Allowed(frozenset(held), _is_value(gold))


def restates(prediction: Node, gold: Allowed) -> bool:
    """Whether a prediction only says again what was asked. See the module's docstring."""
    if isinstance(prediction, (Number, Symbol, Constant, Text)):
        return False
    if any(operation not in gold.operations for operation in _operations(prediction)):
        return True
    return gold.is_value and _is_to_be_solved(prediction)


def states_nothing(node: Node) -> bool:
    """Whether an answer is an equation of something with itself: x = x, 0 = 0."""
    match node:
        case Relation(operators, sides) if set(operators) <= {"=", "<=", "~", "=="}:
            # 6 * 2 = 12 is a calculation, and says its value.
            calculated = sides[0] != sides[-1] and not any(map(_holds_symbol, sides))
            return len({key(side) for side in sides}) == 1 and not calculated
        case Group(_, _, items) if items:
            return all(states_nothing(item) for item in items)
        case _:
            return False


def relabels(prediction: Node, gold: Node) -> bool:
    """Whether a prediction names another option than the one that is right: A = B, for B."""
    if not isinstance(gold, Symbol) or gold.name not in _OPTIONS:
        return False
    named = prediction.sides[:-1] if isinstance(prediction, Relation) else ()
    return any(isinstance(side, Symbol) and side.name in _OPTIONS for side in named)


def is_words(node: Node) -> bool:
    """Whether an answer is words, wholly or in one of its parts."""
    return any(isinstance(part, Text) for part in walk(node))


def _operations(node: Node) -> Iterator[str]:
    if isinstance(node, Relation) and node.operators == ("==",):
        # The modulus of a congruence is no operation.
        for side in (node.sides[0], *children(node.sides[1])):
            yield from _operations(side)
        return
    for part in walk(node):
        if not isinstance(part, (Call, Group)) or (isinstance(part, Call) and part.name in _PLAIN):
            continue
        match part:
            case Call(name, _) if name in _TASKS:
                yield name
            case Call(name, arguments) if name in _OF_CONSTANTS and _are_constant(arguments):
                yield name
            case Call(name, arguments) if name in _FUNCTIONS and _are_constant(arguments):
                yield _FUNCTION
            case Call("pow", (base, power)) if isinstance(base, Matrix):
                yield "matrix product"
            case Call("pow", (Constant("e"), power)) if _holds(power, Constant("i")):
                if _are_constant((power,)):
                    yield _FUNCTION
            case Call("mul", _) if sum(_is_matrix(factor) for factor in _factors(part)) > 1:
                yield "matrix product"
            case Group("cup" | "cap" | "setminus" as opening, _, items):
                if _is_evaluable(opening, items):
                    yield opening


def _holds_symbol(node: Node) -> bool:
    return any(isinstance(part, Symbol) for part in walk(node))


def _are_constant(arguments: tuple[Node, ...]) -> bool:
    return not any(isinstance(part, Symbol) for each in arguments for part in walk(each))


def _holds(node: Node, wanted: Node) -> bool:
    return any(part == wanted for part in walk(node))


def _is_rounded(node: Node) -> bool:
    return any(
        isinstance(part, Number) and (part.places or 0) >= _ROUNDED_PLACES for part in walk(node)
    )


def _factors(node: Node) -> Iterator[Node]:
    if isinstance(node, Call) and node.name in ("mul", "neg"):
        for argument in node.arguments:
            yield from _factors(argument)
    else:
        yield node


def _is_matrix(node: Node) -> bool:
    inner = node
    for _ in range(_MAX_DEPTH):
        if not isinstance(inner, Call) or inner.name not in ("inverse", "transpose", "pow", "neg"):
            break
        inner = inner.arguments[0]
    return isinstance(inner, Matrix)


def _is_evaluable(operation: str, items: tuple[Node, ...]) -> bool:
    """Whether an operation on sets can be carried out by reading off what is written."""
    groups = [item for item in items if isinstance(item, Group)]
    if len(groups) < len(items) or not all(_are_constant(group.items) for group in groups):
        return False
    # The union of intervals is the usual way to write it down, and so is one without a point.
    finite = all(group.opening == "{" for group in groups)
    return finite or (
        operation == "cap" and all(group.opening in ("{", "(", "[") for group in groups)
    )


def _is_value(node: Node) -> bool:
    inner = node.value if isinstance(node, Quantity) else node
    return isinstance(inner, (Number, Constant, Call)) and not any(
        isinstance(part, (Symbol, Relation)) for part in walk(inner)
    )


def _is_to_be_solved(node: Node) -> bool:
    if not isinstance(node, Relation) or node.operators != ("=",):
        return False
    unknown = [
        any(isinstance(part, Symbol) for part in walk(side) if not children(part))
        for side in node.sides
    ]
    names = [_is_name(side) for side in node.sides]
    return any(unknown) and not any(names)


def _is_name(node: Node) -> bool:
    """Whether a side of an equation may be the name of the other side's value."""
    match node:
        case Symbol() | Text():
            return True
        case Call("apply" | "prime" | "abs" | "ratio" | "div", _):
            return True
        case Call("mul", _):
            # AB = 5 names a length.
            return all(isinstance(factor, Symbol) for factor in _factors(node))
        case Group(_, _, items):
            return all(_is_name(item) for item in items)
        case _:
            return False
