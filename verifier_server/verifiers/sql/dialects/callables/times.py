"""Dates and timestamps, as ISO 8601 texts that SQLite's datetime() has made.

Promises: a value that is not 'YYYY-MM-DD' or 'YYYY-MM-DD HH:MM:SS' gives NULL,
as SQLite's own date functions do.

Does not cover: time zones and fractions of a second.
"""

import datetime
import re

from verifier_server.verifiers.sql.dialects.callables.values import text
from verifier_server.verifiers.sql.rows import Cell

_SHAPE = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)?", re.ASCII)
_MAX_LENGTH = 32
_MONTHS = (
    "January February March April May June July August September October November December".split()
)
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def moment(value: Cell) -> datetime.datetime | None:
    """The instant that a text names, or None."""
    if not isinstance(value, str) or len(value) > _MAX_LENGTH or not _SHAPE.fullmatch(value):
        return None
    try:
        return datetime.datetime.fromisoformat(value)
    except ValueError:
        return None


def _suffix(number: int) -> str:
    if 10 <= number % 100 <= 20:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _field(at: datetime.datetime, code: str) -> str:
    hour12 = at.hour % 12 or 12
    year, week, _ = at.isocalendar()
    fields = {
        "Y": f"{at.year:04}",
        "y": f"{at.year % 100:02}",
        "m": f"{at.month:02}",
        "c": str(at.month),
        "d": f"{at.day:02}",
        "e": str(at.day),
        "D": f"{at.day}{_suffix(at.day)}",
        "H": f"{at.hour:02}",
        "k": str(at.hour),
        "I": f"{hour12:02}",
        "l": str(hour12),
        "M": f"{at.minute:02}",
        "S": f"{at.second:02}",
        "f": f"{at.microsecond:06}",
        "F": f"{at.microsecond // 1000:03}",
        "j": f"{at.timetuple().tm_yday:03}",
        "J": str(at.timetuple().tm_yday),
        "q": str((at.month + 2) // 3),
        "p": "AM" if at.hour < 12 else "PM",
        "P": "am" if at.hour < 12 else "pm",
        "B": _MONTHS[at.month - 1],
        "U": _MONTHS[at.month - 1].upper(),
        "u": _MONTHS[at.month - 1].lower(),
        "b": _MONTHS[at.month - 1][:3],
        "T": _MONTHS[at.month - 1][:3].upper(),
        "t": _MONTHS[at.month - 1][:3].lower(),
        "A": _DAYS[at.weekday()],
        "X": _DAYS[at.weekday()].upper(),
        "x": _DAYS[at.weekday()].lower(),
        "a": _DAYS[at.weekday()][:3],
        "Z": _DAYS[at.weekday()][:3].upper(),
        "z": _DAYS[at.weekday()][:3].lower(),
        "N": str(at.isoweekday()),
        "w": str(at.isoweekday() % 7),
        "W": str(at.isoweekday() % 7 + 1),
        "G": f"{year:04}",
        "V": f"{week:02}",
        "v": str(week),
        "O": str((at.day + 6) // 7),
        "%": "%",
        # PostgreSQL blank-pads names to the longest.
        "1": f"{_MONTHS[at.month - 1]:9}",
        "2": f"{_MONTHS[at.month - 1].upper():9}",
        "3": f"{_MONTHS[at.month - 1].lower():9}",
        "4": f"{_DAYS[at.weekday()]:9}",
        "5": f"{_DAYS[at.weekday()].upper():9}",
        "6": f"{_DAYS[at.weekday()].lower():9}",
    }
    return fields.get(code, "")


FIELDS = frozenset("YymcdeDHkIlMSfFjJqpPBUubTtAXxaZzNwWGVvO%123456")


def format_time(value: Cell, layout: Cell) -> Cell:
    """A date or timestamp in a layout of %-codes (FIELDS), English names."""
    at = moment(value)
    if at is None or layout is None:
        return None
    characters = iter(text(layout))
    made = [
        _field(at, next(characters, "%")) if character == "%" else character
        for character in characters
    ]
    return "".join(made)


def full_months(earlier: Cell, later: Cell) -> Cell:
    """Whole months from one instant to the other; negative backwards.

    Source: dev.mysql.com/doc/refman/8.4/en/date-and-time-functions.html, TIMESTAMPDIFF.
    """
    start, end = moment(earlier), moment(later)
    if start is None or end is None:
        return None
    if end < start:
        start, end, sign = end, start, -1
    else:
        sign = 1
    months = (end.year - start.year) * 12 + end.month - start.month
    rest_end = (end.day, end.time())
    rest_start = (start.day, start.time())
    return sign * (months - (rest_end < rest_start))


def mysql_week(value: Cell, mode: Cell) -> Cell:
    """The number of the week, in modes 0 (from Sunday, 0-53), 1 (from Monday, 0-53) and 3 (ISO).

    Source: dev.mysql.com/doc/refman/8.4/en/date-and-time-functions.html, WEEK.
    """
    at = moment(value)
    if at is None or mode is None:
        return None
    day_of_year = at.timetuple().tm_yday
    first = datetime.date(at.year, 1, 1)
    if mode == 0:
        # Week 1 is the first with a Sunday in the year.
        return (day_of_year + 6 - at.isoweekday() % 7) // 7
    if mode == 1:
        # Week 1 is the first with four or more days in the year.
        lead = first.isoweekday() - 1
        return (day_of_year - 1 + lead) // 7 + (1 if lead <= 3 else 0)
    if mode == 3:
        return at.isocalendar()[1]
    return None


def tsql_week(value: Cell) -> Cell:
    """The number of the week that January 1 begins; weeks from Sunday.

    Source: learn.microsoft.com/sql/t-sql/functions/datepart-transact-sql, week with
    DATEFIRST 7, the default of us_english.
    """
    at = moment(value)
    if at is None:
        return None
    lead = datetime.date(at.year, 1, 1).isoweekday() % 7
    return (at.timetuple().tm_yday - 1 + lead) // 7 + 1
