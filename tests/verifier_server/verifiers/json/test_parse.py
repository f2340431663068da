import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.json.parse import MAX_DEPTH, MAX_NUMBER_CHARS, ParseError, parse


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1", Decimal("0.1")),
        ("1.5e3", Decimal(1500)),
        ("0e999999999", Decimal(0)),
        ("123456789012345678901234567891", 123456789012345678901234567891),
        ("9" * MAX_NUMBER_CHARS, int("9" * MAX_NUMBER_CHARS)),
        ('"\\ud83d\\ude00"', "\U0001f600"),
        ('"a\\u0000b"', "a\0b"),
        ("[" * MAX_DEPTH + "]" * MAX_DEPTH, None),
        ('"' + "[" * 500 + '"', "[" * 500),
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
        ("[1e400]", "number_out_of_range", 1),
        ("1e" + "9" * 900, "number_out_of_range", 0),
        ("1e-999999999", "number_out_of_range", 0),
        ("[" + "1" * (MAX_NUMBER_CHARS + 1) + "]", "number_out_of_range", 1),
        ('{"a":1,"a":1}', "duplicate_key", None),
        ('[{"a":2,"\\u0061":1}]', "duplicate_key", None),
        ('"\\ud800"', "lone_surrogate", None),
        ('{"\\udc00":1}', "lone_surrogate", None),
        ('"\udc80"', "lone_surrogate", 1),
        ("[" * (MAX_DEPTH + 1), "too_deep", MAX_DEPTH),
        ('{"a":' * 100_000, "too_deep", 5 * MAX_DEPTH),
    ],
)
def test_what_is_refused(text: str, reason: str, offset: int | None) -> None:
    with pytest.raises(ParseError) as caught:
        parse(text)
    assert (caught.value.reason, caught.value.offset) == (reason, offset)


@pytest.mark.parametrize("text", ['"\\' * 200_000, '"' * 400_000, '"' + "\\u0041" * 100_000])
def test_unfinished_strings_are_refused_in_one_pass(text: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(text)
    assert caught.value.reason == "invalid_json"


@given(st.text() | st.text(alphabet='{}[]",:\\u0123456789eE+-.truefalsN\ud800'))
def test_agrees_with_a_lenient_parser_where_it_accepts(text: str) -> None:
    try:
        value = parse(text)
    except ParseError:
        return
    assert value == json.loads(text, parse_float=Decimal)
