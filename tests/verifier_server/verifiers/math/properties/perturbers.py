"""Perturbers: another answer, nearly the same, that means something else.

Promises: each takes an answer and a source of chance and gives one changed in
one place, or None where it has nothing to change. Some changes keep the meaning
(x + 2 + 2 with a 2 for the other): whoever uses them asks `model.same_meaning`.
"""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from random import Random

from tests.verifier_server.verifiers.math.properties.model import (
    SCALARS,
    Angle,
    Answer,
    Based,
    Choice,
    Const,
    Equation,
    Expr,
    Grid,
    Num,
    Op,
    Percent,
    Quantity,
    Range,
    Ranges,
    Several,
    Var,
    Words,
)
from tests.verifier_server.verifiers.math.properties.strategies import WORDS
from tests.verifier_server.verifiers.math.properties.typeset import UNITS

Perturber = Callable[[Answer, Random], Answer | None]


def _num(number: int | Fraction) -> Num:
    return Num(Fraction(number))


def _places(answer: Answer) -> list[tuple[int, ...]]:
    """The ways down to every expression within an answer."""
    found: list[tuple[int, ...]] = [()] if isinstance(answer, SCALARS) else []
    for index, part in enumerate(_parts(answer)):
        found += [(index, *path) for path in _places(part)]
    return found


def _parts(answer: Answer) -> tuple[Answer, ...]:
    match answer:
        case Op(_, args):
            return args
        case Several(_, items):
            return items
        case Grid(rows):
            return tuple(entry for row in rows for entry in row)
        case Equation(left, right):
            return (left, right)
        case _:
            return ()


def _with_parts(answer: Answer, parts: tuple[Answer, ...]) -> Answer:
    exprs = tuple(part for part in parts if isinstance(part, SCALARS))
    match answer:
        case Op(name, _):
            return Op(name, exprs)
        case Several(kind, _):
            return Several(kind, parts)
        case Grid(rows):
            width = len(rows[0])
            return Grid(tuple(exprs[at : at + width] for at in range(0, len(exprs), width)))
        case Equation():
            return Equation(*exprs)
    raise AssertionError(answer)


def _at(answer: Answer, path: tuple[int, ...], change: Callable[[Expr], Expr]) -> Answer:
    if not path:
        assert isinstance(answer, SCALARS)
        return change(answer)
    parts = list(_parts(answer))
    parts[path[0]] = _at(parts[path[0]], path[1:], change)
    return _with_parts(answer, tuple(parts))


def _somewhere(
    answer: Answer, chance: Random, change: Callable[[Expr], Expr | None]
) -> Answer | None:
    """One expression changed, drawn among those that `change` does not answer with None."""
    paths = _places(answer)
    chance.shuffle(paths)
    for path in paths:
        outcome: list[Expr | None] = []

        def keep(expr: Expr, outcome: list[Expr | None] = outcome) -> Expr:
            outcome.append(change(expr))
            return outcome[0] or expr

        result = _at(answer, path, keep)
        if outcome[0] is not None and result != answer:
            return result
    return None


def change_digit(answer: Answer, chance: Random) -> Answer | None:
    """A number by one in its last place."""

    def changed(expr: Expr) -> Expr | None:
        if not isinstance(expr, Num):
            return None
        if expr.places is not None:
            step = Fraction(chance.choice((-1, 1)), 10**expr.places)
            return Num(expr.value + step, expr.places)
        if expr.value.denominator == 1:
            return _num(expr.value + chance.choice((-1, 1, 10)))
        top, bottom = expr.value.numerator, expr.value.denominator
        return _num(chance.choice((Fraction(top + 1, bottom), Fraction(top, bottom + 1))))

    return _somewhere(answer, chance, changed)


def change_sign(answer: Answer, chance: Random) -> Answer | None:
    """A term, factor or argument by its sign; a conjugate."""

    def changed(expr: Expr) -> Expr | None:
        match expr:
            case Num(number, places) if number:
                return Num(-number, places)
            case Op("neg", (part,)):
                return part
            case Op("add", (first, *rest)):
                return Op("add", (first, *rest[:-1], Op("neg", (rest[-1],))))
            case Var() | Const() | Op("root", _):
                return Op("neg", (expr,))
            case _:
                return None

    return _somewhere(answer, chance, changed)


def change_operation(answer: Answer, chance: Random) -> Answer | None:
    """A sum for a product, sin for cos, a quotient upside down, a root or a power dropped."""
    others = {"sin": "cos", "cos": "sin", "tan": "sin", "ln": "abs", "abs": "neg"}

    def changed(expr: Expr) -> Expr | None:
        match expr:
            case Op("add", args):
                return Op("mul", args)
            case Op("mul", args):
                return Op("add", args)
            case Op("div", (top, bottom)):
                return Op("div", (bottom, top))
            case Op("root", (part, degree)):
                return chance.choice((part, Op("root", (part, _num(5 - _degree(degree))))))
            case Op("pow", (base, Num(power))):
                step = chance.choice((-1, 1))
                return chance.choice((base, Op("pow", (base, _num(power + step)))))
            case Op(name, args) if name in others:
                return Op(others[name], args)
            case Num(number, None) if number.denominator > 1:
                return _num(1 / number)
            case _:
                return None

    return _somewhere(answer, chance, changed)


