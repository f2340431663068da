"""The engine that judges: jsonschema-rs, offline, with patterns in linear time.

Promises: at most MAX_ERRORS violations come back, each
with the RFC 6901 pointer of its place in the document, its keyword and a bounded
message, always the same ones. A document that is valid costs no more than finding that
out. The engine collects every violation of every branch before it hands out one, so all
are listed where that is known to be cheap; of a document that is large for its schema
only the first is, and where the schema has choices, that there is one.

Does not cover: numbers, in which the engine's own keywords are not exact (`replaced`);
messages that quote the document; they name its place only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urljoin

import jsonschema_rs

from verifier_server.verifiers.json.schema import patterns, writing
from verifier_server.verifiers.json.schema.counting import Bounds
from verifier_server.verifiers.json.schema.dialects import DRAFT_4, Draft
from verifier_server.verifiers.json.schema.faults import MAX_MESSAGE, SchemaFaultError
from verifier_server.verifiers.json.schema.pointers import MASK, path_of
from verifier_server.verifiers.json.values import pointer

MAX_ERRORS = 32
# Subschemas and values that listing all violations may come to, at 20 us and 3 kB each.
MAX_LISTED_WORK = 20_000

# Against which the engine resolves the references of a schema without an identifier.
_BASE = "json-schema:///"
_ENTRANCE = "json-schema:///.entrance"
_KEYWORDS = {"falseSchema": "false"}  # a false schema has no keyword
_CLASSES = (
    jsonschema_rs.Draft4Validator,
    jsonschema_rs.Draft6Validator,
    jsonschema_rs.Draft7Validator,
    jsonschema_rs.Draft201909Validator,
    jsonschema_rs.Draft202012Validator,
)


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a document breaks the schema.

    `message` may quote the schema; it is at most MAX_MESSAGE characters.
    """

    pointer: str
    keyword: str
    message: str


# Of a document that is too large to say more; no keyword has this name.
_SOMEWHERE = Violation(
    "", "schema", "the document violates the schema, for which it is too large to say where"
)

Validate = Callable[[Any], list[Violation]]


def compile_written(
    schema: Any,
    draft: Draft,
    resources: Mapping[str, Any],
    assert_format: bool,
    bounds: Bounds,
    originals: Mapping[str, str],
    keywords: Mapping[str, Any],
) -> Validate:
    """A function from a document of exact values to its violations, empty when valid.

    Args:
        schema: whose patterns `patterns` has written.
        draft: of a schema that is a boolean.
        resources: bundled documents that the schema leads to, likewise written.
        assert_format: whether `format` is checked.
        bounds: of the schema.
        originals: the authors' patterns by what was written for them.
        keywords: of our own, in the place of the engine's (`replaced`).

    Raises:
        SchemaFaultError: the engine refuses the schema.
    """
    root, bundled = _entrance(schema, draft, resources)
    # By its $schema, which may be a bundled metaschema.
    make: Any = jsonschema_rs.validator_for if isinstance(root, dict) else _CLASSES[draft.number]
    try:
        engine = make(
            root,
            formats={writing.REGEX: patterns.is_pattern},
            validate_formats=assert_format,
            registry=jsonschema_rs.Registry(bundled.items(), retriever=_retrieve_nothing),
            keywords=dict(keywords),
            pattern_options=patterns.OPTIONS,
            mask=MASK,
            offline=True,
        )
    except (ValueError, UnicodeError, jsonschema_rs.ReferencingError) as error:
        raise SchemaFaultError(str(error).split("\n", 1)[0]) from None

    branches = _has_branches([root, *bundled.values()])

    def violations(document: Any) -> list[Violation]:
        if engine.is_valid(document):
            return []
        if bounds.within(document, MAX_LISTED_WORK):
            return [
                _violation(each, originals)
                for each in islice(engine.iter_errors(document), MAX_ERRORS)
            ]
        return [_SOMEWHERE if branches else _first(engine, document, originals)]

    return violations


def _entrance(
    schema: Any, draft: Draft, resources: Mapping[str, Any]
) -> tuple[Any, dict[str, Any]]:
    """A schema that does nothing but refer to the given one, and what it leads to.

    The metaschemas of drafts 4 to 7 hold patterns to ECMA-262, and ours are written for the
    engine (`ecma`). The engine holds its root against the metaschema, and nothing else.
    """
    bundled = dict(resources)
    if draft.has_siblings or not isinstance(schema, dict):
        return schema, bundled
    identifier = "id" if draft == DRAFT_4 else "$id"
    name = "" if "$ref" in schema else str(schema.get(identifier, ""))
    uri = urljoin(_BASE, name).removesuffix("#")
    bundled[uri] = schema
    return {"$schema": draft.uri, identifier: _ENTRANCE, "allOf": [{"$ref": uri}]}, bundled


def _retrieve_nothing(uri: str) -> Any:
    raise ValueError(f"{uri[:100]} is not bundled")


def _has_branches(documents: list[Any]) -> bool:
    """Whether a violation may have others of every branch of a choice within it."""
    waiting = documents
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if "anyOf" in value or "oneOf" in value:
                return True
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return False


def _first(engine: Any, document: Any, originals: Mapping[str, str]) -> Violation:
    try:
        engine.validate(document)
    except jsonschema_rs.ValidationError as error:
        return _violation(error, originals)
    raise AssertionError("invalid, and yet without a violation")


def _violation(error: Any, originals: Mapping[str, str]) -> Violation:
    name = _KEYWORDS.get(error.kind.name, error.kind.name)
    message = error.message
    if name == "pattern":
        message = (
            f"the text does not match {originals.get(error.kind.pattern, error.kind.pattern)!r}"
        )
    return Violation(pointer(path_of(error)), name, message[:MAX_MESSAGE])
