"""The boss protocol: what the worker (W) and the checker (K) say to each other on K's descriptor 3.

Promises: plain data in capped frames, one answer a request, in order. Both sides
use this module for the bytes, so there is one definition of them.

Does not cover: what K says to the candidate's process P (`guest/session.py`), or
what W makes of an answer.

A frame is a length (4 bytes, little endian, `HEADER`) and that many bytes of
ASCII JSON. W may attach one descriptor (SCM_RIGHTS) to the first byte of a frame.

W to K, first frame, once a group ("prepare"; it runs nothing of a candidate):

    kind        "assert" | "judge" | "pytest" | "unittest" | "scan"
    cpu_s       CPU seconds of K's own work on one item
    prepare_cpu_s   CPU seconds of K's own work on this frame
    single      true: exactly one item follows. K serves it without a fork, and exits
    assert:     setup (str), tests (list of str, or one str), entry_points (list of str, may be
                empty), partial (bool), modules (list of str: the candidate's module names, main
                first), trust ("proxies" | "in_process")
    pytest, unittest:   files ({name: text}), setup is not used, modules, trust
    judge:      source (str)
    scan:       nothing more

K to W, answer to it, one of

    {"prepared": true, "names": [names the tests expect of the candidate, sorted],
     "capture": bool, "forks": bool}
        forks: each item gets a process of its own. Without, an item that crashes or
        overspends takes K with it, as with `single`.
        capture: the tests look at what the candidate prints, so P's order must say "capture"
    {"task_error": {"code": "INVALID_TASK" | "BAD_GROUND_TRUTH", "reason": slug, "message": str,
                    "pointer": str}}
        message may quote the task (it goes to the task's author). K serves no item after it.

If K ends in place of an answer (EOF), its exit status `EXIT_CPU` says that it ran
out of `prepare_cpu_s`; anything else is a crash. Both are the task's doing: no
candidate is near.

W to K, then one frame an item:

    assert, pytest, unittest
        trust "proxies": {} with P's session socket attached. W has written the order to P
            (or does so at the same time); K reads P's first answer.
        trust "in_process": {"files": {name: text}, "main": module name}, nothing attached.
    judge   {"cases": [case, ...]}; a case is {"mode": "function", "input", "output", "expected"}
            with each value as `values.encode` gives it (input: the tuple of args, or
            (args, kwargs) as the task has it), or {"mode": "stdio", ...} with three str.
            "expected" may be missing: there is none.
    scan    {"files": {name: text}}

K to W, one answer an item:

    assert, pytest, unittest:
        {"statuses": one letter a test, in order, at most `MAX_STATUSES`:
             "p" passed, "f" failed (the candidate's answer is wrong), "e" error (the candidate
             raised, is gone, or lacks a name), "n" not run (an earlier test ended the program)
             (where the asserts of one program are counted, those that passed come first)
         "passed": int, "total": int          (of all tests, also those beyond MAX_STATUSES)
         "finished": bool                     (every program ran to its end)
         "operations": int                    (candidate operations; at least 1 when all passed)
         "failures": [failure, ...]           (the first `MAX_FAILURES`, in order)
         "candidate": null | {"event": "compile_error" | "load_error" | "gone" | "bad_frame",
                              "pending": bool, "type", "message", "traceback"}
         "task_error": null | as above,       (then the rest means nothing)
         "trust": "proxies" | "in_process",
         "privileged": str}                   (tail of what the test framework said, or "")
        failure = {"index": int, "name": str, "reason": slug, "type", "message", "traceback",
                   "privileged": str}
            type, message and traceback are the candidate's own exception, or "": public.
            privileged holds the test's words: never public.
            reason: wrong_answer, exception, missing_entry_point, missing_name, gone, bad_frame,
            compile_error, load_error, skipped_by_candidate, not_called, unserialisable
        "pending" says for "gone" whether K was waiting for P's answer when P went
        (always true for now: K notices only while it waits for P).
        All is well only if passed == total > 0 and finished and candidate is null.

    judge:  {"cases": [{"value": float in [0,1], "reason": "" | "judge_rejected",
                        "privileged": str}, ...], "task_error": null | as above}

    scan:   {"findings": [{"rule", "name", "file", "line", "severity", "confidence", "message"}],
             "total": int, "unparsed": [file names that are no Python]}
             severity and confidence: "low" | "medium" | "high". At most `MAX_FINDINGS`.

    of any kind, by K's parent in the item's place:
        {"checker_cpu": true}                 the item ran out of `cpu_s`
        {"crashed": exit status, negative for a signal, "trust": ...}   the item's process ended
            without an answer. With trust "in_process" it may be the candidate's doing.
    With `single`, or without "forks", there is no parent: the same shows as K's own exit,
    `EXIT_CPU` or other, with no answer.

After the answer to an item K kills and reaps whatever the item left, and reads the
next frame. W closes its end when the group is done; K exits 0.
"""