def _degree(expr: Expr) -> int:
    return int(expr.value) if isinstance(expr, Num) else 2


def change_name(answer: Answer, chance: Random) -> Answer | None:
    """A variable or constant for another; one of a sum or product dropped."""

    def changed(expr: Expr) -> Expr | None:
        match expr:
            case Var(name):
                return Var(chance.choice([other for other in "xyzabkw" if other != name]))
            case Const("pi"):
                return chance.choice((_num(3), Const("e"), Num(Fraction(157, 50), 2)))
            case Const("i"):
                return _num(1)
            case Const("e"):
                return Const("pi")
            case Op(("add" | "mul") as name, args):
                dropped = list(args)
                del dropped[chance.randrange(len(args))]
                return dropped[0] if len(dropped) == 1 else Op(name, tuple(dropped))
            case _:
                return None

    return _somewhere(answer, chance, changed)


def change_items(answer: Answer, chance: Random) -> Answer | None:
    """Two entries swapped, one dropped, one more, or one twice."""
    if isinstance(answer, Grid):
        if chance.random() < 0.5:
            transposed = tuple(zip(*answer.rows, strict=True))
            return None if transposed == answer.rows else Grid(transposed)
        return Grid(answer.rows[:-1]) if len(answer.rows) > 1 else None
    if isinstance(answer, Ranges):
        parts = answer.parts[1:]
        return parts[0] if len(parts) == 1 else Ranges(parts)
    if not isinstance(answer, Several):
        return None
    items = list(answer.items)
    way = chance.randrange(4)
    if way == 0 and answer.kind in ("tuple", "vector"):
        one, two = chance.sample(range(len(items)), 2)
        items[one], items[two] = items[two], items[one]
    elif way == 1 and len(items) > 2:
        del items[chance.randrange(len(items))]
    elif way == 2 and answer.kind in ("tuple", "vector"):
        items.append(chance.choice(items))
    elif isinstance(items[0], SCALARS):
        items.append(_num(chance.randrange(100, 200)))
    else:
        return None
    return replace(answer, items=tuple(items))


def change_ends(answer: Answer, chance: Random) -> Answer | None:
    """An end of an interval opened or closed, or moved."""
    if isinstance(answer, Ranges):
        index = chance.randrange(len(answer.parts))
        changed = change_ends(answer.parts[index], chance)
        if not isinstance(changed, Range):
            return None
        return Ranges((*answer.parts[:index], changed, *answer.parts[index + 1 :]))
    if not isinstance(answer, Range):
        return None
    ways: list[Range] = []
    if answer.low is not None:
        ways.append(replace(answer, low_closed=not answer.low_closed))
        # Only outwards within the gap to a neighbour, and never past the other end.
        ways.append(replace(answer, low=answer.low - Fraction(1, 1000)))
        ways.append(replace(answer, low=None, low_closed=False))
    if answer.high is not None:
        ways.append(replace(answer, high_closed=not answer.high_closed))
        ways.append(replace(answer, high=answer.high + Fraction(1, 1000)))
    ways = [way for way in ways if way.low is not None or way.high is not None]
    return chance.choice(ways) if ways else None


def change_label(answer: Answer, chance: Random) -> Answer | None:
    """Another unit, base, letter or word; another amount of them."""
    match answer:
        case Quantity(amount, unit):
            if chance.random() < 0.5:
                return Quantity(amount, chance.choice([name for name in UNITS if name != unit]))
            step = Fraction(1, 10 ** (amount.places or 0))
            return Quantity(Num(amount.value + step, amount.places), unit)
        case Based(number, base):
            return chance.choice((Based(number + 1, base), Based(number + base, base)))
        case Choice(letter):
            return Choice(chance.choice([other for other in "ABCDE" if other != letter]))
        case Words(words):
            other = chance.choice([other for other in WORDS if other != words])
            return chance.choice((Words(other), Words(f"not {words}")))
        case Percent(percent):
            step = chance.choice((Fraction(1), Fraction(1, 8)))
            return Percent(percent + step)
        case Angle(degrees):
            return Angle(degrees + chance.choice((1, 90, 360)))
        case _:
            return None


PERTURBERS: tuple[Perturber, ...] = (
    change_digit, change_sign, change_operation, change_name, change_items, change_ends,
    change_label,
)  # fmt: skip
