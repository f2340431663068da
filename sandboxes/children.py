"""Disposable children, as the worker that uses them sees them.

Promises: `Child.exit` comes from the kernel. Waiting is measured by the host in
the scheduler's own terms: `Children.quiet_s` grows only while no child of this
worker could run, so a loaded machine does not count as waiting. A jail that dies
raises `SandboxLost`, for the whole item to be judged again.

Does not cover: what children run, what their ends mean, or the jails
(`disposable.py`, `nursery.py`). One thread, one run at a time.
"""

import array
import json
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sandboxes.cputimer import EXIT_CPU

MESSAGE_BYTES = 4096
TICK_S = 0.2  # wall time between two looks at what the children do
CPU_SLACK_S = 0.1  # beyond its budget a child that blocked its timer is killed at a tick
# Where the host cannot tell waiting from being kept waiting (for a disk, say), a wait counts
# a twentieth: as long as a check may take on a host loaded twenty times over.
UNKNOWN_SHARE = 0.05

# Asks the host which of these (jail, pid in the jail) can run; None when it cannot tell.
Ask = Callable[[Sequence[tuple[str, int]]], Sequence[bool | None]]


class SandboxLost(Exception):
    """A jail died, or killed a child that nobody had asked it to: nobody's fault here."""


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """Budgets of one child.

    `cpu_s` is seconds of CPU (user and system) from the end of containment on;
    `memory_bytes` is address space.
    """

    cpu_s: float
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class ChildExit:
    """How a child ended, by the kernel.

    `code` is as `os.waitstatus_to_exitcode` gives it. `cpu_exhausted` says that
    `cpu_s` reached the budget, whatever ended the child.
    """

    code: int
    cpu_s: float
    max_rss_bytes: int
    cpu_exhausted: bool


class Child:
    """One child. `exit` is set once the kernel reported its end and its descendants'."""

    def __init__(self, link: "_Link", number: int, limits: ChildLimits) -> None:
        self.exit: ChildExit | None = None
        self.number = number
        self.limits = limits
        self._link = link
        self._killed = False

    @property
    def jail(self) -> str:
        """The name of its jail."""
        return self._link.name

    def kill(self) -> None:
        """Asks for its end; `exit` follows. Nothing when it has ended."""
        if self.exit is None and not self._killed:
            self._killed = True
            self._link.send({"op": "kill", "id": self.number})

    def ended(self, status: int, cpu_s: float, max_rss: int) -> None:
        """Called with the kernel's word.

        Raises:
            SandboxLost: it was killed, and neither by us nor for its budget.
        """
        code = os.waitstatus_to_exitcode(status)
        limit = self.limits.cpu_s
        # The timer and wait4 count in different places and may differ by a little.
        by_timer = code == EXIT_CPU and cpu_s >= 0.95 * limit
        exhausted = by_timer or cpu_s >= limit
        self.exit = ChildExit(code, cpu_s, max_rss, exhausted)
        if code == -signal.SIGKILL and not self._killed and not exhausted:
            raise SandboxLost(f"a child of the jail {self.jail!r} was killed from outside")


class _Link:
    """The socket to one jail's zygote."""

    def __init__(self, name: str, descriptor: int) -> None:
        self.name = name
        self.children: dict[int, Child] = {}  # living ones, by number
        self.descriptor = descriptor
        self._socket = socket.socket(fileno=descriptor)
        self._where: dict[int, tuple[int, float]] = {}

    def send(self, message: object, descriptors: Sequence[int] = ()) -> None:
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))]
        try:
            data = json.dumps(message).encode()
            self._socket.sendmsg([data], rights if descriptors else [])
        except OSError as error:
            raise SandboxLost(f"the jail {self.name!r} is gone") from error

    def take(self) -> ChildExit | None:
        """Takes one message in, blocking until there is one. Returns the end that it told."""
        try:
            data = os.read(self.descriptor, MESSAGE_BYTES)
        except OSError:
            data = b""
        if not data:
            raise SandboxLost(f"the jail {self.name!r} is gone")
        message = json.loads(data)
        number = message["id"]
        if message["op"] == "where":
            self._where[number] = (message["pid"], message["cpu_s"])
            return None
        child = self.children.pop(number, None)
        if child is None:
            return None
        if not message["ran"]:
            raise SandboxLost(f"the jail {self.name!r} could not contain a child")
        child.ended(message["status"], message["cpu_s"], message["max_rss"])
        return child.exit

    def ask(self, child: Child) -> None:
        """Asks where a child is: `found` has the answer once it was taken in."""
        self.send({"op": "where", "id": child.number})

    def found(self, child: Child) -> tuple[int, float] | None:
        """The pid of a child and the CPU seconds it has used; None when it is not known."""
        return self._where.pop(child.number, None)


