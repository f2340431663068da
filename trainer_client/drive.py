"""Sends a batch's calls over a synchronous channel, several in flight.

Promises: it ends by the deadline (plus what gRPC needs to notice it); whatever
ends it early, an interrupt from the keyboard too, cancels what is in flight; it
uses no threads of its own, so it may run on any.

Does not cover: asyncio (`async_client.py`), and what a reply means (`batch.py`).
"""

import heapq
import itertools
import queue
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import grpc
from verifier.v1 import scoring_pb2

from trainer_client.batch import Batch, Call
from trainer_client.errors import ClientError, call_error
from trainer_client.retry import Failure, RetryPolicy, next_try_s, read_failure

MAX_CALLS_IN_FLIGHT = 16

type ReplyFuture = grpc.Future[scoring_pb2.ScoreBatchResponse]
type Send = Callable[[scoring_pb2.ScoreBatchRequest, float], ReplyFuture]


@dataclass(order=True, frozen=True, slots=True)
class _Due:
    """A call to send at the monotonic time `at`, after `tries` failed tries."""

    at: float
    order: int
    call: Call = field(compare=False)
    tries: int = field(compare=False, default=0)


def drive(batch: Batch, send: Send, *, policy: RetryPolicy, target: str, deadline: float) -> None:
    """Sends every call of `batch` with `send(request, timeout_s)` and hands it the replies.

    `deadline` is on the monotonic clock.

    Raises:
        ClientError: a call failed for good, or its reply is malformed.
    """
    order = itertools.count()
    due = [_Due(0.0, next(order), call) for call in batch.calls()]
    in_flight: set[ReplyFuture] = set()
    ended: queue.SimpleQueue[tuple[_Due, ReplyFuture]] = queue.SimpleQueue()
    try:
        while due or in_flight:
            while due and len(in_flight) < MAX_CALLS_IN_FLIGHT and due[0].at <= time.monotonic():
                sent = heapq.heappop(due)
                future = send(sent.call.request, max(0.0, deadline - time.monotonic()))
                in_flight.add(future)
                future.add_done_callback(_put_in(ended, sent))
            try:
                sent, future = ended.get(timeout=_wait_s(due, len(in_flight)))
            except queue.Empty:
                continue
            in_flight.discard(future)
            for at, call, tries in _conclude(batch, sent, future, policy, target, deadline):
                heapq.heappush(due, _Due(at, next(order), call, tries))
    finally:
        for future in in_flight:
            future.cancel()


def _put_in(
    ended: queue.SimpleQueue[tuple[_Due, ReplyFuture]], sent: _Due
) -> Callable[[ReplyFuture], None]:
    return lambda future: ended.put((sent, future))


def _wait_s(due: Sequence[_Due], in_flight: int) -> float | None:
    """Until the next call is due, or for as long as it takes when none can be sent."""
    if not due or in_flight >= MAX_CALLS_IN_FLIGHT:
        return None
    return max(0.0, due[0].at - time.monotonic())


def _conclude(
    batch: Batch,
    sent: _Due,
    future: ReplyFuture,
    policy: RetryPolicy,
    target: str,
    deadline: float,
) -> Iterable[tuple[float, Call, int]]:
    """What to send after one call ended, as (time, call, failed tries)."""
    now = time.monotonic()
    error = future.exception()
    if error is None:
        again = batch.accept(sent.call, future.result())
        return resends(again, policy, now, deadline)
    failure = failure_of(error)
    tries = sent.tries + 1
    delay_s = next_try_s(policy, failure, tries, deadline - now)
    if delay_s is not None:
        return [(now + delay_s, sent.call, tries)]
    if sent.call.sends:  # its completions keep the errors that the first reply gave them
        return []
    raise give_up(batch, sent.call, failure, target)


def resends(
    calls: Iterable[Call], policy: RetryPolicy, now: float, deadline: float
) -> list[tuple[float, Call, int]]:
    """When to send completions again that could not be judged; those without time are left out."""
    timed = [(now + policy.backoff_s(call.sends), call, 0) for call in calls]
    return [each for each in timed if each[0] < deadline]


def failure_of(error: BaseException) -> Failure:
    """Reads what a call of the synchronous API ended with."""
    if not isinstance(error, grpc.Call):
        raise error
    return read_failure(error.code(), error.details(), error.trailing_metadata())


def give_up(batch: Batch, call: Call, failure: Failure, target: str) -> ClientError:
    """The exception for a call that failed for good, in terms of the caller's groups."""
    return call_error(
        target=target,
        status=failure.status,
        details=failure.details,
        violations=batch.localise(call, failure.violations),
    )
