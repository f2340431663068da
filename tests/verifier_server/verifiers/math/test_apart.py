r"""Answers to different questions that rules of names, parameters or words could make equal."""

import pytest

from tests.verifier_server.verifiers.math.comparing import equal
from verifier_server.verifiers.math.reading.lex import UnreadableError


def accepted(left: str, right: str) -> bool:
    """Whether the two are equal; what cannot be read is not."""
    try:
        return equal(left, right) is True
    except UnreadableError:
        return False


@pytest.mark.parametrize(
    ("left", "right"),
    [
        # What a parameter is from.
        (r"x=k\pi, k\in\mathbb{Z}", r"x=k\pi, k\in\mathbb{R}"),
        (r"x=2k, k\in\mathbb{Z}", r"x=2k, k\in\mathbb{R}"),
        (r"x=k\pi, k\in\mathbb{Z}", r"x=k\pi \text{ for some constant } k"),
        (r"\{k\pi : k\in\mathbb{Z}\}", r"\{k\pi : k\in\mathbb{R}\}"),
        # Lengths, angles and other constants are no parameters.
        (r"2\pi l", r"2\pi n"),
        (r"2\pi z", r"2\pi k"),
        ("A+B+C", "A+B+K"),
        ("R+C", "R+K"),
        # A particular argument is no variable.
        ("P(A)=0.5", "P(B)=0.5"),
        ("P(A)=0.5", "y=0.5"),
        ("f(a)=5", "f(b)=5"),
        ("E(X)=2", "E(Y)=2"),
        ("x^2", "f(y)=x^2"),
        # Integers of an interval are no interval.
        ("[2,5)", r"2 \le n < 5, n\in\mathbb{Z}"),
        ("[2,5)", r"x \in [2,5), x\in\mathbb{Z}"),
        # What is said of something else.
        (r"\text{odd}", r"\text{the opposite of even is odd}"),
        (r"\text{odd}", r"\text{the wrong answer is odd}"),
        # Products that do not commute.
        (r"\vec{a}\times\vec{b}", r"\vec{b}\times\vec{a}"),
        (r"\vec{a}\times\vec{b}", r"\vec{a}\cdot\vec{b}"),
        (r"|\mathbf{a}\times\mathbf{b}|", r"|\mathbf{a}\cdot\mathbf{b}|"),
        ("A^{-1}B", "BA^{-1}"),
        ("P^{-1}AP", "A"),
        ("A^TB", "BA^T"),
        (r"\text{yes}", r"\text{yes. The answer is no}"),
        (r"\text{yes}", r"\text{yes, it is not}"),
        (r"\text{even}", r"\text{even is the sum of odd ones}"),
        ("y=cx", "y=kx"),
        (r"\text{I or II}", r"\text{I and II}"),
        # One antiderivative is not all of them.
        (r"\int 2x dx", "x^2"),
        # A fractional part.
        (r"\{x\}", "x"),
        (r"\{2x\}", "2x"),
        # Functions that have Greek names.
        (r"\phi(10)", r"10\phi"),
        (r"\zeta(2)", r"2\zeta"),
        (r"\Gamma(n)", r"n\Gamma"),
    ],
)
def test_different(left: str, right: str) -> None:
    assert not accepted(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (r"n\pi, n \in \mathbb{Z}", r"k\pi, k \in \mathbb{Z}"),
        (r"x=n\pi", r"x=l\pi"),
        ("x^2+C", "x^2+K"),
        (r"\sin\theta+C", r"\sin\theta+c"),
        ("f(x)=5", "f(t)=5"),
        ("f(a)=a^2", "f(b)=b^2"),
        (r"y=Ae^x, A\in\mathbb{R}", "y=Ae^x"),
        ("ax", "f(x)=ax"),
        ("x^2", "f(2)=x^2"),
        (r"2k\pi<x<2k\pi+1, k\in\mathbb{Z}", r"(2k\pi,2k\pi+1)"),
        (r"\text{odd}", r"\text{the function is odd}"),
        (r"\vec{a}\times\vec{b}+\vec{c}", r"\vec{c}+\vec{a}\times\vec{b}"),
        (r"\vec{a}\cdot\vec{b}", r"\vec{b}\cdot\vec{a}"),
        (r"2\times\vec{a}", r"2\vec{a}"),
        ("A^{-1}B", r"A^{-1} \cdot B"),
        ("2A^{-1}", r"\frac{2}{A}"),
        (r"\text{yes}", r"\text{Yes, it is possible}"),
        ("f(x)=cx", "f(x)=kx"),
        ("II, I", r"\text{I and II}"),
        (r"\{5\}", "5"),
        (r"\int 2x dx", r"\int (x+x) dx"),
        (r"x \in \{2a\}", "x=2a"),
        (r"\theta(2)", r"2\theta"),
        (r"\Gamma(n)+1", r"1+\Gamma(n)"),
    ],
)
def test_equal(left: str, right: str) -> None:
    assert accepted(left, right)


@pytest.mark.parametrize(
    "text",
    [
        r"\text{not}: 5",
        r"\text{It is not}: 5",
        r"\text{maximum is not}=5",
        r"\text{wrong answer}=5",
        r"\text{twice the answer}=5",
        r"20\text{ basis points}",
        r"20\text{ hex}",
        r"\text{nobody thinks it is } 20",
        r"\text{the distractor is } 20",
        r"20\text{ tens}",
        r"20\text{ backwards}",
        "20‰",
    ],
)
def test_words_that_change_a_value(text: str) -> None:
    assert not accepted(text, "5")
    assert not accepted(text, "20")
