"""What a candidate can reach of the test's objects, which the test gave to it.

Promises: functions can be called, iterators advanced, classes of the test constructed, and
instances of such classes asked for what these classes and the instance itself offer under
public names and the listed special methods. No request reaches `__globals__`, `__dict__`,
`__class__`, closures, modules, or methods inherited from library classes. Anything else
that a test passes is `Unsupported`: the task's fault.

Does not cover: what the test's own functions do when they are called.
"""

import enum
import io
import sys
import types
import weakref
from collections.abc import Callable
from typing import Any

from . import looping
from .encode import mro_of
from .faults import Unsupported
from .link import Link, Stop
from .values import NAMED

SPECIALS = frozenset(
    f"__{name}__"
    for name in """
    call iter next len bool contains getitem setitem delitem reversed enter exit str repr
    eq ne lt le gt ge hash int float index abs neg pos add radd sub rsub mul rmul truediv
    rtruediv floordiv rfloordiv mod rmod pow rpow matmul and or xor
    """.split()
)
MOCK_INTERNALS = frozenset(
    """
    return_value side_effect called call_args call_args_list call_count method_calls
    mock_calls mock_add_spec attach_mock configure_mock reset_mock await_args
    await_args_list await_count
    """.split()
)
NOT_OF_TESTS = sys.stdlib_module_names | {"pytest", "_pytest", "pluggy", "numpy", "guest"}
MAX_PARAMETERS = 50
_FUNCTIONS = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodWrapperType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
)
_INNOCENT = (types.SimpleNamespace, io.StringIO, io.BytesIO)


def _root(kind: type) -> str:
    return str(kind.__module__).partition(".")[0]


def _of_tests(kind: type) -> bool:
    return _root(kind) not in NOT_OF_TESTS and __name__.partition(".")[0] != _root(kind)


def _is_mock(value: Any) -> bool:
    mock = sys.modules.get("unittest.mock")
    return mock is not None and issubclass(type(value), mock.NonCallableMock)


def _offered(kind: type) -> list[type]:
    """The classes whose attributes instances of a class offer."""
    if kind in _INNOCENT:
        return [kind]
    return [base for base in mro_of(kind) if _of_tests(base)]


def _library_name(value: Any) -> str | None:
    """ "module:name" of a class or function of the standard library, or None."""
    module = getattr(value, "__module__", None)
    name = getattr(value, "__qualname__", None)
    owner = getattr(value, "__objclass__", None)
    if module is None and owner is not None:
        module = owner.__module__  # str.upper
    if type(module) is not str or type(name) is not str:
        return None
    if module.partition(".")[0] not in sys.stdlib_module_names or module not in sys.modules:
        return None
    found: Any = sys.modules[module]
    for part in name.split("."):
        found = getattr(found, part, None)
    return f"{module}:{name}" if found is value else None


def _parameters(value: Any) -> list[str] | None:
    """The names of plain positional parameters, where the function has no others."""
    bound = type(value) is types.MethodType
    function = value.__func__ if bound else value
    if type(function) is not types.FunctionType or function.__defaults__:
        return None
    code = function.__code__
    if code.co_kwonlyargcount or code.co_posonlyargcount or code.co_flags & 0x0C:
        return None
    names = list(code.co_varnames[: code.co_argcount])[1 if bound else 0 :]
    return names if len(names) <= MAX_PARAMETERS else None


