"""Expressions compared by value, through all stages."""

import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifier_server.verifiers.math.by_hand import (
    IMAGINARY,
    OO,
    PI,
    A,
    B,
    E,
    K,
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
from verifier_server.contract import TaskError
from verifier_server.verifiers.math.limits import TooBigError
from verifier_server.verifiers.math.nodes import Call, Matrix, Node, Symbol
from verifier_server.verifiers.math.values import probe as probe_module
from verifier_server.verifiers.math.values.numeric import evaluate
from verifier_server.verifiers.math.values.probe import Evidence, proportional
from verifier_server.verifiers.math.values.stages import compare
from verifier_server.verifiers.math.verifier import prepare


def verdict(left: Operand, right: Operand) -> bool | None:
    one, two = node(left), node(right)
    decision = compare(one, two)
    assert decision == compare(two, one)
    return decision[0]


def squared(part: Operand) -> Call:
    return power(part, 2)


def factorial(part: Operand) -> Call:
    return call("factorial", part)


def total(*terms: Operand) -> Call:
    return call("sum", *terms)


Z = Symbol("z")
SINE, COSINE = call("sin", X), call("cos", X)
NESTED = sqrt(add(3, mul(2, sqrt(2))))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        # Factorials, binomials, parity: letters that stand for integers.
        (div(mul(N, add(N, -1)), 2), call("binomial", N, 2)),
        (div(factorial(N), factorial(add(N, -2))), mul(N, add(N, -1))),
        (call("binomial", N, K), call("binomial", N, add(N, neg(K)))),
        (power(-1, N), power(-1, add(N, 2))),
        (power(-1, N), call("cos", mul(N, PI))),
        (call("floor", div(N, 2)), div(add(mul(2, N), -1, power(-1, N)), 4)),
        (call("gcd", N, add(N, 1)), 1),
        (add(call("floor", div(N, 2)), call("ceil", div(N, 2))), N),
        (total(power(2, K), K, 0, N), add(power(2, add(N, 1)), -1)),
        (call("floor", add(X, Y)), call("floor", add(Y, X))),
        (call("re", add(Z, 1)), call("re", add(1, Z))),
        (call("max", A, B, Y), call("max", Y, B, A)),
        (call("arcsec", X), call("arccos", div(1, X))),
        (total(K, K, 1, N), div(mul(N, add(N, 1)), 2)),
        # Finite sums and products, determinants.
        (total(squared(K), K, 1, 100), 338350),
        (call("product", K, K, 1, 10), factorial(10)),
        (total(total(mul(K, N), K, 1, N), N, 1, 3), 25),
        (total(K, K, 3, 2), 0),
        (call("det", Matrix(((A, B), (X, Y)))), add(mul(A, Y), neg(mul(B, X)))),
        # Surds, roots and powers.
        (NESTED, add(1, sqrt(2))),
        (call("root", add(7, mul(5, sqrt(2))), 3), add(1, sqrt(2))),
        (div(1, add(1, sqrt(2), sqrt(3))), div(add(2, sqrt(2), neg(sqrt(6))), 4)),
        (div(call("root", 4, 3), 2), div(1, call("root", 2, 3))),
        (sqrt(mul(8, X)), mul(2, sqrt(mul(2, X)))),
        (sqrt(div(X, 2)), div(sqrt(mul(2, X)), 2)),
        (
            sqrt(add(mul(4, squared(A)), mul(4, squared(B)))),
            mul(2, sqrt(add(squared(A), squared(B)))),
        ),
        (add(sqrt(add(X, 1)), neg(sqrt(X))), div(1, add(sqrt(add(X, 1)), sqrt(X)))),
        (mul(X, sqrt(X)), power(X, number(3, 2))),
        (sqrt(squared(X)), call("abs", X)),
        (sqrt(mul(squared(X), Y)), mul(call("abs", X), sqrt(Y))),
        (add(power(2, 100000), 1), add(1, power(2, 100000))),
        (power(2, mul(2, N)), power(4, N)),
        # Circular and hyperbolic functions.
        (call("sin", mul(2, X)), mul(2, SINE, COSINE)),
        (squared(SINE), div(add(1, neg(call("cos", mul(2, X)))), 2)),
        (call("cot", X), div(COSINE, SINE)),
        (call("cosh", X), div(add(power(E, X), power(E, neg(X))), 2)),
        (power(E, mul(IMAGINARY, X)), add(COSINE, mul(IMAGINARY, SINE))),
        (call("sin", div(PI, 12)), div(add(sqrt(6), neg(sqrt(2))), 4)),
        (mul(*(call("cos", div(mul(k, PI), 7)) for k in (1, 2, 3))), number(1, 8)),
        (mul(2, call("arcsin", sqrt(A))), call("arccos", add(1, neg(mul(2, A))))),
        (add(call("arctan", number(1, 2)), call("arctan", number(1, 3))), div(PI, 4)),
        (call("arcsinh", X), call("ln", add(X, sqrt(add(squared(X), 1))))),
        (call("arccot", X), add(div(PI, 2), neg(call("arctan", X)))),
        (call("degree", 45), div(PI, 4)),
        # Logarithms.
        (call("ln", squared(X)), mul(2, call("ln", call("abs", X)))),
        (add(call("ln", 2), call("ln", 3)), call("ln", 6)),
        (div(call("ln", 8), call("ln", 4)), number(3, 2)),
        (neg(call("ln", call("abs", COSINE))), call("ln", call("abs", call("sec", X)))),
        (power(E, mul(2, call("ln", 5))), 25),
        # Order, rounding, complex numbers.
        (call("max", A, B), div(add(A, B, call("abs", add(A, neg(B)))), 2)),
        (call("abs", add(3, mul(4, IMAGINARY))), 5),
        (call("conjugate", add(3, mul(4, IMAGINARY))), add(3, neg(mul(4, IMAGINARY)))),
        (call("arg", add(1, IMAGINARY)), div(PI, 4)),
        (call("floor", mul(10, sqrt(2))), 14),
        (call("abs", add(Z, -1)), call("abs", add(1, neg(Z)))),
        (sqrt(squared(add(X, Z))), call("abs", add(X, Z))),
        # What cancels.
        (div(X, X), 1),
        (add(X, 1, mul(0, Y)), add(X, 1)),
        # Limits, integrals, derivatives, infinite sums.
        (call("limit", div(SINE, X), X, 0), 1),
        (call("derivative", power(X, 3), X), mul(3, squared(X))),
        (call("integral", squared(X), X, 0, 3), 9),
        (call("integral", power(E, neg(squared(X))), X, neg(OO), OO), sqrt(PI)),
        (total(div(1, squared(K)), K, 1, OO), div(squared(PI), 6)),
    ],
)
def test_equal(left: Operand, right: Operand) -> None:
    assert verdict(left, right)


