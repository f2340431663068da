"""A task's JSON Schema: admitted by preflight, compiled once, judged by one engine.

Promises: drafts 4, 6, 7, 2019-09 and 2020-12 as their specifications say, checked with
the official test suite; numbers are exact, patterns are ECMA-262's and linear in the
text, nothing is ever fetched, and what a schema can make one place of a document cost is
bounded before any document is held against it. A schema that cannot be used is
INVALID_TASK `invalid_schema`, with the pointer of the part at fault.

Does not cover: draft 3, and look-around and back references in patterns; long documents
against costly schemas, which the CPU budget bounds.
"""

from verifier_server.verifiers.json.schema.compiling import compile_schema, second_opinion
from verifier_server.verifiers.json.schema.engine import MAX_ERRORS, Validate, Violation
from verifier_server.verifiers.json.schema.faults import MAX_MESSAGE

__all__ = [
    "MAX_ERRORS",
    "MAX_MESSAGE",
    "Validate",
    "Violation",
    "compile_schema",
    "second_opinion",
]
