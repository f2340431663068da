"""Open conclusions: what is right, what is trivial, and that no known trick pays."""

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from verifier_server.contract import Judge, Score, TaskError, Verdict
from verifier_server.verifiers.logic.verifier import prepare

ZOO = [
    "∀x (Owl(x) → Bird(x))",
    "∀x (Bird(x) → Feathered(x))",
    "Owl(olga)",
    "∀x (Fish(x) → ¬Bird(x))",
    "Fish(finn)",
    "Likes(olga, finn)",
]


def judge(answer: str, premises: list[str] | None = None) -> Score:
    return prepare({"shape": "conclusion", "premises": premises or ZOO})(
        f"Let me think. <answer>{answer}</answer>"
    )


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("Bird(olga)", "entailed"),
        ("all x. (Owl(x) -> Feathered(x))", "entailed"),
        ("¬Bird(finn)", "entailed"),
        ("Bird(olga) ∧ ¬Bird(finn)", "entailed"),
        ("olga ≠ finn", "entailed"),
        ("∃x (Owl(x) ∧ Feathered(x))", "entailed"),
        ("∃x ∃y (Bird(x) ∧ Likes(x, y))", "entailed"),
        (r"$\forall y (Owl(y) \to \lnot Fish(y))$", "entailed"),
        ("$\\boxed{Bird(olga)}$", "entailed"),
        ("**Bird(olga)**", "entailed"),
        ("ForAll([x], Implies(Owl(x), Feathered(x)))", "entailed"),
        ("(forall ((x U)) (=> (Owl x) (Feathered x)))", "entailed"),
        ("And(Bird(olga), Owl(olga))", "trivial.restates_premise"),
        ("(and (Owl olga) (Fish finn))", "trivial.restates_premise"),
        ("(=> (Owl olga) (Bird (ite (Fish olga) olga olga)))", "parse_error.unsupported"),
        ("And(Bird(olga), Cat(olga))", "vocab.unknown_symbol"),
        ("(and (Bird olga) (Cat olga))", "vocab.unknown_symbol"),
        ("(assert (Bird olga))", "forbidden.axiom"),
        ("Bird(finn)", "contradicted"),
        ("Fish(olga)", "contradicted"),
        ("Likes(finn, olga)", "unknown_consistent"),
        ("∀x (Feathered(x) → Bird(x))", "unknown_consistent"),
        ("Owl(olga)", "trivial.restates_premise"),
        ("∀x (¬Bird(x) → ¬Owl(x))", "trivial.restates_premise"),
        ("Bird(olga) ∧ Owl(olga)", "trivial.restates_premise"),
        ("∃x Likes(x, finn)", "trivial.restates_premise"),
        ("Owl(olga) ∧ Fish(finn)", "trivial.restates_premise"),
        ("∃x ∃y (Owl(x) ∧ Fish(y))", "trivial.restates_premise"),
        ("∃x (Owl(x) ∧ Fish(finn))", "trivial.restates_premise"),
        ("Owl(olga) ↔ Fish(finn)", "trivial.restates_premise"),
        (
            "(Owl(olga) ∧ Fish(finn) ∧ Bird(finn)) ∨ (Owl(olga) ∧ Fish(finn) ∧ ¬Bird(finn))",
            "trivial.restates_premise",
        ),
        ("∃x ∃y (Owl(x) ∧ Fish(y) ∧ (x = y ∨ x ≠ y))", "trivial.padded"),
        ("∃x ∃y (Owl(x) ∧ Fish(y) ∧ (Likes(x, y) → Likes(x, y)))", "trivial.padded"),
        ("(Owl(olga) ∧ Fish(finn)) ∨ (Owl(olga) ∧ Fish(finn))", "trivial.restates_premise"),
        ("Bird(olga) ∨ Fish(olga)", "trivial.padded"),
        ("Fish(olga) → Bird(olga)", "trivial.padded"),
        ("∀x (Owl(x) ∧ Fish(finn) → Feathered(x))", "trivial.padded"),
        ("∀x Bird(olga)", "trivial.padded"),
        ("Owl(olga) ⊕ ¬Feathered(olga)", "trivial.padded"),
        ("(Bird(olga) ∧ Fish(olga)) ∨ (Bird(olga) ∧ ¬Fish(olga))", "trivial.padded"),
        ("Bird(olga) → Bird(olga)", "trivial.tautology"),
        ("olga = olga", "trivial.tautology"),
        ("∃x (Owl(x) → ∀y Owl(y))", "trivial.tautology"),
        ("Bird(olga) ∧ (Fish(olga) ∨ ¬Fish(olga))", "trivial.tautology_conjunct"),
        ("Owl(olga) ∧ ¬Owl(olga)", "trivial.contradiction"),
        ("olga ≠ olga", "trivial.contradiction"),
        ("Bird(oscar)", "vocab.unknown_symbol"),
        ("Bird(olga, finn)", "vocab.arity_mismatch"),
        ("Bird(x)", "ill_formed.free_variable"),
        ("Bird(olga", "parse_error.syntax"),
        ("Premise: Bird(olga)", "forbidden.axiom"),
        ("Bird(olga)\nFeathered(olga)", "multiple_answers"),
        ("", "no_answer"),
    ],
)
def test_conclusions(answer: str, reason: str) -> None:
    score = judge(answer)
    assert score.reason == reason
    assert score.passed is (reason == "entailed")
    assert score.value == float(score.passed)


