"""Groups in, results out."""

import asyncio
import time
import traceback
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from sandboxes.limits import Ending, JobOutcome, Limits, Outcome, Usage
from tests.verifier_server.echo import MANIFEST
from tests.verifier_server.harness import QUEUE, REGISTRY, InProcessPool, open_pool, until
from verifier_server.admission import Admission, Overloaded, QueueLimits
from verifier_server.contract import ErrorCode, Score, ScoreError, Verdict
from verifier_server.faults import UNKNOWN
from verifier_server.groups import Judged, Terms, Work
from verifier_server.offer import Offer
from verifier_server.plain import encode_score
from verifier_server.registry import Registry
from verifier_server.scheduler import MIN_PART, MIN_WALL_S, SETUP_CPU_S, Scheduler, limits_for

TERMS = Terms()


def work(*completions: str, answer: str = "yes") -> Work:
    data = b'{"answer": "%s"}' % answer.encode()
    return Work("echo", data, "", tuple(text.encode() for text in completions))


def verdicts(results: Sequence[Judged]) -> list[str]:
    return [
        str(each.outcome.verdict if isinstance(each.outcome, Score) else each.outcome.code)
        for each in results
    ]


class ScriptedPool:
    """Answers every job with the same outcome."""

    size = 1

    def __init__(self, job: JobOutcome) -> None:
        self._job = job

    async def run(
        self,
        setup: Any,
        items: Sequence[bytes],
        *,
        setup_limits: Limits,
        item_limits: Limits,
        deadline: float | None = None,
    ) -> JobOutcome:
        return self._job


READY = Outcome(Ending.DONE, {"ok": True})


@dataclass
class Late:
    """A pool whose second job gets no worker before its deadline."""

    pool: InProcessPool
    size: int = 2

    async def run(self, setup: Any, items: Sequence[bytes], **limits: Any) -> JobOutcome:
        if self.pool.jobs:
            return JobOutcome(Outcome(Ending.EXPIRED))
        return await self.pool.run(setup, items, **limits)


async def outcome_of(job: JobOutcome) -> Score | ScoreError:
    judged = await Scheduler(REGISTRY, ScriptedPool(job), QUEUE).judge(work("x"), TERMS)
    (result,) = judged.results
    return result.outcome


async def test_identical_completions_are_judged_once_and_order_is_kept() -> None:
    pool = open_pool()
    judged = await Scheduler(REGISTRY, pool, QUEUE).judge(
        work("no", "yes", "no", "no", "yes"), TERMS
    )
    assert pool.judged == [b"no", b"yes"]
    assert verdicts(judged.results) == "INCORRECT CORRECT INCORRECT INCORRECT CORRECT".split()
    assert [each.deduplicated for each in judged.results] == [False, False, True, True, True]
    assert [each.attempts for each in judged.results] == [1] * 5


CHILDREN = Registry(
    [replace(MANIFEST, children=True, module="tests.verifier_server.echo.bench")],
    1 << 30,
    Offer(),
)


async def test_a_group_that_runs_programs_is_spread_over_idle_workers() -> None:
    pool = open_pool(size=3)
    texts = [*(str(number) for number in range(MIN_PART * 2)), "yes", "1", "yes"]
    judged = await Scheduler(CHILDREN, pool, QUEUE).judge(work(*texts), TERMS)
    assert [job["bench"]["count"] for job in pool.jobs] == [MIN_PART, MIN_PART + 1]
    right = [each == "CORRECT" for each in verdicts(judged.results)]
    assert right == [text == "yes" for text in texts]
    assert sorted(pool.judged) == sorted({text.encode() for text in texts})


async def test_a_small_group_is_not_spread() -> None:
    pool = open_pool(size=3)
    texts = [str(number) for number in range(2 * MIN_PART - 1)]
    await Scheduler(CHILDREN, pool, QUEUE).judge(work(*texts), TERMS)
    assert len(pool.jobs) == 1


async def test_a_group_takes_no_worker_that_another_waits_for() -> None:
    pool = InProcessPool(size=2)
    scheduler = Scheduler(CHILDREN, pool, QUEUE)
    async with asyncio.TaskGroup() as group:
        texts = ["yes", *(str(number) for number in range(2 * MIN_PART - 1))]
        first = group.create_task(scheduler.judge(work("yes"), TERMS))
        await until(lambda: pool.running == 1)
        second = group.create_task(scheduler.judge(work(*texts), TERMS))
        await until(lambda: pool.running == 2)
        assert len(pool.jobs) == 2
        pool.gate.set()
    assert verdicts(first.result().results) == ["CORRECT"]
    assert verdicts(second.result().results)[:2] == ["CORRECT", "INCORRECT"]


