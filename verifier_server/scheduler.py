"""Groups in, results out.

Promises: every completion of a group gets exactly one outcome, in order;
identical completions of a group are judged once; runs with different fairness
keys take turns; a deadline, a cancelled call and a shut-down reach the worker.
A fault of ours never becomes a score (`endings.py`), and costs its group alone.

Does not cover: the wire (`service.py`), or the workers themselves (`sandboxes`).
"""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Protocol

import structlog

from sandboxes.limits import Ending, JobOutcome, Limits, Outcome
from verifier_server.admission import Admission, QueueLimits
from verifier_server.bounds import JSON_MEDIA_TYPE, MAX_COMPLETION_BYTES
from verifier_server.contract import Folder, ScoreError
from verifier_server.endings import (
    CONTRACT_BROKEN,
    DEADLINE,
    INTERNAL,
    SHUTTING_DOWN,
    TOO_LARGE,
    item_outcome,
    setup_error,
)
from verifier_server.fair_slots import FairSlots
from verifier_server.faults import fault_in, fault_of
from verifier_server.groups import GroupJudged, Judged, Terms, Work, failed_group
from verifier_server.plain import MalformedAnswer
from verifier_server.registry import Registry, Revision

# Preparing a task: parsing, its schema, compiling its ground truth.
SETUP_CPU_S = 10.0
# Completions that are worth preparing a task once more, on another worker.
MIN_PART = 8
# Wall time only guards against work that waits: on a host loaded twenty times
# over, a check still gets its whole CPU budget.
WALL_PER_CPU = 20.0
MIN_WALL_S = 10.0

_log = structlog.get_logger(__name__)


class Workers(Protocol):
    """What the scheduler needs of `sandboxes.pool.Pool`."""

    @property
    def size(self) -> int:
        """Jobs that run at a time."""
        ...

    async def run(
        self,
        setup: Any,
        items: Sequence[bytes],
        *,
        setup_limits: Limits,
        item_limits: Limits,
        deadline: float | None = None,
    ) -> JobOutcome:
        """Runs one job; `deadline` is on the clock of time.monotonic()."""
        ...


def limits_for(cpu_s: float) -> Limits:
    """The limits of work that may use `cpu_s` seconds of CPU."""
    return Limits(cpu_s=cpu_s, wall_s=max(MIN_WALL_S, WALL_PER_CPU * cpu_s))


class Scheduler:
    """Hands groups to workers. One event loop only.

    `folders` are the server's folders that tasks may name things of, as workers see them.
    """

    def __init__(
        self,
        registry: Registry,
        workers: Workers,
        limits: QueueLimits,
        folders: Mapping[Folder, str] = MappingProxyType({}),
    ) -> None:
        self._registry = registry
        self._workers = workers
        self._folders = folders
        self._slots = FairSlots(workers.size)
        self._admission = Admission(limits, workers.size)
        self._running: set[asyncio.Task[GroupJudged]] = set()
        self._abandoned = False

    @property
    def unanswered(self) -> int:
        """Groups that were admitted and have no answer yet."""
        return self._admission.groups

    @contextmanager
    def admit(
        self, works: Sequence[Work], terms: Terms, deadline: float | None = None
    ) -> Iterator[None]:
        """Holds room in the queue for all of `works`, for the length of the block.

        Raises:
            Overloaded: there is none; nothing was queued.
        """
        size = sum(work.size for work in works)
        time_left = None if deadline is None else deadline - time.monotonic()
        ahead = self._slots.ahead_of(terms.fairness_key)
        with self._admission.admit(len(works), size, ahead=ahead, time_left_s=time_left):
            yield

    async def judge(self, work: Work, terms: Terms, deadline: float | None = None) -> GroupJudged:
        """Judges one admitted group.

        Args:
            work: the group.
            terms: what holds for its call.
            deadline: on the clock of time.monotonic(); what is not judged by
                then gets DEADLINE.
        """
        revision = self._registry.resolve(work.verifier, terms.pins, work.path)
        if isinstance(revision, ScoreError):
            return failed_group(len(work.completions), revision)
        if self._abandoned:
            return failed_group(len(work.completions), SHUTTING_DOWN, revision.digest)
        task = asyncio.create_task(self._judge(work, terms, revision, deadline))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            return await task
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if self._abandoned and current is not None and not current.cancelling():
                return failed_group(len(work.completions), SHUTTING_DOWN, revision.digest)
            raise

    def abandon(self) -> None:
        """Stops all work; what is not judged yet is answered OVERLOADED, `shutting_down`."""
        self._abandoned = True
        for task in tuple(self._running):
            task.cancel()

    async def _judge(
        self, work: Work, terms: Terms, revision: Revision, deadline: float | None
    ) -> GroupJudged:
        try:
            return await self._in_turn(work, terms, revision, deadline)
        except Exception as error:  # of whatever kind, it is no reason to drop the other groups
            fault = asdict(fault_of(error))
            name = revision.manifest.name
            _log.error("internal_fault", verifier=name, revision=revision.digest, **fault)
            return failed_group(len(work.completions), INTERNAL, revision.digest)

    async def _in_turn(
        self, work: Work, terms: Terms, revision: Revision, deadline: float | None
    ) -> GroupJudged:
        distinct = tuple(_distinct(work.completions))
        parts = _split(distinct, self._width(revision))
        if len(parts) == 1:
            outcomes = [await self._part(work, terms, revision, distinct, deadline)]
        else:
            async with asyncio.TaskGroup() as together:
                tasks = [
                    together.create_task(self._part(work, terms, revision, part, deadline))
                    for part in parts
                ]
            outcomes = [task.result() for task in tasks]
        judged: dict[bytes, Judged] = {}
        for part, outcome in zip(parts, outcomes, strict=True):
            if not isinstance(outcome, ScoreError):
                judged |= outcome
            elif outcome is DEADLINE and len(parts) > 1:
                judged |= dict.fromkeys(part, Judged(DEADLINE))  # the others keep their scores
            else:
                return failed_group(len(work.completions), outcome, revision.digest)
        return GroupJudged(tuple(_in_order(work.completions, judged)), None, revision.digest)

    def _width(self, revision: Revision) -> int:
        """How many workers a group may use at once.

        Only where a judgement runs programs does it cost more than preparing the
        task again, and only slots that nobody else waits for are taken.
        """
        return 1 + self._slots.spare if revision.manifest.children else 1

    async def _part(
        self,
        work: Work,
        terms: Terms,
        revision: Revision,
        texts: Sequence[bytes],
        deadline: float | None,
    ) -> Mapping[bytes, Judged] | ScoreError:
        """Judges some of a group's completions, in its turn, on one worker."""
        started = time.monotonic()
        turn = asyncio.timeout(_time_left(deadline))
        try:
            async with turn, self._slots.hold(terms.fairness_key):
                turn.reschedule(None)  # from here on the pool watches the deadline
                taken = time.monotonic()
                job = await self._run(work, terms, revision, texts, deadline)
                self._admission.observe(time.monotonic() - taken)
        except TimeoutError:
            if not turn.expired():
                raise
            return DEADLINE
        error = _group_error(job, len(texts), revision)
        if error is not None:
            return error
        queue_s = taken - started + job.queue_s
        return {
            text: _judged(item, queue_s, revision)
            for text, item in zip(texts, job.items, strict=True)
        }

    async def _run(
        self,
        work: Work,
        terms: Terms,
        revision: Revision,
        texts: Sequence[bytes],
        deadline: float | None,
    ) -> JobOutcome:
        manifest = revision.manifest
        cpu_s = manifest.default_cpu_s if terms.cpu_limit_s is None else terms.cpu_limit_s
        setup: dict[str, Any] = {
            "module": manifest.module,
            "package": manifest.package,
            "task": work.task,
            "media_type": work.media_type or JSON_MEDIA_TYPE,
        }
        cpu_s = min(cpu_s, manifest.max_cpu_s)
        if revision.offer is not None:
            setup["bench"] = {
                "cpu_s": cpu_s,
                "count": len(texts),
                "runtimes": list(revision.offer.runtimes),
                "low_trust": revision.offer.in_process,
            }
        if manifest.folder:
            setup["folder"] = self._folders.get(manifest.folder)
        return await self._workers.run(
            setup,
            texts,
            setup_limits=limits_for(SETUP_CPU_S),
            item_limits=limits_for(cpu_s),
            deadline=deadline,
        )


