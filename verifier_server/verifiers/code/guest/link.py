"""Requests and answers between two processes, either of which may ask in the other's turn.

Promises: one request at a time is outstanding in each direction; while one side waits for
an answer it serves what the other asks meanwhile (callbacks), to a bounded depth. Values
that are no plain data cross as handles: the object stays where it is. What a callee
changes in a mutable argument is changed in the caller's own object, and an argument that
is returned is the caller's own object again.

Does not cover: what may be asked, how objects look on the other side and how exceptions
are told: each side brings that (`Side`; `session.py`, `candidate.py`).

Frames: {"q": operation, "a": [arguments], "k": {keyword: argument}, "r": [handles let go]}
is a request; {"v": value}, {"x": exception} or {"stop": value} an answer, with
"m": {argument: new value} where arguments changed and "o": text that was printed.
"""

import _thread
from collections.abc import Callable
from typing import Any, Protocol

from . import frames
from .decode import decode
from .encode import encode
from .faults import BadFrame, CandidateGone, Unserialisable
from .merge import is_mutable, merge

MAX_DEPTH = 60  # calls back within calls


class Stop(Exception):
    """An iterator of the other side is at its end. Never leaves this package."""

    def __init__(self, value: Any = None) -> None:
        super().__init__()
        self.value = value


