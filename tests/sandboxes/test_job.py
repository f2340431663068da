"""A job against scripted workers: what is settled, what is tried again, and for how long."""

import asyncio
import signal

import pytest

from sandboxes.cputimer import EXIT_CPU
from sandboxes.jail import LOST, Exit
from sandboxes.job import MAX_ATTEMPTS, MAX_HANGS, Job, Order
from sandboxes.limits import Ending, Limits
from sandboxes.peer import Doom
from sandboxes.worker import END, FAILED, ITEM, SETUP

LIMITS = Limits(cpu_s=1.0, wall_s=10.0)
OPENED = [SETUP, "opened", True, 0.0, 0.0]
REFUSED = [SETUP, "refused", False, 0.0, 0.0]
DONE = [END, False]
RAISED = [FAILED, Ending.RAISED.value, "traceback", 0.0, 0.0]
MEMORY = [FAILED, Ending.MEMORY_LIMIT.value, "MemoryError", 0.0, 0.0]
CRASH = Exit(signal.SIGSEGV, 0.0, 0)
KILL = LOST
CPU = Exit(EXIT_CPU << 8, 0.0, 0)


def item(value):
    return [ITEM, value, 0.0, 0.0]


class Scripted:
    """A worker that says its lines and then ends so. `limits` is as `Worker` keeps it."""

    def __init__(self, *lines, ended=KILL, doom=None, items=0):
        self.lines, self.exit, self.doom, self.items = list(lines), ended, doom, items
        self.retire = False
        self.sent = []
        self.limits = None
        self.dead = False

    @property
    def usable(self):
        return not self.retire and not self.dead

    def begin(self, limits):
        self.limits = limits

    def send(self, message):
        self.sent.append(message)

    async def receive(self):
        return self.lines.pop(0) if self.lines else None

    async def ended(self):
        self.dead = True
        return self.exit

    def finished(self, retire):
        self.retire = self.retire or retire

    def garble(self):
        self.doom, self.lines = Doom.GARBLED, []

    def expire(self):
        self.doom = Doom.EXPIRED


async def run(*workers, items=(b"a", b"b")):
    """The job's outcome, and how many of the workers it took."""
    first, *rest = workers

    async def replace(worker):
        assert not worker.usable
        return rest.pop(0)

    job = Job(Order("setup", items, LIMITS, LIMITS, None), first, replace)
    outcome = await asyncio.wait_for(job.run(), 5)
    return outcome, len(workers) - len(rest)


def endings(outcome):
    return [each.ending for each in outcome.items]


async def test_one_worker_answers_all():
    outcome, used = await run(Scripted(OPENED, item(1), item(2), DONE))
    assert [each.value for each in outcome.items] == [1, 2]
    assert used == 1


async def test_a_kill_from_outside_is_tried_again_at_the_same_item():
    second = Scripted(OPENED, item(2), DONE)
    outcome, _ = await run(Scripted(OPENED, item(1), ended=KILL), second)
    assert [each.value for each in outcome.items] == [1, 2]
    assert [each.attempts for each in outcome.items] == [1, 2]
    assert second.sent[0][1] == [b"b"]


async def test_kills_without_end_are_lost_after_so_many():
    workers = [Scripted(OPENED, ended=KILL) for _ in range(MAX_ATTEMPTS)]
    outcome, used = await run(*workers, Scripted(OPENED, item(2), DONE))
    assert endings(outcome) == [Ending.LOST, Ending.DONE]
    assert used == MAX_ATTEMPTS + 1


async def test_hangs_are_counted_on_their_own():
    kills = [Scripted(OPENED, ended=KILL) for _ in range(2)]
    hang = Scripted(OPENED, ended=KILL, doom=Doom.HUNG)
    outcome, _ = await run(*kills, hang, Scripted(OPENED, item(1), item(2), DONE))
    assert endings(outcome) == [Ending.DONE, Ending.DONE]
    hangs = [Scripted(OPENED, ended=KILL, doom=Doom.HUNG) for _ in range(MAX_HANGS)]
    outcome, _ = await run(*hangs, Scripted(OPENED, item(2), DONE))
    assert endings(outcome) == [Ending.LOST, Ending.DONE]


