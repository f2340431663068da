"""What the service takes at most, in one place.

Promises: every number that a client can run into is named here, is told by
`GetServerInfo` where the protocol has a field for it, and stands in
docs/server.md.

Does not cover: settings that an operator chooses (`settings.py`), or the CPU
budgets of a verifier (its manifest).
"""

MIB = 1 << 20

MAX_REQUEST_BYTES = 64 * MIB
MAX_GROUPS = 1024
MAX_COMPLETIONS = 256
MAX_COMPLETION_BYTES = 1 * MIB
MAX_TASK_BYTES = 1 * MIB
MAX_ID_BYTES = 128
MAX_FAIRNESS_KEY_BYTES = 64
MAX_VERIFIER_NAME_BYTES = 63
MAX_PINS = 256
# Of what a caller sent, at most this much is repeated in a message.
MAX_ECHO_BYTES = 64
# A list of violations ends here: it is for a person to read, and costs the loop time.
MAX_VIOLATIONS = 100
# The wire says 1 KiB for a message and for what was extracted.
MAX_TEXT_BYTES = 1024
MAX_FACTS = 32
MAX_REASON_CHARS = 128
MAX_COMPONENTS = 64

JSON_MEDIA_TYPE = "application/json"
