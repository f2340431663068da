"""Identities at one random point."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verifier_server.verifiers.math.by_hand import (
    IMAGINARY,
    PI,
    A,
    B,
    E,
    N,
    Operand,
    X,
    Y,
    add,
    call,
    div,
    mul,
    neg,
    node,
    number,
    power,
    sqrt,
)
from verifier_server.verifiers.math.values.formal import Identity, identical, scaled
from verifier_server.verifiers.math.values.surds import OpenError, Ring, factored

PRIME = (1 << 127) - 1


def identity(left: Operand, right: Operand) -> Identity:
    one, two = node(left), node(right)
    found = identical(one, two)
    assert found == identical(two, one)
    return found


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (power(add(X, Y), 2), add(power(X, 2), mul(2, X, Y), power(Y, 2))),
        (div(add(power(X, 2), -1), add(X, -1)), add(X, 1)),
        (sqrt(8), mul(2, sqrt(2))),
        (div(1, sqrt(2)), div(sqrt(2), 2)),
        (power(IMAGINARY, 2), -1),
        (div(5, add(1, mul(2, IMAGINARY))), add(1, neg(mul(2, IMAGINARY)))),
        (power(add(1, sqrt(5)), 2), add(6, mul(2, sqrt(5)))),
        (power(E, mul(IMAGINARY, PI)), -1),
        (call("tan", div(PI, 3)), sqrt(3)),
        (call("percent", mul(50, X)), div(X, 2)),
        (power(X, 10**12), mul(X, power(X, 10**12 - 1))),
    ],
)
def test_bare_identities_are_settled(left: Operand, right: Operand) -> None:
    assert identity(left, right) == Identity(True, bare=True)
    assert identity(left, add(node(right), 1)) == Identity(False, bare=True)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        # Equal or not, as mathematics knows or does not: nothing is claimed.
        (add(PI, E), mul(PI, E)),
        (call("sin", X), call("cos", X)),
        (call("ln", 2), PI),
        # Equal only on a part of the line.
        (power(sqrt(X), 2), X),
        (call("ln", power(X, 2)), mul(2, call("ln", X))),
        (sqrt(mul(A, B)), mul(sqrt(A), sqrt(B))),
        (sqrt(power(add(X, Y), 2)), add(X, Y)),
        (power(E, call("ln", X)), X),
        (add(call("ln", X), neg(call("ln", X))), 0),
        # Without a value.
        (div(1, add(X, neg(X))), div(1, 0)),
        (call("det", X), X),
    ],
)
def test_what_stays_open(left: Operand, right: Operand) -> None:
    assert identity(left, right).equal is None


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (sqrt(mul(12, X)), mul(2, sqrt(mul(3, X)))),
        (power(sqrt(X), 3), mul(X, sqrt(X))),
        (call("ln", div(1, X)), neg(call("ln", X))),
        (call("ln", mul(3, power(X, 3))), add(call("ln", 3), mul(3, call("ln", X)))),
        (call("arctan", neg(X)), neg(call("arctan", X))),
        (call("abs", mul(-2, X, Y)), mul(2, call("abs", X), call("abs", Y))),
        (power(2, add(N, 3)), mul(8, power(2, N))),
        (power(6, N), mul(power(2, N), power(3, N))),
        (call("sec", X), div(1, call("cos", X))),
        (call("cos", mul(sqrt(div(980, 7)), X)), call("cos", mul(2, sqrt(35), X))),
        (call("sinh", mul(2, X)), mul(2, call("sinh", X), call("cosh", X))),
    ],
)
def test_laws_of_functions(left: Operand, right: Operand) -> None:
    assert identity(left, right) == Identity(True, bare=False)
    assert identity(left, add(node(right), 1)).equal is None


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (add(X, neg(Y)), add(mul(2, Y), neg(mul(2, X))), True),
        (add(power(X, 2), -1), add(mul(PI, power(X, 2)), neg(PI)), True),
        (add(X, neg(Y)), add(X, Y), False),
        (add(X, 1), add(power(X, 2), X), False),
        (add(X, neg(X)), X, None),
        (mul(X, call("sin", Y)), mul(3, X, call("sin", Y)), True),
    ],
)
def test_proportions(left: Operand, right: Operand, equal: bool | None) -> None:
    assert scaled(node(left), node(right)).equal is equal
    assert scaled(node(right), node(left)).equal is equal


_ELEMENTS = st.dictionaries(
    st.sampled_from([1, -1, 2, 3, -3, 5, 6, 10, -15, 30]), st.integers(1, PRIME - 1), max_size=6
)


@given(_ELEMENTS, _ELEMENTS, _ELEMENTS)
def test_surds_are_a_field(one: dict[int, int], two: dict[int, int], three: dict[int, int]) -> None:
    ring = Ring(PRIME)
    assert ring.multiplied(one, two) == ring.multiplied(two, one)
    left = ring.multiplied(one, ring.added(two, three))
    assert left == ring.added(ring.multiplied(one, two), ring.multiplied(one, three))
    if one:
        try:
            inverse = ring.inverted(one)
        except OpenError:
            return  # a factor of zero: modulo a prime some roots are rational
        assert ring.multiplied(one, inverse) == {1: 1}


def test_roots_of_what_is_no_number_keep_their_squares() -> None:
    ring = Ring(PRIME)
    root = ring.generator("u", 12345)
    assert root is not None
    assert root == ring.generator("u", 12345)
    assert ring.multiplied(root, root) == {1: 12345}
    assert ring.multiplied(ring.added(root, {1: 1}), ring.added(root, {1: PRIME - 1})) == {1: 12344}


@given(st.integers(1, 10**6))
def test_factors(number: int) -> None:
    product = 1
    for prime, exponent in factored(number).items():
        product *= prime**exponent
    assert product == number


def test_large_primes_are_left_alone() -> None:
    with pytest.raises(OpenError):
        factored((1 << 61) - 1)
    assert identity(sqrt((1 << 61) - 1), number(3)).equal is None
