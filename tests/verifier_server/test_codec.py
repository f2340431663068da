"""Between messages and the server's own types."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from verifier.v1 import common_pb2, scoring_pb2

from tests.verifier_server.test_plain import scores
from verifier_server.codec import PRIVILEGED, duration_of, result_of, terms_of, work_of
from verifier_server.contract import (
    Component,
    Diagnostics,
    ErrorCode,
    Score,
    ScoreError,
    Verdict,
)
from verifier_server.groups import GroupJudged, Judged
from verifier_server.validation import seconds

ids = st.text(st.characters(codec="utf-8"), max_size=20)


@given(st.lists(st.tuples(st.binary(max_size=50), ids), max_size=5), st.binary(max_size=50))
def test_the_bytes_of_a_group_are_untouched(texts: list[tuple[bytes, str]], data: bytes) -> None:
    completions = [scoring_pb2.Completion(text=text, id=name) for text, name in texts]
    payload = common_pb2.Payload(data=data, media_type="application/json")
    sent = scoring_pb2.Group(id="g", verifier="v", task=payload, completions=completions)
    work = work_of(scoring_pb2.Group.FromString(sent.SerializeToString()), "groups[0]")
    assert work.completions == tuple(text for text, _ in texts)
    assert (work.task, work.verifier, work.path) == (data, "v", "groups[0]")
    assert work.size == len(data) + sum(len(text) for text, _ in texts)


errors = st.builds(ScoreError, st.sampled_from(ErrorCode), st.just("slug"), ids, st.booleans())


@given(st.lists(scores() | errors, min_size=1, max_size=4), ids)
def test_every_outcome_arrives_as_it_was(outcomes: list[Score | ScoreError], name: str) -> None:
    sent = scoring_pb2.Group(
        id=name, completions=[scoring_pb2.Completion(id=f"{i}") for i in range(len(outcomes))]
    )
    judged = GroupJudged(tuple(Judged(each, 0.5, 0.25, 0.125, 2) for each in outcomes), None, "d")
    data = result_of(sent, judged, PRIVILEGED).SerializeToString()
    result = scoring_pb2.GroupResult.FromString(data)
    assert (result.id, result.revision_digest) == (name, "d")
    for index, (outcome, found) in enumerate(zip(outcomes, result.results, strict=True)):
        assert (found.id, found.attempts) == (f"{index}", 2)
        assert seconds(found.timings.cpu) == 0.125
        match outcome:
            case Score():
                assert read_score(found) == disclosed(outcome)
            case ScoreError():
                assert read_error(found.error) == outcome
                assert not found.HasField("score")


def disclosed(score: Score) -> Score:
    """As the privileged view shows it: one list of facts."""
    seen = score.diagnostics
    return replace(
        score, diagnostics=replace(seen, facts=seen.facts + seen.privileged, privileged=())
    )


def read_error(error: common_pb2.ScoreError) -> ScoreError:
    code = common_pb2.ScoreErrorCode.Name(error.code).removeprefix("SCORE_ERROR_CODE_")
    return ScoreError(ErrorCode(code), error.reason, error.message, error.retryable)


def read_score(result: scoring_pb2.CompletionResult) -> Score:
    score, seen = result.score, result.diagnostics
    facts = tuple((fact.key, fact.value) for fact in seen.facts)
    parts = ((p.name, p.value, p.weight, p.passed, p.total) for p in score.components)
    verdict = Verdict(scoring_pb2.Verdict.Name(score.verdict).removeprefix("VERDICT_"))
    return Score(
        score.value,
        score.passed,
        verdict,
        score.reason,
        tuple(Component(*part) for part in parts),
        Diagnostics(seen.extracted, seen.message, facts),
    )


def test_every_verdict_and_error_is_on_the_wire() -> None:
    assert {f"VERDICT_{each}" for each in Verdict} == set(scoring_pb2.Verdict.keys()[1:])
    codes = {f"SCORE_ERROR_CODE_{each}" for each in ErrorCode}
    assert codes == set(common_pb2.ScoreErrorCode.keys()[1:])


@given(st.integers(0, 10**15))
def test_durations_are_exact_to_the_nanosecond(nanos: int) -> None:
    assert abs(duration_of(nanos / 1e9).ToNanoseconds() - nanos) <= 1


def test_unset_options_are_the_defaults() -> None:
    terms = terms_of(scoring_pb2.ScoreOptions())
    assert (terms.cpu_limit_s, terms.fairness_key, terms.pins) == (None, "", {})
