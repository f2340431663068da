"""CASE and its like: what picks one of several values.

Promises: NULL is handled as in the dialect.

Does not cover: GREATEST and LEAST of values of different types.
"""

from sqlglot import exp

from verifier_server.verifiers.sql.dialects.pieces import LESS, Kind, Piece, common, refuse
from verifier_server.verifiers.sql.dialects.rules import conditions
from verifier_server.verifiers.sql.dialects.writer import Rules, Writer


def _like(text: str, values: list[Piece]) -> Piece:
    known = common(values)
    return Piece(text, known.kind, real=known.real, scale=known.scale)


def _case(node: exp.Expr, writer: Writer) -> Piece:
    subject = writer.of(node) if node.args.get("this") is not None else None
    parts: list[str] = []
    values: list[Piece] = []
    for branch in node.args.get("ifs") or []:
        test = writer.of(branch)
        if subject is not None:
            test = conditions.comparison(branch, "=", subject, test, writer)
        value = writer.of(branch, "true")
        values.append(value)
        parts.append(f"WHEN {test.sql} THEN {value.sql}")
    if node.args.get("default") is not None:
        values.append(writer.of(node, "default"))
        parts.append(f"ELSE {values[-1].sql}")
    return _checked(node, f"CASE {' '.join(parts)} END", values)


def _checked(node: exp.Expr, text: str, values: list[Piece]) -> Piece:
    if any(value.kind is Kind.INTERVAL for value in values):
        raise refuse(node, "an interval as a value is not supported")
    return _like(text, values)


def _if(node: exp.Expr, writer: Writer) -> Piece:
    test, value = writer.of(node), writer.of(node, "true")
    if node.args.get("false") is None:
        return _checked(node, f"CASE WHEN {test.sql} THEN {value.sql} END", [value])
    other = writer.of(node, "false")
    text = f"CASE WHEN {test.sql} THEN {value.sql} ELSE {other.sql} END"
    return _checked(node, text, [value, other])


def _coalesced(node: exp.Expr, writer: Writer) -> Piece:
    values = [writer.of(node), *writer.all_of(node)]
    if len(values) == 1:
        return values[0]
    return _checked(node, f"COALESCE({', '.join(value.sql for value in values)})", values)


def _nullif(node: exp.Expr, writer: Writer) -> Piece:
    value, other = writer.of(node), writer.of(node, "expression")
    return _checked(node, f"NULLIF({value.sql}, {other.sql})", [value])


def _by_null(node: exp.Expr, writer: Writer) -> Piece:
    test, value, other = (writer.of(node, key) for key in ("this", "true", "false"))
    text = f"CASE WHEN {test.tight(LESS)} IS NOT NULL THEN {value.sql} ELSE {other.sql} END"
    return _checked(node, text, [value, other])


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
    values = [writer.of(node), *writer.all_of(node)]
    if len(values) == 1:
        return values[0]
    most = isinstance(node, exp.Greatest)
    if node.args.get("ignore_nulls"):
        name = "verifier_greatest" if most else "verifier_least"
    else:
        name = "max" if most else "min"
    known = common(values)
    dates = {conditions.form(value) for value in values} >= {Kind.DATE, Kind.TIMESTAMP}
    if dates or (known.kind is Kind.UNKNOWN and len({value.kind for value in values}) > 2):
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
