"""Workers in a jail, and jobs for them.

Promises: a job runs on one worker, item after item. A worker that hangs, dies or
runs out of a budget costs the item at hand and no other: a new worker, forked in
milliseconds, goes on with the next. What somebody else did to a worker (a kill
from outside, a dead jail, a wall limit with CPU unspent) is tried again on a
fresh one, and after MAX_ATTEMPTS ends LOST. Memory limits and crashes count only
when a fresh worker that judged nothing before shows them too, so that what a
worker did earlier cannot change an outcome. CPU limits are the work's own.

Does not cover: what outcomes mean (the scheduler knows), how a jail is built
(`jail.py`), fairness between jobs (first come, first served here).
"""

import asyncio
import contextlib
import os
import signal
import socket
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandboxes.jail import LOST, Exit, Jail, JailSettings, SandboxUnavailable
from sandboxes.limits import Ending, JobOutcome, Limits, Outcome, Usage
from sandboxes.wire import MAX_FROM_WORKER, Decoder, ProtocolError, pack
from sandboxes.worker import END, EXIT_CPU, FAILED, ITEM, SETUP
from sandboxes.zygote import EXIT_SETUP

__all__ = ["Pool", "PoolSettings", "SandboxUnavailable"]

MAX_ATTEMPTS = 8  # workers that one item is given to before it is LOST
MAX_HANGS = 2  # workers whose wall limit one item may reach before it is LOST
RECYCLE_ITEMS = 20_000  # items after which a worker is replaced
WATCH_SECONDS = 0.05  # how often busy workers' clocks are read
CPU_GRACE_SECONDS = 1.0  # CPU beyond its budget at which the host ends a worker itself
EXIT_SECONDS = 5.0  # wall time for the zygote to report an end
PATIENCE_SECONDS = 60.0  # wall time that a job waits for a jail that is being started again
RESTART_SECONDS = 0.2  # wall time between two tries to start a dead jail again
TMP_BYTES = 16 << 20  # a worker's /tmp


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """What the workers are. `memory_bytes` is the address space of one worker.

    `handler` is "module:function" (see `worker.py`); `preload` are modules that
    the zygote imports once; `packages` are top-level packages, beside the
    installed ones, that the jail must see. `sandbox` is "nsjail" or "rlimits".
    """

    handler: str
    preload: tuple[str, ...]
    workers: int
    packages: tuple[str, ...] = ("sandboxes",)
    sandbox: str = "nsjail"
    memory_bytes: int = 2 << 30


class _Worker(asyncio.Protocol):
    """Our end of one worker: what it sent, and how it ended."""

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

    # Protocol: called by the event loop.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        try:
            self._inbox.extend(self._decoder.feed(data))
        except ProtocolError:
            self.garbled = True
            self.kill()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self._closed = True
        if self._transport is not None:
            self._transport.close()
        self._wake()

    def _wake(self) -> None:
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)

    # What the pool uses.

    @property
    def alive(self) -> bool:
        return not self._closed

    @property
    def usable(self) -> bool:
        """Whether it may be given work: it lives, and nobody has sent it to its death."""
        doomed = self.expired or self.hung or self.overspent or self.garbled or self.retire
        return not doomed and not self._closed and self.items < RECYCLE_ITEMS

    def send(self, message: object) -> None:
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
        self.jail.kill(self.number)

    def close(self) -> None:
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


