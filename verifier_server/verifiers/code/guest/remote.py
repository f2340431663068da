"""Objects of a candidate's process, as a test program sees them.

Promises: a `Remote` stands for one object, and the same object is always the same Remote.
Its class is a local mirror of the candidate's class, so that isinstance, type and
`except` mean what they say. It cannot forge a result: it is no instance of a builtin
type, compared with plain data it is unequal, ordering it or calculating with it and plain
data raises TypeError, and all of that without asking the candidate, who would learn the
expected value or decide the comparison. Two Remotes are compared by the candidate: its
own class is what is tested then.

The exception is an object that the test itself made by calling a candidate's class
(`made`): operators work on it with plain data (Vector(1, 2) * 3), for its class is under
test. But a candidate could define a class where a function is expected, so that
abs(mean(xs) - 2.0) meets its own `__sub__`. Until the test uses the class as a class
(names an attribute, or passes it to isinstance), such an operation must give an object,
and that object gives no number (`tainted`).
The same holds for good once a call, an attribute or an item gives the test an object that
it had made (`returned`): a method that should compute a number may return its own object,
so that abs(Circle(2).area() - 12.566) meets the circle's `__sub__`.

Does not cover: what its special methods do (`specials.py`), how requests travel
(`link.py`), exceptions (`revival.py`).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .faults import Unsupported

if TYPE_CHECKING:
    from .session import Session


class State:
    """What is known of one object or class of the candidate's process."""

    __slots__ = (
        "based",
        "handle",
        "kind",
        "made",
        "methods",
        "returned",
        "session",
        "tainted",
        "used",
    )

    def __init__(self, session: "Session", handle: int, kind: str) -> None:
        self.session = session
        self.handle = handle
        self.kind = kind
        self.made = False  # the test made it
        self.returned = False  # the candidate gave it back, maybe in the place of plain data
        self.tainted = False  # made by an operator from plain data that the candidate saw
        self.used = False  # of a class: the test used it as a class
        self.based = False  # of a class: instances have a builtin's plain value
        self.methods: frozenset[str] = frozenset()  # of a class: names known to be methods


class RemoteClass(type):
    """The class of mirrors of the candidate's classes; itself what calling and naming them does."""

    def __call__(cls, /, *args: Any, **kwargs: Any) -> Any:  # noqa: D102 (type.__call__)
        state = state_of(cls)
        if state is None:
            return super().__call__(*args, **kwargs)
        return state.session.make(cls, args, kwargs)

    def __new__(  # noqa: D102 (type.__new__)
        mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any
    ) -> "RemoteClass":
        if not options.pop("mirror", False):
            raise Unsupported(f"a class {name} that derives from a class of the candidate")
        return super().__new__(mcs, name, bases, namespace)

    def __init__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **_: Any):
        super().__init__(name, bases, namespace)

    def __getattr__(cls, name: str) -> Any:
        state = state_of(cls)
        if state is None:
            raise AttributeError(name)
        return state.session.attribute(cls, state, name)

    def __setattr__(cls, name: str, value: Any) -> None:
        state = state_of(cls)
        if state is None or name == "__abstractmethods__":
            type.__setattr__(cls, name, value)
        else:
            state.session.request("setattr", cls, name, value)

    def __delattr__(cls, name: str) -> None:
        asked(cls, "delattr", name)

    def __instancecheck__(cls, instance: Any) -> bool:
        _note_use(cls)
        if type.__instancecheck__(cls, instance):
            return True
        # A namedtuple crosses as plain data; its class is known by name and fields.
        kind = type(instance)
        state = state_of(cls)
        return (
            state is not None
            and isinstance(instance, tuple)
            and hasattr(kind, "_fields")
            and kind.__name__ == cls.__name__
        )

    def __subclasscheck__(cls, subclass: type) -> bool:
        _note_use(cls)
        return type.__subclasscheck__(cls, subclass)

    def __iter__(cls) -> Iterator[Any]:
        return iterator(asked(cls, "iter"))

    def __len__(cls) -> int:
        return int(exactly(int, asked(cls, "len")))

    def __bool__(cls) -> bool:
        return True

    def __getitem__(cls, key: Any) -> Any:
        return asked(cls, "getitem", key)

    def __contains__(cls, item: Any) -> bool:
        return bool(exactly(bool, asked(cls, "contains", item)))


STATE = "_candidate_state"


def state_of(value: Any) -> State | None:
    """The state of a Remote or of a mirror class; None for anything else."""
    kind = type(value)
    if kind is RemoteClass:
        found = type.__getattribute__(value, "__dict__").get(STATE)
        return found if type(found) is State else None
    if type(kind) is RemoteClass:
        try:
            found = object.__getattribute__(value, STATE + "_")
        except AttributeError:
            return None
        return found if type(found) is State else None
    return None


def is_remote(value: Any) -> bool:
    """Whether a value stands for something of the candidate's process."""
    return state_of(value) is not None


def known_state(value: Any) -> State:
    """The state of a Remote. Raises TypeError for anything else."""
    state = state_of(value)
    if state is None:
        raise TypeError("not an object of the candidate")
    return state


def asked(value: Any, operation: str, /, *args: Any, **kwargs: Any) -> Any:
    """Asks the candidate for an operation on its object."""
    return known_state(value).session.request(operation, value, *args, **kwargs)


def _note_use(cls: Any) -> None:
    state = state_of(cls)
    if state is not None:
        state.used = True


def exactly(kind: type, value: Any) -> Any:
    """What a special method must return: exactly this type, as Python itself demands."""
    if type(value) is not kind:
        raise TypeError(f"a special method returned no {kind.__name__}")
    return value


def iterator(value: Any) -> Iterator[Any]:
    """What `iter` gave for a candidate's object: an iterator, or plain data to iterate."""
    if hasattr(type(value), "__next__"):
        found: Iterator[Any] = value
        return found
    return iter(value)


def set_class_state(cls: type, state: State) -> None:
    """Ties a mirror to the candidate's class."""
    type.__setattr__(cls, STATE, state)


def set_state(remote: Any, state: State) -> None:
    """Ties an instance of a mirror to the candidate's object."""
    object.__setattr__(remote, STATE + "_", state)


class RemoteMethod:
    """A method of a candidate's object, not called yet."""

    __slots__ = ("__name__", "__self__", "_session")

    def __init__(self, session: "Session", owner: Any, name: str) -> None:
        object.__setattr__(self, "_session", session)
        object.__setattr__(self, "__self__", owner)
        object.__setattr__(self, "__name__", name)

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """Calls it."""
        return self._session.call_method(self.__self__, self.__name__, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        return self._session.request("method_attribute", self.__self__, self.__name__, name)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(name)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, RemoteMethod)
            and self.__self__ is other.__self__
            and self.__name__ == other.__name__
        )

    def __hash__(self) -> int:
        return hash((id(self.__self__), self.__name__))
