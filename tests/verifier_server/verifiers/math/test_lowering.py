"""Operations written out in arithmetic, and the names that are free in them."""

from collections.abc import Mapping
from fractions import Fraction

import pytest

from tests.verifier_server.verifiers.math.by_hand import (
    A,
    B,
    K,
    N,
    X,
    Y,
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
from verifier_server.verifiers.math.nodes import Call, Matrix, Node, walk
from verifier_server.verifiers.math.values.evaluators import CONTEXT, UnsupportedError
from verifier_server.verifiers.math.values.exact import UndefinedError, exact
from verifier_server.verifiers.math.values.formal import identical
from verifier_server.verifiers.math.values.lowering import (
    MAX_WRITTEN,
    free_names,
    lowered,
    substituted,
)
from verifier_server.verifiers.math.values.numeric import evaluate
from verifier_server.verifiers.math.values.points import whole_names
from verifier_server.verifiers.math.values.terms import content, factors


@pytest.mark.parametrize(
    ("node", "value"),
    [
        (call("sum", power(K, 2), K, 1, 10), 385),
        (call("sum", call("sum", mul(K, N), K, 1, N), N, 1, 3), 25),
        (call("product", K, K, 2, 5), 120),
        (call("sum", K, K, 5, 4), 0),
        (call("product", K, K, 5, 4), 1),
        (call("sum", K, K, 7, 7), 7),
        (call("det", Matrix(((number(2), number(1)), (number(7), number(4))))), 1),
        (call("sum", call("sum", K, K, 1, 2), K, 1, 3), 9),
    ],
)
def test_values(node: Node, value: int) -> None:
    assert exact(lowered(node)) == value


@pytest.mark.parametrize(
    "node",
    [
        call("sum", div(1, K), K, 1, 10**9),
        call("sum", call("sum", K, K, 1, 10**4), N, 1, 10**4),
        call("sum", K, K, 1, N),
        call("det", Matrix(tuple(tuple(number(i * j) for i in range(9)) for j in range(9)))),
    ],
)
def test_what_is_large_or_open_stays(node: Call) -> None:
    result = lowered(node)
    assert isinstance(result, Call)
    assert result.name == node.name
    assert sum(1 for _ in walk(result)) <= MAX_WRITTEN


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (call("binomial", N, 3), div(mul(N, add(N, -1), add(N, -2)), 6)),
        (call("binomial", N, 0), number(1)),
        (call("det", Matrix(((A, B), (X, Y)))), add(mul(A, Y), neg(mul(B, X)))),
        (call("min", A, B), neg(call("max", neg(A), neg(B)))),
    ],
)
def test_written_out(left: Node, right: Node) -> None:
    assert identical(lowered(left), lowered(right)).equal


def test_bound_names() -> None:
    inner = call("sum", mul(K, N), K, 1, K)
    assert free_names(inner) == ["k", "n"]
    assert free_names(call("sum", mul(K, N), K, 1, 3)) == ["n"]
    assert substituted(inner, "k", number(2)) == call("sum", mul(K, N), K, 1, 2)
    assert substituted(call("sum", K, K, 1, 3), "k", X) == call("sum", K, K, 1, 3)


@pytest.mark.parametrize(
    ("left", "right", "names"),
    [
        (call("factorial", N), N, {"n"}),
        (call("factorial", X), X, set()),
        (call("factorial", X), call("factorial", add(X, 1)), {"x"}),
        (power(-1, K), X, {"k"}),
        (power(-1, X), X, set()),
        (call("floor", N), N, set()),
        (call("floor", div(N, 2)), N, {"n"}),
        (call("floor", div(X, 2)), X, set()),
        (call("sum", K, K, 1, N), N, {"n"}),
        (power(2, N), N, set()),
    ],
)
def test_letters_that_stand_for_integers(left: Node, right: Node, names: set[str]) -> None:
    assert whole_names(left, right) == names
    assert whole_names(right, left) == names


def _at(node: Node, point: Mapping[str, Fraction]) -> str:
    with CONTEXT.workdps(60):
        return str(CONTEXT.nstr(evaluate(node, point, 60), 12))


@pytest.mark.parametrize(
    ("node", "value"),
    [
        (call("factorial", number(1, 2)), "0.886226925453"),
        (call("binomial", number(5, 2), 2), "1.875"),
        (call("floor", mul(sqrt(2), sqrt(2))), "2.0"),
        (call("ceil", sqrt(2)), "2.0"),
        (call("mod", neg(sqrt(2)), 1), "0.585786437627"),
        (call("gcd", mul(sqrt(4), 6), 8), "4.0"),
        (call("sign", add(sqrt(2), neg(sqrt(2)))), "0.0"),
        (call("arccot", -1), "2.35619449019"),
        (call("arcsec", 2), "1.0471975512"),
        (call("arccsc", 2), "0.523598775598"),
        (call("arctanh", number(1, 2)), "0.549306144334"),
        (call("sech", 0), "1.0"),
        (call("max", sqrt(2), 1), "1.41421356237"),
        (call("percent", 5), "0.05"),
        (call("sum", div(1, K), K, 1, 3), "1.83333333333"),
    ],
)
def test_functions_to_many_digits(node: Node, value: str) -> None:
    assert _at(node, {}) == value


@pytest.mark.parametrize(
    ("node", "error"),
    [
        (call("factorial", neg(1)), UndefinedError),
        (call("coth", 0), UndefinedError),
        (call("mod", 1, add(sqrt(2), neg(sqrt(2)))), UndefinedError),
        (call("gcd", sqrt(2), 2), UndefinedError),
        (call("arg", 0), UndefinedError),
        (call("floor", power(10, 40)), TooBigError),
        (call("factorial", mul(sqrt(2), 10**5)), TooBigError),
        (call("sum", K, K, 1, 10**6), TooBigError),
        (call("sum", call("sum", K, K, 1, 2), N, 1, 2), UnsupportedError),
        (call("apply", X, X), UnsupportedError),
    ],
)
def test_no_number(node: Node, error: type[Exception]) -> None:
    with pytest.raises(error):
        evaluate(node, {}, 60)


def test_terms_and_factors() -> None:
    assert content(add(mul(4, A), mul(6, B))) == 2
    assert content(div(X, 2)) == Fraction(1, 2)
    assert content(X) == 1
    assert factors(mul(3, power(X, 2), div(Y, power(A, 3)))) == (3, [(X, 2), (Y, 1), (A, -3)])
    assert factors(power(mul(-2, X), 3)) == (-8, [(X, 3)])
