"""How much of the solver a task and a completion may use, in units of `solver.deciding`.

Promises: named constants alone. A completion's budget is for all its questions together,
asked in a fixed order, so that running out of it is the same on every run. The ground truth of
a task has a fifth of that: what it leaves undecided makes no task.

Does not cover: the CPU time of a worker (`MANIFEST`), which stands behind these and is
met only when z3 overruns its own count.
"""

from typing import Final

from verifier_server.verifiers.logic.solver.session import Budget

COMPLETION_UNITS: Final = 2_500_000
GOLD_UNITS: Final = COMPLETION_UNITS // 5
# For evidence, which changes no verdict: asked after it, and left out when it costs more.
EVIDENCE_UNITS: Final = 200_000

COMPLETION: Final = Budget(session=COMPLETION_UNITS)
GOLD: Final = Budget(session=GOLD_UNITS)
