"""Dates and intervals: moving one by the other, and the distance of two dates.

Promises: a month later is never past the month's end (SQLite's 'floor' modifier,
sqlite.org/lang_datefunc.html); a date moved by days or more stays a date, which keeps
'YYYY-MM-DD' comparable with dates that are stored so.

Does not cover: fractions of a second, time zones, intervals as results.
"""

import re

from sqlglot import exp

from verifier_server.verifiers.sql.dialects.pieces import (
    DATES,
    PLUS,
    TIMES,
    UNARY,
    Kind,
    Piece,
    Step,
    refuse,
)
from verifier_server.verifiers.sql.dialects.rules.units import FACTORS, SECONDS, unit_of
from verifier_server.verifiers.sql.dialects.writer import Rules, Writer

_PARTS = re.compile(r"\s*([+-]?\d{1,9})\s*([a-zA-Z]+)", re.ASCII)
_CLOCK = re.compile(r"\s*(\d{1,4}):(\d\d):(\d\d)\s*", re.ASCII)
_WHOLE = re.compile(r"\s*[+-]?\d{1,9}\s*", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MAX_PARTS = 8


def _interval(node: exp.Expr, writer: Writer) -> Piece:
    value, unit = node.args.get("this"), node.args.get("unit")
    if isinstance(value, exp.Literal) and unit is None:
        return Piece("", Kind.INTERVAL, steps=_written(node, value.name))
    name = unit_of(unit)
    if name not in FACTORS:
        raise refuse(node, "this unit of an interval is not supported")
    if value is None:
        raise refuse(node, "an interval lacks its amount")
    if isinstance(value, exp.Literal) and _WHOLE.fullmatch(value.name):
        return Piece("", Kind.INTERVAL, steps=(_step(int(value.name), name),))
    return Piece("", Kind.INTERVAL, steps=(amount_step(node, writer.piece(value), name),))


def _step(amount: int, unit: str) -> Step:
    base, factor = FACTORS[unit]
    return Step(amount * factor, base)


def amount_step(node: exp.Expr, amount: Piece, unit: str) -> Step:
    """So many of a unit, for an amount that is an expression."""
    if amount.literal is not None and not _WHOLE.fullmatch(amount.literal):
        raise refuse(node, "this interval is not supported")
    if amount.literal is not None:
        return _step(int(amount.literal), unit)
    sign, digits = ("-", amount.sql[1:]) if amount.sql.startswith("-") else ("", amount.sql)
    if digits.strip().isdigit():
        return _step(int(sign + digits.strip()), unit)
    if amount.kind not in (Kind.INTEGER, Kind.UNKNOWN):
        raise refuse(node, "an interval of a part of a unit is not supported")
    base, factor = FACTORS[unit]
    text = amount.tight(TIMES) if factor == 1 else f"{amount.tight(TIMES)} * {factor}"
    return Step(text, base)


def _written(node: exp.Expr, text: str) -> tuple[Step, ...]:
    """The parts of '1 year 2 months 03:00:00'."""
    steps: list[Step] = []
    at = 0
    while at < len(text) and len(steps) < _MAX_PARTS:
        clock = _CLOCK.match(text, at)
        if clock is not None:
            for value, unit in zip(clock.groups(), ("hour", "minute", "second"), strict=True):
                steps.append(Step(int(value), unit))
            at = clock.end()
            continue
        part = _PARTS.match(text, at)
        unit_name = unit_of(part[2]) if part is not None else None
        if part is None or unit_name not in FACTORS:
            break
        steps.append(_step(int(part[1]), unit_name))
        at = part.end()
    if not steps or text[at:].strip():
        raise refuse(node, "this interval is not supported")
    return tuple(steps)


def text_interval(node: exp.Expr, text: str) -> Piece:
    """'1 day'::interval."""
    return Piece("", Kind.INTERVAL, steps=_written(node, text))


def negated(piece: Piece) -> Piece:
    """The interval backwards."""
    steps = tuple(
        Step(-each.amount if isinstance(each.amount, int) else f"-({each.amount})", each.unit)
        for each in piece.steps
    )
    if not steps:
        raise ValueError("a distance is not negated")
    return Piece("", Kind.INTERVAL, steps=steps)


def multiplied(node: exp.Expr, left: Piece, right: Piece) -> Piece:
    """An interval so many times."""
    some, times = (left, right) if left.kind is Kind.INTERVAL else (right, left)
    if not some.steps or times.kind not in (Kind.INTEGER, Kind.UNKNOWN):
        raise refuse(node, "this multiple of an interval is not supported")
    steps = tuple(
        Step(
            times.tight(TIMES) if each.amount == 1 else f"{times.tight(TIMES)} * ({each.amount})",
            each.unit,
        )
        for each in some.steps
    )
    return Piece("", Kind.INTERVAL, steps=steps)


def instant(node: exp.Expr, piece: Piece) -> str:
    """The text of a value that a date function of SQLite may be given.

    Raises:
        UntranslatableError: for numbers: SQLite reads them as Julian days.
    """
    if piece.kind in DATES or piece.kind in (Kind.TEXT, Kind.UNKNOWN, Kind.NULL, Kind.TIME):
        return piece.sql
    raise refuse(node, "a date function needs a date")


def shifted(
    node: exp.Expr, base: Piece, steps: tuple[Step, ...], sign: int, kind: Kind | None = None
) -> Piece:
    """A date or timestamp moved by an interval; `kind` is what the dialect says it gives."""
    text = instant(node, base)
    modifiers = ", ".join(each for step in _merged(steps) for each in _modifiers(step, sign))
    clock = any(step.unit in ("hour", "minute", "second") for step in steps)
    wanted = kind or base.kind
    if base.literal is not None and kind is None:
        wanted = Kind.DATE if _DAY.fullmatch(base.literal) else Kind.TIMESTAMP
    if clock:
        wanted = Kind.TIMESTAMP
    if wanted is Kind.DATE:
        return Piece(f"date({text}, {modifiers})", Kind.DATE)
    if wanted is Kind.TIMESTAMP:
        return Piece(f"datetime({text}, {modifiers})", Kind.TIMESTAMP)
    # A text that holds a date or a timestamp stays what it is.
    made = (
        f"CASE WHEN length({text}) > 10 THEN datetime({text}, {modifiers}) "
        f"ELSE date({text}, {modifiers}) END"
    )
    return Piece(made, Kind.UNKNOWN)


def _merged(steps: tuple[Step, ...]) -> list[Step]:
    """Months first and together, as engines add them: a year and two months are 14 months."""
    totals = {"month": 0, "day": 0, "hour": 0, "minute": 0, "second": 0}
    for step in steps:
        if isinstance(step.amount, int):
            unit, factor = ("month", 12) if step.unit == "year" else (step.unit, 1)
            totals[unit] += step.amount * factor
    fixed = [Step(amount, unit) for unit, amount in totals.items() if amount]
    computed = [step for step in steps if not isinstance(step.amount, int)]
    return (computed + fixed) or [Step(0, "day")]


def _modifiers(step: Step, sign: int) -> tuple[str, ...]:
    if isinstance(step.amount, int):
        amount = step.amount * sign
        if step.unit == "month" and amount % 12 == 0 and amount:
            step, amount = Step(0, "year"), amount // 12
        first = f"'{amount:+d} {step.unit}{'s' if abs(amount) != 1 else ''}'"
    else:
        value = f"({step.amount})" if sign > 0 else f"(-({step.amount}))"
        first = f"{value} || ' {step.unit}s'"
    # Without 'floor', January 31 and a month is March 2 or 3.
    return (first, "'floor'") if step.unit in ("month", "year") else (first,)


def moved(node: exp.Expr, left: Piece, right: Piece, sign: int, writer: Writer) -> Piece | None:
    """What + or - is where a date or an interval takes part; None where none does."""
    if right.kind is Kind.INTERVAL and left.kind is Kind.INTERVAL:
        if not left.steps or not right.steps:
            raise refuse(node, "this sum of intervals is not supported")
        other = right if sign > 0 else negated(right)
        return Piece("", Kind.INTERVAL, steps=left.steps + other.steps)
    if right.kind is Kind.INTERVAL:
        if not right.steps:
            raise refuse(node, "this sum with an interval is not supported")
        return shifted(node, left, right.steps, sign)
    if left.kind is Kind.INTERVAL:
        if sign < 0 or not left.steps:
            raise refuse(node, "this difference of intervals is not supported")
        return shifted(node, right, left.steps, 1)
    if left.kind in DATES and right.kind in DATES and sign < 0:
        return _distance(node, left, right, writer)
    if left.kind in DATES or right.kind in DATES:
        date, days = (left, right) if left.kind in DATES else (right, left)
        if date.kind is Kind.DATE and days.literal is None and (sign > 0 or date is left):
            # Days: postgresql.org/docs/current/functions-datetime.html; docs.snowflake.com, date.
            plain = days.kind in (Kind.INTEGER, Kind.UNKNOWN)
            if plain and writer.named("postgres", "snowflake"):
                return shifted(node, date, (amount_step(node, days, "day"),), sign)
        if days.literal is not None and sign < 0 and date is left and writer.named("postgres"):
            read = Piece(days.sql, Kind.DATE if _DAY.fullmatch(days.literal) else Kind.TIMESTAMP)
            return _distance(node, left, read, writer)
        raise refuse(node, "this arithmetic with a date is not supported")
    return None


def _distance(node: exp.Expr, left: Piece, right: Piece, writer: Writer) -> Piece:
    both = left.kind is Kind.DATE and right.kind is Kind.DATE
    if both and writer.named("postgres", "snowflake"):
        return days_between(left.sql, right.sql)
    if writer.named("postgres"):
        return Piece("", Kind.INTERVAL, span=(left.sql, right.sql))
    raise refuse(node, "- of two dates is not supported")


def days_between(later: str, earlier: str) -> Piece:
    """The number of midnights between two dates."""
    text = f"CAST(julianday(date({later})) - julianday(date({earlier})) AS INTEGER)"
    return Piece(text, Kind.INTEGER)


def seconds(node: exp.Expr, piece: Piece) -> Piece:
    """An interval in seconds, as PostgreSQL compares it: months have 30 days, years 12 months."""
    if piece.age:
        raise refuse(node, "age is not supported here")
    if piece.span is not None:
        later, earlier = piece.span
        return Piece(
            f"unixepoch({later}, 'subsec') - unixepoch({earlier}, 'subsec')",
            Kind.DECIMAL,
            PLUS,
            real=True,
        )
    total = 0
    for step in piece.steps:
        if not isinstance(step.amount, int):
            raise refuse(node, "this interval is not supported here")
        days = {"month": 30, "year": 360}.get(step.unit)
        total += step.amount * (days * SECONDS["day"] if days else SECONDS[step.unit])
    return Piece(str(total), Kind.INTEGER, UNARY if total < 0 else 0)


RULES: Rules = {exp.Interval: (_interval, "this unit")}
