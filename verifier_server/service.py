"""ScoringService: the batch call, and the door of the stream.

Promises: a request that cannot be taken ends with INVALID_ARGUMENT and every
field at fault, one that comes at a bad time with RESOURCE_EXHAUSTED or
UNAVAILABLE; every other call succeeds, with one result for each completion in
request order. A batch answers at its margin before the deadline with what is
judged by then.

Does not cover: the stream's course (`stream.py`), the registry's calls
(`registry_service.py`), ports and shut-down (`server.py`).
"""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc
from verifier.v1 import scoring_pb2

from verifier_server.admission import Overloaded
from verifier_server.codec import result_of, terms_of, view_of, work_of
from verifier_server.groups import Work
from verifier_server.lifecycle import Draining, Lifecycle
from verifier_server.observability import CallRecord, recorded
from verifier_server.registry import Registry
from verifier_server.scheduler import Scheduler
from verifier_server.status import (
    Context,
    InvalidRequest,
    abort_draining,
    abort_invalid,
    abort_overloaded,
)
from verifier_server.stream import Stream
from verifier_server.validation import check_batch, parse, seconds

SERVICE = "verifier.v1.ScoringService"
DEFAULT_MARGIN_S = 0.25
# A margin that the caller did not choose leaves at least this share of a short
# deadline for judging.
_WORK_SHARE = 0.5


class ScoringService:
    """The calls of verifier.v1.ScoringService.

    Handlers take bytes, because gRPC's own parsing answers garbage with UNKNOWN.
    """

    def __init__(
        self, registry: Registry, scheduler: Scheduler, lifecycle: Lifecycle, server_id: str
    ) -> None:
        self._registry = registry
        self._scheduler = scheduler
        self._lifecycle = lifecycle
        self._server_id = server_id
        self._call_numbers = itertools.count(1)

    def handler(self) -> grpc.GenericRpcHandler:
        """What to register with a server."""
        batch = scoring_pb2.ScoreBatchResponse.SerializeToString
        stream = scoring_pb2.ScoreStreamResponse.SerializeToString
        return grpc.method_handlers_generic_handler(
            SERVICE,
            {
                "ScoreBatch": grpc.unary_unary_rpc_method_handler(
                    self.score_batch, response_serializer=batch
                ),
                "ScoreStream": grpc.stream_stream_rpc_method_handler(
                    self.score_stream, response_serializer=stream
                ),
            },
        )

    async def score_batch(self, data: bytes, context: Context) -> scoring_pb2.ScoreBatchResponse:
        """Judges a batch."""
        async with self._call("ScoreBatch", context) as record:
            request = parse(scoring_pb2.ScoreBatchRequest, data)
            check_batch(request, self._registry)
            return await self._batch(request, _batch_deadline(request, context), record)

    async def score_stream(self, requests: AsyncIterator[bytes], context: Context) -> None:
        """Judges groups as they arrive."""
        async with self._call("ScoreStream", context) as record:
            left = context.time_remaining()
            deadline = None if left is None else time.monotonic() + left - _margin(left)
            stream = Stream(
                self._registry, self._scheduler, self._lifecycle, self._server_id, record
            )
            await stream.run(context, deadline)

    async def _batch(
        self, request: scoring_pb2.ScoreBatchRequest, deadline: float | None, record: CallRecord
    ) -> scoring_pb2.ScoreBatchResponse:
        terms = terms_of(request.options)
        view = view_of(request.options)
        works = [work_of(group, f"groups[{i}]") for i, group in enumerate(request.groups)]

        async def judge(group: scoring_pb2.Group, work: Work) -> scoring_pb2.GroupResult:
            judged = await self._scheduler.judge(work, terms, deadline)
            record.add(judged)
            # Here and not at the end: a large answer made in one go would hold up every call.
            return result_of(group, judged, view)

        with self._scheduler.admit(works, terms, deadline):
            async with asyncio.TaskGroup() as tasks:
                results = [
                    tasks.create_task(judge(group, work))
                    for group, work in zip(request.groups, works, strict=True)
                ]
        return scoring_pb2.ScoreBatchResponse(
            groups=[task.result() for task in results], server_id=self._server_id
        )

    @asynccontextmanager
    async def _call(self, method: str, context: Context) -> AsyncIterator[CallRecord]:
        """The door of every call: refuses it with the right status, counts and logs it."""
        call_id = f"{self._server_id}-{next(self._call_numbers)}"
        with recorded(method, call_id) as record:
            try:
                with self._lifecycle.call():
                    yield record
            except Draining:
                record.refused = "UNAVAILABLE"
                await abort_draining(context)
            except InvalidRequest as error:
                record.refused = "INVALID_ARGUMENT"
                await abort_invalid(context, error)
            except Overloaded as error:
                record.refused = "RESOURCE_EXHAUSTED"
                await abort_overloaded(context, error)


def _batch_deadline(request: scoring_pb2.ScoreBatchRequest, context: Context) -> float | None:
    left = context.time_remaining()
    if left is None:
        return None
    asked = request.HasField("deadline_margin")
    margin = seconds(request.deadline_margin) if asked else _margin(left)
    return time.monotonic() + left - margin


def _margin(left: float) -> float:
    return min(DEFAULT_MARGIN_S, left * (1 - _WORK_SHARE))
