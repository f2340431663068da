"""Whether a conclusion that follows says something that no premise says alone.

Promises: the questions and their order depend on the premises and the conclusion alone, and
none is asked twice. It is trivial when it is valid; when one of its conjuncts is
valid or follows from a single premise; when that is so of all clauses of one, however they
are put together; when one occurrence of an atom can be left out of a conjunct, which then
still follows, or means the same; or when a quantifier binds nothing or a part is true or
false itself. The first that is
found is given. The first question that is not decided ends it.

Does not cover: whether it follows from all premises, which must be known before. What
joins single premises under one existential quantifier and links them by a premise is
taken for new: it uses them together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from verifier_server.verifiers.logic.formulas import Connected, Formula, Op, Truth
from verifier_server.verifiers.logic.printing import show
from verifier_server.verifiers.logic.reasons import (
    PADDED,
    RESTATES_PREMISE,
    SOLVER_UNKNOWN,
    TAUTOLOGY,
    TAUTOLOGY_CONJUNCT,
    TOO_MANY_CHECKS,
)
from verifier_server.verifiers.logic.solver.session import Session
from verifier_server.verifiers.logic.triviality.clauses import clauses
from verifier_server.verifiers.logic.triviality.conjuncts import conjuncts
from verifier_server.verifiers.logic.triviality.normal import TooLargeError, joined, normal
from verifier_server.verifiers.logic.triviality.polarity import Signs, signs_of
from verifier_server.verifiers.logic.triviality.stronger import (
    has_truth,
    idle_variables,
    stronger,
    weaker,
)
from verifier_server.verifiers.logic.triviality.witnesses import names_in, witnessed

MAX_QUESTIONS: Final = 400

_UNKNOWN_SIGNS = Signs(frozenset(), False)


@dataclass(frozen=True, slots=True)
class Triviality:
    """Why a conclusion is worth nothing: a reason of `reasons`, and a message."""

    reason: str
    message: str


class _DecidedError(Exception):
    """Found, in the midst of asking."""

    def __init__(self, found: Triviality) -> None:
        super().__init__(found.message)
        self.found = found


def premise_signs(premise: Formula) -> Signs:
    """The signs of a premise, or of anything where it is too large to tell, and its names."""
    try:
        signs = signs_of(normal(premise))
    except TooLargeError:
        signs = _UNKNOWN_SIGNS
    return replace(signs, names=frozenset(names_in(premise)))


def triviality(session: Session, signs: Sequence[Signs], conclusion: Formula) -> Triviality | None:
    """Why a conclusion that follows from the premises is trivial; None when it is not.

    Args:
        session: of the premises, which are consistent.
        signs: of each premise.
        conclusion: what follows from them.
    """
    try:
        _Weighing(session, signs).weigh(conclusion)
    except TooLargeError:
        return Triviality(TOO_MANY_CHECKS, "the formula is too large to be checked for padding")
    except _DecidedError as decided:
        return decided.found
    return None


class _Weighing:
    def __init__(self, session: Session, signs: Sequence[Signs]) -> None:
        self._session = session
        self._signs = signs
        self._asked = 0

    def weigh(self, conclusion: Formula) -> None:
        """Asks all there is to ask of a conclusion.

        Raises:
            _DecidedError: it is trivial, or that was not decided.
            TooLargeError: there is too much to ask.
        """
        whole = normal(conclusion)
        if isinstance(whole, Truth) or self._valid(whole, signs_of(whole)):
            raise _DecidedError(Triviality(TAUTOLOGY, "it is true in every situation"))
        idle = idle_variables(conclusion)
        if idle:
            message = f"a quantifier binds {idle[0]}, and nothing is said of it"
            raise _DecidedError(Triviality(PADDED, message))
        if has_truth(conclusion):
            raise _DecidedError(Triviality(PADDED, "a part of it is true or false itself"))
        parts = conjuncts(whole)
        signs = [signs_of(part) for part in parts]
        for part, sign in zip(parts, signs, strict=True):
            if len(parts) > 1 and self._valid(part, sign):
                message = f"{show(part)} is true in every situation"
                raise _DecidedError(Triviality(TAUTOLOGY_CONJUNCT, message))
        for part, sign in zip(parts, signs, strict=True):
            place = self._giver(part, sign)
            if place is not None:
                message = f"premise {place + 1} alone says {show(part)}"
                raise _DecidedError(Triviality(RESTATES_PREMISE, message))
        for part in parts:
            self._check_joined(part)
            self._check_dense(part)
            self._check_witnessed(part)

    def _valid(self, part: Formula, signs: Signs) -> bool:
        return not signs.contingent and self._known(self._session.valid(part).holds)

    def _giver(
        self, part: Formula, signs: Signs, about: frozenset[str] = frozenset()
    ) -> int | None:
        """The first premise that says it alone, of those without any of these names."""
        for place, of_premise in enumerate(self._signs):
            if not of_premise.names.isdisjoint(about):
                continue
            if of_premise.may_entail(signs) and self._known(
                self._session.entails(part, using=(place,)).holds
            ):
                return place
        return None

    def _check_joined(self, part: Formula) -> None:
        """Refuses what single premises say, put together."""
        found = clauses(part)
        if len(found) < 2:
            return
        for clause in found:
            signs = signs_of(clause)
            if not self._valid(clause, signs) and self._giver(clause, signs) is None:
                return
        message = f"{show(part)} only joins what single premises say"
        raise _DecidedError(Triviality(RESTATES_PREMISE, message))

    def _check_dense(self, part: Formula) -> None:
        for each in stronger(part):
            if self._known(self._session.entails(each.formula).holds):
                message = f"{show(each.without)} can be left out: {show(each.formula)} follows"
                raise _DecidedError(Triviality(PADDED, message))
        for each in weaker(part):
            same = Connected(Op.IMPLIES, (each.formula, part))
            if self._known(self._session.valid(same).holds):
                message = f"{show(each.without)} can be left out: it changes nothing"
                raise _DecidedError(Triviality(PADDED, message))

    def _check_witnessed(self, part: Formula) -> None:
        """Refuses conjuncts that are true for free of what exists.

        A premise that names a thing says something of it in particular, and ties by that.
        """
        for each in witnessed(part):
            rests = []
            for way in each.ways:
                said = normal(way.said)
                signs = signs_of(said)
                if self._valid(said, signs) or self._giver(said, signs, way.names) is not None:
                    rests.append(way.rest)
            if not rests:
                continue
            without = each.whole(joined(Op.OR, rests))
            if self._known(self._session.entails(without).holds):
                message = f"{show(each.conjunct)} can be left out: {show(without)} follows"
                raise _DecidedError(Triviality(PADDED, message))

    def _known(self, holds: bool | None) -> bool:
        self._asked += 1
        if self._asked > MAX_QUESTIONS:
            raise TooLargeError
        if holds is None:
            message = "whether it is trivial was not decided"
            raise _DecidedError(Triviality(SOLVER_UNKNOWN, message))
        return holds
