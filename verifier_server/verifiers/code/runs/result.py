"""What the runs of a completion found, before it is a score.

Promises: plain data, the same for every mode.

Does not cover: the extracted program and the security scan, which `verifier.py` adds.
"""

import reprlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from verifier_server.verifiers.code.runs.candidate import Ended
from verifier_server.verifiers.code.score import Failure, Tally, TestOutcome, tally

MAX_SHOWN_CHARS = 300


class Streams(TypedDict, total=False):
    """The ends of a candidate's output."""

    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True)
class Found:
    """See `score.Run` for the fields."""

    tests: Tally | None
    blocked: Failure | None = None
    compiles: bool = True
    traceback: str = ""
    stdout: str = ""
    stderr: str = ""
    privileged: tuple[tuple[str, str], ...] = ()

    @staticmethod
    def streams(ended: Ended) -> Streams:
        """The fields that a candidate's end gives."""
        return Streams(stdout=ended.stdout_tail, stderr=ended.stderr_tail)


class Cases:
    """What became of each case, with the weights of all of them."""

    def __init__(self, weights: Sequence[float]) -> None:
        self._weights = weights
        self._outcomes: dict[int, TestOutcome] = {}

    @property
    def first_failure(self) -> int | None:
        """The index of the first case that is known to have failed."""
        failed = (index for index, each in self._outcomes.items() if each.failure is not None)
        return min(failed, default=None)

    def passed(self, index: int) -> None:
        """A case passed."""
        self._outcomes[index] = TestOutcome(1.0, None, self._weights[index])

    def fail(self, index: int, failure: Failure, share: float = 0.0) -> None:
        """A case failed; a judge may give it a share all the same."""
        self._outcomes[index] = TestOutcome(share, failure, self._weights[index])

    def tally(self) -> Tally:
        """All together; cases that were never reached come after a failure."""
        weights = enumerate(self._weights)
        return tally(
            self._outcomes.get(index, TestOutcome(0.0, None, weight)) for index, weight in weights
        )


_repr = reprlib.Repr()
_repr.maxstring = _repr.maxother = 100
_repr.maxlist = _repr.maxtuple = _repr.maxset = _repr.maxfrozenset = _repr.maxdict = 8


def shown(value: Any) -> str:
    """A bounded text of plain data, for a reader."""
    try:
        return _repr.repr(value)[:MAX_SHOWN_CHARS]
    except ValueError:
        return "<an integer of thousands of digits>"  # Python refuses to write those
