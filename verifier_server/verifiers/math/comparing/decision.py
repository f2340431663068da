"""What comparing two answers gives, and what the parts of `check` ask of it.

Promises: decisions about parts combine without losing a doubt: parts are all
equal only if each was shown to be, and different once one is.

Does not cover: any comparing (`check` and the modules it calls).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from verifier_server.verifiers.math.nodes import Node
from verifier_server.verifiers.math.policy import Policy


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether two answers are equal (None: undecided), and the stage that decided.

    Stages: structure, exact, decimals, tolerance, formal, numeric, symbolic (`values`), kind,
    items, units, too_big, none.
    """

    equal: bool | None
    stage: str


class Compare(Protocol):
    """Compares parts of the two answers under one policy, within one budget."""

    @property
    def policy(self) -> Policy:
        """What the task says about comparing."""
        ...

    def __call__(self, left: Node, right: Node) -> Decision:
        """Compares two parts."""
        ...

    def spend(self, cost: int) -> None:
        """Takes from the budget of this verdict, or raises TooBigError."""
        ...

    def strict(self) -> "Compare":
        """The same comparison, of values alone: no tolerance, no rounding, no unit left out."""
        ...


def all_of(decisions: Iterable[Decision]) -> Decision:
    """True if all are; the first that is False, else the first undecided, otherwise.

    A lazy iterable is left at its first False.
    """
    doubt: Decision | None = None
    for decision in decisions:
        if decision.equal is False:
            return decision
        if decision.equal is None and doubt is None:
            doubt = decision
    return doubt or Decision(True, "items")


def any_of(decisions: Iterable[Decision]) -> Decision:
    """The first that is True; else the first undecided, else the first; False for none at all."""
    doubt: Decision | None = None
    for decision in decisions:
        if decision.equal:
            return decision
        if doubt is None or (doubt.equal is False and decision.equal is None):
            doubt = decision
    return doubt or Decision(False, "kind")
