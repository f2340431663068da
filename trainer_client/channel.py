"""One gRPC channel a process, opened when it is first needed.

Promises: a channel is never shared with a forked child, and its owner pickles
without it. After a fork the child opens its own; it never closes the one it
inherited, because that would write to the parent's connection.

Does not cover: a fork while a call is under way in another thread. gRPC cannot
survive that; data loaders should use `spawn`, or no workers (TRL's default).
"""

import json
import os
import threading

import grpc

MAX_MESSAGE_BYTES = 64 * 2**20  # both ways; gRPC's own 4 MiB is less than one training batch
RECONNECT_FIRST_MS = 100
RECONNECT_MAX_MS = 5_000  # gRPC's default grows to 120 s: a restarted server would idle for minutes
CONNECT_TIMEOUT_MS = 5_000  # set by the misnamed min_reconnect_backoff_ms; gRPC's own is 20 s
KEEPALIVE_TIME_MS = 30_000
KEEPALIVE_TIMEOUT_MS = 10_000

OPTIONS: tuple[tuple[str, str | int], ...] = (
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    ("grpc.service_config", json.dumps({"loadBalancingConfig": [{"round_robin": {}}]})),
    ("grpc.keepalive_time_ms", KEEPALIVE_TIME_MS),
    ("grpc.keepalive_timeout_ms", KEEPALIVE_TIMEOUT_MS),
    # The keepalive's own timeout does not drop a silent peer in grpcio 1.85; this one does.
    ("grpc.http2.ping_timeout_ms", KEEPALIVE_TIMEOUT_MS),
    ("grpc.initial_reconnect_backoff_ms", RECONNECT_FIRST_MS),
    ("grpc.min_reconnect_backoff_ms", CONNECT_TIMEOUT_MS),
    ("grpc.max_reconnect_backoff_ms", RECONNECT_MAX_MS),
    # The global pool would hand a forked child the parent's connection.
    ("grpc.use_local_subchannel_pool", 1),
    # A verifier server is a neighbour, like a database: a proxy set for the web
    # in the environment would swallow calls even to the loopback address.
    ("grpc.enable_http_proxy", 0),
)

# Channels that a child inherited: kept so that nothing ever finalises them.
_inherited: list[grpc.Channel] = []


class ChannelHolder:
    """Opens, hands out and closes the channel to `target`. Thread-safe."""

    def __init__(self, target: str) -> None:
        self.target = target
        self._reset()

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._channel: grpc.Channel | None = None
        self._pid = os.getpid()

    def __getstate__(self) -> str:
        return self.target

    def __setstate__(self, target: str) -> None:
        self.target = target
        self._reset()

    def get(self) -> grpc.Channel:
        """The channel of this process; opened when there is none yet."""
        if self._pid != os.getpid():
            if self._channel is not None:
                _inherited.append(self._channel)
            self._reset()  # the lock too: a thread of the parent may have held it
        with self._lock:
            if self._channel is None:
                self._channel = grpc.insecure_channel(self.target, options=list(OPTIONS))
            return self._channel

    def close(self) -> None:
        """Closes the channel of this process, if there is one."""
        if self._pid != os.getpid():
            return
        with self._lock:
            channel, self._channel = self._channel, None
        if channel is not None:
            channel.close()
