"""Arithmetic over measured parts.

Promises: Int and Real may be mixed; an Int among Reals is converted (a numeral becomes a
Real one, any other term is wrapped in to_real), as z3 does. Sums and products are n-ary, sums flat;
a - b - c is a - (b + c); a / b / c, and the same with div, associate to the left. / of two
Ints is a Real. Meanings are those of SMT-LIB's theories Ints, Reals and Reals_Ints: div and
mod are Euclidean, division by zero is some value.

Does not cover: powers, roots, transcendental functions.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from verifier_server.verifiers.logic.composing.measured import (
    BuildError,
    Built,
    measured,
    number,
    require,
)
from verifier_server.verifiers.logic.formulas import (
    BOOL,
    INT,
    REAL,
    Arithmetic,
    Compared,
    Computed,
    Connected,
    Equal,
    Formula,
    Number,
    Op,
    Relation,
    Term,
)


def is_numeric(sort: str) -> bool:
    """Whether a sort is of numbers."""
    return sort in (INT, REAL)


def real(part: Built) -> Built:
    """A number as a Real."""
    if part.sort == REAL:
        return part
    require(part, INT)
    if isinstance(part.node, Number):
        return number(part.node.value, REAL)
    return _computed(Arithmetic.TO_REAL, (part,), REAL, part.degree)


def unified(parts: Sequence[Built]) -> list[Built]:
    """The parts, with every Int converted if there is a Real among numbers only."""
    sorts = {part.sort for part in parts}
    if sorts == {INT, REAL}:
        return [real(part) for part in parts]
    return list(parts)


def _numbers(parts: Sequence[Built]) -> tuple[list[Built], str]:
    if not parts:
        raise BuildError("arity_mismatch", "an operation on no numbers")
    for part in parts:
        if not is_numeric(part.sort):
            raise BuildError("sort_mismatch", f"expected a number, not {part.sort or 'a thing'}")
    converted = unified(parts)
    return converted, converted[0].sort


def _computed(operation: Arithmetic, parts: Sequence[Built], sort: str, degree: int) -> Built:
    node = Computed(operation, tuple(part.term for part in parts))
    return measured(node, sort, parts, degree)


def added(parts: Sequence[Built]) -> Built:
    """A sum of one or more."""
    numbers, sort = _numbers(parts)
    if len(numbers) == 1:
        return numbers[0]
    degree = max(part.degree for part in numbers)
    # A sum among the parts gives up its own node; bounds hold before they are put together.
    inner = [
        replace(part, size=part.size - 1, depth=part.depth - 1) if _is_sum(part) else part
        for part in numbers
    ]
    bounded = measured(numbers[0].term, sort, inner, degree)
    terms: list[Term | Formula] = []
    for part in numbers:
        node = part.node
        if isinstance(node, Computed) and node.operation is Arithmetic.ADD:
            terms.extend(node.arguments)
        else:
            terms.append(node)
    return replace(bounded, node=Computed(Arithmetic.ADD, tuple(terms)))


def _is_sum(part: Built) -> bool:
    return isinstance(part.node, Computed) and part.node.operation is Arithmetic.ADD


def multiplied(parts: Sequence[Built]) -> Built:
    """A product of one or more."""
    numbers, sort = _numbers(parts)
    if len(numbers) == 1:
        return numbers[0]
    return _computed(Arithmetic.MULTIPLY, numbers, sort, sum(part.degree for part in numbers))


def subtracted(parts: Sequence[Built]) -> Built:
    """The first less all others; a single one is negated."""
    numbers, sort = _numbers(parts)
    if len(numbers) == 1:
        return _computed(Arithmetic.NEGATE, numbers, sort, numbers[0].degree)
    pair = (numbers[0], added(numbers[1:]))
    return _computed(Arithmetic.SUBTRACT, pair, sort, max(pair[0].degree, pair[1].degree))


def divided(parts: Sequence[Built]) -> Built:
    """The first divided by the others in turn; a Real."""
    return _left(Arithmetic.DIVIDE, [real(part) for part in _numbers(parts)[0]], REAL)


def whole_quotient(parts: Sequence[Built]) -> Built:
    """SMT-LIB's div, of Ints."""
    return _left(Arithmetic.DIV, _integers(parts), INT)


def remainder(left: Built, right: Built) -> Built:
    """SMT-LIB's mod, of Ints."""
    return _left(Arithmetic.MOD, _integers((left, right)), INT)


def _integers(parts: Sequence[Built]) -> Sequence[Built]:
    for part in parts:
        require(part, INT)
    return parts


def _left(operation: Arithmetic, parts: Sequence[Built], sort: str) -> Built:
    if len(parts) < 2:
        raise BuildError("arity_mismatch", f"{operation} takes at least two numbers")
    result = parts[0]
    for part in parts[1:]:
        result = _computed(operation, (result, part), sort, result.degree + part.degree)
    return result


def absolute(part: Built) -> Built:
    """|x|, of either sort."""
    numbers, sort = _numbers((part,))
    return _computed(Arithmetic.ABS, numbers, sort, part.degree)


def floor(part: Built) -> Built:
    """to_int: the greatest Int not above a Real."""
    return _computed(Arithmetic.TO_INT, (real(part),), INT, part.degree)


def is_whole(part: Built) -> Built:
    """is_int of a Real."""
    whole = real(floor(part))
    value = real(part)
    return measured(Equal(value.term, whole.term), BOOL, (value, whole))


def compared(relation: Relation, parts: Sequence[Built]) -> Built:
    """The relation holds from each part to the next."""
    numbers, _ = _numbers(parts)
    links = [
        measured(Compared(relation, left.term, right.term), BOOL, (left, right))
        for left, right in pairwise(numbers)
    ]
    if not links:
        raise BuildError("arity_mismatch", f"{relation} takes at least two numbers")
    if len(links) == 1:
        return links[0]
    return measured(Connected(Op.AND, tuple(link.formula for link in links)), BOOL, links)
