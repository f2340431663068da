"""What a formula says one by one: the conjuncts of a formula in negation normal form.

Promises: all of them together mean the formula. A universal quantifier is split over
conjuncts, an existential one leaves those alone that it does not bind, and an
implication is split over its conclusions and its cases. No disjunction of several
conjunctions is multiplied out: the cases of an exclusive or stay together. Each is
given once, in order of the text.

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
            return [_bound(formula, each) for each in _split(body)]
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
    """An existential statement, and what stands under it without being about it."""
    names = {variable.name for variable in node.variables}
    inside = [part for part in parts if names.intersection(free_variables(part))]
    if len(inside) == len(parts):
        return [node]
    outside = [part for part in parts if part not in inside]
    if inside:
        outside.append(_bound(node, connected(Op.AND, inside)))
    return outside


def _bound(node: Quantified, body: Formula) -> Formula:
    """A part under the variables of a quantifier that it has."""
    names = set(free_variables(body))
    variables = tuple([each for each in node.variables if each.name in names])
    return quantified(node.quantifier, variables, body) if variables else body
