r"""Sums, products, powers and what follows a value: ! % degrees.

Promises: what has two common readings is refused, not guessed: 1/2x, 2 3, x2,
3\frac{5}{2}, \sin x / 2, n!!.

Does not cover: constructs (`atoms`), units (`sides`).
"""

from fractions import Fraction

from verifier_server.verifiers.math.nodes import (
    Based,
    Call,
    Constant,
    Group,
    Matrix,
    Node,
    Number,
    SetBuilder,
    Symbol,
    walk,
)
from verifier_server.verifiers.math.reading.cursor import Cursor
from verifier_server.verifiers.math.reading.names import SETS
from verifier_server.verifiers.math.reading.numerals import (
    LITERALS,
    coming_fraction,
    is_integer,
    is_plain_fraction,
    mixed,
)

MAX_CONDITION_TOKENS = 24
INFINITY = Constant("oo")
MINUS_ONE = Call("neg", (Number(Fraction(1)),))
# Both signs: left to `signs`, which replaces it before an answer is a node.
PLUS_MINUS = "plus-minus"
MINUS_PLUS = "minus-plus"
_SIGNS = {"+": "", "-": "neg", r"\pm": PLUS_MINUS, r"\mp": MINUS_PLUS}
_POWERS = ("pow", "factorial")
_MULTIPLIES = ("*", "/", r"\cross")
_STARTS_KINDS = LITERALS | {"letter", "name", "begin"}
_STARTS = frozenset(
    ("(", "[", "{", r"\{", r"\frac", r"\sqrt", r"\binom", r"\lvert", "...", r"\vec", r"\hat")
) | {
    r"\bar", r"\tilde", r"\dot", r"\ddot", r"\lfloor", r"\lceil", r"\sum", r"\prod", r"\int",
    r"\llcorner", r"\ulcorner", r"\Re", r"\Im", r"\mathbb", r"\angle", r"\triangle", r"\langle",
    r"\check",
}  # fmt: skip
_DEGREE_ENDS = (r"\circ", "}")
_RELATIONS = frozenset(("=", "<", "<=", ">", ">=", "!=", r"\in", "~="))
# Variables that a d before them commonly makes a differential.
DIFFERENTIALS = frozenset("xytuvzrs")
_SECOND = ("'", "'")
_AFTER_AN_INTERVAL = frozenset(("", ",", ";", r"\cup", r"\cap", r"\setminus", ")", r"\}"))


def is_set(node: Node) -> bool:
    """Whether a node is written as a set, so that "-" after it takes members away."""
    return isinstance(node, (Group, SetBuilder)) or (
        isinstance(node, Constant) and node.name in SETS
    )


def scalar(cursor: Cursor, node: Node) -> Node:
    """The node itself.

    Raises:
        UnreadableError: it cannot be an operand.
    """
    if isinstance(node, (Number, Symbol, Call, Based, Matrix)):
        if isinstance(node, Call) and node.arguments[0] == INFINITY and len(node.arguments) == 1:
            raise cursor.fail("arithmetic on infinity")
        return node
    if isinstance(node, Constant) and node.name != "oo" and node.name not in SETS:
        return node
    raise cursor.fail("arithmetic on what is not a number")


def total(cursor: Cursor) -> Node:
    """A sum of terms, or of sets that are taken from one another."""
    node = _term(cursor)
    if not _is_additive(cursor):
        return node
    terms = [node]
    while _is_additive(cursor):
        sign = cursor.text
        cursor.index += 1
        if sign == "-" and len(terms) == 1 and is_set(node):
            node = Group("setminus", "setminus", (node, _set(cursor)))
            terms = [node]
            continue
        terms.append(_signed(cursor, _SIGNS[sign], _addend(cursor)))
    if len(terms) == 1:
        return terms[0]
    scalar(cursor, terms[0])
    return Call("add", tuple(terms))


def _is_additive(cursor: Cursor) -> bool:
    token = cursor.token
    return token.text in _SIGNS and token.kind in ("sign", "command")


def _addend(cursor: Cursor) -> Node:
    """A term behind its sign; "+ -3" with a space is a sum, "+-3" may be both signs."""
    if cursor.at("-") and (cursor.token.spaced or cursor.ahead(-1).text == "-"):
        cursor.index += 1
        return Call("neg", (scalar(cursor, product(cursor)),))
    return scalar(cursor, product(cursor))


def _set(cursor: Cursor) -> Node:
    node = product(cursor)
    if not is_set(node):
        raise cursor.fail("a number taken from a set")
    return node


def _signed(cursor: Cursor, sign: str, node: Node) -> Node:
    if not sign:
        return node
    if node == INFINITY:
        return Call(sign, (node,))
    return Call(sign, (scalar(cursor, node),))


