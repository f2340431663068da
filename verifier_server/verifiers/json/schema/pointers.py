"""Where a violation is, told exactly.

Promises: `path_of` gives the names and indices of a violation's place as the document has
them. The engine's own path leaves empty names out and takes names for indices, so that
`{"": {"01": 5}}` would be at fault at `/1`; its message in full has each of them, in a
notation that is clear only beside that path.

Does not cover: names that look like that notation (`"]["`) beside empty ones.
"""

import re
from typing import Any

MASK = "the value"  # stands for the document in the engine's messages
_BEGIN = "\n\nOn instance"
_END = f":\n    {MASK}"
_EMPTY = '[""]'
_INDEX = re.compile(r'\[([0-9]+)\]|\["(\+[0-9]+)"\]')  # or a name that the engine takes for one


def path_of(error: Any) -> tuple[str | int, ...]:
    """The place of a violation in a document.

    Args:
        error: jsonschema-rs's ValidationError, by a validator whose mask is MASK.
    """
    known = tuple(error.instance_path)
    full = error.verbose_message
    begin = full.find(_BEGIN, len(error.message))
    shown = full[begin + len(_BEGIN) :].removesuffix(_END)
    found = _read(known, shown)
    return known if found is None else found


def _read(known: tuple[str | int, ...], shown: str) -> tuple[str | int, ...] | None:
    """The path that is shown, with the engine's own as a guide to where a name ends."""
    path: list[str] = []
    at = 0
    for part in known:
        while shown.startswith(_EMPTY, at) and not _begins_with(part, shown, at):
            path.append("")
            at += len(_EMPTY)
        if isinstance(part, str):
            if not _begins_with(part, shown, at):
                return None
            path.append(part)
            at += len(_notation(part))
        else:
            index = _INDEX.match(shown, at)
            if index is None:
                return None
            path.append(index[1] or index[2])
            at = index.end()
    while shown.startswith(_EMPTY, at):
        path.append("")
        at += len(_EMPTY)
    return tuple(path) if at == len(shown) else None


def _begins_with(part: str | int, shown: str, at: int) -> bool:
    return isinstance(part, str) and shown.startswith(_notation(part), at)


def _notation(name: str) -> str:
    escaped = name.replace("~", "~0").replace("/", "~1")
    return f"[{escaped}]" if name.isascii() and name.isdigit() else f'["{escaped}"]'
