"""Whether two expressions are equal in value.

Promises: stages, cheapest first: exact rationals, decimals as they are written, the
tolerance of the task, one canonical form, evaluation, proof. A percentage also answers its
number where the task allows it; unknown functions are equal where their names are the
same and their arguments equal; infinity and what has no value take no part in arithmetic.

Does not cover: how expressions are evaluated (`values`), units, lists, relations.
"""

from fractions import Fraction

from verifier_server.verifiers.math.comparing.decision import Compare, Decision, all_of
from verifier_server.verifiers.math.comparing.naming import rebuilt, with_one_constant
from verifier_server.verifiers.math.comparing.shown import stand_for_the_same
from verifier_server.verifiers.math.limits import TooBigError
from verifier_server.verifiers.math.nodes import (
    Call,
    Constant,
    Group,
    Matrix,
    Node,
    Number,
    Symbol,
    children,
    walk,
)
from verifier_server.verifiers.math.values import stages as values
from verifier_server.verifiers.math.values.canonical import key
from verifier_server.verifiers.math.values.exact import UndefinedError, exact, exact_or_none
from verifier_server.verifiers.math.values.probe import has_no_value, within
from verifier_server.verifiers.math.values.unknown_bodies import bound_key, depends, terms

# Out of the budget of one verdict (`check`), in microseconds more or less.
WITHIN_COST = 300

_OO = Constant("oo")
_SETS = ("R", "Q", "Z", "N", "C", "...")
_UNKNOWN = ("apply", "prime")
_BINDERS = ("sum", "product", "integral", "limit")
_RISKY = ("pow", "ln", "tan", "cot", "sec", "csc", "tanh", "coth", "csch", "arctanh", "mod")


def is_scalar(node: Node) -> bool:
    """Whether a node stands for one number, function value or infinity."""
    if isinstance(node, Constant):
        return node.name not in _SETS
    if isinstance(node, Call):
        return node.name not in ("dot", "cross", "transpose", "inverse", "ratio")
    return isinstance(node, (Number, Symbol))


def compare_scalars(left: Node, right: Node, compare: Compare) -> Decision:
    """Compares two expressions."""
    decision = _by_stages(left, right, compare)
    if decision.equal and left != right and (_has_order(left) or _has_order(right)):
        return Decision(None, "none")
    if decision.equal or not compare.policy.loose_percent:
        return decision
    if not isinstance(left, Call) and not isinstance(right, Call):
        return decision
    for one, two in ((left, right), (right, left)):
        loose = _percentage(one)
        if loose is not None and _percentage(two) is None and not _has_percent(two):
            again = _by_stages(loose, two, compare)
            if again.equal:
                return again
    return decision


def _has_order(node: Node) -> bool:
    """Whether a product may be one of matrices, which do not commute: A^{-1} B, A^T B."""
    return any(
        isinstance(part, Call)
        and part.name == "mul"
        and any(_is_matrix(each, inverse=True) for each in part.arguments)
        and all(_is_matrix(each, inverse=False) for each in part.arguments)
        for part in walk(node)
    )


def _is_matrix(node: Node, inverse: bool) -> bool:
    match node:
        case Symbol(name):
            return not inverse and len(name) == 1 and name.isupper()
        case Call("mul", parts):
            found = [_is_matrix(part, inverse) for part in parts]
            return any(found) if inverse else all(found)
        case Call("pow", (Symbol(name), power)):
            turned = power == Symbol("T") or exact_or_none(power) == -1
            return len(name) == 1 and name.isupper() and turned
        case _:
            return False


def compare_ratios(left: Call, right: Call, compare: Compare) -> Decision:
    """Compares ratios of more than two parts: 1:2:3 and 2:4:6."""
    if len(left.arguments) != len(right.arguments):
        return Decision(False, "items")
    (first, *ours), (other, *theirs) = left.arguments, right.arguments
    if exact_or_none(first) == 0 or exact_or_none(other) == 0:
        return all_of(map(compare, left.arguments, right.arguments))
    return all_of(
        compare(Call("mul", (one, other)), Call("mul", (two, first)))
        for one, two in zip(ours, theirs, strict=True)
    )


def _percentage(node: Node) -> Node | None:
    """The number before a percent sign, where no one would take it for a proportion."""
    if isinstance(node, Call) and node.name == "neg":
        inner = _percentage(node.arguments[0])
        return inner and Call("neg", (inner,))
    if isinstance(node, Call) and node.name == "percent":
        value = exact_or_none(node.arguments[0])
        return node.arguments[0] if value is not None and abs(value) > 1 else None
    return None


def _has_percent(node: Node) -> bool:
    return any(isinstance(part, Call) and part.name == "percent" for part in walk(node))


def _by_stages(left: Node, right: Node, compare: Compare) -> Decision:
    if left == right:
        return Decision(True, "structure")
    try:
        one, two = exact(left), exact(right)
    except UndefinedError:
        return Decision(False, "exact")
    except TooBigError:
        return _with_unknown_functions(left, right, compare)
    if one is not None and one == two:
        return Decision(True, "exact")
    if stand_for_the_same(left, right, compare.policy):
        return Decision(True, "decimals")
    if one is not None and two is not None:
        near = _near(one, two, compare.policy.tolerance)
        return Decision(near, "tolerance" if near else "exact")
    if compare.policy.tolerance is not None:
        compare.spend(WITHIN_COST)
        if within(*lettered(left, right, compare)[:2], compare.policy.tolerance):
            return Decision(True, "tolerance")
    if is_infinite(left) or is_infinite(right):
        return _infinities(left, right)
    left, right = with_one_constant(left, right)
    if key(left) == key(right):
        return Decision(True, "structure")
    return _with_unknown_functions(left, right, compare)