class Side(Protocol):
    """What one side decides."""

    def claim(self, value: Any, base: type | None) -> Any:
        """See `encode.encode`."""
        ...

    def resolve(self, tag: str, payload: Any) -> Any:
        """See `decode.decode`."""
        ...

    def operate(self, operation: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Does what the other side asks."""
        ...

    def describe(self, error: BaseException) -> Any:
        """The form of an exception that `operate` raised."""
        ...

    def revive(self, form: Any) -> BaseException:
        """The exception of a form that the other side sent."""
        ...

    def sent(self, delivered: bool) -> None:
        """Told after each frame whether what `claim` gave out was delivered."""
        ...


class Link:
    """One end of a conversation.

    Attributes:
        on_wait: called with True when an answer is waited for, with False when it came.
        extras: called for each answer before it is sent: adds keys to it.
        absorb: called with each answer that came.
    """

    def __init__(self, channel: frames.Duplex, side: Side) -> None:
        self.channel = channel
        self.side = side
        self.on_wait: Callable[[bool], None] | None = None
        self.extras: Callable[[dict[str, Any]], None] | None = None
        self.absorb: Callable[[dict[str, Any]], None] | None = None
        self._objects: dict[int, Any] = {}
        self._handles: dict[int, int] = {}
        self._next = 1
        self._depth = 0
        self._out_of_step = False
        self._pinned: set[int] = set()
        self._dropped: set[int] = set()
        # Not by way of `threading`, whose hook after each fork costs a child a third of its start.
        self._lock = _thread.RLock()

    # Objects of this side.

    def export(self, value: Any) -> int:
        """The handle of an object of this side. It is kept alive until it is let go."""
        handle = self._handles.get(id(value))
        if handle is None:
            handle = self._handles[id(value)] = self._next
            self._objects[handle] = value
            self._next += 1
        return handle

    def pin(self, value: Any) -> int:
        """The handle of an object of this side that the other side may come back to for ever."""
        handle = self.export(value)
        self._pinned.add(handle)
        return handle

    def exported(self, value: Any) -> int | None:
        """The handle of an object that was given out before, or None."""
        return self._handles.get(id(value))

    def own(self, handle: Any) -> Any:
        """The object of a handle given out before. Raises BadFrame for any other."""
        if type(handle) is not int or handle not in self._objects:
            raise BadFrame("an unknown handle")
        return self._objects[handle]

    def _let_go(self, handles: Any) -> None:
        for handle in handles if type(handles) is list else ():
            if type(handle) is int and handle in self._objects and handle not in self._pinned:
                del self._handles[id(self._objects.pop(handle))]

    # Objects of the other side.

    def drop(self, handle: int) -> None:
        """Says that an object of the other side is no longer used: told with the next request.

        Sends nothing, so that it may be called while garbage is collected.
        """
        self._dropped.add(handle)

    def keep(self, handle: int) -> None:
        """Takes `drop` back: the other side mentioned the object again."""
        self._dropped.discard(handle)

    # Asking.

    def request(self, operation: str, /, *args: Any, **kwargs: Any) -> Any:
        """Asks the other side and waits for its answer.

        Raises:
            Stop: the iterator asked for its next item has none.
            Unserialisable: an argument cannot cross.
            BadFrame, frames.FrameError: the other side sent nonsense.
            frames.PeerGone: the other side is gone.
            BaseException: what the other side raised, as `Side.revive` gives it.
        """
        with self._lock:
            message: dict[str, Any] = {"q": operation, "a": [self._encode(arg) for arg in args]}
            if kwargs:
                message["k"] = {name: self._encode(arg) for name, arg in kwargs.items()}
            if self._dropped:
                gone, self._dropped = self._dropped, set()
                message["r"] = list(gone)
            if self._out_of_step:
                raise BadFrame("an earlier answer was not taken")
            self._send(message)
            # Whatever interrupts the wait (a RecursionError here) leaves an answer unread.
            self._out_of_step = True
            answer = self._wait()
            self._out_of_step = False
            return self._finish(answer, args, kwargs)

    def _encode(self, value: Any) -> Any:
        return encode(value, self.side.claim)

    def decode(self, form: Any) -> Any:
        """The value of a form that the other side sent."""
        return decode(form, self.side.resolve)

    def _send(self, message: dict[str, Any]) -> None:
        try:
            self.channel.send(message)
        except frames.FrameError as error:
            self.side.sent(False)
            raise Unserialisable(str(error)) from None
        self.side.sent(True)

    def _wait(self) -> dict[str, Any]:
        while True:
            if self.on_wait is not None:
                self.on_wait(True)
            message = self.channel.recv()
            if self.on_wait is not None:
                self.on_wait(False)
            if type(message) is not dict:
                raise BadFrame("no message")
            if "q" not in message:
                return message
            self._out_of_step = False
            self.serve(message)
            self._out_of_step = True

    def _finish(self, answer: dict[str, Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if self.absorb is not None:
            self.absorb(answer)
        changed = answer.get("m")
        if changed is not None:
            self._take_changes(changed, args, kwargs)
        if "v" in answer:
            form = answer["v"]
            if type(form) is dict and "arg" in form:
                return _argument(form["arg"], args, kwargs)
            return self.decode(form)
        if "stop" in answer:
            raise Stop(self.decode(answer["stop"]))
        if "x" in answer:
            raise self.side.revive(answer["x"])
        raise BadFrame("no answer")

    def _take_changes(self, changed: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if type(changed) is not list:
            raise BadFrame("no changes")
        for change in changed:
            if type(change) is not list or len(change) != 2:
                raise BadFrame("no change")
            merge(_argument(change[0], args, kwargs), self.decode(change[1]))

    # Serving.

    def serve(self, message: dict[str, Any]) -> None:
        """Does what a request asks and sends the answer.

        Raises:
            BadFrame: it is no request.
        """
        operation, forms, named = message["q"], message.get("a"), message.get("k", {})
        if type(operation) is not str or type(forms) is not list or type(named) is not dict:
            raise BadFrame("no request")
        args = [self.decode(form) for form in forms]
        kwargs = {name: self.decode(form) for name, form in named.items()}
        if "r" in message:
            self._let_go(message["r"])
        self._depth += 1
        try:
            if self._depth > MAX_DEPTH:
                raise RecursionError("too many calls back within calls")
            answer = self._result(self.side.operate(operation, args, kwargs), args, kwargs)
        except Stop as stop:
            answer = {"stop": self._encode(stop.value)}
        except (frames.PeerGone, frames.FrameError, BadFrame, CandidateGone):
            raise
        except BaseException as error:
            self.side.sent(False)
            answer = {"x": self.side.describe(error)}
        finally:
            self._depth -= 1
        self._answer(answer, forms, named, args, kwargs)

    def _result(self, value: Any, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
        if is_mutable(value):
            for index, arg in enumerate(args):
                if arg is value:
                    return {"v": {"arg": index}}
            for name, arg in kwargs.items():
                if arg is value:
                    return {"v": {"arg": name}}
        return {"v": self._encode(value)}

    def _answer(
        self,
        answer: dict[str, Any],
        forms: list[Any],
        named: dict[str, Any],
        args: list[Any],
        kwargs: dict[str, Any],
    ) -> None:
        try:
            changed = [
                [place, after]
                for place, before, arg in (
                    *zip(range(len(forms)), forms, args, strict=True),
                    *((name, named[name], kwargs[name]) for name in named),
                )
                if is_mutable(arg)
                for after in (self._encode(arg),)
                if frames.text(after) != frames.text(before)
            ]
            if changed:
                answer["m"] = changed
            if self.extras is not None:
                self.extras(answer)
            self._send(answer)
        except Unserialisable as error:
            self._send({"x": self.side.describe(error)})


def _argument(place: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if type(place) is int and 0 <= place < len(args):
        return args[place]
    if type(place) is str and place in kwargs:
        return kwargs[place]
    raise BadFrame("no such argument")
