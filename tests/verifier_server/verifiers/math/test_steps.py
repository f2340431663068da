"""The bound on sympy's steps, and that neither they nor verdicts depend on earlier work."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable

import pytest
import sympy

from verifier_server.verifiers.math.comparing.check import Budget, same
from verifier_server.verifiers.math.limits import TooBigError
from verifier_server.verifiers.math.reading.parse import parse
from verifier_server.verifiers.math.values.closed import closed
from verifier_server.verifiers.math.values.steps import attempt

# Each reaches sympy: its integrals, limits, sums, proofs, or the borders of regions.
PAIRS = (
    (r"\int_0^1 x e^{x^2} dx", r"\frac{e-1}{2}"),
    (r"\int \sqrt{\tan x} dx", r"x"),
    (r"\int e^x \cos x dx", r"\frac{e^x(\sin x+\cos x)}{2}"),
    (r"\int_0^\infty e^{-x^2} \cos x dx", r"\frac{\sqrt{\pi}}{2e^{1/4}}"),
    (r"\lim_{x \to 0} \frac{\sin 3x}{x}", r"3"),
    (r"\sum_{n=1}^\infty \frac{1}{n^2}", r"\frac{\pi^2}{6}"),
    (r"|x^2-2|", r"\sqrt{(x^2-2)^2}"),
    (r"\ln|x-1|+\ln|x+1|", r"\ln|x^2-1|"),
    (r"\int_0^1 \frac{\sin(x^x)}{\ln x+3}dx", r"\int_0^1 \frac{\sin(x^x)}{\ln x+4}dx"),
    (r"\sqrt{x^{10^{5000}}}", r"x^2"),
)

# What sets that are ordered by addresses may add, as a share of the steps. A warm cache takes
# away more than half.
A_FEW = 0.1


def _judged(order: Iterable[int]) -> list[tuple[int, bool | None, str, int]]:
    found: list[tuple[int, bool | None, str, int]] = []
    for number in order:
        budget = Budget()
        start = budget.left
        decision = same(*map(parse, PAIRS[number]), budget=budget)
        found.append((number, decision.equal, decision.stage, start - budget.left))
    return sorted(found)


def _work(count: int) -> int:
    def step() -> int:
        return 1

    return sum(step() for _ in range(count))


def test_steps_are_counted() -> None:
    assert attempt(lambda: _work(100), limit=10_000) == 100
    assert attempt(lambda: _work(100_000), limit=10_000) is None
    # The bound is gone afterwards, also after an exception.
    assert _work(100_000) == 100_000
    assert attempt(lambda: 1 // 0, limit=1000) is None
    assert attempt(lambda: _work(1000), limit=10_000) == 1000


def test_the_bounded_work_cannot_swallow_the_end() -> None:
    def stubborn() -> None:
        while True:
            try:
                _work(10)
            except Exception:  # as sympy does here and there
                continue

    assert attempt(stubborn, limit=1000) is None


def test_steps_are_spent_whatever_comes_of_them() -> None:
    spent: list[int] = []
    attempt(lambda: _work(100), spent.append)
    attempt(lambda: _work(100_000), spent.append, limit=5000)
    assert 100 <= spent[0] <= 110
    assert spent[1] == 5000

    def poor(cost: int) -> None:
        raise TooBigError("no more")

    with pytest.raises(TooBigError):
        attempt(lambda: _work(100), poor)


def test_what_was_judged_before_changes_nothing() -> None:
    forward = _judged(range(len(PAIRS)))
    back = _judged(reversed(range(len(PAIRS))))
    assert [each[:3] for each in forward] == [each[:3] for each in back]
    steps = [(one[3], two[3]) for one, two in zip(forward, back, strict=True)]
    assert all(abs(one - two) <= one * A_FEW for one, two in steps)
    assert {equal for _, equal, _, _ in forward} == {True, None}


@pytest.mark.parametrize("limit", [50, 500, 1000, 2000, 5000, 10_000])
def test_an_attempt_that_was_stopped_leaves_nothing_behind(limit: int) -> None:
    integral = parse(r"\int e^x \cos x dx")
    before = closed(integral)
    assert before is not None
    x = sympy.Symbol("x", real=True)
    attempt(lambda: sympy.integrate(sympy.exp(x) * sympy.cos(x), x), limit=limit)
    assert closed(integral) == before


@pytest.mark.slow
def test_processes_agree() -> None:
    code = f"import json; from {__name__} import _judged, PAIRS; "
    code += "print(json.dumps(_judged(range(len(PAIRS)))))"
    found = [
        json.loads(
            subprocess.run(
                [sys.executable, "-c", code],
                env={**os.environ, "PYTHONHASHSEED": seed},
                capture_output=True,
                check=True,
                text=True,
            ).stdout
        )
        for seed in ("0", "1", "2")
    ]
    verdicts = [[each[:3] for each in process] for process in found]
    assert verdicts[0] == verdicts[1] == verdicts[2]
