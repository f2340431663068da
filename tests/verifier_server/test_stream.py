"""The course of a stream."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from unittest.mock import Mock

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from verifier.v1 import common_pb2, scoring_pb2

from tests.verifier_server.harness import (
    PATIENCE_S,
    InProcessPool,
    Running,
    group,
    running,
    until,
    violations,
)
from verifier_server.bounds import MAX_STREAM_MESSAGE_BYTES
from verifier_server.stream import DEFAULT_CREDIT, MAX_CREDIT, messages
from verifier_server.validation import check_stream_groups

OVERLOADED = common_pb2.SCORE_ERROR_CODE_OVERLOADED


class Client:
    """The client's side of one stream."""

    def __init__(self, host: Running) -> None:
        self.call = host.scoring.ScoreStream(timeout=PATIENCE_S)

    async def open(self, **fields: Any) -> scoring_pb2.StreamAccepted:
        await self.call.write(scoring_pb2.ScoreStreamRequest(open=scoring_pb2.StreamOpen(**fields)))
        return (await self.read()).accepted

    async def send(self, *groups: scoring_pb2.Group) -> None:
        batch = scoring_pb2.GroupBatch(groups=groups)
        await self.call.write(scoring_pb2.ScoreStreamRequest(groups=batch))

    async def read(self) -> scoring_pb2.ScoreStreamResponse:
        message = await self.call.read()
        assert isinstance(message, scoring_pb2.ScoreStreamResponse)
        return message

    async def results(self) -> AsyncIterator[scoring_pb2.GroupResult]:
        while isinstance(message := await self.call.read(), scoring_pb2.ScoreStreamResponse):
            for result in message.results.results:
                yield result

    async def refused(self) -> dict[str, str]:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await self.call.read()
        return violations(caught.value)


async def test_every_group_is_answered_once() -> None:
    async with running() as host:
        client = Client(host)
        accepted = await client.open()
        assert accepted.max_inflight_groups == DEFAULT_CREDIT
        assert accepted.server_id == host.server.server_id
        for start in range(0, 60, 20):
            await client.send(*(group("yes", "no", name=f"g{start + i}") for i in range(20)))
        await client.call.done_writing()
        found = [result async for result in client.results()]
        assert sorted(result.id for result in found) == sorted(f"g{i}" for i in range(60))
        assert all([r.score.passed for r in each.results] == [True, False] for each in found)
        assert await client.call.code() is grpc.StatusCode.OK


async def test_groups_beyond_the_credit_are_answered_at_once() -> None:
    pool = InProcessPool()
    async with running(pool) as host:
        client = Client(host)
        assert (await client.open(max_inflight_groups=2)).max_inflight_groups == 2
        await client.send(*(group("yes", name=f"g{i}") for i in range(3)))
        (refused,) = (await client.read()).results.results
        assert (refused.id, refused.error.code, refused.error.reason) == (
            "g2",
            OVERLOADED,
            "no_credit",
        )
        assert refused.error.retryable
        pool.gate.set()
        await client.call.done_writing()
        found = [result async for result in client.results()]
        assert sorted(result.id for result in found) == ["g0", "g1"]
        assert all(result.results[0].score.passed for result in found)


def test_answers_that_are_ready_together_are_split_by_size() -> None:
    sizes = [10, 900_000, 900_000, 900_000, 2_000_000, 5, 5]
    results = [scoring_pb2.GroupResult(id="x" * size) for size in sizes]
    parts = list(messages(results))
    assert [len(part) for part in parts] == [3, 1, 3]
    assert [each for part in parts for each in part] == results
    for part in parts:
        message = scoring_pb2.ScoreStreamResponse(
            results=scoring_pb2.GroupResultBatch(results=part)
        )
        assert message.ByteSize() <= MAX_STREAM_MESSAGE_BYTES + 16
    assert list(messages([])) == []


async def test_credit_is_capped() -> None:
    async with running() as host:
        assert (
            await Client(host).open(max_inflight_groups=10**6)
        ).max_inflight_groups == MAX_CREDIT


