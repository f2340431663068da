"""What every rule of a task needs: the refusal, and texts and names that can be used.

Promises: a program that passes `program` can be handed to a compiler and
written to a file; a name that passes `entry_points` is one that Python code can
define.

Does not cover: which fields go together (`rules.py`).
"""

import keyword
from typing import Any

from verifier_server.contract import ErrorCode, TaskError
from verifier_server.verifiers.code.task import EntryPoint


def refuse(reason: str, message: str, pointer: str) -> TaskError:
    """An INVALID_TASK to raise."""
    return TaskError(ErrorCode.INVALID_TASK, reason, message, pointer)


def text(value: str, pointer: str) -> bytes:
    """The bytes of a text.

    Raises:
        TaskError: `bad_text`, it holds a lone surrogate (an escape such as \\ud800).
    """
    try:
        return value.encode()
    except UnicodeEncodeError:
        raise refuse("bad_text", "holds a lone surrogate, which is no text", pointer) from None


def program(value: str, pointer: str) -> str:
    """Source code as it was given.

    Raises:
        TaskError: `bad_text`, it holds a NUL or a lone surrogate.
    """
    if b"\0" in text(value, pointer):
        raise refuse("bad_text", "holds a NUL character, which no program may", pointer)
    return value


def entry_points(value: str | list[Any]) -> tuple[EntryPoint, ...]:
    """The names of `entry_point`.

    Raises:
        TaskError: `bad_name`, a keyword or a name that stands twice.
    """
    if isinstance(value, str):
        return (entry_point(value, "/entry_point"),)
    found = tuple(entry_point(each, f"/entry_point/{i}") for i, each in enumerate(value))
    for index, each in enumerate(found):
        if each in found[:index]:
            raise refuse("bad_name", f"{str(each)!r} stands twice", f"/entry_point/{index}")
    return found


def entry_point(value: str, pointer: str) -> EntryPoint:
    """One name, or Class.method.

    Raises:
        TaskError: `bad_name`.
    """
    name, dot, method = value.partition(".")
    for part in (name, method) if dot else (name,):
        if not part.isidentifier() or keyword.iskeyword(part):
            raise refuse("bad_name", f"{part!r} cannot be the name of a function", pointer)
    return EntryPoint(name, method if dot else None)
