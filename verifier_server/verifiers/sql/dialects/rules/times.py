"""Parts of dates, truncation, differences, formats, the clock.

Promises: numbering as the dialect has it (weeks, days of the week), from its documentation;
differences count boundaries or whole units as the dialect's function does.

Does not cover: time zones.
"""

from sqlglot import exp

from verifier_server.verifiers.sql.dialects.pieces import (
    DATES,
    PLUS,
    TIMES,
    Kind,
    Piece,
    call,
    quoted,
    refuse,
)
from verifier_server.verifiers.sql.dialects.rules import casts, formats, intervals
from verifier_server.verifiers.sql.dialects.rules.units import (
    CALENDAR,
    FACTORS,
    SECONDS,
    unit_of,
)
from verifier_server.verifiers.sql.dialects.writer import Rule, Rules, Writer

_FIELDS = {
    "year": "%Y", "month": "%m", "day": "%d", "hour": "%H", "minute": "%M", "second": "%S",
    "doy": "%j", "isoweek": "%V", "isoyear": "%G", "isodow": "%u",
}  # fmt: skip
# Seconds from year 1 to 1970: keeps the division of earlier instants from rounding up.
_SINCE_YEAR_1 = 62_135_596_800


def part(node: exp.Expr, base: Piece, unit: str | None, writer: Writer) -> Piece:
    """One field of a date, as EXTRACT gives it."""
    if base.kind is Kind.INTERVAL:
        return _part_of_interval(node, base, unit)
    text = intervals.instant(node, base)
    # PostgreSQL's EXTRACT is numeric: / keeps the fraction (functions-datetime.html).
    kind = Kind.DECIMAL if writer.named("postgres") else Kind.INTEGER
    made = _part(node, text, unit, writer)
    if kind is Kind.DECIMAL:
        return Piece(made.sql, kind, made.level, scale=0)
    return made


def _field(text: str, field: str) -> Piece:
    return Piece(f"CAST(strftime('{field}', {text}) AS INTEGER)", Kind.INTEGER)


def _part(node: exp.Expr, text: str, unit: str | None, writer: Writer) -> Piece:
    if unit in _FIELDS:
        return _field(text, _FIELDS[unit])
    if unit == "quarter":
        return Piece(f"({_field(text, '%m').sql} + 2) / 3", Kind.INTEGER, TIMES)
    if unit == "epoch":
        return call("unixepoch", text, kind=Kind.INTEGER)
    if unit == "date" and writer.named("bigquery"):
        return call("date", text, kind=Kind.DATE)
    if unit == "week":
        return _week(text, writer)
    if unit == "week_monday" and writer.named("bigquery"):
        return _field(text, "%W")
    if unit == "week_sunday":
        return _field(text, "%U")
    if unit == "dow" or (unit == "dayofweek" and writer.named("snowflake")):
        # From Sunday, 0: PostgreSQL; Snowflake with WEEK_START 0.
        return _field(text, "%w")
    if unit == "dayofweek" and writer.named("mysql", "bigquery", "tsql"):
        # From Sunday, 1; T-SQL with DATEFIRST 7.
        return Piece(f"{_field(text, '%w').sql} + 1", Kind.INTEGER, PLUS)
    raise refuse(node, "this part of a date is not supported")


def _week(text: str, writer: Writer) -> Piece:
    if writer.named("postgres", "snowflake"):
        return _field(text, "%V")
    if writer.named("tsql"):
        return call("verifier_tsql_week", f"datetime({text})", kind=Kind.INTEGER)
    # BigQuery's WEEK and mode 0 of MySQL's: from Sunday, days before the first one in week 0.
    return _field(text, "%U")


