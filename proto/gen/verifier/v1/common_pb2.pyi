from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ScoreErrorCode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SCORE_ERROR_CODE_UNSPECIFIED: _ClassVar[ScoreErrorCode]
    SCORE_ERROR_CODE_INVALID_TASK: _ClassVar[ScoreErrorCode]
    SCORE_ERROR_CODE_BAD_GROUND_TRUTH: _ClassVar[ScoreErrorCode]
    SCORE_ERROR_CODE_VERIFIER_NOT_FOUND: _ClassVar[ScoreErrorCode]
    SCORE_ERROR_CODE_VERIFIER_FAULT: _ClassVar[ScoreErrorCode]
    SCORE_ERROR_CODE_SANDBOX_FAULT: _ClassVar[ScoreErrorCode]
    SCORE_ERROR_CODE_DEADLINE: _ClassVar[ScoreErrorCode]
    SCORE_ERROR_CODE_CANCELLED: _ClassVar[ScoreErrorCode]
    SCORE_ERROR_CODE_OVERLOADED: _ClassVar[ScoreErrorCode]
SCORE_ERROR_CODE_UNSPECIFIED: ScoreErrorCode
SCORE_ERROR_CODE_INVALID_TASK: ScoreErrorCode
SCORE_ERROR_CODE_BAD_GROUND_TRUTH: ScoreErrorCode
SCORE_ERROR_CODE_VERIFIER_NOT_FOUND: ScoreErrorCode
SCORE_ERROR_CODE_VERIFIER_FAULT: ScoreErrorCode
SCORE_ERROR_CODE_SANDBOX_FAULT: ScoreErrorCode
SCORE_ERROR_CODE_DEADLINE: ScoreErrorCode
SCORE_ERROR_CODE_CANCELLED: ScoreErrorCode
SCORE_ERROR_CODE_OVERLOADED: ScoreErrorCode

class Payload(_message.Message):
    __slots__ = ("data", "media_type")
    DATA_FIELD_NUMBER: _ClassVar[int]
    MEDIA_TYPE_FIELD_NUMBER: _ClassVar[int]
    data: bytes
    media_type: str
    def __init__(self, data: _Optional[bytes] = ..., media_type: _Optional[str] = ...) -> None: ...

class Fact(_message.Message):
    __slots__ = ("key", "value")
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    key: str
    value: str
    def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class ScoreError(_message.Message):
    __slots__ = ("code", "reason", "message", "retryable")
    CODE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    RETRYABLE_FIELD_NUMBER: _ClassVar[int]
    code: ScoreErrorCode
    reason: str
    message: str
    retryable: bool
    def __init__(self, code: _Optional[_Union[ScoreErrorCode, str]] = ..., reason: _Optional[str] = ..., message: _Optional[str] = ..., retryable: _Optional[bool] = ...) -> None: ...
