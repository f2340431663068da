"""What is refused, why, where, and how soon."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.logic.declarations import Script
from verifier_server.verifiers.logic.reading.errors import ReadError
from verifier_server.verifiers.logic.smtlib.commands import read_script, read_term

HEAD = "(declare-sort U 0)(declare-const p Bool)(declare-const a U)(declare-const x Int)\n"
HEAD += "(declare-fun f (U) U)(declare-const y Real)\n"


def refused(text, **options):
    with pytest.raises(ReadError) as caught:
        read_script(text, **options)
    return caught.value


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("(declare-const v (_ BitVec 8))", "unsupported"),
        ("(declare-const m (Array Int Int))", "unsupported"),
        ("(declare-const s String)", "unsupported"),
        ("(declare-const s Nowhere)", "unknown_symbol"),
        ("(declare-sort Pair 2)", "unsupported"),
        ("(declare-fun g (Bool) Int)", "unsupported"),
        ("(declare-datatypes ((T 0)) (((c))))", "forbidden_command"),
        ("(define-sort I () Int)", "forbidden_command"),
        ("(define-fun-rec g ((n Int)) Int (g n))", "forbidden_command"),
        ("(set-option :produce-models true)", "forbidden_command"),
        ('(echo "x")', "forbidden_command"),
        ("(push 1)", "forbidden_command"),
        ("(pop 1)", "forbidden_command"),
        ("(reset)", "forbidden_command"),
        ('(include "there")', "forbidden_command"),
        ("(eval p)", "forbidden_command"),
        ("(declare-const p Bool)", "redeclared"),
        ("(declare-sort U 0)", "redeclared"),
        ("(declare-sort Int 0)", "redeclared"),
        ("(declare-const and Bool)", "binder"),
        ("(declare-const |or| Bool)", "binder"),
        ("(declare-const || Bool)", "bad_char"),
        ("(assert)", "syntax"),
        ("(assert p p)", "syntax"),
        ("assert", "syntax"),
        ("()", "syntax"),
        ("(assert ())", "syntax"),
        ("(assert p", "syntax"),
        ("(assert p))", "unbalanced"),
        ("(assert (= x #x0f))", "unsupported"),
        ('(assert (= x "1"))', "unsupported"),
        ("(assert (= x (^ x 2)))", "unsupported"),
        ("(assert (_ is p))", "unsupported"),
        ("(assert ((as f U) a))", "unsupported"),
        ("(assert (= a (as a U)))", "unsupported"),
        ("(assert (lambda ((v U)) p))", "unsupported"),
        ("(assert (= x 1a))", "syntax"),
        ("(assert (= x 1.))", "syntax"),
        ("(assert ∀)", "bad_char"),
        ("(assert (= x |a\\b|))", "syntax"),
        ("(assert x)", "sort_mismatch"),
        ("(assert (not a))", "sort_mismatch"),
        ("(assert (= a x))", "sort_mismatch"),
        ("(assert (= p x))", "sort_mismatch"),
        ("(assert (< a a))", "sort_mismatch"),
        ("(assert (= x (div y 2)))", "sort_mismatch"),
        ("(assert (= x (ite p 1 a)))", "sort_mismatch"),
        ("(assert (= a (f)))", "arity_mismatch"),
        ("(assert (= a (f a a)))", "arity_mismatch"),
        ("(assert (not p p))", "arity_mismatch"),
        ("(assert (and))", "arity_mismatch"),
        ("(assert (= x))", "arity_mismatch"),
        ("(assert (=> p))", "arity_mismatch"),
        ("(assert q)", "unknown_symbol"),
        ("(assert (g a))", "unknown_symbol"),
        ("(assert (forall () p))", "binder"),
        ("(assert (forall ((v U) (v U)) p))", "binder"),
        ("(assert (forall ((not U)) p))", "binder"),
        ("(assert (let ((v a) (v a)) p))", "binder"),
        ("(assert (let ((v a)) (v)))", "arity_mismatch"),
        ("(assert (! p :weight))", "syntax"),
        ("(assert (not (! p :named n)))", "unsupported"),
        ("(assert (! p :named p))", "redeclared"),
        ("(assert (= x " + "7" * 50 + "))", "number"),
        ("(assert (= x (* x x x x x)))", "nonlinear"),
        ("(assert (= y (/ y x x y x)))", "nonlinear"),
    ],
)
def test_reasons(body, reason):
    for gold in (False, True):
        error = refused(HEAD + body, gold=gold)
        assert error.reason == reason, error
        assert error.line >= 3


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("(define-fun true-cat ((v U)) Bool true)", "forbidden_definition"),
        ("(define-const c Int 1)", "forbidden_definition"),
        ("(assert p)(check-sat)", "forbidden_command"),
        ("(assert p)(exit)", "forbidden_command"),
    ],
)
def test_answers_may_neither_define_nor_ask(body, reason):
    assert refused(HEAD + body).reason == reason
    assert isinstance(read_script(HEAD + body, gold=True), Script)


@pytest.mark.parametrize(
    "body",
    [
        "(exit)(assert p)",
        "(check-sat)(declare-const q Bool)",
        "(define-fun and ((v U)) Bool true)",
        "(define-fun p () Bool true)",
        "(define-fun g ((v U)) Bool (g v))",
        "(define-fun g ((v U) (v U)) Bool true)",
        "(define-fun g () Bool 1)",
        "(define-fun g ((v Int)) Bool true)(assert (g a))",
        "(define-fun g () Bool p)(declare-fun g () Bool)",
        "(check-sat p)",
    ],
)
def test_gold_is_held_to_the_rules_too(body):
    assert refused(HEAD + body, gold=True)


def test_places_are_lines_and_columns():
    error = refused("(declare-const p Bool)\n  (assert\n    (and p nope))")
    assert (error.reason, error.line, error.column) == ("unknown_symbol", 3, 12)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("(" * 5000, "too_deep"),
        ("(assert " + "(not " * 200 + "p" + ")" * 201, "too_deep"),
        ("p " * 45_000, "too_long"),
        (" " * 100_001, "too_long"),
        ("(assert (distinct " + "a " * 500 + "))", "too_large"),
        ("(assert (= " + "p " * 20_000 + "))", "too_large"),
        (
            "(assert (let ((v0 p)) "
            + "".join(f"(let ((v{i + 1} (and v{i} v{i}))) " for i in range(60))
            + "v60"
            + ")" * 62,
            "too_large",
        ),
        (
            "(assert (let ((v0 p)) "
            + "".join(f"(let ((v{i + 1} (not (not (not v{i}))))) " for i in range(60))
            + "v60"
            + ")" * 62,
            "too_deep",
        ),
        ("(assert (forall (" + "".join(f"(b{i} Bool)" for i in range(20)) + ") p))", "too_large"),
        (
            "(define-fun d0 () Bool p)"
            + "".join(f"(define-fun d{i + 1} () Bool (or d{i} d{i}))" for i in range(60))
            + "(assert d60)",
            "too_large",
        ),
        (
            "(define-fun d0 () Bool p)"
            + "".join(f"(define-fun d{i + 1} () Bool (not d{i}))" for i in range(300))
            + "(assert d300)",
            "too_deep",
        ),
    ],
)
def test_bounds(text, reason):
    assert refused(HEAD + text, gold=True).reason == reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" ; nothing\n", "empty"),
        ("p p", "trailing"),
        ("(assert p)", "forbidden_command"),
        ("p (check-sat)", "forbidden_command"),
        ("(set-option :trace true)", "forbidden_command"),
        ("x", "sort_mismatch"),
    ],
)
def test_terms(text, reason):
    declared = read_script(HEAD).declarations
    with pytest.raises(ReadError) as caught:
        read_term(text, declared)
    assert caught.value.reason == reason


PIECES = """( ) assert forall let ! | " ((v U)) p a 1.5 - = :named define-fun exit ; and (p)
#b1 é \0 \ud800""".split(" ")


@given(st.lists(st.sampled_from(PIECES), max_size=40), st.booleans(), st.text(max_size=20))
def test_any_text_is_read_or_refused(pieces, gold, tail):
    text = HEAD + "(assert " + " ".join(pieces) + tail
    try:
        sorts = read_script(text, gold=gold).declarations.sorts
    except ReadError as error:
        sorts = ("U",) if 0 <= error.offset <= len(text) else ()
    assert sorts == ("U",)
