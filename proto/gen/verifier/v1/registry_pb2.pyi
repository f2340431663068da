import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from verifier.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Verifier(_message.Message):
    __slots__ = ("name", "description", "revision")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    name: str
    description: str
    revision: Revision
    def __init__(self, name: _Optional[str] = ..., description: _Optional[str] = ..., revision: _Optional[_Union[Revision, _Mapping]] = ...) -> None: ...

class Revision(_message.Message):
    __slots__ = ("digest", "version", "task_schema", "components", "default_cpu_limit", "max_cpu_limit", "libraries")
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    TASK_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    COMPONENTS_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_CPU_LIMIT_FIELD_NUMBER: _ClassVar[int]
    MAX_CPU_LIMIT_FIELD_NUMBER: _ClassVar[int]
    LIBRARIES_FIELD_NUMBER: _ClassVar[int]
    digest: str
    version: str
    task_schema: str
    components: _containers.RepeatedScalarFieldContainer[str]
    default_cpu_limit: _duration_pb2.Duration
    max_cpu_limit: _duration_pb2.Duration
    libraries: _containers.RepeatedCompositeFieldContainer[_common_pb2.Fact]
    def __init__(self, digest: _Optional[str] = ..., version: _Optional[str] = ..., task_schema: _Optional[str] = ..., components: _Optional[_Iterable[str]] = ..., default_cpu_limit: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., max_cpu_limit: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., libraries: _Optional[_Iterable[_Union[_common_pb2.Fact, _Mapping]]] = ...) -> None: ...

class ListVerifiersRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListVerifiersResponse(_message.Message):
    __slots__ = ("verifiers", "next_page_token")
    VERIFIERS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    verifiers: _containers.RepeatedCompositeFieldContainer[Verifier]
    next_page_token: str
    def __init__(self, verifiers: _Optional[_Iterable[_Union[Verifier, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetVerifierRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetVerifierResponse(_message.Message):
    __slots__ = ("verifier",)
    VERIFIER_FIELD_NUMBER: _ClassVar[int]
    verifier: Verifier
    def __init__(self, verifier: _Optional[_Union[Verifier, _Mapping]] = ...) -> None: ...

class GetServerInfoRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetServerInfoResponse(_message.Message):
    __slots__ = ("version", "server_id", "sandbox", "workers", "max_request_bytes", "max_groups", "max_completions", "max_completion_bytes", "max_task_bytes", "versions")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    SERVER_ID_FIELD_NUMBER: _ClassVar[int]
    SANDBOX_FIELD_NUMBER: _ClassVar[int]
    WORKERS_FIELD_NUMBER: _ClassVar[int]
    MAX_REQUEST_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_GROUPS_FIELD_NUMBER: _ClassVar[int]
    MAX_COMPLETIONS_FIELD_NUMBER: _ClassVar[int]
    MAX_COMPLETION_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_TASK_BYTES_FIELD_NUMBER: _ClassVar[int]
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    version: str
    server_id: str
    sandbox: str
    workers: int
    max_request_bytes: int
    max_groups: int
    max_completions: int
    max_completion_bytes: int
    max_task_bytes: int
    versions: _containers.RepeatedCompositeFieldContainer[_common_pb2.Fact]
    def __init__(self, version: _Optional[str] = ..., server_id: _Optional[str] = ..., sandbox: _Optional[str] = ..., workers: _Optional[int] = ..., max_request_bytes: _Optional[int] = ..., max_groups: _Optional[int] = ..., max_completions: _Optional[int] = ..., max_completion_bytes: _Optional[int] = ..., max_task_bytes: _Optional[int] = ..., versions: _Optional[_Iterable[_Union[_common_pb2.Fact, _Mapping]]] = ...) -> None: ...
