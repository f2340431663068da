r"""Numerals: decimals, scientific notation, repeating decimals, mixed numbers, other bases.

Promises: exact values, bounded before they are built: a scientific numeral with a huge
exponent stays a product with a power of ten, which no stage evaluates.

Does not cover: numerals that take a whole answer at once (`plain`).
"""

import re
from fractions import Fraction

from verifier_server.verifiers.math.limits import MAX_DIGITS
from verifier_server.verifiers.math.nodes import Based, Call, Node, Number
from verifier_server.verifiers.math.reading.cursor import Cursor
from verifier_server.verifiers.math.reading.lex import Token

LITERALS = frozenset(("number", "thousands", "scientific", "repeating"))

_BASES = {
    name: base
    for base, name in enumerate(
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen".split(),
        start=2,
    )
}
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_DIGIT_WORD = re.compile(r"[A-F]+")
_CYCLE = re.compile(r"(\d*)\.(\d*)\D+(\d+)\D*", re.ASCII)
_DOTTED = re.compile(r"(\d*)\.(\d*)\\dot\s*\{?(\d)\}?(?:(\d*)\\dot\s*\{?(\d)\}?)?", re.ASCII)
_SCIENTIFIC = re.compile(r"(\d*)\.?(\d*)[eE]([+-]?\d+)", re.ASCII)


def literal(cursor: Cursor, token: Token) -> Node:
    """The value of the literal behind the index; with what turns it to another base.

    Raises:
        UnreadableError: a numeral with a digit that its base lacks.
    """
    if token.kind == "repeating":
        return Number(_repeating(token.text))
    if token.kind == "scientific":
        return _scientific(token.text)
    following = cursor.token
    if not token.text[0].isdecimal() and token.text[0] != ".":
        return based(cursor, token.text)
    if following.text == "_" and following.kind == "sign":
        return based(cursor, token.text)
    # 1A3_{16}: capitals that belong to the digits, and nothing between them.
    large = following.kind == "letter" or (
        following.kind == "number" and following.text[0] in "ABCDEF"
    )
    if large and not following.spaced and token.text.isdecimal():
        digits = _digits_of_a_large_base(cursor, token)
        if digits is not None:
            return based(cursor, digits)
    return decimal(token.text)


def decimal(text: str) -> Number:
    """A plain decimal and how many places it shows."""
    places = len(text) - text.index(".") - 1 if "." in text else 0
    if not places:
        return Number(Fraction(int(text.rstrip(".") or "0")))
    return Number(Fraction(int(text.replace(".", "")), 10**places), places)


def _digits_of_a_large_base(cursor: Cursor, first: Token) -> str | None:
    index, digits = cursor.index, first.text
    while True:
        token = cursor.tokens[index]
        if token.spaced or not (token.kind == "number" or _DIGIT_WORD.fullmatch(token.text)):
            break
        digits += token.text
        index += 1
    if cursor.tokens[index].text != "_":
        return None
    cursor.index = index
    return digits


def based(cursor: Cursor, digits: str) -> Node:
    """The numeral whose base comes next, as a subscript.

    Raises:
        UnreadableError: no base from 2 to 36, or a digit that it lacks.
    """
    cursor.expect("_")
    base = _base(cursor)
    whole, _, fraction = digits.lower().partition(".")
    value = 0
    for digit in whole + fraction:
        place = _DIGITS.find(digit)
        if not 0 <= place < base:
            raise cursor.fail("a digit outside its base")
        value = value * base + place
    return Based(Fraction(value, base ** len(fraction)), base)


