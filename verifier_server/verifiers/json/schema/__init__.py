"""A task's schema, compiled once: JSON Schema by jsonschema, exact and offline.

Promises: draft-04, 06, 07, 2019-09 and 2020-12, chosen by `$schema`; numbers
are compared exactly (`multipleOf` with fractions), patterns mean what they mean
in ECMA-262, `uniqueItems` costs time linear in the list, and at most MAX_ERRORS
errors come back, in the order of the schema's keywords. No reference is ever
fetched.

Does not cover: patterns that `ecma` refuses, and vocabularies.
"""

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import islice
from typing import Any

import jsonschema
import referencing.jsonschema
from jsonschema import validators
from referencing import Registry

from verifier_server.contract import ErrorCode, TaskError
from verifier_server.verifiers.json import formats
from verifier_server.verifiers.json.preflight import SchemaFaultError, preflight
from verifier_server.verifiers.json.values import UnusableValueError, exact, key, pointer

MAX_ERRORS = 32
MAX_MESSAGE = 200
REMEMBERED = 16  # compiled schemas that a worker keeps

_DEFAULT = "https://json-schema.org/draft/2020-12/schema"
_DIALECTS: Mapping[str, Any] = {
    "http://json-schema.org/draft-04/schema": jsonschema.Draft4Validator,
    "http://json-schema.org/draft-06/schema": jsonschema.Draft6Validator,
    "http://json-schema.org/draft-07/schema": jsonschema.Draft7Validator,
    "https://json-schema.org/draft/2019-09/schema": jsonschema.Draft201909Validator,
    _DEFAULT: jsonschema.Draft202012Validator,
}


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a document breaks the schema.

    `message` may quote the schema and the document; it is at most MAX_MESSAGE characters.
    """

    pointer: str
    keyword: str
    message: str


Validate = Callable[[Any], list[Violation]]


@dataclass(frozen=True, slots=True)
class _Source:
    """A schema as the key of a cache: two are equal when they are written alike."""

    text: str
    schema: Any = field(compare=False)


def compile_schema(schema: Any, assert_format: bool) -> Validate:
    """A function from a document of exact values to its first violations, empty when valid.

    The last schemas are remembered: the tasks of a data set mostly share theirs.
    A compiled schema is a function of the schema alone, so nothing passes from
    one task to another. Faults are not remembered.

    Args:
        schema: a decoded JSON Schema.
        assert_format: whether `format` is checked.

    Raises:
        TaskError: BAD_GROUND_TRUTH `invalid_schema`, with a pointer into the task.
    """
    try:
        own = exact(schema)
    except UnusableValueError as error:
        raise _fault(str(error)) from None
    # The representation tells 1 from "1" and True, and keeps the keys' order.
    return _compile(_Source(repr(own), own), assert_format)


@lru_cache(maxsize=REMEMBERED)
def _compile(source: _Source, assert_format: bool) -> Validate:
    schema = source.schema
    schema, dialect, uri = _dialect(schema)
    _check_by_metaschema(dialect, schema)
    specification = referencing.jsonschema.specification_with(uri)
    try:
        preflight(
            schema,
            specification,
            check=lambda target: _check_by_metaschema(dialect, target, path_known=False),
        )
    except SchemaFaultError as error:
        raise _fault(str(error)) from None
    validator = _exact_class(dialect)(
        schema,
        registry=Registry(),
        format_checker=formats.checker() if assert_format else None,
    )

    def violations(document: Any) -> list[Violation]:
        errors = islice(validator.iter_errors(document), MAX_ERRORS)
        return [
            Violation(
                pointer(tuple(error.absolute_path)),
                str(error.validator or "false"),  # a false schema has no keyword
                error.message[:MAX_MESSAGE],
            )
            for error in errors
        ]

    return violations


def _dialect(schema: Any) -> tuple[Any, Any, str]:
    """The schema without its root `$schema`, its validator class, and the dialect's URI.

    `$schema` has to go: jsonschema would swap our class for its own on meeting it.
    """
    if not isinstance(schema, dict) or "$schema" not in schema:
        return schema, _DIALECTS[_DEFAULT], _DEFAULT
    uri = str(schema["$schema"]).removesuffix("#")
    if uri not in _DIALECTS:
        known = ", ".join(_DIALECTS)
        raise _fault(f"unknown dialect; known are {known}", "/$schema")
    bare = {name: value for name, value in schema.items() if name != "$schema"}
    return bare, _DIALECTS[uri], uri


def _check_by_metaschema(dialect: Any, schema: Any, path_known: bool = True) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            dialect.check_schema(schema, format_checker=formats.metaschema_checker())
    except jsonschema.SchemaError as error:
        where = pointer(tuple(error.absolute_path)) if path_known else ""
        raise _fault(error.message, where) from None


def _fault(message: str, where: str = "") -> TaskError:
    return TaskError(
        ErrorCode.BAD_GROUND_TRUTH,
        "invalid_schema",
        f"the schema cannot be used: {message[:MAX_MESSAGE]}",
        "/schema" + where,
    )


def _exact_class(dialect: Any) -> Any:
    types = dialect.TYPE_CHECKER
    if dialect is not jsonschema.Draft4Validator:  # where 1.0 is no integer
        types = types.redefine("integer", _is_integer)
    extend: Callable[..., Any] = validators.extend  # its stub has no types
    return extend(
        dialect,
        validators={"multipleOf": _multiple_of, "uniqueItems": _unique_items},
        type_checker=types,
    )


def _is_integer(_: object, instance: object) -> bool:
    if isinstance(instance, Decimal):
        return instance == instance.to_integral_value()
    return isinstance(instance, int) and not isinstance(instance, bool)


def _multiple_of(validator: Any, divisor: Any, instance: Any, _: Any) -> Iterator[Any]:
    if validator.is_type(instance, "number") and Fraction(instance) % Fraction(divisor):
        yield jsonschema.ValidationError(f"{instance!r} is not a multiple of {divisor}")


def _unique_items(validator: Any, wanted: Any, instance: Any, _: Any) -> Iterator[Any]:
    if wanted and validator.is_type(instance, "array"):
        keys = [key(item) for item in instance]
        if len(set(keys)) < len(keys):
            yield jsonschema.ValidationError("the list has equal items")
