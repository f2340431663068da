"""The questions of one completion, about one set of premises.

Promises: a `Session` belongs to one completion. Premises are encoded once. A question
is first asked of a solver that holds them already; when that gives up, it is asked
anew in contexts of its own, stage by stage (`STAGES`), where the answer depends on the
question alone. Every decision, with the units spent and the stage, is the same on each
run, in any process, whatever else runs: the same questions in the same order. Nothing
is shared between sessions. UNSAT is z3's word; SAT is z3's or a finite model that was
checked by evaluation. What cannot be decided, for whatever reason, is UNKNOWN with a
reason of ours: `units` (a stage's or the session's are used up), `gave_up` (z3 ended
early), `too_deep`, `ill_sorted`, `free_variable` or `memory`. No question raises.

Does not cover: which question to ask. A conclusion is told apart best by `entails(c)`,
then `entails(Not(c))`: when either is not so, the premises are known to be consistent
and `consistent` costs nothing.

Stages, measured on Pelletier's problems and 30 of algebra, orders, puzzles and
pigeonholes: nearly all is decided by the first. Without pattern matching z3 ends on
some on which it otherwise runs on (pel37), and needs a tenth on others; the finite
search finds models (non-commutative groups, non-distributive lattices) that z3's does
not reach. Satisfiable only in infinite structures, and long equational proofs, remain
undecided.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from verifier_server.verifiers.logic.formulas import Connected, Formula, Not, Op
from verifier_server.verifiers.logic.solver.deciding import Check, Stage, Status, search
from verifier_server.verifiers.logic.solver.encoding import Encoder, Sorts, Unencodable
from verifier_server.verifiers.logic.solver.finite import find
from verifier_server.verifiers.logic.solver.library import Context, Z3Error

QUICK = Stage("quick", 100_000)
STAGES = (
    Stage("small", 100_000, sizes=(1, 2, 3, 4)),
    Stage("models", 500_000, matching=False),
    Stage("finite", 500_000, sizes=(5, 6)),
    Stage("full", 500_000),
)
SESSION_UNITS = 6_000_000
# Less than this is not worth a try, and a check with a limit of 0 has none.
_LEAST_UNITS = 1_000


@dataclass(frozen=True, slots=True)
class Budget:
    """Units: `session` for all questions together, `query` for one (None: as the stages have)."""

    session: int = SESSION_UNITS
    query: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to a question.

    `holds` is the answer: None when it is not known. `status` is what the solver
    found of the formulas that it was given. `spent` is in units, `stage` the attempt
    that decided (`known`: an earlier one), or the last one; `reason` says why it is
    unknown.
    """

    holds: bool | None
    status: Status
    spent: int
    stage: str
    reason: str = ""


