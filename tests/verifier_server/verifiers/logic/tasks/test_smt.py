"""Scripts: models that are right, wrong and unreadable, unsat, and scripts that make no task."""

from typing import Any

import pytest

from tests.verifier_server.verifiers.logic.judging import facts, refused, score
from verifier_server.contract import Score

NUMBERS = """(declare-const x Int) (declare-const y Real)
(assert (> (* x x) 50))
(assert (and (< x y) (= (* 2 y) 17)))"""
SORTED = """(declare-sort U) (declare-const a U) (declare-const b U)
(declare-fun f (U) U) (declare-fun P (U) Bool)
(assert (distinct a b))
(assert (forall ((x U)) (not (= (f x) x))))
(assert (and (P a) (not (P b))))"""
FUNCTION = """(declare-fun f (Int) Int) (declare-const c Int)
(assert (forall ((n Int)) (>= (f n) c)))
(assert (> c 3))"""
SINGLE = """(declare-sort U) (declare-const a U) (declare-fun P (U) Bool)
(assert (forall ((x U)) (= x a)))
(assert (P a))"""
NONE = """(declare-const x Int)
(assert (> x 0))
(assert (< x 5))
(assert (< (* 2 x) 1))"""
PROGRAM = """x, m = Ints('x m')
s = Solver()
s.add(x * x > 50, m == x - 3)
s.add(x < 0)
print(s.check())"""
OF_Z3 = """sat
(
  ;; universe for U:
  ;;   U!val!1 U!val!0
  (declare-fun U!val!1 () U)
  (declare-fun U!val!0 () U)
  (forall ((x U)) (or (= x U!val!1) (= x U!val!0)))
  (define-fun b () U U!val!1)
  (define-fun a () U U!val!0)
  (define-fun f ((x!0 U)) U (ite (= x!0 U!val!1) U!val!0 U!val!1))
  (define-fun P ((x!0 U)) Bool (ite (= x!0 U!val!1) false true))
)"""
OF_CVC5 = """(define-fun a () U (as @U_0 U))
(define-fun b () U (as @U_1 U))
(define-fun f ((x U)) U (ite (= x (as @U_1 U)) (as @U_0 U) (as @U_1 U)))
(define-fun P ((x U)) Bool (= x (as @U_0 U)))"""


def asked(script: str, answer: str, **options: Any) -> Score:
    return score({"shape": "smt", "script": script, **options}, answer)


@pytest.mark.parametrize(
    ("script", "answer"),
    [
        (NUMBERS, "x=8, y=17/2"),
        (NUMBERS, "sat\nx = -9\ny = 8.5"),
        (NUMBERS, "((define-fun x () Int 8) (define-fun y () Real (/ 17.0 2.0)))"),
        (NUMBERS, "sat (model (define-fun x () Int (- 8)) (define-const y Real 8.5))"),
        (NUMBERS, "((x (- 8)) (y 8.5))"),
        (NUMBERS, "[x = 8, y = 17/2]"),
        (NUMBERS, '{"x": 8, "y": 8.5}'),
        (NUMBERS, "- **x** := -8\n- `y` := 17/2."),
        (SORTED, "a=u;b=v;f(u)=v;f(v)=u;P(u)=true;P(v)=false"),
        (SORTED, "a = u; b = v; f = [u -> v, else -> u]; P(u) = true; P(_) = false"),
        (SORTED, OF_Z3),
        (SORTED, OF_CVC5),
        (FUNCTION, "c=4; f(_)=5"),
        (FUNCTION, "c=4; f=[1 -> 9, 2 -> 8, else -> 4]"),
        (FUNCTION, "(define-fun c () Int 4)(define-fun f ((n Int)) Int (ite (< n 0) (- 4 n) 4))"),
        (SINGLE, "(define-fun a () U u) (define-fun P ((x U)) Bool (let ((y x)) (= y u)))"),
        (SINGLE, "(define-fun a () U u) (define-fun P ((x U)) Bool (let ((u u)) (= x u)))"),
        (SINGLE, "(define-fun a () U u) (define-fun P ((x U)) Bool (exists ((y U)) (= y x)))"),
        (FUNCTION, "(define-fun c () Int 4)(define-fun f ((n Int)) Int (let ((a!1 5)) a!1))"),
        (FUNCTION, "((c 4) (define-fun f ((n Int)) Int (ite (forall ((m Int)) (< m n)) 1 4)))"),
        ("(declare-const x Real) (assert (= (/ x 0) 5))", "x = 1"),
        ("(declare-const x Int) (assert (exists ((y Int)) (= x (* 2 y))))", "x = 4"),
        ("(declare-const sat Int) (assert (> sat 1))", "sat = 2"),
    ],
)
def test_a_model_is_right_in_any_form(script: str, answer: str) -> None:
    found = asked(script, answer)
    assert (found.reason, found.value, found.passed) == ("model_satisfies", 1.0, True)


