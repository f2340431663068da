"""Binders of unknown functions: no law but that their variable may have any name."""

import pytest

from tests.verifier_server.verifiers.math.comparing import equal
from verifier_server.verifiers.math.policy import Policy

FUNCTIONS = ["f(x)", "f(2x)+x", "f'(x)", r"\sin(g(x))", "a_x", "x b_{2x+1}"]
BINDERS = [
    r"\sum_{x=1}^n (%s)",
    r"\prod_{x=2}^m (%s)",
    r"\int_0^1 (%s)dx",
    r"\int_a^b (%s)dx",
    r"\lim_{x\to 0} (%s)",
    r"\lim_{x\to\infty} (%s)",
]


@pytest.mark.parametrize("binder", BINDERS)
@pytest.mark.parametrize("body", FUNCTIONS)
def test_is_itself_under_another_name_only(binder: str, body: str) -> None:
    text = binder % body
    assert equal(text, text.replace("x", "t")) is True
    for other in (body, f"n({body})", binder % body.replace("x", "y"), binder % "2"):
        assert equal(text, other) is not True
        assert equal(f"1+{text}", f"1+{other}", Policy(tolerance=0.5)) is not True


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (r"\sum_{k=1}^n a_k", r"\sum_{k=2}^{n+1} a_k"),
        (r"\sum_{k=1}^n a_k", r"\sum_{k=1}^n a_n"),
        (r"\sum_{k=1}^n f(k)", r"\sum_{k=0}^{n-1} f(k)"),
        (r"\sum_{k=1}^3 x_k", "3x_k"),
        (r"\lim_{n\to\infty} a_n", r"\lim_{n\to-\infty} a_n"),
        (r"\lim_{x\to0} f(x)", r"\lim_{x\to1} f(x)"),
        ("f(x)", r"\frac{d}{dx}(x f(x))"),
        ("f(x)+1", r"f(x)+\frac{d}{dx}(x+f(x))"),
        (r"\int f dx", "f x"),
        (r"\int f' dx", "f' x"),
        (r"\sum_{i=1}^n\sum_{j=1}^m a_{ij}", r"\sum_{i=1}^n\sum_{j=1}^m a_{ji}"),
        (r"\sum_{i=1}^n\sum_{j=1}^m a_{ij}", r"n m a_{ij}"),
        (r"\sum_{k=1}^n(\sum_{k=1}^m a_k)", r"\sum_{j=1}^n(\sum_{k=1}^m a_j)"),
        (r"[0, \lim_{n\to\infty} a_n]", "[0, a_n]"),
        (r"\sum_{i=1}^n a_i \le 3", r"n a_i \le 3"),
        (r"S = \sum_{i=1}^n a_i", "S = n a_i"),
    ],
)
def test_is_no_constant(left: str, right: str) -> None:
    assert equal(left, right) is not True


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (r"\sum_{k=1}^3 x_k", "x_1+x_2+x_3"),
        (r"\sum_{k=1}^3 k f(k)", "f(1)+2f(2)+3f(3)"),
        (r"\prod_{k=2}^3 a_k", "a_3 a_2"),
        (r"\sum_{k=1}^3 k f(x)", "6f(x)"),
        (r"\int_0^1 (f(x)+g(x))dx", r"\int_0^1 (g(t)+f(t))dt"),
        (r"1+2\sum_{i=1}^n a_i", r"2\sum_{j=1}^n a_j+1"),
        (r"\sum_{i=1}^n a_i \le 3", r"\sum_{j=1}^n a_j \le 3"),
        (r"\sum_{\alpha=1}^n x_\alpha", r"\sum_{k=1}^n x_k"),
    ],
)
def test_what_is_the_same(left: str, right: str) -> None:
    assert equal(left, right) is True