APART = [
    "∀x (Cat(x) → Furry(x))",
    "∀x ∀y (Chases(x, y) → Sees(x, y))",
    "Owl(olga)",
    "Fish(finn)",
    "Bold(olga)",
    "∀x (Bold(x) → Loud(x))",
    "∀x Old(x)",
    "Wet(olga) ∨ Wet(finn)",
]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("∃x ∃y (Owl(x) ∧ Fish(y) ∧ (Chases(x, y) → Chases(olga, finn)))", "trivial.padded"),
        ("∃x (Owl(x) ∧ ∃y (Fish(y) ∧ (Sees(x, y) → Sees(olga, finn))))", "trivial.padded"),
        ("∃x ∃y (Owl(x) ∧ Fish(y) ∧ (x = y → olga = finn))", "trivial.padded"),
        ("∃x ∃y (Owl(x) ∧ Fish(y) ∧ (Sees(x, y) ↔ Sees(olga, finn)))", "trivial.padded"),
        ("∃x ∃y (Owl(x) ∧ Fish(y) ∧ (Chases(x, y) → Sees(x, y)))", "trivial.padded"),
        ("∃x (Owl(x) ∧ (Cat(x) → Furry(x)))", "trivial.padded"),
        ("∃x (Owl(x) ∧ (Cat(x) → Furry(olga)))", "trivial.padded"),
        ("∃x (Owl(x) ∧ Old(x))", "trivial.padded"),
        (
            "∃x ∃y (Owl(y) ∧ Wet(x) ∧ (Sees(y, x) → Sees(olga, olga) ∨ Sees(olga, finn)))",
            "trivial.padded",
        ),
        ("∀z ∃x ∃y (Owl(x) ∧ Fish(y) ∧ (Sees(x, y) ∧ Cat(z) → Furry(z)))", "trivial.padded"),
        ("Loud(olga) ∧ ⊤", "trivial.padded"),
        ("⊥ ∨ Loud(olga)", "trivial.padded"),
        ("∃x (Loud(x) ∧ Owl(x))", "entailed"),
        ("∃x (Loud(x) ∧ x = olga)", "entailed"),
        ("∃x (Owl(x) ∧ Bold(x))", "entailed"),
        ("(Loud(olga) → ⊥) → ⊥", "entailed"),
    ],
)
def test_what_is_true_of_a_thing_for_free_ties_nothing(answer: str, reason: str) -> None:
    assert judge(answer, APART).reason == reason


def test_what_proves_or_refutes_a_claim_is_open() -> None:
    assert dict(judge("Bird(olga)").diagnostics.facts)["premises_used"] == (
        "P1: ∀x (Owl(x) → Bird(x))\nP3: Owl(olga)"
    )
    refuted = dict(judge("Bird(finn)").diagnostics.facts)["refuted_by"]
    assert refuted.startswith("P4: ")
    assert "P5: Fish(finn)" in refuted
    model = dict(judge("Likes(finn, olga)").diagnostics.facts)["countermodel"]
    assert "false: " in model
    assert "Likes(finn, olga)" in model


def test_the_message_says_what_is_trivial() -> None:
    assert "premise 3 alone says Owl(olga)" in judge("Bird(olga) ∧ Owl(olga)").diagnostics.message
    assert "Fish(olga) can be left out" in judge("Bird(olga) ∨ Fish(olga)").diagnostics.message


def test_what_cannot_be_checked_for_padding_is_worth_nothing() -> None:
    wide = " ∧ ".join(f"(Bird(olga) ∨ Likes(olga, finn) ∨ R{at})" for at in range(70))
    premises = [*ZOO, *(f"R{at} ∨ ¬R{at}" for at in range(70))]
    score = judge(wide, premises)
    assert (score.verdict, score.reason) == (Verdict.RESOURCE_LIMIT, "too_many_checks")


def test_what_the_solver_does_not_decide_is_undecided() -> None:
    holes = 9
    some = [" ∨ ".join(f"P{at}H{hole}" for hole in range(holes)) for at in range(holes + 1)]
    apart = [
        f"¬P{at}H{hole} ∨ ¬P{other}H{hole}"
        for hole in range(holes)
        for at in range(holes + 1)
        for other in range(at)
    ]
    score = judge(f"¬({some[0]})", [*some[1:], *apart])
    assert (score.verdict, score.reason) == (Verdict.UNDECIDED, "solver_unknown")
    assert score.value == 0.0


