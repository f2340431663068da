"""numpy arrays and scalars as plain data, where numpy is installed.

Promises: numbers, booleans, strings, dates of numpy, as a dtype, a shape and bytes; never
an object array, and numpy is imported only when one is met.

Does not cover: structured dtypes, masked arrays and matrices (handles), pandas.
"""

import binascii
import math
import re
import sys
from typing import Any

from .faults import BadFrame, Unserialisable

MAX_BYTES = 8 << 20  # of one array
MAX_DIMENSIONS = 32
_DTYPE = re.compile(r"[<>|=]?[biufcSUmM]\d{1,6}(\[\d{0,6}[a-zA-Z]{1,4}\])?")


def is_array_like(kind: type) -> bool:
    """Whether values of this class are numpy's arrays or scalars. Does not import numpy."""
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return False
    try:
        return kind is numpy.ndarray or (
            kind.__module__ == "numpy" and issubclass(kind, numpy.generic)
        )
    except (AttributeError, TypeError):
        return False  # something else calls itself numpy


def dump(value: Any) -> dict[str, list[Any]]:
    """The tagged form of an array or scalar.

    Raises:
        Unserialisable: its dtype holds objects or fields, or it is too large.
    """
    numpy = sys.modules["numpy"]
    array = numpy.asarray(value)
    dtype = array.dtype.str
    if not _DTYPE.fullmatch(dtype) or array.nbytes > MAX_BYTES:
        raise Unserialisable(f"a numpy value of dtype {dtype} and {array.nbytes} bytes")
    data = binascii.b2a_base64(array.tobytes(), newline=False).decode()
    tag = "p" if type(value) is numpy.ndarray else "P"
    return {tag: [dtype, list(array.shape), data]}


def load(payload: list[Any], *, scalar: bool) -> Any:
    """The array or scalar of a tagged form.

    Raises:
        BadFrame: the form is wrong, or numpy is not installed here.
    """
    dtype, shape, data = payload
    if not isinstance(dtype, str) or not _DTYPE.fullmatch(dtype):
        raise BadFrame("no dtype of numbers")
    if not isinstance(shape, list) or len(shape) > MAX_DIMENSIONS:
        raise BadFrame("no shape")
    if any(type(size) is not int or not 0 <= size <= MAX_BYTES for size in shape):
        raise BadFrame("no shape")
    if not isinstance(data, str):
        raise BadFrame("no bytes")
    try:
        import numpy
    except ImportError:
        raise BadFrame("numpy is not installed here") from None
    kind = numpy.dtype(dtype)
    raw = binascii.a2b_base64(data, strict_mode=True)
    if math.prod(shape) * kind.itemsize != len(raw):
        raise BadFrame("an array whose bytes do not fill its shape")
    if kind.itemsize == 0:
        array = numpy.zeros(shape, kind)
    else:
        array = numpy.frombuffer(raw, kind).reshape(shape).copy()
    return array[()] if scalar else array
