"""From a completion to the one formula that it answers with, in the task's own symbols.

Promises: an answer is read strictly and as a whole. What cannot be used is refused with
its reason and its place: nothing of it reaches the solver.

Does not cover: what the formula is asked (`tasks`).
"""

from dataclasses import dataclass

from verifier_server.verifiers.logic.answering.block import Answer, one_answer
from verifier_server.verifiers.logic.answering.forbidden import forbidden
from verifier_server.verifiers.logic.answering.lines import one_formula
from verifier_server.verifiers.logic.formulas import Formula
from verifier_server.verifiers.logic.notations import read_formula
from verifier_server.verifiers.logic.reading import ReadError
from verifier_server.verifiers.logic.reasons import (
    FORBIDDEN_AXIOM,
    FREE_VARIABLE,
    PARSE_ERROR,
    VOCABULARY,
)
from verifier_server.verifiers.logic.scores import Facts, RefusedError
from verifier_server.verifiers.logic.signature import FREE_VARIABLE as UNBOUND
from verifier_server.verifiers.logic.signature import Signature
from verifier_server.verifiers.logic.smtlib.reasons import (
    ARITY_MISMATCH,
    FORBIDDEN_COMMAND,
    FORBIDDEN_DEFINITION,
    SORT_MISMATCH,
    UNKNOWN_SYMBOL,
)

# What SMT-LIB's reader and Z3-Python's find that the infix one leaves to the signature.
_REASONS = {
    FORBIDDEN_COMMAND: FORBIDDEN_AXIOM,
    FORBIDDEN_DEFINITION: FORBIDDEN_AXIOM,
    UNKNOWN_SYMBOL: f"{VOCABULARY}.{UNKNOWN_SYMBOL}",
    ARITY_MISMATCH: f"{VOCABULARY}.{ARITY_MISMATCH}",
    SORT_MISMATCH: f"{VOCABULARY}.{SORT_MISMATCH}",
}


@dataclass(frozen=True, slots=True)
class Read:
    """A formula, its text, and open facts about how it was read."""

    formula: Formula
    text: str
    facts: Facts = ()


def formula_answer(completion: str, signature: Signature) -> Read:
    """The one formula of a completion.

    Raises:
        NoAnswerError: there is none, or there are several.
        RefusedError: it brings what it must not, cannot be read or has other symbols.
    """
    answer = one_answer(completion)
    check_forbidden(answer, signature)
    text = one_formula(answer).text
    return read_answer(text, signature)


def check_forbidden(answer: Answer, signature: Signature) -> None:
    """Refuses an answer that brings axioms, definitions or commands.

    Raises:
        RefusedError: `forbidden.axiom`.
    """
    found = forbidden(answer.text, {symbol.name for symbol in signature.symbols})
    if found is not None:
        message = f"the answer brings {found.kind}: {found.text}"
        raise RefusedError(FORBIDDEN_AXIOM, message, answer.text)


def read_answer(text: str, signature: Signature) -> Read:
    """The formula of a text without anything round it.

    Raises:
        RefusedError: it cannot be read or has symbols that the task lacks.
    """
    try:
        reading = read_formula(text, signature)
    except ReadError as error:
        message = f"line {error.line}, column {error.column}: {error.message}"
        reason = _REASONS.get(error.reason, f"{PARSE_ERROR}.{error.reason}")
        raise RefusedError(reason, message, text) from None
    faults = signature.check(reading.formula)
    if faults:
        first = faults[0]
        reason = FREE_VARIABLE if first.reason == UNBOUND else f"{VOCABULARY}.{first.reason}"
        raise RefusedError(reason, "; ".join(fault.message for fault in faults), text)
    facts = tuple(("warning", f"{each.reason}: {each.message}") for each in reading.warnings)
    return Read(reading.formula, text, facts)
