"""z3's functions, as far as programs may call them.

Promises: a table; what is not in it cannot be called. Every result is bounded.

Does not cover: what a solver is asked, and calls that name their own variables
(`[x:people]`: `binders`).
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial

from verifier_server.verifiers.logic.composing import logical, numeric
from verifier_server.verifiers.logic.composing.measured import (
    BuildError,
    Built,
    integer,
    number,
)
from verifier_server.verifiers.logic.declarations import Symbol
from verifier_server.verifiers.logic.formulas import (
    BOOL,
    INT,
    REAL,
    Atom,
    Function,
    Op,
    Quantifier,
    Relation,
)
from verifier_server.verifiers.logic.zpython import binding
from verifier_server.verifiers.logic.zpython.arguments import (
    MAX_NUMERAL,
    Call,
    expect,
    iterated,
    listed,
    parts_of,
    sort_in,
    text_in,
    whole_in,
)
from verifier_server.verifiers.logic.zpython.limits import MAX_ITEMS
from verifier_server.verifiers.logic.zpython.operating import (
    lifted,
)
from verifier_server.verifiers.logic.zpython.reasons import (
    ARITY_MISMATCH,
    SORT_MISMATCH,
    TOO_LARGE,
)
from verifier_server.verifiers.logic.zpython.values import (
    ListValue,
    SolverValue,
    SortValue,
    Value,
)
from verifier_server.verifiers.logic.zpython.vocabulary import Vocabulary

type _Join = Callable[[Sequence[Built]], Built]


def _one(build: Callable[[Built], Built], _: Vocabulary, values: Sequence[Value]) -> Value:
    expect(values, 1)
    return build(lifted(values[0]))


def _two(
    build: Callable[[Sequence[Built]], Built], _: Vocabulary, values: Sequence[Value]
) -> Value:
    expect(values, 2)
    return build([lifted(value) for value in values])


def _many(
    build: Callable[[Sequence[Built]], Built], _: Vocabulary, values: Sequence[Value]
) -> Value:
    return build(parts_of(values))


def _if(_: Vocabulary, values: Sequence[Value]) -> Value:
    expect(values, 3)
    return logical.chosen(*(lifted(value) for value in values))


def _total(_: Vocabulary, values: Sequence[Value]) -> Value:
    parts = parts_of(values)
    return numeric.added(parts) if parts else integer(0)


def _product(_: Vocabulary, values: Sequence[Value]) -> Value:
    parts = parts_of(values)
    return numeric.multiplied(parts) if parts else integer(1)


def _distinct(parts: Sequence[Built]) -> Built:
    if not parts:
        raise BuildError(ARITY_MISMATCH, "Distinct of nothing")
    return logical.distinct(parts)


def _quantify(quantifier: Quantifier, _: Vocabulary, values: Sequence[Value]) -> Value:
    expect(values, 2)
    names = values[0].items if isinstance(values[0], ListValue) else [values[0]]
    constants = []
    for value in names:
        node = value.node if isinstance(value, Built) else None
        if not isinstance(node, (Function, Atom)) or node.arguments:
            raise BuildError("binder", "a quantifier binds constants")
        assert isinstance(value, Built)
        constants.append(Symbol(node.name, (), value.sort))
    return binding.quantified(quantifier, constants, lifted(values[1]))


def _count_of(parts: Sequence[Built], weights: Sequence[int]) -> Built:
    chosen = [
        logical.chosen(part, integer(weight), integer(0))
        for part, weight in zip(parts, weights, strict=True)
    ]
    return numeric.added(chosen) if chosen else integer(0)


def _bounded_count(relation: Relation, _: Vocabulary, values: Sequence[Value]) -> Value:
    """AtMost(p, q, ..., k), AtLeast."""
    if len(values) < 2:
        raise BuildError(ARITY_MISMATCH, "expected formulas and a number")
    parts = parts_of(values[:-1])
    total = _count_of(parts, [1] * len(parts))
    return numeric.compared(relation, (total, integer(whole_in(values[-1]))))


def _weighed(relation: Relation | None, _: Vocabulary, values: Sequence[Value]) -> Value:
    """PbLe([(p, weight), ...], k), PbGe, PbEq."""
    expect(values, 2)
    parts, weights = [], []
    for pair in iterated(values[0]):
        part, weight = iterated(pair)[:2] if len(iterated(pair)) == 2 else (None, None)
        parts.append(lifted(part))
        weights.append(whole_in(weight))
    sides = (_count_of(parts, weights), integer(whole_in(values[1])))
    return logical.equal(sides) if relation is None else numeric.compared(relation, sides)


def count(parts: Sequence[Built]) -> Built:
    """How many of some formulas hold."""
    return _count_of(parts, [1] * len(parts))


def _named(sort: str, vocabulary: Vocabulary, values: Sequence[Value]) -> Value:
    expect(values, 1)
    return vocabulary.constant(text_in(values[0]), SortValue(sort))


def _several(sort: str, vocabulary: Vocabulary, values: Sequence[Value]) -> Value:
    expect(values, 1)
    return _consts(vocabulary, (values[0], SortValue(sort)))


def _vector(sort: str, vocabulary: Vocabulary, values: Sequence[Value]) -> Value:
    expect(values, 2)
    name, length = text_in(values[0]), whole_in(values[1])
    if length > MAX_ITEMS:
        raise BuildError(TOO_LARGE, f"more than {MAX_ITEMS} names")
    made = [vocabulary.constant(f"{name}__{each}", SortValue(sort)) for each in range(length)]
    return listed(made)


def _const(vocabulary: Vocabulary, values: Sequence[Value]) -> Value:
    expect(values, 2)
    return vocabulary.constant(text_in(values[0]), sort_in(values[1]))


def _consts(vocabulary: Vocabulary, values: Sequence[Value]) -> Value:
    expect(values, 2)
    names = values[0].split() if isinstance(values[0], str) else map(text_in, iterated(values[0]))
    return listed([vocabulary.constant(name, sort_in(values[1])) for name in names])


def _function(vocabulary: Vocabulary, values: Sequence[Value]) -> Value:
    if len(values) == 2:
        return vocabulary.constant(text_in(values[0]), sort_in(values[1]))
    return vocabulary.function(text_in(values[0]), [sort_in(value) for value in values[1:]])


def _declare_sort(vocabulary: Vocabulary, values: Sequence[Value]) -> Value:
    expect(values, 1)
    return vocabulary.sort(text_in(values[0]))


def _enumeration(vocabulary: Vocabulary, values: Sequence[Value]) -> Value:
    expect(values, 2)
    names = [text_in(each) for each in iterated(values[1])]
    sort, members = vocabulary.enumeration(text_in(values[0]), names)
    return listed([sort, listed(members)], frozen=True)


def _plain_sort(name: str, _: Vocabulary, values: Sequence[Value]) -> Value:
    expect(values, 0)
    return SortValue(name)


def _numeral(sort: str, _: Vocabulary, values: Sequence[Value]) -> Value:
    expect(values, 1)
    value = values[0]
    if isinstance(value, str) and len(value) < MAX_NUMERAL and value.isascii() and "e" not in value:
        try:
            value = Fraction(value)
        except (ValueError, ZeroDivisionError):
            raise BuildError("number", "no number") from None
    if isinstance(value, bool) or not isinstance(value, (int, Fraction)):
        raise BuildError("number", "no number")
    if sort == INT and Fraction(value).denominator != 1:
        raise BuildError("number", "no whole number")
    return number(Fraction(value), sort)


def _quotient(_: Vocabulary, values: Sequence[Value]) -> Value:
    expect(values, 2)
    if whole_in(values[1]) == 0:
        raise BuildError("number", "division by zero")
    return number(Fraction(whole_in(values[0]), whole_in(values[1])), REAL)


def _truth(_: Vocabulary, values: Sequence[Value]) -> Value:
    expect(values, 1)
    if not isinstance(values[0], bool):
        raise BuildError(SORT_MISMATCH, "expected True or False")
    return logical.truth(values[0])


def _solver(_: Vocabulary, values: Sequence[Value]) -> Value:
    expect(values, 0)
    return SolverValue()


def absolute(_: Vocabulary, values: Sequence[Value]) -> Value:
    """|x| of a number or of a term: Abs and abs."""
    expect(values, 1)
    value = values[0]
    if isinstance(value, int):
        return abs(value)
    if isinstance(value, Fraction):
        return abs(value)
    return numeric.absolute(lifted(value))


Z3: Mapping[str, Call] = {
    "And": partial(_many, partial(logical.joined, Op.AND)),
    "Or": partial(_many, partial(logical.joined, Op.OR)),
    "Not": partial(_one, logical.negated),
    "Implies": partial(_two, logical.implied),
    "Xor": partial(_two, logical.exclusive),
    "If": _if,
    "Distinct": partial(_many, _distinct),
    "Sum": _total,
    "Product": _product,
    "ForAll": partial(_quantify, Quantifier.FORALL),
    "Exists": partial(_quantify, Quantifier.EXISTS),
    "AtMost": partial(_bounded_count, Relation.LESS_EQUAL),
    "AtLeast": partial(_bounded_count, Relation.GREATER_EQUAL),
    "PbLe": partial(_weighed, Relation.LESS_EQUAL),
    "PbGe": partial(_weighed, Relation.GREATER_EQUAL),
    "PbEq": partial(_weighed, None),
    "Abs": absolute,
    "ToReal": partial(_one, numeric.real),
    "ToInt": partial(_one, numeric.floor),
    "IsInt": partial(_one, numeric.is_whole),
    "Int": partial(_named, INT),
    "Real": partial(_named, REAL),
    "Bool": partial(_named, BOOL),
    "Ints": partial(_several, INT),
    "Reals": partial(_several, REAL),
    "Bools": partial(_several, BOOL),
    "IntVector": partial(_vector, INT),
    "RealVector": partial(_vector, REAL),
    "BoolVector": partial(_vector, BOOL),
    "Const": _const,
    "Consts": _consts,
    "Function": _function,
    "DeclareSort": _declare_sort,
    "EnumSort": _enumeration,
    "IntSort": partial(_plain_sort, INT),
    "RealSort": partial(_plain_sort, REAL),
    "BoolSort": partial(_plain_sort, BOOL),
    "IntVal": partial(_numeral, INT),
    "RealVal": partial(_numeral, REAL),
    "BoolVal": _truth,
    "Q": _quotient,
    "Solver": _solver,
    "SimpleSolver": _solver,
}
# What declares, and so is not for formulas under given declarations.
DECLARING = frozenset(("Function", "DeclareSort", "EnumSort", "Solver", "SimpleSolver"))
