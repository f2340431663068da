"""Disposable children in real jails: what they may do, how they end, what is left of them."""

import asyncio
import contextlib
import json
import os
import signal
from pathlib import Path

import pytest

from sandboxes import runtime
from sandboxes.config import ChildJail
from sandboxes.limits import Ending, Limits
from sandboxes.pool import Pool, PoolSettings
from tests.servers import descendants, namespace_ids

pytestmark = pytest.mark.sandbox

SETUP = Limits(cpu_s=5.0, wall_s=60.0)
ITEM = Limits(cpu_s=5.0, wall_s=20.0)
MEMORY = 512 << 20


def child_jail(name, **rules):
    return ChildJail(
        name=name,
        entry="tests.sandboxes.child_entry:main",
        preload=(),
        binds=tuple(runtime.packages(("tests",))),
        python_path=runtime.PACKAGES,
        at_once=3,
        warm=2,
        memory_bytes=1 << 30,
        tmp_bytes=4 << 20,
        **rules,
    )


JAILS = (child_jail("strict"), child_jail("forking", processes=True))


@pytest.fixture
async def pool():
    found = Pool(
        PoolSettings(
            handler="tests.sandboxes.child_handler:open_job",
            preload=("tests.sandboxes.child_handler",),
            packages=("sandboxes", "tests"),
            workers=2,
            memory_bytes=1 << 30,
            children=JAILS,
        )
    )
    await found.start()
    yield found
    await found.close()


def item(command, jail="strict", cpu_s=5.0, memory=MEMORY, how="wait"):
    return json.dumps([jail, command, cpu_s, memory, how]).encode()


async def run(pool, *items, limits=ITEM):
    return await pool.run(None, items, setup_limits=SETUP, item_limits=limits)


async def values(pool, *items):
    outcome = await run(pool, *items)
    assert [each.ending for each in outcome.items] == [Ending.DONE] * len(items), outcome.items
    return [each.value for each in outcome.items]


async def test_a_child_answers_and_its_end_is_the_kernels(pool):
    outcome = await run(pool, item("ok"), item("exit"), item("signal"), item("sleep", how="kill"))
    assert outcome.setup.value == ["forking", "strict"]
    fine, left, crashed, killed = (each.value for each in outcome.items)
    assert (fine["answer"], fine["code"], fine["exhausted"]) == ("ok", 0, False)
    assert 0 <= fine["cpu_s"] < 0.05
    assert fine["rss"] > 1 << 20
    assert (left["answer"], left["code"]) == (None, 7)
    assert (crashed["answer"], crashed["code"]) == (None, -signal.SIGSEGV)
    assert killed["code"] == -signal.SIGKILL


async def test_the_cpu_budget_is_the_kernels_count(pool):
    spun, blocked, little, forged = await values(
        pool,
        item("spin", cpu_s=0.3),
        item("spin without timer", cpu_s=0.3),
        item("spin a little", cpu_s=0.3),
        item("exit as by the timer", cpu_s=0.3),
    )
    assert spun["exhausted"]
    assert 0.28 <= spun["cpu_s"] < 0.4
    assert blocked["exhausted"]
    assert blocked["cpu_s"] < 1.0
    assert (little["exhausted"], little["code"]) == (False, 0)
    assert 0.09 <= little["cpu_s"] < 0.2
    assert not forged["exhausted"]


async def test_what_the_zygote_may_its_children_may_not(pool):
    """Its filter is theirs: what it needs itself they cannot use."""
    (found,) = await values(pool, item("the zygote's own"))
    assert found["answer"] == ["PermissionError"] * 5


async def test_waiting_is_seen_as_waiting_and_work_is_not(pool):
    sleeping, working = await values(pool, item("sleep"), item("spin a little"))
    assert (sleeping["idle"], working["idle"]) == (True, False)


async def test_a_loaded_machine_is_not_waiting(pool):
    """Eight spinners beside it: the child gets a tenth of a core, and is never called idle."""
    burners = [
        await asyncio.create_subprocess_exec("sh", "-c", "while :; do :; done") for _ in range(8)
    ]
    try:
        busy, sleeping = await values(pool, item("spin a little", cpu_s=2.0), item("sleep"))
    finally:
        for burner in burners:
            burner.kill()
            await burner.wait()
    assert (busy["idle"], busy["code"]) == (False, 0)
    assert sleeping["idle"]


async def test_memory_is_capped(pool):
    within, beyond = await values(pool, item("memory"), item("memory", memory=128 << 20))
    assert within["answer"] == 200 << 20
    assert within["rss"] > 200 << 20
    assert beyond["answer"] == "MemoryError()"


