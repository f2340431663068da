"""Literals, names and operators.

Promises: / and % mean what the dialect's types say, from declared types.

Does not cover: the scale that a dialect gives quotients of decimals (MySQL and Snowflake
round them to a few digits).
"""

import re
from dataclasses import replace

from sqlglot import exp

from verifier_server.verifiers.sql.dialects.pieces import (
    AND,
    BITS,
    COLLATED,
    DATES,
    NOT,
    NUMBERS,
    OR,
    PLUS,
    TIMES,
    UNARY,
    Kind,
    Piece,
    call,
    common,
    quoted,
    refuse,
)
from verifier_server.verifiers.sql.dialects.rules import intervals, texts
from verifier_server.verifiers.sql.dialects.writer import Rules, Writer

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_NUMBER = re.compile(r"(\d+)?(\.\d*)?([eE][+-]?\d{1,3})?", re.ASCII)
# sqlite.org/lang_keywords.html, and a few that sqlglot's reader of SQLite stumbles on.
_KEYWORDS = frozenset(
    """abort action add after all alter always analyze and as asc attach autoincrement before begin
    between by cascade case cast check collate column commit conflict constraint create cross
    current current_date current_time current_timestamp database default deferrable deferred delete
    desc detach distinct do drop each else end escape except exclude exclusive exists explain fail
    filter first following for foreign from full generated glob group groups having if ignore
    immediate in index indexed initially inner insert instead intersect into is isnull join key last
    left like limit match materialized natural no not nothing notnull null nulls of offset on or
    order others outer over partition plan pragma preceding primary query raise range recursive
    references regexp reindex release rename replace restrict returning right rollback row rows
    savepoint select set table temp temporary then ties to transaction trigger unbounded union
    unique update using vacuum values view virtual when where window with without within
    true false interval""".split()
)

_MAX_INTEGER = 2**31 - 1  # of PostgreSQL's integer
# SQLite has these columns in every table (sqlite.org/lang_createtable.html, rowid).
_ROW_NUMBERS = frozenset({"rowid", "oid", "_rowid_"})


def identifier(name: str) -> str:
    """A name, quoted when it must be.

    With backticks: a double-quoted name that is no column is a text to SQLite
    (sqlite.org/quirks.html, section 8).
    """
    if _PLAIN.fullmatch(name) and name.lower() not in _KEYWORDS:
        return name
    return "`" + name.replace("`", "``") + "`"


def _literal(node: exp.Expr, writer: Writer) -> Piece:
    text = str(node.this)
    if node.args.get("is_string"):
        if "\0" in text:
            raise refuse(node, "a text holds a NUL character")
        return Piece(quoted(text), Kind.TEXT, literal=text)
    match = _NUMBER.fullmatch(text)
    if match is None or not (match[1] or match[2]):
        raise refuse(node, "this number is not supported")
    if match[3]:
        return Piece(text, Kind.REAL, real=True)
    if match[2]:
        return Piece(text, Kind.DECIMAL, real=True, scale=len(match[2]) - 1)
    if len(text) > 18:
        raise refuse(node, "this number is too large")
    return Piece(text, Kind.INTEGER, wide=int(text) > _MAX_INTEGER)


def _string(node: exp.Expr, writer: Writer) -> Piece:
    return _literal(exp.Literal.string(str(node.this)), writer)


def escaped_string(node: exp.Expr, writer: Writer) -> Piece:
    """PostgreSQL's E'...'; the reader has resolved its escapes, if it had any."""
    if "\\" in str(node.this) or not writer.named("postgres"):
        raise refuse(node, "this string is not supported")
    return _string(node, writer)


def _null(node: exp.Expr, writer: Writer) -> Piece:
    return Piece("NULL", Kind.NULL)


def _boolean(node: exp.Expr, writer: Writer) -> Piece:
    return Piece("TRUE" if node.this else "FALSE", Kind.BOOLEAN)


def _column(node: exp.Expr, writer: Writer) -> Piece:
    if isinstance(node.this, exp.Star):
        raise refuse(node, "* cannot stand here")
    name, source = node.name, node.text("table")
    known = writer.scope.find(name.lower(), source.lower())
    text = identifier(name)
    if known is None and name.lower() in _ROW_NUMBERS:
        raise refuse(node, f"there is no column {name}")
    if source:
        text = f"{identifier(source)}.{text}"
    if known is None:
        return Piece(text)
    return known.like(text)


def _paren(node: exp.Expr, writer: Writer) -> Piece:
    inner = writer.of(node)
    if inner.kind is Kind.INTERVAL:
        return inner
    return replace(inner.like(f"({inner.sql})"), literal=inner.literal)


