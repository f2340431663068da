"""F1 by the definition: recursive, by brute force, slow, and written apart from the package.

Every pairing of a list is tried, every pattern is searched for every place, and numbers are
fractions. For small documents only.
"""

import itertools
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

Rules = dict[str, dict[str, Any]]
Path = tuple[str | int | None, ...]  # None: an element of a list without an order

FRESH = "a name of no pattern"
ISO = {"date": ["%Y-%m-%d"], "datetime": ["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S"]}


def f1(expected: Any, predicted: Any, rules: Rules) -> Fraction:
    """The F1 of two documents."""
    reference = Reference(rules)
    left, right = reference.kept(expected, ()), reference.kept(predicted, ())
    matching = reference.matching(left, right, ())
    return 2 * matching / (reference.weight(left, ()) + reference.weight(right, ()))


class Reference:
    """The definition under one task's rules."""

    def __init__(self, rules: Rules) -> None:
        self.patterns = [(pattern.split("/")[1:], rule) for pattern, rule in rules.items()]

    def rule(self, path: Path) -> dict[str, Any]:
        """The most specific rule of a place."""
        found = [
            ([segment == "*" for segment in segments], rule)
            for segments, rule in self.patterns
            if len(segments) == len(path)
            and all(
                a == "*" or (b is not None and a == str(b))
                for a, b in zip(segments, path, strict=True)
            )
        ]
        return min(found, key=lambda each: each[0])[1] if found else {}

    def kept(self, value: Any, path: Path) -> Any:
        """The value without ignored parts; a list becomes a dict by position or a plain list."""
        if isinstance(value, dict):
            return {
                name: self.kept(item, (*path, name))
                for name, item in value.items()
                if self.rule((*path, name)).get("type") != "ignore"
            }
        if isinstance(value, list):
            ordered = self.rule(path).get("list", "ordered") == "ordered"
            items = [
                (index, self.kept(item, (*path, index if ordered else None)))
                for index, item in enumerate(value)
                if self.rule((*path, index if ordered else None)).get("type") != "ignore"
            ]
            return Positions(items) if ordered else [item for _, item in items]
        return value

    def leaf_weight(self, path: Path) -> Fraction:
        """The weight of a scalar at a place."""
        for end in range(len(path), -1, -1):
            if "weight" in self.rule(path[:end]):
                return Fraction(str(self.rule(path[:end])["weight"]))
        return Fraction(1)

    def lightest(self, path: Path) -> Fraction:
        """The lightest leaf that could stand in a container at a place."""
        if all(len(segments) <= len(path) for segments, _ in self.patterns):
            return self.leaf_weight(path)
        names: set[str | None] = {
            segments[len(path)] for segments, _ in self.patterns if len(segments) > len(path)
        }
        below = [(*path, name) for name in (names - {"*"}) | {FRESH}]
        found = [
            min(self.leaf_weight(each), self.lightest(each))
            for each in below
            if self.rule(each).get("type") != "ignore"
        ]
        return min(found, default=self.leaf_weight(path))

    def weight(self, value: Any, path: Path) -> Fraction:
        """The weight of a value that was kept."""
        if not isinstance(value, (dict, list, Positions)):
            return self.leaf_weight(path)
        if not value:
            return self.lightest(path)
        if isinstance(value, list):
            if self.rule(path)["list"] == "set":
                value = self.different(value, (*path, None))
            return sum((self.weight(item, (*path, None)) for item in value), Fraction(0))
        return sum((self.weight(item, (*path, name)) for name, item in value.items()), Fraction(0))

    def different(self, items: list[Any], inside: Path) -> list[Any]:
        """The first of each of a set's elements that are equal as far as equality goes."""
        found: list[Any] = []
        for item in items:
            if not any(self.equal(item, other, inside) for other in found):
                found.append(item)
        return found

    def equal(self, left: Any, right: Any, path: Path) -> bool:
        """Whole equality, in which tolerances count for nothing."""
        strict = Reference({})
        strict.patterns = [
            (segments, {**rule, "type": "exact"} if is_tolerant(rule) else rule)
            for segments, rule in self.patterns
        ]
        return (
            strict.matching(left, right, path)
            == strict.weight(left, path)
            == strict.weight(right, path)
        )

    def matching(self, left: Any, right: Any, path: Path) -> Fraction:
        """The largest weight of leaves that match."""
        nothing = Fraction(0)
        if isinstance(left, (dict, list, Positions)) or isinstance(right, (dict, list, Positions)):
            if type(left) is not type(right) or bool(left) != bool(right):
                return nothing
            if not left:
                return self.lightest(path)
            if not isinstance(left, list):
                common = [name for name in left if name in right]
                return sum(
                    (self.matching(left[name], right[name], (*path, name)) for name in common),
                    nothing,
                )
            return self.list_matching(left, right, path)
        return self.leaf_weight(path) if same(left, right, self.rule(path)) else nothing

    def list_matching(self, left: list[Any], right: list[Any], path: Path) -> Fraction:
        """The largest weight over all pairings."""
        rule, inside = self.rule(path), (*path, None)
        if rule["list"] == "keyed":
            return self.keyed_matching(left, right, rule, inside)
        if rule["list"] == "set":
            left, right = self.different(left, inside), self.different(right, inside)
        gains = [[self.matching(a, b, inside) for b in right] for a in left]
        if rule["list"] == "set":
            gains = [
                [
                    gain if gain == self.weight(a, inside) == self.weight(b, inside) else 0
                    for gain, b in zip(row, right, strict=True)
                ]
                for row, a in zip(gains, left, strict=True)
            ]
        return best_sum(gains)

    def keyed_matching(
        self, left: list[Any], right: list[Any], rule: dict[str, Any], inside: Path
    ) -> Fraction:
        """The sum over rows whose key is equal and theirs alone."""
        names = [rule["key"]] if isinstance(rule["key"], str) else rule["key"]

        def alike(a: Any, b: Any) -> bool:
            return all(
                isinstance(row, dict) and name in row for row in (a, b) for name in names
            ) and all(self.equal(a[name], b[name], (*inside, name)) for name in names)

        total = Fraction(0)
        for row in left:
            found = [other for other in right if alike(row, other)]
            if len(found) == 1:
                total += self.matching(row, found[0], inside)
        return total


