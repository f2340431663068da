from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.math.completion.boxes import MAX_BOXES
from verifier_server.verifiers.math.completion.extract import NoAnswerError, extract
from verifier_server.verifiers.math.completion.lines import stated
from verifier_server.verifiers.math.limits import MAX_ANSWER_BYTES


@pytest.mark.parametrize(
    ("completion", "text"),
    [
        (r"so \boxed{42}.", "42"),
        (r"\boxed{\frac{1}{\sqrt{2}}}", r"\frac{1}{\sqrt{2}}"),
        (r"\boxed{\{1, 2\}}", r"\{1, 2\}"),
        (r"\fbox{7}", "7"),
        (r"\boxed {7}", "7"),
        ("\\boxed\n{7}", "7"),
        (r"\boxed 42", "42"),
        (r"$\boxed 42$.", "42"),
        (r"\boxed\frac{1}{2}, so", r"\frac{1}{2}"),
        (r"\(\boxed 42\).", "42"),
        (r"\boxed $x + 1$", "x + 1"),
        (r"\\boxed{42}", "42"),
        (r"\\\boxed{42}", "42"),
        ("\x08oxed{42}", "42"),
        ("\x0cbox{42}", "42"),
        ("\x00\\boxed{42}", "42"),
        ("\\boxed{42}\ud800", "42"),
        (r"\boxed{\boxed{42}}", "42"),
        (r"\boxed{{42}}", "42"),
        (r"\boxed{{1}+{2}}", "{1}+{2}"),
        (r"\boxed{{\{1\}}}", r"\{1\}"),
        (r"\boxed{\boxed{1} + \boxed{2}}", r"\boxed{1} + \boxed{2}"),
        ("\\boxed{" + "{" * 5000 + "42" + "}" * 5000 + "}", "42"),
        (r"The answer is 41. \boxed{42}", "42"),
        (r"\boxed{42} The answer is 41.", "42"),
        (r"put it in \boxed notation: \boxed{42}", "42"),
        (r"put it in \boxed{}: \boxed{42}", "42"),
        (r"**\boxed{42}**", "42"),
        (r"(\boxed{A})", "A"),
        (r"- \boxed{42}", "42"),
        (r"\textcolor{red}{\boxed{42}}", "42"),
        (r"\frac12 = \boxed{0.5}", "0.5"),
        (r"\text{\boxed{yes}}", "yes"),
        (r"\boxed{185\} is it", "185"),
        (r"\boxed{\{1\}\}", r"\{1\}"),
        # What belongs to the number may stand behind the box.
        (r"\boxed{20}\%", r"20\%"),
        (r"$\boxed{20}$ percent of it", r"20\%"),
        (r"$\boxed{20}$ pct", r"20\%"),
        (r"\boxed{20\%} percent", r"20\%"),
        (r"\boxed{45}^\circ", r"45^\circ"),
        (r"\boxed{101}_2", "101_2"),
    ],
)
def test_a_box(completion: str, text: str) -> None:
    answer = extract(completion)
    assert (answer.text, answer.source) == (text, "box")
    assert extract(completion, "box") == answer


@pytest.mark.parametrize(
    ("completion", "text", "source"),
    [
        # Equal answers are one.
        (r"\boxed{1 + x} and again \boxed{1+x}", "1+x", "box"),
        (r"\boxed{0.5}. In other words: \boxed{\frac12}", r"\frac12", "box"),
        (r"\boxed{x = 5}. So the number is \boxed{5}", "5", "box"),
        (r"\boxed{\frac12} = \boxed{0.5}", "0.5", "box"),
        # A retraction.
        (r"\boxed{40} wait. \boxed{42}", "42", "box"),
        (r"\boxed{41}. Let me recheck that: \boxed{42}", "42", "box"),
        (r"\boxed{41}. Sorry, I made a mistake. \boxed{42}", "42", "box"),
        (r"\boxed{40} or \boxed{41}, no, \boxed{42}", "42", "box"),
        # One list.
        (r"\boxed{41} or \boxed{42}", "41, 42", "boxes"),
        (r"\boxed{1}\boxed{2}", "1, 2", "boxes"),
        (r"\(\boxed{5}\) and \(\boxed{-7}\).", "5, -7", "boxes"),
        (r"\boxed{1}, \boxed{2}, \boxed{1}", "1, 2", "boxes"),
        (r"\boxed{3} apples and \boxed{4} pears", "3, 4", "boxes"),
        (r"\boxed{3} for part (a) and \boxed{4}", "3, 4", "boxes"),
        (r"$x = \boxed{3}$ and $y_1 = \boxed{4}$", "x = 3, y_1 = 4", "boxes"),
        # Parts of the last one.
        (r"So \boxed{2} is one, \boxed{3} is the other: \boxed{2, 3}", "2, 3", "box"),
    ],
)
def test_several_boxes(completion: str, text: str, source: str) -> None:
    answer = extract(completion)
    assert (answer.text, answer.source) == (text, source)


