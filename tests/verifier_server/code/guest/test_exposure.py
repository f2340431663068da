"""Objects that a test gives to a candidate: what works, and what stays out of reach."""

import enum
import io
import math
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest

from tests.verifier_server.code.guest.processes import loaded
from verifier_server.verifiers.code.guest.session import Session

SOURCE = """
import functools, inspect
kept = []
def apply(f, *args, **kwargs): return f(*args, **kwargs)
def logged(f):
    @functools.wraps(f)
    def inner(*args): return ("logged", f(*args))
    return inner
def compose(f, g): return lambda x: f(g(x))
def arity(f): return f.__code__.co_argcount, list(inspect.signature(f).parameters)
def named(f): return f.__name__, f.__doc__
def keep(x): kept.append(x); return x
def kept_back(): return kept[-1]
def read(o, name): return getattr(o, name)
def write(o, name, value): setattr(o, name, value)
def tries(o, *names):
    found = []
    for name in names:
        try: found.append(getattr(o, name))
        except AttributeError: found.append("refused")
    return found
def walk(node):
    total = 0
    while node is not None:
        total += node.val
        node = node.next
    return total
def reverse(node):
    last = None
    while node:
        node.next, node, last = last, node.next, node
    return last
def make(cls, *args): return cls(*args)
def is_of(x, cls): return isinstance(x, cls)
def sort(xs, key): return sorted(xs, key=key)
def retry(f, errors):
    try: return f()
    except errors as e: return ("retried", type(e).__name__, str(e))
def special(o): return len(o), o[0], 3 in o, list(o), str(o), o == o
def recurse(f, n): return f(f, n)
def swallow(f):
    try: f()
    except Exception: pass
    try: f()
    except BaseException: pass
    return "passed"
def lines(file): return [line for line in file.read().splitlines()]
def mapped(xs): return [x * 2 for x in xs]
"""


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with loaded(SOURCE) as found:
        yield found


class Node:
    shared = 0

    def __init__(self, val: int, following: "Node | None" = None) -> None:
        self.val = val
        self.next = following
        self._secret = 42

    def total(self) -> int:
        return self.val

    @property
    def double(self) -> int:
        return self.val * 2


class Box:
    def __init__(self, items: list[int]) -> None:
        self.items = items

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> int:
        return self.items[index]

    def __contains__(self, item: int) -> bool:
        return item in self.items

    def __iter__(self) -> Iterator[int]:
        return iter(self.items)

    def __str__(self) -> str:
        return "box"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Box)

    __hash__ = object.__hash__


class Kind(enum.Enum):
    ONE = 1


def test_functions_are_called_back(session: Session) -> None:
    apply = session.bind("apply")
    assert apply(lambda a, b: a - b, 5, 3) == 2
    assert apply(lambda a, b=2, *c, **d: [a, b, c, d], 1, z=3) == [1, 2, (), {"z": 3}]
    seen: list[int] = []
    apply(seen.append, 4)
    assert seen == [4]
    assert (apply(math.sqrt, 16), apply(str.upper, "a"), apply(int, "7")) == (4.0, "A", 7)
    logged = session.bind("logged")(lambda x: x + 1)
    assert logged(1) == ("logged", 2)
    assert session.bind("compose")(abs, lambda x: x - 10)(3) == 7
    assert session.bind("arity")(lambda x, y: 0) == (2, ["x", "y"])

    def documented(x: int) -> int:
        """Its text."""
        return x

    assert session.bind("named")(documented) == ("documented", "Its text.")
    assert session.bind("keep")(documented) is documented
    assert session.bind("kept_back")() is documented
    assert session.bind("sort")([3, 1, 2], key=lambda x: -x) == [3, 2, 1]
    assert session.bind("logged")(logged)(1) == ("logged", ("logged", 2))


def test_recursion_through_both_sides(session: Session) -> None:
    recurse = session.bind("recurse")

    def countdown(f: Any, n: int) -> int:
        return 0 if n == 0 else 1 + recurse(f, n - 1)

    assert recurse(countdown, 20) == 20
    with pytest.raises(RecursionError):
        recurse(countdown, 500)
    assert recurse(countdown, 3) == 3  # the conversation goes on


