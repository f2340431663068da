"""Rules that apply only to some answers: open evasions, guards, and what cases declare."""

import copy

import pytest

from tests.verifier_server.verifiers.rules.authoring.loans import failures, gate, report, warnings

_CITE = {"source": "manual", "section": "1", "date": "2024-05-01"}


def rule(name, when, check, **more):
    return {
        "id": name,
        "kind": "required",
        "severity": "major",
        "weight": 1,
        "title": name,
        "when": when,
        "check": check,
        "explain": "so",
        "cite": _CITE,
        **more,
    }


# A leak is to be sealed; the dose is asked for only where the answer says to seal it.
DOSE = rule("dose", "answer.act == 'seal'", "answer.grams == facts.size * 2")
GUARD = rule("act", "facts.size > 0", "answer.act == 'seal'")
NOTE = rule("note", "true", "answer.noted")
PACK = {
    "id": "leaks",
    "version": "1",
    "title": "Leaks",
    "effective_from": "2024-05-01",
    "sources": [{"id": "manual", "title": "Manual"}],
    "facts_schema": {
        "type": "object",
        "properties": {"size": {"type": "integer", "minimum": 0}},
        "required": ["size"],
        "additionalProperties": False,
    },
    "answer_schema": {
        "type": "object",
        "properties": {
            "act": {"enum": ["seal", "replace", "wait"]},
            "grams": {"type": "integer", "minimum": 0, "maximum": 100},
            "noted": {"type": "boolean"},
        },
        "required": ["act", "grams", "noted"],
        "additionalProperties": False,
    },
}


def judged(*rules, answers=(("seal", 6),)):
    """The report over answers to one leak, all noted, whose verdicts are not looked at."""
    content = copy.deepcopy(PACK) | {"rules": list(rules)}
    rows = [
        {
            "id": f"case-{act}-{grams}",
            "facts": {"size": 3},
            "answer": {"act": act, "grams": grams, "noted": True},
            "verdicts": {},
            "value": 1,
        }
        for act, grams in answers
    ]
    return report(content, rows)


def test_a_rule_that_no_guard_covers_is_evaded():
    made = judged(DOSE, NOTE)
    [finding] = failures(made, "evasion")
    assert finding.rule == "dose"
    assert finding.place == "pack.toml /rules/0/when"
    assert '"act": "replace"' in finding.message
    assert "case-seal-6" in finding.message


@pytest.mark.parametrize("severity", ["critical", "major"])
def test_a_guard_whose_condition_reads_facts_covers_it(severity):
    made = judged(DOSE, GUARD | {"severity": severity}, NOTE)
    assert gate(made, "evasion").holds
    assert gate(made, "evasion").figures["open"] == 0


@pytest.mark.parametrize(
    "guard",
    [
        GUARD | {"severity": "minor", "weight": 0.1},
        GUARD | {"when": "answer.grams > 0"},
        # Answers that evade may fail it, but not for evading: nothing ties it to the act.
        NOTE,
    ],
)
def test_what_is_no_guard(guard):
    made = judged(DOSE, guard, rule("any", "true", "answer.grams >= 0"))
    assert "dose" in [each.rule for each in failures(made, "evasion")]


def test_a_guard_of_what_the_rule_asks_for_guards_no_evasion():
    little = rule("little", "true", "answer.grams <= 50")
    assert failures(judged(DOSE, little), "evasion")


def test_a_guard_may_be_tied_by_another_rule():
    content = copy.deepcopy(PACK)
    content["answer_schema"]["properties"]["plan"] = {"enum": ["mend", "leave"]}
    content["answer_schema"]["required"].append("plan")
    planned = rule("plan", "facts.size > 0", "answer.plan == 'mend'")
    agreeing = rule("agreeing", "true", "(answer.plan == 'leave') == (answer.act == 'wait')")
    content["rules"] = [DOSE, planned, agreeing]
    answer = {"act": "seal", "grams": 6, "noted": True, "plan": "mend"}
    row = {"id": "a", "facts": {"size": 3}, "answer": answer, "verdicts": {}, "value": 1}
    made = report(content, [row])
    assert gate(made, "evasion").holds
    assert any('"act": "replace"' in each.message for each in warnings(made, "evasion"))
    content["rules"] = [DOSE, planned, NOTE]
    assert failures(report(content, [row]), "evasion")


def test_a_rule_that_no_right_answer_shows_is_a_failure():
    made = judged(DOSE, GUARD, NOTE, answers=[("wait", 0)])
    [finding] = failures(made, "evasion")
    assert "no case whose answer is worth 1" in finding.message


def test_an_evasion_beside_a_guard_is_a_warning():
    guard = GUARD | {"check": "answer.act != 'wait'"}
    made = judged(DOSE, guard, NOTE)
    assert gate(made, "evasion").holds
    assert any("right without this rule" in each.message for each in warnings(made, "evasion"))


def test_a_case_may_call_another_choice_right():
    guard = GUARD | {"check": "answer.act != 'wait'"}
    made = judged(DOSE, guard, NOTE, answers=[("seal", 6), ("replace", 0)])
    assert gate(made, "evasion").holds
    assert not warnings(made, "evasion")


def test_a_macro_that_reads_the_answer_is_seen():
    hidden = DOSE | {"when": "['seal'].exists(k, k == answer.act)"}
    assert failures(judged(hidden, NOTE), "evasion")


def test_a_forbidden_rule_may_be_evaded():
    forbidden = rule("no-glue", "answer.act == 'seal'", "answer.grams > 50", kind="forbidden")
    made = judged(forbidden, NOTE)
    assert gate(made, "evasion").figures["rules_that_read_the_answer"] == 0


def test_an_evasion_that_pays_more_than_failing_is_a_warning():
    made = judged(DOSE | {"weight": 6}, GUARD, NOTE | {"weight": 3})
    assert gate(made, "evasion").holds
    [warning] = warnings(made, "evasion")
    assert "is worth 0.750, the right answer without what the rule asks for 0.400" in (
        warning.message
    )
