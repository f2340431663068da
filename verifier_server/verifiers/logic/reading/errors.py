"""What a reading gives: a formula with cautions, or an error with its place.

Promises: every offset counts characters of the text as it was given; lines and
columns start at 1, and a line ends with a line feed.
"""

from dataclasses import dataclass

from verifier_server.verifiers.logic.formulas import Formula

SYNTAX = "syntax"
UNBALANCED = "unbalanced"
BAD_CHARACTER = "bad_char"
TRAILING = "trailing"
EMPTY = "empty"
BINDER = "binder"
TOO_LONG = "too_long"
TOO_DEEP = "too_deep"


@dataclass(frozen=True, slots=True)
class Caution:
    """A formula was read, but another reader may read it otherwise.

    Args:
        reason: `ambiguous_xor`, `widened_scope`, `ambiguous_scope`,
            `chained_implication`, `shadowed_variable`, `uninterpreted_order`,
            `repaired_parentheses` or `closed_free_variables`.
        message: what was decided, for a person.
        offset: where, in characters of the given text.
    """

    reason: str
    message: str
    offset: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A formula, and what was decided on the way to it."""

    formula: Formula
    warnings: tuple[Caution, ...] = ()


class ReadError(ValueError):
    """The text is not a formula.

    Args:
        reason: `syntax`, `unbalanced` (a closing bracket that nothing opened),
            `bad_char`, `trailing`, `empty`, `binder`, `too_long` or `too_deep`.
        message: what was expected and found, for a person.
        text: the text as it was given.
        offset: where, in characters of it.
    """

    def __init__(self, reason: str, message: str, text: str, offset: int):
        self.reason = reason
        self.message = message
        self.offset = offset
        self.line = text.count("\n", 0, offset) + 1
        self.column = offset - text.rfind("\n", 0, offset)
        super().__init__(f"{self.line}:{self.column}: {message}")
