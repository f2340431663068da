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
# Of a batch in all. With the bounds of one result below, the largest answer to an
# accepted request is 63 MB and can be sent: work is never judged for nothing.
MAX_BATCH_COMPLETIONS = 8192
MAX_RESPONSE_BYTES = 64 * MIB
# A message of a stream; the largest group fills it. gRPC takes 4 MiB by default.
MAX_STREAM_MESSAGE_BYTES = 2 * MIB
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
# The facts of one result as the wire has them, and as much again for privileged ones.
MAX_FACTS_BYTES = 1536
MAX_REASON_CHARS = 128
MAX_COMPONENTS = 32

JSON_MEDIA_TYPE = "application/json"
