"""Answers that cost other graders seconds or their workers, through a real server and jail.

Each is judged: a verdict, and no error that would cost a reward. What comes after them is
judged as if they had never been. The time is printed, and not compared with anything.
"""

import itertools
import time

import pytest

from trainer_client.results import Group

pytestmark = pytest.mark.sandbox

POISON = [
    "1E999999999",
    "1e-999999999",
    "9^{9^{9^9}}",
    "9^9^9^9",
    "99999999!",
    "((9!)!)!",
    r"\binom{10^9}{5 \cdot 10^8}",
    "10^{10^{10}}",
    r"2^{2^{2^{2^{2^2}}}}",
    r"e^{e^{e^{e^{10}}}}",
    r"\sum_{k=1}^{10^{12}} k",
    r"\prod_{k=1}^{10^9} k",
    r"\int_0^1 x^{x^x} dx",
    r"\lfloor 10^{10^{10}} \rfloor",
    r"\gcd(10^{10^6}, 10^{10^6} + 1)",
    r"\sin(10^{5000})",
    r"\sin(\sin(e^{e^{e^3}} + 3))",
    r"\log_2(2^{2^{2^{2^{2^2}}}})",
    "(x+1)^{100000}",
    "x^{x^{x^{x^{x^x}}}}",
    r"\sqrt[1000000]{2}",
    r"\sqrt{2+\sqrt{3+\sqrt{5+\sqrt{7+\sqrt{11+\sqrt{13}}}}}}",
    r"\det\begin{pmatrix}"
    + r"\\".join("&".join(f"x_{{{r}{c}}}" for c in range(9)) for r in range(9))
    + r"\end{pmatrix}",
    r"\begin{pmatrix}1&1\\1&0\end{pmatrix}^{10^{15}}",
    "1" * 100_000,
    "0." + "0" * 20_000 + "1",
    "0." + r"\overline{" + "1" * 3_000 + "}",
    "+".join(["1"] * 20_000),
    "+".join(rf"\sqrt{{{n}}}x" for n in range(2, 90)),
    r"\{" + ",".join(str(n) for n in range(5_000)) + r"\}",
    r"\{" + ",".join(rf"\sqrt{{{n}}}" for n in range(60)) + r"\}",
    "(" * 50_000 + "1" + ")" * 50_000,
    "{" * 50_000 + "1" + "}" * 50_000,
    r"\frac{1}{1+" * 300 + "1" + "}" * 300,
    r"\sqrt{1+" * 300 + "1" + "}" * 300,
    "-" * 4_000 + "1",
    r"\pm" * 40 + "1",
    "(" + ",".join([r"\pm 1"] * 30) + ")",
    r"x_{" * 500 + "1" + "}" * 500,
    "|" * 2_000,
    "2^{3^{4^{5^{6^{7^{8}}}}}}/2^{3^{4^{5^{6^{7^{8}}}}}}",
    "i^{i^{i^{i}}}",
    "0^{0^{0^0}}",
    r"\frac{1}{0}",
    "5!" + "!" * 50,
    r"\text{" * 200 + "a" + "}" * 200,
]
GOLDS = ["42", r"\sqrt{2}x + 1", r"\{1, \sqrt2\}", "(1, 2]", "yes", "3 < x"]
COUNT = 64


def test_poison_and_then_a_right_answer(client):
    begun = time.perf_counter()
    first = ["1E999999999", "9^{9^{9^9}}", "99999999!", r"\binom{10^9}{5 \cdot 10^8}"]
    poison = [f"{text}+{index}" if index else text for index in range(16) for text in first]
    assert len(set(poison)) == COUNT
    groups = [
        Group("math", {"answer": "42"}, [rf"\boxed{{{text}}}" for text in batch])
        for batch in itertools.batched(poison, 8)
    ]
    *poisoned, last = client.score([*groups, Group("math", {"answer": "42"}, [r"\boxed{42}"])])
    print(f"{COUNT} poison answers and a right one: {time.perf_counter() - begun:.2f} s")
    assert last.results[0].outcome.verdict == "CORRECT"
    for result in (each for group in poisoned for each in group.results):
        assert result.error is None, result
        assert not result.score.passed


@pytest.mark.parametrize("gold", GOLDS)
def test_every_bomb_gets_a_verdict_and_its_neighbours_theirs(client, gold):
    right = rf"\boxed{{{gold}}}"
    bombs = [rf"\boxed{{{text}}}" for text in POISON]
    completions = [right, *bombs, f"so {right}"]
    for form in ("final", "any"):
        (group,) = client.score([Group("math", {"answer": gold, "form": form}, completions)])
        first, *judged, last = group.results
        assert first.score is not None, first
        assert first.score.passed
        assert last.score is not None, last
        assert last.score.passed
        for bomb, result in zip(bombs, judged, strict=True):
            assert result.error is None, (bomb[:60], result)
            assert not result.score.passed, (bomb[:60], result)
            assert result.attempts <= 1, (bomb[:60], result)


@pytest.mark.parametrize("gold", ["10^{10^{10}}", "2^{2025!}", "x^{10^{20}}"])
def test_a_huge_right_answer_is_matched_by_its_own_text(client, gold):
    (group,) = client.score([Group("math", {"answer": gold}, [rf"\boxed{{{gold}}}", r"\boxed{1}"])])
    assert [result.score is not None and result.score.passed for result in group.results] == [
        True,
        False,
    ]
