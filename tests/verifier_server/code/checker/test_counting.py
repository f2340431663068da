"""Asserts counted one by one: what a program may claim."""

import ast
from typing import Any

import pytest

from verifier_server.verifiers.code.guest.checker import counting


def run(source: str, **given: Any) -> tuple[int, int, bool]:
    tree, places = counting.counted(ast.parse(source))
    tally = counting.tally_for(places)
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
    "loop",
    [
        "for x in f(): assert x",
        "r = f()\nfor x in r: assert x",
        "r = f()\nfor i in range(len(r)): assert r[i]",
        "xs = []\nfill(xs)\nfor x in xs: assert x",
        "xs = []\nfill([xs])\nfor i, x in enumerate(xs): assert x",
        "xs = []\nxs = f()\nfor x in xs: assert x",
        "xs = []\nxs, y = f(), 1\nfor x in xs: assert x",
        "xs = []\nxs += f()\nfor x in xs: assert x",
        "def t():\n    for x in f(): assert x\nt()",
        "def t(xs):\n    for x in xs: assert x\nt(f())",
        "def t(x):\n    assert x\nfor x in f(): t(x)",
        "def t(x):\n    assert x\n[t(x) for x in f()]",
        "r = f()\nwhile r:\n    assert r.pop()",
        "for xs in [f()]:\n    for x in xs: assert x",
        "for xs in [[], []]:\n    fill(xs)\n    for x in xs: assert x",
        "for k in {'a': f()}['a']: assert k",
    ],
)
def test_a_loop_over_what_a_candidate_gave_is_one_test(loop: str) -> None:
    def fill(given: list[Any]) -> None:
        (given[0] if given else given).extend([1] * 50)

    given = {"f": lambda: [1] * 50, "fill": fill}
    assert run(f"{loop}\nassert False", **given) == (1, 2, True)


@pytest.mark.parametrize(
    "loop",
    [
        "for a, b in [(1, 2), (2, 3), (3, 5)]: assert f(a) == b",
        "cases = [(1, 2), (2, 3), (3, 5)]\nfor a, b in cases: assert f(a) == b",
        (
            "def check(c):\n    cases = [(1, 2), (2, 3), (3, 5)]\n"
            "    for i, (a, b) in enumerate(cases): assert c(a) == b\ncheck(f)"
        ),
        "n = 3\nfor i in range(n): assert f(i) == i + 1 - (i == 2)",
        "def t(a, b): assert f(a) == b\nt(1, 2)\nt(2, 3)\nt(3, 5)",
        "xs = [1, 2, 3]\nys = [2, 3, 5]\nfor x, y in zip(xs, ys): assert f(x) == y",
    ],
)
def test_a_loop_over_the_programs_own_counts_each_run(loop: str) -> None:
    assert run(loop, f=lambda n: n + 1) == (2, 3, True)


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
