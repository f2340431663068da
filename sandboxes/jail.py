"""One jail with a zygote in it: started, watched, swept.

Promises: the jail ends when the server ends, however that happens, and leaves
nothing behind. One that does not come up raises `SandboxUnavailable`, which says
why; it never falls back to less by itself.

Does not cover: what a jail is made of (`config.py`), who gets the workers
(`pool.py`), or what they run.
"""

import array
import asyncio
import contextlib
import json
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandboxes import cgroups, config
from sandboxes.availability import SandboxUnavailable, environment, explain, find_nsjail
from sandboxes.zygote import CONTROL_BYTES

START_SECONDS = 60.0  # wall time for the zygote's imports, on a cold and loaded machine
STOP_SECONDS = 3.0  # wall time between asking a jail to end and killing it
LOG_TAIL = 2000  # characters of the jail's log that an error quotes


@dataclass(frozen=True, slots=True)
class Exit:
    """How a worker ended: its wait status, CPU seconds in all, peak memory in bytes."""

    status: int
    cpu_s: float
    max_rss: int


def peer_pid(ancillary: Sequence[tuple[int, int, bytes]]) -> int:
    """The process id of a message's sender, which the kernel vouches for (unix(7)); else 0."""
    for _, kind, content in ancillary:
        if kind == socket.SCM_CREDENTIALS:
            return int.from_bytes(content[:4], sys.byteorder, signed=True)
    return 0


LOST = Exit(status=signal.SIGKILL, cpu_s=0.0, max_rss=0)  # the whole jail died


