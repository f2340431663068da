"""CAST and its like.

Promises: casts to integers and decimals round where the dialect rounds; a number becomes
text only where its digits are known.

Does not cover: errors that a value of the wrong form is in the dialect; SQLite reads the number
that a text begins with.
"""

import datetime
import re
from dataclasses import replace

from sqlglot import exp
from sqlglot.expressions import DType

from verifier_server.verifiers.sql.dialects.pieces import (
    DATES,
    EQUAL,
    NUMBERS,
    Kind,
    Piece,
    call,
    quoted,
    refuse,
)
from verifier_server.verifiers.sql.dialects.rules import intervals
from verifier_server.verifiers.sql.dialects.writer import Rules, Writer

_INTEGERS = frozenset(
    {DType.TINYINT, DType.SMALLINT, DType.MEDIUMINT, DType.INT, DType.BIGINT, DType.UBIGINT,
     DType.UINT, DType.INT128}
)  # fmt: skip
_DECIMALS = frozenset({DType.DECIMAL, DType.BIGDECIMAL, DType.MONEY, DType.SMALLMONEY})
_REALS = frozenset({DType.FLOAT, DType.DOUBLE})
_TEXTS = frozenset({DType.TEXT, DType.VARCHAR, DType.NVARCHAR, DType.CHAR, DType.NCHAR, DType.NAME})
_TIMESTAMPS = frozenset(
    {DType.TIMESTAMP, DType.TIMESTAMPTZ, DType.TIMESTAMPNTZ, DType.TIMESTAMPLTZ, DType.DATETIME,
     DType.DATETIME2, DType.SMALLDATETIME}
)  # fmt: skip
_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d)?(?:\.0+)?)?", re.ASCII)
_LOOSE = re.compile(
    r"(\d{4})([-/]?)(\d\d?)\2(\d\d?)(?:[ T](\d\d?):(\d\d)(?::(\d\d)(\.\d{1,9})?)?)?", re.ASCII
)
_UNSIZED_TEXT = 30  # T-SQL's CAST to VARCHAR without a length


def to_text(node: exp.Expr, piece: Piece, writer: Writer) -> Piece:
    """The text that a value is where a dialect wants text.

    Raises:
        UntranslatableError: for a number of unknown digits: 1.50 is '1.50' in one engine
            and '1.5' in SQLite.
    """
    if piece.kind is Kind.TIMESTAMP and writer.named("tsql", "bigquery", "snowflake"):
        # 'Jan 31 2024 11:30PM', '2024-01-31 23:30:00+00', '2024-01-31 23:30:00.000'
        raise refuse(node, "a timestamp as text is not supported: name its format")
    if piece.kind in DATES or piece.kind in (Kind.TEXT, Kind.UNKNOWN, Kind.NULL, Kind.TIME):
        return piece
    if piece.kind is Kind.INTEGER:
        return Piece(f"CAST({piece.sql} AS TEXT)", Kind.TEXT)
    if piece.kind is Kind.BOOLEAN:
        if writer.named("mysql"):
            return Piece(f"CAST({piece.sql} AS TEXT)", Kind.TEXT)
        return Piece(
            f"CASE WHEN {piece.sql} THEN 'true' WHEN NOT {piece.atom} THEN 'false' END", Kind.TEXT
        )
    if piece.kind is Kind.DECIMAL and piece.scale is not None and not writer.named("bigquery"):
        if piece.scale == 0 and not piece.real:
            return Piece(f"CAST({piece.sql} AS TEXT)", Kind.TEXT)
        return call("verifier_fixed", piece.sql, str(piece.scale), kind=Kind.TEXT)
    raise refuse(node, "the digits of this number as text are not known")


def dated(node: exp.Expr, piece: Piece) -> Piece:
    """A value as a date."""
    if piece.kind is Kind.DATE:
        return piece
    if piece.literal is not None:
        read = read_stamp(node, piece.literal)
        return Piece(quoted(read[:10]), Kind.DATE, literal=read[:10])
    return call("date", intervals.instant(node, piece), kind=Kind.DATE)


def stamped(node: exp.Expr, piece: Piece) -> Piece:
    """A value as a timestamp."""
    if piece.kind is Kind.TIMESTAMP:
        return piece
    if piece.literal is not None:
        read = read_stamp(node, piece.literal)
        return Piece(quoted(read), Kind.TIMESTAMP, literal=read)
    return call("datetime", intervals.instant(node, piece), kind=Kind.TIMESTAMP)


def read_stamp(node: exp.Expr, text: str) -> str:
    """The 'YYYY-MM-DD HH:MM:SS' that a literal is.

    Raises:
        UntranslatableError: when it is another form, or no day of the calendar.
    """
    match = _STAMP.fullmatch(text.strip())
    if match is None:
        raise refuse(node, "a date literal must be 'YYYY-MM-DD' or 'YYYY-MM-DD HH:MM:SS'")
    made = f"{match[1]} {match[2] or '00:00'}{match[3] or ':00'}"
    try:
        datetime.datetime.fromisoformat(made)
    except ValueError:
        raise refuse(node, "a date literal names no day") from None
    return made


