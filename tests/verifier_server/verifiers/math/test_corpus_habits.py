"""Right answers as data sets write them, against the spellings of models and near misses."""

import pytest

from verifier_server.contract import Verdict
from verifier_server.verifiers.math.verifier import prepare


def _verdict(answer: str, prediction: str) -> Verdict:
    return prepare({"answer": answer})(rf"\boxed{{{prediction}}}").verdict


SAME = [
    # Numbered parts.
    ("(1) 3; (2) 5", "3, 5"),
    ("(1) 3; (2) 5", "(1) $3$ (2) $5$"),
    (r"(1) $\frac{1}{2}$; (2) $x>3$", r"(1) \frac{1}{2} \quad (2) (3,\infty)"),
    ("(i) -3, (ii) 4", "-3, 4"),
    ("(1)(2)", "2"),
    ("(x)(2)", "2x"),
    # Space as a comma.
    ("a = 1, b = 2", r"a=1 \quad b = 2"),
    # Values that words name.
    (r"\text{The minimum value is } 4", "4"),
    (r"\text{The minimum value is } 4", r"\text{minimum } 4"),
    (r"\text{The minimum value is } 4", r"\min = 4"),
    (r"\text{maximum } 5, \text{ minimum } -1", r"\max = 5, \min = -1"),
    (r"\text{maximum } 5, \text{ minimum } -1", r"\text{Maximum value: } 5, \text{ Minimum: } -1"),
    (r"\text{maximum } 5, \text{ minimum } -1", "5, -1"),
    (r"\text{The answer is } 5", "5"),
    (r"\text{There are } 5 \text{ solutions}", "5"),
    ("x + 2y - 3 = 0", r"\text{The equation of the line is } x+2y-3=0"),
    ("x > 3", r"\text{Solution: } x > 3"),
    # Powers behind brackets and letters.
    (r"(n-1) \cdot 2^{n+1} + 2", "(n-1)2^{n+1}+2"),
    (r"n \cdot 2^{n+1}", "n2^{n+1}"),
    # The index of a sequence.
    ("a_n = 2n-1", r"a_n = 2n-1 (n \in \mathbb{N}^*)"),
    ("a_n = 2n-1", "a_{n}=2n-1, n∈N*"),
    # Alternatives that are curves.
    (r"x=2 \text{ or } 3x-4y+10=0", r"3x-4y+10=0 \text{ or } x=2"),
    (r"x-2y=0 \text{ or } x+y-3=0", r"x-2y=0, x+y=3"),
    # A set of the values of x.
    (r"\frac{\pi}{6} + 2k\pi", r"\{x \mid x = \frac{\pi}{6}+2k\pi, k \in \mathbb{Z}\}"),
]

DIFFERENT = [
    ("(1) 3; (2) 5", "(1) 5; (2) 3"),
    ("(1) 3; (2) 5", "3"),
    (r"\text{The minimum value is } 4", r"\text{The maximum value is } 4"),
    ("4", r"\text{The answer is not } 4"),
    ("4", r"\text{Twice the answer is } 4"),
    ("4", r"\text{The answer is at most } 4"),
    ("4", r"\text{If n is odd, the answer is } 4"),
    ("5", r"\text{There are no } 5"),
    (r"\text{maximum } 5, \text{ minimum } -1", r"\text{minimum } 5, \text{ maximum } -1"),
    ("x > 3", r"\text{the solution is not } x > 3"),
    (r"(n-1) \cdot 2^{n+1} + 2", "(n-1)2^n+2"),
    (r"x_2^3", "x2^3"),
    ("a_n = 2n-1", r"a_n = 2n-1, n \in \{1, 2\}"),
    (r"x=2 \text{ or } 3x-4y+10=0", "x=2"),
    (r"x=2 \text{ or } 3x-4y+10=0", r"y=2 \text{ or } 3x-4y+10=0"),
    (r"\frac{\pi}{6} + 2k\pi", r"\{x \mid x = \frac{\pi}{3}+2k\pi, k \in \mathbb{Z}\}"),
]


@pytest.mark.parametrize(("answer", "prediction"), SAME)
def test_same(answer: str, prediction: str) -> None:
    assert _verdict(answer, prediction) is Verdict.CORRECT
    assert _verdict(prediction, answer) is Verdict.CORRECT


@pytest.mark.parametrize(("answer", "prediction"), DIFFERENT)
def test_different(answer: str, prediction: str) -> None:
    assert _verdict(answer, prediction) is not Verdict.CORRECT
