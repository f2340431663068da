"""Conjuncts under an existential quantifier that are true of the thing for free.

Promises: `∃x ∃y (P(x) ∧ Q(y) ∧ (R(x, y) → R(a, b)))` follows from P(a) and Q(b), and its
last conjunct only ties them together: of a and b it is true whatever holds. So the
conjuncts of each existential statement are given one by one, with the ways to put
terms that the conjunct itself names in place of its variables. Where it says nothing of
these, the statement without it, of these, is stronger; when that still follows, the
conjunct said nothing (see `stronger`). Only terms of the conjunct are put: any other
thing is as good as one that is not named.

Does not cover: asking; conjuncts that say what a variable is (`x = a`), which tie nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from verifier_server.verifiers.logic.building import quantified
from verifier_server.verifiers.logic.formulas import (
    Atom,
    Compared,
    Computed,
    Connected,
    Equal,
    Formula,
    Function,
    Not,
    Number,
    Op,
    Quantified,
    Quantifier,
    Term,
    Truth,
    Variable,
)
from verifier_server.verifiers.logic.reading.scope import free_variables
from verifier_server.verifiers.logic.signature import parts_of
from verifier_server.verifiers.logic.triviality.normal import TooLargeError, joined

MAX_WAYS: Final = 64

_Put = Mapping[str, Term]
_TERMS = (Variable, Function, Number, Computed)


@dataclass(frozen=True, slots=True)
class Way:
    """Terms in place of variables of a conjunct.

    Args:
        said: what the conjunct then says, for all that is left open.
        names: of the functions and constants that were put.
        rest: the other conjuncts then, under the existential quantifiers that are left.
    """

    said: Formula
    names: frozenset[str]
    rest: Formula


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A conjunct, the ways to satisfy it, and the whole formula with another statement there."""

    conjunct: Formula
    ways: tuple[Way, ...]
    whole: Callable[[Formula], Formula]


@dataclass(frozen=True, slots=True)
class _Statement:
    """An existential statement: what it binds, its conjuncts, and where it stands."""

    variables: tuple[Variable, ...]
    parts: tuple[Formula, ...]
    outer: tuple[Variable, ...]
    whole: Callable[[Formula], Formula]


def witnessed(formula: Formula) -> Iterator[Witnessed]:
    """The conjuncts of each existential statement in a formula in negation normal form.

    Raises:
        TooLargeError: one can be satisfied in more than `MAX_WAYS` ways.
    """
    apart = _replaced(formula, {}, _Apart())
    for statement in _statements(apart, (), lambda same: same):
        for place, part in enumerate(statement.parts):
            if not _is_definition(part, statement.variables):
                rest = (*statement.parts[:place], *statement.parts[place + 1 :])
                yield Witnessed(part, tuple(_ways(statement, part, rest)), statement.whole)


def _ways(statement: _Statement, part: Formula, rest: Sequence[Formula]) -> Iterator[Way]:
    free = set(free_variables(part))
    own = [each for each in statement.variables if each.name in free]
    terms = _terms(part, {each.name for each in statement.outer})
    if (len(terms) + 1) ** len(own) > MAX_WAYS:
        raise TooLargeError
    for chosen in product((None, *terms), repeat=len(own)):
        put = {each.name: term for each, term in zip(own, chosen, strict=True) if term is not None}
        bound = tuple(each for each in statement.variables if each.name not in put)
        open_ = (*statement.outer, *bound)
        yield Way(
            said=_over(Quantifier.FORALL, open_, _replaced(part, put)),
            names=frozenset(name for term in put.values() for name in names_in(term)),
            rest=_over(
                Quantifier.EXISTS, bound, joined(Op.AND, [_replaced(each, put) for each in rest])
            ),
        )


def _is_definition(part: Formula, variables: tuple[Variable, ...]) -> bool:
    return isinstance(part, Equal) and (part.left in variables or part.right in variables)


