"""Formulas in negation normal form, without truth values inside and of bounded size.

Promises: the meaning is kept. What remains is atoms and relations, negated or not, AND, OR
and quantifiers, so that every occurrence of an atom or its negation is positive: putting
false in its place makes the formula stronger or leaves it as it is. An equivalence
becomes two implications, which are conjuncts of their own; an exclusive or becomes two
cases, which are not. Truth values are simplified away, and a quantifier over a formula
that they have decided with them.

Does not cover: formulas that would have more than `MAX_LITERALS` occurrences: nested
equivalences double at each level. Recursion is as deep as the tree, which readers bound.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from verifier_server.verifiers.logic.building import connected, quantified
from verifier_server.verifiers.logic.formulas import (
    Atom,
    Compared,
    Connected,
    Equal,
    Formula,
    Not,
    Op,
    Quantified,
    Quantifier,
    Truth,
)

MAX_LITERALS: Final = 400

TRUE: Final = Truth(True)
FALSE: Final = Truth(False)
_DUAL = {
    Op.AND: Op.OR,
    Op.OR: Op.AND,
    Quantifier.FORALL: Quantifier.EXISTS,
    Quantifier.EXISTS: Quantifier.FORALL,
}


class TooLargeError(Exception):
    """The formula has more than `MAX_LITERALS` occurrences of atoms in normal form."""


def normal(formula: Formula) -> Formula:
    """A formula in negation normal form.

    Raises:
        TooLargeError: it would have too many occurrences of atoms.
    """
    return _Normaliser().normal(formula, positive=True)


def joined(op: Op, parts: Iterable[Formula]) -> Formula:
    """A conjunction or disjunction, simplified by the truth values among its parts."""
    neutral, absorbing = (TRUE, FALSE) if op is Op.AND else (FALSE, TRUE)
    left: list[Formula] = []
    for part in parts:
        if part == absorbing:
            return absorbing
        if part != neutral:
            left.append(part)
    return connected(op, left) if left else neutral


class _Normaliser:
    def __init__(self) -> None:
        self._literals = 0

    def normal(self, node: Formula, *, positive: bool) -> Formula:
        match node:
            case Truth(value=value):
                return TRUE if value is positive else FALSE
            case Atom() | Equal() | Compared():
                self._literals += 1
                if self._literals > MAX_LITERALS:
                    raise TooLargeError
                return node if positive else Not(node)
            case Not(body=body):
                return self.normal(body, positive=not positive)
            case Quantified(quantifier=quantifier, variables=variables, body=body):
                kind = quantifier if positive else _DUAL[quantifier]
                assert isinstance(kind, Quantifier)
                inside = self.normal(body, positive=positive)
                if isinstance(inside, Truth):
                    return inside
                return quantified(kind, variables, inside)
            case Connected(op=op, parts=parts):
                return self._connected(op, parts, positive=positive)

    def _connected(self, op: Op, parts: Sequence[Formula], *, positive: bool) -> Formula:
        if op is Op.AND or op is Op.OR:
            kind = op if positive else _DUAL[op]
            assert isinstance(kind, Op)
            return joined(kind, [self.normal(part, positive=positive) for part in parts])
        left, right = parts
        if op is Op.IMPLIES:
            return self._pair(
                Op.OR if positive else Op.AND, (left, not positive), (right, positive)
            )
        if (op is Op.IFF) is positive:
            return joined(
                Op.AND,
                [
                    self._pair(Op.OR, (left, False), (right, True)),
                    self._pair(Op.OR, (left, True), (right, False)),
                ],
            )
        return joined(
            Op.OR,
            [
                self._pair(Op.AND, (left, True), (right, False)),
                self._pair(Op.AND, (left, False), (right, True)),
            ],
        )

    def _pair(self, op: Op, *parts: tuple[Formula, bool]) -> Formula:
        return joined(op, [self.normal(part, positive=positive) for part, positive in parts])
