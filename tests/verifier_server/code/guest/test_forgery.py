"""What a hostile candidate tries: none of it makes a wrong result look right."""

import asyncio
import contextlib
import math
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.verifier_server.code.guest.processes import loaded
from verifier_server.verifiers.code.guest import frames
from verifier_server.verifiers.code.guest.session import CandidateError, CandidateGone, Session

EVERYTHING = """
class Always:
    shown = []
    def _yes(self, *args):
        Always.shown.extend(args)
        return True
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _yes
    def replace(self, *args): return ""
    removeprefix = removesuffix = replace
    startswith = endswith = issubset = isdisjoint = is_integer = difference = _yes
    def _zero(self, *args):
        Always.shown.extend(args)
        return 0.0
    __sub__ = __rsub__ = __add__ = __radd__ = __mul__ = __truediv__ = __abs__ = __round__ = _zero
    __float__ = __mod__ = __pow__ = _zero
    def __int__(self): return 0
    __index__ = __int__
    def __hash__(self): return 0
    def __bool__(self): return True
    def __instancecheck__(cls, other): return True
    __class__ = float
def f(x): return Always()
def shown(): return Always.shown
class mean(Always):
    def __init__(self, xs): pass
"""


@pytest.fixture(scope="module")
def always() -> Iterator[Session]:
    with loaded(EVERYTHING) as session:
        yield session


def test_an_object_that_equals_everything_equals_nothing(always: Session) -> None:
    result = always.bind("f")(1)
    assert (result == 42) is False
    assert (42 == result) is False  # noqa: SIM300 (the order is the test)
    assert [result] != [42]
    assert result not in (42, 43)
    assert not isinstance(result, float | int | str | list)
    assert {42: 1}.get(result) is None
    assert always.bind("shown")() == []


@pytest.mark.parametrize("name", ["f", "mean"])
def test_such_an_object_does_not_calculate(always: Session, name: str) -> None:
    """Also where a class stands in the place of a function."""
    result = always.bind(name)([1])
    for forged in (
        lambda: abs(result - 42) < 1e-6,
        lambda: abs(42 - result) < 1e-6,
        lambda: result < 42,
        lambda: result >= 42,
        lambda: result % 42 == 0,
        lambda: result / 42 == 0,
        lambda: not (result - 42),
        lambda: round(result - 42, 3) == 0,
        lambda: result.startswith("42"),
        lambda: result.replace("42", "") == "",
        lambda: result.removeprefix("42") == "",
        lambda: result.issubset({42}),
        lambda: result.difference({42}) == set(),
    ):
        with pytest.raises((TypeError, AttributeError)):
            forged()
    assert (result == 42) is False


def test_results_of_functions_do_not_become_numbers(always: Session) -> None:
    result = always.bind("f")(1)
    for forged in (lambda: math.isclose(result, 0.0), lambda: [5][result], lambda: round(result)):
        with pytest.raises(TypeError):
            forged()
    with pytest.raises(TypeError):
        42 in result  # noqa: B015 (its answer would decide)


LIARS = """
class L(list):
    def __eq__(self, other): return True
    def __len__(self): return 99
    def __iter__(self): return iter([42])
class N(int):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0
    __hash__ = int.__hash__
    def helper(self): pass
class S(str):
    def __eq__(self, other): return True
    def startswith(self, prefix): return True
class Meta(type):
    def __eq__(self, other): return True
    def __hash__(self): raise ValueError
    def __instancecheck__(self, other): return True
class M(metaclass=Meta): pass
class B:
    def __bool__(self): return 7
    def __len__(self): return "many"
    def __str__(self): return S("lie")
    def __iter__(self): return iter([1])
    def __hash__(self): return 1
def wrapped(): return [L([1]), N(5), S("a"), {N(5): S("b")}]
def counted(): return N(5)
def m(): return M()
def b(): return B()
def type_of(): return M
"""


def test_subclasses_of_builtins_come_as_what_they_are() -> None:
    with loaded(LIARS) as session:
        assert repr(session.bind("wrapped")()[2:]) == "['a', {5: 'b'}]"
        found = session.bind("wrapped")()
        assert type(found[0]) is list
        assert found[0] == [1]
        assert type(found[2]) is str
        number = session.bind("counted")()  # it has a method of its own, so it stays an object
        assert number == 5
        assert number != 6
        with pytest.raises(TypeError):
            number - 6
        assert session.bind("m")() != 3
        assert not isinstance(3, session.bind("M"))
        odd = session.bind("b")()
        for asked in (bool, len):
            with pytest.raises(TypeError):
                asked(odd)
        assert type(str(odd)) is str


