"""Measures are those of the tree written out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.logic.composing import logical, numeric
from verifier_server.verifiers.logic.composing.measured import BuildError, integer, number
from verifier_server.verifiers.logic.declarations import Declarations, Symbol
from verifier_server.verifiers.logic.formulas import (
    INT,
    REAL,
    Compared,
    Computed,
    Connected,
    Equal,
    Not,
    Op,
    Quantified,
    Quantifier,
    Relation,
    Variable,
)

P = logical.applied(Symbol("p", (), "Bool"), ())
X = logical.applied(Symbol("x", (), INT), ())


def walked(node):
    """Nodes and depth of a tree, by walking it."""
    match node:
        case Connected():
            parts = node.parts
        case Not() | Quantified():
            parts = (node.body,)
        case Equal() | Compared():
            parts = (node.left, node.right)
        case Computed():
            parts = node.arguments
        case _:
            parts = ()
    measures = [walked(part) for part in parts]
    own = 1 + len(node.variables) if isinstance(node, Quantified) else 1
    depth = 1 + max((depth for _, depth in measures), default=0)
    return own + sum(size for size, _ in measures), depth


def joins(parts):
    numbers = st.tuples(parts, parts).map(
        lambda pair: (
            numeric.compared(Relation.LESS, [numeric.added([X, integer(2), X]), X])
            if pair[0] == pair[1]
            else logical.equal(pair)
        )
    )
    return st.one_of(
        st.lists(parts, min_size=1, max_size=3).map(lambda each: logical.joined(Op.AND, each)),
        st.lists(parts, min_size=1, max_size=3).map(lambda each: logical.joined(Op.OR, each)),
        st.lists(parts, min_size=2, max_size=3).map(logical.implied),
        st.lists(parts, min_size=2, max_size=3).map(logical.distinct),
        st.tuples(parts, parts, parts).map(lambda each: logical.chosen(*each)),
        parts.map(logical.negated),
        parts.map(lambda each: logical.quantified(Quantifier.FORALL, (Variable("v", INT),), each)),
        numbers,
    )


@given(st.recursive(st.just(P), joins, max_leaves=12))
def test_sizes_and_depths_bound_the_tree(built):
    size, depth = walked(built.node)
    assert size <= built.size
    assert depth <= built.depth


def test_a_long_sum_or_conjunction_is_flat_however_it_is_made():
    total, all_of = X, P
    for _ in range(500):
        total = numeric.added((total, X))
        all_of = logical.joined(Op.AND, (all_of, P))
    assert len(total.node.arguments) == len(all_of.node.parts) == 501
    assert (total.size, total.depth) == (502, 2)
    assert (all_of.size, all_of.depth) == (502, 2)


def test_shared_parts_count_each_time():
    shared = P
    for _ in range(13):
        shared = logical.joined(Op.OR, (logical.negated(shared), logical.negated(shared)))
    assert shared.size == 2**13 + 3 * (2**13 - 1)
    with pytest.raises(BuildError, match="nodes"):
        logical.joined(Op.OR, (logical.negated(shared), logical.negated(shared)))


def test_degrees_add_up_and_numerals_do_not_count():
    two = integer(2)
    fourth = numeric.multiplied((X, X, two, X, X))
    assert fourth.degree == 4
    with pytest.raises(BuildError, match="unknowns"):
        numeric.multiplied((fourth, X))
    assert numeric.added((fourth, X)).degree == 4


def test_numerals_are_bounded_alone_and_together():
    number(10**30, REAL)
    with pytest.raises(BuildError, match="digits"):
        integer(10**60)
    with pytest.raises(BuildError, match="together"):
        numeric.multiplied([integer(10**30)] * 600)


def test_declarations_give_sorts_by_name():
    declared = Declarations(("U",), (Symbol("f", ("U",), INT), Symbol("p", ("U",), "Bool")))
    assert declared.results == {("f", 1): INT}
    assert declared.arguments == {(False, "f", 1): ("U",), (True, "p", 1): ("U",)}
