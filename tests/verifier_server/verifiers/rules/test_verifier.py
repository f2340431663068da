"""Completions of the rules verifier, and tasks that it cannot judge against."""

import json

import pytest

from tests.verifier_server.verifiers.rules.kit import FACTS, GOOD, TASK, content, rule, whole
from verifier_server.contract import ErrorCode, TaskError, Verdict
from verifier_server.verifiers.rules.verifier import MAX_ANSWER, prepare

FLAG = {"a": {"type": "boolean"}}


def score(completion, task=TASK):
    return prepare(task)(completion if isinstance(completion, str) else json.dumps(completion))


def refused(task):
    with pytest.raises(TaskError) as caught:
        prepare(task)
    return caught.value


@pytest.mark.parametrize(
    ("completion", "verdict", "reason", "value"),
    [
        (GOOD, Verdict.CORRECT, "rules_hold", 1.0),
        (f"<think>hm</think>\nSo:\n```json\n{json.dumps(GOOD)}\n```", Verdict.CORRECT,
         "rules_hold", 1.0),
        (GOOD | {"fee_for_two_days": 3}, Verdict.PARTIAL, "rules_failed", 2 / 3),
        (GOOD | {"fee_for_two_days": 3, "due_at": "2024-03-01T10:00:00Z"}, Verdict.INCORRECT,
         "rules_failed", 0.0),
        (GOOD | {"renewal": "granted"}, Verdict.INCORRECT, "critical_rule_failed", 0.0),
        (GOOD | {"renewal": "perhaps"}, Verdict.INCORRECT, "answer_invalid", 0.0),
        (GOOD | {"note": "x"}, Verdict.INCORRECT, "answer_invalid", 0.0),
        ({}, Verdict.INCORRECT, "answer_invalid", 0.0),
        ("I would refuse.", Verdict.NO_ANSWER, "no_json", 0.0),
        ("", Verdict.NO_ANSWER, "empty", 0.0),
        ("{", Verdict.MALFORMED, "invalid_json", 0.0),
        ('{"due_at": 1, "due_at": 2}', Verdict.MALFORMED, "duplicate_key", 0.0),
        ('{"fee_for_two_days": NaN}', Verdict.MALFORMED, "non_finite", 0.0),
        ('"\\ud800"', Verdict.MALFORMED, "lone_surrogate", 0.0),
        ("[" * 10_000, Verdict.MALFORMED, "too_deep", 0.0),
        ("x" * (1 << 20) + "x", Verdict.MALFORMED, "too_large", 0.0),
        (json.dumps(GOOD).ljust(MAX_ANSWER - 1, " ") + "\n", Verdict.CORRECT, "rules_hold", 1.0),
        (json.dumps(GOOD).ljust(MAX_ANSWER) + "[", Verdict.MALFORMED, "too_large", 0.0),
        ("x" * MAX_ANSWER + f"</think>{json.dumps(GOOD)}", Verdict.CORRECT, "rules_hold", 1.0),
    ],
)  # fmt: skip
def test_completions(completion, verdict, reason, value):
    found = score(completion)
    assert (found.verdict, found.reason) == (verdict, reason)
    assert found.value == pytest.approx(value)
    assert found.passed is (verdict is Verdict.CORRECT)


def test_an_answer_that_evades_every_rule():
    ruleset = content({}, FLAG, [rule("a", "true", "answer.a")])
    found = score({"a": False}, {"ruleset": ruleset, "facts": {}})
    assert (found.verdict, found.reason) == (Verdict.INCORRECT, "no_rule_applies")


def test_a_disclaimer_is_told_with_every_verdict():
    ruleset = content({}, FLAG, [rule("a", "true", "answer.a")]) | {"disclaimer": "no " * 100}
    found = score({"a": False}, {"ruleset": ruleset, "facts": {}})
    assert ("disclaimer", ("no " * 100)[:200]) in found.diagnostics.facts


