"""Rows that satisfy a gold's condition together, or all of it but one part.

Promises: a plan names the tables, which columns are equal and which conditions hold;
its rows are put in through `filling.Rows`, parents before children. Where no value
is known to satisfy a condition, any is taken.

Does not cover: conditions on aggregates, for which rows are planted in series.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from verifier_server.verifiers.sql.instances.domains import Model
from verifier_server.verifiers.sql.instances.filling import ROW_EFFORT, Row, Rows
from verifier_server.verifiers.sql.instances.predicates import (
    Block,
    Both,
    Either,
    Equal,
    Leaf,
    Member,
    Negation,
    Node,
    Ref,
    Source,
)
from verifier_server.verifiers.sql.instances.probing import Table
from verifier_server.verifiers.sql.instances.values import coerce
from verifier_server.verifiers.sql.rows import Cell

REUSE = 0.25
LEAN = 0.6
BESIDE = 0.3  # how often that is by as little as can be
CLOSE = 0.8  # how often what misses a condition misses it by little
LEVEL = 0.35  # how often columns that are compared with each other are equal, if they may be
MAX_WAYS = 60

Path = frozenset[int]
"""The nodes and blocks (by id) on the way from a root to one condition, which is included."""


@dataclass(frozen=True, slots=True)
class Way:
    """The way to one condition, the sources (by number) and the columns that it tests.

    `leaf` is the condition itself where it is about values.
    """

    path: Path
    sources: frozenset[int]
    refs: tuple[Ref, ...] = ()
    leaf: Leaf | None = None


Fits = dict[tuple[int, bool, bool], dict[Cell, None]]
"""Values by the id of a leaf, whether they satisfy it, and whether they are near its constants."""


@dataclass(slots=True)
class Plan:
    """What rows are wanted."""

    sources: list[Source] = field(default_factory=list)
    equal: list[tuple[Ref, Ref]] = field(default_factory=list)
    leaves: list[tuple[Leaf, bool]] = field(default_factory=list)


def ways(root: Block) -> list[Way]:
    """The way to each condition that could be the only one to fail, at most MAX_WAYS."""
    found: list[Way] = []
    _ways_of_block(root, (id(root),), found)
    return found[:MAX_WAYS]


def _ways_of_block(block: Block, above: tuple[int, ...], found: list[Way]) -> None:
    for node in (block.condition, *block.options):
        _ways_of_node(node, above, found)
    for inner in block.derived + block.optional:
        _ways_of_block(inner, (*above, id(inner)), found)


def _ways_of_node(node: Node, above: tuple[int, ...], found: list[Way]) -> None:
    here = (*above, id(node))
    if isinstance(node, Both | Either):
        for child in node.children:
            _ways_of_node(child, here, found)
    elif isinstance(node, Negation):
        _ways_of_node(node.child, here, found)
    elif isinstance(node, Member):
        found.append(Way(frozenset(here), frozenset(mine[0] for mine, _ in node.pairs)))
        _ways_of_block(node.block, (*here, id(node.block)), found)
    else:
        refs = node.refs if isinstance(node, Leaf) else (node.left, node.right)
        leaf = node if isinstance(node, Leaf) else None
        found.append(Way(frozenset(here), frozenset(number for number, _ in refs), refs, leaf))


class Planner:
    """Makes plans; `rng` decides what a gold leaves open.

    `lean`: how often a condition holds that chooses but does not filter.
    """

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.lean = LEAN

    def plan(self, root: Block, path: Path = frozenset()) -> Plan:
        """A plan for `root`: it holds, or all of it but the condition at the end of `path`."""
        plan = Plan()
        self._activate(root, plan, path)
        return plan

    def _activate(self, block: Block, plan: Plan, path: Path) -> None:
        plan.sources.extend(block.sources)
        for inner in block.derived:
            self._activate(inner, plan, path)
        missing = id(block.condition) in path
        self._satisfy(block.condition, not missing, plan, path)
        for option in block.options:
            chosen = id(option) not in path and self.rng.random() < self.lean
            self._satisfy(option, chosen, plan, path)
        for inner in block.optional:
            if id(inner) in path or self.rng.random() < 0.75:
                self._activate(inner, plan, path)

    def _satisfy(self, node: Node, want: bool, plan: Plan, path: Path) -> None:
        if isinstance(node, Leaf):
            plan.leaves.append((node, want))
        elif isinstance(node, Equal):
            if want:
                plan.equal.append((node.left, node.right))
        elif isinstance(node, Negation):
            self._satisfy(node.child, not want, plan, path)
        elif isinstance(node, Member):
            self._member(node, want, plan, path)
        else:
            self._several(node, want, plan, path)

    def _several(self, node: Both | Either, want: bool, plan: Plan, path: Path) -> None:
        """AND that holds needs all; one that fails needs one to fail, and the rest mostly hold.

        OR is the same the other way round. On the way to a condition all others leave it to it.
        """
        if not node.children:
            return
        every = isinstance(node, Both) is want
        rest = isinstance(node, Both)
        on_way = [child for child in node.children if id(child) in path]
        decisive = on_way[0] if on_way else self.rng.choice(node.children)
        for child in node.children:
            if on_way:
                self._satisfy(child, want if child is decisive else rest, plan, path)
            elif every or child is decisive:
                self._satisfy(child, want, plan, path)
            else:
                self._satisfy(child, rest if self.rng.random() < 0.8 else not rest, plan, path)

    def _member(self, node: Member, want: bool, plan: Plan, path: Path) -> None:
        inside = id(node.block) in path
        if not want and not inside:
            if self.rng.random() < 0.6:
                return
            choices = ways(node.block)
            if not choices:
                return
            path, inside = self.rng.choice(choices).path, True
        plan.equal.extend(node.pairs)
        self._activate(node.block, plan, path)


class Planter:
    """Puts the rows of plans into `rows`.

    Args:
        rows: where they go.
        model: domains of their columns.
        tables: truth tables by the id of their leaf.
        fits: what was found in them before, for the same model.
    """

    def __init__(
        self, rows: Rows, model: Model, tables: Mapping[int, Table], fits: Fits, rng: Random
    ) -> None:
        self.rows, self.model, self.tables, self.rng = rows, model, tables, rng
        self.fits = fits
        self._turns: dict[tuple[str, str], int] = {}

    def place(
        self,
        plan: Plan,
        fixed: Mapping[int, Row] | None = None,
        values: Mapping[Ref, Cell] | None = None,
    ) -> dict[int, Row]:
        """Puts in the rows of `plan` and returns them by the number of their source.

        `fixed` are rows that some of the sources already have; `values` are
        values that columns must have.
        """
        placed: dict[int, Row] = dict(fixed or {})
        if self.rows.exhausted:
            return placed
        classes = _classes(plan.equal)
        names = {source.number: source.table.name.lower() for source in plan.sources}
        chosen: dict[Ref, Cell] = {}
        for number, row in placed.items():
            for name, value in row.items():
                chosen[_root(classes, (number, name))] = value
        for ref, value in (values or {}).items():
            chosen[_root(classes, ref)] = value
        self._choose(plan, classes, names, chosen)
        for source in _in_order(plan.sources, classes, self.model):
            if source.number in placed:
                continue
            table = names[source.number]
            bound: dict[str, Cell] = {}
            for column in source.table.columns:
                name = column.name.lower()
                root = _root(classes, (source.number, name))
                if root in chosen:
                    bound[name] = chosen[root]
            made = self._row(table, bound)
            if made is None:
                continue
            placed[source.number] = made
            for name, value in made.items():
                if (source.number, name) in classes:
                    chosen.setdefault(_root(classes, (source.number, name)), value)
        return placed

    def barely(self, leaf: Leaf, table: str, *, want: bool) -> Cell:
        """The value nearest to the constants of `leaf`, on one column, that meets it or does not.

        None if none is known.
        """
        if id(leaf) not in self.tables or len(leaf.refs) != 1:
            return None
        found = self._fitting(leaf, (table, leaf.refs[0][1]), want=want, close=True)
        return next(iter(found), None)

    def _row(self, table: str, bound: Mapping[str, Cell]) -> Row | None:
        reused = not self.rows.apart and self.rng.random() < REUSE
        if (reused or self.rows.full(table)) and table in self.rows.rows:
            self.rows.effort += len(self.rows.rows[table])
            fitting = [
                row
                for row in self.rows.rows[table]
                if all(row.get(name) == value for name, value in bound.items())
            ]
            fitting = self.rows.open_to_all(fitting)
            if fitting:
                return self.rng.choice(fitting)
        if self.rows.full(table):
            return None
        return self.rows.add(table, bound)

    def _choose(
        self,
        plan: Plan,
        classes: dict[Ref, Ref],
        names: Mapping[int, str],
        chosen: dict[Ref, Cell],
    ) -> None:
        """Values for the columns on which there are conditions."""
        candidates: dict[Ref, list[Cell]] = {}
        self.rows.effort += ROW_EFFORT * (len(plan.leaves) + len(plan.sources))
        for leaf, want in plan.leaves:
            table = self.tables.get(id(leaf))
            if table is None or len(leaf.refs) != 1 or leaf.refs[0][0] not in names:
                continue
            root = _root(classes, leaf.refs[0])
            if root in chosen:
                continue
            key = names[leaf.refs[0][0]], leaf.refs[0][1]
            close = not want and self.rng.random() < CLOSE
            found = self._fitting(leaf, key, want=want, close=close)
            if close and found and self.rng.random() < BESIDE:
                found = dict.fromkeys([next(iter(found))])
            there = candidates.get(root)
            if there is None:
                candidates[root] = list(found) or list(self.model.domains[key].pool)
            else:
                candidates[root] = [value for value in there if value in found] or there
                self.rows.effort += len(there) // 4
        for leaf, want in plan.leaves:
            table = self.tables.get(id(leaf))
            if table is None or len(leaf.refs) < 2:
                continue
            roots = [_root(classes, ref) for ref in leaf.refs]
            if len(set(roots)) < len(roots):
                continue
            self.rows.effort += len(table)
            fitting = [
                combination
                for combination, truth in table.items()
                if (truth is True) is want
                and all(
                    (root not in chosen or chosen[root] == value)
                    and (root not in candidates or value in candidates[root])
                    for root, value in zip(roots, combination, strict=True)
                )
            ]
            level = [each for each in fitting if len(set(each)) < len(each)]
            if level and self.rng.random() < LEVEL:
                fitting = level
            if fitting:
                chosen.update(zip(roots, self.rng.choice(fitting), strict=True))
        for root, among in candidates.items():
            if root not in chosen and among:
                chosen[root] = self._next(names.get(root[0], ""), root, among)

    def _fitting(
        self, leaf: Leaf, key: tuple[str, str], *, want: bool, close: bool
    ) -> dict[Cell, None]:
        """Values of the column's pool that satisfy `leaf`, or do not; in the pool's order.

        `close` ones are near a constant, if there are any.
        """
        known = self.fits.get((id(leaf), want, close))
        if known is None:
            domain, table = self.model.domains[key], self.tables[id(leaf)]
            kept = [
                value
                for value in domain.pool
                if (table.get((coerce(value, domain.column.affinity),)) is True) is want
            ]
            if close:
                kept = [value for value in kept if value not in domain.common] or kept
            known = self.fits[id(leaf), want, close] = dict.fromkeys(kept)
        return known

    def _next(self, table: str, ref: Ref, there: Sequence[Cell]) -> Cell:
        """One of `there`: another one each time, as far as they go, from any on."""
        key = table, ref[1]
        turn = self._turns.get(key)
        turn = self.rng.randrange(len(there)) if turn is None else turn + 1
        self._turns[key] = turn
        return there[turn % len(there)]


def _classes(equal: Sequence[tuple[Ref, Ref]]) -> dict[Ref, Ref]:
    parents: dict[Ref, Ref] = {}
    for one, other in equal:
        first, second = _root(parents, one), _root(parents, other)
        parents.setdefault(one, first)
        parents.setdefault(other, second)
        parents.setdefault(first, first)
        parents[second] = first
    return parents


def _root(parents: Mapping[Ref, Ref], ref: Ref) -> Ref:
    while (above := parents.get(ref, ref)) != ref:
        ref = above
    return ref


def _in_order(sources: Sequence[Source], classes: Mapping[Ref, Ref], model: Model) -> list[Source]:
    """Sources whose key is in a class come before those that only mention it."""
    keyed: dict[Ref, int] = {}
    for source in sources:
        for key in model.keys[source.table.name.lower()]:
            ref = (source.number, key[0])
            if len(key) == 1 and ref in classes:
                refers = any(
                    key == each.columns for each in model.references[source.table.name.lower()]
                )
                root = _root(classes, ref)
                if root not in keyed or not refers:
                    keyed[root] = source.number
    after: dict[int, set[int]] = {source.number: set() for source in sources}
    for source in sources:
        for column in source.table.columns:
            ref = (source.number, column.name.lower())
            first = keyed.get(_root(classes, ref)) if ref in classes else None
            if first is not None and first != source.number:
                after[source.number].add(first)
    done: list[Source] = []
    waiting = list(sources)
    while waiting:
        placed = {source.number for source in done}
        ready = next((s for s in waiting if after[s.number] <= placed), waiting[0])
        waiting.remove(ready)
        done.append(ready)
    return done