def _base(cursor: Cursor) -> int:
    braced = cursor.take("{")
    inner = cursor.take("(") if braced else False
    token = cursor.token
    if token.kind == "prose" and token.text.lower().startswith("base "):
        token = token._replace(text=token.text[5:].strip())
    base = _BASES.get(token.text.lower(), 0)
    if token.kind == "number" and token.text.isdecimal() and len(token.text) <= 2:
        base = int(token.text)
        cursor.index += 1
    elif base and (braced or token.kind == "prose"):
        cursor.index += 1
        # "two" is a word of three letters, and so three letters by now.
    elif braced:
        word = ""
        while cursor.kind == "letter" and len(word) < len("fourteen"):
            word += cursor.text
            cursor.index += 1
        base = _BASES.get(word.lower(), 0)
    if inner:
        cursor.expect(")")
    if braced:
        cursor.expect("}")
    if not 2 <= base <= len(_DIGITS):
        raise cursor.fail("a numeral with a subscript that is no base")
    return base


def _repeating(text: str) -> Fraction:
    r"""0.1\overline{6}, 0.1\dot{6} and 0.(6): the digits, and those that repeat for ever."""
    dotted = _DOTTED.fullmatch(text)
    if dotted:
        whole, shown, first, middle, last = dotted.groups()
        cycle = first + (middle or "") + (last or "")
    else:
        plain = _CYCLE.fullmatch(text)
        assert plain is not None
        whole, shown, cycle = plain.groups()
    start = Fraction(int(whole + shown or "0"), 10 ** len(shown))
    return start + Fraction(int(cycle), (10 ** len(cycle) - 1) * 10 ** len(shown))


def _scientific(text: str) -> Node:
    match = _SCIENTIFIC.fullmatch(text)
    assert match is not None
    whole, shown, exponent = match[1], match[2], int(match[3])
    mantissa = Fraction(int(whole + shown), 10 ** len(shown))
    if abs(exponent) > MAX_DIGITS:
        ten = Call("pow", (Number(Fraction(10)), Number(Fraction(exponent))))
        return Call("mul", (Number(mantissa), ten))
    places = len(shown) - exponent
    value = mantissa * Fraction(10) ** exponent
    return Number(value, places if shown and places > 0 else None)


# Mixed numbers.


def is_integer(token: Token) -> bool:
    """Whether a token is an integer literal."""
    return token.kind in ("number", "thousands") and token.text.isdecimal()


def is_plain_fraction(cursor: Cursor) -> bool:
    r"""Whether 1/2 follows, spaced, or \frac{1}{2} of integers, after an integer."""
    if cursor.text == r"\frac":
        return coming_fraction(cursor) is not None
    first = cursor.token
    return (
        first.spaced
        and is_integer(first)
        and cursor.ahead(1).text == "/"
        and is_integer(cursor.ahead(2))
    )


def coming_fraction(cursor: Cursor) -> Fraction | None:
    r"""The value of a coming \frac of two literal integers, by looking ahead only."""
    ahead = [token.text for token in cursor.tokens[cursor.index + 1 : cursor.index + 7]]
    parts: list[int] = []
    while len(parts) < 2:
        if ahead[:1] == ["{"] and ahead[2:3] == ["}"] and ahead[1].isdecimal():
            parts.append(int(ahead[1]))
            ahead = ahead[3:]
        elif ahead and ahead[0].isdecimal():
            parts.append(int(ahead[0][0]))
            ahead = [ahead[0][1:], *ahead[1:]] if len(ahead[0]) > 1 else ahead[1:]
        else:
            return None
    return Fraction(parts[0], parts[1]) if parts[1] else Fraction(parts[0])


def mixed(cursor: Cursor, whole: Node) -> Node:
    """An integer and the proper fraction that comes next.

    Raises:
        UnreadableError: the fraction is not proper: 3 5/2 may be meant as a product.
    """
    if cursor.text == r"\frac":
        fraction = coming_fraction(cursor)
        cursor.rules.atom(cursor)
    else:
        top, bottom = int(cursor.text), int(cursor.ahead(2).text)
        fraction = Fraction(top, bottom) if bottom else Fraction(top)
        cursor.index += 3
    if fraction is None or not 0 < fraction < 1 or not isinstance(whole, Number):
        raise cursor.fail("a mixed number needs a proper fraction")
    return Number(whole.value + fraction)