class Jail:
    """A running jail. Create with `start`; all methods belong to one event loop.

    `on_death` is called once, when the jail dies without having been asked to.
    """

    def __init__(
        self, settings: config.JailSettings | config.ChildJail, on_death: Callable[[], None]
    ) -> None:
        self._settings = settings
        self.zygote = 0  # its process id on this side, once it is ready
        self._on_death = on_death
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._log: Any = None
        self._exits: dict[int, asyncio.Future[Exit]] = {}
        self._ready: asyncio.Future[None] | None = None
        self._groups: cgroups.Cgroups | cgroups.NoCgroups = cgroups.NoCgroups("not started")
        self._stopping = False

    @property
    def pid(self) -> int:
        """The process id of nsjail (or of the zygote, without a sandbox)."""
        assert self._process is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether its zygote still holds the other end of the control socket."""
        return self._control is not None

    async def start(self) -> None:
        """Starts the jail and waits until the zygote has imported what it must.

        Raises:
            SandboxUnavailable: the jail did not come up; the message quotes its log.
        """
        loop = asyncio.get_running_loop()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.setblocking(False)
        self._control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the jail
        self._ready = loop.create_future()
        try:
            with theirs:
                self._process = self._spawn(theirs.fileno())
            loop.add_reader(self._control, self._read_control)
            await asyncio.wait_for(asyncio.shield(self._ready), START_SECONDS)
        except (TimeoutError, ConnectionError) as error:
            tail = self._log_tail()
            await self.stop()
            raise SandboxUnavailable(explain(tail)) from error
        except BaseException:
            await self.stop()
            raise

    def _spawn(self, control: int) -> subprocess.Popen[bytes]:
        if isinstance(self._settings, config.JailSettings) and not self._settings.nsjail:
            return self._spawn_bare(control, config.zygote_config(self._settings, users=1))
        binary = find_nsjail()
        self._groups = cgroups.prepare()
        usable = self._groups if isinstance(self._groups, cgroups.Cgroups) else None
        if usable:
            cgroups.sweep(usable)
        plan = config.plan(self._settings, control, usable)
        if plan.staged:
            config.STAGE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile() as file:
            file.write(plan.text.encode())
            file.flush()
            # nsjail opens its configuration by name, and through this one from its start.
            order = {
                "root": str(config.STAGE),
                "binds": [(str(bind.source), bind.target.lstrip("/")) for bind in plan.staged],
                "argv": [str(binary), "--config", f"/proc/self/fd/{file.fileno()}"],
            }
            stage = Path(__file__).with_name("stage.py")
            return subprocess.Popen(
                [sys.executable, "-I", "-S", str(stage), json.dumps(order)],
                pass_fds=[control, file.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                env=environment(),
                start_new_session=True,
            )

    def _spawn_bare(self, control: int, argument: str) -> subprocess.Popen[bytes]:
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
                argument,
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

    def fork(
        self, worker: int, links: Mapping[str, socket.socket]
    ) -> tuple[socket.socket, asyncio.Future[Exit]]:
        """Forks a worker. Returns our end of its channel, and its exit when it comes.

        Args:
            worker: a number that no other worker of the jail has.
            links: the worker's links to jails of children, by name; they stay open here.

        Raises:
            ConnectionError: the jail is dead.
        """
        try:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        except OSError as error:
            raise ConnectionResetError(f"no channel for a worker: {error}") from error
        # Ask the kernel who the peer is: its answer is the process id on this side.
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        ours.setblocking(False)
        passed = [theirs, *links.values()]
        try:
            self._tell({"op": "fork", "id": worker, "links": list(links)}, passed)
        except ConnectionError:
            ours.close()
            raise
        finally:
            theirs.close()
        exited: asyncio.Future[Exit] = asyncio.get_running_loop().create_future()
        self._exits[worker] = exited
        return ours, exited

    def link(self) -> socket.socket:
        """A new client's link to a jail of children (`disposable.py`).

        Raises:
            ConnectionError: the jail is dead.
        """
        try:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        except OSError as error:
            raise ConnectionResetError(f"no link for a worker: {error}") from error
        try:
            self._tell({"op": "client"}, [theirs])
        except ConnectionError:
            ours.close()
            raise
        finally:
            theirs.close()
        return ours

    def _tell(self, message: dict[str, Any], passed: Sequence[socket.socket]) -> None:
        if self._control is None:
            raise ConnectionResetError("the jail is stopped")
        descriptors = array.array("i", [each.fileno() for each in passed])
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)]
        try:
            self._control.sendmsg([json.dumps(message).encode()], rights)
        except OSError as error:
            raise ConnectionResetError("the jail is dead") from error

    def kill(self, worker: int) -> None:
        """Asks the zygote to kill a worker. Its exit then comes as for any death."""
        if self._control is not None:
            with contextlib.suppress(OSError):
                self._control.send(json.dumps({"op": "kill", "id": worker}).encode())

    def _read_control(self) -> None:
        assert self._control is not None
        try:
            data, ancillary, _, _ = self._control.recvmsg(CONTROL_BYTES, socket.CMSG_SPACE(12))
        except BlockingIOError:
            return
        except OSError:
            data, ancillary = b"", []
        if not data:
            self._died()
            return
        message = json.loads(data)
        if message["op"] == "ready":
            self.zygote = peer_pid(ancillary)
            if self._ready is not None and not self._ready.done():
                self._ready.set_result(None)
            return
        exited = self._exits.pop(message["id"], None)
        if exited is not None and not exited.done():
            exited.set_result(Exit(message["status"], message["cpu_s"], message["max_rss"]))

    def _died(self) -> None:
        self._close_control()
        self._lose_workers()
        if self._ready is not None and not self._ready.done():
            self._ready.set_exception(ConnectionResetError("the jail ended before it was ready"))
        elif not self._stopping:
            self._on_death()

    def _lose_workers(self) -> None:
        """Nobody will report how the workers ended any more."""
        for exited in self._exits.values():
            if not exited.done():
                exited.set_result(LOST)
        self._exits.clear()

    def _close_control(self) -> None:
        if self._control is not None:
            asyncio.get_running_loop().remove_reader(self._control)
            self._control.close()
            self._control = None

    async def stop(self) -> None:
        """Ends the jail and everything in it, and removes what it left."""
        self._stopping = True
        self._close_control()  # the zygote ends at the end of its control stream
        self._lose_workers()
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
