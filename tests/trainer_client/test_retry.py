import grpc
import pytest
from google.protobuf import any_pb2
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2
from hypothesis import given
from hypothesis import strategies as st

from trainer_client.errors import FieldViolation
from trainer_client.retry import (
    DETAILS_KEY,
    LAST_ATTEMPT_S,
    PUSHBACK_KEY,
    RETRYABLE,
    Failure,
    RetryPolicy,
    next_try_s,
    read_failure,
)

STATUSES = st.sampled_from(list(grpc.StatusCode))
SECONDS = st.floats(0, 100)


def _rich(*details: Message) -> bytes:
    packed = []
    for detail in details:
        packed.append(any_pb2.Any())
        packed[-1].Pack(detail)
    return bytes(status_pb2.Status(code=8, details=packed).SerializeToString())


@given(status=STATUSES, tries=st.integers(1, 10_000), remaining_s=SECONDS, after=SECONDS)
def test_a_delay_fits_before_the_deadline_and_after_the_servers(
    status: grpc.StatusCode, tries: int, remaining_s: float, after: float
) -> None:
    delay = next_try_s(RetryPolicy(), Failure(status, retry_after_s=after), tries, remaining_s)
    if status not in RETRYABLE:
        assert delay is None
    if delay is not None:
        assert after <= delay <= remaining_s - LAST_ATTEMPT_S


@given(tries=st.integers(1, 10_000))
def test_backoff_is_bounded(tries: int) -> None:
    policy = RetryPolicy(initial_backoff_s=0.1, max_backoff_s=2.0, multiplier=3.0)
    assert 0.0 <= policy.backoff_s(tries) <= min(2.0, 0.1 * 3.0 ** min(tries - 1, 10))


def test_attempts_can_be_bounded() -> None:
    failure = Failure(grpc.StatusCode.UNAVAILABLE)
    policy = RetryPolicy(max_attempts=3)
    assert next_try_s(policy, failure, 2, 100.0) is not None
    assert next_try_s(policy, failure, 3, 100.0) is None


@pytest.mark.parametrize(
    "fields", [{"initial_backoff_s": -1.0}, {"multiplier": 0.5}, {"max_attempts": 0}]
)
def test_a_policy_that_makes_no_sense_is_refused(fields: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        RetryPolicy(**fields)  # type: ignore[arg-type]  # the names are those of the fields


def test_the_servers_details_are_read() -> None:
    bad = error_details_pb2.BadRequest(
        field_violations=[
            error_details_pb2.BadRequest.FieldViolation(field="groups[0].task", description="no")
        ]
    )
    info = error_details_pb2.RetryInfo()
    info.retry_delay.FromMilliseconds(1500)
    failure = read_failure(
        grpc.StatusCode.RESOURCE_EXHAUSTED, None, [("x", "y"), (DETAILS_KEY, _rich(bad, info))]
    )
    assert failure.violations == (FieldViolation("groups[0].task", "no"),)
    assert failure.retry_after_s == 1.5


@pytest.mark.parametrize(
    ("value", "after", "forbidden"),
    [("250", 0.25, False), ("0", 0.0, False), ("-1", None, True), ("soon", None, True)],
)
def test_pushback(value: str, after: float | None, forbidden: bool) -> None:
    failure = read_failure(grpc.StatusCode.UNAVAILABLE, "", [(PUSHBACK_KEY, value)])
    assert (failure.retry_after_s, failure.forbidden) == (after, forbidden)
    assert (next_try_s(RetryPolicy(), failure, 1, 10.0) is None) == forbidden


@given(st.binary())
def test_details_that_do_not_parse_do_not_hide_the_status(data: bytes) -> None:
    failure = read_failure(grpc.StatusCode.UNAVAILABLE, "gone", [(DETAILS_KEY, data)])
    assert (failure.status, failure.details) == (grpc.StatusCode.UNAVAILABLE, "gone")
