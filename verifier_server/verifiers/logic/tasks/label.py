"""Shape `label`: does the conclusion follow from the premises, or its negation, or neither?

Promises: the truth is computed when the task is prepared, in classical logic, and a
completion's label is compared with it. A label that the author gives only confirms it.
All evidence is privileged: it would give the label away.

Does not cover: closed-world and forward-chaining semantics. Their labels differ where
classical logic reasons by cases or by contraposition, and such tasks are refused.
"""

from collections.abc import Mapping
from typing import Any

from verifier_server.contract import ErrorCode, Judge, Score, TaskError
from verifier_server.verifiers.logic.admission import check_label, truth_of
from verifier_server.verifiers.logic.answering.block import squeezed
from verifier_server.verifiers.logic.answering.labels import WORDS, Label, check_words, one_label
from verifier_server.verifiers.logic.evidence import counterexample, premises_used
from verifier_server.verifiers.logic.formulas import Formula, Not
from verifier_server.verifiers.logic.gold import read_gold
from verifier_server.verifiers.logic.reasons import CORRECT_LABEL, WRONG_LABEL
from verifier_server.verifiers.logic.scores import UNITS, Facts, judging, scored

Words = tuple[str, str, str]


def prepare(task: Mapping[str, Any]) -> Judge:
    """Computes the truth.

    Raises:
        TaskError: INVALID_TASK, a formula cannot be read or the labels' words are unusable;
            BAD_GROUND_TRUTH, the premises are inconsistent, the truth is not decided, or
            the given label is not the truth.
    """
    gold = read_gold(task, "premises", "conclusion")
    words = _words(task)
    given = _given(task, words)
    premises, conclusion = gold.all("premises"), gold.one("conclusion")
    found = truth_of(premises, conclusion)
    truth = found.label
    if given is not None:
        check_label(given, truth)
    evidence = _evidence(premises, conclusion, truth)
    privileged = (("truth", truth.value), (UNITS, str(found.units)), *evidence, *gold.facts)

    def decide(completion: str) -> Score:
        label, answer = one_label(completion, words)
        reason = CORRECT_LABEL if label is truth else WRONG_LABEL
        return scored(
            reason, answer=answer.text, facts=(("label", label.value),), privileged=privileged
        )

    return judging(decide, privileged)


def _words(task: Mapping[str, Any]) -> Words | None:
    given = task.get("words")
    if given is None:
        return None
    true, false, uncertain = given
    words = (true, false, uncertain)
    fault = check_words(words)
    if fault:
        raise TaskError(ErrorCode.INVALID_TASK, "unusable_words", fault, "/words")
    return words


def _given(task: Mapping[str, Any], words: Words | None) -> Label | None:
    if "label" not in task:
        return None
    known = WORDS
    if words is not None:
        pairs = zip(words, Label, strict=True)
        known = {squeezed(word).casefold(): label for word, label in pairs}
    label = known.get(squeezed(task["label"]).casefold())
    if label is None:
        right = "True, False or Uncertain" if words is None else ", ".join(words)
        message = f"{task['label']!r} is none of the labels: {right}"
        raise TaskError(ErrorCode.INVALID_TASK, "unknown_label", message, "/label")
    return label


def _evidence(premises: tuple[Formula, ...], conclusion: Formula, truth: Label) -> Facts:
    if truth is Label.TRUE:
        return premises_used(premises, conclusion, "proved_by")
    if truth is Label.FALSE:
        return premises_used(premises, Not(conclusion), "refuted_by")
    return (
        *counterexample(premises, conclusion, "model_where_false"),
        *counterexample(premises, Not(conclusion), "model_where_true"),
    )
