r"""Functions: trigonometric, hyperbolic, their inverses, logarithms, roots, gcd and the like.

Promises: one name for all spellings. Without brackets a function takes the factors that
follow, \ln xy = ln(xy), up to the next function; where more than one reading is common
(\sin x / 2, \sin x(y), \sin x \sqrt 2) it is refused. \sin(x)^2 is (sin x)^2 and
\sin^{-1} x is arcsin x.

Plain \log without a base is ln times an unknown positive constant, so that an
equality holds only where it holds for every base.

Does not cover: unknown functions (`symbols`).
"""

from fractions import Fraction

from verifier_server.verifiers.math.nodes import Call, Constant, Group, Node, Number, Symbol
from verifier_server.verifiers.math.reading.arithmetic import (
    MINUS_ONE,
    exponent,
    factor,
    scalar,
    total,
)
from verifier_server.verifiers.math.reading.cursor import Cursor
from verifier_server.verifiers.math.reading.lex import Token
from verifier_server.verifiers.math.reading.names import BRACKETED, FUNCTIONS, INVERSE
from verifier_server.verifiers.math.reading.numerals import LITERALS

LOG_UNIT = Symbol("(unknown base)")

# Of the functions that need brackets, these may do without before one letter.
_WITHOUT_BRACKETS = ("det", "re", "im", "arg")
_TWO = Number(Fraction(2))
_THREE = Number(Fraction(3))
_TEN = Number(Fraction(10))
_SEVERAL = frozenset(("gcd", "lcm", "max", "min"))
_ONLY_AFTER_NUMBERS = (r"\frac", r"\sqrt", "sqrt")
_MAY_FOLLOW = (*_ONLY_AFTER_NUMBERS, "pi")
_BRACKETS = ("(", "{", "[", r"\{")
_PAIRS = (("(", ")"), ("[", "]"), ("{", "}"))


def named(cursor: Cursor, token: Token) -> Node:
    """A constant or function by its name, behind the index."""
    name = token.text
    if name == "pi":
        return Constant("pi")
    if name == "oo":
        return Constant("oo")
    if name == "sqrt":
        return _root(cursor, in_tex=False)
    if name == "cbrt":
        return Call("root", (_bracketed(cursor), _THREE))
    if name in _SEVERAL:
        return _of_several(cursor, name)
    if name in BRACKETED:
        return Call(name, (_bracketed(cursor),))
    if name in FUNCTIONS:
        return _function(cursor, name)
    raise cursor.fail(f"unexpected {name!r}")


def square_root(cursor: Cursor) -> Node:
    r"""\sqrt and its argument, behind the command."""
    return _root(cursor, in_tex=True)


def _root(cursor: Cursor, in_tex: bool) -> Node:
    degree: Node = _TWO
    if cursor.take("["):
        flags = cursor.opened()
        degree = scalar(cursor, total(cursor))
        cursor.closed(flags)
        cursor.expect("]")
    if in_tex and cursor.kind in LITERALS and len(cursor.text) > 1:
        raise cursor.fail("a root needs braces round its number")
    return Call("root", (scalar(cursor, cursor.rules.atom(cursor)), degree))


def _bracketed(cursor: Cursor) -> Node:
    if cursor.text not in _BRACKETS and cursor.kind != "begin":
        if cursor.kind == "letter" and cursor.ahead(-1).text in _WITHOUT_BRACKETS:
            return scalar(cursor, cursor.rules.atom(cursor))
        raise cursor.fail("a function without brackets")
    return scalar(cursor, cursor.rules.atom(cursor))


def _of_several(cursor: Cursor, name: str) -> Node:
    if cursor.at("_"):
        raise cursor.fail("an extremum over a set")
    if cursor.text not in _BRACKETS:
        raise cursor.fail("a function without brackets")
    node = cursor.rules.atom(cursor)
    items = node.items if isinstance(node, Group) else (node,)
    if not items:
        raise cursor.fail("a function of nothing")
    if isinstance(node, Group) and (node.opening, node.closing) not in _PAIRS:
        raise cursor.fail("unbalanced brackets")
    return Call(name, tuple(scalar(cursor, item) for item in items))


def _function(cursor: Cursor, name: str) -> Node:
    base: Node | None = _TEN if name == "lg" else None
    if name == "log" and cursor.take("_"):
        base = scalar(cursor, cursor.argument())
    power: Node | None = None
    if cursor.take("^"):
        power = exponent(cursor)
        if power == MINUS_ONE:
            name, power = f"arc{name}", None
            if name not in INVERSE:
                raise cursor.fail("ambiguous exponent of a function")
        elif not (isinstance(power, Number) and power.value > 0):
            raise cursor.fail("ambiguous exponent of a function")
    if name == "log" and base is None and cursor.take("_"):
        base = scalar(cursor, cursor.argument())
    argument = _argument(cursor)
    node = _applied(name, argument, base)
    return Call("pow", (node, power)) if power else node


def _applied(name: str, argument: Node, base: Node | None) -> Node:
    if base is not None:
        return Call("div", (Call("ln", (argument,)), Call("ln", (base,))))
    if name == "log":
        return Call("mul", (LOG_UNIT, Call("ln", (argument,))))
    if name == "exp":
        return Call("pow", (Constant("e"), argument))
    if name == "cis":
        imaginary = Call("mul", (Constant("i"), Call("sin", (argument,))))
        return Call("add", (Call("cos", (argument,)), imaginary))
    return Call(name, (argument,))


def _argument(cursor: Cursor) -> Node:
    if cursor.text in ("(", "{", "["):
        braces = cursor.at("{")
        node = cursor.rules.atom(cursor)
        if isinstance(node, Group) and node.opening == "[" and len(node.items) == 1:
            node = node.items[0]
        scalar(cursor, node)
        if cursor.at("!") or cursor.at("_") or (braces and cursor.at("^")):
            raise cursor.fail("ambiguous power of a function")
        return node
    if cursor.kind == "name" and cursor.text in FUNCTIONS:
        node = scalar(cursor, cursor.rules.atom(cursor))
        if cursor.kind in ("letter", "name", *LITERALS) or cursor.text in ("(", r"\frac", "/"):
            raise cursor.fail("a function of a function needs brackets")
        return node
    if cursor.take("-"):
        return Call("neg", (_factors(cursor),))
    return _factors(cursor)


def _factors(cursor: Cursor) -> Node:
    """The factors of an argument without brackets."""
    node = scalar(cursor, factor(cursor))
    first_is_number = isinstance(node, Number)
    while cursor.kind in ("letter", *LITERALS) or cursor.text in _MAY_FOLLOW:
        if cursor.kind in LITERALS:
            raise cursor.fail("ambiguous product")
        if cursor.text in _ONLY_AFTER_NUMBERS and not first_is_number:
            raise cursor.fail("ambiguous argument of a function")
        node = Call("mul", (node, scalar(cursor, factor(cursor))))
    bar = cursor.at("|") and not cursor.in_bars and not cursor.in_builder
    if cursor.text in ("/", "(", "[", "{", "%") or bar or cursor.at(r"\lvert"):
        raise cursor.fail("ambiguous argument of a function")
    return node
