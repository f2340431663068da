"""What each column of an instance may hold.

Promises: one `Domain` a column, from its declaration, the facts of the given rows and
what the golds say; columns that are compared with each other, or refer to each other,
draw from the same values. NULL only where the given rows have it or, without rows, where a
gold asks about it.

Does not cover: the rows themselves (`filling.py`).
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from verifier_server.verifiers.sql.instances import formats, naming, values
from verifier_server.verifiers.sql.instances.invariants import ColumnFacts, Facts, Key
from verifier_server.verifiers.sql.instances.predicates import Reading, Usage, blocks_of
from verifier_server.verifiers.sql.rows import Cell
from verifier_server.verifiers.sql.schema import Affinity, Column, Schema, Table

MAX_POOL = 72
NO_USAGE = Usage()
_COMPARED = frozenset(("eq", "neq", "gt", "gte", "lt", "lte", "in", "between"))
_NOON = "12:00"


@dataclass(frozen=True, slots=True)
class Domain:
    """The values of one column.

    `pool` is in the column's own storage classes; `common` are those of it that have nothing to do
    with a gold's constants. `free` says that other numbers between `low` and `high` will do too,
    `closed` that a CHECK forbids others than those of the pool, as far as is known.
    """

    column: Column
    form: str
    pool: tuple[Cell, ...]
    common: tuple[Cell, ...]
    nulls: bool
    free: bool
    low: float
    high: float
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """Columns that take their values from another table's: a foreign key, or as good as one."""

    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    declared: bool


@dataclass(frozen=True, slots=True)
class Model:
    """All domains, and what must hold between rows. Names in lower case.

    `keys` are sets of columns without duplicates, by table. `ordered` and `determined` are those of
    `facts` that touch neither keys nor references, which have rules of their own.
    """

    schema: Schema
    tables: Mapping[str, Table]
    domains: Mapping[Key, Domain]
    references: Mapping[str, tuple[Reference, ...]]
    keys: Mapping[str, tuple[tuple[str, ...], ...]]
    facts: Facts
    ordered: Mapping[str, tuple[tuple[str, str], ...]]
    determined: Mapping[str, tuple[tuple[str, str, Mapping[Cell, Cell]], ...]]


def model(schema: Schema, facts: Facts, reading: Reading) -> Model:
    """The model of a schema whose given rows have `facts`, for golds that ask `reading`."""
    tables = {table.name.lower(): table for table in schema.tables}
    references = {name: _references(table, tables) for name, table in tables.items()}
    _add_soft(references, facts, reading, tables)
    keys = _keys(tables, references, facts, _repeated(reading), _once(reading))
    domains = _domains(tables, facts, reading, references, keys)
    ordered: dict[str, tuple[tuple[str, str], ...]] = {}
    determined: dict[str, tuple[tuple[str, str, Mapping[Cell, Cell]], ...]] = {}
    for name, table in tables.items():
        tied = {part for key in keys[name] for part in key}
        tied.update(part for each in references[name] for part in each.columns)
        tied.update(column.name.lower() for column in table.columns if column.generated)
        ordered[name] = tuple(
            pair for pair in facts.ordered.get(name, ()) if not tied.intersection(pair)
        )
        determined[name] = tuple(
            each for each in facts.determined.get(name, ()) if not tied.intersection(each[:2])
        )
    return Model(schema, tables, domains, references, keys, facts, ordered, determined)


def _repeated(reading: Reading) -> frozenset[Key]:
    """Columns by which a gold groups the rows of their own table, which so are not unique."""
    found: set[Key] = set()
    for root in (each for sides in reading.roots for each in sides):
        for block in blocks_of(root):
            if len(block.sources) == 1 and not block.derived and len(block.grouped) == 1:
                found.add((block.sources[0].table.name.lower(), block.grouped[0][1]))
    return frozenset(found)


def _once(reading: Reading) -> frozenset[Key]:
    """Columns of which a gold counts each value once, as if they could repeat."""
    return frozenset(key for key, usage in reading.usages.items() if usage.once)


