"""SELECT, set operations, WITH.

Promises: clauses that SQLite lacks (QUALIFY, DISTINCT ON, WITH TIES) become a query
around the query; NULLs sort as in the dialect.

Does not cover: ROLLUP, CUBE, GROUPING SETS, row locks, percentages of rows.
"""

from collections.abc import Callable

from sqlglot import exp

from verifier_server.verifiers.sql.dialects.pieces import Piece, common, refuse
from verifier_server.verifiers.sql.dialects.rules import aggregates, around, sources
from verifier_server.verifiers.sql.dialects.rules.around import Item, cut
from verifier_server.verifiers.sql.dialects.rules.operators import identifier
from verifier_server.verifiers.sql.dialects.scope import Columns, Scope
from verifier_server.verifiers.sql.dialects.writer import Rules, Writer

_SELECT = (
    "with_ distinct expressions from_ joins where group having qualify windows order limit "
    "offset hint"
)
_SET = "with_ this expression distinct order limit offset"
# Names that PostgreSQL gives to columns without one, where the reader's differ.
_NAMES: dict[type[exp.Expr], str] = {
    exp.TimestampTrunc: "date_trunc", exp.Case: "case", exp.StrPosition: "position",
    exp.GroupConcat: "string_agg", exp.Stddev: "stddev", exp.Variance: "variance",
}  # fmt: skip


def _inside(writer: Writer, scope: Scope, write: Callable[[], Piece]) -> Piece:
    outer, writer.scope = writer.scope, scope
    try:
        return write()
    finally:
        writer.scope = outer


def _select_rule(node: exp.Expr, writer: Writer) -> Piece:
    scope = Scope(parent=writer.scope)
    return _inside(writer, scope, lambda: _select(node, writer))


def _select(node: exp.Expr, writer: Writer) -> Piece:
    prefix = _with(node, writer)
    body = f" FROM {_from(node, writer)}" if node.args.get("from_") else ""
    items = _items(node, writer)
    where = node.args.get("where")
    if where is not None:
        body += f" WHERE {writer.piece(where.this).sql}"
    body += _group(node, items, writer)
    if node.args.get("having") is not None:
        having = _with_aliases(node.args["having"].this, node, items, writer)
        body += f" HAVING {writer.piece(having).sql}"
    if node.args.get("windows"):
        named = [
            f"{identifier(each.this.name)} AS ({aggregates.definition(each, writer)})"
            for each in node.args["windows"]
        ]
        body += f" WINDOW {', '.join(named)}"
    distinct = node.args.get("distinct")
    limit, offset, ties = _limit(node)
    if node.args.get("qualify") is not None or ties or (distinct and distinct.args.get("on")):
        text = around.kept(node, items, body, (limit, offset, ties), writer)
    else:
        word = "DISTINCT " if distinct is not None else ""
        order = node.args.get("order")
        if order is not None and writer.named("bigquery", "snowflake"):
            for each in order.expressions:
                if not isinstance(each.this, exp.Column):
                    _with_aliases(each.this, node, items, writer)
        text = f"SELECT {word}{', '.join(_shown(item) for item in items if item.text)}{body}"
        if order is not None:
            text += f" ORDER BY {aggregates.order_terms(order.expressions, writer)}"
        text += cut(limit, offset)
    writer.columns = _columns(items)
    return Piece(prefix + text)


def _with_aliases(
    condition: exp.Expr, node: exp.Expr, items: list[Item], writer: Writer
) -> exp.Expr:
    """HAVING, where the name of a column of the result goes before one of a table.

    SQLite has it the other way round. In MySQL the alias wins unless the query groups by the name
    (dev.mysql.com, SELECT); elsewhere it is not known, and refused.
    """
    if not writer.named("mysql", "bigquery", "snowflake"):
        return condition
    group = node.args.get("group")
    grouped = {each.name.lower() for each in group.expressions} if group is not None else set()
    named = {
        item.name.lower(): item.node.this
        for item in items
        if item.node is not None
        and writer.scope.find(item.name.lower(), "") is not None
        and item.name.lower() not in grouped
        and not (
            isinstance(item.node.this, exp.Column)
            and item.node.this.name.lower() == item.name.lower()
        )
    }

    def replaced(each: exp.Expr) -> exp.Expr:
        if isinstance(each, exp.AggFunc | exp.Query):
            return each
        if isinstance(each, exp.Column) and not each.text("table") and each.name.lower() in named:
            if not writer.named("mysql"):
                raise refuse(each, f"{each.name} is a column's name and another's alias")
            return exp.Paren(this=named[each.name.lower()].copy())
        made = each.copy()
        for child in list(made.iter_expressions()):
            child.replace(replaced(child))
        return made

    return replaced(condition) if named else condition


