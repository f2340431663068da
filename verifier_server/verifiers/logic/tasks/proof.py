"""Shape `proof`: steps from the premises to the goal, each from the lines that it cites.

Promises: a step must follow from its cited lines and nothing else, so one that cites nothing
must be valid by itself. It cites premises and steps before it, as many as the task allows,
and has the task's symbols only. The first bad step is named. A proof is complete when its
last step means the same as the goal, plainly and never under the premises, under which all
that follows from them would.

Parts are paid for the task's lemmas alone. A proof with a wrong step, or that ends early,
is worth d / (n + 1): d of the task's n lemmas are what a step before the first bad one
says, and the goal is the one more. Nothing is paid for steps that cannot be read or were
not decided, or for a proof of the negation. So repetition, padding and tautologies earn nothing.

A goal that the premises refute is judged all the same: a proof of its negation is
`proof_refutes` and wrong or, when the task says `settle`, `refutation_complete` and right.
A goal that is always true, or that the premises leave open, makes no task.

A countermodel of a wrong step is open: the completion made that step. Which premises the
goal needs is privileged.

Does not cover: assumptions to be discharged, and fresh names for what exists.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from verifier_server.contract import Component, ErrorCode, Judge, Score, TaskError, Verdict
from verifier_server.verifiers.logic.admission import truth_of, undecided
from verifier_server.verifiers.logic.answering.block import one_answer
from verifier_server.verifiers.logic.answering.labels import Label
from verifier_server.verifiers.logic.answers import check_forbidden
from verifier_server.verifiers.logic.budgets import COMPLETION, GOLD
from verifier_server.verifiers.logic.evidence import counterexample, premises_used
from verifier_server.verifiers.logic.formulas import Formula, Not
from verifier_server.verifiers.logic.gold import read_gold
from verifier_server.verifiers.logic.printing import canonical
from verifier_server.verifiers.logic.proofs.lemmas import check_lemmas, reached
from verifier_server.verifiers.logic.proofs.steps import Bad, Line, first_invalid, read_steps
from verifier_server.verifiers.logic.reasons import (
    PROOF_COMPLETE,
    PROOF_INCOMPLETE,
    PROOF_REFUTES,
    REFUTATION_COMPLETE,
    SOLVER_UNKNOWN,
    STEP_INVALID,
    verdict_of,
)
from verifier_server.verifiers.logic.scores import UNITS, Facts, judging, scored
from verifier_server.verifiers.logic.signature import Signature
from verifier_server.verifiers.logic.solver.session import Session

MAX_CITATIONS: Final = 4

_MESSAGES = {
    PROOF_COMPLETE: "each step follows, and the last one is the goal",
    PROOF_INCOMPLETE: "each step follows, and the last one is not the goal",
    PROOF_REFUTES: "each step follows, and the last one is the negation of the goal",
    REFUTATION_COMPLETE: "each step follows, and the last one is the negation of the goal",
    SOLVER_UNKNOWN: "each step follows; whether the last one is the goal was not decided",
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a proof is judged against. `settle`: a proof of the goal's negation is right too."""

    premises: tuple[Formula, ...]
    goal: Formula
    lemmas: tuple[Formula, ...]
    signature: Signature
    max_citations: int
    settle: bool
    privileged: Facts


@dataclass(frozen=True, slots=True)
class _Found:
    """Why a proof is right or wrong, the steps before what is wrong, and the units it took."""

    reason: str
    message: str
    valid: tuple[Formula, ...]
    bad: Bad | None
    spent: int


def prepare(task: Mapping[str, Any]) -> Judge:
    """Reads the premises, the goal and the lemmas, and checks what follows from the premises.

    Raises:
        TaskError: INVALID_TASK, a formula cannot be read; BAD_GROUND_TRUTH, the premises are
            inconsistent, the goal is open or trivial, or a lemma is; or that was not decided.
    """
    gold = read_gold(task, "premises", "goal", "gold_lemmas")
    premises, goal = gold.all("premises"), gold.one("goal")
    refuted = _is_refuted(premises, goal)
    right = Not(goal) if refuted else goal
    lemmas = check_lemmas(premises, right, gold.all("gold_lemmas"), GOLD)
    needed = premises_used(premises, right, "goal_refuted_by" if refuted else "goal_proved_by")
    asked = _Asked(
        premises=premises,
        goal=goal,
        lemmas=lemmas,
        signature=gold.signature,
        max_citations=task.get("max_citations", MAX_CITATIONS),
        settle=task.get("settle", False),
        privileged=(*needed, *gold.facts),
    )
    return judging(lambda completion: _judged(asked, completion), asked.privileged)


