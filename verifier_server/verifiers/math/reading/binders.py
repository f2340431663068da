r"""Constructs that bind a variable: sums, products, integrals, limits, derivatives.

Promises: the body of a sum, product or limit is the product that follows; that of an
integral reaches to its differential, which must be there.

Does not cover: one-sided limits, multiple integrals, sums over a condition.
"""

from verifier_server.verifiers.math.nodes import Call, Constant, Node, Relation, Symbol
from verifier_server.verifiers.math.reading.arithmetic import (
    DIFFERENTIALS,
    product,
    scalar,
    starts_factor,
    total,
)
from verifier_server.verifiers.math.reading.cursor import Cursor
from verifier_server.verifiers.math.reading.lex import Token
from verifier_server.verifiers.math.reading.names import STOP
from verifier_server.verifiers.math.reading.numerals import decimal
from verifier_server.verifiers.math.reading.renaming import with_variable_i

_NAMES = {r"\sum": "sum", r"\prod": "product"}
_DIFFERENTIALS = ("d", "partial")
MAX_ORDER = 4
MAX_LOOKED_AT = 40


def folded(cursor: Cursor, command: str) -> Node:
    r"""\sum and \prod, behind the command."""
    low: Node | None = None
    high: Node | None = None
    while cursor.at("_") or cursor.at("^"):
        below = cursor.at("_")
        cursor.index += 1
        if below and low is None:
            low = _bound_start(cursor)
        elif not below and high is None:
            high = _bound(cursor)
        else:
            raise cursor.fail("two bounds on one side")
    if not isinstance(low, Relation) or high is None:
        raise cursor.fail("a sum without its bounds")
    body = scalar(cursor, _body(cursor))
    if low.sides[0] == Symbol("i"):
        body = with_variable_i(body)
    return Call(_NAMES[command], (body, low.sides[0], low.sides[1], high))


def _body(cursor: Cursor) -> Node:
    cursor.deeper()
    node = product(cursor)
    cursor.shallower()
    return node


def _bound(cursor: Cursor) -> Node:
    """A bound: in braces, or one sign."""
    if cursor.take("{"):
        flags = cursor.opened()
        node = total(cursor)
        cursor.closed(flags)
        cursor.expect("}")
    else:
        node = _sign(cursor)
    return node if node == Constant("oo") or _is_minus_infinity(node) else scalar(cursor, node)


def _sign(cursor: Cursor) -> Node:
    r"""A bound of one sign, to which no subscript belongs: \int^b_a."""
    token = cursor.token
    if token.kind == "letter":
        cursor.index += 1
        return Constant(token.text) if token.text in ("e", "i") else Symbol(token.text)
    if token.kind == "number":
        if len(token.text) > 1:
            raise cursor.fail("a bound needs braces")
        cursor.index += 1
        return decimal(token.text)
    return cursor.argument()


def _is_minus_infinity(node: Node) -> bool:
    return node == Call("neg", (Constant("oo"),))


def _bound_start(cursor: Cursor) -> Node:
    cursor.expect("{")
    flags = cursor.opened()
    node = cursor.rules.relation(cursor)
    cursor.closed(flags)
    cursor.expect("}")
    if not isinstance(node, Relation) or node.operators != ("=",):
        raise cursor.fail("a bound that sets no variable")
    if isinstance(node.sides[0], Constant) and node.sides[0].name in ("i", "e"):
        node = Relation(("=",), (Symbol(node.sides[0].name), node.sides[1]))
    if not isinstance(node.sides[0], Symbol):
        raise cursor.fail("a bound that sets no variable")
    return node


def limit(cursor: Cursor) -> Node:
    r"""\lim_{x \to a}, behind the name."""
    cursor.expect("_")
    cursor.expect("{")
    flags = cursor.opened()
    variable = cursor.rules.atom(cursor)
    cursor.expect(r"\to")
    point = total(cursor)
    cursor.closed(flags)
    cursor.expect("}")
    if not isinstance(variable, Symbol):
        raise cursor.fail("a limit without a variable")
    return Call("limit", (scalar(cursor, _body(cursor)), variable, point))


