"""One question to z3, in counted units.

Promises: a `Check` is a solver of z3 with its assertions; its answers and the units
that they cost are the same in every process, whatever ran before or beside it:
z3's rlimit counts steps, each session has contexts of its own, seeds are z3's fixed
ones, and the wall clock decides nothing. `search` asks anew in a context of its own,
so that its answer depends on the formulas alone. SimpleSolver throughout: it runs no
tactics, whose counts differ between hosts (Z3#6736).

Units are z3's. A second is 100 thousand to 5 million of them; most entailments in
natural language take under 10 thousand.

Does not cover: what z3 does between two looks at its counter, which can take long
and overruns the limit (Z3#2547, #6398, #7247): then the worker's CPU limit ends it,
and that is UNDECIDED for the completion. `MEMORY_MB` bounds the memory of the whole
process as z3 counts it, and is looked at as seldom; the jail's memory limit stands
behind it. Threads: one context belongs to one thread.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self

from verifier_server.verifiers.logic.formulas import Formula
from verifier_server.verifiers.logic.solver import library as z3
from verifier_server.verifiers.logic.solver.encoding import Encoder, Sorts
from verifier_server.verifiers.logic.solver.library import Context

MEMORY_MB = 1024
# The statistics that hold it are few; it stands near the end.
_COUNTER = b"rlimit count"


class Status(StrEnum):
    """What a check found."""

    SAT = "sat"
    UNSAT = "unsat"
    UNKNOWN = "unknown"


_STATUSES = {z3.SAT: Status.SAT, z3.UNSAT: Status.UNSAT, z3.UNDECIDED: Status.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Stage:
    """One attempt: its name, its most units, and how.

    With `sizes` it searches models of so many elements (`finite`), and has z3 search
    otherwise; `matching` says whether that matches patterns.

    Without matching, quantifiers are instantiated from candidate models alone, which
    ends where matching runs on for ever (Ge and de Moura, CAV 2009).
    """

    name: str
    units: int
    matching: bool = True
    sizes: tuple[int, ...] = ()


class Check:
    """A solver in an encoder's context; `spent` is what its checks have cost so far, in units."""

    def __init__(self, encoder: Encoder, *, matching: bool = True) -> None:
        self._encoder = encoder
        self._context = context = encoder.context
        self._handle = context.handle
        self._matching = matching
        self._solver = context.checked(z3.mk_simple_solver(self._handle))
        z3.solver_inc_ref(self._handle, self._solver)
        self._limit = -1
        self.spent = 0

    def add(self, expression: int) -> None:
        """Assert an expression."""
        z3.solver_assert(self._handle, self._solver, expression)
        self._context.check()

    def assume(self, expression: int) -> int:
        """A literal under which the expression holds: for `run`'s assumptions.

        Not push and pop: z3 already reasons while it pushes, without any limit, and so
        for ever on some premises.
        """
        literal = self._encoder.fresh()
        self.add(self._context.checked(z3.mk_implies(self._handle, literal, expression)))
        return literal

    def retract(self, literal: int) -> None:
        """Never assume the literal again."""
        self.add(self._context.checked(z3.mk_not(self._handle, literal)))

    def run(self, units: int, assumptions: Sequence[int] = ()) -> Status:
        """Are the assertions and assumptions satisfiable? Whatever z3 cannot say is UNKNOWN."""
        if units != self._limit:
            self._set(units)
        if assumptions:
            given = z3.array(assumptions)
            found = z3.solver_check_assumptions(self._handle, self._solver, len(assumptions), given)
        else:
            found = z3.solver_check(self._handle, self._solver)
        # Exhausted in the middle of something, z3 may say so by an error.
        failed = z3.get_error_code(self._handle) != z3.OK
        counted = self._count()
        self.spent += counted - self._context.counted
        self._context.counted = counted
        return Status.UNKNOWN if failed else _STATUSES[found]

    def core(self) -> tuple[int, ...]:
        """The assumptions that the last check found contradictory, after UNSAT."""
        vector = self._context.checked(z3.solver_get_unsat_core(self._handle, self._solver))
        z3.vector_inc_ref(self._handle, vector)
        try:
            size = z3.vector_size(self._handle, vector)
            return tuple(z3.vector_get(self._handle, vector, at) for at in range(size))
        finally:
            z3.vector_dec_ref(self._handle, vector)

    def model(self) -> "Valuation":
        """The model that the last check found, after SAT."""
        return Valuation(self._context, z3.solver_get_model(self._handle, self._solver))

    def close(self) -> None:
        """Free it, once; the context must be open."""
        if self._solver:
            z3.solver_dec_ref(self._handle, self._solver)
            self._solver = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _set(self, units: int) -> None:
        parameters = self._context.checked(z3.mk_params(self._handle))
        z3.params_inc_ref(self._handle, parameters)
        for name, value in ((b"rlimit", units), (b"max_memory", MEMORY_MB)):
            symbol = z3.mk_string_symbol(self._handle, name)
            z3.params_set_uint(self._handle, parameters, symbol, value)
        if not self._matching:
            symbol = z3.mk_string_symbol(self._handle, b"ematching")
            z3.params_set_bool(self._handle, parameters, symbol, False)
        z3.solver_set_params(self._handle, self._solver, parameters)
        self._context.check()
        z3.params_dec_ref(self._handle, parameters)
        self._limit = units

    def _count(self) -> int:
        statistics = self._context.checked(z3.solver_get_statistics(self._handle, self._solver))
        z3.stats_inc_ref(self._handle, statistics)
        try:
            for at in reversed(range(z3.stats_size(self._handle, statistics))):
                if z3.stats_get_key(self._handle, statistics, at) == _COUNTER:
                    return int(z3.stats_get_uint(self._handle, statistics, at))
        finally:
            z3.stats_dec_ref(self._handle, statistics)
        raise z3.Z3Error(z3.OK, "z3 counts no units")


class Valuation:
    """A model of z3, which gives values to expressions without quantifiers."""

    def __init__(self, context: Context, model: int | None) -> None:
        self._context = context
        self._handle = context.handle
        self._model = context.checked(model)
        z3.model_inc_ref(self._handle, self._model)

    def value(self, expression: int) -> int:
        """The value's expression; what the model leaves open is given some value."""
        found = z3.array((0,))
        if not z3.model_eval(self._handle, self._model, expression, True, found):
            self._context.check()
            raise z3.Z3Error(z3.OK, "z3 gives no value")
        return int(found[0])

    def truth(self, expression: int) -> bool:
        """The truth of a proposition."""
        return int(z3.get_bool_value(self._handle, self.value(expression))) == 1

    def numeral(self, expression: int) -> str | None:
        """The number, as `7`, `-7` or `-7/2`; None when it is irrational."""
        value = self.value(expression)
        if not z3.is_numeral_ast(self._handle, value):
            return None
        return bytes(z3.get_numeral_string(self._handle, value)).decode()

    def close(self) -> None:
        """Free it, once; the context must be open."""
        if self._model:
            z3.model_dec_ref(self._handle, self._model)
            self._model = 0


def search(formulas: Sequence[Formula], sorts: Sorts, stage: Stage) -> tuple[Status, int]:
    """Whether the formulas have a model, and the units that it took.

    Raises:
        Unencodable: see `Encoder.formula`.
        Z3Error: z3 is out of memory.
    """
    with Context() as context:
        encoder = Encoder(context, sorts)
        with Check(encoder, matching=stage.matching) as check:
            for formula in formulas:
                check.add(encoder.formula(formula))
            return check.run(stage.units), check.spent
