"""What a schema must show before any document is held against it.

Promises: after `preflight` every reference resolves inside the schema, no
reference leads back to itself without consuming a level of the document,
every pattern compiles, and applying the schema to one place expands to at
most MAX_EXPANSION subschemas. Nothing is ever fetched.

Does not cover: validity by the dialect's metaschema (`schema`), and patterns
that backtrack for long: the CPU budget bounds those.
"""

import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any

import referencing.exceptions
from referencing import Registry, Specification

MAX_EXPANSION = 100_000

_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_LISTS = ("allOf", "anyOf", "oneOf")
_SINGLES = ("not", "if", "then", "else")
_MAPS = ("dependentSchemas", "dependencies")


class SchemaFaultError(Exception):
    """The schema cannot be used; the message says why."""


def preflight(schema: Any, specification: Specification[Any]) -> list[Any]:
    """Checks a schema; returns what its references lead to, for a check by metaschema.

    Args:
        schema: the schema, without `$schema` at its root.
        specification: of the schema's dialect.

    Raises:
        SchemaFaultError: the schema breaks a promise of this module.
    """
    targets: list[Any] = []
    in_place: dict[int, list[int]] = {}
    root = specification.create_resource(schema)
    waiting = [(schema, Registry[Any]().resolver_with_root(root))]
    while waiting:
        current, resolver = waiting.pop()
        if not isinstance(current, dict) or id(current) in in_place:
            continue
        _refuse_dialect(current)
        _compile_patterns(current)
        applied = list(_applied_in_place(current))
        for reference in _references(current):
            try:
                resolved = resolver.lookup(reference)
            except (referencing.exceptions.Unresolvable, ValueError, TypeError):
                raise SchemaFaultError(
                    f"reference {reference[:100]!r} leads nowhere inside the schema"
                ) from None
            targets.append(resolved.contents)
            applied.append(resolved.contents)
            waiting.append((resolved.contents, resolved.resolver))
        in_place[id(current)] = [id(each) for each in applied if isinstance(each, dict)]
        waiting.extend(
            (resource.contents, resolver.in_subresource(resource))
            for resource in specification.create_resource(current).subresources()
        )
    _bound_expansion(in_place)
    return targets


def _refuse_dialect(schema: dict[str, Any]) -> None:
    if "$schema" in schema:
        raise SchemaFaultError("$schema is supported only at the root")


def _compile_patterns(schema: dict[str, Any]) -> None:
    patterns = [schema["pattern"]] if isinstance(schema.get("pattern"), str) else []
    if isinstance(schema.get("patternProperties"), dict):
        patterns.extend(schema["patternProperties"])
    for pattern in patterns:
        try:
            re.compile(pattern)
        except (re.error, OverflowError, RecursionError):
            raise SchemaFaultError(f"pattern {pattern[:100]!r} does not compile") from None


def _references(schema: dict[str, Any]) -> Iterator[str]:
    for keyword in _REFERENCES:
        if isinstance(schema.get(keyword), str):
            yield schema[keyword]


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
    try:
        for node in TopologicalSorter(in_place).static_order():
            expansion[node] = 1 + sum(expansion[each] for each in in_place.get(node, ()))
            if expansion[node] > MAX_EXPANSION:
                raise SchemaFaultError(f"it expands to more than {MAX_EXPANSION} subschemas")
    except CycleError:
        raise SchemaFaultError("a reference leads back to itself") from None
