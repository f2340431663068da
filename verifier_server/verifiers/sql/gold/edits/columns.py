"""Edits that need the schema: one column or table for a sibling, what a COUNT counts.

Promises: a column is replaced by another of its own table and affinity, a table by one that
has all columns by which it is used. Columns of subqueries and common table
expressions are left alone: their names are the query's own.

Does not cover: correlated names beyond looking outwards from SELECT to SELECT.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from verifier_server.verifiers.sql.gold.edits.edit import Edit, replacing, setting
from verifier_server.verifiers.sql.schema import Column, Schema, Table

# A column of a wide table has more siblings than a writer confuses with it.
MAX_SIBLINGS = 3


@dataclass(frozen=True, slots=True)
class Source:
    """One table in a FROM: `label` is how columns name it, in lower case."""

    label: str
    table: Table
    node: exp.Table
    outer: bool  # its rows may be NULL: the right side of a LEFT JOIN


@dataclass(frozen=True)
class Sources:
    """The tables of each SELECT, by the identity of its node."""

    by_select: Mapping[int, tuple[Source, ...]]
    schema: Schema

    def of(self, column: exp.Column) -> Source | None:
        """The source that a column is of."""
        label = column.table.lower()
        select = column.parent_select
        while select is not None:
            for source in self.by_select.get(id(select), ()):
                if label == source.label or (not label and source.table.column(column.name)):
                    return source
            select = select.parent_select
        return None


def sources(tree: exp.Expr, schema: Schema) -> Sources:
    """Finds the tables of every SELECT; names of common table expressions are none."""
    hidden = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    found: dict[int, tuple[Source, ...]] = {}
    for select in tree.find_all(exp.Select):
        of_select: list[Source] = []
        start = select.args.get("from_")
        joins = select.args.get("joins") or []
        for each in [start, *joins]:
            node = each.this if each is not None else None
            if not isinstance(node, exp.Table) or node.name.lower() in hidden:
                continue
            table = schema.table(node.name)
            if table is not None:
                outer = isinstance(each, exp.Join) and each.side == "LEFT"
                of_select.append(Source(node.alias_or_name.lower(), table, node, outer))
        found[id(select)] = tuple(of_select)
    return Sources(found, schema)


def edits(node: exp.Expr, known: Sources) -> Iterator[Edit]:
    """The edits of columns, tables and counts at one node."""
    if isinstance(node, exp.Column) and isinstance(node.this, exp.Identifier):
        yield from _column(node, known)
    elif isinstance(node, exp.Count) and isinstance(node.this, exp.Star):
        yield from _count(node, known)
    elif isinstance(node, exp.Select):
        for source in known.by_select.get(id(node), ()):
            yield from _table(source, node, known.schema)


def _column(node: exp.Column, known: Sources) -> Iterator[Edit]:
    source = known.of(node)
    column = source.table.column(node.name) if source is not None else None
    if source is None or column is None:
        return
    for sibling in _siblings(source.table.columns, column):
        other = exp.to_identifier(sibling.name, quoted=node.this.args.get("quoted"))
        yield setting("column", node, "this", other)


def _siblings(columns: Sequence[Column], column: Column) -> list[Column]:
    """The columns of the same affinity, those declared nearest to it first."""
    here = columns.index(column)
    alike = [
        (abs(i - here), i)
        for i, each in enumerate(columns)
        if i != here and each.affinity is column.affinity
    ]
    return [columns[i] for _, i in sorted(alike)[:MAX_SIBLINGS]]


def _count(node: exp.Count, known: Sources) -> Iterator[Edit]:
    """COUNT(*) for COUNT of what may be NULL or repeated."""
    select = node.parent_select
    for source in known.by_select.get(id(select), ()):
        keys = {name.lower() for name in source.table.primary_key}
        columns = [each for each in source.table.columns if each.name.lower() not in keys]
        nullable = [each for each in columns if source.outer or not each.not_null]
        for column in nullable[:1]:
            yield setting("count", node, "this", _named(source, column))
        for column in columns[:1]:
            repeated = exp.Distinct(expressions=[_named(source, column)])
            yield setting("count", node, "this", repeated)


def _named(source: Source, column: Column) -> exp.Column:
    label = source.node.alias_or_name
    return exp.column(exp.to_identifier(column.name), table=exp.to_identifier(label))


def _table(source: Source, select: exp.Select, schema: Schema) -> Iterator[Edit]:
    used = {
        each.name.lower()
        for each in select.find_all(exp.Column)
        if each.table.lower() in ("", source.label)
    }
    needed = {name for name in used if source.table.column(name) is not None}
    # Without an alias its columns may carry its name, which then has to stay.
    alias = source.node.args.get("alias") or exp.TableAlias(
        this=exp.to_identifier(source.node.name)
    )
    for other in schema.tables:
        if other is source.table or any(other.column(name) is None for name in needed):
            continue
        make = exp.Table(this=exp.to_identifier(other.name), alias=alias.copy())
        yield replacing("table", source.node, make.copy)
