"""Formulas that say more, or less: an occurrence of an atom of a formula is left out.

Promises: with false in its place a formula in negation normal form becomes stronger. If it
still follows, the occurrence said nothing: vacuity as model checking knows it (Beer,
Ben-David, Eisner and Rodeh, Efficient detection of vacuity in temporal model checking,
1997; Kupferman and Vardi, Vacuity detection, 1999). So `C ∨ Z`, an irrelevant antecedent
and an unused disjunct are found by one rule. With true in its place it becomes weaker. If
it still means the same, the occurrence said nothing either: `(C ∧ Z) ∨ (C ∧ ¬Z)`.

Does not cover: asking.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from verifier_server.verifiers.logic.formulas import (
    Connected,
    Formula,
    Not,
    Op,
    Quantified,
    Truth,
)
from verifier_server.verifiers.logic.reading.scope import free_variables
from verifier_server.verifiers.logic.triviality.conjuncts import bound_over
from verifier_server.verifiers.logic.triviality.normal import FALSE, TRUE, joined


@dataclass(frozen=True, slots=True)
class Changed:
    """A formula without one occurrence, and what was left out."""

    formula: Formula
    without: Formula


def stronger(formula: Formula) -> tuple[Changed, ...]:
    """A formula with false for each of its occurrences in turn, each once and none false."""
    return _changed(formula, FALSE)


def weaker(formula: Formula) -> tuple[Changed, ...]:
    """A formula with true for each of its occurrences in turn, each once and none true."""
    return _changed(formula, TRUE)


def idle_variables(formula: Formula) -> tuple[str, ...]:
    """The variables of quantifiers that bind nothing, in order of the text."""
    idle: dict[str, None] = {}
    left = [formula]
    while left:
        node = left.pop()
        match node:
            case Quantified(variables=variables, body=body):
                used = set(free_variables(body))
                idle.update(dict.fromkeys(each.name for each in variables if each.name not in used))
                left.append(body)
            case Not(body=body):
                left.append(body)
            case Connected(parts=parts):
                left += reversed(parts)
            case _:
                pass
    return tuple(idle)


def has_truth(formula: Formula) -> bool:
    """Whether true or false itself is a part of it; `p → ⊥` is a way to write a negation."""
    left = [formula]
    while left:
        match left.pop():
            case Truth():
                return True
            case Connected(op=Op.IMPLIES, parts=(negated, Truth(value=False))):
                left.append(negated)
            case Not(body=body) | Quantified(body=body):
                left.append(body)
            case Connected(parts=parts):
                left += parts
            case _:
                pass
    return False


def _changed(formula: Formula, put: Truth) -> tuple[Changed, ...]:
    found: dict[Formula, Changed] = {}
    for each in _replaced(formula, put):
        if not isinstance(each.formula, Truth):
            found.setdefault(each.formula, each)
    return tuple(found.values())


def _replaced(node: Formula, put: Truth) -> Iterator[Changed]:
    match node:
        case Connected(op=op, parts=parts):
            for place, part in enumerate(parts):
                for each in _replaced(part, put):
                    rest = [*parts[:place], each.formula, *parts[place + 1 :]]
                    yield Changed(joined(op, rest), each.without)
        case Quantified(body=body):
            for each in _replaced(body, put):
                inside = each.formula
                about = inside if isinstance(inside, Truth) else bound_over(node, inside)
                yield Changed(about, each.without)
        case Truth():
            pass
        case _:
            yield Changed(put, node)