@pytest.mark.parametrize(
    ("script", "answer", "reason"),
    [
        (NUMBERS, "unsat", "wrong_status"),
        (NUMBERS, "sat", "model_missing"),
        (NUMBERS, "x=7; y=8.5", "model_violates@1"),
        (NUMBERS, "x=8; y=8", "model_violates@2"),
        (NUMBERS, "x=8", "model_incomplete"),
        (NUMBERS, "x=8; y=8.5; x=-8", "model_duplicate"),
        (NUMBERS, "(define-fun x () Int 8) (x 9) (y 8.5)", "model_duplicate"),
        (FUNCTION, "((c 4) ((f 1) 5) (define-fun f ((n Int)) Int 9))", "model_duplicate"),
        (NUMBERS, "x(_) = 8; y = 8.5", "vocab.arity_mismatch"),
        (NUMBERS, "x=8.5; y=8.5", "vocab.sort_mismatch"),
        (NUMBERS, "x=8; y=8.5; z=1", "vocab.unknown_symbol"),
        (NUMBERS, "x=8 y=8.5", "parse_error.syntax"),
        (NUMBERS, "x=8; y=1/0", "parse_error.syntax"),
        (NUMBERS, "(define-fun x () Int 8) (set-option :rlimit 1)", "forbidden.axiom"),
        (NUMBERS, "(assert true)", "forbidden.axiom"),
        (NUMBERS, "(define-fun x ((n Int)) Int 8)", "vocab.arity_mismatch"),
        (NUMBERS, "(define-fun x () Real 8.0)", "vocab.sort_mismatch"),
        (NUMBERS, "(define-fun x () Int x)", "vocab.unknown_symbol"),
        (SORTED, "a=u;b=v;f(u)=v;P(u)=true;P(v)=false", "model_incomplete"),
        (SORTED, "a=u;b=u;f(u)=u;P(u)=true", "model_violates@1"),
        (SORTED, "a=u;b=v;f(_)=u;P(u)=true;P(_)=false", "model_violates@2"),
        (SORTED, "a=b; b=a; f(_)=a; P(_)=true", "vocab.unknown_symbol"),
        (FUNCTION, "c=4; f(1)=5", "model_incomplete"),
        (FUNCTION, "c=4; f=[1 -> 3, else -> 4]", "model_violates@1"),
        (NONE, "sat", "wrong_status"),
        (NONE, "x = 1", "wrong_status"),
        (NONE, "unsat\nx = 1", "parse_error.trailing"),
        ("(declare-const x Real) (assert (= (/ x 0) 5)) (assert (= (/ x 0) x))", "x=1",
         "model_violates@1"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(script: str, answer: str, reason: str) -> None:
    found = asked(script, answer)
    assert (found.reason, found.value, found.passed) == (reason, 0.0, False)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("[x = -8, m = -11]", "model_satisfies"),
        ("x = 8, m = 5", "model_violates@3"),
        ("x = -8, m = -10", "model_violates@2"),
        ("x = -8", "model_incomplete"),
        ("unsat", "wrong_status"),
    ],
)
def test_a_script_may_be_a_program_of_z3_python(answer: str, reason: str) -> None:
    assert score({"shape": "smt", "script": PROGRAM}, answer).reason == reason


def test_values_that_grow_without_bound_are_not_computed() -> None:
    nested = "(f " * 7 + "c" + ")" * 7
    script = f"(declare-fun f (Int) Int) (declare-const c Int) (assert (>= {nested} c))"
    power = "(define-fun f ((n Int)) Int (* n n n n))"
    assert asked(script, f"(c 1) {power}").reason == "model_satisfies"
    assert asked(script, f"(c {10**39}) {power}").reason == "solver_unknown"


@pytest.mark.parametrize("answer", ["unsat", "UNSAT.", "unsatisfiable"])
def test_unsat_needs_no_more(answer: str) -> None:
    assert asked(NONE, answer).reason == "correct_unsat"


def test_sat_alone_is_half_of_it_where_the_task_says_so() -> None:
    found = asked(NUMBERS, "sat", claim="status")
    assert (found.verdict, found.reason, found.value) == ("PARTIAL", "model_missing", 0.5)
    assert asked(NUMBERS, "x=8; y=17/2", claim="status").value == 1.0
    assert asked(NONE, "sat", claim="status").value == 0.0


@pytest.mark.parametrize(
    ("task", "code", "reason"),
    [
        ({"script": NUMBERS, "label": "unsat"}, "BAD_GROUND_TRUTH", "mislabelled"),
        ({"script": NONE, "label": "sat"}, "BAD_GROUND_TRUTH", "mislabelled"),
        ({"script": NONE, "label": "perhaps"}, "INVALID_TASK", "unknown_label"),
        ({"script": "(declare-const x Int)"}, "INVALID_TASK", "no_assertion"),
        ({"script": "(assert (> x 1))"}, "INVALID_TASK", "parse_error.unknown_symbol"),
        ({"script": "(set-option :rlimit 1)"}, "INVALID_TASK", "parse_error.forbidden_command"),
        (
            {
                "script": "(declare-fun s (Int) Int)"
                "(assert (forall ((x Int)) (exists ((y Int)) (= (s y) (* x x x)))))"
                "(assert (forall ((x Int) (y Int)) (=> (= (s x) (s y)) (= x y))))"
            },
            "BAD_GROUND_TRUTH",
            "undecided",
        ),
    ],
)
def test_what_makes_no_task(task: dict[str, Any], code: str, reason: str) -> None:
    error = refused({"shape": "smt", **task})
    assert (error.code, error.reason) == (code, reason)
    assert asked(NONE, "unsat", label="unsat").passed


def test_what_contradicts_and_what_satisfies_is_privileged() -> None:
    told = dict(asked(NONE, "sat").diagnostics.privileged)
    assert told == {
        "solver_units": "0",
        "truth": "unsat",
        "contradictory_assertions": "1, 3",
    }
    found = asked(SORTED, "sat")
    assert "true: P(a)" in dict(found.diagnostics.privileged)["model"]
    assert facts(found) == {}


def test_a_model_that_multiplies_much_is_not_asked_about() -> None:
    task = {
        "shape": "smt",
        "script": "(declare-fun f (Int Int) Int)(assert (forall ((x Int) (y Int)) (>= (f x y) 0)))",
    }
    shown = "sat ((define-fun f ((a Int) (b Int)) Int {}))"
    assert score(task, shown.format("(* a a)")).passed
    assert score(task, shown.format("(ite (> (* 2 a) (mod b 7)) 1 2)")).passed
    for body in ("(+ (* a a a) (* b b) 9)", "(+ (* a a a) (mod b a))", "(div 7 (* a a b))"):
        found = score(task, shown.format(body))
        assert (found.reason, found.value) == ("solver_unknown", 0.0)
        assert dict(found.diagnostics.facts).get("solver_units", "0") == "0"
