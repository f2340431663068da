"""One job on its way through one worker after another.

Promises: each item ends once, by the worker's answer or by what its death means.
A worker's death costs the item at hand and no other. What somebody else did to a
worker (a kill from outside, a dead jail, a wall limit with CPU unspent) is tried
again on a fresh one, and after MAX_ATTEMPTS ends LOST. Memory limits, exceptions
and crashes count only when a fresh worker that judged nothing before shows them
too, and its worker judges nothing more, so that one item cannot change another's
outcome. CPU limits are the work's own.

Does not cover: where workers come from (`pool.py`).
"""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sandboxes.cputimer import EXIT_CPU
from sandboxes.jail import Exit
from sandboxes.limits import Ending, JobOutcome, Limits, Outcome, Usage
from sandboxes.peer import Doom, Worker
from sandboxes.worker import ASK, END, EXIT_LOST, FAILED, ITEM, SETUP

MAX_ATTEMPTS = 20  # workers that one item is given to before it is LOST
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

    def __init__(self, order: Order, worker: Worker, replace: Replace) -> None:
        self.worker = worker
        self._replace = replace
        self._order = order
        self._opened: Outcome | None = None  # the set-up's outcome, once there is one
        self._accepted = False
        self._done: list[Outcome] = []  # the items' outcomes, in order
        # Of the work at hand, which is the set-up and then the next item:
        self._tries = 0  # workers that it was given to
        self._hangs = 0  # of these, workers that waited without using CPU
        self._suspect = False  # whether a fresh worker has yet to confirm how it ended

    async def run(self) -> JobOutcome:
        """Sends what is left of the job until nothing is left of it."""
        finished = False
        while not finished:
            if not self.worker.usable:
                try:
                    async with asyncio.timeout(self._patience()):
                        self.worker = await self._replace(self.worker)
                except TimeoutError:
                    self._give_up()
                    break
            timer = None
            if self._order.deadline is not None:
                loop = asyncio.get_running_loop()
                timer = loop.call_later(self._left(), self.worker.expire)
            try:
                finished = await self._pass()
            finally:
                self.worker.begin(None)
                if timer is not None:
                    timer.cancel()
        assert self._opened is not None
        return JobOutcome(self._opened, tuple(self._done))

    def _left(self) -> float:
        """Seconds to the deadline, 0 when it has passed."""
        assert self._order.deadline is not None
        return max(0.0, self._order.deadline - time.monotonic())

    def _patience(self) -> float:
        """Seconds to wait for a worker when there is no jail."""
        if self._order.deadline is None:
            return PATIENCE_SECONDS
        return min(PATIENCE_SECONDS, self._left())

    def _give_up(self) -> None:
        """There was no worker in time."""
        late = self._order.deadline is not None and self._left() == 0.0
        ending = Ending.EXPIRED if late else Ending.LOST
        self._end_rest(Outcome(ending, attempts=self._tries, detail="there was no worker"))

    async def _pass(self) -> bool:
        """One pass with one worker. Returns whether the job is finished."""
        worker, order = self.worker, self._order
        rest = order.items[len(self._done) :]
        # What a fresh worker must confirm is tried alone, the rest afterwards.
        batch = list(rest[:1] if self._suspect else rest)
        self._tries += 1
        worker.begin(order.setup_limits)
        worker.send([order.setup, batch, order.setup_limits.cpu_s, order.item_limits.cpu_s])
        in_setup = True
        last = len(self._done) + len(batch)
        while (message := await worker.receive()) is not None:
            match message:
                case [int(kind), value, bool(accepted), float(cpu_s), float(wall_s)] if (
                    kind == SETUP and in_setup
                ):
                    in_setup = False
                    if self._opened is None:
                        self._opened = self._outcome(Ending.DONE, cpu_s, wall_s, value)
                        self._accepted = accepted
                        self._next_work(given=True)
                    elif not accepted:
                        return self._lose_repeat()
                case [int(kind), value, float(cpu_s), float(wall_s)] if (
                    kind == ITEM and not in_setup and len(self._done) < last
                ):
                    self._settle(self._outcome(Ending.DONE, cpu_s, wall_s, value))
                case [int(kind), str(ending), str(detail), float(cpu_s), float(wall_s)] if (
                    kind == FAILED and ending in _WORKER_ENDINGS
                ):
                    found = self._outcome(Ending(ending), cpu_s, wall_s, detail=detail)
                    return self._failed(found, in_setup)
                case [int(kind), list(children)] if kind == ASK:
                    worker.answer(children)
                    continue
                case [int(kind), bool(retire)] if kind == END:
                    worker.finished(retire)
                    self._next_work(given=False)
                    return not self._accepted or len(self._done) == len(order.items)
                case _:
                    worker.garble()
                    continue
            worker.begin(order.item_limits)
        return await self._after_death(in_setup)

    def _outcome(
        self, ending: Ending, cpu_s: float, wall_s: float, value: Any = None, detail: str = ""
    ) -> Outcome:
        return Outcome(ending, value, Usage(cpu_s, wall_s), self._tries, detail)

    def _next_work(self, *, given: bool) -> None:
        """The work at hand is done; `given` says whether this worker has the next one."""
        self._tries, self._hangs, self._suspect = int(given), 0, False

    def _settle(self, outcome: Outcome) -> None:
        self._done.append(outcome)
        self.worker.items += 1
        self._next_work(given=True)

    def _failed(self, found: Outcome, in_setup: bool) -> bool:
        """The handler raised, or ran out of memory. Returns whether the job is finished.

        Such a worker judges nothing more: who knows what it left half done.
        """
        fresh = self.worker.items == 0
        self.worker.retire = True
        if not fresh:
            # What it judged before may be to blame: a fresh one is asked.
            self._suspect = True
            return False
        return self._end_work(found, in_setup)

    def _end_work(self, found: Outcome, in_setup: bool) -> bool:
        """The work at hand ended so. Returns whether the job is finished."""
        if in_setup and self._opened is None:
            self._opened = found
            return True
        if in_setup:
            return self._lose_repeat()
        self._settle(found)
        self._next_work(given=False)
        return len(self._done) == len(self._order.items)

    def _lose_repeat(self) -> bool:
        """The set-up worked before and now does not: the sandbox is at fault, not the item."""
        self.worker.retire = True
        lost = self._outcome(Ending.LOST, 0.0, 0.0, detail="the set-up could not be repeated")
        return self._end_work(lost, in_setup=False)

    async def _after_death(self, in_setup: bool) -> bool:
        """The worker died at the work at hand. Returns whether the job is finished."""
        worker = self.worker
        answered = not self._accepted or len(self._done) == len(self._order.items)
        if not in_setup and answered:
            return True  # nothing is missing but the farewell
        ended = await worker.ended()
        if worker.doom is Doom.EXPIRED:
            self._end_rest(Outcome(Ending.EXPIRED, attempts=self._tries))
            return True
        found = self._cause_of_death(worker, ended)
        if found is None:
            self._hangs += worker.doom is Doom.HUNG
            if self._hangs < MAX_HANGS and self._tries < MAX_ATTEMPTS:
                return False
            found = self._outcome(Ending.LOST, 0.0, 0.0, detail="its workers died or hung")
        elif found.ending is Ending.CRASHED and (worker.items or not self._suspect):
            self._suspect = True
            if self._tries < MAX_ATTEMPTS:
                return False
        return self._end_work(found, in_setup)

    def _cause_of_death(self, worker: Worker, ended: Exit) -> Outcome | None:
        """What the dead worker's work did. None when it did nothing: try again."""
        limits = worker.limits or self._order.item_limits
        exited = os.waitstatus_to_exitcode(ended.status)
        if worker.doom is Doom.OVERSPENT or exited == EXIT_CPU:
            return self._outcome(Ending.CPU_LIMIT, limits.cpu_s, 0.0)
        if worker.doom is Doom.GARBLED:
            return self._outcome(Ending.CRASHED, 0.0, 0.0, detail="it broke the protocol")
        if worker.doom is Doom.HUNG or exited in (-signal.SIGKILL, EXIT_LOST):
            return None
        name = signal.Signals(-exited).name if exited < 0 else f"exit status {exited}"
        return self._outcome(Ending.CRASHED, 0.0, 0.0, detail=name)

    def _end_rest(self, outcome: Outcome) -> None:
        """Ends what is not done yet: the whole job, or the items that are left of it."""
        if self._opened is None:
            self._opened = outcome
        else:
            self._done += [outcome] * (len(self._order.items) - len(self._done))


_WORKER_ENDINGS = frozenset({Ending.MEMORY_LIMIT.value, Ending.RAISED.value})