def _time_left(deadline: float | None) -> float | None:
    return None if deadline is None else max(0.0, deadline - time.monotonic())


def _distinct(completions: Sequence[bytes]) -> dict[bytes, None]:
    """The different completions that a worker sees, in order of their first place."""
    return {text: None for text in completions if len(text) <= MAX_COMPLETION_BYTES}


def _split(texts: Sequence[bytes], most: int) -> list[Sequence[bytes]]:
    """At most `most` parts of nearly equal length, in order; none below MIN_PART but a lone one."""
    count = max(1, min(most, len(texts) // MIN_PART))
    ends = [len(texts) * part // count for part in range(count + 1)]
    return [texts[start:end] for start, end in pairwise(ends)]


def _in_order(completions: Sequence[bytes], judged: dict[bytes, Judged]) -> Iterator[Judged]:
    seen: set[bytes] = set()
    for text in completions:
        if text not in judged:
            yield Judged(TOO_LARGE)
            continue
        yield replace(judged[text], deduplicated=True) if text in seen else judged[text]
        seen.add(text)


def _group_error(job: JobOutcome, expected: int, revision: Revision) -> ScoreError | None:
    try:
        error = setup_error(job.setup)
        if error is None and len(job.items) != expected:
            raise MalformedAnswer(f"{len(job.items)} answers for {expected} completions")
    except MalformedAnswer as problem:
        error = CONTRACT_BROKEN
        _log_fault(revision, job.setup, str(problem))
    else:
        if job.setup.detail:
            _log_fault(revision, job.setup, "")
    return error


def _judged(item: Outcome, queue_s: float, revision: Revision) -> Judged:
    try:
        outcome = item_outcome(item, revision.manifest)
    except MalformedAnswer as problem:
        outcome = CONTRACT_BROKEN
        _log_fault(revision, item, str(problem))
    else:
        if isinstance(outcome, ScoreError) and item.detail:
            _log_fault(revision, item, "")
    return Judged(outcome, queue_s, item.usage.wall_s, item.usage.cpu_s, item.attempts)


def _log_fault(revision: Revision, outcome: Outcome, problem: str) -> None:
    """The log, unlike the wire, says where; what was judged is in neither."""
    raised = outcome.ending is Ending.RAISED
    where = asdict(fault_in(outcome.detail)) if raised else {"detail": outcome.detail}
    _log.error(
        "verifier_fault",
        verifier=revision.manifest.name,
        revision=revision.digest,
        ending=str(outcome.ending),
        problem=problem,
        **where,
    )
