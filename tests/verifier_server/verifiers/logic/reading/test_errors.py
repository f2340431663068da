import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.logic.reading import ReadError, Reading, read

_SIGNS = [
    "∀", "∃", "¬", "∧", "→", "(", ")", "[", "]", ",", ".", ":", "=", "≠", "<", "x", "y", "P(",
    "all ", "exists ", "![", "'",
    "\\forall ", "$", "not ", "->", "f(x)", "\n", " ", "True", "⊕", "\\text{",
    "}", "if and only if", "-", "é", "\u200b", "x.y", "for all", "<=",
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "reason", "line", "column"),
    [
        ("", "empty", 1, 1),
        (" \n ", "empty", 2, 2),
        ("$ $", "empty", 1, 3),
        ("P(a))", "unbalanced", 1, 5),
        ("P(a)]", "unbalanced", 1, 5),
        ("P(a", "syntax", 1, 4),
        ("∀x Animal(tom", "syntax", 1, 14),
        ("P(a) Q(b)", "trailing", 1, 6),
        ("P(a)\nQ(b)", "trailing", 2, 1),
        ("P(a). Q(b).", "trailing", 1, 7),
        ("P(a) ∧\n ∧ Q(b)", "syntax", 2, 2),
        ("P(a) # Q(b)", "bad_char", 1, 6),
        ("P(a ∈ b)", "bad_char", 1, 5),
        ("∀ (P(a))", "binder", 1, 3),
        ("∀x,x P(x)", "binder", 1, 4),
        ("![X,X]: p(X)", "binder", 1, 5),
        ("∀'x' P(x)", "binder", 1, 2),
        ("∀42 P(x)", "binder", 1, 2),
        ("∀x (x ∧ P(x))", "syntax", 1, 5),
        ("∀x x(a)", "syntax", 1, 4),
        ("∀p p(a)", "syntax", 1, 4),
        ("a = b = c", "syntax", 1, 7),
        ("a ≠ b ≠ c", "syntax", 1, 7),
        ("(P(a) ∧ Q(a)) = b", "syntax", 1, 15),
        ("(a > b) = c", "syntax", 1, 4),
        ("p ← q → r", "syntax", 1, 3),
        ("p ← q ← r", "syntax", 1, 3),
        ("P(a ∧ b)", "syntax", 1, 5),
        ("P(∃x Q(x))", "syntax", 1, 3),
        ("P(,)", "syntax", 1, 3),
        ("(a, b)", "syntax", 1, 3),
        ("P(x + 1)", "bad_char", 1, 5),
        ("fof(c, conjecture, ![X]: p(X)).", "syntax", 1, 20),
        ("(assert false)", "syntax", 1, 9),
        ("P(a] ∧ Q", "syntax", 1, 4),
        (r"\frob x", "bad_char", 1, 1),
        ("'open(a)", "bad_char", 1, 1),
    ],
)
def test_reasons_and_places(text: str, reason: str, line: int, column: int) -> None:
    with pytest.raises(ReadError) as caught:
        read(text)
    error = caught.value
    assert (error.reason, error.line, error.column) == (reason, line, column)
    assert str(error) == f"{line}:{column}: {error.message}"
    assert text[: error.offset].count("\n") == line - 1


def test_places_are_of_the_text_as_given() -> None:
    with pytest.raises(ReadError) as caught:
        read("Ｐ（ﬁ，e\u0301）∧ # q")
    assert caught.value.offset == "Ｐ（ﬁ，e\u0301）∧ # q".index("#")
    with pytest.raises(ReadError) as caught:
        read(r"$ \left( P(x\,, \text{a}) \right) \land \, ) $")
    assert caught.value.offset == r"$ \left( P(x\,, \text{a}) \right) \land \, ) $".index(") $")


def _outcome(text: str, *, strict: bool) -> Reading | ReadError:
    try:
        return read(text, strict=strict)
    except ReadError as error:
        return error


@given(st.lists(st.sampled_from(_SIGNS), max_size=25).map("".join) | st.text(), st.booleans())
def test_any_text_is_read_or_refused_with_a_place_in_it(text: str, strict: bool) -> None:
    outcome = _outcome(text, strict=strict)
    if isinstance(outcome, ReadError):
        assert 0 <= outcome.offset <= len(text)
        assert outcome.line == text[: outcome.offset].count("\n") + 1
        assert outcome.column >= 1
    else:
        assert all(0 <= caution.offset <= len(text) for caution in outcome.warnings)
        assert read(text, strict=strict) == outcome