async def test_a_part_that_gets_no_turn_costs_the_others_nothing() -> None:
    pool = open_pool(size=2)
    scheduler = Scheduler(CHILDREN, Late(pool), QUEUE)
    texts = ["yes", *(str(number) for number in range(2 * MIN_PART - 1))]
    judged = await scheduler.judge(work(*texts), TERMS, time.monotonic() + 30)
    assert judged.error is None
    assert verdicts(judged.results) == (
        ["CORRECT", *["INCORRECT"] * (MIN_PART - 1), *["DEADLINE"] * MIN_PART]
    )


async def test_code_is_refused_where_no_jail_can_hold_it() -> None:
    registry = Registry([replace(MANIFEST, children=True)], 1 << 30)
    judged = await Scheduler(registry, open_pool(), QUEUE).judge(work("yes"), TERMS)
    assert judged.error is not None
    assert (judged.error.code, judged.error.reason) == (
        ErrorCode.SANDBOX_FAULT,
        "sandbox_required",
    )


async def test_a_bad_task_is_an_error_even_for_completions_too_large_to_judge() -> None:
    huge = Work("echo", b"{}", "", (b"x" * ((1 << 20) + 1),))
    judged = await Scheduler(REGISTRY, open_pool(), QUEUE).judge(huge, TERMS)
    assert judged.error is not None
    assert verdicts(judged.results) == ["INVALID_TASK"]


@pytest.mark.parametrize(
    ("ending", "code", "reason", "retryable"),
    [
        (Ending.CPU_LIMIT, ErrorCode.BAD_GROUND_TRUTH, "task_budget", False),
        (Ending.MEMORY_LIMIT, ErrorCode.BAD_GROUND_TRUTH, "task_budget", False),
        (Ending.RAISED, ErrorCode.VERIFIER_FAULT, "exception", False),
        (Ending.CRASHED, ErrorCode.VERIFIER_FAULT, "crash", False),
        (Ending.LOST, ErrorCode.SANDBOX_FAULT, "worker_lost", True),
        (Ending.EXPIRED, ErrorCode.DEADLINE, "deadline", True),
    ],
)
async def test_endings_of_a_task(
    ending: Ending, code: ErrorCode, reason: str, retryable: bool
) -> None:
    error = await outcome_of(JobOutcome(Outcome(ending)))
    assert isinstance(error, ScoreError)
    assert (error.code, error.reason, error.retryable) == (code, reason, retryable)


@pytest.mark.parametrize(
    ("ending", "code", "reason", "retryable"),
    [
        (Ending.RAISED, ErrorCode.VERIFIER_FAULT, "exception", False),
        (Ending.CRASHED, ErrorCode.VERIFIER_FAULT, "crash", False),
        (Ending.LOST, ErrorCode.SANDBOX_FAULT, "worker_lost", True),
        (Ending.EXPIRED, ErrorCode.DEADLINE, "deadline", True),
    ],
)
async def test_endings_of_a_completion_that_are_no_score(
    ending: Ending, code: ErrorCode, reason: str, retryable: bool
) -> None:
    error = await outcome_of(JobOutcome(READY, (Outcome(ending),)))
    assert isinstance(error, ScoreError)
    assert (error.code, error.reason, error.retryable) == (code, reason, retryable)


@pytest.mark.parametrize(
    ("ending", "verdict", "reason"),
    [
        (Ending.CPU_LIMIT, Verdict.UNDECIDED, "cpu_limit"),  # echo's manifest says UNDECIDED
        (Ending.MEMORY_LIMIT, Verdict.RESOURCE_LIMIT, "memory_limit"),
    ],
)
async def test_endings_that_the_completion_caused(
    ending: Ending, verdict: Verdict, reason: str
) -> None:
    score = await outcome_of(JobOutcome(READY, (Outcome(ending, usage=Usage(1.0, 2.0)),)))
    assert isinstance(score, Score)
    assert (score.value, score.passed, score.verdict, score.reason) == (0, False, verdict, reason)


def test_every_ending_has_a_meaning() -> None:
    from verifier_server.endings import item_outcome, setup_error
    from verifier_server.plain import MalformedAnswer

    for ending in Ending:
        with pytest.raises(MalformedAnswer) if ending is Ending.DONE else nullcontext():
            item_outcome(Outcome(ending), REGISTRY.get("echo").manifest)  # type: ignore[union-attr]
        with pytest.raises(MalformedAnswer) if ending is Ending.DONE else nullcontext():
            setup_error(Outcome(ending))


