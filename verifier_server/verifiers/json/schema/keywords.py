"""Where schemas stand within a schema, by draft.

Promises: `subschemas` names every schema that stands directly within another, its
path, and to which part of a document it applies. What a draft does not know as a
keyword holds no schemas.

Does not cover: references (`walk`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

from referencing import Specification

from verifier_server.verifiers.json.schema.dialects import DRAFTS, Draft
from verifier_server.verifiers.json.schema.faults import Path


class Reach(Enum):
    """Which part of a document a subschema applies to."""

    HERE = "the same place"
    MEMBER = "one member of an object, by name"
    MEMBERS = "members of an object"
    ITEM = "one item of a list, by index"
    ITEMS = "items of a list"
    NOTHING = "nothing, until a reference leads here"


@dataclass(frozen=True, slots=True)
class Subschema:
    """A schema within another. `label` is the name or index for MEMBER and ITEM."""

    schema: Any
    path: Path
    reach: Reach
    label: str | int | None = None


@dataclass(frozen=True, slots=True)
class _Keyword:
    name: str
    shape: str  # "one", "list", "map" or "one or list"
    reach: Reach
    first: int = 0  # draft numbers that know it
    last: int = 4


_KEYWORDS = (
    *(_Keyword(name, "list", Reach.HERE) for name in ("allOf", "anyOf", "oneOf")),
    _Keyword("not", "one", Reach.HERE),
    *(_Keyword(name, "one", Reach.HERE, first=2) for name in ("if", "then", "else")),
    _Keyword("dependentSchemas", "map", Reach.HERE, first=3),
    _Keyword("dependencies", "map", Reach.HERE),
    _Keyword("properties", "map", Reach.MEMBER),
    _Keyword("patternProperties", "map", Reach.MEMBERS),
    _Keyword("additionalProperties", "one", Reach.MEMBERS),
    _Keyword("unevaluatedProperties", "one", Reach.MEMBERS, first=3),
    _Keyword("propertyNames", "one", Reach.MEMBERS, first=1),
    _Keyword("items", "one or list", Reach.ITEMS, last=3),
    _Keyword("items", "one", Reach.ITEMS, first=4),
    _Keyword("prefixItems", "list", Reach.ITEM, first=4),
    _Keyword("additionalItems", "one", Reach.ITEMS, last=3),
    _Keyword("unevaluatedItems", "one", Reach.ITEMS, first=3),
    _Keyword("contains", "one", Reach.ITEMS, first=1),
    _Keyword("contentSchema", "one", Reach.NOTHING, first=3),
    _Keyword("definitions", "map", Reach.NOTHING),
    _Keyword("$defs", "map", Reach.NOTHING, first=3),
)
_BY_DRAFT = tuple(
    tuple(each for each in _KEYWORDS if each.first <= number <= each.last) for number in range(5)
)


def subschemas(schema: dict[str, Any], draft: Draft) -> Iterator[Subschema]:
    """The schemas directly within one, in the order of the keywords' table."""
    if "$ref" not in schema or draft.has_siblings:
        yield from _listed(schema, draft)


def _listed(schema: dict[str, Any], draft: Draft) -> Iterator[Subschema]:
    for keyword in _BY_DRAFT[draft.number]:
        if keyword.name in schema:
            yield from _of_keyword(keyword, schema[keyword.name])


@lru_cache(maxsize=len(DRAFTS))
def specification(draft: Draft) -> Specification[Any]:
    """How referencing finds the identifiers and anchors within a document of a draft.

    Its own table overlooks dependencies on schemas beside those on names. What stands
    beside `$ref` has identifiers also where it does not apply.
    """
    published = draft.specification

    def within(schema: Any) -> Iterator[Any]:
        if isinstance(schema, dict):
            for each in _listed(schema, draft):
                if isinstance(each.schema, dict):
                    yield each.schema

    make: Any = Specification  # a class whose fields its decorator hides
    found: Specification[Any] = make(
        name=published.name,
        id_of=published.id_of,
        subresources_of=within,
        anchors_in=lambda _, schema: published.anchors_in(schema),
        maybe_in_subresource=published.maybe_in_subresource,
    )
    return found


def _of_keyword(keyword: _Keyword, value: Any) -> Iterator[Subschema]:
    path: Path = (keyword.name,)
    if keyword.shape == "map":
        if isinstance(value, dict):
            for name, each in value.items():
                if not isinstance(each, list):  # a dependency on names
                    yield Subschema(each, (*path, name), keyword.reach, name)
    elif isinstance(value, list):
        if keyword.shape != "one":
            reach = Reach.ITEM if keyword.name == "items" else keyword.reach
            for index, each in enumerate(value):
                yield Subschema(each, (*path, index), reach, index)
    elif keyword.shape != "list":
        yield Subschema(value, path, keyword.reach)
