"""What a part of a document weighs.

Promises: linear in the size of the part. A scalar weighs what its place says
in either document. An empty container weighs as the lightest leaf that could
stand in it, so that it never pays to fill one with something wrong. A `set`
weighs each of its different elements once, and what is ignored nothing.

Does not cover: what matches.
"""

from typing import Any

from verifier_server.verifiers.json.compare.keys import distinct
from verifier_server.verifiers.json.compare.places import Place
from verifier_server.verifiers.json.compare.rules import ListMode


def weigh(place: Place, value: Any) -> tuple[int, int]:
    """The weight in thousandths and the number of leaves of a value at a place."""
    if value.__class__ is dict:
        if place.rest is place:
            return _weigh_alike(place, value)
        parts = [weigh(place.child(name), item) for name, item in place.members(value).items()]
    elif value.__class__ is list:
        if place.rest is place:
            return _weigh_alike(place, value)
        parts = _elements(place, value)
    else:
        return place.weight, 1
    if not parts:
        return place.lightest, 1
    return sum(part[0] for part in parts), sum(part[1] for part in parts)


def _elements(place: Place, value: list[Any]) -> list[tuple[int, int]]:
    if place.mode is ListMode.SET and not place.rest.ignored:
        return [weigh(place.rest, value[index]) for index in distinct(place, value)]
    if not place.at:
        return [] if place.rest.ignored else [weigh(place.rest, item) for item in value]
    kept = place.elements(value)
    return [weigh(place.element(index), item) for index, item in kept.items()]


def _weigh_alike(place: Place, value: Any) -> tuple[int, int]:
    leaves = _leaves(value)
    return leaves * place.weight, leaves


def _leaves(value: Any) -> int:
    items = value.values() if value.__class__ is dict else value
    found = 0
    for item in items:
        found += _leaves(item) if item.__class__ is dict or item.__class__ is list else 1
    return found or 1
