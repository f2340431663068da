"""Health, reflection, drain."""

import asyncio

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from verifier.v1 import common_pb2

from tests.verifier_server.harness import InProcessPool, Running, group, open_pool, running, until

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
ENTRIES = ["", "verifier.v1.ScoringService", "verifier.v1.RegistryService"]


async def health(host: Running) -> set[int]:
    stub = health_pb2_grpc.HealthStub(host.channel)
    requests = (health_pb2.HealthCheckRequest(service=entry) for entry in ENTRIES)
    return {(await stub.Check(request)).status for request in requests}


async def test_health_follows_the_life_of_the_server() -> None:
    async with running() as host:
        assert await health(host) == {SERVING}
        watch = health_pb2_grpc.HealthStub(host.channel).Watch(health_pb2.HealthCheckRequest())
        assert (await watch.read()).status == SERVING
        assert await host.server.drain()  # a watcher holds up no drain
        assert (await watch.read()).status == NOT_SERVING
        assert await health(host) == {NOT_SERVING}


async def test_reflection_describes_every_service() -> None:
    async with running() as host:
        stub = reflection_pb2_grpc.ServerReflectionStub(host.channel)
        request = reflection_pb2.ServerReflectionRequest
        call = stub.ServerReflectionInfo(
            iter(
                [
                    request(list_services=""),
                    request(file_containing_symbol="verifier.v1.ScoringService"),
                ]
            )
        )
        answers = [answer async for answer in call]
    names = {each.name for each in answers[0].list_services_response.service}
    assert names >= {*ENTRIES[1:], "grpc.health.v1.Health"}
    assert answers[1].file_descriptor_response.file_descriptor_proto


async def test_drain_answers_what_was_taken_and_refuses_the_rest() -> None:
    pool = InProcessPool(size=1)
    async with running(pool) as host:
        taken = [asyncio.create_task(host.batch(group("yes"), group("yes"))) for _ in range(3)]
        await until(lambda: host.server.calls == 3)
        drained = asyncio.create_task(host.server.drain())
        await asyncio.sleep(0)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await host.batch(group("yes"))
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
        assert not drained.done()
        pool.gate.set()
        for response in await asyncio.gather(*taken):
            assert [each.results[0].score.passed for each in response.groups] == [True, True]
        assert await drained


async def test_drain_that_takes_too_long_keeps_what_is_judged() -> None:
    pool = InProcessPool(size=1)
    async with running(pool, drain_grace_s=0.1) as host:
        taken = asyncio.create_task(host.batch(group("yes")))
        await until(lambda: pool.running == 1)
        assert not await host.server.drain()
        await host.server.stop()
        (result,) = (await taken).groups
        assert result.error.code == common_pb2.SCORE_ERROR_CODE_OVERLOADED
        assert (result.error.reason, result.error.retryable) == ("shutting_down", True)


async def test_stop_closes_the_port() -> None:
    async with running(open_pool()) as host:
        await host.server.stop()
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await host.batch(group("yes"), timeout_s=5.0)
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
