"""Numbers in a schema and in documents, however they are written, against exact fractions."""

import json
import operator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from verifier_server.verifiers.json.parse import ParseError, parse
from verifier_server.verifiers.json.schema import compile_schema

DRAFT_4 = "http://json-schema.org/draft-04/schema#"
META = "http://example.org/meta"


def violated(schema: dict[str, Any], text: str, **more: Any) -> list[str]:
    return [each.keyword for each in compile_schema(schema, **more)(parse(text))]


@pytest.mark.parametrize(
    ("keyword", "value", "valid", "invalid"),
    [
        ("maximum", "100.0", "100.00", "100.00000000000000000001"),
        ("maximum", "9007199254740993", "9007199254740993.0", "9007199254740993.5"),
        ("minimum", "9007199254740993", "9007199254740993.0", "9007199254740992.9"),
        ("minimum", "1e2", "100", "99.99999999999999999999"),
        ("exclusiveMaximum", "9007199254740993", "9007199254740992.5", "9007199254740993.0"),
        ("exclusiveMinimum", "1e-400", "2e-400", "1e-400"),
        ("exclusiveMinimum", "0.0", "1e-400", "0e0"),
        ("multipleOf", "1", "1.00", "0.99999999999999999999"),
        ("multipleOf", "1e-300", "1" + "0" * 900, "1e-301"),
        ("multipleOf", "1e300", "3e300", "1e-399"),
        ("multipleOf", "1e-323", "0.0", "1e-330"),
    ],
)
def test_no_number_is_taken_by_its_double(
    keyword: str, value: str, valid: str, invalid: str
) -> None:
    schema = {"items": {keyword: parse(value)}}
    assert violated(schema, f"[{valid}]") == []
    assert violated(schema, f"[{invalid}]") == [keyword]


INTEGERS = st.integers(-200, 200) | st.integers(2**53 - 9, 2**65) | st.integers(-(10**40), 10**40)
SUFFIXES = st.sampled_from(
    ["", ".0", ".000", ".5", ".00000000000000000001", ".99999999999999999999"]
)
EXPONENTS = st.sampled_from(["", "", "", "e0", "e2", "e-3", "E-19", "e+22", "e-350"])
BREAKS = {
    "minimum": operator.lt,
    "maximum": operator.gt,
    "exclusiveMinimum": operator.le,
    "exclusiveMaximum": operator.ge,
}


@given(
    INTEGERS, st.integers(-1, 1), st.lists(st.tuples(SUFFIXES, EXPONENTS), min_size=2, max_size=2)
)
def test_numbers_compare_and_divide_as_fractions_do(
    base: int, more: int, forms: list[tuple[str, str]]
) -> None:
    texts = [
        f"{n}{suffix}{exponent}"
        for n, (suffix, exponent) in zip((base, base + more), forms, strict=True)
    ]
    try:
        bound, number = map(parse, texts)
    except ParseError:
        assume(False)
    for keyword, breaks in BREAKS.items():
        expected = [keyword] if breaks(Fraction(number), Fraction(bound)) else []
        assert violated({keyword: bound}, texts[1]) == expected
    assert (violated({"const": bound}, texts[1]) == []) is (Fraction(number) == Fraction(bound))
    integral = Fraction(number).denominator == 1
    assert (violated({"type": "integer"}, texts[1]) == []) is integral
    if bound > 0:
        divides = (Fraction(number) / Fraction(bound)).denominator == 1
        assert (violated({"multipleOf": bound}, texts[1]) == []) is divides


@pytest.mark.parametrize("text", ["1.0", "0.0", "0e0", "0E-5", "1e0", "1.05e2", "10e-1", "1e2"])
def test_in_draft_4_an_integer_has_neither_fraction_nor_exponent(text: str) -> None:
    assert violated({"$schema": DRAFT_4, "type": "integer"}, text) == ["type"]
    assert violated({"type": "integer"}, text) == []


def test_in_draft_4_a_bound_may_be_made_exclusive() -> None:
    for exclusive in (True, False):
        schema = {"$schema": DRAFT_4, "maximum": 1, "exclusiveMaximum": exclusive}
        assert violated(schema, "1.0") == (["exclusiveMaximum"] if exclusive else [])
        assert violated(schema, "2") == ["exclusiveMaximum" if exclusive else "maximum"]
        assert violated(schema, "0.99999999999999999999") == []


def test_keywords_on_numbers_ignore_what_is_none() -> None:
    schema = dict.fromkeys([*BREAKS, "multipleOf"], 3)
    for other in (True, False, None, "1", [1], {"1": 1}):
        assert violated(schema, json.dumps(other)) == []


@pytest.mark.parametrize("name", ["validation", "applicator"])
def test_a_metaschema_without_them_leaves_keywords_on_numbers_out(name: str) -> None:
    base = "https://json-schema.org/draft/2020-12/"
    vocabularies = {base + f"vocab/{each}": True for each in ("core", "applicator", name)}
    metaschema = {"$schema": base + "schema", "$id": META, "$vocabulary": vocabularies}
    schema = {"$schema": META, "items": {"maximum": Decimal("100.0")}}
    found = violated(schema, "[100.00000000000000000001, 101]", resources={META: metaschema})
    assert found == (["maximum"] * 2 if name == "validation" else [])


@pytest.mark.parametrize(
    ("unique", "repeated"),
    [
        ('[1, true, "1", null, [1], {}]', "[1, 2, 1.0]"),
        ("[[1, 2], [2, 1]]", "[[1, 2.0], [1.0, 2]]"),
        ('[{"a": 1}, {"a": true}]', '[{"a": 1, "b": 2}, {"b": 2.0, "a": 1}]'),
        ("[0.1, 0.10000000000000000000001]", "[0.1, 0.10, 5]"),
        ("[1000000000000000000001, 1000000000000000000000]", "[1e21, 1000000000000000000000]"),
        ("[]", "[[], []]"),
    ],
)
def test_items_are_equal_as_json_values_are(unique: str, repeated: str) -> None:
    schema = {"uniqueItems": True}
    assert violated(schema, unique) == []
    assert violated(schema, repeated) == ["uniqueItems"]
    assert violated({"uniqueItems": False}, repeated) == []


def test_large_numbers_are_told_apart_in_linear_time() -> None:
    # The engine compares each of them with each: minutes for these.
    first = 10**24
    text = json.dumps([first + index for index in range(30_000)])
    assert violated({"uniqueItems": True}, text) == []
    # As many of one hash, were they hashed as integers.
    text = json.dumps([first + index * (2**61 - 1) for index in range(30_000)])
    assert violated({"uniqueItems": True}, text) == []
