"""The pool against real jails: every way for an item to end, and what it must cost."""

import asyncio
import contextlib
import errno
import os
import random
import signal
import socket
import time
from pathlib import Path

import pytest

from sandboxes.availability import SandboxUnavailable
from sandboxes.limits import Ending, Limits
from sandboxes.pool import Pool, PoolSettings
from tests.sandboxes.handlers import ATTEMPTS

pytestmark = pytest.mark.sandbox

SETUP = Limits(cpu_s=5.0, wall_s=60.0)
ITEM = Limits(cpu_s=0.2, wall_s=30.0)
SHORT_WALL = Limits(cpu_s=5.0, wall_s=0.5)


def settings(sandbox="nsjail", workers=2):
    return PoolSettings(
        handler="tests.sandboxes.handlers:open_job",
        preload=("tests.sandboxes.handlers",),
        packages=("sandboxes", "tests"),
        workers=workers,
        sandbox=sandbox,
        memory_bytes=1 << 30,
    )


@pytest.fixture(params=["nsjail", "rlimits"])
async def pool(request):
    pool = Pool(settings(request.param))
    await pool.start()
    yield pool
    await pool.close()


@pytest.fixture
async def jail():
    pool = Pool(settings(workers=1))
    await pool.start()
    yield pool
    await pool.close()


async def run(pool, *items, setup=None, setup_limits=SETUP, item_limits=ITEM, deadline=None):
    return await pool.run(
        setup or {}, items, setup_limits=setup_limits, item_limits=item_limits, deadline=deadline
    )


async def endings(pool, *items, **options):
    outcome = await run(pool, *items, **options)
    return [item.ending for item in outcome.items]


async def test_items_are_answered_in_order(pool):
    outcome = await run(pool, b"a", b"bb", b"ccc")
    assert outcome.setup.value == {"opened": True}
    assert [item.value for item in outcome.items] == [1, 2, 3]
    assert all(item.attempts == 1 for item in outcome.items)


async def test_a_refused_job_has_no_items(pool):
    outcome = await run(pool, b"a", setup={"refuse": "because"})
    assert outcome.setup.value == {"refused": "because"}
    assert outcome.items == ()


@pytest.mark.parametrize(
    ("item", "ending"),
    [
        (b"spin", Ending.CPU_LIMIT),
        (b"spin_c", Ending.CPU_LIMIT),
        (b"memory", Ending.MEMORY_LIMIT),
        (b"recursion", Ending.MEMORY_LIMIT),
        (b"segfault", Ending.CRASHED),
        (b"exit", Ending.CRASHED),
        (b"raise", Ending.RAISED),
        (b"not_plain", Ending.RAISED),
        (b"flood", Ending.CRASHED),
        (b"garble", Ending.CRASHED),
    ],
)
async def test_a_bad_item_costs_itself_alone(pool, item, ending):
    expected = [Ending.DONE, ending, Ending.DONE, ending, Ending.DONE]
    assert await endings(pool, b"a", item, b"b", item, b"c") == expected
    assert await endings(pool, b"a") == [Ending.DONE]


async def test_a_raised_item_says_where(pool):
    outcome = await run(pool, b"raise")
    assert "ValueError: a fault of the handler" in outcome.items[0].detail


@pytest.mark.parametrize(
    ("action", "ending"),
    [
        (b"spin", Ending.CPU_LIMIT),
        (b"memory", Ending.MEMORY_LIMIT),
        (b"segfault", Ending.CRASHED),
        (b"raise", Ending.RAISED),
    ],
)
async def test_a_bad_setup_ends_the_job(pool, action, ending):
    limits = Limits(cpu_s=0.3, wall_s=30.0)
    outcome = await run(pool, b"a", setup={"do": action}, setup_limits=limits)
    assert outcome.setup.ending is ending
    assert outcome.items == ()
    assert await endings(pool, b"a") == [Ending.DONE]


async def test_waiting_without_cpu_is_lost_and_never_judged(pool):
    outcome = await run(pool, b"a", b"sleep", b"b", item_limits=SHORT_WALL)
    assert [item.ending for item in outcome.items] == [Ending.DONE, Ending.LOST, Ending.DONE]
    assert outcome.items[1].attempts == 2