async def test_a_cpu_limit_is_the_items_own_at_once():
    outcome, used = await run(Scripted(OPENED, ended=CPU), Scripted(OPENED, item(2), DONE))
    assert endings(outcome) == [Ending.CPU_LIMIT, Ending.DONE]
    assert used == 2


@pytest.mark.parametrize("failure", [RAISED, MEMORY])
async def test_a_failure_in_a_used_worker_is_asked_of_a_fresh_one(failure):
    used = Scripted(OPENED, failure, items=7)
    fresh = Scripted(OPENED, item(1), DONE, OPENED, item(2), DONE)
    outcome, count = await run(used, fresh)
    assert [each.value for each in outcome.items] == [1, 2]
    assert [each.attempts for each in outcome.items] == [2, 1]
    assert used.retire
    assert [message[1] for message in fresh.sent] == [[b"a"], [b"b"]]  # first alone, then the rest
    assert count == 2


@pytest.mark.parametrize("failure", [RAISED, MEMORY])
async def test_a_failure_in_a_fresh_worker_stands_and_retires_it(failure):
    first = Scripted(OPENED, failure)
    outcome, _ = await run(first, Scripted(OPENED, item(2), DONE))
    assert endings(outcome) == [Ending(failure[1]), Ending.DONE]
    assert first.retire


async def test_a_crash_must_be_shown_by_a_fresh_worker_too():
    fresh = Scripted(OPENED, item(1), DONE, OPENED, item(2), DONE)
    outcome, _ = await run(Scripted(OPENED, ended=CRASH), fresh)
    assert [each.value for each in outcome.items] == [1, 2]
    outcome, _ = await run(
        Scripted(OPENED, ended=CRASH),
        Scripted(OPENED, ended=CRASH),
        Scripted(OPENED, item(2), DONE),
    )
    assert endings(outcome) == [Ending.CRASHED, Ending.DONE]


@pytest.mark.parametrize("again", [RAISED, MEMORY, REFUSED])
async def test_a_set_up_that_cannot_be_repeated_loses_the_item_and_ends(again):
    outcome, _ = await run(
        Scripted(OPENED, item(1), ended=KILL), Scripted(again, DONE), items=(b"a", b"b")
    )
    assert [each.ending for each in outcome.items] == [Ending.DONE, Ending.LOST]
    assert outcome.items[0].value == 1
    assert outcome.setup.value == "opened"


async def test_a_refused_job_ends_with_the_reply():
    outcome, _ = await run(Scripted(REFUSED, DONE))
    assert outcome.setup.value == "refused"
    assert outcome.items == ()


@pytest.mark.parametrize(
    ("worker", "ending"),
    [
        (Scripted(RAISED), Ending.RAISED),
        (Scripted(MEMORY), Ending.MEMORY_LIMIT),
        (Scripted(ended=CPU), Ending.CPU_LIMIT),
    ],
)
async def test_a_bad_set_up_ends_the_job(worker, ending):
    outcome, used = await run(worker)
    assert outcome.setup.ending is ending
    assert outcome.items == ()
    assert used == 1


@pytest.mark.parametrize("line", [["?"], 7, item(1), [SETUP, 1, 2], [END, 3, 4], [9, 9, 9, 9]])
async def test_what_breaks_the_protocol_is_a_crash_to_be_confirmed(line):
    fresh = Scripted(OPENED, item(1), DONE, OPENED, item(2), DONE)
    outcome, used = await run(Scripted(line), fresh)
    assert [each.value for each in outcome.items] == [1, 2]
    assert used == 2
    outcome, _ = await run(Scripted(line), Scripted(line))
    assert outcome.setup.ending is Ending.CRASHED


async def test_more_answers_than_items_break_the_protocol():
    greedy = Scripted(OPENED, item(1), item(2), item(3), DONE)
    outcome, _ = await run(greedy)
    assert greedy.doom is Doom.GARBLED
    assert [each.value for each in outcome.items] == [1, 2]


@pytest.mark.parametrize("ended", [KILL, CRASH, CPU])
async def test_a_death_after_the_last_answer_changes_nothing(ended):
    outcome, used = await run(Scripted(OPENED, item(1), item(2), ended=ended))
    assert [each.value for each in outcome.items] == [1, 2]
    assert used == 1
