"""Writes plain values as tagged JSON (`values.py` holds the form).

Promises: builtin plain data crosses unchanged; an instance of a subclass is reduced to its
base value by the base class's own methods, whatever the subclass overrides.

Does not cover: objects that are no plain data: `claim` gives their form (`link.py`).
"""

import binascii
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from . import arrays
from .faults import Unserialisable
from .values import (
    MAX_DECIMAL_CHARS,
    MAX_DEPTH,
    MAX_FRACTION_BITS,
    MAX_INT_DIGITS,
    MAX_NODES,
    NAME_OF,
    RAW_INT,
)

Claim = Callable[[Any, type | None], Any]

mro_of: Callable[[type], tuple[type, ...]] = type.__dict__["__mro__"].__get__
_SELVES = frozenset(id(kind) for kind in (type(None), bool, float, str))
_INTS = {id(int)}


class _Encoder:
    """Encodes one value. `claim` gives the form of what is no plain data."""

    __slots__ = ("claim", "nodes")

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.nodes = 0

    def value(self, value: Any, depth: int) -> Any:
        kind = type(value)
        write = _WRITERS.get(id(kind))
        if write is not None:
            return write(self, value, depth)
        return self._other(value, kind, depth)

    def _other(self, value: Any, kind: type, depth: int) -> Any:
        name = NAME_OF.get(id(value))
        if name is not None:
            return {"n": name}
        if arrays.is_array_like(kind):
            return arrays.dump(value)
        for base in mro_of(kind):
            write = _WRITERS.get(id(base))
            if write is not None and base is not type(None):
                claimed = self.claim(value, base)
                if claimed is not None:
                    return claimed
                return write(self, value, depth)
        return self.claim(value, None)

    def items(self, values: Any, count: int, depth: int) -> list[Any]:
        """The elements of a container, of which there are `count`."""
        if depth >= MAX_DEPTH:
            raise Unserialisable(f"nested deeper than {MAX_DEPTH}, or within itself")
        self.nodes += count
        if self.nodes > MAX_NODES:
            raise Unserialisable(f"more than {MAX_NODES} parts")
        value, depth = self.value, depth + 1
        return [value(item, depth) for item in values]

    def sequence(self, values: Any, count: int, depth: int) -> list[Any]:
        """As `items`, for values that can be iterated twice; fast where all are themselves.

        Told by the classes' ids: a metaclass may define its own hash and equality.
        """
        kinds = set(map(id, map(type, values)))
        plain = kinds <= _SELVES or (
            kinds == _INTS and min(values) > -RAW_INT and max(values) < RAW_INT
        )
        if plain and depth < MAX_DEPTH and self.nodes + count <= MAX_NODES:
            self.nodes += count
            return list(values)
        return self.items(values, count, depth)

    def pairs(self, value: dict[Any, Any], depth: int) -> list[Any]:
        flat = [part for pair in dict.items(value) for part in pair]
        return self.items(flat, len(flat), depth)


def _same(encoder: _Encoder, value: Any, depth: int) -> Any:
    return value


def _int(encoder: _Encoder, value: Any, depth: int) -> Any:
    number = int.__pos__(value)
    if -RAW_INT < number < RAW_INT:
        return number
    if number.bit_length() > 4 * MAX_INT_DIGITS:
        raise Unserialisable(f"an integer of {number.bit_length()} bits")
    return {"i": hex(number)}


def _list(encoder: _Encoder, value: Any, depth: int) -> Any:
    if type(value) is list:
        return encoder.sequence(value, len(value), depth)
    return encoder.items(list.__iter__(value), list.__len__(value), depth)


def _tuple(encoder: _Encoder, value: Any, depth: int) -> Any:
    kind = type(value)
    if kind is tuple:
        return {"t": encoder.sequence(value, len(value), depth)}
    items = encoder.items(tuple.__iter__(value), tuple.__len__(value), depth)
    fields = getattr(kind, "_fields", None)
    if type(fields) is tuple and len(fields) == len(items):
        return {"N": [kind.__name__, list(fields), items]}
    return {"t": items}


def _set(encoder: _Encoder, value: Any, depth: int) -> Any:
    return {"s": encoder.items(set.__iter__(value), set.__len__(value), depth)}


def _frozenset(encoder: _Encoder, value: Any, depth: int) -> Any:
    return {"F": encoder.items(frozenset.__iter__(value), frozenset.__len__(value), depth)}


def _deque(encoder: _Encoder, value: Any, depth: int) -> Any:
    maxlen = deque.__dict__["maxlen"].__get__(value)
    return {"Q": [maxlen, encoder.items(deque.__iter__(value), deque.__len__(value), depth)]}


def _dict(encoder: _Encoder, value: Any, depth: int) -> Any:
    return {"d": encoder.pairs(value, depth)}


