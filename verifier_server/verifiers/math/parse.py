r"""Answer text to meaning: the whole way from a string to a node.

Promises: the same text always gives the same node, and a text outside the
grammar gives `UnreadableError`, never a part of it.

Does not cover: what the nodes are worth (`check`).
"""

from verifier_server.verifiers.math import words
from verifier_server.verifiers.math.grammar import read
from verifier_server.verifiers.math.lex import UnreadableError, normalise, tokens
from verifier_server.verifiers.math.limits import MAX_ANSWER_BYTES
from verifier_server.verifiers.math.nodes import Group, Node, Quantity, Relation, Text, walk

_PLUS_MINUS = r"\pm"


def parse(text: str) -> Node:
    r"""The meaning of an answer.

    One \pm stands for both signs, which makes a list of two.

    Raises:
        UnreadableError: the text is not an answer this verifier reads.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_ANSWER_BYTES:
        raise UnreadableError(f"longer than {MAX_ANSWER_BYTES} bytes", 0)
    bare = words.unwrapped(normalise(text))
    if not bare:
        raise UnreadableError("empty", 0)
    phrase = words.words(bare)
    if phrase is not None and phrase not in ("pi", "oo", "inf", "infinity"):
        return Text(phrase)
    body, unit = words.split_unit(bare)
    listed = words.with_commas(body)
    node = _both_signs(listed)
    if listed != body and any(_is_inequality(part) for part in walk(node)):
        raise UnreadableError("inequalities joined by a word", 0)
    if listed != body and words.says_or(body) and len(_names(node)) > 1:
        raise UnreadableError("values of different names joined by or", 0)
    return Quantity(node, unit) if unit else node


def _is_inequality(node: Node) -> bool:
    # "x < 1 or x > 2" is no list: "and" in the place of "or" makes it another answer.
    return isinstance(node, Relation) and node.operators != ("=",)


def _names(node: Node) -> set[Node]:
    items = node.items if isinstance(node, Group) else (node,)
    return {item.sides[0] for item in items if isinstance(item, Relation)}


def _both_signs(text: str) -> Node:
    if _PLUS_MINUS not in text:
        return read(tokens(text))
    if text.count(_PLUS_MINUS) > 1:
        raise UnreadableError("more than one plus-minus sign", text.rindex(_PLUS_MINUS))
    return Group("", "", tuple(read(tokens(text.replace(_PLUS_MINUS, sign))) for sign in "+-"))
