"""The checker's end of a conversation with a candidate's process.

Promises: what a candidate returns becomes plain data or a `Remote` (`remote.py`); its
exceptions become exceptions here (`revival.py`); its death or garbage is `CandidateGone`,
and nothing it sends raises anything else than these. It may reach objects of the test
only as `exposure.py` allows.

Does not cover: what the test program does with it (`checker/`), limits of CPU or time.
"""

import functools
import sys
import weakref
from collections.abc import Generator, Mapping
from typing import Any

from . import frames
from .exposure import Exposure
from .faults import (
    BadFrame,
    CandidateError,
    CandidateFailure,
    CandidateGone,
    LoadFailure,
    MissingName,
    Unserialisable,
    Unsupported,
    failure_of,
)
from .link import Link, Stop
from .mirrors import Mirrors
from .plainly import NotPlain, plainly
from .remote import RemoteClass, RemoteMethod, State, is_remote, state_of
from .revival import Revival, bounded

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

MAX_NAMES = 10_000
MAX_PRINTED = 8 << 20  # characters of printed text passed on in one conversation
# Operations that may be answered with an end; "get" so tells that a name is absent.
ITERATING = frozenset(("get", "next", "anext", "send", "throw", "method"))
GENERATOR_METHODS = frozenset(("__next__", "send", "throw"))
# What builtin values have too: naming these does not show that a class is expected.
COMMON_ATTRIBUTES = frozenset(
    name for kind in (int, float, complex, str, bytes, list, tuple, dict, set) for name in dir(kind)
)
# Methods of builtin values that get the expected value, or answer the test's question. An
# object in the place of a text or a set may not offer its own (`text.startswith(expected)`).
DECIDING_METHODS = frozenset(
    name for name in COMMON_ATTRIBUTES if name.startswith(("is", "startswith", "endswith"))
) | frozenset(
    "difference symmetric_difference intersection union "
    "replace removeprefix removesuffix rfind rindex partition rpartition".split()
)
SET_METHODS = frozenset(name for name in DECIDING_METHODS if hasattr(frozenset, name))
_COLLECTIONS = (list, tuple, set, frozenset, dict, range)
_COROUTINE_MARKS = ("_is_coroutine_marker", "_is_coroutine")