def integral(cursor: Cursor) -> Node:
    r"""\int with or without bounds, behind the command."""
    bounds: dict[str, Node] = {}
    while cursor.text in ("_", "^") and cursor.kind == "sign" and cursor.text not in bounds:
        side = cursor.text
        cursor.index += 1
        bounds[side] = _bound(cursor)
    if len(bounds) == 1:
        raise cursor.fail("an integral with one bound")
    limits = (bounds["_"], bounds["^"]) if bounds else ()
    end = _differential(cursor)
    if end is None:
        above = _differential_above(cursor)
        return Call("integral", (scalar(cursor, _body(cursor)), above, *limits))
    variable = Symbol(cursor.tokens[end + 1].text)
    # The body is read as an answer of its own, which ends where the differential begins.
    outer, after = cursor.tokens, end + 2
    cursor.tokens = [*outer[:end], STOP._replace(position=outer[end].position)]
    flags = cursor.opened()
    cursor.deeper()
    body = scalar(cursor, total(cursor))
    if cursor.kind != "stop":
        raise cursor.fail("an integral that does not end")
    cursor.shallower()
    cursor.closed(flags)
    # Reading the body may have split tokens; what follows the differential has not moved.
    cursor.tokens, cursor.index = outer, after
    return Call("integral", (body, variable, *limits))


def _differential_above(cursor: Cursor) -> Symbol:
    r"""The variable of \int \frac{dx}{x}, which the numerator then lacks.

    Raises:
        UnreadableError: there is no differential there either.
    """
    tokens = cursor.tokens
    for index in range(cursor.index, min(cursor.index + MAX_LOOKED_AT, len(tokens) - 4)):
        if tokens[index].text != r"\frac" or tokens[index + 1].text != "{":
            continue
        end = index + 2
        while end < len(tokens) - 2 and tokens[end].text not in ("{", "}", ""):
            end += 1
        if tokens[end].text == "}" and tokens[end - 1].kind == "letter" and _is_d(tokens[end - 2]):
            one = tokens[end - 2]._replace(kind="number", text="1")
            rest = [one] if end - 2 == index + 2 else []
            cursor.tokens = [*tokens[: end - 2], *rest, *tokens[end:]]
            return Symbol(tokens[end - 1].text)
        break
    raise cursor.fail("an integral without a differential")


def _differential(cursor: Cursor) -> int | None:
    """The index of the d of the dx that ends the integral; None without one."""
    depth = 0
    for index in range(cursor.index, len(cursor.tokens) - 1):
        token = cursor.tokens[index]
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(token.text, 0)
        if depth < 0:
            break
        following = cursor.tokens[index + 1]
        if depth == 0 and _is_d(token) and following.kind == "letter":
            return index
    return None


def _is_d(token: Token) -> bool:
    return token.kind == "letter" and token.text in _DIFFERENTIALS


def derivative(cursor: Cursor) -> Node | None:
    r"""\frac{d}{dx} f, \frac{dy}{dx} and their higher orders, behind the \frac.

    Returns:
        None, with the index unmoved, for any other fraction.

    Raises:
        UnreadableError: a derivative of nothing, a differential without an integral.
    """
    texts = [cursor.ahead(step) for step in range(6)]
    if texts[0].text != "{" or not _is_d(texts[1]):
        return None
    alone = texts[1].text == "d" and texts[2].text in DIFFERENTIALS and texts[3].text == "}"
    if alone and not (texts[4].text == "{" and _is_d(texts[5])):
        raise cursor.fail("a differential outside an integral")
    start = cursor.index
    cursor.index += 2
    order = _order(cursor)
    subject: Node | None = None
    if cursor.kind == "letter":
        subject = Symbol(cursor.text)
        cursor.index += 1
    variable = None
    if cursor.take("}") and cursor.take("{") and _is_d(cursor.token):
        cursor.index += 1
        variable = Symbol(cursor.text) if cursor.kind == "letter" else None
        cursor.index += 1
    if variable is None or _order(cursor) != order or not cursor.take("}") or not order:
        cursor.index = start
        return None
    if subject is None:
        if not starts_factor(cursor):
            raise cursor.fail("a derivative of nothing")
        subject = scalar(cursor, _body(cursor))
    for _ in range(order):
        subject = Call("derivative", (subject, variable))
    return subject


def _order(cursor: Cursor) -> int:
    """The order behind a d, 1 where there is none, 0 where it is no small number."""
    if not cursor.at("^"):
        return 1
    cursor.index += 1
    braced = cursor.take("{")
    order = int(cursor.text) if cursor.kind == "number" and len(cursor.text) == 1 else 0
    cursor.index += 1
    if braced and not cursor.take("}"):
        return 0
    return order if order <= MAX_ORDER else 0