def _near(left: Fraction, right: Fraction, tolerance: float | None) -> bool:
    if tolerance is None:
        return left == right
    # The tolerance as it was written: 0.01 is a hundredth.
    bound = Fraction(str(tolerance))
    return abs(left - right) <= bound * max(abs(left), abs(right))


def is_infinite(node: Node) -> bool:
    """Whether a node is oo or -oo."""
    while isinstance(node, Call) and node.name == "neg":
        node = node.arguments[0]
    return node == _OO


def _infinities(left: Node, right: Node) -> Decision:
    if key(left) == key(right):
        return Decision(True, "structure")
    # A limit or a sum may well be infinite.
    binds = any(
        isinstance(part, Call) and part.name in _BINDERS for n in (left, right) for part in walk(n)
    )
    return Decision(None if binds else False, "kind")


def _with_unknown_functions(left: Node, right: Node, compare: Compare) -> Decision:
    one, two, doubt = lettered(left, right, compare)
    decision = Decision(*values.compare(one, two, compare.spend))
    return Decision(None, "none") if doubt and decision.equal is False else decision


def lettered(left: Node, right: Node, compare: Compare) -> tuple[Node, Node, bool]:
    """Both expressions with one letter for all values of unknown functions that are the same.

    Sums, integrals and the like of unknown functions of their variable are such values too.

    Returns:
        The two, and whether it is in doubt if some of these values are the same.
    """
    classes: list[tuple[Call, str]] = []
    doubt = False

    def replaced(node: Node) -> Node:
        nonlocal doubt
        if not isinstance(node, Call):
            return node
        if depends(node):
            written = terms(node)
            if written is not None:
                return replaced(written)
        elif node.name not in _UNKNOWN:
            return rebuilt(node, replaced)
        for known, letter in classes:
            decision = _same_application(known, node, compare)
            if decision.equal:
                return Symbol(letter)
            doubt = doubt or decision.equal is None
        classes.append((node, f"(value {len(classes)})"))
        return Symbol(classes[-1][1])

    if not _holds_unknown(left) and not _holds_unknown(right):
        return left, right, False
    return replaced(left), replaced(right), doubt


def _holds_unknown(node: Node) -> bool:
    return any(
        isinstance(part, Call) and (part.name in _UNKNOWN or depends(part)) for part in walk(node)
    )


def _same_application(left: Node, right: Node, compare: Compare) -> Decision:
    if not isinstance(left, Call) or not isinstance(right, Call):
        return Decision(left == right, "structure")
    if depends(left) or depends(right):
        # Two integrals may be one by laws that are not known here.
        both = depends(left) and depends(right) and bound_key(left) == bound_key(right)
        return Decision(True if both else None, "structure")
    if left.name != right.name or len(left.arguments) != len(right.arguments):
        return Decision(False, "structure")
    (head, *ours), (other, *theirs) = left.arguments, right.arguments
    if isinstance(head, Call) and isinstance(other, Call):
        first = _same_application(head, other, compare)
    else:
        first = Decision(head == other, "structure")
    rest = (compare(a, b) for a, b in zip(ours, theirs, strict=True))
    return first if not first.equal else all_of(rest)


def equal_values(left: Node, right: Node, compare: Compare) -> Decision:
    """Compares two expressions without tolerance or rounding."""
    if key(left) == key(right):
        return Decision(True, "structure")
    return _with_unknown_functions(left, right, compare)


def is_undefined(node: Node) -> bool:
    """Whether a constant part of an answer has no value: 1/0, tan(pi/2), oo - oo."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        undefined = _without_value(part) if isinstance(part, Call) else None
        if undefined:
            return True
        if undefined is None:
            waiting.extend(children(part))
    return False


def _without_value(node: Call) -> bool | None:
    """As `has_no_value`: None where its parts are still to be looked at."""
    if node.name in _BINDERS or node.name in (*_UNKNOWN, "ratio"):
        return None
    if node.name != "neg" and any(map(is_infinite, node.arguments)):
        return True
    if node.name == "div":
        if not _may_vanish(node.arguments[1]):
            return None
        return True if exact_or_none(node.arguments[1]) == 0 else has_no_value(node)
    if node.name == "pow" and not _may_vanish(node.arguments[0]):
        return None
    if node.name not in _RISKY or any(isinstance(part, (Matrix, Group)) for part in walk(node)):
        return None
    return has_no_value(node)


def _may_vanish(node: Node) -> bool:
    """Whether a node could be zero, as far as can be seen at once."""
    match node:
        case Number(value):
            return value == 0
        case Constant() | Symbol():
            return False
        case Call(("root" | "neg" | "pow" | "factorial"), (inner, *_)):
            return _may_vanish(inner)
        case Call(("mul" | "div"), parts):
            return any(map(_may_vanish, parts))
        case _:
            return True
