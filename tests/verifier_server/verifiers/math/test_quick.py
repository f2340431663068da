"""Double precision with error bounds: what it says is so is so."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verifier_server.verifiers.math.by_hand import (
    PI,
    E,
    X,
    add,
    call,
    div,
    mul,
    neg,
    number,
    power,
    sqrt,
)
from verifier_server.verifiers.math.limits import TooBigError
from verifier_server.verifiers.math.nodes import Node
from verifier_server.verifiers.math.values.evaluators import CONTEXT
from verifier_server.verifiers.math.values.exact import UndefinedError
from verifier_server.verifiers.math.values.numeric import evaluate
from verifier_server.verifiers.math.values.quick import (
    UnsureError,
    apart,
    approximate,
    bounds,
    differs,
    disproportionate,
)

_LEAVES = st.one_of(
    st.just(X),
    st.sampled_from([PI, E]),
    st.builds(number, st.integers(-1000, 1000), st.integers(1, 1000)),
    st.builds(number, st.integers(-(10**30), 10**30), st.integers(1, 10**30)),
)
_SINGLE = ("neg abs ln sin cos tan arctan arcsin sinh tanh sec coth floor sign percent").split()


def _grown(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(call, st.sampled_from(_SINGLE), inner),
        st.builds(call, st.sampled_from(["add", "mul", "div", "pow", "max"]), inner, inner),
        st.builds(sqrt, inner),
        st.builds(lambda node, k: power(node, k), inner, st.integers(-5, 9)),
    )


_NODES = st.recursive(_LEAVES, _grown, max_leaves=8)


@given(_NODES, st.integers(-(2**20), 2**20))
def test_the_true_value_is_within_the_bounds(node: Node, numerator: int) -> None:
    point = Fraction(numerator, 2**16)
    try:
        value, error = bounds(node, {"x": float(point)})
        with CONTEXT.workdps(120):
            true = evaluate(node, {"x": point}, 120)
            gap = abs(true - CONTEXT.mpf(value))
    except (UnsureError, UndefinedError, TooBigError, ArithmeticError, ValueError):
        return
    assert gap <= error


@pytest.mark.parametrize(
    "node",
    [
        div(1, add(sqrt(2), neg(sqrt(2)))),
        call("ln", neg(X)),
        sqrt(neg(X)),
        call("tan", div(PI, 2)),
        call("floor", mul(sqrt(2), sqrt(2))),
        call("arcsin", 2),
        power(10, 400),
        power(neg(X), number(1, 3)),
        call("apply", X, X),
    ],
)
def test_poles_branches_and_jumps_have_no_value(node: Node) -> None:
    with pytest.raises((UnsureError, ArithmeticError, ValueError)):
        approximate(node, {"x": 2.0})
    assert differs(node, number(10**6), {"x": 2.0}) is None


def test_near_values_are_not_told_apart() -> None:
    assert differs(add(X, number(1, 10**30)), X, {"x": 0.5}) is False
    assert differs(power(E, mul(PI, sqrt(163))), number(262537412640768744), {}) is False
    assert differs(number(1, 10**300), number(2, 10**300), {}) is not True
    assert differs(X, add(X, number(1, 10**6)), {"x": 0.5}) is True


def test_tolerances_are_decided_away_from_their_edge() -> None:
    assert apart(PI, number(314, 100), 1e-2) is False
    assert apart(PI, number(314, 100), 1e-5) is True
    assert apart(number(100), number(101), 1 / 101) is None
    assert apart(number(0), number(0), 0.0) is None
    assert apart(power(10, 400), number(1), 1e-2) is None


def test_ratios_that_are_certain_to_differ() -> None:
    nobody: frozenset[str] = frozenset()
    assert disproportionate(add(X, 1), add(X, 2), ["x"], nobody)
    assert disproportionate(add(X, 1), mul(3, add(X, 1)), ["x"], nobody) is False
    assert disproportionate(add(X, 1), mul(PI, add(1, X)), ["x"], nobody) is False
    assert disproportionate(call("ln", neg(X)), sqrt(neg(X)), ["x"], nobody) is None
