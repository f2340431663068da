"""Budgets, and what became of work that ran under them.

Promises: an `Outcome` says how one piece of work ended, as seen from outside
the process that did it; CPU time decides, and wall time only guards.

Does not cover: what an ending means for a score. That is the caller's.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Limits:
    """Budgets of one piece of work.

    `cpu_s` and `wall_s` are seconds. The wall limit guards the service against
    work that waits without using CPU; reaching it is never the work's verdict.
    """

    cpu_s: float
    wall_s: float


@dataclass(frozen=True, slots=True)
class Usage:
    """What one piece of work cost: seconds of CPU (user + system) and wall."""

    cpu_s: float = 0.0
    wall_s: float = 0.0


class Ending(StrEnum):
    """How one piece of work ended."""

    DONE = "done"  # it answered; `Outcome.value` is the answer
    CPU_LIMIT = "cpu_limit"  # it used up its CPU budget
    MEMORY_LIMIT = "memory_limit"  # it asked for more memory or stack than it may have
    RAISED = "raised"  # the handler raised; `detail` is the tail of the traceback
    CRASHED = "crashed"  # it died again and again of its own doing; `detail` names the signal
    LOST = "lost"  # the sandbox died or hung, more often than the pool retries
    EXPIRED = "expired"  # the deadline came first


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one piece of work ended. `attempts` counts the workers it was given to."""

    ending: Ending
    value: Any = None
    usage: Usage = Usage()
    attempts: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class JobOutcome:
    """How a job ended: its set-up, then each item in order.

    When the set-up did not end `DONE`, or the handler refused the job, `items`
    is empty. `queue_s` is the time until a worker took the job, in seconds.
    """

    setup: Outcome
    items: tuple[Outcome, ...] = ()
    queue_s: float = 0.0
