"""From a task's expected document and rules to a plan that measures documents.

Promises: what cannot be measured against is refused when the task is read: a
rule that applies to nothing that stands at its places in the expected document
(a place that the document lacks, or null, says nothing against a rule), a date
that its formats do not read, rows of a keyed list that share a key, and a
document whose comparison could come near the budget's steps.

Does not cover: the syntax of rules (`rules`), the comparing itself (`parts`, `lists`).
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from verifier_server.contract import ErrorCode, TaskError
from verifier_server.verifiers.json.compare.agreement import Agreement, Report
from verifier_server.verifiers.json.compare.budget import MAX_STEPS, TooManyComparisonsError, Work
from verifier_server.verifiers.json.compare.comparators import EXACT, Same, json_type
from verifier_server.verifiers.json.compare.keys import distinct, row_key
from verifier_server.verifiers.json.compare.lists import Classes, Keyed, Set, Unordered
from verifier_server.verifiers.json.compare.parts import Leaf, Object, Ordered, Part
from verifier_server.verifiers.json.compare.places import Place, places
from verifier_server.verifiers.json.compare.rules import ListMode, Rule, fault, read_rules
from verifier_server.verifiers.json.compare.weighing import weigh
from verifier_server.verifiers.json.values import pointer

REMEMBERED = 16  # rules that a worker keeps; the tasks of a data set mostly share theirs
# Of the budget's steps, what the expected document may need with a fault in every element.
EXPECTED_SHARE = 4
_IGNORED_PER_STEP = 8

_Path = tuple[str | int, ...]


class Plan:
    """Measures documents against one expected document."""

    def __init__(self, place: Place, part: Part) -> None:
        self._place = place
        self._part = part

    def measure(self, document: Any) -> Agreement:
        """How far a document of exact values, as `parse` gives them, agrees.

        Raises:
            TooManyComparisonsError: it would need more than MAX_STEPS steps.
        """
        return self._measure(document, Work())

    def _measure(self, document: Any, work: Work) -> Agreement:
        report = Report()
        weight, leaves = weigh(self._place, document, work)
        matched = self._part.report(document, "", work, report)
        part = self._part
        return Agreement(
            matched, part.weight, weight, report.matched, part.leaves, leaves, report.fields()
        )

    def refuse_costly(self) -> None:
        """Refuses an expected document that its own near misses could hardly be compared with.

        Raises:
            TaskError: BAD_GROUND_TRUTH `too_many_comparisons`.
        """
        if not self._place.nested:
            return  # nothing but what is ignored in it costs steps
        try:
            self._measure(self._part.value, Work(MAX_STEPS // EXPECTED_SHARE, prepair=False))
        except TooManyComparisonsError:
            message = "lists that are not ordered are too long, or nested too deep, to compare"
            raise TaskError(
                ErrorCode.BAD_GROUND_TRUTH, "too_many_comparisons", message, "/expected"
            ) from None


def plan(expected: Any, rules: Mapping[str, Any]) -> Plan:
    """Reads the expected document (exact values, as `values.exact` gives them) and `compare`.

    Raises:
        TaskError: INVALID_TASK for a rule, BAD_GROUND_TRUTH for the document.
    """
    place = _places_of(rules)
    building = _Building()
    made = Plan(place, building.part(place, expected, ()))
    building.refuse_useless()
    made.refuse_costly()
    return made


@dataclass(frozen=True, slots=True)
class _Source:
    """Rules, as the key of a cache: equal when written alike (repr tells 1 from 1.0 and true)."""

    text: str
    rules: Mapping[str, Any] = field(compare=False)


def _places_of(rules: Mapping[str, Any]) -> Place:
    try:
        return _places(_Source(repr(rules), rules))
    except (ValueError, RecursionError):  # a number too long, or a rule too deep, to be written
        return places(read_rules(rules))


@lru_cache(maxsize=REMEMBERED)
def _places(source: _Source) -> Place:
    """The places that rules make; they are a function of the rules, and nobody changes them."""
    return places(read_rules(source.rules))


class _Building:
    """Makes the parts of the expected document, and notes which rules apply to any."""

    def __init__(self) -> None:
        self.work = Work()
        self.classes: dict[Place, Classes] = {}
        self.applied: set[Rule] = set()
        self.refused: dict[Rule, str] = {}

    def part(self, place: Place, value: Any, path: _Path) -> Part:
        self._note(place, value, path)
        if value.__class__ is dict:
            members = place.members(value)
            if members:
                below = {
                    name: self.part(place.child(name), item, (*path, name))
                    for name, item in members.items()
                }
                return Object(value, place, below)
        elif value.__class__ is list:
            if place.elements(value):
                return self._list(place, value, path)
        else:
            return self._scalar(place, value, path)
        return Leaf(value, EXACT.name, place.lightest, _same_empty(place, value))

    def refuse_useless(self) -> None:
        """Refuses rules that met values, and none that they apply to."""
        for rule, message in self.refused.items():
            if rule not in self.applied:
                raise fault(message, *rule.where)

    def _note(self, place: Place, value: Any, path: _Path) -> None:
        rule, kind = place.rule, json_type(value)
        if rule is None or value is None or not (rule.typed or rule.listed):
            return
        applies = (not rule.typed or kind in place.comparator.reads) and (
            not rule.listed or kind == "array"
        )
        if applies:
            self.applied.add(rule)
            return
        says = f'type "{place.comparator.name}"' if rule.typed else f'list "{rule.mode.value}"'
        about = f"{says} does not apply to the {kind} at {pointer(path) or 'the root'} of expected"
        if rule.typed and kind == "array":
            about += "; a rule for its elements ends in /*"
        self.refused.setdefault(rule, about)

    def _scalar(self, place: Place, value: Any, path: _Path) -> Part:
        comparator = place.comparator
        if json_type(value) not in comparator.reads:
            comparator = EXACT
        if not comparator.usable(value):
            message = f'type "{comparator.name}" cannot read this text by its formats'
            raise _unusable(message, path)
        return Leaf(value, comparator.name, place.weight, comparator.same(value))

    def _list(self, place: Place, value: list[Any], path: _Path) -> Part:
        if place.mode is ListMode.ORDERED:
            elements = {
                index: self.part(place.element(index), item, (*path, index))
                for index, item in place.elements(value).items()
            }
            return Ordered(value, place, elements)
        inside = place.rest
        rows = self._rows(place, value, path) if place.mode is ListMode.KEYED else {}
        parts = [self.part(inside, item, (*path, index)) for index, item in enumerate(value)]
        if place.mode is ListMode.KEYED:
            return Keyed(value, place, parts, rows)
        if place.mode is ListMode.SET:
            firsts = distinct(place, value, self.work)
            return Set(value, place, {index: parts[index] for index in firsts.values()}, firsts)
        classes = self.classes.setdefault(inside, Classes(inside)) if inside.transitive else None
        return Unordered(value, place, parts, classes, self.work)

    def _rows(self, place: Place, value: list[Any], path: _Path) -> dict[Hashable, int]:
        """The rows of a keyed list by their keys; refused unless each has one of its own."""
        rule, inside = place.rule, place.rest
        assert rule is not None
        for name in rule.key:
            if inside.child(name).ignored or not inside.child(name).transitive:
                message = f'the key "{name}" is compared by a rule under which it names no row'
                raise fault(message, *rule.where, "key")
        rows: dict[Hashable, int] = {}
        for index, row in enumerate(value):
            key = row_key(place, row, self.work)
            if key is None or key in rows:
                wrong = "lacks the key" if key is None else "has the key of an earlier one"
                raise _unusable(f"this row of a keyed list {wrong}", (*path, index))
            rows[key] = index
        return rows


def _same_empty(place: Place, value: Any) -> Same:
    kind = value.__class__

    def same(predicted: Any, work: Work) -> bool:
        if predicted.__class__ is not kind:
            return False
        if not place.drops:
            return not predicted
        work.spend(len(predicted) // _IGNORED_PER_STEP)
        return not (place.members(predicted) if kind is dict else place.elements(predicted))

    return same


def _unusable(message: str, path: _Path) -> TaskError:
    where = pointer(("expected", *path))
    return TaskError(ErrorCode.BAD_GROUND_TRUTH, "unusable_expected", message, where)
