import json
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from verifier.v1 import common_pb2, scoring_pb2

from trainer_client.codec import (
    ERROR_CODES,
    VERDICTS,
    decode_result,
    encode_completion,
    encode_duration,
    encode_task,
)
from trainer_client.errors import MalformedReply
from trainer_client.results import Component, ScoreError, Timings
from verifier_server.contract import ErrorCode, Verdict

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3),
)  # fmt: skip


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), JSON, max_size=4))
def test_a_task_arrives_as_it_was(task: dict[str, object]) -> None:
    assert json.loads(encode_task(task)) == task
    backwards = dict(reversed(task.items()))
    assert encode_task(backwards) == encode_task(task) == encode_task(MappingProxyType(task))


def test_large_integers_and_other_scripts_survive() -> None:
    assert encode_task({"n": 2**53 + 1, "s": "é"}) == '{"n":9007199254740993,"s":"é"}'.encode()


@given(st.text(st.characters()))
def test_every_text_can_be_encoded(text: str) -> None:
    assert encode_completion(text).decode("utf-8", "surrogatepass") == text


@given(st.binary())
def test_bytes_are_not_touched(data: bytes) -> None:
    assert encode_completion(data) == encode_task(data) == data


@given(st.integers(0, 10**15))
def test_durations(nanos: int) -> None:
    assert abs(encode_duration(nanos / 1e9).ToNanoseconds() - nanos) <= 1


def test_names_are_the_servers() -> None:
    assert set(VERDICTS) == set(Verdict)
    assert set(ERROR_CODES) == set(ErrorCode)


def test_a_result_is_decoded_in_full() -> None:
    message = scoring_pb2.CompletionResult(
        score=scoring_pb2.Score(
            value=0.5,
            verdict=scoring_pb2.VERDICT_PARTIAL,
            reason="some",
            components=[
                scoring_pb2.Component(name="tests", value=0.5, weight=1, passed=1, total=2)
            ],
        ),
        diagnostics=scoring_pb2.Diagnostics(
            extracted="4", message="m", facts=[common_pb2.Fact(key="k", value="v")]
        ),
        timings=scoring_pb2.Timings(cpu=encode_duration(0.25)),
        attempts=2,
        deduplicated=True,
    )
    result = decode_result(message)
    assert result.score
    assert result.score.components == (Component("tests", 0.5, 1.0, 1, 2),)
    assert (result.diagnostics.extracted, result.diagnostics.facts) == ("4", (("k", "v"),))
    assert result.timings == Timings(0.0, 0.0, 0.25)
    assert (result.attempts, result.deduplicated, result.error) == (2, True, None)


def test_an_error_is_never_a_score() -> None:
    error = common_pb2.ScoreError(code=common_pb2.SCORE_ERROR_CODE_DEADLINE, retryable=True)
    result = decode_result(scoring_pb2.CompletionResult(error=error))
    assert result.score is None
    assert result.error == ScoreError("DEADLINE", "", "", retryable=True)
    with pytest.raises(MalformedReply):
        decode_result(scoring_pb2.CompletionResult(id="0.0"))
