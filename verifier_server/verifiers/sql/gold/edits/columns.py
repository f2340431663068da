"""Edits that need the schema: one column or table for a sibling.

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
# How many tables of a large schema are tried in the place of one.
MAX_TABLES = 100


@dataclass(frozen=True, slots=True)
class Source:
    """One table in a FROM: `label` is how columns name it, in lower case."""

    label: str
    table: Table
    columns: Mapping[str, Column]  # by their names in lower case
    node: exp.Table
    outer: bool  # its rows may be NULL: the right side of a LEFT JOIN


@dataclass(frozen=True)
class Sources:
    """The tables of each SELECT, by the identity of its node."""

    by_select: Mapping[int, tuple[Source, ...]]
    schema: Schema

    def of(self, column: exp.Column) -> Source | None:
        """The source that a column is of."""
        label, name = column.table.lower(), column.name.lower()
        select = column.parent_select
        while select is not None:
            for source in self.by_select.get(id(select), ()):
                if label == source.label or (not label and name in source.columns):
                    return source
            select = select.parent_select
        return None


def sources(tree: exp.Expr, schema: Schema) -> Sources:
    """Finds the tables of every SELECT; names of common table expressions are none."""
    hidden = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    found: dict[int, tuple[Source, ...]] = {}
    tables = {table.name.lower(): table for table in schema.tables}
    columns = {
        name: {each.name.lower(): each for each in tables[name].columns}
        for name in {node.name.lower() for node in tree.find_all(exp.Table)}
        if name in tables
    }
    for select in tree.find_all(exp.Select):
        of_select: list[Source] = []
        start = select.args.get("from_")
        joins = select.args.get("joins") or []
        for each in [start, *joins]:
            node = each.this if each is not None else None
            name = node.name.lower() if isinstance(node, exp.Table) else ""
            if isinstance(node, exp.Table) and name in columns and name not in hidden:
                outer = isinstance(each, exp.Join) and each.side == "LEFT"
                label = node.alias_or_name.lower()
                of_select.append(Source(label, tables[name], columns[name], node, outer))
        found[id(select)] = tuple(of_select)
    return Sources(found, schema)


def edits(node: exp.Expr, known: Sources) -> Iterator[Edit]:
    """The edits of columns and tables at one node."""
    if isinstance(node, exp.Column) and isinstance(node.this, exp.Identifier):
        yield from _column(node, known)
    elif isinstance(node, exp.Select):
        for source in known.by_select.get(id(node), ()):
            yield from _table(source, node, known.schema)


def _column(node: exp.Column, known: Sources) -> Iterator[Edit]:
    source = known.of(node)
    column = source.columns.get(node.name.lower()) if source is not None else None
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


def _table(source: Source, select: exp.Select, schema: Schema) -> Iterator[Edit]:
    used = {
        each.name.lower()
        for each in select.find_all(exp.Column)
        if each.table.lower() in ("", source.label)
    }
    needed = used & source.columns.keys()
    # Without an alias its columns may carry its name, which then has to stay.
    alias = source.node.args.get("alias") or exp.TableAlias(
        this=exp.to_identifier(source.node.name)
    )
    for other in schema.tables[:MAX_TABLES]:
        if other is source.table or any(other.column(name) is None for name in needed):
            continue
        make = exp.Table(this=exp.to_identifier(other.name), alias=alias.copy())
        yield replacing("table", source.node, make.copy)
