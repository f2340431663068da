"""Hypothesis strategies of answers and of the styles that they are written in.

Promises: answers of every kind that the verifier reads, small enough to be
proved equal or different, and with a value.

Does not cover: answers that have no value, or that are hostile.
"""

from fractions import Fraction

from hypothesis import strategies as st

from tests.verifier_server.verifiers.math.properties.model import (
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
    equal_values,
    is_defined,
    variables,
)
from tests.verifier_server.verifiers.math.properties.typeset import UNITS, Style

WORDS = (
    "odd even ellipse parabola hyperbola circle east west north south monday friday "
    "yes no true false increasing decreasing converges diverges"
).split()
NO_VALUE = ("yes", "no", "true", "false")


def num(number: int | Fraction) -> Num:
    """A rational written as such."""
    return Num(Fraction(number))


def half(expr: Expr) -> Expr:
    return Op("div", (expr, num(2)))


styles = st.builds(
    Style,
    fraction=st.sampled_from((r"\frac", r"\dfrac", r"\tfrac", "/")),
    times=st.sampled_from((r"\cdot ", r"\times ", "*", " * ", "\u00d7", r" \cdot ")),
    large_brackets=st.booleans(),
    gap=st.sampled_from(("", " ", r"\,", r"\ ", "  ")),
    typographic=st.booleans(),
    thousands=st.sampled_from(("", "", ",", "{,}", r"\,", r",\!")),
    short_power=st.booleans(),
    wrapper=st.sampled_from(
        (("", ""), ("", ""), ("$", "$"), (r"\(", r"\)"), (" ", "\n"), ("$$", "$$"), ("", "."))
    ),
    unit=st.integers(0, 29),
)

integers = st.integers(-2500, 2500).map(num)
naturals = st.integers(1, 60).map(num)
fractions = st.builds(Fraction, st.integers(-60, 60), st.integers(2, 40)).map(Num)
decimals = st.builds(
    lambda digits, places: Num(Fraction(digits, 10**places), places),
    st.integers(-99999, 99999),
    st.integers(1, 5),
)
rationals = st.one_of(integers, fractions, decimals)

_square_roots = st.sampled_from((2, 3, 5, 6, 7, 10, 11, 13, 15)).map(
    lambda number: Op("root", (num(number), num(2)))
)
_cube_roots = st.sampled_from((2, 3, 4, 5, 9)).map(lambda number: Op("root", (num(number), num(3))))
_roots = st.one_of(_square_roots, _cube_roots)


@st.composite
def surds(draw: st.DrawFn) -> Expr:
    """(a + b sqrt(n)) / d, and its parts."""
    root: Expr = draw(_roots)
    factor = draw(st.integers(1, 9))
    term: Expr = root if factor == 1 else Op("mul", (num(factor), root))
    if draw(st.booleans()):
        term = Op("neg", (term,))
    other = draw(st.one_of(st.none(), st.integers(-12, 12).filter(bool).map(num), _square_roots))
    top = term if other is None else Op("add", (other, term))
    bottom = draw(st.integers(1, 7))
    return top if bottom == 1 else Op("div", (top, num(bottom)))


sums_of_roots = st.tuples(_square_roots, _square_roots).map(lambda roots: Op("add", roots))


@st.composite
def constants(draw: st.DrawFn) -> Expr:
    """Multiples of pi, powers of e, logarithms, complex numbers."""
    kind = draw(st.sampled_from(("pi", "power", "ln", "complex", "mixed")))
    amount = draw(st.integers(2, 12))
    pi = Const("pi")
    if kind == "pi":
        bottom = draw(st.integers(1, 12))
        top: Expr = Op("mul", (num(amount), pi))
        return top if bottom == 1 else Op("div", (top, num(bottom)))
    if kind == "power":
        return Op("pow", (Const("e"), num(draw(st.integers(-4, 5).filter(bool)))))
    if kind == "ln":
        return Op("mul", (num(amount), Op("ln", (num(draw(st.integers(2, 9))),))))
    if kind == "complex":
        imaginary = Op("mul", (num(amount), Const("i")))
        sign = draw(st.booleans())
        return Op("add", (draw(integers), Op("neg", (imaginary,)) if sign else imaginary))
    return Op("add", (draw(integers), Op("mul", (num(amount), pi))))


@st.composite
def polynomials(draw: st.DrawFn, names: str = "xyzabk") -> Expr:
    """A sum of up to four monomials in one or two letters."""
    letters = draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))
    terms: list[Expr] = []
    for _ in range(draw(st.integers(1, 4))):
        factors: list[Expr] = []
        coefficient = draw(st.integers(-9, 9).filter(bool))
        if abs(coefficient) > 1:
            factors.append(num(abs(coefficient)))
        for letter in letters:
            power = draw(st.integers(0, 4))
            if power:
                base = Var(letter)
                factors.append(base if power == 1 else Op("pow", (base, num(power))))
        factors = factors or [num(1)]
        term = factors[0] if len(factors) == 1 else Op("mul", tuple(factors))
        terms.append(term if coefficient > 0 else Op("neg", (term,)))
    return terms[0] if len(terms) == 1 else Op("add", tuple(terms))


@st.composite
def products(draw: st.DrawFn) -> Expr:
    """Factored polynomials, squared or cubed where there are two of them."""
    factors = draw(st.lists(polynomials("xy"), min_size=2, max_size=3))
    if len(factors) == 2 and draw(st.booleans()):
        factors[0] = Op("pow", (factors[0], num(draw(st.integers(2, 3)))))
    return Op("mul", tuple(factors))


