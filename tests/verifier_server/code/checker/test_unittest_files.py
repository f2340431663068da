"""unittest files against a candidate's module."""

from typing import Any

import pytest

from tests.verifier_server.code.checker.kit import Nursery, checker

SOLUTION = """
class Account:
    def __init__(self, balance=0): self.balance = balance
    def withdraw(self, n):
        if n > self.balance: raise ValueError('overdrawn')
        self.balance -= n
        return self.balance
def add(a, b): return a + b
def twice(x): return helper(x) * 2
def helper(x): return x
async def fetch(x): return x
"""

GOOD = {
    "TestCase": (
        """
import unittest
from solution import Account, add

class TestAccount(unittest.TestCase):
    def setUp(self): self.account = Account(10)
    def test_withdraw(self): self.assertEqual(self.account.withdraw(3), 7)
    def test_overdrawn(self):
        with self.assertRaises(ValueError) as caught: self.account.withdraw(11)
        self.assertIn('overdrawn', str(caught.exception))
    def test_add(self): self.assertAlmostEqual(add(0.1, 0.2), 0.3)

if __name__ == '__main__':
    unittest.main()
""",
        3,
    ),
    "setUpClass": (
        """
import unittest, solution
class T(unittest.TestCase):
    @classmethod
    def setUpClass(cls): cls.account = solution.Account(5)
    def test_a(self): self.assertEqual(self.account.balance, 5)
""",
        1,
    ),
    "subTest": (
        """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        for n in range(3):
            with self.subTest(n=n): self.assertEqual(solution.add(n, 1), n + 1)
""",
        1,
    ),
    "IsolatedAsyncioTestCase": (
        """
import unittest, solution
class T(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self): self.x = await solution.fetch(1)
    async def test_a(self): self.assertEqual(await solution.fetch(self.x + 1), 2)
""",
        1,
    ),
    "mock.patch": (
        """
import unittest
from unittest.mock import patch
import solution
class T(unittest.TestCase):
    @patch('solution.helper', return_value=4)
    def test_a(self, helper):
        self.assertEqual(solution.twice(1), 8)
        helper.assert_called_once_with(1)
    def test_b(self): self.assertEqual(solution.twice(1), 2)
""",
        2,
    ),
    "skips do not count": (
        """
import unittest, solution
class T(unittest.TestCase):
    @unittest.skip('later')
    def test_a(self): self.fail()
    @unittest.expectedFailure
    def test_b(self): self.assertEqual(solution.add(1, 1), 3)
    @unittest.expectedFailure
    def test_c(self): self.assertEqual(solution.add(1, 1), 2)
    def test_d(self): self.assertEqual(solution.add(1, 1), 2)
@unittest.skip('all of it')
class U(unittest.TestCase):
    def test_a(self): self.fail()
class V(unittest.TestCase):
    @classmethod
    def setUpClass(cls): raise unittest.SkipTest('not here')
    def test_a(self): self.fail()
""",
        1,
    ),
}


def judge(nursery: Nursery, text: str, source: str, **fields: Any) -> dict[str, Any]:
    with checker(nursery, "unittest", files={"test_it.py": text}, **fields) as started:
        assert started.prepared.get("prepared"), started.prepared
        return started.judge(source)


@pytest.mark.parametrize("case", GOOD)
@pytest.mark.parametrize("trust", ["proxies", "in_process"])
def test_a_right_candidate_passes(nursery: Nursery, case: str, trust: str) -> None:
    text, count = GOOD[case]
    with checker(nursery, "unittest", files={"test_it.py": text}, trust=trust) as started:
        assert started.prepared.get("prepared"), started.prepared
        answer = (started.judge if trust == "proxies" else started.judge_here)(SOLUTION)
    assert answer["task_error"] is None, answer
    assert answer["statuses"] == "p" * count, answer
    assert answer["finished"]


TWO = """
import unittest
from solution import *
class T(unittest.TestCase):
    def test_a(self): self.assertEqual(add(1, 1), 2)
    def test_b(self):
        for n in (1, 2):
            with self.subTest(n=n): self.assertEqual(add(n, 1), n + 1)
"""


@pytest.mark.parametrize(
    ("source", "statuses"),
    [
        ("def add(a, b): return 2", "pf"),
        ("def add(a, b): return 9", "ff"),
        ("def add(a, b): raise KeyError(a)", "ee"),
        ("import unittest\ndef add(a, b): raise unittest.SkipTest('x')", "ee"),
        ("def add(a, b): raise SystemExit(0)", "ee"),
        ("def add(a, b): raise KeyboardInterrupt", "ee"),
        ("import os\ndef add(a, b): os._exit(0)", "en"),
        ("def load_tests(*a): return None\ndef add(a, b): return 9", "ff"),
        ("x = 1", "ee"),
    ],
)
def test_a_wrong_candidate_fails(nursery: Nursery, source: str, statuses: str) -> None:
    answer = judge(nursery, TWO, source)
    assert answer["task_error"] is None
    assert answer["statuses"] == statuses, answer


def test_a_skip_after_the_candidate_was_used_counts_against_it(nursery: Nursery) -> None:
    text = (
        "import unittest, solution\nclass T(unittest.TestCase):\n    def test_a(self):\n"
        "        if solution.add(1, 1) != 2: self.skipTest('why')\n"
    )
    answer = judge(nursery, text, "def add(a, b): pass")
    assert (answer["statuses"], answer["failures"][0]["reason"]) == ("e", "skipped_by_candidate")


def test_a_class_fixture_that_fails_leaves_its_tests_unrun(nursery: Nursery) -> None:
    text = (
        "import unittest, solution\nclass T(unittest.TestCase):\n    @classmethod\n"
        "    def setUpClass(cls): cls.a = solution.Account()\n"
        "    def test_a(self): pass\n    def test_b(self): pass\n"
    )
    answer = judge(nursery, text, "class Account:\n    def __init__(self): raise ValueError('x')")
    assert (answer["statuses"], answer["finished"]) == ("enn", False)
    assert answer["failures"][0]["reason"] == "exception"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1 / 0", "tests_raised"),
        ("import solution", "no_tests"),
        (
            "import unittest\nclass T(unittest.TestCase):\n    def test_a(self): pass",
            "tests_do_not_call",
        ),
    ],
)
def test_files_at_fault_on_their_own(nursery: Nursery, text: str, reason: str) -> None:
    assert judge(nursery, text, SOLUTION)["task_error"]["reason"] == reason