@pytest.mark.parametrize(
    ("completion", "text"),
    [
        ("work\n#### 1,234", "1,234"),
        ("#### 41\n#### 42", "42"),
        ("#### 42 dollars. Done", "42 dollars"),
        ("Answer: 42", "42"),
        ("answer = 42", "42"),
        ("**Answer:** 42", "42"),
        ("**Answer**: 42", "42"),
        ("*Answer: 42*", "42"),
        ("> Answer: `42`", "42"),
        ("Final answer: x = 5", "x = 5"),
        ("Answer:\n42\nThank you", "42"),
        ("Answer:\n\n  42.", "42"),
        ("### Final Answer\n\n**42**", "42"),
        ("Answer \\[ \n 9 \n \\]", "\\[ \n 9 \n \\]"),
        ("Answer:\n$$\n9\n$$\nI hope it helps", "$$\n9\n$$"),
        ("The answer is \\(\n9\n\\)", "\\(\n9\n\\)"),
        ("The final answer is $\\frac{1}{2}$. I hope it is correct.", r"$\frac{1}{2}$"),
        ("The final answer is: $x. y$. I hope", "$x. y$"),
        ("So we see that the answer is 3.5.", "3.5"),
        ("The answer is 3:00 p.m. on Monday.", "3:00 p.m. on Monday"),
        ("The answer is 5 ft. 3 in.", "5 ft. 3 in."),
        ("The answer is $5. I hope so. Not $7.", "$5"),
        ("The answer is $6$ or $7$. I hope so", "$6$ or $7$"),
        ("The answer is (A).", "(A)"),
        ("The correct option is **(B)**.", "(B)"),
        ("The best answer is option C.", "C"),
        ("The odds are even. Answer: 1/2", "1/2"),
        ("Therefore the answer is -8", "-8"),
        ("The answer to the problem is therefore 42.", "42"),
        ("Answer: 41\nno\nAnswer: 42", "42"),
        ("The answer is 42. No wait, the answer is 41.", "41"),
        ("The answer is 42. I doubt that the answer is 41.", "42"),
        ("No doubt, the answer is 42.", "42"),
        ("2+2=4\nA: 4", "4"),
        ("The correct answer is 42", "42"),
        ("Options:\nA: 5\nB: 6\nAnswer: 6", "6"),
        ("Answer: 1. 2. 3.", "1. 2. 3"),
        ("The answer is 42. " + "x" * 500_000, "42"),
        ("Final Answer: The smallest $k$ is 56. I hope it is correct.", "56"),
        ("Answer: The volume of $ABCD$ is $12$.", "$12$"),
    ],
)
def test_an_answer_line(completion: str, text: str) -> None:
    answer = extract(completion)
    assert (answer.text, answer.source) == (text, "line")
    with pytest.raises(NoAnswerError):
        extract(completion, "box")


