"""Rewriters: another answer with the same meaning.

Promises: each takes an answer and a source of chance and gives an answer that
`model.same_meaning` calls the same, or None where it has nothing to do.

Does not cover: other spellings of one answer (`typeset`).
"""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import isqrt
from random import Random

from tests.verifier_server.verifiers.math.properties.model import (
    SCALARS,
    Angle,
    Answer,
    Const,
    Equation,
    Expr,
    Grid,
    Num,
    Op,
    Percent,
    Ranges,
    Several,
    Var,
)

Rewriter = Callable[[Answer, Random], Answer | None]
_TWO = Num(Fraction(2))


def _num(number: int | Fraction) -> Num:
    return Num(Fraction(number))


def _whole(expr: Expr) -> int | None:
    if isinstance(expr, Num) and expr.places is None and expr.value.denominator == 1:
        return int(expr.value)
    return None


def _everywhere(answer: Answer, change: Callable[[Expr], Expr]) -> Answer:
    """The answer with `change` applied to every expression in it, innermost first."""
    match answer:
        case Op(name, args):
            # Exponents and degrees are read as written: x^{4/2} would be another question.
            fixed = 1 if name in ("pow", "root") else len(args)
            inner = (*(_expr(part, change) for part in args[:fixed]), *args[fixed:])
            return change(Op(name, inner))
        case Num() | Var() | Const():
            return change(answer)
        case Several(kind, items):
            return Several(kind, tuple(_everywhere(item, change) for item in items))
        case Grid(rows):
            return Grid(tuple(tuple(_expr(entry, change) for entry in row) for row in rows))
        case Equation(left, right):
            return Equation(_expr(left, change), _expr(right, change))
        case _:
            return answer


