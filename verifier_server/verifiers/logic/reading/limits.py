"""What is read at all: limits that hold before anything recurses.

Promises: a text of any size and shape is answered in time linear in the limits,
and neither the parser nor anyone who walks the tree after it goes deeper than
`MAX_DEPTH` levels.
"""

from collections.abc import Iterable
from typing import Final

from verifier_server.verifiers.logic.formulas import (
    Atom,
    Compared,
    Computed,
    Connected,
    Equal,
    Formula,
    Function,
    Not,
    Quantified,
    Term,
)
from verifier_server.verifiers.logic.reading.tokens import (
    CLOSE,
    CLOSE_SQUARE,
    OPEN,
    OPEN_SQUARE,
)

MAX_CHARACTERS: Final = 20_000
MAX_TOKENS: Final = 6_000
# Of the tree, terms included, and of brackets in the text.
MAX_DEPTH: Final = 120
MAX_NAME: Final = 200

_OPENING = (OPEN, OPEN_SQUARE)
_CLOSING = (CLOSE, CLOSE_SQUARE)


def deepest_bracket(kinds: list[int]) -> int:
    """The place of the first bracket that is too deep, or -1."""
    depth = 0
    for place, kind in enumerate(kinds):
        if kind in _OPENING:
            depth += 1
            if depth > MAX_DEPTH:
                return place
        elif kind in _CLOSING:
            depth -= 1
    return -1


def too_deep(formula: Formula) -> bool:
    """Whether a tree of any depth has more than `MAX_DEPTH` levels."""
    level: list[Formula | Term] = [formula]
    for _ in range(MAX_DEPTH):
        level = [part for node in level for part in _below(node)]
        if not level:
            return False
    return True


def _below(node: Formula | Term) -> Iterable[Formula | Term]:
    match node:
        case Not(body=body) | Quantified(body=body):
            return (body,)
        case Connected(parts=parts):
            return parts
        case Equal(left=left, right=right) | Compared(left=left, right=right):
            return (left, right)
        case Atom(arguments=arguments) | Function(arguments=arguments):
            return arguments
        case Computed(arguments=mixed):
            return mixed
        case _:
            return ()
