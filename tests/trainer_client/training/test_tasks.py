import json
import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer_client.failures import ConfigError
from trainer_client.tasks import FAMILIES
from trainer_client.tasks.sample import Sample
from trainer_client.tasks.splits import SplitSizes, build_splits

SIZES = {"math": SplitSizes(120, 60, 20), "json": SplitSizes(100, 50, 30)}


def is_right(sample: Sample, completion: str) -> bool:
    if sample.verifier == "math":
        boxes = re.findall(r"\\boxed\{(.*?)\}", completion)
        return boxes == [sample.task["answer"]]
    found = json.loads(completion)
    expected = sample.task["expected"]
    return bool(
        found == expected
        and {k: type(v) for k, v in found.items()} == {k: type(v) for k, v in expected.items()}
    )


@pytest.mark.parametrize("name", sorted(FAMILIES))
@given(seed=st.integers(0, 2**32))
def test_solutions_are_right_and_spoiled_ones_wrong(name: str, seed: int) -> None:
    rng = Random(seed)
    family = FAMILIES[name]
    sample = family.draw(rng)
    assert sample.verifier == name
    assert is_right(sample, sample.solution)
    assert not is_right(sample, family.spoil(sample, rng))


@given(seed=st.integers(0, 2**32))
def test_the_equation_has_the_answer_and_the_working_holds(seed: int) -> None:
    sample = FAMILIES["math"].draw(Random(seed))
    match = re.fullmatch(r"solve (\d+)x([+-]\d+)=(-?\d+)", sample.question)
    assert match
    a, b, c = map(int, match.groups())
    x = int(sample.task["answer"])
    assert a * x + b == c
    first, second, _ = sample.solution.split("\n")
    assert first == f"{a}x={c}{-b:+d}={a * x}"
    assert second == f"x={a * x}/{a}={x}"


@given(seed=st.integers(0, 2**32))
def test_an_unfinished_equation_never_ends_in_its_answer(seed: int) -> None:
    rng = Random(seed)
    sample = FAMILIES["math"].draw(rng)
    last_number = re.findall(r"-?\d+", FAMILIES["math"].spoil(sample, rng))[-1]
    assert last_number != sample.task["answer"]


@given(seed=st.integers(0, 2**32))
def test_the_sentence_states_every_field(seed: int) -> None:
    sample = FAMILIES["json"].draw(Random(seed))
    for value in sample.task["expected"].values():
        assert str(value) in sample.question


@pytest.mark.parametrize("seed", [0, 1, 7])
def test_splits_share_no_problem_and_have_their_sizes(seed: int) -> None:
    splits = build_splits(SIZES, seed=seed, wrong_share=0.5)
    shown = [(d.sample.verifier, d.sample.key) for d in splits.demonstrations]
    train = [(s.verifier, s.key) for s in splits.train]
    held_out = [(s.verifier, s.key) for s in splits.held_out]
    assert [len(shown), len(train), len(held_out)] == [220, 110, 50]
    assert len(set(shown + train + held_out)) == 380
    questions = [d.sample.question for d in splits.demonstrations]
    questions += [s.question for s in (*splits.train, *splits.held_out)]
    assert len(set(questions)) == 380


def test_splits_depend_on_the_seed_alone_and_held_out_not_even_on_it() -> None:
    first = build_splits(SIZES, seed=3, wrong_share=0.7)
    assert first == build_splits(SIZES, seed=3, wrong_share=0.7)
    other = build_splits(SIZES, seed=4, wrong_share=0.7)
    assert other.demonstrations != first.demonstrations
    assert other.train != first.train
    assert other.held_out == first.held_out


@pytest.mark.parametrize(("wrong_share", "low", "high"), [(0.0, 0, 0), (0.7, 130, 178)])
def test_the_wrong_share_of_demonstrations_is_wrong(
    wrong_share: float, low: int, high: int
) -> None:
    demonstrations = build_splits(SIZES, seed=0, wrong_share=wrong_share).demonstrations
    for each in demonstrations:
        assert is_right(each.sample, each.completion) == each.sound
    assert low <= sum(not each.sound for each in demonstrations) <= high


def test_more_problems_than_there_are_is_an_error_that_names_the_family() -> None:
    with pytest.raises(ConfigError, match=r"tasks\.math: 1400 distinct problems"):
        build_splits({"math": SplitSizes(1300, 50, 50)}, seed=0, wrong_share=0.5)


def test_an_unknown_verifier_is_named() -> None:
    with pytest.raises(ConfigError, match=r"tasks\.poetry"):
        build_splits({"poetry": SplitSizes(1, 1, 1)}, seed=0, wrong_share=0.5)
