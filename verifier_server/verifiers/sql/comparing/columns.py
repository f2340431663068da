"""One map of columns that is right on every instance.

Promises: a map that is returned has been checked in full on every view; the search is
deterministic and does not depend on the order of rows. Rows are put into classes by the
columns placed so far, and a column can only take the place of one that occurs with the same
classes in the same bags (colour refinement with individualisation, as in McKay and Piperno,
"Practical graph isomorphism, II", 2014): columns that look alike are told apart by the
rows that they share with others, so that only data made for it needs a long search.

Does not cover: names of columns, which never count.
"""

from collections import Counter
from collections.abc import Hashable, Sequence

from verifier_server.verifiers.sql.comparing.bags import hashable
from verifier_server.verifiers.sql.comparing.chains import Token
from verifier_server.verifiers.sql.comparing.effort import Effort
from verifier_server.verifiers.sql.comparing.matching import alongside
from verifier_server.verifiers.sql.comparing.views import (
    Map,
    Side,
    View,
    exact,
    tolerant,
    with_floats,
)

type _Classes = tuple[tuple[list[int], list[int]], ...]  # a side: of gold's rows, of the answer's
type _Bag = Counter[tuple[int, Token]]
type _Candidates = dict[int, list[int]]  # for each expected column not placed, those it may be


def search(views: Sequence[View], effort: Effort, *, ordered: bool = True) -> Map | None:
    """The first map under which the answer is right in every view.

    Args:
        views: at least one, all of one width; the last one is asked first.
        effort: is charged for every cell that is looked at.
        ordered: False to ask whether the rows would be right in another order.

    Raises:
        ExhaustedError: the effort does not suffice to tell.
    """
    if not all(hashable(view.rows) for view in views):
        return None
    latest = views[::-1]
    sides = [exact(view, ordered=ordered) for view in latest]
    found = _Search(sides, effort, ordered=ordered).run()
    if found is not None or not any(map(with_floats, latest)):
        return found
    sides = [tolerant(view, ordered=ordered, effort=effort) for view in latest]
    return _Search(sides, effort, ordered=ordered).run()


