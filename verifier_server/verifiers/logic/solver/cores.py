"""Which premises a conclusion needs.

Promises: a set of premises from which the conclusion still follows, as indices in
order. It is `minimal` when leaving out any one of them was shown to break it.
Deterministic: z3's own core first, then premises are left out one by one from the
last to the first, so that earlier ones stay where either would do.

Does not cover: the smallest set. Another minimal one may be smaller (Belov and
Marques-Silva, Accelerating MUS extraction, AI Communications 2012).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from verifier_server.verifiers.logic.formulas import Formula, Not
from verifier_server.verifiers.logic.solver.deciding import Check, Status
from verifier_server.verifiers.logic.solver.encoding import Encoder, Sorts, Unencodable
from verifier_server.verifiers.logic.solver.library import Context, Z3Error

CORE_UNITS = 1_000_000
_QUERY_UNITS = 100_000


@dataclass(frozen=True, slots=True)
class Core:
    """Indices of premises that suffice, whether each is needed, and the units spent."""

    premises: tuple[int, ...]
    minimal: bool
    spent: int


def core(
    premises: Sequence[Formula],
    conclusion: Formula,
    sorts: Sorts | None = None,
    units: int = CORE_UNITS,
) -> Core | None:
    """A set of premises that entails the conclusion.

    With a conclusion of `Truth(False)` it is a set that contradicts itself. None when it
    was not shown, in these units and in one attempt, that all premises entail it.
    """
    try:
        with Context() as context:
            encoder = Encoder(context, sorts or Sorts())
            with Check(encoder) as check:
                check.add(encoder.formula(Not(conclusion)))
                literals = [check.assume(encoder.formula(premise)) for premise in premises]
                return _Deletion(check, literals, units).run()
    except (Unencodable, Z3Error):
        return None


class _Deletion:
    def __init__(self, check: Check, literals: Sequence[int], units: int) -> None:
        self._check = check
        self._literals = literals
        self._units = units

    def run(self) -> Core | None:
        kept = self._entailing(range(len(self._literals)))
        if kept is None:
            return None
        minimal = True
        for at in reversed(kept):
            if at not in kept:
                continue
            # What one cannot leave out of these, one cannot leave out of fewer.
            smaller = self._entailing([other for other in kept if other != at])
            if smaller is not None:
                kept = smaller
            elif self._last is not Status.SAT:
                minimal = False
        return Core(tuple(kept), minimal, self._check.spent)

    def _entailing(self, chosen: Sequence[int]) -> list[int] | None:
        """Those of the chosen that entail the conclusion; None when they were not shown to."""
        units = min(_QUERY_UNITS, self._units - self._check.spent)
        self._last = Status.UNKNOWN
        if units <= 0:
            return None
        self._last = self._check.run(units, [self._literals[at] for at in chosen])
        if self._last is not Status.UNSAT:
            return None
        used = set(self._check.core())
        return [at for at in chosen if self._literals[at] in used]
