"""pytest files against a candidate's module."""

from typing import Any

import pytest

from tests.verifier_server.code.checker.kit import Nursery, checker

SOLUTION = """
import asyncio

class Custom(ValueError):
    pass

class Stack:
    def __init__(self): self.items = []
    def push(self, x): self.items.append(x)
    def pop(self):
        if not self.items: raise IndexError('empty')
        return self.items.pop()

def add(a, b): return a + b
def half(x): return x / 2
def fail(): raise Custom('no')
def show(x): print('shown', x)
async def fetch(x):
    await asyncio.sleep(0)
    return x
def twice(x): return helper(x) * 2
def helper(x): return x
"""

GOOD = {
    "imports": (
        (
            "import solution\nimport solution as s\nfrom solution import add\n"
            "def test_add(): assert add(1, 2) == solution.add(2, 1) == s.add(3, 0)\n"
        ),
        1,
    ),
    "parametrize": (
        (
            "import pytest\nfrom solution import add\n"
            "@pytest.mark.parametrize('a, b, c', [(1, 2, 3), (2, 2, 4), ('a', 'b', 'ab')])\n"
            "def test_add(a, b, c): assert add(a, b) == c\n"
        ),
        3,
    ),
    "fixtures": (
        (
            "import pytest\nfrom solution import Stack\n"
            "@pytest.fixture\ndef stack():\n    s = Stack()\n    s.push(1)\n    yield s\n"
            "def test_pop(stack): assert stack.pop() == 1\n"
            "def test_tmp(stack, tmp_path, monkeypatch): assert stack.items == [1]\n"
        ),
        2,
    ),
    "raises": (
        (
            "import pytest\nfrom solution import fail, Custom, Stack\n"
            "def test_custom():\n    with pytest.raises(Custom, match='no'): fail()\n"
            "def test_base():\n    with pytest.raises(ValueError): fail()\n"
            "def test_builtin():\n    with pytest.raises(IndexError) as e: Stack().pop()\n"
            "    assert 'empty' in str(e.value)\n"
        ),
        3,
    ),
    "approx": (
        (
            "from pytest import approx\nfrom solution import half\n"
            "def test_half(): assert half(0.6) == approx(0.3)\n"
        ),
        1,
    ),
    "classes": (
        (
            "import solution\nclass TestAdd:\n    def setup_method(self): self.x = 1\n"
            "    def test_a(self): assert solution.add(self.x, 1) == 2\n"
            "    def test_b(self): assert solution.add(self.x, 2) == 3\n"
        ),
        2,
    ),
    "unittest": (
        (
            "import unittest, solution\nclass TestAdd(unittest.TestCase):\n"
            "    def test_a(self): self.assertEqual(solution.add(1, 1), 2)\n"
        ),
        1,
    ),
    "coroutines": (
        (
            "import pytest\nfrom solution import fetch\n@pytest.fixture\ndef n(): return 3\n"
            "async def test_fetch(n): assert await fetch(n) == 3\n"
        ),
        1,
    ),
    "output": (
        (
            "from solution import show\ndef test_show(capsys):\n    show(3)\n"
            "    assert capsys.readouterr().out == 'shown 3\\n'\n"
        ),
        1,
    ),
    "monkeypatch": (
        (
            "import solution\ndef test_patch(monkeypatch):\n"
            "    monkeypatch.setattr(solution, 'helper', lambda x: 10)\n"
            "    assert solution.twice(1) == 20\n"
            "def test_undone(): assert solution.twice(1) == 2\n"
        ),
        2,
    ),
    "mock.patch": (
        (
            "from unittest import mock\nimport solution\n"
            "def test_patch():\n    with mock.patch('solution.helper', return_value=5) as m:\n"
            "        assert solution.twice(1) == 10\n    m.assert_called_once_with(1)\n"
            "    assert solution.twice(1) == 2\n"
        ),
        1,
    ),
    "skipped tests do not count": (
        (
            "import pytest\nfrom solution import add\n"
            "@pytest.mark.skip\ndef test_a(): assert add(1, 1) == 5\n"
            "@pytest.mark.xfail\ndef test_b(): assert add(1, 1) == 5\n"
            "@pytest.mark.xfail\ndef test_c(): assert add(1, 1) == 2\n"
            "@pytest.mark.xfail(strict=True)\ndef test_d(): assert add(1, 1) == 2\n"
            "def test_e(): assert add(1, 1) == 2\n"
        ),
        1,
    ),
}


def files(text: str, **others: str) -> dict[str, str]:
    return {"test_it.py": text, **{name.replace("__", "."): body for name, body in others.items()}}


def judge(nursery: Nursery, tests: dict[str, str], source: str, **fields: Any) -> dict[str, Any]:
    with checker(nursery, "pytest", files=tests, **fields) as started:
        assert started.prepared.get("prepared"), started.prepared
        return started.judge(source)