def _references(table: Table, tables: Mapping[str, Table]) -> tuple[Reference, ...]:
    found: list[Reference] = []
    for key in table.foreign_keys:
        target = tables.get(key.target.lower())
        if target is None or len(key.columns) != len(key.target_columns):
            continue
        ends = [table.column(name) for name in key.columns]
        ends.extend(target.column(name) for name in key.target_columns)
        if all(each is not None and not each.generated for each in ends):
            found.append(
                Reference(
                    tuple(name.lower() for name in key.columns),
                    key.target.lower(),
                    tuple(name.lower() for name in key.target_columns),
                    True,
                )
            )
    return tuple(dict.fromkeys(found))


def _add_soft(
    references: dict[str, tuple[Reference, ...]],
    facts: Facts,
    reading: Reading,
    tables: Mapping[str, Table],
) -> None:
    """References that are not declared: shown by the rows or, without rows, joined on a key."""
    pairs = list(facts.contained)
    for one, other in reading.joined:
        if any(
            (known := facts.columns.get(key)) is not None and known.rows for key in (one, other)
        ):
            continue
        for child, parent in ((one, other), (other, one)):
            if (parent[1],) in _own_keys(tables[parent[0]]) and child[0] != parent[0]:
                pairs.append((child, parent))
                break
    for child, parent in pairs:
        there = references[child[0]]
        if any(child[1] in each.columns for each in there):
            continue
        if _computed(tables[child[0]], child[1:]) or _computed(tables[parent[0]], parent[1:]):
            continue
        if child[0] != parent[0] and not _reaches(references, parent[0], child[0]):
            references[child[0]] = (
                *there,
                Reference((child[1],), parent[0], (parent[1],), False),
            )


def _reaches(references: Mapping[str, tuple[Reference, ...]], start: str, goal: str) -> bool:
    waiting, seen = [start], {start}
    while waiting:
        for each in references[waiting.pop()]:
            if each.target == goal:
                return True
            if each.target not in seen:
                seen.add(each.target)
                waiting.append(each.target)
    return False


def _own_keys(table: Table) -> tuple[tuple[str, ...], ...]:
    """Declared keys; without any, the column that is named as the table's own number."""
    declared = [
        tuple(name.lower() for name in each) for each in (table.primary_key, *table.uniques) if each
    ]
    if declared:
        return tuple(dict.fromkeys(declared))
    referring = {name.lower() for key in table.foreign_keys for name in key.columns}
    name = re.sub(r"[^a-z0-9]", "", table.name.lower())
    stems = {name, name.rstrip("s"), re.sub(r"ies$", "y", name), re.sub(r"es$", "", name)}
    wanted = {"id"} | {f"{stem}{end}" for stem in stems for end in ("id", "no", "code", "number")}
    for column in table.columns:
        if column.name.lower() in referring:
            continue
        if re.sub(r"[^a-z0-9]", "", column.name.lower()) in wanted:
            return ((column.name.lower(),),)
    return ()


def _keys(
    tables: Mapping[str, Table],
    references: Mapping[str, tuple[Reference, ...]],
    facts: Facts,
    repeated: frozenset[Key],
    once: frozenset[Key],
) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Declared keys, targets of foreign keys, and what the rows show or names suggest."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for name, table in tables.items():
        with_rows = any(
            known.rows > 0
            for column in table.columns
            if (known := facts.columns.get((name, column.name.lower()))) is not None
        )
        if with_rows:
            keys = [
                key
                for key in _own_keys(table)
                if len(key) > 1 or _distinct(facts.columns.get((name, key[0])), table, key)
            ]
            keys.extend(
                (column.name.lower(),)
                for column in table.columns
                if (known := facts.columns.get((name, column.name.lower()))) is not None
                and _always_unique(known, column, references[name])
                and (name, column.name.lower()) not in repeated
                and not column.generated
            )
        else:
            keys = list(_own_keys(table))
            columns = {column.name.lower() for column in table.columns}
            referring = {part for each in references[name] for part in each.columns}
            doubled = any((name, each) in once for each in columns)
            if not keys and len(columns) > 1 and columns <= referring and not doubled:
                keys.append(tuple(column.name.lower() for column in table.columns))
        found[name] = keys
    for each in (one for many in references.values() for one in many if one.declared):
        found[each.target].append(each.target_columns)
    return {
        name: tuple(key for key in dict.fromkeys(keys) if not _computed(tables[name], key))
        for name, keys in found.items()
    }


