"""Functions of numbers.

Promises: rounding of halves as the dialect does it for the type that is declared.

Does not cover: results that depend on decimals wider than a REAL.
"""

from sqlglot import exp

from verifier_server.verifiers.sql.dialects.pieces import DATES, NUMBERS, Kind, Piece, call, refuse
from verifier_server.verifiers.sql.dialects.writer import Rule, Rules, Writer

_MAX_DIGITS = 30


def _digits(node: exp.Expr | None) -> int | None:
    if isinstance(node, exp.Neg):
        inner = _digits(node.this)
        return None if inner is None else -inner
    if isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit():
        return min(int(node.name), _MAX_DIGITS)
    return None


def _rounded(node: exp.Expr, writer: Writer) -> Piece:
    value, decimals = writer.of(node), node.args.get("decimals")
    if value.kind in DATES:
        raise refuse(node, "ROUND of a date is not supported")
    digits = 0 if decimals is None else _digits(decimals)
    cut = node.args.get("truncate")
    if cut is not None and not (isinstance(cut, exp.Literal) and cut.name == "0"):
        return _cut(value, writer.of(node, "decimals").sql, digits)
    if value.kind is Kind.INTEGER and digits is not None and digits >= 0:
        if writer.named("postgres"):
            return Piece(f"CAST({value.sql} AS REAL)", Kind.REAL, real=True)
        return value
    even = value.kind is Kind.REAL and writer.language.even_reals
    if even and decimals is None:
        return call("verifier_round_even", value.sql, kind=Kind.REAL, real=True)
    kind = value.kind if value.kind in NUMBERS else Kind.DECIMAL
    if digits is None or digits < 0:
        text = f"verifier_round({value.sql}, {writer.of(node, 'decimals').sql})"
        return Piece(text, kind, scale=0 if digits is not None else None)
    if digits and kind is Kind.DECIMAL:
        # 1.005 is 1.01 to two places, but the REAL that holds it is less than 1.005.
        text = f"verifier_round({value.sql}, {digits})"
        return Piece(text, kind, real=value.real, scale=digits)
    if decimals is None:
        return Piece(f"ROUND({value.sql})", kind, real=True, scale=0)
    return Piece(f"ROUND({value.sql}, {digits})", kind, real=True, scale=digits)


def _cut(value: Piece, decimals: str, digits: int | None) -> Piece:
    kind = value.kind if value.kind in NUMBERS else Kind.DECIMAL
    text = f"verifier_truncate({value.sql}, {decimals})"
    return Piece(text, kind, real=value.real, scale=digits if (digits or 0) >= 0 else 0)


def _truncated(node: exp.Expr, writer: Writer) -> Piece:
    value = writer.of(node)
    if value.kind in DATES:
        raise refuse(node, "TRUNC of a date needs a unit")
    if node.args.get("decimals") is None:
        return _widened(Piece(f"trunc({value.sql})", value.kind, real=value.real, scale=0), writer)
    return _cut(value, writer.of(node, "decimals").sql, _digits(node.args["decimals"]))


def _keeping(name: str) -> Rule:
    """A function that gives the kind that it is given."""

    def rule(node: exp.Expr, writer: Writer) -> Piece:
        value = writer.of(node)
        if value.kind in DATES:
            raise refuse(node, f"{name} of a date is not supported")
        if name == "abs":
            return value.like(f"{name}({value.sql})")
        return _widened(Piece(f"{name}({value.sql})", value.kind, real=value.real, scale=0), writer)

    return rule


def _widened(made: Piece, writer: Writer) -> Piece:
    """PostgreSQL's functions of double precision make one of an integer (functions-math.html)."""
    if made.kind is Kind.INTEGER and writer.named("postgres"):
        return Piece(f"CAST({made.sql} AS REAL)", Kind.REAL, real=True)
    return made


def _real(name: str, count: int = 1) -> Rule:
    def rule(node: exp.Expr, writer: Writer) -> Piece:
        values = [writer.of(node).sql] if count else []
        if count == 2:
            values.append(writer.of(node, "expression").sql)
        return call(name, *values, kind=Kind.REAL, real=True)

    return rule


def _power(node: exp.Expr, writer: Writer) -> Piece:
    base, exponent = writer.of(node), writer.of(node, "expression")
    made = call("power", base.sql, exponent.sql, kind=Kind.REAL, real=True)
    if writer.named("tsql") and base.kind is Kind.INTEGER:
        # The type of the first argument: learn.microsoft.com, power-transact-sql.
        return Piece(f"CAST({made.sql} AS INTEGER)", Kind.INTEGER)
    return made


def _logarithm(node: exp.Expr, writer: Writer) -> Piece:
    first = writer.of(node)
    if node.args.get("expression") is None:
        if not writer.named("postgres"):
            raise refuse(node, "LOG lacks its base")
        return call("log10", first.sql, kind=Kind.REAL, real=True)
    # The reader puts the base first, as SQLite's log(B, X) has it.
    return call("log", first.sql, writer.of(node, "expression").sql, kind=Kind.REAL, real=True)


def _sign(node: exp.Expr, writer: Writer) -> Piece:
    return _widened(call("sign", writer.of(node).sql, kind=Kind.INTEGER), writer)


RULES: Rules = {
    exp.Round: (_rounded, "this decimals truncate casts_non_integer_decimals"),
    exp.Trunc: (_truncated, "this decimals fractions_supported"),
    exp.Abs: (_keeping("abs"), "this"),
    exp.Ceil: (_keeping("ceil"), "this"),
    exp.Floor: (_keeping("floor"), "this"),
    exp.Sign: (_sign, "this"),
    exp.Pow: (_power, "this expression"),
    exp.Log: (_logarithm, "this expression"),
    exp.Pi: (_real("pi", 0), ""),
    **{
        node: (_real(name), "this")
        for node, name in (
            (exp.Sqrt, "sqrt"),
            (exp.Exp, "exp"),
            (exp.Ln, "ln"),
            (exp.Sin, "sin"),
            (exp.Cos, "cos"),
            (exp.Tan, "tan"),
            (exp.Asin, "asin"),
            (exp.Acos, "acos"),
            (exp.Atan, "atan"),
            (exp.Radians, "radians"),
            (exp.Degrees, "degrees"),
        )
    },
    exp.Atan2: (_real("atan2", 2), "this expression"),
}
