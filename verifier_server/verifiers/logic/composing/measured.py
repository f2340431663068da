"""A formula or term with its sort and its measures, and the bounds on these.

Promises: every measure is that of the tree written out, however much of it is shared in
memory, so that nothing which walks a tree meets a bigger one than these bounds. A bound is
checked before the node that would break it is kept.

Does not cover: bounds on texts (each reader's limits).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from verifier_server.verifiers.logic.formulas import (
    BOOL,
    INT,
    Computed,
    Formula,
    Function,
    Number,
    Term,
    Variable,
)

# Nodes of one formula, and of all that a text asserts.
MAX_NODES = 50_000
# Consumers walk trees recursively.
MAX_DEPTH = 120
# Unknowns multiplied with one another.
MAX_DEGREE = 4
# Digits of one numeral, and bits of all numerals of one formula: products of constants
# are computed exactly by a solver.
MAX_DIGITS = 40
MAX_BITS = 50_000
_TOO_LONG = 10**MAX_DIGITS
# What the one unnamed sort is called in messages.
_THING = "a thing"


class BuildError(Exception):
    """No such formula.

    Args:
        reason: `too_large`, `too_deep`, `nonlinear`, `number`, `sort_mismatch`,
            `arity_mismatch`.
        message: why, for a person.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


@dataclass(frozen=True, slots=True)
class Built:
    """A node with its sort and the measures of its tree.

    `degree` is that of a polynomial whose unknowns are all terms that are not numerals;
    `bits` are those of all numerals within.
    """

    node: Formula | Term
    sort: str
    size: int
    depth: int
    degree: int = 0
    bits: int = 0

    @property
    def formula(self) -> Formula:
        """The node of a Bool.

        Raises:
            BuildError: it is a term.
        """
        node = self.node
        if isinstance(node, (Variable, Function, Number, Computed)):
            raise BuildError("sort_mismatch", f"expected a formula, not a term of sort {self.sort}")
        return node

    @property
    def term(self) -> Term:
        """The node of any other sort.

        Raises:
            BuildError: it is a formula.
        """
        node = self.node
        if isinstance(node, (Variable, Function, Number, Computed)):
            return node
        raise BuildError("sort_mismatch", "expected a term, not a formula")


def measured(
    node: Formula | Term, sort: str, parts: Iterable[Built], degree: int = 0, extra: int = 1
) -> Built:
    """A node over its parts, each counted as often as it occurs; `extra` nodes of its own.

    Raises:
        BuildError: a bound is broken.
    """
    size, depth, bits = extra, 0, 0
    for part in parts:
        size += part.size
        bits += part.bits
        if part.depth > depth:
            depth = part.depth
    depth += 1
    if size > MAX_NODES:
        raise BuildError("too_large", f"more than {MAX_NODES} nodes when written out")
    if depth > MAX_DEPTH:
        raise BuildError("too_deep", f"nested more than {MAX_DEPTH} deep when written out")
    if degree > MAX_DEGREE:
        raise BuildError("nonlinear", f"a product of more than {MAX_DEGREE} unknowns")
    if bits > MAX_BITS:
        raise BuildError("number", "numerals too long together")
    return Built(node, sort, size, depth, degree, bits)


def check_pairs(count: int, each: int) -> None:
    """Raise if so many pairs, of so many nodes each, are too large to begin with."""
    if count * (count - 1) // 2 * max(each, 1) > MAX_NODES:
        raise BuildError("too_large", f"{count} terms are too many to be compared in pairs")


def number(value: Fraction, sort: str) -> Built:
    """A numeral.

    Raises:
        BuildError: it is too long.
    """
    bits = value.numerator.bit_length() + value.denominator.bit_length()
    if max(abs(value.numerator), value.denominator - 1) >= _TOO_LONG:
        raise BuildError("number", f"a numeral of more than {MAX_DIGITS} digits")
    return Built(Number(value, sort), sort, 1, 1, 0, bits)


def integer(value: int) -> Built:
    """A numeral of sort Int."""
    return number(Fraction(value), INT)


def require(part: Built, sort: str) -> None:
    """Raise if a part is not of a sort."""
    if part.sort != sort:
        raise BuildError("sort_mismatch", f"expected {sort or _THING}, not {part.sort or _THING}")


def require_formulas(parts: Iterable[Built]) -> None:
    """Raise if a part is not Bool."""
    for part in parts:
        require(part, BOOL)
