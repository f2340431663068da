"""Reads tagged JSON as plain values (`values.py` holds the form).

Promises: `decode` yields builtin plain data only. It calls nothing by a name outside a
fixed table, checks the type of every part, refuses sets and dicts built to collide and
numbers built to be slow, and raises nothing but `BadFrame`. Cost: linear in the frame.

Does not cover: handles of objects: `resolve` finds them (`link.py`).
"""

import binascii
import functools
import keyword
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any

from . import arrays
from .faults import BadFrame
from .values import (
    COLLISIONS,
    MAX_DECIMAL_CHARS,
    MAX_DEPTH,
    MAX_FIELDS,
    MAX_FRACTION_BITS,
    MAX_INT_DIGITS,
    NAMED,
)

MAX_NAMED_TUPLES = 64  # classes in one value: making one costs as much as 300 plain tuples

Resolve = Callable[[str, Any], Any]


class _Decoder:
    __slots__ = ("named_tuples", "resolve")

    def __init__(self, resolve: Resolve) -> None:
        self.resolve = resolve
        self.named_tuples: set[type] = set()

    def value(self, form: Any, depth: int) -> Any:
        kind = type(form)
        if kind is list:
            return self.items(form, depth)
        if kind is not dict:
            return form
        if len(form) != 1:
            raise BadFrame("an object of several keys")
        ((tag, payload),) = form.items()
        read = _READERS.get(tag)
        if read is not None:
            return read(self, payload, depth)
        return self.resolve(tag, payload)

    def items(self, payload: Any, depth: int) -> list[Any]:
        if type(payload) is not list:
            raise BadFrame("no list of parts")
        if depth >= MAX_DEPTH:
            raise BadFrame(f"nested deeper than {MAX_DEPTH}")
        value, depth = self.value, depth + 1
        return [value(item, depth) for item in payload]

    def keys(self, payload: Any, depth: int) -> list[Any]:
        keys = self.items(payload, depth)
        refuse_collisions(keys)
        return keys

    def pairs(self, payload: Any, depth: int) -> dict[Any, Any]:
        flat = self.items(payload, depth)
        if len(flat) % 2:
            raise BadFrame("a key without a value")
        keys = flat[::2]
        refuse_collisions(keys)
        return dict(zip(keys, flat[1::2], strict=True))


def refuse_collisions(keys: list[Any]) -> None:
    """Raises BadFrame where building a set or dict of these keys would be quadratic.

    Equal hashes cost an equality test each: a group of m of them costs m*m/2. Honest ones
    exist (-1 and -2 hash alike, and so do tuples of them), so the total is what is bounded.
    """
    hashes = [hash(key) for key in keys]
    if len(hashes) - len(set(hashes)) <= COLLISIONS:
        return
    cost = sum(count * count for count in Counter(hashes).values())
    if cost > COLLISIONS * len(hashes):
        raise BadFrame("keys made to collide")


def _text(payload: Any) -> str:
    if type(payload) is not str:
        raise BadFrame("no text")
    return payload


def _whole(payload: Any) -> int:
    if type(payload) is not int:
        raise BadFrame("no whole number")
    return payload


def _parts(payload: Any, count: int) -> list[Any]:
    if type(payload) is not list or len(payload) != count:
        raise BadFrame(f"not {count} parts")
    return payload


def _read_int(decoder: _Decoder, payload: Any, depth: int) -> int:
    digits = _text(payload)
    if len(digits) > MAX_INT_DIGITS + 3:
        raise BadFrame("an oversized integer")
    return int(digits, 16)


def _number(decoder: _Decoder, payload: Any) -> int:
    """An integer part, raw or hexadecimal."""
    return _whole(decoder.value(payload, MAX_DEPTH))


def _read_float_pair(decoder: _Decoder, payload: Any, depth: int) -> complex:
    real, imaginary = _parts(payload, 2)
    if type(real) is not float or type(imaginary) is not float:
        raise BadFrame("no floats")
    return complex(real, imaginary)


def _read_range(decoder: _Decoder, payload: Any, depth: int) -> range:
    return range(*[_number(decoder, part) for part in _parts(payload, 3)])


def _read_slice(decoder: _Decoder, payload: Any, depth: int) -> slice:
    return slice(*decoder.items(_parts(payload, 3), depth))


def _read_deque(decoder: _Decoder, payload: Any, depth: int) -> deque[Any]:
    maxlen, items = _parts(payload, 2)
    return deque(decoder.items(items, depth), None if maxlen is None else _whole(maxlen))


def _read_defaultdict(decoder: _Decoder, payload: Any, depth: int) -> defaultdict[Any, Any]:
    factory, flat = _parts(payload, 2)
    make = None if factory is None else NAMED[_text(factory)]
    return defaultdict(make, decoder.pairs(flat, depth))


def _read_fraction(decoder: _Decoder, payload: Any, depth: int) -> Fraction:
    numerator, denominator = (_number(decoder, part) for part in _parts(payload, 2))
    if max(numerator.bit_length(), denominator.bit_length()) > MAX_FRACTION_BITS:
        raise BadFrame("an oversized fraction")
    return Fraction(numerator, denominator)


