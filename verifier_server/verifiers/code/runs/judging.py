"""Outputs on their way to the task's judge, many in one question.

Promises: every output is judged in the order of the cases; a judge that overruns,
crashes or never ends leaves the cases at hand UNDECIDED, for the outputs may have led
it there. Without a judge nothing is ever pending.

Does not cover: how a judge is called (`guest/checker/judge.py`).
"""

from collections.abc import Mapping
from typing import Any

from verifier_server.contract import Verdict
from verifier_server.verifiers.code.guest import frames
from verifier_server.verifiers.code.guest.encode import encode
from verifier_server.verifiers.code.guest.faults import Unserialisable
from verifier_server.verifiers.code.runs.checker import (
    Checker,
    CheckerFault,
    Outcome,
    Reply,
    task_error,
)
from verifier_server.verifiers.code.runs.programs import ATTEMPTS, UNDECIDED
from verifier_server.verifiers.code.runs.result import Cases
from verifier_server.verifiers.code.score import Failure
from verifier_server.verifiers.code.task import FunctionCase, Returns, StdioCase

BATCH_BYTES = 8 << 20  # of outputs, roughly, that are kept before the judge is asked


class Judging:
    """The outputs of one completion's cases. `checker` is None where there is no judge."""

    def __init__(self, checker: Checker | None) -> None:
        self._checker = checker
        self._waiting: dict[int, Mapping[str, Any]] = {}
        self._bytes = 0

    @property
    def active(self) -> bool:
        """Whether a judge decides."""
        return self._checker is not None

    @property
    def full(self) -> bool:
        """Whether it is time to ask the judge: much is waiting already."""
        return self._bytes > BATCH_BYTES

    def pending(self, index: int) -> bool:
        """Whether a case waits for the judge's word."""
        return index in self._waiting

    def add_function(self, index: int, case: FunctionCase, returned: Any) -> Failure | None:
        """Has a call's result judged later. Returns why that cannot be."""
        given: Any = (case.args, dict(case.kwargs)) if case.kwargs else case.args
        item = {"mode": "function", "input": _plain(given)}
        if isinstance(case.expected, Returns):
            item["expected"] = _plain(case.expected.value)
        try:
            item["output"] = _plain(returned)
        except Unserialisable as error:
            message = f"the result cannot be judged: {error}"
            return Failure(Verdict.INCORRECT, "unserialisable", message)
        self._waiting[index] = item
        self._bytes += len(frames.text(item))
        return None

    def add_stdio(self, index: int, case: StdioCase, output: bytes) -> None:
        """Has a program's output judged later."""
        item = {
            "mode": "stdio",
            "input": case.stdin.decode(errors="surrogateescape"),
            "output": output.decode(errors="surrogateescape"),
        }
        if case.stdout is not None:
            item["expected"] = case.stdout.decode(errors="surrogateescape")
        self._waiting[index] = item
        self._bytes += len(case.stdin) + len(output)

    def settle(self, cases: Cases) -> None:
        """Has the judge decide what is pending.

        Raises:
            TaskError: the judge cannot be used.
            CheckerFault: its process is broken.
        """
        waiting, self._waiting, self._bytes = self._waiting, {}, 0
        if self._checker is None or not waiting:
            return
        reply = _ask(self._checker, list(waiting.values()))
        if reply is None and len(waiting) > 1:
            for index, item in waiting.items():  # too large together
                self._settle_one(cases, index, item)
            return
        self._conclude(cases, list(waiting), reply)

    def _settle_one(self, cases: Cases, index: int, item: Mapping[str, Any]) -> None:
        assert self._checker is not None
        self._conclude(cases, [index], _ask(self._checker, [item]))

    def _conclude(self, cases: Cases, indices: list[int], reply: Reply | None) -> None:
        if reply is None:
            message = "the output is too large to be judged"
            cases.fail(indices[0], Failure(Verdict.RESOURCE_LIMIT, "output_limit", message))
        elif reply.outcome is not Outcome.ANSWERED:
            for index in indices:
                cases.fail(index, Failure(Verdict.UNDECIDED, *UNDECIDED[reply.outcome]))
        elif reply.body.get("task_error") is not None:
            raise task_error(reply.body["task_error"])
        else:
            _read(cases, indices, reply.body)


def _ask(checker: Checker, items: list[Mapping[str, Any]]) -> Reply | None:
    """The judge's reply; None where the question is too large for a frame."""
    for _ in range(ATTEMPTS):
        try:
            reply = checker.ask({"cases": items})
        except ValueError:
            return None
        if reply.outcome is not Outcome.CRASHED:
            break
    return reply


def _read(cases: Cases, indices: list[int], body: Mapping[str, Any]) -> None:
    try:
        for index, said in zip(indices, body["cases"], strict=True):
            share = float(said["value"])
            if share == 1.0:
                cases.passed(index)
                continue
            privileged = (("judge", str(said["privileged"])),)
            message = "the judge does not accept the output"
            failure = Failure(Verdict.INCORRECT, "judge_rejected", message, privileged)
            cases.fail(index, failure, share)
    except (KeyError, TypeError, ValueError) as error:
        raise CheckerFault(f"a judge's answer that means nothing: {error!r}") from error


def _plain(value: Any) -> Any:
    return encode(value, _refuse)


def _refuse(value: Any, base: type | None) -> Any:
    if base is not None:
        return None  # reduced to the base's value
    raise Unserialisable(f"an object of class {type(value).__name__}")