async def test_group_timeout() -> None:
    async with running(InProcessPool()) as host:
        client = Client(host)
        await client.open(group_timeout=Duration(nanos=50_000_000))
        await client.send(group("yes", name="late"))
        (late,) = (await client.read()).results.results
        assert late.results[0].error.code == common_pb2.SCORE_ERROR_CODE_DEADLINE


async def test_first_message_must_open() -> None:
    async with running() as host:
        client = Client(host)
        await client.send(group("yes", name="a"))
        assert (await client.refused()).keys() == {"open"}
        client = Client(host)
        await client.call.done_writing()
        assert (await client.refused()).keys() == {"open"}


async def test_bad_open_names_its_fields() -> None:
    async with running() as host:
        client = Client(host)
        opened = scoring_pb2.StreamOpen(max_inflight_groups=-1, group_timeout=Duration())
        await client.call.write(scoring_pb2.ScoreStreamRequest(open=opened))
        found = await client.refused()
        assert found.keys() == {"open.max_inflight_groups", "open.group_timeout"}


@pytest.mark.parametrize(
    ("groups", "field"),
    [
        ([group("yes", name="new"), group("yes", name="new")], "groups.groups[1].id"),
        ([group("yes", name="taken")], "groups.groups[0].id"),
        ([group("yes")], "groups.groups[0].id"),
        ([group(name="new")], "groups.groups[0].completions"),
        ([], "groups.groups"),
    ],
)
async def test_a_bad_message_ends_the_stream_after_the_answers_it_owes(
    groups: list[scoring_pb2.Group], field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = Mock(wraps=check_stream_groups)
    monkeypatch.setattr("verifier_server.stream.check_stream_groups", checked)
    pool = InProcessPool()
    async with running(pool) as host:
        client = Client(host)
        await client.open()
        await client.send(group("yes", name="taken"))
        await until(lambda: pool.running == 1)
        await client.send(*groups)
        await until(lambda: checked.call_count == 2)
        pool.gate.set()
        (owed,) = (await client.read()).results.results
        assert owed.results[0].score.passed
        assert (await client.refused()).keys() == {field}


async def test_ids_in_use_are_told_in_short() -> None:
    async with running() as host:
        client = Client(host)
        await client.open()
        await client.send(*[group("yes", name="\N{GRINNING FACE}" * 32)] * 100)
        found = await client.refused()
    assert len(found["groups.groups[1].id"].encode()) < 120


async def test_an_id_may_come_again_after_its_answer() -> None:
    async with running() as host:
        client = Client(host)
        await client.open()
        for _ in range(2):
            await client.send(group("yes", name="a"))
            (answer,) = (await client.read()).results.results
            assert answer.id == "a"


async def test_garbage_in_a_stream() -> None:
    async with running() as host:
        call = host.channel.stream_stream("/verifier.v1.ScoringService/ScoreStream")()
        await call.write(b"\xff\xff")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call.read()
        assert "not a valid verifier.v1.ScoreStreamRequest" in violations(caught.value)[""]


async def test_drain_answers_what_was_taken_and_says_so() -> None:
    pool = InProcessPool()
    async with running(pool) as host:
        client = Client(host)
        await client.open()
        await client.send(group("yes", name="taken"))
        await until(lambda: pool.running == 1)
        draining = asyncio.create_task(host.server.drain())
        notice = await client.read()
        assert 0 < notice.draining.grace.seconds <= PATIENCE_S
        await client.send(group("yes", name="too late"))
        pool.gate.set()
        (owed,) = (await client.read()).results.results
        assert (owed.id, owed.results[0].score.passed) == ("taken", True)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await client.call.read()
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
        assert await draining


async def test_a_client_that_leaves_frees_the_workers() -> None:
    pool = InProcessPool()
    async with running(pool) as host:
        client = Client(host)
        await client.open()
        await client.send(group("yes", name="a"), group("yes", name="b"))
        await until(lambda: pool.running == 2)
        client.call.cancel()
        await until(lambda: pool.cancelled == 2)
        await until(lambda: host.server.calls == 0)
