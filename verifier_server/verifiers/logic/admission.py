"""Whether a task's ground truth can be used: decided before any completion is judged.

Promises: what is inconsistent, undecided within `budgets.GOLD` or labelled otherwise than it is
computed raises `TaskError` BAD_GROUND_TRUTH, with what was given and what was found. The
truth of a conclusion is one of three labels and never a lack of knowledge.

Does not cover: reading (`gold`), and whether a puzzle has one solution (`puzzles.unique`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from verifier_server.contract import ErrorCode, TaskError
from verifier_server.verifiers.logic.answering.labels import Label
from verifier_server.verifiers.logic.budgets import EVIDENCE_UNITS, GOLD
from verifier_server.verifiers.logic.formulas import Formula, Not, Truth
from verifier_server.verifiers.logic.solver.cores import core
from verifier_server.verifiers.logic.solver.session import Decision, Session

INCONSISTENT = "premises_inconsistent"
UNDECIDED = "undecided"
MISLABELLED = "mislabelled"


@dataclass(frozen=True, slots=True)
class Found:
    """What the premises say of a conclusion, and the units of the solver that it took."""

    label: Label
    units: int


def check_consistent(
    premises: Sequence[Formula], field: str = "premises", reason: str = INCONSISTENT
) -> None:
    """Refuses premises that have no model, or of which that is not known.

    Raises:
        TaskError: BAD_GROUND_TRUTH.
    """
    if not premises:
        return
    with Session(premises, budget=GOLD) as session:
        found = session.consistent()
    if found.holds is None:
        raise undecided(found, f"whether the {field} are consistent", f"/{field}")
    if not found.holds:
        raise _inconsistent(premises, field, reason)


def truth_of(premises: Sequence[Formula], conclusion: Formula) -> Found:
    """What the premises say of a conclusion.

    Raises:
        TaskError: BAD_GROUND_TRUTH, the premises are inconsistent or it is not known.
    """
    with Session(premises, budget=GOLD) as session:
        proved = session.entails(conclusion)
        refuted = session.entails(Not(conclusion))
        consistent = session.consistent()
        units = session.spent
    if consistent.holds is False:
        raise _inconsistent(premises, "premises", INCONSISTENT)
    for found in (proved, refuted, consistent):
        if found.holds is None:
            raise undecided(found, "what the premises say of the conclusion", "/conclusion")
    if proved.holds:
        return Found(Label.TRUE, units)
    return Found(Label.FALSE if refuted.holds else Label.UNCERTAIN, units)


def check_label(given: Label, computed: Label) -> None:
    """Refuses a label that is not what the premises say.

    Raises:
        TaskError: BAD_GROUND_TRUTH, with both.
    """
    if given is not computed:
        message = f"the label says {given.value}, and the premises say {computed.value}"
        raise TaskError(ErrorCode.BAD_GROUND_TRUTH, MISLABELLED, message, "/label")


def undecided(found: Decision, question: str, pointer: str) -> TaskError:
    """The fault of a ground truth that the solver did not decide."""
    message = f"{question} is not known after {GOLD.session} units of the solver ({found.reason})"
    return TaskError(ErrorCode.BAD_GROUND_TRUTH, UNDECIDED, message, pointer)


def _inconsistent(premises: Sequence[Formula], field: str, reason: str) -> TaskError:
    message = f"the {field} contradict each other"
    needed = core(premises, Truth(False), units=EVIDENCE_UNITS)
    if needed is not None:
        places = ", ".join(str(place + 1) for place in needed.premises)
        message += f": those numbered {places} (from 1)"
    return TaskError(ErrorCode.BAD_GROUND_TRUTH, reason, message, f"/{field}")