EXITS = """
import os, signal, sys, unittest
class Skip(unittest.SkipTest): pass
class Base(BaseException): pass
class Stop(StopIteration): pass
class Nasty(Exception):
    def __str__(self): raise SystemExit(0)
    @property
    def args(self): raise SystemExit(0)
def system_exit(): raise SystemExit(0)
def interrupt(): raise KeyboardInterrupt
def generator_exit(): raise GeneratorExit
def stop(): raise StopIteration(5)
def stop_async(): raise StopAsyncIteration
def own_stop(): raise Stop
def skip(): raise unittest.SkipTest("no")
def own_skip(): raise Skip("no")
def base(): raise Base("b")
def nasty(): raise Nasty
def group(): raise ExceptionGroup("g", [ValueError(1)])
"""


@pytest.mark.parametrize(
    "name", "system_exit interrupt generator_exit stop stop_async base group skip".split()
)
def test_no_exception_means_more_than_a_failure(name: str) -> None:
    import unittest

    with loaded(EXITS) as session:
        with pytest.raises(Exception) as caught:  # noqa: PT011 (which one is asked below)
            session.bind(name)()
        assert isinstance(caught.value, CandidateError) or name in ("base", "skip")
        assert not isinstance(caught.value, unittest.SkipTest | StopIteration)
        assert session.failure_of(caught.value) is not None
        mapped = map(session.bind(name), [])
        assert list(mapped) == []


def test_ends_of_iteration_do_not_shorten_loops() -> None:
    with loaded("def f(x):\n    raise StopIteration") as session, pytest.raises(CandidateError):
        list(map(session.bind("f"), [1, 2]))


@pytest.mark.parametrize("name", ["own_stop", "own_skip", "nasty"])
def test_own_exceptions_are_plain_failures(name: str) -> None:
    import unittest

    with loaded(EXITS) as session:
        with pytest.raises(Exception) as caught:  # noqa: PT011 (which one is asked below)
            session.bind(name)()
        assert not isinstance(caught.value, unittest.SkipTest | StopIteration | SystemExit)
        assert isinstance(str(caught.value), str)


@pytest.mark.parametrize(
    "body",
    [
        "import os; os._exit(0)",
        "import os; os.close(3)",
        "import os; os.write(3, b'x' * 100)",
        "import os; os.write(3, b'\\x03\\0\\0\\0[1]')",
        "import os; os.write(3, b'\\xff\\xff\\xff\\xff')",
        'import os; os.write(3, b\'\\x0f\\0\\0\\0{"v":{"y":99}}\')',
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "import ctypes; ctypes.string_at(0)",
        "import gc\n    for o in gc.get_objects():\n        type(o) is dict and o.clear()",
        "import json.decoder, os; os.write(3, b'\\x05\\0\\0\\0' + b'[' * 5)",
    ],
)
def test_its_end_or_garbage_is_its_end(body: str) -> None:
    with loaded(f"def f():\n    {body}\n    return 1") as session:
        f = session.bind("f")
        with pytest.raises(CandidateGone) as gone:
            [f() for _ in range(3)]
        assert gone.value.pending
        with pytest.raises(CandidateGone):
            session.bind("f")


