"""What holds for every pair of answers."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifier_server.verifiers.math.trees import ANSWERS, SCALARS
from verifier_server.verifiers.math.comparing.check import same
from verifier_server.verifiers.math.comparing.naming import rebuilt
from verifier_server.verifiers.math.nodes import Call, Constant, Group, Node, Number, Relation, walk
from verifier_server.verifiers.math.policy import Policy

POLICIES = st.builds(
    Policy,
    tolerance=st.sampled_from([None, 0.01]),
    significant_digits=st.sampled_from([None, 3]),
    units=st.sampled_from(["optional", "required", "convert"]),
    ordered_lists=st.booleans(),
    rename_variables=st.booleans(),
    loose_percent=st.booleans(),
)


def reversed_lists(node: Node) -> Node:
    """The node with every set, bare list, sum and product the other way round."""
    node = rebuilt(node, reversed_lists)
    if isinstance(node, Group) and node.opening in ("{", "cup", "cap"):
        return Group(node.opening, node.closing, node.items[::-1])
    if isinstance(node, Call) and node.name in ("add", "mul"):
        return Call(node.name, node.arguments[::-1])
    return node


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(ANSWERS, ANSWERS, POLICIES)
def test_the_order_of_the_two_answers_makes_no_difference(
    left: Node, right: Node, policy: Policy
) -> None:
    assert same(left, right, policy) == same(right, left, policy)


@settings(max_examples=150, deadline=None)
@given(ANSWERS, POLICIES)
def test_an_answer_is_itself_unless_it_means_nothing(answer: Node, policy: Policy) -> None:
    decision = same(answer, answer, policy)
    assert decision.equal or decision.stage in ("exact", "kind")
    plain = not any(
        isinstance(part, (Relation, Call)) or part == Constant("oo") for part in walk(answer)
    )
    assert decision.equal or not plain


@settings(max_examples=150, deadline=None)
@given(ANSWERS)
def test_the_order_of_sets_sums_and_products_makes_no_difference(answer: Node) -> None:
    equations = any(isinstance(part, Relation) for part in walk(answer))
    # An equation between random sides is false, which makes it no answer.
    if same(answer, answer).equal and not equations:
        assert same(answer, reversed_lists(answer)).equal is not False


@settings(max_examples=150, deadline=None)
@given(SCALARS, st.integers(1, 9), POLICIES)
def test_another_number_is_another_value(value: Node, more: int, policy: Policy) -> None:
    if policy.tolerance or policy.rename_variables or policy.significant_digits:
        policy = Policy()
    other = Call("add", (value, Number(Fraction(more, 7))))
    assert not same(value, other, policy).equal
