from tests.verifier_server.verifiers.logic.solver.by_hand import X, c, every, implies, no, p
from tests.verifier_server.verifiers.logic.solver.problems import (
    DENSE,
    chain,
    pigeons,
    pigeons_meet,
)
from verifier_server.verifiers.logic.formulas import Formula, Truth
from verifier_server.verifiers.logic.solver.cores import Core, core

MAN = every(X, implies(p("Man", X), p("Mortal", X)))
SOCRATES = p("Man", c("socrates"))
MORTAL = p("Mortal", c("socrates"))


def test_only_what_is_needed() -> None:
    premises: list[Formula] = [p("Greek", c("socrates")), MAN, p("Man", c("plato")), SOCRATES]
    found = core(premises, MORTAL)
    assert found is not None
    assert (found.premises, found.minimal) == ((1, 3), True)


def test_the_earlier_of_two_ways_stays() -> None:
    premises: list[Formula] = [MORTAL, MAN, SOCRATES]
    assert _indices(core(premises, MORTAL)) == (0,)
    assert _indices(core([MAN, SOCRATES, MORTAL, MORTAL], MORTAL)) in ((0, 1), (2,), (3,))


def test_a_contradiction_among_premises() -> None:
    premises: list[Formula] = [p("B"), SOCRATES, p("C"), MAN, no(MORTAL)]
    assert _indices(core(premises, Truth(False))) == (1, 3, 4)


def test_a_valid_conclusion_needs_nothing() -> None:
    assert _indices(core([MAN, SOCRATES], implies(MORTAL, MORTAL))) == ()


def test_every_link_of_a_chain() -> None:
    links = chain(5)
    found = core([p("B"), *links], p("L", c("a0"), c("a5")))
    assert found is not None
    assert (found.premises, found.minimal) == (tuple(range(1, len(links) + 1)), True)


def test_what_does_not_follow_or_cannot_be_shown() -> None:
    assert core([MAN], MORTAL) is None
    assert core(DENSE, p("Q")) is None
    assert core([p("A", X)], MORTAL) is None


def test_bounded_and_honest() -> None:
    found = core(pigeons(5), pigeons_meet(5), units=8_500)
    assert found is None or (found.spent < 10_000)
    whole = core(pigeons(5), pigeons_meet(5))
    assert whole is not None
    assert whole.minimal
    assert whole == core(pigeons(5), pigeons_meet(5))


def _indices(found: Core | None) -> tuple[int, ...] | None:
    return found.premises if found is not None else None