class _Search:
    def __init__(self, sides: Sequence[Side], effort: Effort, *, ordered: bool) -> None:
        self._sides = sides
        self._effort = effort
        self._ordered = ordered
        self._twins: dict[int, Hashable] = {}

    def run(self) -> Map | None:
        wanted, offered = len(self._sides[0].gold), len(self._sides[0].answer)
        candidates = {column: list(range(offered)) for column in range(wanted)}
        classes = tuple([(side.gold_classes, side.answer_classes) for side in self._sides])
        narrowed = self._refined(classes, candidates)
        if narrowed is not None:
            narrowed = self._lined_up(narrowed)
        if narrowed is not None and (kinds := _kinds(narrowed, offered)) is not None:
            finer = self._by_rows(classes, kinds)
            narrowed = None if finer is None else self._refined(finer, narrowed)
            classes = finer or classes
        return None if narrowed is None else self._extended({}, classes, narrowed)

    def _by_rows(self, classes: _Classes, kinds: tuple[list[int], list[int]]) -> _Classes | None:
        """Classes split by the bags of cells that rows have in columns of a kind."""
        split: list[tuple[list[int], list[int]]] = []
        for side, (gold, answer) in zip(self._sides, classes, strict=True):
            if side.view.expected.cut:
                split.append((gold, answer))
                continue
            names: dict[Hashable, int] = {}
            sorts: list[list[int]] = []
            for known, columns, kind in zip(
                (gold, answer), (side.gold, side.answer), kinds, strict=True
            ):
                self._effort.spend(len(known) * len(columns))
                bags = (
                    frozenset(Counter(zip(kind, cells, strict=True)).items())
                    for cells in zip(*columns, strict=True)
                )
                sorts.append(
                    [names.setdefault(key, len(names)) for key in zip(known, bags, strict=True)]
                )
            if not _fits(side, Counter(sorts[0]), Counter(sorts[1])):
                return None
            split.append((sorts[0], sorts[1]))
        return tuple(split)

    def _extended(
        self, placed: dict[int, int], classes: _Classes, candidates: _Candidates
    ) -> Map | None:
        """A map that has `placed`, where `candidates` are refined by `classes`."""
        while candidates:
            forced = [column for column, offered in candidates.items() if len(offered) == 1]
            if not forced:
                return self._branched(placed, classes, candidates)
            finer = False
            for column in forced:
                place = candidates[column][0]
                if place in placed.values():
                    return None
                placed = {**placed, column: place}
                step = self._step(classes, column, place)
                if step is None:
                    return None
                classes, grown = step
                finer = finer or grown
            left = _without(candidates, placed)
            if left is not None and finer:
                left = self._refined(classes, left)
            if left is None:
                return None
            candidates = left
        columns = tuple([placed[column] for column in range(len(placed))])
        right = all(
            side.view.right(columns, self._effort, ordered=self._ordered) for side in self._sides
        )
        return columns if right else None

    def _branched(
        self, placed: dict[int, int], classes: _Classes, candidates: _Candidates
    ) -> Map | None:
        """Try one column after the other in the place that has fewest to choose from."""
        column = min(candidates, key=lambda each: (len(candidates[each]), each))
        tried: set[Hashable] = set()
        for place in sorted(candidates[column], key=lambda each: (each != column, each)):
            twin = self._twin(place)
            if twin in tried:
                continue
            tried.add(twin)
            found = self._extended(placed, classes, {**candidates, column: [place]})
            if found is not None:
                return found
        return None

    def _step(self, classes: _Classes, column: int, place: int) -> tuple[_Classes, bool] | None:
        """Classes split by a column that is placed, and whether any was; None if they disagree."""
        split: list[tuple[list[int], list[int]]] = []
        finer = False
        for side, (gold, answer) in zip(self._sides, classes, strict=True):
            self._effort.spend(len(gold) + len(answer))
            names: dict[tuple[int, Token], int] = {}
            ours = [
                names.setdefault(key, len(names))
                for key in zip(gold, side.gold[column], strict=True)
            ]
            wanted = len(names)
            theirs = [
                names.setdefault(key, len(names))
                for key in zip(answer, side.answer[place], strict=True)
            ]
            if len(names) > wanted or not _fits(side, Counter(ours), Counter(theirs)):
                return None
            finer = finer or wanted > len(set(gold))
            split.append((ours, theirs))
        return tuple(split), finer

    def _refined(self, classes: _Classes, candidates: _Candidates) -> _Candidates | None:
        """Candidates that occur with the same classes; None where a column has none left."""
        for side, (gold, answer) in zip(self._sides, classes, strict=True):
            offered = sorted({place for places in candidates.values() for place in places})
            self._effort.spend(len(gold) * len(candidates) + len(answer) * len(offered))
            wanted = {
                column: Counter(zip(gold, side.gold[column], strict=True)) for column in candidates
            }
            found = {
                place: Counter(zip(answer, side.answer[place], strict=True)) for place in offered
            }
            if side.view.expected.cut:
                narrowed = self._contained(side, wanted, found, candidates)
            else:
                narrowed = _alike(side, wanted, found, candidates)
            if narrowed is None:
                return None
            candidates = narrowed
        return candidates

    def _contained(
        self,
        side: Side,
        wanted: dict[int, _Bag],
        found: dict[int, _Bag],
        candidates: _Candidates,
    ) -> _Candidates | None:
        """Candidates that are part of the column's bag."""
        narrowed: _Candidates = {}
        for column, places in candidates.items():
            narrowed[column] = []
            for place in places:
                self._effort.spend(len(found[place]))
                if _fits(side, wanted[column], found[place]):
                    narrowed[column].append(place)
            if not narrowed[column]:
                return None
        return narrowed

    def _lined_up(self, candidates: _Candidates) -> _Candidates | None:
        """Candidates whose numbers can be paired off, taken by themselves."""
        for side in self._sides:
            expected = side.view.expected
            if side.links is None or not side.links.loose or expected.cut or expected.as_set:
                continue
            narrowed: _Candidates = {}
            for column, places in candidates.items():
                ours = [row[column] for row in expected.members]
                narrowed[column] = []
                for place in places:
                    self._effort.spend(2 * len(ours))
                    theirs = [row[place] for row in side.view.rows]
                    if alongside(theirs, ours, expected.allowed):
                        narrowed[column].append(place)
                if not narrowed[column]:
                    return None
            candidates = narrowed
        return candidates

    def _twin(self, place: int) -> Hashable:
        """What is equal for two columns of the answer between which nothing can choose."""
        if place not in self._twins:
            columns = [[row[place] for row in side.view.rows] for side in self._sides]
            self._effort.spend(sum(map(len, columns)))
            self._twins[place] = tuple(
                [(tuple(column), tuple(map(type, column))) for column in columns]
            )
        return self._twins[place]


def _fits[Key](side: Side, wanted: Counter[Key], found: Counter[Key]) -> bool:
    """Whether what was found can be what is wanted of this side."""
    expected = side.view.expected
    if expected.as_set:
        return wanted.keys() == found.keys()
    if expected.cut:
        return all(count <= wanted.get(key, 0) for key, count in found.items())
    return dict.__eq__(wanted, found)


def _alike(
    side: Side, wanted: dict[int, _Bag], found: dict[int, _Bag], candidates: _Candidates
) -> _Candidates | None:
    """Candidates with the same bag as the column; enough of them for all that have it."""
    as_set = side.view.expected.as_set
    names: dict[frozenset[object], int] = {}

    def name(bag: _Bag) -> int:
        return names.setdefault(frozenset(bag if as_set else bag.items()), len(names))

    asked = {column: name(bag) for column, bag in wanted.items()}
    given = {place: name(bag) for place, bag in found.items()}
    if Counter(asked.values()) - Counter(given.values()):
        return None
    narrowed = {
        column: [place for place in places if given[place] == asked[column]]
        for column, places in candidates.items()
    }
    return narrowed if all(narrowed.values()) else None


def _kinds(candidates: _Candidates, offered: int) -> tuple[list[int], list[int]] | None:
    """The kinds of the expected and of the answer's columns, if candidates form kinds.

    None where there is nothing left to tell apart, or where columns may be left over.
    """
    if len(candidates) != offered or all(len(places) == 1 for places in candidates.values()):
        return None
    answer = [-1] * offered
    for places in candidates.values():
        for place in places:
            if answer[place] not in (-1, places[0]):
                return None
            answer[place] = places[0]
    return [candidates[column][0] for column in range(offered)], answer


def _without(candidates: _Candidates, placed: dict[int, int]) -> _Candidates | None:
    """The columns that are not placed, and what they may still be."""
    taken = set(placed.values())
    left = {
        column: [place for place in places if place not in taken]
        for column, places in candidates.items()
        if column not in placed
    }
    return left if all(left.values()) else None
