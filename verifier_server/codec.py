"""Between the messages of verifier.v1 and the server's own types.

Promises: a request keeps its bytes untouched; a result carries what its
diagnostics view asks for and no more, so that ground truth leaves the server
only in the privileged view.

Does not cover: checking requests (`validation.py`).
"""

from collections.abc import Iterable, Iterator

from google.protobuf.duration_pb2 import Duration
from verifier.v1 import common_pb2, registry_pb2, scoring_pb2

from verifier_server.contract import ErrorCode, Score, ScoreError, Verdict
from verifier_server.groups import GroupJudged, Judged, Terms, Work
from verifier_server.plain import bounded
from verifier_server.registry import Revision
from verifier_server.validation import seconds

NONE = scoring_pb2.DIAGNOSTICS_VIEW_NONE
SUMMARY = scoring_pb2.DIAGNOSTICS_VIEW_SUMMARY
PRIVILEGED = scoring_pb2.DIAGNOSTICS_VIEW_PRIVILEGED

# Enum fields take the name of a value; the wire has its number.
_VERDICTS = {each: f"VERDICT_{each}" for each in Verdict}
_ERRORS = {each: f"SCORE_ERROR_CODE_{each}" for each in ErrorCode}


def terms_of(options: scoring_pb2.ScoreOptions) -> Terms:
    """Checked options."""
    limit = seconds(options.cpu_limit) if options.HasField("cpu_limit") else None
    pins = {pin.verifier: pin.digest for pin in options.pins}
    return Terms(limit, options.fairness_key, pins)


def view_of(options: scoring_pb2.ScoreOptions) -> scoring_pb2.DiagnosticsView:
    """The view to answer with; unset is SUMMARY."""
    return options.diagnostics_view or SUMMARY


def work_of(group: scoring_pb2.Group, path: str) -> Work:
    """A checked group; `path` is its place in the request."""
    texts = tuple(completion.text for completion in group.completions)
    return Work(group.verifier, group.task.data, group.task.media_type, texts, path)


def result_of(
    group: scoring_pb2.Group, judged: GroupJudged, view: scoring_pb2.DiagnosticsView
) -> scoring_pb2.GroupResult:
    """The answer to `group`."""
    pairs = zip(group.completions, judged.results, strict=True)
    return scoring_pb2.GroupResult(
        id=group.id,
        results=[_completion_result(sent.id, each, view) for sent, each in pairs],
        error=None if judged.error is None else _error(judged.error),
        revision_digest=judged.revision_digest,
    )


def verifier_of(revision: Revision) -> registry_pb2.Verifier:
    """What the registry tells of a verifier."""
    manifest = revision.manifest
    return registry_pb2.Verifier(
        name=manifest.name,
        description=manifest.description,
        revision=registry_pb2.Revision(
            digest=revision.digest,
            version=manifest.version,
            task_schema=revision.task_schema,
            components=manifest.components,
            default_cpu_limit=duration_of(manifest.default_cpu_s),
            max_cpu_limit=duration_of(manifest.max_cpu_s),
            libraries=facts_of(revision.libraries),
        ),
    )


def facts_of(pairs: Iterable[tuple[str, str]]) -> Iterator[common_pb2.Fact]:
    """Keys and values as messages."""
    return (common_pb2.Fact(key=key, value=value) for key, value in pairs)


def duration_of(value: float) -> Duration:
    """Seconds as a message, to the nanosecond."""
    whole, nanos = divmod(round(value * 1e9), 10**9)
    return Duration(seconds=whole, nanos=nanos)


def _completion_result(
    identifier: str, judged: Judged, view: scoring_pb2.DiagnosticsView
) -> scoring_pb2.CompletionResult:
    result = scoring_pb2.CompletionResult(
        id=identifier, attempts=judged.attempts, deduplicated=judged.deduplicated
    )
    match judged.outcome:
        case Score() as score:
            result.score.CopyFrom(_score(score))
            if view != NONE:
                result.diagnostics.CopyFrom(_diagnostics(score, view))
        case ScoreError() as error:
            result.error.CopyFrom(_error(error))
    if view != NONE:
        result.timings.queue.CopyFrom(duration_of(judged.queue_s))
        result.timings.execute.CopyFrom(duration_of(judged.execute_s))
        result.timings.cpu.CopyFrom(duration_of(judged.cpu_s))
    return result


def _score(score: Score) -> scoring_pb2.Score:
    return scoring_pb2.Score(
        value=score.value,
        passed=score.passed,
        verdict=_VERDICTS[score.verdict],
        reason=score.reason,
        components=[
            scoring_pb2.Component(
                name=part.name,
                value=part.value,
                weight=part.weight,
                passed=part.passed,
                total=part.total,
            )
            for part in score.components
        ],
    )


def _diagnostics(score: Score, view: scoring_pb2.DiagnosticsView) -> scoring_pb2.Diagnostics:
    seen = score.diagnostics
    facts = seen.facts + seen.privileged if view == PRIVILEGED else seen.facts
    return scoring_pb2.Diagnostics(
        extracted=seen.extracted, message=seen.message, facts=facts_of(facts)
    )


def _error(error: ScoreError) -> common_pb2.ScoreError:
    return common_pb2.ScoreError(
        code=_ERRORS[error.code],
        reason=error.reason,
        message=bounded(error.message),
        retryable=error.retryable,
    )