def test_what_a_result_tells():
    found = score(GOOD | {"renewal": "granted", "fee_for_two_days": 3})
    facts = found.diagnostics.facts
    assert facts[0][1].startswith("example-library-loan 1.0.0 sha256:")
    assert facts[1:] == (
        ("verdicts", "fail: L-2 L-3; pass: L-1"),
        ("disclaimer", "An invented house rule that shows the format."),
        ("rule", "L-2 fail: HOUSE, 4, 2024-01-01"),
        ("rule", "L-3 fail: HOUSE, 3, 2024-01-01"),
        ("rule", "L-1 pass: HOUSE, 2, 2024-01-01"),
    )
    assert found.diagnostics.privileged == (
        ("explanation", "L-2: the fee is 0.50"),
        ("explanation", "L-3: the book is reserved"),
    )
    parts = {each.name: (each.value, each.passed, each.total) for each in found.components}
    assert parts["rules"] == (0.0, 1, 3)
    assert parts["required"] == (pytest.approx(2 / 3), 1, 2)
    assert parts["forbidden"] == (0.0, 0, 1)
    open_text = repr((facts, found.diagnostics.message))
    assert "0.50" not in open_text
    assert "reserved" not in open_text


def test_a_refused_answer_tells_where_and_not_what_was_wanted():
    found = score(GOOD | {"renewal": "perhaps"})
    assert ("schema_error", "/renewal enum") in found.diagnostics.facts
    assert "granted" not in repr(found.diagnostics.facts)


@pytest.mark.parametrize(
    ("task", "code", "reason", "pointer"),
    [
        (TASK | {"facts": {}}, ErrorCode.INVALID_TASK, "invalid_facts", "/facts"),
        (TASK | {"facts": FACTS | {"reserved": 1}}, ErrorCode.INVALID_TASK, "invalid_facts",
         "/facts/reserved"),
        ({"ruleset": {}, "facts": {}}, ErrorCode.INVALID_TASK, "invalid_pack", "/ruleset"),
        ({"ruleset": whole() | {"colour": 1}, "facts": FACTS}, ErrorCode.INVALID_TASK,
         "invalid_pack", "/ruleset/colour"),
        ({"ruleset": content({}, FLAG, [rule("a", "answer.b")]), "facts": {}},
         ErrorCode.INVALID_TASK, "invalid_pack", "/ruleset/rules/0/check"),
        ({"ruleset": content({}, FLAG, [rule("a", when="false")]), "facts": {}},
         ErrorCode.BAD_GROUND_TRUTH, "no_rule_applies", "/facts"),
        ({"ruleset": content({}, FLAG, [rule("a")], [("x", "1 / 0")]), "facts": {}},
         ErrorCode.BAD_GROUND_TRUTH, "rule_error", "/ruleset/derived/0/expr"),
    ],
)  # fmt: skip
def test_tasks_that_cannot_be_judged_against(task, code, reason, pointer):
    error = refused(task)
    assert (error.code, error.reason, error.pointer) == (code, reason, pointer)


def test_a_fault_of_the_facts_quotes_none_of_them():
    error = refused(TASK | {"facts": FACTS | {"fee_per_day": -12345}})
    assert (error.pointer, "minimum" in error.message) == ("/facts/fee_per_day", True)
    assert "12345" not in error.message


def test_a_rule_that_fails_to_evaluate_is_an_error_of_the_one_completion():
    ruleset = content({}, {"n": {"type": "integer"}}, [rule("a", "10 / answer.n > 1")])
    judge = prepare({"ruleset": ruleset, "facts": {}})
    assert judge('{"n": 2}').value == 1.0
    with pytest.raises(TaskError) as caught:
        judge('{"n": 0}')
    assert caught.value.code is ErrorCode.BAD_GROUND_TRUTH
    assert (caught.value.reason, caught.value.pointer) == ("rule_error", "/ruleset/rules/0/check")
    assert "rule a" in caught.value.message
    assert judge('{"n": 2}').value == 1.0


def test_nothing_passes_from_one_task_to_another():
    reserved = prepare(TASK)
    free = prepare(TASK | {"facts": FACTS | {"reserved": False, "fee_per_day": 1}})
    granted = json.dumps(GOOD | {"renewal": "granted"})
    for _ in range(2):
        assert reserved(granted).reason == "critical_rule_failed"
        assert free(granted).reason == "rules_failed"
        assert reserved(json.dumps(GOOD)).value == 1.0


def test_what_is_written_otherwise_is_another_pack():
    """1, 1.0 and true are different texts, though equal in Python."""
    found = []
    for threshold in ("true", "1", "1.0"):
        ruleset = content({}, {"a": {"enum": [json.loads(threshold)]}}, [rule("r")])
        found.append(score({"a": True}, {"ruleset": ruleset, "facts": {}}).reason)
    assert found == ["rules_hold", "answer_invalid", "answer_invalid"]