async def test_a_deadline_keeps_what_is_done(pool):
    deadline = time.monotonic() + 0.5
    outcome = await run(pool, b"a", b"sleep", b"b", deadline=deadline)
    assert [item.ending for item in outcome.items] == [
        Ending.DONE,
        Ending.EXPIRED,
        Ending.EXPIRED,
    ]
    assert await endings(pool, b"a") == [Ending.DONE]


async def test_a_deadline_ends_waiting_for_a_worker(jail):
    busy = asyncio.create_task(run(jail, b"sleep", deadline=time.monotonic() + 1.0))
    await asyncio.sleep(0.05)
    outcome = await run(jail, b"a", deadline=time.monotonic() + 0.1)
    assert outcome.setup.ending is Ending.EXPIRED
    await busy


async def test_cancelling_frees_the_worker(jail):
    task = asyncio.create_task(run(jail, b"sleep"))
    await asyncio.sleep(0.2)
    (before,) = jail.worker_pids()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await endings(jail, b"a") == [Ending.DONE]
    assert jail.worker_pids() != [before]


async def test_a_memory_limit_is_confirmed_by_a_fresh_worker(jail):
    """Memory that earlier items took must not fail a later one."""
    limits = Limits(cpu_s=10.0, wall_s=60.0)
    ended = await endings(jail, b"a", b"eat", b"eat", b"eat", b"a", item_limits=limits)
    assert ended == [Ending.DONE] * 5


async def test_a_worker_that_grew_retires(jail):
    (before,) = jail.worker_pids()
    limits = Limits(cpu_s=10.0, wall_s=60.0)
    await run(jail, b"eat", item_limits=limits)
    await run(jail, b"a")
    assert jail.worker_pids() != [before]


async def test_kill_minus_nine_loses_nothing(jail):
    (pid,) = jail.worker_pids()
    os.kill(pid, signal.SIGKILL)
    outcome = await run(jail, b"a", b"bb")
    assert [item.value for item in outcome.items] == [1, 2]


@pytest.mark.slow
async def test_workers_killed_under_load_lose_nothing(pool):
    """A kill every 20 ms: every item is answered, and rightly."""
    stop = asyncio.Event()
    killed = 0

    async def killer():
        nonlocal killed
        while not stop.is_set():
            pids = pool.worker_pids()
            if pids:
                os.kill(random.choice(pids), signal.SIGKILL)
                killed += 1
            await asyncio.sleep(0.02)

    task = asyncio.create_task(killer())
    items = [b"tick" if index % 2 else b"x" * index for index in range(8)]
    outcomes = await asyncio.gather(*[run(pool, *items) for _ in range(60)])
    stop.set()
    await task
    assert killed > 5
    expected = ["tick" if index % 2 else index for index in range(8)]
    for outcome in outcomes:
        assert [item.value for item in outcome.items] == expected


async def test_a_dead_jail_is_started_again(jail):
    assert jail._jail is not None
    first = asyncio.create_task(run(jail, b"burn", b"a"))
    await asyncio.sleep(0.02)
    os.kill(jail._jail.pid, signal.SIGKILL)
    assert [item.ending for item in (await first).items] == [Ending.DONE] * 2
    assert await endings(jail, b"a") == [Ending.DONE]


async def test_closing_leaves_no_process():
    pool = Pool(settings())
    await pool.start()
    pids = pool.worker_pids()
    assert len(pids) == 2
    await pool.close()
    assert not {str(pid) for pid in pids} & set(os.listdir("/proc"))


async def test_cpu_is_counted_not_wall(jail):
    """Fifty milliseconds of work are within 200 of budget, whatever else the machine does."""
    outcome = await run(jail, *[b"burn"] * 8)
    assert [item.ending for item in outcome.items] == [Ending.DONE] * 8
    assert all(0.04 < item.usage.cpu_s < 0.2 for item in outcome.items)


