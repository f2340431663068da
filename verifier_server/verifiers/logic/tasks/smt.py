"""Shape `smt`: values that satisfy a script's assertions, or that there are none.

Promises: whether there is a model is decided when the task is prepared. Sat needs a model, which is
read by our own reader and evaluated exactly (`interpretations`): the solver is asked only where
an assertion cannot be evaluated. Unsat needs no more than the word, so it can be guessed: mix
tasks of both kinds. With the claim `status`, sat alone is worth a half, which is PARTIAL;
with `model`, the default, it is worth nothing.

Which assertions contradict each other, or a model, is privileged.

Does not cover: proofs of unsat.
"""

from collections.abc import Mapping
from typing import Any, Final

from verifier_server.contract import ErrorCode, Judge, Score, TaskError
from verifier_server.verifiers.logic.admission import MISLABELLED, undecided
from verifier_server.verifiers.logic.answering.block import one_answer
from verifier_server.verifiers.logic.budgets import COMPLETION, EVIDENCE_UNITS, GOLD
from verifier_server.verifiers.logic.declarations import Script
from verifier_server.verifiers.logic.formulas import Truth
from verifier_server.verifiers.logic.interpretations.checking import Checked, check
from verifier_server.verifiers.logic.interpretations.reading import (
    DUPLICATE,
    Interpretation,
    read_interpretation,
)
from verifier_server.verifiers.logic.interpretations.text import read_claim
from verifier_server.verifiers.logic.notations import read_task_script
from verifier_server.verifiers.logic.reading.errors import ReadError
from verifier_server.verifiers.logic.reasons import (
    CORRECT_UNSAT,
    FORBIDDEN_AXIOM,
    MODEL_DUPLICATE,
    MODEL_MISSING,
    PARSE_ERROR,
    VOCABULARY,
    WRONG_STATUS,
)
from verifier_server.verifiers.logic.scores import UNITS, Facts, RefusedError, judging, scored
from verifier_server.verifiers.logic.smtlib.reasons import (
    ARITY_MISMATCH,
    FORBIDDEN_COMMAND,
    FORBIDDEN_DEFINITION,
    SORT_MISMATCH,
    UNKNOWN_SYMBOL,
)
from verifier_server.verifiers.logic.solver.cores import core
from verifier_server.verifiers.logic.solver.encoding import Sorts
from verifier_server.verifiers.logic.solver.models import countermodel
from verifier_server.verifiers.logic.solver.session import Session

STATUS_VALUE: Final = 0.5

_LABELS = {"sat": True, "satisfiable": True, "unsat": False, "unsatisfiable": False}
_REASONS = {
    DUPLICATE: MODEL_DUPLICATE,
    FORBIDDEN_COMMAND: FORBIDDEN_AXIOM,
    FORBIDDEN_DEFINITION: FORBIDDEN_AXIOM,
    UNKNOWN_SYMBOL: f"{VOCABULARY}.{UNKNOWN_SYMBOL}",
    ARITY_MISMATCH: f"{VOCABULARY}.{ARITY_MISMATCH}",
    SORT_MISMATCH: f"{VOCABULARY}.{SORT_MISMATCH}",
}


def prepare(task: Mapping[str, Any]) -> Judge:
    """Reads the script and decides whether it has a model.

    Raises:
        TaskError: INVALID_TASK, the script cannot be read or asserts nothing; BAD_GROUND_TRUTH,
            it is not decided, or not what the label says.
    """
    script = _script(task["script"])
    sorts = Sorts(script.declarations.results, script.declarations.arguments)
    satisfiable = _truth(script, sorts)
    _check_label(task, satisfiable)
    truth = "sat" if satisfiable else "unsat"
    privileged = (("truth", truth), *_evidence(script, sorts, satisfiable))

    def decide(completion: str) -> Score:
        answer = one_answer(completion)
        claims, given = _read(answer.text, script)
        found = _judged(script, satisfiable, claims, given)
        bare = found.reason == MODEL_MISSING and task.get("claim") == "status"
        return scored(
            found.reason,
            answer=answer.text,
            message=found.message,
            privileged=((UNITS, str(found.spent)), *privileged),
            value=STATUS_VALUE if bare else None,
        )

    return judging(decide, privileged)


def _judged(
    script: Script, satisfiable: bool, claims: bool, given: Interpretation | None
) -> Checked:
    if claims is not satisfiable:
        return Checked(WRONG_STATUS, "what is claimed is not so")
    if not satisfiable:
        return Checked(CORRECT_UNSAT, "nothing satisfies the assertions")
    if given is None:
        return Checked(MODEL_MISSING, "sat is claimed without a model")
    return check(script, given, COMPLETION)


def _read(text: str, script: Script) -> tuple[bool, Interpretation | None]:
    """Whether an answer claims a model, and the model that it gives.

    Raises:
        RefusedError: it cannot be read, or has other symbols or sorts than the script.
    """
    try:
        claim = read_claim(text)
        if not claim.statements:
            return claim.satisfiable, None
        return True, read_interpretation(claim, text, script.declarations)
    except ReadError as error:
        reason = _REASONS.get(error.reason, f"{PARSE_ERROR}.{error.reason}")
        message = f"line {error.line}, column {error.column}: {error.message}"
        raise RefusedError(reason, message, text) from None


def _script(text: str) -> Script:
    try:
        script = read_task_script(text)
    except ReadError as error:
        message = f"line {error.line}, column {error.column}: {error.message}"
        reason = f"{PARSE_ERROR}.{error.reason}"
        raise TaskError(ErrorCode.INVALID_TASK, reason, message, "/script") from None
    if not script.assertions:
        message = "the script asserts nothing"
        raise TaskError(ErrorCode.INVALID_TASK, "no_assertion", message, "/script")
    return script


def _truth(script: Script, sorts: Sorts) -> bool:
    """Whether the script has a model.

    Raises:
        TaskError: BAD_GROUND_TRUTH, that was not decided.
    """
    with Session(script.formulas, sorts, GOLD) as session:
        found = session.consistent()
    if found.holds is None:
        raise undecided(found, "whether the assertions have a model", "/script")
    return found.holds


def _check_label(task: Mapping[str, Any], satisfiable: bool) -> None:
    given = task.get("label")
    if given is None:
        return
    claimed = _LABELS.get(given.strip().lower())
    if claimed is None:
        message = f"{given!r} is neither sat nor unsat"
        raise TaskError(ErrorCode.INVALID_TASK, "unknown_label", message, "/label")
    if claimed is not satisfiable:
        computed = "sat" if satisfiable else "unsat"
        message = f"the label says {given}, and the assertions are {computed}"
        raise TaskError(ErrorCode.BAD_GROUND_TRUTH, MISLABELLED, message, "/label")


def _evidence(script: Script, sorts: Sorts, satisfiable: bool) -> Facts:
    """A model where a small one is found, or the numbers of assertions that have none."""
    if satisfiable:
        model = countermodel(script.formulas, sorts=sorts, units=EVIDENCE_UNITS)
        if model is None:
            return ()
        # A script has no sort without a name.
        lines = [line for line in model.lines if not line.startswith("things:")]
        return (("model", "\n".join(lines)),)
    found = core(script.formulas, Truth(False), sorts, EVIDENCE_UNITS)
    if found is None:
        return ()
    places = ", ".join(str(place + 1) for place in found.premises)
    return (("contradictory_assertions", places),)
