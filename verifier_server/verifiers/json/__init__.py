"""The json verifier: one strict JSON document, checked by schema and by value.

Promises: importing this package is cheap; `verifier` brings in jsonschema and
is imported only by a worker. The document is the one candidate that position
and markup choose, read by RFC 8259 to the letter, so no repair and no second
guess can raise a score.

Does not cover: other formats than JSON, and schemas that would have to be fetched.
"""

from verifier_server.contract import Manifest

MANIFEST = Manifest(
    name="json",
    description="One JSON document, validated by a JSON Schema and compared with expected values.",
    version="2.0.0",
    package="verifier_server.verifiers.json",
    module="verifier_server.verifiers.json.verifier",
    components=("parses", "schema", "values"),
    libraries=(
        "google-re2",
        "jsonschema",
        "jsonschema-rs",
        "jsonschema-specifications",
        "referencing",
        "rpds-py",
        "scipy",
    ),
    default_cpu_s=2.0,
)
