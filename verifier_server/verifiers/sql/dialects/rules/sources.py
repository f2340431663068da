"""FROM: tables, derived tables, joins, VALUES, series.

Promises: prefixes of catalogs and schemas are dropped; a table is never taken for a
common table expression of its name.

Does not cover: LATERAL, UNNEST, pivots, samples, time travel.
"""

from sqlglot import exp

from verifier_server.verifiers.sql.dialects.pieces import PLUS, Kind, Piece, common, refuse
from verifier_server.verifiers.sql.dialects.rules import intervals
from verifier_server.verifiers.sql.dialects.rules.operators import identifier
from verifier_server.verifiers.sql.dialects.scope import Columns, columns_of_table, renamed
from verifier_server.verifiers.sql.dialects.writer import Writer

Source = tuple[str, str, Columns | None]  # text, name in lower case, columns

_TABLE = frozenset({"this", "alias", "db", "catalog", "joins", "hints"})
_SUBQUERY = frozenset({"this", "alias", "joins"})
_JOIN = frozenset({"this", "on", "using", "side", "kind", "method"})
_SIDES = ("", "LEFT", "RIGHT", "FULL")


def check(node: exp.Expr, allowed: frozenset[str]) -> None:
    """Refuse a node that has an argument besides the allowed ones."""
    for name, value in node.args.items():
        if value and name not in allowed:
            word = name.rstrip("_").replace("_", " ")
            raise refuse(node, f"{node.key.upper()} with {word} is not supported")


def source(node: exp.Expr, writer: Writer) -> list[Source]:
    """A source and what is joined to it inside its parentheses; the text is the first one's."""
    if isinstance(node, exp.Table):
        return _table(node, writer)
    if isinstance(node, exp.Subquery):
        return _derived(node, writer)
    if isinstance(node, exp.Values):
        return [_values(node, writer)]
    raise refuse(node, f"{node.key.upper()} in FROM is not supported")


def _alias(node: exp.Expr) -> tuple[str, list[str]]:
    alias = node.args.get("alias")
    if alias is None:
        return "", []
    if not isinstance(alias, exp.TableAlias):
        return str(alias.name), []
    return alias.name, [each.name for each in alias.args.get("columns") or []]


def _table(node: exp.Table, writer: Writer) -> list[Source]:
    check(node, _TABLE)
    alias, names = _alias(node)
    if isinstance(node.this, exp.ExplodingGenerateSeries | exp.GenerateSeries):
        return [_series(node.this, alias, names, writer)]
    if not isinstance(node.this, exp.Identifier):
        raise refuse(node, "a function in FROM is not supported")
    name = node.name
    key = name.lower()
    columns: Columns | None
    prefix = ""
    if not node.args.get("db") and writer.scope.common_table(key):
        columns = writer.scope.columns_of(key)
    else:
        known = writer.schema.table(name)
        columns = columns_of_table(known) if known is not None else None
        if writer.scope.common_table(key) or writer.scope.is_native(key):
            prefix = "main."
    text = prefix + identifier(name)
    if names:
        if columns is None or len(names) > len(columns):
            raise refuse(node, "names for the columns of this table are not supported")
        text, columns = _with_names(f"SELECT * FROM {text}", alias or name, columns, names)
    elif alias:
        text += f" AS {identifier(alias)}"
    made: list[Source] = [(text, (alias or name).lower(), columns)]
    if node.args.get("joins"):
        inner, more = joins(node.args["joins"], writer)
        made = [(text + inner, (alias or name).lower(), columns), *more]
    return made


def _with_names(
    query: str, alias: str, columns: Columns | None, names: list[str]
) -> tuple[str, Columns | None]:
    """A query under new column names: SQLite has them only for WITH."""
    known = renamed(columns, names) if columns is not None else None
    listed = ", ".join(identifier(name) for name in names)
    if columns is not None and len(columns) > len(names):
        listed += ", " + ", ".join(identifier(name) for name in list(columns)[len(names) :])
    inner = f"WITH verifier_named({listed}) AS ({query}) SELECT * FROM verifier_named"
    return f"({inner}) AS {identifier(alias)}", known


def _derived(node: exp.Subquery, writer: Writer) -> list[Source]:
    check(node, _SUBQUERY)
    alias, names = _alias(node)
    inner = node.this
    if isinstance(inner, exp.Query) and not isinstance(inner, exp.Table):
        while isinstance(inner, exp.Subquery) and not inner.args.get("alias"):
            inner = inner.this
        query, columns = writer.piece(inner).sql, writer.columns
        if names:
            text, columns = _with_names(query, alias, columns, names)
        else:
            text = f"({query})" + (f" AS {identifier(alias)}" if alias else "")
        made: list[Source] = [(text, alias.lower(), columns)]
    else:
        if alias:
            raise refuse(node, "a name for joined tables is not supported")
        first, *rest = source(inner, writer)
        made = [(f"({first[0]})", first[1], first[2]), *rest]
    if node.args.get("joins"):
        more_text, more = joins(node.args["joins"], writer)
        made = [(made[0][0] + more_text, made[0][1], made[0][2]), *made[1:], *more]
    return made


