"""Assert programs through proxies: what works, what fails, and whose fault it is."""

from typing import Any

import pytest

from tests.verifier_server.code.checker.kit import Nursery, checker


def judge(nursery: Nursery, tests: str | list[str], source: str, **fields: Any) -> dict[str, Any]:
    with checker(nursery, "assert", tests=tests, **fields) as started:
        assert started.prepared.get("prepared"), started.prepared
        return started.judge(source)


def summary(answer: dict[str, Any]) -> tuple[str, list[str]]:
    return answer["statuses"], [failure["reason"] for failure in answer["failures"]]


ADD = "def add(a, b):\n    return a + b\n"


WORKS = {
    "plain": ("assert add(1, 2) == 3\nassert add('a', 'b') == 'ab'", ADD),
    "class": (
        (
            "s = Stack()\ns.push(1)\ns.push(2)\n"
            "assert s.pop() == 2 and len(s) == 1\nassert s.items == [1]"
        ),
        """
class Stack:
    def __init__(self): self.items = []
    def push(self, x): self.items.append(x)
    def pop(self): return self.items.pop()
    def __len__(self): return len(self.items)
""",
    ),
    "class operators": (
        (
            "assert (Vector(1, 2) + Vector(3, 4)) == Vector(4, 6)\n"
            "assert str(Vector(1, 2) * 3) == 'V(3, 6)'\nassert Vector(1, 2)[0] == 1"
        ),
        """
class Vector:
    def __init__(self, x, y): self.x, self.y = x, y
    def __add__(self, o): return Vector(self.x + o.x, self.y + o.y)
    def __mul__(self, k): return Vector(self.x * k, self.y * k)
    def __eq__(self, o): return (self.x, self.y) == (o.x, o.y)
    def __str__(self): return f'V({self.x}, {self.y})'
    def __getitem__(self, i): return (self.x, self.y)[i]
""",
    ),
    "in-place mutation": (
        (
            "xs = [3, 1, 2]\nassert sort(xs) is None\nassert xs == [1, 2, 3]\n"
            "d = {'a': []}\nfill(d)\nassert d == {'a': [1], 'b': 2}"
        ),
        "def sort(xs): xs.sort()\ndef fill(d):\n    d['a'].append(1)\n    d['b'] = 2\n",
    ),
    "generator": (
        (
            "g = count(3)\nassert next(g) == 0\nassert list(g) == [1, 2]\n"
            "from itertools import islice\nassert list(islice(forever(), 3)) == [7, 7, 7]"
        ),
        "def count(n):\n    yield from range(n)\ndef forever():\n    while True: yield 7\n",
    ),
    "exceptions": (
        (
            "try:\n    check(-1)\nexcept ValueError as e:\n    assert 'negative' in str(e)\n"
            "else:\n    assert False, 'no exception'\nassert check(1) == 1"
        ),
        "def check(n):\n    if n < 0: raise ValueError('negative')\n    return n\n",
    ),
    "own exceptions": (
        (
            "try:\n    withdraw(5)\nexcept Overdrawn:\n    caught = True\nassert caught\n"
            "try:\n    withdraw(5)\nexcept ValueError:\n    base = True\nassert base"
        ),
        "class Overdrawn(ValueError): pass\ndef withdraw(n): raise Overdrawn(n)\n",
    ),
    "async": (
        (
            "import asyncio\nasync def main():\n    assert await fetch(2) == 4\n"
            "    assert await asyncio.gather(fetch(1), fetch(2)) == [2, 4]\nasyncio.run(main())"
        ),
        "import asyncio\nasync def fetch(n):\n    await asyncio.sleep(0)\n    return n * 2\n",
    ),
    "callbacks": (
        (
            "assert apply(lambda x: x + 1, [1, 2]) == [2, 3]\nlog = []\napply(log.append, [1])\n"
            "assert log == [1]\ndef bad(x): raise KeyError(x)\n"
            "try:\n    apply(bad, [1])\n"
            "except KeyError as e:\n    assert e.args == (1,)\nelse: assert 0"
        ),
        "def apply(f, xs): return [f(x) for x in xs]\n",
    ),
    "higher order": (
        "inc = adder(1)\nassert inc(2) == 3\nassert compose(inc, inc)(0) == 2",
        "def adder(n): return lambda x: x + n\ndef compose(f, g): return lambda x: f(g(x))\n",
    ),
    "context managers": (
        "with managed() as m:\n    assert m == 5\nassert log() == ['in', 'out']",
        """
import contextlib
seen = []
def log(): return seen
@contextlib.contextmanager
def managed():
    seen.append('in')
    yield 5
    seen.append('out')
""",
    ),
    "dataclass": (
        (
            "p = Point(1, 2)\nassert p.x == 1\np.x = 5\n"
            "assert p.norm() == 7\nassert Point(1, 2) == Point(1, 2)"
        ),
        """
from dataclasses import dataclass
@dataclass
class Point:
    x: int
    y: int
    def norm(self): return self.x + self.y
""",
    ),
    "values": ("assert PRIMES[:2] == [2, 3]\nassert LIMIT > 5", "PRIMES = [2, 3, 5]\nLIMIT = 10\n"),
    "sets, tuples, bytes": (
        "assert f() == ({1, 2}, b'x', (None, 1.5), frozenset({3}), 2 ** 100, 1j)",
        "def f(): return {1, 2}, b'x', (None, 1.5), frozenset({3}), 2 ** 100, 1j\n",
    ),
    "import of the module": (
        "import solution\nfrom solution import add\nassert solution.add(1, 1) == add(2, 0) == 2",
        ADD,
    ),
    "star import": ("from solution import *\nassert add(1, 2) == 3", ADD),
    "a main guard": (
        "def t():\n    assert add(1, 1) == 2\nif __name__ == '__main__':\n    t()",
        ADD,
    ),
    "modules of the checker": (
        (
            "assert math.isclose(add(0.1, 0.2), 0.3)\n"
            "assert Counter(add('a', 'b')) == {'a': 1, 'b': 1}"
        ),
        ADD,
    ),
    "lookup by text": ("assert eval('add(1, 2)') == 3", ADD),
    "linked list": (
        (
            "head = build([1, 2, 3])\nhead = reverse(head)\nout = []\nwhile head:\n"
            "    out.append(head.val)\n    head = head.next\nassert out == [3, 2, 1]"
        ),
        """
class Node:
    def __init__(self, val, next=None): self.val, self.next = val, next
def build(xs):
    head = None
    for x in reversed(xs): head = Node(x, head)
    return head
def reverse(n):
    p = None
    while n: n.next, p, n = p, n, n.next
    return p
""",
    ),
    "types of the result": (
        (
            "assert isinstance(add(1, 2), int)\n"
            "assert type(add([1], [2])) is list\nassert callable(add)"
        ),
        ADD,
    ),
}