def read_instant(node: exp.Expr, text: str, writer: Writer) -> Piece:
    """The date or timestamp that a text is where one is wanted, as SQLite's functions write it.

    Raises:
        UntranslatableError: for a form that the dialect does not read, or reads by its settings.
    """
    match = _LOOSE.fullmatch(text.strip())
    if match is None:
        raise refuse(node, "this form of a date is not supported")
    year, mark, month, day, hour, minute, second, fraction = match.groups()
    padded = len(month) == len(day) == 2
    if (
        (not mark and (not padded or writer.named("bigquery", "snowflake")))
        or (mark == "/" and writer.named("bigquery", "snowflake"))
        or (not padded and writer.named("snowflake"))
    ):
        raise refuse(node, "this form of a date is not supported")
    made = f"{year}-{month:0>2}-{day:0>2}"
    if hour is not None:
        rest = (fraction or "").rstrip("0")
        made += f" {hour:0>2}:{minute}:{second or '00'}" + (rest if rest != "." else "")
    try:
        datetime.datetime.fromisoformat(made)
    except ValueError:
        raise refuse(node, "a date literal names no day") from None
    return Piece(quoted(made), Kind.TEXT, literal=made)


def is_stamp(text: str) -> bool:
    """Whether a text is a date or timestamp in ISO form."""
    return _STAMP.fullmatch(text.strip()) is not None


def _cast(node: exp.Expr, writer: Writer) -> Piece:
    target = node.args["to"]
    if node.args.get("format") or not isinstance(target, exp.DataType):
        raise refuse(node, "this CAST is not supported")
    inner = writer.of(node)
    return convert(node, inner, target, writer)


def convert(node: exp.Expr, inner: Piece, target: exp.DataType, writer: Writer) -> Piece:
    """A value as another type."""
    kind = target.this
    if inner.kind is Kind.INTERVAL:
        raise refuse(node, "CAST of an interval is not supported")
    if kind in _INTEGERS:
        return replace(_integer(node, inner, writer), wide=kind is DType.BIGINT)
    if kind in _DECIMALS:
        return _decimal(node, inner, target, writer)
    if kind in _REALS:
        if inner.kind in DATES:
            raise refuse(node, "CAST of a date to a number is not supported")
        if inner.real:
            return Piece(inner.sql, Kind.REAL, inner.level, real=True)
        return Piece(f"CAST({inner.sql} AS REAL)", Kind.REAL, real=True)
    if kind in _TEXTS:
        return _text(node, inner, target, writer)
    if kind is DType.DATE:
        return dated(node, inner)
    if kind in _TIMESTAMPS:
        return stamped(node, inner)
    if kind is DType.TIME:
        return call("time", intervals.instant(node, inner), kind=Kind.TIME)
    if kind in (DType.BOOLEAN, DType.BIT):
        return _boolean(node, inner)
    if kind is DType.INTERVAL and inner.literal is not None:
        return intervals.text_interval(node, inner.literal)
    raise refuse(node, f"CAST to {target.sql()} is not supported")


def _integer(node: exp.Expr, inner: Piece, writer: Writer) -> Piece:
    if inner.kind in DATES or inner.kind is Kind.TIME:
        raise refuse(node, "CAST of a date to a number is not supported")
    if inner.kind is Kind.INTEGER:
        return inner
    text = inner.sql
    if writer.language.rounds_to_integer and not (inner.scale == 0 and not inner.real):
        if inner.kind is Kind.REAL and writer.language.even_reals:
            text = f"verifier_round_even({text})"
        elif inner.kind in NUMBERS or inner.kind is Kind.UNKNOWN or writer.named("snowflake"):
            text = f"ROUND({text})"
    return Piece(f"CAST({text} AS INTEGER)", Kind.INTEGER)


def _decimal(node: exp.Expr, inner: Piece, target: exp.DataType, writer: Writer) -> Piece:
    if inner.kind in DATES or inner.kind is Kind.TIME:
        raise refuse(node, "CAST of a date to a number is not supported")
    sizes = [int(each.name) for each in target.expressions if each.name.isdigit()]
    if len(sizes) != len(target.expressions) or (sizes and sizes[-1] > 30):
        raise refuse(node, "this size of a decimal is not supported")
    scale = sizes[1] if len(sizes) > 1 else 0 if sizes else writer.language.default_scale
    if target.this in (DType.MONEY, DType.SMALLMONEY):
        scale = 4
    text = inner.sql
    if inner.kind in (Kind.TEXT, Kind.UNKNOWN) or (inner.kind in NUMBERS and not inner.real):
        text = f"CAST({text} AS REAL)"
    if scale is not None and not (inner.kind is Kind.INTEGER or inner.scale == scale):
        text = f"verifier_round({text}, {scale})"
    return Piece(text, Kind.DECIMAL, inner.level if text == inner.sql else 0, True, scale)


