import pytest

from verifier_server.verifiers.logic.formulas import Atom, Formula, Function, Variable
from verifier_server.verifiers.logic.printing import show
from verifier_server.verifiers.logic.reading import ReadError, read


def _shown(text: str, *, strict: bool = True, constants: frozenset[str] = frozenset()) -> str:
    return show(read(text, strict=strict, constants=constants).formula)


def _reasons(text: str, *, strict: bool = True) -> list[str]:
    return [caution.reason for caution in read(text, strict=strict).warnings]


@pytest.mark.parametrize(
    "text",
    [
        "∀x (Owl(x) → ¬Blind(x))",
        "∀x: (Owl(x) ⇒ ~Blind(x))",
        "∀x.(Owl(x)→¬Blind(x))",
        "∀x, (Owl(x) ⟶ not Blind(x))",
        "∀ x [Owl(x) ⊃ ¬ Blind(x)]",
        "all x. (Owl(x) -> -Blind(x))",
        "all x (Owl(x) -> -Blind(x)).",
        "forall x, (Owl(x) => !Blind(x))",
        "For all x, (Owl(x) implies NOT Blind(x))",
        "for\nevery x (Owl(x) --> not(Blind(x)))",
        r"\forall x\, (Owl(x) \to \neg Blind(x))",
        r"$\forall x \left(Owl(x) \Rightarrow \lnot Blind(x)\right)$.",
        r"\(\forall{}x (\text{Owl}(x) \rightarrow \lnot \mathrm{Blind}(x))\)".replace("{}", " "),
        r"\[ \forall x : (Owl(x) \implies \neg\operatorname{Blind}(x)) \]",
        "∀𝑥 (Owl(𝑥) → ¬Blind(𝑥))",
        "∀ｘ（Owl（ｘ）→ ￢Blind（ｘ））",
        "∀xOwl(x) → ¬Blind(x)",
        "∀x.Owl(x) → ¬Blind(x)",
        "∀x (¬Blind(x) ← Owl(x))",
    ],
)
def test_one_formula_in_many_dialects(text: str) -> None:
    assert _shown(text) == "∀x (Owl(x) → ¬Blind(x))"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("![X]: (owl(X) => ~blind(X))", "∀X (owl(X) → ¬blind(X))"),
        ("! [X,Y] : ? [Z] : (p(X,Y,Z) & q)", "∀X ∀Y ∃Z (p(X, Y, Z) ∧ q)"),
        ("![X]: (p(X) <= q(X))", "∀X (q(X) → p(X))"),
        ("![P & q] => r", "¬(P ∧ q) → r"),
        ("p <~> $false", "p ⊕ ⊥"),
        ("∀x∀y P(x,y)", "∀x ∀y P(x, y)"),
        ("∀x,y P(x,y)", "∀x ∀y P(x, y)"),
        ("∀x, y (P(x, y))", "∀x ∀y P(x, y)"),
        ("∀x y (P(x, y))", "∀x ∀y P(x, y)"),
        ("∀x,∀y,P(x,y)", "∀x ∀y P(x, y)"),
        ("all x y. P(x,y)", "∀x ∀y P(x, y)"),
        ("all x.exists y.P(x,y)", "∀x ∃y P(x, y)"),
        ("∀person thing (Owns(person, thing) → Rich(person))",
         "∀person ∀thing (Owns(person, thing) → Rich(person))"),
        ("∀x, p(x)", "∀x p(x)"),
        ("∀x x = y", "∀x (x = y)"),
        ("∄x Unicorn(x)", "¬∃x Unicorn(x)"),
        (r"\nexists x\; Unicorn(x)", "¬∃x Unicorn(x)"),
        ("p /\\ q \\/ r", "(p ∧ q) ∨ r"),
        ("p && q || r", "(p ∧ q) ∨ r"),
        ("p if and only if q", "p ↔ q"),
        ("P AND (Q OR NOT R)", "P ∧ (Q ∨ ¬R)"),
        ("p <-> q", "p ↔ q"),
        ("p = q", "p = q"),
        ("(f(a)) = ((b))", "f(a) = b"),
        ("∀x ((x) = a)", "∀x (x = a)"),
        ("f(a) != b", "f(a) ≠ b"),
        ("⊤ → False", "⊤ → ⊥"),
        ("$T & -$F", "⊤ ∧ ¬⊥"),
        (r"p \text{ and } q", "p ∧ q"),
        ("LivesIn(tom, OR) or LivesIn(tom, all)", "LivesIn(tom, 'OR') ∨ LivesIn(tom, 'all')"),
        ("some & all", "'some' ∧ 'all'"),
    ],
)  # fmt: skip
def test_signs_and_variables(text: str, shown: str) -> None:
    assert _shown(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("¬p ∧ q ∨ r ⊕ s → t ↔ u1", "(((((¬p ∧ q) ∨ r) ⊕ s) → t) ↔ u1)"[1:-1]),
        ("p ↔ q → r ⊕ s ∨ t ∧ ¬o", "p ↔ (q → (r ⊕ (s ∨ (t ∧ ¬o))))"),
        ("p ∧ (q ∧ r) ∧ s", "p ∧ q ∧ r ∧ s"),
        ("p ⊕ q ⊕ r", "(p ⊕ q) ⊕ r"),
        ("p ↔ q ↔ r", "(p ↔ q) ↔ r"),
        ("p → q → r", "p → (q → r)"),
        ("p -> q -> r", "p → (q → r)"),
        ("all x. (P(x) -> Q(x) -> R(x))", "∀x ((P(x) → Q(x)) → R(x))"),
        ("all x (P(x) -> Q(x) -> R(x))", "∀x (P(x) → (Q(x) → R(x)))"),
        ("all x. p -> q -> r", "((∀x p) → q) → r"),
        ("p -> q -> all x p.", "p → (q → (∀x p))"),
        ("p ∧ q → r ∧ s ↔ t ∨ o", "((p ∧ q) → (r ∧ s)) ↔ (t ∨ o)"),
    ],
)
def test_precedence(text: str, shown: str) -> None:
    assert _shown(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        # Narrow, whatever separates the variable from the body.
        ("∀x P(x) → q", "(∀x P(x)) → q"),
        ("all x. P(x) -> q", "(∀x P(x)) → q"),
        ("![X]: p(X) => q", "(∀X p(X)) → q"),
        ("∃x P(x) ∧ ∃x Q(x)", "(∃x P(x)) ∧ (∃x Q(x))"),
        ("∀x (P(x) → ∃x Q(x) ∧ R(x))", "∀x (P(x) → ((∃x Q(x)) ∧ R(x)))"),
        # Wide where a variable would be free.
        ("∀x P(x) → Q(x)", "∀x (P(x) → Q(x))"),
        ("q ∧ ∀x P(x) → Q(x)", "q ∧ (∀x (P(x) → Q(x)))"),
        ("¬∃x P(x) ∧ Q(x)", "¬∃x (P(x) ∧ Q(x))"),
        ("∀x P(x) → Q(x) ↔ r", "∀x ((P(x) → Q(x)) ↔ r)"),
        ("∀a P(a) → Q(a)", "∀a (P(a) → Q(a))"),
        ("∀Pet Dog(Pet) → Loyal(Pet)", "∀Pet (Dog(Pet) → Loyal(Pet))"),
        ("∃x P(x) ∧ ∃x Q(x) ∧ R(x)", "(∃x P(x)) ∧ (∃x (Q(x) ∧ R(x)))"),
        ("∃x P(x) ∧ ∃y Q(y) ∧ R(x, y)", "∃x (P(x) ∧ (∃y (Q(y) ∧ R(x, y))))"),
        # As far out as it must, and a block of like quantifiers together.
        ("∀x ∃y Likes(x, y) → Happy(x)", "∀x ((∃y Likes(x, y)) → Happy(x))"),
        ("∀x ∀y Likes(x, y) → Happy(x)", "∀x ∀y (Likes(x, y) → Happy(x))"),
        # Brackets say what they say.
        ("(∀x P(x)) → Q(x)", "(∀x P(x)) → Q(x)"),
    ],
)
def test_reach_of_quantifiers(text: str, shown: str) -> None:
    assert _shown(text) == shown


