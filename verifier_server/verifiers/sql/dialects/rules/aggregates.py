"""Aggregates and windows.

Promises: sample or population statistics as the dialect names them; NULLs placed as the
dialect places them.

Does not cover: IGNORE NULLS, frames in intervals, hypothetical-set aggregates.
"""

from sqlglot import exp

from verifier_server.verifiers.sql.dialects.pieces import (
    NUMBERS,
    Kind,
    Piece,
    call,
    quoted,
    refuse,
)
from verifier_server.verifiers.sql.dialects.rules import casts, operators
from verifier_server.verifiers.sql.dialects.writer import Rule, Rules, Writer


def order_terms(terms: list[exp.Expr], writer: Writer) -> str:
    """The terms of an ORDER BY, NULLs where the dialect puts them."""
    return ", ".join(writer.piece(each).sql for each in terms)


def _ordered(node: exp.Expr, writer: Writer) -> Piece:
    inner = writer.of(node)
    if inner.kind is Kind.INTERVAL:
        if inner.span is None or inner.age:
            raise refuse(node, "ORDER BY an interval is not supported")
        later, earlier = inner.span
        inner = Piece(f"unixepoch({later}, 'subsec') - unixepoch({earlier}, 'subsec')")
    down = bool(node.args.get("desc"))
    # The reader has set nulls_first wherever NULLs come first, by default or by wish. SQLite
    # takes NULL for the smallest value (sqlite.org/lang_select.html, ORDER BY).
    first = bool(node.args.get("nulls_first"))
    text = inner.sql + (" DESC" if down else "")
    if first == down:
        text += " NULLS FIRST" if first else " NULLS LAST"
    return Piece(text)


def _count(node: exp.Expr, writer: Writer) -> Piece:
    inner = node.args.get("this")
    if node.expressions:
        raise refuse(node, "COUNT takes one argument")
    if inner is None or isinstance(inner, exp.Star):
        return _tally("COUNT(*)")
    if not isinstance(inner, exp.Distinct):
        return _tally(f"COUNT({writer.of(node).sql})")
    members = inner.expressions
    if len(members) == 1 and not isinstance(members[0], exp.Tuple):
        return _tally(f"COUNT(DISTINCT {writer.piece(members[0]).sql})")
    if len(members) == 1:
        # A row counts even when a field is NULL (PostgreSQL).
        texts = [piece.sql for piece in writer.all_of(members[0])]
        return _tally(f"COUNT(DISTINCT json_array({', '.join(texts)}))")
    if not writer.named("mysql", "snowflake"):
        raise refuse(node, "COUNT(DISTINCT ...) takes one argument")
    pieces = [writer.piece(each) for each in members]
    present = " AND ".join(f"{piece.atom} IS NOT NULL" for piece in pieces)
    listed = ", ".join(piece.sql for piece in pieces)
    return _tally(f"COUNT(DISTINCT CASE WHEN {present} THEN json_array({listed}) END)")


def _tally(text: str) -> Piece:
    return Piece(text, Kind.INTEGER, wide=True)


def _argument(node: exp.Expr, writer: Writer) -> tuple[str, Piece]:
    """DISTINCT or nothing, and the argument of an aggregate."""
    inner = node.this
    if isinstance(inner, exp.Distinct):
        if len(inner.expressions) != 1 or inner.args.get("on"):
            raise refuse(node, "DISTINCT takes one argument here")
        return "DISTINCT ", writer.piece(inner.expressions[0])
    return "", writer.of(node)


def _total(node: exp.Expr, writer: Writer) -> Piece:
    word, value = _argument(node, writer)
    if value.kind is Kind.INTERVAL:
        raise refuse(node, "SUM of intervals is not supported")
    kind = Kind.INTEGER if value.kind is Kind.BOOLEAN else value.kind
    if kind is Kind.TEXT:
        kind = Kind.UNKNOWN
    text = f"SUM({word}{value.sql})"
    if writer.named("postgres") and kind is Kind.INTEGER:
        # postgresql.org, functions-aggregate: of integer bigint, of bigint numeric.
        if value.wide:
            return Piece(text, Kind.DECIMAL, scale=0)
        return Piece(text, kind, wide=True)
    return Piece(text, kind, real=value.real, scale=value.scale)


