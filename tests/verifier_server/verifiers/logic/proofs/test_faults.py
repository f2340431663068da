"""Random proofs: right as they are, and pinned to the step that is made wrong."""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifier_server.verifiers.logic.judging import judge
from verifier_server.contract import Score


@dataclass(frozen=True)
class Chain:
    """Premises in some order, and steps: formula, and the lines that it cites."""

    premises: tuple[str, ...]
    steps: tuple[tuple[str, tuple[str, ...]], ...]

    def judged(self, steps: list[tuple[str, tuple[str, ...]]]) -> Score:
        task = {"shape": "proof", "premises": list(self.premises), "goal": self.steps[-1][0]}
        task["gold_lemmas"] = [formula for formula, _ in self.steps]
        lines = [
            f"S{number}: {formula} [from {', '.join(cited)}]"
            for number, (formula, cited) in enumerate(steps, 1)
        ]
        return judge(task)("<answer>" + "\n".join(lines) + "</answer>")


@st.composite
def chains(draw: st.DrawFn) -> Chain:
    """From A0(a) along implications, some with a side condition, among idle ones."""
    length = draw(st.integers(2, 5))
    negated = [draw(st.booleans()) for _ in range(length + 1)]
    sides = [draw(st.booleans()) for _ in range(length)]

    def literal(place: int, name: str) -> str:
        return f"{'¬' if negated[place] else ''}A{place}({name})"

    rules = [
        f"∀x ({literal(at, 'x')}{f' ∧ B{at}(x)' if side else ''} → {literal(at + 1, 'x')})"
        for at, side in enumerate(sides)
    ]
    facts = [f"B{at}(a)" for at, side in enumerate(sides) if side]
    idle = [f"∀x (A{at}(x) → C{at}(x))" for at in range(length)]
    premises = draw(st.permutations([literal(0, "a"), *rules, *facts, *idle]))
    name = {formula: f"P{number}" for number, formula in enumerate(premises, 1)}
    steps = []
    for at, side in enumerate(sides):
        before = f"S{at}" if at else name[literal(0, "a")]
        cited = [before, name[rules[at]], *([name[f"B{at}(a)"]] if side else [])]
        steps.append((literal(at + 1, "a"), tuple(draw(st.permutations(cited)))))
    return Chain(tuple(premises), tuple(steps))


@settings(max_examples=40, deadline=None)
@given(chain=chains(), data=st.data())
def test_the_step_that_is_wrong_is_named_and_what_stands_before_it_is_paid(
    chain: Chain, data: st.DataObject
) -> None:
    assert chain.judged(list(chain.steps)).reason == "proof_complete"
    place = data.draw(st.integers(0, len(chain.steps) - 1))
    formula, cited = chain.steps[place]
    dropped = data.draw(st.integers(0, len(cited) - 1))
    fewer = cited[:dropped] + cited[dropped + 1 :]
    for wrong in ((f"¬({formula})", cited), (formula, fewer)):
        steps = [*chain.steps[:place], wrong, *chain.steps[place + 1 :]]
        found = chain.judged(steps)
        assert found.reason == f"step_invalid@{place + 1}"
        assert found.value == place / len(chain.steps)