@pytest.mark.parametrize(
    "job",
    [
        JobOutcome(Outcome(Ending.DONE, None)),
        JobOutcome(Outcome(Ending.DONE, {"ok": False})),
        JobOutcome(Outcome(Ending.DONE, {"error": {"code": "OVERLOADED"}})),
        JobOutcome(READY, ()),
        JobOutcome(READY, (READY, READY)),
        JobOutcome(READY, (Outcome(Ending.DONE, {"value": 1.0, "passed": True}),)),
    ],
)
async def test_a_broken_answer_is_a_fault_and_never_a_score(job: JobOutcome) -> None:
    error = await outcome_of(job)
    assert isinstance(error, ScoreError)
    assert (error.code, error.reason) == (ErrorCode.VERIFIER_FAULT, "contract")


async def test_tracebacks_go_to_the_log_and_not_to_the_caller() -> None:
    with capture_logs() as logs:
        judged = await Scheduler(REGISTRY, open_pool(), QUEUE).judge(work("raise", "yes"), TERMS)
    assert verdicts(judged.results) == ["VERIFIER_FAULT", "CORRECT"]
    assert "yes" not in str(judged.results[0].outcome)
    assert (logs[0]["event"], logs[0]["exception"]) == ("verifier_fault", UNKNOWN)
    assert "yes" not in str(logs)


async def test_the_log_says_where_a_verifier_raised_and_not_what() -> None:
    try:
        raise RuntimeError("secret yes")
    except RuntimeError:
        text = traceback.format_exc()
    with capture_logs() as logs:
        await outcome_of(JobOutcome(READY, (Outcome(Ending.RAISED, detail=text),)))
    assert logs[0]["exception"] == "RuntimeError"
    assert __file__ in logs[0]["frames"][-1]
    assert "secret" not in str(logs)


@pytest.mark.parametrize(
    "score",
    [
        {"verdict": "secret"},
        {"components": [["secret", 1.0, 1.0, 1, 1]]},
        {"facts": [["secret", 5]]},
        {"reason": "a secret"},
    ],
)
async def test_the_log_quotes_nothing_of_a_broken_answer(score: dict[str, Any]) -> None:
    good = encode_score(Score(1.0, True, Verdict.CORRECT, "match"))
    with capture_logs() as logs:
        await outcome_of(JobOutcome(READY, (Outcome(Ending.DONE, {**good, **score}),)))
        await outcome_of(JobOutcome(Outcome(Ending.DONE, {"error": {"code": "secret"}})))
    assert [each["event"] for each in logs] == ["verifier_fault"] * 2
    assert all(each["problem"] for each in logs)
    assert "secret" not in str(logs)


class RaisingPool(InProcessPool):
    """Breaks at one task."""

    async def run(self, setup: Any, *args: Any, **limits: Any) -> JobOutcome:
        if b"broken" in setup["task"]:
            raise TimeoutError("secret")
        return await super().run(setup, *args, **limits)


async def test_an_unexpected_exception_costs_its_group_alone() -> None:
    pool = RaisingPool()
    pool.gate.set()
    scheduler = Scheduler(REGISTRY, pool, QUEUE)
    with capture_logs() as logs:
        async with asyncio.TaskGroup() as tasks:
            broken = tasks.create_task(scheduler.judge(work("a", "b", answer="broken"), TERMS))
            other = tasks.create_task(scheduler.judge(work("yes"), TERMS, time.monotonic() + 60))
    assert verdicts(broken.result().results) == ["SANDBOX_FAULT"] * 2
    error = broken.result().error
    assert error is not None
    assert (error.code, error.reason, error.retryable) == (
        ErrorCode.SANDBOX_FAULT,
        "internal",
        True,
    )
    assert "secret" not in error.message
    assert verdicts(other.result().results) == ["CORRECT"]
    (logged,) = logs
    assert (logged["event"], logged["exception"]) == ("internal_fault", "TimeoutError")
    assert logged["frames"][-1].endswith(" run")
    assert "secret" not in str(logs)


async def test_budgets() -> None:
    pool = open_pool()
    scheduler = Scheduler(REGISTRY, pool, QUEUE)
    await scheduler.judge(work("a"), TERMS)
    await scheduler.judge(work("a"), Terms(cpu_limit_s=0.25))
    assert pool.limits == [
        (limits_for(SETUP_CPU_S), limits_for(1.0)),
        (limits_for(SETUP_CPU_S), limits_for(0.25)),
    ]
    assert limits_for(0.25).wall_s == MIN_WALL_S
    assert limits_for(5.0) == Limits(5.0, 100.0)


