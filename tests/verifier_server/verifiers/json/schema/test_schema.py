import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.contract import ErrorCode, TaskError
from verifier_server.verifiers.json.schema import (
    MAX_ERRORS,
    MAX_MESSAGE,
    compile_schema,
    second_opinion,
)


def first(schema: Any, document: Any, assert_format: bool = True, **more: Any) -> str:
    violations = compile_schema(schema, assert_format, **more)(document)
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
            " exclusiveMaximum",
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
        ("regex", r"^(?=a)\p{L}$", "(?i)a"),
        ("regex", "a{2}", "a**"),
        ("uri", "http://a.b/c", "a b"),
        ("hostname", "example.com", "-a-"),
        ("idn-email", "é@é.com", "é"),
        ("duration", "P1DT2H", "P1H"),
        ("json-pointer", "/a~0", "/a~2"),
        ("uuid", "2EB8AA08-AA98-11EA-B4AA-73B441D16380", "٢eb8aa08-aa98-11ea-b4aa-73b441d16380"),
    ],
)
def test_formats_are_asserted_only_on_demand(name: str, valid: str, invalid: str) -> None:
    assert first({"format": name}, valid) == ""
    assert first({"format": name}, 5) == ""
    assert first({"format": name}, invalid) == " format"
    assert first({"format": name}, invalid, assert_format=False) == ""


DRAFT_4 = {"$schema": "http://json-schema.org/draft-04/schema#"}
DRAFT_7 = {"$schema": "http://json-schema.org/draft-07/schema#"}


def refused(schema: Any, **arguments: Any) -> TaskError:
    with pytest.raises(TaskError) as caught:
        compile_schema(schema, True, **arguments)
    assert caught.value.code is ErrorCode.INVALID_TASK
    assert caught.value.reason == "invalid_schema"
    return caught.value


@pytest.mark.parametrize(
    ("schema", "where", "why"),
    [
        ({"type": "objekt"}, "/type", "not valid"),
        ({"properties": {"a/b": {"minLength": -1}}}, "/properties/a~1b/minLength", "less than"),
        ({"items": {"pattern": "("}}, "/items/pattern", "never closed"),
        ({"pattern": "a{1,99999999999}"}, "/pattern", "too large"),
        ({"pattern": "^(?!a)"}, "/pattern", "look-around.*allOf"),
        ({"pattern": r"(a)\1"}, "/pattern", "back reference"),
        ({"pattern": r"\A"}, "/pattern", "no meaning"),
        ({"patternProperties": {"(?=a)": {}}}, "/patternProperties/(?=a)", "look-around"),
        (DRAFT_4 | {"patternProperties": {"(": {}}}, "/patternProperties/(", "never closed"),
        (DRAFT_7 | {"pattern": "(?<=a)b"}, "/pattern", "look-around"),
        (DRAFT_4 | {"$ref": None}, "/$ref", "not text"),
        ({"$ref": "#/const", "const": {"properties": 5}}, "/const/properties", "object"),
        ({"$ref": "#/const", "const": {"$id": 5}}, "/const/$id", "string"),
        ({"$ref": "#/const", "const": {"pattern": r"^\d$"}}, "/const", "leads into const"),
        ({"$ref": "#/const", "const": 5}, "/$ref", "no schema"),
        (
            {
                "properties": {"x": {"$ref": "#/patternProperties/%5E%5Cd"}},
                "patternProperties": {r"^\d": {}},
            },
            "",
            "does not exist",
        ),
        ({"$schema": "http://example.org/other"}, "/$schema", "unknown dialect"),
        ({"$schema": 5}, "/$schema", "not text"),
        ({"properties": {"a": DRAFT_4}}, "/properties/a/$schema", "beside"),
        ({"items": {"$id": "a:b", "$schema": "a:c"}}, "/items/$schema", "whole documents"),
        ({"items": {"$ref": "http://169.254.169.254/"}}, "/items/$ref", "leads nowhere"),
        ({"$ref": "file:///etc/passwd"}, "/$ref", "leads nowhere"),
        ({"$ref": "http://[bad"}, "/$ref", "leads nowhere"),
        ({"$ref": "#/$defs/none"}, "/$ref", "leads nowhere"),
        ({"$dynamicRef": "#none"}, "/$dynamicRef", "leads nowhere"),
        ({"$ref": "#/not/a/schema", "not": {}}, "/$ref", "leads nowhere"),
        ({"const": float("nan")}, "/const", "not finite"),
        ([], "", "object or a boolean"),
        ({"const": "x" * (256 << 10)}, "", "bytes"),
    ],
)
def test_an_unusable_schema_is_the_tasks_fault(schema: Any, where: str, why: str) -> None:
    error = refused(schema)
    assert error.pointer == "/schema" + where
    assert re.search(why, error.message), error.message
    assert len(error.message) <= len("the schema cannot be used: ") + MAX_MESSAGE


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"allOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": {"not": {"$ref": "#"}}}},
        {"$dynamicRef": "#a", "$dynamicAnchor": "a"},
        {"$schema": "https://json-schema.org/draft/2019-09/schema", "$recursiveRef": "#"},
        DRAFT_7 | {"if": {"$ref": "#"}},
    ],
)
def test_a_reference_back_to_itself_is_refused(schema: Any) -> None:
    assert "leads back to itself" in refused(schema).message


