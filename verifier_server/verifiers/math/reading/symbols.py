r"""Names of values: letters with subscripts, accents and primes, angles and shapes.

Promises: a name is one Symbol however it is decorated: x_{max}, \vec{v}, \overline{AB},
\angle ABC; bold and hatted i, j and k are unit vectors, and no imaginary unit. Unknown
functions are read only where a letter is commonly one, or where the answer defines it.

Does not cover: names in words (`relations`), sets of numbers (`number_sets`).
"""

from verifier_server.verifiers.math.nodes import (
    Call,
    Constant,
    Group,
    Node,
    Number,
    Relation,
    Symbol,
)
from verifier_server.verifiers.math.reading.arithmetic import exponent, is_condition, scalar
from verifier_server.verifiers.math.reading.cursor import Cursor
from verifier_server.verifiers.math.reading.lex import Token
from verifier_server.verifiers.math.reading.names import FUNCTION_LETTERS
from verifier_server.verifiers.math.reading.numerals import decimal

ACCENTS = {
    r"\vec": "vec", r"\hat": "hat", r"\bar": "bar", r"\tilde": "tilde", r"\dot": "dot",
    r"\ddot": "ddot", r"\check": "check",
}  # fmt: skip
SHAPES = {
    r"\angle": "angle", r"\triangle": "triangle", r"\odot": "odot", r"\square": "square",
}  # fmt: skip
MAX_SUBSCRIPT_TOKENS = 24
MAX_ARGUMENT_TOKENS = 16
MAX_PRIMES = 4
MAX_POINT_TOKENS = 40
# C_n^k and P_n^k count choices and arrangements; C_1^2 is the square of a constant.
_MIN_COUNTED = 3

# Euler's, Riemann's and other functions of one integer or letter; alone they are variables.
_GREEK_FUNCTIONS = frozenset("Gamma zeta phi varphi Phi psi Psi sigma tau mu".split())
_COMMON_FUNCTIONS = frozenset("pquvwysrx")
_COMMON_VARIABLES = frozenset("xtn")
_UNIT_VECTORS = frozenset("ijk")
_ONE_SIGN = ("number", "letter", "prose", "name")


def letter(cursor: Cursor, token: Token) -> Node:
    """A letter behind the index, with its subscript, primes and arguments."""
    name = token.text
    if cursor.at("_"):
        counted = _counted_below(cursor, name) if name in "CPA" else None
        if counted is not None:
            return counted
        cursor.index += 1
        name = f"{name}_{subscript(cursor)}"
    elif cursor.at("^") and name not in FUNCTION_LETTERS and _subscript_follows(cursor):
        # x^2_1 is the square of x_1.
        cursor.index += 1
        power = _power_before_subscript(cursor)
        cursor.expect("_")
        if name in ("C", "P", "A") and cursor.kind in ("number", "letter"):
            raise cursor.fail("a power, or a number of choices")
        return Call("pow", (Symbol(f"{name}_{subscript(cursor)}"), power))
    is_function = token.text in FUNCTION_LETTERS
    if is_function and _is_inverse(cursor):
        cursor.index += 5 if cursor.ahead(1).text == "{" else 3
        name += "^-1"
    primes = _primes(cursor)
    if name == "P" and is_condition(cursor):
        return Call("apply", (Symbol(name), *arguments(cursor)))
    if (is_function or primes or _is_applied(cursor, name)) and cursor.at("("):
        node: Node = Call("apply", (Symbol(name), *arguments(cursor)))
    elif name in ("C", "P") and not primes and cursor.at("(") and _is_pair(cursor):
        first, second = (scalar(cursor, each) for each in arguments(cursor))
        return _chosen(name, first, second)
    elif name in ("e", "i") and not primes:
        return Constant(name)
    else:
        node = Symbol(name)
    for _ in range(primes):
        node = Call("prime", (node,))
    return node


def _subscript_follows(cursor: Cursor) -> bool:
    """Whether one sign stands between ^ and _: x^2_1, x^{n}_i."""
    if cursor.ahead(1).text == "{":
        return cursor.ahead(3).text == "}" and cursor.ahead(4).text == "_"
    return cursor.ahead(1).kind in ("number", "letter") and cursor.ahead(2).text == "_"


def _power_before_subscript(cursor: Cursor) -> Node:
    braced = cursor.take("{")
    token = cursor.token
    if token.kind not in ("number", "letter") or not token.text.isalnum():
        raise cursor.fail("an exponent before a subscript")
    cursor.index += 1
    if braced:
        cursor.expect("}")
    return decimal(token.text) if token.kind == "number" else Symbol(token.text)


