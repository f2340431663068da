"""Lemmas of a task: formulas on the way to its goal, and which of them a proof reached.

Promises: lemmas that mean the same are one, and one that means the goal is none. A lemma
that does not follow, is always true or means the same as a premise makes no task: it would
pay for nothing. A step reaches the lemma that it means the same as, and no other.

Two formulas mean the same when one is the other but for bound names, or when they have the
same symbols and are equivalent. What is not decided within the session's units does not,
nor what a proof would need more than MAX_QUESTIONS to show.

Does not cover: whether lemmas are all on one way to the goal.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from verifier_server.contract import ErrorCode, TaskError
from verifier_server.verifiers.logic.admission import undecided
from verifier_server.verifiers.logic.declarations import Symbol
from verifier_server.verifiers.logic.formulas import Formula
from verifier_server.verifiers.logic.printing import canonical
from verifier_server.verifiers.logic.signature import Signature
from verifier_server.verifiers.logic.solver.session import Budget, Session

MAX_QUESTIONS: Final = 1_000


def check_lemmas(
    premises: Sequence[Formula], goal: Formula, given: Sequence[Formula], budget: Budget
) -> tuple[Formula, ...]:
    """The lemmas that are worth a part, in their order.

    Raises:
        TaskError: BAD_GROUND_TRUTH, one of them does not follow or is trivial, or that
            was not decided.
    """
    if not given:
        return ()
    kept = [_meaning(goal)]
    with Session(premises, budget=budget, consistent=True) as session:
        comparing = _Comparing(session, len(given) * (len(given) + len(premises)))
        said = [_meaning(premise) for premise in premises]
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
            meaning = _meaning(lemma)
            if any(comparing.same(meaning, premise) for premise in said):
                raise _bad("trivial_lemma", "the lemma says what a premise says", pointer)
            if not any(comparing.same(meaning, other) for other in kept):
                kept.append(meaning)
    return tuple(each.formula for each in kept[1:])


def reached(session: Session, lemmas: Sequence[Formula], steps: Iterable[Formula]) -> int:
    """How many of the lemmas one of the steps means."""
    left = [_meaning(lemma) for lemma in lemmas]
    comparing = _Comparing(session, MAX_QUESTIONS)
    for meaning in dict.fromkeys(map(_meaning, steps)):
        for lemma in left:
            if comparing.same(meaning, lemma):
                left.remove(lemma)
                break
    return len(lemmas) - len(left)


@dataclass(frozen=True, slots=True)
class _Meaning:
    """A formula by its canonical text, which tells it apart, with its symbols."""

    text: str
    symbols: frozenset[Symbol] = field(compare=False)
    formula: Formula = field(compare=False)


def _meaning(formula: Formula) -> _Meaning:
    return _Meaning(canonical(formula), frozenset(Signature.of([formula]).symbols), formula)


class _Comparing:
    """Compares meanings, and asks the session so many questions at most."""

    def __init__(self, session: Session, most: int) -> None:
        self._session = session
        self._left = most

    def same(self, one: _Meaning, other: _Meaning) -> bool:
        """Whether they are known to mean the same, the session's premises aside."""
        if one.text == other.text:
            return True
        if one.symbols != other.symbols or not self._left:
            return False
        self._left -= 1
        return self._session.equivalent(one.formula, other.formula).holds is True


def _bad(reason: str, message: str, pointer: str) -> TaskError:
    return TaskError(ErrorCode.BAD_GROUND_TRUTH, reason, message, pointer)
