"""Dates and times, read by declared formats.

Promises: a format is a text of whitelisted strptime directives (DIRECTIVES);
the first format that reads the whole text decides, and a text that none reads
equals nothing. Names of months and days are English whatever the locale,
digits are ASCII, a named day of the week must be the right one, and upper and
lower case are alike. Without formats: a date is %Y-%m-%d, a time and a
datetime are ISO 8601's extended form as in RFC 3339, seconds and offset
optional. Values with an offset are instants; they never equal values without.

Does not cover: leap seconds, time zone names, weeks and quarters, languages
other than English.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

MAX_FORMATS = 16
MAX_FORMAT = 64
MAX_TEXT = 100
NANOSECONDS = 10**9
DAY = 86_400 * NANOSECONDS
_PIVOT = 69  # POSIX: %y from 69 on is in the 1900s

MONTHS = "january february march april may june july august september october november december"
DAYS = "monday tuesday wednesday thursday friday saturday sunday"
_MONTHS = MONTHS.split()
_DAYS = DAYS.split()

DIRECTIVES = {
    "Y": r"(?P<Y>\d{4})",
    "y": r"(?P<y>\d{2})",
    "m": r"(?P<m>1[0-2]|0[1-9]|[1-9])",
    "B": f"(?P<B>{'|'.join(_MONTHS)})",
    "b": f"(?P<b>{'|'.join(name[:3] for name in _MONTHS)})",
    "d": r"(?P<d>3[01]|[12]\d|0[1-9]|[1-9])",
    "A": f"(?P<A>{'|'.join(_DAYS)})",
    "a": f"(?P<a>{'|'.join(name[:3] for name in _DAYS)})",
    "H": r"(?P<H>2[0-3]|[01]\d|\d)",
    "I": r"(?P<I>1[0-2]|0[1-9]|[1-9])",
    "p": r"(?P<p>am|pm)",
    "M": r"(?P<M>[0-5]\d|\d)",
    "S": r"(?P<S>[0-5]\d|\d)",
    "f": r"(?P<f>\d{1,9})",
    "z": r"(?P<z>z|[+-](?:2[0-3]|[01]\d):?[0-5]\d)",
}
_DATE = frozenset("YymBbdAa")
_TIME = frozenset("HIpMSfz")
_ISO_DATE = r"(?P<Y>\d{4})-(?P<m>1[0-2]|0[1-9])-(?P<d>3[01]|[12]\d|0[1-9])"
_ISO_TIME = (
    r"(?P<H>2[0-3]|[01]\d):(?P<M>[0-5]\d)(?::(?P<S>[0-5]\d)(?:\.(?P<f>\d{1,9}))?)?"
    r"(?P<z>z|[+-](?:2[0-3]|[01]\d):[0-5]\d)?"
)
_FLAGS = re.ASCII | re.IGNORECASE


class FormatError(ValueError):
    """A format cannot be used; the message says what would be right."""


class Moment(NamedTuple):
    """What a text says: a place on a line that has an offset's clock or none.

    `nanoseconds` count from the start of year 1, or of the day for a time.
    """

    aware: bool
    nanoseconds: int


Reader = Callable[[str], Moment | None]


def reader(kind: str, formats: Sequence[str] | None) -> Reader:
    """What reads the texts of a rule.

    Args:
        kind: date, time or datetime.
        formats: the declared ones; None for the default.

    Raises:
        FormatError: a format is not one of this kind.
    """
    if formats is not None:
        patterns = [_compile(kind, text) for text in formats]
    elif kind == "date":
        patterns = [_compile(kind, "%Y-%m-%d")]
    else:
        iso = _ISO_TIME if kind == "time" else f"{_ISO_DATE}[T ]{_ISO_TIME}"
        patterns = [re.compile(iso, _FLAGS)]

    def read(text: str) -> Moment | None:
        if len(text) > MAX_TEXT:
            return None
        for pattern in patterns:
            found = pattern.fullmatch(text)
            moment = _moment(found.groupdict()) if found else None
            if moment:
                return moment
        return None

    return read


def _compile(kind: str, text: str) -> re.Pattern[str]:
    if len(text) > MAX_FORMAT:
        raise FormatError(f"a format has at most {MAX_FORMAT} characters")
    if re.search(r"%(?:[^%]|$)", text.replace("%%", "")) is None:
        raise FormatError('a format has directives, as in "%d.%m.%Y"')
    parts: list[str] = []
    letters: list[str] = []
    for found in re.finditer(r"%(.?)|(\s+)|([^%\s]+)", text, re.DOTALL):
        directive, space, literal = found.groups()
        if space:
            parts.append(r"[ \t]+")
        elif literal:
            parts.append(re.escape(literal))
        elif directive == "%":
            parts.append("%")
        elif directive in DIRECTIVES:
            if directive in letters:
                raise FormatError(f'"%{directive}" stands twice in {text!r}')
            letters.append(directive)
            parts.append(DIRECTIVES[directive])
        else:
            known = " ".join("%" + letter for letter in DIRECTIVES)
            raise FormatError(f'"%{directive}" in {text!r} is not one of {known}')
    _refuse_incomplete(kind, text, frozenset(letters))
    return re.compile("".join(parts), _FLAGS)


def _refuse_incomplete(kind: str, text: str, letters: frozenset[str]) -> None:
    allowed = {"date": _DATE, "time": _TIME, "datetime": _DATE | _TIME}[kind]
    if letters - allowed:
        names = " ".join(sorted("%" + letter for letter in letters - allowed))
        raise FormatError(f"{names} in {text!r} has no place in a {kind}")
    needed: list[tuple[str, ...]] = []
    if kind != "time":
        needed += [("Y", "y"), ("m", "B", "b"), ("d",)]
    if kind != "date":
        needed += [("H", "I"), ("M",)]
    needed += [("I",)] if "p" in letters else []
    needed += [("p",)] if "I" in letters else []
    needed += [("S",)] if "f" in letters else []
    for choice in needed:
        if len(letters.intersection(choice)) != 1:
            names = " or ".join("%" + letter for letter in choice)
            raise FormatError(f"a {kind} needs exactly one of {names}, and {text!r} has not")


def _moment(found: dict[str, str | None]) -> Moment | None:
    """What the parts of a text say; None for a day that does not exist."""
    nanoseconds = 0
    if "d" in found:
        try:
            day = date(_year(found), _month(found), int(found["d"] or 0))
        except ValueError:
            return None
        named = found.get("A") or found.get("a")
        if named and not _DAYS[day.weekday()].startswith(named.lower()):
            return None
        nanoseconds = day.toordinal() * DAY
    seconds = 3600 * _hour(found) + 60 * int(found.get("M") or 0) + int(found.get("S") or 0)
    nanoseconds += seconds * NANOSECONDS + int((found.get("f") or "").ljust(9, "0"))
    zone = found.get("z")
    if not zone:
        return Moment(False, nanoseconds)
    nanoseconds -= _offset(zone)
    # A time of day has no date to carry into.
    return Moment(True, nanoseconds if "d" in found else nanoseconds % DAY)


def _year(found: dict[str, str | None]) -> int:
    if found.get("Y"):
        return int(found["Y"] or 0)
    short = int(found["y"] or 0)
    return 1900 + short if short >= _PIVOT else 2000 + short


def _month(found: dict[str, str | None]) -> int:
    if found.get("m"):
        return int(found["m"] or 0)
    name = (found.get("B") or found.get("b") or "").lower()
    return 1 + next(index for index, month in enumerate(_MONTHS) if month.startswith(name))


def _hour(found: dict[str, str | None]) -> int:
    if found.get("I"):
        return int(found["I"] or 0) % 12 + (12 if (found["p"] or "").lower() == "pm" else 0)
    return int(found.get("H") or 0)


def _offset(zone: str) -> int:
    if zone in "zZ":
        return 0
    digits = zone[1:].replace(":", "")
    seconds = 3600 * int(digits[:2]) + 60 * int(digits[2:])
    return (-seconds if zone[0] == "-" else seconds) * NANOSECONDS
