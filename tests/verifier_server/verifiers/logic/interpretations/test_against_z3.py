"""Models of random scripts: our evaluation against z3's own reader and solver."""

import re
from fractions import Fraction

import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier_server.contract import TaskError
from verifier_server.verifiers.logic.verifier import prepare

DECLARED = """(declare-sort U) (declare-const x Int) (declare-const y Real) (declare-const p Bool)
(declare-const a U) (declare-const b U) (declare-fun f (Int) Int) (declare-fun P (U) Bool)"""

operators = st.sampled_from(["+", "-", "*", "div", "mod"])
integers = st.recursive(
    st.sampled_from(["x", "0", "1", "3", "7"]),
    lambda parts: st.one_of(
        st.builds(
            "({} {} {})".format, st.sampled_from(["+", "-", "*", "div", "mod"]), parts, parts
        ),
        st.builds("(f {})".format, parts),
        st.builds("(- {})".format, parts),
        st.builds("(ite p {} {})".format, parts, parts),
        st.builds("(to_int (/ (to_real {}) 2.0))".format, parts),
    ),
    max_leaves=5,
)
numbers = st.one_of(integers, st.builds("(+ y {})".format, integers), st.just("(/ y 3.0)"))
things = st.sampled_from(["a", "b"])
formulas = st.recursive(
    st.one_of(
        st.builds("({} {} {})".format, st.sampled_from(["<", "<=", "=", ">"]), numbers, numbers),
        st.builds("(P {})".format, things),
        st.builds("(= {} {})".format, things, things),
        st.sampled_from(["p", "(forall ((u U)) (P u))", "(exists ((u U)) (not (P u)))"]),
    ),
    lambda parts: st.one_of(
        st.builds("(not {})".format, parts),
        st.builds("({} {} {})".format, st.sampled_from(["and", "or", "=>", "xor"]), parts, parts),
    ),
    max_leaves=4,
)


@settings(max_examples=150, deadline=None)
@given(
    asserted=st.lists(formulas, min_size=1, max_size=3),
    x=st.integers(-5, 5),
    y=st.fractions(-3, 3, max_denominator=4),
    p=st.booleans(),
    same=st.booleans(),
    f=st.tuples(*[st.integers(-3, 3)] * 3),
    of_u=st.booleans(),
    of_v=st.booleans(),
)
def test_evaluation_agrees(
    asserted: list[str],
    x: int,
    y: Fraction,
    p: bool,
    same: bool,
    f: tuple[int, int, int],
    of_u: bool,
    of_v: bool,
) -> None:
    script = DECLARED + "".join(f"(assert {each})" for each in asserted)
    solver = z3.Solver(ctx=z3.Context())
    solver.from_string(script)
    if solver.check() != z3.sat:
        return
    other = "u" if same else "v"
    answer = [f"x = {x}", f"y = {y}", f"p = {p}", "a = u", f"b = {other}"]
    answer += [f"f = [0 -> {f[0]}, {x} -> {f[1] if x else f[0]}, else -> {f[2]}]"]
    answer += [f"P(u) = {of_u}"] + ([] if same else [f"P(v) = {of_v}"])
    told = f"""(assert (and (= x {x}) (= y (/ {y.numerator} {y.denominator})) (= p {str(p).lower()})
        (= (= a b) {str(same).lower()}) (= (P a) {str(of_u).lower()})
        (forall ((w U)) (or (= w a) (= w b)))
        (forall ((n Int)) (= (f n) (ite (= n 0) {f[0]} (ite (= n {x}) {f[1]} {f[2]}))))))"""
    if not same:
        told += f"(assert (= (P b) {str(of_v).lower()}))"
    oracle = z3.Solver(ctx=z3.Context())
    oracle.from_string(_negatives(DECLARED + told) + "".join(f"(assert {e})" for e in asserted))
    try:
        judge = prepare({"shape": "smt", "script": script})
    except TaskError as error:
        assert error.reason == "undecided"  # noqa: PT017  # refused, and rightly so
        return
    found = judge("<answer>" + "\n".join(answer) + "</answer>")
    truth = oracle.check()
    if truth == z3.unknown:
        return
    assert found.passed is (truth == z3.sat), (script, answer, found)


def _negatives(text: str) -> str:
    """SMT-LIB has no negative numerals."""
    return re.sub(r"-(\d+)", r"(- \1)", text)
