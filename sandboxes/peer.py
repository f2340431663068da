"""The host's end of one worker: what it sends, its clocks, and how it ended.

Promises: what a worker sends is decoded as capped plain data and nothing else. A
worker that uses CPU beyond its budget, or wall time without using CPU, is ended
from here, whatever it does to its own timer.

Does not cover: what its messages mean (`job.py`), or who gets it (`pool.py`).
"""

import asyncio
import contextlib
import socket
import time
from collections import deque
from typing import Any

from sandboxes.jail import LOST, Exit, Jail
from sandboxes.limits import Limits
from sandboxes.wire import MAX_FROM_WORKER, Decoder, ProtocolError, pack
from sandboxes.zygote import EXIT_SETUP

RECYCLE_ITEMS = 20_000  # items after which a worker is replaced
CPU_GRACE_SECONDS = 1.0  # CPU beyond its budget at which the host ends a worker itself
EXIT_SECONDS = 5.0  # wall time for the zygote to report an end


class Worker(asyncio.Protocol):
    """Our end of one worker. Made by `fork`; belongs to one event loop."""

    def __init__(self, number: int, jail: Jail, exited: asyncio.Future[Exit]) -> None:
        self.number = number
        self.jail = jail
        self.pid = 0
        self.items = 0
        self.retire = False
        self.expired = False  # killed for the job's deadline
        self.hung = False  # killed for wall time with CPU unspent
        self.overspent = False  # killed by the host for CPU its own timer should have stopped
        self.garbled = False  # killed for what it sent
        self.limits: Limits | None = None  # of the work at hand, None when idle
        self._begun = self._watched = 0  # pieces of work begun, and the one `watch` last saw
        self._since_wall = self._since_cpu = 0.0
        self._exited = exited
        self._decoder = Decoder(MAX_FROM_WORKER)
        self._inbox: deque[Any] = deque()
        self._arrived: asyncio.Future[None] | None = None
        self._transport: asyncio.WriteTransport | None = None
        self._closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop (asyncio.Protocol)."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Called by the event loop."""
        try:
            self._inbox.extend(self._decoder.feed(data))
        except ProtocolError:
            self.garbled = True
            self.kill()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the event loop."""
        self._closed = True
        if self._transport is not None:
            self._transport.close()
        self._wake()

    def _wake(self) -> None:
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)

    @property
    def alive(self) -> bool:
        """Whether its end of the channel is still open."""
        return not self._closed

    @property
    def usable(self) -> bool:
        """Whether it may be given work: it lives, and nobody has sent it to its death."""
        doomed = self.expired or self.hung or self.overspent or self.garbled or self.retire
        return not doomed and not self._closed and self.items < RECYCLE_ITEMS

    def send(self, message: object) -> None:
        """Sends one message; nothing to a worker that is gone."""
        if self._transport is not None and not self._closed:
            self._transport.write(pack(message))

    async def receive(self) -> Any:
        """The next message, or None when the worker is gone."""
        while not self._inbox:
            if self._closed:
                return None
            self._arrived = asyncio.get_running_loop().create_future()
            await self._arrived
        return self._inbox.popleft()

    def kill(self) -> None:
        """Has it killed. Its end then comes as for any death."""
        self.jail.kill(self.number)

    def close(self) -> None:
        """Closes our end: an idle worker then ends by itself."""
        if self._transport is not None:
            self._transport.close()

    async def ended(self) -> Exit:
        """How the worker ended, once it has."""
        try:
            return await asyncio.wait_for(asyncio.shield(self._exited), EXIT_SECONDS)
        except TimeoutError:
            return LOST

    def begin(self, limits: Limits | None) -> None:
        """Starts the host's clocks for one piece of work, or stops them."""
        self.limits = limits
        self._begun += 1
        self._since_wall = time.monotonic()

    def watch(self) -> None:
        """Ends a worker that its own timer did not: it waits, or it blocked the timer."""
        if self.limits is None or self._closed:
            return
        if self._watched != self._begun:
            # Only work that outlasts a round of the watch is worth reading its clock.
            self._watched, self._since_cpu = self._begun, self._cpu()
        elif self._cpu() - self._since_cpu > self.limits.cpu_s + CPU_GRACE_SECONDS:
            self.overspent = True
            self.kill()
        elif time.monotonic() - self._since_wall > self.limits.wall_s:
            self.hung = True
            self.kill()

    def _cpu(self) -> float:
        """CPU seconds of the process so far, by its clock (clock_getcpuclockid(3))."""
        with contextlib.suppress(OSError):
            return time.clock_gettime((~self.pid << 3) | 2) if self.pid else 0.0
        return 0.0


def _peer_pid(channel: socket.socket) -> int:
    """The process id of whoever sent the first byte on the channel, which it consumes."""
    room = socket.CMSG_SPACE(12)
    _, ancillary, _, _ = channel.recvmsg(1, room)
    for _, kind, content in ancillary:
        if kind == socket.SCM_CREDENTIALS:
            return int.from_bytes(content[:4], "little", signed=True)
    return 0


async def fork(jail: Jail, number: int) -> Worker:
    """Forks a worker in a jail and waits until it is ready for jobs.

    Raises:
        ConnectionError: the jail died meanwhile, or the child could not be contained.
    """
    channel, exited = jail.fork(number)
    worker = Worker(number, jail, exited)
    try:
        await _readable(channel)
    except BaseException:
        channel.close()
        raise
    with contextlib.suppress(OSError):
        worker.pid = _peer_pid(channel)
    if worker.pid == 0:
        channel.close()
        ended = await worker.ended()
        why = "could not be contained" if ended.status >> 8 == EXIT_SETUP else "died at birth"
        raise ConnectionResetError(f"a worker {why} (status {ended.status})")
    await asyncio.get_running_loop().create_unix_connection(lambda: worker, sock=channel)
    return worker


async def _readable(channel: socket.socket) -> None:
    """Waits until a socket has something to read, be it its end."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(channel, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(channel)
