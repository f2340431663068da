"""The checker's end of a conversation with a candidate's process.

Promises: what a candidate returns becomes plain data or a `Remote` (`remote.py`); its
exceptions become exceptions here; its death or garbage is `CandidateGone`, and nothing it
sends raises anything else than these.

Does not cover: what the test program does with it (`checker/`), limits of CPU or time.
"""

from collections.abc import Mapping
from typing import Any

from .faults import (
    BadFrame,
    CandidateError,
    CandidateFailure,
    CandidateGone,
    LoadFailure,
    MissingName,
    Unserialisable,
    Unsupported,
)
from .frames import Duplex

__all__ = [
    "BadFrame",
    "CandidateError",
    "CandidateFailure",
    "CandidateGone",
    "LoadFailure",
    "MissingName",
    "NotPlain",
    "Session",
    "Unserialisable",
    "Unsupported",
]


class NotPlain(Exception):
    """A result is not plain data: it is, or holds, an object of the candidate's process."""


class Session:
    """A conversation with one candidate's process, whose order was already written.

    Attributes:
        names: the candidate's public names and their kinds ("function", "class", "module",
            "value"); empty until `begin`.
        operations: how many operations of the candidate's code were asked for so far.
            Looking a name up (`bind`) is none.
        pending: whether an answer is being waited for.
    """

    names: Mapping[str, str]
    operations: int
    pending: bool

    def __init__(self, channel: Duplex) -> None:
        self.names = {}
        self.operations = 0
        self.pending = False

    def begin(self) -> LoadFailure | None:
        """Waits until the candidate's module is loaded. Returns why it could not be.

        Raises:
            CandidateGone: its process ended first.
        """
        raise NotImplementedError

    def bind(self, name: str) -> Any:
        """What a name of the candidate's module stands for: a Remote or plain data.

        Raises:
            MissingName: the module has no such name.
            CandidateGone: its process ended.
        """
        raise NotImplementedError

    def rebind(self, name: str, value: Any) -> None:
        """Sets a name of the candidate's module (mock.patch, monkeypatch).

        Raises:
            Unsupported: the value cannot cross.
        """
        raise NotImplementedError

    def plain(self, value: Any, *, max_items: int = 200_000) -> Any:
        """A result as plain data: iterators of the candidate become lists.

        Raises:
            NotPlain: it is or holds an object that is no plain data.
            CandidateGone, or the candidate's exception: raised while iterating.
        """
        raise NotImplementedError

    def failure_of(self, error: BaseException) -> CandidateFailure | None:
        """What the candidate raised, if `error` is its exception and not the test's own."""
        raise NotImplementedError
