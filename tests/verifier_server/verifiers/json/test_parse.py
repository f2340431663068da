import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.json.parse import MAX_DEPTH, MAX_NUMBER_CHARS, ParseError, parse

texts = st.text(st.characters(exclude_categories=["Cs"])) | st.text('"\\[]{}/u\n é😀', max_size=8)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
documents = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(texts, inner, max_size=6),
    max_leaves=40,
)
layouts = st.fixed_dictionaries(
    {
        "indent": st.none() | st.integers(0, 3),
        "ensure_ascii": st.booleans(),
        "sort_keys": st.booleans(),
    }
)
json_like = st.text('{}[]",:\\u0123456789dDcC8eE+-.truefalsN\ud800\udc00 é')


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1", Decimal("0.1")),
        ("1.5e3", Decimal(1500)),
        ("0e999999999", Decimal(0)),
        ("-0.0", Decimal(0)),
        ("1e-400", Decimal("1e-400")),
        ("123456789012345678901234567891", 123456789012345678901234567891),
        ("0.1234567890123456789012345678901", Decimal("0.1234567890123456789012345678901")),
        ("9" * MAX_NUMBER_CHARS, int("9" * MAX_NUMBER_CHARS)),
        ("0." + "3" * 900, Decimal("0." + "3" * 900)),
        ('"\\ud83d\\ude00"', "\U0001f600"),
        ('"\\\\ud83d"', "\\ud83d"),
        ('"a\\u0000b"', "a\0b"),
        ("[" * MAX_DEPTH + "]" * MAX_DEPTH, None),
        ('"' + "[" * 500 + '"', "[" * 500),
        ("[" + "[{}]," * 500 + "0]", None),
        ('["\\"[[[[[[[[", "[\\\\"' + ', "{[{["' * 200 + "]", None),
    ],
)
def test_values_are_exact(text: str, value: Any) -> None:
    found = parse(text)
    assert value is None or found == value
    assert not isinstance(found, float)


@pytest.mark.parametrize(
    ("text", "reason", "offset"),
    [
        ('{"a":1,}', "invalid_json", 7),
        ("{'a':1}", "invalid_json", 1),
        ('{"a":/**/1}', "invalid_json", 5),
        ('{"a":True}', "invalid_json", 5),
        ('{"x":007}', "invalid_json", 6),
        ('{"x":+7}', "invalid_json", 5),
        ('{"x":0x10}', "invalid_json", 6),
        ('{"a":1', "invalid_json", 6),
        ('"a\nb"', "invalid_json", 2),
        ("[1] [2]", "invalid_json", 4),
        ('{"a":NaN}', "non_finite", 5),
        ('["NaN", -Infinity]', "non_finite", 8),
        ("[Infinitys]", "non_finite", 1),
        ("[1e400]", "number_out_of_range", 1),
        ("[1e400.5]", "number_out_of_range", 1),
        ('{"1e400": [0.5, -1e400]}', "number_out_of_range", 16),
        ("1e" + "9" * 900, "number_out_of_range", 0),
        ("1" * 310 + ".5", "number_out_of_range", 0),
        ("[1e-401]", "number_out_of_range", 1),
        ("1e-999999999", "number_out_of_range", 0),
        ("[" + "1" * (MAX_NUMBER_CHARS + 1) + "]", "number_out_of_range", 1),
        ("[0." + "1" * MAX_NUMBER_CHARS + "]", "number_out_of_range", 1),
        ('{"a":1,"a":1}', "duplicate_key", 7),
        ('[{"a":2, "\\u0061":1}]', "duplicate_key", 9),
        ('{"b": {"a": "a"}, "a": [{"a": 0}], "c": 1, "a": 2}', "duplicate_key", 43),
        ('{"a:": ":", "b": {"x": 1, "x": 2}, "a:": 3}', "duplicate_key", 26),
        ('"\\ud800"', "lone_surrogate", 1),
        ('{"\\udc00":1}', "lone_surrogate", 2),
        ('["\\\\ud800", "\\ud83d\\ude00\\ud83dx"]', "lone_surrogate", 25),
        ('"\udc80"', "lone_surrogate", 1),
        ("[" * (MAX_DEPTH + 1), "too_deep", MAX_DEPTH),
        ("[0," + "[" * MAX_DEPTH + "]" * MAX_DEPTH + "]", "too_deep", MAX_DEPTH + 2),
        ("[0," + "[{}]," * 99 + '{"":' * MAX_DEPTH, "too_deep", 498 + 4 * (MAX_DEPTH - 1)),
        ('{"a":' * 100_000, "too_deep", 5 * MAX_DEPTH),
    ],
)
def test_what_is_refused(text: str, reason: str, offset: int) -> None:
    with pytest.raises(ParseError) as caught:
        parse(text)
    assert (caught.value.reason, caught.value.offset) == (reason, offset)


@pytest.mark.parametrize("text", ['"\\' * 200_000, '"' * 400_000, '"' + "\\u0041" * 100_000])
def test_unfinished_strings_are_refused_in_one_pass(text: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(text)
    assert caught.value.reason == "invalid_json"


@given(documents, layouts)
def test_agrees_with_the_standard_parser_on_documents(
    document: Any, layout: dict[str, Any]
) -> None:
    text = json.dumps(document, **layout)
    assert parse(text) == json.loads(text, parse_float=Decimal)


@given(st.integers(0, 2 * MAX_DEPTH), st.lists(texts, max_size=90), st.booleans())
def test_only_depth_makes_a_document_too_deep(depth: int, strings: list[str], named: bool) -> None:
    document: Any = [[each, {}] for each in strings]
    height = 1 + bool(strings) * 2
    for _ in range(depth):
        document = {"]}": document, "z": 0} if named else [0, document]
    text = json.dumps(document, ensure_ascii=False)
    if depth + height <= MAX_DEPTH:
        assert parse(text) == document
        return
    with pytest.raises(ParseError) as caught:
        parse(text)
    assert caught.value.reason == "too_deep"


def read(text: str) -> Any:
    try:
        return parse(text)
    except ParseError as error:
        return error


@given(st.text() | st.text(st.characters()) | json_like)
def test_any_text_is_read_as_the_standard_parser_does_or_refused_at_a_place(text: str) -> None:
    found = read(text)
    if not isinstance(found, ParseError):
        assert found == json.loads(text, parse_float=Decimal)
        return
    assert 0 <= found.offset <= len(text)
    if found.reason == "invalid_json":
        with pytest.raises(json.JSONDecodeError):
            json.loads(text)


@given(documents, st.sampled_from(["NaN", "-Infinity", "1e999", '"\\ud83d"', '{"a":1,"a":2}']))
def test_a_fault_is_refused_where_it_stands(document: Any, fault: str) -> None:
    before = json.dumps([document])[:-1] + ", "
    with pytest.raises(ParseError) as caught:
        parse(f"{before}{fault}]")
    at = {'"': 1, "{": 7}.get(fault[0], 0)
    assert caught.value.offset == len(before) + at
