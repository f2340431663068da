import pytest

from tests.verifier_server.verifiers.math.comparing import equal

EQUAL = [
    ("x^2+C", "x^2+K"),
    (r"\ln|x|+C", r"c+\ln|x|"),
    ("y=x^2+C", "x^2+c"),
    (r"x=k\pi", r"n\pi"),
    (r"x=k\pi, k \in \mathbb{Z}", r"n\pi"),
    (r"\frac{\pi}{6}+k\pi", r"\frac{(6n+1)\pi}{6}"),
    (r"30^\circ+360^\circ k", r"30^\circ+360^\circ n"),
    (r"\frac{\pi}{6}+\pi k, \frac{\pi}{3}+\pi k", r"\frac{\pi}{6}+n\pi, \frac{\pi}{3}+n\pi"),
    (r"n\pi+(-1)^n\frac{\pi}{6}", r"(-1)^k\frac{\pi}{6}+k\pi"),
    (r"(k\pi, k\pi+\frac{\pi}{2})", r"(n\pi, n\pi+\frac{\pi}{2})"),
]
DIFFERENT = [
    ("x^2+C", "x^2"),
    ("x^2+C", "x^2+7"),
    ("x^2+C", "x^2+x"),
    ("Cx^2", "Kx^2"),
    ("C", "K"),
    ("x+c", "x+k"),
    ("x^2+C", "x^2+2K"),
    ("2A", "2a"),
    ("k", "n"),
    (r"(-1)^k\pi", r"(-1)^n\pi"),
    ("2k", "2n"),
    (r"k\pi", r"2n\pi"),
    (r"k\pi", r"x\pi"),
    (r"\sin(k\pi x)", r"\sin(n\pi x)"),
    (r"k\pi+k", r"n\pi+n"),
    (r"k\pi+n\pi", r"m\pi+n\pi"),
    (r"k\pi, n\pi", r"m\pi, n\pi"),
]


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_arbitrary_names_do_not_count(left: str, right: str) -> None:
    assert equal(left, right)


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_other_names_do(left: str, right: str) -> None:
    assert not equal(left, right)