def test_a_declared_constant_is_not_reached_for() -> None:
    assert _shown("∀x P(x) → Q(x)", constants=frozenset({"x"})) == "(∀x P(x)) → Q('x')"


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("P(x)", Variable("x")),
        ("P(z2)", Variable("z2")),
        ("P(z0)", Function("z0")),
        ("P(a)", Function("a")),
        ("P(X)", Function("X")),
        ("P(wren)", Function("wren")),
        ("P('x')", Function("x")),
        ("P(7)", Function("7")),
        ("P(-7)", Function("-7")),
    ],
)
def test_unbound_names(text: str, term: Variable | Function) -> None:
    assert read(text).formula == Atom("P", (term,))


def test_a_name_that_is_bound_elsewhere_is_a_free_variable() -> None:
    assert _last_term(read("(∀a P(a)) ∧ Q(a)").formula) == Variable("a")
    assert _last_term(read("![X]: p(X) & q(Y)").formula) == Variable("Y")
    declared = read("(∀a P(a)) ∧ Q(a)", constants=frozenset({"a"})).formula
    assert _last_term(declared) == Function("a")


def _last_term(formula: Formula) -> object:
    last = formula.parts[-1]  # type: ignore[union-attr]  # a conjunction, by its text
    assert isinstance(last, Atom)
    return last.arguments[-1]


