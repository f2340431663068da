"""The checker as the worker sees it: started for a group, asked item by item.

Promises: a checker prepares its program once, and what is wrong with the program is a
`TaskError` then. One that runs out of CPU, crashes or falls silent over an item says
so in its `Reply`, and is replaced by a fresh one before the next item. `CheckerFault`
is raised only for what no item's process can cause.

Does not cover: what an answer means (`answers.py`), or the candidate beside it.
"""

import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sandboxes.children import Child, ChildLimits
from verifier_server.contract import ErrorCode, TaskError
from verifier_server.verifiers.code.guest.checker.protocol import EXIT_CPU, ProtocolError
from verifier_server.verifiers.code.guest.frames import PeerGone
from verifier_server.verifiers.code.runs.channel import CheckerFraming, FrameChannel
from verifier_server.verifiers.code.runs.loop import Loop

JAIL = "checker"
FRAMEWORKS_JAIL = "frameworks"  # a heavier one, with what these programs need imported
_IN_FRAMEWORKS = frozenset({"pytest", "unittest", "scan"})
ITEM_CPU_S = 20.0  # a checker's own work on one item
PREPARE_CPU_S = 10.0
GROUP_CPU_S = 600.0  # of its first process, which forks one for each item
MEMORY_BYTES = 1 << 30
IDLE_S = 35.0  # in which nobody could do anything; more than any candidate beside it may have
CHANNEL_FD = 3


class CheckerFault(Exception):
    """The checker failed in a way that neither a task nor a candidate can bring about."""


class Outcome(StrEnum):
    """What became of one item."""

    ANSWERED = "answered"
    CPU = "cpu"  # the item ran out of CPU
    CRASHED = "crashed"  # its process ended without an answer
    SILENT = "silent"  # it waited for ever


@dataclass(frozen=True, slots=True)
class Reply:
    """A checker's answer to one item; `body` is empty unless it is ANSWERED."""

    outcome: Outcome
    body: Mapping[str, Any]


