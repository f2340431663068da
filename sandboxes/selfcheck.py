"""Proves every isolation promise on this host, by attacking it from inside.

Promises: each line of the result was tried, in a jail built as the server builds
its own; "held" means that the attack failed in the way it must. What cannot be
checked here says why. Nothing is assumed from a version or a setting.

Does not cover: the kernel's own bugs.
"""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Sequence

from sandboxes import cgroups
from sandboxes.availability import SandboxUnavailable
from sandboxes.check import Check
from sandboxes.child_checks import PROBED, child_checks
from sandboxes.config import ONE_THREAD
from sandboxes.limits import Ending, Limits, Outcome
from sandboxes.pool import Pool, PoolSettings

CPU_S = 0.2  # CPU budget of one probe
WALL_S = 1.5  # wall guard of one probe
SETUP = Limits(cpu_s=5.0, wall_s=30.0)
PROBE = Limits(cpu_s=CPU_S, wall_s=WALL_S)
JAIL_ROOT = {"app", "dev", "lib", "lib64", "py", "site", "tmp", "usr"}
JAIL_ENVIRONMENT = {
    *("LC_ALL", "LD_LIBRARY_PATH", "PYTHONHASHSEED", "PYTHONHOME", "PYTHONPATH"),
    *(each.partition("=")[0] for each in ONE_THREAD),
}
NAMESPACES = ("cgroup", "ipc", "mnt", "net", "pid", "user", "uts")
REPLACE_S = 1.0  # a replaced worker must be there within this wall time, on a loaded host


Report = Callable[[str], None]


def run(progress: Report | None = None) -> list[Check]:
    """Checks every promise. Takes a few seconds.

    Args:
        progress: called with the name of each check as it begins.
    """
    return asyncio.run(_run(progress or (lambda _: None)))


async def _run(progress: Report) -> list[Check]:
    progress("nsjail starts")
    pool = Pool(
        PoolSettings(
            handler="sandboxes.probe_handler:open_job",
            preload=("sandboxes.probe_handler",),
            workers=1,
            children=(PROBED,),
        )
    )
    started = time.perf_counter()
    try:
        await pool.start()
    except SandboxUnavailable as error:
        return [Check("sandbox", "nsjail starts", False, str(error))]
    took = time.perf_counter() - started
    checks = [Check("sandbox", "nsjail starts", True, f"in {took:.2f} s")]
    try:
        for check in (
            *_REFUSALS,
            _check_files,
            _check_environment,
            _check_descriptors,
            _check_identity,
            _check_capabilities,
            _check_apart,
            _check_tmp,
            _check_determinism,
            _check_cpu,
            _check_cpu_in_c,
            _check_wall,
            _check_memory,
            _check_crash,
            _check_kill,
            *child_checks(_probe),
        ):
            progress(getattr(check, "__name__", "check").removeprefix("_check_"))
            checks.append(await check(pool))
        checks.append(_check_cgroups())
    finally:
        pids = [*pool.worker_pids(), *pool.nursery_pids()]
        await pool.close()
    checks.append(_check_cleanup(pids))
    return checks


async def _probe(pool: Pool, *items: bytes) -> Sequence[Outcome]:
    outcome = await pool.run(None, items, setup_limits=SETUP, item_limits=PROBE)
    return outcome.items


def _said(outcome: Outcome) -> tuple[bool, object]:
    """Whether the probe got what it wanted, and what it got or what stopped it."""
    if outcome.ending is not Ending.DONE:
        return False, outcome.ending.value
    succeeded, got = outcome.value
    return bool(succeeded), got


def _refusal(name: str, promise: str, item: bytes) -> Callable[[Pool], Awaitable[Check]]:
    async def check(pool: Pool) -> Check:
        succeeded, got = _said((await _probe(pool, item))[0])
        return Check(name, promise, not succeeded, f"{item.decode()}: {got}")

    check.__name__ = name
    return check


_REFUSALS = tuple(
    _refusal(*row)
    for row in (
        ("processes", "cannot start a process", b"start a process"),
        ("programs", "cannot run a program", b"run a program"),
        ("sockets", "cannot open a network socket", b"open a socket"),
        ("unix sockets", "cannot open a unix socket", b"open a unix socket"),
        ("namespaces", "cannot make a namespace", b"make a namespace"),
        ("ptrace", "cannot trace a process", b"trace a process"),
        ("io_uring", "cannot go round the system call filter", b"use io_uring"),
        ("host files", "cannot read the host's files", b"read the host's users"),
        ("proc", "cannot see /proc", b"read /proc"),
        ("root", "cannot write to the root", b"write to the root"),
        ("packages", "cannot change the code it runs", b"write to the packages"),
        ("noexec", "cannot run code from /tmp", b"run code in /tmp"),
    )
)


async def _check_files(pool: Pool) -> Check:
    _, got = _said((await _probe(pool, b"list the root"))[0])
    extra = set(got if isinstance(got, list) else ["?"]) - JAIL_ROOT
    detail = f"also sees {sorted(extra)}" if extra else "the runtime, /dev/null, /tmp"
    return Check("files", "sees the read-only runtime and no other file", not extra, detail)


async def _check_environment(pool: Pool) -> Check:
    _, got = _said((await _probe(pool, b"environment"))[0])
    extra = set(got if isinstance(got, list) else ["?"]) - JAIL_ENVIRONMENT
    detail = f"also sees {sorted(extra)}" if extra else f"{len(JAIL_ENVIRONMENT)} variables of ours"
    return Check("environment", "sees no variable of the server's", not extra, detail)


