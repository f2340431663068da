"""What decides whether two parts of documents are equal under the rules of their place.

Promises: where a place is transitive, two values have equal identities exactly
when every leaf of the one matches one of the other. Elsewhere equal identities
mean equal JSON values (what is ignored left out). The hash of an identity is
that of texts and small integers, so no document can choose many that collide.

Does not cover: tolerances, which have no identity.
"""

from collections import Counter
from collections.abc import Hashable
from typing import Any

from verifier_server.verifiers.json.compare.budget import Work
from verifier_server.verifiers.json.compare.comparators import EXACT, json_type
from verifier_server.verifiers.json.compare.places import Place
from verifier_server.verifiers.json.compare.rules import ListMode
from verifier_server.verifiers.json.values import key as json_key


def identity(place: Place, value: Any, work: Work) -> Hashable:
    """The identity of a value at a place; its texts are read once in all of `work`."""
    kind = value.__class__
    if kind is dict:
        members = place.members(value)
        return (
            "object",
            frozenset(
                [(name, identity(place.child(name), item, work)) for name, item in members.items()]
            ),
        )
    if kind is list:
        return ("array", _elements(place, value, work))
    comparator = place.comparator
    if comparator is EXACT or comparator.identity is None:
        return value if kind is str else json_key(value)
    if json_type(value) not in comparator.reads:
        return json_key(value)
    if kind is str:
        return work.reading(comparator.identity, value)  # type: ignore[no-any-return]
    return comparator.identity(value)


def _elements(place: Place, value: list[Any], work: Work) -> Hashable:
    if place.rest is place:
        return tuple([identity(place, item, work) for item in value])
    if place.mode is ListMode.ORDERED:
        kept = place.elements(value)
        return tuple(
            [(index, identity(place.element(index), item, work)) for index, item in kept.items()]
        )
    if place.rest.ignored:
        return frozenset()
    if place.mode is ListMode.KEYED and len(rows_by_key(place, value, work)) < len(value):
        return object()  # rows that no key tells apart equal nothing, not even themselves
    inside = [identity(place.rest, item, work) for item in value]
    different = frozenset(inside)
    if place.mode is ListMode.SET or len(different) == len(inside):
        return different
    return ("multiset", frozenset(Counter(inside).items()))


def distinct(place: Place, value: list[Any], work: Work) -> dict[Hashable, int]:
    """The first index of each of a set's different elements, by identity."""
    key = (id(place), id(value))
    first = work.distinct.get(key)
    if first is None:
        first = work.distinct[key] = {}
        for index, item in enumerate(value):
            first.setdefault(identity(place.rest, item, work), index)
    return first


def row_key(place: Place, row: Any, work: Work) -> Hashable | None:
    """The key of a row of a keyed list at a place; None for what has none."""
    names = place.rule.key if place.rule else ()
    if row.__class__ is not dict or not all(name in row for name in names):
        return None
    return tuple(identity(place.rest.child(name), row[name], work) for name in names)


def rows_by_key(place: Place, value: list[Any], work: Work) -> dict[Hashable, int]:
    """The indices of a keyed list's rows by key, without those whose key is not theirs alone."""
    found: dict[Hashable, int] = {}
    twice: set[Hashable] = set()
    for index, row in enumerate(value):
        key = row_key(place, row, work)
        if key is None:
            continue
        if key in found:
            twice.add(key)
        found[key] = index
    for key in twice:
        del found[key]
    return found