async def test_output_arrives_whole(pool):
    (found,) = await values(pool, item("flood"))
    assert (found["out"], found["answer"]) == (1 << 20, "flooded")


async def test_a_child_is_alone(pool):
    commands = ("who", "descriptors", "proc", "site", "site packages", "tests", "thread", "fork")
    found = [each["answer"] for each in await values(pool, *map(item, commands))]
    pid, uid, session, directory = found[0]
    assert (pid, session, directory) == (1, 1, "/tmp")
    assert uid != 0 or os.geteuid() != 0
    assert found[1] == [0, 1, 2, 3]
    assert found[2].startswith("FileNotFoundError")
    assert found[3].startswith("ModuleNotFoundError")
    assert not found[4] or "FileNotFoundError" in found[4]
    assert sorted(found[5]) == ["sandboxes", "tests"]
    assert found[6] == [1]
    assert found[7].startswith("PermissionError")


async def test_children_are_alike_and_find_nothing_of_each_other(pool):
    first, second, third = await values(pool, item("random"), item("random"), item("mark"))
    assert first["answer"] == second["answer"]
    (again,) = await values(pool, item("mark"))
    assert (third["answer"], again["answer"]) == (False, False)


async def test_descendants_die_with_the_child(pool):
    before = set(descendants(os.getpid()))
    found = await values(pool, item("fork", jail="forking"), item("daemon", jail="forking"))
    assert [each["answer"] for each in found] == ["'forked'", "'forked'"]
    # The jail keeps as many waiting children as before; whoever slept is gone.
    await asyncio.sleep(0.3)
    assert len(set(descendants(os.getpid()))) <= len(before) + 2


async def test_children_left_behind_die_with_the_job(pool):
    await values(pool, item("ok"))
    await asyncio.sleep(0.2)
    before = len(descendants(os.getpid()))
    await values(pool, item("sleep", how="leave"), item("sleep", how="leave"))
    await asyncio.sleep(0.3)
    assert len(descendants(os.getpid())) <= before + 1


async def test_a_killed_jail_costs_no_item(pool):
    await values(pool, item("ok"))
    for pid in pool.nursery_pids():
        os.kill(pid, signal.SIGKILL)
    found = await values(pool, *[item("ok")] * 3)
    assert [each["answer"] for each in found] == ["ok"] * 3


def at_work():
    """The children that use CPU now: of a zygote's, in a pid namespace of their own."""
    found = []
    for pid in descendants(os.getpid()):
        with contextlib.suppress(OSError):
            line = Path(f"/proc/{pid}/cmdline").read_text()
            spent = sum(
                map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13])
            )
            own = len(namespace_ids(pid)) == len(namespace_ids(os.getpid())) + 2
            if own and "disposable.py" in line and spent > 20:
                found.append(pid)
    return found


async def test_a_child_killed_from_outside_is_tried_again(pool):
    job = asyncio.create_task(values(pool, item("spin a second")))
    deadline = asyncio.get_running_loop().time() + 10
    busy = at_work()
    while not busy and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.01)
        busy = at_work()
    for pid in busy:
        os.kill(pid, signal.SIGKILL)
    (found,) = await job
    assert len(busy) == 1
    assert (found["answer"], found["code"]) == (None, 0)


async def test_nothing_is_left_when_the_pool_closes():
    async with contextlib.AsyncExitStack() as stack:
        found = Pool(
            PoolSettings(
                handler="tests.sandboxes.child_handler:open_job",
                preload=(),
                packages=("sandboxes", "tests"),
                workers=1,
                children=JAILS,
            )
        )
        before = set(descendants(os.getpid()))
        await found.start()
        stack.push_async_callback(found.close)
        await values(found, item("ok"))
    await asyncio.sleep(0.2)
    assert set(descendants(os.getpid())) <= before


async def test_a_thread_cannot_wait_as_for_a_disk(pool):
    (thread,) = await values(pool, item("wait as vfork does"))
    assert thread["answer"] == "PermissionError: [Errno 1] refused"


async def test_a_wait_as_for_a_disk_ends(pool):
    """The kernel calls it uninterruptible, and yet nothing may come of it for ever."""
    work = item("wait for a process as vfork does", jail="forking", how="untold")
    (waiting,) = await values(pool, work)
    assert waiting["idle"]


async def test_libraries_start_no_threads_in_a_zygote(pool):
    """Its children would not have them, and would wait for them."""
    (child,) = await values(pool, item("threads of libraries"))
    assert child["answer"] == "1"


async def test_nobody_can_use_up_the_signals_of_a_user(pool):
    (child,) = await values(pool, item("signals"))
    assert child["answer"] == 64
