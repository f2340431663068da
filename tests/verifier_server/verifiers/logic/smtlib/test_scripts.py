"""What scripts and terms mean, tree by tree."""

from fractions import Fraction

import pytest

from verifier_server.verifiers.logic.declarations import Declarations, Symbol
from verifier_server.verifiers.logic.formulas import (
    INT,
    REAL,
    Arithmetic,
    Atom,
    Compared,
    Computed,
    Connected,
    Equal,
    Function,
    Not,
    Number,
    Op,
    Quantified,
    Quantifier,
    Relation,
    Truth,
    Variable,
)
from verifier_server.verifiers.logic.smtlib.commands import read_script, read_term

P, Q, R = Atom("p"), Atom("q"), Atom("r")
KNOWN = read_script(
    "(declare-sort U 0)(declare-fun p () Bool)(declare-const q Bool)(declare-const r Bool)"
    "(declare-fun L (U U) Bool)(declare-const a U)(declare-fun f (U) U)"
    "(declare-const x Int)(declare-const y Real)(declare-fun h (Real) Real)"
).declarations
X, Y, A = Function("x"), Function("y"), Function("a")


def whole(value):
    return Number(Fraction(value), INT)


def test_a_script_gives_declarations_and_assertions_with_their_places():
    script = read_script(
        '(set-logic UF) ; a comment (assert\n(set-info :source "any (text)")\n'
        "(declare-sort U)\n(declare-fun L (U U) Bool)\n(declare-const |a b| U)\n"
        "  (assert (! (L |a b| |a b|) :named self))"
    )
    assert script.declarations.sorts == ("U",)
    assert script.declarations.symbols == (
        Symbol("L", ("U", "U"), "Bool"),
        Symbol("a b", (), "U"),
    )
    (assertion,) = script.assertions
    assert assertion.formula == Atom("L", (Function("a b"), Function("a b")))
    assert (assertion.name, assertion.line, assertion.column) == ("self", 6, 4)
    assert script.notes == ("set_logic", "set_info")


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("p", P),
        ("|p|", P),
        ("true", Truth(True)),
        ("(and p (and q r))", Connected(Op.AND, (P, Q, R))),
        ("(or p)", P),
        (
            "(=> p q r)",
            Connected(Op.IMPLIES, (P, Connected(Op.IMPLIES, (Q, R)))),
        ),
        ("(xor p q r)", Connected(Op.XOR, (Connected(Op.XOR, (P, Q)), R))),
        (
            "(= p q r)",
            Connected(Op.AND, (Connected(Op.IFF, (P, Q)), Connected(Op.IFF, (Q, R)))),
        ),
        ("(distinct a (f a))", Not(Equal(A, Function("f", (A,))))),
        (
            "(ite p q r)",
            Connected(
                Op.AND,
                (Connected(Op.IMPLIES, (P, Q)), Connected(Op.IMPLIES, (Not(P), R))),
            ),
        ),
        (
            "(< 1 x 3)",
            Connected(
                Op.AND,
                (
                    Compared(Relation.LESS, whole(1), X),
                    Compared(Relation.LESS, X, whole(3)),
                ),
            ),
        ),
        ("(= x (ite p 1 2))", Equal(X, Computed(Arithmetic.ITE, (P, whole(1), whole(2))))),
        (
            "(= x (- 1 2 x))",
            Equal(
                X,
                Computed(
                    Arithmetic.SUBTRACT,
                    (whole(1), Computed(Arithmetic.ADD, (whole(2), X))),
                ),
            ),
        ),
        ("(= y x)", Equal(Y, Computed(Arithmetic.TO_REAL, (X,)))),
        ("(= y 3)", Equal(Y, Number(Fraction(3), REAL))),
        ("(= y 0.50)", Equal(Y, Number(Fraction(1, 2), REAL))),
        ("(= (h 1) y)", Equal(Function("h", (Number(Fraction(1), REAL),)), Y)),
        ("(let ((p q) (q p)) (=> p q))", Connected(Op.IMPLIES, (Q, P))),
        ("(forall ((b Bool)) (or b p))", None),
    ],
)
def test_terms(text, meaning):
    if meaning is None:
        meaning = Connected(
            Op.AND,
            (
                Connected(Op.OR, (Truth(True), P)),
                Connected(Op.OR, (Truth(False), P)),
            ),
        )
    assert read_term(text, KNOWN) == meaning


def test_a_let_is_not_captured_by_a_quantifier_within():
    read = read_term("(forall ((u U)) (let ((v u)) (exists ((u U)) (L u v))))", KNOWN)
    outer, inner = Variable("u", "U"), Variable("u!1", "U")
    assert read == Quantified(
        Quantifier.FORALL,
        (outer,),
        Quantified(Quantifier.EXISTS, (inner,), Atom("L", (inner, outer))),
    )


def test_a_definition_is_not_captured_where_it_is_used():
    script = read_script(
        "(declare-sort U 0)(declare-fun L (U U) Bool)(declare-const a U)"
        "(define-fun loved ((m U)) Bool (exists ((n U)) (L n m)))"
        "(define-const fixed U a)"
        "(assert (forall ((n U)) (loved n)))(assert (forall ((a U)) (L a fixed)))(check-sat)",
        gold=True,
    )
    outer, inner, named = Variable("n", "U"), Variable("n!1", "U"), Variable("a!1", "U")
    assert script.assertions[0].formula == Quantified(
        Quantifier.FORALL,
        (outer,),
        Quantified(Quantifier.EXISTS, (inner,), Atom("L", (inner, outer))),
    )
    assert script.assertions[1].formula == Quantified(
        Quantifier.FORALL, (named,), Atom("L", (named, A))
    )
    assert script.notes == ("asks",)
    assert [symbol.name for symbol in script.declarations.symbols] == ["L", "a"]


def test_a_term_is_read_under_given_declarations_only():
    assert read_term("\n (p)\n", KNOWN) == P
    with pytest.raises(ValueError, match="not declared"):
        read_term("p", Declarations())


def test_patterns_are_read_over():
    plain = read_term("(forall ((u U)) (L u a))", KNOWN)
    hinted = "(forall ((u U)) (! (L u a) :pattern ((L u a)) :weight 4 :qid |k|))"
    assert read_term(hinted, KNOWN) == plain