NOTHING = add(squared(SINE), squared(COSINE), -1)  # zero, though no stage but evaluation sees it


@pytest.mark.parametrize(
    ("left", "right"),
    [
        # Digits hidden at an extremum, or by an exponent.
        (1, call("cos", power(10, -500))),
        (1, power(E, power(10, -100))),
        (1, power(2, power(10, -300))),
        (1, call("abs", add(1, mul(power(10, -400), IMAGINARY)))),
        (1, call("sin", add(div(PI, 2), power(10, -600)))),
        (1, call("cos", call("cos", add(div(PI, 2), power(10, -300))))),
        (1, call("tanh", 100)),
        (power(E, mul(PI, sqrt(163))), number(262537412640768744)),
        (add(sqrt(10**6 + 1), neg(sqrt(10**6))), number(1, 2000)),
        # Domains and branches.
        (X, squared(sqrt(X))),
        (X, sqrt(squared(X))),
        (call("ln", squared(X)), mul(2, call("ln", X))),
        (sqrt(mul(A, B)), mul(sqrt(A), sqrt(B))),
        (call("ln", mul(A, B)), add(call("ln", A), call("ln", B))),
        (call("arcsin", call("sin", X)), X),
        (power(-8, number(1, 3)), -2),
        # No value over the reals, or nowhere.
        (1, add(1, mul(0, call("arcsin", 2)))),
        (1, add(1, mul(0, call("ln", -1)))),
        (1, add(1, mul(0, sqrt(-1)))),
        (X, add(X, div(0, NOTHING))),
        (X, add(X, div(1, NOTHING), neg(div(1, NOTHING)))),
        (add(mul(X, SINE), COSINE), add(mul(X, SINE), COSINE, div(0, NOTHING))),
        (1, div(1, add(sqrt(2), neg(sqrt(2))))),
        # What holds at integers alone.
        (squared(X), add(squared(X), call("sin", mul(PI, X)), factorial(X), neg(factorial(X)))),
        (N, call("floor", N)),
        (X, call("floor", X)),
        (call("floor", X), call("floor", add(X, number(1, 1000)))),
        (call("floor", X), add(call("ceil", X), -1)),
        (X, add(X, call("floor", div(call("abs", X), 10**9)))),
        (call("sign", X), call("sign", add(X, number(1, 10**9)))),
        (call("max", X, 0, Y), call("max", X, number(-1, 10**9), Y)),
        (0, call("floor", div(N, 1000))),
        (N, call("mod", N, 1000)),
        (call("floor", div(N, 7)), call("floor", div(N, 8))),
        (
            total(K, K, 1, N),
            add(div(mul(N, add(N, 1)), 2), mul(*(add(N, -k) for k in range(1, 66)))),
        ),
        (call("factorial", N), add(call("factorial", N), mul(*(add(N, -k) for k in range(1, 41))))),
        (mul(2, X), add(mul(2, X), call("derivative", Y, X))),
        # Complex letters.
        (Z, call("re", Z)),
        (power(call("abs", Z), 2), power(Z, 2)),
        (call("conjugate", Z), Z),
        (X, add(X, power(0, X))),
        (X, mul(X, power(-1, mul(2, X)))),
        # Out of bounds, and not to be guessed.
        (div(1, factorial(2006)), div(1, factorial(2004))),
        (1, total(div(1, K), K, 1, 10**9)),
        (1, call("integral", power(X, X), X, 0, 1)),
        (1, call("limit", div(call("abs", X), X), X, 0)),
        (42, power(10, power(10, 10))),
    ],
)
def test_not_equal(left: Operand, right: Operand) -> None:
    assert not verdict(left, right)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (mul(2, PI), 6, (False, "numeric")),
        (power(10, power(10, 10)), 42, (False, "formal")),
        (number(1, 3), number(2, 6), (True, "exact")),
        (div(1, 0), 1, (False, "exact")),
        (SINE, COSINE, (False, "numeric")),
        (call("sin", mul(2, X)), mul(2, SINE, COSINE), (True, "formal")),
        (call("arctan", 1), div(PI, 4), (True, "numeric")),
    ],
)
def test_the_stage_that_decides(
    left: Operand, right: Operand, expected: tuple[bool | None, str]
) -> None:
    assert compare(node(left), node(right)) == expected


