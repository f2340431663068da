from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer_client.codec import encode_task
from trainer_client.grouping import (
    NULL_IN_TASK,
    TASK_TOO_LARGE,
    UNUSABLE_ROW,
    SizeLimits,
    completion_text,
    group_rows,
    ungroup,
)
from trainer_client.results import CompletionResult, GroupResult, Score, ScoreError

ROWS = st.lists(st.tuples(st.sampled_from("vw"), st.integers(0, 3), st.sampled_from("abc")))


def _answers(rows: list[tuple[str, int, str]]) -> list[str]:
    """What each row gets when a result names the verifier, task and completion it is for."""
    grouped = group_rows(
        [row[0] for row in rows], [{"n": row[1]} for row in rows], [row[2] for row in rows]
    )
    results = [
        GroupResult(
            "",
            tuple(
                CompletionResult(Score(0, False, "INCORRECT", f"{g.verifier}{g.task!r}{c!r}"))
                for c in g.completions
            ),
        )
        for g in grouped.groups
    ]
    return [each.outcome.reason for each in ungroup(grouped, results) if each]


@given(ROWS, st.randoms(use_true_random=False))
def test_any_order_of_rows_gives_every_row_its_own_result(
    rows: list[tuple[str, int, str]], random: Random
) -> None:
    expected = [f"{v}{encode_task({'n': n})!r}{c.encode()!r}" for v, n, c in rows]
    assert _answers(rows) == expected
    order = list(range(len(rows)))
    random.shuffle(order)
    assert _answers([rows[i] for i in order]) == [expected[i] for i in order]


@given(ROWS)
def test_nothing_is_sent_twice(rows: list[tuple[str, int, str]]) -> None:
    grouped = group_rows(
        [row[0] for row in rows], [{"n": row[1]} for row in rows], [row[2] for row in rows]
    )
    sent = [(g.verifier, g.task, c) for g in grouped.groups for c in g.completions]
    assert len(sent) == len(set(sent)) == len(set(rows))
    assert len({(g.verifier, g.task) for g in grouped.groups}) == len(grouped.groups)
    assert grouped.duplicates == len(rows) - len(set(rows))


@pytest.mark.parametrize(
    "task", [None, 7, ["x"], {"x": float("inf")}, {"x": {1}}, "\ud800", "", b""]
)
def test_a_row_that_cannot_be_sent_fails_alone(task: object) -> None:
    grouped = group_rows(["v", "v"], [task, {"n": 1}], ["a", "a"])
    assert len(grouped.groups) == 1
    first, second = ungroup(
        grouped, [GroupResult("", (CompletionResult(Score(1, True, "CORRECT", "")),))]
    )
    assert first is not None
    assert first.error is not None
    assert (first.error.code, first.error.reason) == ("INVALID_TASK", UNUSABLE_ROW)
    assert second is not None
    assert second.score is not None


@pytest.mark.parametrize(
    "task",
    [
        {"schema": {"type": "string"}, "expected": None},
        {"schema": {"type": "string", "enum": None}},
        {"answer": [1, {"x": None}]},
        {"answer": [None]},
        {"answer": (1, None)},
    ],
)
def test_a_mapping_with_a_null_anywhere_is_not_sent(task: object) -> None:
    grouped = group_rows(["v", "v"], [task, {"n": 1}], ["a", "a"])
    assert len(grouped.groups) == 1
    place = grouped.places[0]
    assert isinstance(place, ScoreError)
    assert (place.code, place.reason) == ("INVALID_TASK", NULL_IN_TASK)
    assert "JSON text" in place.message


def test_a_task_above_the_limit_fails_alone() -> None:
    tasks = ['{"n": 12}', b'{"n": 123}', {"n": "1234"}]
    grouped = group_rows(["v"] * 3, tasks, ["a"] * 3, SizeLimits(task_bytes=9))
    assert [each.task for each in grouped.groups] == [b'{"n": 12}']
    for place in grouped.places[1:]:
        assert isinstance(place, ScoreError)
        assert (place.code, place.reason) == ("INVALID_TASK", TASK_TOO_LARGE)


def test_a_completion_above_the_limit_is_sent_one_byte_above_it() -> None:
    texts: list[str | bytes] = ["abc", "abcd", "abcde", b"abcdef", "abcé"]
    grouped = group_rows(["v"] * 5, ["{}"] * 5, texts, SizeLimits(completion_bytes=3))
    assert [each.completions for each in grouped.groups] == [(b"abc", b"abcd", b"abc\xc3")]
    assert grouped.places == ((0, 0), (0, 1), (0, 1), (0, 1), (0, 2))


def test_json_text_keeps_its_nulls() -> None:
    grouped = group_rows(["v"] * 2, ['{"expected": null}', b'{"expected": null}'], ["a", "b"])
    assert [each.task for each in grouped.groups] == [b'{"expected": null}']


@pytest.mark.parametrize("verifier", [None, "", 3])
def test_a_row_without_a_verifier_fails_alone(verifier: object) -> None:
    assert group_rows([verifier], ['{"n": 1}'], ["a"]).groups == ()


def test_json_text_is_sent_as_it_is() -> None:
    grouped = group_rows(["v"] * 2, ['{"n": 1.50}', b'{"n": 1.50}'], ["a", "b"])
    assert [each.task for each in grouped.groups] == [b'{"n": 1.50}']


def test_an_unanswered_group_is_none_for_its_rows() -> None:
    grouped = group_rows(["v", "w", "v"], ["{}"] * 3, ["a", "a", "a"])
    answer = GroupResult("", (CompletionResult(Score(1, True, "CORRECT", "")),))
    first, second, third = ungroup(grouped, [answer, None])
    assert second is None
    assert first is not None
    assert third is not None
    assert (first.deduplicated, third.deduplicated) == (False, True)
    with pytest.raises(ValueError, match="2 groups and 1 results"):
        ungroup(grouped, [answer])


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="argument 2 is longer"):
        group_rows(["v"], ["{}", "{}"], ["a", "b"])


@pytest.mark.parametrize(
    ("completion", "text"),
    [
        ("plain", "plain"),
        (b"\xff", b"\xff"),
        ([{"role": "assistant", "content": "hi"}], "hi"),
        (
            [
                {"role": "assistant", "content": None, "tool_calls": []},
                {"role": "tool", "content": "42"},
                {"role": "assistant", "content": "so 42"},
            ],
            "so 42",
        ),
        ([{"role": "assistant", "content": "a"}, {"role": "tool", "content": "b"}], "a"),
        ([{"role": "assistant", "content": None}], ""),
        (
            [
                {
                    "role": "assistant",
                    "content": [
                        {"type": "text", "text": "a"},
                        {"type": "image"},
                        {"type": "text", "text": "b"},
                    ],
                }
            ],
            "ab",
        ),
        ([], ""),
    ],
)
def test_completion_text(completion: object, text: str | bytes) -> None:
    assert completion_text(completion) == text


@pytest.mark.parametrize("completion", [None, 3, ["text"], [{"role": "assistant", "content": 3}]])
def test_what_is_no_completion_is_refused(completion: object) -> None:
    with pytest.raises(TypeError):
        completion_text(completion)
