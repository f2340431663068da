import pytest

from tests.verifier_server.verifiers.math.comparing import equal
from verifier_server.verifiers.math.policy import DEFAULT, Policy

THREE = Policy(significant_digits=3)
ONE_PERCENT = Policy(tolerance=0.01)

EQUAL = [
    (r"\frac13", "0.33333", DEFAULT),
    (r"\pi", "3.14159", DEFAULT),
    (r"-\pi", "-3.14159", DEFAULT),
    (r"\pi", r"314.159\%", DEFAULT),
    (r"10^6\pi", r"3.14159 \times 10^6", DEFAULT),
    (r"(\frac13, \sqrt2)", "(0.333333, 1.41421)", DEFAULT),
    (r"[\frac13, 1)", "[0.333333, 1)", DEFAULT),
    ("0.50", "1/2", DEFAULT),
    ("100(1.05)^{10}", "162.8895", DEFAULT),
    (r"\frac{1}{8}", "0.125", DEFAULT),
    (r"\pi", "3.14", THREE),
    (r"\frac{500}{7}", "71.43", THREE),
    ("3.1416", "3.14", THREE),
    ("299792458", r"3.00 \times 10^8", THREE),
    ("100", "101", ONE_PERCENT),
    ("-100", "-99", ONE_PERCENT),
    (r"\pi", "3.14", ONE_PERCENT),
    ("(1, 100)", "(1, 101)", ONE_PERCENT),
    ("x = 100", "101", ONE_PERCENT),
    (r"50\%", "0.5", DEFAULT),
    (r"50\%", r"\frac12", DEFAULT),
    (r"50\%", "50", DEFAULT),
    (r"12.5\%", "12.5", DEFAULT),
]
DIFFERENT = [
    (r"\frac13", "0.333", DEFAULT),
    (r"\frac23", "0.66666", DEFAULT),
    (r"\pi", "3.14", DEFAULT),
    (r"10000\pi", "31416", DEFAULT),
    ("0.12345", "0.123450001", DEFAULT),
    ("100(1.05)^{10}", "162.8894", DEFAULT),
    ("16384", "16385", DEFAULT),
    (r"\frac{1}{300000}", "0.00000", DEFAULT),
    (r"\pi", "3.15", THREE),
    (r"\pi", "3.1", THREE),
    ("3.14", "3.15", THREE),
    ("3", "3.01", THREE),
    ("100", "102", ONE_PERCENT),
    ("100", "-100", ONE_PERCENT),
    ("0", "0.001", ONE_PERCENT),
    ("100x", "101x", ONE_PERCENT),
    (r"0.5\%", "0.5", DEFAULT),
    (r"1\%", "1", DEFAULT),
    (r"50\%", "50", Policy(loose_percent=False)),
    (r"50\%", r"5000\%", DEFAULT),
    (r"50\%", "0.005", DEFAULT),
]


@pytest.mark.parametrize(("left", "right", "policy"), EQUAL)
def test_numbers_that_stand_for_one_value(left: str, right: str, policy: Policy) -> None:
    assert equal(left, right, policy)


@pytest.mark.parametrize(("left", "right", "policy"), DIFFERENT)
def test_numbers_that_do_not(left: str, right: str, policy: Policy) -> None:
    assert equal(left, right, policy) is False