def _average(node: exp.Expr, writer: Writer) -> Piece:
    word, value = _argument(node, writer)
    if value.kind is Kind.INTERVAL:
        raise refuse(node, "AVG of intervals is not supported")
    text = f"AVG({word}{value.sql})"
    if writer.named("tsql") and value.kind is Kind.INTEGER:
        # The type of the argument: learn.microsoft.com, avg-transact-sql.
        return Piece(f"CAST({text} AS INTEGER)", Kind.INTEGER)
    kind = Kind.REAL if value.kind is Kind.REAL else Kind.DECIMAL
    return Piece(text, kind, real=True)


def _extreme(name: str) -> Rule:
    def rule(node: exp.Expr, writer: Writer) -> Piece:
        word, value = _argument(node, writer)
        if value.kind is Kind.INTERVAL:
            raise refuse(node, f"{name} of intervals is not supported")
        return value.like(f"{name}({word}{value.sql})")

    return rule


def _statistic(name: str) -> Rule:
    def rule(node: exp.Expr, writer: Writer) -> Piece:
        values = [_argument(node, writer)[1].sql]
        if node.args.get("expression") is not None:
            values.append(writer.of(node, "expression").sql)
        return call(f"verifier_{name}", *values, kind=Kind.REAL, real=True)

    return rule


def _median(node: exp.Expr, writer: Writer) -> Piece:
    return call("median", writer.of(node).sql, kind=Kind.DECIMAL, real=True)


def listed(node: exp.Expr, writer: Writer) -> Piece:
    """STRING_AGG, GROUP_CONCAT, LISTAGG."""
    inner, order = node.this, ""
    down: bool | None = None
    terms: list[exp.Expr] = []
    if isinstance(inner, exp.Order):
        terms, inner = inner.expressions, inner.this
    separator = ","
    if node.args.get("separator") is not None:
        mark = writer.of(node, "separator")
        if mark.literal is None:
            raise refuse(node, "the separator must be a literal")
        separator = mark.literal
    elif writer.named("snowflake"):
        separator = ""
    if isinstance(inner, exp.Distinct):
        if len(inner.expressions) != 1:
            raise refuse(node, "a list of several columns is not supported")
        if isinstance(inner.expressions[0], exp.Order):
            terms, inner = inner.expressions[0].expressions, inner.expressions[0].this
            value = casts.to_text(node, writer.piece(inner), writer)
        else:
            value = casts.to_text(node, writer.piece(inner.expressions[0]), writer)
        if len(terms) > 1 or (terms and writer.piece(terms[0].this).sql != value.sql):
            raise refuse(node, "a list of distinct texts in another order is not supported")
        down = bool(terms and terms[0].args.get("desc"))
        return call(
            "verifier_distinct_list", value.sql, quoted(separator), str(int(down)), kind=Kind.TEXT
        )
    if inner is None:
        raise refuse(node, "a list lacks its argument")
    value = casts.to_text(node, writer.piece(inner), writer)
    if terms:
        order = f" ORDER BY {order_terms(terms, writer)}"
    return Piece(f"group_concat({value.sql}, {quoted(separator)}{order})", Kind.TEXT)


def _counted_if(node: exp.Expr, writer: Writer) -> Piece:
    return Piece(f"COUNT(*) FILTER (WHERE {writer.of(node).sql})", Kind.INTEGER)


def _filtered(node: exp.Expr, writer: Writer) -> Piece:
    inner, test = writer.of(node), writer.piece(node.expression.this)
    if not inner.sql.endswith(")") or inner.sql.startswith("CAST"):
        raise refuse(node, "FILTER of this is not supported")
    text = f"{inner.sql} FILTER (WHERE {test.sql})"
    return inner.like(text)


