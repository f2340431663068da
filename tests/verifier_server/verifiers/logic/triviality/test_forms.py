"""Normal form, conjuncts and clauses: shapes by hand, and meanings by the solver."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings

from tests.verifier_server.verifiers.logic.strategies import formulas
from verifier_server.verifiers.logic.building import connected
from verifier_server.verifiers.logic.formulas import (
    Atom,
    Compared,
    Connected,
    Equal,
    Formula,
    Not,
    Op,
    Quantified,
    Truth,
)
from verifier_server.verifiers.logic.printing import show
from verifier_server.verifiers.logic.reading import read
from verifier_server.verifiers.logic.solver.session import Session
from verifier_server.verifiers.logic.triviality.clauses import clauses
from verifier_server.verifiers.logic.triviality.conjuncts import conjuncts
from verifier_server.verifiers.logic.triviality.normal import TooLargeError, normal


def of(text: str) -> Formula:
    return normal(read(text).formula)


def shown(parts: tuple[Formula, ...]) -> list[str]:
    return [show(part) for part in parts]


def all_of(parts: tuple[Formula, ...]) -> Formula:
    return connected(Op.AND, parts) if parts else Truth(True)


def nodes(formula: Formula) -> Iterator[Formula]:
    yield formula
    match formula:
        case Not(body=body) | Quantified(body=body):
            yield from nodes(body)
        case Connected(parts=parts):
            for part in parts:
                yield from nodes(part)
        case _:
            pass


def same(left: Formula, right: Formula) -> bool | None:
    with Session(()) as session:
        return session.equivalent(left, right).holds


@given(formulas(depth=3))
@settings(max_examples=60, deadline=None)
def test_normal_form_conjuncts_and_clauses_keep_the_meaning(formula: Formula) -> None:
    normalised = normal(formula)
    assert same(formula, normalised) is not False
    if isinstance(normalised, Truth):
        return
    try:
        parts = conjuncts(normalised)
        multiplied = clauses(normalised)
    except TooLargeError:
        return
    assert same(formula, all_of(parts)) is not False
    assert same(formula, all_of(multiplied)) is not False


@given(formulas(depth=4))
@settings(max_examples=100, deadline=None)
def test_normal_form_negates_nothing_but_atoms_and_holds_no_truth_value(formula: Formula) -> None:
    normalised = normal(formula)
    if isinstance(normalised, Truth):
        return
    for node in nodes(normalised):
        assert not isinstance(node, Truth)
        if isinstance(node, Not):
            assert isinstance(node.body, Atom | Equal | Compared)
        if isinstance(node, Connected):
            assert node.op in (Op.AND, Op.OR)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("¬(p → q)", "p ∧ ¬q"),
        ("p ↔ q", "(¬p ∨ q) ∧ (p ∨ ¬q)"),
        ("p ⊕ q", "(p ∧ ¬q) ∨ (¬p ∧ q)"),
        ("¬(p ⊕ q)", "(¬p ∨ q) ∧ (p ∨ ¬q)"),
        ("¬∀x (P(x) ∧ ¬∃y R(x, y))", "∃x (¬P(x) ∨ (∃y R(x, y)))"),
        ("p ∧ (q ∨ ⊤)", "p"),
        ("∀x (P(x) → ⊤)", "⊤"),
    ],
)
def test_normal_forms(text: str, expected: str) -> None:
    assert show(of(text)) == expected


def test_nested_equivalences_are_bounded() -> None:
    text = " ↔ ".join(f"p{at}" for at in range(12))
    with pytest.raises(TooLargeError):
        of(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("∀x (P(x) → (Q(x) ∧ R(x)))", ["∀x (¬P(x) ∨ Q(x))", "∀x (¬P(x) ∨ R(x))"]),
        ("∀x ((P(x) ∨ Q(x)) → R(x))", ["∀x (¬P(x) ∨ R(x))", "∀x (¬Q(x) ∨ R(x))"]),
        ("¬¬(p ∧ q)", ["p", "q"]),
        ("p ∧ q ∧ p", ["p", "q"]),
        ("p ↔ q", ["¬p ∨ q", "p ∨ ¬q"]),
        ("p ⊕ q", ["(p ∧ ¬q) ∨ (¬p ∧ q)"]),
        ("∃x (P(x) ∧ q)", ["∃x P(x)", "q"]),
        ("∃x ∃y (P(x) ∧ Q(y))", ["∃x P(x)", "∃y Q(y)"]),
        ("∃x ∃y (P(x) ∧ Q(y) ∧ R(x, y))", ["∃x ∃y (P(x) ∧ Q(y) ∧ R(x, y))"]),
        ("∃x ∃y ∃z (P(x) ∧ R(y, z) ∧ Q(z))", ["∃x P(x)", "∃y ∃z (R(y, z) ∧ Q(z))"]),
        ("∃x ∀y (P(x) ∧ Q(y))", ["∃x P(x)", "∀y Q(y)"]),
    ],
)
def test_conjuncts(text: str, expected: list[str]) -> None:
    assert shown(conjuncts(of(text))) == expected


def test_conjuncts_are_bounded() -> None:
    with pytest.raises(TooLargeError):
        conjuncts(of(" ∧ ".join(f"p{at}" for at in range(65))))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(p ∧ q) ∨ (p ∧ ¬q)", ["p"]),
        ("p ⊕ q", ["p ∨ q", "¬q ∨ ¬p"]),
        ("p ∧ (p ∨ q)", ["p"]),
        ("∀x ((P(x) ∧ Q(x)) ∨ R(x))", ["∀x (P(x) ∨ R(x))", "∀x (Q(x) ∨ R(x))"]),
        ("∃x (P(x) ∧ Q(x))", ["∃x (P(x) ∧ Q(x))"]),
        ("p ∨ ¬p", []),
    ],
)
def test_clauses(text: str, expected: list[str]) -> None:
    assert shown(clauses(of(text))) == expected


def test_clauses_are_bounded() -> None:
    text = " ∨ ".join(f"(p{at} ∧ q{at})" for at in range(8))
    with pytest.raises(TooLargeError):
        clauses(of(text))
