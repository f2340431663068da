"""What the log may say of an exception: its type and its frames.

Promises: no message of an exception and no line of source is passed on, because
verifiers put what they judge into messages: completions, ground truth. Whatever
stands in a worker's text counts as untrusted; only what has the form of a frame
(a module's path, a line, a function) is taken from it.

Does not cover: writing the log (`observability.py`).
"""

import re
import traceback
from dataclasses import dataclass

MAX_FRAMES = 20
UNKNOWN = "unknown"

_HEADER = "Traceback (most recent call last):"
# As traceback.format_exc prints them. A module's path has no blanks.
_FRAME = re.compile(
    r'  File "((?:/[\w.+@-]{1,100}){1,30}\.py)", line (\d{1,9}), in ([\w.<>]{1,100})', re.ASCII
)
_TYPE = re.compile(r"([A-Za-z_][\w.]{0,100})(?::.*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Fault:
    """An exception's type, and its frames as "file:line function", the innermost last."""

    exception: str
    frames: tuple[str, ...]


def fault_of(error: BaseException) -> Fault:
    """What may be said of an exception of this process."""
    frames = traceback.extract_tb(error.__traceback__)[-MAX_FRAMES:]
    shown = tuple(f"{each.filename}:{each.lineno} {each.name}" for each in frames)
    return Fault(type(error).__qualname__, shown)


def fault_in(text: str) -> Fault:
    """What may be said of the traceback that a worker reports.

    Of a chain of exceptions this is the first, which is the cause of the others.
    Reading ends at its type: what comes after may be a message of many lines
    that only looks like frames.

    Args:
        text: as `traceback.format_exc` makes it; its beginning may be cut off.
    """
    _, header, rest = text.partition(_HEADER)
    frames: list[str] = []
    for line in (rest if header else text).splitlines():
        if found := _FRAME.fullmatch(line):
            frames.append("{}:{} {}".format(*found.groups()))
        elif frames and not line.startswith(" "):
            kind = _TYPE.fullmatch(line)
            return Fault(kind[1] if kind else UNKNOWN, tuple(frames[-MAX_FRAMES:]))
    return Fault(UNKNOWN, tuple(frames[-MAX_FRAMES:]))
