"""Workers in a jail, and jobs for them.

Promises: a fixed number of workers, each with one job at a time. A worker that
hangs, dies or grows is replaced by a fork of the zygote, in milliseconds; a jail
that dies is started again. Cancelling a job ends its work at once.

Does not cover: what a worker's death means for its item (`job.py`), how a jail is
built (`jail.py`), fairness between jobs (first come, first served here).
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from sandboxes.availability import SandboxUnavailable
from sandboxes.config import ChildJail, JailSettings
from sandboxes.jail import Jail
from sandboxes.job import Job, Order
from sandboxes.limits import Ending, JobOutcome, Limits, Outcome
from sandboxes.nursery import Nursery, all_or_first_error
from sandboxes.peer import HungZygote, Worker, fork
from sandboxes.runtime import Bind

logger = logging.getLogger(__name__)

__all__ = ["Pool", "PoolSettings", "SandboxUnavailable"]

WATCH_SECONDS = 0.05  # how often busy workers' clocks are read
RESTART_SECONDS = 0.2  # wall time between two tries to start a dead jail again
TMP_BYTES = 16 << 20  # a worker's /tmp


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """What the workers are. `memory_bytes` is the address space of one worker.

    `handler` is "module:function" (see `worker.py`); `preload` are modules that
    the zygote imports once; `packages` are top-level packages, beside the
    installed ones, that the jail must see. `sandbox` is "nsjail" or "rlimits".
    `children` are the jails of disposable children that workers get links to;
    there are none without nsjail. `binds` is what the workers' jail sees, read-only, of
    the host's files besides; without nsjail they are where they always were.
    """

    handler: str
    preload: tuple[str, ...]
    workers: int
    packages: tuple[str, ...] = ("sandboxes",)
    sandbox: str = "nsjail"
    memory_bytes: int = 2 << 30
    children: tuple[ChildJail, ...] = ()
    binds: tuple[Bind, ...] = ()


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
        self._idle: asyncio.Queue[Worker] = asyncio.Queue()
        self._workers: set[Worker] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._restarting: asyncio.Task[None] | None = None
        self._closing = False
        nested = settings.children if settings.sandbox == "nsjail" else ()
        self._nursery = Nursery(nested, self._nursery_died) if nested else None
        self._jobs: set[asyncio.Task[Any]] = set()  # the callers of `run`

    async def start(self) -> None:
        """Starts the jail and its workers.

        Raises:
            SandboxUnavailable: there is no working sandbox here.
        """
        try:
            starts = [self._start_jail()]
            if self._nursery is not None:
                starts.append(self._nursery.start())
            await all_or_first_error(starts)
            self._spawn(self._watch())
            for _ in range(self.size):
                self._idle.put_nowait(await self._fork())
        except OSError as error:
            raise SandboxUnavailable(f"the sandbox did not start: {error}") from error

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
                binds=settings.binds,
            ),
            on_death=self._jail_died,
        )
        await jail.start()
        self._jail = jail

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _jail_died(self) -> None:
        if not self._closing and (self._restarting is None or self._restarting.done()):
            self._restarting = asyncio.get_running_loop().create_task(self._restart_jail())

    def _nursery_died(self) -> None:
        """A jail of children died: the links of all workers there are now lead nowhere."""
        for worker in self._workers:
            worker.retire = True

    async def _restart_jail(self) -> None:
        """Starts the jail again, for as long as that takes; ends only with a living one."""
        while not self._closing:
            old, self._jail = self._jail, None
            if old is not None:
                await old.stop()
            try:
                await self._start_jail()
            except (SandboxUnavailable, OSError) as error:
                logger.error("the jail could not be started again: %s", error)
            if self._jail is not None and self._jail.alive:
                return
            await asyncio.sleep(RESTART_SECONDS)

    async def _fork(self) -> Worker:
        """A new worker; waits for a jail that is being restarted.

        Raises:
            OSError: the jail died meanwhile, or the child could not be contained.
            SandboxUnavailable: the pool is closed.
        """
        if self._restarting is not None:
            await asyncio.shield(self._restarting)
        if self._closing:
            raise SandboxUnavailable("the pool is closed")
        if self._jail is None:
            raise ConnectionResetError("there is no jail")
        self._numbers += 1
        try:
            worker = await fork(self._jail, self._numbers, self._nursery)
        except HungZygote:
            self._jail_died()
            raise
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

    def nursery_pids(self) -> list[int]:
        """Process ids of the jails of children, as this process sees them."""
        return self._nursery.pids() if self._nursery is not None else []

    async def close(self) -> None:
        """Ends every worker and the jail. Jobs under way raise SandboxUnavailable."""
        self._closing = True
        ours = {*self._tasks, *([self._restarting] if self._restarting else [])}
        for task in ours | self._jobs:
            task.cancel()
        await asyncio.gather(*ours, return_exceptions=True)
        for worker in self._workers:
            worker.kill()
            worker.close()
        self._workers.clear()
        if self._jail is not None:
            await self._jail.stop()
        if self._nursery is not None:
            await self._nursery.close()

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

        Raises:
            SandboxUnavailable: the pool was closed.
        """
        task = asyncio.current_task()
        assert task is not None
        self._jobs.add(task)
        try:
            return await self._run(Order(setup, items, setup_limits, item_limits, deadline))
        except asyncio.CancelledError:
            if not self._closing:
                raise
            task.uncancel()
            raise SandboxUnavailable("the pool is closed") from None
        finally:
            self._jobs.discard(task)

    async def _run(self, order: Order) -> JobOutcome:
        asked = time.monotonic()
        try:
            left = None if order.deadline is None else max(0.0, order.deadline - asked)
            worker = await asyncio.wait_for(self._idle.get(), left)
        except TimeoutError:
            return JobOutcome(Outcome(Ending.EXPIRED), queue_s=time.monotonic() - asked)
        queue_s = time.monotonic() - asked
        job = Job(order, worker, self._replace)
        try:
            outcome = await job.run()
        except BaseException:
            job.worker.retire = True
            job.worker.kill()  # it may be deep in work that nobody waits for any more
            raise
        finally:
            self._give_back(job.worker)
        return JobOutcome(outcome.setup, outcome.items, queue_s)

    def _give_back(self, worker: Worker) -> None:
        if self._closing:
            return
        if worker.usable:
            self._idle.put_nowait(worker)
        else:
            self._spawn(self._replace_idle(worker))

    async def _replace_idle(self, worker: Worker) -> None:
        with contextlib.suppress(SandboxUnavailable):  # closed meanwhile
            self._idle.put_nowait(await self._replace(worker))

    async def _replace(self, worker: Worker) -> Worker:
        """Ends a worker and forks another, for as long as that takes."""
        self._workers.discard(worker)
        worker.kill()
        worker.close()
        while True:
            try:
                return await self._fork()
            except OSError as error:
                logger.warning("a worker could not be replaced yet: %s", error)
            await asyncio.sleep(RESTART_SECONDS)
