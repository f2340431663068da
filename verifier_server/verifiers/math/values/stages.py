"""Whether two expressions have the same value: the stages, cheapest first.

1. `exact`: rational arithmetic.
2. `quick`: a few fixed points in double precision, which refute most wrong answers.
3. `formal`: the laws of arithmetic at one random point; a proof in practice. What holds
   functions of letters must also agree in double precision somewhere.
4. `probe`: careful evaluation at many points; where agreement shows nothing (`doubts`) it
   can only refute.
5. `closed` and `symbolic`: sympy, for integrals and limits, and for what the others leave.

Promises: symmetric, and bounded at each stage by counts alone (`limits`).

Does not cover: lists, sets, relations and text (`check`); tolerances (`probe.within`).
"""

from verifier_server.verifiers.math.limits import TooBigError
from verifier_server.verifiers.math.nodes import Call, Node, walk
from verifier_server.verifiers.math.values import formal
from verifier_server.verifiers.math.values.closed import closed
from verifier_server.verifiers.math.values.doubts import (
    by_induction,
    is_doubtful,
    same_totals,
    without_real_laws,
)
from verifier_server.verifiers.math.values.exact import UndefinedError, exact
from verifier_server.verifiers.math.values.formal import Identity
from verifier_server.verifiers.math.values.lowering import (
    BINDING,
    LOWERED,
    bound_calls,
    free_names,
    is_infinite,
    lowered,
    operations,
)
from verifier_server.verifiers.math.values.points import whole_names
from verifier_server.verifiers.math.values.probe import Evidence, probe
from verifier_server.verifiers.math.values.quick import POINTS, differs, fixed_point
from verifier_server.verifiers.math.values.steps import Spend, freely
from verifier_server.verifiers.math.values.symbolic import proved_equal

# Cost of a stage for each part of the two expressions, in microseconds more or less.
QUICK_COST, FORMAL_COST, PROBE_COST = 1, 6, 500
_COMMUTES = ("add", "mul", "gcd", "lcm", "max", "min")


def compare(left: Node, right: Node, spend: Spend = freely) -> tuple[bool | None, str]:
    """Whether two expressions are equal, None where it is open, and the stage that decided.

    Args:
        left: an expression, without infinity or unknown functions.
        right: another; the order of the two makes no difference.
        spend: takes the cost of a stage before it is paid, in microseconds more or less.

    Raises:
        TooBigError: by `spend` alone.
    """
    try:
        one, two = exact(left), exact(right)
    except UndefinedError:
        return False, "exact"
    except TooBigError:
        one = two = None
    if one is not None and two is not None:
        return one == two, "exact"
    parts = sum(1 for node in (left, right) for _ in walk(node))
    used = operations(left, right)
    if not LOWERED.isdisjoint(used):
        left, right = lowered(left), lowered(right)
    if not BINDING.isdisjoint(used) and any(map(_needs_closing, (left, right))):
        if _in_order(left) == _in_order(right):
            return True, "structure"
        if _indefinite(left) != _indefinite(right):
            # One antiderivative is not all of them.
            return None, "symbolic"
        ours, theirs = closed(left, spend), closed(right, spend)
        if ours is None or theirs is None:
            return None, "symbolic"
        left, right = ours, theirs
    names = free_names(left, right)
    whole = whole_names(left, right) if names else frozenset()
    spend(parts * QUICK_COST)
    agreed = 0
    for number in range(POINTS if names else 1):
        different = differs(left, right, fixed_point(names, whole, number))
        if different:
            return False, "numeric"
        agreed += different is False
    spend(parts * FORMAL_COST)
    lawless = without_real_laws(left, right)
    if lawless is not None:
        equal = _identity(*lawless).equal or _in_order(left) == _in_order(right)
        return (True, "formal") if equal else (None, "numeric")
    identity = _identity(left, right)
    if identity.bare and identity.equal is not None:
        return identity.equal, "formal"
    if identity.equal and agreed:
        return True, "formal"
    if is_doubtful(left, right, whole):
        equal = (
            _in_order(left) == _in_order(right)
            or same_totals(left, right)
            or by_induction(left, right)
        )
        return (True, "formal") if equal else (_refuted(left, right, parts, spend), "numeric")
    return _carefully(left, right, parts, spend)


def _identity(left: Node, right: Node) -> Identity:
    try:
        return formal.identical(left, right)
    except RecursionError:
        return Identity(None, bare=False)


def _refuted(left: Node, right: Node, parts: int, spend: Spend) -> bool | None:
    spend(parts * PROBE_COST)
    return False if probe(left, right, spend) is Evidence.DIFFERENT else None


def _carefully(left: Node, right: Node, parts: int, spend: Spend) -> tuple[bool | None, str]:
    spend(parts * PROBE_COST)
    evidence = probe(left, right, spend)
    if evidence is not Evidence.UNKNOWN:
        # Two expressions without a value are not thereby equal.
        return {Evidence.EQUAL: True, Evidence.DIFFERENT: False}.get(evidence), "numeric"
    if _in_order(left) == _in_order(right):
        return True, "structure"
    return True if proved_equal(left, right, spend) else None, "symbolic"


def _indefinite(node: Node) -> bool:
    return any(call.name == "integral" and len(call.arguments) == 2 for call in bound_calls(node))


def _needs_closing(node: Node) -> bool:
    return any(
        call.name not in ("sum", "product") or any(map(is_infinite, call.arguments[2:]))
        for call in bound_calls(node)
    )


def _in_order(node: Node) -> Node:
    """The expression with the operands of every sum and product in one order."""
    if not isinstance(node, Call):
        return node
    parts = tuple(_in_order(part) for part in node.arguments)
    return Call(node.name, tuple(sorted(parts, key=repr)) if node.name in _COMMUTES else parts)
