"""Requests as bytes to requests that can be worked on.

Promises: bytes that are no message, and every field that is out of bounds, end
in `InvalidRequest`, which lists the fields at fault by their path: at most
`MAX_VIOLATIONS`, and of a list that is too long its length alone, so that a
request that is wrong throughout costs no more than a right one. What concerns
one group alone (its verifier, its task's content) is no violation.

Does not cover: the content of tasks and completions; those are read in a jail.
"""

import re
from collections.abc import Container, Iterator, Sequence
from itertools import chain, islice

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import DecodeError, Message
from verifier.v1 import scoring_pb2

from verifier_server.bounds import (
    JSON_MEDIA_TYPE,
    MAX_BATCH_COMPLETIONS,
    MAX_COMPLETIONS,
    MAX_ECHO_BYTES,
    MAX_FAIRNESS_KEY_BYTES,
    MAX_GROUPS,
    MAX_ID_BYTES,
    MAX_PINS,
    MAX_TASK_BYTES,
    MAX_VERIFIER_NAME_BYTES,
    MAX_VIOLATIONS,
)
from verifier_server.plain import bounded
from verifier_server.registry import Registry
from verifier_server.status import InvalidRequest, Violation

MAX_DURATION_S = 24 * 3600
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def parse[M: Message](kind: type[M], data: bytes) -> M:
    """Reads a message.

    Raises:
        InvalidRequest: the bytes are not one.
    """
    try:
        return kind.FromString(data)
    except DecodeError:
        name = kind.DESCRIPTOR.full_name
        raise InvalidRequest([Violation("", f"the bytes are not a valid {name}")]) from None


def check_batch(request: scoring_pb2.ScoreBatchRequest, registry: Registry) -> None:
    """Checks a batch.

    Raises:
        InvalidRequest: with the violations.
    """
    _refuse(_batch(request, registry))


def check_open(request: scoring_pb2.StreamOpen) -> None:
    """Checks the first message of a stream.

    Raises:
        InvalidRequest: with the violations.
    """
    _refuse(_open(request))


def check_stream_groups(
    groups: Sequence[scoring_pb2.Group],
    unanswered: Container[str],
    options: scoring_pb2.ScoreOptions,
    registry: Registry,
) -> None:
    """Checks groups of a stream, whose ids must differ from those without an answer.

    Raises:
        InvalidRequest: with the violations.
    """
    _refuse(
        chain(
            _stream_groups(groups, unanswered),
            _cpu_maximum(options, "open.options", groups, registry),
        )
    )


def seconds(duration: Duration) -> float:
    """A checked duration in seconds."""
    return duration.seconds + duration.nanos / 1e9


def check_name(name: str) -> None:
    """Checks the name of a verifier to look up.

    Raises:
        InvalidRequest: it is missing or too long to be one.
    """
    _refuse(_name(name, "name"))


def _refuse(found: Iterator[Violation]) -> None:
    violations = list(islice(found, MAX_VIOLATIONS + 1))
    if violations:
        complete = len(violations) <= MAX_VIOLATIONS
        raise InvalidRequest(violations[:MAX_VIOLATIONS], complete=complete)


def _batch(request: scoring_pb2.ScoreBatchRequest, registry: Registry) -> Iterator[Violation]:
    total = sum(len(group.completions) for group in request.groups[: MAX_GROUPS + 1])
    if total > MAX_BATCH_COMPLETIONS:
        wanted = f"must hold at most {MAX_BATCH_COMPLETIONS} completions in all, not {total}"
        yield Violation("groups", wanted)
        return
    yield from _groups(request.groups, "groups")
    yield from _options(request.options, "options")
    yield from _cpu_maximum(request.options, "options", request.groups, registry)
    if request.HasField("deadline_margin"):
        yield from _duration(request.deadline_margin, "deadline_margin", zero=True)


def _open(request: scoring_pb2.StreamOpen) -> Iterator[Violation]:
    yield from _options(request.options, "open.options")
    if request.max_inflight_groups < 0:
        yield Violation("open.max_inflight_groups", "must not be negative")
    if request.HasField("group_timeout"):
        yield from _duration(request.group_timeout, "open.group_timeout", zero=False)


def _stream_groups(
    groups: Sequence[scoring_pb2.Group], unanswered: Container[str]
) -> Iterator[Violation]:
    yield from _groups(groups, "groups.groups")
    if len(groups) > MAX_GROUPS:
        return
    seen: set[str] = set()
    for index, group in enumerate(groups):
        path = f"groups.groups[{index}].id"
        if not group.id:
            yield Violation(path, "must not be empty in a stream: it tells answers apart")
        elif group.id in seen or group.id in unanswered:
            shown = bounded(group.id, MAX_ECHO_BYTES)
            yield Violation(path, f"{shown!r} is in use by a group without an answer")
        seen.add(group.id)