def _negative(node: exp.Expr, writer: Writer) -> Piece:
    inner = writer.of(node)
    if inner.kind is Kind.INTERVAL:
        return intervals.negated(inner)
    # A space: two hyphens begin a comment.
    sign = "- " if inner.sql.startswith("-") else "-"
    return inner.like(sign + inner.tight(UNARY), UNARY)


def _add(node: exp.Expr, writer: Writer) -> Piece:
    left, right = writer.of(node), writer.of(node, "expression")
    moved = intervals.moved(node, left, right, 1, writer)
    if moved is not None:
        return moved
    if writer.named("tsql") and Kind.TEXT in (left.kind, right.kind):
        # + joins texts when both are (learn.microsoft.com, string-concatenation-transact-sql).
        if {left.kind, right.kind} & (NUMBERS | DATES):
            raise refuse(node, "+ of a text and another type is not supported")
        return texts.joined(node, [left, right], writer)
    if writer.named("tsql") and {left.kind, right.kind} <= {Kind.UNKNOWN, Kind.NULL}:
        raise refuse(node, "+ of values of unknown types is not supported")
    return _arithmetic(node, "+", left, right, PLUS)


def _subtract(node: exp.Expr, writer: Writer) -> Piece:
    left, right = writer.of(node), writer.of(node, "expression")
    moved = intervals.moved(node, left, right, -1, writer)
    if moved is not None:
        return moved
    return _arithmetic(node, "-", left, right, PLUS)


def _multiply(node: exp.Expr, writer: Writer) -> Piece:
    left, right = writer.of(node), writer.of(node, "expression")
    if Kind.INTERVAL in (left.kind, right.kind):
        return intervals.multiplied(node, left, right)
    made = _arithmetic(node, "*", left, right, TIMES)
    if made.kind is Kind.DECIMAL:
        scale = None
        if _scale(left) is not None and _scale(right) is not None:
            scale = (_scale(left) or 0) + (_scale(right) or 0)
        return Piece(made.sql, made.kind, made.level, real=made.real, scale=scale)
    return made


def _scale(piece: Piece) -> int | None:
    return 0 if piece.kind is Kind.INTEGER else piece.scale


def _arithmetic(node: exp.Expr, sign: str, left: Piece, right: Piece, level: int) -> Piece:
    for side in (left, right):
        if side.kind in DATES or side.kind in (Kind.INTERVAL, Kind.TIME):
            raise refuse(node, f"{sign} of a date is not supported here")
    known = common([left, right])
    kind = known.kind if known.kind in NUMBERS else Kind.UNKNOWN
    real = (left.real or right.real) and kind is not Kind.UNKNOWN
    scale = None
    if kind is Kind.DECIMAL and _scale(left) is not None and _scale(right) is not None:
        scale = max(_scale(left) or 0, _scale(right) or 0)
    text = f"{left.tight(level)} {sign} {right.tight(level - 1)}"
    wide = kind is Kind.INTEGER and known.wide
    return Piece(text, kind, level, real=real, scale=scale, wide=wide)


def _divide(node: exp.Expr, writer: Writer) -> Piece:
    left, right = writer.of(node), writer.of(node, "expression")
    if left.kind is Kind.INTERVAL:
        raise refuse(node, "/ of an interval is not supported")
    kinds = {left.kind, right.kind} - {Kind.UNKNOWN, Kind.NULL}
    whole = kinds <= {Kind.INTEGER, Kind.BOOLEAN}
    if writer.language.whole_division and whole:
        return Piece(
            f"{left.tight(TIMES)} / {right.tight(TIMES - 1)}",
            Kind.INTEGER
            if len(kinds) == 1 and Kind.UNKNOWN not in (left.kind, right.kind)
            else Kind.UNKNOWN,
            TIMES,
            wide=left.wide or right.wide,
        )
    kind = Kind.REAL if Kind.REAL in kinds else Kind.DECIMAL
    top = left.tight(TIMES)
    if not left.real and not right.real:
        top = f"CAST({left.sql} AS REAL)"
    return Piece(f"{top} / {right.tight(TIMES - 1)}", kind, TIMES, real=True)


def _whole_divide(node: exp.Expr, writer: Writer) -> Piece:
    left, right = writer.of(node), writer.of(node, "expression")
    if left.kind is Kind.INTEGER and right.kind is Kind.INTEGER:
        return Piece(f"{left.tight(TIMES)} / {right.tight(TIMES - 1)}", Kind.INTEGER, TIMES)
    text = f"CAST(CAST({left.sql} AS REAL) / {right.tight(TIMES - 1)} AS INTEGER)"
    return Piece(text, Kind.INTEGER)


