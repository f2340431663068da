from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.contract import ErrorCode, TaskError
from verifier_server.verifiers.json.schema import MAX_ERRORS, MAX_MESSAGE, compile_schema


def first(schema: Any, document: Any, assert_format: bool = True) -> str:
    violations = compile_schema(schema, assert_format)(document)
    return f"{violations[0].pointer} {violations[0].keyword}" if violations else ""


@pytest.mark.parametrize(
    ("schema", "valid", "invalid", "where"),
    [
        ({"type": "integer"}, 1, Decimal("1.5"), " type"),
        ({"type": "integer"}, Decimal("1.0"), True, " type"),
        ({"type": "number"}, Decimal("0.1"), False, " type"),
        ({"multipleOf": 0.01}, Decimal("19.99"), Decimal("19.995"), " multipleOf"),
        ({"multipleOf": 0.01}, 10**400, Decimal("1e-390"), " multipleOf"),
        ({"multipleOf": 3}, 10**30 * 3, 10**30, " multipleOf"),
        ({"maximum": 0.1}, Decimal("0.1"), Decimal("0.10000000000000001"), " maximum"),
        ({"const": 0.1}, Decimal("0.10"), Decimal("0.1000000000000000055"), " const"),
        ({"enum": [1]}, Decimal("1.0"), True, " enum"),
        ({"uniqueItems": True}, [1, True, "1", [1], {}], [1, Decimal("1.0")], " uniqueItems"),
        (
            {"uniqueItems": True},
            [[1], [True]],
            [{"a": 1, "b": 2}, {"b": 2, "a": 1}],
            " uniqueItems",
        ),
        (
            {"properties": {"a/b~c": {"type": "null"}}},
            {"a/b~c": None},
            {"a/b~c": 1},
            "/a~1b~0c type",
        ),
        (
            {"items": {"$ref": "#/$defs/s"}, "$defs": {"s": {"type": "string"}}},
            ["x"],
            ["x", 1],
            "/1 type",
        ),
        ({"$ref": "#/$defs/n", "$defs": {"n": {"items": {"$ref": "#/$defs/n"}}}}, [[[]]], None, ""),
        (
            {"$schema": "http://json-schema.org/draft-07/schema#", "type": "integer"},
            1,
            "1",
            " type",
        ),
        (
            {
                "$schema": "http://json-schema.org/draft-04/schema#",
                "maximum": 1,
                "exclusiveMaximum": True,
            },
            0,
            1,
            " maximum",
        ),
        ({"pattern": "^abc$"}, "abc", "abc\n", " pattern"),
        ({"pattern": r"^\d+$"}, "123", "٣", " pattern"),
        ({"pattern": r"^\w+$"}, "az", "é", " pattern"),
        (
            {"patternProperties": {"^a$": {}}, "additionalProperties": False},
            {"a": 1},
            {"a\n": 1},
            " additionalProperties",
        ),
        (
            {"allOf": [{"patternProperties": {"^a$": {}}}], "unevaluatedProperties": False},
            {"a": 1},
            {"a\n": 1},
            " unevaluatedProperties",
        ),
        (
            {"patternProperties": {r"^\d$": {"minimum": 1}, "^[0-9]$": {"maximum": 2}}},
            {"5": 1, "٣": 9},
            {"5": 3},
            "/5 maximum",
        ),
        ({"const": {"pattern": "^a$"}}, {"pattern": "^a$"}, {"pattern": "a"}, " const"),
        ({"anyOf": [{"const": n} for n in range(1_800)]}, 1_799, 1_800, " anyOf"),
        (False, None, 1, " false"),
    ],
)
def test_keywords(schema: Any, valid: Any, invalid: Any, where: str) -> None:
    if schema is not False:
        assert first(schema, valid) == ""
    assert first(schema, invalid) == where


@pytest.mark.parametrize(
    ("name", "valid", "invalid"),
    [
        ("date", "2024-02-29", "2023-02-29"),
        ("time", "23:59:60Z", "12:00:60Z"),
        ("time", "01:02:03.5+01:30", "01:02:03"),
        ("date-time", "2024-02-29t00:00:00z", "2024-02-29 00:00:00Z"),
        ("date-time", "1990-12-31T15:59:60-08:00", "2024-13-01T00:00:00Z"),
        ("email", "a@b.co", "a b"),
        ("ipv4", "127.0.0.1", "256.0.0.1"),
        ("ipv6", "::1", "12345::"),
        ("uuid", "2eb8aa08-aa98-11ea-b4aa-73b441d16380", "2eb8aa08"),
        ("uuid", "2EB8AA08-AA98-11EA-B4AA-73B441D16380", "٢eb8aa08-aa98-11ea-b4aa-73b441d16380"),
    ],
)
def test_formats_are_asserted_only_on_demand(name: str, valid: str, invalid: str) -> None:
    assert first({"format": name}, valid) == ""
    assert first({"format": name}, 5) == ""
    assert first({"format": name}, invalid) == " format"
    assert first({"format": name}, invalid, assert_format=False) == ""


