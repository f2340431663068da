"""Judging a number with its unit: the mode numeric, for tutoring.

Promises: the answer is the last number of the text that `extract` finds, or, where there is
no box and no answer line, of the last line that is not blank. CORRECT only where `check`
decided that it is the right one.

Does not cover: reading the number (`final_number`); comparing (`check`).
"""

from collections.abc import Sequence

from verifier_server.contract import Score, Verdict
from verifier_server.verifiers.math.comparing.check import same
from verifier_server.verifiers.math.comparing.units_apart import unit_at_fault
from verifier_server.verifiers.math.completion.extract import Answer
from verifier_server.verifiers.math.completion.final_number import NotANumberError, final_number
from verifier_server.verifiers.math.gold import Gold
from verifier_server.verifiers.math.nodes import Node
from verifier_server.verifiers.math.scores import correct, rejected, seen
from verifier_server.verifiers.math.task import Task


def judge_number(task: Task, golds: Sequence[Gold], answer: Answer) -> Score:
    """The score of an answer."""
    if answer.source == "boxes":
        message = "several boxes, and the question has one answer"
        return rejected(Verdict.NO_ANSWER, "multiple_answers", seen(answer, golds, "", message))
    found: list[Node] = []
    stage, undecided = "", False
    for gold in golds:
        try:
            found.append(final_number(answer.text, gold.unit))
        except NotANumberError as error:
            return _not_a_number(answer, golds, str(error))
        decision = same(gold.node, found[-1], task.policy)
        if decision.equal:
            return correct(seen(answer, golds, decision.stage))
        stage, undecided = stage or decision.stage, undecided or decision.equal is None
    if undecided:
        return rejected(Verdict.UNDECIDED, "undecided", seen(answer, golds, stage))
    reason = unit_at_fault(golds, found[0], task.policy) or "not_equal"
    return rejected(Verdict.INCORRECT, reason, seen(answer, golds, stage))


def _not_a_number(answer: Answer, golds: Sequence[Gold], message: str) -> Score:
    # A last line of prose claims nothing; a box or an answer line does.
    claimed = answer.source in ("box", "line")
    verdict = Verdict.MALFORMED if claimed else Verdict.NO_ANSWER
    return rejected(verdict, "not_a_number", seen(answer, golds, "", message))
