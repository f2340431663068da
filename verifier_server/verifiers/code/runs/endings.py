"""How a child ended, to whose fault it was: the candidate's share of the verdicts.

Promises: a limit that was overspent decides first, whatever else happened; every
death of a candidate is a failure of its own; its exceptions are told by name.

Does not cover: what tests said (`answers.py`).
"""

import signal

from verifier_server.contract import Verdict
from verifier_server.verifiers.code.guest.faults import CandidateFailure
from verifier_server.verifiers.code.runs.candidate import Ended
from verifier_server.verifiers.code.score import Failure

MAX_NAME = 100


def overspent(ended: Ended) -> Failure | None:
    """The limit that a candidate overspent, which undoes whatever it had earned."""
    if ended.exit.cpu_exhausted:
        return cpu_limit()
    if ended.flooded:
        message = "the program wrote more than it may"
        return Failure(Verdict.RESOURCE_LIMIT, "output_limit", message)
    return None


def death(ended: Ended) -> Failure:
    """Why a candidate is gone that was still needed."""
    found = overspent(ended)
    if found is not None:
        return found
    code = ended.exit.code
    if ended.silent:
        return Failure(Verdict.TIME_LIMIT, "idle", "the program waited and would not go on")
    if ended.out_of_memory:
        return memory_limit()
    if code < 0 and ended.by_itself:
        message = f"the program was ended by {_signal_name(-code)}"
        return Failure(Verdict.RUNTIME_ERROR, "signal", message)
    if not ended.by_itself:
        return Failure(Verdict.RUNTIME_ERROR, "exited", "the program closed its channel")
    return Failure(Verdict.RUNTIME_ERROR, "exited", f"the program exited with status {code}")


def cpu_limit() -> Failure:
    """The CPU seconds are used up: the child's own, or those of all children."""
    return Failure(Verdict.TIME_LIMIT, "cpu_limit", "the program used up its CPU time")


def memory_limit() -> Failure:
    """The address space is used up."""
    return Failure(Verdict.RESOURCE_LIMIT, "memory_limit", "the program used up its memory")


def raised(failure: CandidateFailure) -> Failure:
    """An exception of the candidate's."""
    if failure.type == MemoryError.__name__:
        return memory_limit()
    message = f"{failure.type[:MAX_NAME]}: {failure.message}"
    return Failure(Verdict.RUNTIME_ERROR, "exception", message)


def not_compiled(failure: CandidateFailure, line: int = 0) -> Failure:
    """The candidate is no program of its language."""
    place = f"line {line}: " if line else ""
    message = f"{place}{failure.type[:MAX_NAME]}: {failure.message}"
    return Failure(Verdict.MALFORMED, "compile_error", message)


def missing(name: str) -> Failure:
    """The candidate lacks what the task asks for."""
    message = f"the program defines no {name[:MAX_NAME]}"
    return Failure(Verdict.RUNTIME_ERROR, "missing_entry_point", message)


def garbled() -> Failure:
    """The candidate's process wrote into its channel."""
    message = "the program broke the protocol of its process"
    return Failure(Verdict.RUNTIME_ERROR, "bad_frame", message)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
