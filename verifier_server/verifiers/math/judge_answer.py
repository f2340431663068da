"""Judging an answer by its kind: the modes auto and expression.

Promises: CORRECT only where the answer's text is a right one's, or `check` decided that
they are equal; an answer that restates the question or says nothing never is. Several
boxes answer only a question whose right answer has several values.

Does not cover: finding the answer (`extract`); comparing (`check`).
"""

from collections.abc import Sequence

from verifier_server.contract import Score, Verdict
from verifier_server.verifiers.math.check import Decision, same
from verifier_server.verifiers.math.extract import Answer
from verifier_server.verifiers.math.forms import relabels, restates, states_nothing
from verifier_server.verifiers.math.gold import Gold, is_expression
from verifier_server.verifiers.math.lex import UnreadableError
from verifier_server.verifiers.math.nodes import Node, Text
from verifier_server.verifiers.math.parse import parse
from verifier_server.verifiers.math.scores import correct, rejected, seen
from verifier_server.verifiers.math.task import Task
from verifier_server.verifiers.math.units_apart import unit_at_fault


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
    fault = _fault(task, golds, found)
    if fault is not None:
        verdict, reason = fault
        return rejected(verdict, reason, seen(answer, golds, "form"))
    return _compared(task, golds, answer, found)


def _unreadable(answer: Answer, golds: Sequence[Gold], message: str) -> Score:
    diagnostics = seen(answer, golds, "", message)
    if answer.source == "bare":
        return rejected(Verdict.NO_ANSWER, "no_answer", diagnostics)
    if all(isinstance(gold.node, Text) for gold in golds):
        return rejected(Verdict.INCORRECT, "not_equal", diagnostics)
    return rejected(Verdict.MALFORMED, "unparsable", diagnostics)


def _fault(task: Task, golds: Sequence[Gold], found: Node) -> tuple[Verdict, str] | None:
    """Why an answer is none, whatever it is worth."""
    if states_nothing(found):
        return Verdict.INCORRECT, "tautology"
    if task.mode == "expression" and not is_expression(found):
        return Verdict.MALFORMED, "not_an_expression"
    if task.final_form and all(restates(found, gold.node) for gold in golds):
        return Verdict.NO_ANSWER, "restates_problem"
    return None


def _compared(task: Task, golds: Sequence[Gold], answer: Answer, found: Node) -> Score:
    decisions: list[Decision] = []
    for gold in golds:
        if relabels(found, gold.node) or (task.final_form and restates(found, gold.node)):
            decisions.append(Decision(False, "form"))
            continue
        decisions.append(same(gold.node, found, task.policy))
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
