"""Exceptions of a candidate, raised again in the checker.

Promises: a builtin exception is raised as that class; one of a class of the candidate as
its mirror, which derives from what it derives from; and whatever Python or a test
framework would treat as more than a failure (SystemExit, KeyboardInterrupt, StopIteration,
skips) as `CandidateError`. Each carries what may be shown of it (`failure_of`).

Does not cover: attributes of builtin exceptions beyond `args`.

Form: {"y": handle} is an exception of the test itself, which passed through the candidate.
Else {"n": class name, "c": name of a known class or the form of one of the candidate's,
"a": arguments, "s": its text, "t": tail of the traceback, "i": handle, "u": its cause}.
"""

import importlib
from typing import Any

from .faults import BadFrame, CandidateError, CandidateFailure, mark_failure
from .link import Link
from .mirrors import Mirrors, safe_exception
from .remote import State, set_state
from .values import LIBRARY_EXCEPTIONS, NAMED

MAX_TEXT = 4000
MAX_CAUSES = 4
FRAMEWORKS = ("unittest", "pytest", "_pytest", "pluggy")


def bounded(text: Any) -> str:
    """Text that a candidate sent, cut; empty where it is none."""
    return text[-MAX_TEXT:] if type(text) is str else ""


class Revival:
    """Makes the exceptions of one conversation."""

    def __init__(self, link: Link, mirrors: Mirrors) -> None:
        self._link = link
        self._mirrors = mirrors

    def revive(self, form: Any, causes: int = 0) -> BaseException:
        """The exception of a form. Raises BadFrame, and nothing else, where it is none."""
        try:
            return self._revive(form, causes)
        except BadFrame:
            raise
        except Exception as error:  # a name, a base or arguments that mean nothing
            raise BadFrame(f"a malformed exception: {type(error).__name__}") from None

    def _revive(self, form: Any, causes: int) -> BaseException:
        if type(form) is not dict:
            raise BadFrame("no exception")
        if "y" in form:
            return self._returned(form["y"])
        failure = CandidateFailure(*(bounded(form.get(part)) for part in ("n", "s", "t")))
        error = self._make(form, failure)
        mark_failure(error, failure)
        cause = form.get("u")
        if cause is not None and causes < MAX_CAUSES:
            error.__cause__ = self.revive(cause, causes + 1)
        return error

    def _returned(self, handle: Any) -> BaseException:
        error = self._link.own(handle)
        if not isinstance(error, Exception):
            raise BadFrame("no exception of the test")
        if type(error).__module__.partition(".")[0] in FRAMEWORKS:
            return CandidateError(type(error).__name__)
        return error

    def _make(self, form: dict[str, Any], failure: CandidateFailure) -> BaseException:
        named = form.get("c")
        args = self._args(form, failure)
        if type(named) is not str:
            cls = self._mirrors.of(named)
            if not issubclass(cls, Exception):
                raise BadFrame("an exception that is none")
            error = cls.__new__(cls, *args)
            error.args = args
            if type(form.get("i")) is int:
                set_state(error, State(self._mirrors.session, form["i"], "exception"))
            return error
        known = _known_class(named)
        if known is None:
            return CandidateError(f"{failure.type}: {failure.message}")
        try:
            error = known(*args)
        except Exception:  # its constructor wants other arguments than it keeps in `args`
            error = known.__new__(known)
            error.args = args
        return error if isinstance(error, Exception) else CandidateError(failure.message)

    def _args(self, form: dict[str, Any], failure: CandidateFailure) -> tuple[Any, ...]:
        told = form.get("a")
        if type(told) is not list:
            return (failure.message,)
        return tuple(self._link.decode(told))


def _known_class(name: str) -> type[Exception] | None:
    if name in NAMED:
        cls = safe_exception(name)
        return cls if cls is not Exception or name == "Exception" else None
    if name in LIBRARY_EXCEPTIONS:
        module, attribute = LIBRARY_EXCEPTIONS[name]
        found: type[Exception] = getattr(importlib.import_module(module), attribute)
        return found
    return None