def _shown(item: Item) -> str:
    return f"{item.text} AS {identifier(item.name)}" if item.node is not None else item.text


def _columns(items: list[Item]) -> Columns | None:
    columns: Columns = {}
    for item in items:
        if item.text.endswith("*") and not item.name:
            return None
        columns.setdefault(item.name.lower(), item.piece)
    return columns


def _from(node: exp.Expr, writer: Writer) -> str:
    first, *rest = sources.source(node.args["from_"].this, writer)
    for _, name, columns in (first, *rest):
        writer.scope.sources[name] = columns
    more, _ = sources.joins(node.args.get("joins") or [], writer)
    return first[0] + more


def _items(node: exp.Expr, writer: Writer) -> list[Item]:
    items: list[Item] = []
    if not node.expressions:
        raise refuse(node, "a SELECT lacks its columns")
    for each in node.expressions:
        star = each.this if isinstance(each, exp.Column) else each
        if isinstance(star, exp.Star):
            items += _starred(node, each, star, writer)
            continue
        named = isinstance(each, exp.Alias)
        inner = each.this if named else each
        if writer.named("snowflake") and any(item.node is not None for item in items):
            inner = inner.transform(_lateral, items, writer)
        piece = writer.piece(inner)
        if piece.sql == "":
            raise refuse(each, "an interval as a result is not supported")
        if named:
            items.append(Item(piece.sql, each.alias, piece, each))
        elif isinstance(inner, exp.Column):
            items.append(Item(piece.sql, inner.name, piece))
        else:
            name = _default_name(inner) if writer.named("postgres") and writer.depth > 1 else ""
            items.append(Item(piece.sql, name, piece, each if name else None))
    return items


def _lateral(part: exp.Expr, items: list[Item], writer: Writer) -> exp.Expr:
    """Snowflake's names of columns to the left, where no table has the name."""
    if not isinstance(part, exp.Column) or part.text("table"):
        return part
    unknown = any(columns is None for columns in writer.scope.sources.values())
    if unknown or writer.scope.find(part.name.lower(), "") is not None:
        return part
    for item in items:
        if item.node is not None and item.name.lower() == part.name.lower():
            return exp.Paren(this=item.node.this.copy())
    return part


def _default_name(node: exp.Expr) -> str:
    """What PostgreSQL calls a column that is an expression (sql-select, SELECT list)."""
    while isinstance(node, exp.Window | exp.Filter | exp.Paren | exp.WithinGroup):
        node = node.this
    if isinstance(node, exp.Cast):
        inner = _default_name(node.this) if not isinstance(node.this, exp.Column) else ""
        return node.this.name if isinstance(node.this, exp.Column) else inner
    if type(node) in _NAMES:
        return _NAMES[type(node)]
    if isinstance(node, exp.Func) and not isinstance(node, exp.Anonymous | exp.And | exp.Or):
        return node.sql_name().lower()
    return ""


def _starred(node: exp.Expr, each: exp.Expr, star: exp.Star, writer: Writer) -> list[Item]:
    dropped = [item.name.lower() for item in star.args.get("except_") or []]
    if any(value for name, value in star.args.items() if name != "except_"):
        raise refuse(each, "* with changes is not supported")
    wanted = each.text("table") if isinstance(each, exp.Column) else ""
    known: list[Item] = []
    shared = any(
        join.args.get("using") or join.args.get("method") for join in node.args.get("joins") or []
    )
    complete = not shared or bool(wanted)
    for name, columns in writer.scope.sources.items():
        if wanted and name != wanted.lower():
            continue
        if columns is None or "" in columns or not name:
            complete = False
            continue
        known += [
            Item(f"{identifier(name)}.{identifier(column)}", column, piece)
            for column, piece in columns.items()
        ]
    expands = bool(dropped) or _wraps(node)
    if expands:
        if not complete or not known:
            raise refuse(each, "* is not supported here")
        return [item for item in known if item.name.lower() not in dropped]
    text = f"{identifier(wanted)}.*" if wanted else "*"
    if not complete or not known:
        return [Item(text, "", Piece(text))]
    # Written as *, known by its columns.
    rest = [Item("", item.name, item.piece) for item in known[1:]]
    return [Item(text, known[0].name, known[0].piece), *rest]


