"""Closed forms of integrals, limits, derivatives and infinite sums, by sympy.

Promises: only bodies of at most MAX_BODY nodes and steepness are tried, within MAX_STEPS
steps (`steps`) for a whole answer. A definite integral must also agree with its numeric
value: sympy's rules may overlook a jump of the antiderivative.

Does not cover: what has no closed form in the functions of `nodes`, or takes more steps.
"""

from typing import Any

import mpmath
import sympy

from verifier_server.verifiers.math.nodes import Call, Node, Symbol, walk
from verifier_server.verifiers.math.values.bridge import BAD, built, is_small, node_of
from verifier_server.verifiers.math.values.lowering import bound_calls, is_infinite
from verifier_server.verifiers.math.values.quick import approximate
from verifier_server.verifiers.math.values.steps import Spend, attempt, freely

MAX_BODY = 30
MAX_BINDERS = 3
_DEGREE = 5  # of the quadrature: at most 200 values of the body
_CLOSE = 1e-6
# Letters that often stand for functions of another one.
_FUNCTIONS = frozenset("fghFGHpqrstuvwxyz")


def closed(node: Node, spend: Spend = freely) -> Node | None:
    """The node with closed forms in place of what binds a variable.

    Returns:
        The node itself where it binds none; None where a closed form was not found.
    """
    binders = list(bound_calls(node))
    if not binders:
        return node
    if len(binders) > MAX_BINDERS or not all(map(_is_modest, binders)):
        return None
    return attempt(lambda: _replaced(node), spend)


def _is_modest(node: Call) -> bool:
    return sum(1 for _ in walk(node)) <= MAX_BODY


def _replaced(node: Node) -> Node | None:
    if not isinstance(node, Call):
        return node
    parts = [_replaced(part) for part in node.arguments]
    known = tuple(part for part in parts if part is not None)
    if len(known) != len(parts):
        return None
    made = Call(node.name, known)
    form = _FORMS.get(node.name)
    if form is None:
        return made
    body, index = known[0], known[1]
    if not isinstance(index, Symbol) or not is_small(body):
        return None
    if node.name == "derivative" and _may_depend(body, index):
        return None
    function = built(body)
    ends = [_end(end) for end in known[2:]]
    if function is None or any(end is None for end in ends):
        return None
    result = form(function, sympy.Symbol(index.name, real=True), *ends)
    if any(result.has(bad) for bad in BAD):
        return None
    answer = node_of(result)
    if answer is not None and node.name == "integral" and len(known) == 4:
        return answer if _confirmed(made, answer) else None
    return answer


def _may_depend(body: Node, index: Symbol) -> bool:
    """Whether another letter of a derivative's body may be a function: y of dy/dx."""
    names = {part.name for part in walk(body) if isinstance(part, Symbol)}
    others = names - {index.name}
    return bool(others) and (index.name not in names or any(n[0] in _FUNCTIONS for n in others))


def _end(node: Node) -> Any:
    if is_infinite(node):
        return -sympy.oo if isinstance(node, Call) else sympy.oo
    return built(node) if is_small(node) else None


def _integral(function: Any, index: Any, *ends: Any) -> Any:
    return sympy.integrate(function, (index, *ends) if ends else index)


def _limit(function: Any, index: Any, point: Any) -> Any:
    if abs(point) == sympy.oo:
        return sympy.limit(function, index, point)
    # Over the reals a limit is one from both sides.
    sides = [sympy.limit(function, index, point, side) for side in "+-"]
    return sides[0] if sides[0] == sides[1] else sympy.nan


def _sum(function: Any, index: Any, *ends: Any) -> Any:
    integer = sympy.Symbol(index.name, integer=True)
    if len(ends) != 2:
        return sympy.nan
    return sympy.summation(function.subs(index, integer), (integer, *ends))


def _product(function: Any, index: Any, *ends: Any) -> Any:
    integer = sympy.Symbol(index.name, integer=True)
    if len(ends) != 2:
        return sympy.nan
    return sympy.product(function.subs(index, integer), (integer, *ends))


def _confirmed(integral: Call, answer: Node) -> bool:
    """Whether a definite integral has about the value found for it, at one point."""
    body, index, *_ = integral.arguments
    if not isinstance(index, Symbol):
        return False
    names = {part.name for part in walk(integral) if isinstance(part, Symbol)}
    point = {name: 0.6 + 0.17 * number for number, name in enumerate(sorted(names))}
    limits = [
        _infinity(node) if is_infinite(node) else approximate(node, point)
        for node in integral.arguments[2:]
    ]
    value = mpmath.quad(
        lambda x: approximate(body, {**point, index.name: float(x)}), limits, maxdegree=_DEGREE
    )
    found = approximate(answer, point)
    return bool(abs(value - found) <= _CLOSE * max(1, abs(found)))


def _infinity(node: Node) -> Any:
    return -mpmath.inf if isinstance(node, Call) else mpmath.inf


_FORMS: dict[str, Any] = {
    "integral": _integral,
    "limit": _limit,
    "derivative": lambda function, index: sympy.diff(function, index),
    "sum": _sum,
    "product": _product,
}
