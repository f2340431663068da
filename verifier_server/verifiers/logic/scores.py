"""From a finding to a score.

Promises: value 1 and passed for CORRECT alone; a value between is PARTIAL. Text of a
completion in diagnostics is bounded.

Does not cover: finding out (`tasks`), and which of the facts would give an answer away: the
caller says which are open and which privileged.
"""

from collections.abc import Callable, Iterable
from typing import Final

from verifier_server.contract import Component, Diagnostics, Judge, Score, Verdict
from verifier_server.verifiers.logic.answering.block import NoAnswerError
from verifier_server.verifiers.logic.reasons import verdict_of

MAX_EXTRACTED: Final = 1_000
MAX_MESSAGE: Final = 500
MAX_FACT: Final = 2_000
# The fact that says what the solver spent on a score; the same on every run.
UNITS: Final = "solver_units"

Facts = tuple[tuple[str, str], ...]


class RefusedError(Exception):
    """An answer that nothing can be asked about.

    Args:
        reason: of `reasons`.
        message: what is wrong, for a person.
        text: of the answer.
    """

    def __init__(self, reason: str, message: str, text: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.text = text


def scored(
    reason: str,
    *,
    answer: str = "",
    message: str = "",
    facts: Facts = (),
    privileged: Facts = (),
    components: Iterable[Component] = (),
    value: float | None = None,
) -> Score:
    """The score of a completion.

    Args:
        reason: of `reasons`, which says the verdict.
        answer: its text, as it was found.
        message: what is wrong or right, for a person; open.
        facts: open ones.
        privileged: facts that may give the ground truth away.
        components: further parts of the score.
        value: what it is worth; by default 1 when it is CORRECT and 0 when it is not.
    """
    verdict = verdict_of(reason)
    passed = verdict is Verdict.CORRECT
    worth = float(passed) if value is None else value
    if verdict is Verdict.INCORRECT and worth > 0.0:
        verdict = Verdict.PARTIAL
    diagnostics = Diagnostics(
        extracted=answer[:MAX_EXTRACTED],
        message=message[:MAX_MESSAGE],
        facts=_bounded(facts),
        privileged=_bounded(privileged),
    )
    parts = (Component("answer", worth, 1.0, int(passed), 1), *components)
    return Score(worth, passed, verdict, reason, parts, diagnostics)


def judging(decide: Callable[[str], Score], privileged: Facts = ()) -> Judge:
    """A judge that scores what `decide` refuses, by `NoAnswerError` or `RefusedError`, as well."""

    def judge(completion: str) -> Score:
        try:
            return decide(completion)
        except NoAnswerError as error:
            return scored(error.reason, message=str(error), privileged=privileged)
        except RefusedError as error:
            return scored(
                error.reason, answer=error.text, message=error.message, privileged=privileged
            )

    return judge


def _bounded(facts: Facts) -> Facts:
    return tuple((name, text[:MAX_FACT]) for name, text in facts)
