"""Tokens of CEL: they join back to the text, and say what it reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.rules.tokens import (
    Kind,
    references,
    string_value,
    tokenize,
)

PIECES = st.sampled_from(
    "facts answer derived .age .stay 65 0.5 1e3 0x1Fu >= > == != && || ! ? : ( ) [ ] { } , "
    "'a' \"b\\\"\" r'\\' '''c''' b\"d\" true null in // `a-b` @ \\ ' \" \n + - * / %".split(" ")
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=30).map(" ".join)))
def test_tokens_join_back_to_the_text(text):
    tokens = tokenize(text)
    assert "".join(token.text for token in tokens) == text
    assert all(text[token.start : token.end] == token.text for token in tokens)
    assert all(token.text for token in tokens)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("a>=10.0", [Kind.NAME, Kind.OPERATOR, Kind.NUMBER]),
        ("0x1Fu", [Kind.NUMBER]),
        (".5e-3", [Kind.NUMBER]),
        ("1e3", [Kind.NUMBER]),
        (r"r'\'", [Kind.STRING]),
        (r"'\''", [Kind.STRING]),
        ("'''a\n'b'''", [Kind.STRING]),
        ('b"""x"""', [Kind.STRING]),
        ("`a-b`", [Kind.NAME]),
        ("true // a >= 'b'", [Kind.NAME, Kind.SPACE]),
        ("'a", [Kind.OTHER, Kind.NAME]),
    ],
)
def test_lexis(text, kinds):
    assert [token.kind for token in tokenize(text)] == kinds


def test_values_of_strings():
    values = [string_value(token) for token in tokenize(r"'it\'s'") + tokenize(r"r'\d'")]
    assert values == ["it's", None]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("facts.age >= 65", ["facts.age"]),
        ("facts.stay.nights + derived.n", ["facts.stay.nights", "derived.n"]),
        ("['a'].all(k, k in answer.content)", ["answer.content"]),
        ("facts.items.exists(i, i.answer > 1)", ["facts.items"]),
        ("facts.name.size() > 1", ["facts.name"]),
        ("has(facts.age)", ["facts.age"]),
        ("'facts.age' == \"answer.x\" // derived.y", []),
        ("x.facts.age", []),
        ("facts == answer", ["facts", "answer"]),
        ("facts.`a-b`", ["facts.a-b"]),
    ],
)
def test_what_an_expression_reads(text, read):
    assert [str(each) for each in references(text)] == read


def test_what_follows_a_macro_or_an_index_is_not_known():
    texts = ("facts.items.size()", "facts.items[0]", "facts", "facts.items")
    assert [next(references(text)).whole for text in texts] == [True, True, True, False]
