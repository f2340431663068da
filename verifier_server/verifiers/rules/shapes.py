"""The shape that a pack's schema gives its documents.

Promises: a schema of a pack is JSON Schema 2020-12 without the keywords that leave places open,
so that every place has a type: objects are closed, and in an answer a text is one of a list, a
date, a date-time, or of a pattern and a bounded length, and a list has a bounded length. So an
answer is small, and rules have no free text to read.

Does not cover: whether a document satisfies the schema (json's `compile_schema`), and how it is
converted (`converting`). `if`, `not`, `contains` and the like only narrow, and are left to the
former.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, Never
from urllib.parse import unquote

from verifier_server.verifiers.json.values import pointer

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MAX_PLACES = 1000  # in a schema, with what its references repeat
MAX_DEPTH = 32
# Two nested loops over lists of an answer stay within CEL's budget of 10,000 iterations.
MAX_ITEMS = 64
MAX_PATTERN_LENGTH = 1000  # maxLength of a text that only a pattern describes

_OPEN = (
    "$anchor $dynamicAnchor $dynamicRef $id $recursiveRef $vocabulary additionalItems "
    "dependencies patternProperties prefixItems unevaluatedItems unevaluatedProperties"
).split()
_KNOWN = frozenset(
    "$comment $defs $ref $schema additionalProperties allOf anyOf const contains default "
    "definitions dependentRequired dependentSchemas deprecated description else enum examples "
    "exclusiveMaximum exclusiveMinimum format if items maxContains maxItems maxLength "
    "maxProperties maximum minContains minItems minLength minProperties minimum multipleOf not "
    "oneOf pattern properties propertyNames readOnly required then title type uniqueItems "
    "writeOnly".split()
)
_KINDS: Mapping[str, frozenset[str]] = {
    "number": frozenset({"integer", "number"}),
    **{
        name: frozenset({name})
        for name in ("integer", "boolean", "string", "object", "array", "null")
    },
}
_ALL = frozenset().union(*_KINDS.values())
_Path = tuple[str | int, ...]


class ShapeError(Exception):
    """A schema is not one of a pack; `pointer` leads into the schema."""

    def __init__(self, message: str, path: _Path) -> None:
        super().__init__(message)
        self.message = message
        self.pointer = pointer(path)


@dataclass(frozen=True, slots=True)
class Shape:
    """What may stand at a place of a document.

    `kinds` are types of JSON Schema, both `integer` and `number` where any number may stand.
    `choices` is how many values there are, None where that has no bound; `most` is how many
    items a list may have, likewise. `text_closed` and `object_closed` are whether the schema closes
    its texts and objects, true where there can be none. `words` are the texts that it lists,
    `formats` those of date and date-time that it names; `loose` is whether it takes other texts.
    """

    kinds: frozenset[str] = _ALL
    choices: int | None = None
    text_closed: bool = False
    object_closed: bool = False
    words: frozenset[str] = frozenset()
    formats: frozenset[str] = frozenset()
    loose: bool = True
    properties: Mapping[str, "Shape"] = field(default_factory=dict)
    items: "Shape | None" = None
    most: int | None = None


def shape_of(schema: Mapping[str, Any], free: bool) -> Shape:
    """The shape of a whole schema.

    Args:
        schema: a decoded schema.
        free: whether texts and lists have no bounds: true for facts, false for an answer.

    Raises:
        ShapeError: a place has no type or is open, or a keyword cannot be followed.
    """
    dialect = schema.get("$schema", DIALECT)
    if dialect != DIALECT:
        raise ShapeError(f"must be {DIALECT}, which is the default", ("$schema",))
    if schema.get("type") != "object":
        raise ShapeError('must say "type": "object"', ())
    return _Reader(schema, free).place(schema, (), ())


class _Reader:
    """Reads one schema."""

    def __init__(self, root: Mapping[str, Any], free: bool) -> None:
        self._root = root
        self._free = free
        self._places = 0

    def place(self, schema: Any, path: _Path, followed: Sequence[str]) -> Shape:
        """The shape of a place of the document, which must be complete."""
        shape = self._shape(schema, path, followed)
        if shape.kinds == _ALL:
            raise ShapeError("must say its type: type, enum, const, $ref or anyOf", path)
        if "object" in shape.kinds and not shape.object_closed:
            raise ShapeError("an object must say additionalProperties: false", path)
        if "array" in shape.kinds and shape.items is None:
            raise ShapeError("a list must say what its items are", path)
        if self._free:
            return shape
        if "string" in shape.kinds and not shape.text_closed:
            raise ShapeError(
                "a text of an answer must have an enum, a const, the format date or date-time, "
                f"or a pattern with a maxLength of at most {MAX_PATTERN_LENGTH}",
                path,
            )
        if "array" in shape.kinds and (shape.most is None or shape.most > MAX_ITEMS):
            raise ShapeError(
                f"a list of an answer must have at most {MAX_ITEMS} items: give maxItems, or "
                "uniqueItems with items from an enum",
                path,
            )
        return shape

    def _shape(self, schema: Any, path: _Path, followed: Sequence[str]) -> Shape:
        self._places += 1
        if self._places > MAX_PLACES:
            raise ShapeError(f"more than {MAX_PLACES} places, with those that are repeated", path)
        if len(path) > 4 * MAX_DEPTH:
            raise ShapeError(f"deeper than {MAX_DEPTH} levels", path)
        if not isinstance(schema, Mapping):
            raise ShapeError("must be an object with a type", path)
        self._check_keywords(schema, path)
        parts = [self._own(schema, path, followed)]
        if "$ref" in schema:
            parts.append(self._referred(schema["$ref"], path, followed))
        for index, each in enumerate(_listed(schema, "allOf", path)):
            parts.append(self._shape(each, (*path, "allOf", index), followed))
        for name in ("anyOf", "oneOf"):
            alternatives = [
                self._shape(each, (*path, name, index), followed)
                for index, each in enumerate(_listed(schema, name, path))
            ]
            if alternatives:
                parts.append(reduce(_either, alternatives))
        return reduce(_both, parts)

    def _check_keywords(self, schema: Mapping[str, Any], path: _Path) -> None:
        for name in schema:
            if name in _OPEN or (name == "$schema" and path):
                raise ShapeError("this keyword has no place in a pack's schema", (*path, name))
            if name not in _KNOWN and not name.startswith("x-"):
                raise ShapeError("is no keyword of JSON Schema", (*path, name))

    def _referred(self, reference: Any, path: _Path, followed: Sequence[str]) -> Shape:
        def fail(message: str) -> Never:
            raise ShapeError(message, (*path, "$ref"))

        if not isinstance(reference, str) or not reference.startswith("#"):
            fail("must refer to a place of this schema: #/$defs/...")
        if reference in followed:
            fail("leads back to itself")
        target: Any = self._root
        for part in unquote(reference[1:]).split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            if isinstance(target, Mapping) and name in target:
                target = target[name]
            elif isinstance(target, list) and name.isdecimal() and int(name) < len(target):
                target = target[int(name)]
            else:
                fail(f"there is no {reference}")
        return self._shape(target, (*path, "$ref"), (*followed, reference))

    def _own(self, schema: Mapping[str, Any], path: _Path, followed: Sequence[str]) -> Shape:
        kinds, values = _kinds(schema, path)
        choices = _choices(kinds, values)
        properties = schema.get("properties", {})
        if not isinstance(properties, Mapping):
            raise ShapeError("must be an object", (*path, "properties"))
        if schema.get("additionalProperties", False) is not False:
            raise ShapeError("must be false", (*path, "additionalProperties"))
        items = None
        if "items" in schema:
            items = self.place(schema["items"], (*path, "items"), followed)
        name = schema.get("format")
        formats = frozenset({name} if name in ("date", "date-time") else ())
        longest = schema.get("maxLength")
        bounded = isinstance(longest, int) and 0 <= longest <= MAX_PATTERN_LENGTH
        return Shape(
            kinds=kinds,
            choices=choices,
            text_closed=choices is not None
            or bool(formats)
            or (bounded and "pattern" in schema)
            or "string" not in kinds,
            object_closed="additionalProperties" in schema or "object" not in kinds,
            words=frozenset(each for each in values or () if isinstance(each, str)),
            formats=formats,
            loose="string" in kinds and values is None and not formats,
            properties={
                name: self.place(each, (*path, "properties", name), followed)
                for name, each in properties.items()
            },
            items=items,
            most=_most(schema, items),
        )


def _kinds(schema: Mapping[str, Any], path: _Path) -> tuple[frozenset[str], list[Any] | None]:
    """The types of a schema's own keywords, and the values that it lists."""
    values = None
    if "const" in schema:
        values = [schema["const"]]
    elif "enum" in schema:
        values = _listed(schema, "enum", path)
    kinds = _ALL
    if "type" in schema:
        given = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if not given or not all(isinstance(each, str) and each in _KINDS for each in given):
            raise ShapeError("must be a type of JSON Schema, or a list of them", (*path, "type"))
        kinds = frozenset().union(*(_KINDS[each] for each in given))
    if values is None:
        return kinds, None
    if any(isinstance(each, Mapping | list) for each in values):
        raise ShapeError("values that are objects or lists need a type of their own", path)
    found = frozenset().union(*map(_kinds_of_value, values)) if values else frozenset()
    if "type" in schema:
        # A number of the list may be written 5 though its type is number: the type decides.
        found |= {"number"} if "integer" in found else frozenset()
    return kinds & found, values


