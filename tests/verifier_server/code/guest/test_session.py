"""What honest candidates offer works through a session, as it would in one process."""

import asyncio
import contextlib
import inspect
import io
import json
import threading
from collections import OrderedDict, deque
from decimal import Decimal
from typing import Any

import pytest

from tests.verifier_server.code.guest.processes import load_failure, loaded
from verifier_server.verifiers.code.guest.session import (
    MissingName,
    NotPlain,
    Unserialisable,
    Unsupported,
)


def call(source: str, name: str, *args: Any) -> Any:
    with loaded(source) as session:
        return session.bind(name)(*args)


NAMES = """
import math
_hidden = 1
LIMIT = 3
class A: pass
biggest = max
async def g(): pass
def f(a, b=2, *, c=3):
    'doc'
    return [a, b, c]
"""


def test_names_and_functions() -> None:
    with loaded(NAMES) as session:
        assert session.names == {
            "math": "module",
            "LIMIT": "value",
            "A": "class",
            "biggest": "function",
            "g": "async",
            "f": "function",
        }
        assert session.operations == 0
        f = session.bind("f")
        assert f(1, c=5) == [1, 2, 5]
        assert (f.__name__, f.__doc__) == ("f", "doc")
        assert (session.bind("LIMIT"), session.bind("_hidden")) == (3, 1)
        assert session.bind("biggest")([1, 9, 3]) == 9
        assert f is session.bind("f")
        with pytest.raises(MissingName):
            session.bind("absent")
        with pytest.raises(TypeError):
            f()
        assert inspect.iscoroutinefunction(session.bind("g"))
        assert not inspect.iscoroutinefunction(f)


def test_keywords_may_have_any_name() -> None:
    names = ["args", "function", "kwargs", "name", "operation", "owner", "self", "value"]
    with loaded(
        "def f(**kw): return sorted(kw)\nclass C:\n    def m(me, **kw): return f(**kw)"
    ) as s:
        assert s.bind("f")(**dict.fromkeys(names)) == names
        assert s.bind("C")().m(**dict.fromkeys(names)) == names


def test_aliases_of_builtins_are_operations_of_the_candidate() -> None:
    with loaded("total = sum\nas_list = list") as session:
        assert session.bind("total")([1, 2]) == 3
        assert session.bind("as_list")("ab") == ["a", "b"]
        assert session.operations == 2


CHANGES = """
def change(xs, d, s, b, q, t):
    xs[0].append(9); xs.sort(key=len); d["new"] = {1}; d["old"].append(1); s.add(5)
    b.extend(b"z"); q.rotate(1); t[0].append(1)
def same(xs): return xs
def by_name(*, xs): xs.clear(); return xs
def kinds(xs): xs[0] = True
def swap(m): m[0], m[1] = m[1], m[0]
def front(d): d.move_to_end("a")
class Mover:
    def move(self, xs): xs.reverse()
def failing(xs):
    xs.append(1)
    raise ValueError("added")
"""


def test_arguments_change_in_place() -> None:
    with loaded(CHANGES) as session:
        inner, old = [1], [0]
        xs, d, s = [inner, [2, 3, 4]], {"old": old}, {1}
        b, q, t = bytearray(b"a"), deque([1, 2, 3]), ([],)
        session.bind("change")(xs, d, s, b, q, t)
        assert xs == [[1, 9], [2, 3, 4]]
        assert xs[0] is inner
        assert d == {"old": [0, 1], "new": {1}}
        assert d["old"] is old
        assert (s, b, q, t) == ({1, 5}, b"az", deque([3, 1, 2]), ([1],))
        assert session.bind("same")(xs) is xs
        session.bind("Mover")().move(xs)
        assert xs[1] == [1, 9]
        matrix = [[1], [2]]
        session.bind("swap")(matrix)
        assert matrix == [[2], [1]]
        ordered = OrderedDict(a=1, b=2)
        session.bind("front")(ordered)
        assert list(ordered) == ["b", "a"]


