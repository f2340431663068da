"""One key for expressions that differ only in how they are written down.

Promises: equal keys mean equal values, and values at the same points. Rational arithmetic
is done, signs and numeric factors are gathered, terms and factors are sorted and
like terms collected: 2x - y and x + x - y share a key. What may have no value stays in
the key even where it is multiplied by zero: x + 0/x is not x.

Does not cover: expanding, cancelling, or any identity of functions (`values`). Different
keys mean nothing.
"""

from collections.abc import Sequence
from fractions import Fraction

from verifier_server.verifiers.math.limits import MAX_BITS, TooBigError
from verifier_server.verifiers.math.nodes import (
    Call,
    Constant,
    Group,
    Matrix,
    Node,
    Number,
    Quantity,
    Relation,
    Symbol,
    Text,
)
from verifier_server.verifiers.math.values.exact import UndefinedError, exact, exact_or_none

_TOTAL = ("add", "mul", "neg", "abs", "sin", "cos", "sinh", "cosh", "re", "im", "conjugate")
_PARTIAL = "?"  # begins the key of what may have no value somewhere

_Term = tuple[Fraction, tuple[str, ...]]


def key(node: Node) -> str:
    """A key of the node; nodes with the same key are the same answer."""
    match node:
        case Number(value):
            return _written(value)
        case Symbol(name):
            return f"symbol {name!r}"
        case Constant(name):
            return f"constant {name!r}"
        case Text(words):
            return f"text {words!r}"
        case Call("add", terms):
            return _sum(terms)
        case Call(("neg" | "mul" | "div" | "percent"), _):
            return _product(_term(node))
        case Call(name, parts):
            number = _value(node)
            if number is not None:
                return _written(number)
            return f"{'' if _is_total(node) else _PARTIAL}{name}({','.join(map(key, parts))})"
        case Group(opening, closing, items):
            return f"group {opening}{','.join(map(key, items))}{closing}"
        case Relation(operators, sides):
            return f"relation {operators}({','.join(map(key, sides))})"
        case Quantity(value, unit):
            return f"quantity {unit!r}({key(value)})"
        case Matrix(rows):
            return "matrix " + ";".join(",".join(map(key, row)) for row in rows)
        case _:
            return repr(node)


def _written(value: Fraction) -> str:
    # Hexadecimal: Python refuses to write decimals of very long integers.
    return f"{value.numerator:x}/{value.denominator:x}"


def _is_total(node: Call) -> bool:
    """Whether a call has a value wherever its parts have."""
    if node.name == "pow":
        base, power = node.arguments
        number = exact_or_none(power)
        return base == Constant("e") or (
            number is not None and number.denominator == 1 and number > 0
        )
    return node.name in _TOTAL


def _partial(factors: tuple[str, ...]) -> bool:
    return any(_PARTIAL in factor for factor in factors)


def _value(node: Call) -> Fraction | None:
    if not all(isinstance(part, Number) for part in node.arguments):
        return None
    try:
        return exact(node)
    except (TooBigError, UndefinedError):
        return None


def key_of_multiples(node: Node) -> str:
    """A key that a sum shares with its rational multiples; "" for zero."""
    collected = _collected((node,))
    if not collected:
        return key(node) if collected is None else ""
    # One with a coefficient of zero is there for its missing values.
    first = next((collected[each] for each in sorted(collected) if collected[each]), Fraction(1))
    scaled = ((number / first, factors) for factors, number in collected.items())
    return ",".join(sorted(map(_product, scaled)))


def _sum(terms: tuple[Node, ...]) -> str:
    collected = _collected(terms)
    if collected is None:
        return f"add({','.join(sorted(map(key, terms)))})"
    if not collected:
        return _written(Fraction(0))
    parts = sorted(_product((number, factors)) for factors, number in collected.items())
    return parts[0] if len(parts) == 1 else f"add({','.join(parts)})"


def _collected(terms: Sequence[Node]) -> dict[tuple[str, ...], Fraction] | None:
    """The coefficient of every product in a sum; None where one is too long to add up."""
    collected: dict[tuple[str, ...], Fraction] = {}
    waiting = [(term, Fraction(1)) for term in terms]
    while waiting:
        node, sign = waiting.pop()
        if isinstance(node, Call) and node.name in ("add", "neg"):
            sign = -sign if node.name == "neg" else sign
            waiting.extend((part, sign) for part in node.arguments)
            continue
        coefficient, factors = _term(node)
        collected[factors] = collected.get(factors, Fraction(0)) + sign * coefficient
        if _bits(collected[factors]) > MAX_BITS:
            return None
    return {factors: number for factors, number in collected.items() if number or _partial(factors)}


def _product(term: _Term) -> str:
    coefficient, factors = term
    if not factors or not (coefficient or _partial(factors)):
        return _written(coefficient)
    if coefficient == 1 and len(factors) == 1:
        return factors[0]
    return f"mul({_written(coefficient)},{','.join(factors)})"


def _term(node: Node) -> _Term:
    match node:
        case Number(value):
            return value, ()
        case Call("neg", (part,)):
            coefficient, factors = _term(part)
            return -coefficient, factors
        case Call("percent", (part,)):
            coefficient, factors = _term(part)
            return coefficient / 100, factors
        case Call("mul", (one, two)):
            return _times(_term(one), _term(two))
        case Call("div", (one, two)):
            coefficient, factors = _term(two)
            if coefficient:
                return _times(
                    _term(one), (1 / coefficient, tuple(f"{_PARTIAL}1/{f}" for f in factors))
                )
            return Fraction(1), (f"{_PARTIAL}div({key(one)},{key(two)})",)
        case _:
            number = _value(node) if isinstance(node, Call) else None
            if number is not None:
                return number, ()
            return Fraction(1), (key(node),)


def _times(one: _Term, two: _Term) -> _Term:
    factors = one[1] + two[1]
    if _bits(one[0]) + _bits(two[0]) > MAX_BITS:
        # Too long to be multiplied out: it stays a factor, which costs a match at most.
        return one[0], tuple(sorted((*factors, _written(two[0]))))
    return one[0] * two[0], tuple(sorted(factors))


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())
