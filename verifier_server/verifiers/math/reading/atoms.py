"""One construct at a time: which rule reads what comes next.

Promises: the kind and the text of one token choose the rule.

Does not cover: the rules themselves.
"""

import re

from verifier_server.verifiers.math.nodes import Call, Constant, Group, Matrix, Node
from verifier_server.verifiers.math.reading.arithmetic import scalar
from verifier_server.verifiers.math.reading.binders import derivative, folded, integral, limit
from verifier_server.verifiers.math.reading.brackets import (
    FENCES,
    OPENING,
    angled,
    bracketed,
    fenced,
    reversed_interval,
)
from verifier_server.verifiers.math.reading.cursor import Cursor
from verifier_server.verifiers.math.reading.environments import environment
from verifier_server.verifiers.math.reading.functions import named, square_root
from verifier_server.verifiers.math.reading.lex import Token
from verifier_server.verifiers.math.reading.number_sets import number_set
from verifier_server.verifiers.math.reading.numerals import LITERALS, based, literal
from verifier_server.verifiers.math.reading.symbols import ACCENTS, SHAPES, accented, letter, shape

_SET_COMMANDS = frozenset((r"\mathbb", r"\R", r"\Q", r"\Z", r"\N", r"\C"))
_HEXADECIMAL = re.compile(r"[0-9A-F]+")


def atom(cursor: Cursor) -> Node:
    """One construct.

    Raises:
        UnreadableError: none begins here, or too many are open.
    """
    cursor.deeper()
    token = cursor.token
    cursor.index += 1
    node = _read(cursor, token)
    cursor.shallower()
    return node


def _read(cursor: Cursor, token: Token) -> Node:
    kind, text = token.kind, token.text
    if kind in LITERALS:
        return literal(cursor, token)
    if kind == "letter":
        return letter(cursor, token)
    if kind == "name":
        return limit(cursor) if text == "lim" else named(cursor, token)
    if kind == "begin":
        return environment(cursor, text)
    if kind in ("sign", "command"):
        if text in OPENING:
            return _bracketed(cursor, text)
        if text in FENCES:
            return _fenced(cursor, text)
        node = _commanded(cursor, text)
        if node is not None:
            return node
    cursor.index -= 1
    raise cursor.fail(f"unexpected {text[:40]!r}" if text else "unexpected end")


def _commanded(cursor: Cursor, text: str) -> Node | None:
    if text == r"\frac":
        found = derivative(cursor)
        if found is not None:
            return found
        top = scalar(cursor, cursor.argument())
        return Call("div", (top, scalar(cursor, cursor.argument())))
    if text == r"\sqrt":
        return square_root(cursor)
    if text == r"\binom":
        upper = scalar(cursor, cursor.argument())
        return Call("binomial", (upper, scalar(cursor, cursor.argument())))
    if text == r"\emptyset":
        return Group("{", "}", ())
    if text == "...":
        return Constant("...")
    if text in ACCENTS:
        return accented(cursor, text)
    if text in SHAPES:
        return shape(cursor, text)
    if text in (r"\sum", r"\prod"):
        return folded(cursor, text)
    if text == r"\int":
        return integral(cursor)
    if text in _SET_COMMANDS:
        return number_set(cursor, text)
    if text in (r"\Re", r"\Im"):
        return Call(text[1:].lower(), (scalar(cursor, cursor.rules.atom(cursor)),))
    if text == "]":
        return reversed_interval(cursor)
    if text in ("<", r"\langle"):
        return angled(cursor, ">" if text == "<" else r"\rangle")
    return None


def _bracketed(cursor: Cursor, opening: str) -> Node:
    start = cursor.index
    if opening == r"\{" and cursor.kind == "begin":
        cursor.index += 1
        node = environment(cursor, cursor.tokens[start].text, after_brace=True)
        # \right. leaves no trace.
        _ = cursor.take(r"\}")
        return node
    node = bracketed(cursor, opening)
    if isinstance(node, Group) and (node.opening, node.closing) == ("[", "]"):
        # \left[\begin{matrix}...\end{matrix}\right] is the matrix.
        inner = node.items[0]
        return inner if isinstance(inner, Matrix) and len(node.items) == 1 else node
    if cursor.at("_") and opening == "(" and cursor.index == start + 2:
        # (101)_2
        digits = cursor.tokens[start].text
        if cursor.tokens[start].kind == "number" and _HEXADECIMAL.fullmatch(digits):
            return based(cursor, digits)
    return node


def _fenced(cursor: Cursor, opening: str) -> Node:
    """A value between bars; a matrix between them is its determinant."""
    node = fenced(cursor, opening)
    if isinstance(node, Call) and node.name == "abs" and isinstance(node.arguments[0], Matrix):
        return Call("det", node.arguments)
    return node
