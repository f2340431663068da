"""Exact rational values of nodes."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verifier_server.verifiers.math.by_hand import PI, A, call, div, neg, number, power, sqrt
from verifier_server.verifiers.math.limits import TooBigError
from verifier_server.verifiers.math.nodes import Node
from verifier_server.verifiers.math.values.exact import (
    UndefinedError,
    exact,
    exact_or_none,
    whole_root,
)


@pytest.mark.parametrize(
    ("node", "value"),
    [
        (call("percent", 50), Fraction(1, 2)),
        (call("floor", number(-7, 2)), -4),
        (call("ceil", number(-7, 2)), -3),
        (call("gcd", 12, 18, 27), 3),
        (call("lcm", 4, 6, 10), 60),
        (call("gcd", 0, 5), 5),
        (call("max", number(1, 3), number(1, 2), 0), Fraction(1, 2)),
        (call("min", number(1, 3), number(1, 2)), Fraction(1, 3)),
        (call("mod", -7, 5), 3),
        (call("mod", number(7, 2), 1), Fraction(1, 2)),
        (call("sign", -9), -1),
        (call("sign", 0), 0),
        (sqrt(number(4, 9)), Fraction(2, 3)),
        (call("root", -27, 3), -3),
        (power(8, number(2, 3)), 4),
        (power(number(4, 9), number(-3, 2)), Fraction(27, 8)),
        (power(-1, 10**9 + 1), -1),
        (call("binomial", 5, 2), 10),
        (call("mul", 2, 3, 7), 42),
        (call("factorial", 0), 1),
    ],
)
def test_values(node: Node, value: Fraction) -> None:
    assert exact(node) == value


@pytest.mark.parametrize(
    "node",
    [
        sqrt(2),
        sqrt(-4),
        power(-8, number(1, 3)),
        A,
        PI,
        call("gcd", number(1, 2), 3),
        call("factorial", number(1, 2)),
        call("binomial", -1, 2),
        call("sin", 0),
    ],
)
def test_no_exact_value(node: Node) -> None:
    assert exact(node) is None


@pytest.mark.parametrize(
    "node",
    [
        div(1, 0),
        power(0, 0),
        power(0, number(-1, 2)),
        call("mod", 5, 0),
        call("factorial", neg(1)),
    ],
)
def test_undefined(node: Node) -> None:
    with pytest.raises(UndefinedError):
        exact(node)
    assert exact_or_none(node) is None


@pytest.mark.parametrize(
    "node",
    [
        power(10, power(10, 10)),
        call("factorial", 10**9),
        call("binomial", 10**9, 5 * 10**8),
        power(4, number(10**7, 2)),
    ],
)
def test_too_big(node: Node) -> None:
    with pytest.raises(TooBigError):
        exact(node)


@given(st.integers(0, 10**40), st.integers(2, 20))
def test_whole_roots(base: int, degree: int) -> None:
    assert whole_root(base**degree, degree) == base
    if base > 1:
        assert whole_root(base**degree + 1, degree) is None
        assert whole_root(base**degree - 1, degree) is None
