"""Proof of equality by sympy, for what evaluation cannot settle.

Promises: only small expressions are tried; True means that the difference came to
zero by one of `_TOOLS`, cheapest first, within MAX_STEPS steps (`steps`) for all of them.

Does not cover: what needs more steps, or is beyond these tools: it is not proved.
"""

from typing import Any

import sympy

from verifier_server.verifiers.math.nodes import Call, Node, Number, Symbol
from verifier_server.verifiers.math.values.bridge import built, is_small
from verifier_server.verifiers.math.values.steps import Spend, attempt, freely

MAX_RATIONAL_DEGREE = 24

_TOOLS = (
    sympy.expand,
    lambda difference: sympy.cancel(sympy.together(difference)),
    sympy.radsimp,
    sympy.sqrtdenest,
    sympy.simplify,
)


def proved_equal(left: Node, right: Node, spend: Spend = freely) -> bool:
    """Whether sympy brings the difference of two expressions, over the reals, to zero."""
    if not is_small(left) or not is_small(right):
        return False
    return bool(attempt(lambda: _cancels(left, right), spend))


def _cancels(left: Node, right: Node) -> bool:
    one, two = built(left), built(right)
    if one is None or two is None:
        return False
    return any(tool(one - two) == 0 for tool in _TOOLS)


def as_rational(node: Node) -> Any:
    """The sympy expression of a rational function over Q of low degree; None for anything else."""
    degree = _degree(node)
    if degree is None or degree > MAX_RATIONAL_DEGREE or not is_small(node):
        return None
    return built(node)


def _degree(node: Node) -> int | None:
    """A bound on the degrees of numerator and denominator over one denominator."""
    match node:
        case Number():
            return 0
        case Symbol():
            return 1
        case Call("pow", (base, Number(power))) if power.denominator == 1:
            degree = _degree(base)
            return None if degree is None else degree * abs(int(power))
        case Call(("add" | "mul" | "div" | "neg"), arguments):
            degrees = [_degree(argument) for argument in arguments]
            known = [degree for degree in degrees if degree is not None]
            return sum(known) if len(known) == len(degrees) else None
        case _:
            return None