class Pool:
    """A fixed number of workers in one jail. All methods belong to one event loop."""

    def __init__(self, settings: PoolSettings) -> None:
        if settings.sandbox not in {"nsjail", "rlimits"}:
            raise ValueError(f"sandbox must be nsjail or rlimits, not {settings.sandbox!r}")
        self.size = settings.workers
        self.sandbox = settings.sandbox
        self._settings = settings
        self._jail: Jail | None = None
        self._numbers = 0
        self._idle: asyncio.Queue[_Worker] = asyncio.Queue()
        self._workers: set[_Worker] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._restarting: asyncio.Task[None] | None = None
        self._closing = False
        self.import_s = 0.0
        self.replaced = 0  # workers that died or were ended, since the start

    async def start(self) -> None:
        """Starts the jail and its workers.

        Raises:
            SandboxUnavailable: there is no working sandbox here.
        """
        await self._start_jail()
        self._spawn(self._watch())
        for _ in range(self.size):
            self._idle.put_nowait(await self._fork())

    async def _start_jail(self) -> None:
        settings = self._settings
        jail = Jail(
            JailSettings(
                handler=settings.handler,
                preload=settings.preload,
                packages=settings.packages,
                workers=settings.workers,
                memory_bytes=settings.memory_bytes,
                tmp_bytes=TMP_BYTES,
                nsjail=settings.sandbox == "nsjail",
            ),
            on_death=self._jail_died,
        )
        self.import_s = await jail.start()
        self._jail = jail

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _jail_died(self) -> None:
        if not self._closing and (self._restarting is None or self._restarting.done()):
            self._restarting = asyncio.get_running_loop().create_task(self._restart_jail())

    async def _restart_jail(self) -> None:
        while not self._closing:
            old, self._jail = self._jail, None
            if old is not None:
                await old.stop()
            with contextlib.suppress(SandboxUnavailable):
                await self._start_jail()
                return
            await asyncio.sleep(RESTART_SECONDS)

    async def _fork(self) -> _Worker:
        """A new worker; waits for a jail that is being restarted.

        Raises:
            ConnectionError: the jail died meanwhile, or the child could not be contained.
        """
        if self._restarting is not None:
            await asyncio.shield(self._restarting)
        if self._jail is None:
            raise ConnectionResetError("there is no jail")
        jail = self._jail
        self._numbers += 1
        number = self._numbers
        channel, exited = jail.fork(number)
        worker = _Worker(number, jail, exited)
        loop = asyncio.get_running_loop()
        try:
            await _readable(loop, channel)
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
        await loop.create_unix_connection(lambda: worker, sock=channel)
        self._workers.add(worker)
        return worker

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            for worker in self._workers:
                worker.watch()

    def worker_pids(self) -> list[int]:
        """Process ids of the workers, as this process sees them."""
        return sorted(worker.pid for worker in self._workers if worker.alive)

    async def close(self) -> None:
        """Ends every worker and the jail. Jobs under way end with an exception."""
        self._closing = True
        for task in [*self._tasks, *([self._restarting] if self._restarting else [])]:
            task.cancel()
        for worker in list(self._workers):
            worker.close()
        self._workers.clear()
        if self._jail is not None:
            await self._jail.stop()

    async def run(
        self,
        setup: Any,
        items: Sequence[bytes],
        *,
        setup_limits: Limits,
        item_limits: Limits,
        deadline: float | None = None,
    ) -> JobOutcome:
        """Runs one job on the next free worker.

        Args:
            setup: plain data for the handler.
            items: one plain value for each call of the judge.
            setup_limits, item_limits: budgets for the set-up and for each item.
            deadline: on `time.monotonic`'s clock. Work that is not done by then
                ends EXPIRED; finished items keep their outcome.

        Returns:
            The outcome of the set-up and, when the handler accepted the job, of
            each item, in order.

        Cancelling the task ends the worker's work at once.
        """
        asked = time.monotonic()
        worker: _Worker | None = None
        try:
            try:
                left = None if deadline is None else max(0.0, deadline - asked)
                worker = await asyncio.wait_for(self._idle.get(), left)
            except TimeoutError:
                queue_s = time.monotonic() - asked
                return JobOutcome(Outcome(Ending.EXPIRED), queue_s=queue_s)
            queue_s = time.monotonic() - asked
            job = _Job(self, worker, setup, items, setup_limits, item_limits, deadline)
            try:
                outcome = await job.run()
            finally:
                worker = job.worker
        except BaseException:
            if worker is not None:
                worker.retire = True
                worker.kill()  # it may be deep in work that nobody waits for any more
            raise
        finally:
            if worker is not None:
                self._give_back(worker)
        return JobOutcome(outcome.setup, outcome.items, queue_s)

    def _give_back(self, worker: _Worker) -> None:
        if self._closing:
            return
        if worker.usable:
            self._idle.put_nowait(worker)
        else:
            self._spawn(self._replace_idle(worker))

    async def _replace_idle(self, worker: _Worker) -> None:
        self._idle.put_nowait(await self.replace(worker))

    async def replace(self, worker: _Worker) -> _Worker:
        """Ends a worker and forks another, for as long as that takes."""
        self._workers.discard(worker)
        worker.kill()
        worker.close()
        self.replaced += 1
        while True:
            with contextlib.suppress(ConnectionError):
                return await self._fork()
            await asyncio.sleep(RESTART_SECONDS)


