"""Format strings of dates, in one notation (`callables.times`).

Promises: every letter of a format is a field that is known to mean the same, or the
format is refused.

Does not cover: locales other than English.
"""

import re

from sqlglot import exp

from verifier_server.verifiers.sql.dialects.callables.times import FIELDS
from verifier_server.verifiers.sql.dialects.pieces import refuse

# postgresql.org/docs/current/functions-formatting.html, table 9.26
_POSTGRES = {
    "FMMonth": "%B", "FMMONTH": "%U", "FMmonth": "%u", "Month": "%1", "MONTH": "%2",
    "month": "%3", "FMDay": "%A", "FMDAY": "%X", "FMday": "%x", "Day": "%4", "DAY": "%5",
    "day": "%6", "Mon": "%b", "MON": "%T", "mon": "%t", "Dy": "%a", "DY": "%Z", "dy": "%z",
    "AM": "%p", "PM": "%p", "am": "%P", "pm": "%P",
}  # fmt: skip
_POSTGRES_ANY = {
    "YYYY": "%Y", "YY": "%y", "MM": "%m", "FMMM": "%c", "DD": "%d", "FMDD": "%e", "HH24": "%H",
    "FMHH24": "%k", "HH12": "%I", "HH": "%I", "FMHH12": "%l", "MI": "%M", "SS": "%S", "MS": "%F",
    "US": "%f", "DDD": "%j", "FMDDD": "%J", "D": "%W", "ID": "%N", "IW": "%V", "IYYY": "%G",
    "Q": "%q", "W": "%O",
}  # fmt: skip
# Fields that begin as others do.
_POSTGRES_LACKING = frozenset({"WW", "SSSS", "SSSSS", "IDDD"})
# docs.snowflake.com/en/sql-reference/date-time-input-output
_SNOWFLAKE = {
    "YYYY": "%Y", "YY": "%y", "MM": "%m", "DD": "%d", "HH24": "%H", "HH12": "%I", "MI": "%M",
    "SS": "%S", "MON": "%b", "MMMM": "%B", "DY": "%a", "AM": "%p", "PM": "%p",
}  # fmt: skip
# dev.mysql.com/doc/refman/8.4/en/date-and-time-functions.html, DATE_FORMAT
_MYSQL = {
    "Y": "%Y", "y": "%y", "m": "%m", "c": "%c", "d": "%d", "e": "%e", "D": "%D", "H": "%H",
    "k": "%k", "h": "%I", "I": "%I", "l": "%l", "i": "%M", "s": "%S", "S": "%S", "f": "%f",
    "p": "%p", "M": "%B", "b": "%b", "W": "%A", "a": "%a", "w": "%w", "j": "%j", "v": "%V",
    "x": "%G", "T": "%H:%M:%S", "r": "%I:%M:%S %p", "%": "%%",
}  # fmt: skip
# cloud.google.com/bigquery/docs/reference/standard-sql/format-elements
_BIGQUERY = {
    "Y": "%Y", "y": "%y", "m": "%m", "d": "%d", "H": "%H", "I": "%I", "M": "%M", "S": "%S",
    "p": "%p", "B": "%B", "b": "%b", "h": "%b", "A": "%A", "a": "%a", "j": "%j", "u": "%N",
    "w": "%w", "V": "%V", "G": "%G", "Q": "%q", "F": "%Y-%m-%d", "T": "%H:%M:%S",
    "D": "%m/%d/%y", "R": "%H:%M", "X": "%H:%M:%S", "%": "%%",
}  # fmt: skip
# learn.microsoft.com/dotnet/standard/base-types/custom-date-and-time-format-strings
_TSQL = {
    "yyyy": "%Y", "yy": "%y", "MMMM": "%B", "MMM": "%b", "MM": "%m", "M": "%c", "dddd": "%A",
    "ddd": "%a", "dd": "%d", "d": "%e", "HH": "%H", "H": "%k", "hh": "%I", "h": "%l", "mm": "%M",
    "ss": "%S", "tt": "%p", "fff": "%F",
}  # fmt: skip

_RUN = re.compile(r"([A-Za-z])\1*", re.ASCII)
# Fields that SQLite's strftime() writes alike (sqlite.org/lang_datefunc.html).
_NATIVE = {"Y", "m", "d", "H", "M", "S", "j", "V", "G", "w", "p", "P", "I", "%"}
_MAX_FORMAT = 100


def layout_of(node: exp.Expr, text: str, name: str) -> str:
    """A dialect's format string in the notation of `callables.times`.

    Raises:
        UntranslatableError: for a field that is not known.
    """
    if len(text) > _MAX_FORMAT:
        raise refuse(node, "the format is too long")
    if name in ("mysql", "bigquery"):
        return _percent(node, text, _MYSQL if name == "mysql" else _BIGQUERY)
    if name == "tsql":
        return _runs(node, text)
    return _templates(node, text, name)


def _percent(node: exp.Expr, text: str, table: dict[str, str]) -> str:
    made: list[str] = []
    characters = iter(text)
    for character in characters:
        if character != "%":
            made.append(character)
            continue
        field = table.get(next(characters, ""))
        if field is None:
            raise refuse(node, "a field of this format is not supported")
        made.append(field)
    return "".join(made)


def _runs(node: exp.Expr, text: str) -> str:
    made: list[str] = []
    at = 0
    while at < len(text):
        run = _RUN.match(text, at)
        if run is None:
            if text[at] in "'\"\\":
                raise refuse(node, "quotes in a format are not supported")
            made.append("%%" if text[at] == "%" else text[at])
            at += 1
            continue
        field = _TSQL.get(run[0])
        # A format of a single letter is one of .NET's standard formats.
        if field is None or len(text) == 1:
            raise refuse(node, "a field of this format is not supported")
        made.append(field)
        at = run.end()
    return "".join(made)


def _templates(node: exp.Expr, text: str, name: str) -> str:
    exact = _POSTGRES if name == "postgres" else {}
    folded = _POSTGRES_ANY if name == "postgres" else _SNOWFLAKE
    made: list[str] = []
    at = 0
    while at < len(text):
        if text[at] == '"':
            end = text.find('"', at + 1)
            if end < 0:
                raise refuse(node, "a quote in a format is not closed")
            made.append(text[at + 1 : end].replace("%", "%%"))
            at = end + 1
            continue
        if not text[at].isalnum():
            made.append("%%" if text[at] == "%" else text[at])
            at += 1
            continue
        for length in range(7, 0, -1):
            word = text[at : at + length]
            if name == "postgres" and word.upper() in _POSTGRES_LACKING:
                raise refuse(node, "a field of this format is not supported")
            field = exact.get(word) or folded.get(word.upper())
            if field is not None and len(word) == length:
                made.append(field)
                at += length
                break
        else:
            raise refuse(node, "a field of this format is not supported")
    return "".join(made)


def is_native(layout: str) -> bool:
    """Whether SQLite's strftime() writes this layout."""
    fields = [layout[i + 1] for i in range(len(layout) - 1) if layout[i] == "%"]
    assert all(field in FIELDS for field in fields if field != "%")
    return all(field in _NATIVE for field in fields)
