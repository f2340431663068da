"""Adapters of the math suites.

Fields: id, gold, prediction, expected (true, false, or "either" for a row that
nobody should score), category. The prediction goes into a box, as the suite's
README says.
"""

from tests.conformance.cases import Case, Expectation, Row, Skip, field
from trainer_client.results import CompletionResult, ScoreError


def passed_as(expected: bool) -> Expectation:
    """Expects a judgement that passes, or one that does not."""

    def check(result: CompletionResult) -> str | None:
        outcome = result.outcome
        if isinstance(outcome, ScoreError):
            return f"not judged: {outcome.code} {outcome.reason}: {outcome.message}"
        if outcome.passed is expected:
            return None
        wanted = "accepted" if expected else "rejected"
        return f"should be {wanted}, is {outcome.verdict} ({outcome.reason})"

    return check


def forms(row: Row) -> Case | Skip:
    """math/forms: a gold and a prediction, equal or a near miss."""
    expected = field(row, "expected")
    if not isinstance(expected, bool):
        return Skip(str(field(row, "id")), "not_labelled")
    return Case(
        id=str(field(row, "id")),
        category=str(row.get("category", "")),
        verifier="math",
        task={"answer": field(row, "gold")},
        completion=f"\\boxed{{{field(row, 'prediction')}}}",
        expectation=passed_as(expected),
    )
