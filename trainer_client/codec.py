"""Between the client's types and the messages of `verifier.v1`.

Promises: no completion text can fail the encoding; a task goes out as the JSON it
is or not at all; a reply whose counts, order, names or numbers are not what the
protocol says raises `MalformedReply`, so that nothing is ever guessed into a
reward.

Does not cover: how a request is cut into calls (`batch.py`).
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf.duration_pb2 import Duration
from verifier.v1 import common_pb2, registry_pb2, scoring_pb2

from trainer_client.errors import MalformedReply
from trainer_client.results import (
    CompletionResult,
    Component,
    Diagnostics,
    Score,
    ScoreError,
    ServerInfo,
    Timings,
    VerifierInfo,
    View,
)

_VIEWS = {
    View.NONE: scoring_pb2.DIAGNOSTICS_VIEW_NONE,
    View.SUMMARY: scoring_pb2.DIAGNOSTICS_VIEW_SUMMARY,
    View.PRIVILEGED: scoring_pb2.DIAGNOSTICS_VIEW_PRIVILEGED,
}
_VERDICTS = {
    number: name.removeprefix("VERDICT_")
    for name, number in scoring_pb2.Verdict.items()
    if number != scoring_pb2.VERDICT_UNSPECIFIED
}
_ERROR_CODES = {
    number: name.removeprefix("SCORE_ERROR_CODE_")
    for name, number in common_pb2.ScoreErrorCode.items()
    if number != common_pb2.SCORE_ERROR_CODE_UNSPECIFIED
}
VERDICTS = tuple(_VERDICTS.values())
ERROR_CODES = tuple(_ERROR_CODES.values())


def encode_task(task: Mapping[str, Any] | bytes) -> bytes:
    """JSON as UTF-8 bytes with sorted keys; bytes are taken as JSON and not touched.

    Raises:
        ValueError: NaN, an infinity, a lone surrogate or a cycle, none of which
            JSON in UTF-8 can hold.
        TypeError: a value that is not JSON, such as a set or a tensor.
    """
    if isinstance(task, bytes):
        return task
    text = json.dumps(
        dict(task), allow_nan=False, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return text.encode("utf-8")


def encode_completion(completion: str | bytes) -> bytes:
    """The text's bytes. A lone surrogate, which UTF-8 has no form for, is passed through.

    Raises:
        TypeError: neither text nor bytes.
    """
    if isinstance(completion, bytes):
        return completion
    if not isinstance(completion, str):
        raise TypeError(f"a completion is text or bytes, not {type(completion).__name__}")
    return completion.encode("utf-8", "surrogatepass")


def encode_duration(seconds: float) -> Duration:
    """A duration of `seconds`, to the nanosecond."""
    nanos = round(seconds * 1e9)
    return Duration(seconds=nanos // 10**9, nanos=nanos % 10**9)


def encode_options(
    *,
    view: View | str,
    cpu_limit_s: float | None,
    fairness_key: str,
    pins: Mapping[str, str],
) -> scoring_pb2.ScoreOptions:
    """The options of a call. `pins` maps a verifier's name to its digest."""
    return scoring_pb2.ScoreOptions(
        diagnostics_view=_VIEWS[View(view)],
        cpu_limit=None if cpu_limit_s is None else encode_duration(cpu_limit_s),
        fairness_key=fairness_key,
        pins=[
            scoring_pb2.RevisionPin(verifier=name, digest=digest) for name, digest in pins.items()
        ],
    )


def decode_result(result: scoring_pb2.CompletionResult) -> CompletionResult:
    """One result.

    Raises:
        MalformedReply: neither judged nor not judged, or not well-formed.
    """
    kind = result.WhichOneof("outcome")
    if kind is None:
        raise MalformedReply(f"result {result.id!r} holds neither a score nor an error")
    return CompletionResult(
        outcome=_decode_score(result.score) if kind == "score" else decode_error(result.error),
        diagnostics=Diagnostics(
            result.diagnostics.extracted,
            result.diagnostics.message,
            _facts(result.diagnostics.facts),
        ),
        timings=_decode_timings(result.timings) if result.HasField("timings") else None,
        attempts=result.attempts,
        deduplicated=result.deduplicated,
    )


def _decode_score(score: scoring_pb2.Score) -> Score:
    verdict = _VERDICTS.get(score.verdict)
    if verdict is None:
        raise MalformedReply(
            f"unknown verdict {score.verdict}: the server is of another version than this client"
        )
    if not 0.0 <= score.value <= 1.0:  # also refuses NaN
        raise MalformedReply(f"a score's value must be in [0,1], not {score.value!r}")
    if score.passed and verdict != "CORRECT":
        raise MalformedReply(f"a completion passed with verdict {verdict}")
    components = tuple(
        Component(each.name, each.value, each.weight, each.passed, each.total)
        for each in score.components
    )
    return Score(score.value, score.passed, verdict, score.reason, components)


def decode_error(error: common_pb2.ScoreError) -> ScoreError:
    """One `ScoreError`.

    Raises:
        MalformedReply: its code is not set or not known.
    """
    code = _ERROR_CODES.get(error.code)
    if code is None:
        raise MalformedReply(
            f"unknown error code {error.code}: the server is of another version than this client"
        )
    return ScoreError(code, error.reason, error.message, error.retryable)


def _decode_timings(timings: scoring_pb2.Timings) -> Timings:
    return Timings(_seconds(timings.queue), _seconds(timings.execute), _seconds(timings.cpu))


def decode_verifier(verifier: registry_pb2.Verifier) -> VerifierInfo:
    """One verifier's description."""
    revision = verifier.revision
    return VerifierInfo(
        name=verifier.name,
        description=verifier.description,
        digest=revision.digest,
        version=revision.version,
        task_schema=revision.task_schema,
        components=tuple(revision.components),
        default_cpu_limit_s=_seconds(revision.default_cpu_limit),
        max_cpu_limit_s=_seconds(revision.max_cpu_limit),
        libraries=_facts(revision.libraries),
    )


def decode_server_info(info: registry_pb2.GetServerInfoResponse) -> ServerInfo:
    """The server's description."""
    return ServerInfo(
        version=info.version,
        server_id=info.server_id,
        sandbox=info.sandbox,
        workers=info.workers,
        max_request_bytes=info.max_request_bytes,
        max_groups=info.max_groups,
        max_completions=info.max_completions,
        max_completion_bytes=info.max_completion_bytes,
        max_task_bytes=info.max_task_bytes,
        versions=_facts(info.versions),
    )


def _facts(facts: Iterable[common_pb2.Fact]) -> tuple[tuple[str, str], ...]:
    return tuple((fact.key, fact.value) for fact in facts)


def _seconds(duration: Duration) -> float:
    return duration.seconds + duration.nanos / 1e9