class Checker:
    """A checker for one program, over as many processes as that takes.

    Args:
        loop: where it is waited for.
        program: the first frame, but for its budgets and `single`.
        single: whether exactly one item will follow.
        item_cpu_s: CPU seconds of its own work on one item.
    """

    def __init__(
        self,
        loop: Loop,
        program: Mapping[str, Any],
        *,
        single: bool,
        item_cpu_s: float = ITEM_CPU_S,
    ) -> None:
        self._loop = loop
        self._program = {**program, "cpu_s": item_cpu_s, "prepare_cpu_s": PREPARE_CPU_S}
        self.capture = False  # whether the tests look at what the candidate prints
        self._forks = True  # whether each item has a process of its own
        self._jail = FRAMEWORKS_JAIL if program["kind"] in _IN_FRAMEWORKS else JAIL
        self._single = single
        self._item_cpu_s = item_cpu_s
        self._child: Child | None = None
        self._channel: FrameChannel | None = None
        self._silent = False
        loop.children.at_end(self.stop)

    def prepare(self) -> None:
        """Starts a process, if there is none, and has it prepare the program.

        Raises:
            TaskError: the program cannot be used.
            CheckerFault: the answer means nothing.
        """
        if self._channel is not None:
            return
        channel = self._start()
        try:
            channel.send({**self._program, "single": self._single})
            answer = self._hear(channel)
        except PeerGone:
            raise self._unprepared() from None
        match answer:
            case {"prepared": True}:
                self._forks = answer.get("forks") is not False
                self.capture = answer.get("capture") is True
                return
            case {"task_error": Mapping() as error}:
                self.stop()
                raise task_error(error)
            case _:
                self.stop()
                raise CheckerFault("an answer to the program that means nothing")

    def ask(self, item: Mapping[str, Any], descriptors: Sequence[int] = ()) -> Reply:
        """Has one item checked.

        Args:
            item: the item's frame.
            descriptors: what is attached to it; they stay the caller's.

        Raises:
            ValueError: the frame would be too large; nothing was asked.
            CheckerFault: the checker is broken.
        """
        if self._channel is None:
            self._prepare_again()
        channel = self._channel
        assert channel is not None
        try:
            channel.send(item, descriptors)
            answer = self._hear(channel)
        except PeerGone:
            return self._after_death()
        if self._single:
            self.stop()
            self._single = False  # there is no second item, unless this one is repeated
        match answer:
            case {"checker_cpu": True}:
                return Reply(Outcome.CPU, {})
            case {"crashed": int()}:
                return Reply(Outcome.CRASHED, {})
            case Mapping():
                return Reply(Outcome.ANSWERED, answer)
            case _:
                raise CheckerFault("an answer to an item that means nothing")

    def stop(self) -> None:
        """Ends the process, if there is one. The next `ask` starts another."""
        if self._child is not None:
            self._child.kill()
        self._forget()

    def _start(self) -> FrameChannel:
        ours, theirs = socket.socketpair()
        limits = ChildLimits(GROUP_CPU_S, MEMORY_BYTES)
        with theirs:
            try:
                places = [-1, -1, -1, theirs.fileno()]
                self._child = self._loop.children.start(self._jail, limits, places)
            except BaseException:
                ours.close()
                raise
        self._silent = False
        self._channel = FrameChannel(self._loop, ours, CheckerFraming())
        return self._channel

    def _hear(self, channel: FrameChannel) -> Any:
        """The next frame; a checker that lets everybody wait for too long is killed."""
        self._loop.add_rule(self._watch)
        try:
            return channel.recv()
        except ProtocolError as error:
            self.stop()
            raise CheckerFault(f"the checker sent no frame: {error}") from None
        finally:
            self._loop.discard_rule(self._watch)

    def _watch(self) -> None:
        # A candidate beside it is ended before that, and the time begins anew.
        if self._loop.idle_s > IDLE_S and self._child is not None and not self._silent:
            self._silent = True
            self._child.kill()

    def _await_exit(self) -> int:
        """The exit code of a process that hung up. The process is forgotten."""
        child = self._child
        assert child is not None
        child.kill()  # nothing can come of it any more, whether it knows or not
        self._loop.run_until(lambda: child.exit is not None)
        self._forget()
        assert child.exit is not None
        return child.exit.code

    def _after_death(self) -> Reply:
        single, self._single = self._single, False
        silent = self._silent
        code = self._await_exit()
        if silent:
            return Reply(Outcome.SILENT, {})
        if not single and self._forks:
            raise CheckerFault(f"the checker ended with {code} over an item of another process")
        return Reply(Outcome.CPU if code == EXIT_CPU else Outcome.CRASHED, {})

    def _unprepared(self) -> TaskError:
        silent = self._silent
        code = self._await_exit()
        if silent:
            said, reason = "waited for something that never came", "preparation_idle"
        elif code == EXIT_CPU:
            said = f"used more than {PREPARE_CPU_S:g} s of CPU before any completion was run"
            reason = "preparation_cpu_limit"
        else:
            said, reason = f"ended their process ({code})", "preparation_crashed"
        return TaskError(ErrorCode.INVALID_TASK, reason, f"the tests or their setup {said}")

    def _prepare_again(self) -> None:
        try:
            self.prepare()
        except TaskError as error:
            raise CheckerFault(f"a program that was prepared cannot be: {error}") from error

    def _forget(self) -> None:
        if self._channel is not None:
            self._channel.close()
        self._child = self._channel = None


def task_error(error: Mapping[str, Any]) -> TaskError:
    """A checker's word on the task. Raises CheckerFault where it is none."""
    match error:
        case {
            "code": "INVALID_TASK" | "BAD_GROUND_TRUTH" as code,
            "reason": str(reason),
            "message": str(message),
            "pointer": str(pointer),
        }:
            return TaskError(ErrorCode(code), reason, message, pointer)
        case _:
            raise CheckerFault("a task error that means nothing")
