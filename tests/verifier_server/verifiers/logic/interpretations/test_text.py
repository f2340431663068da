"""Claims: their grammar, and that any text is read or refused in bounded time."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.logic.interpretations.reading import read_interpretation
from verifier_server.verifiers.logic.interpretations.text import (
    MAX_STATEMENTS,
    Element,
    Valued,
    read_claim,
)
from verifier_server.verifiers.logic.reading.errors import ReadError
from verifier_server.verifiers.logic.smtlib.commands import read_script

DECLARATIONS = read_script(
    "(declare-sort U) (declare-const x Int) (declare-fun f (Int U) Real) (declare-const a U)"
).declarations


def test_places_are_those_of_the_answer() -> None:
    for text in ("sat\nx = 1\ny = (z", "sat\nx = 1\n(set-option"):
        with pytest.raises(ReadError) as caught:
            read_claim(text)
        assert caught.value.line == 3


def test_rows_defaults_and_elements() -> None:
    claim = read_claim("sat: f(1, u) = 1/2; f(_, _) = -0.5, x: 3")
    assert [statement.name.text for statement in claim.statements] == ["f", "f", "x"]
    assert isinstance(claim.statements[1], Valued)
    assert claim.statements[1].arguments is None
    (element,) = read_claim("(declare-fun U!val!0 () U)").statements
    assert isinstance(element, Element)
    given_here = read_interpretation(claim, "", DECLARATIONS)
    assert given_here.elements == {"U": ("u",)}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x = 1\n" * (MAX_STATEMENTS + 1), "too_long"),
        ("(" * 500, "too_deep"),
        ("x = (" + "(" * 500, "too_deep"),
        ("x = " + "9" * 100, "number"),
        (" " * 100_001, "too_long"),
        ("\n".join(f"a{n} = u{n}" for n in range(300)), "unknown_symbol"),
        ("\n".join(f"f(1, u{n}) = 1" for n in range(300)), "too_large"),
        ("sat (exit)", "forbidden_command"),
        ("sat (define-fun-rec x () Int x)", "forbidden_command"),
        ("(((((x 1)))))", "forbidden_command"),
        ("x", "syntax"),
        ("= 1", "syntax"),
        ("x =", "syntax"),
    ],
)
def test_refused(text: str, reason: str) -> None:
    with pytest.raises(ReadError) as caught:
        read_interpretation(read_claim(text), text, DECLARATIONS)
    assert caught.value.reason == reason


@given(
    st.one_of(
        st.text(),
        st.lists(
            st.sampled_from([*"()[]{}=;,:\n -|\"'", "x", "f", "u", "1", "else", "sat", "->"])
        ).map("".join),
    )
)
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ReadError):
        read_interpretation(read_claim(text), text, DECLARATIONS)
