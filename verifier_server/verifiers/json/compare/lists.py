"""Lists whose elements are brought together by what they hold.

Promises: `Unordered` pairs elements so that the matching weight is the
largest that any pairing has, each element once. `Set` is the same for elements
that count whole or not at all, duplicates once. `Keyed` brings rows of equal
key together and is linear; a key that several predicted rows share is none of
them's. Elements that gain nothing from each other stay apart.

Where going down both lists gives each expected element the most that it can gain from any
other, no pairing has more. Where every comparator beneath is transitive, equal elements
are paired first: if a equals p, then what a and b gain from q and p is at most what a gains
from p and b from q, leaf by leaf, so some best pairing has a with p. What is left of
scalars then gains nothing, and only containers are weighed against each other.

Does not cover: order. Where it matters, a list is ordered (`parts`).
"""

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from verifier_server.verifiers.json.compare.agreement import Report
from verifier_server.verifiers.json.compare.assignment import best_pairs, cost
from verifier_server.verifiers.json.compare.budget import Work
from verifier_server.verifiers.json.compare.keys import distinct, identity, rows_by_key
from verifier_server.verifiers.json.compare.parts import (
    Part,
    report_difference,
    report_extra,
    report_missing,
)
from verifier_server.verifiers.json.compare.places import Place
from verifier_server.verifiers.json.compare.weighing import weigh

# Looking up an element that has been read costs this part of a step.
_ELEMENTS_PER_STEP = 4
# Elements that may be wrong where lists are brought together by going down both.
_MAX_LEFT = 2
# What bringing two lists together costs however short they are.
_LIST_STEPS = 50


class Classes:
    """Numbers for the identities of expected elements at one place; no other gets one."""

    __slots__ = ("known", "place")

    def __init__(self, place: Place) -> None:
        self.place = place
        self.known: dict[Hashable, int] = {}

    def add(self, value: Any, work: Work) -> int:
        """The number of an expected element."""
        return self.known.setdefault(identity(self.place, value, work), len(self.known))

    def candidates(
        self, predicted: list[Any], work: Work
    ) -> tuple[list[tuple[int, int]], list[int]]:
        """Of a list, the (index, number) of what has one, and the indices of all containers."""
        key = (id(self), id(predicted))
        found = work.candidates.get(key)
        if found is None:
            known, place = self.known, self.place
            numbered: list[tuple[int, int]] = []
            containers: list[int] = []
            for index, item in enumerate(predicted):
                number = known.get(identity(place, item, work))
                holds = _holds(item)
                if holds:
                    containers.append(index)
                if number is not None and (work.prepair or not holds):
                    numbered.append((index, number))
            found = work.candidates[key] = (numbered, containers)
        return found


