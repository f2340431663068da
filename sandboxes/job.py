"""One job on its way through one worker after another.

Promises: each item ends once, by the worker's answer or by what its death means.
A worker's death costs the item at hand and no other. What somebody else did to a
worker (a kill from outside, a dead jail, a wall limit with CPU unspent) is tried
again on a fresh one, and after MAX_ATTEMPTS ends LOST. Memory limits and crashes
count only when a fresh worker that judged nothing before shows them too, so that
what a worker did earlier cannot change an outcome. CPU limits are the work's own.

Does not cover: where workers come from (`pool.py`).
"""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sandboxes.jail import Exit
from sandboxes.limits import Ending, JobOutcome, Limits, Outcome, Usage
from sandboxes.peer import Worker
from sandboxes.worker import END, EXIT_CPU, FAILED, ITEM, SETUP

MAX_ATTEMPTS = 8  # workers that one item is given to before it is LOST
MAX_HANGS = 2  # workers whose wall limit one item may reach before it is LOST
PATIENCE_SECONDS = 60.0  # wall time that a job waits for a jail that is being started again

# Ends a worker and gives another in its place, for as long as that takes.
Replace = Callable[[Worker], Awaitable[Worker]]


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done: see `Pool.run` for the fields."""

    setup: Any
    items: Sequence[bytes]
    setup_limits: Limits
    item_limits: Limits
    deadline: float | None


class Job:
    """A job. `worker` is the one that has it now; the pool takes it back in the end."""

    def __init__(
        self,
        order: Order,
        worker: Worker,
        replace: Replace,
    ) -> None:
        self.worker = worker
        self._replace = replace
        self._setup = order.setup
        self._items = order.items
        self._setup_limits = order.setup_limits
        self._item_limits = order.item_limits
        self._deadline = order.deadline
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
                        self.worker = await self._replace(self.worker)
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

    def _cause_of_death(self, worker: Worker, ended: Exit) -> Outcome | None:
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


def _expire(worker: Worker) -> None:
    worker.expired = True
    worker.kill()
