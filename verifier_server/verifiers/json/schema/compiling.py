"""A task's schema, admitted once and compiled once.

Promises: JSON Schema of drafts 4, 6, 7, 2019-09 and 2020-12, chosen by `$schema`.
What is compiled has passed every check of this package, in an order that names the
part at fault: size, dialect, metaschema, references, expansion, patterns. One engine
judges (`engine`); the other (`oracle`) has an opinion at admission alone. A compiled
schema is a function of the schema and its resources, so nothing passes from one task to
another; the last REMEMBERED are kept, since the tasks of a data set mostly share theirs.

Does not cover: documents that are no exact values (`parse`, `values`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from verifier_server.verifiers.json.schema import (
    bounds,
    engine,
    evaluated,
    identifiers,
    metaschemas,
    oracle,
    replaced,
    writing,
)
from verifier_server.verifiers.json.schema.counting import Bounds
from verifier_server.verifiers.json.schema.dialects import DRAFT_2020_12, dialect_of
from verifier_server.verifiers.json.schema.engine import Validate
from verifier_server.verifiers.json.schema.faults import ROOT, SchemaFaultError
from verifier_server.verifiers.json.schema.walk import Place, Reached, reach
from verifier_server.verifiers.json.values import UnusableValueError, exact

MAX_SCHEMA_BYTES = 256 << 10
MAX_RESOURCES_BYTES = 1 << 20
REMEMBERED = 16  # compiled schemas that a worker keeps


@dataclass(frozen=True, slots=True)
class _Source:
    """What is compiled, as the key of a cache: equal when written alike."""

    text: str
    schema: Any = field(compare=False)
    resources: Mapping[str, Any] = field(compare=False)


@dataclass(frozen=True, slots=True)
class _Compiled:
    validate: Validate
    second: Any  # the other implementation's validator, None where it is not asked
    bounds: Bounds


def compile_schema(
    schema: Any,
    assert_format: bool = True,
    resources: Mapping[str, Any] | None = None,
    where: str = "/schema",
) -> Validate:
    """A function from a document of exact values to its first violations, empty when valid.

    Args:
        schema: a decoded JSON Schema.
        assert_format: whether `format` is checked.
        resources: decoded schemas by their URIs, which references and `$schema` may name.
        where: the schema's pointer in the task.

    Raises:
        TaskError: INVALID_TASK `invalid_schema`, with a pointer into the task.
    """
    return _compiled(schema, assert_format, resources, where).validate


def second_opinion(
    schema: Any,
    document: Any,
    assert_format: bool = True,
    resources: Mapping[str, Any] | None = None,
    where: str = "/schema",
) -> bool | None:
    """Whether the other implementation finds a document valid; None where it is not asked.

    It is not asked where it is known to differ (`oracle.KNOWN_DIFFERENCES`), and where it
    would take long.

    Args:
        schema, assert_format, resources, where: see `compile_schema`.
        document: of exact values.

    Raises:
        TaskError: INVALID_TASK `invalid_schema`, with a pointer into the task.
    """
    compiled = _compiled(schema, assert_format, resources, where)
    if compiled.second is None or not compiled.bounds.within(document, oracle.MAX_WORK):
        return None
    try:
        return bool(compiled.second.is_valid(document))
    except (oracle.PatternUnknownError, RecursionError):
        return None


def _compiled(
    schema: Any, assert_format: bool, resources: Mapping[str, Any] | None, where: str
) -> _Compiled:
    try:
        # The representation tells 1 from "1" and True, and keeps the keys' order.
        text = repr((schema, resources))
    except RecursionError:
        raise SchemaFaultError("it is too deep").for_task(where) from None
    except ValueError:
        text = ""  # a number too long to be written, which `exact` refuses with its place
    try:
        return _compile(_Source(text, schema, resources or {}), assert_format)
    except SchemaFaultError as error:
        raise error.for_task(where) from None


@lru_cache(maxsize=REMEMBERED)
def _compile(source: _Source, assert_format: bool) -> _Compiled:
    schema = _usable(source.schema, ROOT, MAX_SCHEMA_BYTES)
    resources = _usable_resources(source.resources)
    dialect = dialect_of(schema, resources, DRAFT_2020_12)
    metaschemas.check(schema, dialect.draft, Place(ROOT, ()))
    reached = reach(schema, resources, dialect, metaschemas.check)
    _check_documents(reached)
    identifiers.check(reached.nodes)
    evaluated.check(reached.nodes)
    limits = bounds.bound(reached)
    written = writing.write(reached)
    root, bundled = _apart(written.documents, schema)
    validate = engine.compile_written(
        root,
        dialect.draft,
        bundled,
        assert_format,
        limits,
        written.originals,
        replaced.keywords(document.dialect for document in reached.documents.values()),
    )
    second = None
    if oracle.difference(reached, assert_format) is None:
        root, bundled = _apart(written.bare, schema)
        registry = oracle.registry(bundled, dialect.draft)
        second = oracle.validator(dialect.draft, root, registry, assert_format)
    return _Compiled(validate, second, limits)


def _usable_resources(resources: Mapping[str, Any]) -> dict[str, Any]:
    left = MAX_RESOURCES_BYTES
    usable = {}
    for uri, each in resources.items():
        usable[uri.removesuffix("#")] = found = _usable(each, uri, left)
        left -= _size(found)
    return usable


def _usable(contents: Any, name: str, limit: int) -> Any:
    try:
        found = exact(contents)
    except UnusableValueError as error:
        raise SchemaFaultError(str(error), error.path, name) from None
    if not isinstance(found, (dict, bool)):
        raise SchemaFaultError("a schema is an object or a boolean", (), name)
    if _size(found) > limit:
        raise SchemaFaultError(f"it has more than {limit} bytes", (), name)
    return found


def _size(contents: Any) -> int:
    return len(json.dumps(contents, ensure_ascii=False, default=str).encode())


def _check_documents(reached: Reached) -> None:
    for name, document in reached.documents.items():
        if name != ROOT:
            metaschemas.check(document.contents, document.dialect.draft, Place(name, ()))


def _apart(documents: Mapping[str, Any], schema: Any) -> tuple[Any, dict[str, Any]]:
    """The schema's document, itself where it is a boolean, and the bundled ones."""
    bundled = {name: each for name, each in documents.items() if name != ROOT}
    return documents.get(ROOT, schema), bundled