async def _readable(loop: asyncio.AbstractEventLoop, channel: socket.socket) -> None:
    """Waits until a socket has something to read, be it its end."""
    ready = asyncio.Event()
    loop.add_reader(channel, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(channel)


class _Job:
    """One job on its way through one worker after another."""

    def __init__(
        self,
        pool: Pool,
        worker: _Worker,
        setup: Any,
        items: Sequence[bytes],
        setup_limits: Limits,
        item_limits: Limits,
        deadline: float | None,
    ) -> None:
        self.worker = worker
        self._pool = pool
        self._setup = setup
        self._items = items
        self._setup_limits = setup_limits
        self._item_limits = item_limits
        self._deadline = deadline
        self._done: list[Outcome] = []
        self._opened: Outcome | None = None  # the set-up's outcome, once there is one
        self._accepted = False
        self._attempts = 0  # workers given to the work at hand
        self._suspect: Outcome | None = None  # of the work at hand, to be confirmed

    async def run(self) -> JobOutcome:
        """Sends what is left of the job until nothing is left of it."""
        while True:
            if not self.worker.usable:
                try:
                    async with asyncio.timeout(self._patience()):
                        self.worker = await self._pool.replace(self.worker)
                except TimeoutError:
                    return self._give_up()
            timer = None
            if self._deadline is not None:
                loop = asyncio.get_running_loop()
                timer = loop.call_later(self._left(), _expire, self.worker)
            try:
                finished = await self._pass()
            finally:
                self.worker.begin(None)
                if timer is not None:
                    timer.cancel()
            if finished:
                assert self._opened is not None
                return JobOutcome(self._opened, tuple(self._done))

    def _left(self) -> float:
        """Seconds to the deadline, 0 when it has passed."""
        assert self._deadline is not None
        return max(0.0, self._deadline - time.monotonic())

    def _patience(self) -> float:
        """Seconds to wait for a worker when there is no jail."""
        return PATIENCE_SECONDS if self._deadline is None else min(PATIENCE_SECONDS, self._left())

    def _give_up(self) -> JobOutcome:
        """There was no worker in time."""
        late = self._deadline is not None and self._left() == 0.0
        ending = Ending.EXPIRED if late else Ending.LOST
        self._end_rest(Outcome(ending, attempts=self._attempts, detail="there was no worker"))
        assert self._opened is not None
        return JobOutcome(self._opened, tuple(self._done))

    async def _pass(self) -> bool:
        """One pass with one worker. Returns whether the job is finished."""
        worker = self.worker
        # What a fresh worker must confirm is tried alone, the rest afterwards.
        rest = self._items[len(self._done) :]
        batch = list(rest[:1] if self._suspect is not None else rest)
        setup_cpu_s, item_cpu_s = self._setup_limits.cpu_s, self._item_limits.cpu_s
        self._attempts += 1
        worker.begin(self._setup_limits)
        worker.send([self._setup, batch, setup_cpu_s, item_cpu_s])
        in_setup = True
        while (message := await worker.receive()) is not None:
            match message:
                case [int(kind), value, bool(accepted), float(cpu_s), float(wall_s)] if (
                    kind == SETUP and in_setup
                ):
                    in_setup = False
                    self._settle_setup(self._outcome(Ending.DONE, cpu_s, wall_s, value))
                    self._accepted = accepted
                case [int(kind), value, float(cpu_s), float(wall_s)] if (
                    kind == ITEM and not in_setup and len(self._done) < len(self._items)
                ):
                    self._settle_item(self._outcome(Ending.DONE, cpu_s, wall_s, value))
                case [int(kind), str(ending), str(detail), float(cpu_s), float(wall_s)] if (
                    kind == FAILED and ending in _WORKER_ENDINGS
                ):
                    found = self._outcome(Ending(ending), cpu_s, wall_s, detail=detail)
                    if not self._believe(found):
                        # The worker has seen other work: it goes, and a fresh one is asked.
                        worker.retire = True
                        return False
                    if in_setup:
                        self._settle_setup(found)
                        in_setup = False
                    else:
                        self._settle_item(found)
                case [int(kind), bool(retire)] if kind == END:
                    worker.retire = retire or self._memory_hit()
                    return not self._accepted or len(self._done) == len(self._items)
                case _:
                    worker.garbled = True
                    worker.kill()
                    continue
            worker.begin(self._item_limits)
        return await self._after_death(in_setup)

    def _memory_hit(self) -> bool:
        last = self._done[-1] if self._done else self._opened
        return last is not None and last.ending is Ending.MEMORY_LIMIT

    def _outcome(
        self, ending: Ending, cpu_s: float, wall_s: float, value: Any = None, detail: str = ""
    ) -> Outcome:
        return Outcome(ending, value, Usage(cpu_s, wall_s), self._attempts, detail)

    def _settle_setup(self, outcome: Outcome) -> None:
        """The set-up is done again after each death; its first outcome stands."""
        if self._opened is None:
            self._opened = outcome
            self._attempts, self._suspect = 1, None

    def _settle_item(self, outcome: Outcome) -> None:
        self._done.append(outcome)
        self.worker.items += 1
        self._attempts, self._suspect = 1, None

    def _believe(self, found: Outcome) -> bool:
        """Whether a memory limit is the work's own: a worker that judged nothing before says so."""
        if found.ending is not Ending.MEMORY_LIMIT or self.worker.items == 0:
            return True
        self._suspect = found
        return False

    async def _after_death(self, in_setup: bool) -> bool:
        """The worker died at the work at hand. Returns whether the job is finished."""
        worker = self.worker
        ended = await worker.ended()
        if worker.expired:
            self._end_rest(Outcome(Ending.EXPIRED, attempts=self._attempts))
            return True
        found = self._cause_of_death(worker, ended)
        if found is None:
            if self._attempts < (MAX_HANGS if worker.hung else MAX_ATTEMPTS):
                return False
            found = self._outcome(Ending.LOST, 0.0, 0.0, detail="its workers died or hung")
        elif found.ending is Ending.CRASHED and (worker.items or self._suspect is None):
            self._suspect = found
            if self._attempts < MAX_ATTEMPTS:
                return False
        if in_setup and self._opened is None:
            self._opened = found
            return True
        if in_setup:
            # The set-up worked before and now does not: the jail is at fault, not the item.
            found = self._outcome(Ending.LOST, 0.0, 0.0, detail="the set-up could not be repeated")
        self._settle_item(found)
        self._attempts = 0
        return len(self._done) == len(self._items)

    def _cause_of_death(self, worker: _Worker, ended: Exit) -> Outcome | None:
        """What the dead worker's work did. None when it did nothing: try again."""
        limits = worker.limits or self._item_limits
        exited = os.waitstatus_to_exitcode(ended.status)
        if worker.overspent or exited == EXIT_CPU:
            return self._outcome(Ending.CPU_LIMIT, limits.cpu_s, 0.0)
        if worker.garbled:
            return self._outcome(Ending.CRASHED, 0.0, 0.0, detail="it broke the protocol")
        if worker.hung or exited == -signal.SIGKILL:
            return None
        name = signal.Signals(-exited).name if exited < 0 else f"exit status {exited}"
        return self._outcome(Ending.CRASHED, 0.0, 0.0, detail=name)

    def _end_rest(self, outcome: Outcome) -> None:
        """Ends what is not done yet: the whole job, or the items that are left of it."""
        if self._opened is None:
            self._opened = outcome
        else:
            self._done += [outcome] * (len(self._items) - len(self._done))


_WORKER_ENDINGS = frozenset({Ending.MEMORY_LIMIT.value, Ending.RAISED.value})


def _expire(worker: _Worker) -> None:
    worker.expired = True
    worker.kill()