class Session:
    """A conversation with one candidate's process, whose order was already written.

    Attributes:
        names: the candidate's public names and their kinds ("function", "class", "module",
            "value"); empty until `begin`.
        operations: how many operations of the candidate's code were asked for so far.
            Looking a name up (`bind`) is none.
        pending: whether an answer is being waited for.
    """

    def __init__(self, channel: frames.Duplex) -> None:
        self.names: Mapping[str, str] = {}
        self.operations = 0
        self.pending = False
        self._handles_of_names: dict[str, int] = {}
        self._bound: dict[int, Any] = {}
        self._gone: CandidateGone | None = None
        self._link = Link(channel, self)
        self._link.on_wait = self._waiting
        self._link.absorb = self._absorb
        self._mirrors = Mirrors(self)
        self._exposure = Exposure(self._link)
        self._revival = Revival(self._link, self._mirrors)
        self._remotes: dict[int, weakref.ref[Any]] = {}
        self._mark: Any = None
        self._printed = 0

    def _waiting(self, waiting: bool) -> None:
        self.pending = waiting

    # For the checker.

    def begin(self) -> LoadFailure | None:
        """Waits until the candidate's module is loaded. Returns why it could not be.

        Raises:
            CandidateGone: its process ended first, or sent garbage.
        """
        try:
            self.pending = True
            message = self._link.channel.recv()
            self.pending = False
            if type(message) is not dict:
                raise BadFrame("no message")
            if "ready" in message:
                self._take_names(message["ready"])
                return None
            return _load_failure(message)
        except (BadFrame, frames.FrameError, frames.PeerGone) as error:
            raise self._lost(error) from None

    def _take_names(self, names: Any) -> None:
        if type(names) is not dict or len(names) > MAX_NAMES:
            raise BadFrame("no names")
        kinds = {}
        for name, known in names.items():
            kind, handle = known if type(known) is list and len(known) == 2 else (known, None)
            if type(kind) is not str:
                raise BadFrame("no kind")
            kinds[name] = kind
            if type(handle) is int:
                self._handles_of_names[name] = handle
        self.names = kinds

    def bind(self, name: str) -> Any:
        """What a name of the candidate's module stands for: a Remote or plain data.

        Raises:
            MissingName: the module has no such name.
            CandidateGone: its process ended.
        """
        if self._gone is not None:
            raise self._gone
        handle = self._handles_of_names.get(name)
        kind = self.names.get(name)
        if handle is not None and kind in ("function", "async"):
            # Kept: the handle stands for the name as long as the conversation lasts.
            return self._bound.setdefault(handle, self._object(handle, kind, None))
        try:
            return self._ask("get", name)
        except Stop:
            raise MissingName(name) from None

    def rebind(self, name: str, value: Any) -> None:
        """Sets a name of the candidate's module (mock.patch, monkeypatch).

        Raises:
            Unsupported: the value cannot cross.
        """
        self._handles_of_names.pop(name, None)
        self._ask("set", name, value)

    def unbind(self, name: str) -> None:
        """Deletes a name of the candidate's module. Raises AttributeError where there is none."""
        self._handles_of_names.pop(name, None)
        self._ask("unset", name)

    def plain(self, value: Any, *, max_items: int = 200_000) -> Any:
        """A result as plain data: iterators of the candidate become lists.

        Raises:
            NotPlain: it is or holds an object that is no plain data.
            CandidateGone, or the candidate's exception: raised while iterating.
        """
        return plainly(value, max_items)

    def failure_of(self, error: BaseException) -> CandidateFailure | None:
        """What the candidate raised, if `error` is its exception and not the test's own."""
        return failure_of(error)

    # For Remotes.

    def request(self, operation: str, /, *args: Any, **kwargs: Any) -> Any:
        """Asks for an operation of the candidate's code.

        Raises:
            Stop: the end of an iterator, for the operations that iterate.
            CandidateGone: its process ended or sent garbage, now or before.
            Exception: what the candidate raised.
        """
        self.operations += 1
        return self._ask(operation, *args, **kwargs)

    def _ask(self, operation: str, /, *args: Any, **kwargs: Any) -> Any:
        if self._gone is not None:
            raise self._gone
        try:
            value = self._link.request(operation, *args, **kwargs)
        except (BadFrame, frames.FrameError, frames.PeerGone) as error:
            raise self._lost(error) from None
        except Stop:
            if operation in ITERATING:
                raise
            raise self._lost(BadFrame("an end without an iterator")) from None
        finally:
            self._exposure.raise_abort()
        return value

    def _lost(self, error: Exception) -> CandidateGone:
        if self._gone is None:
            garbage = not isinstance(error, frames.PeerGone)
            waited = self.pending or garbage
            self._gone = CandidateGone(bounded(str(error)), pending=waited, garbage=garbage)
        return self._gone

    def _absorb(self, answer: dict[str, Any]) -> None:
        self._mark = answer.get("g")
        printed = answer.get("o")
        if type(printed) is str:
            self._printed += len(printed)
            if self._printed > MAX_PRINTED:
                raise BadFrame("more printed text than is passed on")
            sys.stdout.write(printed.encode("utf-8", "replace").decode())

    def call(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Calls a candidate's callable."""
        return self.request("call", function, *args, **kwargs)

    def make(self, cls: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Calls a candidate's class: what comes is the test's own making (`State.made`)."""
        return _made(self.request("new", cls, *args, **kwargs))

    def call_method(
        self, owner: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Calls a method of a candidate's object or class."""
        try:
            value = self.request("method", owner, name, *args, **kwargs)
        except Stop as stop:
            if name in GENERATOR_METHODS:
                raise StopIteration(stop.value) from None
            raise self._lost(BadFrame("an end without an iterator")) from None
        if type(owner) is RemoteClass and type(value) is owner:
            # Another way to construct (Matrix.identity(2)), or a static method of a number.
            _made(value)
            value_state = state_of(value)
            if value_state is not None:
                value_state.returned = True
        return value

    def attribute(self, owner: Any, state: State, name: str) -> Any:
        """Reads an attribute of a candidate's object or class."""
        cls = owner if type(owner) is RemoteClass else type(owner)
        known = state_of(cls)
        if known is not None and not name.startswith("_") and name not in COMMON_ATTRIBUTES:
            known.used = True
        if name in DECIDING_METHODS and owner is not cls and not _is_object_of_test(state, cls):
            value = self._attribute(owner, known, name) if name in SET_METHODS else None
            if value is None or (is_remote(value) and type(value) is not RemoteMethod):
                raise AttributeError(name)
            if type(value) is RemoteMethod:
                return functools.partial(_of_objects, value)
            return value
        if name in _COROUTINE_MARKS:
            return _coroutine_mark(name) if state.kind == "async" else _missing(name)
        return self._attribute(owner, known, name)

    def _attribute(self, owner: Any, known: State | None, name: str) -> Any:
        instance = type(owner) is not RemoteClass
        if known is not None and instance and name in known.methods:
            return RemoteMethod(self, owner, name)
        value = self.request("getattr", owner, name)
        if self._mark is None:
            return value
        if self._mark is True and known is not None and instance:
            known.methods |= {name}
        return RemoteMethod(self, owner, name)

    # What the link asks of this side (`link.Side`).

    def claim(self, value: Any, base: type | None) -> Any:
        """The form of what is no plain data."""
        state = state_of(value)
        if state is not None:
            return {"y": state.handle}
        if type(value) is _Handle:
            return {"y": value.handle}
        if type(value) is RemoteMethod:
            return {"g": [self.claim(value.__self__, None), value.__name__]}
        return self._exposure.claim(value, base)

    def resolve(self, tag: str, payload: Any) -> Any:
        """The object of a form that is no plain data."""
        if tag == "y":
            return self._link.own(payload)
        if tag == "h" and type(payload) is dict:
            kind = payload.get("k")
            if kind == "class":
                return self._mirrors.of(payload.get("c"))
            if kind == "exception":
                return self._revival.revive(payload.get("e"))
            if type(kind) is str and type(payload.get("i")) is int:
                return self._object(payload["i"], kind, payload.get("c"))
        raise BadFrame("an unknown tag")

    def operate(self, operation: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Does what the candidate asks of the test's objects."""
        return self._exposure.operate(operation, args, kwargs)

    def describe(self, error: BaseException) -> Any:
        """The form of an exception that the test's own code raised."""
        return self._exposure.describe(error)

    def revive(self, form: Any) -> BaseException:
        """The exception that the candidate raised."""
        return self._revival.revive(form)

    def sent(self, delivered: bool) -> None:
        """Nothing depends on it here."""

    # Objects of the candidate.

    def _object(self, handle: int, kind: str, class_form: Any) -> Any:
        known = self._remotes.get(handle)
        value = None if known is None else known()
        if value is None:
            value = self._new_object(handle, kind, class_form)
            forget = functools.partial(self._forget, handle)
            self._remotes[handle] = weakref.ref(value, forget)
            self._link.keep(handle)
        else:
            state = state_of(value)
            if state is not None and state.made:
                state.returned = True
        return value

    def _forget(self, handle: int, reference: "weakref.ref[Any]") -> None:
        if self._remotes.get(handle) is reference:
            del self._remotes[handle]
            self._link.drop(handle)

    def _new_object(self, handle: int, kind: str, class_form: Any) -> Any:
        if kind == "generator":
            return self._exposure.stands_for(self._drive(handle), handle)
        if kind == "coroutine":
            return self._exposure.stands_for(self._run(handle), handle)
        return self._mirrors.instance(handle, kind, class_form)

    def _drive(self, handle: int) -> Generator[Any, Any, Any]:
        """A local generator that stands for the candidate's.

        Closing it sends nothing: it may happen while garbage is collected, in the midst of
        an exchange. The candidate's generator is let go, and so closed, with the next request.
        """
        target = _Handle(handle)
        operation: tuple[Any, ...] = ("next", target)
        while True:
            try:
                item = self.request(*operation)
            except Stop as stop:
                return stop.value
            try:
                given = yield item
                operation = ("send", target, given) if given is not None else ("next", target)
            except Exception as error:  # what the test throws in; GeneratorExit ends it here
                operation = ("throw", target, error)

    async def _run(self, handle: int) -> Any:
        return self.request("await", _Handle(handle))


class _Handle:
    """Stands for a candidate's object that has no Remote."""

    __slots__ = ("handle",)

    def __init__(self, handle: int) -> None:
        self.handle = handle


def _made(value: Any) -> Any:
    if is_remote(value) and type(value) is not RemoteClass:
        state = state_of(value)
        if state is not None:
            state.made = True
    return value


def _is_object_of_test(state: State, cls: Any) -> bool:
    """Whether the test made the object by calling a class, and not what should be a function.

    That a class is meant shows in the test's use of it, or in its name (PEP 8).
    """
    known = state_of(cls)
    return state.made and known is not None and (known.used or cls.__name__[:1].isupper())


def _of_objects(method: RemoteMethod, /, *args: Any, **kwargs: Any) -> Any:
    """Calls a method that sets have too, unless with what is given to a set's."""
    if any(isinstance(arg, _COLLECTIONS) for arg in args):
        raise AttributeError(method.__name__)
    return method(*args, **kwargs)


def _missing(name: str) -> Any:
    raise AttributeError(name)


def _coroutine_mark(name: str) -> Any:
    """What inspect and asyncio look for on callables that give coroutines (inspect.py, 3.12)."""
    if name == "_is_coroutine_marker":
        import inspect

        return getattr(inspect, name)
    import asyncio.coroutines

    return getattr(asyncio.coroutines, name)


def _load_failure(message: dict[str, Any]) -> LoadFailure:
    for kind in ("compile_error", "load_error"):
        if kind in message:
            told = message[kind]
            if type(told) is not dict:
                raise BadFrame("no failure")
            failure = CandidateFailure(
                *(bounded(told.get(part)) for part in ("type", "message", "traceback"))
            )
            line = told.get("line")
            return LoadFailure(kind, failure, line if type(line) is int else 0)
    raise BadFrame("neither ready nor a failure")
