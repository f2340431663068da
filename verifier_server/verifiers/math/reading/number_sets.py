r"""The sets of numbers: \mathbb{R}, \R, and their parts \mathbb{R}^+, \mathbb{Z}_{\ge 0}.

Promises: parts of the reals become the intervals that they are; parts of other sets, and
powers such as \mathbb{R}^2, become one Symbol for each.

Does not cover: what is a member of a set.
"""

from fractions import Fraction

from verifier_server.verifiers.math.nodes import Call, Constant, Group, Node, Number, Symbol
from verifier_server.verifiers.math.reading.cursor import Cursor
from verifier_server.verifiers.math.reading.names import SETS

MAX_MARK_TOKENS = 8

_ZERO = Number(Fraction(0))
_INFINITY = Constant("oo")
_REALS = {
    "+": Group("(", ")", (_ZERO, _INFINITY)),
    ">0": Group("(", ")", (_ZERO, _INFINITY)),
    ">=0": Group("[", ")", (_ZERO, _INFINITY)),
    "-": Group("(", ")", (Call("neg", (_INFINITY,)), _ZERO)),
    "<0": Group("(", ")", (Call("neg", (_INFINITY,)), _ZERO)),
    "<=0": Group("(", "]", (Call("neg", (_INFINITY,)), _ZERO)),
    "*": Group("setminus", "setminus", (Constant("R"), Group("{", "}", (_ZERO,)))),
}
_ONE_NAME = {
    **dict.fromkeys(("Z^+", "Z_+", "Z_>0", "Z_>=1", "N^+", "N_+", "N_>0", "N_>=1", "N^*"), "Z^+"),
    **dict.fromkeys(("Z_>=0", "N_0", "N_>=0", "N^0"), "N_0"),
    **dict.fromkeys(("Z^-", "Z_-", "Z_<0"), "Z^-"),
    **dict.fromkeys(("Q^+", "Q_+", "Q_>0"), "Q^+"),
}


def number_set(cursor: Cursor, command: str) -> Node:
    r"""The set named by the command behind the index: \mathbb or \R.

    Raises:
        UnreadableError: no set of numbers.
    """
    name = command[1:]
    if command == r"\mathbb":
        braced = cursor.take("{")
        name = cursor.text
        if cursor.kind != "letter":
            raise cursor.fail("no set of numbers")
        cursor.index += 1
        if braced:
            cursor.expect("}")
    if name not in SETS:
        raise cursor.fail("no set of numbers")
    return marked(cursor, name)


def marked(cursor: Cursor, name: str) -> Node:
    """The set with the signs above and below it, which make it a part of itself."""
    marks = ""
    while cursor.at("^") or cursor.at("_"):
        marks += cursor.text
        cursor.index += 1
        braced = cursor.take("{")
        for _ in range(MAX_MARK_TOKENS):
            if cursor.kind == "stop" or (braced and cursor.at("}")):
                break
            marks += cursor.text
            cursor.index += 1
            if not braced:
                break
        if braced:
            cursor.expect("}")
    if not marks:
        return Constant(name)
    if name == "R" and marks[1:] in _REALS:
        return _REALS[marks[1:]]
    return Symbol(_ONE_NAME.get(name + marks, name + marks))
