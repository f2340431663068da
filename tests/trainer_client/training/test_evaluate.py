import pytest

from trainer_client.evaluate import OVERALL, summarise
from trainer_client.failures import EvaluationError
from trainer_client.results import CompletionResult, GroupResult, Score, ScoreError
from trainer_client.tasks.sample import Sample

RIGHT = CompletionResult(Score(1.0, True, "CORRECT", "equal"))
HALF = CompletionResult(Score(0.5, False, "PARTIAL", "fields"))
WRONG = CompletionResult(Score(0.0, False, "INCORRECT", "different"))
LOST = CompletionResult(ScoreError("SANDBOX_FAULT", "died", "it died", retryable=True))


def sample(verifier: str, key: str = "1") -> Sample:
    return Sample(verifier, key, f"question {key}", {"answer": key}, key)


def group(*results: CompletionResult) -> GroupResult:
    return GroupResult("", results, None, "sha256:00")


def texts(groups: list[GroupResult]) -> list[list[str]]:
    return [[f"text {i}" for i in range(len(each.results))] for each in groups]


def test_figures_by_family_and_overall() -> None:
    groups = [
        group(RIGHT, RIGHT, WRONG, WRONG, WRONG),  # the greedy one first
        group(WRONG, WRONG, WRONG, WRONG, HALF),
        group(WRONG, RIGHT, RIGHT, RIGHT, RIGHT),
    ]
    samples = [sample("math"), sample("math", "2"), sample("json")]
    found = summarise(samples, texts(groups), groups, max_missing=0.0)
    assert list(found.figures) == ["math", "json", OVERALL]
    math, overall = found.figures["math"], found.figures[OVERALL]
    assert (math.prompts, math.pass_1, math.pass_k, math.greedy) == (2, 0.125, 0.5, 0.5)
    assert overall.pass_1 == pytest.approx(1.25 / 3)
    assert overall.pass_k == pytest.approx(2 / 3)
    assert (overall.judged, overall.missing) == (15, 0)
    assert found.revisions == {"math": "sha256:00", "json": "sha256:00"}
    assert found.examples[1].sampled.completion == "text 1"


def test_a_missing_judgement_is_left_out_and_counted_never_zero() -> None:
    groups = [group(LOST, RIGHT, RIGHT, RIGHT, RIGHT, LOST), group(RIGHT, *[RIGHT] * 5)]
    found = summarise([sample("math"), sample("math", "2")], texts(groups), groups, 0.5)
    figures = found.figures["math"]
    assert (figures.pass_1, figures.pass_k, figures.greedy) == (1.0, 1.0, 1.0)
    assert (figures.judged, figures.missing) == (10, 2)
    assert found.examples[0].greedy.value is None
    assert found.examples[0].greedy.verdict == "SANDBOX_FAULT"


def test_too_many_missing_is_an_error_that_says_why() -> None:
    groups = [group(RIGHT, RIGHT, RIGHT, RIGHT, LOST)]
    with pytest.raises(EvaluationError, match=r"1 of 5 .*SANDBOX_FAULT \(died\)"):
        summarise([sample("math")], texts(groups), groups, max_missing=0.1)


def test_no_figure_is_made_of_nothing() -> None:
    groups = [group(RIGHT, LOST, LOST, LOST, RIGHT)]
    with pytest.raises(EvaluationError, match="pass@4"):
        summarise([sample("math")], texts(groups), groups, max_missing=0.9)
