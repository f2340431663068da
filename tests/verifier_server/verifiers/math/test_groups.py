import pytest

from tests.verifier_server.verifiers.math.comparing import equal
from verifier_server.verifiers.math.policy import Policy

EQUAL = [
    ("1, 2, 3", "3, 1, 2"),
    ("1; 2", "2, 1"),
    (r"1 \text{ or } 2", r"2 \text{ and } 1"),
    (r"\pm 3", r"\{-3, 3\}"),
    (r"\{1,1,2\}", r"\{2,1\}"),
    (r"\{1,2\}", "2, 1"),
    (r"\{5\}", "5"),
    ("2, 3", "(2,3)"),
    ("(1,5),(2,4)", "(2,4),(1,5)"),
    (r"\{(1,5),(2,4)\}", "(2,4),(1,5)"),
    (r"(\pm \sqrt2, 0)", r"(\sqrt2,0),(-\sqrt2,0)"),
    ("[1,2,3]", "(1,2,3)"),
    (r"\langle 1,2\rangle", "(1,2)"),
    (r"\begin{pmatrix}1\\2\end{pmatrix}", "(1,2)"),
    (r"\begin{pmatrix}1&2\end{pmatrix}", "1,2"),
    (r"\begin{bmatrix}1&\frac12\\0&4\end{bmatrix}", r"\begin{pmatrix}1&0.5\\0&4\end{pmatrix}"),
    (r"\frac12\begin{pmatrix}2&4\\6&8\end{pmatrix}", r"\begin{pmatrix}1&2\\3&4\end{pmatrix}"),
    ("x=2, y=3", "(2,3)"),
    ("x=2, y=3", "y=3, x=2"),
    ("y=3, x=2", "(2,3)"),
    ("(y,x)=(3,2)", "(2,3)"),
    ("(x,y,z,w)=(1,2,3,4)", "(1,2,3,4)"),
    (r"x \in \{5\}", "5"),
    (r"\{5\}", "x=5"),
    (r"\{\{1\},2\}", r"\{2,\{1\}\}"),
    ("x=2, y=3", "(x,y)=(2,3)"),
    ("x=2, y=3", "2, 3"),
    ("(x,y)=(2,3)", "(y,x)=(3,2)"),
    ("(x,y)=(1,5),(2,4)", "(2,4),(1,5)"),
    ("x=1, x=2", "2, 1"),
    ("x=1, 2", "2, 1"),
    ("x_1=2, x_2=3", "2, 3"),
    ("a=2, h=-1, k=-18", "2,-1,-18"),
    ("AB=4, CD=5", "4, 5"),
    ("1, 2, ..., 9", "1, 2, ..., 9"),
    ("x+y=1, x-y=2", "x-y=2, x+y=1"),
    (r"\{3 \text{ cm}, 4 \text{ cm}\}", r"\{4,3\}"),
    (r"\{(1,\sqrt4),(1,2)\}", r"\{(1,2)\}"),
]
DIFFERENT = [
    ("1, 2, 2", "1, 1, 2"),
    ("1, 2, 2", "1, 2"),
    ("1, 2", "1, 2, 3"),
    ("5, 8", "5"),
    ("2, 3", "(3,2)"),
    ("(1,2)", "(2,1)"),
    (r"\{2,1\}", "(2,1)"),
    (r"\{1,2\}", r"\{\{1\},2\}"),
    ("(1,2)", "x=1, x=2"),
    ("(1,2)", r"x = 1 \text{ or } x = 2"),
    ("(1,2)", "[1,2]"),
    (r"(5,\infty)", r"5,\infty"),
    ("(1,5),(2,4)", "(1,5),(4,2)"),
    (r"\emptyset", r"\{\emptyset\}"),
    (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", r"\begin{pmatrix}1&3\\2&4\end{pmatrix}"),
    (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", "(1,2,3,4)"),
    (r"\begin{pmatrix}1\\2\end{pmatrix}", r"\begin{pmatrix}2\\1\end{pmatrix}"),
    ("x=2, y=3", "x=3, y=2"),
    ("x=2, y=3", "3, 2"),
    ("x=2, y=3", "a=2, b=3"),
    ("x=1, x=2", "y=1, y=2"),
    ("x=5, 6, y=7", "x=6, 5, y=7"),
    ("1, 2, ..., 9", "2, 1, ..., 9"),
]


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_lists_tuples_and_sets_of_the_same_values(left: str, right: str) -> None:
    assert equal(left, right)


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_other_collections_are_different(left: str, right: str) -> None:
    assert equal(left, right) is False


def test_a_point_whose_names_are_in_another_order_is_undecided() -> None:
    assert equal("y=3, x=2", "(3,2)") is None
    assert equal("(y,x)=(1,2)", "(1,2)") is None


def test_a_task_may_want_the_order_of_a_list() -> None:
    ordered = Policy(ordered_lists=True)
    assert equal("1, 2", "1, 2", ordered)
    assert equal("1, 2", "2, 1", ordered) is False
    assert equal(r"\{1, 2\}", r"\{2, 1\}", ordered)


def test_items_that_are_near_to_several_are_still_paired_off() -> None:
    near = Policy(tolerance=0.01)
    assert equal("1.00, 1.01, 1.02", "1.01, 1.02, 1.03", near)
    assert equal("1.00, 1.01, 1.02", "1.01, 1.02, 1.04", near) is False


def test_members_that_are_only_near_are_two() -> None:
    near = Policy(tolerance=0.01)
    assert equal(r"\{1.00, 1.01\}", r"\{1.00\}", near) is False
    assert equal(r"\{1.00, 1.01\}", r"\{1.01, 1.00\}", near)


@pytest.mark.parametrize("policy", [Policy(), Policy(tolerance=0.001)])
def test_long_lists_in_another_order_are_within_the_budget(policy: Policy) -> None:
    left = [rf"\sqrt{{x+{place + 2}}}" for place in range(60)]
    right = [rf"\sqrt{{{place}+x+2}}" for place in range(60)]
    assert equal(", ".join(left), ", ".join(reversed(right)), policy)
    assert equal(", ".join(left), ", ".join([*right[1:], "17x"]), policy) is False