async def _check_descriptors(pool: Pool) -> Check:
    _, got = _said((await _probe(pool, b"descriptors"))[0])
    held = got == [0, 1, 2, 3, 4]  # the last is the link to the children's jail
    promise = "holds its own channel, its link to its children and nothing else"
    return Check("descriptors", promise, held, f"{got}")


async def _check_identity(pool: Pool) -> Check:
    pid, uid = (_said(outcome)[1] for outcome in await _probe(pool, b"pid", b"uid"))
    if uid == 0:
        detail = "not as an ordinary user: needs root, which maps a range of users into the jail"
        return Check("identity", "has a user id and a pid namespace of its own", None, detail)
    return Check(
        "identity",
        "has a user id and a pid namespace of its own",
        pid == 1,
        f"pid {pid}, uid {uid}",
    )


async def _check_capabilities(pool: Pool) -> Check:
    _, got = _said((await _probe(pool, b"capabilities"))[0])
    return Check("capabilities", "has no capability, even in its namespace", got == 0, f"{got}")


async def _check_apart(pool: Pool) -> Check:
    """The kernel's own names for the namespaces, here and there (namespaces(7))."""
    promise = "shares no namespace with the server, the network's least of all"
    pid = pool.worker_pids()[0]
    try:
        shared = [
            kind
            for kind in NAMESPACES
            if os.readlink(f"/proc/{pid}/ns/{kind}") == os.readlink(f"/proc/self/ns/{kind}")
        ]
    except PermissionError:
        return Check("apart", promise, None, "only root may compare the namespaces")
    return Check("apart", promise, not shared, f"shared: {', '.join(shared) or 'none'}")


async def _check_tmp(pool: Pool) -> Check:
    """A /tmp that is capped, and that no later worker finds anything in."""
    marked, filled = (_said(each) for each in await _probe(pool, b"leave a mark", b"fill /tmp"))
    # A crash ends the worker, so what looks for the mark is another one.
    await _probe(pool, b"crash")
    found, _ = _said((await _probe(pool, b"find a mark"))[0])
    held = marked[0] and not filled[0] and not found
    return Check("tmp", "has a capped /tmp that dies with it", held, f"full: {filled[1]}")


async def _check_determinism(pool: Pool) -> Check:
    seeds = set()
    for _ in range(2):
        await _probe(pool, b"crash")
        seeds.add(_said((await _probe(pool, b"hash seed"))[0])[1])
    return Check(
        "hash seed", "hashes text the same way in every worker", len(seeds) == 1, f"{seeds}"
    )


async def _ends(pool: Pool, item: bytes, ending: Ending) -> tuple[bool, Outcome]:
    """Whether an item ended so, with its neighbours unharmed."""
    before, at, after = await _probe(pool, b"pid", item, b"pid")
    unharmed = before.ending is after.ending is Ending.DONE
    return unharmed and at.ending is ending, at


async def _check_cpu(pool: Pool) -> Check:
    held, outcome = await _ends(pool, b"spin", Ending.CPU_LIMIT)
    return Check("cpu", "is ended by its CPU budget", held, f"{outcome.usage.cpu_s:.3f} s of CPU")


async def _check_cpu_in_c(pool: Pool) -> Check:
    held, outcome = await _ends(pool, b"spin in C", Ending.CPU_LIMIT)
    return Check("cpu in C", "is ended by it inside C code too", held, outcome.ending.value)


async def _check_wall(pool: Pool) -> Check:
    held, outcome = await _ends(pool, b"sleep", Ending.LOST)
    detail = f"{outcome.ending.value} after {outcome.attempts} tries, never a verdict"
    return Check("wall", "waiting without using CPU is nobody's wrong answer", held, detail)


async def _check_memory(pool: Pool) -> Check:
    held, outcome = await _ends(pool, b"take memory", Ending.MEMORY_LIMIT)
    return Check("memory", "cannot take more memory than it may have", held, outcome.ending.value)


async def _check_crash(pool: Pool) -> Check:
    held, outcome = await _ends(pool, b"crash", Ending.CRASHED)
    return Check("crash", "a crash costs its item and no other", held, outcome.detail)


async def _check_kill(pool: Pool) -> Check:
    """kill -9 from outside: the item is tried again and nothing is lost."""
    for pid in pool.worker_pids():
        os.kill(pid, signal.SIGKILL)
    started = time.perf_counter()
    outcomes = await _probe(pool, b"pid", b"pid")
    took = time.perf_counter() - started
    held = all(outcome.ending is Ending.DONE for outcome in outcomes) and took < REPLACE_S
    return Check(
        "kill -9", "a killed worker is replaced, nothing lost", held, f"{took * 1e3:.1f} ms"
    )


def _check_cgroups() -> Check:
    promise = "control groups cap the memory and processes of the whole jail"
    found = cgroups.prepare()
    if isinstance(found, cgroups.NoCgroups):
        return Check("cgroups", promise, None, f"{found.why}; rlimits cap every worker instead")
    return Check("cgroups", promise, True, f"version {found.version}")


def _check_cleanup(pids: Sequence[int]) -> Check:
    alive = [pid for pid in pids if os.path.exists(f"/proc/{pid}")]
    found = cgroups.prepare()
    groups = (
        [group for parent in found.parents for group in parent.glob(f"NSJAIL.{os.getpid()}")]
        if isinstance(found, cgroups.Cgroups)
        else []
    )
    held = not alive and not groups
    detail = "no process, no control group" if held else f"processes {alive}, groups {groups}"
    return Check("cleanup", "leaves nothing behind", held, detail)
