"""What a schema must show before any document is held against it.

Promises: after `preflight` every reference resolves inside the schema, no
reference leads back to itself without consuming a level of the document,
every pattern is Python's for what the schema's author wrote for ECMA-262
(`ecma`), and applying the schema to one place expands to at most MAX_EXPANSION
subschemas, the one within the other at most MAX_CHAIN deep. Nothing is ever fetched.

Does not cover: validity by the dialect's metaschema (`schema`); patterns that
backtrack for long, and recursive schemas, whose cost multiplies with the depth
of the document: the CPU budget bounds those.
"""

from collections.abc import Callable, Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any

import referencing.exceptions
from referencing import Registry, Specification

from verifier_server.verifiers.json.ecma import PatternError, translate

# A subschema costs about 35 us, so that a place costs at most 0.07 s of the default
# 2 s. Schemas in the wild come to about 1,800.
MAX_EXPANSION = 2_000
# How many subschemas may lead to one another at one place. jsonschema recurses for each, so
# that a longer chain (some 200 with Python's own limit) would fail whatever the document.
MAX_CHAIN = 64

_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_LISTS = ("allOf", "anyOf", "oneOf")
_SINGLES = ("not", "if", "then", "else")
_MAPS = ("dependentSchemas", "dependencies")


class SchemaFaultError(Exception):
    """The schema cannot be used; the message says why."""


def preflight(schema: Any, specification: Specification[Any], check: Callable[[Any], None]) -> None:
    """Checks a schema, and translates its patterns in place.

    Args:
        schema: the schema, without `$schema` at its root, which is valid by its metaschema.
        specification: of the schema's dialect.
        check: called with what a reference leads to, which may stand where the
            metaschema expects no schema; raises where that is none.

    Raises:
        SchemaFaultError: the schema breaks a promise of this module.
    """
    seen: dict[int, dict[str, Any]] = {}
    in_place: dict[int, list[int]] = {}
    references: list[tuple[Any, str]] = []
    root = specification.create_resource(schema)
    waiting = [(schema, Registry[Any]().resolver_with_root(root))]
    while waiting:
        current, resolver = waiting.pop()
        if not isinstance(current, dict) or id(current) in seen:
            continue
        seen[id(current)] = current
        _refuse_dialect(current)
        applied = list(_applied_in_place(current))
        for reference in _references(current):
            resolved = _look_up(resolver, reference)
            check(resolved.contents)
            references.append((resolver, reference))
            applied.append(resolved.contents)
            waiting.append((resolved.contents, resolved.resolver))
        in_place[id(current)] = [id(each) for each in applied if isinstance(each, dict)]
        waiting.extend(
            (resource.contents, resolver.in_subresource(resource))
            for resource in specification.create_resource(current).subresources()
        )
    _bound_expansion(in_place)
    _refuse_schemas_in_data(seen)
    for each in seen.values():
        _translate_patterns(each)
    for resolver, reference in references:  # one may lead through a pattern's old name
        _look_up(resolver, reference)


def _look_up(resolver: Any, reference: str) -> Any:
    try:
        return resolver.lookup(reference)
    except (referencing.exceptions.Unresolvable, ValueError, TypeError):
        raise SchemaFaultError(
            f"reference {reference[:100]!r} leads nowhere inside the schema"
        ) from None


def _refuse_dialect(schema: dict[str, Any]) -> None:
    if "$schema" in schema:
        raise SchemaFaultError("$schema is supported only at the root")


def _refuse_schemas_in_data(schemas: dict[int, dict[str, Any]]) -> None:
    """Refuses what is data and a schema at once: it must not be translated as the one."""
    waiting = [
        schema[keyword]
        for schema in schemas.values()
        for keyword in ("const", "enum")
        if keyword in schema
    ]
    while waiting:
        value = waiting.pop()
        if id(value) in schemas:
            raise SchemaFaultError("a reference leads into const or enum")
        if isinstance(value, (dict, list)):
            waiting.extend(value.values() if isinstance(value, dict) else value)


def _translate_patterns(schema: dict[str, Any]) -> None:
    if isinstance(schema.get("pattern"), str):
        schema["pattern"] = _translated(schema["pattern"])
    named = schema.get("patternProperties")
    if isinstance(named, dict):
        translated: dict[str, Any] = {}
        for pattern, subschema in named.items():
            name = _translated(pattern)
            while name in translated:  # two patterns may mean the same; both must hold
                name += "(?:)"
            translated[name] = subschema
        schema["patternProperties"] = translated


def _translated(pattern: str) -> str:
    try:
        return translate(pattern)
    except PatternError as error:
        raise SchemaFaultError(f"pattern {pattern[:100]!r} cannot be used: {error}") from None


def _references(schema: dict[str, Any]) -> Iterator[str]:
    for keyword in _REFERENCES:
        if isinstance(schema.get(keyword), str):
            yield schema[keyword]
        elif keyword == "$ref" and keyword in schema:  # the metaschema of draft-04 takes any
            raise SchemaFaultError("$ref is not text")


def _applied_in_place(schema: dict[str, Any]) -> Iterator[Any]:
    """Subschemas applied to the same place of the document as the schema itself."""
    for keyword in _LISTS:
        if isinstance(schema.get(keyword), list):
            yield from schema[keyword]
    for keyword in _SINGLES:
        yield schema.get(keyword)
    for keyword in _MAPS:
        if isinstance(schema.get(keyword), dict):
            yield from schema[keyword].values()


def _bound_expansion(in_place: dict[int, list[int]]) -> None:
    expansion: dict[int, int] = {}
    chain: dict[int, int] = {}
    try:
        for node in TopologicalSorter(in_place).static_order():
            expansion[node] = 1 + sum(expansion[each] for each in in_place.get(node, ()))
            if expansion[node] > MAX_EXPANSION:
                raise SchemaFaultError(f"it expands to more than {MAX_EXPANSION} subschemas")
            chain[node] = 1 + max((chain[each] for each in in_place.get(node, ())), default=0)
            if chain[node] > MAX_CHAIN:
                raise SchemaFaultError(f"more than {MAX_CHAIN} subschemas lead to one another")
    except CycleError:
        raise SchemaFaultError("a reference leads back to itself") from None