def _term(cursor: Cursor) -> Node:
    """A product with its sign."""
    if not _is_additive(cursor):
        return product(cursor)
    sign = cursor.text
    cursor.index += 1
    node = product(cursor)
    if sign == "-" and isinstance(node, Based):
        return Based(-node.value, node.base)
    return _signed(cursor, _SIGNS[sign], node)


def product(cursor: Cursor) -> Node:
    """Factors side by side, or joined by signs of multiplication and division."""
    start = cursor.index
    node = factor(cursor)
    divided = is_mixed = False
    while True:
        token = cursor.token
        if token.kind in ("sign", "command") and token.text in _MULTIPLIES:
            cursor.index += 1
            name = "div" if token.text == "/" else "mul"
            right = scalar(cursor, _signed_factor(cursor))
            if token.text == r"\cross" and _has_letter(node) and _has_letter(right):
                name = "cross"
            if name == "div" and isinstance(right, Call) and right.name == "degree":
                raise cursor.fail("a quotient in degrees, or degrees below the line")
            node = Call(name, (scalar(cursor, node), right))
            divided, is_mixed = name == "div", False
            continue
        literal = cursor.index == start + 1 and is_integer(cursor.tokens[start])
        if literal and is_plain_fraction(cursor):
            node, is_mixed = mixed(cursor, node), True
            if cursor.take("%"):
                node = Call("percent", (node,))
            elif cursor.at("^"):
                cursor.index += 1
                node = _degrees(cursor, node)
        elif starts_factor(cursor):
            if divided or is_mixed or not _may_juxtapose(cursor, node):
                raise cursor.fail("ambiguous product")
            right = factor(cursor)
            if token.kind in LITERALS and not _is_power(right):
                raise cursor.fail("ambiguous product")
            node = Call("mul", (scalar(cursor, node), scalar(cursor, right)))
        else:
            return node


def _has_letter(node: Node) -> bool:
    return any(isinstance(part, Symbol) for part in walk(node))


def _may_juxtapose(cursor: Cursor, node: Node) -> bool:
    token = cursor.token
    if token.kind in LITERALS:
        # 2^6 3^5, 5! 7!
        last = node.arguments[1] if isinstance(node, Call) and node.name == "mul" else node
        if _is_power(last) or (isinstance(last, Call) and last.name == "div"):
            return True
        return _is_power_behind(cursor)
    if token.kind == "letter" and token.text == "d" and _is_differential(cursor):
        return False
    if token.text == "...":
        return not isinstance(node, Number)
    if token.text == "(" and _is_cycle(cursor):
        return False
    previous = cursor.tokens[cursor.index - 1]
    if token.text == r"\frac" and is_integer(previous):
        return coming_fraction(cursor) is None
    return True


def _is_power_behind(cursor: Cursor) -> bool:
    """Whether (n-1)2^{n+1} or n 2^{n+1} comes: a bracket or a letter, and a power with braces.

    Behind a letter the exponent holds one too: x2^{3} may be a badly written x_2^3.
    """
    before, exponent_at = cursor.ahead(-1), cursor.ahead(2)
    if cursor.ahead(1).text != "^":
        return False
    if before.text == ")":
        return True
    braced = exponent_at.text == "{"
    first = cursor.ahead(3) if braced else exponent_at
    return before.kind == "letter" and first.kind == "letter"


def _is_cycle(cursor: Cursor) -> bool:
    """Whether 0.1(6) comes: a product, or a repeating decimal."""
    previous, inner = cursor.ahead(-1), cursor.ahead(1)
    return (
        previous.kind == "number"
        and "." in previous.text
        and not cursor.token.spaced
        and is_integer(inner)
        and cursor.ahead(2).text == ")"
    )


def _is_differential(cursor: Cursor) -> bool:
    """Whether a word of its own such as dx comes next, outside any integral."""
    first, second, third = cursor.token, cursor.ahead(1), cursor.ahead(2)
    if second.kind != "letter" or second.spaced or second.text not in DIFFERENTIALS:
        return False
    return first.spaced and not (third.kind == "letter" and not third.spaced)


def _is_power(node: Node) -> bool:
    return isinstance(node, Call) and node.name in _POWERS


def _signed_factor(cursor: Cursor) -> Node:
    if cursor.take("-"):
        return Call("neg", (scalar(cursor, factor(cursor)),))
    return factor(cursor)


def starts_factor(cursor: Cursor) -> bool:
    """Whether a value comes next, without a sign before it."""
    token = cursor.token
    if token.kind in _STARTS_KINDS:
        if token.text in ("C", "F") and cursor.ahead(-1).text in _DEGREE_ENDS and _is_heat(cursor):
            return False
        return not (token.kind == "name" and token.text == "mod") and not is_union_sign(cursor)
    if token.kind not in ("sign", "command"):
        return False
    if token.text == "|":
        return not cursor.in_bars and not cursor.in_builder
    if token.text == "(":
        following = cursor.ahead(1)
        return following.text != "mod" and following.kind != "prose" and not is_condition(cursor)
    if token.text == "[":
        # The end of [a, b[ and no bracket of a product.
        return cursor.ahead(1).text not in _AFTER_AN_INTERVAL
    return token.text in _STARTS


