"""Who may queue: a bounded number of groups and bytes, and only with a chance.

Promises: what is admitted fits the queue, and what would wait so long that its
deadline leaves too little time is refused at once, with the time after which
trying again makes sense. Refusing early keeps an overloaded server at full
goodput: a first-come queue without this delivered a third of it, measured at
twice the capacity.

Does not cover: whose turn it is (`fair_slots.py`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

# Refuse when the wait would eat more than this share of the time that is left.
WAIT_SHARE = 0.6
# Weight of the newest group in the mean of the time that a group holds a slot.
_MEAN_WEIGHT = 0.05
MIN_RETRY_S = 0.05
MAX_RETRY_S = 5.0


class Overloaded(Exception):
    """The queue is full, or too long for the deadline. `retry_after_s` says when to retry."""

    def __init__(self, reason: str, message: str, retry_after_s: float) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class QueueLimits:
    """Most groups and bytes (tasks and completions) without an answer."""

    groups: int
    size: int


class Admission:
    """Counts what is unanswered. One event loop only."""

    def __init__(self, limits: QueueLimits, slots: int) -> None:
        self._limits = limits
        self._slots = slots
        self._groups = 0
        self._bytes = 0
        self._mean_s = 0.0

    @property
    def groups(self) -> int:
        """Groups without an answer."""
        return self._groups

    @contextmanager
    def admit(
        self, groups: int, size: int, *, ahead: int, time_left_s: float | None
    ) -> Iterator[None]:
        """Holds room for groups of `size` bytes in all, for the length of the block.

        Args:
            groups: how many groups.
            size: bytes of their tasks and completions.
            ahead: groups that have their turn before the first of these.
            time_left_s: until the deadline; None when there is none.

        Raises:
            Overloaded: they do not fit. A request larger than the whole queue
                is still admitted to an empty one.
        """
        self._check_room(groups, size)
        self._check_wait(ahead, time_left_s)
        self._groups += groups
        self._bytes += size
        try:
            yield
        finally:
            self._groups -= groups
            self._bytes -= size

    def observe(self, held_s: float) -> None:
        """Notes how long one group held its slot, in seconds."""
        weight = _MEAN_WEIGHT if self._mean_s else 1.0
        self._mean_s += weight * (held_s - self._mean_s)

    def wait_s(self, ahead: int) -> float:
        """Estimated wait behind `ahead` groups, in seconds."""
        return self._mean_s * ahead / self._slots

    def _check_room(self, groups: int, size: int) -> None:
        limits = self._limits
        full = self._groups + groups > limits.groups or self._bytes + size > limits.size
        if full and self._groups:
            retry = self._retry_after(self.wait_s(self._groups))
            raise Overloaded(
                "queue_full",
                f"the queue is full: {self._groups} of {limits.groups} groups, "
                f"{self._bytes} of {limits.size} bytes; try again in {retry:.2f} s",
                retry,
            )

    def _check_wait(self, ahead: int, time_left_s: float | None) -> None:
        wait = self.wait_s(ahead)
        if time_left_s is not None and wait > WAIT_SHARE * time_left_s:
            retry = self._retry_after(wait - WAIT_SHARE * time_left_s)
            raise Overloaded(
                "deadline_too_close",
                f"the queue is {wait:.2f} s long and the deadline {time_left_s:.2f} s away; "
                f"try again in {retry:.2f} s, or with a longer deadline",
                retry,
            )

    def _retry_after(self, seconds: float) -> float:
        return min(max(seconds, MIN_RETRY_S), MAX_RETRY_S)
