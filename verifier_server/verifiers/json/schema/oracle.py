"""A second implementation of JSON Schema: jsonschema, exact, offline and linear.

Promises: numbers are compared exactly, patterns go to RE2 in the form that `patterns`
gives them, `uniqueItems` costs time linear in the list, and no reference is ever
fetched. It is asked at a task's admission only and turns no verdict: where it and the
engine that judges disagree, the task is refused. Where it is known to differ from the
specification (KNOWN_DIFFERENCES), or would be too slow, it has no opinion.

Does not cover: what KNOWN_DIFFERENCES lists.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

import jsonschema
import re2
from jsonschema import validators
from jsonschema_specifications import REGISTRY as PUBLISHED
from referencing import Registry

from verifier_server.verifiers.json.schema import formats
from verifier_server.verifiers.json.schema.dialects import DRAFT_4, DRAFTS, Draft
from verifier_server.verifiers.json.schema.walk import Reached
from verifier_server.verifiers.json.values import key

# Why there is no opinion on documents of some schemas.
KNOWN_DIFFERENCES: Mapping[str, str] = {
    "format": "jsonschema's checks of formats depend on optional packages; only those are"
    " asserted that `formats` writes out from their RFC",
    "vocabulary": "jsonschema takes no notice of the vocabularies of a bundled metaschema",
    "mixed drafts": "jsonschema would leave our exact keywords where another $schema begins",
    "unevaluatedProperties": "jsonschema looks up names with Python's engine, which can hang"
    " and reads patterns its own way; and it misjudges additionalProperties beside it in"
    " 2019-09",
    "pattern": "RE2 has no script extensions and binary properties, and repeats at most"
    " 1,000 times",
    "content": "jsonschema asserts no contentEncoding and contentMediaType, which the engine"
    " does in drafts 6 and 7",
    "dependencies": "jsonschema takes no notice of dependencies in 2019-09 and 2020-12, and"
    " may lose references where there are some on names beside some on schemas",
}
# Subschemas applied to all places of a document: at 35 us each about a second.
MAX_WORK = 30_000

_CLASSES: Mapping[str, Any] = dict(
    zip(
        DRAFTS,
        (
            jsonschema.Draft4Validator,
            jsonschema.Draft6Validator,
            jsonschema.Draft7Validator,
            jsonschema.Draft201909Validator,
            jsonschema.Draft202012Validator,
        ),
        strict=True,
    )
)
_DIFFERENT = re.compile(r"\(\?-u:(\\[bB])\)|\\u(?=\{)|\\.")
_RE2 = {r"\u": r"\x"}
_CONTENT = ("contentEncoding", "contentMediaType")


def difference(reached: Reached, assert_format: bool) -> str | None:
    """The known difference that forbids asking about a schema, by its name; None for none."""
    drafts = {node.draft.uri for node in reached.nodes.values() if node.place.document is not None}
    if any(document.dialect.uri for document in reached.documents.values()):
        return "vocabulary"
    if len(drafts) > 1:
        return "mixed drafts"
    for node in reached.nodes.values():
        found = _difference(node.schema, node.draft, assert_format)
        if found:
            return found
    return None


def _difference(schema: Mapping[str, Any], draft: Draft, assert_format: bool) -> str | None:
    if assert_format and schema.get("format", "date") not in formats.WRITTEN_OUT:
        return "format"
    if "unevaluatedProperties" in schema:
        return "unevaluatedProperties"
    kinds = {type(each) for each in schema.get("dependencies", {}).values()}
    if kinds and (draft.has_siblings or (list in kinds and len(kinds) > 1)):
        return "dependencies"
    if draft.number in (1, 2) and any(name in schema for name in _CONTENT):
        return "content"
    return None


def validator(draft: Draft, schema: Any, registry: Any, assert_format: bool) -> Any:
    """A validator of a schema whose patterns `patterns` has written.

    Args:
        draft: of the schema and of all that it refers to.
        schema: without `$schema`, on meeting which jsonschema would swap our class for its own.
        registry: that never retrieves.
        assert_format: whether `format` is checked.
    """
    checker = formats.checker() if assert_format else None
    return _class(draft.uri)(schema, registry=registry, format_checker=checker)


@lru_cache(maxsize=len(DRAFTS))
def metaschema(draft: Draft) -> Any:
    """A validator of the draft's metaschema, formats not asserted."""
    published = _published(draft)
    return validator(draft, published.contents(draft.uri), published, assert_format=False)