class Positions(dict[int, Any]):
    """An ordered list by position."""


def is_tolerant(rule: dict[str, Any]) -> bool:
    """Whether equality under a rule is not transitive."""
    if rule.get("type") == "number":
        return bool(rule.get("abs") or rule.get("rel"))
    return rule.get("type") == "one_of" or bool(rule.get("tolerance"))


def best_sum(gains: list[list[Any]]) -> Fraction:
    """The best of all injective pairings."""
    if len(gains) > len(gains[0]):
        gains = [list(row) for row in zip(*gains, strict=True)]
    columns: Iterable[tuple[int, ...]] = itertools.permutations(range(len(gains[0])), len(gains))
    return max(
        sum((Fraction(gains[row][column]) for row, column in enumerate(chosen)), Fraction(0))
        for chosen in columns
    )


def is_number(value: Any) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def same(left: Any, right: Any, rule: dict[str, Any]) -> bool:
    """Whether two scalars match."""
    kind = rule.get("type", "exact")
    if kind == "one_of":
        return any(same(each, right, {}) for each in [left, *rule["values"]])
    if is_number(left) and is_number(right):
        absolute = relative = Fraction(0)
        if kind == "number":
            absolute = Fraction(str(rule.get("abs", 0)))
            relative = Fraction(str(rule.get("rel", 0)))
        a, b = Fraction(left), Fraction(right)
        return abs(a - b) <= max(absolute, relative * abs(a))
    if isinstance(left, str) and isinstance(right, str):
        if kind == "text":
            return folded(left) == folded(right)
        if kind in ISO:
            a, b = (said(text, rule.get("formats", ISO[kind]), kind) for text in (left, right))
            return a is not None and a == b
    return type(left) is type(right) and bool(left == right)


def folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def said(text: str, formats: list[str], kind: str) -> date | datetime | None:
    for each in formats:
        try:
            found = datetime.strptime(text, each)  # noqa: DTZ007  # naive where the text is
        except ValueError:
            continue
        if kind == "date":
            return found.date()
        return found.astimezone(UTC) if found.tzinfo else found
    return None
