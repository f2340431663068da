"""The place of a violation, in documents of odd names."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verifier_server.verifiers.json.schema.test_schema import refused
from verifier_server.verifiers.json.schema import compile_schema
from verifier_server.verifiers.json.values import pointer

RECURSIVE = {"additionalProperties": {"$ref": "#"}, "items": {"$ref": "#"}, "not": {"const": 7}}
PIECES = st.sampled_from(['"', "][", '"]', "0", "01", "+1", "-1", "~", "/", "\n\nOn instance", "a"])
NAMES = st.just("") | PIECES | st.lists(PIECES, max_size=3).map("".join) | st.text(max_size=3)


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (7, ""),
        ({"": 7}, "/"),
        ({"": {"": 7}}, "//"),
        ({"": {"b": 7}, "b": 1}, "//b"),
        ({"01": 7, "1": 1}, "/01"),
        ({"+1": [1, 7]}, "/+1/1"),
        ({"99999999999999999999": {"": [7]}}, "/99999999999999999999//0"),
        ({'"]["b': {"": 7}}, '/"]["b/'),
        ({"\n\nOn instance[0]": {"": 7}}, "/\n\nOn instance[0]/"),
    ],
)
def test_the_place_has_the_documents_own_names(document: Any, place: str) -> None:
    assert [each.pointer for each in compile_schema(RECURSIVE)(document)] == [place]
    assert compile_schema(RECURSIVE)([document] * 20_000)[0].pointer == "/0" + place


@given(st.lists(NAMES | st.just(0), max_size=6))
def test_every_place_is_told_as_the_document_has_it(path: list[str | int]) -> None:
    document: Any = 7
    for part in reversed(path):
        document = {part: document, "other": 1} if isinstance(part, str) else [document]
    document = json.loads(json.dumps(document))
    assert [each.pointer for each in compile_schema(RECURSIVE)(document)] == [pointer(tuple(path))]


def test_a_fault_of_the_schema_is_told_likewise() -> None:
    schema = {"properties": {"": {"properties": {"01": {"type": "text"}}}}}
    assert refused(schema).pointer == "/schema/properties//properties/01/type"
