"""The candidate as the checker's test runners see it.

Promises: one small interface over a candidate in its own process (`session.Session`,
trust "proxies") and one that shares the tests' process (`in_process.py`).

Does not cover: how either works.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..faults import CandidateFailure, CandidateGone, LoadFailure

PROXIES = "proxies"
IN_PROCESS = "in_process"


KEPT = frozenset({"async", "class", "function"})  # kinds whose objects say nothing until used


@dataclass(slots=True)
class Use:
    """What tests took of a candidate's module without an operation.

    `bound` counts its functions and classes, `reads` anything else: a plain value says
    something as it stands, so it is as good as an operation. `missed` holds the names asked
    for that it lacks.
    """

    bound: int = 0
    reads: int = 0
    missed: set[str] = field(default_factory=set)

    def note(self, kind: str) -> None:
        """A name of this kind was taken."""
        if kind in KEPT:
            self.bound += 1
        else:
            self.reads += 1


class Candidate(Protocol):
    """What runners use. Attributes and methods as in `session.Session`."""

    @property
    def names(self) -> Mapping[str, str]:
        """Public names and their kinds."""
        ...

    @property
    def operations(self) -> int:
        """How many operations were asked for."""
        ...

    @property
    def gone(self) -> CandidateGone | None:
        """How its process ended, once that was noticed."""
        ...

    def begin(self) -> LoadFailure | None:
        """Waits until it is loaded. Returns why it could not be."""
        ...

    def bind(self, name: str) -> Any:
        """What a name stands for. Raises MissingName."""
        ...

    def rebind(self, name: str, value: Any) -> None:
        """Sets a name of the candidate's module."""
        ...

    def unbind(self, name: str) -> None:
        """Deletes a name of the candidate's module."""
        ...

    def failure_of(self, error: BaseException) -> CandidateFailure | None:
        """What the candidate raised, if `error` is its exception."""
        ...
