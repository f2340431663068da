from fractions import Fraction

import pytest

from tests.verifier_server.verifiers.logic.solver.by_hand import (
    X,
    Y,
    both,
    c,
    computed,
    either,
    every,
    fn,
    implies,
    less,
    no,
    number,
    p,
    same,
    some,
    variable,
)
from tests.verifier_server.verifiers.logic.solver.problems import COMMUTES, DENSE, GROUP
from verifier_server.verifiers.logic.formulas import INT, REAL, Arithmetic, Formula
from verifier_server.verifiers.logic.solver.encoding import Sorts
from verifier_server.verifiers.logic.solver.evaluating import Structure, Unevaluable, holds
from verifier_server.verifiers.logic.solver.models import countermodel

MAN = every(X, implies(p("Man", X), p("Mortal", X)))


def test_in_the_tasks_words() -> None:
    found = countermodel([MAN, p("Man", c("plato"))], p("Mortal", c("zeus")))
    assert found is not None
    assert found.lines == (
        "things: plato, zeus",
        "true: Man(plato)",
        "false: Man(zeus)",
        "true: Mortal(plato)",
        "false: Mortal(zeus)",
    )
    assert not found.shortened


def test_a_nameless_witness() -> None:
    found = countermodel([some(X, p("A", X)), no(p("A", c("u"))), no(p("A", c("v")))])
    assert found is not None
    assert found.lines[0] == "things: u, v, thing1"


def test_constants_that_must_be_the_same() -> None:
    found = countermodel([same(c("u"), c("v"))], p("A", c("u")))
    assert found is not None
    assert found.lines == ("things: u", "v = u", "false: A(u)")


def test_a_name_that_is_taken() -> None:
    found = countermodel([no(p("thing1", c("u"))), some(X, p("thing1", X))], p("Q"))
    assert found is not None
    assert found.lines[0] == "things: u, thing2"


def test_functions_and_lines_left_out() -> None:
    found = countermodel(GROUP, COMMUTES, max_lines=5)
    assert found is not None
    assert (len(found.lines), found.shortened) == (5, True)
    assert found.structure.sizes == {"": 6}
    assert all(holds(axiom, found.structure) for axiom in GROUP)
    assert not holds(COMMUTES, found.structure)


def test_declared_sorts_and_numbers() -> None:
    person = variable("a", "Person")
    sorts = Sorts({("age", 1): INT, ("ann", 0): "Person", ("tall", 1): REAL})
    age = fn("age", c("ann"))
    premises: list[Formula] = [
        every(person, less(number(60), fn("age", person))),
        same(fn("tall", c("ann")), number("7/4", REAL)),
    ]
    found = countermodel(premises, less(age, number(62)), sorts)
    assert found is not None
    assert found.lines[0] == "Person: ann"
    assert "tall(ann) = 7/4" in found.lines


@pytest.mark.parametrize(
    ("premises", "conclusion"),
    [
        (DENSE, p("Q")),
        ([MAN, p("Man", c("u"))], p("Mortal", c("u"))),
        ([every(variable("n", INT), p("A", variable("n", INT)))], p("Q")),
        ([p("A", X)], p("Q")),
        ([], same(computed(Arithmetic.DIVIDE, number(1), number(0)), number(3))),
    ],
)
def test_what_has_none_to_show(premises: list[Formula], conclusion: Formula) -> None:
    assert countermodel(premises, conclusion) is None


def test_the_same_twice() -> None:
    premises = [MAN, either(p("Man", c("u")), p("Mortal", c("v"))), some(X, no(p("Mortal", X)))]
    assert countermodel(premises, p("Man", c("u"))) == countermodel(premises, p("Man", c("u")))


def test_evaluation_by_hand() -> None:
    two = Structure(
        {"": 2},
        {("u", ()): 0, ("f", (0,)): 1, ("f", (1,)): 0},
        {("R", (0, 0)): False, ("R", (0, 1)): True, ("R", (1, 0)): True, ("R", (1, 1)): False},
    )
    u = c("u")
    assert holds(every(X, p("R", X, fn("f", X))), two)
    assert holds(every(X, some(Y, p("R", X, Y))), two)
    assert not holds(some(X, every(Y, p("R", X, Y))), two)
    assert holds(no(both(p("R", u, u), p("Nowhere"))), two)
    assert holds(same(fn("f", fn("f", u)), u), two)
    half = computed(Arithmetic.DIVIDE, number(1), number(2))
    assert holds(same(half, number("1/2", REAL)), two)
    with pytest.raises(Unevaluable):
        holds(p("Nowhere"), two)
    assert two.functions["f", (Fraction(0),)] == 1