def _text(node: exp.Expr, inner: Piece, target: exp.DataType, writer: Writer) -> Piece:
    made = to_text(node, inner, writer)
    if made.kind is not Kind.TEXT:
        made = Piece(f"CAST({made.sql} AS TEXT)", Kind.TEXT)
    sizes = [each.name for each in target.expressions]
    fixed = target.this in (DType.CHAR, DType.NCHAR)
    if fixed and not writer.named("mysql", "snowflake") and target.args.get("expressions"):
        raise refuse(node, "CAST to CHAR of a length pads with blanks: use VARCHAR")
    if fixed and not sizes and not writer.named("mysql"):
        raise refuse(node, "CAST to CHAR without a length is not supported")
    if not sizes and writer.named("tsql") and target.this in (DType.VARCHAR, DType.NVARCHAR):
        sizes = [str(_UNSIZED_TEXT)]
    if not sizes or sizes[0].lower() == "max":
        return made
    if not sizes[0].isdigit():
        raise refuse(node, "this length of a text is not supported")
    if inner.kind in DATES and int(sizes[0]) >= 19:
        return made
    return call("substr", made.sql, "1", sizes[0], kind=Kind.TEXT)


def _boolean(node: exp.Expr, inner: Piece) -> Piece:
    if inner.kind is Kind.BOOLEAN:
        return inner
    if inner.kind is Kind.INTEGER:
        return Piece(f"{inner.tight(EQUAL - 1)} <> 0", Kind.BOOLEAN, EQUAL)
    truths = {
        "true": "TRUE",
        "t": "TRUE",
        "1": "TRUE",
        "false": "FALSE",
        "f": "FALSE",
        "0": "FALSE",
    }
    if inner.literal is not None and inner.literal.lower() in truths:
        return Piece(truths[inner.literal.lower()], Kind.BOOLEAN)
    raise refuse(node, "CAST to a boolean is not supported here")


def _try_cast(node: exp.Expr, writer: Writer) -> Piece:
    target, inner = node.args["to"], writer.of(node)
    return try_convert(node, inner, target, writer)


def try_convert(node: exp.Expr, inner: Piece, target: exp.DataType, writer: Writer) -> Piece:
    """TRY_CAST: NULL where the value has not the form of the type."""
    kind = target.this
    if inner.kind in NUMBERS or inner.kind in DATES or inner.kind is Kind.BOOLEAN:
        return convert(node, inner, target, writer)
    if kind in _INTEGERS and inner.kind in (Kind.TEXT, Kind.UNKNOWN):
        return call("verifier_try_number", inner.sql, "1", kind=Kind.INTEGER)
    if kind in _REALS:
        return call("verifier_try_number", inner.sql, "0", kind=Kind.REAL, real=True)
    if kind in _DECIMALS:
        read = call("verifier_try_number", inner.sql, "0", kind=Kind.DECIMAL, real=True)
        return _decimal(node, read, target, writer)
    if kind in _TEXTS:
        return _text(node, inner, target, writer)
    if kind is DType.DATE:
        return call("verifier_format_time", inner.sql, "'%Y-%m-%d'", kind=Kind.DATE)
    if kind in _TIMESTAMPS:
        return call("verifier_format_time", inner.sql, "'%Y-%m-%d %H:%M:%S'", kind=Kind.TIMESTAMP)
    raise refuse(node, f"TRY_CAST to {target.sql()} is not supported")


_STYLES = {120: "%Y-%m-%d %H:%M:%S", 23: "%Y-%m-%d", 112: "%Y%m%d", 101: "%m/%d/%Y",
           103: "%d/%m/%Y", 104: "%d.%m.%Y", 105: "%d-%m-%Y", 110: "%m-%d-%Y",
           111: "%Y/%m/%d", 108: "%H:%M:%S", 107: "%b %d, %Y"}  # fmt: skip


def tsql_convert(node: exp.Expr, writer: Writer) -> Piece:
    """CONVERT(type, value, style): learn.microsoft.com, cast-and-convert-transact-sql."""
    target, inner = node.this, writer.of(node, "expression")
    style = node.args.get("style")
    if style is None:
        if node.args.get("safe"):
            return try_convert(node, inner, target, writer)
        return convert(node, inner, target, writer)
    number = int(style.name) if isinstance(style, exp.Literal) and style.name.isdigit() else -1
    if target.this not in _TEXTS or number not in _STYLES or inner.kind not in DATES:
        raise refuse(node, "this style of CONVERT is not supported")
    made = call("verifier_format_time", inner.sql, quoted(_STYLES[number]), kind=Kind.TEXT)
    return _text(node, made, target, writer)


RULES: Rules = {
    exp.Cast: (_cast, "this to"),
    exp.TryCast: (_try_cast, "this to safe requires_string"),
    exp.Convert: (tsql_convert, "this expression style safe"),
}