@pytest.mark.parametrize(
    ("completion", "text", "source"),
    [
        ("42", "42", "bare"),
        (" x = 5 ", "x = 5", "bare"),
        ("$$\n42\n$$", "$$ 42 $$", "bare"),
        (r"<think>\boxed{41}</think>\boxed{42}", "42", "box"),
        (r"<think>a</think>\boxed{1}<think>b</think>\boxed{42}", "42", "box"),
        (r"\boxed{41}</THINKING>\boxed{42}", "42", "box"),
        (r"<reasoning>\boxed{41}</reasoning>42", "42", "bare"),
        (r"<|begin_of_thought|>\boxed{41}<|end_of_thought|>#### 42", "42", "line"),
        (r"[THINK]\boxed{41}[/THINK]\boxed{42}", "42", "box"),
        ("\u25c1think\u25b7\\boxed{41}\u25c1/think\u25b7\\boxed{42}", "42", "box"),
        (r"\boxed{42}<|im_end|><|im_start|>user \boxed{43}", "42", "box"),
        (r"<|im_start|>assistant \boxed{42}</s>\boxed{43}", "42", "box"),
    ],
)
def test_reasoning_and_turns(completion: str, text: str, source: str) -> None:
    answer = extract(completion)
    assert (answer.text, answer.source) == (text, source)


@pytest.mark.parametrize(
    ("completion", "text"),
    [
        ("We find that $x < 3$.", "x < 3"),
        ("First $1$,\nthen \\(2\\), then \\[\n3\n\\] at last.", "3"),
        ("It is $42$", "42"),
    ],
)
def test_the_last_formula_where_the_task_allows_it(completion: str, text: str) -> None:
    answer = extract(completion, "math")
    assert (answer.text, answer.source) == (text, "math")


def test_what_begins_with_a_formula_is_taken_as_a_whole() -> None:
    answer = extract("$1$ and $2$", "math")
    assert (answer.text, answer.source) == ("$1$ and $2$", "bare")


@pytest.mark.parametrize("completion", ["It is $42$\nas I said", "no\nformula", "so\n$ 42"])
def test_no_last_formula(completion: str) -> None:
    with pytest.raises(NoAnswerError):
        extract(completion, "math")


@pytest.mark.parametrize(
    ("completion", "reason"),
    [
        ("", "no_answer"),
        ("I think\nit is 42", "no_answer"),
        ("word " * 100, "no_answer"),
        ("Options:\nA: 5\nB: 6", "no_answer"),
        ("**A:** 5\n**B:** 6", "no_answer"),
        ("Well\nif the answer is 42, then", "no_answer"),
        ("Well\nit is false that the answer is 42", "no_answer"),
        ("Well\nI don't think the answer is 42", "no_answer"),
        ("Well\nTwice the answer is 42", "no_answer"),
        ("Well\nOne more than the answer is 42", "no_answer"),
        ("Well\nThe opposite of the answer is 42", "no_answer"),
        ("Well\nNobody said that the answer is 42", "no_answer"),
        ("Well\nI don\u2019t think the answer is 42", "no_answer"),
        ("Well\nanswer:", "no_answer"),
        (r"42</think>", "no_answer"),
        (r"<think>\boxed{42}", "unfinished_reasoning"),
        (r"<think>a</think>b<think>\boxed{42}", "unfinished_reasoning"),
        (r"<THINK>\boxed{42}", "unfinished_reasoning"),
        (r"<think >\boxed{42}", "unfinished_reasoning"),
        (r"<|think|>\boxed{42}", "unfinished_reasoning"),
        (r"<thinking>\boxed{42}", "unfinished_reasoning"),
        (r"[THINK]\boxed{42}", "unfinished_reasoning"),
        (r"\boxed{41}. Then \boxed{42}", "multiple_answers"),
        (r"\boxed{41}" + " word" * 40 + r" and \boxed{42}", "multiple_answers"),
        (r"(a) \boxed{41} for the first part. (b) \boxed{42}", "multiple_answers"),
        (r"\boxed{1} is one of \boxed{2, 3}", "multiple_answers"),
        (r"\boxed{1} " * (MAX_BOXES + 1), "multiple_answers"),
        (r"\boxed{42", "unclosed_box"),
        (r"\boxed{1}\boxed{2", "unclosed_box"),
        (r"-\boxed{42}", "partial_box"),
        (r"\boxed{42}^2", "partial_box"),
        (r"1\boxed{42}", "partial_box"),
        (r"\boxed{4}2", "partial_box"),
        (r"2\cdot\boxed{42}", "partial_box"),
        (r"\sqrt{\boxed{42}}", "partial_box"),
        (r"x \ne \boxed{42}", "partial_box"),
        (r"\frac{1}{\boxed{42}}", "partial_box"),
        (r"\dfrac{\boxed{42}}{2}", "partial_box"),
        (r"\boxed{42}x", "partial_box"),
        (r"\boxed{42}\pi", "partial_box"),
        (r"\boxed{42} \cdot 2", "partial_box"),
        (r"\boxed{ }", "empty_answer"),
        (r"\boxed{" + "1" * (MAX_ANSWER_BYTES + 1) + "}", "too_long"),
        ("Answer: " + "1" * (MAX_ANSWER_BYTES + 1), "too_long"),
        ("x" * (1 << 21), "too_long"),
    ],
)
def test_no_answer(completion: str, reason: str) -> None:
    with pytest.raises(NoAnswerError) as caught:
        extract(completion)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The largest n is 34", "34"),
        ("So it is 34", "34"),
        ("There is no solution", "no solution"),
        ("The largest n is not 34", "The largest n is not 34"),
        ("It isn't 5", "It isn't 5"),
        ("The 3 is 5", "The 3 is 5"),
        ("34", "34"),
        ("x is 34", "x is 34"),
    ],
)
def test_what_a_sentence_states(text: str, said: str) -> None:
    assert stated(text) == said


