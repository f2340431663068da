from typing import Any

import pytest

from tests.verifier_server.verifiers.json.schema.test_schema import DRAFT_7, refused
from verifier_server.verifiers.json.schema import compile_schema

TWICE = {"a": {"$id": "http://e.x/q", "type": "null"}, "b": {"$id": "http://e.x/q"}}


@pytest.mark.parametrize(
    ("schema", "where"),
    [
        (DRAFT_7 | {"$id": "http://json-schema.org/draft-07/schema#", "type": "null"}, "/$id"),
        (DRAFT_7 | {"$id": "json-schema:///.entrance", "type": "null"}, "/$id"),
        ({"items": {"$id": "https://json-schema.org/draft/2020-12/schema"}}, "/items/$id"),
        ({"$ref": "http://e.x/q", "$defs": TWICE}, "/$defs/a/$id"),
        ({"$id": "http://e.x/r", "items": {"$id": "http://e.x/r"}}, "/items/$id"),
    ],
)
def test_an_identifier_that_another_schema_has_is_refused(schema: Any, where: str) -> None:
    assert refused(schema).pointer == "/schema" + where


def test_what_only_looks_like_an_identifier_is_none() -> None:
    data = {"const": {"$id": "http://e.x/r"}, "properties": {"$id": {"type": "string"}}}
    assert compile_schema({"$id": "http://e.x/r", "items": data})([]) == []
    beside = {"$id": "http://e.x/r", "$ref": "#/definitions/a"}
    schema = DRAFT_7 | {"$id": "http://e.x/r", "definitions": {"a": {}}, "items": beside}
    assert compile_schema(schema)([1]) == []