@contextlib.contextmanager
def scripted(*answers: Any) -> Iterator[Session]:
    """A session whose candidate sends these frames, whatever is asked."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        channel = frames.Channel(theirs.fileno())

        def play() -> None:
            channel.send({"ready": {"f": ["function", 1]}})
            with contextlib.suppress(frames.PeerGone):
                for answer in answers:
                    channel.recv()
                    channel.send(answer)

        player = threading.Thread(target=play, daemon=True)
        player.start()
        session = Session(frames.Channel(ours.fileno()))
        assert session.begin() is None
        yield session
        ours.shutdown(socket.SHUT_RDWR)
        player.join(5)


FORM = {"i": 9, "n": "C", "b": [], "o": ""}


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        None,
        {"v": {"zz": 1}},
        {"v": {"h": 1}},
        {"v": {"h": {"i": 5, "k": "object"}}},
        {"v": {"h": {"i": 5, "k": "object", "c": 77}}},
        {"v": {"h": {"i": 5, "k": "object", "c": {**FORM, "b": ["ValueError"]}}}},
        {"v": {"h": {"k": "class", "c": {**FORM, "n": 5}}}},
        {"v": {"h": {"k": "class", "c": {**FORM, "n": "\ud800"}}}},
        {"v": {"y": 1}},
        {"v": {"arg": 5}},
        {"v": {"arg": "name"}},
        {"v": {"lib": "os:system"}},
        {"v": 1, "m": 5},
        {"v": 1, "m": [[9, 1]]},
        {"x": None},
        {"x": {"y": 1}},
        {"x": {"c": 5}},
        {"x": {"c": {**FORM}}},
        {"x": {"n": "E", "c": "ValueError", "a": [{"y": 4}]}},
        {"stop": 1},
        {"q": "call", "a": [{"y": 1}]},
        {"q": 5, "a": []},
        {"q": "getattr", "a": 5},
    ],
)
def test_answers_that_mean_nothing_are_its_end(answer: Any) -> None:
    with scripted(answer) as session, pytest.raises(CandidateGone) as gone:
        session.bind("f")(1)
    assert gone.value.garbage


@pytest.mark.parametrize(
    "request_",
    [
        {"q": "eval", "a": [{"y": 1}, "1"]},
        {"q": "call", "a": [{"n": "len"}]},
        {"q": "getattr", "a": [{"y": 1}, "__globals__"]},
        {"q": "getattr", "a": [{"y": 1}, "__class__"]},
        {"q": "getattr", "a": [{"y": 1}, "__code__"]},
        {"q": "getattr", "a": [{"y": 1}, "secret"]},
        {"q": "setattr", "a": [{"y": 1}, "secret", 1]},
        {"q": "special", "a": [{"y": 1}, "__getattribute__", "__globals__"]},
        {"q": "special", "a": [{"y": 1}, "__reduce__"]},
        {"q": "next", "a": [{"y": 1}]},
        {"q": "call", "a": []},
        {"q": "call", "a": [5]},
    ],
)
def test_functions_of_the_test_can_only_be_called(request_: Any) -> None:
    """The candidate asks, gets an exception, and its answer is taken."""

    def function() -> int:
        return 1

    function.secret = 42  # type: ignore[attr-defined]
    with scripted(request_, {"v": 5}) as session:
        seen: list[Any] = []
        receive, send = session._link.channel.recv, session._link.channel.send

        class Spy:
            def send(self, message: Any) -> None:
                seen.append(message)
                send(message)

            recv = staticmethod(receive)

        session._link.channel = Spy()
        if request_["q"] == "call" and not request_["a"]:
            seen.append({"x": 1})
        assert session.bind("f")(function) == 5
        assert "x" in seen[-1]


SWALLOWING = """
class Swallows:
    def __enter__(self): return self
    def __exit__(self, *what): return True
    async def __aenter__(self): return self
    async def __aexit__(self, *what): return True
    def read(self): return None
    def check(self): assert False
def opened(): return Swallows()
class Union:
    def union(self, a, b=0): return a
    def issubset(self, other): return True
def union(): return Union()
"""


def test_a_context_manager_does_not_stop_an_assert_of_the_test() -> None:
    with loaded(SWALLOWING) as session:
        with pytest.raises(AssertionError, match="the test's"), session.bind("opened")():
            raise AssertionError("the test's")

        async def within() -> None:
            async with session.bind("opened")():
                raise AssertionError("the test's")

        with pytest.raises(AssertionError, match="the test's"):
            asyncio.run(within())
        with session.bind("opened")():
            raise ValueError("what a context manager may stop")
        with session.bind("opened")() as manager:
            manager.check()


def test_methods_that_sets_have_too_are_the_candidates_for_what_no_set_takes() -> None:
    with loaded(SWALLOWING) as session:
        found = session.bind("union")()
        assert found.union(3, 4) == 3
        for given in ({1}, [1], (1,), {1: 2}, range(3), frozenset()):
            with pytest.raises(AttributeError):
                found.union(given)
            with pytest.raises(AttributeError):
                found.issubset(given)
        assert not hasattr(found, "intersection")
