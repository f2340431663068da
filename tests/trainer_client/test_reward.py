import inspect
import logging
import pickle
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import grpc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from verifier.v1 import common_pb2

from tests.trainer_client.fake import (
    FakeServer,
    Reply,
    Request,
    abort,
    edit,
    fail_texts,
    running,
)
from trainer_client import outage as outage_module
from trainer_client.errors import (
    CallFailed,
    InvalidRequest,
    InvalidTask,
    MalformedReply,
    MissingVerdicts,
    ServerUnavailable,
    VerifierNotFound,
    VerifierOutage,
)
from trainer_client.grouping import Item
from trainer_client.outage import Outage
from trainer_client.reward import RemoteReward

PATIENT = Outage(wait_s=10.0)
IMPATIENT = Outage(wait_s=0.2, max_calls=2)


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outage_module, "MAX_PAUSE_S", 0.02)
    monkeypatch.setattr(outage_module, "PROBE_S", 0.3)
    monkeypatch.setattr("trainer_client.reward.CHECK_TIMEOUT_S", 0.5)


@pytest.fixture(scope="module")
def steady() -> Iterator[FakeServer]:
    with running() as fake:
        yield fake


def reward_of(server: FakeServer, **options: object) -> RemoteReward:
    return RemoteReward(server.target, "echo", **{"deadline_s": 0.5, **options})  # type: ignore[arg-type]  # the tests pass known names


def ask(reward: RemoteReward, *rows: tuple[str, str], **extra: object) -> list[float | None]:
    """One call for rows of (answer, completion), as TRL would make it."""
    return reward(
        prompts=[f"say {answer}" for answer, _ in rows],
        completions=[completion for _, completion in rows],
        completion_ids=[[1]] * len(rows),
        task=[{"answer": answer} for answer, _ in rows],
        trainer_state=object(),
        **extra,  # type: ignore[arg-type]  # the tests pass known names
    )


def test_one_call_for_the_batch_and_nothing_twice(server: FakeServer) -> None:
    reward = reward_of(server)
    rows = [("a", "a"), ("b", "x"), ("a", "x"), ("a", "a"), ("b", "b"), ("b", "x")]
    assert ask(reward, *rows) == [1.0, 0.0, 0.0, 1.0, 1.0, 0.0]
    assert len(server.requests) == 1
    assert server.sent_texts == [b"a", b"x", b"x", b"b"]
    assert reward.last.duplicates == 2


def test_slices_of_two_ranks_agree_with_the_whole(steady: FakeServer) -> None:
    reward = reward_of(steady)
    rows = [(answer, text) for answer in "abc" for text in ("a", "b", "c", "")]
    assert ask(reward, *rows) == ask(reward, *rows[:6]) + ask(reward, *rows[6:])


@given(
    rows=st.lists(
        st.tuples(st.sampled_from(["a", "b", "é"]), st.sampled_from(["a", "b", "é", "", "\ud800"])),
        max_size=24,
    ),
    random=st.randoms(use_true_random=False),
)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_interleaving_gives_every_completion_the_same_value(
    steady: FakeServer, rows: list[tuple[str, str]], random: object
) -> None:
    reward = reward_of(steady)
    expected = [1.0 if answer == text else 0.0 for answer, text in rows]
    assert ask(reward, *rows) == expected
    order = list(range(len(rows)))
    random.shuffle(order)  # type: ignore[attr-defined]  # a random.Random made by hypothesis
    assert ask(reward, *[rows[i] for i in order]) == [expected[i] for i in order]


def test_columns_name_verifier_and_task(server: FakeServer) -> None:
    reward = RemoteReward(server.target, verifier_column="who", task_column="truth")
    answer = reward(
        prompts=["p", "q"],
        completions=[[{"role": "assistant", "content": "a"}], [{"role": "assistant"}]],
        who=["echo", "other"],
        truth=['{"answer": "a"}', {"answer": "b"}],
        another=[1, 2],
    )
    assert answer == [1.0, 0.0]
    assert [each.verifier for each in server.requests[0].groups] == ["echo", "other"]
    assert server.requests[0].groups[0].task.data == b'{"answer": "a"}'


def test_a_missing_or_short_column_is_named(steady: FakeServer) -> None:
    reward = RemoteReward(steady.target)
    with pytest.raises(InvalidRequest, match=r"'verifier'.*has: task"):
        reward(completions=["a"], task=["{}"])
    with pytest.raises(InvalidRequest, match="'task' has 1 rows for 2"):
        reward(completions=["a", "b"], task=["{}"], verifier=["echo", "echo"])
    with pytest.raises(InvalidRequest, match="1 prompts and 2"):
        reward(["p"], ["a", "b"], task=["{}"] * 2, verifier=["echo"] * 2)


