r"""Words and signs beside a last number or formula that make it another answer, or none.

Promises: only what touches it changes it (`minus 42`, `twice $x$`, `step 3`); a word that
denies or doubts does so from a short way off. Linear in the text's length.

Does not cover: what stands in other sentences or lines.
"""

import re

HEDGE_CHARS = 40

_SIGN_BEFORE = re.compile(r"(?:[-+*/^_<>!]|\\[A-Za-z]+)\s*$")
_CHANGED = re.compile(
    r"(?:\b(?:minus|negative|twice|thrice|double|triple|half|over|under|above|below|beyond|without"
    r"|hardly|(?:anything|all) but|up to|exceeds?|exceeding|question|step|page|exercise"
    r"|option|dim|base\s+\w+:"
    r"|(?:half|third|quarter|square|cube|root|opposite|reciprocal|inverse|logarithm|multiple"
    r"|power|one) of)|\#|\d\S*\s+(?:to|through|till|until))(?: the)?\s*$",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"n[o']t\b|n\u2019t\b|\b(?:no|or|and|if|never|neither|nor|either|between|than|least|most|except"
    r"|wrong|false|maybe|perhaps|guess|doubt|incorrect|invalid|impossible|untrue"
    r"|(?:may|might|could) be|possibly)\b",
    re.IGNORECASE,
)


def follows_a_sign(before: str) -> bool:
    """Whether a sign or command stands just before: -, 2 *, \\sqrt."""
    return _SIGN_BEFORE.search(before[-HEDGE_CHARS:]) is not None


def is_changed(before: str) -> bool:
    """Whether a word just before makes another value of it: twice, minus, half of."""
    return _CHANGED.search(before[-HEDGE_CHARS:]) is not None


def is_hedged(before: str, after: str) -> bool:
    """Whether a word denies or doubts it: not, or, more than; is wrong."""
    return bool(_HEDGE.search(before[-HEDGE_CHARS:]) or _HEDGE.search(after))
