"""Two expressions with their absolute values, roots and logarithms as letters.

Promises: equal parts get equal letters, in both expressions. If the results are
one function of all their letters, then so are the expressions, whatever signs
the parts take: sqrt(a-b) + 1 is 1 + sqrt(a-b), with no need to know where a > b.

Does not cover: the reverse. sqrt(4a) and 2 sqrt(a) get two letters.
"""

from typing import Any

import sympy

from verifier_server.verifiers.math.nodes import Call, Node, Symbol, walk
from verifier_server.verifiers.math.values.exact import exact_or_none
from verifier_server.verifiers.math.values.steps import Spend, attempt
from verifier_server.verifiers.math.values.symbolic import as_rational

MAX_PARTS = 24
_NAMES = ("abs", "ln", "root", "arcsin", "arccos", "arctan")


def without_switches(left: Node, right: Node, spend: Spend) -> tuple[Node, Node] | None:
    """Both expressions, with one fresh symbol for each part that can change its form.

    Returns:
        None where there is nothing to replace, more than MAX_PARTS, or too costly.
    """
    parts = [part for node in (left, right) for part in walk(node) if isinstance(part, Call)]
    if sum(map(_changes_form, parts)) > MAX_PARTS:
        return None
    return attempt(lambda: _both(left, right), spend)


def _both(left: Node, right: Node) -> tuple[Node, Node] | None:
    letters: dict[Any, Symbol] = {}
    one, two = (_replaced(node, letters) for node in (left, right))
    return (one, two) if letters else None


def _replaced(node: Node, letters: dict[Any, Symbol]) -> Node:
    if not isinstance(node, Call):
        return node
    if _changes_form(node):
        key = (node.name, *(_canonical(argument) for argument in node.arguments))
        return letters.setdefault(key, Symbol(f"(part {len(letters)})"))
    return Call(node.name, tuple(_replaced(argument, letters) for argument in node.arguments))


def _changes_form(node: Call) -> bool:
    if not any(isinstance(part, Symbol) for part in walk(node)):
        return False
    if node.name == "pow":
        power = exact_or_none(node.arguments[1])
        return power is None or power.denominator != 1
    return node.name in _NAMES


def _canonical(node: Node) -> Any:
    """A key that equal rational functions share; the node itself for anything else."""
    rational = as_rational(node)
    if rational is None:
        return node
    return sympy.cancel(sympy.together(rational))
