r"""One value of an answer: sets joined, ratios, remainders, money, units, percent in words.

Promises: a unit is kept beside its value and never dropped, whether it is known or not;
words that change a value are no unit, and refused where one is expected. A degree sign
that ends a value is its unit, within an expression it is an operation.

Does not cover: converting units.
"""

from fractions import Fraction

from verifier_server.verifiers.math.limits import MAX_ITEMS
from verifier_server.verifiers.math.nodes import (
    Call,
    Group,
    Matrix,
    Node,
    Number,
    Quantity,
    SetBuilder,
    Symbol,
    walk,
)
from verifier_server.verifiers.math.reading.arithmetic import is_set, is_union_sign, scalar, total
from verifier_server.verifiers.math.reading.cursor import Cursor
from verifier_server.verifiers.math.reading.numerals import is_integer
from verifier_server.verifiers.math.reading.unit_names import is_known, unit_name

_SET_SIGNS = {r"\cup": "cup", r"\cap": "cap", r"\setminus": "setminus"}
_MONEY = {
    r"\$": "dollar", "$": "dollar", r"\euro": "euro", r"\pounds": "pound", r"\yen": "yen",
    r"\rupee": "rupee",
}  # fmt: skip
_MAGNITUDES = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_PERCENT = frozenset(
    (
        "percent",
        "pct",
        "per cent",
        "percentage",
        "percentage points",
        "percents",
        "percentage point",
    )
)
_SMALLER = {
    ("hour", "minute"): 60, ("minute", "second"): 60, ("foot", "inch"): 12, ("day", "hour"): 24,
    ("m", "cm"): 100, ("km", "m"): 1000, ("kg", "g"): 1000, ("dollar", "cent"): 100,
    ("pound", "ounce"): 16, ("year", "month"): 12, ("week", "day"): 7,
}  # fmt: skip


def side(cursor: Cursor) -> Node:
    """A value with what belongs to it.

    Raises:
        UnreadableError: it is none, or a word beside it is no unit.
    """
    negative = cursor.at("-") and cursor.ahead(1).text in _MONEY
    cursor.index += negative
    if cursor.text in _MONEY and cursor.kind in ("sign", "command"):
        return _money(cursor, negative)
    node = _joined(cursor)
    if cursor.kind == "stop":
        return _with_degrees(node)
    if (cursor.at(":") or _is_to(cursor, node)) and not cursor.in_builder:
        return _ratio(cursor, node)
    if cursor.text == "mod" or (cursor.at("(") and cursor.ahead(1).text == "mod"):
        return _remainder(cursor, node)
    return _with_unit(cursor, node)


def _joined(cursor: Cursor) -> Node:
    """Sets joined by one kind of sign; any other value alone."""
    node = total(cursor)
    sign = _set_sign(cursor)
    if not sign:
        return node
    parts = [_a_set(cursor, node)]
    while found := _set_sign(cursor):
        if found != sign or (sign == "setminus" and len(parts) > 1):
            raise cursor.fail("an ambiguous order of sets")
        cursor.index += 1
        parts.append(_a_set(cursor, total(cursor)))
        if len(parts) > MAX_ITEMS:
            raise cursor.fail(f"more than {MAX_ITEMS} sets")
    return Group(sign, sign, tuple(parts))


def _set_sign(cursor: Cursor) -> str:
    if cursor.kind == "letter":
        return "cup" if is_union_sign(cursor) else ""
    return _SET_SIGNS.get(cursor.text, "") if cursor.kind == "command" else ""


def _a_set(cursor: Cursor, node: Node) -> Node:
    if is_set(node) or isinstance(node, Symbol):
        return node
    raise cursor.fail("a union of what is no set")


def _is_to(cursor: Cursor, node: Node) -> bool:
    """Whether "to" stands between integers: 3 to 4."""
    integers = isinstance(node, Number) and is_integer(cursor.ahead(1))
    return cursor.kind == "prose" and cursor.text == "to" and integers


def _ratio(cursor: Cursor, first: Node) -> Node:
    parts = [scalar(cursor, first)]
    while cursor.at(":") or _is_to(cursor, parts[-1]):
        cursor.index += 1
        parts.append(scalar(cursor, total(cursor)))
        if len(parts) > MAX_ITEMS:
            raise cursor.fail(f"more than {MAX_ITEMS} parts of a ratio")
    return Call("ratio", tuple(parts))


def _remainder(cursor: Cursor, node: Node) -> Node:
    r"""a \bmod m, a \pmod m, a (mod m)."""
    bracket = cursor.take("(")
    cursor.index += 1
    # \pmod{7} and \pmod 7; a sum would be ambiguous without brackets.
    negative = cursor.take("-")
    modulus = scalar(cursor, cursor.rules.product(cursor))
    modulus = Call("neg", (modulus,)) if negative else modulus
    if bracket:
        cursor.expect(")")
    if isinstance(node, Call) and node.name == "add" and not bracket:
        raise cursor.fail("an ambiguous remainder")
    return Call("mod", (scalar(cursor, node), modulus))


def _money(cursor: Cursor, negative: bool) -> Node:
    unit = _MONEY[cursor.text]
    cursor.index += 1
    value = scalar(cursor, total(cursor))
    value = _scaled(cursor, Call("neg", (value,)) if negative else value)
    if cursor.kind == "prose":
        more = unit_name(cursor.text)
        words = cursor.text.casefold()
        if more == unit:
            cursor.index += 1
        elif words.startswith(("per ", "an ", "a ", "each")):
            cursor.index += 1
            unit = f"{unit} {words}"
        else:
            raise cursor.fail("words behind an amount of money")
    return Quantity(value, unit)


