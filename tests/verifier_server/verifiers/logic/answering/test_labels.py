"""Which answers are labels, and which only look like them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.logic.answering.block import NoAnswerError
from verifier_server.verifiers.logic.answering.labels import WORDS, Label, check_words, one_label


def block(text):
    return f"Thus.\n<answer>{text}</answer>"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("True", Label.TRUE),
        (" TRUE. ", Label.TRUE),
        ("yes", Label.TRUE),
        ("Entailed", Label.TRUE),
        ("**True**", Label.TRUE),
        ('"True."', Label.TRUE),
        ("\u201cTrue\u201d", Label.TRUE),
        (r"\boxed{True}", Label.TRUE),
        (r"$\boxed{\text{True}}$", Label.TRUE),
        ("```\nTrue\n```", Label.TRUE),
        ("The answer is True.", Label.TRUE),
        ("The conclusion is: true", Label.TRUE),
        ("False", Label.FALSE),
        ("no", Label.FALSE),
        ("Label: False", Label.FALSE),
        ("Therefore, the statement is false.", Label.FALSE),
        ("Uncertain", Label.UNCERTAIN),
        ("unknown", Label.UNCERTAIN),
        ("Undetermined", Label.UNCERTAIN),
        ("cannot be determined", Label.UNCERTAIN),
        ("It can\u2019t be determined.", Label.UNCERTAIN),
        ("The conclusion cannot be determined", Label.UNCERTAIN),
        ("Neither", Label.UNCERTAIN),
    ],
)
def test_labels(text, label):
    assert one_label(block(text))[0] is label


@pytest.mark.parametrize(
    "text",
    [
        "True or False",
        "True/False",
        "True, False",
        "True\nFalse",
        "True True",
        "not True",
        "It is not true.",
        "True, because the premises say so",
        "maybe",
        "probably true",
        "True?",
        "True or Uncertain",
        "the",
        ".",
        "The answer is",
        r"\boxed{}",
        "T\u0433ue",
        "Tr\u200bue",
        "True" + " " * 300 + "x",
        "true" * 100_000,
    ],
)
def test_hedges_and_other_texts_are_none(text):
    with pytest.raises(NoAnswerError) as caught:
        one_label(block(text))
    assert caught.value.reason == "no_answer"


def test_blocks_that_say_the_same_label_are_one():
    assert one_label(block("True") + block("the answer is true."))[0] is Label.TRUE
    assert one_label(block("unknown") + block("Uncertain"))[0] is Label.UNCERTAIN


@pytest.mark.parametrize("other", ["False", "Uncertain", "perhaps"])
def test_blocks_that_differ_are_several(other):
    with pytest.raises(NoAnswerError) as caught:
        one_label(block("True") + block(other))
    assert caught.value.reason == "multiple_answers"


def test_a_task_with_words_of_its_own_takes_no_others():
    words = ("A", "B", "not given")
    assert one_label(block("a."), words)[0] is Label.TRUE
    assert one_label(block("Answer: B"), words)[0] is Label.FALSE
    assert one_label(block("Not  Given"), words)[0] is Label.UNCERTAIN
    with pytest.raises(NoAnswerError):
        one_label(block("True"), words)


def test_words_of_a_task_must_differ_and_be_plain():
    assert check_words(("A", "B", "C")) == ""
    assert check_words(("Ja", "Nein", "Weder noch")) == ""
    assert check_words(("true", "True", "C"))
    for word in ("", " ", "*", "yes.", "x" * 100, "the answer is c"):
        assert check_words((word, "B", "A"))


def test_every_synonym_is_read_and_no_two_together():
    for word, label in WORDS.items():
        assert one_label(block(word.upper()))[0] is label


@given(st.sampled_from(sorted(WORDS)), st.sampled_from(sorted(WORDS)))
def test_two_words_are_no_label(one, other):
    for joint in (" or ", ", ", "/", " and "):
        with pytest.raises(NoAnswerError):
            one_label(block(one + joint + other))
