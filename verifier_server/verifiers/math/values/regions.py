"""The regions of the reals within which an expression is one analytic function.

Absolute values, roots, logarithms and fractional powers may be one function
left of a point and another right of it: sqrt(x^2) is x or -x. Two analytic
functions that agree on an open set agree on its whole connected region, so
expressions must be compared in every region, however small.

Promises: `regions` lists every region, or answers None. Borders are found only
where the arguments are rational functions whose factors hold one symbol each
(their real roots are isolated by sympy, Vincent-Akritas-Strzebonski) or keep
one sign (a^2 + b^2).

Does not cover: comparing (`probe`). Borders that follow from other functions
(|sin x|), or run across several symbols (|x-y|), give None.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

import sympy

from verifier_server.verifiers.math.nodes import Call, Node, Number, Symbol, walk
from verifier_server.verifiers.math.values.exact import exact_or_none
from verifier_server.verifiers.math.values.points import Interval, Region
from verifier_server.verifiers.math.values.steps import Spend, attempt
from verifier_server.verifiers.math.values.symbolic import as_rational

MAX_REGIONS = 64
MAX_BORDERS = 24  # functions that may change their form
_SIGNS = ((Fraction(-1), Fraction(0)), (Fraction(0), Fraction(1)))
_ISOLATION = sympy.Rational(1, 10**9)


def regions(names: list[str], spend: Spend, *nodes: Node) -> list[Region] | None:
    """Open boxes, one within each region: an interval for every symbol.

    Returns:
        None where there are more than MAX_REGIONS, or they cannot be found within MAX_STEPS.
    """
    parts = sum(1 for node in nodes for _ in _arguments(node))
    if parts > MAX_BORDERS or 2 ** len(names) > MAX_REGIONS:
        return None
    if not parts:
        return [
            dict(zip(names, signs, strict=True)) for signs in product(_SIGNS, repeat=len(names))
        ]
    return attempt(lambda: _found(names, nodes), spend)


def _found(names: list[str], nodes: tuple[Node, ...]) -> list[Region] | None:
    borders: dict[str, set[Any]] = {name: {sympy.Symbol(name, real=True)} for name in names}
    for node in nodes:
        for argument in _arguments(node):
            factors = None if argument is None else _factors(argument)
            if factors is None:
                return None
            for factor in factors:
                name = factor.free_symbols.pop().name
                if name not in borders:  # bound by a sum
                    return None
                borders[name].add(factor)
    choices: list[list[Interval]] = []
    total = 1
    for name in names:
        gaps = _gaps(borders[name], sympy.Symbol(name, real=True))
        total *= len(gaps)
        if not gaps or total > MAX_REGIONS:
            return None
        choices.append(gaps)
    return [dict(zip(names, chosen, strict=True)) for chosen in product(*choices)]


def switches(node: Node) -> bool:
    """Whether a part of the expression can be one function here and another there."""
    return any(True for _ in _arguments(node))


def _has_symbol(node: Node) -> bool:
    return any(isinstance(part, Symbol) for part in walk(node))


def _arguments(node: Node) -> Iterator[Node | None]:
    """Expressions at whose zeros and poles the function may change; None for an unknown one."""
    for part in walk(node):
        if not isinstance(part, Call) or not _has_symbol(part):
            continue
        match part.name, part.arguments:
            case (("abs" | "ln"), (argument,)):
                yield from _sign_of(argument)
            case "root", (argument, _):
                yield from _sign_of(argument)
            case "pow", (base, power):
                whole = exact_or_none(power)
                if _has_symbol(base) and (whole is None or whole.denominator != 1):
                    yield base
            case (("arcsin" | "arccos"), (argument,)):
                yield _beyond_one(argument)
            case "arctan", (argument,):
                yield from _poles(argument)
            case _:
                continue


def _sign_of(argument: Node) -> Iterator[Node]:
    # The sign of |u| is known; u itself is met as the argument of that absolute value.
    if _has_symbol(argument) and not (isinstance(argument, Call) and argument.name == "abs"):
        yield argument


def _beyond_one(argument: Node) -> Node:
    """u^2 - 1, zero where the inverse sine of u leaves the reals."""
    two, minus = Number(Fraction(2)), Number(Fraction(-1))
    square: Node = Call("pow", (argument, two))
    if isinstance(argument, Call) and argument.name == "root" and argument.arguments[1] == two:
        square = argument.arguments[0]
    return Call("add", (square, minus))


def _poles(argument: Node) -> Iterator[Node | None]:
    for part in walk(argument):
        if isinstance(part, Call) and _has_symbol(part):
            if part.name == "div":
                yield part.arguments[1]
            elif part.name in ("tan", "cot", "sec", "csc"):
                yield None
            elif part.name == "pow" and _has_symbol(part.arguments[0]):
                yield part.arguments[0]


def _factors(argument: Node) -> list[Any] | None:
    """The factors, of one symbol each, at whose zeros a rational function changes sign."""
    rational = as_rational(argument)
    if rational is None:
        return None
    result: list[Any] = []
    for part in sympy.fraction(sympy.together(rational)):
        if not part.free_symbols:
            continue
        for factor, _ in sympy.factor_list(part)[1]:
            if _keeps_sign(factor):
                continue
            if len(factor.free_symbols) != 1:
                return None
            result.append(factor)
    return result


def _keeps_sign(factor: Any) -> bool:
    """Whether it is a sum of even powers of one sign, such as a^2 + b^2.

    It may be zero, on a set too thin to part regions.
    """
    polynomial = sympy.Poly(factor, *sorted(factor.free_symbols, key=str))
    powers, coefficients = zip(*polynomial.terms(), strict=True)
    one_sign = len({coefficient > 0 for coefficient in coefficients}) == 1
    even = all(power % 2 == 0 for each in powers for power in each)
    return one_sign and even and len(powers) > 1


def _gaps(factors: set[Any], symbol: Any) -> list[Interval]:
    """An interval in each gap between the real roots of polynomials in one symbol."""
    polynomial = sympy.Poly(sympy.prod(factors), symbol, domain="QQ").sqf_part()
    roots = sorted(
        (Fraction(low.p, low.q), Fraction(high.p, high.q))
        for (low, high), _ in polynomial.intervals(eps=_ISOLATION)
    )
    first, last = roots[0][0], roots[-1][1]
    gaps = [(first - 1 - abs(first), first)]
    gaps += [(left[1], right[0]) for left, right in pairwise(roots)]
    gaps.append((last, last + 1 + abs(last)))
    return gaps if all(low < high for low, high in gaps) else []
