"""Candidate text to value: RFC 8259 to the letter, with bounds.

Promises: integers are exact `int`, other numbers exact `decimal.Decimal`, and
every text either gives a value or a `ParseError` with a stable reason. What
RFC 8259 leaves open is refused: duplicate names, lone surrogates, numbers no
double can hold. Depth is checked before the parser runs.

Does not cover: where the text comes from (`extract`).
"""

import json
import re
from decimal import Decimal
from typing import Any, Never

MAX_DEPTH = 64
MAX_NUMBER_CHARS = 1000
# Below this power of ten a number is refused as one that overflows is: a
# double would read it as 0, and exact arithmetic on it has no bound.
MIN_EXPONENT = -400

_TOKENS = re.compile(
    r'"(?:[^"\\]++|\\.?)*+(?:"|\Z)|(?P<open>[\[{])|(?P<close>[\]}])'
    r"|(?P<number>-?\d[\d.eE+-]*|NaN|-?Infinity)",
    re.DOTALL,
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_QUOTED = 100  # characters of a completion repeated in a message


class ParseError(Exception):
    """The text is not one acceptable JSON document.

    Args:
        reason: invalid_json, duplicate_key, non_finite, number_out_of_range, too_deep
            or lone_surrogate.
        message: what is wrong.
        offset: where, in characters of the text; None where it is not known.
    """

    def __init__(self, reason: str, message: str, offset: int | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.offset = offset


def parse(text: str) -> Any:
    """The value of a JSON text.

    Raises:
        ParseError: the text is not acceptable.
    """
    _refuse_depth(text)
    surrogate = _SURROGATE.search(text)
    if surrogate:
        raise ParseError("lone_surrogate", "the text is not valid UTF-8", surrogate.start())
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise ParseError("invalid_json", error.msg, error.pos) from None
    except _LiteralError as error:
        raise ParseError(error.reason, str(error), _offset_of(error.literal, text)) from None
    if "\\u" in text:
        _refuse_surrogates(value)
    return value


class _LiteralError(Exception):
    def __init__(self, reason: str, literal: str) -> None:
        super().__init__(f"number {literal[:_QUOTED]}")
        self.reason = reason
        self.literal = literal


def _refuse_depth(text: str) -> None:
    depth = 0
    for token in _TOKENS.finditer(text):
        if token.lastgroup == "open":
            depth += 1
            if depth > MAX_DEPTH:
                raise ParseError("too_deep", f"deeper than {MAX_DEPTH} levels", token.start())
        elif token.lastgroup == "close":
            depth -= 1


def _offset_of(literal: str, text: str) -> int | None:
    for token in _TOKENS.finditer(text):
        if token["number"] == literal:
            return token.start()
    return None


def _refuse_surrogates(value: Any) -> None:
    if isinstance(value, str):
        if _SURROGATE.search(value):
            raise ParseError("lone_surrogate", "an escape is half of a surrogate pair")
    elif isinstance(value, list):
        for item in value:
            _refuse_surrogates(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            _refuse_surrogates(name)
            _refuse_surrogates(item)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                shown = json.dumps(name[:_QUOTED])
                raise ParseError("duplicate_key", f"the name {shown} occurs twice in one object")
            seen.add(name)
    return members


def _integer(literal: str) -> int:
    if len(literal) > MAX_NUMBER_CHARS:
        raise _LiteralError("number_out_of_range", literal)
    return int(literal)


def _decimal(literal: str) -> Decimal:
    if len(literal) > MAX_NUMBER_CHARS:
        raise _LiteralError("number_out_of_range", literal)
    mantissa = literal.replace("E", "e").partition("e")[0]
    if not mantissa.strip("-0."):
        return Decimal(0)  # 0e999999999 is zero whatever its exponent
    # float() takes any exponent in constant time; Decimal() may refuse a huge one.
    if abs(float(literal)) == float("inf"):
        raise _LiteralError("number_out_of_range", literal)
    if float(literal) == 0.0 and not _is_above_minimum(literal):
        raise _LiteralError("number_out_of_range", literal)
    return Decimal(literal)


def _is_above_minimum(literal: str) -> bool:
    exponent = literal.replace("E", "e").partition("e")[2]
    # An exponent of many digits is out of range unless it is zero-padded, which no writer does.
    return len(exponent) <= len("-0400") and Decimal(literal).adjusted() >= MIN_EXPONENT


def _constant(literal: str) -> Never:
    raise _LiteralError("non_finite", literal)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_decimal,
    parse_constant=_constant,
    strict=True,
)
