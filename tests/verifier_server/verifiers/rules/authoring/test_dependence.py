"""The part of a pack that a mutant is tried on says what the whole says."""

from dataclasses import replace

from tests.verifier_server.verifiers.rules.authoring.loans import cases, pack
from verifier_server.verifiers.rules.authoring.dependence import Dependence
from verifier_server.verifiers.rules.authoring.judging import Judge
from verifier_server.verifiers.rules.authoring.names import expressions
from verifier_server.verifiers.rules.pack import Derived, pack_of

WHOLE = replace(
    pack_of(pack()),
    derived=(
        Derived("fee", "facts.days_late > 3 ? (facts.reader == 'adult' ? 5 : 2) : 0"),
        Derived("half", "derived.fee / 2"),
        Derived("shown", "derived.half + 1"),
    ),
)
WHOLE = replace(
    WHOLE,
    rules=(WHOLE.rules[0], replace(WHOLE.rules[1], when="derived.half > 1"), *WHOLE.rules[2:]),
)


def test_rules_that_an_expression_decides():
    dependence = Dependence(WHOLE)
    decided = {each.owner: dependence.rules_on(each) for each in expressions(WHOLE)}
    assert decided == {
        "derived.fee": {"fee", "block"},
        "derived.half": {"block"},
        "derived.shown": set(),
        "fee": {"fee"},
        "block": {"block"},
        "spared": {"spared"},
        "calm": {"calm"},
    }


def test_a_part_has_what_its_rules_need():
    part = Dependence(WHOLE).part(WHOLE, {"block"})
    assert [each.name for each in part.derived] == ["fee", "half"]
    assert [each.id for each in part.rules] == ["block"]


def test_a_part_gives_the_verdicts_of_the_whole():
    dependence, whole = Dependence(WHOLE), Judge(WHOLE)
    for rule in WHOLE.rules:
        part = Judge(dependence.part(WHOLE, {rule.id}))
        for row in cases():
            verdicts = whole.outcome(row["facts"], row["answer"]).verdicts
            if verdicts is not None:
                found = part.verdicts(row["facts"], row["answer"])
                assert found == {rule.id: verdicts[rule.id]}
