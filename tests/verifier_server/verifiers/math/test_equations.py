import pytest

from tests.verifier_server.verifiers.math.comparing import equal
from verifier_server.verifiers.math.comparing.check import same
from verifier_server.verifiers.math.policy import Policy
from verifier_server.verifiers.math.reading.parse import parse

EQUAL = [
    ("x=5", "5"),
    ("5=x", "5"),
    ("x=y=z=4", "4"),
    ("z=1+1=2", "2"),
    ("f(x)=x^2", "x^2"),
    ("f(2)=5", "5"),
    (r"\frac{dy}{dx}=2x", "2x"),
    ("P(X=2)=5", "5"),
    (r"m_{\max}=n^2-n-1", "n^2-n-1"),
    (r"\frac{NO}{BO}=\frac{1}{\sqrt6}", r"\frac{1}{\sqrt6}"),
    ("|AB|=1", "1"),
    ("A:B=1", "1"),
    ("(p,q,r)=(3,2,7)", "(3,2,7)"),
    ("D = [1,2]", r"1 \le x \le 2"),
    (r"\sqrt2 \approx 1.414", r"\sqrt2"),
    (r"x = \frac{2}{3} \approx 0.67", r"\frac23"),
    (r"x \approx 11", "11"),
    ("f(x)=2x+3", "y=2x+3"),
    ("f(t)=2t+3", "y=2x+3"),
    ("f(z)=z", "f(x)=x"),
    ("f(x,y)=x-y", "f(a,b)=a-b"),
    ("2x+4y-3=0", r"y=-\frac12 x+\frac34"),
    ("y=2x", "x=\\frac{y}{2}"),
    ("x^2+y^2=1", "1-x^2=y^2"),
    ("x^2+1=0", "2x^2+2=0"),
    (r"x \equiv 3 \pmod 7", r"x \equiv 10 \pmod 7"),
    ("f(2x)", "f(x+x)"),
    ("2f(x)+1", "1+f(x)*2"),
    ("f(x+y)=f(x)+f(y)", "f(y)+f(x)=f(y+x)"),
]
DIFFERENT = [
    ("42", "41=42"),
    ("42", "x=41=42"),
    ("x=41=42", "x=41=42"),
    ("42", "42=42"),
    ("x", "x=x"),
    ("x=x", "x=x"),
    ("0=0", "0=0"),
    ("x=3", "0=0"),
    ("x=5", "y=5"),
    ("x=5", "6"),
    ("f(x)=x", "g(x)=x"),
    ("f(x,y)=x-y", "f(a,b)=b-a"),
    ("f(x) = x, f(x) = -x", "f(x^2) = x, f(x) = -x"),
    ("f(2)=5", "f(3)=5"),
    ("x=1, y=-1", "x=1, x=-1"),
    ("(1,-1)", "x=1, x=-1"),
    ("f(2x)", "f(3x)"),
    ("f(x)", "g(x)"),
    ("x^2+3=0", "x^2+x+5=0"),
    ("y=2x+1", "y=2x+2"),
    ("x^2+y^2=1", "x^2+y^2"),
    ("x^2+y^2=1", "1"),
    (r"x \equiv 3 \pmod 7", r"x \equiv 4 \pmod 7"),
    (r"x \equiv 3 \pmod 7", r"x \equiv 3 \pmod 8"),
    (r"\sqrt2 \approx 1.414", "1.42"),
    (r"0.6 \approx 1", "1"),
]


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_equations_that_say_the_same(left: str, right: str) -> None:
    assert equal(left, right)


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_equations_that_say_something_else(left: str, right: str) -> None:
    assert equal(left, right) is False


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("x=3", "2x=6"),  # it may be the question
        (r"\sqrt2 \approx 1.5", r"\sqrt2"),
    ],
)
def test_what_may_be_no_answer_is_undecided(left: str, right: str) -> None:
    assert same(parse(left), parse(right)).equal is None


def test_all_variables_are_renamed_only_where_the_task_says_so() -> None:
    assert equal("y=2x", "b=2a") is False
    renamed = Policy(rename_variables=True)
    assert equal("y=2x", "b=2a", renamed)
    assert equal("x-2y", "b-2a", renamed)
    assert equal("x+2y+z^3", "a+b+c", renamed) is False
    assert equal("x+y", "a+a", renamed) is False
