"""Adapter of the rules suite.

Fields of rules/cases: id, ruleset, facts, answer, expected_verdicts (status by rule; null where
the answer is refused by its schema), expected_score. The rule set lies beside the file as
RULESET.ruleset.json.
"""

import json
import math
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.conformance.cases import FOLDER, BadRow, Case, Expectation, Row, field
from trainer_client.results import CompletionResult, ScoreError

VALUE_TOLERANCE = 1e-9


def cases(row: Row) -> Case:
    """rules/cases: a rule set, facts and an answer, with the verdict of every rule."""
    value = float(field(row, "expected_score"))
    return Case(
        id=str(field(row, "id")),
        category=field(row, "ruleset"),
        verifier="rules",
        task={
            "ruleset": _ruleset(Path(row[FOLDER]) / f"{field(row, 'ruleset')}.ruleset.json"),
            "facts": field(row, "facts"),
        },
        completion=json.dumps(field(row, "answer"), ensure_ascii=False),
        expectation=_as_labelled(value, field(row, "expected_verdicts")),
        passes=value == 1.0,
    )


@lru_cache
def _ruleset(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise BadRow(f"no rule set: {error}") from None


def _as_labelled(value: float, verdicts: Mapping[str, str] | None) -> Expectation:
    def check(result: CompletionResult) -> str | None:
        outcome = result.outcome
        if isinstance(outcome, ScoreError):
            return f"not judged: {outcome.code} {outcome.reason}: {outcome.message}"
        if not math.isclose(outcome.value, value, abs_tol=VALUE_TOLERANCE):
            return f"value should be {value:.6g}, is {outcome.value:.6g} ({outcome.reason})"
        if verdicts is None:
            refused = outcome.reason == "answer_invalid"
            return None if refused else f"should be refused by its schema, is {outcome.reason}"
        got = told_verdicts(result)
        wrong = {name: got.get(name) for name in verdicts if got.get(name) != verdicts[name]}
        extra = sorted(got.keys() - verdicts.keys())
        return f"verdicts differ: {wrong} {extra}" if wrong or extra else None

    return check


def told_verdicts(result: CompletionResult) -> dict[str, str]:
    """The status of every rule, from the fact that has them all."""
    facts = dict(result.diagnostics.facts)
    groups = [group.split(": ") for group in facts.get("verdicts", "").split("; ") if group]
    return {name: status for status, names in groups for name in names.split()}