def within(node: exp.Expr, writer: Writer) -> Piece:
    """PERCENTILE_CONT(f) WITHIN GROUP (ORDER BY x)."""
    inner, terms = node.this, node.expression.expressions
    if not isinstance(inner, exp.PercentileCont | exp.PercentileDisc) or len(terms) != 1:
        raise refuse(node, "this WITHIN GROUP is not supported")
    value = writer.piece(terms[0].this)
    fraction = inner.this
    if not isinstance(fraction, exp.Literal) or fraction.is_string or inner.expression:
        raise refuse(node, "the fraction of a percentile must be a literal")
    share = writer.piece(fraction).sql
    if terms[0].args.get("desc"):
        if isinstance(inner, exp.PercentileDisc):
            raise refuse(node, "PERCENTILE_DISC in descending order is not supported")
        share = f"1 - {share}"
    if value.kind not in NUMBERS and value.kind is not Kind.UNKNOWN:
        raise refuse(node, "a percentile takes numbers")
    name = "percentile_cont" if isinstance(inner, exp.PercentileCont) else "percentile_disc"
    return call(name, value.sql, share, kind=Kind.DECIMAL, real=True)


def _ranking(name: str, kind: Kind = Kind.INTEGER) -> Rule:
    def rule(node: exp.Expr, writer: Writer) -> Piece:
        # Ranks are bigint in PostgreSQL (functions-window.html).
        return Piece(f"{name}()", kind, real=kind is Kind.REAL, wide=kind is Kind.INTEGER)

    return rule


def _neighbour(name: str) -> Rule:
    def rule(node: exp.Expr, writer: Writer) -> Piece:
        value = writer.of(node)
        arguments = [value.sql]
        if node.args.get("offset") is not None:
            arguments.append(writer.of(node, "offset").sql)
        if node.args.get("default") is not None:
            if len(arguments) == 1:
                arguments.append("1")
            arguments.append(writer.of(node, "default").sql)
        text = f"{name}({', '.join(arguments)})"
        return value.like(text)

    return rule


def _tiles(node: exp.Expr, writer: Writer) -> Piece:
    return call("NTILE", writer.of(node).sql, kind=Kind.INTEGER)


def _respected(node: exp.Expr, writer: Writer) -> Piece:
    return writer.of(node)


def _window(node: exp.Expr, writer: Writer) -> Piece:
    inner = node.this
    function = writer.of(node)
    if (
        function.sql.startswith(("CAST", "verifier_distinct_list"))
        or "DISTINCT " in function.sql.partition("(")[2][:9]
    ):
        # What the dialect does to the result comes after the window, and SQLite has no
        # distinct values in one (sqlite.org/windowfunctions.html).
        raise refuse(node, "this aggregate as a window function is not supported")
    named = node.args.get("alias")
    if named is not None and not any(
        node.args.get(key) for key in ("partition_by", "order", "spec")
    ):
        return function.like(f"{function.sql} OVER {operators.identifier(named.name)}")
    text = f"{function.sql} OVER ({definition(node, writer, inner)})"
    return function.like(text)


def definition(node: exp.Expr, writer: Writer, inner: exp.Expr | None = None) -> str:
    """What stands in the parentheses of OVER or of a named window."""
    parts: list[str] = []
    if inner is not None and node.args.get("alias") is not None:
        parts.append(operators.identifier(node.args["alias"].name))
    if node.args.get("partition_by"):
        keys = ", ".join(writer.piece(each).sql for each in node.args["partition_by"])
        parts.append(f"PARTITION BY {keys}")
    order = node.args.get("order")
    if order is not None:
        parts.append(f"ORDER BY {order_terms(order.expressions, writer)}")
    spec = node.args.get("spec")
    if spec is not None:
        parts.append(_frame(spec, writer))
    elif (
        order is not None
        and writer.named("snowflake")
        and isinstance(inner, exp.FirstValue | exp.LastValue | exp.NthValue)
    ):
        # docs.snowflake.com, window-functions-syntax: the whole partition by default.
        parts.append("ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING")
    return " ".join(parts)


