from fractions import Fraction

import pytest
from hypothesis import given

from tests.verifier_server.verifiers.logic.strategies import VARIABLES, formulas, with_variables
from verifier_server.verifiers.logic.formulas import (
    INT,
    Arithmetic,
    Atom,
    Compared,
    Computed,
    Formula,
    Function,
    Number,
    Quantified,
    Quantifier,
    Relation,
    Variable,
)
from verifier_server.verifiers.logic.printing import canonical, show
from verifier_server.verifiers.logic.reading import read


@given(formulas(odd_names=True))
def test_what_is_shown_is_read_as_the_same(formula: Formula) -> None:
    assert read(show(formula)).formula == formula


@given(formulas(odd_names=True))
def test_the_canonical_text_is_a_formula_with_itself_as_canonical_text(formula: Formula) -> None:
    text = canonical(formula)
    assert canonical(read(text).formula) == text


@given(formulas())
def test_variants_have_one_canonical_text(formula: Formula) -> None:
    names = ("v7", "long_name", "x2", "u", "W")
    other = with_variables(formula, dict(zip(VARIABLES, names, strict=True)))
    assert canonical(other) == canonical(formula)
    assert canonical(read(show(other)).formula) == canonical(formula)


@given(formulas(depth=2), formulas(depth=2))
def test_formulas_with_one_canonical_text_are_variants(one: Formula, other: Formula) -> None:
    if canonical(one) == canonical(other):
        # Read again, the two differ in nothing.
        assert read(canonical(one)).formula == read(canonical(other)).formula
        assert show(one).count("∀") == show(other).count("∀")


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("all y. (P(y) -> exists z. R(y,z))", "∀x1 (P(x1) → (∃x2 R(x1, x2)))"),
        ("∀x P(x) ∧ ∃x Q(x)", "(∀x1 P(x1)) ∧ (∃x1 Q(x1))"),
        ("∀y L(y, x1)", "∀x2 L(x2, x1)"),
        ("∀y L(y, 'x1')", "∀x2 L(x2, 'x1')"),
        ("∀a (P(a) ∧ ∃a Q(a))", "∀x1 (P(x1) ∧ (∃x2 Q(x2)))"),
    ],
)
def test_canonical_texts(text: str, printed: str) -> None:
    assert canonical(read(text).formula) == printed


def test_a_constant_is_not_shown_as_the_variable_around_it() -> None:
    formula = Quantified(
        Quantifier.FORALL, (Variable("a"),), Atom("L", (Variable("a"), Function("a")))
    )
    assert show(formula) == "∀a L(a, 'a')"


def test_a_predicate_is_not_shown_where_it_would_be_one_more_variable() -> None:
    formula = Quantified(Quantifier.FORALL, (Variable("x"),), Atom("P", (Function("P"),)))
    assert read(show(formula)).formula == formula


def test_sorts_tell_canonical_texts_apart_and_numbers_are_shown_plainly() -> None:
    variable = Variable("n", INT)
    left = Computed(Arithmetic.ADD, (variable, Number(Fraction(1), INT)))
    formula = Quantified(
        Quantifier.EXISTS,
        (variable,),
        Compared(Relation.LESS_EQUAL, left, Number(Fraction(7), INT)),
    )
    assert show(formula) == "∃n:Int ((n + 1) <= 7)"
    plain = Quantified(Quantifier.EXISTS, (Variable("n"),), formula.body)
    assert canonical(formula) != canonical(plain)
