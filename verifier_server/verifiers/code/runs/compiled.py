"""C++ sources to a program, in a child of the compiler's jail.

Promises: a program, or the candidate's failure: sources that do not compile, and sources
that drive the compiler into its limits, are both MALFORMED.

Does not cover: the compiler's options (`guest/native.py`).
"""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from verifier_server.contract import Verdict
from verifier_server.verifiers.code.guest.frames import FrameError, PeerGone
from verifier_server.verifiers.code.guest.native import EXIT_NO_COMPILER, MAX_BINARY_BYTES
from verifier_server.verifiers.code.runs.candidate import Budgets, Candidate, Ended, Purse
from verifier_server.verifiers.code.runs.channel import CandidateFraming, FrameChannel
from verifier_server.verifiers.code.runs.loop import Loop
from verifier_server.verifiers.code.runs.streams import Allowance, capture_pipe
from verifier_server.verifiers.code.score import Failure

JAIL = "compiler"
BUDGETS = Budgets(cpu_s=20.0, memory_bytes=1 << 30, output_bytes=1 << 20, idle_s=10.0)


class CompilerFault(Exception):
    """The compiler's process failed in a way that no source can bring about."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program's bytes."""

    data: bytes


def compile_program(
    loop: Loop, purse: Purse, files: Mapping[str, str], standard: str
) -> Program | Failure:
    """Compiles a candidate's files.

    Args:
        loop: where the compiler is waited for.
        purse: pays for its CPU.
        files: text by name.
        standard: "c++17" or "c++20".

    Raises:
        CompilerFault: there is no compiler, or it does not keep to its part.
    """
    ours, theirs = socket.socketpair()
    allowance = Allowance(MAX_BINARY_BYTES)
    binary, into = capture_pipe(loop, allowance, whole=True)
    try:
        more = [theirs.fileno(), into]
        candidate = Candidate(loop, JAIL, BUDGETS, purse, more=more)
    except BaseException:
        ours.close()
        loop.discard(binary)
        binary.close()
        raise
    finally:
        theirs.close()
        os.close(into)
    channel = FrameChannel(loop, ours, CandidateFraming())
    answer: Any = None
    try:
        channel.send({"files": dict(files), "standard": standard})
        answer = channel.recv()
    except (PeerGone, FrameError):
        pass
    finally:
        channel.close()
    ended = candidate.end()
    loop.run_until(lambda: not binary.open)
    loop.discard(binary)
    return _result(answer, binary.data, ended)


def _result(answer: Any, data: bytes, ended: Ended) -> Program | Failure:
    match answer:
        case {"binary_bytes": int(size)} if size == len(data):
            return Program(data)
        case {"compile_error": str(said)}:
            return Failure(Verdict.MALFORMED, "compile_error", said)
        case {"compile_limit": str(said)}:
            return _limit(said)
    if ended.exit.cpu_exhausted or ended.silent or ended.exit.code < 0:
        return _limit("the compiler did not come to an end")
    if ended.exit.code == EXIT_NO_COMPILER:
        raise CompilerFault("there is no g++ in the compiler's jail")
    raise CompilerFault(f"the compiler's process exited with {ended.exit.code}")


def _limit(said: str) -> Failure:
    return Failure(Verdict.MALFORMED, "compile_limit", f"the compiler ran into its limits: {said}")
