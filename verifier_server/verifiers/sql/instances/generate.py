"""One made-up database for given golds.

Promises: deterministic in (model, golds, seed). It holds rows that satisfy each gold,
groups of several sizes around HAVING's thresholds, more rows than a LIMIT keeps, rows
that miss one of a gold's conditions each, and others at random in every table.

Does not cover: whether it tells queries apart (`choose.py`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

from verifier_server.verifiers.sql.instances.domains import Model
from verifier_server.verifiers.sql.instances.filling import Row, Rows, Style
from verifier_server.verifiers.sql.instances.planting import (
    LEAN,
    Fits,
    Path,
    Plan,
    Planner,
    Planter,
    Way,
    ways,
)
from verifier_server.verifiers.sql.instances.predicates import Block, Reading, Ref, blocks_of
from verifier_server.verifiers.sql.instances.probing import Table
from verifier_server.verifiers.sql.rows import Cell

MAX_WITNESSES = 14
MAX_GROUP = 14
RIVALS = (4, 6, 9)  # rows of a group that does not count and would come first
MAX_NEAR = 24
LEVEL = 0.25  # how often the rows of a series meet the conditions with the same values
DOUBLED = 0.3
BARELY = 0.7
TIED = 0.5
APART = 0.5
CROSSED = 0.4
TILTED = 0.3

Values = Mapping[Ref, Cell]
NO_VALUES: Values = {}


@dataclass(frozen=True, slots=True)
class Made:
    """An instance, and the work that it took (`filling.MAX_EFFORT`)."""

    image: bytes
    effort: int


class Generator:
    """Makes instances for `reading`.

    Args:
        template: an image with the schema and no rows.
        model: domains and rules.
        reading: what the golds ask.
        tables: truth tables by the id of their leaf.
    """

    def __init__(
        self, template: bytes, model: Model, reading: Reading, tables: Mapping[int, Table]
    ) -> None:
        self.template, self.model, self.reading, self.tables = template, model, reading, tables
        self.fits: Fits = {}
        self.ways = {id(root): ways(root) for sides in reading.roots for root in sides}

    def make(self, seed: int) -> Made:
        """The instance with number `seed`."""
        rng = Random(seed)  # noqa: S311 - rows, not secrets
        making = _Making(self, rng)
        return Made(making.image(), making.rows.effort)


class _Making:
    def __init__(self, generator: Generator, rng: Random) -> None:
        self.generator, self.rng = generator, rng
        style = _style(rng)
        self.rows = Rows(generator.template, generator.model, style, rng)
        self.planner = Planner(rng)
        self.planter = Planter(self.rows, generator.model, generator.tables, generator.fits, rng)
        self.size = rng.choice((2, 3, 4))
        self.tilted = rng.random() < TILTED

    def image(self) -> bytes:
        early = self.rng.random() < 0.3
        if early:
            self._background(self.rng.choice((1, 3)))
        for sides in self.generator.reading.roots:
            self._gold(sides)
        self._background(self.rng.choice((1, 2, 5)))
        return self.rows.image()

    def _gold(self, sides: tuple[Block, ...]) -> None:
        if not sides:
            return
        limit = max((block.limit for side in sides for block in blocks_of(side)), default=0)
        count = max(self.size, min(limit + self.rng.choice((-1, 1, 3)), MAX_WITNESSES))
        for index in range(count):
            if len(sides) > 1:
                self._linked(sides)
            else:
                self._series(sides[0], index)
        for side in sides:
            if self.rng.random() < TIED:
                self._tie(side)
            there = list(self.generator.ways[id(side)])
            if not there:
                continue
            self.rng.shuffle(there)
            if any(block.grouped for block in blocks_of(side)):
                self._rival(side, there[0])
            wanted = max(self.rng.choice((3, 5, 7)), int(len(there) * self.rng.choice((0.7, 1.0))))
            for number in range(min(wanted, MAX_NEAR)):
                self._near(side, there[number % len(there)])
            if len(there) > 1:
                self._split(side, there)

    def _series(
        self, root: Block, index: int, path: Path = frozenset(), pinned: Values = NO_VALUES
    ) -> dict[int, Row]:
        """A witness, and others in the same group or with the same parents.

        All of them miss the condition at the end of `path`, and have the values `pinned`. What
        chooses but does not filter holds for some of them, for all or for none.
        """
        grouped = next((block for block in blocks_of(root) if block.grouped), None)
        self.planner.lean = LEAN if grouped is None else self.rng.choice((0.0, LEAN, LEAN, 1.0))
        plan = self.planner.plan(root, path)
        length = self._length(grouped, index)
        if grouped is not None:
            pinned = {**self._summands(grouped, plan, length), **pinned}
        if self.tilted and grouped is not None:
            pinned_first = {**self._tilted(grouped, plan, length), **pinned}
        else:
            pinned_first = dict(pinned)
        apart = grouped is not None and self.rng.random() < APART
        placed = self._first(plan, pinned_first, apart=apart)
        level = self.rng.random() < LEVEL
        for _ in range(length - 1):
            again = self.planner.plan(root, path)
            fixed, values = self._kept(grouped, plan, placed)
            if level:
                values.update(_tested(plan, placed, fixed))
            if self.tilted and grouped is not None:
                values = {**self._tilted(grouped, again, length), **values}
            self.planter.place(again, fixed, {**values, **pinned})
        self.planner.lean = LEAN
        return placed

    def _first(self, plan: Plan, pinned: Values, *, apart: bool) -> dict[int, Row]:
        """The first rows of a group; if `apart`, no others join it by chance."""
        if not apart:
            return self.planter.place(plan, None, pinned)
        self.rows.apart = True
        placed = self.planter.place(plan, None, pinned)
        self.rows.apart = False
        return placed

    def _rival(self, root: Block, way: Way) -> None:
        """A group of rows that all miss one condition, larger than those that count.

        Or that all meet it by as little as can be.
        """
        grouped = next((block for block in blocks_of(root) if block.grouped), None)
        if self.rng.random() < 0.35:
            return
        path, pinned = way.path, dict(NO_VALUES)
        plan = self.planner.plan(root)
        names = {source.number: source.table.name.lower() for source in plan.sources}
        if way.leaf is not None and way.sources <= set(names) and self.rng.random() < BARELY:
            want = self.rng.random() < 0.5
            value = self.planter.barely(way.leaf, names[way.refs[0][0]], want=want)
            if value is not None:
                pinned = {way.refs[0]: value}
                path = frozenset[int]() if want else path
        plan = self.planner.plan(root, path)
        placed = self._first(plan, pinned, apart=True)
        level = self.rng.random() < 0.6
        length = self.rng.choice(RIVALS)
        for _ in range(length):
            again = self.planner.plan(root, path)
            fixed, values = self._kept(grouped, plan, placed)
            if level:
                values.update(
                    (ref, placed[ref[0]][ref[1]])
                    for ref in way.refs
                    if ref[0] not in fixed and ref[1] in placed.get(ref[0], ())
                )
            if self.tilted and grouped is not None:
                values = {**self._tilted(grouped, again, length), **values}
            self.planter.place(again, fixed, {**values, **pinned})
        fixed, values = self._kept(grouped, plan, placed)
        if not way.sources & set(fixed):
            self.planter.place(self.planner.plan(root), fixed, values)

    def _summands(self, grouped: Block, plan: Plan, length: int) -> dict[Ref, Cell]:
        """Values with which a group of `length` rows comes out near what HAVING asks of it."""
        bound = {ref for leaf, _ in plan.leaves for ref in leaf.refs}
        names = {source.number: source.table.name.lower() for source in plan.sources}
        found: dict[Ref, Cell] = {}
        for each in grouped.thresholds:
            ref = each.ref
            if ref is None or ref in bound or ref[0] not in names or self.rng.random() < 0.4:
                continue
            domain = self.generator.model.domains[names[ref[0]], ref[1]]
            if domain.form not in ("integer", "real"):
                continue
            middle = each.number / length if each.adds else each.number
            value = middle + self.rng.choice((0, 1, -1, -middle / 2))
            floor = domain.form == "integer"
            found[ref] = max(0, int(value) if floor else round(value, 2))
        return found

    def _tilted(self, grouped: Block, plan: Plan, length: int) -> dict[Ref, Cell]:
        """Numbers that make large groups sum up to little and small ones to much."""
        taken = {ref for leaf, _ in plan.leaves for ref in leaf.refs}
        taken.update(grouped.grouped, *plan.equal)
        model = self.generator.model
        found: dict[Ref, Cell] = {}
        for source in plan.sources:
            name = source.table.name.lower()
            tied = {part for key in model.keys[name] for part in key}
            tied.update(part for each in model.references[name] for part in each.columns)
            for column in source.table.columns:
                ref = source.number, column.name.lower()
                domain = model.domains[name, ref[1]]
                if not domain.free or ref in taken or ref[1] in tied or column.generated:
                    continue
                part = self.rng.random() * 0.1
                value = domain.low + (domain.high - domain.low) * (part if length > 2 else 1 - part)
                found[ref] = int(value) if domain.form == "integer" else round(value, 2)
        return found

    def _length(self, grouped: Block | None, index: int) -> int:
        if grouped is None:
            return self.rng.choice((1, 1, 2))
        counts = [int(t.number) for t in grouped.thresholds if t.counts]
        if counts and self.rng.random() < 0.9:
            threshold = self.rng.choice(counts)
            return max(1, min(threshold + (index % 3) - 1 + self.rng.choice((0, 0, 1)), MAX_GROUP))
        return self.rng.choice((1, 2, 3, 4))

    def _kept(
        self, grouped: Block | None, plan: Plan, placed: dict[int, Row]
    ) -> tuple[dict[int, Row], dict[Ref, Cell]]:
        """What the next row of a series shares with the first: rows, and values of columns."""
        if grouped is None or not grouped.grouped:
            if len(placed) < 2:
                return {}, {}
            again = self.rng.choice(sorted(placed))
            return {number: row for number, row in placed.items() if number != again}, {}
        holders = {number for number, _ in grouped.grouped if number in placed}
        model = self.generator.model
        names = {source.number: source.table.name.lower() for source in plan.sources}
        fixed: dict[int, Row] = {}
        values: dict[Ref, Cell] = {}
        for number in sorted(holders):
            columns = {name for holder, name in grouped.grouped if holder == number}
            parent = len(placed) > 1 and any(
                set(key) <= columns or not self._child(names, number)
                for key in model.keys[names[number]]
            )
            if parent and len(placed) > len(fixed) + 1:
                fixed[number] = placed[number]
            else:
                row = placed[number]
                values.update({(number, name): row[name] for name in columns if name in row})
        for ref in (each for each in grouped.loosely if each in values):
            values[ref] = self._alike(names[ref[0]], ref[1], values[ref])
        return fixed, values

    def _alike(self, table: str, column: str, value: Cell) -> Cell:
        """Another value that begins like `value`: of the same year, where it is a date."""
        if not isinstance(value, str):
            return value
        pool = self.generator.model.domains[table, column].pool
        fitting = [each for each in pool if isinstance(each, str) and each[:4] == value[:4]]
        return self.rng.choice(fitting) if fitting else value

    def _child(self, names: dict[int, str], number: int) -> bool:
        """Whether the source refers to another one of the plan."""
        others = {name for other, name in names.items() if other != number}
        return any(each.target in others for each in self.generator.model.references[names[number]])

    def _near(self, root: Block, way: Way) -> None:
        """Rows that miss one condition.

        Some of them have parents or children in common with rows that miss none, some
        what is selected, and some would come first or last if they counted.
        """
        plan = self.planner.plan(root, way.path)
        fixed: dict[int, Row] = {}
        values: dict[Ref, Cell] = {}
        draw = self.rng.random()
        if draw < 0.6:
            placed = self.planter.place(self.planner.plan(root))
            if draw < 0.3 and len(placed) > 1:
                again = way.sources or {self.rng.choice(sorted(placed))}
                fixed = {number: row for number, row in placed.items() if number not in again}
            elif draw < 0.5:
                values.update(
                    (ref, placed[ref[0]][ref[1]])
                    for ref in root.projected
                    if ref is not None and ref[1] in placed.get(ref[0], ())
                )
        if self.rng.random() < 0.5:
            values.update(self._extremes(root, plan))
        placed = self.planter.place(plan, fixed, values)
        own = {source.number for source in root.sources}
        if len(placed) > len(own) and self.rng.random() < DOUBLED:
            # What is asked of them by subqueries holds twice, but for the one condition.
            same = {number: row for number, row in placed.items() if number in own}
            self.planter.place(self.planner.plan(root, way.path), same)

    def _tie(self, root: Block) -> None:
        """Two rows that both come first, or last."""
        plan = self.planner.plan(root)
        values = self._extremes(root, plan)
        if values:
            self.planter.place(plan, None, values)
            self.planter.place(self.planner.plan(root), None, values)

    def _split(self, root: Block, there: list[Way]) -> None:
        """Two rows of one source that miss one condition each, with all else in common."""
        first, second = self.rng.sample(there, 2)
        common = first.sources & second.sources
        placed = self.planter.place(self.planner.plan(root, first.path))
        if common:
            fixed = {number: row for number, row in placed.items() if number not in common}
            self.planter.place(self.planner.plan(root, second.path), fixed)

    def _extremes(self, root: Block, plan: Plan) -> dict[Ref, Cell]:
        """Values beyond all others for what is sorted by; those with conditions are left out."""
        bound = {ref for leaf, _ in plan.leaves for ref in leaf.refs}
        names = {source.number: source.table.name.lower() for source in plan.sources}
        found: dict[Ref, Cell] = {}
        for block in blocks_of(root):
            for ref in block.extremal:
                if ref in bound or ref[0] not in names:
                    continue
                name = names[ref[0]]
                there = [
                    value
                    for row in self.rows.rows[name]
                    if isinstance(value := row.get(ref[1]), int | float)
                ]
                domain = self.generator.model.domains[name, ref[1]]
                if domain.free and there:
                    known = self.generator.model.facts.columns.get((name, ref[1]))
                    top, bottom = max(there) + 1, max(0, min(there) - 1)
                    if known is not None and known.high is not None and known.low is not None:
                        top, bottom = int(known.high), int(known.low)
                    found[ref] = top if self.rng.random() < 0.6 else bottom
        return found

    def _linked(self, sides: tuple[Block, ...]) -> None:
        """Rows for the sides of a set operation, mostly with the same projected values."""
        first = self.rng.choice(sides)
        crossed = self._crossed(first, sides) if self.rng.random() < CROSSED else NO_VALUES
        placed = self._series(first, self.rng.randrange(3), pinned=crossed)
        if self.rng.random() < 0.4:
            same = {
                ref: placed[ref[0]][ref[1]]
                for ref in first.projected
                if ref is not None and ref[1] in placed.get(ref[0], ())
            }
            self.planter.place(self.planner.plan(first), None, same)
        if self.rng.random() < 0.3:
            return
        for other in sides:
            if other is first or self.rng.random() < 0.3:
                continue
            values: dict[Ref, Cell] = {}
            for mine, theirs in zip(first.projected, other.projected, strict=False):
                if mine is None or theirs is None:
                    continue
                if mine[1] in placed.get(mine[0], ()):
                    values[theirs] = placed[mine[0]][mine[1]]
            there = self.generator.ways[id(other)]
            missed = bool(there) and self.rng.random() < 0.25
            path = self.rng.choice(there).path if missed else frozenset[int]()
            self._series(other, self.rng.randrange(3), path, values)

    def _crossed(self, mine: Block, sides: tuple[Block, ...]) -> dict[Ref, Cell]:
        """Values of rows of `mine` that just miss what another side asks of the same columns."""
        other = self.rng.choice([each for each in sides if each is not mine])
        ways = self.generator.ways
        taken = {ref for way in ways[id(mine)] for ref in way.refs}
        tables = {s.number: s.table.name.lower() for b in blocks_of(other) for s in b.sources}
        numbers = {source.table.name.lower(): source.number for source in mine.sources}
        found: dict[Ref, Cell] = {}
        for way in ways[id(other)]:
            if way.leaf is None or len(way.refs) != 1 or way.refs[0][0] not in tables:
                continue
            table, column = tables[way.refs[0][0]], way.refs[0][1]
            ref = numbers.get(table, -1), column
            if table in numbers and ref not in taken:
                value = self.planter.barely(way.leaf, table, want=False)
                found.update({} if value is None else {ref: value})
        return found

    def _background(self, count: int) -> None:
        for name in self.rows.rows:
            for _ in range(self.rng.randint(1, count + 1)):
                if not self.rows.full(name) and not self.rows.exhausted:
                    self.rows.add(name, {})


def _tested(
    plan: Plan, placed: Mapping[int, Row], fixed: Mapping[int, Row]
) -> Iterator[tuple[Ref, Cell]]:
    """The values that decided the plan's conditions, but for those of rows that are `fixed`."""
    for ref in (ref for leaf, _ in plan.leaves for ref in leaf.refs):
        if ref[0] not in fixed and ref[1] in placed.get(ref[0], ()):
            yield ref, placed[ref[0]][ref[1]]


def _style(rng: Random) -> Style:
    return Style(
        repeat=rng.choice((0.0, 0.15, 0.3, 0.5)),
        fresh=rng.choice((0.2, 0.6, 0.9)),
        share=rng.choice((0.5, 0.75, 0.9)),
        width=rng.choice((3, 6, 14)),
        constants=rng.choice((0.1, 0.3, 0.5)),
    )
