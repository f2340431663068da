"""Standard streams of a fresh interpreter, and its end, in a process that was forked.

Promises: stdin, stdout and stderr are new objects on descriptors 0, 1 and 2, as Python
makes them for pipes (UTF-8 mode: other bytes pass
unchanged; stdout in blocks, stderr by line); `run_as_script` runs code as
`python file.py` does, and ends the process with the status that Python would give.

Does not cover: what inherited C streams hold.
"""

import atexit
import contextlib
import io
import os
import sys
import types
from typing import Any, NoReturn, TextIO

from . import loading

FLUSH_FAILED = 120  # exit status (Doc/library/sys.rst, sys.exit)
UNCAUGHT = 1


def open_streams() -> tuple[TextIO, TextIO, TextIO]:
    """New stdin, stdout and stderr."""
    stdin = io.TextIOWrapper(
        io.BufferedReader(io.FileIO(0, "r", closefd=False)), "utf-8", "surrogateescape"
    )
    stdout = io.TextIOWrapper(
        io.BufferedWriter(io.FileIO(1, "w", closefd=False)), "utf-8", "surrogateescape"
    )
    stderr = io.TextIOWrapper(
        io.BufferedWriter(io.FileIO(2, "w", closefd=False)),
        encoding="utf-8",
        errors="backslashreplace",
        line_buffering=True,
    )
    for stream, name, mode in (
        (stdin, "<stdin>", "r"),
        (stdout, "<stdout>", "w"),
        (stderr, "<stderr>", "w"),
    ):
        stream.buffer.raw.name = name  # as create_stdio does
        stream.mode = mode  # type: ignore[misc]  # as create_stdio does
    return stdin, stdout, stderr


_made_ahead: list[int] = []  # the process that did, if one did


def make_ahead() -> None:
    """Makes the streams that the children of this process start with.

    They are made on pipes, as they will be used: a stream asks once whether it can seek.
    """
    kept = [os.dup(number) for number in (0, 1, 2)]
    source, sink = os.pipe()
    for number, end in enumerate((source, sink, sink)):
        os.dup2(end, number)
    fresh_streams()
    _made_ahead.append(os.getpid())
    for number, descriptor in enumerate(kept):
        os.dup2(descriptor, number)
    for descriptor in (*kept, source, sink):
        os.close(descriptor)


def fresh_streams() -> None:
    """Replaces sys.stdin, sys.stdout and sys.stderr, unless they were made ahead."""
    if _made_ahead:
        return
    stdin, stdout, stderr = open_streams()
    sys.stdin = sys.__stdin__ = stdin  # type: ignore[misc, assignment]
    sys.stdout = sys.__stdout__ = stdout  # type: ignore[misc, assignment]
    sys.stderr = sys.__stderr__ = stderr  # type: ignore[misc, assignment]


def flush_all() -> bool:
    """Flushes stdout and stderr. Returns whether stdout could be written whole."""
    whole = True
    for stream, counts in ((sys.stdout, True), (sys.stderr, False)):
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except BaseException:
            whole = whole and not counts
    return whole


def _exit_status(error: SystemExit) -> int:
    code: Any = error.code
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    try:
        sys.stdout.flush()
        print(code, file=sys.stderr)
    except BaseException:  # noqa: S110 (nobody to tell)
        pass
    return UNCAUGHT


def _show(error: BaseException) -> None:
    """Reports an uncaught exception as the interpreter does, without our own frames."""
    own = error.__traceback__
    trace = own.tb_next if own is not None else None
    error.__traceback__ = trace
    with contextlib.suppress(BaseException):  # told by the exit status
        sys.stdout.flush()
    try:
        if sys.excepthook is sys.__excepthook__:
            import traceback

            loading.show_sources()
            traceback.print_exception(error)
        else:
            sys.excepthook(type(error), error, trace)
    except BaseException:  # noqa: S110 (nobody to tell)
        pass


def run_as_script(code: types.CodeType, namespace: dict[str, Any]) -> NoReturn:
    """Runs code, then ends the process as an interpreter ends (Py_FinalizeEx)."""
    status = 0
    try:
        exec(code, namespace)  # noqa: S102 (what we are for)
    except SystemExit as error:
        status = _exit_status(error)
    except BaseException as error:
        status = UNCAUGHT
        _show(error)
    with contextlib.suppress(BaseException):  # the interpreter only reports it
        if "threading" in sys.modules:
            sys.modules["threading"]._shutdown()  # waits for threads, but daemons
    atexit._run_exitfuncs()
    if not flush_all():
        status = FLUSH_FAILED
    os._exit(status)
