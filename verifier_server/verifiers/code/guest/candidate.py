"""The program of a candidate's process: loads one module, then serves or runs it.

Promises: reads one order from descriptor 3, {"files": {path: text}, "main": module,
"script": bool, "capture": bool}, and compiles every file before any code of the candidate
runs. It answers {"compile_error": ...}, {"load_error": ...} or {"ready": {name: kind}},
then serves requests until the channel closes; a script answers {"ready": {}}, loses the
channel and runs as `python main.py` with the standard streams it was given. With
"capture", what the candidate prints travels with the answers in place of descriptor 1.

From the moment the candidate's code runs, this process is hostile: whatever it sends is
only data for the other side to doubt.

Does not cover: containment, limits, and the meaning of an end of the process.
"""

import contextlib
import gc
import io
import os
import sys
from typing import Any, NoReturn

from . import frames, loading, stdio
from .serving import Serving, traceback_tail

CHANNEL = 3
RECURSION_SLACK = 40  # frames of ours beneath the candidate's
MAX_PRINTED = 1 << 20  # characters of captured text in one answer
MAX_TEXT = 2000


def main() -> NoReturn:
    """Runs one candidate. Never returns."""
    status = 0
    try:
        _run(frames.Channel(CHANNEL))
    except frames.PeerGone:
        stdio.flush_all()
    except BaseException:  # the candidate broke its own session: nobody is asked to believe it
        status = stdio.UNCAUGHT
        stdio.flush_all()
    os._exit(status)


def _run(channel: frames.Channel) -> None:
    order = channel.recv()
    files: dict[str, str] = order["files"]
    name: str = order["main"]
    script: bool = order.get("script", False)
    stdio.fresh_streams()
    path = name.replace(".", "/") + loading.SUFFIX
    if path not in files:
        path = name.replace(".", "/") + "/__init__" + loading.SUFFIX
    sys.argv = [path]
    sys.setrecursionlimit(1000 + RECURSION_SLACK)
    gc.freeze()  # a collection would copy every page shared with the zygote
    gc.enable()
    try:
        codes = loading.compile_files(files)
    except loading.CompileFailure as failure:
        channel.send({"compile_error": failure.told})
        sys.stderr.write(failure.told["traceback"] + "\n")
        stdio.flush_all()
        os._exit(stdio.UNCAUGHT)
    loading.write_data(files)
    loading.install(files, codes)
    module = loading.new_module("__main__" if script else name, path)
    if script:
        channel.send({"ready": {}})
        os.close(channel.descriptor)
        stdio.run_as_script(codes[path], module.__dict__)
    _serve(channel, codes[path], module.__dict__, capture=order.get("capture", False))


def _serve(channel: frames.Channel, code: Any, namespace: dict[str, Any], *, capture: bool) -> None:
    serving = Serving(channel, namespace)
    if capture:
        _capture(serving)
    else:
        _flush_with_answers(serving)
    try:
        exec(code, namespace)  # noqa: S102 (what we are for)
    except BaseException as error:
        told = {"type": type(error).__name__, "message": _text(error)}
        told["traceback"] = traceback_tail(error) + f"{told['type']}: {told['message']}"
        channel.send({"load_error": told})
        stdio.flush_all()
        os._exit(stdio.UNCAUGHT)
    channel.send({"ready": serving.names()})
    serving.serve()


def _text(error: BaseException) -> str:
    try:
        return str(str(error))[:MAX_TEXT]
    except BaseException:  # its own __str__ fails
        return ""


def _flush_with_answers(serving: Serving) -> None:
    """Has what the candidate prints arrive before the answer, so that no kill can lose it."""
    flush, before = sys.stdout.flush, serving.link.extras

    def extras(answer: dict[str, Any]) -> None:
        if before is not None:
            before(answer)
        with contextlib.suppress(BaseException):  # it is closed, or nobody reads it
            flush()

    serving.link.extras = extras


def _capture(serving: Serving) -> None:
    """Lets printed text travel with the answers."""
    printed = io.StringIO()
    sys.stdout = sys.__stdout__ = printed  # type: ignore[misc, assignment]  # text alone
    before = serving.link.extras

    def extras(answer: dict[str, Any]) -> None:
        if before is not None:
            before(answer)
        text = printed.getvalue()
        if text:
            answer["o"] = text[:MAX_PRINTED]
            printed.seek(0)
            printed.truncate()

    serving.link.extras = extras
