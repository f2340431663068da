"""The server as a process: signals, ready file, exit codes; workers are not sandboxed here."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import grpc
import pytest
from verifier.v1 import scoring_pb2, scoring_pb2_grpc

from sandboxes.pool import PoolSettings, SandboxUnavailable
from tests.verifier_server.harness import (
    PATIENCE_S,
    REGISTRY,
    InProcessPool,
    group,
    open_pool,
    running,
    until,
)
from verifier_server import process
from verifier_server.embedded import StartError, embedded_server
from verifier_server.offer import Offer
from verifier_server.process import (
    EXIT_ADDRESS,
    EXIT_FORCED,
    EXIT_OK,
    EXIT_SANDBOX,
    Announce,
    CannotServe,
    serve,
)
from verifier_server.registry import Registry
from verifier_server.settings import load_settings

SETTINGS = load_settings({"listen": ("127.0.0.1:0",), "workers": 1}, None)


class Process(InProcessPool):
    """A pool with a life, as `sandboxes.pool.Pool` has."""

    sandbox = "nsjail"
    started = closed = 0
    settings: PoolSettings
    memory_in_digests = 0

    async def start(self) -> None:
        self.started += 1

    async def close(self) -> None:
        self.closed += 1


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Process:
    pool = Process(size=1)

    def make(settings: PoolSettings) -> Process:
        pool.settings = settings
        return pool

    monkeypatch.setattr(process, "Pool", make)

    def registry(memory_bytes: int, offer: Offer | None) -> Registry:
        pool.memory_in_digests = memory_bytes
        return REGISTRY

    monkeypatch.setattr(process, "builtin_registry", registry)
    return pool


def addresses(path: Path) -> list[str]:
    return path.read_text().splitlines()


async def ready(path: Path) -> str:
    await until(path.exists)
    (address,) = addresses(path)
    return address


async def test_sigterm_answers_what_was_taken(pool: Process, tmp_path: Path) -> None:
    file = tmp_path / "ready"
    server = asyncio.create_task(serve(SETTINGS, Announce(file)))
    async with grpc.aio.insecure_channel(await ready(file)) as channel:
        request = scoring_pb2.ScoreBatchRequest(groups=[group("yes")] * 5)
        taken = scoring_pb2_grpc.ScoringServiceStub(channel).ScoreBatch(request, timeout=PATIENCE_S)
        await until(lambda: pool.running == 1)
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0)
        pool.gate.set()
        answered = await taken
    assert all(each.results[0].score.passed for each in answered.groups)
    assert await server == EXIT_OK
    assert (pool.started, pool.closed) == (1, 1)
    assert pool.settings.handler == "verifier_server.worker:open_job"
    assert pool.settings.preload
    assert pool.settings.memory_bytes == pool.memory_in_digests == 2048 << 20
    assert "verifier_server" in pool.settings.packages
    assert os.listdir(tmp_path) == [file.name]


async def test_second_signal_ends_at_once(pool: Process, tmp_path: Path) -> None:
    file = tmp_path / "ready"
    server = asyncio.create_task(serve(SETTINGS, Announce(file)))
    async with grpc.aio.insecure_channel(await ready(file)) as channel:
        request = scoring_pb2.ScoreBatchRequest(groups=[group("yes")])
        stuck = scoring_pb2_grpc.ScoringServiceStub(channel).ScoreBatch(request, timeout=PATIENCE_S)
        await until(lambda: pool.running == 1)
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)
        assert await server == EXIT_FORCED
        # The answer may still leave, or be cut; it is never a score.
        with contextlib.suppress(grpc.aio.AioRpcError):
            assert (await stuck).groups[0].error.reason == "shutting_down"
    assert pool.closed == 1


async def test_missing_sandbox(pool: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    async def start() -> None:
        raise SandboxUnavailable("install libnl-route-3-200")

    monkeypatch.setattr(pool, "start", start)
    with pytest.raises(CannotServe, match="install libnl") as caught:
        await serve(SETTINGS, Announce())
    assert caught.value.exit_code == EXIT_SANDBOX
    assert pool.closed == 1


async def test_taken_port(pool: Process) -> None:
    async with running(open_pool()) as host:
        taken = SETTINGS.model_copy(update={"listen": (host.address,)})
        with pytest.raises(CannotServe, match="Address already in use") as caught:
            await serve(taken, Announce())
    assert caught.value.exit_code == EXIT_ADDRESS
    assert pool.closed == 1


async def test_open_address_is_refused_before_anything_starts(pool: Process) -> None:
    open_to_all = SETTINGS.model_copy(update={"listen": ("0.0.0.0:0",)})
    with pytest.raises(CannotServe, match="--insecure") as caught:
        await serve(open_to_all, Announce())
    assert caught.value.exit_code == EXIT_ADDRESS
    assert pool.started == 0


def test_embedded_server_that_cannot_start_says_so() -> None:
    with pytest.raises(StartError, match="exit code 2") as caught, embedded_server(["--workers=0"]):
        pass
    assert caught.value.exit_code == 2


def test_the_command_line_is_cheap_to_import() -> None:
    heavy = "('grpc', 'pydantic', 'sympy', 'jsonschema', 'rich', 'sandboxes')"
    code = f"import sys, verifier_server.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
