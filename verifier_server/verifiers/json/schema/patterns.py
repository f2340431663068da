"""Patterns for the engine that judges: linear in the text, and bounded in size.

Promises: what `linear` gives means in Rust's regex crate what the author's pattern
means in ECMA-262 (`ecma`), and compiles there within SIZE_LIMIT, so that no text
can make it backtrack.

Does not cover: the product of a large pattern and a long text, which the CPU
budget bounds.
"""

from functools import lru_cache

import jsonschema_rs

from verifier_server.verifiers.json.schema import ecma
from verifier_server.verifiers.json.schema.ecma import PatternError

# Bytes of a compiled pattern, and of the table that its automaton grows while matching.
SIZE_LIMIT = 10 << 20
REMEMBERED = 1024

OPTIONS = jsonschema_rs.RegexOptions(size_limit=SIZE_LIMIT, dfa_size_limit=SIZE_LIMIT)


@lru_cache(maxsize=REMEMBERED)
def linear(pattern: str) -> str:
    """The pattern in the engine's syntax.

    Raises:
        PatternError: it is none of ECMA-262, or no engine of linear time has it; the
            message says what to write instead.
    """
    found = ecma.read(pattern)
    if found.obstacle:
        raise PatternError(found.obstacle)
    try:
        jsonschema_rs.Draft202012Validator(
            {"pattern": found.text}, pattern_options=OPTIONS, offline=True
        )
    except ValueError:
        raise PatternError(
            "it is too large or too deep for an engine of linear time, or names a script"
            " that Unicode does not have; bound lengths with minLength and maxLength"
        ) from None
    return found.text


def is_pattern(text: str) -> bool:
    """Whether a text is a pattern of ECMA-262: what the format `regex` asserts."""
    try:
        ecma.read(text)
    except PatternError:
        return False
    return True
