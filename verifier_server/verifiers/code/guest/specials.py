"""The special methods of mirrors: what Python does with a Remote, asked of the candidate.

Promises: the rules of `remote.py`. What a special method must return (a bool, an int, a
text) is checked to be exactly that.

Does not cover: classes and state of Remotes.
"""

import operator
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from .faults import failure_of
from .link import Stop
from .remote import STATE, RemoteClass, State, asked, exactly, iterator, known_state, state_of


def _class_used(value: Any) -> bool:
    """Whether the test used the class of an object as a class."""
    for cls in type.mro(type(value)):
        state = state_of(cls) if type(cls) is RemoteClass else None
        if state is not None and state.used:
            return True
    return False


# What the special methods of mirrors do. Each takes the Remote first.


def _getattr(self: Any, name: str) -> Any:
    state = state_of(self)
    if state is None:
        raise AttributeError(name)
    return state.session.attribute(self, state, name)


def _setattr(self: Any, name: str, value: Any) -> None:
    if name in _EXCEPTION_SLOTS and isinstance(self, BaseException):
        object.__setattr__(self, name, value)
    else:
        asked(self, "setattr", name, value)


_EXCEPTION_SLOTS = frozenset(
    ("__traceback__", "__context__", "__cause__", "__suppress_context__", "__notes__", "args")
)


def _delattr(self: Any, name: str) -> None:
    asked(self, "delattr", name)


def _dir(self: Any) -> list[str]:
    names = asked(self, "dir")
    if type(names) is not list or not all(type(name) is str for name in names):
        raise TypeError("dir() of the candidate's object gave no names")
    return names


def _text_by(operation: str) -> Callable[..., str]:
    def special(self: Any, *args: Any) -> str:
        return str(exactly(str, asked(self, operation, *args)))

    return special


def _exact_by(operation: str, kind: type) -> Callable[..., Any]:
    def special(self: Any) -> Any:
        return exactly(kind, asked(self, operation))

    return special


def _number_by(operation: str, kind: type | None) -> Callable[..., Any]:
    """Conversions to numbers, which only objects made by the test offer."""

    def special(self: Any, *args: Any) -> Any:
        state = known_state(self)
        if not state.made or (state.tainted and not _trusted(self, state)):
            raise TypeError(f"{operation} of an object of the candidate")
        value = asked(self, operation, *args)
        if kind is not None and type(value) is not kind:
            raise TypeError(f"a special method returned no {kind.__name__}")
        return _derived(value, state.tainted, state)

    return special


def _trusted(self: Any, state: State) -> bool:
    """Whether operators of an object may turn plain data into plain data."""
    return not state.returned and _class_used(self)


def _derived(value: Any, tainted: bool, origin: State) -> Any:
    """The result of an operator: an object counts as made by the test, as its operand was."""
    state = state_of(value)
    if state is not None and origin.made and type(value) is not RemoteClass:
        state.made = True
        state.tainted = state.tainted or tainted
        state.returned = state.returned or origin.returned
    return value


def _operator_by(
    operation: str, *, reflected: bool = False, in_place: bool = False
) -> Callable[..., Any]:
    def special(self: Any, other: Any, *rest: Any) -> Any:
        state, theirs = known_state(self), state_of(other)
        plain = theirs is None
        if plain and not state.made:
            return NotImplemented
        pair = (other, self) if reflected else (self, other)
        returned = state.returned
        value = state.session.request(operation, *pair, *rest)
        if value is self and in_place:
            state.returned = returned  # as `__iadd__` should
        tainted = plain or state.tainted or (theirs is not None and theirs.tainted)
        if tainted and not _trusted(self, state) and state_of(value) is None:
            raise TypeError(f"{operation} of an object of the candidate and plain data")
        return _derived(value, tainted, state)

    return special


def _equality(operation: str) -> Callable[..., Any]:
    def special(self: Any, other: Any) -> Any:
        if state_of(other) is not None:
            return exactly(bool, asked(self, operation, other))
        based, value = _plain_base(self)
        if based:
            return bool(getattr(operator, operation)(value, other))
        return NotImplemented

    return special


def _plain_base(self: Any) -> tuple[bool, Any]:
    """The plain value of an instance of a class that extends a builtin, fetched whole.

    The comparison itself happens here, so the candidate neither sees the other operand
    nor decides.
    """
    state = state_of(type(self))
    if state is None or not state.based:
        return False, None
    value = asked(self, "plain")
    return state_of(value) is None, value


def _contains(self: Any, item: Any) -> bool:
    if known_state(self).made or state_of(item) is not None:
        return bool(exactly(bool, asked(self, "contains", item)))
    return any(part is item or part == item for part in self)


def _iter(self: Any) -> Iterator[Any]:
    if "__next__" in type(self).__dict__:
        found: Iterator[Any] = self
        return found
    return iterator(asked(self, "iter"))


def _next(self: Any) -> Any:
    try:
        return asked(self, "next")
    except Stop as stop:
        raise StopIteration(stop.value) from None


def _call(self: Any, /, *args: Any, **kwargs: Any) -> Any:
    return known_state(self).session.call(self, args, kwargs)


def _hash(self: Any) -> int:
    return int(exactly(int, asked(self, "hash")))