def _with_degrees(node: Node) -> Node:
    """A value whose last operation is the degree sign, as a quantity."""
    if not isinstance(node, Call):
        return node
    if node.name == "degree":
        return Quantity(node.arguments[0], "degree")
    if node.name == "neg":
        inner = node.arguments[0]
        if isinstance(inner, Call) and inner.name == "degree":
            return Quantity(Call("neg", inner.arguments), "degree")
    return node


def _scaled(cursor: Cursor, node: Node) -> Node:
    """The value times the million that follows it."""
    if cursor.kind != "prose":
        return node
    token = cursor.token
    word, _, rest = token.text.partition(" ")
    if word.lower() not in _MAGNITUDES or not _is_constant(node):
        return node
    if rest:
        cursor.tokens[cursor.index] = token._replace(text=rest)
    else:
        cursor.index += 1
    return Call("mul", (node, Number(Fraction(10 ** _MAGNITUDES[word.lower()]))))


def _with_unit(cursor: Cursor, node: Node) -> Node:
    """The value with the unit that follows it, if one does."""
    degrees = _with_degrees(node)
    token = cursor.token
    if isinstance(degrees, Quantity):
        return _temperature(cursor, degrees)
    if token.text in _MONEY and token.kind in ("sign", "command"):
        cursor.index += 1
        return Quantity(node, _MONEY[token.text])
    if token.text == "(" and cursor.ahead(1).kind == "prose" and cursor.ahead(2).text == ")":
        return _unit_in_brackets(cursor, node)
    if token.kind != "prose":
        return node
    if token.text.casefold() in _PERCENT:
        cursor.index += 1
        return Call("percent", (scalar(cursor, node),))
    node = _scaled(cursor, node)
    if cursor.kind != "prose":
        return node
    unit = _unit(cursor)
    if unit is None:
        return node
    known, name = unit
    if not known and not _is_constant(node):
        raise cursor.fail("an unknown unit beside a formula")
    if _is_range(node):
        raise cursor.fail("a difference, or a range")
    quantity = Quantity(node, name)
    return _with_smaller(cursor, quantity)


def _unit_in_brackets(cursor: Cursor, node: Node) -> Node:
    """5 (cm): only a known unit, since other words in brackets are remarks."""
    words = cursor.ahead(1).text
    name = unit_name(words)
    if name is None or not is_known(words):
        raise cursor.fail("a remark in brackets")
    cursor.index += 3
    return Quantity(node, name)


def _temperature(cursor: Cursor, quantity: Quantity) -> Node:
    if cursor.kind in ("letter", "prose") and cursor.text in ("C", "F"):
        unit = "celsius" if cursor.text == "C" else "fahrenheit"
        cursor.index += 1
        return Quantity(quantity.value, unit)
    return quantity


def _unit(cursor: Cursor) -> tuple[bool, str] | None:
    """Whether the unit that comes next is known, and its name; None for other words."""
    words = cursor.text
    name = unit_name(words)
    if name is None:
        return None
    cursor.index += 1
    known = is_known(words)
    name = _powered(cursor, name)
    while cursor.text in ("/", "*") and cursor.ahead(1).kind == "prose":
        operator = cursor.text
        more = unit_name(cursor.ahead(1).text)
        if more is None:
            raise cursor.fail("a unit over what is none")
        cursor.index += 2
        name += operator + _powered(cursor, more)
    return known, name


def _powered(cursor: Cursor, name: str) -> str:
    if not cursor.at("^"):
        return name
    cursor.index += 1
    braced = cursor.take("{")
    sign = "-" if cursor.take("-") else ""
    if cursor.kind != "number" or not cursor.text.isdecimal():
        raise cursor.fail("a unit to a power that is no number")
    name = f"{name}^{sign}{cursor.text}"
    cursor.index += 1
    if braced:
        cursor.expect("}")
    return name


def _with_smaller(cursor: Cursor, quantity: Quantity) -> Node:
    """2 hours 30 minutes, as minutes."""
    token, following = cursor.token, cursor.ahead(1)
    joined = cursor.kind == "conjunction" and token.text == "and"
    if joined:
        token, following = following, cursor.ahead(2)
    if (
        token.kind != "number"
        or following.kind != "prose"
        or not isinstance(quantity.value, Number)
    ):
        return quantity
    smaller = unit_name(following.text)
    factor = _SMALLER.get((quantity.unit, smaller or ""))
    if factor is None or smaller is None:
        return quantity
    cursor.index += 3 if joined else 2
    return Quantity(Number(quantity.value.value * factor + Fraction(token.text)), smaller)


def _is_range(node: Node) -> bool:
    """Whether 5 - 7 days: two numbers with a dash between them."""
    if not isinstance(node, Call) or node.name != "add":
        return False
    match node.arguments:
        case (Number(), Call("neg", (Number(),))):
            return True
        case _:
            return False


def _is_constant(node: Node) -> bool:
    if isinstance(node, (Group, SetBuilder, Matrix)):
        return False
    return not any(isinstance(part, Symbol) for part in walk(node))
