"""Functions that the reader leaves as they stand, by dialect and name.

Promises: a name without an entry is refused: no unknown function reaches SQLite.

Does not cover: functions that have nodes of their own (the other rules).
"""

from collections.abc import Callable

from sqlglot import exp

from verifier_server.verifiers.sql.dialects.languages import RAW
from verifier_server.verifiers.sql.dialects.pieces import (
    DATES,
    EQUAL,
    PLUS,
    TIMES,
    Kind,
    Piece,
    Step,
    call,
    refuse,
)
from verifier_server.verifiers.sql.dialects.rules import casts, formats, intervals, times
from verifier_server.verifiers.sql.dialects.rules.units import unit_of
from verifier_server.verifiers.sql.dialects.writer import Rules, Writer

_ISO = ("YYYY-MM-DD", "%Y-%m-%d")
_ISO_TIMES = ("YYYY-MM-DD HH24:MI:SS", "%Y-%m-%d %H:%i:%s", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %T")


def _literal(node: exp.Expr, piece: Piece) -> str:
    if piece.literal is None:
        raise refuse(node, "the format must be a literal")
    return piece.literal


def _formatted(node: exp.Expr, values: list[Piece], writer: Writer) -> Piece:
    base, form = _count(node, values, 2)
    layout = formats.layout_of(node, _literal(node, form), writer.language.name)
    return times.formatted(node, base, layout)


def _count(node: exp.Expr, values: list[Piece], *counts: int) -> list[Piece]:
    if len(values) not in counts:
        raise refuse(node, "this number of arguments is not supported")
    return values


def _format_first(node: exp.Expr, values: list[Piece], writer: Writer) -> Piece:
    return _formatted(node, _count(node, values, 2)[::-1], writer)


def _to_char(node: exp.Expr, values: list[Piece], writer: Writer) -> Piece:
    if len(values) == 1:
        text = casts.to_text(node, values[0], writer)
        return Piece(f"CAST({text.sql} AS TEXT)", Kind.TEXT)
    form = _literal(node, _count(node, values, 2)[1])
    if values[0].kind not in DATES and set(form.upper().removeprefix("FM")) <= set("90.,"):
        return _number_format(node, values[0], form)
    return _formatted(node, values, writer)


def _number_format(node: exp.Expr, value: Piece, form: str) -> Piece:
    """FM999,990.00: the forms whose result has no blanks (functions-formatting.html)."""
    whole, _, fraction = form.upper().removeprefix("FM").partition(".")
    plain = form.upper().startswith("FM") and set(fraction) <= {"0"} and whole.endswith("0")
    digits = whole.replace(",", "")
    if not plain or set(digits[:-1]) - {"9"} or len(digits) < 7:
        raise refuse(node, "this format of a number is not supported")
    name = "verifier_thousands" if "," in whole else "verifier_fixed"
    return call(name, value.sql, str(len(fraction)), kind=Kind.TEXT)


def _tsql_format(node: exp.Expr, values: list[Piece], writer: Writer) -> Piece:
    form = _literal(node, _count(node, values, 2)[1])
    if values[0].kind in DATES:
        return _formatted(node, values, writer)
    kind, digits = form[:1].upper(), form[1:] or "2"
    if kind in ("N", "F") and digits.isdigit() and len(digits) == 1:
        name = "verifier_thousands" if kind == "N" else "verifier_fixed"
        return call(name, values[0].sql, digits, kind=Kind.TEXT)
    return _formatted(node, values, writer)


def _mysql_format(node: exp.Expr, values: list[Piece], writer: Writer) -> Piece:
    value, digits = _count(node, values, 2)
    return call("verifier_thousands", value.sql, digits.sql, kind=Kind.TEXT)


def _bigquery_format(node: exp.Expr, values: list[Piece], writer: Writer) -> Piece:
    form, value = _count(node, values, 2)
    text = _literal(node, form)
    if len(text) == 4 and text.startswith("%.") and text[2].isdigit() and text[3] == "f":
        return call("verifier_fixed", value.sql, text[2], kind=Kind.TEXT)
    if text == "%d" and value.kind is Kind.INTEGER:
        return Piece(f"CAST({value.sql} AS TEXT)", Kind.TEXT)
    raise refuse(node, "this FORMAT is not supported")


def _read_date(node: exp.Expr, values: list[Piece], writer: Writer) -> Piece:
    if len(values) == 1:
        return casts.dated(node, values[0])
    form = _literal(node, _count(node, values, 2)[1])
    if form.upper() == _ISO[0] or form == _ISO[1]:
        return casts.dated(node, values[0])
    if form in _ISO_TIMES:
        return casts.stamped(node, values[0])
    raise refuse(node, "reading dates of this format is not supported")


def _read_date_format_first(node: exp.Expr, values: list[Piece], writer: Writer) -> Piece:
    return _read_date(node, _count(node, values, 2)[::-1], writer)


def _read_stamp(node: exp.Expr, values: list[Piece], writer: Writer) -> Piece:
    if len(values) == 1:
        if values[0].kind in (Kind.TEXT, *DATES):
            return casts.stamped(node, values[0])
        return call("datetime", values[0].sql, "'unixepoch'", kind=Kind.TIMESTAMP)
    return casts.stamped(node, _read_date(node, values, writer))


def _name(layout: str) -> "Handler":
    def handler(node: exp.Expr, values: list[Piece], writer: Writer) -> Piece:
        return times.formatted(node, _count(node, values, 1)[0], layout)

    return handler


def _age(node: exp.Expr, values: list[Piece], writer: Writer) -> Piece:
    """AGE(later, earlier), or AGE(earlier) until today."""
    if len(values) == 1:
        values = [Piece("CURRENT_DATE", Kind.DATE), values[0]]
    later, earlier = (intervals.instant(node, value) for value in _count(node, values, 2))
    return Piece("", Kind.INTERVAL, span=(later, earlier), age=True)


def _make_date(node: exp.Expr, values: list[Piece], writer: Writer) -> Piece:
    year, month, day = (value.atom for value in _count(node, values, 3))
    return call(
        "date",
        "'2000-01-01'",
        f"({year} - 2000) || ' years'",
        f"({month} - 1) || ' months'",
        f"({day} - 1) || ' days'",
        kind=Kind.DATE,
    )


def _every(node: exp.Expr, values: list[Piece], writer: Writer) -> Piece:
    return call("MIN", _count(node, values, 1)[0].sql, kind=Kind.BOOLEAN)


def _now(node: exp.Expr, values: list[Piece], writer: Writer) -> Piece:
    return Piece("CURRENT_TIMESTAMP", Kind.TIMESTAMP)


def _today(node: exp.Expr, values: list[Piece], writer: Writer) -> Piece:
    return Piece("CURRENT_DATE", Kind.DATE)


def _weekday(node: exp.Expr, values: list[Piece], writer: Writer) -> Piece:
    """From Monday, 0 (MySQL)."""
    text = intervals.instant(node, _count(node, values, 1)[0])
    return Piece(f"CAST(strftime('%u', {text}) AS INTEGER) - 1", Kind.INTEGER, PLUS)


def _moved(sign: int) -> "Handler":
    def handler(node: exp.Expr, values: list[Piece], writer: Writer) -> Piece:
        base, amount = _count(node, values, 2)
        steps: tuple[Step, ...] = amount.steps
        if amount.kind is not Kind.INTERVAL:
            steps = (intervals.amount_step(node, amount, "day"),)
        return intervals.shifted(node, base, steps, sign)

    return handler


def _unix(node: exp.Expr, values: list[Piece], writer: Writer) -> Piece:
    text = intervals.instant(node, values[0]) if _count(node, values, 0, 1) else "'now'"
    return call("unixepoch", text, kind=Kind.INTEGER)


def _simple(name: str, count: int, kind: Kind = Kind.TEXT, real: bool = False) -> "Handler":
    def handler(node: exp.Expr, values: list[Piece], writer: Writer) -> Piece:
        values = _count(node, values, count)
        if kind is Kind.TEXT:
            values = [casts.to_text(node, values[0], writer), *values[1:]]
        return call(name, *(value.sql for value in values), kind=kind, real=real)

    return handler


def _mid(node: exp.Expr, values: list[Piece], writer: Writer) -> Piece:
    _count(node, values, 3)
    made = exp.Substring(
        this=node.expressions[0], start=node.expressions[1], length=node.expressions[2]
    )
    return writer.piece(made)


def _length(node: exp.Expr, values: list[Piece], writer: Writer) -> Piece:
    text = casts.to_text(node, _count(node, values, 1)[0], writer).sql
    if writer.named("tsql"):
        text = f"rtrim({text}, ' ')"
    return call("length", text, kind=Kind.INTEGER)


def _field(node: exp.Expr, values: list[Piece], writer: Writer) -> Piece:
    """FIELD(x, a, b): where x is in the list, 0 where nowhere."""
    subject, *rest = values
    parts = [f"WHEN {subject.atom} = {each.atom} THEN {i}" for i, each in enumerate(rest, 1)]
    if not parts:
        raise refuse(node, "FIELD lacks an argument")
    return Piece(f"CASE {' '.join(parts)} ELSE 0 END", Kind.INTEGER)


def _choose(node: exp.Expr, values: list[Piece], writer: Writer) -> Piece:
    subject, *rest = values
    parts = [f"WHEN {i} THEN {each.sql}" for i, each in enumerate(rest, 1)]
    if not parts:
        raise refuse(node, "CHOOSE lacks an argument")
    return Piece(f"CASE {subject.sql} {' '.join(parts)} END")


def _square(node: exp.Expr, values: list[Piece], writer: Writer) -> Piece:
    value = _count(node, values, 1)[0]
    if writer.named("tsql") or value.kind is Kind.REAL:
        return call("power", value.sql, "2", kind=Kind.REAL, real=True)
    return Piece(f"{value.atom} * {value.atom}", value.kind, TIMES, real=value.real)


def _contains(node: exp.Expr, values: list[Piece], writer: Writer) -> Piece:
    text, wanted = (f"verifier_lower({value.sql})" for value in _count(node, values, 2))
    return Piece(f"instr({text}, {wanted}) > 0", Kind.BOOLEAN, EQUAL)


Handler = Callable[[exp.Expr, list[Piece], Writer], Piece]

_STATISTICS: dict[str, Handler] = {
    "STDEVP": _simple("verifier_stddev_pop", 1, Kind.REAL, True),
    "VAR": _simple("verifier_var_samp", 1, Kind.REAL, True),
    "VARP": _simple("verifier_var_pop", 1, Kind.REAL, True),
}

FUNCTIONS: dict[str, dict[str, Handler]] = {
    "postgres": {
        RAW + "TO_CHAR": _to_char,
        RAW + "TO_DATE": _read_date,
        RAW + "TO_TIMESTAMP": _read_stamp,
        "AGE": _age,
        "MAKE_DATE": _make_date,
        "EVERY": _every,
        "CLOCK_TIMESTAMP": _now,
        "BTRIM": _simple("trim", 1),
    },
    "mysql": {
        RAW + "DATE_FORMAT": _formatted,
        RAW + "FORMAT": _mysql_format,
        RAW + "STR_TO_DATE": _read_date,
        RAW + "MONTHNAME": _name("%B"),
        RAW + "DAYNAME": _name("%A"),
        "NOW": _now,
        "SYSDATE": _now,
        "LOCALTIME": _now,
        "WEEKDAY": _weekday,
        "ADDDATE": _moved(1),
        "SUBDATE": _moved(-1),
        "UNIX_TIMESTAMP": _unix,
        "MID": _mid,
        "FIELD": _field,
    },
    "tsql": {
        RAW + "FORMAT": _tsql_format,
        RAW + "LEN": _length,
        RAW + "SQUARE": _square,
        RAW + "REPLICATE": _simple("verifier_repeat", 2),
        "CHOOSE": _choose,
        **_STATISTICS,
    },
    "bigquery": {
        RAW + "FORMAT": _bigquery_format,
        RAW + "FORMAT_DATE": _format_first,
        RAW + "FORMAT_DATETIME": _format_first,
        RAW + "FORMAT_TIMESTAMP": _format_first,
        RAW + "PARSE_DATE": _read_date_format_first,
        RAW + "PARSE_TIMESTAMP": _read_date_format_first,
        RAW + "PARSE_DATETIME": _read_date_format_first,
        RAW + "CONTAINS_SUBSTR": _contains,
    },
    "snowflake": {
        RAW + "TO_CHAR": _to_char,
        RAW + "TO_VARCHAR": _to_char,
        RAW + "TO_DATE": _read_date,
        RAW + "TO_TIMESTAMP": _read_stamp,
        RAW + "MONTHNAME": _name("%b"),
        RAW + "DAYNAME": _name("%a"),
        RAW + "LEN": _length,
        RAW + "SQUARE": _square,
        "GETDATE": _now,
    },
}


def _function(node: exp.Expr, writer: Writer) -> Piece:
    name = str(node.this).upper() if isinstance(node.this, str) else node.name.upper()
    shown = name.removeprefix(RAW)
    if name == RAW + "DATENAME" and writer.named("tsql"):
        return _date_name(node, writer)
    handler = FUNCTIONS[writer.language.name].get(name)
    if handler is None:
        raise refuse(node, f"the function {shown[:60]} is not supported")
    return handler(node, writer.all_of(node), writer)


def _date_name(node: exp.Expr, writer: Writer) -> Piece:
    """DATENAME(part, date): names of months and weekdays, and the rest as text."""
    if len(node.expressions) != 2:
        raise refuse(node, "DATENAME takes two arguments")
    unit, base = unit_of(node.expressions[0]), writer.piece(node.expressions[1])
    layouts = {"month": "%B", "dayofweek": "%A", "year": "%Y", "day": "%e", "quarter": "%q"}
    if unit not in layouts:
        raise refuse(node, "this part of DATENAME is not supported")
    return times.formatted(node, base, layouts[unit])


RULES: Rules = {exp.Anonymous: (_function, "this expressions")}