def _groups(groups: Sequence[scoring_pb2.Group], path: str) -> Iterator[Violation]:
    if not 1 <= len(groups) <= MAX_GROUPS:
        yield Violation(path, f"must hold 1 to {MAX_GROUPS} groups, not {len(groups)}")
        return
    for index, group in enumerate(groups):
        yield from _group(group, f"{path}[{index}]")


def _group(group: scoring_pb2.Group, path: str) -> Iterator[Violation]:
    yield from _id(group.id, f"{path}.id")
    yield from _name(group.verifier, f"{path}.verifier")
    yield from _task(group, f"{path}.task")
    count = len(group.completions)
    if not 1 <= count <= MAX_COMPLETIONS:
        wanted = f"must hold 1 to {MAX_COMPLETIONS} completions, not {count}"
        yield Violation(f"{path}.completions", wanted)
        return
    for index, completion in enumerate(group.completions):
        if completion.id:
            yield from _id(completion.id, f"{path}.completions[{index}].id")


def _task(group: scoring_pb2.Group, path: str) -> Iterator[Violation]:
    if not group.HasField("task"):
        yield Violation(path, "is missing")
        return
    size = len(group.task.data)
    if not 1 <= size <= MAX_TASK_BYTES:
        yield Violation(f"{path}.data", f"must have 1 to {MAX_TASK_BYTES} bytes, not {size}")
    if group.task.media_type not in {"", JSON_MEDIA_TYPE}:
        yield Violation(f"{path}.media_type", f"must be {JSON_MEDIA_TYPE!r} or empty")


def _id(text: str, path: str) -> Iterator[Violation]:
    size = len(text.encode())
    if size > MAX_ID_BYTES:
        yield Violation(path, f"must have at most {MAX_ID_BYTES} bytes, not {size}")


def _name(text: str, path: str) -> Iterator[Violation]:
    if not text:
        yield Violation(path, "must name a verifier")
    elif len(text.encode()) > MAX_VERIFIER_NAME_BYTES:
        yield Violation(path, f"must have at most {MAX_VERIFIER_NAME_BYTES} bytes")


def _options(options: scoring_pb2.ScoreOptions, path: str) -> Iterator[Violation]:
    if options.diagnostics_view not in scoring_pb2.DiagnosticsView.values():
        yield Violation(f"{path}.diagnostics_view", "is not a known view")
    size = len(options.fairness_key.encode())
    if size > MAX_FAIRNESS_KEY_BYTES:
        wanted = f"must have at most {MAX_FAIRNESS_KEY_BYTES} bytes, not {size}"
        yield Violation(f"{path}.fairness_key", wanted)
    if options.HasField("cpu_limit"):
        yield from _duration(options.cpu_limit, f"{path}.cpu_limit", zero=False)
    if len(options.pins) > MAX_PINS:
        wanted = f"must hold at most {MAX_PINS} pins, not {len(options.pins)}"
        yield Violation(f"{path}.pins", wanted)
        return
    pinned: set[str] = set()
    for index, pin in enumerate(options.pins):
        if not _DIGEST.fullmatch(pin.digest):
            wanted = 'must be "sha256:" and 64 hex digits'
            yield Violation(f"{path}.pins[{index}].digest", wanted)
        yield from _name(pin.verifier, f"{path}.pins[{index}].verifier")
        if pin.verifier in pinned:
            yield Violation(f"{path}.pins[{index}].verifier", "is pinned twice")
        pinned.add(pin.verifier)


def _cpu_maximum(
    options: scoring_pb2.ScoreOptions,
    path: str,
    groups: Sequence[scoring_pb2.Group],
    registry: Registry,
) -> Iterator[Violation]:
    if not options.HasField("cpu_limit") or len(groups) > MAX_GROUPS:
        return
    asked = seconds(options.cpu_limit)
    for name in sorted({group.verifier for group in groups}):
        revision = registry.get(name)
        if revision is not None and asked > revision.manifest.max_cpu_s:
            most = revision.manifest.max_cpu_s
            yield Violation(f"{path}.cpu_limit", f"must be at most {most:g} s for {name!r}")


def _duration(duration: Duration, path: str, *, zero: bool) -> Iterator[Violation]:
    """A duration as google.protobuf.Duration allows it, from 0 to `MAX_DURATION_S`."""
    value = seconds(duration)
    least = "at least 0" if zero else "more than 0"
    in_order = abs(duration.nanos) < 10**9 and duration.seconds * duration.nanos >= 0
    if not in_order or not (value > 0 or (zero and value == 0)) or value > MAX_DURATION_S:
        yield Violation(path, f"must be {least} and at most {MAX_DURATION_S} s")
