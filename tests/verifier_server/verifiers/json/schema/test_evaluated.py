from typing import Any

import pytest

from tests.verifier_server.verifiers.json.schema.test_schema import refused
from verifier_server.verifiers.json.schema import compile_schema

DRAFT = {"$schema": "https://json-schema.org/draft/2019-09/schema"}
TEXT = {"contains": {"type": "string"}}


@pytest.mark.parametrize(
    "beside",
    [
        TEXT,
        {"allOf": [{"anyOf": [TEXT]}]},
        {"$ref": "#/$defs/a", "$defs": {"a": {"if": TEXT}}},
        {"$recursiveAnchor": True, "allOf": [{"else": TEXT, "if": False}]},
    ],
)
def test_contains_beside_unevaluated_items_is_refused_in_2019_09(beside: dict[str, Any]) -> None:
    error = refused(DRAFT | beside | {"unevaluatedItems": False})
    assert error.pointer == "/schema/unevaluatedItems"
    assert "under not, twice" in error.message


def test_it_is_taken_where_the_draft_and_the_engine_agree() -> None:
    """As the message says, in lists of their own, where nothing is left to say, and in 2020-12."""
    twice = DRAFT | {"not": {"not": TEXT}, "items": [{}], "unevaluatedItems": {"type": "number"}}
    assert compile_schema(twice)(["a", 1]) == []
    assert [each.keyword for each in compile_schema(twice)([1, "a"])] == ["unevaluatedItems"]
    apart = DRAFT | {"items": [TEXT], "unevaluatedItems": False}
    assert compile_schema(apart)([["a"]]) == []
    assert compile_schema(DRAFT | TEXT | {"unevaluatedItems": True})(["a"]) == []
    assert compile_schema(TEXT | {"unevaluatedItems": False})(["a"]) == []
