"""Comparing two texts as answers, both ways round."""

from verifier_server.verifiers.math.comparing.check import same
from verifier_server.verifiers.math.policy import DEFAULT, Policy
from verifier_server.verifiers.math.reading.parse import parse


def equal(left: str, right: str, policy: Policy = DEFAULT) -> bool | None:
    """Whether two answers are equal; the order must make no difference."""
    one, two = parse(left), parse(right)
    decision = same(one, two, policy)
    assert same(two, one, policy) == decision
    return decision.equal
