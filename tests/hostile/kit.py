"""What the hostile tests share: tasks, honest answers to them, and what an attack is.

Promises: every task has an honest answer here that is right; limits are low, so that
what burns them ends soon.

Does not cover: the attacks (`attacks/`), and running them (`test_attacks.py`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from textwrap import dedent
from typing import Any

LIMITS = {"cpu_s": 1, "memory_mb": 256, "output_bytes": 1 << 20, "idle_s": 1}
SECRET = 48151623  # stands nowhere but in a task's tests: to return it is to have read them

Task = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Attack:
    """A completion that must be worth nothing.

    `before` are judged ahead of it, on the same worker, and are worth nothing either;
    `honest` comes after it and must be right.
    """

    name: str
    task: Task
    completion: str
    honest: str
    before: tuple[str, ...] = ()


def python(code: str) -> str:
    """A completion that answers with Python."""
    return f"```python\n{dedent(code).strip()}\n```\n"


def cpp(code: str) -> str:
    """A completion that answers with C++."""
    return f"```cpp\n{dedent(code).strip()}\n```\n"


def _task(mode: str, **fields: Any) -> Task:
    return {"mode": mode, "limits": LIMITS, **fields}


ADD = python("def add(a, b):\n    return a + b")
ADD_PAIRS = ((2, 3, 5), (-1, 1, 0), (10**20, 1, 10**20 + 1))
ADD_ASSERT = _task(
    "assert",
    entry_point="add",
    tests=[f"assert add({a}, {b}) == {c}" for a, b, c in ADD_PAIRS],
)
ADD_FUNCTION = _task(
    "function",
    entry_point="add",
    cases=[{"args": [a, b], "expected": c} for a, b, c in ADD_PAIRS],
)
ADD_PYTEST = _task(
    "pytest",
    files={
        "test_add.py": dedent("""
            import pytest
            from solution import add

            @pytest.mark.parametrize("a, b, c", [(2, 3, 5), (-1, 1, 0)])
            def test_add(a, b, c):
                assert add(a, b) == c

            def test_about():
                assert add(0.1, 0.2) == pytest.approx(0.3)
        """)
    },
)
ADD_UNITTEST = _task(
    "unittest",
    files={
        "test_add.py": dedent("""
            import unittest
            import solution

            class Adding(unittest.TestCase):
                def test_add(self):
                    self.assertEqual(solution.add(2, 3), 5)
                    self.assertTrue(solution.add(-1, 1) == 0)

                def test_about(self):
                    self.assertAlmostEqual(solution.add(0.1, 0.2), 0.3)
        """)
    },
)
SUM_STDIO = _task(
    "stdio",
    cases=[
        {"stdin": "2 3\n", "stdout": "5\n"},
        {"stdin": "40 2\n", "stdout": "42\n"},
        {"stdin": "-1 1\n", "stdout": "0\n"},
    ],
)
SUM = python("print(sum(map(int, input().split())))")
SUM_CPP_STDIO = {**SUM_STDIO, "language": "cpp"}
SUM_CPP = cpp(
    "#include <iostream>\nint main() { long a, b; std::cin >> a >> b; std::cout << a + b; }"
)

ADD_MODES = {
    "assert": ADD_ASSERT,
    "function": ADD_FUNCTION,
    "pytest": ADD_PYTEST,
    "unittest": ADD_UNITTEST,
}


def on_add(codes: Mapping[str, str], *modes: str) -> Iterator[Attack]:
    """Attacks on the task to add two numbers, in each of the modes (default: the first two)."""
    for name, code in codes.items():
        for mode in modes or ("assert", "function"):
            yield Attack(f"{name}-{mode}", ADD_MODES[mode], python(code), ADD)


def on(task: Task, honest: str, codes: Mapping[str, str]) -> Iterator[Attack]:
    """Attacks in Python on one task."""
    for name, code in codes.items():
        yield Attack(name, task, python(code), honest)
