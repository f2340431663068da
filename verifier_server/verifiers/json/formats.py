"""The formats that are asserted, and nothing else.

Promises: the set does not depend on which optional packages are installed.
`date`, `email`, `ipv4` and `ipv6` are jsonschema's own checks; `time` and
`date-time` follow RFC 3339 section 5.6, with a leap second only at 23:59 UTC,
and `uuid` RFC 4122 section 3, of ASCII digits alone. A schema's own patterns
are those that `ecma` takes.

Does not cover: other formats of JSON Schema, which stay annotations; `regex`
among them, because compiling a pattern from a completion has no bound.
"""

import datetime
import re

from jsonschema import FormatChecker

from verifier_server.verifiers.json.ecma import PatternError, translate

ASSERTED = ("date", "time", "date-time", "email", "ipv4", "ipv6", "uuid")

_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[zZ]|([+-])(\d\d):(\d\d))", re.ASCII)
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def checker() -> FormatChecker:
    """A checker of the ASSERTED formats."""
    result = FormatChecker(formats=[name for name in ASSERTED if name in FormatChecker.checkers])
    result.checks("time")(_is_time)
    result.checks("date-time")(_is_date_time)
    result.checks("uuid")(_is_uuid)
    return result


def metaschema_checker() -> FormatChecker:
    """A checker of the formats that a metaschema asserts here: `regex`, and nothing else."""
    result = FormatChecker(formats=())
    result.checks("regex", raises=PatternError)(_is_pattern)
    return result


def _is_pattern(instance: object) -> bool:
    if isinstance(instance, str):
        translate(instance)
    return True


def _is_uuid(instance: object) -> bool:
    return not isinstance(instance, str) or _UUID.fullmatch(instance) is not None


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
    if instance[10:11] not in ("T", "t") or not _DATE.fullmatch(date) or not _is_time(time):
        return False
    try:
        datetime.date.fromisoformat(date)
    except ValueError:
        return False
    return True
