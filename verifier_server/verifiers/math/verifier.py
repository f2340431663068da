"""The math verifier's judgement: extract, parse, compare.

Promises: value 1 for CORRECT and 0 for everything else; CORRECT only where
`check` decided that the answers are equal. The open diagnostics hold the
answer found and the stage that decided, never the right answer.

Does not cover: validating the task by `task_schema.json`, done before `prepare`.
"""

from collections.abc import Mapping
from typing import Any

from verifier_server.contract import (
    Component,
    Diagnostics,
    ErrorCode,
    Judge,
    Score,
    TaskError,
    Verdict,
)
from verifier_server.verifiers.math.check import Decision, same
from verifier_server.verifiers.math.exact import UndefinedError, exact
from verifier_server.verifiers.math.extract import Answer, NoAnswerError, extract
from verifier_server.verifiers.math.lex import UnreadableError
from verifier_server.verifiers.math.limits import TooBigError
from verifier_server.verifiers.math.nodes import Node, Text, walk
from verifier_server.verifiers.math.parse import parse
from verifier_server.verifiers.math.policy import Policy
from verifier_server.verifiers.math.probe import has_no_value

MAX_EXTRACTED = 500


def prepare(task: Mapping[str, Any]) -> Judge:
    """Compiles a task that satisfies `task_schema.json`.

    Raises:
        TaskError: BAD_GROUND_TRUTH, `unparsable_answer` or `undefined_answer`.
    """
    gold = _gold(task["answer"])
    policy = Policy(tolerance=task.get("tolerance"))

    def judge(completion: str) -> Score:
        try:
            answer = extract(completion)
        except NoAnswerError as error:
            return _rejected(Verdict.NO_ANSWER, error.reason, Diagnostics(message=str(error)))
        shown = answer.text[:MAX_EXTRACTED]
        try:
            found = parse(answer.text)
        except UnreadableError as error:
            return _unparsable(answer, gold, Diagnostics(shown, str(error)))
        if answer.source == "bare" and isinstance(found, Text) and " " in found.words:
            return _rejected(Verdict.NO_ANSWER, "no_answer", Diagnostics(message="only prose"))
        return _judged(same(gold, found, policy), shown, answer.source, task["answer"])

    return judge


def _gold(text: str) -> Node:
    try:
        gold = parse(text)
    except UnreadableError as error:
        raise _bad("unparsable_answer", f"the answer cannot be read: {error}") from None
    for part in walk(gold):
        try:
            exact(part)
            if has_no_value(part):
                raise UndefinedError("a division by zero or the logarithm of zero")
        except UndefinedError as error:
            raise _bad("undefined_answer", f"the answer has no value: {error}") from None
        except TooBigError:
            continue  # it can still be matched by structure
    return gold


def _bad(reason: str, message: str) -> TaskError:
    return TaskError(ErrorCode.BAD_GROUND_TRUTH, reason, message, "/answer")


def _unparsable(answer: Answer, gold: Node, diagnostics: Diagnostics) -> Score:
    if answer.source == "bare":
        return _rejected(Verdict.NO_ANSWER, "no_answer", diagnostics)
    if isinstance(gold, Text):
        return _rejected(Verdict.INCORRECT, "not_equal", diagnostics)
    return _rejected(Verdict.MALFORMED, "unparsable", diagnostics)


def _judged(decision: Decision, shown: str, source: str, gold: str) -> Score:
    diagnostics = Diagnostics(
        extracted=shown,
        facts=(("source", source), ("stage", decision.stage)),
        privileged=(("answer", gold[:MAX_EXTRACTED]),),
    )
    if decision.equal:
        component = Component("answer", 1.0, 1.0, 1, 1)
        return Score(1.0, True, Verdict.CORRECT, "equal", (component,), diagnostics)
    if decision.equal is None:
        reason = "too_big" if decision.stage == "too_big" else "undecided"
        return _rejected(Verdict.UNDECIDED, reason, diagnostics)
    return _rejected(Verdict.INCORRECT, "not_equal", diagnostics)


def _rejected(verdict: Verdict, reason: str, diagnostics: Diagnostics) -> Score:
    return Score(0.0, False, verdict, reason, (Component("answer", 0.0, 1.0, 0, 1),), diagnostics)
