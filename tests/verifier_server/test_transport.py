"""Every option that grpcio needs, by what it does, and the addresses."""

import asyncio
import socket
from pathlib import Path

import grpc
import pytest
from verifier.v1 import scoring_pb2

from tests.verifier_server.harness import (
    PATIENCE_S,
    QUEUE,
    REGISTRY,
    InProcessPool,
    group,
    open_pool,
    running,
    until,
)
from tests.verifier_server.http2 import ENHANCE_YOUR_CALM, GOAWAY, PING, Connection
from verifier_server import transport
from verifier_server.server import Server, ServerOptions
from verifier_server.transport import AddressError, check_open_addresses, server_options


def server(*listen: str) -> Server:
    return Server(REGISTRY, open_pool(), "none", ServerOptions(listen, QUEUE, 1.0, 300.0))


def test_the_options_in_force() -> None:
    assert dict(server_options(300.0)) == {
        "grpc.so_reuseport": 0,
        "grpc.max_receive_message_length": 64 << 20,
        "grpc.max_send_message_length": 64 << 20,
        "grpc.server.max_pending_requests": 1 << 20,
        "grpc.server.max_pending_requests_hard_limit": 1 << 20,
        "grpc.server_handshake_timeout_ms": 5_000,
        "grpc.max_connection_idle_ms": 300_000,
        "grpc.max_connection_age_ms": 300_000,
        "grpc.max_connection_age_grace_ms": 6 * 3600 * 1000,
        "grpc.keepalive_time_ms": 30_000,
        "grpc.keepalive_timeout_ms": 10_000,
        "grpc.http2.ping_timeout_ms": 10_000,
        "grpc.keepalive_permit_without_calls": 1,
        "grpc.http2.min_ping_interval_without_data_ms": 10_000,
    }


async def test_a_taken_port_is_an_error_and_never_shared() -> None:
    async with running() as host:
        second = server(host.address)
        with pytest.raises(AddressError, match=r"cannot listen on .*: Address already in use"):
            await second.start()
        await second.stop(0)


async def test_messages_up_to_the_limit_pass_in_both_directions() -> None:
    async with running() as host:
        huge = group(*[b"x" * 9_000_000] * 6)
        assert 53 << 20 > huge.ByteSize() > 50 << 20
        (result,) = (await host.batch(huge)).groups
        assert len(result.results) == 6
        # About 6 MiB of diagnostics: more than the 4 MiB of gRPC's default.
        many = [group(*[f"{i}" + "x" * 1000 for i in range(256)])] * 22
        response = await host.batch(*many)
        assert response.ByteSize() > 5 << 20


async def test_a_message_beyond_the_limit_is_refused_and_the_server_lives() -> None:
    async with running() as host:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await host.batch(group(b"x" * (65 << 20)))
        assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert (await host.batch(group("yes"))).groups[0].results[0].score.passed


async def test_thousands_of_calls_at_once_are_all_answered() -> None:
    # gRPC's defaults drop calls at random once 1000 are pending.
    async with running() as host:
        request = scoring_pb2.ScoreBatchRequest(groups=[group("yes")])
        calls = [host.scoring.ScoreBatch(request, timeout=PATIENCE_S) for _ in range(3000)]
        for call in calls:
            assert (await call).groups[0].results[0].score.passed


async def test_half_open_connections_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "HANDSHAKE_TIMEOUT_MS", 200)
    async with running() as host, asyncio.timeout(PATIENCE_S):
        connection = await Connection.open(host.address, greet=False)
        assert await connection.until(-1) is None


async def test_idle_connections_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "IDLE_CONNECTION_MS", 1000)
    async with running() as host, asyncio.timeout(PATIENCE_S):
        connection = await Connection.open(host.address)
        assert await connection.until(GOAWAY) is not None


async def test_silent_peers_are_pinged_and_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "KEEPALIVE_TIME_MS", 200)
    monkeypatch.setattr(transport, "KEEPALIVE_TIMEOUT_MS", 300)
    async with running() as host, asyncio.timeout(PATIENCE_S):
        connection = await Connection.open(host.address)
        # No call is open: without keepalive_permit_without_calls there is no ping.
        ping = await connection.until(PING)
        assert ping is not None
        assert ping.flags == 0
        assert await connection.until(-1) is None  # never acknowledged


async def pings_survived(address: str, count: int, interval_s: float) -> bool:
    connection = await Connection.open(address)
    for index in range(count):
        connection.send(PING, payload=bytes([index] * 8))
        await asyncio.sleep(interval_s)
    connection.send(PING, payload=b"the last")
    while (frame := await connection.frame()) is not None:
        if frame.kind == PING and frame.payload == b"the last":
            return True
        if frame.kind == GOAWAY and frame.error == ENHANCE_YOUR_CALM:
            return False
    return False


async def test_clients_may_ping_at_the_agreed_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running() as host, asyncio.timeout(PATIENCE_S):
        assert not await pings_survived(host.address, 8, 0.02)
    monkeypatch.setattr(transport, "MIN_PING_INTERVAL_MS", 10)
    async with running() as host, asyncio.timeout(PATIENCE_S):
        assert await pings_survived(host.address, 8, 0.05)


async def test_old_connections_are_renewed_and_calls_survive_it() -> None:
    pool = InProcessPool()
    async with running(pool, connection_age_s=1.0) as host, asyncio.timeout(PATIENCE_S):
        call = asyncio.create_task(host.batch(group("yes")))
        await until(lambda: pool.running == 1)
        connection = await Connection.open(host.address)
        assert await connection.until(GOAWAY) is not None
        # The call's connection is older than this one, and has its notice, too.
        pool.gate.set()
        assert (await call).groups[0].results[0].score.passed


async def test_unix_socket_and_several_addresses(tmp_path: Path) -> None:
    path = f"unix:{tmp_path / 's'}"
    both = server(path, "127.0.0.1:0")
    addresses = await both.start()
    assert addresses[0] == path
    for address in addresses:
        async with grpc.aio.insecure_channel(address) as channel:
            call = channel.unary_unary("/verifier.v1.RegistryService/GetServerInfo")
            assert await call(b"", timeout=PATIENCE_S)
    await both.stop(0)


async def test_every_address_of_a_name_is_bound() -> None:
    by_name = server("localhost:0")
    addresses = await by_name.start()
    wanted = {
        str(entry[4][0]) for entry in socket.getaddrinfo("localhost", 0, type=socket.SOCK_STREAM)
    }
    assert len(addresses) == len(wanted)
    assert len({address.rsplit(":", 1)[1] for address in addresses}) == 1
    await by_name.stop(0)


async def test_unusable_socket_path(tmp_path: Path) -> None:
    broken = server(f"unix:{tmp_path / 'absent' / 's'}")
    with pytest.raises(AddressError, match="is the folder there"):
        await broken.start()
    await broken.stop(0)


@pytest.mark.parametrize("address", ["127.0.0.1:1", "[::1]:1", "localhost:1", "unix:/run/s"])
def test_local_addresses_are_open(address: str) -> None:
    check_open_addresses((address,), insecure=False)


@pytest.mark.parametrize("address", ["0.0.0.0:1", "[::]:1", "192.0.2.1:1"])
def test_other_addresses_need_a_word(address: str) -> None:
    with pytest.raises(AddressError, match="--insecure"):
        check_open_addresses(("127.0.0.1:1", address), insecure=False)
    check_open_addresses((address,), insecure=True)


@pytest.mark.parametrize("address", ["", "127.0.0.1", ":1", "127.0.0.1:x", "127.0.0.1:65536"])
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(AddressError, match="is no address"):
        check_open_addresses((address,), insecure=False)
