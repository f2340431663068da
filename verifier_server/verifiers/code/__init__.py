"""The code verifier: programs judged by what they do, in processes that hold no tests.

Promises: importing this package is cheap; `verifier` is imported only by a
jailed worker. Candidate code runs in disposable jailed children that hold no
expected value and no channel for a verdict; results cross as plain data and are
compared elsewhere. CPU time, bytes and memory decide, never a clock on the wall.

Does not cover: how children are contained (`sandboxes`), and programs that
memorise visible tests, which no sandbox can tell from honest ones.
"""

from verifier_server.contract import Manifest, Verdict

MANIFEST = Manifest(
    name="code",
    description="Programs run against tests, cases or a judge in disposable sandboxed processes.",
    version="1.0.0",
    package="verifier_server.verifiers.code",
    module="verifier_server.verifiers.code.verifier",
    components=("tests", "compiles", "security"),
    libraries=("bandit", "pytest"),
    # Of all the children of one completion together; a child's own limit is the task's.
    default_cpu_s=60.0,
    max_cpu_s=600.0,
    cpu_exhausted=Verdict.TIME_LIMIT,
    children=True,
)
