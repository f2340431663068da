"""Which rule holds where: the patterns of a task as places of a document.

Promises: a document is walked beside its places, from `Place.child` to
`Place.child`, whatever the number of patterns. Of all patterns that match a
place the most specific decides: compared from the left, a literal segment
comes before a star. It decides alone; only the weight is inherited, from the
nearest place above with one, where the deciding rule has none. Places that
differ in nothing are one, and their number is bounded when the task is read,
so that no document can make it grow.

Does not cover: whether a rule suits what stands at its place (`planning`).
"""

from collections.abc import Iterator
from typing import Any

from verifier_server.verifiers.json.compare.comparators import EXACT, Comparator
from verifier_server.verifiers.json.compare.patterns import Branch
from verifier_server.verifiers.json.compare.rules import ListMode, Rule, fault
from verifier_server.verifiers.json.compare.weights import UNIT

MAX_PLACES = 4096
# Elements of a list by assignment are read once for each such list that they are in.
MAX_NESTED_LISTS = 4

_Branches = tuple[Branch[Rule], ...]


class Place:
    """What holds at one place of a document.

    `weight` is that of a scalar, `lightest` that of an empty container, in thousandths.
    `named` are the places below of names that patterns spell out, `at` those of
    indices, `rest` that of all others: itself, where no pattern reaches further down.
    `alike` tells whether every leaf below weighs `lightest` and counts, `drops` whether
    anything directly below is ignored, `transitive` whether equality at and below this
    place is that of `keys.identity`, `nested` how many lists that are not ordered can be in
    each other from here on.
    """

    __slots__ = (
        "alike", "at", "comparator", "drops", "ignored", "lightest", "mode", "named", "nested",
        "rest", "rule", "transitive", "weight",
    )  # fmt: skip

    def __init__(self, rule: Rule | None, weight: int) -> None:
        self.rule = rule
        self.ignored = rule is not None and rule.comparator is None
        self.comparator: Comparator = (rule and rule.comparator) or EXACT
        self.mode = rule.mode if rule else ListMode.ORDERED
        self.weight = weight
        self.lightest = weight
        self.named: dict[str, Place] = {}
        self.at: dict[int, Place] = {}
        self.rest = self
        self.drops = False
        self.alike = not self.ignored
        self.transitive = self.comparator.identity is not None
        self.nested = int(self.mode is not ListMode.ORDERED)

    def child(self, name: str) -> "Place":
        """The place of a member."""
        return self.named.get(name, self.rest)

    def element(self, index: int) -> "Place":
        """The place of an element of an ordered list."""
        return self.at.get(index, self.rest)

    def members(self, value: dict[str, Any]) -> dict[str, Any]:
        """The members of an object here that are not ignored."""
        if not self.drops:
            return value
        return {name: item for name, item in value.items() if not self.child(name).ignored}

    def elements(self, value: list[Any]) -> dict[int, Any]:
        """The elements of an ordered list here that are not ignored, by index."""
        if not self.drops:
            return dict(enumerate(value))
        return {index: item for index, item in enumerate(value) if not self.element(index).ignored}


def places(root: Branch[Rule]) -> Place:
    """The place of the whole document.

    Raises:
        TaskError: the rules exclude each other or make more than MAX_PLACES places.
    """
    growth = _Growth()
    place = growth.grow((root,), UNIT)
    if place.ignored:
        message = "the whole document is ignored: leave out expected and compare instead"
        raise fault(message, *(place.rule.where if place.rule else ()))
    for rule in _rules(root):
        if rule not in growth.met:
            message = "no place can get this rule: what it names lies within something ignored"
            raise fault(message, *rule.where)
    return place


class _Growth:
    """Makes each place once."""

    def __init__(self) -> None:
        self.made: dict[tuple[_Branches, int], Place] = {}
        self.met: set[Rule] = set()

    def grow(self, branches: _Branches, inherited: int) -> Place:
        rules = [branch.rule for branch in branches if branch.rule]
        self.met.update(rules)
        rule = rules[0] if rules else None
        weight = inherited if rule is None or rule.weight is None else rule.weight
        known = self.made.get((branches, inherited))
        if known:
            return known
        if len(self.made) >= MAX_PLACES:
            raise fault(f"the patterns tell more than {MAX_PLACES} places apart: use fewer stars")
        place = Place(rule, weight)
        self.made[branches, inherited] = place
        if branches and not place.ignored:
            self._grow_below(place, branches)
        return place

    def _grow_below(self, place: Place, branches: _Branches) -> None:
        names = dict.fromkeys(name for branch in branches for name in branch.literal)
        for name in names:
            # The branches are in order of specificity, and stay so: literal before star.
            below = tuple(
                next_one
                for branch in branches
                for next_one in (branch.literal.get(name), branch.star)
                if next_one
            )
            place.named[name] = self.grow(below, place.weight)
            if name.isascii() and name.isdigit() and str(int(name)) == name:
                if place.mode is not ListMode.ORDERED:
                    rule = next(rule for each in below for rule in _rules(each))
                    message = "elements of a list that is not ordered have no index: use *"
                    raise fault(message, *rule.where)
                place.at[int(name)] = place.named[name]
        stars = tuple(branch.star for branch in branches if branch.star)
        place.rest = self.grow(stars, place.weight)
        below_all = [*place.named.values(), place.rest]
        place.drops = any(each.ignored for each in below_all)
        place.transitive = place.transitive and all(each.transitive for each in below_all)
        place.nested += max(each.nested for each in below_all)
        if place.nested > MAX_NESTED_LISTS:
            message = f"more than {MAX_NESTED_LISTS} lists in each other that are not ordered"
            raise fault(message, *(place.rule.where if place.rule else ()))
        kept = [min(each.weight, each.lightest) for each in below_all if not each.ignored]
        place.lightest = min(kept, default=place.weight)
        place.alike = place.mode is not ListMode.SET and all(
            each.alike and each.weight == each.lightest == place.lightest for each in below_all
        )


def _rules(branch: Branch[Rule]) -> Iterator[Rule]:
    if branch.rule:
        yield branch.rule
    for each in (*branch.literal.values(), *([branch.star] if branch.star else [])):
        yield from _rules(each)
