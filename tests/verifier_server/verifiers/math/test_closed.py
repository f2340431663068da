"""sympy's part: closed forms and proofs."""

import pytest

from tests.verifier_server.verifiers.math.by_hand import (
    OO,
    PI,
    A,
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
    power,
    sqrt,
)
from verifier_server.verifiers.math.nodes import Call, Node
from verifier_server.verifiers.math.values import closed as closed_module
from verifier_server.verifiers.math.values.bridge import built, is_small, node_of
from verifier_server.verifiers.math.values.closed import closed
from verifier_server.verifiers.math.values.formal import identical
from verifier_server.verifiers.math.values.symbolic import proved_equal


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (call("integral", power(X, 2), X), div(power(X, 3), 3)),
        (call("integral", mul(A, X), X, 0, 1), div(A, 2)),
        (call("integral", div(1, X), X, 1, E), 1),
        (call("limit", div(add(power(X, 2), -1), add(X, -1)), X, 1), 2),
        (call("limit", power(add(1, div(1, X)), X), X, OO), E),
        (call("derivative", call("sin", mul(2, X)), X), mul(2, call("cos", mul(2, X)))),
        (call("derivative", mul(A, power(X, 2)), X), mul(2, A, X)),
        (call("sum", power(div(1, 2), K), K, 0, OO), 2),
        (add(1, mul(2, call("limit", div(call("sin", X), X), X, 0))), 3),
    ],
)
def test_closed_forms(left: Call, right: Operand) -> None:
    form = closed(left)
    assert form is not None
    assert identical(form, node(right)).equal


@pytest.mark.parametrize(
    "binder",
    [
        call("integral", power(X, X), X, 0, 1),
        call("integral", div(1, add(1, power(X, 5), call("sin", X))), X, 0, 1),
        call("limit", div(power(X, X), call("factorial", X)), X, OO),
        call("limit", div(1, X), X, 0),
        call("limit", call("sin", X), X, OO),
        call("sum", div(1, K), K, 1, OO),
        call("integral", power(power(add(X, 1), 12), 12), X, 0, 1),
        call("derivative", power(X, 2), 3),
        call("derivative", Y, X),
        call("derivative", A, X),
        call("derivative", mul(X, Y), X),
    ],
)
def test_no_closed_form(binder: Call) -> None:
    assert closed(binder) is None


def test_what_binds_nothing_stays() -> None:
    assert closed(add(X, 1)) == add(X, 1)


def test_a_wrong_integral_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    integral = call("integral", power(X, 2), X, 0, 3)
    assert closed(integral) == node(9)
    wrong = {**closed_module._FORMS, "integral": lambda *_: built(node(10))}
    monkeypatch.setattr(closed_module, "_FORMS", wrong)
    assert closed(integral) is None


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (call("abs", call("sin", X)), sqrt(add(1, neg(power(call("cos", X), 2))))),
        (power(add(X, Y), 3), add(power(X, 3), power(Y, 3), mul(3, X, Y, add(X, Y)))),
        (sqrt(add(3, mul(2, sqrt(2)))), add(1, sqrt(2))),
    ],
)
def test_proofs(left: Node, right: Node) -> None:
    assert proved_equal(left, right)
    assert proved_equal(right, left)
    assert not proved_equal(left, add(right, 1))


@pytest.mark.parametrize(
    "large",
    [
        power(power(power(add(X, 1), 9), 9), 9),
        power(2, power(10, 9)),
        call("factorial", 10**5),
        power(add(X, 1), 10**7),
        mul(*([add(X, 1)] * 50)),
    ],
)
def test_large_expressions_are_not_given_to_sympy(large: Node) -> None:
    assert not is_small(large) or built(large) is None
    assert not proved_equal(large, X)


@pytest.mark.parametrize(
    "expression",
    [
        add(X, 1),
        mul(PI, sqrt(Y)),
        power(E, neg(X)),
        call("arctan", div(1, X)),
        call("max", X, Y),
        call("floor", X),
        call("factorial", N),
    ],
)
def test_expressions_come_back(expression: Node) -> None:
    back = node_of(built(expression))
    assert back is not None
    assert built(back) == built(expression)