def _is_heat(cursor: Cursor) -> bool:
    """Whether a degree sign ends before the index: 25^\\circ C is a temperature."""
    last = cursor.ahead(-1).text
    return last == r"\circ" or (last == "}" and cursor.ahead(-2).text == r"\circ")


def is_condition(cursor: Cursor) -> bool:
    """Whether round brackets with a relation come next: y = x^2 (x > 0)."""
    if cursor.text != "(":
        return False
    for token in cursor.tokens[cursor.index + 1 : cursor.index + MAX_CONDITION_TOKENS]:
        if token.text in ("(", ")"):
            return False
        if token.text in _RELATIONS and token.kind in ("sign", "command"):
            return True
    return False


def is_union_sign(cursor: Cursor) -> bool:
    """Whether the letter U comes next between brackets: (0,1)U(2,3)."""
    if cursor.text != "U" or cursor.kind != "letter":
        return False
    before, after = cursor.ahead(-1).text, cursor.ahead(1).text
    return before in (")", "]", r"\}") and after in ("(", "[", r"\{")


def factor(cursor: Cursor) -> Node:
    """An atom with its powers, factorials, percent signs and degrees."""
    node = cursor.rules.atom(cursor)
    while True:
        token = cursor.token
        if token.kind != "sign":
            return node
        if token.text == "^":
            cursor.index += 1
            node = _power(cursor, node)
        elif token.text == "!":
            cursor.index += 1
            if cursor.at("!"):
                raise cursor.fail("a double factorial")
            node = Call("factorial", (scalar(cursor, node),))
        elif token.text == "%":
            cursor.index += 1
            node = Call("percent", (scalar(cursor, node),))
        else:
            return node


def _power(cursor: Cursor, base: Node) -> Node:
    if cursor.at(r"\circ") or (cursor.at("{") and cursor.ahead(1).text == r"\circ"):
        return _degrees(cursor, base)
    braced = cursor.text in ("{", "(")
    power = exponent(cursor)
    if not braced and _is_cut_short(cursor, base, power):
        raise cursor.fail("an exponent that needs braces")
    if isinstance(base, Matrix):
        if power in (Symbol("T"), Symbol("top")):
            return Call("transpose", (base,))
        if power == MINUS_ONE:
            return Call("inverse", (base,))
    return Call("pow", (scalar(cursor, base), power))


def _is_cut_short(cursor: Cursor, base: Node, power: Node) -> bool:
    """Whether an exponent without braces may reach further: e^2x, x^1/2."""
    token = cursor.token
    if token.text == "/":
        return power == Number(Fraction(1))
    return base == Constant("e") and token.kind in ("letter", "name") and not token.spaced


def _degrees(cursor: Cursor, node: Node) -> Node:
    r"""x^\circ, with minutes and seconds of arc: 60^\circ 42' 30''."""
    braced = cursor.take("{")
    cursor.expect(r"\circ")
    if braced:
        cursor.expect("}")
    scalar(cursor, node)
    if isinstance(node, Number) and cursor.kind == "number":
        value, minutes = node.value, Fraction(cursor.text)
        if cursor.ahead(1).text != "'" or minutes >= 60:
            raise cursor.fail("a number behind degrees")
        cursor.index += 2
        value += minutes / 60
        if cursor.kind == "number" and (cursor.ahead(1).text, cursor.ahead(2).text) == _SECOND:
            seconds = Fraction(cursor.text)
            if seconds >= 60:
                raise cursor.fail("a number behind minutes")
            value += seconds / 3600
            cursor.index += 3
        node = Number(value)
    return Call("degree", (node,))


def exponent(cursor: Cursor) -> Node:
    """What stands behind ^, with a tower of powers from the top."""
    sign = ""
    if cursor.token.text in _SIGNS and cursor.kind in ("sign", "command"):
        sign = _SIGNS[cursor.text]
        cursor.index += 1
    if cursor.at(r"\top") or cursor.at("*"):
        raise cursor.fail("a mark in the place of a power")
    if cursor.kind in LITERALS and cursor.ahead(1).text == "_":
        raise cursor.fail("an exponent with a subscript")
    node = scalar(cursor, cursor.rules.atom(cursor))
    if cursor.take("^"):
        cursor.deeper()
        node = Call("pow", (node, exponent(cursor)))
        cursor.shallower()
    elif cursor.at("!"):
        raise cursor.fail("a factorial in an exponent needs braces")
    return Call(sign, (node,)) if sign else node
