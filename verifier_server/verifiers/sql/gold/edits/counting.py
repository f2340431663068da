"""Edits of what is counted and of what is shown once: COUNT, DISTINCT.

Promises: as for `predicates.py`. Left out is what cannot matter by the schema or by the form:
DISTINCT where the rows are different anyway or are compared as a set, COUNT(*) for the COUNT of
what is never NULL.

Does not cover: keys that the data has without being declared.
"""

from collections.abc import Iterator

from sqlglot import exp

from verifier_server.verifiers.sql.gold.edits.columns import Source, Sources
from verifier_server.verifiers.sql.gold.edits.edit import Edit, setting
from verifier_server.verifiers.sql.schema import Column, Table

_COUNTED = (exp.Count, exp.Sum, exp.Avg)


def edits(node: exp.Expr, known: Sources) -> Iterator[Edit]:
    """The edits of counts and of DISTINCT at one node."""
    if isinstance(node, exp.Select):
        if node.args.get("distinct") is not None:
            change: exp.Expr | None = None
        else:
            change = exp.Distinct()
        if _distinct_matters(node, known):
            yield setting("distinct", node, "distinct", change)
    elif isinstance(node, exp.Count) and isinstance(node.this, exp.Star):
        yield from _rows(node, known)
    elif isinstance(node, _COUNTED):
        yield from _values(node, known)


def _rows(node: exp.Count, known: Sources) -> Iterator[Edit]:
    """COUNT(*) for COUNT of what may be NULL or repeated."""
    found = known.by_select.get(id(node.parent_select), ())
    # What an outer join leaves NULL is where the two part.
    for source in sorted(found, key=lambda each: not each.outer)[:1]:
        keys = {name.lower() for name in source.table.primary_key}
        columns = [each for each in source.table.columns if each.name.lower() not in keys]
        nullable = [each for each in columns if source.outer or not each.not_null]
        for column in nullable[:1]:
            yield setting("count", node, "this", _named(source, column))
        for column in columns[:1]:
            repeated = exp.Distinct(expressions=[_named(source, column)])
            yield setting("count", node, "this", repeated)


def _values(node: exp.Expr, known: Sources) -> Iterator[Edit]:
    """COUNT, SUM or AVG of all values for that of the different ones, and of rows."""
    distinct = isinstance(node.this, exp.Distinct)
    inner = node.this.expressions[0] if distinct else node.this
    if inner is None or (distinct and len(node.this.expressions) > 1):
        return
    if not _is_different_in_each_row(inner, node, known):
        other = inner.copy() if distinct else exp.Distinct(expressions=[inner.copy()])
        yield setting("count", node, "this", other)
    if isinstance(node, exp.Count) and (distinct or not _is_never_null(inner, known)):
        yield setting("count", node, "this", exp.Star())


def _named(source: Source, column: Column) -> exp.Column:
    label = source.node.alias_or_name
    return exp.column(exp.to_identifier(column.name), table=exp.to_identifier(label))


def _is_never_null(node: exp.Expr, known: Sources) -> bool:
    source = known.of(node) if isinstance(node, exp.Column) else None
    if source is None or source.outer:
        return False
    column = source.columns.get(node.name.lower())
    keys = {name.lower() for name in source.table.primary_key}
    return column is not None and (column.not_null or node.name.lower() in keys)


def _is_different_in_each_row(node: exp.Expr, inside: exp.Expr, known: Sources) -> bool:
    select = inside.parent_select
    if not isinstance(node, exp.Column) or select is None or select.args.get("joins"):
        return False
    source = known.of(node)
    return source is not None and {node.name.lower()} in _keys(source.table)


def _keys(table: Table) -> list[set[str]]:
    """The sets of columns, in lower case, of which no two rows have the same values."""
    needed = {each.name.lower() for each in table.columns if each.not_null}
    keys = [{name.lower() for name in each} for each in table.uniques]
    primary = {name.lower() for name in table.primary_key}
    return [each for each in keys if each <= needed] + ([primary] if primary else [])


def _distinct_matters(node: exp.Select, known: Sources) -> bool:
    above = node.parent.parent if isinstance(node.parent, exp.Subquery) else node.parent
    if node.args.get("from_") is None or isinstance(above, exp.In | exp.Exists):
        return False
    if isinstance(above, exp.SetOperation) and above.args.get("distinct"):
        return False
    group = node.args.get("group")
    if group is None:
        # Aggregates without GROUP BY make one row.
        aggregated = any(_is_aggregated(each) for each in node.expressions)
        return not aggregated and not _shows_keys(node, known)
    shown = {each.unalias() for each in node.expressions}
    aliases = {each.alias.lower() for each in node.expressions if each.alias}
    return not all(
        each in shown
        or isinstance(each, exp.Literal)
        or (isinstance(each, exp.Column) and not each.table and each.name.lower() in aliases)
        for each in group.expressions
    )


def _shows_keys(node: exp.Select, known: Sources) -> bool:
    """Whether a key of every table is among what is shown."""
    found = known.by_select.get(id(node), ())
    if not found or len(found) != 1 + len(node.args.get("joins") or []):
        return False
    if any(isinstance(each, exp.Star) for each in node.expressions):
        return all(_keys(source.table) for source in found)
    shown: dict[str, set[str]] = {}
    for each in node.expressions:
        column = each.unalias()
        source = known.of(column) if isinstance(column, exp.Column) else None
        if source is not None:
            shown.setdefault(source.label, set()).add(column.name.lower())
    return all(
        any(key <= shown.get(source.label, set()) for key in _keys(source.table))
        for source in found
    )


def _is_aggregated(node: exp.Expr) -> bool:
    aggregate = node.find(exp.AggFunc)
    return aggregate is not None and not isinstance(aggregate.parent, exp.Window)
