"""A required rule that applies only to some answers can be evaded by giving another one.

Promises: over the facts of the cases, answers are varied in the fields that a `when` reads and in
those that rules tie to them. An evasion is open where an answer that the rule does not apply to
is worth as much as the right one, fails no critical or major rule whose `when` reads facts alone,
and is of a kind that no case calls right; it pays where it is worth more than the right answer that
fails the rule alone. Either is a failure, and a warning where such a guard catches evasions for
some facts. Forbidden rules are left out: not to be forbidden is what they ask for.

Does not cover: fields that only the text of a document ties together.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, product
from typing import Any

from verifier_server.verifiers.rules.authoring.boundaries import (
    ABSENT,
    changed,
    pairwise,
    singly,
    values_of,
)
from verifier_server.verifiers.rules.authoring.judging import Judge, Outcome
from verifier_server.verifiers.rules.authoring.report import Finding, Gate, Level, Places
from verifier_server.verifiers.rules.authoring.schemas import Field, choices
from verifier_server.verifiers.rules.authoring.showing import shown
from verifier_server.verifiers.rules.authoring.situations import (
    FULL,
    Answered,
    Situation,
    value_at,
)
from verifier_server.verifiers.rules.pack import Pack, Rule
from verifier_server.verifiers.rules.tokens import references

NAME = "evasion"
MAX_EVALUATIONS = 6000
MAX_VALUES = 6  # of a field that lists none
_GUARDING = ("critical", "major")
_NOT_APPLICABLE = "not_applicable"

_Path = tuple[str, ...]


@dataclass(slots=True)
class _Reader:
    """One required rule whose `when` reads the answer, and what is found of it."""

    rule: Rule
    index: int
    fields: frozenset[_Path]
    tied: frozenset[_Path]
    guards: tuple[str, ...]
    tied_by_others: frozenset[_Path]
    applied: bool = False
    open: tuple[Situation, Any] | None = None
    paying: tuple[Situation, Any, float, float] | None = None
    is_guarded: bool = False


def evasion(
    judge: Judge, situations: Sequence[Situation], answer: Mapping[str, Field], places: Places
) -> Gate:
    """The gate.

    Args:
        judge: of the pack.
        situations: the distinct facts of its cases, with the answers to each.
        answer: the fields of its answers, by name.
        places: how its parts are named.
    """
    leaves = {field.path: field for field in answer.values() if not field.is_container}
    readers = list(_readers(judge.pack, frozenset(leaves)))
    right = [(each, each.best) for each in situations if _is_right(each)]
    tried = 0
    share = MAX_EVALUATIONS // max(1, len(readers) * len(right))
    for reader in readers:
        values = {path: _values(leaves[path], situations) for path in sorted(reader.tied)}
        for situation, best in right:
            assert best is not None
            if (best.outcome.verdicts or {})[reader.rule.id] == _NOT_APPLICABLE:
                continue
            reader.applied = True
            for varied, outcome in _varied(judge, situation, best, values, share):
                tried += 1
                _weigh(reader, judge.pack, situation, best, varied, outcome)
    findings = tuple(finding for reader in readers for finding in _findings(reader, places))
    figures = {
        "rules_that_read_the_answer": len(readers),
        "open": sum(1 for each in readers if each.open),
        "evaluations": tried,
    }
    return Gate(NAME, findings, figures)


def _is_right(situation: Situation) -> bool:
    return situation.best is not None and situation.best.outcome.value == FULL


def _readers(pack: Pack, leaves: frozenset[_Path]) -> Iterator[_Reader]:
    """Required rules whose `when` reads the answer, directly or in a macro."""
    ties = [
        _answer_fields(rule.when, leaves) | _answer_fields(rule.check, leaves)
        for rule in pack.rules
    ]
    guards = tuple(rule.id for rule in pack.rules if _is_guard(rule))
    for index, rule in enumerate(pack.rules):
        fields = _answer_fields(rule.when, leaves)
        if rule.kind == "required" and fields:
            yield _Reader(
                rule=rule,
                index=index,
                fields=fields,
                tied=_tied(fields | ties[index], ties),
                guards=guards,
                tied_by_others=_tied(fields, [*ties[:index], *ties[index + 1 :]]),
            )


def _answer_fields(text: str, leaves: frozenset[_Path]) -> frozenset[_Path]:
    """The fields of the answer that an expression may read."""
    paths = [each.path for each in references(text) if each.root == "answer"]
    return frozenset(
        leaf for leaf in leaves if any(leaf[: len(path)] == path[: len(leaf)] for path in paths)
    )


def _tied(fields: frozenset[_Path], ties: Sequence[frozenset[_Path]]) -> frozenset[_Path]:
    """The fields, and all that rules read together with them."""
    while True:
        more = fields.union(*(each for each in ties if each & fields))
        if more == fields:
            return fields
        fields = more


def _values(field: Field, situations: Sequence[Situation]) -> list[Any]:
    seen = [
        value_at(each.answer, field.path) for situation in situations for each in situation.answered
    ]
    values = values_of(field, [value for value in seen if value is not ABSENT])
    return values if any(True for _ in choices(field.parts)) else values[:MAX_VALUES]


def _varied(
    judge: Judge,
    situation: Situation,
    best: Answered,
    values: Mapping[_Path, Sequence[Any]],
    most: int,
) -> Iterator[tuple[Any, Outcome]]:
    """Answers that differ in one field, in two, and in any: small changes first."""
    whole = (dict(zip(values, each, strict=True)) for each in product(*values.values()))
    for changes in islice(chain(singly(values), pairwise(values), whole), most):
        answer = changed(best.answer, changes)
        outcome = judge.outcome(situation.facts, answer)
        if outcome.verdicts is not None:
            yield answer, outcome


def _weigh(
    reader: _Reader, pack: Pack, situation: Situation, best: Answered, answer: Any, outcome: Outcome
) -> None:
    verdicts = outcome.verdicts or {}
    if verdicts[reader.rule.id] != _NOT_APPLICABLE:
        return
    if any(verdicts[guard] == "fail" for guard in reader.guards):
        # What the rule itself asks for may fail a guard as well; that is no guard of evasions.
        reader.is_guarded |= all(
            value_at(answer, path) == value_at(best.answer, path)
            for path in reader.tied - reader.tied_by_others
        )
    elif outcome.value >= best.outcome.value and not _is_declared(reader, situation, answer):
        reader.open = reader.open or (situation, answer)
    failing = _value_failing(reader.rule, pack, best)
    if FULL > outcome.value > failing and not _is_declared(reader, situation, answer):
        reader.paying = reader.paying or (situation, answer, outcome.value, failing)


def _is_guard(rule: Rule) -> bool:
    reads_answer = any(each.root == "answer" for each in references(rule.when))
    return rule.severity in _GUARDING and not reads_answer


def _is_declared(reader: _Reader, situation: Situation, answer: Any) -> bool:
    """Whether a case calls an answer right that makes the same choice and evades the rule."""
    return any(
        each.outcome.value == FULL
        and (each.outcome.verdicts or {})[reader.rule.id] == _NOT_APPLICABLE
        and all(value_at(each.answer, path) == value_at(answer, path) for path in reader.fields)
        for each in situation.answered
    )


def _value_failing(failed: Rule, pack: Pack, best: Answered) -> float:
    """The value of the right answer if it failed this rule alone."""
    if failed.severity == "critical":
        return 0.0
    verdicts = best.outcome.verdicts or {}
    applicable = sum(
        rule.weight
        for rule in pack.rules
        if rule.kind == "required" and verdicts[rule.id] != _NOT_APPLICABLE
    )
    return (applicable - failed.weight) / applicable


def _findings(reader: _Reader, places: Places) -> Iterator[Finding]:
    place = places.part(f"/rules/{reader.index}/when")
    if not reader.applied:
        told = "`when` reads the answer, and no case whose answer is worth 1 shows it to apply"
        yield Finding(Level.FAILURE, place, f"{told}: add one to try evasions on", reader.rule.id)
    level = Level.WARNING if reader.is_guarded else Level.FAILURE
    guard = "a critical or major rule whose `when` reads facts alone and that it fails"
    if reader.open:
        situation, answer = reader.open
        told = (
            f"{shown(answer)} to the facts of case {situation.case} is right without this rule, "
            f"whose `when` reads the answer: if it should be, say so in a case; if not, add {guard}"
        )
        yield Finding(level, place, told, reader.rule.id)
    if reader.paying:
        situation, answer, value, failing = reader.paying
        told = (
            f"{shown(answer)} to the facts of case {situation.case} evades this rule and is worth "
            f"{value:.3f}, the right answer without what the rule asks for {failing:.3f}: "
            f"add {guard}, or give the one that there is more weight"
        )
        yield Finding(level, place, told, reader.rule.id)
