import pytest

from tests.verifier_server.verifiers.math.comparing import equal

EQUAL = [
    ("[3,7)", r"3 \le x < 7"),
    ("[2,5)", "5 > x >= 2"),
    ("[2,5)", r"x \in [2,5)"),
    ("[2,5)", r"\{x \mid 2 \le x < 5\}"),
    ("[2,5)", r"\{t \in \mathbb{R} : 2 \le t < 5\}"),
    (r"\{x | x > 3\}", r"\{y | y > 3\}"),
    ("(2,5)", "2<x<5"),
    ("[0.5, 8]", r"\frac12 \leq x \leq 8"),
    (r"x \ne 1", r"(-\infty,1)\cup(1,\infty)"),
    (r"x \ne 1", r"\mathbb{R}\setminus\{1\}"),
    (r"x \ne 1, x \ne 2", r"(-\infty,1)\cup(1,2)\cup(2,\infty)"),
    (r"x > 1, x \ne 2", r"(1,2)\cup(2,\infty)"),
    (r"x < 1 \text{ or } x > 3", r"(3,\infty)\cup(-\infty,1)"),
    (r"3 < m \leq 7 \text{ or } 9 \leq m < 14", r"(3, 7] \cup [9, 14)"),
    (r"x > 1 \text{ and } x < 3", "(1,3)"),
    (r"[1,2)\cup[2,3]", "[1,3]"),
    (r"[1,2)\cup\{2\}", "[1,2]"),
    (r"(1,4)\cap[2,9]", "[2,4)"),
    (r"[1,4]\setminus(2,3)", r"[1,2]\cup[3,4]"),
    (r"(0,\sqrt2]\cup(\sqrt2,\pi)", r"(0,\pi)"),
    (r"(0,\sqrt8]\cup(2\sqrt2,4)", "(0,4)"),
    (r"(-\infty,a)\cup(b,\infty)", r"(b,\infty)\cup(-\infty,a)"),
    (r"(-\infty, a+1)", "x < 1+a"),
    (r"-\sqrt{a} < x < \sqrt{a}", r"(-\sqrt{a}, \sqrt{a})"),
    ("2x < 4", "x < 2"),
    ("-x > -2", "x < 2"),
    ("3 > x", "x < 3"),
    ("0<f(x)<1", "(0,1)"),
    (r"|x| < 3", "(-3,3)"),
    (r"1\le|z|\le\frac32", r"z \in [-\frac32,-1]\cup[1,\frac32]"),
    (r"\mathbb{R}", r"(-\infty,\infty)"),
    (r"\mathbb{R}", r"\text{all real numbers}"),
    (r"x \in \{1,2\}", "1, 2"),
    (r"x \in \{1,2\}", r"x = 1 \text{ or } x = 2"),
    (r"\{1,2\}\cup\{3\}", r"\{1,2,3\}"),
    ("x^2+y^2<1", "1 > y^2+x^2"),
    ("x^2+y^2<1", "2x^2+2y^2<2"),
    (r"x+y \ne 1", r"2x+2y \ne 2"),
    (r"\{(x,y) | x+y=1\}", r"\{(a,b) | 2a+2b=2\}"),
    (r"\{2k\pi \mid k \in \mathbb{Z}\}", r"\{2n\pi \mid n \in \mathbb{Z}\}"),
    (r"\{2k \mid k \in \mathbb{Z}\}", r"\{2n \mid n \in \mathbb{Z}\}"),
    (r"\{x \mid x \in \mathbb{Z}\}", r"\{n \mid n \in \mathbb{Z}\}"),
    (r"\{x \mid x \in \mathbb{Z}\}", r"\mathbb{Z}"),
    (r"\{x \mid x \in \mathbb{R}\}", r"(-\infty, \infty)"),
    (r"\{2k\pi \mid k \in \mathbb{Z}\}", r"2k\pi"),
    ("20 < P < 30", "(20, 30)"),
    (r"2 < x < 5 \text{ cm}", r"(2,5)"),
]
DIFFERENT = [
    ("[3,7)", r"3 \le x \le 7"),
    ("[2,5)", "(2,5)"),
    ("[2,5]", "2, 5"),
    ("[2,5]", r"\{2,5\}"),
    ("(2,5)", "3.5"),
    ("x < 2", "y < 2"),
    ("x < 2", r"x \le 2"),
    ("x < 2", "-x < -2"),
    ("x < 2", "x = 2"),
    (r"x \ne 1", "x = 1"),
    (r"[1,2)\cup(2,3]", "[1,3]"),
    (r"x < 1 \text{ or } x > 3", "(1,3)"),
    (r"(-\infty,1)\cup(3,\infty)", r"(-\infty,1)\cup[3,\infty)"),
    (r"(1,\infty)", r"(1,10^{30})"),
    ("(1, 1+10^{-80})", "(1, 1+2*10^{-80})"),
    (r"(-\infty,a)\cup(b,\infty)", r"(a,\infty)\cup(-\infty,b)"),
    ("x^2+y^2<1", "x^2+y^2>1"),
    ("x^2+y^2<1", "x^2+y^2<2"),
    ("x^2+y^2<1", r"x^2+y^2\le1"),
    (r"\mathbb{R}", r"\mathbb{Z}"),
    (r"\{x \mid x \in \mathbb{Z}\}", "x"),
    (r"\mathbb{R}", r"(0,\infty)"),
    ("|x| < 3", "(0,3)"),
]
OPEN = [
    # A bare list of inequalities may want all of them, or any.
    ("x > 1, x > 2", r"(2,\infty)"),
    (r"\{(x,y) | x+y=1\}", r"\{(x,y) | x=1-y, y=1-x\}"),
]


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_one_set_may_be_written_in_many_ways(left: str, right: str) -> None:
    assert equal(left, right)


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_other_sets_are_different(left: str, right: str) -> None:
    assert equal(left, right) is False


@pytest.mark.parametrize(("left", "right"), OPEN)
def test_what_cannot_be_decided_stays_open(left: str, right: str) -> None:
    assert not equal(left, right)