def _expr(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    changed = _everywhere(expr, change)
    assert isinstance(changed, SCALARS)
    return changed


def _changed(answer: Answer, change: Callable[[Expr], Expr]) -> Answer | None:
    result = _everywhere(answer, change)
    return None if result == answer else result


def commute(answer: Answer, chance: Random) -> Answer | None:
    """Terms, factors, and the items of sets and lists in another order."""

    def shuffled(expr: Expr) -> Expr:
        match expr:
            case Op(("add" | "mul") as name, args):
                return Op(name, tuple(chance.sample(args, len(args))))
            case _:
                return expr

    result = _everywhere(answer, shuffled)
    if isinstance(result, Several) and result.kind in ("set", "list"):
        result = replace(result, items=tuple(chance.sample(result.items, len(result.items))))
    if isinstance(result, Ranges):
        result = Ranges(tuple(chance.sample(result.parts, len(result.parts))))
    return None if result == answer else result


def group(answer: Answer, _: Random) -> Answer | None:
    """a + b + c as a + (b + c), and so for products."""

    def nested(expr: Expr) -> Expr:
        match expr:
            case Op(("add" | "mul") as name, (first, *rest)) if len(rest) > 1:
                return Op(name, (first, Op(name, tuple(rest))))
            case _:
                return expr

    return _changed(answer, nested)


def turn_signs(answer: Answer, _: Random) -> Answer | None:
    """a + b as -(-a - b)."""

    def turned(expr: Expr) -> Expr:
        match expr:
            case Op("add", args):
                return Op("neg", (Op("add", tuple(Op("neg", (part,)) for part in args)),))
            case _:
                return expr

    return _changed(answer, turned)


def expand(answer: Answer, _: Random) -> Answer | None:
    """(a + b) c as ac + bc."""

    def expanded(expr: Expr) -> Expr:
        match expr:
            case Op("pow", (Op("add", _) as base, power)) if _whole(power) in (2, 3):
                return expanded(Op("mul", (base,) * (_whole(power) or 1)))
            case Op("mul", (Op("add", terms), *rest)):
                parts = [expanded(Op("mul", (term, *rest))) for term in terms]
                return Op("add", tuple(parts))
            case Op("mul", (first, Op("add", terms), *rest)):
                return expanded(Op("mul", (Op("add", terms), first, *rest)))
            case _:
                return expr

    return _changed(answer, expanded)


def unreduce(answer: Answer, chance: Random) -> Answer | None:
    """2/3 as 4/6, and the sides of a quotient times the same number."""
    factor = chance.randrange(2, 7)

    def scaled(expr: Expr) -> Expr:
        match expr:
            case Num(number, None) if number.denominator > 1:
                top = _num(abs(number.numerator) * factor)
                fraction = Op("div", (top, _num(number.denominator * factor)))
                return Op("neg", (fraction,)) if number < 0 else fraction
            case Op("div", (top, bottom)):
                return Op(
                    "div", (Op("mul", (_num(factor), top)), Op("mul", (_num(factor), bottom)))
                )
            case _:
                return expr

    return _changed(answer, scaled)


def over_one_denominator(answer: Answer, _: Random) -> Answer | None:
    """a/b + c as (a + cb)/b."""

    def joined(expr: Expr) -> Expr:
        match expr:
            case Op("add", args):
                for index, part in enumerate(args):
                    if isinstance(part, Op) and part.name == "div":
                        top, bottom = part.args
                        others = [*args[:index], *args[index + 1 :]]
                        scaled = [Op("mul", (each, bottom)) for each in others]
                        return Op("div", (Op("add", (top, *scaled)), bottom))
                return expr
            case _:
                return expr

    return _changed(answer, joined)


def split_fraction(answer: Answer, _: Random) -> Answer | None:
    """(a + b)/c as a/c + b/c."""

    def split(expr: Expr) -> Expr:
        match expr:
            case Op("div", (Op("add", terms), bottom)):
                return Op("add", tuple(Op("div", (term, bottom)) for term in terms))
            case _:
                return expr

    return _changed(answer, split)


def repeat_factors(answer: Answer, _: Random) -> Answer | None:
    """x^2 as x x, and x^{-n} as 1/x^n."""

    def repeated(expr: Expr) -> Expr:
        match expr:
            case Op("pow", (base, power)):
                times = _whole(power)
                if times in (2, 3):
                    return Op("mul", (base,) * times)
                if times is not None and times < 0:
                    return Op("div", (_num(1), Op("pow", (base, _num(-times)))))
                return expr
            case _:
                return expr

    return _changed(answer, repeated)


def respell_roots(answer: Answer, chance: Random) -> Answer | None:
    """A root of a number as a power, with a square drawn in, or rationalised over itself."""
    way = chance.randrange(3)
    factor = chance.randrange(2, 6)

    def respelled(expr: Expr) -> Expr:
        match expr:
            case Op("root", (Num(number) as part, degree)) if number > 0:
                times = _whole(degree) or 2
                if way == 0:
                    return Op("pow", (part, Op("div", (_num(1), degree))))
                if way == 1:
                    inside = Op("root", (_num(number * factor**times), degree))
                    return Op("div", (inside, _num(factor)))
                if times == 2:
                    return Op("div", (part, expr))
                return expr
            case _:
                return expr

    return _changed(answer, respelled)


def nest_radicals(answer: Answer, _: Random) -> Answer | None:
    """sqrt(a) + sqrt(b) as sqrt(a + b + 2 sqrt(ab))."""

    def nested(expr: Expr) -> Expr:
        match expr:
            case Op("add", (Op("root", (Num(a), one)), Op("root", (Num(b), two)))) if (
                one == two == _TWO and a > 0 and b > 0
            ):
                cross = Op("mul", (_TWO, Op("root", (_num(a * b), _TWO))))
                return Op("root", (Op("add", (_num(a + b), cross)), _TWO))
            case _:
                return expr

    return _changed(answer, nested)


def rationalise(answer: Answer, _: Random) -> Answer | None:
    """a + c sqrt(b) as (a^2 - c^2 b)/(a - c sqrt(b))."""

    def conjugate(expr: Expr) -> Expr:
        match expr:
            case Op("add", (first, second)):
                square = _surd_square(second)
                whole = _whole(first)
                if square is None or whole is None or whole**2 == square:
                    return expr
                if isinstance(second, Op) and second.name == "neg":
                    other: Expr = second.args[0]
                else:
                    other = Op("neg", (second,))
                return Op("div", (_num(whole**2 - square), Op("add", (first, other))))
            case _:
                return expr

    return _changed(answer, conjugate)


def _surd_square(expr: Expr) -> int | None:
    """The square of c sqrt(b), where the expression is one and irrational."""
    match expr:
        case Op("neg", (part,)):
            return _surd_square(part)
        case Op("mul", (factor, root)):
            square, whole = _surd_square(root), _whole(factor)
            return None if square is None or whole is None else square * whole**2
        case Op("root", (Num(number), degree)) if degree == _TWO and number.denominator == 1:
            return int(number) if number > 0 and isqrt(int(number)) ** 2 != number else None
        case _:
            return None


def use_identities(answer: Answer, _: Random) -> Answer | None:
    """sin x as cos(pi/2 - x), tan as a quotient, |x| as sqrt(x^2), ln(ax) as a sum is left."""

    def other(expr: Expr) -> Expr:
        match expr:
            case Op("sin", (part,)):
                right = Op("div", (Const("pi"), _TWO))
                return Op("cos", (Op("add", (right, Op("neg", (part,)))),))
            case Op("tan", (part,)):
                return Op("div", (Op("sin", (part,)), Op("cos", (part,))))
            case Op("abs", (part,)):
                return Op("root", (Op("pow", (part, _TWO)), _TWO))
            case _:
                return expr

    return _changed(answer, other)


def rescale_equation(answer: Answer, chance: Random) -> Answer | None:
    """Both sides times a number, swapped, or all on one side."""
    if not isinstance(answer, Equation):
        return None
    left, right = answer.left, answer.right
    way = chance.randrange(4)
    if way == 0:
        return Equation(right, left)
    if way == 1:
        return Equation(Op("add", (left, Op("neg", (right,)))), _num(0))
    if way == 2:
        return Equation(_num(0), Op("add", (right, Op("neg", (left,)))))
    factor = _num(chance.choice((2, 3, -1, -4, 7)))
    return Equation(Op("mul", (factor, left)), Op("mul", (factor, right)))


def respell_number(answer: Answer, _: Random) -> Answer | None:
    """A percentage as a fraction, degrees as radians, a decimal as a fraction and with zeros."""
    match answer:
        case Percent(percent):
            return _num(percent / 100)
        case Angle(degrees):
            return Op("mul", (_num(degrees / 180), Const("pi")))
        case Num(number, places) if places is not None:
            return _num(number) if number.denominator > 1 else Num(number, places + 2)
        case _:
            return None


def reshape(answer: Answer, _: Random) -> Answer | None:
    """A set as a list and back, a vector as a column."""
    match answer:
        case Several("set", items):
            return Several("list", items)
        case Several("list", items):
            return Several("set", items)
        case Several("vector", items):
            columns = tuple((item,) for item in items if isinstance(item, SCALARS))
            return Grid(columns)
        case _:
            return None


# Every rewriter but `reshape` and `respell_number` keeps the kind of the answer.
SAME_KIND: tuple[Rewriter, ...] = (
    commute, group, turn_signs, expand, unreduce, over_one_denominator, split_fraction,
    repeat_factors, respell_roots, nest_radicals, rationalise, use_identities, rescale_equation,
)  # fmt: skip
OTHER_KIND: tuple[Rewriter, ...] = (respell_number, reshape)
