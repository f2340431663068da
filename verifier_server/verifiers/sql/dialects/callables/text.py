"""Text functions of other engines.

Promises: positions and lengths count characters (code points), from 1.

Does not cover: what depends on a locale.
"""

import re

from verifier_server.verifiers.sql.dialects.callables.values import (
    MAX_RESULT,
    ArgumentError,
    bounded,
    integer,
    text,
)
from verifier_server.verifiers.sql.rows import Cell

_WORD = re.compile(r"[^\W_]+")


def initcap(value: Cell) -> Cell:
    """First letters of words upper, others lower; words are letters and digits.

    Source: postgresql.org/docs/current/functions-string.html, INITCAP.
    """
    if value is None:
        return None
    return _WORD.sub(lambda word: word[0][0].upper() + word[0][1:].lower(), text(value))


def upper(value: Cell) -> Cell:
    """Upper case beyond ASCII, which is where SQLite's upper() stops."""
    return None if value is None else bounded(text(value).upper())


def lower(value: Cell) -> Cell:
    """Lower case beyond ASCII, which is where SQLite's lower() stops."""
    return None if value is None else bounded(text(value).lower())


def reverse(value: Cell) -> Cell:
    """The characters in reverse."""
    return None if value is None else text(value)[::-1]


def repeat(value: Cell, count: Cell) -> Cell:
    """The text `count` times; the empty text for a count below one."""
    if value is None or count is None:
        return None
    piece, times = text(value), integer(count)
    if times > 0 and len(piece) * times > MAX_RESULT:
        raise ArgumentError("the result is too long")
    return piece * times


def _pad(value: Cell, width: Cell, fill: Cell, *, left: bool) -> Cell:
    if value is None or width is None or fill is None:
        return None
    piece, wanted, filler = text(value), integer(width), text(fill)
    if wanted > MAX_RESULT:
        raise ArgumentError("the result is too long")
    if wanted <= len(piece):
        return piece[: max(wanted, 0)]
    if not filler:
        return piece
    missing = wanted - len(piece)
    padding = (filler * (missing // len(filler) + 1))[:missing]
    return padding + piece if left else piece + padding


def lpad(value: Cell, width: Cell, fill: Cell) -> Cell:
    """Filled from the left, or cut on the right, to `width` characters."""
    return _pad(value, width, fill, left=True)


def rpad(value: Cell, width: Cell, fill: Cell) -> Cell:
    """Filled or cut on the right to `width` characters."""
    return _pad(value, width, fill, left=False)


def split_part(value: Cell, delimiter: Cell, number: Cell) -> Cell:
    """The part of that number, from 1, or from -1 backwards; empty where there is none.

    Source: postgresql.org/docs/current/functions-string.html, SPLIT_PART.
    """
    if value is None or delimiter is None or number is None:
        return None
    piece, mark, wanted = text(value), text(delimiter), integer(number)
    if wanted == 0:
        raise ArgumentError("the parts of a text are counted from 1")
    parts = piece.split(mark) if mark else [piece]
    index = wanted - 1 if wanted > 0 else len(parts) + wanted
    return parts[index] if 0 <= index < len(parts) else ""


def substring_index(value: Cell, delimiter: Cell, count: Cell) -> Cell:
    """All before the `count`-th delimiter, or after the one counted from the right.

    Source: dev.mysql.com/doc/refman/8.4/en/string-functions.html, SUBSTRING_INDEX.
    """
    if value is None or delimiter is None or count is None:
        return None
    piece, mark, wanted = text(value), text(delimiter), integer(count)
    if not mark or wanted == 0:
        return ""
    parts = piece.split(mark)
    return mark.join(parts[:wanted] if wanted > 0 else parts[wanted:])


def translate(value: Cell, source: Cell, target: Cell) -> Cell:
    """Each character of `source` replaced by its counterpart, or dropped without one.

    Source: postgresql.org/docs/current/functions-string.html, TRANSLATE.
    """
    if value is None or source is None or target is None:
        return None
    old, new = text(source), text(target)
    table: dict[int, str | None] = {}
    for index, character in enumerate(old):
        table.setdefault(ord(character), new[index] if index < len(new) else None)
    return text(value).translate(table)


def code(value: Cell) -> Cell:
    """The code point of the first character; 0 for the empty text."""
    if value is None:
        return None
    piece = text(value)
    return ord(piece[0]) if piece else 0
