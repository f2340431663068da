"""Local classes for the classes of a candidate, built from what its process tells.

Promises: one mirror a class and conversation; a class that claims nonsense gets a harmless
mirror or is a `BadFrame`. A mirror derives from builtin exceptions where the candidate's
class does, and from no other builtin class.

Does not cover: what mirrors do (`remote.py`).

A class is told once as {"i": handle, "n": name, "b": [bases], "o": special methods in one
text, "p": whether it extends a builtin value, "u": whether it is unhashable}, then by its
handle alone. A base is the same, or the name of a builtin exception.
"""

from typing import TYPE_CHECKING, Any

from .faults import BadFrame
from .remote import State, set_class_state, set_state
from .specials import mirror
from .values import NAMED

if TYPE_CHECKING:
    from .session import Session

MAX_CLASSES = 2000  # in one conversation: each costs as much as 100 plain values
MAX_BASES = 32
MAX_NAME = 200
MAX_SPECIALS = 4000  # characters

FUNCTION = mirror("function", (), ["__call__"])


def safe_exception(name: str) -> type[Exception]:
    """The builtin exception of a name, or Exception for one that means more than a failure."""
    found = NAMED.get(name)
    special = (StopIteration, StopAsyncIteration, BaseExceptionGroup)
    if isinstance(found, type) and issubclass(found, Exception) and not issubclass(found, special):
        return found
    return Exception


class Mirrors:
    """The mirrors of one conversation."""

    def __init__(self, session: "Session") -> None:
        self.session = session
        self._classes: dict[int, type] = {}

    def of(self, form: Any) -> type:
        """The mirror of a class. Raises BadFrame where the form tells none."""
        if type(form) is int:
            if form not in self._classes:
                raise BadFrame("an unknown class")
            return self._classes[form]
        if type(form) is not dict:
            raise BadFrame("no class")
        handle, name, bases = form.get("i"), form.get("n"), form.get("b", [])
        specials = form.get("o", "")
        if (
            type(handle) is not int
            or type(name) is not str
            or type(specials) is not str
            or type(bases) is not list
            or len(bases) > MAX_BASES
            or len(specials) > MAX_SPECIALS
        ):
            raise BadFrame("no class")
        if handle in self._classes:
            return self._classes[handle]
        if len(self._classes) >= MAX_CLASSES:
            raise BadFrame("too many classes")
        made = self._build(
            name[:MAX_NAME].replace("\0", ""),
            tuple(safe_exception(base) if type(base) is str else self.of(base) for base in bases),
            specials.split(),
            hashable=form.get("u") is not True,
        )
        state = State(self.session, handle, "class")
        state.based = form.get("p") is True
        set_class_state(made, state)
        self._classes[handle] = made
        return made

    @staticmethod
    def _build(name: str, bases: tuple[type, ...], specials: list[str], *, hashable: bool) -> type:
        try:
            return mirror(name, tuple(dict.fromkeys(bases)), specials, hashable=hashable)
        except (TypeError, ValueError):  # bases that do not go together here
            failing = any(issubclass(base, BaseException) for base in bases)
            return mirror(name, (Exception,) if failing else (), specials, hashable=hashable)

    def instance(self, handle: int, kind: str, form: Any) -> Any:
        """A new Remote for an object of the candidate."""
        cls = FUNCTION if kind in ("function", "async") else self.of(form)
        if issubclass(cls, BaseException):
            raise BadFrame("an exception that is told as an object")
        remote = object.__new__(cls)
        set_state(remote, State(self.session, handle, kind))
        return remote