def test_a_spent_budget_ends_the_comparison() -> None:
    left = 1000

    def spend(cost: int) -> None:
        nonlocal left
        left -= cost
        if left < 0:
            raise TooBigError("spent")

    assert compare(SINE, COSINE, spend)[0] is False
    with pytest.raises(TooBigError):
        compare(call("arccos", add(1, mul(-2, A))), mul(2, call("arcsin", sqrt(A))), spend)


def _rewritten(part: Node, generator: random.Random) -> Node:
    """Another form of the same expression."""
    if isinstance(part, Call):
        inner = tuple(_rewritten(each, generator) for each in part.arguments)
        if part.name in ("pow", "root"):  # exponents are read as they are written
            inner = (inner[0], part.arguments[1])
        if part.name in ("add", "mul"):
            inner = tuple(generator.sample(inner, len(inner)))
        part = Call(part.name, inner)
    match generator.randrange(6):
        case 0:
            return add(mul(part, 3), neg(mul(2, part)))
        case 1:
            return div(mul(part, 6), 6)
        case 2:
            return neg(neg(part))
        case 3:
            return add(part, add(2, -2))
        case _:
            return part


_LEAVES = st.one_of(st.sampled_from([X, Y, PI]), st.builds(number, st.integers(-9, 9)))
_TREES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.builds(call, st.sampled_from(["add", "mul"]), inner, inner),
        st.builds(call, st.sampled_from(["sin", "abs", "neg", "arctan"]), inner),
        st.builds(lambda part: sqrt(add(squared(part), 1)), inner),
    ),
    max_leaves=6,
)