class Unordered:
    """A list that is a multiset.

    Args:
        value: the expected list.
        place: its place.
        parts: its elements.
        classes: of the elements' place, shared by all lists there; None where that place
            is not transitive.
        work: of the expected document.
    """

    __slots__ = (
        "classes", "comparator", "containers", "leaves", "parts", "place", "queues", "value",
        "weight",
    )  # fmt: skip

    def __init__(
        self,
        value: list[Any],
        place: Place,
        parts: list[Part],
        classes: Classes | None,
        work: Work,
    ) -> None:
        self.value = value
        self.place = place
        self.parts = parts
        self.classes = classes
        self.comparator = "unordered"
        self.weight = sum(part.weight for part in parts)
        self.leaves = sum(part.leaves for part in parts)
        self.containers = [index for index, item in enumerate(value) if _holds(item)]
        self.queues: dict[int, list[int]] = {}
        if classes:
            for index, item in enumerate(value):
                self.queues.setdefault(classes.add(item, work), []).append(index)

    def score(self, predicted: Any, work: Work) -> int:
        """The largest weight of any pairing."""
        if predicted.__class__ is not list:
            return 0
        work.spend(_LIST_STEPS)
        return sum(gain for _, _, gain in self._pairs(predicted, work))

    def report(self, predicted: Any, at: str, work: Work, report: Report) -> int:
        """The same, element by element."""
        if predicted.__class__ is not list:
            report_difference(self, predicted, at, report)
            return 0
        pairs = {index: other for index, other, _ in self._pairs(predicted, work)}
        total = _report_pairs(self.parts, pairs, predicted, at, work, report)
        _report_extras(self.place, predicted, range(len(predicted)), pairs, at, work, report)
        return total

    def _pairs(self, predicted: list[Any], work: Work) -> list[tuple[int, int, int]]:
        if not self.classes:
            rows, columns = list(range(len(self.parts))), list(range(len(predicted)))
            return self._assigned(rows, columns, predicted, work)
        numbered, containers = self.classes.candidates(predicted, work)
        looked_at = len(self.parts) + len(numbered) + len(containers)
        work.spend(looked_at // _ELEMENTS_PER_STEP)
        taken: dict[int, int] = {}
        equal: dict[int, int] = {}
        for column, number in numbered:
            queue, used = self.queues.get(number, ()), taken.get(number, 0)
            if used < len(queue):
                taken[number] = used + 1
                equal[column] = queue[used]
        pairs = [(row, column, self.parts[row].weight) for column, row in equal.items()]
        paired = set(equal.values())
        rows = [row for row in self.containers if row not in paired]
        columns = [column for column in containers if column not in equal]
        return pairs + self._assigned(rows, columns, predicted, work)

    def _assigned(
        self, rows: list[int], columns: list[int], predicted: list[Any], work: Work
    ) -> list[tuple[int, int, int]]:
        if not rows or not columns:
            return []
        work.spend(cost(len(rows), len(columns)))
        parts, items = [self.parts[row] for row in rows], [predicted[each] for each in columns]
        pairs = None if self.classes or not work.prepair else _plain_pairs(parts, items, work)
        if pairs is None:
            gains = [[part.score(item, work) for item in items] for part in parts]
            pairs = [(row, column, gains[row][column]) for row, column in best_pairs(gains)]
        return [(rows[row], columns[column], gain) for row, column, gain in pairs]


class Set:
    """A list whose different elements count whole, once.

    Args:
        value: the expected list.
        place: its place.
        parts: the first of each of its different elements, by index.
        firsts: their indices by identity.
    """

    __slots__ = ("comparator", "firsts", "leaves", "parts", "place", "value", "weight")

    def __init__(
        self, value: list[Any], place: Place, parts: dict[int, Part], firsts: dict[Hashable, int]
    ) -> None:
        self.value = value
        self.place = place
        self.parts = parts
        self.firsts = firsts
        self.comparator = "set"
        self.weight = sum(part.weight for part in parts.values())
        self.leaves = sum(part.leaves for part in parts.values())

    def score(self, predicted: Any, work: Work) -> int:
        """The weight of the elements that the predicted set has."""
        if predicted.__class__ is not list:
            return 0
        work.spend(_LIST_STEPS)
        return sum(self.parts[index].weight for index in self._pairs(predicted, work))

    def report(self, predicted: Any, at: str, work: Work, report: Report) -> int:
        """The same, element by element."""
        if predicted.__class__ is not list:
            report_difference(self, predicted, at, report)
            return 0
        pairs = self._pairs(predicted, work)
        total = 0
        for index, part in self.parts.items():
            if index in pairs:
                other = pairs[index]
                total += part.report(predicted[other], f"{at}/{other}", work, report)
            else:
                report_missing(part, f"{at}/{index}", report)
        firsts = distinct(self.place, predicted, work).values()
        _report_extras(self.place, predicted, firsts, pairs, at, work, report)
        return total

    def _pairs(self, predicted: list[Any], work: Work) -> dict[int, int]:
        firsts = distinct(self.place, predicted, work)
        if self.place.rest.transitive:
            work.spend(self.leaves)
            return {index: firsts[key] for key, index in self.firsts.items() if key in firsts}
        if not firsts:
            return {}
        work.spend(cost(len(self.parts), len(firsts)))
        different = self._different(predicted, work)
        gains = [
            [
                part.weight if part.weight == weight == part.score(predicted[column], work) else 0
                for column, weight in different
            ]
            for part in self.parts.values()
        ]
        indices = list(self.parts)
        return {indices[row]: different[column][0] for row, column in best_pairs(gains)}

    def _different(self, predicted: list[Any], work: Work) -> list[tuple[int, int]]:
        key = (id(self.place), id(predicted))
        found = work.different.get(key)
        if found is None:
            inside = self.place.rest
            columns = distinct(self.place, predicted, work).values()
            found = [(column, weigh(inside, predicted[column], work)[0]) for column in columns]
            work.different[key] = found
        return found


class Keyed:
    """A list of rows, each named by its key.

    Args:
        value: the expected list, whose rows all have a key of their own.
        place: its place.
        parts: its rows.
        rows: their indices by key.
    """

    __slots__ = ("comparator", "leaves", "parts", "place", "rows", "value", "weight")

    def __init__(
        self, value: list[Any], place: Place, parts: list[Part], rows: dict[Hashable, int]
    ) -> None:
        self.value = value
        self.place = place
        self.parts = parts
        self.comparator = "keyed"
        self.weight = sum(part.weight for part in parts)
        self.leaves = sum(part.leaves for part in parts)
        self.rows = rows

    def score(self, predicted: Any, work: Work) -> int:
        """The sum over the rows of equal key."""
        if predicted.__class__ is not list:
            return 0
        work.spend(_LIST_STEPS)
        pairs = self._pairs(predicted, work)
        return sum(self.parts[row].score(predicted[other], work) for row, other in pairs.items())

    def report(self, predicted: Any, at: str, work: Work, report: Report) -> int:
        """The same, row by row."""
        if predicted.__class__ is not list:
            report_difference(self, predicted, at, report)
            return 0
        pairs = self._pairs(predicted, work)
        total = _report_pairs(self.parts, pairs, predicted, at, work, report)
        _report_extras(self.place, predicted, range(len(predicted)), pairs, at, work, report)
        return total

    def _pairs(self, predicted: list[Any], work: Work) -> dict[int, int]:
        work.spend((len(self.parts) + len(predicted)) // _ELEMENTS_PER_STEP)
        key = (id(self.place), id(predicted))
        rows = work.rows.get(key)
        if rows is None:
            rows = work.rows[key] = rows_by_key(self.place, predicted, work)
        return {index: rows[each] for each, index in self.rows.items() if each in rows}


def _plain_pairs(
    parts: Sequence[Part], items: Sequence[Any], work: Work
) -> list[tuple[int, int, int]] | None:
    """The (row, column, gain) of a pairing in which each row gains the most that any column has
    for it, so that none is better; None where going down both lists does not find one.

    That is what lists of which a few elements are wrong, left out or added come to.
    """
    pairs: list[tuple[int, int, int]] = []
    left: list[int] = []
    column = 0
    for row, part in enumerate(parts):
        for other in range(column, min(column + 2, len(items))):
            if part.score(items[other], work) == part.weight:
                pairs.append((row, other, part.weight))
                column = other + 1
                break
        else:
            left.append(row)
            if len(left) > _MAX_LEFT:
                return None
    taken = {other for _, other, _ in pairs}
    for row in left:
        gains = [parts[row].score(item, work) for item in items]
        most = max(gains)
        if most:
            best = next((i for i, gain in enumerate(gains) if gain == most and i not in taken), -1)
            if best < 0:
                return None
            taken.add(best)
            pairs.append((row, best, most))
    return pairs


def _report_pairs(
    parts: list[Part],
    pairs: dict[int, int],
    predicted: list[Any],
    at: str,
    work: Work,
    report: Report,
) -> int:
    total = 0
    for index, part in enumerate(parts):
        if index in pairs:
            other = pairs[index]
            total += part.report(predicted[other], f"{at}/{other}", work, report)
        else:
            report_missing(part, f"{at}/{index}", report)
    return total


def _report_extras(
    place: Place,
    predicted: list[Any],
    indices: Iterable[int],
    pairs: dict[int, int],
    at: str,
    work: Work,
    report: Report,
) -> None:
    paired = set(pairs.values())
    for index in indices:
        if report.full:
            return
        if index not in paired:
            report_extra(place.rest, predicted[index], f"{at}/{index}", work, report)


def _holds(value: Any) -> bool:
    return (value.__class__ is dict or value.__class__ is list) and bool(value)