@pytest.mark.parametrize("case", GOOD)
@pytest.mark.parametrize("trust", ["proxies", "in_process"])
def test_a_right_candidate_passes(nursery: Nursery, case: str, trust: str) -> None:
    text, count = GOOD[case]
    with checker(nursery, "pytest", files=files(text), trust=trust) as started:
        assert started.prepared.get("prepared"), started.prepared
        answer = (started.judge if trust == "proxies" else started.judge_here)(SOLUTION)
    assert answer["task_error"] is None, answer
    assert answer["statuses"] == "p" * count, answer
    assert answer["finished"]
    assert answer["candidate"] is None


def test_conftest_and_helpers_among_the_files(nursery: Nursery) -> None:
    tests = {
        "conftest.py": (
            "import pytest, solution\n@pytest.fixture\ndef made(): return solution.Stack()"
        ),
        "helpers.py": "def pushed(stack, x):\n    stack.push(x)\n    return stack",
        "sub/test_a.py": "def test_a(made): made.push(1); assert made.pop() == 1",
        "test_b.py": (
            "from helpers import pushed\ndef test_b(made): assert pushed(made, 2).pop() == 2"
        ),
    }
    assert judge(nursery, tests, SOLUTION)["statuses"] == "pp"


def test_failures_are_told_test_by_test(nursery: Nursery) -> None:
    text = (
        "from solution import add\nimport solution\n"
        "def test_a(): assert add(1, 1) == 2\n"
        "def test_b(): assert add(2, 2) == 31337\n"
        "def test_c(): solution.boom()\n"
        "def test_d(): solution.lacking()\n"
    )
    source = "def add(a, b): return a + b\ndef boom(): raise RuntimeError('mine')"
    answer = judge(nursery, files(text), source)
    assert (answer["statuses"], answer["passed"], answer["total"]) == ("pfee", 1, 4)
    b, c, d = answer["failures"]
    assert (b["index"], b["reason"], b["name"]) == (1, "wrong_answer", "test_it.py::test_b")
    assert (c["reason"], c["type"], c["message"]) == ("exception", "RuntimeError", "mine")
    assert d["reason"] == "missing_name"
    assert "31337" in b["privileged"]
    assert "31337" not in str(
        {**answer, "failures": [{**b, "privileged": ""}, {**c, "privileged": ""}]}
    )


HOSTILE = {
    "skip": "import unittest\ndef add(a, b): raise unittest.SkipTest('x')",
    "pytest.skip": "def add(a, b):\n    class Skipped(Exception): pass\n    raise Skipped('x')",
    "exit": "def add(a, b): raise SystemExit(0)",
    "interrupt": "def add(a, b): raise KeyboardInterrupt",
    "generator exit": "def add(a, b): raise GeneratorExit",
    "hard exit": "import os\ndef add(a, b): os._exit(0)",
    "equal": "class E:\n    def __eq__(s, o): return True\n    def __bool__(s): return True\n"
    "def add(a, b): return E()",
    "a test of its own": "def test_mine(): pass\ndef add(a, b): return 9",
    "hooks": "def pytest_runtest_makereport(): pass\npytest_plugins = []\ndef add(a, b): return 9",
}


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.parametrize(
    "text",
    [
        (
            "from solution import *\ndef test_a(): assert add(1, 1) == 2\n"
            "def test_b(): assert add(1, 2) == 3"
        ),
        (
            "import unittest\nfrom solution import add\nclass T(unittest.TestCase):\n"
            "    def test_a(self): self.assertEqual(add(1, 1), 2)\n"
            "    def test_b(self): self.assertEqual(add(1, 2), 3)\n"
        ),
    ],
)
def test_nothing_a_candidate_does_passes_or_skips(nursery: Nursery, case: str, text: str) -> None:
    answer = judge(nursery, files(text), HOSTILE[case])
    assert answer["task_error"] is None
    assert (answer["passed"], answer["total"]) == (0, 2), answer
    assert answer["statuses"][0] in "ef"


def test_a_skip_after_the_candidate_was_used_counts_against_it(nursery: Nursery) -> None:
    text = (
        "import pytest\nfrom solution import add\n"
        "def test_a():\n    if add(1, 1) is None: pytest.skip()\n"
    )
    answer = judge(nursery, files(text), "def add(a, b): pass")
    assert (answer["statuses"], answer["failures"][0]["reason"]) == ("e", "skipped_by_candidate")


def test_a_missing_name_fails_the_file_that_imports_it(nursery: Nursery) -> None:
    tests = {
        "test_a.py": "from solution import sub\ndef test_a(): assert sub(1, 1) == 0",
        "test_b.py": "from solution import add\ndef test_b(): assert add(1, 1) == 2",
    }
    answer = judge(nursery, tests, SOLUTION)
    assert sorted(answer["statuses"]) == ["e", "p"]
    assert [failure["reason"] for failure in answer["failures"]] == ["missing_name"]


