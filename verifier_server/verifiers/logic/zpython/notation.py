"""Declarations as logic programs write them, which take their name from the left side.

`people = EnumSort([Ann, Bob])`, `eats = Function([people, meals] -> [foods])`.

Promises: an enumeration of members of another, or of numbers, is a domain of values, no
sort of its own; a function into a domain has its values there, by an axiom.

Does not cover: z3's own declarations, which name what they declare (`calls`).
"""

import ast
from collections.abc import Sequence
from itertools import count, islice

from verifier_server.verifiers.logic.composing import logical
from verifier_server.verifiers.logic.composing.measured import BuildError, Built
from verifier_server.verifiers.logic.declarations import Symbol
from verifier_server.verifiers.logic.formulas import BOOL, Op, Quantifier, Variable
from verifier_server.verifiers.logic.zpython.arguments import iterated, listed
from verifier_server.verifiers.logic.zpython.evaluating import Evaluator
from verifier_server.verifiers.logic.zpython.operating import lifted
from verifier_server.verifiers.logic.zpython.reasons import SORT_MISMATCH, UNSUPPORTED
from verifier_server.verifiers.logic.zpython.values import ListValue, SortValue, Value


def enumeration(evaluator: Evaluator, name: str, members: Sequence[ast.expr]) -> Value:
    """A sort of new members, or a domain of known ones.

    Raises:
        BuildError: some are new and some are known, or of several sorts.
    """
    names = [each.id for each in members if isinstance(each, ast.Name)]
    known = [each for each in names if evaluator.vocabulary.has(each)]
    if len(names) == len(members) and not known:
        sort, constants = evaluator.vocabulary.enumeration(name, names)
        evaluator.scopes[0].update(zip(names, constants, strict=True))
        return sort
    values = [lifted(evaluator.value(each)) for each in members]
    if not values or len({(each.sort) for each in values}) > 1 or values[0].sort == BOOL:
        raise BuildError(UNSUPPORTED, "members of several sorts")
    return listed(values, frozen=True)


def function(evaluator: Evaluator, name: str, sides: Sequence[ast.expr]) -> Value:
    """A function, from the sorts on its left to the one on its right.

    Raises:
        BuildError: a side is no list of sorts.
    """
    left, right = (iterated(evaluator.value(each)) for each in sides)
    if len(right) != 1:
        raise BuildError(SORT_MISMATCH, "expected one sort of results")
    sorts = [_sort(each) for each in (*left, *right)]
    vocabulary = evaluator.vocabulary
    if not left:
        made: Value = vocabulary.constant(name, sorts[-1])
    else:
        made = vocabulary.function(name, sorts)
    if isinstance(right[0], ListValue):
        symbol = Symbol(name, tuple(each.name for each in sorts[:-1]), sorts[-1].name)
        vocabulary.add_axiom(_within(symbol, [lifted(each) for each in right[0].items]))
    return made


def _sort(value: Value) -> SortValue:
    """The sort, or that of a domain's values."""
    if isinstance(value, SortValue):
        return value
    if isinstance(value, ListValue) and value.items:
        return SortValue(lifted(value.items[0]).sort)
    raise BuildError(SORT_MISMATCH, "expected a sort")


def _within(symbol: Symbol, values: Sequence[Built]) -> Built:
    """That every value of a function is one of some values."""
    names = islice((f"x{number}" for number in count()), len(symbol.parameters))
    bound = [Variable(each, sort) for each, sort in zip(names, symbol.parameters, strict=True)]
    arguments = [logical.variable(each.name, each.sort) for each in bound]
    result = logical.applied(symbol, arguments)
    matrix = logical.joined(Op.OR, [logical.equal((result, each)) for each in values])
    return logical.quantified(Quantifier.FORALL, bound, matrix) if bound else matrix
