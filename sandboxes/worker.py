"""What a child of the zygote does: takes jobs, answers item by item, under CPU budgets.

Promises: one answer an item, in order, sent before the next item begins, so
that the death of the process costs no item but the one at hand. A budget is CPU
time (user and system) of the whole process, to the kernel's tick; when it runs
out, the process ends at once, also inside C code.

Does not cover: containment (`zygote.py` did it before), wall time (the host
watches it), or the meaning of a job (the handler knows it).

A handler is a function `handler(setup) -> (reply, judge)`: `setup` and `reply`
are plain data, `judge` takes one item and returns plain data, or is None when
the job cannot be done. Messages, as lists:

    worker to host   one byte, once, when it is ready for jobs
    host to worker   [setup, items, setup CPU seconds, item CPU seconds]
    worker to host   [SETUP, reply, accepted, cpu_s, wall_s]
                     then for each item [ITEM, value, cpu_s, wall_s]
                     in place of either [FAILED, ending, detail, cpu_s, wall_s]
                     at the end [END, retire]
    meanwhile        [ASK, [[jail, pid in it]...]], which the host answers by a list:
                     which of these disposable children could run (`states.py`)
"""

import functools
import importlib
import os
import resource
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandboxes.children import Children, SandboxLost
from sandboxes.cputimer import CpuTimer
from sandboxes.limits import Ending
from sandboxes.wire import Channel

SETUP, ITEM, FAILED, END, ASK = 0, 1, 2, 3, 4

EXIT_LOST = 98  # exit status of a worker whose jail of children died: nobody's fault
GROWTH_BYTES = 256 << 20  # a worker whose memory grew by this much retires after its job
TRACEBACK_CHARS = 4000

Judge = Callable[[Any], Any]
Handler = Callable[[Any], tuple[Any, Judge | None]]

_children: Children | None = None  # of this process, which is one worker


class Budget:
    """Counts the CPU of one piece of work, and ends the process when it runs out."""

    def __init__(self) -> None:
        self._timer = CpuTimer()
        self._cpu = 0.0
        self._wall = 0.0

    def start(self, seconds: float) -> None:
        """Starts counting towards `seconds` of CPU."""
        self._wall = time.perf_counter()
        self._cpu = _cpu_seconds()
        self._timer.arm(seconds)

    def stop(self) -> tuple[float, float]:
        """Stops counting. Returns the seconds of CPU and of wall time since `start`."""
        self._timer.disarm()
        return _cpu_seconds() - self._cpu, time.perf_counter() - self._wall


def _with_children(used: tuple[float, float], before: float) -> tuple[float, float]:
    """Adds the CPU of disposable children that ended since they had used `before` seconds."""
    return used[0] + _children_cpu() - before, used[1]


def _children_cpu() -> float:
    return _children.cpu_s if _children is not None else 0.0


def _cpu_seconds() -> float:
    """User and system seconds of this process so far, to the microsecond.

    Not `time.process_time`: while a timer on that clock is armed, the kernel answers
    that clock from a sample that it takes once a tick (posix-cpu-timers.c,
    thread_group_sample_cputime).
    """
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def load_handler(name: str) -> Handler:
    """Imports "module:function"."""
    module, _, function = name.partition(":")
    handler: Handler = getattr(importlib.import_module(module), function)
    return handler


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What became of one piece of work: its value, or the failure to report in its place."""

    value: Any
    used: tuple[float, float]
    failure: list[Any] | None = None


def _attempt(budget: Budget, seconds: float, work: Callable[[], Any]) -> _Attempt:
    before = _children_cpu()
    budget.start(seconds)
    try:
        value = work()
    except (MemoryError, RecursionError) as error:
        used = _with_children(budget.stop(), before)
        kind = type(error).__name__
        return _Attempt(None, used, [FAILED, Ending.MEMORY_LIMIT.value, kind, *used])
    except SandboxLost:
        os._exit(EXIT_LOST)
    except Exception:
        used = _with_children(budget.stop(), before)
        tail = traceback.format_exc()[-TRACEBACK_CHARS:]
        return _Attempt(None, used, [FAILED, Ending.RAISED.value, tail, *used])
    return _Attempt(value, _with_children(budget.stop(), before))


def _answer(channel: Channel, message: list[Any]) -> None:
    """Sends an answer, or says that the handler's value is not plain data."""
    try:
        channel.send(message)
    except (TypeError, ValueError, OverflowError) as error:
        detail = f"the handler's value is not plain data: {error!r}"[:TRACEBACK_CHARS]
        channel.send([FAILED, Ending.RAISED.value, detail, *message[-2:]])


def children() -> Children | None:
    """The disposable children that this worker may have; None where it has no jail for them."""
    return _children


def serve(descriptor: int, handler_name: str, links: Mapping[str, int]) -> None:
    """Serves jobs on a channel until the host closes it.

    Args:
        descriptor: of the channel.
        handler_name: "module:function".
        links: the sockets to jails of disposable children, by name of the jail.
    """
    global _children
    channel = Channel(descriptor)
    if links:
        _children = Children(links, functools.partial(_ask, channel))
    handler = load_handler(handler_name)
    budget = Budget()
    os.write(descriptor, b"\0")  # ready; the kernel tells the host who wrote it
    at_start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    while (message := channel.receive()) is not None:
        setup, items, setup_cpu_s, item_cpu_s = message
        opened = _attempt(budget, setup_cpu_s, functools.partial(handler, setup))
        if opened.failure is not None:
            channel.send(opened.failure)
        else:
            reply, judge = opened.value
            _answer(channel, [SETUP, reply, judge is not None, *opened.used])
            for item in items if judge is not None else ():
                done = _attempt(budget, item_cpu_s, functools.partial(judge, item))
                _answer(channel, done.failure or [ITEM, done.value, *done.used])
        _end_children()
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - at_start) * 1024
        channel.send([END, grown > GROWTH_BYTES])


def _ask(channel: Channel, places: Sequence[tuple[str, int]]) -> Sequence[bool | None]:
    channel.send([ASK, places])
    answer = channel.receive()
    if answer is None:
        os._exit(0)  # the host is gone
    return list(answer)


def _end_children() -> None:
    """No child outlives the job that started it."""
    if _children is not None:
        try:
            _children.kill_all()
        except SandboxLost:
            os._exit(EXIT_LOST)