def _part_of_interval(node: exp.Expr, base: Piece, unit: str | None) -> Piece:
    if base.span is None:
        if unit == "epoch":
            return intervals.seconds(node, base)
        raise refuse(node, "a part of this interval is not supported")
    later, earlier = base.span
    if base.age:
        months = f"verifier_full_months(datetime({earlier}), datetime({later}))"
        if unit == "year":
            return Piece(f"{months} / 12", Kind.DECIMAL, TIMES, scale=0)
        if unit == "month":
            return Piece(f"{months} % 12", Kind.DECIMAL, TIMES, scale=0)
        raise refuse(node, "this part of an age is not supported")
    if unit == "epoch":
        return intervals.seconds(node, base)
    whole = f"(unixepoch({later}) - unixepoch({earlier}))"
    # postgresql.org, functions-datetime: timestamps subtract to days and a time.
    counted = {
        "day": f"{whole} / 86400",
        "hour": f"{whole} % 86400 / 3600",
        "minute": f"{whole} % 3600 / 60",
        "second": f"{whole} % 60",
    }
    if unit not in counted:
        raise refuse(node, "this part of an interval is not supported")
    return Piece(counted[unit], Kind.DECIMAL, TIMES, scale=0)


def _extract(node: exp.Expr, writer: Writer) -> Piece:
    return part(node, writer.of(node, "expression"), unit_of(node.this), writer)


def _named_part(unit: str) -> Rule:
    def rule(node: exp.Expr, writer: Writer) -> Piece:
        return part(node, writer.of(node), unit, writer)

    return rule


def _week_rule(node: exp.Expr, writer: Writer) -> Piece:
    base, mode = writer.of(node), node.args.get("mode")
    text = intervals.instant(node, base)
    if mode is None:
        return _week(text, writer)
    if mode.name not in ("0", "1", "3") or not writer.named("mysql"):
        raise refuse(node, "this mode of WEEK is not supported")
    return call("verifier_mysql_week", f"datetime({text})", mode.name, kind=Kind.INTEGER)


def as_is(node: exp.Expr, writer: Writer) -> Piece:
    """A conversion that the reader has added and the functions of SQLite need not."""
    return writer.of(node)


def _as_date(node: exp.Expr, writer: Writer) -> Piece:
    return casts.dated(node, writer.of(node))


def _as_timestamp(node: exp.Expr, writer: Writer) -> Piece:
    return casts.stamped(node, writer.of(node))


def _truncated(node: exp.Expr, writer: Writer) -> Piece:
    base, unit = writer.of(node), unit_of(node.args.get("unit"))
    text = intervals.instant(node, base)
    if unit == "year":
        return call("date", text, "'start of year'", kind=Kind.DATE)
    if unit == "month":
        return call("date", text, "'start of month'", kind=Kind.DATE)
    if unit == "day":
        return call("date", text, kind=Kind.DATE)
    if unit == "quarter":
        back = f"-((CAST(strftime('%m', {text}) AS INTEGER) - 1) % 3) || ' months'"
        return call("date", text, "'start of month'", back, kind=Kind.DATE)
    if unit in ("week", "isoweek", "week_monday"):
        if unit == "week" and writer.named("tsql", "bigquery"):
            return call("date", text, "'-6 days'", "'weekday 0'", kind=Kind.DATE)
        return call("date", text, "'-6 days'", "'weekday 1'", kind=Kind.DATE)
    if unit == "week_sunday":
        return call("date", text, "'-6 days'", "'weekday 0'", kind=Kind.DATE)
    layouts = {
        "hour": "%Y-%m-%d %H:00:00",
        "minute": "%Y-%m-%d %H:%M:00",
        "second": "%Y-%m-%d %H:%M:%S",
    }
    if unit in layouts:
        return call("strftime", quoted(layouts[unit]), text, kind=Kind.TIMESTAMP)
    raise refuse(node, "this unit of a truncation is not supported")


def _shift(node: exp.Expr, writer: Writer, sign: int, kind: Kind | None) -> Piece:
    base = writer.of(node)
    unit = unit_of(node.args.get("unit")) if node.args.get("unit") else "day"
    amount = node.args.get("expression")
    if isinstance(amount, exp.Interval):
        steps = writer.piece(amount).steps
    elif unit in FACTORS and amount is not None:
        steps = (intervals.amount_step(node, writer.piece(amount), unit),)
    else:
        raise refuse(node, "this unit is not supported")
    return intervals.shifted(node, base, steps, sign, kind)