def _always_unique(known: ColumnFacts, column: Column, references: Sequence[Reference]) -> bool:
    """Whether rows without duplicates are evidence enough: an identifier needs fewer of them."""
    if any(column.name.lower() in each.columns for each in references):
        return known.unique and known.always
    if naming.is_identifier(column.name):
        return known.unique
    return known.always and not naming.is_measure(column.name)


def _distinct(known: ColumnFacts | None, table: Table, key: tuple[str, ...]) -> bool:
    """Whether a column is declared a key, or named like one and without duplicates in the rows."""
    declared = [
        tuple(name.lower() for name in each) for each in (table.primary_key, *table.uniques)
    ]
    return key in declared or (known is not None and known.distinct and not known.nulls)


def _computed(table: Table, key: tuple[str, ...]) -> bool:
    """Whether a column of `key` is generated: SQLite alone can tell what it will be."""
    columns = [table.column(name) for name in key]
    return any(column is None or column.generated for column in columns)


def _domains(
    tables: Mapping[str, Table],
    facts: Facts,
    reading: Reading,
    references: Mapping[str, tuple[Reference, ...]],
    keys: Mapping[str, tuple[tuple[str, ...], ...]],
) -> dict[Key, Domain]:
    raw: dict[Key, list[Cell]] = {}
    common: dict[Key, tuple[Cell, ...]] = {}
    forms: dict[Key, str] = {}
    for name, table in tables.items():
        for column in table.columns:
            key = name, column.name.lower()
            usage = reading.usages.get(key, NO_USAGE)
            known = facts.columns.get(key)
            sample = known.sample if known is not None else ()
            form = forms[key] = values.form_of(column, usage, sample)
            empty = known is not None and known.rows > 0 and not sample
            shown = None if sample or empty else _shown(column, usage, form)
            if shown is not None:
                form = forms[key] = "text"
                common[key] = formats.family(shown)
            elif sample or empty:
                common[key] = sample
            else:
                common[key] = values.generic(column, usage, form, name)
            raw[key] = [
                value
                for hint in usage.hints
                for value in _shaped(column, sample, shown, values.from_hint(hint, usage, form))
                if known is None
                or not sample
                or _allowed(value, hint.value, known)
                or value in _asked_below(usage)
            ]
            if shown is not None:
                common[key] = tuple(each for each in common[key] if each not in raw[key])
    shared = _shared(reading, references)
    domains: dict[Key, Domain] = {}
    for name, table in tables.items():
        for column in table.columns:
            key = name, column.name.lower()
            usage = reading.usages.get(key, NO_USAGE)
            known = facts.columns.get(key)
            group = shared.get(key, (key,))
            wanted = [value for each in group if each in raw for value in raw[each]]
            wanted.extend(value for each in group if each in common for value in common[each])
            domains[key] = _domain(
                key, column, usage, known, forms[key], wanted, common[key], keys, _optional(table)
            )
    return domains


