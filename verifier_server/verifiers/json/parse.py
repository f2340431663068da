"""Candidate text to value: RFC 8259 to the letter, with bounds.

Promises: integers are exact `int`, other numbers exact `decimal.Decimal`, and
every text either gives a value or a `ParseError` with a stable reason and the
place. What RFC 8259 leaves open is refused: duplicate names, lone surrogates,
numbers no double can hold. Depth is checked before the parser runs. Linear in
the length of the text; a place is looked for only when something is wrong.

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

_NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|NaN|-?Infinity"
_TOKENS = re.compile(
    r'(?P<string>"(?:[^"\\]++|\\.?)*+(?:"|\Z))|(?P<open>[\[{])|(?P<close>[\]}])'
    rf"|(?P<number>{_NUMBER})|(?P<colon>:)",
    re.DOTALL,
)
# What may stand before the first escape that is half of a surrogate pair without the other.
_WHOLE_CHARACTERS = re.compile(
    r"(?:[^\\]++|\\(?!u[dD][89a-fA-F])."
    r"|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})*+",
    re.DOTALL,
)
_OTHERS = bytes(set(range(256)) - set(b'[]{}"'))
_ONE_KIND = bytes.maketrans(b"{}", b"[]")
_QUOTED = 100  # characters of a completion repeated in a message
_FLOAT_CHARS = 300  # a number without an exponent and so short is in a double's range


class ParseError(Exception):
    """The text is not one acceptable JSON document.

    Args:
        reason: invalid_json, duplicate_key, non_finite, number_out_of_range, too_deep
            or lone_surrogate.
        message: what is wrong.
        offset: where, in characters of the text.
    """

    def __init__(self, reason: str, message: str, offset: int) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.offset = offset


class NumberError(Exception):
    """A number that is refused. `reason` is non_finite or number_out_of_range."""

    def __init__(self, reason: str, literal: str) -> None:
        super().__init__(f"number {literal[:_QUOTED]}")
        self.reason = reason
        self.literal = literal


class _DuplicateNameError(Exception):
    """An object that just ended has a name twice."""


def parse(text: str) -> Any:
    """The value of a JSON text.

    Raises:
        ParseError: the text is not acceptable.
    """
    if not _is_shallow(text):
        _refuse_depth(text)
    if not text.isascii():
        _refuse_surrogates(text)
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise ParseError("invalid_json", error.msg, error.pos) from None
    except NumberError as error:
        raise ParseError(error.reason, str(error), _offset_of(error.literal, text)) from None
    except _DuplicateNameError:
        raise _first_duplicate(text) from None
    if "\\u" in text:
        _refuse_half_pairs(text)
    return value


def integer(literal: str) -> int:
    """The value of a number's literal that is an integer.

    Raises:
        NumberError: it has more than MAX_NUMBER_CHARS characters.
    """
    if len(literal) > MAX_NUMBER_CHARS:
        raise NumberError("number_out_of_range", literal)
    return int(literal)


def decimal(literal: str) -> Decimal:
    """The value of a number's literal, exactly.

    Raises:
        NumberError: it has more than MAX_NUMBER_CHARS characters, is beyond a double's
            range, or nearer to 0 than MIN_EXPONENT allows.
    """
    if len(literal) < _FLOAT_CHARS and "e" not in literal and "E" not in literal:
        return Decimal(literal)
    if len(literal) > MAX_NUMBER_CHARS:
        raise NumberError("number_out_of_range", literal)
    mantissa = literal.replace("E", "e").partition("e")[0]
    if not mantissa.strip("-0."):
        return Decimal("0.0")  # 0e999999999 is zero whatever its exponent
    # float() takes any exponent in constant time; Decimal() may refuse a huge one.
    if abs(float(literal)) == float("inf"):
        raise NumberError("number_out_of_range", literal)
    if float(literal) == 0.0 and not _is_above_minimum(literal):
        raise NumberError("number_out_of_range", literal)
    value = Decimal(literal)
    # Not to be taken for an integer's literal, which draft 4 of JSON Schema tells from 1e0.
    return value if value.as_tuple().exponent else Decimal(f"{value}.0")


def _is_above_minimum(literal: str) -> bool:
    exponent = literal.replace("E", "e").partition("e")[2]
    # An exponent of many digits is out of range unless it is zero-padded, which no writer does.
    return len(exponent) <= len("-0400") and Decimal(literal).adjusted() >= MIN_EXPONENT


def _constant(literal: str) -> Never:
    raise NumberError("non_finite", literal)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _DuplicateNameError
    return members


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=integer,
    parse_float=decimal,
    parse_constant=_constant,
    strict=True,
)


def _is_shallow(text: str) -> bool:
    """Whether no prefix that could be JSON is deeper than MAX_DEPTH; false where that is unclear.

    Without a step of Python's for each token: of all characters only quotation marks and
    brackets stay, then brackets outside strings, and of those every pass takes the innermost
    pairs away. Backslashes outside strings are not JSON, so the prefix ends before them.
    """
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return True
    data = text.encode("utf-8", "surrogatepass")
    if b"\\" in data:
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    # To take two marks with nothing between them away leaves inside and outside as they are.
    marks = data.translate(_ONE_KIND, _OTHERS).replace(b'""', b"")
    brackets = b"".join(marks.split(b'"')[::2])
    for _ in range(MAX_DEPTH):
        if not brackets:
            return True
        brackets = brackets.replace(b"[]", b"")
    return not brackets


def _refuse_depth(text: str) -> None:
    depth = 0
    for token in _TOKENS.finditer(text):
        if token.lastgroup == "open":
            depth += 1
            if depth > MAX_DEPTH:
                raise ParseError("too_deep", f"deeper than {MAX_DEPTH} levels", token.start())
        elif token.lastgroup == "close":
            depth -= 1


def _refuse_surrogates(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        message = "the text is not valid UTF-8"
        raise ParseError("lone_surrogate", message, error.start) from None


def _refuse_half_pairs(text: str) -> None:
    """Of a valid JSON text, in which escapes stand in strings only."""
    whole = _WHOLE_CHARACTERS.match(text)
    end = whole.end() if whole else 0
    if end < len(text):
        raise ParseError("lone_surrogate", "an escape is half of a surrogate pair", end)


def _offset_of(literal: str, text: str) -> int:
    """Where the parser met a number: it reads in order, and stops at the first that is refused."""
    found = (each.start() for each in _TOKENS.finditer(text) if each["number"] == literal)
    return next(found, 0)


def _first_duplicate(text: str) -> ParseError:
    """The first name, in the order of the text, that its object has already."""
    objects: list[set[str]] = []
    last = None
    for token in _TOKENS.finditer(text):
        if token.lastgroup == "open":
            objects.append(set())
        elif token.lastgroup == "close":
            objects.pop()
        elif token.lastgroup == "colon" and last:
            name = json.loads(last[0])
            if name in objects[-1]:
                shown = json.dumps(name[:_QUOTED])
                message = f"the name {shown} occurs twice in one object"
                return ParseError("duplicate_key", message, last.start())
            objects[-1].add(name)
        last = token
    raise AssertionError("an object with a name twice was read")
