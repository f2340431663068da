"""Formats that the second implementation asserts, written out from their RFCs.

Promises: the set does not depend on which optional packages are installed. `date`,
`ipv4` and `ipv6` are jsonschema's own checks, of Python's standard library; `time` and
`date-time` follow RFC 3339 section 5.6, with a leap second only at 23:59 UTC, and
`uuid` RFC 4122 section 3, of ASCII digits alone; `regex` is what `ecma` reads.

Does not cover: other formats, on which it has no opinion (`oracle`).
"""

import datetime
import re

from jsonschema import FormatChecker

from verifier_server.verifiers.json.schema import patterns, writing

WRITTEN_OUT = frozenset({"date", "time", "date-time", "ipv4", "ipv6", "uuid", "regex"})

_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[zZ]|([+-])(\d\d):(\d\d))", re.ASCII)
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def checker() -> FormatChecker:
    """A checker of the formats that are WRITTEN_OUT."""
    result = FormatChecker(formats=("ipv4", "ipv6"))
    result.checks("date")(_is_date)
    result.checks("time")(_is_time)
    result.checks("date-time")(_is_date_time)
    result.checks("uuid")(_is_uuid)
    result.checks(writing.REGEX)(_is_regex)
    return result


def _is_regex(instance: object) -> bool:
    return not isinstance(instance, str) or patterns.is_pattern(instance)


def _is_uuid(instance: object) -> bool:
    return not isinstance(instance, str) or _UUID.fullmatch(instance) is not None


def _is_date(instance: object) -> bool:
    if not isinstance(instance, str):
        return True
    if not _DATE.fullmatch(instance):
        return False
    try:
        datetime.date.fromisoformat(instance)
    except ValueError:
        return instance.startswith("0000") and _is_date("0004" + instance[4:])
    return True


def _is_time(instance: object) -> bool:
    if not isinstance(instance, str):
        return True
    match = _TIME.fullmatch(instance)
    if not match:
        return False
    hour, minute, second = int(match[1]), int(match[2]), int(match[3])
    offset_hour, offset_minute = int(match[5] or 0), int(match[6] or 0)
    if hour > 23 or minute > 59 or offset_hour > 23 or offset_minute > 59:
        return False
    if second == 60:
        offset = (offset_hour * 60 + offset_minute) * (-1 if match[4] == "-" else 1)
        return (hour * 60 + minute - offset) % (24 * 60) == 23 * 60 + 59
    return second < 60


def _is_date_time(instance: object) -> bool:
    if not isinstance(instance, str):
        return True
    date, time = instance[:10], instance[11:]
    return instance[10:11] in ("T", "t") and _is_date(date) and _is_time(time)