def test_the_last_line_where_it_is_asked_for() -> None:
    answer = extract("First 41.\nThen I have 42 apples.\n\n", last_line=True)
    assert (answer.text, answer.source) == ("Then I have 42 apples.", "last_line")
    with pytest.raises(NoAnswerError):
        extract("First 41.\nThen I have 42 apples.", "box", last_line=True)


FLOOD_CHARS = 1 << 19
FLOODS = [
    r"\boxed{",
    r"\boxed{1} ",
    r"\boxed{1} or ",
    r"\boxed ",
    r"\boxed 1",
    "the answer is ",
    "the answer is \n",
    "if the answer is ",
    "answer\n",
    "answer",
    "final ",
    "the final ",
    "so, ",
    "#### \n",
    "#",
    "A: 1\n",
    "*",
    "> ",
    "$",
    "$ ",
    r"\( x = ",
    "Answer: \\( x \n",
    "ft. a ",
    ". ",
    "<think></think>",
    "<|im_end|>",
    "\\",
    "{",
    " ",
    "\n",
    "not ",
    "is ",
]


@pytest.mark.parametrize("flood", FLOODS)
def test_floods_come_to_an_end(flood: str) -> None:
    # A pattern that looked through the rest from every place would take hours.
    for start in ("", "Answer: ", r"\boxed{"):
        completion = start + flood * (FLOOD_CHARS // len(flood))
        with suppress(NoAnswerError):
            assert extract(completion, "math", last_line=True).text


@given(
    st.text() | st.lists(st.sampled_from(["\\boxed{", "}", "42", "Answer:", "\n", "#### ", " "]))
)
def test_any_text_has_one_answer_or_a_reason(completion: str | list[str]) -> None:
    try:
        answer = extract("".join(completion))
    except NoAnswerError:
        return
    assert answer.text


@given(st.text(), st.sampled_from(["", "\n", " so ", "$", "**", "</think>", "\n#### 7\n"]))
def test_a_box_is_found_behind_any_text_without_boxes(before: str, glue: str) -> None:
    if "think" not in before and "\\" not in before and "oxed" not in before:
        answer = extract(f"{before}{glue} \\boxed{{x+1}}")
        assert (answer.text, answer.source) == ("x+1", "box")


@pytest.mark.parametrize("line", ["x = 56/8 = 7", "7 -", "a^", "7"])
def test_a_box_on_a_line_of_its_own_is_no_part_of_the_line_before(line: str) -> None:
    for end in ("\n", "\n\n", "\r\n"):
        answer = extract(f"{line}{end}\\boxed{{7}}")
        assert (answer.text, answer.source) == ("7", "box")