def _modulo(node: exp.Expr, writer: Writer) -> Piece:
    left, right = writer.of(node), writer.of(node, "expression")
    if left.kind is Kind.INTEGER and right.kind is Kind.INTEGER:
        return Piece(f"{left.tight(TIMES)} % {right.tight(TIMES - 1)}", Kind.INTEGER, TIMES)
    if left.kind in NUMBERS and right.kind in NUMBERS:
        # SQLite's % drops fractions (sqlite.org/lang_expr.html); mod() keeps them.
        known = common([left, right])
        return call("mod", left.sql, right.sql, kind=known.kind, real=True)
    # Of unknown types: whole numbers stay whole, as / and % of SQLite's integers do.
    return Piece(f"{left.tight(TIMES)} % {right.tight(TIMES - 1)}", Kind.UNKNOWN, TIMES)


def _negation(node: exp.Expr, writer: Writer) -> Piece:
    return Piece(f"NOT {writer.of(node).tight(NOT)}", Kind.BOOLEAN, NOT)


def _conjunction(node: exp.Expr, writer: Writer) -> Piece:
    left, right = writer.of(node), writer.of(node, "expression")
    return Piece(f"{left.tight(AND)} AND {right.tight(AND)}", Kind.BOOLEAN, AND)


def _disjunction(node: exp.Expr, writer: Writer) -> Piece:
    left, right = writer.of(node), writer.of(node, "expression")
    return Piece(f"{left.tight(OR)} OR {right.tight(OR)}", Kind.BOOLEAN, OR)


def _exclusive(node: exp.Expr, writer: Writer) -> Piece:
    left, right = writer.of(node), writer.of(node, "expression")
    return Piece(f"(NOT {left.atom}) <> (NOT {right.atom})", Kind.BOOLEAN, NOT)


def _bits(node: exp.Expr, writer: Writer) -> Piece:
    left, right = writer.of(node), writer.of(node, "expression")
    if isinstance(node, exp.BitwiseXor):
        text = f"({left.atom} | {right.atom}) - ({left.atom} & {right.atom})"
        return Piece(text, Kind.INTEGER, PLUS)
    signs: dict[type[exp.Expr], str] = {
        exp.BitwiseAnd: "&",
        exp.BitwiseOr: "|",
        exp.BitwiseLeftShift: "<<",
        exp.BitwiseRightShift: ">>",
    }
    sign = signs[type(node)]
    return Piece(f"{left.atom} {sign} {right.atom}", Kind.INTEGER, BITS)


def _complement(node: exp.Expr, writer: Writer) -> Piece:
    if writer.named("mysql"):
        raise refuse(node, "~ gives unsigned numbers in MySQL, which is not supported")
    return Piece(f"~{writer.of(node).tight(UNARY)}", Kind.INTEGER, UNARY)


def _collate(node: exp.Expr, writer: Writer) -> Piece:
    inner, name = writer.of(node), str(node.expression.name).lower()
    if name in ("c", "posix", "ucs_basic") or name.endswith(("_bin", "_bin2")):
        collation = "BINARY"
    elif "_ci" in name:
        collation = "NOCASE"
    else:
        raise refuse(node, "this collation is not supported")
    return Piece(f"{inner.tight(COLLATED)} COLLATE {collation}", inner.kind, COLLATED)


RULES: Rules = {
    exp.Literal: (_literal, "this is_string"),
    exp.National: (_string, "this"),
    exp.RawString: (_string, "this"),
    exp.ByteString: (escaped_string, "this"),
    exp.Null: (_null, ""),
    exp.Boolean: (_boolean, "this"),
    exp.Column: (_column, "this table db catalog"),
    exp.Paren: (_paren, "this"),
    exp.Neg: (_negative, "this"),
    exp.Add: (_add, "this expression"),
    exp.Sub: (_subtract, "this expression"),
    exp.Mul: (_multiply, "this expression"),
    exp.Div: (_divide, "this expression typed safe"),
    exp.SafeDivide: (_divide, "this expression"),
    exp.IntDiv: (_whole_divide, "this expression"),
    exp.Mod: (_modulo, "this expression"),
    exp.Not: (_negation, "this"),
    exp.And: (_conjunction, "this expression"),
    exp.Or: (_disjunction, "this expression"),
    exp.Xor: (_exclusive, "this expression"),
    exp.BitwiseAnd: (_bits, "this expression"),
    exp.BitwiseOr: (_bits, "this expression"),
    exp.BitwiseNot: (_complement, "this"),
    exp.BitwiseXor: (_bits, "this expression"),
    exp.BitwiseLeftShift: (_bits, "this expression"),
    exp.BitwiseRightShift: (_bits, "this expression"),
    exp.Collate: (_collate, "this expression"),
}
