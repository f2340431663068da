"""The rules verifier: an answer is judged rule by rule, by a pack of rules in CEL.

Promises: importing this package is cheap; `verifier` brings in CEL and the JSON Schema engine and
is imported only by a worker. A verdict follows from the pack, the facts and the answer alone, and
every verdict cites the section that says so.

Does not cover: free text. An answer is a small JSON document that the pack's schema closes.
"""

from verifier_server.contract import Manifest, Verdict

MANIFEST = Manifest(
    name="rules",
    description="A small JSON answer, judged rule by rule by a pack of cited rules in CEL.",
    version="1.0.0",
    package="verifier_server.verifiers.rules",
    module="verifier_server.verifiers.rules.verifier",
    components=("schema", "rules", "required", "forbidden"),
    libraries=(
        "cel-expr-python",
        "google-re2",
        "jsonschema",
        "jsonschema-rs",
        "jsonschema-specifications",
        "protobuf",
        "referencing",
    ),
    default_cpu_s=2.0,
    # What an answer may hold is bounded, so it is the pack that takes long.
    cpu_exhausted=Verdict.UNDECIDED,
    folder="packs",
    shares=(
        "verifier_server.verifiers.json.extract",
        "verifier_server.verifiers.json.parse",
        "verifier_server.verifiers.json.schema",
        "verifier_server.verifiers.json.values",
    ),
)
