"""Documents of facts and answers as values that CEL computes with, by their shape.

Promises: a number becomes a double where a `number` may stand and an int where only an `integer`
may: CEL never mixes the two in arithmetic, and 70 and 70.0 are one number of JSON. A number that
is no double's exact value is rounded to the nearest one, and zero has no sign. Integers, dates,
date-times and texts that a rule could not compute with as they are, are refused: an answer must
never bring a rule to fail.

Does not cover: whether the document satisfies the schema, which is checked before.
"""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from verifier_server.verifiers.rules.shapes import Shape

# RFC 7493 2.2: what every reader holds exactly. In an answer it also leaves room for arithmetic.
MAX_ANSWER_INTEGER = 2**53 - 1
MAX_FACTS_INTEGER = 2**63 - 1
# Characters. What CEL can make of texts in its 10,000 iterations then fits into a worker.
MAX_TEXT = 10_000
# CEL's difference of two timestamps overflows beyond 292 years.
FIRST_YEAR, LAST_YEAR = 1850, 2140

# Of a second at most the digits that an instant keeps from one expression to the next.
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)", re.ASCII
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

Convert = Callable[[Any], Any]


class UnusableValueError(ValueError):
    """A value that satisfies the schema is not one that CEL computes with.

    `path` has the names and indices that lead to it.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.path: tuple[str | int, ...] = ()


def converter(shape: Shape, largest: int) -> Convert:
    """A function from a document of exact values that has this shape to values for CEL.

    The function raises UnusableValueError. `largest` is the largest magnitude of an integer.
    """
    return _converter(shape, largest) or _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _converter(shape: Shape, largest: int) -> Convert | None:
    """As `converter`, None where nothing changes and nothing is refused."""
    properties = {
        name: inner
        for name, each in shape.properties.items()
        if (inner := _converter(each, largest))
    }
    items = _converter(shape.items, largest) if shape.items else None
    text = _text(shape)
    number = _number(shape, largest)
    if not (properties or items or text or number):
        return None

    def convert(value: Any) -> Any:
        match value:
            case str() if text:
                text(value)
            case dict():
                members = dict(value)
                for name, inner in properties.items():
                    if name in members:
                        members[name] = _at(name, inner, members[name])
                return members
            case list() if items:
                return [_at(index, items, each) for index, each in enumerate(value)]
            case int() | float() | Decimal() if number and not isinstance(value, bool):
                return number(value)
        return value

    return convert


def _at(place: str | int, convert: Convert, value: Any) -> Any:
    try:
        return convert(value)
    except UnusableValueError as error:
        error.path = (place, *error.path)
        raise


def _number(shape: Shape, largest: int) -> Convert | None:
    if "number" in shape.kinds:
        return _double
    if "integer" not in shape.kinds:
        return None

    def integer(value: int | float | Decimal) -> int:
        if not -largest <= value <= largest:
            raise UnusableValueError(f"an integer is beyond {largest}")
        return int(value)

    return integer


def _double(value: int | float | Decimal) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if math.isinf(number):
        raise UnusableValueError("a number is beyond what a double holds")
    return number + 0.0  # -0.0 is 0, as in JSON Schema: a division would tell them apart


def _text(shape: Shape) -> Callable[[str], None] | None:
    """Refuses texts that CEL would not see as they are; None where there are none.

    The engine ends a text at a NUL, and some dates and date-times it does not compute with.
    """
    if "string" not in shape.kinds or not (shape.loose or shape.formats):
        return None

    def check(text: str) -> None:
        if "\0" in text:
            raise UnusableValueError("a text with the character NUL")
        if len(text) > MAX_TEXT:
            raise UnusableValueError(f"a text of more than {MAX_TEXT} characters")
        if shape.loose or text in shape.words:
            return
        if "date" in shape.formats and _DAY.fullmatch(text):
            moment = f"{text}T00:00:00Z"
        elif "date-time" in shape.formats and _INSTANT.fullmatch(text):
            moment = text
        else:
            raise UnusableValueError(
                "a date must look like 2024-05-31, a date-time like 2024-05-31T23:59:59Z"
            )
        _check_moment(moment)

    return check


def _check_moment(text: str) -> None:
    try:
        year = datetime.fromisoformat(text).astimezone(UTC).year
    except (ValueError, OverflowError):
        raise UnusableValueError("a date or a time that is in no calendar") from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UnusableValueError(f"a year out of {FIRST_YEAR} to {LAST_YEAR}")
