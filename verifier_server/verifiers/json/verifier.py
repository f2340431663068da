"""The json verifier's judgement: extract, parse, validate, compare.

Promises: value = F1 when the document satisfies the schema (or there is none),
invalid_weight * F1 when it does not; without an expected document F1 is 1. CORRECT only
when the document satisfies the schema and every leaf of both documents matches. A task
whose own documents its schema refuses judges nothing (`admission`).

Does not cover: validating the task by `task_schema.json`, done before `prepare`; what is
told beside the score (`diagnostics`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from verifier_server.contract import Component, Diagnostics, Judge, Score, Verdict
from verifier_server.verifiers.json import diagnostics
from verifier_server.verifiers.json.admission import admit_examples, admit_expected, usable
from verifier_server.verifiers.json.compare import (
    Agreement,
    Plan,
    TooManyComparisonsError,
    plan,
)
from verifier_server.verifiers.json.extract import Candidate, NoCandidateError, extract
from verifier_server.verifiers.json.parse import ParseError, parse
from verifier_server.verifiers.json.schema import (
    Validate,
    Violation,
    compile_schema,
    second_opinion,
)

# The worker hands in numbers with every digit that the task has.
EXACT_NUMBERS = True

DEFAULT_INVALID_WEIGHT = 0.0
MAX_EXTRACTED = 1000

_PARSES = Component("parses", 1.0, 0.0, 1, 1)
_DOES_NOT_PARSE = Component("parses", 0.0, 0.0, 0, 1)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A task, compiled. `names` are those of the schema, which may be told."""

    validate: Validate | None
    plan: Plan | None
    invalid_weight: float
    names: frozenset[str]


def prepare(task: Mapping[str, Any]) -> Judge:
    """Compiles a task that satisfies `task_schema.json`.

    Raises:
        TaskError: INVALID_TASK for the schema or a rule, BAD_GROUND_TRUTH for documents.
    """
    schema = task.get("schema", True)
    resources = task.get("resources", {})
    assert_format = task.get("assert_format", True)

    def ask(document: Any) -> bool | None:
        return second_opinion(schema, document, assert_format, resources)

    validate = None
    if "schema" in task:
        validate = compile_schema(schema, assert_format, resources)
        admit_examples(task.get("examples", {}), validate, ask)
    measure = None
    if "expected" in task:
        expected = usable(task["expected"], "/expected")
        if validate:
            admit_expected(expected, validate, ask)
        measure = plan(expected, task.get("compare", {}))
    prepared = _Prepared(
        validate,
        measure,
        float(task.get("invalid_weight", DEFAULT_INVALID_WEIGHT)),
        diagnostics.names_of([schema, *resources.values()]),
    )
    return partial(_judge, prepared)


def _judge(prepared: _Prepared, completion: str) -> Score:
    try:
        candidate = extract(completion)
    except NoCandidateError as error:
        too_large = error.reason == "too_large"
        verdict = Verdict.MALFORMED if too_large else Verdict.NO_ANSWER
        return _unread(verdict, error.reason, str(error), error.offset, "")
    try:
        document = parse(candidate.text)
    except ParseError as error:
        offset = candidate.offset + error.offset
        text = candidate.text[:MAX_EXTRACTED]
        return _unread(Verdict.MALFORMED, error.reason, error.message, offset, text)
    return _judge_document(prepared, candidate, document)


def _unread(verdict: Verdict, reason: str, message: str, offset: int, extracted: str) -> Score:
    """Of a completion without a document. `offset` is in characters of the completion."""
    told = Diagnostics(extracted, message[: diagnostics.MAX_MESSAGE], (("offset", str(offset)),))
    return Score(0.0, False, verdict, reason, (_DOES_NOT_PARSE,), told)


def _judge_document(prepared: _Prepared, candidate: Candidate, document: Any) -> Score:
    extracted = candidate.text[:MAX_EXTRACTED]
    violations = prepared.validate(document) if prepared.validate else []
    components = [_PARSES]
    if prepared.validate:
        weight = 0.0 if prepared.plan else 1.0
        valid = int(not violations)
        components.append(Component("schema", float(valid), weight, valid, 1))
    try:
        agreement = prepared.plan.measure(document) if prepared.plan else None
    except TooManyComparisonsError:
        message = "comparing this document would take too many steps"
        return Score(
            0.0,
            False,
            Verdict.RESOURCE_LIMIT,
            "too_many_comparisons",
            tuple(components),
            Diagnostics(extracted, message),
        )
    if agreement:
        counts = (agreement.matched, agreement.expected)
        components.append(Component("values", agreement.f1, 1.0, *counts))
    told = Diagnostics(
        extracted,
        facts=diagnostics.open_facts(violations, agreement, document, prepared.names),
        privileged=diagnostics.privileged_facts(violations, agreement),
    )
    return _scored(prepared.invalid_weight, violations, agreement, tuple(components), told)


def _scored(
    invalid_weight: float,
    violations: Sequence[Violation],
    agreement: Agreement | None,
    components: tuple[Component, ...],
    told: Diagnostics,
) -> Score:
    value = agreement.f1 if agreement else 1.0
    if violations:
        value *= invalid_weight
    passed = not violations and (agreement is None or agreement.exact)
    reason = "match" if passed else "schema_invalid" if violations else "values_differ"
    verdict = Verdict.CORRECT if passed else Verdict.PARTIAL if value > 0 else Verdict.INCORRECT
    return Score(value, passed, verdict, reason, components, told)
