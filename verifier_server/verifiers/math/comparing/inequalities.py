"""Inequalities that bound more than one variable: x + y < 5.

Promises: equal if their sides are, or if one is the other times a positive factor, seen
by evaluation: the factor's sign at the first point that tells it.

Does not cover: bounds on one variable, which are sets (`sets`); solving.
"""

from collections.abc import Sequence
from fractions import Fraction

from verifier_server.verifiers.math.comparing.decision import Compare, Decision, all_of
from verifier_server.verifiers.math.comparing.equations import difference, ratio, side_by_side
from verifier_server.verifiers.math.comparing.naming import symbols
from verifier_server.verifiers.math.comparing.scalars import is_scalar, lettered
from verifier_server.verifiers.math.limits import TooBigError
from verifier_server.verifiers.math.nodes import Node, Relation
from verifier_server.verifiers.math.values.evaluators import CONTEXT, UnsupportedError
from verifier_server.verifiers.math.values.exact import UndefinedError
from verifier_server.verifiers.math.values.numeric import evaluate, measure
from verifier_server.verifiers.math.values.probe import Evidence

_DIGITS = 30
_POINTS = 12


def compare_inequalities(left: Relation, right: Relation, compare: Compare) -> Decision:
    """Compares two inequalities, memberships or chains of them."""
    if left.operators != right.operators:
        return Decision(False, "kind")
    straight = side_by_side(left, right, compare)
    scalar = all(map(is_scalar, (*left.sides, *right.sides)))
    if straight.equal or not scalar or "in" in left.operators:
        return straight
    return all_of(
        _scaled(operator, left.sides[place:][:2], right.sides[place:][:2], compare)
        for place, operator in enumerate(left.operators)
    )


def _scaled(
    operator: str, left: Sequence[Node], right: Sequence[Node], compare: Compare
) -> Decision:
    one, two, doubt = lettered(difference(left), difference(right), compare)
    evidence = ratio(one, two, compare)
    if evidence is Evidence.DIFFERENT:
        return Decision(None if doubt else False, "numeric")
    if evidence is not Evidence.EQUAL:
        return Decision(None, "numeric")
    return Decision(operator == "!=" or _have_one_sign(one, two), "numeric")


def _have_one_sign(left: Node, right: Node) -> bool | None:
    """Whether proportional expressions have the same sign."""
    names = symbols(left, right)
    for place in range(1, _POINTS + 1):
        at = {name: Fraction(7 * place + 3 * index + 1, 10) for index, name in enumerate(names)}
        try:
            digits = _DIGITS + max(measure(node, at).digits for node in (left, right))
            one, two = (evaluate(node, at, digits) for node in (left, right))
        except (UndefinedError, UnsupportedError, TooBigError):
            continue
        if one and two and not CONTEXT.im(one) and not CONTEXT.im(two):
            return bool((CONTEXT.re(one) > 0) == (CONTEXT.re(two) > 0))
    return None