@settings(deadline=None, max_examples=50)
@given(_TREES, st.randoms(use_true_random=False))
def test_rewritten_expressions_are_equal(tree: Node, generator: random.Random) -> None:
    assert verdict(tree, _rewritten(tree, generator))


@settings(deadline=None, max_examples=50)
@given(_TREES, st.fractions(max_denominator=10**30).filter(bool))
def test_shifted_expressions_are_not(tree: Node, shift: Fraction) -> None:
    assert (
        verdict(tree, add(_rewritten(tree, random.Random(1)), number(*shift.as_integer_ratio())))
        is False
    )


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (add(X, neg(Y)), add(mul(2, Y), neg(mul(2, X))), Evidence.EQUAL),
        (add(Y, neg(SINE)), mul(PI, add(SINE, neg(Y))), Evidence.EQUAL),
        (add(Y, neg(sqrt(X))), add(mul(2, Y), neg(sqrt(mul(4, X)))), Evidence.EQUAL),
        (add(Y, neg(call("floor", X))), add(call("floor", X), neg(Y)), Evidence.EQUAL),
        (add(X, neg(Y)), add(X, Y), Evidence.DIFFERENT),
        (add(Y, neg(call("abs", X))), add(Y, neg(X)), Evidence.DIFFERENT),
        (
            add(Y, neg(call("floor", X))),
            add(Y, neg(call("floor", add(X, number(1, 10**9))))),
            Evidence.UNKNOWN,
        ),
        (add(Y, neg(call("re", Z))), add(Y, neg(Z)), Evidence.UNKNOWN),
        (add(X, neg(X)), add(Y, neg(Y)), Evidence.UNKNOWN),
    ],
)
def test_proportional(left: Node, right: Node, expected: Evidence) -> None:
    assert proportional(left, right) is expected
    assert proportional(right, left) is expected


J = Symbol("j")
ORDERED = div(factorial(N), factorial(add(N, neg(K))))


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (total(K, K, 1, N), total(J, J, 1, N), True),
        (total(div(1, K), K, 1, N), total(div(1, add(K, 1)), K, 0, add(N, -1)), True),
        (total(div(1, K), K, 1, N), total(div(1, add(K, 1)), K, 0, N), False),
        (total(K, K, 1, N), call("product", K, K, 1, N), False),
        (call("binomial", N, K), div(ORDERED, factorial(K)), True),
        (call("binomial", N, K), ORDERED, False),
        (call("binomial", N, K), call("binomial", N, add(N, neg(K))), True),
    ],
)
def test_sums_and_binomials_of_letters(left: Call, right: Call, equal: bool) -> None:
    assert verdict(left, right) is equal


def test_what_has_a_value_is_evaluated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    evaluated: list[Node] = []

    def counted(node: Node, point: dict[str, Fraction], digits: int) -> object:
        evaluated.append(node)
        return evaluate(node, point, digits)

    monkeypatch.setattr(probe_module, "evaluate", counted)
    judge = prepare({"answer": "i/" * 100 + "i"})
    assert len(evaluated) == 1
    evaluated.clear()
    judge(r"\boxed{i" + r"/(1+i)" * 60 + "}")
    assert len(evaluated) == 1


@pytest.mark.parametrize("text", [r"\frac{i}{\tan\frac{\pi}{2}}", r"i + \sum_{k=2}^{1} \ln 0"])
def test_a_part_without_a_value_is_found(text: str) -> None:
    with pytest.raises(TaskError, match="no value"):
        prepare({"answer": text})
