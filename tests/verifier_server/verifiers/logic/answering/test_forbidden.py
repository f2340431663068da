"""Content that an answer must not bring, and formulas that only have its words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.logic.answering.forbidden import forbidden

BROUGHT = r"""
Axiom: Good(bo) | Axiom 2: Good(bo) | **Axiom (new):** Good(bo) | - Axiom: Good(bo)
1. Assumption: Good(bo) | Premise 7: Good(bo) | Given: Good(bo) | Definition: x
Good(bo). Axiom: Bad(bo) | Good(bo); Let Bad be Good | # Axiom: Good(bo)
Assume Good(bo) | suppose that Good(bo) | Let Bad(x) mean Good(x) | Assume ¬Good(bo)
Suppose ∀x Good(x) | assume \forall x Good(x) | Declare p | axiom extra : Good(bo)
Define Bad(x) := Good(x) | Bad(x) := Good(x) | Bad(x) ≜ Good(x) | Bad ::= Good
Bad(x) =def Good(x) | Bad(x) \coloneqq Good(x) | let z := 3
fof(x1, axiom, $false). | Good(bo). fof(x1, axiom, $false). | cnf(a,negated_conjecture,p).
tff(g_type, type, good: $i > $o). | fof('a b', plain, p, inference(r, [], [])).
include('Axioms/SET001+0.ax'). | include('more.p') | include('more').
(assert false) | (assert (Good bo)) | ( assert  (and p q)) | (assert(= x 1)) | (assert |p|)
(assert (forall ((x U)) (Good x))) | (declare-const p Bool) | (define-fun f () Bool true)
(set-option :produce-models true) | (set-logic UF) | (check-sat) | (push 1) | (exit)
(reset)(assert false) | (echo "a") | (get-model) | (declare-datatypes () ())
formulas(assumptions). | end_of_list. | assign(max_seconds, 60). | set(prolog_style_variables).
s.add(Good(bo)) | s = Solver() | from z3 import * | import z3 | Good = Function('Good', U, B)
p = Bool('p') | U = DeclareSort("U") | x, y = Consts('x y', U)
"""
INNOCENT = r"""
Good(bo) | ∀x (Good(x) → ¬Bad(x)) | all x. (Good(x) -> -Bad(x)) | ![X]: (good(X) => bad(X))
Define(x) | Axiom(x) | Assert(x) ∧ Let(x) | ∀x (Axiom(x) → Assert(x)) | Premise(bo)
assert ∧ q | (assert ∧ q) | (assert and q) | (assert → q) | (assert(x) ∧ P(y)) | (assert -> q)
all x. (axiom(x) -> let(x)) | all x.given(x) | ∃x.assert(x) | ![Axiom]: p(Axiom)
forall axiom: P(axiom) | ∀given: P(given) | assume -> q | Assume → Q | let <-> r | define and q
include(bo) | (include(bo) & b) | include('bo') | fof(x) | fof(a, b, c) | cnf(a) | set(a).
(push & pop) | (exit ∧ q) | (reset → q) | (exit(x) → p) | (echo(x) & p)
Given(a) | Rule(a) ∨ Fact(b) | Definition(x, y) | all s.add(s) | p(import) | Where(bo, rome)
![X]:-p(X) | a = b | a != b | x <= 3 | a ≡ b | Solver(bo) | Function(f) | Bool(p)
\forall x (Axiom(x) \to Given(x)) | not assume | assume | Declare | P(a) = defined
"""


def entries(table):
    """The cells of a table, which are between bars."""
    return [cell.strip() for line in table.strip().splitlines() for cell in line.split(" | ")]


@pytest.mark.parametrize("text", entries(BROUGHT))
def test_what_an_answer_must_not_bring(text):
    found = forbidden(text)
    assert found is not None
    assert text[found.offset :].strip().startswith(found.text)
    assert forbidden(f"Good(bo)\n{text}") is not None


@pytest.mark.parametrize("text", [*entries(INNOCENT), "(pop | q)", "Given(a) | Fact(b)"])
def test_innocent_formulas(text):
    assert forbidden(text) is None
    assert forbidden(f"Good(bo) ∧\n{text}") is None


def test_a_symbol_of_the_task_is_innocent_where_forms_look_alike():
    for text, name in (("(exit)", "exit"), ("include('bo').", "include"), ("(pop)", "pop")):
        assert forbidden(text) is not None
        assert forbidden(text, {name}) is None
    assert forbidden("(exit)\n(declare-const p Bool)", {"exit"}) is not None


def test_the_first_is_told_and_bounded():
    found = forbidden("Good(bo)\n(assert p)\nAxiom: q")
    assert found is not None
    assert found.offset == len("Good(bo)\n")
    assert len(forbidden("include('" + "a" * 180 + "').").text) <= 60


NAMES = st.sampled_from(
    "axiom Axiom premise define Define let assert include fof set given fact rule".split()
)


@given(NAMES, NAMES, st.sampled_from(["∧", "∨", "→", "&", "->", "<->", "|", "and", "implies"]))
def test_names_in_formulas_are_innocent(one, other, sign):
    for text in (f"{one} {sign} {other}", f"({one}(a) {sign} {other}(b))", f"∀x {one}(x)"):
        assert forbidden(text) is None


@pytest.mark.parametrize(
    "piece",
    [
        "\n",
        " ",
        "(",
        "a;",
        ". ",
        "Axiom ",
        "(assert",
        "Function('",
        "include('",
        "premise (",
        "fof(",
    ],
)
def test_a_million_characters(piece):
    forbidden(piece * (1_000_000 // len(piece)))