@pytest.mark.parametrize(
    ("schema", "where"),
    [
        ({"type": "objekt"}, "/schema/type"),
        ({"properties": {"a": {"minLength": -1}}}, "/schema/properties/a/minLength"),
        ({"pattern": "("}, "/schema/pattern"),
        ({"pattern": "a{1,99999999999}"}, "/schema/pattern"),
        ({"pattern": "(" * 5000}, "/schema/pattern"),
        ({"pattern": r"\p{L}"}, "/schema/pattern"),
        ({"patternProperties": {"a{1,99999999999}": {}}}, "/schema/patternProperties"),
        (
            {
                "$schema": "http://json-schema.org/draft-04/schema#",
                "patternProperties": {"a{1,99999999999}": {}},
            },
            "/schema",
        ),
        ({"$schema": "http://json-schema.org/draft-04/schema#", "$ref": None}, "/schema"),
        (
            {
                "$ref": "#/$defs/0",
                "$defs": {str(n): {"$ref": f"#/$defs/{n + 1}"} for n in range(900)} | {"900": {}},
            },
            "/schema",
        ),
        ({"$ref": "#/const", "const": {"properties": 5}}, "/schema"),
        ({"$ref": "#/const", "const": {"$id": 5}}, "/schema"),
        ({"$ref": "#/const", "const": {"pattern": "^a$"}}, "/schema"),
        (
            {
                "properties": {"x": {"$ref": "#/patternProperties/%5Ea"}},
                "patternProperties": {"^a": {}},
            },
            "/schema",
        ),
        ({"$schema": "http://example.org/other"}, "/schema/$schema"),
        ({"properties": {"a": {"$schema": "http://json-schema.org/draft-04/schema#"}}}, "/schema"),
        ({"$ref": "http://169.254.169.254/"}, "/schema"),
        ({"$ref": "file:///etc/passwd"}, "/schema"),
        ({"$ref": "http://[bad"}, "/schema"),
        ({"$ref": "#/$defs/none"}, "/schema"),
        ({"$ref": "#"}, "/schema"),
        ({"$ref": "#/not/a/schema", "not": {}}, "/schema"),
        ({"allOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": {"not": {"$ref": "#"}}}}, "/schema"),
        (
            {
                "$ref": "#/$defs/0",
                "$defs": {str(n): {"anyOf": [{"$ref": f"#/$defs/{n + 1}"}] * 2} for n in range(14)}
                | {"14": {}},
            },
            "/schema",
        ),
        ({"const": float("nan")}, "/schema"),
    ],
)
def test_an_unusable_schema_is_the_tasks_fault(schema: Any, where: str) -> None:
    with pytest.raises(TaskError) as caught:
        compile_schema(schema, True)
    assert caught.value.code is ErrorCode.BAD_GROUND_TRUTH
    assert caught.value.reason == "invalid_schema"
    assert caught.value.pointer == where


def test_a_deep_schema_is_refused() -> None:
    schema: Any = {}
    for _ in range(100):
        schema = {"not": schema}
    with pytest.raises(TaskError, match="deeper"):
        compile_schema(schema, True)


def test_errors_are_bounded() -> None:
    violations = compile_schema({"items": {"maxLength": 1}}, True)(["x" * 5000] * 500)
    assert len(violations) == MAX_ERRORS
    assert all(len(each.message) <= MAX_MESSAGE for each in violations)


def test_a_long_list_of_distinct_objects_is_unique() -> None:
    assert first({"uniqueItems": True}, [{"id": n} for n in range(20_000)]) == ""


KEYWORDS = st.sampled_from(
    "$id $anchor $ref $dynamicRef $recursiveRef $schema $defs definitions type enum const pattern"
    " patternProperties properties additionalProperties unevaluatedProperties items prefixItems"
    " additionalItems allOf anyOf oneOf not if then else dependencies dependentSchemas minLength"
    " multipleOf maximum format required id".split()
)
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.sampled_from([0, -1, 0.5, 1e308, float("nan"), 10**30, "", "#", "#/const", "#/$defs/a"])
    | st.sampled_from(["#/patternProperties/^a", "#a", "//[", "http://a.b/", "(", "^a$", "string"])
    | st.sampled_from(["a{1,99999999999}", "#/items/99999999999999999999", "#/%", "\\d"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(KEYWORDS | st.sampled_from(["a", "^a", "("]), inner, max_size=4)
    ),
    max_leaves=12,
)
DIALECTS = st.sampled_from(
    [
        {},
        {"$schema": "http://json-schema.org/draft-04/schema#"},
        {"$schema": "http://json-schema.org/draft-07/schema#"},
        {"$schema": "https://json-schema.org/draft/2019-09/schema"},
    ]
)


@given(st.dictionaries(KEYWORDS, ODD, max_size=4), DIALECTS)
def test_an_odd_schema_judges_or_is_the_tasks_fault(
    schema: dict[str, Any], dialect: dict[str, Any]
) -> None:
    try:
        violations = compile_schema(schema | dialect, True)
    except TaskError:
        return
    violations({"a": 1, "^a": "a\n", "b": [[], "a"]})


def test_a_remembered_schema_is_the_same_function_of_documents() -> None:
    """Schemas that differ in the kind of a number or in order are not taken for each other."""
    alike = [{"const": 1}, {"const": "1"}, {"const": Decimal("1")}, {"const": True}]
    documents = [1, "1", True]
    expected = [
        [True, False, False],
        [False, True, False],
        [True, False, False],
        [False] * 2 + [True],
    ]
    for _ in range(2):
        got = [[not compile_schema(each, True)(item) for item in documents] for each in alike]
        assert got == expected


def test_asserted_formats_are_part_of_what_is_remembered() -> None:
    schema = {"format": "date"}
    assert compile_schema(schema, True)("no date")
    assert not compile_schema(schema, False)("no date")
    assert compile_schema(schema, True)("no date")
