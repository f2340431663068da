import pytest

from tests.verifier_server.verifiers.math.comparing import equal


def cases(*branches: str) -> str:
    return r"\begin{cases}" + r"\\".join(branches) + r"\end{cases}"


ABSOLUTE = cases(r"x & x\ge0", "-x & x<0")
STEP = cases(r"1 & x\ge0", "2 & x<0")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (ABSOLUTE, cases("-x & x<0", r"x & x\ge0")),
        (ABSOLUTE, cases(r"x & x>0", r"-x & x\le0")),
        (ABSOLUTE, cases("x & x>0", "0 & x=0", "-x & x<0")),
        (ABSOLUTE, cases(r"x & x\ge0", r"-x & \text{otherwise}")),
        ("f(x)=" + ABSOLUTE, ABSOLUTE),
        ("f(t)=" + ABSOLUTE.replace("x", "t"), "f(x)=" + ABSOLUTE),
        (cases("1 & 0<x<2", "2 & x>5"), cases(r"1 & x\in(0,1]", "1 & 1<x<2", "2 & x>5")),
    ],
)
def test_one_function_by_cases(left: str, right: str) -> None:
    assert equal(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (ABSOLUTE, cases(r"x & x\ge0", "-2x & x<0")),
        (ABSOLUTE, cases(r"x & x\ge1", "-x & x<1")),
        (STEP, cases("1 & x>0", r"2 & x\le0")),
        (STEP, cases("1 & x>0", "2 & x<0")),
        (STEP, "1"),
    ],
)
def test_another_function(left: str, right: str) -> None:
    assert equal(left, right) is False


def test_cases_that_contradict_each_other_define_no_function() -> None:
    assert not equal(ABSOLUTE, cases(r"x & x\ge0", "-x & x<2"))
    assert equal(ABSOLUTE, cases(r"x & x\ge0", r"-x & x\le0"))
