"""What a function is given and what it may give back.

Promises: every argument is bounded before work is done on it; NULL in is NULL
out unless a function says otherwise; errors name a shape, never data.

Does not cover: blobs, which no translated function takes.
"""

from verifier_server.verifiers.sql.limits import MAX_VALUE_BYTES
from verifier_server.verifiers.sql.rows import Cell

MAX_TEXT = 16_384  # characters of an argument; UTF-8 takes at most four bytes each
MAX_RESULT = MAX_VALUE_BYTES // 4


class ArgumentError(ValueError):
    """An argument that a function does not take."""


def text(value: Cell) -> str:
    """The text that a value is in a text function.

    Raises:
        ArgumentError: for a blob, NULL or more than MAX_TEXT characters.
    """
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise ArgumentError("text is too long for this function")
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    raise ArgumentError("this function takes text")


def integer(value: Cell) -> int:
    """The integer that a count, a length or a position is.

    Raises:
        ArgumentError: for anything that is no whole number.
    """
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise ArgumentError("this function takes a whole number")


def bounded(result: str) -> str:
    """The result, unless it is too long.

    Raises:
        ArgumentError: when it has more than MAX_RESULT characters.
    """
    if len(result) > MAX_RESULT:
        raise ArgumentError("the result is too long")
    return result
