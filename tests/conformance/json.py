"""Adapters of the json suites.

Fields of json/extraction_cases: id, schema, expected_value (optional), compare
(optional), completion, expected_parse, expected_schema_valid, expected_score,
expected_error_paths (optional). Its labels keep half of the value where the schema is
violated, so its tasks say `invalid_weight` 0.5.
"""

import math

from tests.conformance.cases import Case, Expectation, Row, field
from trainer_client.results import CompletionResult, ScoreError

SCORE_TOLERANCE = 1e-9
INVALID_WEIGHT = 0.5
# The server judges a completion over its own limit before a verifier sees it.
SLUGS = {"completion_too_large": "too_large"}
NOT_PARSED = {"NO_ANSWER", "MALFORMED", "RESOURCE_LIMIT"}


def _as_labelled(row: Row) -> Expectation:
    parse, value = field(row, "expected_parse"), float(field(row, "expected_score"))
    valid = bool(field(row, "expected_schema_valid"))

    def check(result: CompletionResult) -> str | None:
        outcome = result.outcome
        if isinstance(outcome, ScoreError):
            return f"not judged: {outcome.code} {outcome.reason}: {outcome.message}"
        got = "ok"
        if outcome.verdict in NOT_PARSED:
            got = SLUGS.get(outcome.reason, outcome.reason)
        if got != parse:
            return f"parse should be {parse}, is {got}"
        if not math.isclose(outcome.value, value, abs_tol=SCORE_TOLERANCE):
            return f"value should be {value:.6g}, is {outcome.value:.6g}"
        schema = [part.value == 1.0 for part in outcome.components if part.name == "schema"]
        if got == "ok" and schema and schema[0] is not valid:
            return f"schema_valid should be {valid}, is {schema[0]}"
        return _wrong_paths(row, result)

    return check


def _wrong_paths(row: Row, result: CompletionResult) -> str | None:
    """The instance paths of schema errors, where the row lists them."""
    wanted = row.get("expected_error_paths")
    if wanted is None:
        return None
    # A fact of the json verifier: the instance's pointer, a space, the keyword.
    facts = [value for key, value in result.diagnostics.facts if key == "schema_error"]
    got = {value.rpartition(" ")[0] for value in facts}
    return None if got == set(wanted) else f"error paths should be {wanted}, are {sorted(got)}"


def extraction_cases(row: Row) -> Case:
    """json/extraction_cases: a schema, an expected value, a completion."""
    name = str(field(row, "id"))
    task = {"schema": field(row, "schema"), "invalid_weight": INVALID_WEIGHT}
    if "expected_value" in row:
        task["expected"] = row["expected_value"]
    if "compare" in row:
        task["compare"] = row["compare"]
    return Case(
        id=name,
        category=name.split("-")[0],
        verifier="json",
        task=task,
        completion=field(row, "completion"),
        expectation=_as_labelled(row),
    )
