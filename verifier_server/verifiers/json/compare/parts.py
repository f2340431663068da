"""Parts of the expected document, each of which compares itself: leaves, objects, ordered lists.

Promises: `score` is the weight of the leaves that match, `report` the same
with every field said. Both visit an expected part once, so they are linear.
Only `score` spends steps: it is what pairs of a list are weighed by, and a
report without such lists is linear in the documents.

Does not cover: lists whose elements have to be brought together (`lists`),
and what is read from the task (`planning`).
"""

from collections.abc import Iterable
from typing import Any, Protocol

from verifier_server.verifiers.json.compare.agreement import Report, Status
from verifier_server.verifiers.json.compare.budget import Work
from verifier_server.verifiers.json.compare.comparators import Same, json_type
from verifier_server.verifiers.json.compare.places import Place
from verifier_server.verifiers.json.compare.weighing import weigh
from verifier_server.verifiers.json.values import pointer

# Names or indices, and the types that must stand there.
_Kinds = tuple[tuple[Any, type], ...] | None


class Part(Protocol):
    """A part of the expected document.

    `value` is the part, `weight` its weight in thousandths, `leaves` their number,
    `comparator` the name that a report gives for it.
    """

    value: Any
    weight: int
    leaves: int
    comparator: str

    def score(self, predicted: Any, work: Work) -> int:
        """The weight of the leaves that match.

        Raises:
            TooManyComparisonsError: there are no steps left.
        """
        ...

    def report(self, predicted: Any, at: str, work: Work, report: Report) -> int:
        """The same, with each field reported; `at` is the pointer of the predicted part.

        Raises:
            TooManyComparisonsError: there are no steps left.
        """
        ...


class Leaf:
    """A scalar or an empty container."""

    __slots__ = ("comparator", "leaves", "same", "value", "weight")

    def __init__(self, value: Any, comparator: str, weight: int, same: Same) -> None:
        self.value = value
        self.comparator = comparator
        self.weight = weight
        self.leaves = 1
        self.same = same

    def score(self, predicted: Any, work: Work) -> int:
        """The leaf's weight or 0."""
        return self.weight if self.same(predicted, work) else 0

    def report(self, predicted: Any, at: str, work: Work, report: Report) -> int:
        """The leaf's weight or 0, reported."""
        if self.same(predicted, work):
            report.match(at, self.comparator, self.weight, self.value)
            return self.weight
        report_difference(self, predicted, at, report)
        return 0


class Object:
    """An object with members that are not ignored."""

    __slots__ = ("comparator", "kinds", "leaves", "members", "place", "value", "weight")

    def __init__(self, value: Any, place: Place, members: dict[str, Part]) -> None:
        self.value = value
        self.place = place
        self.comparator = "object"
        self.kinds = _kinds(value.items())
        self.members = [(name, pointer((name,)), part) for name, part in members.items()]
        self.weight = sum(part.weight for part in members.values())
        self.leaves = sum(part.leaves for part in members.values())

    def score(self, predicted: Any, work: Work) -> int:
        """The sum over the members that both have."""
        if predicted.__class__ is not dict:
            return 0
        work.spend(len(self.members))
        if _is_equal(self.value, predicted, self.kinds):
            return self.weight
        total = 0
        for name, _, part in self.members:
            if name in predicted:
                total += part.score(predicted[name], work)
        return total

    def report(self, predicted: Any, at: str, work: Work, report: Report) -> int:
        """The sum over the members that both have; the others are missing or extra."""
        if predicted.__class__ is not dict:
            report_difference(self, predicted, at, report)
            return 0
        if report.counts_only and _is_equal(self.value, predicted, self.kinds):
            report.matched += self.leaves
            return self.weight
        total = common = 0
        for name, suffix, part in self.members:
            if name in predicted:
                common += 1
                total += part.report(predicted[name], at + suffix, work, report)
            else:
                report_missing(part, at + suffix, report)
        if common < len(predicted) and not report.full:
            known = {name for name, _, _ in self.members}
            for name, item in self.place.members(predicted).items():
                if name not in known:
                    report_extra(self.place.child(name), item, at + pointer((name,)), work, report)
        return total


class Ordered:
    """A list whose elements are compared by position, ignored positions left out."""

    __slots__ = ("comparator", "elements", "kinds", "leaves", "place", "value", "weight")

    def __init__(self, value: list[Any], place: Place, elements: dict[int, Part]) -> None:
        self.value = value
        self.place = place
        self.comparator = "ordered"
        self.kinds = _kinds(enumerate(value))
        self.elements = [(index, f"/{index}", part) for index, part in elements.items()]
        self.weight = sum(part.weight for part in elements.values())
        self.leaves = sum(part.leaves for part in elements.values())

    def score(self, predicted: Any, work: Work) -> int:
        """The sum over the positions that both have."""
        if predicted.__class__ is not list:
            return 0
        work.spend(len(self.elements))
        total, size = 0, len(predicted)
        for index, _, part in self.elements:
            if index >= size:
                break
            total += part.score(predicted[index], work)
        return total

    def report(self, predicted: Any, at: str, work: Work, report: Report) -> int:
        """The sum over the positions that both have; the others are missing or extra."""
        if predicted.__class__ is not list:
            report_difference(self, predicted, at, report)
            return 0
        if report.counts_only and _is_equal(self.value, predicted, self.kinds):
            report.matched += self.leaves
            return self.weight
        total, size = 0, len(predicted)
        for index, suffix, part in self.elements:
            if index < size:
                total += part.report(predicted[index], at + suffix, work, report)
            else:
                report_missing(part, at + suffix, report)
        for index in range(len(self.value), size):
            if report.full:
                break
            place = self.place.element(index)
            if not place.ignored:
                report_extra(place, predicted[index], f"{at}/{index}", work, report)
        return total


def _kinds(items: Iterable[tuple[Any, Any]]) -> _Kinds:
    """What Python's equality of a container leaves open: true is 1 there, and false 0.

    None where there is more in it than scalars: each container is compared once, by itself.
    """
    kinds = []
    for place, item in items:
        kind = item.__class__
        if (kind is dict or kind is list) and item:
            return None
        if kind is not str and item in (0, 1):
            kinds.append((place, kind))
    return tuple(kinds)


def _is_equal(expected: Any, predicted: Any, kinds: _Kinds) -> bool:
    """Whether two containers are surely equal, and so match by any comparators."""
    if kinds is None or expected != predicted:
        return False
    return not kinds or all(predicted[place].__class__ is kind for place, kind in kinds)


def report_difference(part: Part, predicted: Any, at: str, report: Report) -> None:
    """Both documents have something here, and nothing of it matches."""
    alike = json_type(predicted) == json_type(part.value)
    status = Status.MISMATCH if alike else Status.TYPE_MISMATCH
    report.differ(at, status, part.comparator, part.weight, part.value)


def report_missing(part: Part, at: str, report: Report) -> None:
    """Only the expected document has this part."""
    report.differ(at, Status.MISSING, part.comparator, part.weight, part.value)


def report_extra(place: Place, value: Any, at: str, work: Work, report: Report) -> None:
    """Only the predicted document has this part."""
    if report.full:
        return
    comparator = place.comparator.name
    if value.__class__ is dict:
        comparator = "object"
    elif value.__class__ is list:
        comparator = place.mode.value
    report.differ(at, Status.EXTRA, comparator, weigh(place, value, work)[0], None)
