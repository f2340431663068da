"""Scores cross from an untrusted worker as plain data, whole or not at all."""

from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.bounds import MAX_FACTS, MAX_FACTS_BYTES, MAX_TEXT_BYTES
from verifier_server.contract import Component, Diagnostics, ErrorCode, Score, Verdict
from verifier_server.plain import (
    MalformedAnswer,
    bounded,
    decode_score,
    decode_task_error,
    encode_score,
    encode_task_error,
)

PARTS = ("schema", "values")
texts = st.text(st.characters(codec="utf-8"), max_size=50)
slugs = st.from_regex(r"\A[a-z][a-z0-9_.-]{0,20}\Z")
facts = st.lists(st.tuples(slugs, texts), max_size=4).map(tuple)
unit = st.floats(0.0, 1.0)


@st.composite
def components(draw: st.DrawFn) -> Component:
    total = draw(st.integers(0, 100))
    passed = draw(st.integers(0, total))
    return Component(
        draw(st.sampled_from(PARTS)), draw(unit), draw(st.floats(0, 10)), passed, total
    )


@st.composite
def scores(draw: st.DrawFn) -> Score:
    verdict = draw(st.sampled_from(Verdict))
    value = draw(st.floats(0.0, 1.0, exclude_min=True, exclude_max=True))
    if verdict is Verdict.UNDECIDED:
        value = 0.0
    return Score(
        value,
        verdict is Verdict.CORRECT and draw(st.booleans()),
        verdict,
        draw(slugs),
        tuple(draw(st.lists(components(), max_size=3))),
        Diagnostics(draw(texts), draw(texts), draw(facts), draw(facts)),
    )


def crossed(score: Score) -> dict[str, Any]:
    plain: dict[str, Any] = msgpack.unpackb(msgpack.packb(encode_score(score)))
    return plain


@given(scores())
def test_round_trip(score: Score) -> None:
    assert decode_score(crossed(score), PARTS) == score


def test_counts_that_are_truth_values_become_numbers() -> None:
    """The wire takes no others, and an answer that it does not take would fail a whole call."""
    plain = crossed(Score(1.0, True, Verdict.CORRECT, "match", (Component("schema", 1.0),)))
    plain["components"][0][3:] = [True, True]
    (part,) = decode_score(plain, PARTS).components
    assert (type(part.passed), type(part.total)) == (int, int)


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=3000))
def test_bounded_text_is_short_valid_and_true(text: str) -> None:
    short = bounded(text)
    assert len(short.encode()) <= MAX_TEXT_BYTES
    repaired = "".join("\ufffd" if 0xD800 <= ord(c) <= 0xDFFF else c for c in text)
    if short != repaired:
        assert short.endswith("…")
        assert repaired.startswith(short.removesuffix("…"))
        assert len(repaired.encode()) > MAX_TEXT_BYTES


def test_long_and_many_facts_are_bounded() -> None:
    many = (("key", "v"),) * (MAX_FACTS + 5)
    score = Score(1.0, True, Verdict.CORRECT, "match", (), Diagnostics("x" * 5000, "\ud800", many))
    seen = decode_score(crossed(score), ()).diagnostics
    assert len(seen.facts) == MAX_FACTS
    assert len(seen.extracted.encode()) == MAX_TEXT_BYTES
    assert seen.message == "\ufffd"


def test_facts_are_cut_where_their_budget_ends() -> None:
    large = (("first", "v" * 1000), ("second", "é" * 1000), ("third", "v"))
    seen = Diagnostics(facts=large, privileged=large[:1])
    found = decode_score(
        crossed(Score(0.0, False, Verdict.INCORRECT, "x", diagnostics=seen)), ()
    ).diagnostics
    (first, second) = found.facts
    assert first == large[0]
    assert second[0] == "second"
    assert second[1].endswith("é…")
    assert sum(len(key) + len(value.encode()) + 8 for key, value in found.facts) <= MAX_FACTS_BYTES
    assert found.privileged == large[:1]


GOOD = encode_score(
    Score(1.0, True, Verdict.CORRECT, "match", (Component("schema", 1.0, 1.0, 1, 1),))
)


@pytest.mark.parametrize(
    "change",
    [
        {"value": 1.5},
        {"value": float("nan")},
        {"value": 1},
        {"value": None},
        {"passed": 1},
        {"verdict": "GOOD"},
        {"verdict": "INCORRECT"},
        {"verdict": "PARTIAL", "passed": False},
        {"verdict": "UNDECIDED", "passed": False},
        {"reason": ""},
        {"reason": "Not A Slug"},
        {"reason": "r" * 129},
        {"components": [["other", 1.0, 1.0, 1, 1]]},
        {"components": [["schema", 2.0, 1.0, 1, 1]]},
        {"components": [["schema", 1.0, float("inf"), 1, 1]]},
        {"components": [["schema", 1.0, 1.0, 2, 1]]},
        {"components": [["schema", 1.0]]},
        {"components": [["schema", 1.0, 1.0, 1, 1]] * 33},
        {"extracted": "x" * 1025},
        {"extracted": "\ud800"},
        {"message": b"bytes"},
        {"facts": [["key", "v"]] * 33},
        {"facts": [["key", "v" * 1000]] * 2},
        {"facts": [["Bad Key", "v"]]},
        {"privileged": [["key", 1]]},
        {"privileged": "text"},
    ],
)
def test_what_breaks_the_contract_is_no_score(change: dict[str, Any]) -> None:
    decode_score(GOOD, PARTS)
    with pytest.raises(MalformedAnswer):
        decode_score({**GOOD, **change}, PARTS)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_arbitrary_data_is_no_score(plain: object) -> None:
    with pytest.raises(MalformedAnswer):
        decode_score(plain, PARTS)
    with pytest.raises(MalformedAnswer):
        decode_task_error(plain)


def test_task_error_names_its_place_once() -> None:
    plain = encode_task_error("BAD_GROUND_TRUTH", "unparsable", "cannot be parsed", "/answer")
    error = decode_task_error(plain)
    assert (error.code, error.reason) == (ErrorCode.BAD_GROUND_TRUTH, "unparsable")
    assert error.message == "task/answer: cannot be parsed"
    named = encode_task_error("INVALID_TASK", "x", "task/answer: bad", "/answer")
    assert decode_task_error(named).message == "task/answer: bad"


def test_a_worker_cannot_claim_an_error_of_the_service() -> None:
    with pytest.raises(MalformedAnswer):
        decode_task_error(encode_task_error("SANDBOX_FAULT", "worker_lost", "retry me", ""))