def _bool(self: Any) -> bool:
    state = known_state(self)
    if state.tainted and not _trusted(self, state):
        raise TypeError("the truth of an object of the candidate and plain data")
    return bool(exactly(bool, asked(self, "bool")))


def _await(self: Any) -> Any:
    return asked(self, "await")
    yield  # makes this a generator, as __await__ must give


async def _anext(self: Any) -> Any:
    try:
        return asked(self, "anext")
    except Stop:
        raise StopAsyncIteration from None


def _async_by(operation: str) -> Callable[..., Coroutine[Any, Any, Any]]:
    async def special(self: Any, *args: Any) -> Any:
        return asked(self, operation, *args)

    return special


def _plainly_by(operation: str) -> Callable[..., Any]:
    def special(self: Any, *args: Any) -> Any:
        return asked(self, operation, *args)

    return special


def _exit(self: Any, kind: Any, error: Any, trace: Any) -> Any:
    return _may_stop(error, asked(self, "exit", error))


async def _aexit(self: Any, kind: Any, error: Any, trace: Any) -> Any:
    return _may_stop(error, asked(self, "aexit", error))


def _may_stop(error: Any, stopped: Any) -> Any:
    """A context manager stops what it likes, but no assert of the test that failed within it."""
    own = isinstance(error, AssertionError) and failure_of(error) is None
    return None if own else stopped


def _exception_getattr(self: Any, name: str) -> Any:
    if name.startswith("__"):  # what tracebacks and frameworks look for
        raise AttributeError(name)
    return _getattr(self, name)


def _exception_text(self: Any) -> str:
    failure = failure_of(self)
    return failure.message if failure is not None else BaseException.__str__(self)


OF_EXCEPTIONS: dict[str, Any] = {
    "__getattr__": _exception_getattr,
    "__setattr__": _setattr,
    "__str__": _exception_text,
}
# Of every other mirror.
ALWAYS: dict[str, Any] = {
    "__getattr__": _getattr,
    "__setattr__": _setattr,
    "__delattr__": _delattr,
    "__dir__": _dir,
    "__str__": _text_by("str"),
    "__repr__": _text_by("repr"),
    "__format__": _text_by("format"),
    "__eq__": _equality("eq"),
    "__ne__": _equality("ne"),
    "__lt__": _equality("lt"),
    "__le__": _equality("le"),
    "__gt__": _equality("gt"),
    "__ge__": _equality("ge"),
    "__hash__": _hash,
}
# Of mirrors whose class has them.
SPECIAL: dict[str, Any] = {
    "__call__": _call,
    "__iter__": _iter,
    "__next__": _next,
    "__reversed__": lambda self: iterator(asked(self, "reversed")),
    "__len__": _exact_by("len", int),
    "__bool__": _bool,
    "__contains__": _contains,
    "__getitem__": _plainly_by("getitem"),
    "__setitem__": _plainly_by("setitem"),
    "__delitem__": _plainly_by("delitem"),
    "__enter__": _plainly_by("enter"),
    "__exit__": _exit,
    "__aenter__": _async_by("aenter"),
    "__aexit__": _aexit,
    "__await__": _await,
    "__aiter__": lambda self: self if "__anext__" in type(self).__dict__ else asked(self, "aiter"),
    "__anext__": _anext,
    "__int__": _number_by("int", int),
    "__float__": _number_by("float", float),
    "__complex__": _number_by("complex", complex),
    "__index__": _number_by("index", int),
    "__round__": _number_by("round", None),
    "__trunc__": _number_by("trunc", None),
    "__floor__": _number_by("floor", None),
    "__ceil__": _number_by("ceil", None),
    "__abs__": _number_by("abs", None),
    "__neg__": _number_by("neg", None),
    "__pos__": _number_by("pos", None),
    "__invert__": _number_by("invert", None),
}
_BINARY = "add sub mul truediv floordiv mod divmod pow matmul and or xor lshift rshift".split()
for _name in _BINARY:
    SPECIAL[f"__{_name}__"] = _operator_by(_name)
    SPECIAL[f"__r{_name}__"] = _operator_by(_name, reflected=True)
    if _name != "divmod":
        SPECIAL[f"__i{_name}__"] = _operator_by("i" + _name, in_place=True)


def mirror(
    name: str, bases: tuple[type, ...], specials: list[str], *, hashable: bool = True
) -> type:
    """A local class that stands for one of the candidate's.

    Args:
        name: its name there.
        bases: mirrors of its bases, or the builtin exceptions it derives from.
        specials: the special methods it has; only those known in `SPECIAL` are taken.
        hashable: whether its instances can be hashed.
    """
    failing = any(issubclass(base, BaseException) for base in bases)
    namespace = dict(OF_EXCEPTIONS if failing else ALWAYS)
    if not failing:
        namespace |= {special: SPECIAL[special] for special in specials if special in SPECIAL}
    namespace["__doc__"] = property(lambda self: _getattr(self, "__doc__"))
    namespace["__slots__"] = () if bases else (STATE + "_", "__weakref__")
    if not hashable:
        namespace["__hash__"] = None
    return RemoteClass(name, bases, namespace, mirror=True)