def test_instances_of_the_test_s_classes(session: Session) -> None:
    chain = Node(1, Node(2, Node(3)))
    assert session.bind("walk")(chain) == 6
    last = session.bind("reverse")(chain)
    assert [last.val, last.next.val, last.next.next.val] == [3, 2, 1]
    assert last.next.next is chain
    assert chain.next is None
    made = session.bind("make")(Node, 7)
    assert type(made) is Node
    assert made.val == 7
    assert session.bind("is_of")(made, Node) is True
    assert session.bind("is_of")(3, Node) is False
    assert session.bind("special")(Box([3, 4])) == (2, 3, True, [3, 4], "box", True)
    assert session.bind("read")(chain, "double") == 2
    assert session.bind("apply")(chain.total) == 1
    assert session.bind("keep")(Kind.ONE) is Kind.ONE
    assert session.bind("read")(Kind.ONE, "value") == 1


@pytest.mark.parametrize("target", [Node(1), Node, lambda: 1, Node(1).total, Kind.ONE, mock.Mock()])
def test_internals_stay_out_of_reach(session: Session, target: Any) -> None:
    names = "_secret __dict__ __globals__ __closure__ __code__ __module__x __init__x __func__"
    assert session.bind("tries")(target, "_secret", "assert_called") == ["refused"] * 2
    for name in names.split():
        with pytest.raises((AttributeError, TypeError)):
            session._exposure._getattr(target, name)


def test_methods_of_the_test_cannot_be_replaced(session: Session) -> None:
    node = Node(1)
    write = session.bind("write")
    write(node, "val", 5)
    assert node.val == 5
    for name in ("total", "_secret", "__class__", "__dict__"):
        with pytest.raises((AttributeError, TypeError)):
            write(node, name, 9)
    write(Node, "shared", 1)  # of its own copy of the class
    assert (node.total(), node._secret, Node.shared) == (5, 42, 0)


def test_mocks_are_called_and_not_tampered_with(session: Session) -> None:
    called = mock.Mock(return_value=3)
    assert session.bind("apply")(called, 1, x=2) == 3
    called.assert_called_once_with(1, x=2)
    refused = session.bind("tries")(called, "return_value", "assert_called_with", "call_count")
    assert refused == ["refused"] * 3
    assert session.bind("apply")(called.method, 5) is not None
    called.method.assert_called_once_with(5)


def test_exceptions_and_their_classes(session: Session) -> None:
    class OwnError(ValueError):
        pass

    def fails() -> None:
        raise OwnError("own")

    assert session.bind("retry")(fails, OwnError) == ("retried", "OwnError", "own")
    assert session.bind("retry")(fails, ValueError) == ("retried", "OwnError", "own")
    assert session.bind("retry")(fails, (KeyError, OwnError)) == ("retried", "OwnError", "own")
    with pytest.raises(OwnError):
        session.bind("retry")(fails, KeyError)


def test_what_ends_a_test_cannot_be_swallowed(session: Session) -> None:
    calls = []

    def ends() -> None:
        calls.append(1)
        raise SystemExit("the test ends")

    with pytest.raises(SystemExit, match="the test ends"):
        session.bind("swallow")(ends)
    assert session.bind("apply")(abs, -1) == 1  # still in step

    def skips() -> None:
        pytest.skip("own decision")

    with pytest.raises(BaseException, match="own decision") as skipped:
        session.bind("swallow")(skips)
    assert type(skipped.value).__name__ == "Skipped"
    assert session.bind("apply")(abs, -1) == 1


def test_innocent_library_objects(session: Session) -> None:
    assert session.bind("lines")(io.StringIO("a\nb")) == ["a", "b"]
    assert session.bind("mapped")(x for x in (1, 2)) == [2, 4]
    assert session.bind("mapped")({1: 2}.keys()) == [2]