def _statements(
    node: Formula, outer: tuple[Variable, ...], whole: Callable[[Formula], Formula]
) -> Iterator[_Statement]:
    match node:
        case Quantified(quantifier=Quantifier.EXISTS):
            variables, parts = _gathered(node)
            if len(parts) > 1:
                yield _Statement(variables, parts, outer, whole)
            for place, part in enumerate(parts):

                def inside(new: Formula, at: int = place) -> Formula:
                    changed = joined(Op.AND, [*parts[:at], new, *parts[at + 1 :]])
                    return whole(_over(Quantifier.EXISTS, variables, changed))

                yield from _statements(part, (*outer, *variables), inside)
        case Quantified(quantifier=kind, variables=bound, body=body):
            yield from _statements(
                body, (*outer, *bound), lambda new: whole(_over(kind, bound, new))
            )
        case Connected(op=op, parts=some):
            for place, part in enumerate(some):

                def among(new: Formula, at: int = place) -> Formula:
                    return whole(joined(op, [*some[:at], new, *some[at + 1 :]]))

                yield from _statements(part, outer, among)
        case _:
            pass


def _gathered(node: Formula) -> tuple[tuple[Variable, ...], tuple[Formula, ...]]:
    """What existential quantifiers bind that stand in a row or among conjuncts."""
    match node:
        case Quantified(quantifier=Quantifier.EXISTS, variables=variables, body=body):
            inner, parts = _gathered(body)
            return (*variables, *inner), parts
        case Connected(op=Op.AND, parts=some):
            found = [_gathered(part) for part in some]
            return (
                tuple([variable for variables, _ in found for variable in variables]),
                tuple([part for _, parts in found for part in parts]),
            )
        case _:
            return (), (node,)


def _over(kind: Quantifier, variables: Sequence[Variable], body: Formula) -> Formula:
    names = set(free_variables(body))
    used = tuple([each for each in variables if each.name in names])
    return quantified(kind, used, body) if used else body


def _terms(part: Formula, outer: set[str]) -> tuple[Term, ...]:
    """The terms of a formula that name one thing where it stands, each once."""
    found: dict[Term, None] = {}
    left: list[Formula | Term] = [part]
    while left:
        node = left.pop()
        is_name = isinstance(node, Function) or (isinstance(node, Variable) and node.name in outer)
        if is_name and isinstance(node, Function | Variable) and _variables(node) <= outer:
            found[node] = None
        left += reversed(parts_of(node))
    return tuple(found)


def _variables(term: Term) -> set[str]:
    return {each.name for each in _all(term) if isinstance(each, Variable)}


def names_in(node: Formula | Term) -> set[str]:
    """The names of the functions and constants of a formula or a term."""
    return {each.name for each in _all(node) if isinstance(each, Function)}


def _all(node: Formula | Term) -> Iterator[Formula | Term]:
    left = [node]
    while left:
        each = left.pop()
        yield each
        left += parts_of(each)


class _Apart:
    """Gives bound variables names of their own, so that none is bound twice."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def name(self, variable: Variable) -> Variable:
        """The variable, under a name that no other has."""
        name, number = variable.name, 1
        while name in self._seen:
            number += 1
            name = f"{variable.name}_{number}"
        self._seen.add(name)
        return Variable(name, variable.sort)


def _replaced(node: Formula, put: _Put, apart: _Apart | None = None) -> Formula:
    """A formula with terms for its free variables, whose names it does not bind.

    With `apart`, its bound variables are renamed as well.
    """
    match node:
        case Not(body=body):
            return Not(_replaced(body, put, apart))
        case Connected(op=op, parts=parts):
            return Connected(op, tuple([_replaced(part, put, apart) for part in parts]))
        case Quantified(quantifier=kind, variables=variables, body=body):
            if apart is not None:
                named = tuple([apart.name(each) for each in variables])
                names = [each.name for each in variables]
                put, variables = {**put, **dict(zip(names, named, strict=True))}, named
            return Quantified(kind, variables, _replaced(body, put, apart))
        case Equal(left=left, right=right):
            return Equal(_with(left, put), _with(right, put))
        case Compared(relation=relation, left=left, right=right):
            return Compared(relation, _with(left, put), _with(right, put))
        case Atom(name=name, arguments=arguments):
            return Atom(name, tuple([_with(each, put) for each in arguments]))
        case Truth():
            return node


def _with(term: Term, put: _Put) -> Term:
    match term:
        case Variable(name=name):
            return put.get(name, term)
        case Function(name=name, arguments=arguments):
            return Function(name, tuple([_with(each, put) for each in arguments]))
        case Computed(operation=operation, arguments=mixed):
            return Computed(
                operation,
                tuple(
                    [
                        _with(each, put) if isinstance(each, _TERMS) else _replaced(each, put)
                        for each in mixed
                    ]
                ),
            )
        case Number():
            return term
