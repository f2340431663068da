"""gRPC's options and addresses.

Promises: each option that this file sets replaces a default which broke
training runs when it was measured, and says which; every address of a name is
bound or none; only loopback and unix sockets are open unless the operator says
otherwise.

Does not cover: TLS and authentication, which this server does not have.
"""

import ipaddress
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from verifier_server.bounds import MAX_REQUEST_BYTES, MAX_RESPONSE_BYTES

# C-core drops pending calls at random between 1000 and 3000 of them: of 8192
# simultaneous calls 37-58 % ended CANCELLED. The scheduler's queue is the bound.
MAX_PENDING_CALLS = 1 << 20
# Half-open connections lived for two minutes.
HANDSHAKE_TIMEOUT_MS = 5_000
IDLE_CONNECTION_MS = 300_000
KEEPALIVE_TIME_MS = 30_000
KEEPALIVE_TIMEOUT_MS = 10_000
# Clients that ping oftener than this are sent away (ENHANCE_YOUR_CALM); the
# default of 300 s sends away every client with a usual keepalive.
MIN_PING_INTERVAL_MS = 10_000
# Connections are renewed, so that clients find servers that were added. A call
# in flight is never cut by that: the grace is longer than any call should be.
CONNECTION_AGE_GRACE_MS = 6 * 3600 * 1000


class AddressError(Exception):
    """An address cannot be used; the message says why and what to do."""


class Binder(Protocol):
    """What is needed of grpc.aio.Server."""

    def add_insecure_port(self, address: str) -> int:
        """Binds an address and returns its port."""
        ...


@dataclass(frozen=True, slots=True)
class _Address:
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def server_options(connection_age_s: float) -> list[tuple[str, int]]:
    """Options for grpc.aio.server; `connection_age_s` is seconds until a connection is renewed."""
    return [
        # By default a second server on the same port silently takes half of the calls.
        ("grpc.so_reuseport", 0),
        # The default of 4 MiB is a few groups of long completions.
        ("grpc.max_receive_message_length", MAX_REQUEST_BYTES),
        ("grpc.max_send_message_length", MAX_RESPONSE_BYTES),
        ("grpc.server.max_pending_requests", MAX_PENDING_CALLS),
        ("grpc.server.max_pending_requests_hard_limit", MAX_PENDING_CALLS),
        ("grpc.server_handshake_timeout_ms", HANDSHAKE_TIMEOUT_MS),
        ("grpc.max_connection_idle_ms", IDLE_CONNECTION_MS),
        ("grpc.max_connection_age_ms", round(connection_age_s * 1000)),
        ("grpc.max_connection_age_grace_ms", CONNECTION_AGE_GRACE_MS),
        ("grpc.keepalive_time_ms", KEEPALIVE_TIME_MS),
        ("grpc.keepalive_timeout_ms", KEEPALIVE_TIMEOUT_MS),
        # An unanswered ping closes the connection by this option (60 s by
        # default) and not by the one above, as grpcio 1.85 behaves.
        ("grpc.http2.ping_timeout_ms", KEEPALIVE_TIMEOUT_MS),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.min_ping_interval_without_data_ms", MIN_PING_INTERVAL_MS),
    ]


def check_open_addresses(addresses: tuple[str, ...], *, insecure: bool) -> None:
    """Refuses addresses that other machines reach, unless the operator accepts that.

    Raises:
        AddressError: one is reachable from elsewhere, or is none.
    """
    for address in addresses:
        if insecure or address.startswith("unix:"):
            continue
        for resolved in _resolve(address):
            if not ipaddress.ip_address(resolved.host).is_loopback:
                raise AddressError(
                    f"{address} can be reached from other machines, and this server has neither "
                    "TLS nor authentication; listen on 127.0.0.1 or a unix: path, or accept the "
                    "risk with --insecure"
                )


def bind(server: Binder, addresses: tuple[str, ...]) -> tuple[str, ...]:
    """Binds every address and returns them as bound, a port 0 replaced by the real one.

    Raises:
        AddressError: one cannot be bound.
    """
    return tuple(bound for address in addresses for bound in _bind(server, address))


def _bind(server: Binder, address: str) -> Iterator[str]:
    if address.startswith("unix:"):
        _add(server, address)
        yield address
        return
    port = 0
    for resolved in _resolve(address):
        # gRPC is content with one address of a name; a name must not end up
        # half ours and half another server's.
        wanted = _Address(resolved.host, resolved.port or port)
        port = _add(server, str(wanted), wanted)
        yield str(_Address(resolved.host, port))


def _add(server: Binder, address: str, resolved: _Address | None = None) -> int:
    try:
        return server.add_insecure_port(address)
    except RuntimeError:
        why = _why(resolved) if resolved else "is the folder there and writable, the path short?"
    raise AddressError(f"cannot listen on {address}: {why}. Choose another address with --listen")


def _why(address: _Address) -> str:
    """gRPC says only that it failed; the system says why."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        try:
            probe.bind((address.host, address.port))
        except OSError as error:
            return error.strerror or str(error)
    return "the system refused it"


def _resolve(address: str) -> list[_Address]:
    host, colon, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise AddressError(f"{address!r} is no address: give HOST:PORT or unix:PATH")
    try:
        found = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)
    except OSError as error:
        raise AddressError(f"{address}: cannot resolve {host!r}: {error.strerror}") from None
    hosts = dict.fromkeys(str(entry[4][0]) for entry in found)
    return [_Address(each, int(port)) for each in hosts]
