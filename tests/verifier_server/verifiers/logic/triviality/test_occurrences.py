"""What is left out of a formula, and what signs alone tell."""

from hypothesis import assume, given, settings

from tests.verifier_server.verifiers.logic.strategies import formulas
from verifier_server.verifiers.logic.formulas import Connected, Formula, Op, Truth
from verifier_server.verifiers.logic.printing import show
from verifier_server.verifiers.logic.reading import read
from verifier_server.verifiers.logic.solver.session import Session
from verifier_server.verifiers.logic.triviality.normal import normal
from verifier_server.verifiers.logic.triviality.polarity import signs_of
from verifier_server.verifiers.logic.triviality.stronger import idle_variables, stronger, weaker

MOST = 4


def of(text: str) -> Formula:
    return normal(read(text).formula)


def implies(left: Formula, right: Formula) -> bool | None:
    with Session(()) as session:
        return session.valid(Connected(Op.IMPLIES, (left, right))).holds


def test_each_occurrence_is_left_out_once() -> None:
    formula = of("∀x (P(x) → Q(x) ∧ R(a))")
    assert [show(each.formula) for each in stronger(formula)] == [
        "∀x (Q(x) ∧ R(a))",
        "∀x ¬P(x)",
    ]
    assert [show(each.without) for each in stronger(formula)] == ["¬P(x)", "Q(x)"]
    assert [show(each.formula) for each in weaker(formula)] == [
        "∀x (¬P(x) ∨ R(a))",
        "∀x (¬P(x) ∨ Q(x))",
    ]


def test_an_atom_alone_leaves_nothing() -> None:
    assert stronger(of("P(a)")) == weaker(of("∃x ¬P(x)")) == ()


@given(formulas(depth=3))
@settings(max_examples=50, deadline=None)
def test_with_false_it_is_stronger_and_with_true_weaker(formula: Formula) -> None:
    normalised = normal(formula)
    for each in stronger(normalised)[:MOST]:
        assert implies(each.formula, normalised) is not False
    for each in weaker(normalised)[:MOST]:
        assert implies(normalised, each.formula) is not False


def test_variables_that_bind_nothing() -> None:
    assert idle_variables(read("∀x ∃y (P(x) ∧ ∃z Q(a))").formula) == ("y", "z")
    assert idle_variables(read("∀x ∃y R(x, y)").formula) == ()


@given(formulas(depth=3))
@settings(max_examples=60, deadline=None)
def test_what_has_one_sign_only_is_contingent(formula: Formula) -> None:
    normalised = normal(formula)
    assume(not isinstance(normalised, Truth))
    assume(signs_of(normalised).contingent)
    with Session(()) as session:
        assert session.valid(formula).holds is not True
        assert session.satisfiable(formula).holds is not False


@given(formulas(depth=3), formulas(depth=2))
@settings(max_examples=80, deadline=None)
def test_without_a_common_sign_nothing_is_entailed(premise: Formula, formula: Formula) -> None:
    left, right = normal(premise), normal(formula)
    assume(not isinstance(left, Truth) and not isinstance(right, Truth))
    assume(not signs_of(left).may_entail(signs_of(right)))
    with Session([premise]) as session:
        if session.consistent().holds and session.valid(formula).holds is False:
            assert session.entails(formula).holds is not True


def test_signs() -> None:
    rule, fact = signs_of(of("∀x (Cat(x) → Warm(x))")), signs_of(of("Cat(tom)"))
    assert not rule.may_entail(fact)
    assert rule.may_entail(signs_of(of("Warm(tom)")))
    # Arity is part of a predicate, and with equality nothing is told.
    assert not rule.may_entail(signs_of(of("Warm(tom, tom)")))
    assert rule.may_entail(signs_of(of("tom = rex")))
    assert rule.contingent
    assert not signs_of(of("Cat(tom) ∨ ¬Cat(rex)")).contingent
    assert not signs_of(of("tom = tom")).contingent