async def test_deadline_keeps_what_is_judged() -> None:
    pool = InProcessPool(gate=asyncio.Event())
    pool.gate.set()
    pool.before_item = lambda item: pool.gate.clear()
    deadline = time.monotonic() + 0.1
    judged = await Scheduler(REGISTRY, pool, QUEUE).judge(work("yes", "no"), TERMS, deadline)
    assert verdicts(judged.results) == ["CORRECT", "DEADLINE"]
    assert judged.error is None


async def test_deadline_in_the_queue_takes_no_worker() -> None:
    pool = InProcessPool(size=1)
    scheduler = Scheduler(REGISTRY, pool, QUEUE)
    first = asyncio.create_task(scheduler.judge(work("yes"), TERMS))
    await until(lambda: pool.running == 1)
    late = await scheduler.judge(work("no"), TERMS, time.monotonic() + 0.05)
    assert verdicts(late.results) == ["DEADLINE"]
    pool.gate.set()
    assert verdicts((await first).results) == ["CORRECT"]
    assert len(pool.jobs) == 1


async def test_runs_take_turns() -> None:
    pool = InProcessPool(size=1)
    scheduler = Scheduler(REGISTRY, pool, QUEUE)
    jobs = [
        asyncio.create_task(
            scheduler.judge(work("x", answer=f"{run}{index}"), Terms(fairness_key=run))
        )
        for run, index in [*(("a", i) for i in range(4)), ("b", 0), ("b", 1)]
    ]
    await until(lambda: pool.running == 1)
    pool.gate.set()
    await asyncio.gather(*jobs)
    assert pool.tasks == ["a0", "a1", "b0", "a2", "b1", "a3"]


async def test_cancel_reaches_the_worker() -> None:
    pool = InProcessPool()
    scheduler = Scheduler(REGISTRY, pool, QUEUE)
    job = asyncio.create_task(scheduler.judge(work("yes"), TERMS))
    await until(lambda: pool.running == 1)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert (pool.running, pool.cancelled) == (0, 1)


async def test_abandoned_work_is_answered() -> None:
    pool = InProcessPool(size=1)
    scheduler = Scheduler(REGISTRY, pool, QUEUE)
    jobs = [asyncio.create_task(scheduler.judge(work("yes"), TERMS)) for _ in range(3)]
    await until(lambda: pool.running == 1)
    scheduler.abandon()
    for judged in [*await asyncio.gather(*jobs), await scheduler.judge(work("yes"), TERMS)]:
        assert judged.error is not None
        assert (judged.error.code, judged.error.reason) == (ErrorCode.OVERLOADED, "shutting_down")
        assert judged.error.retryable
    assert pool.running == 0


def test_admission_bounds_groups_and_bytes() -> None:
    admission = Admission(QueueLimits(groups=4, size=100), slots=1)
    with admission.admit(3, 60, ahead=0, time_left_s=None):
        with pytest.raises(Overloaded, match="queue is full"), _admit(admission, 2, 1):
            pass
        with pytest.raises(Overloaded, match="queue is full"), _admit(admission, 1, 41):
            pass
        with _admit(admission, 1, 40):
            assert admission.groups == 4
    with _admit(admission, 99, 9999):  # alone, a large request is still taken
        assert admission.groups == 99
    assert admission.groups == 0


def _admit(admission: Admission, groups: int, size: int) -> Any:
    return admission.admit(groups, size, ahead=0, time_left_s=None)


def test_admission_refuses_what_could_only_come_late() -> None:
    admission = Admission(QueueLimits(groups=1000, size=1000), slots=2)
    with admission.admit(1, 1, ahead=500, time_left_s=0.1):
        pass  # nothing is known of the speed yet
    admission.observe(0.2)
    assert admission.wait_s(50) == pytest.approx(5.0)
    with pytest.raises(Overloaded) as caught:
        admission.admit(1, 1, ahead=50, time_left_s=6.0).__enter__()
    assert caught.value.reason == "deadline_too_close"
    assert caught.value.retry_after_s == pytest.approx(5.0 - 0.6 * 6.0)
    with admission.admit(1, 1, ahead=50, time_left_s=9.0):
        pass
    with admission.admit(1, 1, ahead=0, time_left_s=0.001):
        pass
