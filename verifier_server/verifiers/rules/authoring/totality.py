"""No answer that the schema takes may bring a rule to fail.

Promises: the answers of the cases are varied, one and two fields at a time, to the ends of what
the schema allows, over the facts of the cases; an evaluation that ends in an error is a failure,
because it would cost a completion its score. The same pack tries the same answers.

Does not cover: all answers (three fields at odd values together), nor facts that no case has.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from verifier_server.verifiers.rules.authoring.boundaries import (
    changed,
    pairwise,
    singly,
    values_of,
)
from verifier_server.verifiers.rules.authoring.judging import Judge
from verifier_server.verifiers.rules.authoring.report import Finding, Gate, Level, Places
from verifier_server.verifiers.rules.authoring.schemas import Field
from verifier_server.verifiers.rules.authoring.showing import shown
from verifier_server.verifiers.rules.authoring.situations import Situation, value_at

NAME = "totality"
MAX_EVALUATIONS = 4000


def totality(
    judge: Judge, situations: Sequence[Situation], answer: Mapping[str, Field], places: Places
) -> Gate:
    """The gate.

    Args:
        judge: of the pack.
        situations: the distinct facts of its cases, with the answers to each.
        answer: the fields of its answers, by name.
        places: how its parts are named.
    """
    faults: dict[str, _Fault] = {}
    tried = 0
    for situation, varied in islice(_tries(situations, answer), MAX_EVALUATIONS):
        tried += 1
        outcome = judge.outcome(situation.facts, varied)
        if outcome.fault:
            first = faults.setdefault(outcome.faulty, _Fault(outcome.fault, situation, varied))
            first.count += 1
    indices = {rule.id: index for index, rule in enumerate(judge.pack.rules)}
    findings = tuple(
        Finding(
            Level.FAILURE,
            places.part(f"/rules/{indices[rule]}" if rule in indices else ""),
            f"{fault.count} answers bring it to fail, as {shown(fault.answer)} with the facts of "
            f"case {fault.situation.case}: {fault.message}; guard it, or narrow the schema",
            rule,
        )
        for rule, fault in faults.items()
    )
    return Gate(NAME, findings, {"evaluations": tried, "rules_at_fault": len(findings)})


@dataclass(slots=True)
class _Fault:
    """The first answer that a rule fails at, and how many do."""

    message: str
    situation: Situation
    answer: Any
    count: int = 0


def _tries(
    situations: Sequence[Situation], answer: Mapping[str, Field]
) -> Iterator[tuple[Situation, Any]]:
    """Answers to try, as many as there are: one field at a time for all facts, then two."""
    bases = [(each, each.best.answer) for each in situations if each.best]
    if not bases:
        return
    values = {
        field.path: values_of(field, [value_at(base, field.path) for _, base in bases])
        for field in answer.values()
        if not field.is_container
    }
    ones = list(singly(values))
    # Half of the bound is for pairs, where the facts leave it.
    rounds = min(len(bases), max(1, MAX_EVALUATIONS // 2 // max(1, len(ones))))
    for turn in range(rounds):
        for index, change in enumerate(ones):
            situation, base = bases[(index + turn) % len(bases)]
            yield situation, changed(base, change)
    for turn in range(len(bases)):
        for index, change in enumerate(pairwise(values)):
            situation, base = bases[(index + turn) % len(bases)]
            yield situation, changed(base, change)