class Session:
    """Questions about premises.

    Args:
        premises: closed formulas.
        sorts: what is declared of their symbols.
        budget: units for the session and for one question.
        consistent: whether the premises are known to be consistent, from another session
            about the same premises.
    """

    def __init__(
        self,
        premises: Sequence[Formula],
        sorts: Sorts | None = None,
        budget: Budget | None = None,
        *,
        consistent: bool | None = None,
    ) -> None:
        self._premises = tuple(premises)
        self._sorts = sorts or Sorts()
        self._budget = budget or Budget()
        self._consistent = consistent
        self._context = Context()
        self._encoder = Encoder(self._context, self._sorts)
        self._quick: dict[tuple[int, ...], Check] = {}
        self._encoded: dict[int, int] = {}
        self.spent = 0

    @property
    def left(self) -> int:
        """Units that the session may still spend."""
        return max(0, self._budget.session - self.spent)

    def consistent(self) -> Decision:
        """Do the premises have a model?"""
        if self._consistent is not None:
            status = Status.SAT if self._consistent else Status.UNSAT
            return Decision(self._consistent, status, 0, "known")
        found = self._ask(self._all, ())
        if found.status is not Status.UNKNOWN:
            self._consistent = found.status is Status.SAT
        return _answered(found, Status.SAT)

    def entails(self, conclusion: Formula, using: Iterable[int] | None = None) -> Decision:
        """Does the conclusion follow from the premises, or from those of these indices alone?"""
        chosen = self._all if using is None else tuple(sorted(set(using)))
        found = self._ask(chosen, (Not(conclusion),))
        if found.status is Status.SAT and chosen == self._all:
            self._consistent = True
        return _answered(found, Status.UNSAT)

    def satisfiable(self, formula: Formula) -> Decision:
        """Has the formula a model, the premises aside?"""
        return _answered(self._ask((), (formula,)), Status.SAT)

    def valid(self, formula: Formula) -> Decision:
        """Is the formula true in every structure, the premises aside?"""
        return _answered(self._ask((), (Not(formula),)), Status.UNSAT)

    def equivalent(self, left: Formula, right: Formula) -> Decision:
        """Are two formulas true in the same structures, the premises aside?"""
        return self.valid(Connected(Op.IFF, (left, right)))

    def close(self) -> None:
        """Free what z3 holds, once."""
        for check in self._quick.values():
            check.close()
        self._quick.clear()
        self._context.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def _all(self) -> tuple[int, ...]:
        return tuple(range(len(self._premises)))

    def _ask(self, chosen: tuple[int, ...], extra: tuple[Formula, ...]) -> Decision:
        before = self.spent
        try:
            status, stage, reason = self._staged(chosen, extra)
        except Unencodable as refused:
            status, stage, reason = Status.UNKNOWN, "none", refused.reason
        except Z3Error:
            # All that can fail on encoded formulas is z3's memory.
            status, stage, reason = Status.UNKNOWN, "none", "memory"
        return Decision(None, status, self.spent - before, stage, reason)

    def _staged(
        self, chosen: tuple[int, ...], extra: tuple[Formula, ...]
    ) -> tuple[Status, str, str]:
        query = min(self.left, self._budget.query or self.left)
        end = self.spent + query
        units = min(QUICK.units, query)
        if units < _LEAST_UNITS:
            return Status.UNKNOWN, "none", "units"
        status = self._quickly(chosen, extra, units)
        if status is not Status.UNKNOWN:
            return status, QUICK.name, ""
        formulas = [*(self._premises[at] for at in chosen), *extra]
        used_up = self.spent - (end - query) >= units
        for stage in STAGES:
            units = min(stage.units, end - self.spent)
            if units < _LEAST_UNITS:
                return Status.UNKNOWN, stage.name, "units"
            before = self.spent
            if stage.sizes:
                status = self._finitely(formulas, units, stage.sizes)
            else:
                limited = Stage(stage.name, units, stage.matching)
                status, spent = search(formulas, self._sorts, limited)
                self.spent += spent
            if status is not Status.UNKNOWN:
                return status, stage.name, ""
            used_up = self.spent - before >= units
        return Status.UNKNOWN, STAGES[-1].name, "units" if used_up else "gave_up"

    def _quickly(self, chosen: tuple[int, ...], extra: tuple[Formula, ...], units: int) -> Status:
        expressions = [self._encoder.formula(formula) for formula in extra]
        check = self._quick.get(chosen)
        if check is None:
            check = self._loaded(chosen)
        before = check.spent
        asked = [check.assume(expression) for expression in expressions]
        status = check.run(units, asked)
        self.spent += check.spent - before
        if status is Status.UNKNOWN:
            # What gave up is left in no state to go on from.
            del self._quick[chosen]
            check.close()
        for literal in asked if status is not Status.UNKNOWN else ():
            check.retract(literal)
        return status

    def _loaded(self, chosen: tuple[int, ...]) -> Check:
        """A solver that holds the chosen premises, kept for all or none of them."""
        check = Check(self._encoder)
        try:
            for at in chosen:
                if at not in self._encoded:
                    self._encoded[at] = self._encoder.formula(self._premises[at])
                check.add(self._encoded[at])
        except (Unencodable, Z3Error):
            check.close()
            raise
        self._quick[chosen] = check
        return check

    def _finitely(self, formulas: Sequence[Formula], units: int, sizes: Sequence[int]) -> Status:
        end = self.spent + units
        for size in sizes:
            left = end - self.spent
            if left < _LEAST_UNITS:
                break
            found = find(formulas, self._sorts, size, left)
            self.spent += found.spent
            if found.structure is not None:
                return Status.SAT
        return Status.UNKNOWN


def _answered(found: Decision, so: Status) -> Decision:
    """The decision with `holds` true when the status is `so`."""
    holds = None if found.status is Status.UNKNOWN else found.status is so
    return Decision(holds, found.status, found.spent, found.stage, found.reason)
