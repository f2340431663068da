"""CASE and its like: what picks one of several values.

Promises: NULL is handled as in the dialect.

Does not cover: GREATEST and LEAST of values of different types.
"""

from sqlglot import exp

from verifier_server.verifiers.sql.dialects.pieces import (
    DATES,
    EQUAL,
    LESS,
    NUMBERS,
    Kind,
    Piece,
    common,
    refuse,
)
from verifier_server.verifiers.sql.dialects.rules import casts, conditions
from verifier_server.verifiers.sql.dialects.writer import Rules, Writer


def _like(text: str, values: list[Piece]) -> Piece:
    return common(values).like(text)


def unified(node: exp.Expr, values: list[Piece], writer: Writer) -> list[Piece]:
    """The values of which one is the result, of one type.

    Numbers beside texts are texts in MySQL (dev.mysql.com, flow-control-functions); elsewhere a
    literal is read as what stands beside it.
    """
    values = conditions.instants(node, values, writer)
    kinds = {value.kind for value in values}
    if Kind.TEXT not in kinds or not kinds & NUMBERS:
        return values
    if writer.named("mysql"):
        return [casts.to_text(node, value, writer) for value in values]
    return [
        conditions.as_number(node, value, writer) if value.literal is not None else value
        for value in values
    ]


def _case(node: exp.Expr, writer: Writer) -> Piece:
    subject = writer.of(node) if node.args.get("this") is not None else None
    tests: list[Piece] = []
    values: list[Piece] = []
    for branch in node.args.get("ifs") or []:
        test = writer.of(branch)
        if subject is not None:
            test = conditions.comparison(branch, "=", subject, test, writer)
        tests.append(test)
        values.append(writer.of(branch, "true"))
    if node.args.get("default") is not None:
        values.append(writer.of(node, "default"))
    return _chosen(node, tests, values, writer)


def _chosen(node: exp.Expr, tests: list[Piece], values: list[Piece], writer: Writer) -> Piece:
    values = unified(node, values, writer)
    parts = [
        f"WHEN {test.sql} THEN {value.sql}" for test, value in zip(tests, values, strict=False)
    ]
    if len(values) > len(tests):
        parts.append(f"ELSE {values[-1].sql}")
    return _checked(node, f"CASE {' '.join(parts)} END", values)


def _checked(node: exp.Expr, text: str, values: list[Piece]) -> Piece:
    if any(value.kind is Kind.INTERVAL for value in values):
        raise refuse(node, "an interval as a value is not supported")
    return _like(text, values)


def _if(node: exp.Expr, writer: Writer) -> Piece:
    values = [writer.of(node, "true")]
    if node.args.get("false") is not None:
        values.append(writer.of(node, "false"))
    return _chosen(node, [writer.of(node)], values, writer)


def _coalesced(node: exp.Expr, writer: Writer) -> Piece:
    values = unified(node, [writer.of(node), *writer.all_of(node)], writer)
    if len(values) == 1:
        return values[0]
    return _checked(node, f"COALESCE({', '.join(value.sql for value in values)})", values)


def _nullif(node: exp.Expr, writer: Writer) -> Piece:
    value, other = writer.of(node), writer.of(node, "expression")
    one, two = conditions.alike(node, value, other, "=", writer)
    if one.sql == value.sql:
        return _checked(node, f"NULLIF({value.sql}, {two.sql})", [value])
    same = conditions.comparison(node, "=", value, other, writer)
    return _checked(node, f"CASE WHEN {same.sql} THEN NULL ELSE {value.sql} END", [value])


def _by_null(node: exp.Expr, writer: Writer) -> Piece:
    test = Piece(f"{writer.of(node).tight(LESS)} IS NOT NULL", Kind.BOOLEAN, EQUAL)
    return _chosen(node, [test], [writer.of(node, "true"), writer.of(node, "false")], writer)


def decoded(node: exp.Expr, writer: Writer) -> Piece:
    """DECODE, in which NULL equals NULL (docs.snowflake.com/en/sql-reference/functions/decode)."""
    subject, *rest = writer.all_of(node)
    if len(rest) < 2:
        raise refuse(node, "DECODE lacks an argument")
    parts: list[str] = []
    values = rest[1::2]
    for test, value in zip(rest[::2], rest[1::2], strict=False):
        parts.append(f"WHEN {subject.tight(LESS)} IS {test.tight(LESS)} THEN {value.sql}")
    if len(rest) % 2:
        values = [*values, rest[-1]]
        parts.append(f"ELSE {rest[-1].sql}")
    return _checked(node, f"CASE {' '.join(parts)} END", values)


def _extreme(node: exp.Expr, writer: Writer) -> Piece:
    values = conditions.instants(node, [writer.of(node), *writer.all_of(node)], writer)
    if len(values) == 1:
        return values[0]
    most = isinstance(node, exp.Greatest)
    if node.args.get("ignore_nulls"):
        name = "verifier_greatest" if most else "verifier_least"
    else:
        name = "max" if most else "min"
    dates = {conditions.form(value) for value in values} >= {Kind.DATE, Kind.TIMESTAMP}
    kinds = {value.kind for value in values} - {Kind.NULL, Kind.UNKNOWN}
    if dates or (Kind.TEXT in kinds and not kinds <= {Kind.TEXT} | DATES):
        raise refuse(node, f"{node.key.upper()} of different types is not supported")
    return _checked(node, f"{name}({', '.join(value.sql for value in values)})", values)


RULES: Rules = {
    exp.Case: (_case, "this ifs default"),
    exp.If: (_if, "this true false"),
    exp.Coalesce: (_coalesced, "this expressions is_null is_nvl"),
    exp.Nullif: (_nullif, "this expression"),
    exp.Nvl2: (_by_null, "this true false"),
    exp.DecodeCase: (decoded, "expressions"),
    exp.Greatest: (_extreme, "this expressions ignore_nulls"),
    exp.Least: (_extreme, "this expressions ignore_nulls"),
}
