"""The host's end of one worker: what it sends, its clocks, and how it ended.

Promises: what a worker sends is decoded as capped plain data and nothing else,
and only while it has a job: what it says unasked ends it. A worker that uses CPU
beyond its budget, or wall time without using CPU, is ended from here, whatever it
does to its own timer and whether its zygote lives or not.

Does not cover: what its messages mean (`job.py`), or who gets it (`pool.py`).
"""

import asyncio
import contextlib
import os
import signal
import socket
import time
from collections import deque
from collections.abc import Sequence
from enum import Enum
from typing import Any

from sandboxes.jail import LOST, Exit, Jail, peer_pid
from sandboxes.limits import Limits
from sandboxes.nursery import Nursery
from sandboxes.wire import MAX_FROM_WORKER, Decoder, ProtocolError, pack
from sandboxes.zygote import EXIT_SETUP

RECYCLE_ITEMS = 20_000  # items after which a worker is replaced
CPU_GRACE_SECONDS = 1.0  # CPU beyond its budget at which the host ends a worker itself
EXIT_SECONDS = 5.0  # wall time for the zygote to report an end
FORK_SECONDS = 20.0  # wall time for a child to be ready, on a loaded machine
MAX_WAITING = 4096  # messages of one job that may wait to be read


class Doom(Enum):
    """Why the host ended a worker."""

    EXPIRED = "the job's deadline came"
    HUNG = "wall time with CPU unspent"
    OVERSPENT = "CPU that its own timer should have stopped"
    GARBLED = "what it sent"


class Worker(asyncio.Protocol):
    """Our end of one worker. Made by `fork`; belongs to one event loop."""

    def __init__(
        self,
        number: int,
        jail: Jail,
        exited: asyncio.Future[Exit],
        nursery: Nursery | None = None,
    ) -> None:
        self.number = number
        self.pid = 0
        self.items = 0  # judged so far
        self.retire = False  # it may finish what it has, and gets nothing more
        self.limits: Limits | None = None  # of the work at hand, None when idle
        self._jail = jail
        self._nursery = nursery
        self._pidfd = -1
        self._doom: Doom | None = None
        self._doomed_at = 0
        self._begun = self._watched = 0  # pieces of work begun, and the one `watch` last saw
        self._since_wall = self._since_cpu = 0.0
        self._exited = exited
        self._decoder = Decoder(MAX_FROM_WORKER)
        self._inbox: deque[Any] = deque()
        self._arrived: asyncio.Future[None] | None = None
        self._transport: asyncio.Transport | None = None
        self._closed = False

    def identify(self, pid: int) -> None:
        """Learns the process id. Raises ProcessLookupError when it is gone already."""
        self._pidfd = os.pidfd_open(pid)
        self.pid = pid

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop (asyncio.Protocol)."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Called by the event loop."""
        try:
            self._inbox.extend(self._decoder.feed(data))
        except ProtocolError:
            self.garble()
        # It speaks when it is asked, and answers each item once: more is not from our code.
        if self.limits is None or len(self._inbox) > MAX_WAITING:
            self._inbox.clear()
            self.garble()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the event loop."""
        self._closed = True
        if self._transport is not None:
            self._transport.close()
        if self._pidfd >= 0:
            os.close(self._pidfd)
            self._pidfd = -1
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
        fit = self._doom is None and not self.retire and self.items < RECYCLE_ITEMS
        return fit and not self._closed

    @property
    def doom(self) -> Doom | None:
        """Why the host ended it, None when it did not.

        A budget that was overrun is the overrunner's: when the worker went on to
        other work while its death was under way, that work has done nothing.
        """
        if self._doom in (Doom.OVERSPENT, Doom.HUNG) and self._doomed_at != self._begun:
            return None
        return self._doom

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

    def finished(self, retire: bool) -> None:
        """The job is done, by the worker's word; anything after that word is not from our code."""
        self.retire = self.retire or retire
        if self._inbox:
            self.garble()

    def answer(self, children: Sequence[Any]) -> None:
        """Answers what it asked about its children, and so knows that it is alive.

        Its clocks start again: a worker that watches its children is not hung.
        """
        match children:
            case [*pairs] if self._nursery is not None and all(map(_is_place, pairs)):
                self.send(self._nursery.runnable([(name, pid) for name, pid in pairs]))
                self.begin(self.limits)
            case _:
                self.garble()

    def kill(self) -> None:
        """Kills it. Its end then comes as for any death."""
        if self._pidfd >= 0:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        self._jail.kill(self.number)

    def expire(self) -> None:
        """Ends it for the deadline of its job."""
        self._end_for(Doom.EXPIRED)

    def garble(self) -> None:
        """Ends it for what it sent, and listens no more."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()
        self._end_for(Doom.GARBLED)
        self.close()

    def _end_for(self, doom: Doom) -> None:
        if self._doom is None:
            self._doom, self._doomed_at = doom, self._begun
        self.kill()

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
            self._end_for(Doom.OVERSPENT)
        elif time.monotonic() - self._since_wall > self.limits.wall_s:
            self._end_for(Doom.HUNG)

    def _cpu(self) -> float:
        """CPU seconds of the process so far, by its clock (clock_getcpuclockid(3))."""
        with contextlib.suppress(OSError):
            return time.clock_gettime((~self.pid << 3) | 2) if self.pid else 0.0
        return 0.0


def _is_place(value: Any) -> bool:
    """Whether this is [name of a jail, pid in it]."""
    match value:
        case [str(), int()]:
            return True
        case _:
            return False


def _sender(channel: socket.socket) -> int:
    """The process id of whoever sent the first byte on the channel, which it consumes."""
    _, ancillary, _, _ = channel.recvmsg(1, socket.CMSG_SPACE(12))
    return peer_pid(ancillary)


class HungZygote(ConnectionError):
    """The zygote forked no child in FORK_SECONDS: its jail is of no use any more."""


async def fork(jail: Jail, number: int, nursery: Nursery | None = None) -> Worker:
    """Forks a worker in a jail and waits until it is ready for jobs.

    Raises:
        HungZygote: there was no child in time.
        OSError: the jail died meanwhile, or the child could not be contained.
    """
    links = await nursery.links() if nursery is not None else []
    names = nursery.names if nursery is not None else ()
    try:
        channel, exited = jail.fork(number, dict(zip(names, links, strict=True)))
    finally:
        for link in links:
            link.close()
    worker = Worker(number, jail, exited, nursery)
    try:
        async with asyncio.timeout(FORK_SECONDS):
            await _readable(channel)
        pid = _sender(channel)
        if pid == 0:
            ended = await worker.ended()
            why = "could not be contained" if ended.status >> 8 == EXIT_SETUP else "died at birth"
            raise ConnectionResetError(f"a worker {why} (status {ended.status})")
        worker.identify(pid)
        await asyncio.get_running_loop().create_unix_connection(lambda: worker, sock=channel)
    except BaseException as error:
        jail.kill(number)
        channel.close()
        if isinstance(error, TimeoutError):
            raise HungZygote("the zygote does not answer") from error
        raise
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
