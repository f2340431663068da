"""Random answers for property tests: nodes of every kind, small numbers and few names.

Does not cover: sizes near the limits, which have tests of their own.
"""

from fractions import Fraction

from hypothesis import strategies as st

from verifier_server.verifiers.math.nodes import (
    Based,
    Call,
    Choice,
    Constant,
    Group,
    Matrix,
    Node,
    Number,
    Piecewise,
    Quantity,
    Relation,
    SetBuilder,
    Symbol,
    Text,
)

X = Symbol("x")
SYMBOLS = st.sampled_from([Symbol(name) for name in ("x", "y", "a", "k", "C", "A")])
INTEGERS = st.integers(-6, 6).map(lambda value: Number(Fraction(value)))
DECIMALS = st.tuples(st.integers(-99999, 99999), st.integers(1, 5)).map(
    lambda pair: Number(Fraction(pair[0], 10 ** pair[1]), pair[1])
)
CONSTANTS = st.sampled_from([Constant(name) for name in ("pi", "e", "i", "oo")])
NUMBERS = st.one_of(INTEGERS, INTEGERS, DECIMALS)


def _calls(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    pair, one = st.tuples(parts, parts), st.tuples(parts)
    small = st.integers(-2, 3).map(lambda value: Number(Fraction(value)))
    apply = st.tuples(st.sampled_from([Symbol("f"), Symbol("g")]), parts)
    return st.one_of(
        st.builds(Call, st.sampled_from(["add", "mul", "div", "add", "mul"]), pair),
        st.builds(Call, st.just("pow"), st.tuples(parts, small)),
        st.builds(Call, st.sampled_from(["neg", "abs", "sin", "percent", "degree"]), one),
        st.builds(Call, st.just("root"), st.tuples(parts, st.just(Number(Fraction(2))))),
        st.builds(Call, st.just("apply"), apply),
        st.builds(Call, st.just("ratio"), pair),
    )


SCALARS: st.SearchStrategy[Node] = st.recursive(
    st.one_of(NUMBERS, NUMBERS, SYMBOLS, CONSTANTS), _calls, max_leaves=5
)
_OPERATORS = st.sampled_from(["=", "<", "<=", "!=", "~", "in"])
_BRACKETS = st.sampled_from(
    [("", ""), ("{", "}"), ("(", ")"), ("[", "]"), ("(", "]"), ("[", ")"), ("<", ">")]
)
TEXTS = st.sampled_from(
    ["odd", "not odd", "the function is odd", "no solution", "dne", "yes", "odd and even"]
).map(Text)


def _composites(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    few = st.lists(parts, min_size=2, max_size=3).map(tuple)
    relation = st.tuples(_OPERATORS, parts, parts).map(
        lambda three: Relation((three[0],), (three[1], three[2]))
    )
    chain = st.tuples(st.sampled_from([("<", "<="), ("=", "="), ("=", "~")]), parts, parts, parts)
    return st.one_of(
        st.tuples(_BRACKETS, few).map(lambda pair: Group(*pair[0], pair[1])),
        st.tuples(st.sampled_from(["cup", "cap", "setminus"]), few).map(
            lambda pair: Group(pair[0], pair[0], pair[1])
        ),
        relation,
        chain.map(lambda four: Relation(four[0], four[1:])),
        st.builds(Quantity, parts, st.sampled_from(["cm", "m", "hour", "degree", "unit"])),
        few.map(lambda items: Matrix(tuple((item,) for item in items))),
        few.map(lambda items: Matrix((items, items))),
        st.tuples(parts, relation, parts).map(
            lambda three: Piecewise(((three[0], three[1]), (three[2], None)))
        ),
        relation.map(lambda condition: SetBuilder(X, (condition,))),
        st.builds(Choice, st.sampled_from("AB"), st.one_of(st.none(), parts)),
    )


ANSWERS: st.SearchStrategy[Node] = st.recursive(
    st.one_of(SCALARS, SCALARS, TEXTS, st.just(Based(Fraction(5), 2)), st.just(Constant("R"))),
    _composites,
    max_leaves=6,
)
