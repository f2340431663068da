"""Plain values as tagged JSON: the form, and what both ways share.

Form: null, true, 1, 1.5, "text" and [list] are themselves; everything else is an object
of one key, the tag. Dicts are flat lists of keys and values. {"h": ...} is an object of
the sender's process, {"y": id} one of the receiver's, {"arg": i} the i-th argument.

Does not cover: writing (`encode.py`) and reading (`decode.py`).
"""

import builtins
from collections import Counter, OrderedDict, defaultdict, deque
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

MAX_DEPTH = 200
MAX_NODES = 2_000_000  # of one value; sharing counts as often as it is reached
RAW_INT = 1 << 63  # larger ones cross as hexadecimal: decimal is quadratic
MAX_INT_DIGITS = 1 << 20  # hexadecimal ones
MAX_FRACTION_BITS = 1 << 16  # its reduction is quadratic
MAX_DECIMAL_CHARS = 1 << 16
MAX_FIELDS = 255  # of a namedtuple
COLLISIONS = 64  # equality tests an element may cost while a set or dict is built

# What a peer may name. Nothing here runs text, reads files or reaches attributes by name.
_NAMES = """
    abs all any ascii bin bool bytearray bytes callable chr complex dict divmod enumerate
    filter float format frozenset hash hex int isinstance issubclass iter len list map max
    min next object oct ord pow range repr reversed round set slice sorted str sum tuple
    type zip Ellipsis NotImplemented
"""
NAMED: dict[str, Any] = {name: getattr(builtins, name) for name in _NAMES.split()}
NAMED |= {
    name: value
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
}
_CLASSES = (
    type(None),
    *(Counter, OrderedDict, defaultdict, deque),
    *(Fraction, Decimal, date, datetime, time, timedelta),
)
NAMED |= {kind.__name__: kind for kind in _CLASSES}
NAME_OF = {id(value): name for name, value in NAMED.items()}
# Classes whose instances are plain values, of which a subclass may be an instance too.
PLAIN = frozenset(
    id(kind)
    for kind in (
        *(int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset),
        *_CLASSES[1:],
    )
)

# Exceptions of the standard library that tests name.
LIBRARY_EXCEPTIONS = {
    "json.decoder.JSONDecodeError": ("json", "JSONDecodeError"),
    "dataclasses.FrozenInstanceError": ("dataclasses", "FrozenInstanceError"),
    "decimal.InvalidOperation": ("decimal", "InvalidOperation"),
    "decimal.DivisionByZero": ("decimal", "DivisionByZero"),
    "statistics.StatisticsError": ("statistics", "StatisticsError"),
    "queue.Empty": ("queue", "Empty"),
    "queue.Full": ("queue", "Full"),
    "_queue.Empty": ("queue", "Empty"),
    "asyncio.queues.QueueEmpty": ("asyncio", "QueueEmpty"),
    "asyncio.queues.QueueFull": ("asyncio", "QueueFull"),
    "asyncio.exceptions.InvalidStateError": ("asyncio", "InvalidStateError"),
    "struct.error": ("struct", "error"),
    "re.error": ("re", "error"),
    "binascii.Error": ("binascii", "Error"),
    "zlib.error": ("zlib", "error"),
    "_csv.Error": ("csv", "Error"),
    "copy.Error": ("copy", "Error"),
    "configparser.NoSectionError": ("configparser", "NoSectionError"),
    "configparser.NoOptionError": ("configparser", "NoOptionError"),
    "graphlib.CycleError": ("graphlib", "CycleError"),
    "ipaddress.AddressValueError": ("ipaddress", "AddressValueError"),
    "ipaddress.NetmaskValueError": ("ipaddress", "NetmaskValueError"),
    "xml.etree.ElementTree.ParseError": ("xml.etree.ElementTree", "ParseError"),
    "concurrent.futures._base.TimeoutError": ("builtins", "TimeoutError"),
}
