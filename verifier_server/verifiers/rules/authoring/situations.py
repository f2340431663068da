"""The cases by their facts: what was asked, and the best of the answers to it.

Promises: each distinct facts once, in the order of the cases.

Does not cover: cases whose answer has no verdicts, but for their facts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from verifier_server.verifiers.rules.authoring.boundaries import ABSENT
from verifier_server.verifiers.rules.authoring.cases import Case
from verifier_server.verifiers.rules.authoring.judging import Outcome
from verifier_server.verifiers.rules.pack import canonical

FULL = 1.0


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer of a case that was judged."""

    case: str
    answer: Mapping[str, Any]
    outcome: Outcome


@dataclass(slots=True)
class Situation:
    """Facts, the first case that has them, and all answers of cases to them."""

    facts: Mapping[str, Any]
    case: str
    line: int
    answered: list[Answered] = field(default_factory=list)

    @property
    def best(self) -> Answered | None:
        """The first answer of the highest value."""
        return max(self.answered, key=lambda each: each.outcome.value, default=None)


def situations_of(cases: Sequence[Case], outcomes: Sequence[Outcome]) -> list[Situation]:
    """The distinct facts of cases, with what the pack says of the answers to them."""
    found: dict[str, Situation] = {}
    for case, outcome in zip(cases, outcomes, strict=True):
        situation = found.setdefault(
            canonical(case.facts), Situation(case.facts, case.id, case.line)
        )
        if outcome.verdicts is not None:
            situation.answered.append(Answered(case.id, case.answer, outcome))
    return list(found.values())


def value_at(answer: Any, path: Sequence[str]) -> Any:
    """The value at a place of an answer, ABSENT where there is none."""
    for name in path:
        if not isinstance(answer, Mapping) or name not in answer:
            return ABSENT
        answer = answer[name]
    return answer