@pytest.mark.parametrize("case", WORKS)
@pytest.mark.parametrize("trust", ["proxies", "in_process"])
def test_a_right_candidate_passes(nursery: Nursery, case: str, trust: str) -> None:
    tests, source = WORKS[case]
    with checker(nursery, "assert", tests=tests, trust=trust) as started:
        assert started.prepared.get("prepared"), started.prepared
        judging = started.judge if trust == "proxies" else started.judge_here
        answer = judging(source)
        assert answer["task_error"] is None, answer
        assert (answer["statuses"], answer["finished"]) == ("p", True), answer
        assert answer["passed"] == answer["total"] == 1
        assert answer["operations"] > 0
        assert answer["trust"] == trust


WRONG = {
    "a wrong value": ("assert add(1, 2) == 3", "def add(a, b): return a - b", "f", "wrong_answer"),
    "none": ("assert len(add(1, 2)) == 3", "def add(a, b): pass", "f", "wrong_answer"),
    "none + 1": ("assert add(1, 2) + 1 == 3", "def add(a, b): pass", "f", "wrong_answer"),
    "an exception": ("assert add(1, 2) == 3", "def add(a, b): return a / 0", "e", "exception"),
    "its assert": ("assert add(1, 2) == 3", "def add(a, b): assert a > b", "e", "exception"),
    "no such name": (
        "assert add(1, 2) == 3",
        "def sub(a, b): return 3",
        "e",
        "missing_entry_point",
    ),
    "a private name": (
        "assert _add(1, 2) == 3",
        "def add(a, b): return 3",
        "e",
        "missing_entry_point",
    ),
    "its NameError": ("assert add(1, 2) == 3", "def add(a, b): return c", "e", "exception"),
    "no function": ("assert add(1, 2) == 3", "add = 5", "f", "wrong_answer"),
    "exit": ("assert add(1, 2) == 3", "def add(a, b): raise SystemExit(0)", "e", "exception"),
    "hard exit": ("assert add(1, 2) == 3", "import os\ndef add(a, b): os._exit(0)", "e", "gone"),
    "always equal": (
        "assert add(1, 2) == 3",
        "class E:\n    def __eq__(self, o): return True\ndef add(a, b): return E()",
        "f",
        "wrong_answer",
    ),
    "int that is equal": (
        "assert add(1, 2) == 3",
        "class E(int):\n    def __eq__(self, o): return True\ndef add(a, b): return E(9)",
        "f",
        "wrong_answer",
    ),
    "a true object": (
        "assert not add(1, 2)",
        "class E:\n    def __bool__(self): return True\ndef add(a, b): return E()",
        "f",
        "wrong_answer",
    ),
    "shadowed builtins": (
        "assert abs(add(1, 2) - 3) < 1e-9 and all(x for x in [add(1, 1) == 2])",
        "def abs(x): return 0\ndef all(x): return True\ndef add(a, b): return 99",
        "f",
        "wrong_answer",
    ),
    "a shadowed module": (
        "assert math.isclose(add(1, 2), 3)",
        "class math:\n    def isclose(*a): return True\ndef add(a, b): return 99",
        "f",
        "wrong_answer",
    ),
    "a shadowed Counter": (
        "assert Counter(add('a', 'b')) == Counter('ab')",
        (
            "class Counter:\n    def __init__(s, x): 0\n    def __eq__(s, o): return True\n"
            "def add(a, b): return 'zz'"
        ),
        "f",
        "wrong_answer",
    ),
    "swallowed death": (
        "try:\n    add(1, 2)\nexcept:\n    pass",
        "import os\ndef add(a, b): os._exit(0)",
        "e",
        "gone",
    ),
    "missing from the module": (
        "from solution import add\nassert add(1, 2) == 3",
        "x = 1",
        "e",
        "missing_entry_point",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_candidate_fails_and_is_told_why(nursery: Nursery, case: str) -> None:
    tests, source, status, reason = WRONG[case]
    answer = judge(nursery, tests, source)
    assert answer["task_error"] is None, answer
    assert summary(answer) == (status, [reason]), answer
    assert answer["passed"] == 0


def test_public_fields_hold_the_candidates_words_only(nursery: Nursery) -> None:
    source = "def add(a, b):\n    raise RuntimeError('mine')\n"
    answer = judge(nursery, "SECRET = 31337\nassert add(1, 2) == SECRET", source)
    (failure,) = answer["failures"]
    assert (failure["type"], failure["message"]) == ("RuntimeError", "mine")
    assert "raise RuntimeError('mine')" in failure["traceback"]
    assert "SECRET" in failure.pop("privileged")
    assert "SECRET" not in str(answer)
    answer = judge(nursery, "assert add(1, 2) == 31337, 'SECRET'", ADD)
    (failure,) = answer["failures"]
    assert "31337" in failure.pop("privileged")
    assert "31337" not in str(answer)
    assert "SECRET" not in str(answer)


@pytest.mark.parametrize(
    ("source", "event", "kind"),
    [
        ("def add(a, b:", "compile_error", "SyntaxError"),
        ("1 / 0", "load_error", "ZeroDivisionError"),
        ("exit(0)", "load_error", "SystemExit"),
        ("import no_such", "load_error", "ModuleNotFoundError"),
    ],
)
def test_a_candidate_that_cannot_be_loaded(
    nursery: Nursery, source: str, event: str, kind: str
) -> None:
    for trust in ("proxies", "in_process"):
        tests = ["assert add(1, 2) == 3", "assert add(1, 1) == 2"]
        with checker(nursery, "assert", tests=tests, trust=trust) as started:
            answer = started.judge(source) if trust == "proxies" else started.judge_here(source)
        assert summary(answer) == ("en", [event])
        assert answer["candidate"]["event"] == event
        assert answer["candidate"]["type"] == kind


def test_a_candidate_that_ends_at_load(nursery: Nursery) -> None:
    answer = judge(nursery, "assert add(1, 2) == 3", "import os\nos._exit(0)")
    assert summary(answer) == ("e", ["gone"])
    assert answer["candidate"]["event"] == "gone"
    assert answer["candidate"]["pending"]


def test_programs_share_a_namespace_in_order(nursery: Nursery) -> None:
    tests = ["x = add(1, 2)", "assert x == 3", "assert x == add(2, 1)"]
    assert judge(nursery, tests, ADD)["statuses"] == "ppp"


def test_the_first_failure_ends_it_without_partial_credit(nursery: Nursery) -> None:
    tests = ["assert add(1, 1) == 2", "assert add(2, 2) == 4", "assert add(3, 3) == 6"]
    source = "def add(a, b): return 4 if a == 2 else 2"
    wrong = "def add(a, b): return 2"
    assert judge(nursery, tests, source)["statuses"] == "ppf"
    answer = judge(nursery, tests, wrong)
    assert (answer["statuses"], answer["passed"], answer["total"]) == ("pfn", 1, 3)
    assert answer["failures"][0]["index"] == 1
    assert not answer["finished"]


def test_with_partial_credit_every_program_runs(nursery: Nursery) -> None:
    tests = ["assert add(1, 1) == 2", "assert add(2, 2) == 4", "assert add(1, 1) == 2"]
    answer = judge(nursery, tests, "def add(a, b): return 2", partial=True)
    assert (answer["statuses"], answer["passed"], answer["finished"]) == ("pfp", 2, True)
    died = judge(
        nursery,
        tests,
        "import os\ndef add(a, b): return 2 if a == 1 else os._exit(0)",
        partial=True,
    )
    assert (died["statuses"], died["passed"], died["finished"]) == ("pen", 1, False)


def test_with_partial_credit_asserts_of_one_program_count(nursery: Nursery) -> None:
    tests = (
        "def check(f):\n    for n in range(4):\n"
        "        assert f(n, n) == 2 * n\n    assert f(1, 2) == 3\n"
        "check(add)"
    )
    answer = judge(nursery, tests, ADD, partial=True)
    assert (answer["passed"], answer["total"], answer["finished"]) == (5, 5, True)
    answer = judge(nursery, tests, "def add(a, b): return 2 if a == 1 else 1 // a", partial=True)
    assert (answer["passed"], answer["total"]) == (1, 5)
    assert [failure["reason"] for failure in answer["failures"]] == [
        "exception",
        "wrong_answer",
        "wrong_answer",
        "wrong_answer",
    ]
    died = "import os\ndef add(a, b): return os._exit(0) if a == 3 else a + b"
    answer = judge(nursery, tests, died, partial=True)
    assert (answer["passed"], answer["total"], answer["finished"]) == (0, 4, False)


def test_the_setup_comes_first_and_entry_points_are_the_candidates(nursery: Nursery) -> None:
    setup = "def poly(x): return x + 1\ndef solve(x):\n    '''To be written.'''\n"
    answer = judge(
        nursery,
        "def check(c):\n    assert poly(c(1)) == 3\ncheck(solve)",
        "def solve(x): return x + 1\ndef poly(x): return 3",
        setup=setup,
        entry_points=["solve"],
    )
    assert summary(answer) == ("p", [])
    wrong = "def solve(x): return 9\ndef poly(x): return 3"
    tests = "assert poly(solve(1)) == 3"
    answer = judge(nursery, tests, wrong, setup=setup, entry_points=["solve"])
    assert summary(answer) == ("f", ["wrong_answer"])


def test_items_do_not_see_each_other(nursery: Nursery) -> None:
    tests = "seen.append(add(1, 2))\nassert seen == [3]\nimport random\nassert random.random() == x"
    setup = "import random\nseen = []\nrandom.seed(0)\nx = random.random()\n"
    with checker(nursery, "assert", tests=tests, setup=setup) as started:
        for source in (ADD, "import os\nos._exit(1)", ADD, "def add(a, b): return 9", ADD):
            passed = started.judge(source)["passed"]
            assert passed == (source == ADD)


def test_a_single_item_is_served_without_a_fork(nursery: Nursery) -> None:
    with checker(nursery, "assert", tests="assert add(1, 2) == 3", single=True) as started:
        assert summary(started.judge(ADD)) == ("p", [])
        assert started.channel.recv(1) == b""


def test_a_checker_that_overspends_is_told_apart(nursery: Nursery) -> None:
    tests = "import os\nn = add(1, 2)\nwhile n > 3: pass\nassert n == 3"
    with checker(nursery, "assert", tests=tests, cpu_s=0.1) as started:
        assert started.judge("def add(a, b): return 4") == {"checker_cpu": True}
        assert summary(started.judge(ADD)) == ("p", [])


def test_a_checker_without_forks_ends_with_what_overspends(nursery: Nursery) -> None:
    tests = "n = add(1, 2)\nwhile n > 3: pass\nassert n == 3"
    with checker(nursery, "assert", tests=tests, cpu_s=0.1) as started:
        assert started.prepared["forks"] is False
        assert summary(started.judge(ADD)) == ("p", [])
        with pytest.raises(EOFError):
            started.judge("def add(a, b): return 4")


def test_items_without_forks_begin_anew(nursery: Nursery) -> None:
    """What one leaves in its namespace, and what it drew, no other finds."""
    setup = "import random\nseen = []\ndef note(x):\n    seen.append(x)\n    return seen\n"
    tests = "assert note(add(1, 2)) == [3]\nassert 0.84 < random.random() < 0.85"
    with checker(nursery, "assert", tests=tests, setup=setup) as started:
        assert started.prepared["forks"] is False
        for source in (ADD, "def add(a, b): return 9", "import os\nos._exit(1)", ADD, ADD):
            assert started.judge(source)["passed"] == (source == ADD)


def test_what_a_test_leaves_running_is_ended(nursery: Nursery) -> None:
    tests = "import os, time\nif not os.fork():\n    time.sleep(600)\nassert add(1, 2) == 3"
    with checker(nursery, "assert", tests=tests) as started:
        for _ in range(2):
            assert summary(started.judge(ADD)) == ("p", [])


@pytest.mark.parametrize(
    ("fields", "code", "reason", "pointer"),
    [
        ({"tests": "assert f(1"}, "INVALID_TASK", "syntax_error", "/tests"),
        ({"tests": ["assert f(1)", "return"]}, "INVALID_TASK", "syntax_error", "/tests/1"),
        ({"tests": "f()", "setup": "def"}, "INVALID_TASK", "syntax_error", "/setup"),
        ({"tests": "f()", "setup": "1 / 0"}, "BAD_GROUND_TRUTH", "setup_raised", "/setup"),
        ({"tests": "f()", "setup": "exit()"}, "BAD_GROUND_TRUTH", "setup_raised", "/setup"),
        ({"tests": "assert True"}, "INVALID_TASK", "tests_do_not_call", "/tests"),
        ({"tests": "assert eval(f(1)) == 2"}, "INVALID_TASK", "runs_results", "/tests"),
        ({"tests": "run = exec\nrun(f(1))"}, "INVALID_TASK", "runs_results", "/tests"),
        (
            {"tests": "import pickle\nassert pickle.loads(f(1)) == 2"},
            "INVALID_TASK",
            "runs_results",
            "/tests",
        ),
        ({"tests": "assert sum([1]) == 1"}, "INVALID_TASK", "tests_do_not_call", "/tests"),
        ({"tests": "import nowhere\nf()"}, "INVALID_TASK", "module_missing", "/tests"),
    ],
)
def test_a_task_at_fault_is_found_before_any_candidate(
    nursery: Nursery, fields: dict[str, Any], code: str, reason: str, pointer: str
) -> None:
    with checker(nursery, "assert", **fields) as started:
        fault = started.prepared["task_error"]
        assert (fault["code"], fault["reason"], fault["pointer"]) == (code, reason, pointer)


def test_tests_that_use_nothing_are_the_tasks_fault_unless_the_candidate_lacks_names(
    nursery: Nursery,
) -> None:
    tests = "def test():\n    assert add(1, 2) == 3\n"
    assert judge(nursery, tests, ADD)["task_error"]["reason"] == "tests_do_not_call"
    assert summary(judge(nursery, tests, "x = 1"))[1] == ["not_called"]


def test_tests_that_proxies_cannot_serve(nursery: Nursery) -> None:
    answer = judge(
        nursery,
        "class Mine(Base): pass\nassert Mine().f() == 1",
        "class Base:\n    def f(self): return 1",
    )
    assert answer["task_error"]["reason"] == "proxy_unsupported"
