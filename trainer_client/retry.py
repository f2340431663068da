"""When a failed call is sent again, and after what delay.

Promises: only failures that say "later" are retried (UNAVAILABLE,
RESOURCE_EXHAUSTED, and CANCELLED, which grpcio's server answers when its pending
calls overflow; a cancel by the caller never reaches this code). Delays are
exponential with full jitter (M. Brooker, "Exponential Backoff And Jitter", AWS
Architecture Blog, 2015), never before the server's own RetryInfo or
`grpc-retry-pushback-ms` (gRFC A6), and never past the call's deadline.

Does not cover: outages longer than one call (`outage.py`).
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass

import grpc
from google.protobuf.message import DecodeError
from google.rpc.error_details_pb2 import BadRequest, RetryInfo
from google.rpc.status_pb2 import Status

from trainer_client.errors import FieldViolation, is_oversize

DETAILS_KEY = "grpc-status-details-bin"
PUSHBACK_KEY = "grpc-retry-pushback-ms"
LAST_ATTEMPT_S = 0.1  # less time than this is not worth another attempt
RETRYABLE = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.CANCELLED,
    }
)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How a failed call is repeated; times are seconds.

    The delay before try n is drawn from [0, min(max_backoff_s, initial_backoff_s
    * multiplier**n)]. `max_attempts` bounds the tries of one call (None: only the
    deadline does); `item_attempts` bounds how often a completion with a retryable
    `ScoreError` is sent, the first time included.
    """

    initial_backoff_s: float = 0.1
    max_backoff_s: float = 5.0
    multiplier: float = 2.0
    max_attempts: int | None = None
    item_attempts: int = 3

    def __post_init__(self) -> None:
        if self.initial_backoff_s < 0 or self.max_backoff_s < 0 or self.multiplier < 1:
            raise ValueError(f"backoff must not be negative, nor multiplier below 1: {self}")
        if self.item_attempts < 1 or (self.max_attempts is not None and self.max_attempts < 1):
            raise ValueError(f"attempts must be at least 1: {self}")

    def backoff_s(self, tries: int) -> float:
        """A full-jitter delay in seconds after `tries` failed tries (>= 1)."""
        # The exponent is capped: 2.0**1024 would overflow in a long outage.
        ceiling = self.initial_backoff_s * self.multiplier ** min(tries - 1, 64)
        return random.uniform(0.0, min(self.max_backoff_s, ceiling))  # noqa: S311  not for secrets


@dataclass(frozen=True, slots=True)
class Failure:
    """How one try ended. `retry_after_s`: the server's delay; `forbidden`: it said never."""

    status: grpc.StatusCode
    details: str = ""
    violations: tuple[FieldViolation, ...] = ()
    retry_after_s: float | None = None
    forbidden: bool = False


def read_failure(
    status: grpc.StatusCode,
    details: str | None,
    trailers: Iterable[tuple[str, str | bytes]] | None,
) -> Failure:
    """Reads a failed call's status and what the server attached to it.

    Attachments that do not parse are left out: they must not hide the status.
    """
    violations: tuple[FieldViolation, ...] = ()
    retry_after_s: float | None = None
    forbidden = False
    for key, value in trailers or ():
        if key == DETAILS_KEY and isinstance(value, bytes):
            violations, retry_after_s = _rich_details(value, retry_after_s)
        elif key == PUSHBACK_KEY:
            pushback_s = _pushback_s(value)
            forbidden = pushback_s is None
            retry_after_s = pushback_s if pushback_s is not None else retry_after_s
    return Failure(status, details or "", violations, retry_after_s, forbidden)


def _rich_details(
    data: bytes, retry_after_s: float | None
) -> tuple[tuple[FieldViolation, ...], float | None]:
    """The field violations and retry delay of a google.rpc.Status."""
    violations: list[FieldViolation] = []
    try:
        for detail in Status.FromString(data).details:
            bad_request, retry_info = BadRequest(), RetryInfo()
            if detail.Unpack(bad_request):
                violations += [
                    FieldViolation(each.field, each.description)
                    for each in bad_request.field_violations
                ]
            elif detail.Unpack(retry_info):
                delay = retry_info.retry_delay
                retry_after_s = max(0.0, delay.seconds + delay.nanos / 1e9)
    except DecodeError:
        pass
    return tuple(violations), retry_after_s


def _pushback_s(value: str | bytes) -> float | None:
    """Seconds, or None for "do not retry": gRFC A6 reads negative and unparsable so."""
    try:
        milliseconds = int(value)
    except ValueError:
        return None
    return milliseconds / 1000 if milliseconds >= 0 else None


def next_try_s(
    policy: RetryPolicy, failure: Failure, tries: int, remaining_s: float
) -> float | None:
    """Seconds until the next try, or None to give up.

    `tries` counts the failed tries so far, this one included; `remaining_s` is
    the time left to the call. A delay of ours is shortened so that a last try
    fits before the deadline; the server's delay is not.
    """
    if failure.status not in RETRYABLE or failure.forbidden or is_oversize(failure.details):
        return None
    if policy.max_attempts is not None and tries >= policy.max_attempts:
        return None
    latest_s = remaining_s - LAST_ATTEMPT_S
    wanted_s = failure.retry_after_s or 0.0
    if latest_s <= 0 or wanted_s > latest_s:
        return None
    return min(wanted_s + policy.backoff_s(tries), latest_s)