@pytest.mark.parametrize(
    ("premises", "reason", "pointer"),
    [
        (["Owl(olga)", "¬Owl(olga)"], "premises_inconsistent", "/premises"),
        (["Owl(olga)", "Owl(olga"], "", ""),
        (["Owl(olga)", "Owl((olga"], "", ""),
        (["Owl(olga)", "Owl(olga) → → p"], "parse_error.syntax", "/premises/1"),
        (["Owl(olga)", "Owl(x)"], "ill_formed.free_variable", "/premises/1"),
    ],
)
def test_premises_that_make_no_task(premises: list[str], reason: str, pointer: str) -> None:
    task: dict[str, Any] = {"shape": "conclusion", "premises": premises}
    if not reason:  # brackets at the end are mended in a task
        assert prepare(task)("<answer>Owl(olga)</answer>").reason == "trivial.restates_premise"
        return
    with pytest.raises(TaskError) as caught:
        prepare(task)
    assert (caught.value.reason, caught.value.pointer) == (reason, pointer)


NAMES = ("Alpha", "Beta", "Gamma", "Delta", "Epsilon")
THINGS = ("ann", "bob")


@st.composite
def premise_sets(draw: st.DrawFn) -> list[str]:
    """Rules in a row, facts, and one exclusion: consistent more often than not."""
    rules = draw(st.lists(st.tuples(*[st.sampled_from(NAMES)] * 2), min_size=1, max_size=4))
    facts = draw(
        st.lists(
            st.tuples(st.booleans(), st.sampled_from(NAMES), st.sampled_from(THINGS)),
            min_size=1,
            max_size=3,
        )
    )
    texts = [f"∀x ({left}(x) → {right}(x))" for left, right in rules]
    texts += [f"{'' if sign else '¬'}{name}({thing})" for sign, name, thing in facts]
    if draw(st.booleans()):
        texts.append(draw(st.sampled_from(["Alpha(ann) ∨ Beta(bob)", "Gamma(ann) ⊕ Delta(ann)"])))
    return list(dict.fromkeys(texts))


def prepared(premises: list[str]) -> Judge | None:
    """The judge of a task, or None where the premises contradict each other."""
    try:
        return prepare({"shape": "conclusion", "premises": premises})
    except TaskError as error:
        if error.reason != "premises_inconsistent":
            raise
        return None


@given(premise_sets(), st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_no_trick_pays(premises: list[str], data: st.DataObject) -> None:
    assume(len(premises) > 1)
    decide = prepared(premises)
    if decide is None:
        return
    one = data.draw(st.sampled_from(premises))
    other = data.draw(st.sampled_from(premises))
    atom = data.draw(st.sampled_from([name for name in NAMES if name in "".join(premises)]))
    thing = data.draw(st.sampled_from([name for name in THINGS if name in "".join(premises)]))
    x = f"{atom}({thing})"
    tricks = [
        " ∧ ".join(f"({each})" for each in premises),
        f"¬({' ∨ '.join(f'¬({each})' for each in premises)})",
        max(premises, key=len),
        f"({one}) ∨ zzz",
        f"({one}) ∨ {x}",
        f"{x} → ({one})",
        f"({one}) ∧ ¬({one})",
        f"({one}) → ({one})",
        f"({one}) ∨ ¬({one})",
        f"(({one}) ∧ {x}) ∨ (({one}) ∧ ¬{x})",
        f"(({one}) ∧ ({other}) ∧ {x}) ∨ (({one}) ∧ ({other}) ∧ ¬{x})",
        f"({one}) ↔ ({other})",
        f"∀y (({one}) ∧ ({other}))",
        f"∃y (({one}) ∧ ({other}))",
        f"({one}) ∧ ({one})",
    ]
    for trick in tricks:
        score = decide(f"<answer>{trick}</answer>")
        assert score.value == 0.0, (premises, trick, score)
        assert score.verdict in (Verdict.INCORRECT, Verdict.MALFORMED)


@given(premise_sets())
@settings(max_examples=25, deadline=None)
def test_an_honest_conclusion_loses_its_worth_by_padding(premises: list[str]) -> None:
    rules = ["∀x (Start(x) → Middle(x))", "∀x (Middle(x) → End(x))", "Start(cleo)"]
    decide = prepared([*rules, *premises])
    if decide is None:
        return
    assert decide("<answer>End(cleo)</answer>").passed
    for padded in ("End(cleo) ∨ End(ann)", "Middle(ann) → End(cleo)", "End(cleo) ∧ Start(cleo)"):
        if "ann" in padded and "ann" not in "".join(premises):
            continue
        assert decide(f"<answer>{padded}</answer>").value == 0.0
