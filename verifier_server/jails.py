"""The jails of disposable children: one for each runtime, one for checks, two for C++.

Promises: candidates see the standard library, the runtime they were promised and
`guest`, and may start no process; what a task brings runs in a jail that no
candidate is in.

Does not cover: how a jail is built (`sandboxes`), or what runs in it
(`verifiers/code/guest`).
"""

from pathlib import Path

from sandboxes.config import ChildJail
from sandboxes.distributions import binds, closure
from sandboxes.runtime import PACKAGES, Bind
from verifier_server.bounds import MIB
from verifier_server.offer import CHECKER, RUNTIMES, STDLIB, Offer
from verifier_server.toolchain import PATH
from verifier_server.verifiers.code.guest.native import (
    MAX_BINARY_BYTES,
    MAX_FILE_BYTES,
    STACK_BYTES,
)

RUNTIME = "/runtime"
MAX_MEMORY_BYTES = 2048 * MIB  # the most that a task may allow a candidate
CANDIDATE_TMP_BYTES = MAX_FILE_BYTES
COMPILER_TMP_BYTES = 128 * MIB
# A fork costs more with every module that is there: what few tasks use has a jail of its own.
CHECKER_PRELOAD = tuple(
    f"guest.checker.{name}"
    for name in ("main", "asserts", "judge", "solution", "in_process", "warming:warm")
)
FRAMEWORKS_PRELOAD = (
    *CHECKER_PRELOAD,
    *(f"guest.checker.{name}" for name in ("pytest_files", "unittest_files", "scan")),
    "asyncio",
    "bandit.core.manager",
    "pytest",
    "unittest.mock",
)
# What most solutions import, so that it is there before the fork. No more than that:
# a fork costs in proportion to what is there. Least of all what threads need
# (threading, asyncio, queue, logging), whose hooks after each fork cost more than a
# third of a child that does nothing.
CANDIDATE_PRELOAD = tuple(
    "bisect collections copy functools heapq itertools json math operator os random re string "
    "sys time types typing".split()
)

_GUEST = Path(__file__).parent / "verifiers" / "code" / "guest"


def jail_name(runtime: str) -> str:
    """The jail of candidates that were promised a runtime."""
    return "python" if runtime == STDLIB else f"python-{runtime}"


def child_jails(offer: Offer, workers: int) -> tuple[ChildJail, ...]:
    """The jails that an offer needs, for `workers` workers with one child of each at a time."""
    guest = Bind(_GUEST, f"{PACKAGES}/guest")
    both = f"{PACKAGES}:{RUNTIME}"
    everything = {name for each in offer.runtimes for name in RUNTIMES.get(each, ())}
    jails = [_candidates(runtime, guest, workers) for runtime in offer.runtimes]
    files = (guest, *binds(closure([*CHECKER, *everything]), RUNTIME))
    jails += [
        ChildJail(
            name=name,
            entry="guest.checker.main:main",
            preload=preload,
            binds=files,
            python_path=both,
            at_once=workers,
            warm=1,
            memory_bytes=MAX_MEMORY_BYTES,
            tmp_bytes=CANDIDATE_TMP_BYTES,
            may=("recvmsg",),
            processes=True,
        )
        for name, preload in (("checker", CHECKER_PRELOAD), ("frameworks", FRAMEWORKS_PRELOAD))
    ]
    if offer.toolchain is not None:
        jails += [
            ChildJail(
                name="compiler",
                entry="guest.native:compile_main",
                preload=(),
                binds=(guest, *offer.toolchain.binds),
                python_path=PACKAGES,
                at_once=workers,
                warm=1,
                memory_bytes=MAX_MEMORY_BYTES,
                tmp_bytes=COMPILER_TMP_BYTES,
                may=("execve", "execveat", "chmod", "fchmod", "fchmodat", "symlink"),
                processes=True,
                path=PATH,
            ),
            ChildJail(
                name="native",
                entry="guest.native:run_main",
                preload=(),
                binds=(guest,),
                python_path=PACKAGES,
                at_once=workers,
                warm=1,
                memory_bytes=MAX_MEMORY_BYTES,
                tmp_bytes=CANDIDATE_TMP_BYTES,
                file_bytes=MAX_BINARY_BYTES,
                stack_mib=STACK_BYTES // MIB,
                may=("execve", "execveat", "memfd_create"),
            ),
        ]
    return tuple(jails)


def _candidates(runtime: str, guest: Bind, workers: int) -> ChildJail:
    wanted = RUNTIMES.get(runtime, ())
    return ChildJail(
        name=jail_name(runtime),
        entry="guest.candidate:main",
        preload=(*CANDIDATE_PRELOAD, *wanted, "guest.warming:warm"),
        binds=(guest, *binds(closure(wanted), RUNTIME)),
        python_path=f"{PACKAGES}:{RUNTIME}" if wanted else PACKAGES,
        at_once=workers,
        warm=2,
        memory_bytes=MAX_MEMORY_BYTES,
        tmp_bytes=CANDIDATE_TMP_BYTES,
    )
