"""Asserts counted one by one: what a program may claim."""

import ast
from typing import Any

import pytest

from verifier_server.verifiers.code.guest.checker import counting


def run(source: str, **given: Any) -> tuple[int, int, bool]:
    tree, once = counting.counted(ast.parse(source))
    tally = counting.tally_for(once)
    finished = True
    try:
        exec(compile(tree, "<tests>", "exec"), {counting.TALLY: tally, **given})
    except BaseException:
        finished = False
    return *tally.results(finished), finished


def dies_at(count: int) -> Any:
    calls = iter(range(count))

    def next_or_die() -> bool:
        if next(calls, None) is None:
            raise KeyboardInterrupt
        return True

    return next_or_die


@pytest.mark.parametrize(
    ("source", "passed", "total"),
    [
        ("assert True\nassert 1 == 1", 2, 2),
        ("assert True\nassert 1 == 2\nassert True", 2, 3),
        ("for i in range(5): assert i != 3", 4, 5),
        ("def check(f):\n    assert f\n    assert not f\ncheck(1)", 1, 2),
        ("assert 1 // 0\nassert True", 1, 2),
        (
            "class T:\n    def run(self):\n        assert False\n        assert True\nT().run()",
            1,
            2,
        ),
        (
            (
                "async def run():\n    assert False\n    assert True\n"
                "import asyncio\nasyncio.run(run())"
            ),
            1,
            2,
        ),
        ("with open('/dev/null'):\n    assert False\n    assert True", 1, 2),
        ("x = 2\nmatch x:\n    case 2:\n        assert x == 1\nassert x", 1, 2),
        ("if False:\n    assert False\nassert True", 1, 1),
        ("if False:\n    assert False\nassert True\nassert False", 1, 3),
        ("x = 1", 1, 1),
    ],
)
def test_each_run_of_an_assert_counts(source: str, passed: int, total: int) -> None:
    assert run(source) == (passed, total, True)


@pytest.mark.parametrize(
    ("source", "passed", "total", "finished"),
    [
        ("try:\n    assert False\nexcept AssertionError:\n    pass\nassert True", 1, 1, True),
        (
            "try:\n    assert False\nexcept Exception:\n    pass\nelse:\n    assert 0\nassert 1",
            1,
            1,
            True,
        ),
        ("try:\n    assert False\nexcept:\n    assert True", 1, 1, True),
        ("try:\n    assert False\nexcept ValueError:\n    pass\nassert True", 1, 2, True),
        ("try:\n    assert False\nfinally:\n    assert True", 1, 2, True),
        (
            "def t(): assert False\ntry: t()\nexcept AssertionError: caught = 1\nassert caught",
            1,
            1,
            True,
        ),
        (
            (
                "import contextlib\ndef t(): assert False\n"
                "with contextlib.suppress(AssertionError): t()\nassert 1"
            ),
            1,
            1,
            True,
        ),
        ("try:\n    assert False\nexcept AssertionError:\n    raise\nassert True", 0, 2, False),
    ],
)
def test_a_program_that_catches_failures_keeps_its_meaning(
    source: str, passed: int, total: int, finished: bool
) -> None:
    assert run(source) == (passed, total, finished)


@pytest.mark.parametrize("held", [1, 2, 50])
@pytest.mark.parametrize(
    "source",
    [
        "for _ in range(100):\n    assert f()",
        "def t():\n    assert f()\nfor _ in range(100):\n    t()",
        "def t():\n    assert f()\nt()\nt()\n" + "t()\n" * 98,
        "def t():\n    r = f()\n    assert r\n[t() for _ in range(100)]",
        "def t(n):\n    assert f()\n    t(n + 1)\nt(0)",
        (
            "def twice(g):\n    return lambda: [g() for _ in range(100)]\n"
            "@twice\ndef t():\n    assert f()\nt()"
        ),
    ],
)
def test_what_may_run_again_claims_nothing_unfinished(source: str, held: int) -> None:
    passed, total, finished = run(source, f=dies_at(held))
    assert (passed, finished) == (0, False)
    assert total >= 1


@pytest.mark.parametrize("call", ["", "check(f)"])
def test_an_unfinished_program_keeps_what_is_certain(call: str) -> None:
    source = f"def check(c):\n{'    assert c()\n' * 4}check(f)" if call else "assert f()\n" * 4
    assert run(source, f=dies_at(2)) == (2, 4, False)