def test_prover9_binds_what_is_free_and_no_other_dialect_or_answer_does() -> None:
    assert _shown("p(x) & q(x,y) -> r(y).", strict=False) == "∀x ∀y ((p(x) ∧ q(x, y)) → r(y))"
    assert _reasons("p(x) -> r(x).", strict=False) == ["closed_free_variables"]
    for text in (
        "p(x) -> r(x).",
        "p(x) -> r(x)",
        "p(x) → r(x).",
        "all y. p(x).",
        "p(x) and q.",
        "p(x).",
    ):
        strict = text == "p(x) -> r(x)."
        assert read(text, strict=strict).formula == read(text).formula


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("p ∨ q ⊕ r", ["ambiguous_xor"]),
        ("p ∨ q → r ⊕ s", []),
        ("p → q → r", ["chained_implication"]),
        ("p → q ↔ r → s", []),
        ("∀x P(x) → Q(x)", ["widened_scope"]),
        ("∀x, P(x) → q", ["ambiguous_scope"]),
        ("∀x P(x) → q", []),
        ("all x. P(x) -> q", []),
        ("∀x (P(x) → ∃x Q(x))", ["shadowed_variable"]),
        ("Cost(a) < 7", ["uninterpreted_order"]),
        ("(∀x P(x)) → q", []),
    ],
)
def test_warnings(text: str, reasons: list[str]) -> None:
    assert _reasons(text) == reasons


def test_a_warning_tells_its_place() -> None:
    (caution,) = read("p ∧\n  ∀x P(x) → Q(x)").warnings
    assert caution.offset == 6


def test_orders_have_one_direction() -> None:
    assert (
        read("a < b").formula == read("b > a").formula == Atom(">", (Function("b"), Function("a")))
    )
    assert read("a ≤ b").formula == read("b >= a").formula
    assert read("a <= b").formula != read("b > a").formula


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("P(a) ∧ Q(a))", "P(a) ∧ Q(a)"),
        ("P(a) ∧ Q(a))).", "P(a) ∧ Q(a)"),
        ("∀x (P(x) → (Q(x) ∨ R(x)", "∀x (P(x) → (Q(x) ∨ R(x)))"),
    ],
)
def test_gold_is_mended_at_its_end_alone(text: str, mended: str) -> None:
    assert "repaired_parentheses" in _reasons(text, strict=False)
    assert _shown(text, strict=False) == mended
    with pytest.raises(ReadError):
        read(text)


@pytest.mark.parametrize("text", ["P(a)) ∧ Q(a)", "P(a))))", "((((P(a)", "P(a) ∧ ", ")", "P(a b)"])
def test_other_gold_is_not_mended(text: str) -> None:
    with pytest.raises(ReadError):
        read(text, strict=False)