class Children:
    """Starts children in the jails that this worker has links to.

    `cpu_s` is the CPU seconds of all that have ended. `quiet_s` is how long, in
    seconds, all living children have only waited, since `reset_quiet`; waiting for
    each other or for us counts too.
    """

    def __init__(self, links: Mapping[str, int], ask: Ask) -> None:
        self.quiet_s = 0.0
        self.cpu_s = 0.0  # that all children used which have ended
        self._links = {name: _Link(name, descriptor) for name, descriptor in links.items()}
        self._ask = ask
        self._numbers = 0
        self._looked = 0.0
        self._was_quiet = False
        self._at_end: list[Callable[[], None]] = []

    @property
    def jails(self) -> frozenset[str]:
        """The names of the jails."""
        return frozenset(self._links)

    def reset_quiet(self) -> None:
        """Begins to count waiting anew."""
        self.quiet_s = 0.0
        self._was_quiet = False

    def start(self, jail: str, limits: ChildLimits, descriptors: Sequence[int]) -> Child:
        """Starts a child.

        Args:
            jail: the name of its jail.
            limits: its budgets.
            descriptors: `descriptors[i]` becomes its descriptor i, -1 is
                /dev/null; at least 0, 1 and 2. They stay open here.

        Raises:
            KeyError: there is no such jail.
            SandboxLost: the jail is gone.
        """
        self._numbers += 1
        link = self._links[jail]
        child = Child(link, self._numbers, limits)
        order = {
            "op": "start",
            "id": child.number,
            "cpu_s": limits.cpu_s,
            "memory_bytes": limits.memory_bytes,
            "places": [place for place, each in enumerate(descriptors) if each >= 0],
            "count": len(descriptors),
        }
        link.send(order, [each for each in descriptors if each >= 0])
        link.children[child.number] = child
        self._looked = time.monotonic()
        return child

    def wait(self, interest: Mapping[int, int], timeout_s: float | None = None) -> dict[int, int]:
        """Waits for descriptors, for children's ends, and for time to pass.

        Args:
            interest: event masks of select.poll by descriptor.
            timeout_s: the longest wait, in seconds of wall time.

        Returns:
            The events, by descriptor. Empty at the time-out, when a child ended and
            when the children were looked at: call it in a loop.

        Raises:
            SandboxLost: a jail is gone.
        """
        poll = select.poll()
        for descriptor, events in interest.items():
            poll.register(descriptor, events)
        links = {link.descriptor: link for link in self._links.values() if link.children}
        for descriptor in links:
            poll.register(descriptor, select.POLLIN)
        until_tick = max(0.0, self._looked + TICK_S - time.monotonic())
        wait_s = until_tick if timeout_s is None else min(until_tick, timeout_s)
        found = {}
        for descriptor, events in poll.poll(wait_s * 1000 + 1 if wait_s else 0):
            if descriptor in links:
                self._take(links[descriptor])
            else:
                found[descriptor] = events
        if time.monotonic() >= self._looked + TICK_S:
            self._look()
        return found

    def _take(self, link: _Link) -> None:
        ended = link.take()
        if ended is not None:
            self.cpu_s += ended.cpu_s

    def _look(self) -> None:
        """Ends who overspent, and asks whether anybody can run."""
        now = time.monotonic()
        # A worker that was itself kept waiting must not count that as the children's.
        passed, self._looked = min(now - self._looked, 2 * TICK_S), now
        seen = []
        for link in self._links.values():
            for child in list(link.children.values()):
                place = self._where(link, child)
                if place is None:
                    continue
                pid, cpu_s = place
                if cpu_s > child.limits.cpu_s + CPU_SLACK_S:
                    child.kill()
                seen.append((link.name, pid))
        if not seen:
            self._was_quiet = False
            return
        answers = self._ask(seen)
        quiet = not any(answers)
        if quiet and self._was_quiet:
            known = None not in answers
            self.quiet_s += passed if known else passed * UNKNOWN_SHARE
        self._was_quiet = quiet
        self._looked = time.monotonic()

    def _where(self, link: _Link, child: Child) -> tuple[int, float] | None:
        """The pid of a child and the CPU seconds it has used; None when it has ended."""
        link.ask(child)
        while child.exit is None:
            if place := link.found(child):
                return place
            self._take(link)
        link.found(child)
        return None

    def at_end(self, action: Callable[[], None]) -> None:
        """Has something done when the job is over, before what is left is killed."""
        self._at_end.append(action)

    def kill_all(self) -> None:
        """Ends the job: does what was asked for, kills every living child, waits for their ends.

        Raises:
            SandboxLost: a jail is gone.
        """
        while self._at_end:
            self._at_end.pop()()
        for link in self._links.values():
            for child in list(link.children.values()):
                child.kill()
            while link.children:
                self._take(link)
