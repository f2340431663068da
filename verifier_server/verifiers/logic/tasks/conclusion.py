"""Shape `conclusion`: any new conclusion of the premises.

Promises: it is right when it follows from the premises, which are consistent, and is not
trivial (`triviality`): valid, given by a single premise in one of its conjuncts, or
padded with what says nothing. There is no right formula that evidence could give away: what
proves or refutes the completion's own claim is open (see `evidence`).

Does not cover: whether a conclusion is interesting, or hard to find.
"""

from collections.abc import Mapping
from typing import Any

from verifier_server.contract import Judge, Score
from verifier_server.verifiers.logic.admission import check_consistent
from verifier_server.verifiers.logic.answers import Read, formula_answer
from verifier_server.verifiers.logic.budgets import COMPLETION
from verifier_server.verifiers.logic.evidence import counterexample, premises_used
from verifier_server.verifiers.logic.formulas import Formula, Not
from verifier_server.verifiers.logic.gold import read_gold
from verifier_server.verifiers.logic.reasons import (
    CONTRADICTED,
    CONTRADICTION,
    ENTAILED,
    NOT_ENTAILED,
    SOLVER_UNKNOWN,
    UNKNOWN_CONSISTENT,
)
from verifier_server.verifiers.logic.scores import UNITS, Facts, judging, scored
from verifier_server.verifiers.logic.solver.session import Session
from verifier_server.verifiers.logic.triviality.weighing import premise_signs, triviality

_MESSAGES = {
    ENTAILED: "it follows, and no premise says it alone",
    CONTRADICTED: "its negation follows from the premises",
    CONTRADICTION: "it is true in no situation",
    UNKNOWN_CONSISTENT: "neither it nor its negation follows from the premises",
    NOT_ENTAILED: "it does not follow from the premises",
    SOLVER_UNKNOWN: "whether it follows from the premises was not decided",
}


def prepare(task: Mapping[str, Any]) -> Judge:
    """Reads the premises and checks that they are consistent.

    Raises:
        TaskError: INVALID_TASK, a premise cannot be read; BAD_GROUND_TRUTH, they are
            inconsistent or that was not decided.
    """
    gold = read_gold(task, "premises")
    premises = gold.all("premises")
    check_consistent(premises)
    signs = [premise_signs(premise) for premise in premises]

    def decide(completion: str) -> Score:
        read = formula_answer(completion, gold.signature)
        with Session(premises, budget=COMPLETION, consistent=True) as session:
            reason = _related(session, read.formula)
            message = _MESSAGES[reason]
            if reason == ENTAILED:
                found = triviality(session, signs, read.formula)
                if found is not None:
                    reason, message = found.reason, found.message
            units = (UNITS, str(session.spent))
        facts = (*read.facts, *_evidence(reason, read, premises))
        return scored(
            reason,
            answer=read.text,
            message=message,
            facts=facts,
            privileged=(units, *gold.facts),
        )

    return judging(decide, gold.facts)


def _related(session: Session, formula: Formula) -> str:
    """What the premises say of a formula."""
    proved = session.entails(formula).holds
    if proved is None:
        return SOLVER_UNKNOWN
    if proved:
        return ENTAILED
    refuted = session.entails(Not(formula)).holds
    if refuted is None:
        return NOT_ENTAILED
    if not refuted:
        return UNKNOWN_CONSISTENT
    return CONTRADICTION if session.satisfiable(formula).holds is False else CONTRADICTED


def _evidence(reason: str, read: Read, premises: tuple[Formula, ...]) -> Facts:
    if reason == ENTAILED:
        return premises_used(premises, read.formula, "premises_used")
    if reason == CONTRADICTED:
        return premises_used(premises, Not(read.formula), "refuted_by")
    if reason in (UNKNOWN_CONSISTENT, NOT_ENTAILED):
        return counterexample(premises, read.formula, "countermodel")
    return ()
