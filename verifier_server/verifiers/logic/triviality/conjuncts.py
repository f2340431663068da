"""What a formula says one by one: the conjuncts of a formula in negation normal form.

Promises: all of them together mean the formula. A universal quantifier is split over
conjuncts, an existential one over those that share none of its variables, and an
implication over its conclusions and its cases. No disjunction of several conjunctions is
multiplied out (`clauses`): the cases of an exclusive or stay together. Each is given
once, in order of the text.

Does not cover: more than `MAX_CONJUNCTS` of them.
"""

from typing import Final

from verifier_server.verifiers.logic.building import connected, quantified
from verifier_server.verifiers.logic.formulas import (
    Connected,
    Formula,
    Op,
    Quantified,
    Quantifier,
)
from verifier_server.verifiers.logic.reading.scope import free_variables
from verifier_server.verifiers.logic.triviality.normal import TooLargeError

MAX_CONJUNCTS: Final = 64


def conjuncts(formula: Formula) -> tuple[Formula, ...]:
    """The conjuncts of a formula in negation normal form.

    Raises:
        TooLargeError: there are more than `MAX_CONJUNCTS`.
    """
    return tuple(_split(formula))


def _split(formula: Formula) -> dict[Formula, None]:
    found = dict.fromkeys(_parts(formula))
    if len(found) > MAX_CONJUNCTS:
        raise TooLargeError
    return found


def _parts(formula: Formula) -> list[Formula]:
    match formula:
        case Connected(op=Op.AND, parts=parts):
            return [each for part in parts for each in _split(part)]
        case Connected(op=Op.OR, parts=parts):
            return _cases(parts)
        case Quantified(quantifier=Quantifier.FORALL, body=body):
            return [bound_over(formula, each) for each in _split(body)]
        case Quantified(body=body):
            return _outside(formula, list(_split(body)))
        case _:
            return [formula]


def _cases(parts: tuple[Formula, ...]) -> list[Formula]:
    """A disjunction, split over that one of its parts that is a conjunction."""
    split = [list(_split(part)) for part in parts]
    several = [place for place, each in enumerate(split) if len(each) > 1]
    if len(several) != 1:
        return [connected(Op.OR, parts)]
    place = several[0]
    return [connected(Op.OR, [*parts[:place], each, *parts[place + 1 :]]) for each in split[place]]


def _outside(node: Quantified, parts: list[Formula]) -> list[Formula]:
    """An existential statement as several: parts stay together by the variables they share."""
    names = {variable.name for variable in node.variables}
    groups: list[tuple[set[str], list[int]]] = []
    for place, part in enumerate(parts):
        shared = names.intersection(free_variables(part))
        met = [group for group in groups if not group[0].isdisjoint(shared)]
        groups = [group for group in groups if group not in met]
        places = [each for _, before in met for each in before]
        groups.append((shared.union(*[others for others, _ in met]), [*places, place]))
    return [
        bound_over(node, connected(Op.AND, [parts[place] for place in sorted(places)]))
        for _, places in sorted(groups, key=lambda group: min(group[1]))
    ]


def bound_over(node: Quantified, body: Formula) -> Formula:
    """Another body under the variables of a quantifier that it has."""
    names = set(free_variables(body))
    variables = tuple([each for each in node.variables if each.name in names])
    return quantified(node.quantifier, variables, body) if variables else body
