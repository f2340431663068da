"""The candidate's end of a conversation: does what the checker asks of the module.

Runs in the candidate's process, so it protects nothing: it only has to be right for honest
candidates. Everything it needs is bound before the candidate's code runs.

Does not cover: loading the module (`candidate.py`).
"""

import math
import operator
import sys
import types
from collections.abc import Callable
from typing import Any

from . import loading, looping, stubs
from .encode import encode, mro_of
from .faults import BadFrame
from .frames import Duplex
from .link import Link, Stop
from .values import LIBRARY_EXCEPTIONS, NAMED, PLAIN

MAX_TRACEBACK_FRAMES = 8
MAX_TEXT = 2000
MAX_CAUSES = 3

_SPECIALS = (
    """
    call iter next reversed len bool contains getitem setitem delitem enter exit aenter aexit
    await aiter anext int float complex index round trunc floor ceil abs neg pos invert
    """.split()
    + [
        prefix + name
        for name in "add sub mul truediv floordiv mod pow matmul and or xor lshift rshift".split()
        for prefix in ("", "r", "i")
    ]
    + ["divmod", "rdivmod"]
)
SPECIALS = frozenset(f"__{name}__" for name in _SPECIALS)


def kind_of(value: Any) -> str:
    """What a module's name stands for."""
    kind = type(value)
    if kind is types.FunctionType:
        return "async" if value.__code__.co_flags & 0x80 else "function"  # CO_COROUTINE
    if kind is types.BuiltinFunctionType:
        return "function"
    if issubclass(kind, type):
        return "class"
    return "module" if kind is types.ModuleType else "value"


