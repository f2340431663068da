"""Judging an answer by its kind: the modes auto and expression.

Promises: CORRECT only where the answer's text is a right one's, or `check` decided that
they are equal; an answer that restates the question or says nothing never is. Several
boxes answer only a question whose right answer has several values.

Does not cover: finding the answer (`extract`); comparing (`check`).
"""

from collections.abc import Sequence

from verifier_server.contract import Score, Verdict
from verifier_server.verifiers.math.comparing.check import Budget, Decision, same
from verifier_server.verifiers.math.comparing.units_apart import unit_at_fault
from verifier_server.verifiers.math.completion.extract import Answer
from verifier_server.verifiers.math.forms import relabels, restates, states_nothing
from verifier_server.verifiers.math.gold import Gold, is_expression
from verifier_server.verifiers.math.nodes import Node, Text
from verifier_server.verifiers.math.reading.lex import UnreadableError
from verifier_server.verifiers.math.reading.parse import parse
from verifier_server.verifiers.math.scores import correct, rejected, seen
from verifier_server.verifiers.math.task import Task


def judge_answer(task: Task, golds: Sequence[Gold], answer: Answer) -> Score:
    """The score of an answer."""
    if answer.source == "boxes" and not any(gold.is_several for gold in golds):
        message = "several boxes, and the question has one answer"
        return rejected(Verdict.NO_ANSWER, "multiple_answers", seen(answer, golds, "", message))
    if any(" ".join(answer.text.split()) == gold.plain for gold in golds):
        return correct(seen(answer, golds, "text"))
    try:
        found = parse(answer.text)
    except UnreadableError as error:
        return _unreadable(answer, golds, str(error))
    if states_nothing(found):
        return rejected(Verdict.INCORRECT, "tautology", seen(answer, golds, "form"))
    if task.mode == "expression" and not is_expression(found):
        return rejected(Verdict.MALFORMED, "not_an_expression", seen(answer, golds, "form"))
    fitting = [gold for gold in golds if not (task.final_form and restates(found, gold.allowed))]
    if not fitting:
        return rejected(Verdict.NO_ANSWER, "restates_problem", seen(answer, golds, "form"))
    return _compared(task, golds, fitting, answer, found)


def _unreadable(answer: Answer, golds: Sequence[Gold], message: str) -> Score:
    diagnostics = seen(answer, golds, "", message)
    if answer.source == "bare":
        return rejected(Verdict.NO_ANSWER, "no_answer", diagnostics)
    if all(isinstance(gold.node, Text) for gold in golds):
        return rejected(Verdict.INCORRECT, "not_equal", diagnostics)
    return rejected(Verdict.MALFORMED, "unparsable", diagnostics)


def _compared(
    task: Task, golds: Sequence[Gold], fitting: Sequence[Gold], answer: Answer, found: Node
) -> Score:
    decisions: list[Decision] = []
    budget = Budget()
    for gold in fitting:
        if relabels(found, gold.node):
            decisions.append(Decision(False, "form"))
            continue
        decisions.append(same(gold.node, found, task.policy, budget))
        if decisions[-1].equal:
            return correct(seen(answer, golds, decisions[-1].stage))
    undecided = [each for each in decisions if each.equal is None]
    if undecided:
        stage = undecided[0].stage
        reason = "too_big" if stage == "too_big" else "undecided"
        return rejected(Verdict.UNDECIDED, reason, seen(answer, golds, stage))
    diagnostics = seen(answer, golds, decisions[0].stage)
    if answer.source == "bare" and isinstance(found, Text) and " " in found.words:
        # A line of prose that is no right answer in words is no answer at all.
        return rejected(Verdict.NO_ANSWER, "no_answer", diagnostics)
    reason = unit_at_fault(golds, found, task.policy) or "not_equal"
    return rejected(Verdict.INCORRECT, reason, diagnostics)
