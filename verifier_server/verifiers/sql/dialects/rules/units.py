"""Units of time, under all their names.

Promises: one spelling for each unit; None for what is not known.

Does not cover: units that no SQLite modifier can express (decades, microseconds).
"""

from sqlglot import exp

_NAMES = {
    "year": "year years yy yyyy yr yrs",
    "quarter": "quarter quarters q qq qtr qtrs",
    "month": "month months mm mon mons m",
    "week": "week weeks wk ww",
    "day": "day days d dd",
    "hour": "hour hours h hh hr hrs",
    "minute": "minute minutes mi n min mins",
    "second": "second seconds s ss sec secs",
    "isoweek": "isoweek iso_week weekiso week_iso",
    "doy": "doy dayofyear day_of_year dayofyr yearday dy",
    "dow": "dow",
    "dayofweek": "dayofweek weekday dw day_of_week",
    "isodow": "isodow dayofweekiso dayofweek_iso weekday_iso",
    "isoyear": "isoyear yearofweekiso",
    "epoch": "epoch epoch_second epoch_seconds",
    "date": "date",
}
_UNITS = {name: unit for unit, names in _NAMES.items() for name in names.split()}

# How a unit is counted in those that SQLite's modifiers have.
FACTORS = {
    "year": ("year", 1),
    "quarter": ("month", 3),
    "month": ("month", 1),
    "week": ("day", 7),
    "day": ("day", 1),
    "hour": ("hour", 1),
    "minute": ("minute", 1),
    "second": ("second", 1),
}
SECONDS = {"week": 604_800, "day": 86_400, "hour": 3_600, "minute": 60, "second": 1}
CALENDAR = frozenset({"year", "quarter", "month", "week", "isoweek", "day"})


def unit_of(node: exp.Expr | str | None) -> str | None:
    """The unit that a name, a literal or a node stands for; None when it is none."""
    if node is None:
        return None
    if isinstance(node, exp.WeekStart):
        return {"SUNDAY": "week_sunday", "MONDAY": "week_monday"}.get(node.name.upper())
    name = node if isinstance(node, str) else node.name
    return _UNITS.get(name.lower())
