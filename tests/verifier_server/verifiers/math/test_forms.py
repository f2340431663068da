import pytest

from verifier_server.verifiers.math.forms import allowed, relabels, restates, states_nothing
from verifier_server.verifiers.math.reading.parse import parse

RESTATED = [
    ("5050", r"\sum_{k=1}^{100} k"),
    ("n!", r"\prod_{k=1}^{n} k"),
    (r"\frac14", r"\int_0^1 x^3 dx"),
    ("1", r"\lim_{x \to 0} \frac{\sin x}{x}"),
    ("2x", r"\frac{d}{dx} x^2"),
    ("-2", r"\det\begin{pmatrix}1&2\\3&4\end{pmatrix}"),
    ("6", r"\gcd(12, 18)"),
    ("36", r"\operatorname{lcm}(12, 18)"),
    ("3", r"\max(1, 3)"),
    ("3", r"\lfloor \pi \rfloor"),
    (r"\begin{pmatrix}1&3\\2&4\end{pmatrix}", r"\begin{pmatrix}1&2\\3&4\end{pmatrix}^T"),
    (
        r"\begin{pmatrix}3\\7\end{pmatrix}",
        r"\begin{pmatrix}1&2\\3&4\end{pmatrix}\begin{pmatrix}1\\1\end{pmatrix}",
    ),
    (r"\begin{pmatrix}1&2\\0&1\end{pmatrix}", r"\begin{pmatrix}1&1\\0&1\end{pmatrix}^2"),
    (r"\{2\}", r"\{1, 2\} \cap \{2, 3\}"),
    (r"\{1, 2, 3\}", r"\{1, 2\} \cup \{2, 3\}"),
    (r"\{1\}", r"\{1, 2\} \setminus \{2\}"),
    ("(1, 2)", r"(0, 2) \cap (1, 3)"),
    (r"\frac{\sqrt2}{2}", r"\sin\frac{\pi}{4}"),
    (r"\frac{\sqrt2}{2}", r"\cos 45^\circ"),
    (r"\frac{\sqrt2}{2}", r"\frac{1}{2\cos(\pi/4)}"),
    ("1", r"\sin\frac\pi2"),
    ("1", r"\sin^2 1+\cos^2 1"),
    ("1", r"e^{2\pi i}"),
    ("1", r"|e^i|"),
    ("3", r"\log_2 8"),
    ("3", r"\frac{\log 8}{\log 2}"),
    ("3", r"e^{\ln 3}"),
    ("3", r"\cosh(0)+2"),
    (r"\frac{\pi}{4}", r"\arctan 1"),
    ("0.5", r"\sin 30^\circ"),
    ("(1, 2)", r"(\sin\frac{\pi}{2}, 2)"),
    (r"x=\frac12", r"x=\sin\frac{\pi}{6}"),
    ("3", "2x + 1 = 7"),
    ("3 cm", "x^2 = 9"),
]

NOT_RESTATED = [
    ("1024", "2^{10}"),
    ("120", "5!"),
    ("10", r"\binom{5}{2}"),
    ("649", "3245/5"),
    ("3", r"\sqrt{9}"),
    ("2", "|3 - 5|"),
    (r"\sum_{k=1}^{n} a_k", r"\sum_{k=1}^{n} a_k"),
    (r"\int f(x) dx", r"\int f(x) dx"),
    (r"\ln 2", r"\frac{\ln 4}{2}"),
    (r"\sin 1", r"\cos(\frac{\pi}{2} - 1)"),
    ("0.693", r"\ln 2"),
    ("3+4i", r"5e^{i\arctan(4/3)}"),
    ("1+i", r"\sqrt2(\cos\frac\pi4 + i\sin\frac\pi4)"),
    ("1", r"\sin^2 x + \cos^2 x"),
    (r"\lfloor x \rfloor", r"\lfloor x \rfloor"),
    (r"\frac{a+b+|a-b|}{2}", r"\max(a, b)"),
    (r"\frac{e - e^{-1}}{2}", r"\sinh 1"),
    (r"(-\infty, 1) \cup (1, \infty)", r"(-\infty, 1) \cup (1, \infty)"),
    (r"(0, 1) \cup \{2\}", r"(0, 1) \cup \{2\}"),
    (r"x \ne 1", r"\mathbb{R} \setminus \{1\}"),
    (r"\begin{pmatrix}1\\2\end{pmatrix}", r"\frac12\begin{pmatrix}2\\4\end{pmatrix}"),
    ("5", "x = 5"),
    ("5", "AB = 5"),
    ("5", "f(2) = 5"),
    ("5", "(x) = 5"),
    (r"\frac12", r"\frac{AB}{CD} = \frac12"),
    ("y = 2x + 1", "2y = 4x + 2"),
    ("x = 3", "2x = 6"),
    ("42", "41 = 42"),
]


@pytest.mark.parametrize(("gold", "prediction"), RESTATED)
def test_a_question_over_again(gold: str, prediction: str) -> None:
    assert restates(parse(prediction), allowed(parse(gold)))
    # What holds the same operation, or is the right answer itself, does not restate it.
    assert not restates(parse(gold), allowed(parse(gold)))


@pytest.mark.parametrize(("gold", "prediction"), NOT_RESTATED)
def test_an_answer(gold: str, prediction: str) -> None:
    assert not restates(parse(prediction), allowed(parse(gold)))


@pytest.mark.parametrize(
    "text", ["x = x", "0 = 0", "y = y", "f(x) = f(x)", "x = x = x", "x=x, y=y", "x+1 = 1+x"]
)
def test_what_states_nothing(text: str) -> None:
    assert states_nothing(parse(text))


@pytest.mark.parametrize("text", ["x = 5", "5", "x = x + 1", "f(x) = x", "x < x + 1", "x=x, y=5"])
def test_what_states_something(text: str) -> None:
    assert not states_nothing(parse(text))


def test_another_option_is_no_name() -> None:
    assert relabels(parse("A = B"), parse("B"))
    assert not relabels(parse("B"), parse("B"))
    assert not relabels(parse("x = B"), parse("B"))
    assert not relabels(parse("A = 5"), parse("5"))
