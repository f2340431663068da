"""Where agreement at points does not show that two expressions are one.

- Step functions of letters (floor, sign, remainders, common divisors) agree at nearly every
  point with those of a slightly larger argument. Only of one letter that stands for an
  integer, with small divisors, are enough integers tried (`points`).
- Maxima of three and more change their form from region to region.
- A sum up to a letter is evaluated for few values of it: it needs `by_induction`.
- Letters under Re, Im, a conjugate or an argument, and |z| and |w| without any x or y, are
  complex: nothing that holds for real ones says anything.
- 0^x has no value for x <= 0, whatever it is added to.

Promises: symmetric; looks at form alone.

Does not cover: functions that change their form where an argument changes its sign (`regions`).
"""

from fractions import Fraction

from verifier_server.verifiers.math.nodes import Call, Matrix, Node, Number, Symbol, walk
from verifier_server.verifiers.math.values.exact import exact_or_none
from verifier_server.verifiers.math.values.formal import identical
from verifier_server.verifiers.math.values.lowering import free_names, substituted
from verifier_server.verifiers.math.values.points import STEPS, step_period

_COMPLEX = ("re", "im", "conjugate", "arg")
_COMPLEX_LETTERS = ("z", "w")
_INDEX = Symbol("(number of a term)")


def is_doubtful(left: Node, right: Node, whole: frozenset[str]) -> bool:
    """Whether two expressions can agree at all drawn points and yet differ.

    Args:
        left: an expression.
        right: another.
        whole: the symbols that stand for positive integers.
    """
    for node in (left, right):
        for part in walk(node):
            if not isinstance(part, Call):
                continue
            if part.name in ("sum", "product"):
                return True
            if part.name == "pow" and exact_or_none(part.arguments[0]) == 0 and _has_letter(part):
                return True
            if part.name in ("max", "min") and _has_letter(part):
                return True
            if part.name in STEPS and _has_letter(part):
                names = free_names(left, right)
                if len(names) > 1 or not whole or step_period(left, right) is None:
                    return True
    return False


def _has_letter(node: Node) -> bool:
    return any(isinstance(part, Symbol) for part in walk(node))


def without_real_laws(left: Node, right: Node) -> tuple[Node, Node] | None:
    """Both with absolute values and the like as functions without laws; None if all is real."""
    alone = {"x", "y"}.isdisjoint(free_names(left, right))
    letters = {
        name
        for node in (left, right)
        for part in walk(node)
        if isinstance(part, Call) and part.name in (*_COMPLEX, "abs")
        for name in free_names(part)
        if part.name in _COMPLEX or (alone and name[0] in _COMPLEX_LETTERS)
    }
    return (_lawless(left, letters), _lawless(right, letters)) if letters else None


def _lawless(node: Node, letters: set[str]) -> Node:
    if not isinstance(node, Call) or any(isinstance(part, Matrix) for part in node.arguments):
        return node
    name = node.name
    if name in ("abs", "root", "ln") and not letters.isdisjoint(free_names(node)):
        name = f"complex {name}"
    return Call(name, tuple(_lawless(part, letters) for part in node.arguments))


def by_induction(left: Node, right: Node) -> bool:
    """Whether one is a sum or product up to n that the other has as a formula in n."""
    return _follows(left, right) or _follows(right, left)


def same_totals(left: Node, right: Node) -> bool:
    """Whether both are sums, or both products, of the same terms, however they are counted."""
    one, two = _counted_from_one(left), _counted_from_one(right)
    if one is None or two is None or one[0] != two[0]:
        return False
    pairs = zip(one[1:], two[1:], strict=True)
    return all(identical(ours, theirs).equal for ours, theirs in pairs)


def _counted_from_one(node: Node) -> tuple[str, Node, Node] | None:
    """Sum or product, the term of number `_INDEX`, and how many terms there are."""
    if not isinstance(node, Call) or node.name not in ("sum", "product"):
        return None
    if len(node.arguments) != 4:
        return None
    body, index, low, high = node.arguments
    if not isinstance(index, Symbol):
        return None
    before = Call("add", (low, Number(Fraction(-1))))
    term = substituted(body, index.name, Call("add", (_INDEX, before)))
    return node.name, term, Call("add", (high, Call("neg", (before,))))


def _follows(total: Node, formula: Node) -> bool:
    if not isinstance(total, Call) or total.name not in ("sum", "product"):
        return False
    if len(total.arguments) != 4:
        return False
    body, index, low, high = total.arguments
    start = exact_or_none(low)
    if not isinstance(index, Symbol) or not isinstance(high, Symbol) or start is None:
        return False
    if start.denominator != 1 or (high.name in free_names(body) and high != index):
        return False
    before = substituted(formula, high.name, Call("add", (high, Number(Fraction(-1)))))
    step = (
        Call("add", (formula, Call("neg", (before,))))
        if total.name == "sum"
        else Call("div", (formula, before))
    )
    first = Number(start)
    return bool(
        identical(step, substituted(body, index.name, high)).equal
        and identical(
            substituted(formula, high.name, first), substituted(body, index.name, first)
        ).equal
    )
