"""Why a finding is so, in the task's own words: premises used, or a countermodel.

Promises: bounded, deterministic, and in units of its own, so that it never changes a
verdict: what costs more than `budgets.EVIDENCE_UNITS` is left out.

What is open: a completion of an open conclusion made its claim itself and was given the
premises, so that the premises that prove or refute it, and a countermodel of it, tell
nothing that it was not told. What is about a label or a right formula is privileged.

Does not cover: that choice, which the tasks make.
"""

from collections.abc import Sequence

from verifier_server.verifiers.logic.budgets import EVIDENCE_UNITS
from verifier_server.verifiers.logic.formulas import Formula
from verifier_server.verifiers.logic.printing import show
from verifier_server.verifiers.logic.scores import Facts
from verifier_server.verifiers.logic.solver.cores import core
from verifier_server.verifiers.logic.solver.models import countermodel

_MORE = "..."


def premises_used(premises: Sequence[Formula], conclusion: Formula, name: str) -> Facts:
    """Premises from which the conclusion follows, none of which is idle."""
    found = core(premises, conclusion, units=EVIDENCE_UNITS)
    if found is None:
        return ()
    listed = [f"P{place + 1}: {show(premises[place])}" for place in found.premises]
    return ((name, "\n".join(listed) or "none"),)


def counterexample(premises: Sequence[Formula], conclusion: Formula, name: str) -> Facts:
    """A structure in which the premises are true and the conclusion is false."""
    found = countermodel(premises, conclusion, units=EVIDENCE_UNITS)
    if found is None:
        return ()
    lines = [*found.lines, _MORE] if found.shortened else found.lines
    return ((name, "\n".join(lines)),)
