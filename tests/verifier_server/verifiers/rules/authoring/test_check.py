"""Each gate fails for what it guards against, and no other gate does."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifier_server.verifiers.rules.authoring.loans import (
    case,
    cases,
    failing,
    failures,
    gate,
    pack,
    report,
    rule,
    warnings,
    with_rule,
)
from verifier_server.verifiers.rules.authoring.accepted import AcceptedMutant, read_accepted

SURVIVOR = AcceptedMutant("calm", "when", "facts.days_late <= 0", "no days before 0", "accepted /0")


def test_a_good_pack_passes_every_gate():
    made = report()
    assert made.holds, made
    assert gate(made, "cases").figures == {"cases": 15, "agree": 15}
    assert gate(made, "branches").figures == {"branches": 11, "hit": 11}
    assert gate(made, "mutation").figures["survived"] == 1
    assert made.digest.startswith("sha256:")
    assert report() == made


# cases


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda row: row.update(value=0.5), "the value is 1.0, the case says 0.5"),
        (lambda row: row["verdicts"].update(fee="fail"), "fee is pass, the case says fail"),
        (lambda row: row["verdicts"].pop("calm"), "does not say what calm says, which is pass"),
        (lambda row: row["verdicts"].update(free="pass"), "the pack has no rule 'free'"),
        (lambda row: row["facts"].update(reader="dog"), "the facts at /reader"),
        (lambda row: row["answer"].update(fee=-1), "its verdicts must be null"),
        (lambda row: row.update(verdicts=None, value=0), "give each rule's"),
        (lambda row: row.pop("value"), "lacks value"),
        (lambda row: row.update(score=1), "unknown fields score"),
        (lambda row: row.update(id="one-day"), "is that of line"),
        (lambda row: row.update(value=True), "value must be a number from 0 to 1"),
        (lambda row: row["verdicts"].update(fee="passed"), "one of pass, fail"),
        (lambda row: row.update(facts=[]), "facts must be an object"),
    ],
)
def test_a_case_that_does_not_agree(change, said):
    rows = cases()
    # Last, so that the other gates have all they need without it.
    rows.append(json.loads(json.dumps(rows[0])) | {"id": "again"})
    change(rows[-1])
    made = report(rows=rows)
    assert failing(made) == ["cases"]
    assert any(said in each.message for each in failures(made, "cases")), made
    assert failures(made, "cases")[0].place == "cases.jsonl line 16"


@pytest.mark.parametrize("line", [b"{", b"[]", b'{"id": 1, "id": 2}', b"\xff"])
def test_a_line_that_is_no_case(line):
    made = report(rows=[*cases(), line])
    assert failing(made) == ["cases"]


def test_answers_are_read_exactly():
    content = pack()
    content["answer_schema"]["properties"]["fee"] = {"type": "number", "maximum": 100}
    row = cases()[0]
    row["answer"]["fee"] = "FEE"
    row |= {"id": "exact", "verdicts": None, "value": 0}
    line = json.dumps(row).replace('"FEE"', "100.00000000000000000001").encode()
    assert report(content, [*cases()[:-1], line], least=0).holds


# names


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("facts.days >= 30 && facts.reader == 'adult'", "there is no facts.days: there are"),
        ("facts.days_late.n >= 30", "facts.days_late has no fields"),
        ("derived.days >= 30", "there is no derived.days: there are derived.fee"),
        ("answer.days >= 30", "there is no answer.days"),
    ],
)
def test_a_name_that_is_not_there(text, said):
    content = pack()
    rule(content, "block")["when"] = text
    made = report(content)
    assert failing(made) == ["names"]
    [finding] = failures(made, "names")
    assert said in finding.message
    assert (finding.place, finding.rule) == ("pack.toml /rules/1/when", "block")


def test_an_explanation_names_what_is_there():
    content = pack()
    rule(content, "block")["explain"] = "{facts.days} days late"
    made = report(content)
    assert failing(made) == ["names"]
    assert failures(made, "names")[0].place == "pack.toml /rules/1/explain"


def test_what_nothing_reads_is_told():
    content = pack()
    content["facts_schema"]["properties"]["name"] = {"type": "string"}
    content["answer_schema"]["properties"]["why"] = {"enum": ["a", "b"]}
    content["derived"].append({"name": "late", "expr": "facts.days_late > 0"})
    made = report(content)
    assert made.holds
    assert [each.place for each in warnings(made, "names")] == [
        "facts.schema.json /properties/name",
        "answer.schema.json /properties/why",
        "pack.toml /derived/1",
    ]


def test_an_expression_that_does_not_compile_is_told_at_its_place():
    content = pack()
    rule(content, "block")["check"] = "answer.action == 'block' &&"
    made = report(content)
    assert failing(made) == ["pack"]
    assert failures(made, "pack")[0].place == "pack.toml /rules/1/check"


# branches


@pytest.mark.parametrize(
    ("leaving", "name", "said"),
    [
        (["child-30-days-blocked"], "spared", "no case fails the rule"),
        (["30-days"], "block", "no case passes the rule"),
        (["in-time-reminded"], "calm", "`check` is false"),
    ],
)
def test_both_sides_of_a_rule_need_a_case(leaving, name, said):
    made = report(rows=cases(*leaving), least=0)
    assert failing(made) == ["branches"]
    [finding] = failures(made, "branches")
    assert finding.rule == name
    assert said in finding.message


def test_a_rule_with_a_condition_needs_a_case_that_it_does_not_apply_to():
    content, rows = pack(), cases()
    with_rule(
        content,
        rows,
        {"id": "sane", "when": "facts.days_late >= 0", "check": "answer.fee <= 5"},
        {"*": "p", "four-days-dear": "f"},
    )
    for row in rows:
        if row["id"] in ("four-days-cheap", "30-days-unblocked", "child-30-days-blocked"):
            row["value"] = {"4": 1 / 3, "3": 0, "c": 1 / 3}[row["id"].replace("four", "4")[0]]
        if row["id"] == "in-time-reminded":
            row["value"] = 3 / 4
    made = report(content, rows, least=0)
    assert failing(made) == ["branches"]
    assert "where the rule does not apply" in failures(made, "branches")[0].message


# mutation


def test_cases_that_miss_the_bounds():
    made = report(rows=cases("three-days", "29-days", "one-day"), least=0.95)
    assert failing(made) == ["mutation"]
    told = [each.message for each in warnings(made, "mutation")]
    assert any("a case with facts.days_late = 3 could" in each for each in told), told
    assert any("a case with facts.days_late = 29 could" in each for each in told), told
    assert report(rows=cases("three-days", "29-days", "one-day"), least=0.5).holds


def test_an_escape_that_no_case_takes_is_noticed():
    content = pack()
    rule(content, "fee")["check"] = "answer.action == 'block' || answer.fee == derived.fee"
    made = report(content)
    assert gate(made, "cases").holds  # whoever is blocked pays the right fee in all of them
    told = [each.message for each in warnings(made, "mutation")]
    escape = "\"answer.action == 'block' || \" is missing in 'answer.fee == derived.fee'"
    assert [each for each in told if escape in each], told


def test_a_survivor_can_be_accepted():
    assert len(warnings(report(), "mutation")) == 1
    made = report(accepted=[SURVIVOR], least=1)
    assert made.holds
    assert not gate(made, "mutation").findings
    assert gate(made, "mutation").figures["accepted"] == 1
    assert gate(made, "mutation").figures["score"] == 1
    assert made.digest == report().digest


@pytest.mark.parametrize("mutated", ["facts.days_late <= 1", "facts.days_late >= 0"])
def test_what_is_accepted_must_be_a_survivor(mutated):
    wrong = AcceptedMutant("calm", "when", mutated, "because", "accepted /1")
    made = report(accepted=[SURVIVOR, wrong])
    assert failing(made) == ["mutation"]
    assert failures(made, "mutation")[0].place == "accepted /1"


def test_a_mistake_in_what_only_explanations_read_is_not_counted():
    content = pack()
    content["derived"].append({"name": "left", "expr": "1000 - facts.days_late"})
    rule(content, "fee")["explain"] = "{derived.left}"
    made = report(content)
    assert gate(made, "mutation") == gate(report(), "mutation")


def test_accepted_mutants_are_read_strictly():
    row = '[[mutants]]\nrule = "a"\nexpression = "when"\nmutated = "b"\nreason = "c"\n'
    [accepted], faults = read_accepted(row, "accepted.toml")
    assert (accepted.rule, accepted.reason, faults) == ("a", "c", [])
    for text in ("[", "other = 1", row.replace('"c"', '""'), row + 'more = "d"\n'):
        accepted, faults = read_accepted(text, "accepted.toml")
        assert (accepted, len(faults)) == ([], 1)


# totality


def test_an_answer_that_brings_a_rule_to_fail():
    content, rows = pack(), cases()
    # The cases never give a fee of 100.
    new = {"id": "odd", "when": "true", "check": "1000 / (100 - answer.fee) >= 10"}
    content["answer_schema"]["properties"]["fee"]["minimum"] = 0
    with_rule(content, rows, new, {"*": "p"})
    for row in rows:
        applicable = {"30-days-unblocked": 0, "in-time-reminded": 3 / 4}
        applicable |= dict.fromkeys(
            ("four-days-cheap", "four-days-dear", "child-30-days-blocked"), 1 / 3
        )
        row["value"] = applicable.get(row["id"], row["value"])
    made = report(content, rows, least=0)
    assert "totality" in failing(made)
    [finding] = failures(made, "totality")
    assert finding.rule == "odd"
    assert '"fee": 100' in finding.message
    # That no case fails the rule is all else that is wrong with it.
    assert failing(made) == ["branches", "totality"]


# citations


def test_a_rule_without_a_date():
    content = pack()
    for each in content["rules"]:
        each["cite"] = {"source": "rules-of-loan", "section": "2"}
    made = report(content)
    assert failing(made) == ["citations"]
    assert len(failures(made, "citations")) == 4
    content["sources"][0]["date"] = "2024-05-01"
    assert report(content).holds


@pytest.mark.parametrize("domain", ["medical", "legal"])
def test_advice_has_a_disclaimer(domain):
    content = pack() | {"domain": domain}
    made = report(content)
    assert failing(made) == ["citations"]
    assert failures(made, "citations")[0].place == "pack.toml /disclaimer"
    assert report(content | {"disclaimer": "An example, no advice."}).holds


def test_a_source_that_nobody_cites_is_told():
    content = pack()
    content["sources"].append({"id": "other", "title": "Another"})
    made = report(content)
    assert made.holds
    assert warnings(made, "citations")[0].place == "pack.toml /sources/1"


# constant answers


def test_an_answer_that_is_right_whatever_the_facts_is_told():
    made = report()
    # No fee and no action: right for four of the nine facts.
    assert gate(made, "constant answers").figures == {
        "facts": 9,
        "best_mean_value": 0.4444,
        "best_case": "in-time",
    }
    assert not warnings(made, "constant answers")
    late = [row["id"] for row in cases() if row["facts"]["days_late"] in (4, 29)]
    easy = report(rows=cases(*late), least=0)
    [warning] = warnings(easy, "constant answers")
    assert "of case in-time" in warning.message
    assert "0.667 on average" in warning.message


def test_facts_without_a_required_rule_are_told():
    content = pack()
    rule(content, "fee")["when"] = "facts.days_late > 3"
    rows = [*cases("one-day", "three-days"), case("child-late", 3, "child", 0, "none", "--p-", 1)]
    for row in rows:
        if row["id"] in ("in-time", "child-in-time", "in-time-reminded"):
            row["verdicts"]["fee"] = "not_applicable"
        if row["id"] == "in-time-reminded":
            row["value"] = 0
    made = report(content, rows, least=0)
    assert made.holds, made
    told = [each.message for each in warnings(made, "constant answers")]
    assert [each for each in told if "no required rule" in each and "child-late" in each]
    assert not [each for each in told if "four-days" in each and "no required" in each]


# whatever is written

_PIECES = st.sampled_from(
    "facts.days_late answer.fee answer.action derived.fee facts answer 65 0.5 7u >= == && || ! ? "
    ": ( ) [ ] , 'adult' 'block' true in - + * / % duration('72h') .all( answer[ 'fee' ]".split(" ")
)
_TEXTS = st.one_of(
    # With NUL it is no pack.
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20).filter(
        str.strip
    ),
    st.lists(_PIECES, min_size=1, max_size=8).map(" ".join),
    st.sampled_from(["1 / answer.fee > 0", "[1][answer.fee] > 0", "facts == answer", "true"]),
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(), below, max_size=3),
)


@settings(max_examples=40, deadline=None)
@given(_TEXTS, _TEXTS, _TEXTS)
def test_expressions_are_reported_on_whatever_they_are(when, check, derived):
    content = pack()
    rule(content, "block")["when"] = when
    rule(content, "spared")["check"] = check
    content["derived"][0]["expr"] = derived
    assert report(content, cases()[::4]).gates


@settings(max_examples=50, deadline=None)
@given(_VALUES, st.sampled_from(["id", "facts", "answer", "verdicts", "value", "why"]))
def test_cases_are_reported_on_whatever_they_are(value, name):
    line = json.dumps(cases()[0] | {name: value}).encode()
    made = report(rows=[line, json.dumps(value).encode()], least=0)
    assert "cases" in failing(made)
