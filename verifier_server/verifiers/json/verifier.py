"""The json verifier's judgement: extract, parse, validate, compare.

Promises: value = F1 when the document satisfies the schema (or there is none),
invalid_weight * F1 when it does not, and 1 or 0 when there is only a schema.
CORRECT only when the document satisfies the schema and equals the expected one.
Open diagnostics name places and keywords, never expected values or schema text.

Does not cover: validating the task by `task_schema.json`, done before `prepare`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from verifier_server.contract import (
    Component,
    Diagnostics,
    ErrorCode,
    Judge,
    Score,
    TaskError,
    Verdict,
)
from verifier_server.verifiers.json.compare import Agreement, compare
from verifier_server.verifiers.json.extract import NoCandidateError, extract
from verifier_server.verifiers.json.parse import ParseError, parse
from verifier_server.verifiers.json.schema import MAX_MESSAGE, Violation, compile_schema
from verifier_server.verifiers.json.values import UnusableValueError, exact

DEFAULT_INVALID_WEIGHT = 0.5
MAX_EXTRACTED = 1000
MAX_POINTER = 200

_Facts = tuple[tuple[str, str], ...]


def prepare(task: Mapping[str, Any]) -> Judge:
    """Compiles a task that satisfies `task_schema.json`.

    Raises:
        TaskError: BAD_GROUND_TRUTH, `invalid_schema` or `unusable_expected`.
    """
    validate = None
    if "schema" in task:
        validate = compile_schema(task["schema"], task.get("assert_format", True))
    invalid_weight = float(task.get("invalid_weight", DEFAULT_INVALID_WEIGHT))
    measure = _measure(task["expected"]) if "expected" in task else None

    def judge(completion: str) -> Score:
        try:
            candidate = extract(completion)
        except NoCandidateError as error:
            malformed = error.reason == "too_large"
            verdict = Verdict.MALFORMED if malformed else Verdict.NO_ANSWER
            return Score(0.0, False, verdict, error.reason, (), Diagnostics(message=str(error)))
        extracted = candidate.text[:MAX_EXTRACTED]
        try:
            document = parse(candidate.text)
        except ParseError as error:
            place = () if error.offset is None else (("offset", str(error.offset)),)
            diagnostics = Diagnostics(extracted, error.message[:MAX_MESSAGE], place)
            return Score(0.0, False, Verdict.MALFORMED, error.reason, (), diagnostics)
        violations = validate(document) if validate else None
        agreement = measure(document) if measure else None
        return _score(violations, agreement, invalid_weight, extracted)

    return judge


def _measure(expected: Any) -> Callable[[Any], Agreement]:
    try:
        wanted = exact(expected)
    except UnusableValueError as error:
        raise TaskError(
            ErrorCode.BAD_GROUND_TRUTH,
            "unusable_expected",
            f"the expected document cannot be used: {error}",
            "/expected",
        ) from None
    return lambda document: compare(wanted, document)


def _score(
    violations: Sequence[Violation] | None,
    agreement: Agreement | None,
    invalid_weight: float,
    extracted: str,
) -> Score:
    valid = not violations
    components = []
    if violations is not None:
        weight = 0.0 if agreement else 1.0
        components.append(Component("schema", float(valid), weight, int(valid), 1))
    if agreement:
        components.append(
            Component("values", agreement.f1, 1.0, agreement.matching, agreement.expected)
        )
        value = agreement.f1 if valid else invalid_weight * agreement.f1
    else:
        value = float(valid)
    exact_match = agreement is None or agreement.f1 == 1.0
    passed = valid and exact_match
    reason = "match" if passed else "values_differ" if valid else "schema_invalid"
    verdict = Verdict.CORRECT if passed else Verdict.PARTIAL if value > 0 else Verdict.INCORRECT
    diagnostics = Diagnostics(
        extracted,
        facts=_open_facts(violations or (), agreement),
        privileged=_privileged_facts(violations or (), agreement),
    )
    return Score(value, passed, verdict, reason, tuple(components), diagnostics)


def _open_facts(violations: Sequence[Violation], agreement: Agreement | None) -> _Facts:
    facts = [
        ("schema_error", f"{each.pointer[:MAX_POINTER]} {each.keyword}") for each in violations
    ]
    if agreement:
        facts += [(each.kind, each.pointer[:MAX_POINTER]) for each in agreement.differences]
    return tuple(facts)


def _privileged_facts(violations: Sequence[Violation], agreement: Agreement | None) -> _Facts:
    facts = [
        ("schema_error", f"{each.pointer[:MAX_POINTER]}: {each.message}") for each in violations
    ]
    if agreement:
        facts += [
            ("expected", f"{each.pointer[:MAX_POINTER]}: {str(each.expected)[:MAX_MESSAGE]}")
            for each in agreement.differences
            if each.kind != "extra"
        ]
    return tuple(facts)