@pytest.mark.parametrize(
    "item",
    [
        b"fork",
        b"exec",
        b"subprocess",
        b"socket",
        b"unix_socket",
        b"unshare",
        b"ptrace",
        b"kill_all",
        b"list_proc",
        b"read_passwd",
        b"write_root",
        b"write_packages",
        b"fill_tmp",
        b"fill_inodes",
        b"exec_tmp",
        b"find_mark",
    ],
)
async def test_a_contained_worker_cannot(jail, item):
    assert item in ATTEMPTS
    outcome = await run(jail, item)
    assert "Error" in outcome.items[0].value


async def test_nothing_of_a_worker_outlives_it(jail):
    left = await run(jail, b"leave_mark")
    assert left.items[0].value == "'left'"
    await run(jail, b"segfault")
    found = await run(jail, b"find_mark")
    assert "FileNotFoundError" in found.items[0].value


async def test_a_worker_sees_only_what_it_needs(jail):
    outcome = await run(jail, b"list_root", b"environment", b"descriptors")
    root, environment, descriptors = (item.value for item in outcome.items)
    assert root == "['app', 'dev', 'lib', 'lib64', 'py', 'site', 'tmp', 'usr']"
    assert "PATH'" not in environment.replace("LD_LIBRARY_PATH", "").replace("PYTHONPATH", "")
    assert descriptors == "[0, 1, 2, 3]"


def test_an_unknown_sandbox_is_refused():
    with pytest.raises(ValueError, match="nsjail or rlimits"):
        Pool(settings("docker"))


async def test_no_channel_for_a_worker_costs_no_slot(jail, monkeypatch):
    """Out of descriptors for a while: jobs wait, and the pool keeps its size."""
    real, left = socket.socketpair, 3

    def exhausted(*arguments):
        nonlocal left
        left -= 1
        if left >= 0:
            raise OSError(errno.EMFILE, "too many open files")
        return real(*arguments)

    monkeypatch.setattr(socket, "socketpair", exhausted)
    assert await endings(jail, b"a", b"segfault", b"b") == [
        Ending.DONE,
        Ending.CRASHED,
        Ending.DONE,
    ]
    assert left < 0
    assert await endings(jail, b"a") == [Ending.DONE]


async def test_a_restart_that_fails_is_tried_again(jail, monkeypatch):
    real, left = jail._start_jail, 2

    async def failing():
        nonlocal left
        left -= 1
        if left >= 0:
            raise OSError(errno.ENOSPC, "no space left on device")
        await real()

    monkeypatch.setattr(jail, "_start_jail", failing)
    os.kill(jail._jail.pid, signal.SIGKILL)
    await asyncio.sleep(0.1)
    assert await endings(jail, b"a") == [Ending.DONE]
    assert left < 0


async def test_a_jail_that_dies_when_it_is_ready_is_started_again(jail, monkeypatch):
    real, left = jail._start_jail, 1

    async def stillborn():
        nonlocal left
        left -= 1
        await real()
        if left >= 0:
            jail._jail._died()

    monkeypatch.setattr(jail, "_start_jail", stillborn)
    os.kill(jail._jail.pid, signal.SIGKILL)
    await asyncio.sleep(0.1)
    assert await endings(jail, b"a") == [Ending.DONE]
    assert left < 0


def zygotes(pool):
    """The zygote's process id: the parent of the workers, as /proc tells."""
    status = Path(f"/proc/{pool.worker_pids()[0]}/status").read_text()
    return int(status.partition("PPid:")[2].split()[0])


async def test_a_stopped_zygote_does_not_stop_deadlines(jail):
    zygote = zygotes(jail)
    os.kill(zygote, signal.SIGSTOP)
    try:
        outcome = await asyncio.wait_for(
            run(jail, b"a", b"sleep", deadline=time.monotonic() + 0.5), 15
        )
    finally:
        os.kill(zygote, signal.SIGCONT)
    assert [item.ending for item in outcome.items] == [Ending.DONE, Ending.EXPIRED]
    assert await endings(jail, b"a") == [Ending.DONE]