def chain(length: int) -> dict[str, Any]:
    steps = {str(n): {"$ref": f"#/$defs/{n + 1}"} for n in range(length)}
    return {"$ref": "#/$defs/0", "$defs": steps | {str(length): {"type": "null"}}}


def doubling(levels: int, keyword: str = "anyOf") -> dict[str, Any]:
    steps = {str(n): {keyword: [{"$ref": f"#/$defs/{n + 1}"}] * 2} for n in range(levels)}
    return {"$ref": "#/$defs/0", "$defs": steps | {str(levels): {"type": "null"}}}


def test_what_a_schema_does_to_one_place_is_bounded() -> None:
    assert first(chain(60), None) == ""
    assert first(chain(60), 1) == " type"
    assert "lead to one another" in refused(chain(64)).message
    assert first(doubling(10), None) == ""
    assert first(doubling(10), 1) == " anyOf"
    assert "more than 10000 subschemas" in refused(doubling(12)).message


def test_a_deep_schema_is_refused() -> None:
    schema: Any = {}
    for _ in range(100):
        schema = {"not": schema}
    error = refused(schema)
    assert "deeper" in error.message
    assert error.pointer == "/schema" + "/not" * 64


def test_a_number_that_nothing_writes_is_refused_in_its_place() -> None:
    with pytest.raises(TaskError) as caught:
        compile_schema({"items": {"const": 10**5000}})
    assert (caught.value.code, caught.value.pointer) == (
        ErrorCode.INVALID_TASK,
        "/schema/items/const",
    )


def test_errors_are_bounded() -> None:
    schema = {"items": {"maxLength": 1}}
    violations = compile_schema(schema, True)(["x" * 500] * 500)
    assert len(violations) == MAX_ERRORS
    assert [each.pointer for each in violations] == [f"/{n}" for n in range(MAX_ERRORS)]
    assert all(len(each.message) <= MAX_MESSAGE for each in violations)
    violations = compile_schema({"required": ["x" * 5000]}, True)({})
    assert len(violations[0].message) == MAX_MESSAGE


def test_of_a_document_that_is_large_for_its_schema_the_first_violation_is_listed() -> None:
    violations = compile_schema({"items": {"maxLength": 1}}, True)(["xx"] * 30_000)
    assert [each.pointer for each in violations] == ["/0"]


def test_messages_name_the_authors_pattern_and_never_the_document() -> None:
    (violation,) = compile_schema({"pattern": r"^\d+$"}, True)("secret")
    assert violation.message == r"the text does not match '^\\d+$'"
    (violation,) = compile_schema({"type": "integer"}, True)("secret")
    assert "secret" not in violation.message