@pytest.mark.parametrize(
    ("text", "code", "reason"),
    [
        ("def test_a(:", "INVALID_TASK", "syntax_error"),
        ("import nowhere", "INVALID_TASK", "module_missing"),
        ("import sys\ndef test_a():\n    sys.stdin = 1", "INVALID_TASK", "proxy_unsupported"),
        (
            "from unittest import mock\n@mock.patch('builtins.input')\ndef test_a(m): pass",
            "INVALID_TASK",
            "proxy_unsupported",
        ),
        (
            "import random\ndef test_a(monkeypatch): monkeypatch.setattr(random, 'random', 1)",
            "INVALID_TASK",
            "proxy_unsupported",
        ),
    ],
)
def test_files_at_fault_are_found_before_any_candidate(
    nursery: Nursery, text: str, code: str, reason: str
) -> None:
    with checker(nursery, "pytest", files=files(text)) as started:
        fault = started.prepared["task_error"]
        assert (fault["code"], fault["reason"]) == (code, reason)
        assert fault["pointer"] == "/files/test_it.py"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import solution\n1 / 0", "tests_raised"),
        ("import solution\nmisspelt\ndef test_a(): solution.add(1, 2)", "tests_raised"),
        ("import solution", "no_tests"),
        ("import pytest\n@pytest.mark.skip\ndef test_a(): pass", "no_tests"),
        ("def test_a(): pass", "tests_do_not_call"),
    ],
)
def test_files_at_fault_on_their_own(nursery: Nursery, text: str, reason: str) -> None:
    answer = judge(nursery, files(text), SOLUTION)
    assert answer["task_error"]["reason"] == reason


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("import pytest, solution\n@pytest.mark.parametrize('x', solution.CASES)\n", "CASES = 5"),
        ("from solution import Base\nclass Mine(Base): pass\n", "def Base(): pass"),
        ("from solution import f\nX = f()\n", "def f(): raise ValueError"),
        ("from solution import f\n@f\n", "import math as f"),
    ],
)
def test_a_candidate_cannot_make_a_file_the_tasks_fault(
    nursery: Nursery, text: str, source: str
) -> None:
    answer = judge(nursery, files(f"{text}def test_a(x=1): assert x\n"), source)
    assert answer["task_error"] is None
    assert answer["passed"] == 0


def test_items_do_not_see_each_other(nursery: Nursery) -> None:
    text = (
        "import os, solution\ndef test_a():\n    assert not os.path.exists('mark')\n"
        "    open('mark', 'w').close()\n    assert solution.add(1, 1) == 2"
    )
    with checker(nursery, "pytest", files=files(text)) as started:
        for _ in range(2):
            assert started.judge(SOLUTION)["statuses"] == "p"


def test_several_files_of_a_solution(nursery: Nursery) -> None:
    solution = {
        "solution.py": "import lib\ndef f(x): return lib.g(x) + 1",
        "lib.py": "def g(x): return x * 2",
    }
    modules = ["solution", "lib"]
    main = "import solution\ndef test_f(): assert solution.f(2) == 5\n"
    with checker(nursery, "pytest", files=files(main), modules=modules) as started:
        assert started.judge(solution)["statuses"] == "p"
    other = "import solution, lib\ndef test_g(): assert lib.g(2) == 4 and solution.f(1)\n"
    with checker(nursery, "pytest", files=files(other), modules=modules) as started:
        assert started.prepared["task_error"]["reason"] == "proxy_unsupported"
    with checker(
        nursery, "pytest", files=files(other), modules=modules, trust="in_process"
    ) as started:
        assert started.judge_here(solution)["statuses"] == "p"


SHADOWS = """
class pytest:
    class raises:
        def __init__(self, *a): pass
        def __enter__(self): return self
        def __exit__(self, *a): return True
class TestCase: pass
def approx(x): return x
def abs(x): return 0
def expected(): return add(1, 1)
def len(x): return 3
def add(a, b): return 9
def fail(): pass
"""


def test_a_star_import_shadows_nothing_of_the_tests(nursery: Nursery) -> None:
    text = (
        "import pytest\nfrom unittest import TestCase\ndef expected(): return 2\n"
        "from solution import *\n"
        "def test_abs(): assert abs(add(1, 1) - 2) == 0\n"
        "def test_len(): assert len([add(1, 1)]) == 3\n"
        "def test_raises():\n    with pytest.raises(ValueError): fail()\n"
        "def test_helper(): assert add(1, 1) == expected()\n"
        "class TestIt(TestCase):\n    def test_it(self): self.assertEqual(add(1, 1), 2)\n"
    )
    answer = judge(nursery, files(text), SHADOWS)
    assert answer["task_error"] is None
    assert answer["statuses"] == "fffff"