def _counter(encoder: _Encoder, value: Any, depth: int) -> Any:
    return {"C": encoder.pairs(value, depth)}


def _ordered(encoder: _Encoder, value: Any, depth: int) -> Any:
    flat = [part for key in OrderedDict.__iter__(value) for part in (key, dict.get(value, key))]
    return {"O": encoder.items(flat, len(flat), depth)}


def _defaultdict(encoder: _Encoder, value: Any, depth: int) -> Any:
    factory = defaultdict.__dict__["default_factory"].__get__(value)
    return {"D": [NAME_OF.get(id(factory)), encoder.pairs(value, depth)]}


def _bytes(encoder: _Encoder, value: Any, depth: int) -> Any:
    return {"b": binascii.b2a_base64(bytes.__getitem__(value, slice(None)), newline=False).decode()}


def _bytearray(encoder: _Encoder, value: Any, depth: int) -> Any:
    data = bytearray.__getitem__(value, slice(None))
    return {"B": binascii.b2a_base64(data, newline=False).decode()}


def _complex(encoder: _Encoder, value: Any, depth: int) -> Any:
    number = complex.__pos__(value)
    return {"c": [number.real, number.imag]}


def _range(encoder: _Encoder, value: Any, depth: int) -> Any:
    return {"r": encoder.items((value.start, value.stop, value.step), 3, depth)}


def _slice(encoder: _Encoder, value: Any, depth: int) -> Any:
    return {"S": encoder.items((value.start, value.stop, value.step), 3, depth)}


def _fraction(encoder: _Encoder, value: Any, depth: int) -> Any:
    numerator, denominator = value._numerator, value._denominator
    if max(numerator.bit_length(), denominator.bit_length()) > MAX_FRACTION_BITS:
        raise Unserialisable("an oversized fraction")
    return {"q": encoder.items((numerator, denominator), 2, depth)}


def _decimal(encoder: _Encoder, value: Any, depth: int) -> Any:
    digits = Decimal.__str__(value)
    if len(digits) > MAX_DECIMAL_CHARS:
        raise Unserialisable("an oversized decimal")
    return {"m": digits}


def _offset(value: datetime | time) -> float | None:
    offset = value.utcoffset()
    return None if offset is None else offset.total_seconds()


def _date(encoder: _Encoder, value: Any, depth: int) -> Any:
    return {"a": [value.year, value.month, value.day]}


def _clock(value: Any) -> list[Any]:
    parts = [value.hour, value.minute, value.second, value.microsecond, value.fold]
    return [*parts, _offset(value)]


def _datetime(encoder: _Encoder, value: Any, depth: int) -> Any:
    return {"A": [value.year, value.month, value.day, *_clock(value)]}


def _time(encoder: _Encoder, value: Any, depth: int) -> Any:
    return {"T": _clock(value)}


def _timedelta(encoder: _Encoder, value: Any, depth: int) -> Any:
    return {"L": [value.days, value.seconds, value.microseconds]}


def _view(tag: str) -> Callable[[_Encoder, Any, int], Any]:
    def write(encoder: _Encoder, value: Any, depth: int) -> Any:
        parts = list(value)
        if tag == "e":
            parts = [part for pair in parts for part in pair]
        return {tag: encoder.items(parts, len(parts), depth)}

    return write


_WRITERS: dict[int, Callable[[_Encoder, Any, int], Any]] = {
    id(type(None)): _same,
    id(bool): _same,
    id(int): _int,
    id(float): lambda encoder, value, depth: float.__pos__(value),
    id(str): lambda encoder, value, depth: str.__str__(value),
    id(list): _list,
    id(tuple): _tuple,
    id(set): _set,
    id(frozenset): _frozenset,
    id(dict): _dict,
    id(Counter): _counter,
    id(OrderedDict): _ordered,
    id(defaultdict): _defaultdict,
    id(deque): _deque,
    id(bytes): _bytes,
    id(bytearray): _bytearray,
    id(complex): _complex,
    id(range): _range,
    id(slice): _slice,
    id(Fraction): _fraction,
    id(Decimal): _decimal,
    id(datetime): _datetime,
    id(date): _date,
    id(time): _time,
    id(timedelta): _timedelta,
    id(type({}.keys())): _view("k"),
    id(type({}.values())): _view("v"),
    id(type({}.items())): _view("e"),
}


def encode(value: Any, claim: Claim) -> Any:
    """The tagged JSON of a value.

    Args:
        value: what to send.
        claim: called with what is no plain data, and None: returns its form or raises. Also
            called with an instance of a subclass of a builtin, and that base: returns a form,
            or None to have the instance reduced to the base's value.

    Raises:
        Unserialisable: the value is too deep, too large or cyclic.
    """
    try:
        return _Encoder(claim).value(value, 0)
    except (RecursionError, MemoryError) as error:
        raise Unserialisable(type(error).__name__) from None