def test_a_long_list_of_distinct_objects_is_unique() -> None:
    assert first({"uniqueItems": True}, [{"id": n} for n in range(20_000)]) == ""


def test_the_pointer_of_the_schema_is_the_callers() -> None:
    assert refused({"type": 5}, where="/ruleset/facts_schema").pointer == (
        "/ruleset/facts_schema/type"
    )


def test_bundled_documents() -> None:
    resources = {
        "http://example.org/name": {"type": "string", "pattern": r"^\w+$"},
        "http://example.org/unread": {"type": 5, "$schema": "http://example.org/unheard"},
    }
    schema = {"$id": "http://example.org/root", "items": {"$ref": "name"}}
    validate = compile_schema(schema, True, resources)
    assert [each.pointer for each in validate(["a", "é"])] == ["/1"]
    assert refused(schema).pointer == "/schema/items/$ref"
    bad = {"http://example.org/name": {"items": {"type": "text"}}}
    assert refused(schema, resources=bad).pointer == (
        "/resources/http:~1~1example.org~1name/items/type"
    )
    elsewhere = {"http://example.org/name": {"$ref": "http://example.com/"}}
    assert refused(schema, resources=elsewhere).pointer == (
        "/resources/http:~1~1example.org~1name/$ref"
    )
    assert refused(schema, resources={"http://example.org/root": {}}).pointer == (
        "/resources/http:~1~1example.org~1root"
    )
    large = {"http://example.org/large": {"const": "x" * (1 << 20)}}
    assert refused(schema, resources=resources | large).pointer == (
        "/resources/http:~1~1example.org~1large"
    )


def test_a_bundled_metaschema_is_a_dialect() -> None:
    uri = "http://example.org/meta"
    core = {"https://json-schema.org/draft/2020-12/vocab/core": True}
    applicator = {"https://json-schema.org/draft/2020-12/vocab/applicator": True}
    metaschema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": uri,
        "$vocabulary": core | applicator,
    }
    schema = {"$schema": uri, "items": False, "minItems": 3}
    assert first(schema, [], resources={uri: metaschema}) == ""
    assert first(schema, [1], resources={uri: metaschema}) == "/0 false"
    assert refused(schema).pointer == "/schema/$schema"


@pytest.mark.parametrize("names", ["ab", "ba"])
def test_dependencies_on_names_stand_beside_those_on_schemas(names: str) -> None:
    both = {"a": ["c"], "b": {"$ref": "#named"}}
    schema = DRAFT_7 | {
        "dependencies": {name: both[name] for name in names},
        "definitions": {"x": {"$id": "#named", "required": ["d"]}},
    }
    assert first(schema, {"a": 1, "c": 1}) == ""
    assert first(schema, {"a": 1}) == " required"
    assert first(schema, {"b": 1}) == " required"


def test_identifiers_beside_a_reference_are_found() -> None:
    schema = DRAFT_7 | {"$ref": "#named", "definitions": {"x": {"$id": "#named", "type": "null"}}}
    assert first(schema, None) == ""
    assert first(schema, 1) == " type"


@pytest.mark.parametrize("draft", ["draft-04", "draft-06", "draft-07"])
def test_early_drafts_take_patterns_that_only_the_engine_writes_so(draft: str) -> None:
    dialect = {"$schema": f"http://json-schema.org/{draft}/schema#"}
    schema = dialect | {"properties": {"a": {"pattern": r"\bé\B."}}, "id": "x", "$id": "y"}
    assert first(schema, {"a": "aé!"}) == ""
    assert first(schema, {"a": "é!"}) == "/a pattern"
    sibling = dialect | {"$ref": "#/definitions/a", "type": "null", "definitions": {"a": schema}}
    assert first(sibling, {"a": "é!"}) == "/a pattern"


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
    document = {"a": 1, "^a": "a\n", "b": [[], "a"]}
    second = second_opinion(schema | dialect, document)
    assert second in (None, not violations(document))


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
