"""How many subschemas a document is held against, every branch taken.

Promises: `Bounds.within` takes time linear in the document and in the schema, also where
the number is exponential in the depth. What is applied to the children of a place depends
on what is applied to the place alone, so it is worked out once, and kept between documents
as long as there is little of it.

Does not cover: what a schema may come to by itself (`bounds`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from verifier_server.verifiers.json.schema.keywords import Reach

REMEMBERED = 10_000  # schemas applied to places, of all places that are kept together
# Characters of a text or of names that count as one value more: messages may repeat them.
CHARS_PER_UNIT = 64

# For each kind of child, or child by its label: schemas by how often they are applied.
Children = Mapping[tuple[Reach, str | int | None], Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class Top:
    """A schema that is applied to whole places, with all that it applies to the same place.

    `own` is what they come to there.
    """

    own: int
    children: Children


@dataclass(slots=True, eq=False)
class _Applied:
    """What is applied to one place: top schemas by how often.

    `cost` is what a short value comes to here. `labels` are the children that some of them
    tell apart; `below` is known of those, `others` of the rest.
    """

    times: Mapping[int, int]
    cost: int
    labels: frozenset[str | int | None]
    below: dict[str | int, "_Applied"] = field(default_factory=dict)
    others: dict[Reach, "_Applied"] = field(default_factory=dict)


def _cost(here: _Applied, value: Any) -> int:
    long = 0
    if value.__class__ is str:
        long = len(value)
    elif value.__class__ is dict:
        long = sum(map(len, value))
    return here.cost * (1 + long // CHARS_PER_UNIT)


@dataclass(slots=True, eq=False)
class Bounds:
    """What a schema comes to. `tops` is None where finding it out takes too long."""

    root: int
    tops: Mapping[int, Top] | None
    _known: dict[frozenset[tuple[int, int]], _Applied] = field(default_factory=dict)
    _kept: int = 0

    def within(self, document: Any, limit: int) -> bool:
        """Whether every branch taken comes to at most so many subschemas, and so many values.

        Args:
            document: of exact values; a long text or name counts as several values.
            limit: of both together.
        """
        if self.tops is None:
            return False
        start = self._applied(self.tops, {self.root: 1} if self.tops else {})
        spent = _cost(start, document)
        waiting = [(document, start)]
        while waiting:
            value, here = waiting.pop()
            if value.__class__ is not dict and value.__class__ is not list:
                continue
            if spent + len(value) > limit:
                return False
            below = here.below
            children = value.items() if value.__class__ is dict else enumerate(value)
            for label, item in children:
                there = below.get(label) or self._below(self.tops, here, label)
                kind = item.__class__
                if kind is str:
                    spent += there.cost * (1 + len(item) // CHARS_PER_UNIT)
                elif kind is dict or kind is list:
                    spent += _cost(there, item)
                    waiting.append((item, there))
                else:
                    spent += there.cost
        return spent <= limit

    def _applied(self, tops: Mapping[int, Top], times: Mapping[int, int]) -> _Applied:
        key = frozenset(times.items())
        found = self._known.get(key)
        if found is None:
            self._kept += len(times)
            if self._kept > REMEMBERED:
                self._known.clear()
                self._kept = len(times)
            cost = 1 + sum(count * tops[top].own for top, count in times.items())
            labels = frozenset(label for top in times for _, label in tops[top].children)
            found = self._known[key] = _Applied(times, cost, labels)
        return found

    def _below(self, tops: Mapping[int, Top], here: _Applied, label: str | int) -> _Applied:
        one, every = (
            (Reach.MEMBER, Reach.MEMBERS) if isinstance(label, str) else (Reach.ITEM, Reach.ITEMS)
        )
        if label not in here.labels and every in here.others:
            return here.others[every]
        times: dict[int, int] = {}
        for top, count in here.times.items():
            children = tops[top].children
            for which in ((one, label), (every, None)):
                for target, more in children.get(which, {}).items():
                    times[target] = times.get(target, 0) + count * more
        found = self._applied(tops, times)
        if label in here.labels:
            here.below[label] = found
        else:
            here.others[every] = found
        return found
