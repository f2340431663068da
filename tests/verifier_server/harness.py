"""A real grpc.aio server in this process, over workers that are not sandboxed."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2
from verifier.v1 import common_pb2, scoring_pb2, scoring_pb2_grpc

from sandboxes.limits import Ending, JobOutcome, Limits, Outcome, Usage
from tests.verifier_server.echo import MANIFEST
from verifier_server.admission import QueueLimits
from verifier_server.registry import Registry
from verifier_server.server import Server, ServerOptions
from verifier_server.worker import open_job

REGISTRY = Registry([MANIFEST], 1 << 30)
QUEUE = QueueLimits(8192, 512 << 20)
# Far above what a test needs; reaching it is a failure.
PATIENCE_S = 30.0


@dataclass
class InProcessPool:
    """Runs the real worker code here. Work waits for `gate`, at most until its deadline."""

    size: int = 2
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    before_item: Callable[[bytes], Any] = lambda item: None
    jobs: list[dict[str, Any]] = field(default_factory=list)
    limits: list[tuple[Limits, Limits]] = field(default_factory=list)
    judged: list[bytes] = field(default_factory=list)
    running: int = 0
    cancelled: int = 0

    @property
    def tasks(self) -> list[str]:
        return [json.loads(job["task"])["answer"] for job in self.jobs]

    async def run(
        self,
        setup: Any,
        items: Sequence[bytes],
        *,
        setup_limits: Limits,
        item_limits: Limits,
        deadline: float | None = None,
    ) -> JobOutcome:
        self.jobs.append(setup)
        self.limits.append((setup_limits, item_limits))
        self.running += 1
        try:
            return await self._run(setup, items, deadline)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.running -= 1

    async def _run(self, setup: Any, items: Sequence[bytes], deadline: float | None) -> JobOutcome:
        reply, judge = open_job(setup)
        ready = Outcome(Ending.DONE, reply, Usage(0.01, 0.02), 1)
        if judge is None:
            return JobOutcome(ready)
        outcomes = [await self._judge(judge, item, deadline) for item in items]
        return JobOutcome(ready, tuple(outcomes))

    async def _judge(
        self, judge: Callable[[bytes], Any], item: bytes, deadline: float | None
    ) -> Outcome:
        try:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            async with asyncio.timeout(left):
                await self.gate.wait()
        except TimeoutError:
            return Outcome(Ending.EXPIRED)
        self.before_item(item)
        self.judged.append(item)
        try:
            return Outcome(Ending.DONE, judge(item), Usage(0.01, 0.02), 1)
        except Exception as error:
            return Outcome(Ending.RAISED, None, Usage(0.01, 0.02), 1, repr(error))


def open_pool(size: int = 2) -> InProcessPool:
    pool = InProcessPool(size)
    pool.gate.set()
    return pool


@dataclass
class Running:
    server: Server
    pool: InProcessPool
    address: str
    channel: grpc.aio.Channel
    scoring: "scoring_pb2_grpc.ScoringServiceAsyncStub"

    async def raw(self, method: str, data: bytes) -> bytes:
        call = self.channel.unary_unary(f"/verifier.v1.{method}")
        answer: bytes = await call(data, timeout=PATIENCE_S)
        return answer

    async def batch(
        self, *groups: scoring_pb2.Group, timeout_s: float | None = PATIENCE_S, **fields: Any
    ) -> scoring_pb2.ScoreBatchResponse:
        request = scoring_pb2.ScoreBatchRequest(groups=groups, **fields)
        return await self.scoring.ScoreBatch(request, timeout=timeout_s)


@asynccontextmanager
async def running(
    pool: InProcessPool | None = None,
    *,
    queue: QueueLimits = QUEUE,
    drain_grace_s: float = PATIENCE_S,
    connection_age_s: float = 300.0,
    registry: Registry = REGISTRY,
) -> AsyncIterator[Running]:
    pool = pool or open_pool()
    options = ServerOptions(("127.0.0.1:0",), queue, drain_grace_s, connection_age_s)
    server = Server(registry, pool, "none", options)
    (address,) = await server.start()
    limits = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
    try:
        async with grpc.aio.insecure_channel(address, options=limits) as channel:
            stub = scoring_pb2_grpc.ScoringServiceStub(channel)
            yield Running(server, pool, address, channel, stub)
    finally:
        await server.stop(0)


def task(answer: str = "yes", **more: Any) -> common_pb2.Payload:
    return common_pb2.Payload(data=json.dumps({"answer": answer, **more}).encode())


def group(
    *completions: str | bytes,
    answer: str = "yes",
    verifier: str = "echo",
    name: str = "",
    payload: common_pb2.Payload | None = None,
) -> scoring_pb2.Group:
    return scoring_pb2.Group(
        id=name,
        verifier=verifier,
        task=payload or task(answer),
        completions=[
            scoring_pb2.Completion(text=text.encode() if isinstance(text, str) else text)
            for text in completions
        ],
    )


def details[M: Message](error: grpc.aio.AioRpcError, kind: type[M]) -> M:
    trailers = error.trailing_metadata()
    packed = dict(trailers or ())["grpc-status-details-bin"]
    status = status_pb2.Status.FromString(packed)
    assert status.code == error.code().value[0]
    assert status.message == error.details()
    found = kind()
    assert status.details[0].Unpack(found)
    return found


def violations(error: grpc.aio.AioRpcError) -> dict[str, str]:
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    request = details(error, error_details_pb2.BadRequest)
    return {each.field: each.description for each in request.field_violations}


async def until(condition: Callable[[], bool]) -> None:
    """Waits for something that is bound to happen."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110  what is awaited has no event to wait for
            await asyncio.sleep(0.001)
