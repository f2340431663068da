"""A formula multiplied out: clauses that together mean it, however it was put together.

Promises: a disjunction of conjunctions becomes a conjunction of disjunctions, under its
universal quantifiers too, so that `(p ∧ q ∧ r) ∨ (p ∧ q ∧ ¬r)` is seen to say p and q. A
clause that holds an atom and its negation is left out, and so is one that says less
than another by having more parts. They are in order of the text.

Does not cover: what is below an existential quantifier, which stays one part, and formulas
with more than `MAX_CLAUSES` of them.
"""

from typing import Final

from verifier_server.verifiers.logic.building import connected
from verifier_server.verifiers.logic.formulas import (
    Connected,
    Formula,
    Not,
    Op,
    Quantified,
    Quantifier,
)
from verifier_server.verifiers.logic.triviality.conjuncts import bound_over
from verifier_server.verifiers.logic.triviality.normal import TooLargeError

MAX_CLAUSES: Final = 64

# Parts in order; each once.
_Clause = tuple[Formula, ...]


def clauses(formula: Formula) -> tuple[Formula, ...]:
    """The clauses of a formula in negation normal form.

    Raises:
        TooLargeError: there are more than `MAX_CLAUSES`.
    """
    return tuple([connected(Op.OR, clause) for clause in _clauses(formula)])


def _clauses(node: Formula) -> list[_Clause]:
    match node:
        case Connected(op=Op.AND, parts=parts):
            return _kept([clause for part in parts for clause in _clauses(part)])
        case Connected(op=Op.OR, parts=parts):
            found: list[_Clause] = [()]
            for part in parts:
                found = _product(found, _clauses(part))
            return found
        case Quantified(quantifier=Quantifier.FORALL, body=body):
            inside = [connected(Op.OR, clause) for clause in _clauses(body)]
            return _kept([(bound_over(node, each),) for each in inside])
        case _:
            return [(node,)]


def _product(left: list[_Clause], right: list[_Clause]) -> list[_Clause]:
    if len(left) * len(right) > MAX_CLAUSES * MAX_CLAUSES:
        raise TooLargeError
    return _kept([tuple(dict.fromkeys((*one, *other))) for one in left for other in right])


def _kept(found: list[_Clause]) -> list[_Clause]:
    """Without those that are always true, and those that another one makes needless."""
    kept: list[tuple[frozenset[Formula], _Clause]] = []
    for clause in found:
        parts = frozenset(clause)
        if any(isinstance(part, Not) and part.body in parts for part in clause):
            continue
        if any(other <= parts for other, _ in kept):
            continue
        kept = [(other, text) for other, text in kept if not parts < other]
        kept.append((parts, clause))
        if len(kept) > MAX_CLAUSES:
            raise TooLargeError
    return [clause for _, clause in kept]