def _values(node: exp.Values, writer: Writer) -> Source:
    check(node, frozenset({"expressions", "alias"}))
    alias, names = _alias(node)
    rows = [writer.piece(each).sql for each in node.expressions]
    cells = [
        [
            writer.piece(cell)
            for cell in (each.expressions if isinstance(each, exp.Tuple) else [each])
        ]
        for each in node.expressions
    ]
    first = node.expressions[0]
    width = len(first.expressions) if isinstance(first, exp.Tuple) else 1
    given = names or [f"column{i + 1}" for i in range(width)]
    if len(given) != width:
        raise refuse(node, "VALUES has another number of columns than names")
    listed = ", ".join(identifier(name) for name in given)
    inner = (
        f"WITH verifier_named({listed}) AS (VALUES {', '.join(rows)}) SELECT * FROM verifier_named"
    )
    columns: Columns = {name.lower(): Piece("") for name in given}
    if all(len(row) == width for row in cells):
        columns = {name.lower(): common([row[i] for row in cells]) for i, name in enumerate(given)}
    return f"({inner})" + (f" AS {identifier(alias)}" if alias else ""), alias.lower(), columns


def _series(node: exp.Expr, alias: str, names: list[str], writer: Writer) -> Source:
    """generate_series(start, end[, step]): postgresql.org, functions-srf."""
    if not writer.named("postgres"):
        raise refuse(node, "a series in FROM is not supported")
    start, end = writer.of(node, "start"), writer.of(node, "end")
    column = names[0] if names else alias or "generate_series"
    step = writer.of(node, "step") if node.args.get("step") else Piece("1", Kind.INTEGER)
    if step.literal is not None:
        step = intervals.text_interval(node, step.literal)
    if step.kind is Kind.INTERVAL:
        base = Piece("n", start.kind)
        following = intervals.shifted(node, base, step.steps, 1).sql
        forward = all(isinstance(each.amount, int) and each.amount > 0 for each in step.steps)
        kind = start.kind
    else:
        if {start.kind, end.kind, step.kind} != {Kind.INTEGER}:
            raise refuse(node, "a series of this type is not supported")
        following = f"n + {step.tight(PLUS - 1)}"
        forward, kind = step.sql.isdigit() and step.sql != "0", Kind.INTEGER
    if not forward:
        raise refuse(node, "a series must have a positive step")
    name = identifier(column)
    inner = (
        f"WITH RECURSIVE verifier_series(n) AS (SELECT {start.sql} UNION ALL SELECT {following} "
        f"FROM verifier_series WHERE {following} <= {end.tight(PLUS)}) "
        f"SELECT n AS {name} FROM verifier_series WHERE n <= {end.tight(PLUS)}"
    )
    shown = alias or "generate_series"
    return f"({inner}) AS {identifier(shown)}", shown.lower(), {column.lower(): Piece("", kind)}


def joins(nodes: list[exp.Expr], writer: Writer) -> tuple[str, list[Source]]:
    """The text of joins, in order, and their sources.

    ON is written when all sources are known, by `conditions`: the text holds it already for
    names do not depend on scopes; kinds of columns come from the sources so far.
    """
    text = ""
    sources: list[Source] = []
    for node in nodes:
        check(node, _JOIN)
        first, *rest = source(node.this, writer)
        sources += [first, *rest]
        for _, name, columns in (first, *rest):
            writer.scope.sources[name] = columns
        text += f" {_kind(node)} {first[0]}"
        if node.args.get("on") is not None:
            text += f" ON {writer.of(node, 'on').sql}"
        elif node.args.get("using"):
            listed = ", ".join(identifier(each.name) for each in node.args["using"])
            text += f" USING ({listed})"
    return text, sources


def _kind(node: exp.Expr) -> str:
    side, kind = str(node.args.get("side") or "").upper(), str(node.args.get("kind") or "").upper()
    method = str(node.args.get("method") or "").upper()
    if (
        side not in _SIDES
        or kind not in ("", "INNER", "OUTER", "CROSS")
        or method
        not in (
            "",
            "NATURAL",
        )
    ):
        raise refuse(node, "this kind of join is not supported")
    if kind == "CROSS":
        return "CROSS JOIN"
    bare = not side and not kind and not method
    if bare and not node.args.get("on") and not node.args.get("using"):
        return "CROSS JOIN"  # a comma
    return " ".join(word for word in (method, side, "JOIN") if word)