def test_changes_by_keyword_of_type_and_before_an_exception() -> None:
    with loaded(CHANGES) as session:
        ys = [1]
        assert session.bind("by_name")(xs=ys) is ys
        assert ys == []
        kinds: list[Any] = [1]
        session.bind("kinds")(kinds)
        assert kinds[0] is True
        zs: list[int] = []
        with pytest.raises(ValueError, match="added"):
            session.bind("failing")(zs)
        assert zs == [1]


EXCEPTIONS = """
import json
class Broke(ValueError):
    def __init__(self, message, needed):
        super().__init__(message)
        self.needed = needed
    def __str__(self): return f"broke: {self.needed}"
class Worse(Broke): pass
class Odder: pass
class Odd(Exception, Odder): pass
def broke(): raise Broke("no money", 7)
def worse(): raise Worse("none", 8)
def key(): raise KeyError("k")
def chained():
    try: key()
    except KeyError as e: raise RuntimeError("outer") from e
def parse(text): return json.loads(text)
def catch(f):
    try: return f()
    except Broke as e: return ("caught", e.needed)
    except ZeroDivisionError as e: return str(e)
def let(f): return f()
def os_error(): open("absent")
"""


def test_exceptions() -> None:
    with loaded(EXCEPTIONS) as session:
        broke = session.bind("Broke")
        with pytest.raises(broke, match="broke: 7") as caught:
            session.bind("broke")()
        assert caught.value.needed == 7
        assert caught.value.args == ("no money",)
        assert isinstance(caught.value, ValueError)
        failure = session.failure_of(caught.value)
        assert failure is not None
        assert (failure.type, failure.message) == ("Broke", "broke: 7")
        assert 'File "solution.py", line 11, in broke' in failure.traceback
        assert 'raise Broke("no money", 7)' in failure.traceback
        with pytest.raises(broke):
            session.bind("worse")()
        with pytest.raises(KeyError) as key:
            session.bind("key")()
        assert key.value.args == ("k",)
        with pytest.raises(RuntimeError) as chained:
            session.bind("chained")()
        assert isinstance(chained.value.__cause__, KeyError)
        with pytest.raises(json.JSONDecodeError):
            session.bind("parse")("{")
        with pytest.raises(FileNotFoundError):
            session.bind("os_error")()


