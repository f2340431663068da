"""What a checker said of a program's tests, to a tally.

Promises: all tests passed only where the checker says so in every field at once:
all passed, every program at its end, the candidate there throughout, and asked at
least once. Whatever a candidate's process did to fall silent is its own failure.

Does not cover: replies without an answer (`programs.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verifier_server.contract import Verdict
from verifier_server.verifiers.code.guest.checker.protocol import MAX_STATUSES
from verifier_server.verifiers.code.guest.faults import CandidateFailure
from verifier_server.verifiers.code.runs import endings
from verifier_server.verifiers.code.runs.candidate import Ended
from verifier_server.verifiers.code.runs.checker import CheckerFault
from verifier_server.verifiers.code.score import Failure, Tally, TestOutcome, tally

MESSAGES = {
    "wrong_answer": "a test failed",
    "missing_name": "the program lacks a name that the tests use",
    "not_called": "the tests ended without calling the program",
    "unserialisable": "a result is too large, too deep or cyclic",
    "skipped_by_candidate": "the program tried to have a test skipped",
}
PASSED = "p"


@dataclass(frozen=True, slots=True)
class Said:
    """A checker's answer about tests, read. `blocked` is a failure of the whole."""

    tests: Tally | None
    blocked: Failure | None
    compiles: bool
    traceback: str
    privileged: tuple[tuple[str, str], ...]


def read(body: Mapping[str, Any], weights: Sequence[float], ended: Ended | None) -> Said:
    """Reads an answer that is no task error.

    Args:
        body: the answer's frame.
        weights: of the tests, where they are known one by one; else empty.
        ended: how the candidate ended; None where it had no process of its own.

    Raises:
        CheckerFault: it means nothing.
    """
    try:
        return _read(body, weights, ended)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CheckerFault(f"an answer that means nothing: {error!r}") from error


def _read(body: Mapping[str, Any], weights: Sequence[float], ended: Ended | None) -> Said:
    counts = [body[name] for name in ("passed", "total", "operations")]
    if any(type(count) is not int for count in counts) or type(body["finished"]) is not bool:
        raise TypeError("counts that are none")
    event = body["candidate"]
    first = next(iter(body["failures"]), None)
    own_words = CandidateFailure("", "")
    gone: Failure | None = None
    if event is not None:
        own_words = CandidateFailure(event["type"], event["message"], event["traceback"])
        gone = _event(event["event"], own_words, ended)
        if event["event"] in ("compile_error", "load_error"):
            compiles = event["event"] != "compile_error"
            return Said(None, gone, compiles, own_words.traceback, _privileged(body))
    failure = None if first is None else _failure(first, gone, ended)
    if first is not None and first["traceback"]:
        own_words = CandidateFailure(first["type"], first["message"], first["traceback"])
    all_passed = 0 < body["total"] == body["passed"]
    if all_passed and (gone is not None or not body["finished"]):
        return Said(None, gone or _unfinished(), True, own_words.traceback, _privileged(body))
    if all_passed and body["operations"] < 1:
        failure = Failure(Verdict.INCORRECT, "not_called", MESSAGES["not_called"])
        return Said(None, failure, True, "", _privileged(body))
    if body["total"] < 1:
        if gone is None:
            raise ValueError("no tests, and nothing said of it")
        return Said(None, gone, True, own_words.traceback, _privileged(body))
    tests = _tally(body, weights, failure or gone or _unfinished())
    return Said(tests, None, True, own_words.traceback, _privileged(body))


def _tally(body: Mapping[str, Any], weights: Sequence[float], failure: Failure) -> Tally:
    statuses, passed, total = body["statuses"], body["passed"], body["total"]
    if len(statuses) != min(total, MAX_STATUSES) or statuses.count(PASSED) > passed:
        raise ValueError("statuses that do not add up")
    if weights and len(weights) == len(statuses):
        return tally(_outcomes(statuses, weights, failure))
    if passed == total:
        return Tally(passed, total, float(passed), float(total))
    index = next((i for i, status in enumerate(statuses) if status != PASSED), None)
    return Tally(passed, total, float(passed), float(total), failure, index)


def _outcomes(statuses: str, weights: Sequence[float], failure: Failure) -> list[TestOutcome]:
    """The first test that did not pass carries the failure; the rest only count."""
    outcomes = []
    told = False
    for status, weight in zip(statuses, weights, strict=True):
        if status == PASSED:
            outcomes.append(TestOutcome(1.0, None, weight))
        else:
            outcomes.append(TestOutcome(0.0, None if told else failure, weight))
            told = True
    return outcomes


def _event(name: str, said: CandidateFailure, ended: Ended | None) -> Failure:
    match name:
        case "compile_error":
            return endings.not_compiled(said)
        case "load_error":
            return endings.raised(said)
        case "bad_frame":
            found = None if ended is None else endings.overspent(ended)
            return found or endings.garbled()
        case "gone":
            return _gone(ended)
        case _:
            raise ValueError(f"an event {name!r}")


def _gone(ended: Ended | None) -> Failure:
    if ended is None:
        return Failure(Verdict.RUNTIME_ERROR, "exited", "the program ended its process")
    return endings.death(ended)


def _failure(first: Mapping[str, Any], gone: Failure | None, ended: Ended | None) -> Failure:
    reason = first["reason"]
    said = CandidateFailure(first["type"], first["message"])
    privileged = (("test", str(first["name"])), ("failure", str(first["privileged"])))
    match reason:
        case "gone" | "bad_frame" | "compile_error" | "load_error":
            found = gone or _event(reason, said, ended)
        case "exception":
            found = endings.raised(said)
        case "missing_entry_point" | "missing_name":
            message = said.message or MESSAGES["missing_name"]
            found = Failure(Verdict.RUNTIME_ERROR, reason, message)
        case "wrong_answer" | "not_called" | "unserialisable":
            found = Failure(Verdict.INCORRECT, reason, MESSAGES[reason])
        case "skipped_by_candidate":
            found = Failure(Verdict.RUNTIME_ERROR, reason, MESSAGES[reason])
        case _:
            raise ValueError(f"a reason {reason!r}")
    return Failure(found.verdict, found.reason, found.message, privileged)


def _unfinished() -> Failure:
    return Failure(Verdict.INCORRECT, "wrong_answer", "the tests did not run to their end")


def _privileged(body: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return (("tests_output", body["privileged"]),) if body["privileged"] else ()
