"""What a schema lets stand where, and how documents are converted by it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verifier_server.verifiers.rules.kit import closed
from verifier_server.verifiers.rules.converting import (
    MAX_ANSWER_INTEGER,
    UnusableValueError,
    converter,
)
from verifier_server.verifiers.rules.shapes import MAX_ITEMS, ShapeError, shape_of

ENUM = {"enum": ["a", "b"]}
MOMENT = {"type": "string", "format": "date-time"}


def shape(place, free=False, **top):
    return shape_of(closed(x=place) | top, free)


def convert(place, value, free=False, **top):
    return converter(shape(place, free, **top), MAX_ANSWER_INTEGER)({"x": value})["x"]


@pytest.mark.parametrize(
    ("place", "where"),
    [
        ({"type": "string"}, ""),
        ({"type": ["string", "null"]}, ""),
        ({"type": "string", "minLength": 1}, ""),
        ({"type": "string", "maxLength": 5}, ""),
        ({"type": "string", "pattern": "^a*$"}, ""),
        ({"type": "string", "pattern": "^a*$", "maxLength": 10_000}, ""),
        ({"type": "string", "format": "email"}, ""),
        ({"anyOf": [ENUM, {"type": "string"}]}, "/anyOf"),
        ({}, ""),
        (True, ""),
        ({"minimum": 3}, ""),
        ({"type": "array", "items": ENUM}, ""),
        ({"type": "array", "items": ENUM, "maxItems": MAX_ITEMS + 1}, ""),
        ({"type": "array", "items": {"type": "integer"}, "uniqueItems": True}, ""),
        ({"type": "array", "maxItems": 3}, ""),
        ({"type": "array", "maxItems": 3, "items": {"type": "string"}}, "/items"),
        ({"type": "object"}, ""),
        ({"type": "object", "properties": {"y": ENUM}}, ""),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "/additionalProperties"),
        ({"type": "object", "additionalProperties": False, "patternProperties": {}},
         "/patternProperties"),
        ({"type": "array", "prefixItems": [ENUM], "items": False}, "/prefixItems"),
        ({"type": "integer", "maxmum": 3}, "/maxmum"),
        ({"type": "float"}, "/type"),
        ({"enum": [[1]]}, ""),
        ({"$ref": "https://example.org/s"}, "/$ref"),
        ({"$ref": "#/$defs/nothing"}, "/$ref"),
        ({"$ref": "#/properties/x"}, "/$ref"),
    ],
)  # fmt: skip
def test_open_places_of_an_answer_are_refused(place, where):
    with pytest.raises(ShapeError) as caught:
        shape(place)
    assert caught.value.pointer.startswith(f"/properties/x{where if where != '/anyOf' else ''}")


def test_facts_may_hold_texts_and_lists_of_any_length():
    assert shape({"type": "string"}, free=True)
    assert shape({"type": "array", "items": {"type": "string"}}, free=True)
    with pytest.raises(ShapeError, match="type"):
        shape({}, free=True)
    with pytest.raises(ShapeError, match="additionalProperties"):
        shape({"type": "object", "properties": {}}, free=True)


def test_lists_are_bounded_by_what_there_is_to_choose_from():
    unique = {"type": "array", "items": ENUM, "uniqueItems": True}
    assert shape(unique).properties["x"].most == 2
    flags = {"type": "array", "items": {"type": "boolean"}, "uniqueItems": True}
    assert shape(flags).properties["x"].most == 2


def test_other_dialects_and_roots_are_refused():
    with pytest.raises(ShapeError) as caught:
        shape(ENUM, **{"$schema": "http://json-schema.org/draft-07/schema#"})
    assert caught.value.pointer == "/$schema"
    with pytest.raises(ShapeError, match="object"):
        shape_of({"type": "array", "items": ENUM, "maxItems": 2}, free=False)


def test_repeated_references_are_bounded():
    names = {
        f"d{index}": closed(
            a={"$ref": f"#/$defs/d{index + 1}"}, b={"$ref": f"#/$defs/d{index + 1}"}
        )
        for index in range(30)
    }
    with pytest.raises(ShapeError, match="more than"):
        shape({"$ref": "#/$defs/d0"}, **{"$defs": names | {"d30": ENUM}})  # fmt: skip


NUMBERS = {
    "number": {"type": "number"},
    "nullable": {"type": ["number", "null"]},
    "either": {"type": ["integer", "number"]},
    "any": {"anyOf": [{"type": "integer"}, {"type": "number"}, ENUM]},
    "one": {"oneOf": [{"type": "integer", "maximum": 3}, {"type": "number", "minimum": 4}]},
    "referred": {"$ref": "#/$defs/amount"},
    "referred in any": {"anyOf": [{"$ref": "#/$defs/amount"}, {"type": "null"}]},
    "listed": {"type": "number", "enum": [70, 80]},
    "listed with a fraction": {"enum": [70, 2.5]},
    "in all": {"allOf": [{"type": "number"}, {"minimum": 0}]},
}
INTEGERS = {
    "integer": {"type": "integer"},
    "nullable": {"type": ["integer", "null"]},
    "any": {"anyOf": [{"type": "integer"}, ENUM]},
    "referred": {"$ref": "#/$defs/count"},
    "listed": {"enum": [70, 80, "many"]},
    "constant": {"const": 70},
    "in all": {"allOf": [{"type": "number"}, {"type": "integer"}]},
}
DEFS = {"$defs": {"amount": {"type": "number"}, "count": {"type": "integer"}}}


@pytest.mark.parametrize("value", [70, Decimal("70.0"), 70.0])
@pytest.mark.parametrize("place", NUMBERS.values(), ids=NUMBERS)
def test_a_number_becomes_a_double(place, value):
    found = convert(place, value, **DEFS)
    assert (found, type(found)) == (70, float)


@pytest.mark.parametrize("value", [70, Decimal("70.0"), 70.0])
@pytest.mark.parametrize("place", INTEGERS.values(), ids=INTEGERS)
def test_an_integer_becomes_an_int(place, value):
    found = convert(place, value, **DEFS)
    assert (found, type(found)) == (70, int)


def test_numbers_deep_inside():
    item = closed(dose={"type": "number"}, times={"type": "integer"}, on={"type": "boolean"})
    value = [{"dose": 2, "times": Decimal("3.0"), "on": True}]
    (found,) = convert({"type": "array", "items": item, "maxItems": 3}, value)
    assert [(each, type(each)) for each in found.values()] == [(2, float), (3, int), (True, bool)]
    assert value[0]["dose"] == 2


def test_alternatives_of_one_name_are_read_alike():
    place = {"anyOf": [closed(kind={"const": "a"}, n={"type": "integer"}),
                       closed(kind={"const": "b"}, n={"type": "number"})]}  # fmt: skip
    assert type(convert(place, {"kind": "a", "n": 3})["n"]) is float


def test_a_number_is_rounded_to_the_nearest_double():
    text = "0.1000000000000000055511151231257827021181583404541015625000001"
    assert convert(NUMBERS["number"], Decimal(text)) == 0.1
    assert convert(NUMBERS["number"], 2**53 + 1) == 2.0**53
    assert convert(NUMBERS["number"], Decimal("1e-399")) == 0.0


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ({"type": "integer"}, MAX_ANSWER_INTEGER + 1),
        ({"type": "integer"}, -(2**63)),
        ({"type": "integer"}, Decimal("1e300")),
        ({"type": "number"}, 10**400),
        ({"type": "number"}, -(10**309)),
        (MOMENT, "2016-12-31T23:59:60Z"),
        (MOMENT, "2024-03-01t10:00:00Z"),
        (MOMENT, "2024-03-01T10:00:00z"),
        (MOMENT, "2024-03-01 10:00:00Z"),
        (MOMENT, "2024-03-01T24:00:00Z"),
        (MOMENT, "2024-02-30T10:00:00Z"),
        (MOMENT, "2024-03-01T10:00:00+24:00"),
        (MOMENT, "2024-03-01T10:00:00.1234567Z"),
        (MOMENT, "0001-01-01T00:00:00+23:59"),
        (MOMENT, "9999-12-31T23:59:59-23:59"),
        (MOMENT, "1849-12-31T23:59:59Z"),
        (MOMENT, "2141-01-01T00:00:00Z"),
        (MOMENT, "٢٠٢٤-03-01T10:00:00Z"),
        ({"type": "string", "pattern": "^a", "maxLength": 9}, "a\0b"),
        ({"type": "string", "format": "date"}, "0000-01-01"),
        ({"type": "string", "format": "date"}, "2023-02-29"),
    ],
)
def test_what_no_rule_could_compute_with_is_refused(place, value):
    with pytest.raises(UnusableValueError) as caught:
        convert(place, value)
    assert caught.value.path == ("x",)


@pytest.mark.parametrize(
    "value", ["2024-03-01T10:00:00Z", "2024-02-29T23:59:59.999999-12:30", "1850-01-01T00:00:00Z"]
)
def test_other_moments_are_left_as_they_are(value):
    assert convert(MOMENT, value) == value


def test_a_word_beside_a_moment_is_no_moment():
    place = {"anyOf": [MOMENT, {"enum": ["never", "2024-03-01t"]}, {"type": "null"}]}
    assert convert(place, "never") == "never"
    assert convert(place, None) is None
    assert convert(place, "2024-03-01t") == "2024-03-01t"
    with pytest.raises(UnusableValueError):
        convert(place, "2024-03-01t10:00:00Z")


def test_a_date_or_a_moment():
    place = {"anyOf": [MOMENT, {"type": "string", "format": "date"}]}
    assert convert(place, "2024-03-01") == "2024-03-01"
    assert convert(place, "2024-03-01T10:00:00Z") == "2024-03-01T10:00:00Z"


@given(
    st.integers(-(2**53), 2**53)
    | st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30)
)
def test_any_number_becomes_the_double_that_its_text_is(value):
    assert convert(NUMBERS["number"], value) == float(str(value))  # fmt: skip