def _choices(kinds: frozenset[str], values: list[Any] | None) -> int | None:
    """How many values there are, None where that has no bound."""
    if values is not None:
        return len(values)
    return 2 * ("boolean" in kinds) + ("null" in kinds) if kinds <= {"boolean", "null"} else None


def _kinds_of_value(value: Any) -> frozenset[str]:
    match value:
        case None:
            return _KINDS["null"]
        case bool():
            return _KINDS["boolean"]
        case str():
            return _KINDS["string"]
        case int():
            return _KINDS["integer"]
        case float():
            return _KINDS["integer" if value.is_integer() else "number"]
    raise TypeError(type(value).__name__)


def _most(schema: Mapping[str, Any], items: Shape | None) -> int | None:
    bounds = []
    if _is_count(schema.get("maxItems")):
        bounds.append(int(schema["maxItems"]))
    if schema.get("uniqueItems") is True and items is not None and items.choices is not None:
        bounds.append(items.choices)
    return min(bounds, default=None)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _listed(schema: Mapping[str, Any], name: str, path: _Path) -> list[Any]:
    value = schema.get(name, [])
    if not isinstance(value, list):
        raise ShapeError("must be a list", (*path, name))
    return value


def _both(one: Shape, other: Shape) -> Shape:
    """What satisfies two shapes."""
    return Shape(
        kinds=one.kinds & other.kinds,
        choices=_least(one.choices, other.choices),
        text_closed=one.text_closed or other.text_closed,
        object_closed=one.object_closed or other.object_closed,
        words=one.words | other.words,
        formats=one.formats | other.formats,
        loose=one.loose and other.loose,
        properties=_merged(one.properties, other.properties, _both),
        items=_joined(one.items, other.items, _both),
        most=_least(one.most, other.most),
    )