def _wraps(node: exp.Expr) -> bool:
    distinct = node.args.get("distinct")
    limit = node.args.get("limit")
    options = limit.args.get("limit_options") if limit is not None else None
    return bool(
        node.args.get("qualify")
        or (distinct and distinct.args.get("on"))
        or (options and options.args.get("with_ties"))
    )


def _group(node: exp.Expr, items: list[Item], writer: Writer) -> str:
    group = node.args.get("group")
    if group is None:
        return ""
    sources.check(group, frozenset({"expressions"}))
    keys: list[str] = []
    for each in group.expressions:
        if isinstance(each, exp.Rollup | exp.Cube | exp.GroupingSets):
            raise refuse(each, f"{each.key.upper()} is not supported")
        key = writer.piece(each).sql
        if writer.named("bigquery") and isinstance(each, exp.Column) and not each.text("table"):
            # An alias goes before a column of the same name (query-syntax, aliases).
            for item in items:
                if item.node is not None and item.name.lower() == each.name.lower():
                    key = item.text
        keys.append(key)
    return f" GROUP BY {', '.join(keys)}"


def _limit(node: exp.Expr) -> tuple[str, str, bool]:
    """LIMIT, OFFSET, and whether ties of the last row come too."""
    limit, offset = node.args.get("limit"), node.args.get("offset")
    count, skipped, ties = "", "", False
    if isinstance(limit, exp.Limit):
        sources.check(limit, frozenset({"expression", "offset", "limit_options"}))
        count = _number(limit, limit.expression)
        if limit.args.get("offset") is not None:
            skipped = _number(limit, limit.args["offset"])
    elif isinstance(limit, exp.Fetch):
        count = _number(limit, limit.args.get("count")) if limit.args.get("count") else "1"
    elif limit is not None:
        raise refuse(node, "this LIMIT is not supported")
    options = limit.args.get("limit_options") if limit is not None else None
    if options is not None:
        if options.args.get("percent"):
            raise refuse(node, "a percentage of rows is not supported")
        ties = bool(options.args.get("with_ties"))
    if offset is not None:
        sources.check(offset, frozenset({"expression"}))
        skipped = _number(offset, offset.expression)
    return count, skipped, ties


def _number(node: exp.Expr, value: exp.Expr | None) -> str:
    while isinstance(value, exp.Paren):
        value = value.this
    if isinstance(value, exp.Null) or (isinstance(value, exp.Column) and value.name == "ALL"):
        return ""
    if not isinstance(value, exp.Literal) or value.is_string or not value.name.isdigit():
        raise refuse(node, "LIMIT and OFFSET take a number")
    return str(value.name)


def _with(node: exp.Expr, writer: Writer) -> str:
    """WITH, whose names are known to the scope afterwards."""
    clause = node.args.get("with_")
    if clause is None:
        return ""
    sources.check(clause, frozenset({"expressions", "recursive"}))
    recursive = bool(clause.args.get("recursive"))
    made: list[str] = []
    for each in clause.expressions:
        if not isinstance(each, exp.CTE):
            raise refuse(each, "this WITH is not supported")
        sources.check(each, frozenset({"this", "alias", "materialized"}))
        if not isinstance(each.this, exp.Query):
            raise refuse(each, "WITH takes queries")
        made.append(_common_table(each, recursive, writer))
    return f"WITH {'RECURSIVE ' if recursive else ''}{', '.join(made)} "


def _common_table(each: exp.CTE, recursive: bool, writer: Writer) -> str:
    alias = each.args["alias"]
    name, names = alias.name, [column.name for column in alias.args.get("columns") or []]
    key = name.lower()
    union = isinstance(each.this, exp.SetOperation)
    itself = union and (recursive or writer.named("tsql", "snowflake"))
    inner = Scope(parent=writer.scope)
    if itself:
        inner.tables[key] = {column.lower(): Piece("") for column in names} or None
    else:
        # Not recursive: the name inside is the table's.
        inner.natives = frozenset({key})
    body = _inside(writer, inner, lambda: writer.piece(each.this)).sql
    columns = writer.columns
    if names and columns is not None:
        columns = dict(zip((n.lower() for n in names), columns.values(), strict=False))
    if itself:
        columns = {key_: Piece("", p.kind) for key_, p in columns.items()} if columns else None
    writer.scope.tables[key] = columns
    listed = f"({', '.join(identifier(column) for column in names)})" if names else ""
    return f"{identifier(name)}{listed} AS ({body})"


