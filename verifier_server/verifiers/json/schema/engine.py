"""The engine that judges: jsonschema-rs, offline, with patterns in linear time.

Promises: numbers are compared exactly; at most MAX_ERRORS violations come back, each
with the RFC 6901 pointer of its place in the document, its keyword and a bounded
message, always the same ones. A document that is valid costs no more than finding that
out. All violations are listed where listing them is known to be cheap; of a document
that is large for its schema only the first is, because the engine collects every
violation of every branch before it hands out one.

Does not cover: messages that quote the document; they name its place only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urljoin

import jsonschema_rs

from verifier_server.verifiers.json.schema import patterns, writing
from verifier_server.verifiers.json.schema.bounds import Bounds
from verifier_server.verifiers.json.schema.dialects import DRAFT_4, Draft
from verifier_server.verifiers.json.schema.faults import MAX_MESSAGE, SchemaFaultError
from verifier_server.verifiers.json.values import pointer

MAX_ERRORS = 32
# Subschemas that listing all violations may apply, at 20 us and 3 kB each.
MAX_LISTED_WORK = 20_000
# Characters of texts and names that cost as much in messages as one more place.
_CHARS_PER_PLACE = 64

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


Validate = Callable[[Any], list[Violation]]


def compile_written(
    schema: Any,
    draft: Draft,
    resources: Mapping[str, Any],
    assert_format: bool,
    bounds: Bounds,
    originals: Mapping[str, str],
) -> Validate:
    """A function from a document of exact values to its violations, empty when valid.

    Args:
        schema: whose patterns `patterns` has written.
        draft: of a schema that is a boolean.
        resources: bundled documents that the schema leads to, likewise written.
        assert_format: whether `format` is checked.
        bounds: of the schema.
        originals: the authors' patterns by what was written for them.

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
            pattern_options=patterns.OPTIONS,
            mask="the value",
            offline=True,
        )
    except (ValueError, UnicodeError, jsonschema_rs.ReferencingError) as error:
        raise SchemaFaultError(str(error).split("\n", 1)[0]) from None

    def violations(document: Any) -> list[Violation]:
        if engine.is_valid(document):
            return []
        if _is_cheap(document, bounds):
            return [
                _violation(each, originals)
                for each in islice(engine.iter_errors(document), MAX_ERRORS)
            ]
        try:
            engine.validate(document)
        except jsonschema_rs.ValidationError as error:
            return [_violation(error, originals)]
        raise AssertionError("invalid, and yet without a violation")

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


def _violation(error: Any, originals: Mapping[str, str]) -> Violation:
    name = _KEYWORDS.get(error.kind.name, error.kind.name)
    message = error.message
    if name == "pattern":
        message = (
            f"the text does not match {originals.get(error.kind.pattern, error.kind.pattern)!r}"
        )
    return Violation(pointer(tuple(error.instance_path)), name, message[:MAX_MESSAGE])


def _is_cheap(document: Any, bounds: Bounds) -> bool:
    size = measure(document, MAX_LISTED_WORK)
    return size is not None and size.places * bounds.applications(size.depth) <= MAX_LISTED_WORK


@dataclass(frozen=True, slots=True)
class Size:
    """Of a document: its values, long texts counting as more than one, and its levels."""

    places: int
    depth: int


def measure(document: Any, limit: int) -> Size | None:
    """The size of a document, None above a limit of places."""
    places = depth = 0
    waiting = [(document, 0)]
    while waiting:
        value, level = waiting.pop()
        places += 1
        depth = max(depth, level)
        if isinstance(value, str):
            places += len(value) // _CHARS_PER_PLACE
        elif isinstance(value, dict):
            places += sum(map(len, value)) // _CHARS_PER_PLACE
            waiting += [(each, level + 1) for each in value.values()]
        elif isinstance(value, list):
            waiting += [(each, level + 1) for each in value]
        if places + len(waiting) > limit:
            return None
    return Size(places, depth)