quotients = st.builds(
    lambda top, bottom: Op("div", (top, bottom)), polynomials("xa"), polynomials("xa")
)
sums_of_quotients = st.builds(
    lambda quotient, other: Op("add", (quotient, other)),
    quotients,
    st.one_of(polynomials("xa"), naturals),
)


@st.composite
def functions(draw: st.DrawFn) -> Expr:
    """Sums of multiples of elementary functions of one letter."""
    letter = Var(draw(st.sampled_from("xt")))
    terms: list[Expr] = []
    for _ in range(draw(st.integers(1, 3))):
        inner: Expr = letter
        if draw(st.booleans()):
            inner = Op("mul", (num(draw(st.integers(2, 5))), letter))
        name = draw(st.sampled_from(("sin", "cos", "tan", "exp", "ln", "root", "abs")))
        if name == "exp":
            term: Expr = Op("pow", (Const("e"), inner))
        elif name == "root":
            term = Op("root", (inner, num(2)))
        else:
            term = Op(name, (inner,))
        factor = draw(st.integers(1, 5))
        terms.append(term if factor == 1 else Op("mul", (num(factor), term)))
    return terms[0] if len(terms) == 1 else Op("add", tuple(terms))


values: st.SearchStrategy[Expr] = st.one_of(rationals, surds(), constants()).filter(is_defined)
formulas: st.SearchStrategy[Expr] = st.one_of(
    polynomials(), products(), quotients, sums_of_quotients, functions()
).filter(lambda expr: is_defined(expr) and bool(variables(expr)))
expressions = st.one_of(values, formulas)
_short = st.one_of(st.integers(-40, 40).map(num), fractions, surds(), polynomials("xy"))


def _differ(items: list[Expr]) -> bool:
    return all(
        equal_values(one, two) is False
        for index, one in enumerate(items)
        for two in items[index + 1 :]
    )


_items = st.lists(_short, min_size=2, max_size=5).filter(_differ)
several = st.builds(
    lambda kind, items: Several(kind, tuple(items)),
    st.sampled_from(("tuple", "set", "list", "vector")),
    _items,
)
_points = st.tuples(st.integers(-9, 9).map(num), fractions).map(lambda pair: Several("tuple", pair))
points = st.lists(_points, min_size=2, max_size=3, unique=True).map(
    lambda items: Several("list", tuple(items))
)


@st.composite
def ranges(draw: st.DrawFn) -> Range | Ranges:
    """One interval, or a union of two or three apart from each other."""
    end = st.builds(Fraction, st.integers(-60, 60), st.integers(1, 4))
    count = draw(st.integers(1, 3))
    drawn = draw(st.lists(end, min_size=2 * count, max_size=2 * count, unique=True))
    ends: list[Fraction | None] = [*sorted(drawn)]
    if draw(st.booleans()):
        ends[0] = None
    if draw(st.booleans()) and (count > 1 or ends[0] is not None):
        ends[-1] = None
    parts = tuple(
        Range(
            low,
            high,
            low is not None and draw(st.booleans()),
            high is not None and draw(st.booleans()),
        )
        for low, high in zip(ends[::2], ends[1::2], strict=True)
    )
    return parts[0] if count == 1 else Ranges(parts)


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    height, width = draw(st.integers(2, 3)), draw(st.integers(2, 3))
    entry = st.one_of(st.integers(-20, 20).map(num), fractions, surds())
    return Grid(tuple(tuple(draw(entry) for _ in range(width)) for _ in range(height)))


equations = st.builds(
    Equation, st.one_of(polynomials("xy"), products()), st.one_of(polynomials("xy"), integers)
).filter(
    lambda each: (
        variables(each) == {"x", "y"}
        and not isinstance(each.left, Var)
        and not isinstance(each.right, Var)
        and equal_values(each.left, each.right) is False
    )
)
_positive = st.one_of(st.integers(1, 999).map(num), decimals.filter(lambda each: each.value > 0))
quantities = st.builds(Quantity, _positive, st.sampled_from(sorted(UNITS)))
angles = st.builds(lambda number: Angle(Fraction(number, 2)), st.integers(1, 720))
percents = st.integers(1, 4000).map(lambda number: Percent(Fraction(number, 8)))
bases = st.builds(Based, st.integers(40, 9999), st.sampled_from((2, 3, 5, 7, 8, 9, 16)))
choices = st.sampled_from("ABCDE").map(Choice)
words = st.sampled_from(WORDS).map(Words)
labels: st.SearchStrategy[Answer] = st.one_of(quantities, angles, percents, bases, choices, words)
collections: st.SearchStrategy[Answer] = st.one_of(several, points, ranges(), grids())
sums: st.SearchStrategy[Answer] = st.one_of(sums_of_quotients, surds(), products(), equations)

answers: st.SearchStrategy[Answer] = st.one_of(
    values, formulas, several, points, ranges(), grids(), equations,
    quantities, angles, percents, bases, choices, words,
)  # fmt: skip


rewritable: st.SearchStrategy[Answer] = st.one_of(
    percents,
    angles,
    decimals,
    st.builds(
        lambda kind, items: Several(kind, tuple(items)),
        st.sampled_from(("set", "list", "vector")),
        _items,
    ),
)
