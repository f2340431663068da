"""Answers at the ends of a schema that bring a rule to fail, and guards that keep them from it."""

import copy

import pytest

from tests.verifier_server.verifiers.rules.authoring.loans import failures, gate, report

PACK = {
    "id": "ends",
    "version": "1",
    "title": "Ends",
    "effective_from": "2024-05-01",
    "sources": [{"id": "s", "title": "Source", "date": "2024-05-01"}],
    "facts_schema": {
        "type": "object",
        "properties": {"n": {"type": "integer"}},
        "required": ["n"],
        "additionalProperties": False,
    },
    "answer_schema": {
        "type": "object",
        "properties": {
            "count": {"type": "integer"},
            "share": {"type": "number"},
            "dose": {"type": ["number", "null"]},
            "at": {"type": "string", "format": "date-time"},
            "parts": {"type": "array", "items": {"enum": ["x", "y"]}, "maxItems": 4},
            "extra": {"type": "boolean"},
        },
        "required": ["count", "share", "dose", "at", "parts"],
        "additionalProperties": False,
    },
}
ANSWER = {
    "count": 3,
    "share": 0.25,
    "dose": 2.5,
    "at": "2024-05-01T12:00:00Z",
    "parts": ["x"],
    "extra": True,
}


def judged(check, when="true"):
    content = copy.deepcopy(PACK)
    content["rules"] = [
        {
            "id": "r",
            "kind": "required",
            "severity": "major",
            "weight": 1,
            "title": "r",
            "when": when,
            "check": check,
            "explain": "so",
            "cite": {"source": "s", "section": "1"},
        }
    ]
    rows = [
        {"id": f"n{n}", "facts": {"n": n}, "answer": ANSWER, "verdicts": {"r": "pass"}, "value": 1}
        for n in (1, 2)
    ]
    return report(content, rows, least=0)


@pytest.mark.parametrize(
    "check",
    [
        "10 / answer.count >= 3",
        "answer.count * answer.count > 0",
        "int(answer.share) == 0",
        "answer.dose * 2.0 == 5.0",
        "answer.parts[0] == 'x'",
        "answer.extra",
        # Two fields are at odds, each of which is well alone.
        "answer.parts[answer.count - 3] == 'x' || answer.parts.size() == 0",
        "12 / (answer.count + facts.n * (answer.share == 1.0 ? -1 : 1)) > 0 || answer.count == -1",
    ],
)
def test_an_answer_at_an_end_that_a_rule_fails_at(check):
    made = judged(check)
    assert gate(made, "cases").holds, made
    [finding] = failures(made, "totality")
    assert (finding.rule, finding.place) == ("r", "pack.toml /rules/0")


@pytest.mark.parametrize(
    "check",
    [
        "answer.count != 0 && 10 / answer.count >= 3",
        "answer.share > 0.0 && answer.share < 1.0 && int(answer.share * 100.0) == 25",
        "answer.dose != null && answer.dose * 2.0 == 5.0",
        "answer.parts.size() > 0 && answer.parts[0] == 'x'",
        "has(answer.extra) && answer.extra",
        "timestamp(answer.at) < timestamp('2025-01-01T00:00:00Z') + duration('72h')",
        "1.0 / answer.share > 0.0",
    ],
)
def test_a_guarded_rule_has_a_value_for_every_answer(check):
    made = judged(check)
    assert gate(made, "cases").holds, made
    assert gate(made, "totality").holds, failures(made, "totality")


def test_a_when_that_fails_is_found_too():
    made = judged("true", when="answer.parts[0] == 'x'")
    assert failures(made, "totality")[0].rule == "r"


def test_the_number_of_evaluations_is_bounded_and_the_same():
    made = gate(judged("true"), "totality")
    assert made == gate(judged("true"), "totality")
    assert 500 < made.figures["evaluations"] <= 4000