def _is_refuted(premises: tuple[Formula, ...], goal: Formula) -> bool:
    """Whether the premises refute the goal.

    Raises:
        TaskError: BAD_GROUND_TRUTH, they neither prove nor refute it, or it needs no proof.
    """
    truth = truth_of(premises, goal).label
    if truth is Label.UNCERTAIN:
        message = "neither the goal nor its negation follows from the premises"
        raise TaskError(ErrorCode.BAD_GROUND_TRUTH, "goal_not_entailed", message, "/goal")
    refuted = truth is Label.FALSE
    with Session((), budget=GOLD) as session:
        trivial = session.valid(Not(goal) if refuted else goal)
    if trivial.holds is None:
        raise undecided(trivial, "whether the goal needs the premises", "/goal")
    if trivial.holds:
        message = f"the goal is always {'false' if refuted else 'true'}, whatever the premises"
        raise TaskError(ErrorCode.BAD_GROUND_TRUTH, "trivial_goal", message, "/goal")
    return refuted


def _judged(asked: _Asked, completion: str) -> Score:
    answer = one_answer(completion)
    check_forbidden(answer, asked.signature)
    steps = read_steps(answer, asked.signature, len(asked.premises), asked.max_citations)
    found = _checked(asked, steps.lines, steps.bad)
    total = len(steps.lines) + (steps.bad is not None)
    passed = verdict_of(found.reason) is Verdict.CORRECT
    earned = len(asked.lemmas) if passed else _earned(asked, found)
    value = 1.0 if passed else earned / (len(asked.lemmas) + 1)
    return scored(
        found.reason,
        answer=answer.text,
        message=found.message,
        facts=_evidence(found.bad),
        privileged=((UNITS, str(found.spent)), *asked.privileged),
        components=(
            Component("steps", len(found.valid) / total, 0.0, len(found.valid), total),
            *_lemmas(earned, len(asked.lemmas)),
        ),
        value=value,
    )


def _checked(asked: _Asked, lines: Sequence[Line], bad: Bad | None) -> _Found:
    """Asks of each step whether it follows, and then of the last one whether it is the goal."""
    formulas = tuple(line.formula for line in lines)
    with Session((*asked.premises, *formulas), budget=COMPLETION) as session:
        valid, invalid = first_invalid(session, asked.premises, lines)
        bad = invalid or bad
        if bad is not None:
            return _Found(bad.reason, bad.message, formulas[:valid], bad, session.spent)
        reason = _ended(session, formulas[-1], asked)
        return _Found(reason, _MESSAGES[reason], formulas, None, session.spent)


def _ended(session: Session, last: Formula, asked: _Asked) -> str:
    """What a proof without a bad step has come to."""
    if canonical(last) == canonical(asked.goal):
        return PROOF_COMPLETE
    same = session.equivalent(last, asked.goal).holds
    if same:
        return PROOF_COMPLETE
    opposite = session.equivalent(last, Not(asked.goal)).holds
    if opposite:
        return REFUTATION_COMPLETE if asked.settle else PROOF_REFUTES
    return PROOF_INCOMPLETE if same is False and opposite is False else SOLVER_UNKNOWN


def _earned(asked: _Asked, found: _Found) -> int:
    """How many lemmas are paid for, of a proof that is not right."""
    pays = verdict_of(found.reason) is Verdict.INCORRECT and found.reason != PROOF_REFUTES
    if not (asked.lemmas and pays):
        return 0
    with Session((), budget=COMPLETION) as session:
        return reached(session, asked.lemmas, found.valid)


def _lemmas(earned: int, total: int) -> tuple[Component, ...]:
    if not total:
        return ()
    return (Component("lemmas", earned / total, 0.0, earned, total),)


def _evidence(bad: Bad | None) -> Facts:
    if bad is None or bad.formula is None or not bad.reason.startswith(STEP_INVALID):
        return ()
    return counterexample(bad.cited, bad.formula, "countermodel")
