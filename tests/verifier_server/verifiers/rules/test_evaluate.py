"""Values and verdicts of packs made for the purpose."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifier_server.verifiers.rules.kit import (
    FACTS,
    GOOD,
    compiled,
    content,
    read,
    rule,
    statuses,
    whole,
)
from verifier_server.verifiers.rules.evaluate import (
    CompiledPack,
    FactsFaultError,
    NoRuleAppliesError,
    RuleFaultError,
)
from verifier_server.verifiers.rules.pack import PackFaultError, pack_of

FLAGS = {name: {"type": "boolean"} for name in "abcd"}
KIND_AND_SEVERITY = {
    "a": ("required", "major", 2),
    "b": ("required", "minor", 1),
    "c": ("forbidden", "major", 1.5),
    "d": ("forbidden", "critical", 1),
}


def flagged(when="facts.on"):
    """A rule for each flag of an answer."""
    rules = [
        rule(name, f"answer.{name}", f"{when}_{name}", kind=kind, severity=severity, weight=weight)
        for name, (kind, severity, weight) in KIND_AND_SEVERITY.items()
    ]
    return compiled({f"on_{name}": {"type": "boolean"} for name in "abcd"}, FLAGS, rules)


def expected(on, flags):
    got = positive = penalty = 0.0
    for name, (kind, severity, weight) in KIND_AND_SEVERITY.items():
        if not on[name]:
            continue
        held = flags[name] is (kind == "required")
        if not held and severity == "critical":
            return 0.0
        if kind == "required":
            positive += weight
            got += weight * held
        else:
            penalty += weight * (not held)
    return min(1.0, max(0.0, (got - penalty) / positive)) if positive else float(penalty == 0)


def test_the_value_by_every_combination():
    pack = flagged()
    for bits in itertools.product([True, False], repeat=8):
        on, flags = (
            dict(zip("abcd", bits[:4], strict=True)),
            dict(zip("abcd", bits[4:], strict=True)),
        )
        if not any(on.values()):
            continue
        bound = pack.bind({f"on_{name}": value for name, value in on.items()})
        evaluation = bound.evaluate(flags)
        assert evaluation.value == pytest.approx(expected(on, flags), abs=1e-12)
        found = statuses(evaluation)
        for name, (kind, _, _) in KIND_AND_SEVERITY.items():
            held = "pass" if flags[name] is (kind == "required") else "fail"
            assert found[name] == (held if on[name] else "not_applicable")
        all_hold = "fail" not in found.values()
        assert (evaluation.value == 1.0) is all_hold
        assert (evaluation.held == evaluation.applicable) is all_hold
        assert evaluation.critical_failed is (on["d"] and flags["d"])


def test_facts_to_which_nothing_can_apply():
    with pytest.raises(NoRuleAppliesError):
        flagged().bind({f"on_{name}": False for name in "abcd"})


def test_an_answer_that_evades_every_rule_is_worth_nothing():
    rules = [rule("a", "answer.a", "answer.b"), rule("c", "answer.c", "answer.b", kind="forbidden")]
    bound = compiled({}, FLAGS, rules).bind({})
    evaded = bound.evaluate({"a": True, "b": False, "c": False, "d": True})
    assert (evaded.value, evaded.applicable) == (0.0, 0)
    assert bound.evaluate({"a": True, "b": True, "c": False, "d": True}).value == 1.0


def test_weights_are_added_exactly():
    rules = [rule(name, f"answer.{name}", weight=0.1) for name in "abc"]
    rules.append(rule("d", "answer.d", kind="forbidden", weight=0.3))
    bound = compiled({}, FLAGS, rules).bind({})
    answer = dict.fromkeys("abcd", True)
    assert bound.evaluate(answer).value == 0.0
    assert bound.evaluate(answer | {"d": False}).value == 1.0


def test_the_order_of_rules_never_matters():
    rules = [rule(f"r{n}", f"answer.{'abcd'[n % 4]}", weight=(n + 1) / 8) for n in range(20)]
    answer = {"a": True, "b": False, "c": True, "d": True}
    values = set()
    for seed in range(10):
        shuffled = random.Random(seed).sample(rules, len(rules))
        values.add(compiled({}, FLAGS, shuffled).bind({}).evaluate(answer).value)
    assert len(values) == 1


def test_only_failed_rules_are_explained_with_the_values():
    bound = CompiledPack(pack_of(whole())).bind(FACTS)
    wrong = bound.evaluate(read(GOOD | {"fee_for_two_days": 4}))
    assert [each.explanation for each in wrong.verdicts] == ["", "the fee is 0.50", ""]
    late = bound.evaluate(read(GOOD | {"due_at": "2024-03-22T10:00:01Z"}))
    told = late.verdicts[0].explanation
    assert told == "due at 2024-03-22T10:00:00Z, not at 2024-03-22T10:00:01Z"


@pytest.mark.parametrize(
    ("answer", "pointer"),
    [
        ({}, ""),
        ([], ""),
        (None, ""),
        (GOOD | {"more": 1}, ""),
        (GOOD | {"renewal": "maybe"}, "/renewal"),
        (GOOD | {"renewal": None}, "/renewal"),
        (GOOD | {"fee_for_two_days": "0.5"}, "/fee_for_two_days"),
        (GOOD | {"fee_for_two_days": True}, "/fee_for_two_days"),
        (GOOD | {"fee_for_two_days": 10**350}, "/fee_for_two_days"),
        (GOOD | {"due_at": "soon"}, "/due_at"),
        (GOOD | {"due_at": "2016-12-31T23:59:60Z"}, "/due_at"),
        (GOOD | {"due_at": "0001-01-01T00:00:00Z"}, "/due_at"),
    ],
)
def test_an_answer_that_is_none(answer, pointer):
    evaluation = CompiledPack(pack_of(whole())).bind(FACTS).evaluate(read(answer))
    assert (evaluation.value, evaluation.verdicts) == (0.0, ())
    assert evaluation.violations[0].pointer == pointer


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({}, ""),
        (FACTS | {"more": 1}, ""),
        (FACTS | {"reserved": 1}, "/reserved"),
        (FACTS | {"fee_per_day": -1}, "/fee_per_day"),
        (FACTS | {"fee_per_day": 10**400}, "/fee_per_day"),
        (FACTS | {"borrowed_at": "2024-03-01t10:00:00Z"}, "/borrowed_at"),
    ],
)
def test_facts_that_do_not_satisfy_their_schema(facts, pointer):
    with pytest.raises(FactsFaultError) as caught:
        CompiledPack(pack_of(whole())).bind(facts)
    assert caught.value.pointer == pointer


def test_a_text_that_the_engine_would_change_never_reaches_it():
    pack = compiled({"name": {"type": "string"}}, FLAGS, [rule("a", "facts.name == 'x'")])
    with pytest.raises(FactsFaultError):
        pack.bind({"name": "\ud800"})
    with pytest.raises(FactsFaultError):
        pack.bind({"name": "x\0y"})
    with pytest.raises(FactsFaultError):
        pack.bind({"name": "x" * 10_001})
    assert pack.bind({"name": "\U0001f600"}).evaluate(dict.fromkeys("abcd", True)).value == 0.0


def test_faults_of_the_facts_come_before_any_answer():
    facts = {"n": {"type": "integer"}}
    derives = compiled(facts, FLAGS, [rule("a")], [("x", "10 / facts.n")])
    with pytest.raises(RuleFaultError) as caught:
        derives.bind({"n": 0})
    assert (caught.value.place, caught.value.rule) == ("/derived/0/expr", "")
    applies = compiled(facts, FLAGS, [rule("a"), rule("b", when="10 / facts.n > 1")])
    with pytest.raises(RuleFaultError) as caught:
        applies.bind({"n": 0})
    assert (caught.value.place, caught.value.rule) == ("/rules/1/when", "b")


def test_a_rule_without_a_value_is_neither_passed_nor_failed():
    number = {"n": {"type": ["integer", "null"]}}
    pack = compiled({}, number, [rule("a", "true"), rule("b", "answer.n > 3", "answer.n != 0")])
    bound = pack.bind({})
    assert bound.evaluate({"n": 4}).value == 1.0
    assert statuses(bound.evaluate({"n": 0}))["b"] == "not_applicable"
    with pytest.raises(RuleFaultError) as caught:
        bound.evaluate({"n": None})
    assert (caught.value.place, caught.value.rule) == ("/rules/1/check", "b")
    assert bound.evaluate({"n": 4}).value == 1.0


@pytest.mark.parametrize(
    ("rules", "derived", "pointer"),
    [
        ([rule("a"), rule("b", "answer.nothing")], (), "/rules/1/check"),
        ([rule("a", when="1 +")], (), "/rules/0/when"),
        ([rule("a", "derived.x == derived.y")], [("x", "1")], "/rules/0/check"),
        ([rule("a")], [("x", "derived.y"), ("y", "1")], "/derived/0/expr"),
        ([rule("a")], [("x", "answer.a")], "/derived/0/expr"),
    ],
)
def test_expressions_that_do_not_compile_have_a_place(rules, derived, pointer):
    with pytest.raises(PackFaultError) as caught:
        compiled({}, FLAGS, rules, derived)
    assert caught.value.pointer == pointer


def test_schemas_that_do_not_compile_have_a_place():
    bad = content({}, {"a": {"type": "string", "pattern": "(", "maxLength": 3}}, [rule("r")])
    with pytest.raises(PackFaultError) as caught:
        CompiledPack(pack_of(bad))
    assert caught.value.pointer.startswith("/answer_schema")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["granted", "refused"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
MOMENTS = st.datetimes().map(lambda at: at.isoformat() + "Z") | st.sampled_from(
    ["2024-03-22T10:00:00Z", "2016-12-31T23:59:60Z", "0000-01-01T00:00:00Z", "2024-03-22t10:00:00z"]
)
NUMBERS = st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | JSON
ANSWERS = JSON | st.fixed_dictionaries(
    {
        "due_at": MOMENTS | JSON,
        "renewal": st.sampled_from(["granted", "refused"]) | JSON,
        "fee_for_two_days": NUMBERS,
    }
)
EXAMPLE = CompiledPack(pack_of(whole())).bind(FACTS)


@settings(max_examples=300, deadline=None)
@given(ANSWERS)
def test_every_answer_is_judged(answer):
    evaluation = EXAMPLE.evaluate(answer)
    assert 0.0 <= evaluation.value <= 1.0
    assert bool(evaluation.violations) is (evaluation.verdicts == ())
    again = EXAMPLE.evaluate(answer)
    assert again == evaluation


@pytest.mark.parametrize("zero", ["0", "0.0", "-0", "-0.0", "-0e5", "-1e-399"])
def test_zero_has_no_sign(zero):
    # A limit from above would hold for minus infinity, and a minimum of 0 lets -0.0 pass.
    pack = compiled({}, {"rate": {"type": "number"}}, [rule("L", "10.0 / answer.rate <= 5.0")])
    assert statuses(pack.bind({}).evaluate(read(f'{{"rate": {zero}}}'))) == {"L": "fail"}