class Exposure:
    """The objects given out in one conversation."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._abort: BaseException | None = None
        self._stand_ins: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()

    def stands_for(self, value: Any, handle: int) -> Any:
        """Notes that a local generator or coroutine stands for an object of the candidate."""
        self._stand_ins[value] = handle
        return value

    def raise_abort(self) -> None:
        """Raises what ended a call back for good, which the candidate must not stop."""
        abort, self._abort = self._abort, None
        if abort is not None:
            raise abort

    # Giving out.

    def claim(self, value: Any, base: type | None) -> Any:
        """The form of an object of the test (`encode.Claim`).

        Raises:
            Unsupported: it cannot be given to a candidate.
        """
        kind = type(value)
        if base is not None:
            return None
        if kind in (types.GeneratorType, types.CoroutineType) and value in self._stand_ins:
            handle = self._stand_ins[value]
            if kind is types.CoroutineType:
                value.close()  # awaited there, not here: Python would warn
            return {"y": handle}
        if kind in _FUNCTIONS or isinstance(value, type):
            library = _library_name(value)
            if library is not None:
                return {"lib": library}
        if isinstance(value, type):
            return self._form(value, "class", c=self._class_form(value))
        if callable(value) and (kind in _FUNCTIONS or not _of_tests(kind)):
            return self._function(value)
        if kind is types.CoroutineType or (hasattr(kind, "__await__") and not _of_tests(kind)):
            return self._form(value, "awaitable")
        if hasattr(kind, "__next__") and not _of_tests(kind) and not isinstance(value, io.IOBase):
            return self._form(value, "iterator")
        if isinstance(value, BaseException):
            return {"h": {"k": "exception", "e": self.describe(value)}}
        if _of_tests(kind) or kind in _INNOCENT or isinstance(value, enum.Enum):
            return self._form(value, "object", c=self._class_form(kind))
        if _is_mock(value):
            return self._form(value, "object", c={"n": kind.__name__, "o": "", "b": []})
        raise Unsupported(f"a {kind.__name__} given to the candidate")

    def _form(self, value: Any, kind: str, **more: Any) -> Any:
        return {"h": {"i": self._link.export(value), "k": kind, **more}}

    def _function(self, value: Any) -> Any:
        if _is_mock(value):
            specials = [name for name in sorted(SPECIALS) if name in vars(type(value))]
            shape = {"n": type(value).__name__, "o": " ".join([*specials, "__call__"]), "b": []}
            return self._form(value, "object", c=shape)
        code = getattr(getattr(value, "__func__", value), "__code__", None)
        marked = type(code) is types.CodeType and code.co_flags & 0x80  # CO_COROUTINE
        name = getattr(value, "__name__", type(value).__name__)
        doc = getattr(value, "__doc__", None) if marked is not None else None
        return self._form(
            value,
            "async" if marked else "function",
            n=name if type(name) is str else "function",
            s=_parameters(value),
            d=doc if type(doc) is str else None,
        )

    def _class_form(self, kind: type) -> Any:
        """What the candidate may know of a class: names, and which builtin exceptions it is."""
        offered = _offered(kind)
        found = {name for base in offered for name in vars(base) if name in SPECIALS}
        bases = [
            self._class_form(base) if _of_tests(base) else base.__name__
            for base in kind.__bases__
            if _of_tests(base) or (base.__name__ in NAMED and issubclass(base, BaseException))
        ]
        return {
            "i": self._link.export(kind),
            "n": kind.__name__,
            "o": " ".join(sorted(found)),
            "b": bases,
        }

    # Exceptions of the test's own code.

    def describe(self, error: BaseException) -> Any:
        """The form of an exception that a call back raised; it can come back as itself."""
        # Imported here: remote.py needs nothing of this module, and most tests never call back.
        from .remote import state_of

        state = state_of(error)
        if state is not None:
            return {"y": state.handle}
        if not isinstance(error, Exception):
            self._abort = error
            return {"n": "Exception", "c": "Exception", "a": ["the call back ended"], "s": ""}
        kind = type(error)
        try:
            args = [
                part if type(part) in (str, int, float, bool) else str(part) for part in error.args
            ]
        except Exception:  # the test's own __str__
            args = []
        known = NAMED.get(kind.__name__) is kind
        return {
            "i": self._link.export(error),
            "n": kind.__name__,
            "c": kind.__name__ if known else self._exception_class(kind),
            "a": args,
        }

    def _exception_class(self, kind: type) -> Any:
        library = _library_name(kind)
        return {"lib": library} if library is not None else self._class_form(kind)

    # Answering.

    def operate(self, operation: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Does what the candidate asks of an object given to it.

        Raises:
            TypeError: it is not offered. Whatever the test's own code raises.
        """
        offered = _OPERATIONS.get(operation)
        if offered is None or not args or self._link.exported(args[0]) is None:
            raise TypeError("not offered")
        try:
            return offered(self, *args, **kwargs)
        except StopIteration as stop:
            if operation == "next":
                raise Stop(stop.value) from None
            raise
        except Unsupported as error:
            raise TypeError(str(error)) from None

    def _call(self, target: Any, /, *args: Any, **kwargs: Any) -> Any:
        kind = type(target)
        if isinstance(target, type):
            offered = _of_tests(target)
        elif kind in _FUNCTIONS or not _of_tests(kind):
            offered = callable(target) and kind not in _INNOCENT
        else:
            offered = "__call__" in self._specials_of(target)
        if not offered:
            raise TypeError(f"a {kind.__name__} is not callable")
        return target(*args, **kwargs)

    def _specials_of(self, target: Any) -> set[str]:
        return {name for base in _offered(type(target)) for name in vars(base) if name in SPECIALS}

    def _await(self, target: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(target) in _FUNCTIONS:
            return looping.run(target(*args, **kwargs))
        return looping.run(target)

    def _next(self, target: Any, /) -> Any:
        if not hasattr(type(target), "__next__") or isinstance(target, io.IOBase):
            raise TypeError("not an iterator")
        return next(target)

    def _getattr(self, target: Any, name: str, /) -> Any:
        self._check_name(target, name)
        value = getattr(target, name)
        if isinstance(value, types.ModuleType | types.FrameType | types.CodeType):
            raise AttributeError(name)
        return value

    def _check_name(self, target: Any, name: Any) -> None:
        if type(name) is not str or name.startswith("_"):
            raise AttributeError(name)
        if isinstance(target, type):
            offered = [base for base in mro_of(target) if _of_tests(base)]
        elif _is_mock(target):
            if name in MOCK_INTERNALS or name.startswith("assert"):
                raise AttributeError(name)
            return
        else:
            offered = _offered(type(target))
            if _own_attribute(target, name):
                return
        if not offered or type(target) in _FUNCTIONS:
            raise AttributeError(name)
        enumerated = isinstance(target, enum.Enum) and name in ("name", "value")
        if not enumerated and not any(name in vars(base) for base in offered):
            raise AttributeError(f"{type(target).__name__} object has no attribute {name}")

    def _setattr(self, target: Any, name: str, value: Any, /) -> None:
        if isinstance(target, type) or _is_mock(target) or not _of_tests(type(target)):
            raise AttributeError("not offered")
        if type(name) is not str or name.startswith("_"):
            raise AttributeError(name)
        for base in mro_of(type(target)):
            found = type(vars(base).get(name))
            if hasattr(found, "__get__") and not hasattr(found, "__set__"):
                raise AttributeError(f"{name} is a method of the test")
        setattr(target, name, value)

    def _special(self, target: Any, name: str, /, *args: Any, **kwargs: Any) -> Any:
        mocked = _is_mock(target) and (name == "__call__" or name in vars(type(target)))
        if name not in SPECIALS or not (mocked or name in self._specials_of(target)):
            raise TypeError("not offered")
        try:
            return getattr(type(target), name)(target, *args, **kwargs)
        except StopIteration as stop:
            raise Stop(stop.value) from None


def _own_attribute(target: Any, name: str) -> bool:
    """Whether an instance itself has the attribute."""
    if not (_of_tests(type(target)) or type(target) in _INNOCENT):
        return False
    try:
        return name in object.__getattribute__(target, "__dict__")
    except AttributeError:
        return False


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "call": Exposure._call,
    "await": Exposure._await,
    "next": Exposure._next,
    "getattr": Exposure._getattr,
    "setattr": Exposure._setattr,
    "special": Exposure._special,
}
