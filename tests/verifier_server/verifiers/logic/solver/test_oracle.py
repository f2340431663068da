"""Entailment against brute force: truth tables, and all structures of a few elements.

A monadic formula with k predicates, without equality, has a model if and only if it
has one with at most 2**k elements, at most one of each kind (Boolos, Burgess and
Jeffrey, Computability and Logic, 21.1), so that trying every set of kinds, and every
kind for each constant, decides it.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifier_server.verifiers.logic.solver.by_hand import X, Y, c
from verifier_server.verifiers.logic.formulas import (
    Atom,
    Connected,
    Formula,
    Not,
    Op,
    Quantified,
    Quantifier,
    Truth,
)
from verifier_server.verifiers.logic.solver.cores import core
from verifier_server.verifiers.logic.solver.evaluating import Structure, holds
from verifier_server.verifiers.logic.solver.models import countermodel
from verifier_server.verifiers.logic.solver.session import Session

LETTERS = "pqrs"
PREDICATES = "AB"
CONSTANTS = "uv"


def connections(parts: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    def many(op: Op) -> st.SearchStrategy[Formula]:
        most = 3 if op in (Op.AND, Op.OR) else 2
        return st.builds(
            Connected, st.just(op), st.lists(parts, min_size=2, max_size=most).map(tuple)
        )

    return st.one_of(st.builds(Not, parts), st.sampled_from(Op).flatmap(many))


def quantifications(parts: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    bound = st.sampled_from([(X,), (Y,), (X, Y)])
    return connections(parts) | st.builds(Quantified, st.sampled_from(Quantifier), bound, parts)


def closed(formula: Formula) -> Formula:
    return Quantified(Quantifier.FORALL, (X, Y), formula)


def atoms() -> st.SearchStrategy[Formula]:
    places = st.sampled_from([X, Y, *map(c, CONSTANTS)])
    return st.builds(Atom, st.sampled_from(PREDICATES), st.tuples(places))


propositional = st.recursive(
    st.sampled_from(LETTERS).map(Atom) | st.booleans().map(Truth), connections, max_leaves=8
)
monadic = st.recursive(atoms(), quantifications, max_leaves=6).map(closed)


def valuations() -> Iterator[Structure]:
    for truths in product((False, True), repeat=len(LETTERS)):
        keys = [(letter, ()) for letter in LETTERS]
        yield Structure({}, {}, dict(zip(keys, truths, strict=True)))


def kinds() -> Iterator[Structure]:
    """Every choice of kinds of elements, and of an element for each constant."""
    every = list(product((False, True), repeat=len(PREDICATES)))
    for size in range(1, len(every) + 1):
        for chosen in combinations(every, size):
            predicates = {
                (name, (at,)): kind[place]
                for at, kind in enumerate(chosen)
                for place, name in enumerate(PREDICATES)
            }
            for places in product(range(size), repeat=len(CONSTANTS)):
                constants = {(name, ()): at for name, at in zip(CONSTANTS, places, strict=True)}
                yield Structure({"": size}, constants, predicates)


def entailed(
    premises: Sequence[Formula], conclusion: Formula, structures: Sequence[Structure]
) -> bool:
    return all(
        holds(conclusion, each)
        for each in structures
        if all(holds(premise, each) for premise in premises)
    )


def compare(
    premises: Sequence[Formula], conclusion: Formula, structures: Sequence[Structure]
) -> None:
    wanted = entailed(premises, conclusion, structures)
    negated = entailed(premises, Not(conclusion), structures)
    with Session(premises) as session:
        assert session.entails(conclusion).holds == wanted
        assert session.entails(Not(conclusion)).holds == negated
        assert session.consistent().holds == (not (wanted and negated))
        assert session.valid(conclusion).holds == entailed([], conclusion, structures)
        assert session.satisfiable(conclusion).holds != entailed([], Not(conclusion), structures)
        for at, premise in enumerate(premises):
            alone = entailed([premise], conclusion, structures)
            assert session.entails(conclusion, using=[at]).holds == alone
    model = countermodel(premises, conclusion)
    used = core(premises, conclusion)
    assert (model is None) == wanted
    assert (used is not None) == wanted
    if used is not None:
        kept = [premises[at] for at in used.premises]
        assert used.minimal
        assert entailed(kept, conclusion, structures)
        for at in range(len(kept)):
            assert not entailed(kept[:at] + kept[at + 1 :], conclusion, structures)


VALUATIONS = list(valuations())
KINDS = list(kinds())


@settings(max_examples=80, deadline=None)
@given(st.lists(propositional, max_size=4), propositional)
def test_truth_tables(premises: list[Formula], conclusion: Formula) -> None:
    compare(premises, conclusion, VALUATIONS)


@settings(max_examples=50, deadline=None)
@given(st.lists(monadic, max_size=3), monadic)
def test_monadic_structures(premises: list[Formula], conclusion: Formula) -> None:
    compare(premises, conclusion, KINDS)
