"""The truth tables of all conditions of the golds, on pools that reach their boundaries.

Promises: a condition that computes with one column gets values on both sides
of its boundary, and columns that are compared with each other some values in common, before
SQLite is asked. Bounded: MAX_COMPUTED conditions are searched.

Does not cover: conditions that SQLite refuses to evaluate alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sqlglot import exp

from verifier_server.verifiers.sql.engine.faults import QueryError
from verifier_server.verifiers.sql.engine.instance import Instance
from verifier_server.verifiers.sql.instances import boundaries
from verifier_server.verifiers.sql.instances.domains import Domain, Model
from verifier_server.verifiers.sql.instances.invariants import Key
from verifier_server.verifiers.sql.instances.predicates import (
    Leaf,
    Reading,
    Ref,
    blocks_of,
    nodes_of,
)
from verifier_server.verifiers.sql.instances.probing import Table, over, probe, truth
from verifier_server.verifiers.sql.instances.values import coerce
from verifier_server.verifiers.sql.rows import Cell
from verifier_server.verifiers.sql.schema import Affinity, Column

MAX_COMPUTED = 8
ASK_STEPS = 100_000
SHARED = 6  # values that a column takes over from one that it is compared with

_NUMERIC = ("integer", "real", "digits")


@dataclass(frozen=True, slots=True)
class Truths:
    """`model` with pools that reach the boundaries, and truth tables by the id of their leaf."""

    model: Model
    tables: Mapping[int, Table]


def find(reading: Reading, model: Model, functions: frozenset[str]) -> Truths:
    """The truths of all conditions in `reading`."""
    names: dict[int, str] = {}
    leaves: list[Leaf] = []
    for root in (each for sides in reading.roots for each in sides):
        for block in blocks_of(root):
            names.update({s.number: s.table.name.lower() for s in block.sources})
            leaves.extend(node for node in nodes_of(block) if isinstance(node, Leaf))
    leaves = [leaf for leaf in leaves if all(number in names for number, _ in leaf.refs)]
    domains = dict(model.domains)
    _share(leaves, names, domains)
    _derive(leaves, names, domains, functions)
    computed = [leaf for leaf in leaves if len(leaf.refs) == 1 and _computes(leaf)]
    if computed:
        _reach(computed[:MAX_COMPUTED], names, domains, model, functions)
    columns: dict[Ref, Column] = {}
    pools: dict[Ref, tuple[Cell, ...]] = {}
    for leaf in leaves:
        for ref in leaf.refs:
            domain = domains[names[ref[0]], ref[1]]
            columns[ref], pools[ref] = domain.column, domain.pool
    tables = {id(leaves[i]): t for i, t in probe(leaves, columns, pools, functions).items()}
    return Truths(replace(model, domains=domains), tables)


def _share(leaves: Sequence[Leaf], names: Mapping[int, str], domains: dict[Key, Domain]) -> None:
    """Columns that are compared with each other get some of each other's values."""
    for leaf in leaves:
        keys = list(dict.fromkeys((names[number], name) for number, name in leaf.refs))
        if len(keys) < 2:
            continue
        taken = {key: domains[key].pool[:SHARED] for key in keys}
        for key in keys:
            others = tuple(value for other in keys if other != key for value in taken[other])
            domains[key] = _extended(domains[key], others, first=True)


def _derive(
    leaves: Sequence[Leaf],
    names: Mapping[int, str],
    domains: dict[Key, Domain],
    functions: frozenset[str],
) -> None:
    """A column that is compared with something computed from another gets what that comes to."""
    wanted: list[tuple[Key, Key, str]] = []
    for leaf in leaves:
        node = leaf.expression
        if len(leaf.refs) != 2 or not isinstance(node, exp.Binary):
            continue
        for side, other in ((node.this, node.expression), (node.expression, node.this)):
            if not isinstance(side, exp.Column) or isinstance(other, exp.Column):
                continue
            place = dict(leaf.places).get(side.sql("sqlite"))
            if place is None:
                continue
            source = leaf.refs[1 - place]
            text = over(Leaf(other, (source,), tuple((w, 0) for w, _ in leaf.places)), ["c"])
            key = names[leaf.refs[place][0]], leaf.refs[place][1]
            wanted.append((key, (names[source[0]], source[1]), text))
    if not wanted:
        return
    instance = Instance("derived", b"", functions=functions)
    try:
        for key, other_key, text in wanted[:MAX_COMPUTED]:
            pool = [v for v in domains[other_key].pool if isinstance(v, int | float | str)]
            try:
                cells = _computed(instance, text, pool[: boundaries.POINTS])
            except QueryError:
                continue
            domains[key] = _extended(domains[key], cells, first=True)
    finally:
        instance.close()


def _extended(domain: Domain, values: Sequence[Cell], *, first: bool = False) -> Domain:
    """`domain` with more values, those of another kind than its own left out."""
    numeric = domain.column.affinity in (Affinity.INTEGER, Affinity.REAL)
    fitting = [
        coerced
        for value in values
        if value is not None
        and ((coerced := coerce(value, domain.column.affinity)) is not None)
        and (not numeric or isinstance(coerced, int | float))
    ]
    pool = (*fitting, *domain.pool) if first else (*domain.pool, *fitting)
    return replace(domain, pool=tuple(dict.fromkeys(pool)))


def _computes(leaf: Leaf) -> bool:
    """Whether the condition does more than compare its column with constants."""
    return any(
        not isinstance(column.parent, exp.Predicate | exp.Paren | exp.Not | exp.Neg)
        for column in leaf.expression.find_all(exp.Column)
        if column is not leaf.expression
    )


def _reach(
    leaves: Sequence[Leaf],
    names: Mapping[int, str],
    domains: dict[Key, Domain],
    model: Model,
    functions: frozenset[str],
) -> None:
    """Adds the boundaries of each condition to its column's pool."""
    instance = Instance("boundaries", b"", functions=functions)
    try:
        for leaf in leaves:
            key = names[leaf.refs[0][0]], leaf.refs[0][1]
            domain, facts = domains[key], model.facts.columns.get(key)
            if facts is not None and facts.enum:
                continue
            test = over(leaf, ["c"])
            try:
                found = _search(domain, partial(_ask, instance, test))
            except QueryError:
                continue
            low = None if facts is None else facts.low
            if low is None or low >= 0:
                found = [v for v in found if not isinstance(v, int | float) or v >= 0]
            domains[key] = _extended(domain, found)
    finally:
        instance.close()


def _search(domain: Domain, ask: boundaries.Ask) -> list[Cell]:
    if domain.form in ("date", "datetime"):
        return boundaries.of_dates(ask, " 09:30:00" if domain.form == "datetime" else "")
    if domain.form in _NUMERIC:
        text = domain.column.affinity is Affinity.TEXT
        return boundaries.of_numbers(ask, whole=domain.form == "integer", text=text)
    return []


def _ask(instance: Instance, test: str, cells: Sequence[Cell]) -> list[bool]:
    return [truth(cell) is True for cell in _computed(instance, test, cells)]


def _computed(instance: Instance, test: str, cells: Sequence[Cell]) -> list[Cell]:
    rows = ", ".join(f"({_literal(cell)})" for cell in cells)
    sql = f"WITH v(c) AS (VALUES {rows}) SELECT ({test}) FROM v"  # noqa: S608 - a gold's own condition, guarded
    return [row[0] for row in instance.run(sql, steps=ASK_STEPS).rows]


def _literal(cell: Cell) -> str:
    """A number or a text as SQL."""
    if isinstance(cell, int | float):
        return repr(cell)
    return "'" + str(cell).replace("'", "''") + "'"