def _date_added(node: exp.Expr, writer: Writer) -> Piece:
    return _shift(node, writer, 1, Kind.DATE if writer.named("bigquery") else None)


def _date_subtracted(node: exp.Expr, writer: Writer) -> Piece:
    return _shift(node, writer, -1, Kind.DATE if writer.named("bigquery") else None)


def _stamp_added(node: exp.Expr, writer: Writer) -> Piece:
    return _shift(node, writer, 1, Kind.TIMESTAMP if writer.named("bigquery") else None)


def _stamp_subtracted(node: exp.Expr, writer: Writer) -> Piece:
    return _shift(node, writer, -1, Kind.TIMESTAMP)


def boundaries(node: exp.Expr, writer: Writer) -> Piece:
    """DATEDIFF: how many boundaries of a unit lie between (T-SQL, Snowflake, BigQuery)."""
    if writer.named("postgres"):
        raise refuse(node, "PostgreSQL has no DATEDIFF")
    later, earlier = writer.of(node), writer.of(node, "expression")
    unit = unit_of(node.args["unit"]) if node.args.get("unit") else "day"
    end, start = intervals.instant(node, later), intervals.instant(node, earlier)
    if unit == "day":
        return intervals.days_between(end, start)
    if unit is None:
        raise refuse(node, "this unit is not supported")
    counted = [_ordinal(node, text, unit, writer) for text in (end, start)]
    return Piece(f"{counted[0]} - {counted[1]}", Kind.INTEGER, PLUS)


def _ordinal(node: exp.Expr, text: str, unit: str, writer: Writer) -> str:
    year, month = _field(text, "%Y").sql, _field(text, "%m").sql
    if unit == "year":
        return year
    if unit == "month":
        return f"({year} * 12 + {month})"
    if unit == "quarter":
        return f"({year} * 4 + ({month} + 2) / 3)"
    if unit in ("week", "isoweek", "week_sunday", "week_monday"):
        # Julian day 0 was a Monday.
        sunday = unit == "week_sunday" or (unit == "week" and not writer.named("snowflake"))
        shift = "1.5" if sunday else "0.5"
        return f"(CAST(julianday(date({text})) + {shift} AS INTEGER) / 7)"
    if unit in ("hour", "minute", "second"):
        return f"((unixepoch({text}) + {_SINCE_YEAR_1}) / {SECONDS[unit]})"
    raise refuse(node, "this unit is not supported")


def whole_units(node: exp.Expr, writer: Writer) -> Piece:
    """TIMESTAMPDIFF of MySQL and TIMESTAMP_DIFF of BigQuery: complete units."""
    if not writer.named("mysql", "bigquery"):
        return boundaries(node, writer)
    later, earlier = writer.of(node), writer.of(node, "expression")
    end, start = intervals.instant(node, later), intervals.instant(node, earlier)
    unit = unit_of(node.args.get("unit"))
    if unit in SECONDS:
        text = f"(unixepoch({end}) - unixepoch({start})) / {SECONDS[unit]}"
        return Piece(text, Kind.INTEGER, TIMES)
    if unit in ("month", "quarter", "year") and writer.named("mysql"):
        months = f"verifier_full_months(datetime({start}), datetime({end}))"
        count = {"month": "", "quarter": " / 3", "year": " / 12"}[unit]
        return Piece(months + count, Kind.INTEGER, TIMES if count else 0)
    raise refuse(node, "this unit is not supported")


def _months_added(node: exp.Expr, writer: Writer) -> Piece:
    raise refuse(node, "ADD_MONTHS keeps month ends: use DATEADD")


def _last_day(node: exp.Expr, writer: Writer) -> Piece:
    if node.args.get("unit") and unit_of(node.args["unit"]) != "month":
        raise refuse(node, "LAST_DAY of this unit is not supported")
    text = intervals.instant(node, writer.of(node))
    return call("date", text, "'start of month'", "'+1 month'", "'-1 day'", kind=Kind.DATE)


def _today(node: exp.Expr, writer: Writer) -> Piece:
    return Piece("CURRENT_DATE", Kind.DATE)


def _now(node: exp.Expr, writer: Writer) -> Piece:
    return Piece("CURRENT_TIMESTAMP", Kind.TIMESTAMP)


