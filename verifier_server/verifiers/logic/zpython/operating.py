"""Python's operators on numbers, texts, lists and formulas.

Promises: as z3's Python interface has them: / and % of Ints are SMT-LIB's div and mod, ==
of formulas is equivalence, & | ^ ~ join formulas; a plain number beside a term is a
numeral of its sort, a decimal is exact as written. A chain a < b < c is a conjunction
(z3's own would lose a part). A power has a small plain exponent.

Does not cover: `and`, `or`, `not` of formulas, which Python itself decides wrongly.
"""

import ast
from collections.abc import Callable, Mapping
from fractions import Fraction

from verifier_server.verifiers.logic.composing import logical, numeric
from verifier_server.verifiers.logic.composing.measured import (
    MAX_DEGREE,
    BuildError,
    Built,
    number,
)
from verifier_server.verifiers.logic.formulas import BOOL, INT, REAL, Op, Relation
from verifier_server.verifiers.logic.zpython.limits import MAX_BITS, MAX_ITEMS, MAX_TEXT
from verifier_server.verifiers.logic.zpython.reasons import (
    NUMBER,
    SORT_MISMATCH,
    TOO_LARGE,
    UNSUPPORTED,
)
from verifier_server.verifiers.logic.zpython.values import Key, ListValue, Value

_RELATIONS: Mapping[type[ast.cmpop], Relation] = {
    ast.Lt: Relation.LESS,
    ast.LtE: Relation.LESS_EQUAL,
    ast.Gt: Relation.GREATER,
    ast.GtE: Relation.GREATER_EQUAL,
}


def lifted(value: Value) -> Built:
    """A value as a part of a formula: itself, a truth value or a numeral.

    Raises:
        BuildError: it is nothing of the kind.
    """
    if isinstance(value, Built):
        return value
    if isinstance(value, bool):
        return logical.truth(value)
    if isinstance(value, int):
        return number(Fraction(value), INT)
    if isinstance(value, Fraction):
        return number(value, REAL)
    raise BuildError(SORT_MISMATCH, "expected a formula or a number")


def _bounded(value: int | Fraction) -> int | Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise BuildError(NUMBER, "a number too long")
    return value


def decimal(value: float) -> Fraction:
    """A decimal as it is written."""
    written = repr(value)
    if not written[-1].isdigit():
        raise BuildError(NUMBER, "a number too long")
    exponent = written.partition("e")[2]
    if exponent and abs(int(exponent)) > MAX_BITS:
        raise BuildError(NUMBER, "a number too long")
    return Fraction(written)


def _divided(left: Built, right: Built) -> Built:
    if left.sort == INT and right.sort == INT:
        return numeric.whole_quotient((left, right))
    return numeric.divided((left, right))


_BUILT: Mapping[type[ast.operator], Callable[[Built, Built], Built]] = {
    ast.Add: lambda left, right: numeric.added((left, right)),
    ast.Sub: lambda left, right: numeric.subtracted((left, right)),
    ast.Mult: lambda left, right: numeric.multiplied((left, right)),
    ast.Div: _divided,
    ast.Mod: numeric.remainder,
    ast.BitAnd: lambda left, right: logical.joined(Op.AND, (left, right)),
    ast.BitOr: lambda left, right: logical.joined(Op.OR, (left, right)),
    ast.BitXor: lambda left, right: logical.exclusive((left, right)),
}


def binary(operator: ast.operator, left: Value, right: Value) -> Value:
    """One value and another.

    Raises:
        BuildError: the operator does not take them.
    """
    if isinstance(operator, ast.Mod) and isinstance(left, str):
        return _filled(left, right)
    if isinstance(left, Built) or isinstance(right, Built):
        return _formulas(operator, left, right)
    if isinstance(left, (int, Fraction)) and isinstance(right, (int, Fraction)):
        return _numbers(operator, left, right)
    if isinstance(operator, ast.Add):
        if isinstance(left, str) and isinstance(right, str):
            return short(left + right)
        if isinstance(left, ListValue) and isinstance(right, ListValue):
            return few(ListValue([*left.items, *right.items], left.frozen))
    if isinstance(operator, ast.Mult) and isinstance(left, ListValue) and isinstance(right, int):
        if len(left.items) * right > MAX_ITEMS:
            raise BuildError(TOO_LARGE, f"a list of more than {MAX_ITEMS} items")
        return ListValue(left.items * right, left.frozen)
    raise BuildError(UNSUPPORTED, f"no {type(operator).__name__} of these")


def _formulas(operator: ast.operator, left: Value, right: Value) -> Built:
    if isinstance(operator, ast.Pow):
        base = lifted(left)
        if isinstance(right, bool) or not isinstance(right, int) or not 1 <= right <= MAX_DEGREE:
            raise BuildError("nonlinear", f"a power other than 1 to {MAX_DEGREE}")
        return numeric.multiplied([base] * right)
    build = _BUILT.get(type(operator))
    if build is None:
        raise BuildError(UNSUPPORTED, f"no {type(operator).__name__} of formulas")
    return build(lifted(left), lifted(right))