def _read_decimal(decoder: _Decoder, payload: Any, depth: int) -> Decimal:
    digits = _text(payload)
    if len(digits) > MAX_DECIMAL_CHARS:
        raise BadFrame("an oversized decimal")
    return Decimal(digits)


def _zone(offset: Any) -> timezone | None:
    if offset is None:
        return None
    if type(offset) not in (int, float):
        raise BadFrame("no offset")
    return timezone(timedelta(seconds=offset))


def _read_date(decoder: _Decoder, payload: Any, depth: int) -> date:
    return date(*map(_whole, _parts(payload, 3)))


def _read_datetime(decoder: _Decoder, payload: Any, depth: int) -> datetime:
    *parts, fold, offset = _parts(payload, 9)
    year, month, day, hour, minute, second, microsecond = map(_whole, parts)
    zone = _zone(offset)
    return datetime(year, month, day, hour, minute, second, microsecond, zone, fold=_whole(fold))


def _read_time(decoder: _Decoder, payload: Any, depth: int) -> time:
    *parts, fold, offset = _parts(payload, 6)
    hour, minute, second, microsecond = map(_whole, parts)
    return time(hour, minute, second, microsecond, _zone(offset), fold=_whole(fold))


def _read_timedelta(decoder: _Decoder, payload: Any, depth: int) -> timedelta:
    return timedelta(*map(_whole, _parts(payload, 3)))


@functools.lru_cache(maxsize=256)
def named_tuple_class(name: str, fields: tuple[str, ...]) -> type:
    """A namedtuple class; the same one for the same name and fields.

    Raises:
        BadFrame: the names are no identifiers. (`namedtuple` evaluates them as source.)
    """
    for part in (name, *fields):
        if not part.isidentifier() or keyword.iskeyword(part) or len(part) > MAX_FIELDS:
            raise BadFrame("no field name")
    if len(set(fields)) != len(fields) or any(field.startswith("_") for field in fields):
        raise BadFrame("no field names")
    return namedtuple(name, fields)


def _read_named_tuple(decoder: _Decoder, payload: Any, depth: int) -> Any:
    name, fields, items = _parts(payload, 3)
    if type(fields) is not list or len(fields) > MAX_FIELDS:
        raise BadFrame("no field names")
    kind = named_tuple_class(_text(name), tuple(map(_text, fields)))
    decoder.named_tuples.add(kind)
    if len(decoder.named_tuples) > MAX_NAMED_TUPLES:
        raise BadFrame("too many classes of named tuples")
    return kind(*decoder.items(items, depth))


def _read_values_view(decoder: _Decoder, payload: Any, depth: int) -> Any:
    return dict(enumerate(decoder.items(payload, depth))).values()


_Reader = Callable[[_Decoder, Any, int], Any]
_READERS: dict[str, _Reader] = {
    "i": _read_int,
    "n": lambda decoder, payload, depth: NAMED[_text(payload)],
    "t": lambda decoder, payload, depth: tuple(decoder.items(payload, depth)),
    "N": _read_named_tuple,
    "d": lambda decoder, payload, depth: decoder.pairs(payload, depth),
    "s": lambda decoder, payload, depth: set(decoder.keys(payload, depth)),
    "F": lambda decoder, payload, depth: frozenset(decoder.keys(payload, depth)),
    "b": lambda decoder, payload, depth: _base64(payload),
    "B": lambda decoder, payload, depth: bytearray(_base64(payload)),
    "c": _read_float_pair,
    "r": _read_range,
    "S": _read_slice,
    "Q": _read_deque,
    "C": lambda decoder, payload, depth: Counter(decoder.pairs(payload, depth)),
    "O": lambda decoder, payload, depth: OrderedDict(decoder.pairs(payload, depth)),
    "D": _read_defaultdict,
    "q": _read_fraction,
    "m": _read_decimal,
    "a": _read_date,
    "A": _read_datetime,
    "T": _read_time,
    "L": _read_timedelta,
    "k": lambda decoder, payload, depth: dict.fromkeys(decoder.keys(payload, depth)).keys(),
    "v": _read_values_view,
    "e": lambda decoder, payload, depth: decoder.pairs(payload, depth).items(),
    "p": lambda decoder, payload, depth: arrays.load(_parts(payload, 3), scalar=False),
    "P": lambda decoder, payload, depth: arrays.load(_parts(payload, 3), scalar=True),
}


def _base64(payload: Any) -> bytes:
    return binascii.a2b_base64(_text(payload), strict_mode=True)


def decode(form: Any, resolve: Resolve) -> Any:
    """The value of a tagged form, as builtin plain data.

    Args:
        form: JSON as `frames.unpack` gives it; any JSON at all.
        resolve: called with a tag that is not in the table here and what stands beside it:
            returns the object meant, or raises BadFrame.

    Raises:
        BadFrame: the form means nothing, or was made to be slow.
    """
    try:
        return _Decoder(resolve).value(form, 0)
    except BadFrame:
        raise
    except Exception as error:
        raise BadFrame(f"a malformed value: {type(error).__name__}") from None


def no_handles(tag: str, payload: Any) -> Any:
    """A `resolve` for conversations in which no object ever crosses."""
    raise BadFrame("an unknown tag")
