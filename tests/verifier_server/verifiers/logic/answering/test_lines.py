"""One formula asked: which texts give one, and which several."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.logic.answering.block import Answer, NoAnswerError
from verifier_server.verifiers.logic.answering.lines import one_formula


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("Good(bo)", "Good(bo)"),
        ("Good(bo).", "Good(bo)."),
        ("\n Good(bo)\n\n", "Good(bo)"),
        ("Good(bo)\n\nGood(bo)", "Good(bo)"),
        ("∀x (Good(x) →\n   Bad(x))", "∀x (Good(x) →\n   Bad(x))"),
        ("Good(bo)\n∧ Bad(bo)", "Good(bo)\n∧ Bad(bo)"),
        ("Good(bo) ->\nBad(bo)", "Good(bo) ->\nBad(bo)"),
        ("Good(bo) and\n\nBad(bo)", "Good(bo) and\n\nBad(bo)"),
        ("p \\rightarrow\nq", "p \\rightarrow\nq"),
        ("p\n\\lor q", "p\n\\lor q"),
        ("![X,\nY]: p(X,Y)", "![X,\nY]: p(X,Y)"),
        ("$$\n p \\land q\n$$", "p \\land q"),
        ("\\[\n p\n\\]", "p"),
        ("$p \\; \\land q$", "p \\; \\land q"),
        ("$p$ and $q$", "$p$ and $q$"),
        ("\\(p\\) \\to \\(q\\)", "\\(p\\) \\to \\(q\\)"),
        ("**Good(bo)**", "Good(bo)"),
        ("**p** and **q**", "**p** and **q**"),
        ("**Conclusion:** **Good(bo)**", "Good(bo)"),
        ("\\boxed{p \\land \\text{q}}", "p \\land \\text{q}"),
        ("$\\boxed{ p }$", "p"),
        ("Therefore:\n$$\n\\boxed{p}\n$$", "p"),
        ("\\boxed{p} \\land \\text{q}", "\\boxed{p} \\land \\text{q}"),
        ("\\boxed{p", "\\boxed{p"),
        ("Conclusion: Good(bo)", "Good(bo)"),
        ("Conclusion:\nGood(bo)", "Good(bo)"),
        ("**Conclusion:** Good(bo)", "Good(bo)"),
        ("Therefore, Good(bo)", "Good(bo)"),
        ("Hence,\nGood(bo)", "Good(bo)"),
        ("∴ Good(bo)", "Good(bo)"),
        ("So(x)", "So(x)"),
        ("Answer(x)", "Answer(x)"),
        ("orange(bo)\nand good(bo)", "orange(bo)\nand good(bo)"),
    ],
)
def test_one_formula(text, formula):
    found = one_formula(Answer(text, 7))
    assert found.text == formula
    assert text[found.offset - 7 :].startswith(formula)


@pytest.mark.parametrize(
    "text",
    [
        "Good(bo)\nBad(bo)",
        "Good(bo); Bad(bo)",
        "Good(bo)\n¬Bad(bo)",
        "Good(bo)\n-Bad(bo)",
        "Good(bo)\n~Bad(bo)",
        "Good(bo),\nBad(bo)",
        "Good(bo)\norange(bo)",
        "candor\np",
        "Good(bo)\nas required",
        "Good(bo))\nBad(bo)",
    ],
)
def test_several(text):
    with pytest.raises(NoAnswerError) as caught:
        one_formula(Answer(text, 0))
    assert caught.value.reason == "multiple_answers"


def test_more_lines_than_any_formula_has():
    with pytest.raises(NoAnswerError) as caught:
        one_formula(Answer("\n".join(f"p{number}" for number in range(2_000)), 0))
    assert caught.value.reason == "multiple_answers"


@pytest.mark.parametrize("text", [";", ";;\n", "Conclusion:", "∴"])
def test_none(text):
    with pytest.raises(NoAnswerError) as caught:
        one_formula(Answer(text, 0))
    assert caught.value.reason == "no_answer"


@given(st.lists(st.sampled_from(["Good(bo)", "¬p", "(p → q)", "all x. P(x)"]), min_size=1))
def test_lines_are_one_formula_only_if_they_are_the_same(lines):
    answer = Answer("\n".join(lines), 0)
    if len(set(lines)) == 1:
        assert one_formula(answer).text == lines[0]
    else:
        with pytest.raises(NoAnswerError):
            one_formula(answer)


@pytest.mark.parametrize("piece", ["\n", " ", "(", ")", "p\n", "p ∧\n", "\\", ";", "p\n∧"])
def test_a_million_characters(piece):
    text = piece * (1_000_000 // len(piece))
    with contextlib.suppress(NoAnswerError):
        assert one_formula(Answer(text, 0)).text