def test_an_empty_batch_is_an_empty_list(steady: FakeServer) -> None:
    assert ask(reward_of(steady)) == []


# Server away


def test_down_at_start_is_an_error() -> None:
    for start in (
        lambda: RemoteReward("127.0.0.1:1", "echo", check_server=True),
        lambda: ask(RemoteReward("127.0.0.1:1", "echo"), ("a", "a")),
    ):
        with pytest.raises(ServerUnavailable, match="verifier-server serve"):
            start()


def test_a_short_outage_is_waited_out(server: FakeServer) -> None:
    reward = reward_of(server, outage=PATIENT)
    assert ask(reward, ("a", "a")) == [1.0]
    server.stop()
    timer = threading.Timer(1.5, server.start)
    timer.start()
    assert ask(reward, ("a", "a"), ("a", "b")) == [1.0, 0.0]
    timer.join()


def test_a_long_outage_is_none_and_then_an_error(server: FakeServer) -> None:
    reward = reward_of(server, outage=IMPATIENT)
    assert ask(reward, ("a", "a")) == [1.0]
    server.stop()
    assert ask(reward, ("a", "a"), ("a", "b")) == [None, None]
    assert (reward.last.unanswered, reward.last.judged, reward.last.mean) == (2, 0, None)
    with pytest.raises(VerifierOutage, match="2 calls in a row"):
        ask(reward, ("a", "a"))


def test_a_verifier_first_named_in_an_outage_is_no_mistake(server: FakeServer) -> None:
    reward = RemoteReward(server.target, deadline_s=0.3, outage=IMPATIENT)
    row: dict[str, Any] = {"completions": ["a"], "task": ['{"answer": "a"}']}
    assert reward(**row, verifier=["echo"]) == [1.0]
    server.stop()
    assert reward(**row, verifier=["other"]) == [None]


def test_a_call_that_is_answered_starts_the_count_again(server: FakeServer) -> None:
    reward = reward_of(server, outage=Outage(wait_s=0.0, max_calls=2))
    for _ in range(3):
        server.always = None
        assert ask(reward, ("a", "a")) == [1.0]
        server.always = abort(grpc.StatusCode.DEADLINE_EXCEEDED)
        assert ask(reward, ("a", "a")) == [None]


