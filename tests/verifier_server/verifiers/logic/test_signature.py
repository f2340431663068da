import pytest

from verifier_server.verifiers.logic.declarations import Declarations, Symbol
from verifier_server.verifiers.logic.formulas import (
    ANY,
    BOOL,
    INT,
    Atom,
    Function,
    Quantified,
    Quantifier,
    Variable,
)
from verifier_server.verifiers.logic.reading import read
from verifier_server.verifiers.logic.signature import Signature

_TASK = (
    "∀x (Owl(x) → Nocturnal(x))",
    "Owl(hedwig)",
    "Likes(hedwig, motherOf(hedwig))",
    "rain → ¬Sunny(today)",
    "Index(z0)",
)


def _signature() -> Signature:
    return Signature.of([read(text).formula for text in _TASK])


def _faults(text: str) -> list[tuple[str, str]]:
    signature = _signature()
    formula = read(text, constants=signature.constants).formula
    return [(fault.reason, fault.name) for fault in signature.check(formula)]


def test_symbols_are_those_used_in_their_order() -> None:
    symbols = _signature().symbols
    assert symbols[:3] == (
        Symbol("Owl", (ANY,), BOOL),
        Symbol("Nocturnal", (ANY,), BOOL),
        Symbol("hedwig", (), ANY),
    )
    assert _signature().constants == {"hedwig", "today", "z0"}


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("∀y (Nocturnal(y) ∨ rain)", []),
        ("Likes(z0, motherOf(z0))", []),
        ("Bird(hedwig)", [("unknown_symbol", "Bird")]),
        ("owl(hedwig)", [("unknown_symbol", "owl")]),
        ("Owl(errol)", [("unknown_symbol", "errol")]),
        ("\u041ewl(hedwig)", [("unknown_symbol", "\u041ewl")]),
        ("Owl(hedwig, today)", [("arity_mismatch", "Owl")]),
        ("Owl(motherOf(hedwig, today))", [("arity_mismatch", "motherOf")]),
        ("Owl(motherOf)", [("arity_mismatch", "motherOf")]),
        ("hedwig", [("kind_clash", "hedwig")]),
        ("Likes(hedwig, rain)", [("kind_clash", "rain")]),
        ("Owl(Owl(hedwig))", [("kind_clash", "Owl")]),
        ("Owl(x)", [("free_variable", "x")]),
        ("(∀x Owl(x)) ∧ Nocturnal(x)", [("free_variable", "x")]),
        ("Bird(errol) ∧ Bird(u)", [("unknown_symbol", "Bird"), ("unknown_symbol", "errol"),
                                   ("free_variable", "u")]),
        ("hedwig > today", [("unknown_symbol", ">")]),
    ],
)  # fmt: skip
def test_answers_are_held_to_the_signature(text: str, faults: list[tuple[str, str]]) -> None:
    assert _faults(text) == faults


def test_the_task_keeps_to_its_own_signature() -> None:
    signature = _signature()
    for text in _TASK:
        assert signature.check(read(text).formula) == ()
    assert signature.lints() == ()


@pytest.mark.parametrize(
    ("texts", "lints"),
    [
        (["Meeting(a)", "Meetings(b)"], [("near_miss", "Meetings")]),
        (["Colour(a)", "Color(b)"], [("near_miss", "Color")]),
        (["Wumpus(a)", "Dumpus(a)"], [("near_miss", "Dumpus")]),
        (["JohnDoe(a)", "johndoe(a)"], [("near_miss", "johndoe")]),
        (["Cat(a)", "cat(a)"], [("near_miss", "cat")]),
        (["Cat(a)", "Bat(a)"], []),
        (["In(year1)", "In(year2)", "In(year12)"], []),
        (["Owl(a)", "Owl(a, b)"], [("arity_mismatch", "Owl")]),
        (["Owl(a)", "Likes(a, Owl(a))"], [("kind_clash", "Owl")]),
    ],
)
def test_lints(texts: list[str], lints: list[tuple[str, str]]) -> None:
    signature = Signature.of([read(text).formula for text in texts])
    assert [(lint.reason, lint.name) for lint in signature.lints()] == lints


def test_long_and_many_names_are_linted_in_linear_steps() -> None:
    names = [f"{'q' * 150}{number}{'r' * 20}" for number in range(300)]
    signature = Signature(tuple(Symbol(name, (), BOOL) for name in names))
    assert signature.lints() == ()


def test_declared_sorts_are_kept() -> None:
    signature = Signature.declared(
        Declarations(("Bird",), (Symbol("Flies", ("Bird",), BOOL), Symbol("age", ("Bird",), INT)))
    )
    bird, number = Variable("b", "Bird"), Variable("n", INT)

    def reasons(term: Variable | Function) -> list[str]:
        bound = Quantified(Quantifier.FORALL, (bird, number), Atom("Flies", (term,)))
        return [fault.reason for fault in signature.check(bound)]

    assert reasons(bird) == []
    assert reasons(number) == ["sort_mismatch"]
    assert reasons(Function("age", (bird,))) == ["sort_mismatch"]
