"""The steps of a completion's proof: read, and checked one by one.

Promises: the first bad step is named, whatever is wrong with it: its form, its citations,
its formula, or that it does not follow. A step must follow from its cited lines and nothing
else. What stands behind the first bad step is never looked at. The same proof asks the
solver the same questions in the same order.

Does not cover: whether the last step is what was asked (`tasks.proof`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from verifier_server.verifiers.logic.answering.block import NO_ANSWER, Answer, NoAnswerError
from verifier_server.verifiers.logic.answering.proof_text import Fault, Problem, Step, read_proof
from verifier_server.verifiers.logic.answers import read_answer
from verifier_server.verifiers.logic.formulas import Formula
from verifier_server.verifiers.logic.printing import show
from verifier_server.verifiers.logic.reasons import (
    PARSE_ERROR,
    STEP_BAD_CITATION,
    STEP_INVALID,
    STEP_SOLVER_UNKNOWN,
    STEP_TOO_MANY_CITATIONS,
)
from verifier_server.verifiers.logic.scores import RefusedError
from verifier_server.verifiers.logic.signature import Signature
from verifier_server.verifiers.logic.solver.session import Session

_FAULTS: Final = {
    Fault.TOO_LONG: f"{PARSE_ERROR}.too_long",
    Fault.TOO_MANY_STEPS: f"{PARSE_ERROR}.too_many_steps",
    Fault.NOT_A_STEP: f"{PARSE_ERROR}.step",
    Fault.DUPLICATE_NAME: f"{PARSE_ERROR}.step_number",
    Fault.OUT_OF_ORDER: f"{PARSE_ERROR}.step_number",
    Fault.NO_CITATION: STEP_BAD_CITATION,
    Fault.UNKNOWN_CITATION: STEP_BAD_CITATION,
    Fault.SELF_CITATION: STEP_BAD_CITATION,
    Fault.FORWARD_CITATION: STEP_BAD_CITATION,
    Fault.TOO_MANY_CITATIONS: STEP_TOO_MANY_CITATIONS,
}


@dataclass(frozen=True, slots=True)
class Line:
    """A step: its formula, and what it cites as places among the premises and then the steps."""

    formula: Formula
    cited: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bad:
    """The first bad step: the reason with its number, what is wrong, the lines that it cites.

    `formula` is that of a step that was read, None otherwise.
    """

    reason: str
    message: str
    formula: Formula | None = None
    cited: tuple[Formula, ...] = ()


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps before the first bad one in form, and that one."""

    lines: tuple[Line, ...]
    bad: Bad | None


def read_steps(answer: Answer, signature: Signature, premises: int, max_citations: int) -> Steps:
    """The steps of an answer.

    Args:
        answer: the text of the answer.
        signature: the symbols that a step may use.
        premises: how many the task has.
        max_citations: how many lines one step may cite.

    Raises:
        NoAnswerError: there is no step.
    """
    proof = read_proof(answer, premises)
    lines: list[Line] = []
    for step in proof.steps:
        bad, formula = _read(step, signature, max_citations)
        if formula is None:
            return Steps(tuple(lines), bad)
        cited = [each.number - 1 + (0 if each.is_premise else premises) for each in step.citations]
        lines.append(Line(formula, tuple(cited)))
    return Steps(tuple(lines), _fault(proof.problem) if proof.problem else None)


def _read(step: Step, signature: Signature, most: int) -> tuple[Bad | None, Formula | None]:
    try:
        formula = read_answer(step.text, signature).formula
    except RefusedError as refused:
        message = f"step {step.number}: {refused.message}"
        return Bad(f"{refused.reason}@{step.number}", message), None
    if len(step.citations) > most:
        message = f"step {step.number} cites {len(step.citations)} lines, and may cite {most}"
        return Bad(f"{STEP_TOO_MANY_CITATIONS}@{step.number}", message), None
    return None, formula


def _fault(problem: Problem) -> Bad:
    if problem.fault is Fault.NO_STEPS:
        raise NoAnswerError(NO_ANSWER, problem.message)
    return Bad(f"{_FAULTS[problem.fault]}@{problem.step}", problem.message)


def first_invalid(
    session: Session, premises: Sequence[Formula], lines: Sequence[Line]
) -> tuple[int, Bad | None]:
    """How many steps follow before the first that does not, and that one.

    Args:
        session: its premises are the task's, then the steps.
        premises: the task's.
        lines: the steps.
    """
    known = [*premises, *(line.formula for line in lines)]
    for place, line in enumerate(lines):
        found = session.entails(line.formula, using=line.cited)
        if not found.holds:
            cited = tuple(known[at] for at in sorted(set(line.cited)))
            return place, _not_following(place + 1, line.formula, cited, found.holds is None)
    return len(lines), None


def _not_following(number: int, formula: Formula, cited: tuple[Formula, ...], open_: bool) -> Bad:
    if open_:
        message = f"whether step {number} follows was not decided"
        return Bad(f"{STEP_SOLVER_UNKNOWN}@{number}", message, formula, cited)
    what = "the lines that it cites" if cited else "nothing: it is not true by itself"
    message = f"step {number} does not follow from {what}: {show(formula)}"
    return Bad(f"{STEP_INVALID}@{number}", message, formula, cited)
