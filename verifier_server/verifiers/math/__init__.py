"""The math verifier: one final answer, compared with the right one.

Promises: importing this package is cheap; `verifier` brings in sympy and is
imported only by a worker. An answer is CORRECT only where equality was shown;
what cannot be decided is UNDECIDED, never guessed.

Does not cover: judging the reasoning, proofs, and answers in prose.
"""

from verifier_server.contract import Manifest, Verdict

MANIFEST = Manifest(
    name="math",
    description="A final answer from a box or an answer line, compared as mathematics.",
    version="2.0.0",
    package="verifier_server.verifiers.math",
    module="verifier_server.verifiers.math.verifier",
    components=("answer",),
    libraries=("mpmath", "sympy"),
    default_cpu_s=1.0,
    cpu_exhausted=Verdict.UNDECIDED,
)