import array
import json
import os
import socket
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

HEADER = struct.Struct("<I")
MAX_FRAME = 64 << 20  # bytes of a frame's body; the largest task and a completion's cases fit
MAX_ANSWER = 1 << 20  # bytes of an answer of K's; its parts are bounded far below
MAX_STATUSES = 10_000
MAX_FAILURES = 20
MAX_FINDINGS = 50
MAX_TEXT = 2_000  # characters of any one text in an answer
EXIT_CPU = 27  # SIGPROF's number: exit status of a process that ran out of CPU budget

KINDS = ("assert", "judge", "pytest", "unittest", "scan")

# Serves one item: its frame and the descriptor attached (-1: none) to its answer.
Serve = Callable[[Mapping[str, Any], int], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a runner made of a group's first frame; see the module for the fields."""

    serve: Serve
    names: Sequence[str] = ()
    capture: bool = False
    forks: bool = True


class ProtocolError(Exception):
    """The other end sent something that is not a capped frame of JSON."""


def pack(message: Any) -> bytes:
    """One frame's bytes. Lone surrogates survive, as JSON escapes, and NaN as Python writes it.

    Raises:
        ValueError: the message is over `MAX_FRAME`, or not plain data.
    """
    body = json.dumps(message, separators=(",", ":")).encode("ascii")
    if len(body) > MAX_FRAME:
        raise ValueError(f"a frame of {len(body)} bytes is over the {MAX_FRAME} allowed")
    return HEADER.pack(len(body)) + body


def unpack(body: bytes | bytearray) -> Any:
    """A frame's message. Raises `ProtocolError` for anything but JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"not a frame: {error}") from error


class Inbox:
    """Frames out of bytes as they come, for a side that polls.

    Args:
        limit: largest body accepted, in bytes.
    """

    def __init__(self, limit: int = MAX_ANSWER) -> None:
        self._limit = limit
        self._waiting = bytearray()

    def feed(self, data: bytes) -> Iterator[Any]:
        """Yields the messages that `data` completes. Raises `ProtocolError`."""
        self._waiting += data
        while len(self._waiting) >= HEADER.size:
            (size,) = HEADER.unpack_from(self._waiting)
            if size > self._limit:
                raise ProtocolError(f"a frame of {size} bytes is over the {self._limit} allowed")
            end = HEADER.size + size
            if len(self._waiting) < end:
                return
            body = self._waiting[HEADER.size : end]
            del self._waiting[:end]
            yield unpack(body)


def send(channel: socket.socket, message: Any, descriptors: Sequence[int] = ()) -> None:
    """Sends one frame whole on a blocking socket, with `descriptors` attached."""
    rest = memoryview(pack(message))
    if descriptors:
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))
        rest = rest[channel.sendmsg([rest], [rights]) :]
    while rest:
        rest = rest[os.write(channel.fileno(), rest) :]


def receive(channel: socket.socket) -> tuple[Any, int]:
    """Reads one frame from a blocking socket, with the descriptor attached to it, or -1.

    Raises:
        EOFError: the other end closed between two frames.
        ProtocolError: it closed within one, or sent no frame.
    """
    head, attached, _, _ = socket.recv_fds(channel, HEADER.size, 1)
    if not head:
        raise EOFError
    head += _read(channel, HEADER.size - len(head))
    (size,) = HEADER.unpack(head)
    if size > MAX_FRAME:
        raise ProtocolError(f"a frame of {size} bytes is over the {MAX_FRAME} allowed")
    return unpack(_read(channel, size)), attached[0] if attached else -1


def _read(channel: socket.socket, size: int) -> bytes:
    pieces = bytearray()
    while len(pieces) < size:
        piece = os.read(channel.fileno(), min(size - len(pieces), 1 << 20))
        if not piece:
            raise ProtocolError("the other end closed within a frame")
        pieces += piece
    return bytes(pieces)