_FRAME = frozenset({"kind", "start", "start_side", "end", "end_side"})


def _frame(spec: exp.Expr, writer: Writer) -> str:
    if any(value for name, value in spec.args.items() if name not in _FRAME):
        raise refuse(spec, "EXCLUDE in a frame is not supported")
    kind = str(spec.args.get("kind") or "ROWS").upper()
    if kind not in ("ROWS", "RANGE", "GROUPS"):
        raise refuse(spec, "this frame is not supported")
    start = _bound(spec, "start", writer)
    if spec.args.get("end") is None:
        return f"{kind} {start}"
    return f"{kind} BETWEEN {start} AND {_bound(spec, 'end', writer)}"


def _bound(spec: exp.Expr, side: str, writer: Writer) -> str:
    value, direction = spec.args.get(side), str(spec.args.get(f"{side}_side") or "").upper()
    if isinstance(value, str):
        word = value.upper()
        if word == "CURRENT ROW":
            return word
        if word == "UNBOUNDED" and direction in ("PRECEDING", "FOLLOWING"):
            return f"{word} {direction}"
        raise refuse(spec, "this bound of a frame is not supported")
    if not isinstance(value, exp.Literal) or value.is_string:
        raise refuse(spec, "the bound of a frame must be a number")
    if direction not in ("PRECEDING", "FOLLOWING"):
        raise refuse(spec, "this bound of a frame is not supported")
    return f"{writer.piece(value).sql} {direction}"


_STATISTICS: dict[type[exp.Expr], str] = {
    exp.Stddev: "stddev_samp", exp.StddevSamp: "stddev_samp", exp.StddevPop: "stddev_pop",
    exp.Variance: "var_samp", exp.VariancePop: "var_pop", exp.Corr: "corr",
    exp.CovarSamp: "covar_samp", exp.CovarPop: "covar_pop", exp.RegrSlope: "regr_slope",
    exp.RegrIntercept: "regr_intercept",
}  # fmt: skip

RULES: Rules = {
    exp.Ordered: (_ordered, "this desc nulls_first"),
    exp.Count: (_count, "this expressions big_int"),
    exp.Sum: (_total, "this"),
    exp.Avg: (_average, "this"),
    exp.Max: (_extreme("MAX"), "this"),
    exp.Min: (_extreme("MIN"), "this"),
    exp.LogicalAnd: (_extreme("MIN"), "this"),
    exp.LogicalOr: (_extreme("MAX"), "this"),
    exp.AnyValue: (_extreme("MIN"), "this"),
    exp.Median: (_median, "this"),
    exp.GroupConcat: (listed, "this separator"),
    exp.CountIf: (_counted_if, "this zero_on_all_null"),
    exp.Filter: (_filtered, "this expression"),
    exp.WithinGroup: (within, "this expression"),
    exp.RespectNulls: (_respected, "this"),
    exp.Window: (_window, "this partition_by order spec over alias"),
    exp.RowNumber: (_ranking("ROW_NUMBER"), ""),
    exp.Rank: (_ranking("RANK"), ""),
    exp.DenseRank: (_ranking("DENSE_RANK"), ""),
    exp.PercentRank: (_ranking("PERCENT_RANK", Kind.REAL), ""),
    exp.CumeDist: (_ranking("CUME_DIST", Kind.REAL), ""),
    exp.Ntile: (_tiles, "this"),
    exp.Lag: (_neighbour("LAG"), "this offset default"),
    exp.Lead: (_neighbour("LEAD"), "this offset default"),
    exp.FirstValue: (_neighbour("FIRST_VALUE"), "this"),
    exp.LastValue: (_neighbour("LAST_VALUE"), "this"),
    exp.NthValue: (_neighbour("NTH_VALUE"), "this offset"),
    **{node: (_statistic(name), "this expression") for node, name in _STATISTICS.items()},
}
