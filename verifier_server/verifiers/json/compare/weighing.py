"""What a part of a document weighs.

Promises: linear in the size of the part. A scalar weighs what its place says
in either document. An empty container weighs as the lightest leaf that could
stand in it, so that it never pays to fill one with something wrong. A `set`
weighs each of its different elements once, and what is ignored nothing.

Does not cover: what matches.
"""

from collections.abc import Iterable
from itertools import repeat
from typing import Any

from verifier_server.verifiers.json.compare.budget import Work
from verifier_server.verifiers.json.compare.keys import distinct
from verifier_server.verifiers.json.compare.places import Place
from verifier_server.verifiers.json.compare.rules import ListMode

_CONTAINERS = frozenset((dict, list))


def weigh(place: Place, value: Any, work: Work) -> tuple[int, int]:
    """The weight in thousandths and the number of leaves of a value at a place."""
    kind = value.__class__
    if kind is not dict and kind is not list:
        return place.weight, 1
    if place.alike:
        leaves = _leaves(value)
        return leaves * place.lightest, leaves
    weight = leaves = 0
    for below, item in _kept(place, value, work):
        if item.__class__ is dict or item.__class__ is list:
            part, count = weigh(below, item, work)
            weight += part
            leaves += count
        else:
            weight += below.weight
            leaves += 1
    return (weight, leaves) if leaves else (place.lightest, 1)


def _kept(place: Place, value: Any, work: Work) -> Iterable[tuple[Place, Any]]:
    """What of a container counts, beside its place."""
    named, rest = place.named, place.rest
    if value.__class__ is dict:
        members = place.members(value)
        return [(named.get(name, rest), item) for name, item in members.items()]
    if place.mode is ListMode.SET and not rest.ignored:
        return zip(repeat(rest), [value[i] for i in distinct(place, value, work).values()])
    if place.drops or place.at:
        kept = place.elements(value)
        return [(place.element(index), item) for index, item in kept.items()]
    return zip(repeat(rest), value)


def _leaves(value: Any) -> int:
    items = value.values() if value.__class__ is dict else value
    found = len(value)
    if not _CONTAINERS.isdisjoint(map(type, items)):
        for item in items:
            if item.__class__ is dict or item.__class__ is list:
                found += _leaves(item) - 1
    return found or 1
