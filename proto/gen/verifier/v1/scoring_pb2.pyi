import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from verifier.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DiagnosticsView(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DIAGNOSTICS_VIEW_UNSPECIFIED: _ClassVar[DiagnosticsView]
    DIAGNOSTICS_VIEW_NONE: _ClassVar[DiagnosticsView]
    DIAGNOSTICS_VIEW_SUMMARY: _ClassVar[DiagnosticsView]
    DIAGNOSTICS_VIEW_PRIVILEGED: _ClassVar[DiagnosticsView]

class Verdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VERDICT_UNSPECIFIED: _ClassVar[Verdict]
    VERDICT_CORRECT: _ClassVar[Verdict]
    VERDICT_INCORRECT: _ClassVar[Verdict]
    VERDICT_PARTIAL: _ClassVar[Verdict]
    VERDICT_NO_ANSWER: _ClassVar[Verdict]
    VERDICT_MALFORMED: _ClassVar[Verdict]
    VERDICT_RUNTIME_ERROR: _ClassVar[Verdict]
    VERDICT_TIME_LIMIT: _ClassVar[Verdict]
    VERDICT_RESOURCE_LIMIT: _ClassVar[Verdict]
    VERDICT_POLICY_VIOLATION: _ClassVar[Verdict]
    VERDICT_UNDECIDED: _ClassVar[Verdict]
DIAGNOSTICS_VIEW_UNSPECIFIED: DiagnosticsView
DIAGNOSTICS_VIEW_NONE: DiagnosticsView
DIAGNOSTICS_VIEW_SUMMARY: DiagnosticsView
DIAGNOSTICS_VIEW_PRIVILEGED: DiagnosticsView
VERDICT_UNSPECIFIED: Verdict
VERDICT_CORRECT: Verdict
VERDICT_INCORRECT: Verdict
VERDICT_PARTIAL: Verdict
VERDICT_NO_ANSWER: Verdict
VERDICT_MALFORMED: Verdict
VERDICT_RUNTIME_ERROR: Verdict
VERDICT_TIME_LIMIT: Verdict
VERDICT_RESOURCE_LIMIT: Verdict
VERDICT_POLICY_VIOLATION: Verdict
VERDICT_UNDECIDED: Verdict

class Completion(_message.Message):
    __slots__ = ("text", "id")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    text: bytes
    id: str
    def __init__(self, text: _Optional[bytes] = ..., id: _Optional[str] = ...) -> None: ...

class Group(_message.Message):
    __slots__ = ("id", "verifier", "task", "completions")
    ID_FIELD_NUMBER: _ClassVar[int]
    VERIFIER_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    COMPLETIONS_FIELD_NUMBER: _ClassVar[int]
    id: str
    verifier: str
    task: _common_pb2.Payload
    completions: _containers.RepeatedCompositeFieldContainer[Completion]
    def __init__(self, id: _Optional[str] = ..., verifier: _Optional[str] = ..., task: _Optional[_Union[_common_pb2.Payload, _Mapping]] = ..., completions: _Optional[_Iterable[_Union[Completion, _Mapping]]] = ...) -> None: ...

class ScoreOptions(_message.Message):
    __slots__ = ("diagnostics_view", "cpu_limit", "fairness_key", "pins")
    DIAGNOSTICS_VIEW_FIELD_NUMBER: _ClassVar[int]
    CPU_LIMIT_FIELD_NUMBER: _ClassVar[int]
    FAIRNESS_KEY_FIELD_NUMBER: _ClassVar[int]
    PINS_FIELD_NUMBER: _ClassVar[int]
    diagnostics_view: DiagnosticsView
    cpu_limit: _duration_pb2.Duration
    fairness_key: str
    pins: _containers.RepeatedCompositeFieldContainer[RevisionPin]
    def __init__(self, diagnostics_view: _Optional[_Union[DiagnosticsView, str]] = ..., cpu_limit: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., fairness_key: _Optional[str] = ..., pins: _Optional[_Iterable[_Union[RevisionPin, _Mapping]]] = ...) -> None: ...

class RevisionPin(_message.Message):
    __slots__ = ("verifier", "digest")
    VERIFIER_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    verifier: str
    digest: str
    def __init__(self, verifier: _Optional[str] = ..., digest: _Optional[str] = ...) -> None: ...

class ScoreBatchRequest(_message.Message):
    __slots__ = ("groups", "options", "deadline_margin")
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    DEADLINE_MARGIN_FIELD_NUMBER: _ClassVar[int]
    groups: _containers.RepeatedCompositeFieldContainer[Group]
    options: ScoreOptions
    deadline_margin: _duration_pb2.Duration
    def __init__(self, groups: _Optional[_Iterable[_Union[Group, _Mapping]]] = ..., options: _Optional[_Union[ScoreOptions, _Mapping]] = ..., deadline_margin: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class ScoreBatchResponse(_message.Message):
    __slots__ = ("groups", "server_id")
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    SERVER_ID_FIELD_NUMBER: _ClassVar[int]
    groups: _containers.RepeatedCompositeFieldContainer[GroupResult]
    server_id: str
    def __init__(self, groups: _Optional[_Iterable[_Union[GroupResult, _Mapping]]] = ..., server_id: _Optional[str] = ...) -> None: ...

class GroupResult(_message.Message):
    __slots__ = ("id", "results", "error", "revision_digest")
    ID_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    REVISION_DIGEST_FIELD_NUMBER: _ClassVar[int]
    id: str
    results: _containers.RepeatedCompositeFieldContainer[CompletionResult]
    error: _common_pb2.ScoreError
    revision_digest: str
    def __init__(self, id: _Optional[str] = ..., results: _Optional[_Iterable[_Union[CompletionResult, _Mapping]]] = ..., error: _Optional[_Union[_common_pb2.ScoreError, _Mapping]] = ..., revision_digest: _Optional[str] = ...) -> None: ...

class CompletionResult(_message.Message):
    __slots__ = ("id", "score", "error", "diagnostics", "timings", "attempts", "deduplicated")
    ID_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    DIAGNOSTICS_FIELD_NUMBER: _ClassVar[int]
    TIMINGS_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    DEDUPLICATED_FIELD_NUMBER: _ClassVar[int]
    id: str
    score: Score
    error: _common_pb2.ScoreError
    diagnostics: Diagnostics
    timings: Timings
    attempts: int
    deduplicated: bool
    def __init__(self, id: _Optional[str] = ..., score: _Optional[_Union[Score, _Mapping]] = ..., error: _Optional[_Union[_common_pb2.ScoreError, _Mapping]] = ..., diagnostics: _Optional[_Union[Diagnostics, _Mapping]] = ..., timings: _Optional[_Union[Timings, _Mapping]] = ..., attempts: _Optional[int] = ..., deduplicated: _Optional[bool] = ...) -> None: ...

class Score(_message.Message):
    __slots__ = ("value", "passed", "verdict", "reason", "components")
    VALUE_FIELD_NUMBER: _ClassVar[int]
    PASSED_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    COMPONENTS_FIELD_NUMBER: _ClassVar[int]
    value: float
    passed: bool
    verdict: Verdict
    reason: str
    components: _containers.RepeatedCompositeFieldContainer[Component]
    def __init__(self, value: _Optional[float] = ..., passed: _Optional[bool] = ..., verdict: _Optional[_Union[Verdict, str]] = ..., reason: _Optional[str] = ..., components: _Optional[_Iterable[_Union[Component, _Mapping]]] = ...) -> None: ...

class Component(_message.Message):
    __slots__ = ("name", "value", "weight", "passed", "total")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    PASSED_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: float
    weight: float
    passed: int
    total: int
    def __init__(self, name: _Optional[str] = ..., value: _Optional[float] = ..., weight: _Optional[float] = ..., passed: _Optional[int] = ..., total: _Optional[int] = ...) -> None: ...

class Diagnostics(_message.Message):
    __slots__ = ("extracted", "message", "facts")
    EXTRACTED_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    extracted: str
    message: str
    facts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Fact]
    def __init__(self, extracted: _Optional[str] = ..., message: _Optional[str] = ..., facts: _Optional[_Iterable[_Union[_common_pb2.Fact, _Mapping]]] = ...) -> None: ...

class Timings(_message.Message):
    __slots__ = ("queue", "execute", "cpu")
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    EXECUTE_FIELD_NUMBER: _ClassVar[int]
    CPU_FIELD_NUMBER: _ClassVar[int]
    queue: _duration_pb2.Duration
    execute: _duration_pb2.Duration
    cpu: _duration_pb2.Duration
    def __init__(self, queue: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., execute: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., cpu: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class ScoreStreamRequest(_message.Message):
    __slots__ = ("open", "groups")
    OPEN_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    open: StreamOpen
    groups: GroupBatch
    def __init__(self, open: _Optional[_Union[StreamOpen, _Mapping]] = ..., groups: _Optional[_Union[GroupBatch, _Mapping]] = ...) -> None: ...

class StreamOpen(_message.Message):
    __slots__ = ("options", "max_inflight_groups", "group_timeout")
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    MAX_INFLIGHT_GROUPS_FIELD_NUMBER: _ClassVar[int]
    GROUP_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    options: ScoreOptions
    max_inflight_groups: int
    group_timeout: _duration_pb2.Duration
    def __init__(self, options: _Optional[_Union[ScoreOptions, _Mapping]] = ..., max_inflight_groups: _Optional[int] = ..., group_timeout: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class GroupBatch(_message.Message):
    __slots__ = ("groups",)
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    groups: _containers.RepeatedCompositeFieldContainer[Group]
    def __init__(self, groups: _Optional[_Iterable[_Union[Group, _Mapping]]] = ...) -> None: ...

class ScoreStreamResponse(_message.Message):
    __slots__ = ("accepted", "results", "draining")
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    DRAINING_FIELD_NUMBER: _ClassVar[int]
    accepted: StreamAccepted
    results: GroupResultBatch
    draining: Draining
    def __init__(self, accepted: _Optional[_Union[StreamAccepted, _Mapping]] = ..., results: _Optional[_Union[GroupResultBatch, _Mapping]] = ..., draining: _Optional[_Union[Draining, _Mapping]] = ...) -> None: ...

class StreamAccepted(_message.Message):
    __slots__ = ("max_inflight_groups", "server_id")
    MAX_INFLIGHT_GROUPS_FIELD_NUMBER: _ClassVar[int]
    SERVER_ID_FIELD_NUMBER: _ClassVar[int]
    max_inflight_groups: int
    server_id: str
    def __init__(self, max_inflight_groups: _Optional[int] = ..., server_id: _Optional[str] = ...) -> None: ...

class GroupResultBatch(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[GroupResult]
    def __init__(self, results: _Optional[_Iterable[_Union[GroupResult, _Mapping]]] = ...) -> None: ...

class Draining(_message.Message):
    __slots__ = ("grace",)
    GRACE_FIELD_NUMBER: _ClassVar[int]
    grace: _duration_pb2.Duration
    def __init__(self, grace: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...
