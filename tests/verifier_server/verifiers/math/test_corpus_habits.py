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
    # Classes of remainders.
    (r"n \equiv 1 \pmod 4", "n = 4k + 1"),
    (r"n \equiv 1 \pmod 4", r"n = 4k - 3, k \in \mathbb{Z}"),
    # Roots with numbers, curves with both signs, points with names.
    ("x_1 = 1, x_2 = 3", "x = 1, x = 3"),
    ("x_1 = 1, x_2 = 3", r"x = 3 \text{ or } x = 1"),
    (r"y = \pm \frac{3}{4} x", r"3x \pm 4y = 0"),
    ("A(1, 2)", "(x, y) = (1, 2)"),
    ("A(1, 2)", "x = 1, y = 2"),
    # Intervals listed.
    (r"(-\infty, 2) \cup (3, \infty)", r"(-\infty, 2) \text{ and } (3, \infty)"),
    # Arbitrary constants.
    ("y = C_1 e^{x} + C_2 e^{-x}", "y(x) = c_1 e^{x} + c_2 e^{-x}"),
    ("y = C_1 e^{x} + C_2 e^{-x}", "y = A e^{-x} + B e^{x}"),
    ("f(x) = cx", "f(x) = kx"),
    ("f(x) = 0", r"f(x) = 0 \text{ for all } x"),
    # Words.
    ("ABD", "A, B, D"),
    ("ABCD", "A, B, C, D"),
    (r"\text{Yes}", r"\text{Yes, it is possible}"),
    (r"\text{No}", r"\text{No, that is not possible.}"),
    (r"\text{isosceles triangle}", "isosceles"),
    (r"\text{odd}", r"\text{an odd function}"),
    (r"\text{sufficient and necessary condition}", r"\text{necessary and sufficient}"),
    (r"\text{sufficient but unnecessary}", r"\text{sufficient but not necessary condition}"),
    (r"\text{no solutions}", r"\text{none}"),
    # Calculations, roundings, units, times, people.
    ("12", r"6 \cdot 2 = 12"),
    ("12", "24/2=12"),
    (r"3\sqrt{2}", r"3\sqrt{2} (\approx 4.24)"),
    (r"3\sqrt{2}", r"3\sqrt{2} (approximately 4.243)"),
    (r"9.8 \text{ m/s}^2", r"9.8 \, \mathrm{m/s^2}"),
    (r"9.8 \text{ m/s}^2", r"9.8 \text{ m s}^{-2}"),
    (r"9.8 \text{ m/s}^2", r"9.8\,\frac{\text{m}}{\text{s}^2}"),
    (r"9.8 \text{ m/s}^2", r"9.8\ \mathrm{m\,s^{-2}}"),
    (r"9.8 \text{ m/s}^2", r"9.8~\mathrm{m/s^{2}}"),
    (r"9.8 \text{ m/s}^2", r"9.8 \; \text{m/s}^2"),
    (r"11:00 \text{ am}", r"11:00 \text{ AM}"),
    (r"11:00 \text{ am}", r"11 \text{ a.m.}"),
    (r"11:00 \text{ am}", "11 am"),
    ("June 15", "June 15th"),
    ("n=2", r"n = 2 \text{ only}"),
    ("n=2", r"\text{only } n=2"),
    (r"k\ge2", r"\text{all } k \ge 2"),
    (r"k\ge2", r"\text{for all } k\geq 2"),
    ("x=y=z=1", "(1,1,1)"),
    ("x=y=z=1", "x=1,y=1,z=1"),
    ("x=y=z=1", "1,1,1"),
    (r"\text{Petya}", "Petya will receive the last token."),
    (r"\text{Petya}", r"\text{Petya wins}"),
    ("Kafelnikov served in the first game", "Kafelnikov"),
    (r"\text{on Friday}", "Friday"),
    (r"e^{2x}(C_1\cos 3x + C_2\sin 3x)", r"y(x) = e^{2x}\left(c_1\cos 3x + c_2 \sin 3x\right)"),
    (r"e^{2x}(C_1\cos 3x + C_2\sin 3x)", r"e^{2x}(A\cos 3x+B\sin 3x)"),
    (r"e^{2x}(C_1\cos 3x + C_2\sin 3x)", r"y=e^{2x}(C_1\sin 3x+C_2\cos 3x)"),
    ("all primes p", "all prime numbers"),
    ("all primes p", "all primes"),
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
    (r"n \equiv 1 \pmod 4", "n = 4k + 3"),
    (r"n \equiv 1 \pmod 4", "n = 2k + 1"),
    (r"n \equiv 1 \pmod 4", "m = 4k + 1"),
    (r"n \equiv 1 \pmod 4", "n = 4k^2 + 1"),
    ("x_1 = 1, x_2 = 3", "x = 1, x = 4"),
    ("a_1 = 1, a_2 = 3", "3, 1"),
    (r"y = \pm \frac{3}{4} x", r"4x \pm 3y = 0"),
    ("A(1, 2)", "(x, y) = (2, 1)"),
    ("A(1, 2)", "y = 1, x = 2"),
    ("3:4:5", "3:4"),
    (r"(-\infty, 2) \cup (3, \infty)", r"(-\infty, 2) \text{ and } (4, \infty)"),
    (r"(1, 3)", "(1, 2), (2, 3)"),
    ("y = C_1 e^{x} + C_2 e^{-x}", "y = A e^{x} + A e^{-x}"),
    ("y = C_1 e^{x} + C_2 e^{-x}", "y = C_1 e^{2x} + C_2 e^{-x}"),
    ("f(x) = cx", "f(x) = 2x"),
    ("f(x) = cx", "f(x) = cx + k"),
    (r"y = a \cos C", r"y = a \cos c"),
    ("y = Cx + k", "y = kx + C"),
    ("ABD", "A, B"),
    ("ABD", "A, B, C"),
    (r"\text{Yes}", r"\text{Yes, but only if } n \text{ is even}"),
    (r"\text{Yes}", r"\text{No, it is possible}"),
    (r"\text{isosceles triangle}", r"\text{right triangle}"),
    (r"\text{necessary and sufficient}", r"\text{necessary but not sufficient}"),
    (r"\text{necessary but insufficient}", r"\text{sufficient but unnecessary}"),
    ("12", r"6\cdot 2 = 13"),
    ("12", "12 = 13"),
    ("0", "0 = 0"),
    ("0", "x = x"),
    (r"3\sqrt{2}", r"3\sqrt{2} (\approx 4.34)"),
    (r"3\sqrt{2}", r"3\sqrt2(4.24)"),
    (r"9.8 \text{ m/s}^2", r"9.8 \mathrm{m/s}"),
    (r"9.8 \text{ m/s}^2", r"9.8 \frac{\text{m}}{\text{s}}"),
    (r"11:00 \text{ am}", r"11 \text{ pm}"),
    (r"11:00 \text{ am}", "11:30 am"),
    ("June 15", "June 16"),
    ("June 15", "July 15"),
    ("n=2", r"n=3 \text{ only}"),
    (r"k\ge2", r"\text{all } k > 2"),
    ("x=y=z=1", "(1,1)"),
    ("x=y=z=1", "(1,1,2)"),
    ("x=y=z=1", "x=1, y=1"),
    (r"\text{Petya}", r"\text{Petya loses}"),
    (r"\text{Petya}", "Petya will not receive the last token."),
    (r"\text{Petya}", "Vasya wins"),
    (r"\text{Petya}", "Petya wins if n is even"),
    ("circle", "circle of radius 3"),
    ("circle", "circle with center O"),
    (r"e^{2x}(C_1\cos 3x + C_2\sin 3x)", r"e^{2x}(C_1\cos 3x + C_1\sin 3x)"),
    (r"a \sin C", r"a \sin c"),
]


@pytest.mark.parametrize(("answer", "prediction"), SAME)
def test_same(answer: str, prediction: str) -> None:
    assert _verdict(answer, prediction) is Verdict.CORRECT
    assert _verdict(prediction, answer) is Verdict.CORRECT


@pytest.mark.parametrize(("answer", "prediction"), DIFFERENT)
def test_different(answer: str, prediction: str) -> None:
    assert _verdict(answer, prediction) is not Verdict.CORRECT