def _either(one: Shape, other: Shape) -> Shape:
    """What satisfies one of two shapes."""
    loose = one.loose or other.loose
    return Shape(
        kinds=one.kinds | other.kinds,
        choices=None
        if one.choices is None or other.choices is None
        else one.choices + other.choices,
        text_closed=one.text_closed and other.text_closed,
        object_closed=one.object_closed and other.object_closed,
        words=one.words | other.words,
        formats=frozenset() if loose else one.formats | other.formats,
        loose=loose,
        properties=_merged(one.properties, other.properties, _either),
        items=_joined(one.items, other.items, _either),
        most=_greatest(one, other),
    )


def _least(one: int | None, other: int | None) -> int | None:
    return min((each for each in (one, other) if each is not None), default=None)


def _greatest(one: Shape, other: Shape) -> int | None:
    """Of two shapes' lists: the longer bound, None where one that has lists has none."""
    bounds = [each.most for each in (one, other) if "array" in each.kinds]
    known = [each for each in bounds if each is not None]
    return max(known, default=None) if len(known) == len(bounds) else None


def _merged(
    one: Mapping[str, Shape],
    other: Mapping[str, Shape],
    how: Callable[[Shape, Shape], Shape],
) -> Mapping[str, Shape]:
    shared = {name: how(one[name], other[name]) for name in one if name in other}
    return {**one, **other, **shared}


def _joined(
    one: Shape | None, other: Shape | None, how: Callable[[Shape, Shape], Shape]
) -> Shape | None:
    if one is None or other is None:
        return one or other
    return how(one, other)
