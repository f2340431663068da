"""Connectives, equality, choice and quantifiers over measured parts.

Promises: n-ary forms mean what SMT-LIB 2.6 (theory Core) says: => is right-associative,
xor left-associative, = holds along the chain, distinct for every pair. Equality of two
formulas is equivalence; a choice between formulas is written with implications.

Does not cover: arithmetic (`numeric`).
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, pairwise

from verifier_server.verifiers.logic.building import connected
from verifier_server.verifiers.logic.building import quantified as bound
from verifier_server.verifiers.logic.composing.measured import (
    BuildError,
    Built,
    check_pairs,
    measured,
    require,
    require_formulas,
)
from verifier_server.verifiers.logic.composing.numeric import real, unified
from verifier_server.verifiers.logic.declarations import Symbol
from verifier_server.verifiers.logic.formulas import (
    BOOL,
    INT,
    REAL,
    Arithmetic,
    Atom,
    Computed,
    Connected,
    Equal,
    Function,
    Not,
    Op,
    Quantifier,
    Truth,
    Variable,
)


def truth(value: bool) -> Built:
    """True or false."""
    return Built(Truth(value), BOOL, 1, 1)


def variable(name: str, sort: str) -> Built:
    """A bound variable; not for Bool, which has none."""
    return Built(Variable(name, sort), sort, 1, 1, 1)


def applied(symbol: Symbol, arguments: Sequence[Built]) -> Built:
    """A declared symbol of its arguments; an Int where a Real is due is converted.

    Raises:
        BuildError: another number of arguments, or another sort.
    """
    if len(arguments) != len(symbol.parameters):
        raise BuildError(
            "arity_mismatch",
            f"{symbol.name[:60]} takes {len(symbol.parameters)} arguments, not {len(arguments)}",
        )
    parts = [as_sort(each, sort) for each, sort in zip(arguments, symbol.parameters, strict=True)]
    terms = tuple(part.term for part in parts)
    if symbol.result == BOOL:
        return measured(Atom(symbol.name, terms), BOOL, parts)
    return measured(Function(symbol.name, terms), symbol.result, parts, 1)


def as_sort(part: Built, sort: str) -> Built:
    """A part as one of a sort: itself, or an Int converted to a Real.

    Raises:
        BuildError: it is of another sort.
    """
    if part.sort == INT and sort == REAL:
        return real(part)
    require(part, sort)
    return part


def joined(op: Op, parts: Sequence[Built]) -> Built:
    """A conjunction or disjunction, flat; of one part it is that part, of none a truth value."""
    require_formulas(parts)
    if not parts:
        return truth(op is Op.AND)
    if len(parts) == 1:
        return parts[0]
    # A part of the same kind gives up its own node; bounds hold before they are put together.
    inner = [
        replace(part, size=part.size - 1, depth=part.depth - 1)
        if isinstance(part.node, Connected) and part.node.op is op
        else part
        for part in parts
    ]
    bounded = measured(parts[0].formula, BOOL, inner)
    return replace(bounded, node=connected(op, [part.formula for part in parts]))


def negated(part: Built) -> Built:
    """A negation."""
    require(part, BOOL)
    return measured(Not(part.formula), BOOL, (part,))


def _two(op: Op, left: Built, right: Built) -> Built:
    require_formulas((left, right))
    return measured(Connected(op, (left.formula, right.formula)), BOOL, (left, right))


def implied(parts: Sequence[Built]) -> Built:
    """a => b => c, which is a => (b => c)."""
    result = parts[-1]
    require(result, BOOL)
    for part in reversed(parts[:-1]):
        result = _two(Op.IMPLIES, part, result)
    return result


def exclusive(parts: Sequence[Built]) -> Built:
    """a xor b xor c, which is (a xor b) xor c."""
    result = parts[0]
    require(result, BOOL)
    for part in parts[1:]:
        result = _two(Op.XOR, result, part)
    return result


def equal(parts: Sequence[Built]) -> Built:
    """Each part is equal to the next."""
    parts = unified(parts)
    return joined(Op.AND, [_equal(left, right) for left, right in pairwise(parts)])


def _equal(left: Built, right: Built) -> Built:
    if left.sort == BOOL and right.sort == BOOL:
        return _two(Op.IFF, left, right)
    require(right, left.sort)
    return measured(Equal(left.term, right.term), BOOL, (left, right))


def distinct(parts: Sequence[Built]) -> Built:
    """No two parts are equal."""
    check_pairs(len(parts), 2)
    parts = unified(parts)
    return joined(Op.AND, [negated(_equal(left, right)) for left, right in combinations(parts, 2)])


def chosen(condition: Built, then: Built, otherwise: Built) -> Built:
    """One of two parts of a sort, by a formula."""
    require(condition, BOOL)
    if then.sort == BOOL and otherwise.sort == BOOL:
        return joined(
            Op.AND,
            [implied((condition, then)), implied((negated(condition), otherwise))],
        )
    then, otherwise = unified((then, otherwise))
    require(otherwise, then.sort)
    node = Computed(Arithmetic.ITE, (condition.formula, then.term, otherwise.term))
    degree = max(then.degree, otherwise.degree, 1)
    return measured(node, then.sort, (condition, then, otherwise), degree)


def quantified(quantifier: Quantifier, variables: Sequence[Variable], body: Built) -> Built:
    """A quantifier over at least one variable."""
    require(body, BOOL)
    node = bound(quantifier, tuple(variables), body.formula)
    return measured(node, BOOL, (body,), extra=1 + len(variables))
