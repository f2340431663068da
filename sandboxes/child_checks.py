"""The self-check's attacks from inside a disposable child, where completions' code runs.

Promises: as `selfcheck.py`, of which this is the second half.

Does not cover: what the verifiers run in such children.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sandboxes.check import Check
from sandboxes.config import ChildJail
from sandboxes.limits import Ending, Outcome
from sandboxes.pool import Pool
from sandboxes.probe_handler import CHILD, CHILD_CPU_S, CHILD_JAIL
from sandboxes.runtime import PACKAGES

# CPU beyond its budget that a child which blocks its timer may take: on a busy host the watch
# comes late.
MAX_OVERRUN_S = 1.0

PROBED = ChildJail(
    name=CHILD_JAIL,
    entry="sandboxes.probes:child",
    preload=(),
    binds=(),
    python_path=PACKAGES,
    at_once=1,
    warm=1,
    memory_bytes=1 << 30,
    tmp_bytes=16 << 20,
)

Try = Callable[..., Awaitable[Sequence[Outcome]]]
ChildCheck = Callable[[Pool], Awaitable[Check]]
_Seen = dict[str, Any]

_REFUSED = (
    ("child: processes", "cannot start a process", b"start a process"),
    ("child: programs", "cannot run a program", b"run a program"),
    ("child: sockets", "cannot open a network socket", b"open a socket"),
    ("child: unix sockets", "cannot open a unix socket", b"open a unix socket"),
    ("child: namespaces", "cannot make a namespace", b"make a namespace"),
    ("child: ptrace", "cannot trace a process", b"trace a process"),
    ("child: io_uring", "cannot go round the system call filter", b"use io_uring"),
    ("child: host files", "cannot read the host's files", b"read the host's users"),
    ("child: proc", "cannot see /proc", b"read /proc"),
    ("child: root", "cannot write to the root", b"write to the root"),
    ("child: packages", "cannot change the code it runs", b"write to the packages"),
    ("child: noexec", "cannot run code from /tmp", b"run code in /tmp"),
    ("child: signals", "can signal nobody else", b"kill everybody"),
    ("child: tmp", "has a capped /tmp", b"fill /tmp"),
    ("child: mounts", "cannot mount anything", b"mount"),
    ("child: descriptors' passage", "cannot pass a descriptor on", b"pass a descriptor"),
)


def child_checks(attempt: Try) -> list[ChildCheck]:
    """The checks, each a function of a pool with the jail PROBED."""

    async def one(pool: Pool, item: bytes) -> _Seen:
        outcome = (await attempt(pool, CHILD + item))[0]
        if outcome.ending is not Ending.DONE:
            return {"answer": None, "code": None, "lost": outcome.ending.value}
        return dict(outcome.value[1])

    def named(name: str, check: ChildCheck) -> ChildCheck:
        check.__name__ = name
        return check

    def refusal(name: str, promise: str, item: bytes) -> ChildCheck:
        async def check(pool: Pool) -> Check:
            answer = (await one(pool, item))["answer"]
            held = answer is not None and not answer[0]
            return Check(name, promise, held, f"{item.decode()}: {answer and answer[1]}")

        return named(name, check)

    def fact(
        name: str, promise: str, item: bytes, holds: Callable[[_Seen], bool | None]
    ) -> ChildCheck:
        async def check(pool: Pool) -> Check:
            seen = await one(pool, item)
            answer = seen["answer"]
            return Check(name, promise, holds(seen), f"{answer[1] if answer else seen}")

        return named(name, check)

    async def alike(pool: Pool) -> Check:
        first, second = [(await one(pool, b"draw a number"))["answer"] for _ in range(2)]
        held = first is not None and first == second
        return Check("child: luck", "draws the same numbers each time", held, f"{first}, {second}")

    async def apart(pool: Pool) -> Check:
        await one(pool, b"leave a mark")
        answer = (await one(pool, b"find a mark"))["answer"]
        held = answer is not None and not answer[0]
        return Check("child: apart", "finds nothing that another one left", held, f"{answer}")

    return [
        *(refusal(*row) for row in _REFUSED),
        fact(
            "child: descriptors",
            "holds what it was given and nothing else",
            b"descriptors",
            lambda seen: seen["answer"] == [True, [0, 1, 2, 3]],
        ),
        fact(
            "child: capabilities",
            "has no capability, even in its namespace",
            b"capabilities",
            lambda seen: seen["answer"] == [True, 0],
        ),
        fact(
            "child: pid",
            "is the first of a pid namespace, whose end ends all",
            b"pid",
            lambda seen: seen["answer"] == [True, 1],
        ),
        named("child: luck", alike),
        named("child: apart", apart),
        fact(
            "child: cpu",
            "is ended by its CPU budget",
            b"spin in C",
            lambda seen: seen.get("cpu_exhausted") is True,
        ),
        fact(
            "child: cpu without a timer",
            "is ended by it when it disarms the timer that would end it",
            b"spin without timer",
            lambda seen: (
                seen.get("cpu_exhausted") is True and seen["cpu_s"] < CHILD_CPU_S + MAX_OVERRUN_S
            ),
        ),
        fact(
            "child: waiting",
            "is seen to wait, by the scheduler and not by the clock",
            b"sleep",
            lambda seen: seen.get("idle") is True,
        ),
        fact(
            "child: memory",
            "cannot take more memory than it may have",
            b"take memory",
            lambda seen: seen["answer"] is None and seen["code"] not in (0, None),
        ),
        fact(
            "child: crash",
            "a crash is reported as the kernel tells it",
            b"crash",
            lambda seen: seen["answer"] is None and (seen["code"] or 0) < 0,
        ),
    ]
