"""What can go wrong between a checker and a candidate, by whose fault it is.

`CandidateGone` and `Unsupported` are no `Exception`s on purpose: a test program's
`except Exception` must catch neither.
"""

from typing import NamedTuple


class BadFrame(Exception):
    """The candidate's process sent something that means nothing. Its fault."""


class Unserialisable(TypeError):
    """A value that cannot cross: too deep, cyclic, too large."""


class CandidateGone(BaseException):
    """The candidate's process ended, or sent garbage. Its fault.

    Args:
        message: what was seen, for a person.
        pending: whether its answer was being waited for at that moment.
        garbage: whether it sent something that is no answer.
    """

    def __init__(self, message: str, *, pending: bool, garbage: bool = False) -> None:
        super().__init__(message)
        self.pending = pending
        self.garbage = garbage


class Unsupported(BaseException):
    """The test asked for something that proxies cannot do. The task's fault.

    Raised only where the test alone decides, never because of what a candidate returned.
    """


class CandidateError(Exception):
    """Stands for an exception of the candidate that must not be raised as what it is.

    SystemExit, KeyboardInterrupt, StopIteration out of a call, and every other class that
    Python or a test framework would treat as something else than a failure.
    """


class MissingName(NameError):
    """The candidate's module has no such public name."""


class CandidateFailure(NamedTuple):
    """An exception that the candidate raised: what may be shown of it, bounded.

    `type` is the name of its class, `traceback` the tail of its own frames.
    """

    type: str
    message: str
    traceback: str = ""


class LoadFailure(NamedTuple):
    """The candidate's module could not be loaded.

    `kind` is "compile_error" or "load_error"; `line` is 0 where it is not known.
    """

    kind: str
    failure: CandidateFailure
    line: int = 0


_FAILURE = "_candidate_failure"


def mark_failure(error: BaseException, failure: CandidateFailure) -> None:
    """Says of an exception made here what the candidate raised."""
    object.__setattr__(error, _FAILURE, failure)


def failure_of(error: BaseException) -> CandidateFailure | None:
    """What the candidate raised, where `error` was made here for that."""
    found = object.__getattribute__(error, "__dict__").get(_FAILURE)
    return found if type(found) is CandidateFailure else None
