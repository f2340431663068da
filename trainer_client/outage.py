"""What a run does when verdicts stop coming.

Promises: the wait is counted from the beginning of an outage, over as many
reward calls as it lasts, so a server that is gone for good costs `wait_s` once;
the run ends only after several calls in a row missed more than it tolerates.

Does not cover: agreement between ranks. Each counts its own slice by the same
rule, and a launcher such as torchrun ends the others when one raises.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from trainer_client.errors import TransientError
from trainer_client.results import Group, GroupResult

MAX_PAUSE_S = 2.0  # between calls that fail; `retry.py` has waited within each of them
PROBE_S = 5.0  # time given to a call once the wait of an outage is used up

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outage:
    """How much is tolerated.

    Args:
        wait_s: seconds that the training step is held while no server answers.
            Keep it well below the process group's timeout (1800 s for TRL's
            `ddp_timeout`): other ranks wait in a collective meanwhile.
        max_missing: share of a call's completions, in [0,1], that may lack a
            verdict through no fault of the data set.
        max_calls: after so many calls in a row above `max_missing`, the run ends.
    """

    wait_s: float = 600.0
    max_missing: float = 0.25
    max_calls: int = 3

    def __post_init__(self) -> None:
        if self.wait_s < 0 or not 0.0 <= self.max_missing <= 1.0 or self.max_calls < 1:
            raise ValueError(f"not a tolerance: {self}")


class OutageWatch:
    """Counts an outage over calls. Thread-safe; pickles as if nothing had happened."""

    def __init__(self, policy: Outage) -> None:
        self.policy = policy
        self._lock = threading.Lock()
        self._began: float | None = None
        self._bad_calls = 0

    def __reduce__(self) -> tuple[type["OutageWatch"], tuple[Outage]]:
        return OutageWatch, (self.policy,)

    def call_timeout_s(self, deadline_s: float) -> float:
        """The timeout of the next call: shorter once there is an outage."""
        left_s = self.wait_left_s()
        return deadline_s if left_s is None else min(deadline_s, max(left_s, PROBE_S))

    def wait_left_s(self) -> float | None:
        """Seconds that may still be waited; None when there is no outage."""
        with self._lock:
            if self._began is None:
                return None
            return max(0.0, self._began + self.policy.wait_s - time.monotonic())

    def failed(self, began: float) -> bool:
        """Notes a failed call, begun at the monotonic time `began`; whether to wait on."""
        with self._lock:
            self._began = began if self._began is None else self._began
            return time.monotonic() < self._began + self.policy.wait_s

    def answered(self) -> None:
        """A call got its answer: the outage, if there was one, is over."""
        with self._lock:
            self._began = None

    def count(self, *, missing: int, total: int) -> int:
        """Counts one reward call; returns how many in a row missed more than is tolerated."""
        with self._lock:
            bad = total > 0 and missing / total > self.policy.max_missing
            self._bad_calls = self._bad_calls + 1 if bad else 0
            return self._bad_calls


def score_through_outage(
    score: Callable[[Sequence[Group], float], list[GroupResult]],
    groups: Sequence[Group],
    watch: OutageWatch,
    deadline_s: float,
) -> list[GroupResult | None]:
    """Results of `groups`, in order; None for those that an outage outlasted.

    Args:
        score: judges groups within so many seconds.
        groups: what to judge; those that were answered are not sent again.
        watch: what is known of the outage so far.
        deadline_s: seconds for one call of `score` while all is well.

    Raises:
        ClientError: whatever waiting does not help.
    """
    answers: list[GroupResult | None] = [None] * len(groups)
    began = time.monotonic()
    while waiting := [index for index, answer in enumerate(answers) if answer is None]:
        results: Sequence[GroupResult | None]
        go_on = True
        try:
            results = score([groups[index] for index in waiting], watch.call_timeout_s(deadline_s))
            watch.answered()
        except TransientError as error:
            results = error.partial
            go_on = watch.failed(began)
            logger.warning("no verdicts, %s: %s", "waiting" if go_on else "giving up", error)
        for index, result in zip(waiting, results, strict=True):
            answers[index] = result
        if not go_on:
            break
        if None in results:
            time.sleep(random.uniform(0.0, MAX_PAUSE_S))  # noqa: S311  not for secrets
    return answers
