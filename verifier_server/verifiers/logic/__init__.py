"""The logic verifier: entailment decided by a solver, under a count of its steps.

Promises: importing this package is cheap; `verifier` brings in z3 and is imported
only by a worker. A completion's text is read by our own readers and never reaches
the solver's parsers.

Does not cover: modal, temporal and higher-order logic.
"""

from verifier_server.contract import Manifest, Verdict

MANIFEST = Manifest(
    name="logic",
    description="Labels, conclusions, proofs, assignments and models, decided by a solver.",
    version="1.0.0",
    package="verifier_server.verifiers.logic",
    module="verifier_server.verifiers.logic.verifier",
    components=("answer", "steps", "lemmas"),
    libraries=("z3-solver",),
    default_cpu_s=10.0,
    max_cpu_s=60.0,
    cpu_exhausted=Verdict.UNDECIDED,
)
