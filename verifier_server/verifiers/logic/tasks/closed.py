"""Shape `closed`: a formula that means the same as the right one.

Promises: equivalence is plain, or under the task's explicit definitions, and never under
its premises: under these all that follows from them would be equivalent. An answer that is
not equivalent is stronger, weaker or incomparable. A right formula that is a tautology or
a contradiction, under the definitions, makes no task: any other would be equivalent to it.

What tells the two formulas apart is privileged: it says what the right one is.

Does not cover: answers in other symbols than those of the right formula, the premises and
the definitions.
"""

from collections.abc import Mapping
from typing import Any

from verifier_server.contract import ErrorCode, Judge, Score, TaskError
from verifier_server.verifiers.logic.admission import check_consistent, undecided
from verifier_server.verifiers.logic.answers import Read, formula_answer
from verifier_server.verifiers.logic.budgets import COMPLETION, GOLD
from verifier_server.verifiers.logic.evidence import counterexample
from verifier_server.verifiers.logic.formulas import Connected, Formula, Not, Op
from verifier_server.verifiers.logic.gold import read_gold
from verifier_server.verifiers.logic.reasons import (
    EQUIVALENT,
    INCOMPARABLE,
    NOT_EQUIVALENT,
    SOLVER_UNKNOWN,
    STRONGER,
    WEAKER,
)
from verifier_server.verifiers.logic.scores import UNITS, Facts, judging, scored
from verifier_server.verifiers.logic.solver.session import Session

_MESSAGES = {
    EQUIVALENT: "the formula means the same as the right one",
    STRONGER: "the formula says more than the right one",
    WEAKER: "the formula says less than the right one",
    INCOMPARABLE: "neither formula follows from the other",
    NOT_EQUIVALENT: "the formula does not mean the same as the right one",
    SOLVER_UNKNOWN: "whether the formula means the same as the right one was not decided",
}


def prepare(task: Mapping[str, Any]) -> Judge:
    """Reads the right formula and checks that not all formulas are equivalent to it.

    Raises:
        TaskError: INVALID_TASK, a formula cannot be read; BAD_GROUND_TRUTH, the definitions
            are inconsistent, or they prove or refute the right formula, or that was not decided.
    """
    gold = read_gold(task, "gold", "definitions", "premises")
    right, definitions = gold.one("gold"), gold.all("definitions")
    check_consistent(definitions, "definitions", "definitions_inconsistent")
    _check_contingent(right, definitions)
    privileged = (("right_formula", task["gold"]), *gold.facts)

    def decide(completion: str) -> Score:
        read = formula_answer(completion, gold.signature)
        reason, units = _compared(read.formula, right, definitions)
        return scored(
            reason,
            answer=read.text,
            message=_MESSAGES[reason],
            facts=read.facts,
            privileged=(
                (UNITS, str(units)),
                *_evidence(reason, read, right, definitions),
                *privileged,
            ),
        )

    return judging(decide, privileged)


def _check_contingent(right: Formula, definitions: tuple[Formula, ...]) -> None:
    """Refuses a right formula that says nothing, or that nothing makes true."""
    with Session(definitions, budget=GOLD, consistent=True) as session:
        proved, refuted = session.entails(right), session.entails(Not(right))
    for found, what in ((proved, "true"), (refuted, "false")):
        if found.holds is None:
            raise undecided(found, f"whether the right formula is always {what}", "/gold")
        if found.holds:
            message = f"the right formula is always {what}: every such formula is equivalent to it"
            raise TaskError(ErrorCode.BAD_GROUND_TRUTH, "trivial_gold", message, "/gold")


def _compared(
    formula: Formula, right: Formula, definitions: tuple[Formula, ...]
) -> tuple[str, int]:
    with Session(definitions, budget=COMPLETION, consistent=True) as session:
        enough = session.entails(Connected(Op.IMPLIES, (formula, right))).holds
        needed = session.entails(Connected(Op.IMPLIES, (right, formula))).holds
        units = session.spent
    if enough is False or needed is False:
        return _DIFFERENT[enough, needed], units
    return EQUIVALENT if enough and needed else SOLVER_UNKNOWN, units


_DIFFERENT = {
    (True, False): STRONGER,
    (False, True): WEAKER,
    (False, False): INCOMPARABLE,
    (None, False): NOT_EQUIVALENT,
    (False, None): NOT_EQUIVALENT,
}


def _evidence(reason: str, read: Read, right: Formula, definitions: tuple[Formula, ...]) -> Facts:
    if reason in (EQUIVALENT, SOLVER_UNKNOWN):
        return ()
    if reason != STRONGER:
        found = counterexample((*definitions, read.formula), right, "answer_true_right_false")
        if found or reason == WEAKER:
            return found
    return counterexample((*definitions, right), read.formula, "answer_false_right_true")