def _runs(pid):
    """Whether a process runs: one that ended may wait in /proc to be reaped by init."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_no_worker_outlives_a_killed_zygote():
    pool = Pool(settings("rlimits", workers=1))
    await pool.start()
    (worker,) = pool.worker_pids()
    task = asyncio.create_task(run(pool, b"sleep", deadline=time.monotonic() + 1.0))
    await asyncio.sleep(0.2)
    os.kill(pool._jail.pid, signal.SIGKILL)
    outcome = await asyncio.wait_for(task, 20)
    assert outcome.items[0].ending is Ending.EXPIRED
    await pool.close()
    assert not _runs(worker)


async def test_unasked_answers_reach_no_later_job(jail):
    (before,) = jail.worker_pids()
    assert await endings(jail, b"forge") == [Ending.DONE]
    await asyncio.sleep(0.6)
    outcome = await run(jail, b"abc")
    assert outcome.items[0].value == 3
    assert jail.worker_pids() != [before]


async def test_answers_to_more_than_was_asked_end_the_worker(jail):
    """What a worker that was taken over says of its own job is lost; the next job is not."""
    (before,) = jail.worker_pids()
    await run(jail, b"speak", b"burn", b"burn", deadline=time.monotonic() + 10.0)
    assert (await run(jail, b"abc")).items[0].value == 3
    assert jail.worker_pids() != [before]


async def test_a_worker_that_ran_out_of_memory_judges_nothing_more(jail):
    limits = Limits(cpu_s=10.0, wall_s=60.0)
    outcome = await run(jail, b"memory", b"mark", b"raise", b"seen", item_limits=limits)
    assert [item.ending for item in outcome.items] == [
        Ending.MEMORY_LIMIT,
        Ending.DONE,
        Ending.RAISED,
        Ending.DONE,
    ]
    assert outcome.items[3].value == 0  # not the worker that has the mark
    assert [item.attempts for item in outcome.items] == [1, 1, 2, 1]


async def test_closing_ends_jobs_under_way():
    pool = Pool(settings(workers=1))
    await pool.start()
    jobs = [asyncio.create_task(run(pool, b"sleep")) for _ in range(3)]
    await asyncio.sleep(0.2)
    await pool.close()
    for job in jobs:
        with pytest.raises(SandboxUnavailable):
            await asyncio.wait_for(job, 5)


@pytest.mark.slow
async def test_a_storm_of_every_fault_leaves_the_pool_as_it_was():
    """Cancelled, expired, killed and faulty jobs: slots, descriptors and answers stay right."""
    pool = Pool(settings(workers=2))
    await pool.start()
    await run(pool, b"a")
    before = len(os.listdir("/proc/self/fd"))
    dice = random.Random(5)
    faults = [b"spin", b"segfault", b"memory", b"raise", b"exit", b"garble", b"tick", b"sleep"]

    async def one(number):
        items = [b"x" * 3, dice.choice(faults), b"x" * 5]
        deadline = time.monotonic() + 20 if dice.random() < 0.8 else time.monotonic() + 0.1
        limits = Limits(cpu_s=0.05, wall_s=0.5)
        task = asyncio.create_task(run(pool, *items, item_limits=limits, deadline=deadline))
        if dice.random() < 0.2:
            await asyncio.sleep(dice.random() * 0.1)
            task.cancel()
        try:
            outcome = await task
        except asyncio.CancelledError:
            return
        for item, length in zip(outcome.items[::2], (3, 5), strict=False):
            assert item.value == length or item.ending is Ending.EXPIRED

    storm = asyncio.gather(*(one(number) for number in range(80)))
    while not storm.done():
        await asyncio.sleep(0.1)
        if pool.worker_pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(dice.choice(pool.worker_pids()), signal.SIGKILL)
    await storm
    both = await asyncio.gather(*(run(pool, b"burn", b"a") for _ in range(4)))
    assert all(item.ending is Ending.DONE for outcome in both for item in outcome.items)
    assert len(pool.worker_pids()) == 2
    assert len(os.listdir("/proc/self/fd")) <= before
    await pool.close()


async def test_a_first_start_that_fails_is_said(monkeypatch):
    def exhausted(*arguments):
        raise OSError(errno.EMFILE, "too many open files")

    pool = Pool(settings(workers=1))
    monkeypatch.setattr(socket, "socketpair", exhausted)
    with pytest.raises(SandboxUnavailable, match="too many open files"):
        await pool.start()
    await pool.close()