class Serving:
    """Serves one conversation (`link.Side`)."""

    def __init__(self, channel: Duplex, namespace: dict[str, Any]) -> None:
        self.link = Link(channel, self)
        self.link.extras = self._extras
        self._namespace = namespace
        self._stubs = stubs.Stubs(self.link)
        self._described: set[int] = set()
        self._fresh: list[int] = []
        self._mark: bool | None = None
        self._keep: Any = None  # what the test constructs with this request
        self._strip: Any = None  # what it wants the plain value of

    def names(self) -> dict[str, Any]:
        """The public names and what they stand for, with handles of the functions."""
        found: dict[str, Any] = {}
        for name, value in list(self._namespace.items()):
            if type(name) is str and not name.startswith("_"):
                kind = kind_of(value)
                if kind == "class" and id(value) in _NAMED_IDS:
                    kind = "function"  # an alias of a builtin class: calling it is what counts
                called = kind in ("function", "async")
                found[name] = [kind, self.link.pin(value)] if called else kind
        return found

    # What the link asks of this side.

    def claim(self, value: Any, base: type | None) -> Any:
        """The form of what is no plain data, or of an instance that is more than its base."""
        handle = self._stubs.handle_of(value)
        if handle is not None:
            return {"y": handle}
        if base is not None and not self._is_kept(value, base):
            return None
        kind = type(value)
        if issubclass(kind, BaseException):
            return {"h": {"k": "exception", "e": self.describe(value)}}
        if issubclass(kind, type):
            return {"h": {"k": "class", "c": self._class_form(value)}}
        form: dict[str, Any] = {"i": self.link.export(value), "k": _KINDS.get(id(kind), "object")}
        if form["k"] == "function":
            form["k"] = kind_of(value)
        elif form["k"] == "object":
            form["c"] = self._class_form(kind)
        return {"h": form}

    def _is_kept(self, value: Any, base: type) -> bool:
        """Whether an instance of a builtin's subclass stays an object, not its base's value.

        Those stay that the test constructed or already holds, members of enumerations, and
        instances of classes with public methods that the builtin has not.
        """
        if value is self._strip:
            return False
        if value is self._keep or self.link.exported(value) is not None:
            return True
        mro = mro_of(type(value))
        if any(cls.__module__ == "enum" for cls in mro):
            return True
        for cls in mro:
            if cls is base:
                return False
            if cls.__module__ in sys.stdlib_module_names:
                continue
            for name, part in vars(cls).items():
                own = not name.startswith("_") and not hasattr(base, name)
                if own and id(type(part)) in _METHODS:
                    return True
        return False

    def _class_form(self, cls: type) -> Any:
        handle = self.link.export(cls)
        if handle in self._described:
            return handle
        self._described.add(handle)
        self._fresh.append(handle)
        mro = mro_of(cls)
        specials = {name for base in mro if base is not object for name in vars(base)} & SPECIALS
        found: dict[str, Any] = {"i": handle, "n": cls.__name__, "o": " ".join(sorted(specials))}
        bases = [self._base_form(base) for base in cls.__bases__ if base is not object]
        found["b"] = [base for base in bases if base is not None]
        if any(id(base) in PLAIN for base in mro):
            found["p"] = True
        if vars(cls).get("__hash__", 0) is None:
            found["u"] = True
        return found

    def _base_form(self, base: type) -> Any:
        if issubclass(base, BaseException) and NAMED.get(base.__name__) is base:
            return base.__name__
        if id(base) in _NAMED_IDS or base.__module__ in sys.stdlib_module_names:
            return None
        return self._class_form(base)

    def sent(self, delivered: bool) -> None:
        """Takes back what was described in a frame that was not delivered."""
        if not delivered:
            self._described.difference_update(self._fresh)
        self._fresh.clear()

    def resolve(self, tag: str, payload: Any) -> Any:
        """The object of a form that is no plain data."""
        if tag == "y":
            return self.link.own(payload)
        if tag == "h":
            return self._stubs.of(payload)
        if tag == "lib":
            return stubs.library(payload)
        if tag == "g":
            owner, name = payload
            return getattr(self.link.decode(owner), name)
        raise BadFrame("an unknown tag")

    def revive(self, form: Any) -> BaseException:
        """The exception that a call back raised."""
        if type(form) is dict and "y" in form:
            own: BaseException = self.link.own(form["y"])
            return own
        return self._stubs.revive(form)

    def describe(self, error: BaseException, causes: int = 0) -> Any:
        """The form of an exception, with the tail of the candidate's traceback."""
        kind = type(error)
        passed = error.__dict__.get(stubs.STUB)
        if passed is not None:
            return {"y": passed}
        try:
            text = str(error)
            text = text if type(text) is str else ""
        except BaseException:
            text = ""
        name = NAMED.get(kind.__name__) is kind and kind.__name__
        library = kind.__module__ in sys.stdlib_module_names or "." in kind.__module__
        form: dict[str, Any] = {
            "n": kind.__name__,
            "s": text[:MAX_TEXT],
            "t": traceback_tail(error),
        }
        if name:
            form["c"] = name
        elif library and f"{kind.__module__}.{kind.__name__}" in LIBRARY_EXCEPTIONS:
            form["c"] = f"{kind.__module__}.{kind.__name__}"
        elif isinstance(error, Exception):
            form["c"] = self._class_form(kind)
            form["i"] = self.link.export(error)
        else:
            form["c"] = "BaseException"
        try:
            form["a"] = [encode(part, self.claim) for part in _ARGS(error)]
        except BaseException:
            form["a"] = [text[:MAX_TEXT]]
        error.__traceback__ = None
        if error.__cause__ is not None and causes < MAX_CAUSES:
            form["u"] = self.describe(error.__cause__, causes + 1)
        return form

    def operate(self, operation: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Does what is asked."""
        if operation == "getattr":
            return self._getattr(*args)
        if operation == "get":
            if args[0] in self._namespace:
                return self._namespace[args[0]]
            raise Stop
        if operation == "set":
            self._namespace[args[0]] = args[1]
            return None
        if operation == "unset":
            del self._namespace[args[0]]
            return None
        if operation == "new":
            self._keep = args[0](*args[1:], **kwargs)
            return self._keep
        if operation == "plain":
            self._strip = args[0]
            return self._strip
        if operation == "method":
            return self._method(*args, **kwargs)
        return OPERATIONS[operation](*args, **kwargs)

    def _getattr(self, owner: Any, name: str) -> Any:
        value = getattr(owner, name)
        kind = type(value)
        method = kind is types.MethodType or kind is types.BuiltinFunctionType
        if method and value.__self__ is owner and value.__name__ == name:
            self._mark = any(name in vars(cls) for cls in mro_of(type(owner)))
            return None
        return value

    def _method(self, owner: Any, name: str, /, *args: Any, **kwargs: Any) -> Any:
        try:
            return getattr(owner, name)(*args, **kwargs)
        except StopIteration as stop:
            if name in ("__next__", "send", "throw"):
                raise Stop(stop.value) from None
            raise

    def _extras(self, answer: dict[str, Any]) -> None:
        if self._mark is not None:
            answer["g"], self._mark = self._mark, None
        self._keep = self._strip = None

    def serve(self) -> None:
        """Serves until the other side closes the channel."""
        receive, serve = self.link.channel.recv, self.link.serve
        while True:
            serve(receive())


_NAMED_IDS = frozenset(map(id, NAMED.values()))
_ARGS = BaseException.__dict__["args"].__get__
_METHODS = frozenset(map(id, (types.FunctionType, classmethod, staticmethod, property)))
_KINDS = {  # by identity: a metaclass may define equality and hash
    id(types.FunctionType): "function",
    id(types.BuiltinFunctionType): "function",
    id(types.GeneratorType): "generator",
    id(types.CoroutineType): "coroutine",
}


def traceback_tail(error: BaseException) -> str:
    """The last frames of the candidate's own code, and what was raised."""
    places = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if loading.is_own(code.co_filename):
            places.append((code.co_filename, trace.tb_lineno, code.co_name))
        trace = trace.tb_next
    lines = []
    for path, number, name in places[-MAX_TRACEBACK_FRAMES:]:
        source = loading.source_line(path, number).strip()[:200]
        lines.append(f'  File "{path}", line {number}, in {name}\n    {source}\n')
    return "".join(lines)


def _next(iterator: Any) -> Any:
    try:
        return next(iterator)
    except StopIteration as stop:
        raise Stop(stop.value) from None


def _send(iterator: Any, value: Any) -> Any:
    try:
        return iterator.send(value)
    except StopIteration as stop:
        raise Stop(stop.value) from None


def _throw(iterator: Any, error: BaseException) -> Any:
    try:
        return iterator.throw(error)
    except StopIteration as stop:
        raise Stop(stop.value) from None


def _anext(iterator: Any) -> Any:
    try:
        return looping.run(anext(iterator))
    except StopAsyncIteration:
        raise Stop from None


def _exit(manager: Any, error: BaseException | None) -> Any:
    kind = None if error is None else type(error)
    return type(manager).__exit__(manager, kind, error, None)


def _aexit(manager: Any, error: BaseException | None) -> Any:
    kind = None if error is None else type(error)
    return looping.run(type(manager).__aexit__(manager, kind, error, None))


def _call(function: Any, /, *args: Any, **kwargs: Any) -> Any:
    return function(*args, **kwargs)


OPERATIONS: dict[str, Callable[..., Any]] = {
    "call": _call,
    "next": _next,
    "send": _send,
    "throw": _throw,
    "anext": _anext,
    "await": looping.run,
    "aenter": lambda manager: looping.run(type(manager).__aenter__(manager)),
    "aexit": _aexit,
    "enter": lambda manager: type(manager).__enter__(manager),
    "exit": _exit,
    "setattr": setattr,
    "delattr": delattr,
    "method_attribute": lambda owner, method, name: getattr(getattr(owner, method), name),
    "str": str,
    "repr": repr,
    "format": format,
    "hash": hash,
    "dir": dir,
    "len": len,
    "bool": bool,
    "iter": iter,
    "aiter": aiter,
    "reversed": reversed,
    "int": int,
    "float": float,
    "complex": complex,
    "index": operator.index,
    "round": round,
    "trunc": math.trunc,
    "floor": math.floor,
    "ceil": math.ceil,
    "divmod": divmod,
    "pow": pow,
    "and": operator.and_,
    "or": operator.or_,
    **{
        name: getattr(operator, name)
        for name in """
        contains getitem setitem delitem abs neg pos invert eq ne lt le gt ge add sub mul
        truediv floordiv mod matmul xor lshift rshift iadd isub imul itruediv ifloordiv imod
        ipow imatmul iand ior ixor ilshift irshift
        """.split()
    },
}