def test_groups_answered_before_the_outage_are_kept(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainer_client.batch.MAX_COMPLETIONS_PER_CALL", 1)

    def only_a(request: Request, reply: Reply, context: grpc.ServicerContext) -> Reply:
        if request.groups[0].completions[0].text != b"a":
            return abort(grpc.StatusCode.UNAVAILABLE)(request, reply, context)
        return reply

    reward = reward_of(server, outage=Outage(wait_s=0.6))
    server.always = only_a
    assert ask(reward, ("a", "a"), ("b", "b"), ("a", "a")) == [1.0, None, 1.0]
    assert server.sent_texts.count(b"a") == 1


@pytest.mark.parametrize(
    "status",
    [
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.DEADLINE_EXCEEDED,
    ],
)
def test_no_transient_status_becomes_a_number(server: FakeServer, status: grpc.StatusCode) -> None:
    reward = reward_of(server, outage=IMPATIENT)
    server.always = abort(status)
    assert ask(reward, ("a", "a"), ("a", "b")) == [None, None]


@pytest.mark.parametrize("status", [grpc.StatusCode.INTERNAL, grpc.StatusCode.UNIMPLEMENTED])
def test_other_statuses_raise(server: FakeServer, status: grpc.StatusCode) -> None:
    server.always = abort(status)
    with pytest.raises(CallFailed):
        ask(reward_of(server), ("a", "a"))


def test_a_wrong_count_raises(server: FakeServer) -> None:
    server.always = edit(lambda reply: reply.groups[0].results.pop())
    with pytest.raises(MalformedReply):
        ask(reward_of(server), ("a", "a"), ("a", "b"))


@pytest.mark.parametrize("code", range(1, 9))
def test_no_error_becomes_a_number(server: FakeServer, code: int) -> None:
    server.always = fail_texts(code, "b", retryable=False)
    reward = reward_of(server)
    if code == common_pb2.SCORE_ERROR_CODE_VERIFIER_NOT_FOUND:
        with pytest.raises(VerifierNotFound):
            ask(reward, ("a", "a"), ("b", "b"))
    else:
        assert ask(reward, ("a", "a"), ("b", "b"), ("a", "c")) == [1.0, None, 0.0]


def test_errors_of_the_service_end_the_run_when_they_stay(server: FakeServer) -> None:
    server.always = fail_texts(
        common_pb2.SCORE_ERROR_CODE_VERIFIER_FAULT, "a", "b", retryable=False
    )
    reward = reward_of(server, outage=Outage(max_calls=3))
    rows = [("a", "a"), ("a", "b"), ("a", "c")]
    assert ask(reward, *rows) == ask(reward, *rows) == [None, None, 0.0]
    with pytest.raises(VerifierOutage, match="VERIFIER_FAULT 2"):
        ask(reward, *rows)


# Data set at fault


def test_bad_rows_are_none_counted_and_warned_of_once(
    server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    reward = reward_of(server, outage=Outage(max_missing=0.0, max_calls=1))
    with caplog.at_level(logging.WARNING, "trainer_client"):
        for _ in range(3):
            answer = reward(
                prompts=["p"] * 3,
                completions=["a"] * 3,
                task=[{"answer": "a"}, {"question": "?"}, None],
            )
            assert answer == [1.0, None, None]
    assert (reward.last.bad_tasks, reward.last.missing, reward.last.missing_by_service) == (2, 2, 0)
    reasons = [record.args[1] for record in caplog.records if isinstance(record.args, tuple)]
    assert set(reasons) == {"client.unusable_row", "schema_violation"}
    assert len(reasons) == 2


def test_rows_that_a_struct_column_filled_with_nulls_are_none_and_warned_of_once(
    server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    reward = reward_of(server)
    tasks = [{"answer": "a", "note": None}, {"answer": "a"}]
    with caplog.at_level(logging.WARNING, "trainer_client"):
        for _ in range(2):
            answer = reward(prompts=["p"] * 2, completions=["a"] * 2, task=tasks)
            assert answer == [None, 1.0]
            assert reward.last.bad_tasks == 1
    assert [record.getMessage().count("JSON text") for record in caplog.records] == [1]


def test_a_task_above_the_servers_limit_is_none_and_warned_of_once(
    server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.max_task_bytes = 40
    reward = reward_of(server)
    with caplog.at_level(logging.WARNING, "trainer_client"):
        for _ in range(2):
            assert ask(reward, ("a" * 50, "a"), ("a", "a")) == [None, 1.0]
            assert reward.last.bad_tasks == 1
    assert [record.getMessage().count("40 bytes") for record in caplog.records] == [1]
    [result] = reward.score([("echo", {"answer": "a" * 50}, "a")])
    assert result.error is not None


def test_a_completion_above_the_servers_limit_is_still_sent_to_be_judged(
    server: FakeServer,
) -> None:
    server.max_completion_bytes = 4
    assert ask(reward_of(server), ("a", "a" * 1000), ("a", "a")) == [0.0, 1.0]
    assert server.sent_texts == [b"aaaaa", b"a"]
    server.requests.clear()
    [result] = RemoteReward(server.target).score([("echo", {"answer": "a"}, "b" * 9)])
    assert result.score is not None
    assert server.sent_texts == [b"bbbbb"]


def test_a_first_batch_of_bad_tasks_is_an_error(server: FakeServer) -> None:
    with pytest.raises(InvalidTask, match="'task'"):
        reward_of(server)(prompts=["p"], completions=["a"], task=[{"question": "?"}])


def test_check(server: FakeServer) -> None:
    assert reward_of(server, check_server=True).check().sandbox == "nsjail"
    rows: list[dict[str, object]] = [
        {"task": {"answer": "a"}, "verifier": "echo"},
        {"task": "[]", "verifier": "other"},
    ]
    RemoteReward(server.target).check(rows[:1])
    with pytest.raises(InvalidTask, match="row 1, column 'task': INVALID_TASK"):
        RemoteReward(server.target).check(rows)
    with pytest.raises(VerifierNotFound, match=r"no verifier 'maths'; it has: echo, other"):
        RemoteReward(server.target, "maths").check()
    with pytest.raises(VerifierNotFound, match="'maths'"):
        RemoteReward(server.target)(completions=["a"], task=["{}"], verifier=["maths"])


# on_missing


def _with_a_hole(server: FakeServer, on_missing: str) -> list[float | None]:
    server.always = fail_texts(common_pb2.SCORE_ERROR_CODE_VERIFIER_FAULT, "x", retryable=False)
    reward = reward_of(server, on_missing=on_missing)
    return ask(reward, ("a", "a"), ("b", "b"), ("a", "x"), ("b", "c"))


def test_on_missing(server: FakeServer) -> None:
    assert _with_a_hole(server, "none") == [1.0, 1.0, None, 0.0]
    assert _with_a_hole(server, "group_none") == [None, 1.0, None, 0.0]
    with pytest.raises(MissingVerdicts, match="1 of 4"):
        _with_a_hole(server, "raise")
    with pytest.raises(ValueError, match="on_missing"):
        _with_a_hole(server, "zero")


# What the trainer sees


def test_metrics_and_columns(server: FakeServer) -> None:
    server.always = fail_texts(common_pb2.SCORE_ERROR_CODE_VERIFIER_FAULT, "x", retryable=False)
    logged: dict[str, float] = {}
    columns: dict[str, Sequence[object]] = {}
    reward = reward_of(server)
    ask(
        reward,
        *[("a", "a"), ("a", "b"), ("b", "b"), ("b", "b"), ("c", "x"), ("d", "")],
        log_metric=logged.__setitem__,
        log_extra=columns.__setitem__,
    )
    assert logged.pop("verifier/latency_s") > 0
    verdicts = {name: logged.pop(name) for name in list(logged) if "/verdict/" in name}
    assert len(verdicts) == 10
    assert {name: share for name, share in verdicts.items() if share} == {
        "verifier/verdict/correct": 3 / 5,
        "verifier/verdict/incorrect": 1 / 5,
        "verifier/verdict/no_answer": 1 / 5,
    }
    assert logged == {
        "verifier/missing_frac": 1 / 6,
        "verifier/bad_task_frac": 0.0,
        "verifier/dedup_frac": 1 / 6,
        "verifier/group_zero_std_frac": 1 / 2,
        "echo/mean": 3 / 5,
    }
    assert columns == {
        "verifier/verdict": [
            *["CORRECT", "INCORRECT", "CORRECT", "CORRECT", "error:VERIFIER_FAULT", "NO_ANSWER"]
        ],
        "verifier/reason": ["equal", "different", "equal", "equal", "test", "empty"],
    }
    assert reward.last.verdicts == {"CORRECT": 3, "INCORRECT": 1, "NO_ANSWER": 1}
    assert (reward.last.groups, reward.last.groups_without_signal) == (2, 1)


def test_columns_keep_their_length_in_an_outage(server: FakeServer) -> None:
    columns: dict[str, Sequence[object]] = {}
    logged: dict[str, float] = {}
    reward = reward_of(server, outage=IMPATIENT, name="other")
    ask(reward, ("a", "a"))
    server.stop()
    ask(
        reward,
        *[("a", "a")] * 3,
        log_extra=columns.__setitem__,
        log_metric=logged.__setitem__,
    )
    assert columns == {"other/verdict": ["error:UNANSWERED"] * 3, "other/reason": [""] * 3}
    assert logged["other/missing_frac"] == 1.0
    assert not [name for name in logged if "mean" in name or "zero_std" in name]


def test_metrics_can_be_off(steady: FakeServer) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError

    reward = reward_of(steady, metrics=False)
    assert ask(reward, ("a", "a"), log_extra=refuse, log_metric=refuse) == [1.0]


def test_it_is_what_trl_takes_for_a_synchronous_function(steady: FakeServer) -> None:
    reward = reward_of(steady, name="math_reward")
    assert reward.__name__ == "math_reward"
    assert callable(reward)
    assert not inspect.iscoroutinefunction(reward)
    assert not inspect.iscoroutinefunction(type(reward).__call__)


def test_it_pickles(steady: FakeServer) -> None:
    reward = reward_of(steady, name="named", outage=IMPATIENT)
    assert ask(reward, ("a", "a")) == [1.0]
    copy = pickle.loads(pickle.dumps(reward))
    assert copy.__name__ == "named"
    assert ask(copy, ("a", "a"), ("a", "b")) == [1.0, 0.0]
    copy.close()


def test_threads_share_it(steady: FakeServer) -> None:
    reward = reward_of(steady, deadline_s=10.0)
    seen: list[list[float | None]] = []
    threads = [
        threading.Thread(target=lambda n=n: seen.append(ask(reward, (str(n), str(n)), ("a", "b"))))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [[1.0, 0.0]] * 8


# Evaluation


def test_score_for_evaluation(server: FakeServer) -> None:
    reward = RemoteReward(server.target)
    items = [Item("echo", {"answer": "a"}, "a"), ("other", '{"answer": "b"}', "c")]
    results = reward.score([*items, items[0], ("echo", "[]", "x")])
    assert [each.score.value if each.score else None for each in results] == [1.0, 0.0, 1.0, None]
    assert results[2].deduplicated
    assert results[3].error is not None
    assert results[3].error.code == "INVALID_TASK"
    assert reward.score([]) == []
    server.stop()
    with pytest.raises(ServerUnavailable):
        reward.score(items, timeout_s=0.3)