def _epoch_time(node: exp.Expr, writer: Writer) -> Piece:
    inner = writer.of(node)
    if inner.kind not in (Kind.INTEGER, Kind.UNKNOWN, Kind.DECIMAL, Kind.REAL):
        raise refuse(node, "this needs a number of seconds")
    return call("datetime", inner.sql, "'unixepoch'", kind=Kind.TIMESTAMP)


def _epoch_seconds(node: exp.Expr, writer: Writer) -> Piece:
    return call("unixepoch", intervals.instant(node, writer.of(node)), kind=Kind.INTEGER)


def _from_parts(node: exp.Expr, writer: Writer) -> Piece:
    year, month, day = (writer.of(node, key).atom for key in ("year", "month", "day"))
    return call(
        "date",
        "'2000-01-01'",
        f"({year} - 2000) || ' years'",
        f"({month} - 1) || ' months'",
        f"({day} - 1) || ' days'",
        kind=Kind.DATE,
    )


def formatted(node: exp.Expr, base: Piece, layout: str) -> Piece:
    """A date in a layout of `callables.times`."""
    text = intervals.instant(node, base)
    if formats.is_native(layout):
        return call("strftime", quoted(layout), text, kind=Kind.TEXT)
    inner = text if base.kind in DATES else f"datetime({text})"
    return call("verifier_format_time", inner, quoted(layout), kind=Kind.TEXT)


RULES: Rules = {
    exp.Extract: (_extract, "this expression"),
    **{
        node: (_named_part(unit), "this abbreviated")
        for node, unit in (
            (exp.Year, "year"),
            (exp.Month, "month"),
            (exp.Day, "day"),
            (exp.DayOfMonth, "day"),
            (exp.Hour, "hour"),
            (exp.Minute, "minute"),
            (exp.Second, "second"),
            (exp.Quarter, "quarter"),
            (exp.DayOfYear, "doy"),
            (exp.DayOfWeek, "dayofweek"),
            (exp.DayOfWeekIso, "isodow"),
            (exp.WeekOfYear, "isoweek"),
        )
    },
    exp.Week: (_week_rule, "this mode"),
    exp.TsOrDsToDate: (_as_date, "this default_date"),
    exp.TsOrDsToTimestamp: (_as_timestamp, "this"),
    exp.TimeStrToTime: (as_is, "this"),
    exp.Date: (_as_date, "this"),
    exp.Timestamp: (_as_timestamp, "this with_tz"),
    exp.TimestampTrunc: (_truncated, "this unit input_type_preserved"),
    exp.DateTrunc: (_truncated, "this unit input_type_preserved"),
    exp.DatetimeTrunc: (_truncated, "this unit"),
    exp.DateAdd: (_date_added, "this expression unit"),
    exp.DateSub: (_date_subtracted, "this expression unit"),
    exp.TimestampAdd: (_stamp_added, "this expression unit"),
    exp.TimestampSub: (_stamp_subtracted, "this expression unit"),
    exp.DatetimeAdd: (_stamp_added, "this expression unit"),
    exp.DatetimeSub: (_stamp_subtracted, "this expression unit"),
    exp.DateDiff: (boundaries, "this expression unit date_part_boundary big_int"),
    exp.DatetimeDiff: (boundaries, "this expression unit date_part_boundary"),
    exp.TimestampDiff: (whole_units, "this expression unit"),
    exp.AddMonths: (_months_added, "this expression preserve_end_of_month"),
    exp.LastDay: (_last_day, "this unit"),
    exp.CurrentDate: (_today, ""),
    exp.UtcDate: (_today, ""),
    exp.CurrentTimestamp: (_now, "sysdate"),
    exp.CurrentDatetime: (_now, ""),
    exp.Localtimestamp: (_now, ""),
    exp.UnixToTime: (_epoch_time, "this"),
    exp.UnixSeconds: (_epoch_seconds, "this"),
    exp.DateFromParts: (_from_parts, "year month day allow_overflow"),
}
assert FACTORS.keys() <= CALENDAR | SECONDS.keys()
