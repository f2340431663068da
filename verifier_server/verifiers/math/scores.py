"""From a finding to a score.

Promises: value 1 and passed for CORRECT alone. Open diagnostics name the text found, where
it stood and the stage that decided; the right answers are in the privileged ones only.

Does not cover: finding out (`judge_answer`, `judge_number`).
"""

from collections.abc import Sequence

from verifier_server.contract import Component, Diagnostics, Score, Verdict
from verifier_server.verifiers.math.completion.extract import Answer
from verifier_server.verifiers.math.gold import Gold

MAX_EXTRACTED = 500


def seen(answer: Answer, golds: Sequence[Gold], stage: str = "", message: str = "") -> Diagnostics:
    """What is told of a judged answer; `stage` is the one that decided, "" for none."""
    facts = [("source", answer.source)] + ([("stage", stage)] if stage else [])
    return Diagnostics(
        extracted=answer.text[:MAX_EXTRACTED],
        message=message,
        facts=tuple(facts),
        privileged=tuple(("answer", gold.text[:MAX_EXTRACTED]) for gold in golds),
    )


def correct(diagnostics: Diagnostics) -> Score:
    """The score of a right answer."""
    component = Component("answer", 1.0, 1.0, 1, 1)
    return Score(1.0, True, Verdict.CORRECT, "equal", (component,), diagnostics)


def rejected(verdict: Verdict, reason: str, diagnostics: Diagnostics) -> Score:
    """The score of anything else."""
    return Score(0.0, False, verdict, reason, (Component("answer", 0.0, 1.0, 0, 1),), diagnostics)