def _is_applied(cursor: Cursor, name: str) -> bool:
    """Whether P(x) or y(t) comes: a name that is commonly a function's, and one variable."""
    variable, closing = cursor.ahead(1), cursor.ahead(2)
    if name in _GREEK_FUNCTIONS and closing.text == ")":
        return variable.kind in ("letter", "number")
    if variable.kind != "letter" or closing.text != ")":
        return False
    if name.isupper() and len(name) == 1:
        return len(variable.text) == 1 and variable.text.islower()
    return name in _COMMON_FUNCTIONS and variable.text in _COMMON_VARIABLES


def _is_inverse(cursor: Cursor) -> bool:
    r"""Whether ^{-1}( follows."""
    texts = [cursor.ahead(step).text for step in range(6)]
    return texts == ["^", "{", "-", "1", "}", "("] or texts[:4] == ["^", "-", "1", "("]


def _primes(cursor: Cursor) -> int:
    if cursor.at("^") and cursor.ahead(1).text == "'":
        cursor.index += 1
    elif [cursor.ahead(step).text for step in range(3)] == ["^", "{", "'"]:
        cursor.index += 2
        primes = _primes(cursor)
        cursor.expect("}")
        return primes
    count = 0
    while cursor.take("'"):
        count += 1
        if count > MAX_PRIMES:
            raise cursor.fail("too many primes")
    return count


def arguments(cursor: Cursor) -> tuple[Node, ...]:
    """The arguments of a function, in round brackets."""
    cursor.expect("(")
    cursor.deeper()
    flags = cursor.opened()
    items, separators = cursor.rules.sequence(cursor)
    if separators - {","}:
        raise cursor.fail("arguments joined by words")
    cursor.expect(")")
    cursor.closed(flags)
    cursor.shallower()
    return tuple(items)


def defined(cursor: Cursor) -> Node | None:
    """A letter with arguments where the answer says what it is: T(n) = ...

    Returns:
        None, with the index unmoved, where no such definition comes next.
    """
    start, token = cursor.index, cursor.token
    if token.kind != "letter" or cursor.ahead(1).text != "(":
        return None
    # Letters and numbers only: k(x - 2) = 3 is a product.
    for end in range(start + 2, min(start + MAX_ARGUMENT_TOKENS, len(cursor.tokens) - 1), 2):
        argument, after = cursor.tokens[end], cursor.tokens[end + 1]
        if argument.kind not in ("letter", "number") or after.text not in (",", ")"):
            return None
        if after.text == ")":
            if cursor.ahead(end + 2 - start).text not in ("=", "~="):
                return None
            cursor.index += 1
            return Call("apply", (Symbol(token.text), *arguments(cursor)))
    return None


def labelled(cursor: Cursor) -> Node | None:
    """A point by its name: A(2, 3), at the end of an item.

    Returns:
        None, with the index unmoved, for anything else.
    """
    name = cursor.token
    if name.kind != "letter" or not name.text.isupper() or cursor.ahead(1).text != "(":
        return None
    if len(name.text) != 1 or name.text in FUNCTION_LETTERS:
        return None
    depth, commas, end = 0, 0, cursor.index + 1
    for end in range(cursor.index + 1, min(cursor.index + MAX_POINT_TOKENS, len(cursor.tokens))):
        text = cursor.tokens[end].text
        depth += {"(": 1, "{": 1, ")": -1, "}": -1}.get(text, 0)
        commas += depth == 1 and text == ","
        if depth == 0:
            break
    after = cursor.tokens[min(end + 1, len(cursor.tokens) - 1)]
    if depth or not commas or not (after.kind in ("stop", "conjunction") or after.text == ","):
        return None
    cursor.index += 1
    if name.text in ("C", "P") and _is_pair(cursor):
        cursor.index -= 1
        return None
    return Relation(("=",), (Symbol(name.text), Group("(", ")", arguments(cursor))))


def _is_pair(cursor: Cursor) -> bool:
    """Whether C(n, k) follows: two numbers or letters that may count choices."""
    first, comma, second, closing = (cursor.ahead(step) for step in range(1, 5))
    if comma.text != "," or closing.text != ")":
        return False
    if first.kind == second.kind == "number" and first.text.isdecimal():
        return second.text.isdecimal() and int(first.text) >= int(second.text)
    return first.text in ("n", "m", "N") and second.text in ("k", "r", "m", "n", "j", "i", "2", "3")