def test_exceptions_of_the_test_pass_through_the_candidate() -> None:
    with loaded(EXCEPTIONS) as session:
        own_error = ZeroDivisionError("own")

        def raises() -> None:
            raise own_error

        with pytest.raises(ZeroDivisionError) as own:
            session.bind("let")(raises)
        assert own.value is own_error
        assert session.failure_of(own.value) is None
        assert session.bind("catch")(lambda: 1 // 0) == "integer division or modulo by zero"

        def raises_theirs() -> None:
            raise session.bind("Broke")("mine", 3)

        assert session.bind("catch")(raises_theirs) == ("caught", 3)
        assert str(session.bind("Odd")("x")) == "x"


ITERATORS = """
seen = []
def count():
    n = 0
    while True:
        seen.append(n)
        got = yield n
        n = n + 1 if got is None else got
def total(it, n): return sum(next(it) for _ in range(n))
def doubled(it): return (2 * x for x in it)
def squares(n): return map(lambda x: x * x, range(n))
def finishing():
    yield 1
    return "done"
class Count:
    def __init__(self): self.n = 0
    def __iter__(self): return self
    def __next__(self):
        self.n += 1
        if self.n > 3: raise StopIteration
        return self.n
"""


def test_iterators_are_lazy_both_ways() -> None:
    with loaded(ITERATORS) as session:
        counting = session.bind("count")()
        assert inspect.isgenerator(counting)
        assert [next(counting), next(counting), counting.send(10), next(counting)] == [0, 1, 10, 11]
        assert session.bind("seen") == [0, 1, 10, 11]
        given: list[int] = []

        def numbers() -> Any:
            for n in range(100):
                given.append(n)
                yield n

        assert session.bind("total")(numbers(), 3) == 3
        assert given == [0, 1, 2]
        assert list(session.bind("doubled")(iter([1, 2]))) == [2, 4]
        assert list(session.bind("squares")(4)) == [0, 1, 4, 9]
        assert list(session.bind("Count")()) == [1, 2, 3]
        finishing = session.bind("finishing")()
        assert next(finishing) == 1
        with pytest.raises(StopIteration) as stop:
            next(finishing)
        assert stop.value.value == "done"
        assert next(session.bind("doubled")(counting)) == 24


def test_results_can_be_made_plain() -> None:
    with loaded(ITERATORS) as session:
        assert session.plain((session.bind("squares")(3), 5)) == ([0, 1, 4], 5)
        assert session.plain({"a": session.bind("Count")()}) == {"a": [1, 2, 3]}
        with pytest.raises(NotPlain):
            session.plain(session.bind("count")(), max_items=50)
        with pytest.raises(NotPlain):
            session.plain([session.bind("Count")])


ASYNCHRONOUS = """
import asyncio
class Pool:
    def __init__(self): self.lock = asyncio.Lock(); self.n = 0
    async def __aenter__(self): self.n += 1; return self
    async def __aexit__(self, *a): self.n -= 1
    async def work(self, x):
        async with self.lock:
            await asyncio.sleep(0)
            return x * 2
async def numbers(n):
    for i in range(n):
        yield i
async def fails(): raise LookupError("no")
async def apply(f, x): return await f(x)
async def both(a, b): return await asyncio.gather(a, b)
"""


def test_asynchronous_code() -> None:
    with loaded(ASYNCHRONOUS) as session:

        async def increment(x: int) -> int:
            await asyncio.sleep(0)
            return x + 1

        async def test() -> None:
            pool = session.bind("Pool")()
            async with pool as entered:
                assert entered is pool
                assert pool.n == 1
                assert await pool.work(4) == 8
            assert await asyncio.gather(pool.work(1), pool.work(2)) == [2, 4]
            assert [n async for n in session.bind("numbers")(3)] == [0, 1, 2]
            with pytest.raises(LookupError):
                await session.bind("fails")()
            assert await session.bind("apply")(increment, 4) == 5
            assert await session.bind("apply")(pool.work, 4) == 8
            assert await session.bind("both")(increment(1), pool.work(1)) == [2, 2]

        asyncio.run(test())
        assert asyncio.run(session.bind("Pool")().work(5)) == 10


def test_threads_of_a_test_take_turns() -> None:
    with loaded("class C:\n    n = 0\n    def up(self):\n        self.n += 1") as session:
        counter = session.bind("C")()
        threads = [threading.Thread(target=counter.up) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert counter.n == 20


def test_names_can_be_set_and_deleted() -> None:
    with loaded("def helper(): return 1\ndef f(): return helper()") as session:
        f = session.bind("f")
        session.rebind("helper", lambda: 5)
        assert f() == 5
        session.unbind("helper")
        with pytest.raises(NameError):
            f()


def test_several_files_import_each_other() -> None:
    files = {
        "solution.py": "import util\nfrom pkg.deep import f\nfrom pkg import g\n"
        "def h(): return f() + g() + util.k() + open('data.txt').read()",
        "util.py": "def k():\n    import solution\n    return solution.__name__",
        "pkg/__init__.py": "from .deep import f as g",
        "pkg/deep.py": "def f(): return 'f'",
        "data.txt": "text",
    }
    with loaded("", files=files) as session:
        assert session.bind("h")() == "ffsolutiontext"


def test_printed_text_can_travel() -> None:
    with loaded("def f(): print('hello')", capture=True) as session:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            session.bind("f")()
        assert printed.getvalue() == "hello\n"


OF_ITSELF = """
import inspect, sys
def f(): return __name__, __name__ in sys.modules, inspect.getsource(f)[:7], __file__[-11:]
if __name__ == "__main__": 1 / 0
"""


def test_the_module_is_not_main_and_sees_its_source() -> None:
    assert call(OF_ITSELF, "f") == ("solution", True, "def f()", "solution.py")


def test_recursion_has_python_s_own_limit() -> None:
    source = "def f(n): return n and 1 + f(n - 1)"
    assert call(source, "f", 970) == 970
    with pytest.raises(RecursionError):
        call(source, "f", 5000)


@pytest.mark.parametrize(
    ("source", "kind", "name", "line"),
    [
        ("x = 1\ndef f(:\n", "compile_error", "SyntaxError", 2),
        ("x = '\x00'", "compile_error", "SyntaxError", 0),
        ("if 1:\nx", "compile_error", "IndentationError", 2),
        ("(" * 300 + ")" * 300, "compile_error", "SyntaxError", 1),
        ("x = '\udcff'", "compile_error", "UnicodeEncodeError", 0),
        ("\n1 / 0", "load_error", "ZeroDivisionError", 0),
        ("import absent_module", "load_error", "ModuleNotFoundError", 0),
        ("import sys; sys.exit(0)", "load_error", "SystemExit", 0),
        ("raise KeyboardInterrupt", "load_error", "KeyboardInterrupt", 0),
        ("class E(Exception):\n    def __str__(self): 1 / 0\nraise E", "load_error", "E", 0),
    ],
)
def test_modules_that_do_not_load(source: str, kind: str, name: str, line: int) -> None:
    failure = load_failure(source)
    assert (failure.kind, failure.failure.type, failure.line) == (kind, name, line)
    if name == "ZeroDivisionError":
        where = 'File "solution.py", line 2, in <module>\n    1 / 0'
        assert where in failure.failure.traceback


def test_what_a_test_cannot_pass_is_the_task_s_fault() -> None:
    with loaded("def f(x): pass\nclass A: pass") as session:
        f = session.bind("f")
        with open(__file__) as file, pytest.raises(Unsupported):
            f(file)
        with pytest.raises(Unsupported):
            f(threading)
        with pytest.raises(Unsupported):
            type("B", (session.bind("A"),), {})
        assert f(1) is None  # the conversation goes on


@pytest.mark.parametrize("value", [1, 1.0, True, Decimal("1.0"), 2**100, -0.0, None, "\udc80"])
def test_values_keep_their_types(value: Any) -> None:
    found = call("def f(x): return x", "f", value)
    assert type(found) is type(value)
    assert repr(found) == repr(value)


ALIVE = """
class Big:
    alive = 0
    def __init__(self): Big.alive += 1
    def __del__(self): Big.alive -= 1
def make(): return Big()
def alive(): return Big.alive
"""


def test_objects_that_nobody_uses_are_let_go() -> None:
    with loaded(ALIVE) as session:
        make = session.bind("make")
        for _ in range(50):
            make()
        assert session.bind("alive")() <= 2


def test_values_that_cannot_cross_are_exceptions_on_their_side() -> None:
    source = "def f():\n    x = []\n    x.append(x)\n    return x\ndef g(x): return x"
    with loaded(source) as session:
        with pytest.raises(Exception, match="nested deeper") as theirs:
            session.bind("f")()
        failure = session.failure_of(theirs.value)
        assert failure is not None
        assert failure.type == "Unserialisable"
        cyclic: list[Any] = []
        cyclic.append(cyclic)
        with pytest.raises(Unserialisable) as ours:
            session.bind("g")(cyclic)
        assert session.failure_of(ours.value) is None
        with pytest.raises(Unserialisable):
            session.bind("g")("x" * (17 << 20))
        assert session.bind("g")([1]) == [1]  # the conversation goes on
