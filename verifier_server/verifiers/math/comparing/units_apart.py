"""Why quantities differ: whether only their units do.

Promises: a reason for a person to read; it never changes a verdict.

Does not cover: comparing, or converting units (`check`).
"""

from collections.abc import Sequence
from dataclasses import replace

from verifier_server.verifiers.math.comparing.check import same
from verifier_server.verifiers.math.gold import Gold
from verifier_server.verifiers.math.nodes import Node, Quantity
from verifier_server.verifiers.math.policy import Policy


def unit_at_fault(golds: Sequence[Gold], found: Node, policy: Policy) -> str:
    """wrong_unit or missing_unit where a wrong answer is a right one but for its unit; else ""."""
    if policy.units == "optional" and not isinstance(found, Quantity):
        return ""
    for gold in golds:
        reason = _reason(gold.node, found, policy)
        if reason:
            return reason
    return ""


def _reason(gold: Node, found: Node, policy: Policy) -> str:
    units = [node.unit if isinstance(node, Quantity) else "" for node in (gold, found)]
    if units[0] == units[1]:
        return ""
    values = [node.value if isinstance(node, Quantity) else node for node in (gold, found)]
    number = same(values[0], values[1], replace(policy, units="optional"))
    if not number.equal and not same(gold, found, replace(policy, units="convert")).equal:
        return ""
    return "wrong_unit" if units[1] else "missing_unit"
