"""Which part of a completion is its answer: by position and markup, and nothing else."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.logic.answering.block import (
    MAX_BLOCKS,
    MAX_CHARACTERS,
    NoAnswerError,
    one_answer,
)

FENCE = "```"


@pytest.mark.parametrize(
    ("completion", "text"),
    [
        ("<answer>p</answer>", "p"),
        ("So it is.\n<ANSWER>\n p \n</Answer> Done.", "p"),
        ("< answer >p< / answer >", "p"),
        ("<think>It is <answer>q</answer></think><answer>p</answer>", "p"),
        ("reasoning <answer>q</answer></think> so <answer>p</answer>", "p"),
        ("[THINK]<answer>[/THINK]<answer>p</answer>", "p"),
        ("<answer>p</answer><|im_end|><answer>q</answer>", "p"),
        ("<|im_start|>\n<answer>p</answer><|im_end|>", "p"),
        ("<answer>p</answer> that is <answer> p\n</answer>", "p"),
        ("I give it as <answer></answer>: <answer>p</answer>", "p"),
        ("I give it between `<answer>` and `</answer>`: <answer>p</answer>", "p"),
        ("`<answer>p</answer>`", "p"),
        (f"<answer>{FENCE}\np & q\n{FENCE}</answer>", "p & q"),
        (f"<answer>\n{FENCE}fol\np\nq\n{FENCE}\n</answer>", "p\nq"),
        ("<answer>`p`</answer>", "p"),
        (f"<answer>{FENCE}p{FENCE}</answer>", "p"),
        ("<answer>`p` and `q`</answer>", "`p` and `q`"),
        (
            f"<answer>{FENCE}\np\n{FENCE}\n{FENCE}\nq\n{FENCE}</answer>",
            f"{FENCE}\np\n{FENCE}\n{FENCE}\nq\n{FENCE}",
        ),
        ("<answer>~~~P</answer>", "~~~P"),
        (f"<answer>{FENCE}</answer>", FENCE),
    ],
)
def test_the_answer_of_a_completion(completion, text):
    answer = one_answer(completion)
    assert answer.text == text
    assert completion[answer.offset :].startswith(text)


@pytest.mark.parametrize(
    ("completion", "reason"),
    [
        ("", "no_answer"),
        ("p", "no_answer"),
        ("<answer>p", "no_answer"),
        ("p</answer>", "no_answer"),
        ("<answer></answer>", "no_answer"),
        ("<answer> \n</answer>", "no_answer"),
        (f"<answer>{FENCE}\n\n{FENCE}</answer>", "no_answer"),
        ("<answer>p</answer><answer>", "no_answer"),
        ("<answer>p</answer></answer>", "no_answer"),
        ("<answer><answer>p</answer></answer>", "no_answer"),
        ("<think><answer>p</answer>", "no_answer"),
        ("<answer>p</answer><think>or not", "no_answer"),
        ("<think><answer>p</answer></think>", "no_answer"),
        ("<answer>p</answer></think>", "no_answer"),
        ("thinking<|im_end|><answer>p</answer>", "no_answer"),
        ("`<answer>`p`</answer>`", "no_answer"),
        ("<answer>p</answer><answer>q</answer>", "multiple_answers"),
        ("<answer>p</answer><answer>q</answer><answer>p</answer>", "multiple_answers"),
        ("<answer>p</answer>" * (MAX_BLOCKS + 1), "multiple_answers"),
        ("<answer>p</answer>" + " " * MAX_CHARACTERS, "no_answer"),
    ],
)
def test_without_one_answer(completion, reason):
    with pytest.raises(NoAnswerError) as caught:
        one_answer(completion)
    assert caught.value.reason == reason


def test_sameness_is_the_callers():
    completion = "<answer>Yes</answer><answer>YES</answer>"
    assert one_answer(completion, str.casefold).text == "YES"
    with pytest.raises(NoAnswerError):
        one_answer(completion)


@given(st.text(alphabet="pq &~\n\u2200\u00e9", min_size=1).filter(str.strip), st.text("ab \n"))
def test_what_is_inside_is_unchanged(content, around):
    completion = f"{around}<answer>{content}</answer>{around}"
    answer = one_answer(completion)
    assert answer.text == content.strip()
    assert completion[answer.offset :].startswith(answer.text)


PIECES = ["<answer>", "</answer>", "`", FENCE, "\n", " ", "p", "<think>", "</think>", "</s>"]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_markup_is_answered(completion):
    try:
        answer = one_answer(completion)
    except NoAnswerError:
        return
    assert answer.text == answer.text.strip() != ""
    assert completion[answer.offset :].startswith(answer.text)


@pytest.mark.parametrize(
    "piece", ["<answer>", "</answer>", "`", "```\n", " ", "\n", "<", "[THINK]"]
)
def test_a_million_characters(piece):
    inside = piece * (1_000_000 // len(piece))
    with contextlib.suppress(NoAnswerError):
        one_answer(inside)
    with contextlib.suppress(NoAnswerError):
        one_answer(f"<answer>{inside}</answer>")
