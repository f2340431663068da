"""A verifier for tests: a completion is right when it equals the answer."""

from verifier_server.contract import Manifest, Verdict

MANIFEST = Manifest(
    name="echo",
    description="Compares with the answer.",
    version="1.0.0",
    package="tests.verifier_server.echo",
    module="tests.verifier_server.echo.verifier",
    components=("match",),
    libraries=("jsonschema",),
    default_cpu_s=1.0,
    max_cpu_s=5.0,
    cpu_exhausted=Verdict.UNDECIDED,
)