def _counted_below(cursor: Cursor, name: str) -> Node | None:
    """C_n^k: n below and k above; None, the index unmoved, for other subscripts."""
    start = cursor.index
    cursor.index += 1
    if not (cursor.at("{") or cursor.kind in ("number", "letter")):
        cursor.index = start
        return None
    # A copy, since reading an argument may split a token.
    tokens = list(cursor.tokens)
    lower = cursor.argument()
    if cursor.take("^") and not cursor.at("'"):
        upper = exponent(cursor)
        if _counts(lower, upper) or (name == "C" and lower in (Symbol("n"), Symbol("m"))):
            return _chosen(name, lower, upper)
    cursor.tokens, cursor.index = tokens, start
    return None


def _counts(lower: Node, upper: Node) -> bool:
    if not isinstance(lower, Number) or not isinstance(upper, Number):
        return False
    return lower.value >= upper.value and lower.value >= _MIN_COUNTED


def _chosen(name: str, lower: Node, upper: Node) -> Node:
    """Combinations, or arrangements: n!/(n-k)!"""
    if name == "C":
        return Call("binomial", (lower, upper))
    rest = Call("add", (lower, Call("neg", (upper,))))
    return Call("div", (Call("factorial", (lower,)), Call("factorial", (rest,))))


def subscript(cursor: Cursor) -> str:
    """The text of a subscript, of any kind: x_1, x_{max}, x_{i,j}, a_{n+1}.

    Raises:
        UnreadableError: it is empty or too long.
    """
    if not cursor.take("{"):
        if cursor.kind not in _ONE_SIGN:
            raise cursor.fail("unreadable subscript")
        cursor.index += 1
        return cursor.tokens[cursor.index - 1].text
    parts: list[str] = []
    depth = 0
    while depth or not cursor.at("}"):
        if cursor.kind == "stop" or len(parts) > MAX_SUBSCRIPT_TOKENS:
            raise cursor.fail("unreadable subscript")
        text = cursor.text
        depth += {"{": 1, "}": -1}.get(text, 0)
        # Long names keep apart, so that x_{\alpha b} is not x_{alphab}.
        apart = parts and text[:1].isalpha() and parts[-1][-1:].isalpha()
        if apart and len(text) + len(parts[-1]) > len("ab"):
            parts.append(" ")
        parts.append(text)
        cursor.index += 1
    cursor.expect("}")
    if not parts:
        raise cursor.fail("empty subscript")
    return "".join(parts)


def accented(cursor: Cursor, command: str) -> Node:
    r"""A name under an arrow, hat or line; a line over a formula is its conjugate.

    Raises:
        UnreadableError: the accent stands over what is no name.
    """
    accent = ACCENTS[command]
    start = cursor.index
    braced = cursor.take("{")
    name = ""
    while cursor.kind == "letter":
        name += cursor.text
        cursor.index += 1
        if not braced:
            break
    if name and cursor.at("_") and braced:
        cursor.index += 1
        name = f"{name}_{subscript(cursor)}"
    if not name or (braced and not cursor.take("}")):
        cursor.index = start
        if accent != "bar" or not braced:
            raise cursor.fail("an accent over what is no name")
        if cursor.ahead(1).kind == "number" and cursor.ahead(2).text == "}":
            raise cursor.fail("digits under a line")
        return Call("conjugate", (scalar(cursor, cursor.rules.atom(cursor)),))
    if name in _UNIT_VECTORS and accent in ("vec", "hat"):
        return Symbol(name)
    name = f"{accent} {name}"
    if cursor.at("_"):
        cursor.index += 1
        name = f"{name}_{subscript(cursor)}"
    return Symbol(name)


def shape(cursor: Cursor, command: str) -> Node:
    r"""\angle ABC and its kin: one name of the letters, or the number, that follow."""
    name, braced = "", cursor.take("{")
    while cursor.kind == "letter" and (not name or braced or not cursor.token.spaced):
        name += cursor.text
        cursor.index += 1
        if cursor.at("_"):
            cursor.index += 1
            name += f"_{subscript(cursor)}"
    if not name and cursor.kind == "number":
        name = cursor.text
        cursor.index += 1
    if braced:
        cursor.expect("}")
    if not name:
        raise cursor.fail("a shape without a name")
    return Symbol(f"{SHAPES[command]} {name}")
