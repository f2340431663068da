"""What tables declare of values: CHECK constraints, and how computed columns are computed.

Promises: constants of a CHECK are hints at values as those of a gold are, values that alone break a
CHECK are left out, and a gold that asks about a computed column is read as asking about what it
is computed from. Reading is bounded by the schema.

Does not cover: whether rows keep all constraints: SQLite checks each row (`filling.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import sqlglot
from sqlglot import exp

from verifier_server.verifiers.sql.instances.domains import Domain, Model
from verifier_server.verifiers.sql.instances.invariants import Key
from verifier_server.verifiers.sql.instances.predicates import Leaf, Ref
from verifier_server.verifiers.sql.instances.probing import MAX_LEAVES, probe
from verifier_server.verifiers.sql.rows import Cell
from verifier_server.verifiers.sql.schema import Column, Schema, Table


@dataclass(frozen=True, slots=True)
class Declared:
    """`checks` are (table, condition); `computed` are expressions by column. Names in lower case.

    Of the computed columns only those whose name is that of no other table's column.
    """

    checks: tuple[tuple[str, exp.Expr], ...]
    computed: Mapping[str, exp.Expr]


def read_declared(schema: Schema) -> Declared:
    """What the tables of `schema` declare; what cannot be read is left out."""
    checks: list[tuple[str, exp.Expr]] = []
    computed: dict[str, exp.Expr] = {}
    names = [column.name.lower() for table in schema.tables for column in table.columns]
    for table in schema.tables:
        generated = {column.name.lower() for column in table.columns if column.generated}
        tree = _tree(table) if generated or "check" in table.sql.lower() else None
        if tree is None:
            continue
        checks.extend(
            (table.name.lower(), each.this) for each in tree.find_all(exp.CheckColumnConstraint)
        )
        for column in tree.find_all(exp.ColumnDef):
            rule = column.find(exp.ComputedColumnConstraint)
            name = column.name.lower()
            if rule is not None and name in generated and names.count(name) == 1:
                computed[name] = rule.this
    return Declared(tuple(checks), computed)


def questions(declared: Declared, schema: Schema) -> list[exp.Expr]:
    """The CHECK constraints as queries, which say of columns what those of a gold say."""
    written = {table.name.lower(): table.name for table in schema.tables}
    return [
        exp.select("*").from_(exp.to_identifier(written[table], quoted=True)).where(check.copy())
        for table, check in declared.checks
    ]


def resolved(tree: exp.Expr, declared: Declared) -> exp.Expr:
    """`tree` with its conditions on computed columns written as on what they are computed from."""
    if not declared.computed:
        return tree
    tree = tree.copy()
    for column in list(tree.find_all(exp.Column)):
        rule = declared.computed.get(column.name.lower())
        within = column.find_ancestor(exp.Where, exp.Join, exp.Select)
        if rule is None or not isinstance(within, exp.Where | exp.Join):
            continue
        meant = exp.Paren(this=rule.unnest().copy())
        for each in meant.find_all(exp.Column):
            each.set("table", column.args.get("table"))
        column.replace(meant)
    return tree


def narrowed(model: Model, declared: Declared, functions: frozenset[str]) -> Model:
    """`model` without the values that by themselves break a CHECK."""
    leaves: list[Leaf] = []
    keys: list[Key] = []
    for table, check in declared.checks:
        columns = list(check.find_all(exp.Column))
        found = {each.name.lower() for each in columns}
        if len(found) == 1 and (key := (table, found.pop())) in model.domains:
            places = tuple(dict.fromkeys((each.sql("sqlite"), 0) for each in columns))
            leaves.append(Leaf(check, ((len(keys), key[1]),), places))
            keys.append(key)
    leaves, keys = leaves[:MAX_LEAVES], keys[:MAX_LEAVES]
    if not leaves:
        return model
    sides: dict[Ref, Column] = {}
    pools: dict[Ref, Sequence[Cell]] = {}
    for leaf, key in zip(leaves, keys, strict=True):
        domain = model.domains[key]
        sides[leaf.refs[0]] = domain.column
        pools[leaf.refs[0]] = tuple(dict.fromkeys(domain.pool + domain.common))
    domains = dict(model.domains)
    for place, answers in probe(leaves, sides, pools, functions).items():
        broken = {values[0] for values, answer in answers.items() if answer is False}
        domains[keys[place]] = _without(domains[keys[place]], broken)
    return replace(model, domains=domains)


def _without(domain: Domain, broken: set[Cell]) -> Domain:
    pool = tuple(each for each in domain.pool if each not in broken)
    common = tuple(each for each in domain.common if each not in broken)
    if not broken or not (pool or common):
        return domain
    usual = common or tuple(each for each in pool if each is not None) or domain.common
    closed = len(common) < len(domain.common)
    free = domain.free and not closed
    return replace(domain, pool=pool or common, common=usual, free=free, closed=closed)


def _tree(table: Table) -> exp.Expr | None:
    try:
        return sqlglot.parse_one(table.sql, read="sqlite")
    except (sqlglot.errors.SqlglotError, RecursionError):
        return None
