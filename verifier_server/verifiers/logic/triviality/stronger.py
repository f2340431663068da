"""Formulas that say more: one occurrence of an atom of a formula is left out.

Promises: each is at least as strong as the formula, which is in negation normal form. If
one of them still follows, the occurrence said nothing: vacuity as model checking knows it
(Beer, Ben-David, Eisner and Rodeh, Efficient detection of vacuity in temporal model
checking, 1997; Kupferman and Vardi, Vacuity detection, 1999). So `C ∨ Z`, an irrelevant
antecedent and an unused disjunct are found by one rule.

Does not cover: asking.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from verifier_server.verifiers.logic.formulas import (
    Connected,
    Formula,
    Not,
    Quantified,
    Truth,
)
from verifier_server.verifiers.logic.reading.scope import free_variables
from verifier_server.verifiers.logic.triviality.normal import FALSE, bound, joined


@dataclass(frozen=True, slots=True)
class Stronger:
    """A formula without one occurrence, and what was left out."""

    formula: Formula
    without: Formula


def stronger(formula: Formula) -> tuple[Stronger, ...]:
    """A formula without each of its occurrences in turn, each once and none that is false."""
    found: dict[Formula, Stronger] = {}
    for each in _without(formula):
        if not isinstance(each.formula, Truth):
            found.setdefault(each.formula, each)
    return tuple(found.values())


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


def _without(node: Formula) -> Iterator[Stronger]:
    match node:
        case Connected(op=op, parts=parts):
            for place, part in enumerate(parts):
                for each in _without(part):
                    rest = [*parts[:place], each.formula, *parts[place + 1 :]]
                    yield Stronger(joined(op, rest), each.without)
        case Quantified(body=body):
            for each in _without(body):
                yield Stronger(_about(node, each.formula), each.without)
        case Truth():
            pass
        case _:
            yield Stronger(FALSE, node)


def _about(node: Quantified, body: Formula) -> Formula:
    """A body under the variables that it still has."""
    names = set(free_variables(body))
    variables = tuple([each for each in node.variables if each.name in names])
    return bound(Quantified(node.quantifier, variables, body), body) if variables else body