def _domain(
    key: Key,
    column: Column,
    usage: Usage,
    facts: ColumnFacts | None,
    form: str,
    wanted: list[Cell],
    common: tuple[Cell, ...],
    keys: Mapping[str, tuple[tuple[str, ...], ...]],
    optional: Collection[tuple[str, ...]],
) -> Domain:
    in_key = any(key[1] in each for each in keys[key[0]])
    must = in_key and (key[1],) not in optional
    pool = [values.coerce(value, column.affinity) for value in wanted]
    if column.affinity in (Affinity.INTEGER, Affinity.REAL):
        pool = [value for value in pool if isinstance(value, int | float)] or [1, 2, 3]
    if in_key:
        below = _asked_below(usage)
        pool = [v for v in pool if not isinstance(v, int | float) or v > 0 or v in below] or pool
    if column.affinity is Affinity.INTEGER or (facts is not None and facts.whole):
        pool = [v for v in pool if not isinstance(v, float) or v.is_integer()] or pool
    if facts is not None and facts.rows:
        nulls = facts.nulls
    else:
        nulls = usage.nulls and not column.not_null and not must
    pool = list(dict.fromkeys(pool))[:MAX_POOL]
    if nulls:
        pool.append(None)
    usual = tuple(dict.fromkeys(values.coerce(value, column.affinity) for value in common))
    numbers = [value for value in usual if isinstance(value, int | float)]
    free = (
        len(numbers) == len(usual) > 4
        and form in ("integer", "real")
        and (facts is None or not facts.enum)
        and not (facts is not None and facts.sample and len(facts.sample) < 6)
    )
    return Domain(
        column=column,
        form=form,
        pool=tuple(pool),
        common=usual,
        nulls=nulls and not column.not_null,
        free=free,
        low=float(min(numbers, default=0)),
        high=float(max(numbers, default=0)),
    )


def _optional(table: Table) -> tuple[tuple[str, ...], ...]:
    """Keys that are declared UNIQUE alone, of which SQL lets any number be NULL."""
    found = (tuple(name.lower() for name in each) for each in table.uniques)
    own = tuple(name.lower() for name in table.primary_key)
    return tuple(each for each in found if each != own)


def _asked_below(usage: Usage) -> frozenset[Cell]:
    """Values below what a key or a count would be, where a gold asks for nothing else.

    `id < 0` finds nothing in the given rows and should in an instance, or whatever finds nothing
    is right.
    """
    found: set[Cell] = set()
    for hint in usage.hints:
        value = hint.value
        if hint.wrapped or not isinstance(value, int | float) or value > 0:
            continue
        if hint.comparison == "eq":
            found.add(value)
        elif hint.comparison in ("lt", "lte"):
            found.update((value - 1, value) if hint.comparison == "lte" else (value - 1,))
    return frozenset(found)


def _shown(column: Column, usage: Usage, form: str) -> formats.Form | None:
    """The form of a text column without rows, as the golds' constants or else its name show it."""
    clock = column.declared.upper() == "TIME"
    if not clock and (column.affinity is not Affinity.TEXT or form in ("date", "datetime", "flag")):
        return None
    constants = [h.value for h in usage.hints if not h.wrapped and h.comparison in _COMPARED]
    if not constants and (clock or naming.is_time(column.name)):
        constants = [_NOON]
    return formats.suggested(constants)


def _shaped(
    column: Column,
    sample: tuple[Cell, ...],
    shown: formats.Form | None,
    wanted: Iterable[Cell],
) -> Iterator[Cell]:
    """Those of `wanted` that the column can have, in the form that its given values share."""
    truths = column.affinity is not Affinity.TEXT and formats.truth_only(column.declared, sample)
    form = shown or formats.form_of(sample)
    for each in wanted:
        cell = str(each) if shown is not None and isinstance(each, int | float) else each
        value = cell if form is None else form.conforming(cell)
        if value is not None and not (truths and not formats.is_truth(value)):
            yield value


def _allowed(value: Cell, constant: Cell, known: ColumnFacts) -> bool:
    """Whether a value made from a gold's constant fits what the given rows show."""
    if value == constant:
        return True
    if known.enum:
        return value in known.sample
    if isinstance(value, int | float) and known.low is not None and known.low >= 0:
        return value >= 0
    return True


def _shared(
    reading: Reading, references: Mapping[str, tuple[Reference, ...]]
) -> dict[Key, tuple[Key, ...]]:
    """For each column that is compared with others: all that are, directly or through others."""
    pairs = list(reading.joined)
    for name, each in ((name, one) for name, many in references.items() for one in many):
        for mine, theirs in zip(each.columns, each.target_columns, strict=True):
            pairs.append(((name, mine), (each.target, theirs)))
    groups: dict[Key, list[Key]] = {}
    for one, other in pairs:
        first, second = groups.setdefault(one, [one]), groups.setdefault(other, [other])
        if first is not second:
            first.extend(second)
            for key in second:
                groups[key] = first
    return {key: tuple(group) for key, group in groups.items()}
