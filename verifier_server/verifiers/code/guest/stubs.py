"""Objects of the test, as a candidate sees them: whatever is done to them is asked there.

Does not cover: what the other side allows (`exposure.py`). This module runs in the
candidate's process and protects nothing.
"""

import functools
import importlib
import types
from collections.abc import Callable
from typing import Any

from .faults import BadFrame
from .link import Link, Stop
from .values import NAMED

STUB = "__guest_handle__"


class StubIterator:
    """An iterator of the test."""

    def __init__(self, link: Link, handle: int) -> None:
        self._link = link
        self._guest_handle = handle

    def __iter__(self) -> "StubIterator":
        return self

    def __next__(self) -> Any:
        try:
            return self._link.request("next", self)
        except Stop as stop:
            raise StopIteration(stop.value) from None


class StubAwaitable(StubIterator):
    """A coroutine of the test: awaiting it runs it there."""

    def __await__(self) -> Any:
        return self._link.request("await", self)
        yield


@functools.lru_cache(maxsize=64)
def _template(parameters: tuple[str, ...]) -> types.CodeType:
    names = ", ".join(parameters)
    source = f"def function({names}): return _call({names})"
    scope: dict[str, Any] = {}
    exec(source, scope)  # noqa: S102 (parameter names of the test's own function)
    code: types.CodeType = scope["function"].__code__
    return code


class Stubs:
    """The stubs of one conversation, one an object."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._known: dict[int, Any] = {}
        # By identity: functools.wraps copies attributes, so a mark on the function would not do.
        self._functions: dict[int, int] = {}

    def handle_of(self, value: Any) -> int | None:
        """The handle of an object of the test, or None for anything else.

        Compares classes by identity: those of the candidate may define equality.
        """
        kind = type(value)
        if kind is types.FunctionType:
            found = self._functions.get(id(value))
        elif issubclass(kind, type):
            found = type.__getattribute__(value, "__dict__").get(STUB)
        elif (
            kind is StubIterator
            or kind is StubAwaitable
            or kind is _Target
            or type(kind) is _StubClass
        ):
            found = object.__getattribute__(value, "_guest_handle")
        else:
            found = None
        return found if type(found) is int else None

    def of(self, payload: Any) -> Any:
        """The stub of an object that the other side tells of."""
        if type(payload) is not dict:
            raise BadFrame("no object")
        if payload.get("k") == "exception":
            return self.revive(payload["e"])
        if payload.get("k") == "class":
            return self._class(payload["c"])
        handle = payload.get("i")
        if type(handle) is not int:
            raise BadFrame("no handle")
        if handle not in self._known:
            self._known[handle] = self._new(handle, payload)
        return self._known[handle]

    def _new(self, handle: int, payload: dict[str, Any]) -> Any:
        kind = payload.get("k")
        if kind == "iterator":
            return StubIterator(self._link, handle)
        if kind == "awaitable":
            return StubAwaitable(self._link, handle)
        if kind == "object":
            return self._instance(handle, self._class(payload["c"]))
        return self._function(handle, payload)

    def _function(self, handle: int, payload: dict[str, Any]) -> Any:
        link, parameters = self._link, payload.get("s")
        target = _Target(handle)

        def call(*args: Any, **kwargs: Any) -> Any:
            return link.request("call", target, *args, **kwargs)

        async def call_async(*args: Any, **kwargs: Any) -> Any:
            return link.request("await", target, *args, **kwargs)

        function: Callable[..., Any] = call
        if payload.get("k") == "async":
            function = call_async
        elif parameters is not None:
            function = types.FunctionType(_template(tuple(parameters)), {"_call": call})
        function.__name__ = function.__qualname__ = payload.get("n") or "function"
        function.__doc__ = payload.get("d")
        function.__module__ = "tests"
        self._functions[id(function)] = handle
        return function

    def _class(self, form: Any) -> type:
        handle = form.get("i")
        if handle is None:
            return self._build(form, None)
        if handle not in self._known:
            self._known[handle] = self._build(form, handle)
        known: type = self._known[handle]
        return known

    def _build(self, form: dict[str, Any], handle: int | None) -> type:
        bases = tuple(
            NAMED[base] if type(base) is str else self._class(base) for base in form.get("b", [])
        )
        namespace: dict[str, Any] = {STUB: handle, "_guest_handle": None}
        failing = any(issubclass(base, BaseException) for base in bases)
        if not failing:
            namespace |= {"__getattr__": _getattr, "__setattr__": _setattr}
            namespace |= {name: self._special(name) for name in form.get("o", "").split()}
        if "__eq__" in namespace:
            namespace.setdefault("__hash__", object.__hash__)
        made = _StubClass(form.get("n", "object"), bases, namespace)
        type.__setattr__(made, "_guest_link", self._link)
        return made

    def _instance(self, handle: int, cls: type) -> Any:
        stub: Any = object.__new__(cls)
        object.__setattr__(stub, "_guest_handle", handle)
        return stub

    def _special(self, name: str) -> Callable[..., Any]:
        link = self._link

        def special(stub: Any, /, *args: Any, **kwargs: Any) -> Any:
            try:
                return link.request("special", stub, name, *args, **kwargs)
            except Stop as stop:
                raise StopIteration(stop.value) from None

        return special

    def revive(self, form: Any) -> BaseException:
        """The exception of a form that the other side sent."""
        if type(form) is not dict:
            raise BadFrame("no exception")
        named = form.get("c")
        if type(named) is str:
            cls = NAMED[named]
        elif type(named) is dict and "lib" in named:
            cls = library(named["lib"])
        else:
            cls = self._class(named)
        args = self._link.decode(form.get("a", []))
        try:
            error = cls.__new__(cls, *args)
            error.args = tuple(args)
        except Exception:
            error = Exception(*args)
        if "i" in form:
            error.__dict__[STUB] = form["i"]
        found: BaseException = error
        return found


def _getattr(stub: Any, name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)
    return type(stub)._guest_link.request("getattr", stub, name)


def _setattr(stub: Any, name: str, value: Any) -> None:
    type(stub)._guest_link.request("setattr", stub, name, value)


class _Target:
    """Names an object of the test in a request."""

    def __init__(self, handle: int) -> None:
        self._guest_handle = handle


class _StubClass(type):
    """The class of stubs of the test's classes: constructing one happens there."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        handle = type.__getattribute__(cls, "__dict__").get(STUB)
        if handle is None or not hasattr(cls, "_guest_link"):
            return super().__call__(*args, **kwargs)
        return cls._guest_link.request("call", cls, *args, **kwargs)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return type.__getattribute__(cls, "_guest_link").request("getattr", cls, name)


def library(name: str) -> Any:
    """The class or function of the standard library with a "module:name"."""
    module, _, path = name.partition(":")
    found: Any = importlib.import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    return found
