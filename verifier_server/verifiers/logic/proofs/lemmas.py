"""Lemmas of a task: formulas on the way to its goal, and which of them a proof reached.

Promises: lemmas that mean the same are one, and one that means the goal is none. A lemma
that does not follow, is always true or means the same as a premise makes no task: it would
pay for nothing. A step reaches the lemma that it means the same as, and no other.

Two formulas mean the same when one is the other but for bound names, or when they have the
same symbols and are equivalent; what is not decided within the session's units does not.

Does not cover: whether lemmas are all on one way to the goal.
"""

from collections.abc import Iterable, Sequence

from verifier_server.contract import ErrorCode, TaskError
from verifier_server.verifiers.logic.admission import undecided
from verifier_server.verifiers.logic.formulas import Formula
from verifier_server.verifiers.logic.printing import canonical
from verifier_server.verifiers.logic.signature import Signature
from verifier_server.verifiers.logic.solver.session import Budget, Session


def check_lemmas(
    premises: Sequence[Formula], goal: Formula, given: Sequence[Formula], budget: Budget
) -> tuple[Formula, ...]:
    """The lemmas that are worth a part, in their order.

    Raises:
        TaskError: BAD_GROUND_TRUTH, one of them does not follow or is trivial, or that
            was not decided.
    """
    kept: list[Formula] = []
    with Session(premises, budget=budget, consistent=True) as session:
        for place, lemma in enumerate(given):
            pointer = f"/gold_lemmas/{place}"
            entailed, valid = session.entails(lemma), session.valid(lemma)
            for found in (entailed, valid):
                if found.holds is None:
                    raise undecided(found, "whether the lemma follows", pointer)
            if not entailed.holds:
                raise _bad("lemma_not_entailed", "the lemma does not follow", pointer)
            if valid.holds:
                raise _bad("trivial_lemma", "the lemma is always true", pointer)
            if any(mean_the_same(session, lemma, premise) for premise in premises):
                raise _bad("trivial_lemma", "the lemma says what a premise says", pointer)
            if not any(mean_the_same(session, lemma, other) for other in (goal, *kept)):
                kept.append(lemma)
    return tuple(kept)


def reached(session: Session, lemmas: Sequence[Formula], steps: Iterable[Formula]) -> int:
    """How many of the lemmas one of the steps means."""
    left = list(lemmas)
    for step in steps:
        for lemma in left:
            if mean_the_same(session, step, lemma):
                left.remove(lemma)
                break
    return len(lemmas) - len(left)


def mean_the_same(session: Session, one: Formula, other: Formula) -> bool:
    """Whether two formulas are known to mean the same, the session's premises aside."""
    if canonical(one) == canonical(other):
        return True
    if set(Signature.of([one]).symbols) != set(Signature.of([other]).symbols):
        return False
    return session.equivalent(one, other).holds is True


def _bad(reason: str, message: str, pointer: str) -> TaskError:
    return TaskError(ErrorCode.BAD_GROUND_TRUTH, reason, message, pointer)
