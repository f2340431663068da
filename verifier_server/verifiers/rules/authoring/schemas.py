"""The fields of a pack's facts and answers, and what its schemas say of their values.

Promises: a field is a place that is reached by names alone, written as expressions write it
("answer.stay.nights"); a list is one field, whatever its items are.

Does not cover: whether a document satisfies a schema.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from verifier_server.verifiers.rules.shapes import Shape, shape_of

_COMBINED = ("allOf", "anyOf", "oneOf")
_NUMBERS = frozenset({"integer", "number"})


@dataclass(frozen=True, slots=True)
class Field:
    """A place of a document.

    `parts` are all objects of the schema that describe it, those that are referred to included;
    `optional` is whether a document may lack it.
    """

    name: str
    path: tuple[str, ...]
    shape: Shape
    parts: tuple[Mapping[str, Any], ...]
    optional: bool

    @property
    def is_container(self) -> bool:
        """Whether fields of its own may stand under it."""
        return bool(self.shape.properties)

    @property
    def is_numeric(self) -> bool:
        """Whether it holds a number and nothing else, but perhaps null."""
        return bool(self.shape.kinds & _NUMBERS) and self.shape.kinds <= _NUMBERS | {"null"}


def fields_of(root: str, schema: Mapping[str, Any], *, free: bool) -> Mapping[str, Field]:
    """All fields by name, containers before what is in them.

    Args:
        root: "facts" or "answer".
        schema: of a pack, so that it has a shape.
        free: as `shape_of` takes it.
    """
    shape = shape_of(schema, free)
    top = Field(root, (), shape, tuple(parts_of(schema, schema)), optional=False)
    return {each.name: each for each in _below(top, schema)}


def _below(above: Field, root: Mapping[str, Any]) -> Iterator[Field]:
    for name, shape in above.shape.properties.items():
        parts = tuple(
            part
            for each in above.parts
            if name in each.get("properties", {})
            for part in parts_of(each["properties"][name], root)
        )
        required = any(name in part.get("required", ()) for part in above.parts)
        field = Field(f"{above.name}.{name}", (*above.path, name), shape, parts, not required)
        yield field
        yield from _below(field, root)


def parts_of(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A schema and all that it is made of: references, allOf, anyOf and oneOf."""
    yield schema
    if "$ref" in schema:
        yield from parts_of(_target(schema["$ref"], root), root)
    for name in _COMBINED:
        for each in schema.get(name, ()):
            yield from parts_of(each, root)


def _target(reference: str, root: Mapping[str, Any]) -> Any:
    target: Any = root
    for part in unquote(reference[1:]).split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        target = target[int(name)] if isinstance(target, list) else target[name]
    return target


def choices(parts: tuple[Mapping[str, Any], ...]) -> Iterator[Any]:
    """The values that a schema lists, each once."""
    seen: list[Any] = []
    for part in parts:
        for value in [part["const"]] if "const" in part else part.get("enum", ()):
            if not any(
                value is each or (value == each and type(value) is type(each)) for each in seen
            ):
                seen.append(value)
                yield value


class Siblings:
    """Which value of an enum could have been written for another."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self._fields = fields
        texts = (tuple(_texts(each.parts)) for each in fields.values())
        items = (tuple(_item_texts(each)) for each in fields.values())
        self._all = [each for pair in zip(texts, items, strict=True) for each in pair if each]

    def __call__(self, value: str, name: str | None) -> str | None:
        """The value that follows `value` in the enum of the field `name`, or in the first enum
        that has it where `name` is None or no field with an enum."""
        field = self._fields.get(name or "")
        own = (tuple(_texts(field.parts)) or tuple(_item_texts(field))) if field else ()
        for texts in [own] if own else self._all:
            if value in texts and len(texts) > 1:
                return texts[(texts.index(value) + 1) % len(texts)]
        return None


def _texts(parts: tuple[Mapping[str, Any], ...]) -> Iterator[str]:
    return (value for value in choices(parts) if isinstance(value, str))


def _item_texts(field: Field) -> Iterator[str]:
    for part in field.parts:
        if isinstance(part.get("items"), Mapping):
            yield from _texts((part["items"],))