def _numbers(operator: ast.operator, left: int | Fraction, right: int | Fraction) -> Value:
    match operator:
        case ast.Add():
            return _bounded(left + right)
        case ast.Sub():
            return _bounded(left - right)
        case ast.Mult():
            return _bounded(left * right)
        case ast.Div() | ast.FloorDiv() | ast.Mod() if right == 0:
            raise BuildError(UNSUPPORTED, "division by zero")
        case ast.Div():
            return decimal(float(left) / float(right))
        case ast.FloorDiv():
            whole = left // right
            is_decimal = isinstance(left, Fraction) or isinstance(right, Fraction)
            return Fraction(whole) if is_decimal else whole
        case ast.Mod():
            return left % right
        case ast.Pow() if isinstance(left, int) and isinstance(right, int) and right >= 0:
            if right > MAX_BITS or left.bit_length() * right > MAX_BITS:
                raise BuildError(NUMBER, "a number too long")
            return int(left**right)
    raise BuildError(UNSUPPORTED, f"no {type(operator).__name__} of numbers")


def _filled(pattern: str, value: Value) -> str:
    """A text with its %s and %d filled in."""
    values = value.items if isinstance(value, ListValue) and value.frozen else [value]
    pieces = pattern.replace("%d", "%s").split("%s")
    if len(pieces) != len(values) + 1 or any("%" in piece for piece in pieces):
        raise BuildError(UNSUPPORTED, "a pattern other than %s and %d")
    return short(pieces[0] + "".join(map(str.__add__, map(text_of, values), pieces[1:])))


def text_of(value: Value) -> str:
    """A plain value as text."""
    if isinstance(value, (int, str)):
        return str(value)
    raise BuildError(UNSUPPORTED, "only numbers and texts become text")


def short(text: str) -> str:
    """The text, if it is short."""
    if len(text) > MAX_TEXT:
        raise BuildError(TOO_LARGE, f"a text of more than {MAX_TEXT} characters")
    return text


def few(items: ListValue) -> ListValue:
    """The list, if it is short."""
    if len(items.items) > MAX_ITEMS:
        raise BuildError(TOO_LARGE, f"a list of more than {MAX_ITEMS} items")
    return items


def unary(operator: ast.unaryop, value: Value) -> Value:
    """A value with a sign before it.

    Raises:
        BuildError: the operator does not take it.
    """
    if isinstance(operator, ast.Not) and not isinstance(value, Built):
        return not decided(value)
    if isinstance(value, Built):
        if isinstance(operator, ast.USub):
            return numeric.subtracted((value,))
        if isinstance(operator, ast.Invert):
            return logical.negated(value)
        if isinstance(operator, ast.UAdd) and value.sort != BOOL:
            return value
    elif isinstance(value, (int, Fraction)) and isinstance(operator, (ast.USub, ast.UAdd)):
        return -value if isinstance(operator, ast.USub) else value
    raise BuildError(UNSUPPORTED, f"no {type(operator).__name__} of this; Not(...) negates")


def decided(value: Value) -> bool:
    """Whether a plain value counts as true.

    Raises:
        BuildError: it is a formula, which only a solver decides.
    """
    if value is None or isinstance(value, (int, str, Fraction)):
        return bool(value)
    if isinstance(value, ListValue):
        return bool(value.items)
    raise BuildError(UNSUPPORTED, "Python cannot decide a formula: use And, Or, Not, If")


def compare(operator: ast.cmpop, left: Value, right: Value) -> Value:
    """One value against another: a truth value, or a formula if a formula is among them.

    Raises:
        BuildError: they cannot be compared so.
    """
    if isinstance(operator, (ast.In, ast.NotIn)):
        return _contained(left, right) is isinstance(operator, ast.In)
    if isinstance(left, Built) or isinstance(right, Built):
        pair = (lifted(left), lifted(right))
        if isinstance(operator, ast.Eq):
            return logical.equal(pair)
        if isinstance(operator, ast.NotEq):
            return logical.distinct(pair)
        if type(operator) in _RELATIONS:
            return numeric.compared(_RELATIONS[type(operator)], pair)
    elif isinstance(left, (int, Fraction)) and isinstance(right, (int, Fraction)):
        return _ordered(operator, left, right)
    elif isinstance(operator, (ast.Eq, ast.NotEq)) and _is_plain(left) and _is_plain(right):
        return (left == right) is isinstance(operator, ast.Eq)
    raise BuildError(UNSUPPORTED, f"no {type(operator).__name__} of these")


def _ordered(operator: ast.cmpop, left: int | Fraction, right: int | Fraction) -> bool:
    match operator:
        case ast.Eq():
            return left == right
        case ast.NotEq():
            return left != right
        case ast.Lt():
            return left < right
        case ast.LtE():
            return left <= right
        case ast.Gt():
            return left > right
        case ast.GtE():
            return left >= right
    raise BuildError(UNSUPPORTED, f"no {type(operator).__name__} of numbers")


def _is_plain(value: Value) -> bool:
    """Whether a value is a number, a text, or a list or tuple of them.

    No deeper: lists may hold themselves.
    """
    items = value.items if isinstance(value, ListValue) else [value]
    return all(each is None or isinstance(each, (int, str, Fraction)) for each in items)


def _contained(item: Value, within: Value) -> bool:
    if isinstance(within, ListValue) and _is_plain(item) and all(map(_is_plain, within.items)):
        return item in within.items
    raise BuildError(UNSUPPORTED, "no membership of formulas")


def key_of(value: Value) -> Key:
    """A value as a key: a number, a text or a tuple of them.

    Raises:
        BuildError: it cannot be one.
    """
    if isinstance(value, ListValue) and value.frozen:
        return tuple(_plain_key(each) for each in value.items)
    return _plain_key(value)


def _plain_key(value: Value) -> int | str | Fraction:
    if isinstance(value, (int, str, Fraction)):
        return value
    raise BuildError(UNSUPPORTED, "a key that is neither number nor text")
