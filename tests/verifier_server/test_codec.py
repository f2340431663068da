"""Between messages and the server's own types."""

from collections.abc import Iterator
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from verifier.v1 import common_pb2, scoring_pb2

from tests.verifier_server.test_plain import scores
from verifier_server import bounds
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
from verifier_server.plain import decode_score, encode_score
from verifier_server.validation import seconds
from verifier_server.verifiers import BUILTIN

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


# No verifier's component has a longer name; see the test below.
LONGEST_COMPONENT = 32


def largest_results() -> Iterator[tuple[Judged, "scoring_pb2.DiagnosticsView"]]:
    """What the largest answer to one completion can be, as decoded from a worker."""
    name = "c" * LONGEST_COMPONENT
    facts = tuple((f"{'k' * 62}{i % 10}", "é" * bounds.MAX_TEXT_BYTES) for i in range(99))
    for text in ("é" * 5000, "x" * 5000):
        score = Score(
            1.0,
            True,
            Verdict.CORRECT,
            "r" * bounds.MAX_REASON_CHARS,
            (Component(name, 1.0, 0.3, 2**31 - 1, 2**31 - 1),) * bounds.MAX_COMPONENTS,
            Diagnostics(text, text, facts, facts),
        )
        small = replace(
            score.diagnostics, facts=(("k" * 63, ""),) * 99, privileged=(("k" * 63, ""),) * 99
        )
        error = ScoreError(
            ErrorCode.OVERLOADED, "r" * bounds.MAX_REASON_CHARS, text, retryable=True
        )
        for diagnostics in (score.diagnostics, small):
            plain = encode_score(replace(score, diagnostics=diagnostics))
            yield (
                Judged(decode_score(plain, (name,)), 86399.9, 86399.9, 86399.9, 99, True),
                PRIVILEGED,
            )
        yield Judged(error, 86399.9, 86399.9, 86399.9, 99, True), PRIVILEGED


def test_the_largest_answer_to_an_accepted_batch_can_be_sent() -> None:
    """A batch that is judged and then cannot be sent would be judged again and again."""
    sent = scoring_pb2.Completion(id="i" * bounds.MAX_ID_BYTES)
    error = ScoreError(ErrorCode.OVERLOADED, "r" * bounds.MAX_REASON_CHARS, "x" * 5000)
    for judged, view in largest_results():
        shared = scoring_pb2.Group(id="i" * bounds.MAX_ID_BYTES)
        alone = result_of(shared, GroupJudged((), error, "sha256:" + "0" * 64), view).ByteSize()
        shared.completions.append(sent)
        whole = result_of(shared, GroupJudged((judged,), error, "sha256:" + "0" * 64), view)
        one = whole.ByteSize() - alone
        group_bytes = alone + 8  # its tag and length
        assert one * bounds.MAX_COMPLETIONS + group_bytes <= bounds.MAX_STREAM_MESSAGE_BYTES
        total = one * bounds.MAX_BATCH_COMPLETIONS + group_bytes * bounds.MAX_GROUPS
        assert total <= bounds.MAX_RESPONSE_BYTES


def test_components_of_the_built_in_verifiers_are_within_that() -> None:
    for manifest in BUILTIN:
        assert len(manifest.components) <= bounds.MAX_COMPONENTS
        assert max(len(each.encode()) for each in manifest.components) <= LONGEST_COMPONENT