_WORDS = {exp.Union: "UNION", exp.Except: "EXCEPT", exp.Intersect: "INTERSECT"}


def _combined_rule(node: exp.Expr, writer: Writer) -> Piece:
    scope = Scope(parent=writer.scope)
    return _inside(writer, scope, lambda: _combined(node, writer))


def _combined(node: exp.Expr, writer: Writer) -> Piece:
    prefix = _with(node, writer)
    parts: list[str] = []
    known: list[Columns | None] = []
    at: exp.Expr = node
    while isinstance(at, exp.SetOperation) and (at is node or not _ends(at)):
        all_ = at.args.get("distinct") is False
        word = _WORDS.get(type(at))
        if word is None or (all_ and word != "UNION"):
            raise refuse(at, "this combination of queries is not supported")
        parts += [_operand(at.expression, writer), word + (" ALL" if all_ else "")]
        known.append(writer.columns)
        at = at.this
    parts.append(_operand(at, writer))
    columns = _merged(writer.columns, known)
    text = " ".join(reversed(parts))
    order = node.args.get("order")
    if order is not None:
        text += f" ORDER BY {aggregates.order_terms(order.expressions, writer)}"
    limit, offset, ties = _limit(node)
    if ties:
        raise refuse(node, "WITH TIES is not supported here")
    writer.columns = columns
    return Piece(prefix + text + cut(limit, offset))


def _merged(first: Columns | None, others: list[Columns | None]) -> Columns | None:
    """The columns of queries one below the other: the first one's names, types of all."""
    if first is None:
        return None
    rows = [list(columns.values()) for columns in (first, *others) if columns is not None]
    if len(rows) <= len(others) or any(len(row) != len(first) for row in rows):
        return {name: Piece("") for name in first}
    return {name: common([row[i] for row in rows]) for i, name in enumerate(first)}


def _ends(node: exp.Expr) -> bool:
    return any(node.args.get(key) for key in ("with_", "order", "limit", "offset"))


def _operand(node: exp.Expr, writer: Writer) -> str:
    while isinstance(node, exp.Subquery) and not node.args.get("alias") and not _ends(node):
        node = node.this
    text = writer.piece(node).sql
    # SQLite allows neither parentheses nor ORDER BY and LIMIT in an operand.
    if isinstance(node, exp.Select) and not _ends(node):
        return text
    return f"SELECT * FROM ({text})"


def subquery(node: exp.Expr, writer: Writer) -> Piece:
    """A query in parentheses: a value, or the whole query."""
    inner = writer.of(node)
    columns = writer.columns
    if _ends(node):
        scope = Scope(parent=writer.scope)
        return _inside(writer, scope, lambda: _bracketed(node, inner, writer))
    known = next(iter(columns.values())) if columns else Piece("")
    return known.like(f"({inner.sql})")


def _bracketed(node: exp.Expr, inner: Piece, writer: Writer) -> Piece:
    if node.args.get("with_"):
        raise refuse(node, "WITH before parentheses is not supported")
    text = f"SELECT * FROM ({inner.sql})"
    order = node.args.get("order")
    if order is not None:
        text += f" ORDER BY {aggregates.order_terms(order.expressions, writer)}"
    limit, offset, ties = _limit(node)
    if ties:
        raise refuse(node, "WITH TIES is not supported here")
    return Piece(f"({text}{cut(limit, offset)})")


def _values(node: exp.Expr, writer: Writer) -> Piece:
    rows = ", ".join(writer.piece(each).sql for each in node.expressions)
    writer.columns = None
    return Piece(f"VALUES {rows}")


RULES: Rules = {
    exp.Select: (_select_rule, _SELECT),
    exp.Union: (_combined_rule, _SET),
    exp.Except: (_combined_rule, _SET),
    exp.Intersect: (_combined_rule, _SET),
    exp.Subquery: (subquery, "this order limit offset"),
    exp.Values: (_values, "expressions"),
}
