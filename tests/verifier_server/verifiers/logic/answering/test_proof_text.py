"""Proofs as text: steps, citations, and the first fault of form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.logic.answering.block import Answer
from verifier_server.verifiers.logic.answering.proof_text import (
    MAX_CHARACTERS,
    MAX_LINE,
    MAX_STEPS,
    Fault,
    read_proof,
)

PREMISES = 3


def shown(text):
    """The steps as (formula, citations)."""
    proof = read_proof(Answer(text, 5), PREMISES)
    assert proof.problem is None, proof.problem
    for number, step in enumerate(proof.steps, start=1):
        assert step.number == number
        assert text[step.offset - 5 :].startswith(step.text)
    return [(step.text, " ".join(map(str, step.citations))) for step in proof.steps]


def fault(text):
    proof = read_proof(Answer(text, 5), PREMISES)
    assert proof.problem is not None
    assert proof.problem.step == len(proof.steps) + 1
    assert 5 <= proof.problem.offset <= 5 + len(text)
    return proof.problem.fault, proof.problem.step


@pytest.mark.parametrize(
    "line",
    [
        "S1: Good(bo) [from P1, P3]",
        "S1. Good(bo) [from P1 and P3].",
        "S1) Good(bo) [P1, P3]",
        "s1: Good(bo) [From p1; p3]",
        "S_1: Good(bo) (P1, P3)",
        "(S1) Good(bo) (from P1 and P3)",
        "[S1] Good(bo) (by P1, P3)",
        "1. Good(bo) from P1 and P3",
        "1) Good(bo) by P1, P3.",
        "1: Good(bo), by P1 and P3",
        "(1) Good(bo) — using P1 & P3",
        "Step 1: Good(bo) - via P1 P3",
        "- S1: Good(bo) [P1, P3]",
        "* **S1:** Good(bo) [P1, P3]",
        "**S1**: `Good(bo)` [premise 1 and premise 3]",
        "S1: Therefore, Good(bo) [from P1, P3]",
        "S1: Therefore Good(bo) [from P1, P3]",
        "Thus: Good(bo) [P1, P3]",
        "Good(bo) [P1, P3]",
        "S1: Good(bo) [from P1 and P3 by modus ponens]",
        "S1: Good(bo) [MP, P1, P3]",
        "S1: Good(bo) by universal instantiation from P1, P3",
        "S1: Good(bo) from P1, P3 by modus ponens",
        "S1: Good(bo)[P1,P3,P1]",
        "S1: Good(bo) (Premises 1 and 3)",
        "S1: Good(bo) (Premises 1, 3, modus ponens)",
        "S1: Good(bo) from premises 1, 3 by MP",
        "S1: Good(bo)\n   [from P1, P3]",
        "S1: Good(bo)\n(from P1, P3)",
        "Proof:\n\nS1: Good(bo) [from P1, P3]\nQED",
        "S1: Good(bo) [from P1, P3]\nTherefore, Good(bo).",
        "S1: Good(bo) [from P1, P3]\n∴ Good(bo)\n∎",
        "S1: **Good(bo)** [P1, P3]",
        "S1: $Good(bo)$ [P1, P3]\nTherefore, $\\boxed{Good(bo)}$.",
        "S1: Good(bo) [P1, P3]\nTherefore, **Good(bo)**.",
    ],
)
def test_ways_to_write_a_step(line):
    assert shown(line) == [("Good(bo)", "P1 P3")]


def test_steps_cite_steps():
    text = "S1: p [from P1]\n2. q [S1, P2]\nHence r (from step 2 and S1)"
    assert shown(text) == [("p", "P1"), ("q", "S1 P2"), ("r", "S2 S1")]


def test_a_plural_says_what_bare_numbers_are():
    text = "S1: p [from P1]\nS2: q [P2]\nS3: r (Steps 1, 2; premises 3 and 1)"
    assert shown(text)[-1] == ("r", "S1 S2 P3 P1")


@pytest.mark.parametrize("cited", ["1, 3", "Premise 1, 3", "P1 and 3", "Premises 1, P2, 3"])
def test_other_bare_numbers_cite_nothing(cited):
    assert fault(f"S1: p [{cited}]") == (Fault.NO_CITATION, 1)


@pytest.mark.parametrize(
    ("line", "formula"),
    [
        ("S1: Knows(P1, S2) [P1]", "Knows(P1, S2)"),
        ("S1: knows(p1, s2) (P1)", "knows(p1, s2)"),
        ("S1: -good(bo) [P1]", "-good(bo)"),
        ("- good(bo) [P1]", "- good(bo)"),
        ("1 = x [P1]", "1 = x"),
        ("2.5 > x [P1]", "2.5 > x"),
        ("S1 = b [P1]", "S1 = b"),
        ("S1: p(from, by) [P1]", "p(from, by)"),
        ("S1: ![X]: (p(X) => q(X)) [P1]", "![X]: (p(X) => q(X))"),
        ("S1: all x. P(x). [P1]", "all x. P(x)."),
        ("S1: $p \\to q$ [P1]", "p \\to q"),
        ("S1: So(x) [P1]", "So(x)"),
        ("S1: hence and p [P1]", "hence and p"),
        ("S1: from P1 we have p [P1]", "from P1 we have p"),
    ],
)
def test_the_formula_is_all_the_rest(line, formula):
    assert shown(line) == [(formula, "P1")]


@pytest.mark.parametrize("cited", ["[from ]", "[]", "[from nothing]", "(from none)", "[tautology]"])
def test_citing_nothing_is_no_fault(cited):
    assert shown(f"S1: p ∨ ¬p {cited}") == [("p ∨ ¬p", "")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", (Fault.NO_STEPS, 1)),
        ("Proof:\nQED", (Fault.NO_STEPS, 1)),
        ("S1: p", (Fault.NO_CITATION, 1)),
        ("S1: Knows(P1, S2)", (Fault.NO_CITATION, 1)),
        ("S1: p from the premises", (Fault.NO_CITATION, 1)),
        ("S1: p [P1] because of P1 it holds", (Fault.NO_CITATION, 1)),
        ("S1: p [P1]\nSo we are done.", (Fault.NO_CITATION, 2)),
        ("S1: p [P1]\nTherefore, q", (Fault.NO_CITATION, 2)),
        ("S1: p [P1]\nTherefore, p\nS2: q [S1]", (Fault.NO_CITATION, 2)),
        ("S1: p [1, 2]", (Fault.NO_CITATION, 1)),
        ("S1: p [from 1, 2]", (Fault.UNKNOWN_CITATION, 1)),
        ("S1: p [from P1 or P2]", (Fault.UNKNOWN_CITATION, 1)),
        ("S1: p [from Lemma 4]", (Fault.UNKNOWN_CITATION, 1)),
        ("S1: p [from P4]", (Fault.UNKNOWN_CITATION, 1)),
        ("S1: p [from P0]", (Fault.UNKNOWN_CITATION, 1)),
        ("S1: p [from P1]\nS2: q [from S0]", (Fault.UNKNOWN_CITATION, 2)),
        ("S1: p [from S1]", (Fault.SELF_CITATION, 1)),
        ("S1: p [from P1, S2]\nS2: q [from P2]", (Fault.FORWARD_CITATION, 1)),
        ("S1: p [P1]\nS1: q [P2]", (Fault.DUPLICATE_NAME, 2)),
        ("S2: p [P1]", (Fault.OUT_OF_ORDER, 1)),
        ("S0: p [P1]", (Fault.OUT_OF_ORDER, 1)),
        ("S1: p [P1]\nS3: q [P2]", (Fault.OUT_OF_ORDER, 2)),
        ("P1: p\nS1: p [P1]", (Fault.NOT_A_STEP, 1)),
        ("Premise 4: q [P1]", (Fault.NOT_A_STEP, 1)),
        ("S1: [P1]", (Fault.NOT_A_STEP, 1)),
        ("S1: p [P1]\nS2: " + "q" * MAX_LINE + " [P1]", (Fault.TOO_LONG, 2)),
        ("p [P1]\n" * MAX_CHARACTERS, (Fault.TOO_LONG, 1)),
        ("p [P1]\n" * (MAX_STEPS + 1), (Fault.TOO_MANY_STEPS, MAX_STEPS + 1)),
    ],
)
def test_the_first_fault(text, found):
    assert fault(text) == found


FORMULAS = st.sampled_from(["Good(bo)", "∀x (P(x) → Q(x))", "-p", "a = b", "p | q.", "L(P1, S2)"])
NAMES = st.sampled_from(["S{}: ", "{}. ", "({}) ", "Step {}: ", "- S{}: ", "**S{}:** ", ""])
ENDS = st.sampled_from(
    [
        (" [from {}]", ", "),
        (" [{}]", "; "),
        (" ({})", " and "),
        (" from {}", ", "),
        (" by {}.", " & "),
    ]
)


@st.composite
def proofs(draw):
    """A text with what it says."""
    lines, steps = [], []
    for number in range(1, draw(st.integers(1, 6)) + 1):
        formula, name, (end, joint) = draw(FORMULAS), draw(NAMES), draw(ENDS)
        known = [f"P{each}" for each in range(1, PREMISES + 1)]
        known += [f"S{each}" for each in range(1, number)]
        cited = draw(st.lists(st.sampled_from(known), min_size=1, max_size=4, unique=True))
        lines.append(name.format(number) + formula + end.format(joint.join(cited)))
        steps.append((formula, " ".join(cited)))
    return "\n".join(lines), steps


@given(proofs())
def test_what_is_written_is_read(proof):
    text, steps = proof
    assert shown(text) == steps


@given(st.lists(st.sampled_from("S1: |2. |[|]|(|)|from |by |P1|S1|, |\n|p|and |**|- ".split("|"))))
def test_any_text_is_answered(pieces):
    text = "".join(pieces)
    proof = read_proof(Answer(text, 0), PREMISES)
    assert bool(proof.steps) or proof.problem is not None
    for step in proof.steps:
        assert text[step.offset :].startswith(step.text)
        assert step.text.strip()
        assert all(1 <= each.number < step.number or each.is_premise for each in step.citations)


@pytest.mark.parametrize(
    "piece", ["\n", " ", "S1: ", "(", "[from P1]\n", "p [P1]\n", "by P1 ", "- ", "p - ", "P1,"]
)
def test_long_texts(piece):
    for prefix in ("", "S1: p [from "):
        text = (prefix + piece * MAX_CHARACTERS)[:MAX_CHARACTERS]
        assert read_proof(Answer(text, 0), PREMISES).problem is not None
