import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.math.extract import NoAnswerError, extract
from verifier_server.verifiers.math.limits import MAX_ANSWER_BYTES


@pytest.mark.parametrize(
    ("completion", "text", "source"),
    [
        (r"so \boxed{42}.", "42", "box"),
        (r"\boxed{\frac{1}{\sqrt{2}}}", r"\frac{1}{\sqrt{2}}", "box"),
        (r"\boxed{\{1, 2\}}", r"\{1, 2\}", "box"),
        (r"\fbox{7}", "7", "box"),
        (r"\boxed {7}", "7", "box"),
        (r"\boxed{1 + x} and again \boxed{1+x}", "1+x", "box"),
        (r"The answer is 41. \boxed{42}", "42", "box"),
        (r"\boxed{42} The answer is 41.", "42", "box"),
        (r"<think>\boxed{41}</think>\boxed{42}", "42", "box"),
        (r"<think>a</think>\boxed{1}<think>b</think>\boxed{42}", "42", "box"),
        ("work\n#### 1,234", "1,234", "line"),
        ("#### 41\n#### 42", "42", "line"),
        ("Answer: 42", "42", "line"),
        ("**Answer:** 42", "42", "line"),
        ("Final answer: x = 5", "x = 5", "line"),
        ("The final answer is $\\frac{1}{2}$. I hope it is correct.", r"$\frac{1}{2}$", "line"),
        ("So we see that the answer is 3.5.", "3.5", "line"),
        ("Answer: 41\nno\nAnswer: 42", "42", "line"),
        ("2+2=4\nA: 4", "4", "line"),
        ("**Answer**: 42", "42", "line"),
        ("The correct answer is 42", "42", "line"),
        ("so the correct answer is 42.", "42", "line"),
        ("Options:\nA: 5\nB: 6\nAnswer: 6", "6", "line"),
        (r"\boxed{\boxed{42}}", "42", "box"),
        (r"\boxed{\boxed{1} + \boxed{2}}", r"\boxed{1} + \boxed{2}", "box"),
        ("42", "42", "bare"),
        ("</think> x = 5 ", "x = 5", "bare"),
    ],
)
def test_the_answer(completion: str, text: str, source: str) -> None:
    answer = extract(completion)
    assert (answer.text, answer.source) == (text, source)


@pytest.mark.parametrize(
    ("completion", "reason"),
    [
        ("", "no_answer"),
        ("I think\nit is 42", "no_answer"),
        ("word " * 100, "no_answer"),
        ("Options:\nA: 5\nB: 6", "no_answer"),
        ("**A:** 5\n**B:** 6", "no_answer"),
        (r"<think>\boxed{42}", "unfinished_reasoning"),
        (r"<think>a</think>b<think>\boxed{42}", "unfinished_reasoning"),
        (r"\boxed{41} or \boxed{42}", "multiple_answers"),
        (r"\boxed{42} or \boxed{42.0}", "multiple_answers"),
        (r"\boxed{42", "unclosed_box"),
        (r"\boxed{1}\boxed{2", "unclosed_box"),
        (r"\boxed{ }", "empty_answer"),
        (r"\boxed{" + "1" * (MAX_ANSWER_BYTES + 1) + "}", "too_long"),
        ("x" * (1 << 21), "too_long"),
    ],
)
def test_no_answer(completion: str, reason: str) -> None:
    with pytest.raises(NoAnswerError) as caught:
        extract(completion)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "completion",
    [
        r"\boxed{" * 50_000,
        r"\boxed{1} " * 50_000 + r"\boxed{2}",
        "x\nthe answer is" + " " * 500_000 + "\nx",
        "x\n#### " + " " * 500_000 + "\nx",
        "#" * 500_000 + "\n",
        "the " * 200_000,
        "answer" * 100_000,
        r"\boxed{" + "\\" * 500_000,
        "\n" * 500_000,
    ],
)
def test_floods_have_no_answer(completion: str) -> None:
    with pytest.raises(NoAnswerError):
        extract(completion)


@given(
    st.text() | st.lists(st.sampled_from(["\\boxed{", "}", "42", "Answer:", "\n", "#### ", " "]))
)
def test_any_text_has_one_answer_or_a_reason(completion: str | list[str]) -> None:
    try:
        answer = extract("".join(completion))
    except NoAnswerError:
        return
    assert answer.text
