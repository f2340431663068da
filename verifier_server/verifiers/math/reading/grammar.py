r"""Tokens to a node: the grammar of a final answer, by recursive descent.

Promises: what has two common readings is refused, not guessed. Depth and size are
bounded. No text is ever evaluated as code. Each file of the grammar has one concern:
`relations`, `sides` (sets, units), `arithmetic`, `atoms`, and what those name.

Does not cover: words around an answer (`wrappers`, `qualifiers`), answers in words (`words`).
"""

from verifier_server.verifiers.math.limits import MAX_NODES
from verifier_server.verifiers.math.nodes import Node, walk
from verifier_server.verifiers.math.reading import signs
from verifier_server.verifiers.math.reading.arithmetic import factor, product, total
from verifier_server.verifiers.math.reading.atoms import atom
from verifier_server.verifiers.math.reading.cursor import Cursor, Rules
from verifier_server.verifiers.math.reading.lex import Token, UnreadableError
from verifier_server.verifiers.math.reading.relations import answer, relation, sequence
from verifier_server.verifiers.math.reading.sides import side

_SIGNS = frozenset((r"\pm", r"\mp"))
_RULES = Rules(sequence, relation, side, total, product, factor, atom)


def read(tokens: list[Token]) -> Node:
    """The meaning of a whole answer.

    Args:
        tokens: resolved (`names`), with a stop at their end.

    Raises:
        UnreadableError: it is outside the grammar or the bounds.
    """
    node = answer(Cursor(tokens, _RULES))
    # A node of one part takes at least one token: few tokens need no count.
    if len(tokens) > MAX_NODES // 4 and sum(1 for _ in walk(node)) > MAX_NODES:
        raise UnreadableError(f"more than {MAX_NODES} parts", 0)
    signed = any(token.text in _SIGNS for token in tokens)
    return signs.resolved(node) if signed else node
