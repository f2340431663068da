"""Values at the ends of what an answer's schema allows, and answers made of them.

Promises: deterministic, and bounded by what is asked for. Every field takes each of its values
in some answer, as far as the bound goes, and then each two fields every pair of theirs
("pairwise": most faults of this kind need two values at most; Kuhn, Wallace and Gallo,
"Software fault interactions", IEEE TSE 30(6), 2004).

Does not cover: whether an answer satisfies the schema as a whole; who uses it asks.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations, islice, product
from typing import Any, Final

from verifier_server.verifiers.rules.authoring.schemas import Field, choices
from verifier_server.verifiers.rules.converting import (
    FIRST_YEAR,
    LAST_YEAR,
    MAX_ANSWER_INTEGER,
)
from verifier_server.verifiers.rules.shapes import MAX_ITEMS, Shape

MAX_VALUES = 40  # of one field
MAX_LISTS = 12  # lists of one item each
# Beyond the largest integer as well: the schema may allow it, and it must then be refused.
INTEGERS = (0, 1, -1, MAX_ANSWER_INTEGER, -MAX_ANSWER_INTEGER, 2**63 - 1, -(2**63))
NUMBERS = tuple(map(Decimal, ("0", "1", "-1", "0.5", "1e308", "-1e308", "5e-324")))
DATES = (f"{FIRST_YEAR}-01-01", f"{LAST_YEAR}-12-31", "2024-02-29", "0001-01-01", "9999-12-31")
INSTANTS = (
    f"{FIRST_YEAR}-01-01T00:00:00Z",
    f"{LAST_YEAR}-12-31T23:59:59.999999Z",
    "2024-02-29T23:59:59+14:00",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
)
_LIMITS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
_TEXTS = ("", "a")


class _Absent:
    """In the place of a value: the field is left out."""


ABSENT: Final = _Absent()


def values_of(field: Field, seen: Iterable[Any] = ()) -> list[Any]:
    """The values of a field at its ends; `seen` are further ones, as from cases."""
    found = [*choices(field.parts), *seen, *_values(field.shape, field.parts)]
    values = list(islice(_distinct(found), MAX_VALUES))
    return [*values, ABSENT] if field.optional else values


def _values(shape: Shape, parts: Sequence[Mapping[str, Any]]) -> Iterator[Any]:
    if shape.choices is not None and not shape.kinds & {"boolean", "null"}:
        return
    listed = any("enum" in part or "const" in part for part in parts)
    if "null" in shape.kinds:
        yield None
    if "boolean" in shape.kinds:
        yield from (True, False)
    if "array" in shape.kinds and shape.items is not None:
        yield from _lists(shape, parts)
    if "object" in shape.kinds and shape.properties:
        yield from _objects(shape, parts)
    if listed:
        return
    if "number" in shape.kinds:
        yield from _near_limits(parts)
        yield from NUMBERS
    elif "integer" in shape.kinds:
        yield from (int(each) for each in _near_limits(parts) if each == int(each))
        yield from INTEGERS
    if "string" in shape.kinds:
        yield from DATES if "date" in shape.formats else ()
        yield from INSTANTS if "date-time" in shape.formats else ()
        yield from () if shape.formats else _TEXTS


def _near_limits(parts: Sequence[Mapping[str, Any]]) -> Iterator[Decimal]:
    for part in parts:
        for name in _LIMITS:
            if name in part:
                limit = Decimal(repr(part[name]))
                yield from (limit, limit + 1, limit - 1)


def _lists(shape: Shape, parts: Sequence[Mapping[str, Any]]) -> Iterator[Any]:
    assert shape.items is not None
    described = tuple(part["items"] for part in parts if isinstance(part.get("items"), Mapping))
    items = list(_distinct([*choices(described), *_values(shape.items, described)]))
    most = min(shape.most or MAX_ITEMS, MAX_ITEMS)
    yield []
    yield items[:most]
    if items:
        yield [items[index % len(items)] for index in range(most)]
    yield from ([each] for each in items[:MAX_LISTS])


def _objects(shape: Shape, parts: Sequence[Mapping[str, Any]]) -> Iterator[Any]:
    """Objects with one field after the other at its ends, and the smallest one."""
    values = {}
    for name, below in shape.properties.items():
        described = tuple(
            part["properties"][name] for part in parts if name in part.get("properties", {})
        )
        values[name] = list(_distinct([*choices(described), *_values(below, described)])) or [None]
    base = {name: each[0] for name, each in values.items()}
    yield base
    required = {name for part in parts for name in part.get("required", ())}
    yield {name: each for name, each in base.items() if name in required}
    for name, each in values.items():
        yield from ({**base, name: value} for value in each[1:])


def _distinct(values: Iterable[Any]) -> Iterator[Any]:
    """By JSON's text, so that true is not 1."""
    seen = set()
    for value in values:
        key = repr(value)
        if key not in seen:
            seen.add(key)
            yield value


def changed(answer: Mapping[str, Any], changes: Mapping[tuple[str, ...], Any]) -> dict[str, Any]:
    """A copy of an answer with other values at some places; ABSENT takes one out."""
    result: dict[str, Any] = dict(answer)
    for (name, *rest), value in changes.items():
        if rest:
            below = result.get(name)
            result[name] = changed(
                below if isinstance(below, Mapping) else {}, {tuple(rest): value}
            )
        elif value is ABSENT:
            result.pop(name, None)
        else:
            result[name] = value
    return result


type Values = Mapping[tuple[str, ...], Sequence[Any]]


def singly(values: Values) -> Iterator[dict[tuple[str, ...], Any]]:
    """Changes of one field each."""
    for path, each in values.items():
        yield from ({path: value} for value in each)


def pairwise(values: Values) -> Iterator[dict[tuple[str, ...], Any]]:
    """Changes of two fields each, in an order that visits all pairs of fields early."""
    pairs = [_both(one, other, values) for one, other in combinations(values, 2)]
    while pairs:
        left = []
        for each in pairs:
            change = next(each, None)
            if change is not None:
                yield change
                left.append(each)
        pairs = left


def _both(
    one: tuple[str, ...], other: tuple[str, ...], values: Values
) -> Iterator[dict[tuple[str, ...], Any]]:
    return ({one: a, other: b} for a, b in product(values[one], values[other]))