@lru_cache(maxsize=len(DRAFTS))
def _published(draft: Draft) -> Registry[Any]:
    """The documents of a draft's metaschema, without `$schema`."""
    found: dict[str, Any] = {}
    for uri in PUBLISHED:
        contents = PUBLISHED.contents(uri)
        if contents.get("$schema", "").removesuffix("#") == draft.uri:
            bare = {name: each for name, each in contents.items() if name != "$schema"}
            found[uri] = draft.specification.create_resource(bare)
    registry: Registry[Any] = Registry()
    return registry.with_resources(found.items()).crawl()


class PatternUnknownError(Exception):
    """RE2 does not have a pattern."""


@lru_cache(maxsize=len(DRAFTS))
def _class(uri: str) -> Any:
    dialect = _CLASSES[uri]
    types = dialect.TYPE_CHECKER
    if uri != DRAFT_4.uri:  # where 1.0 is no integer
        types = types.redefine("integer", _is_integer)
    extend: Callable[..., Any] = validators.extend  # its stub has no types
    return extend(
        dialect,
        validators={
            "multipleOf": _multiple_of,
            "uniqueItems": _unique_items,
            "pattern": _pattern,
            "patternProperties": _pattern_properties,
            "additionalProperties": _additional_properties,
        },
        type_checker=types,
    )


def _is_integer(_: object, instance: object) -> bool:
    if isinstance(instance, Decimal):
        return instance == instance.to_integral_value()
    return isinstance(instance, int) and not isinstance(instance, bool)


def _multiple_of(validator: Any, divisor: Any, instance: Any, _: Any) -> Iterator[Any]:
    if validator.is_type(instance, "number") and Fraction(instance) % Fraction(divisor):
        yield jsonschema.ValidationError("not a multiple")


def _unique_items(validator: Any, wanted: Any, instance: Any, _: Any) -> Iterator[Any]:
    if wanted and validator.is_type(instance, "array"):
        keys = [key(item) for item in instance]
        if len(set(keys)) < len(keys):
            yield jsonschema.ValidationError("the list has equal items")


def _pattern(validator: Any, pattern: str, instance: Any, _: Any) -> Iterator[Any]:
    if validator.is_type(instance, "string") and not matches(pattern, instance):
        yield jsonschema.ValidationError("the text does not match the pattern")


def _pattern_properties(validator: Any, patterns: Any, instance: Any, _: Any) -> Iterator[Any]:
    if validator.is_type(instance, "object"):
        for pattern, subschema in patterns.items():
            for name, value in instance.items():
                if matches(pattern, name):
                    yield from validator.descend(value, subschema, path=name, schema_path=pattern)


def _additional_properties(validator: Any, more: Any, instance: Any, schema: Any) -> Iterator[Any]:
    if validator.is_type(instance, "object"):
        for name in _additional(instance, schema):
            yield from validator.descend(instance[name], more, path=name)


def _additional(instance: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterable[str]:
    named = schema.get("properties", {})
    patterns = schema.get("patternProperties", {})
    for name in instance:
        if name not in named and not any(matches(each, name) for each in patterns):
            yield name


def matches(pattern: str, text: str) -> bool:
    """Whether RE2 finds a pattern, in the form that `patterns` gives it, in a text.

    Raises:
        PatternUnknownError: RE2 does not have it.
    """
    return _compiled(pattern).match(text) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:
    """The pattern after any number of whole characters: RE2's search may begin inside one."""
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(rf"(?s:.*?)(?:{_for_re2(pattern)})", options)
    except re2.error:
        raise PatternUnknownError(pattern) from None


def _for_re2(pattern: str) -> str:
    """Our patterns' two differences to RE2's syntax: ASCII boundaries, and code points."""
    return _DIFFERENT.sub(lambda match: match[1] or _RE2.get(match[0], match[0]), pattern)


def registry(resources: Mapping[str, Any], draft: Draft) -> Any:
    """Bundled documents, written, beside the published metaschemas. Nothing is retrieved.

    Args:
        resources: without `$schema`.
        draft: of them all.
    """
    found = {uri: draft.specification.create_resource(each) for uri, each in resources.items()}
    return _published(draft).with_resources(found.items())
