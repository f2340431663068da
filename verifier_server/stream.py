"""The course of one ScoreStream.

Promises: each group that was taken is answered exactly once, whatever comes
after it: a half-close, a message that cannot be taken, a drain. A client that
does not read its answers stops being read: credit bounds what is in work, and
the outbox what is ready.

Does not cover: judging (`scheduler.py`), or counting and refusing calls
(`service.py`).
"""

import asyncio
import time
from collections.abc import Iterable, Iterator

from verifier.v1 import scoring_pb2

from verifier_server.admission import Overloaded
from verifier_server.bounds import MAX_GROUPS, MAX_STREAM_MESSAGE_BYTES
from verifier_server.codec import duration_of, result_of, terms_of, view_of, work_of
from verifier_server.contract import ErrorCode, ScoreError
from verifier_server.groups import GroupJudged, Work, failed_group
from verifier_server.lifecycle import Draining, Lifecycle
from verifier_server.observability import CallRecord
from verifier_server.registry import Registry
from verifier_server.scheduler import Scheduler
from verifier_server.status import Context, InvalidRequest, Violation
from verifier_server.validation import check_open, check_stream_groups, parse, seconds

DEFAULT_CREDIT = 64
MAX_CREDIT = MAX_GROUPS
# A Python stream message costs as much as a call, so answers that are ready
# together travel together.
_RESULTS_PER_MESSAGE = 64
_RESULT_OVERHEAD_BYTES = 8  # its tag and length

type _Outgoing = scoring_pb2.GroupResult | scoring_pb2.Draining | None


class Stream:
    """One stream; `run` once."""

    def __init__(
        self,
        registry: Registry,
        scheduler: Scheduler,
        lifecycle: Lifecycle,
        server_id: str,
        record: CallRecord,
    ) -> None:
        self._registry = registry
        self._scheduler = scheduler
        self._lifecycle = lifecycle
        self._server_id = server_id
        self._record = record
        self._open = scoring_pb2.StreamOpen()
        self._credit = DEFAULT_CREDIT
        self._deadline: float | None = None
        self._unanswered: set[str] = set()
        self._outbox: asyncio.Queue[_Outgoing] = asyncio.Queue(maxsize=MAX_CREDIT)
        self._problem: InvalidRequest | Draining | None = None

    async def run(self, context: Context, deadline: float | None) -> None:
        """Serves the stream to its end.

        Args:
            context: of the call; its messages are bytes.
            deadline: on the clock of time.monotonic(), None when there is none.

        Raises:
            InvalidRequest: a message could not be taken. Groups taken before it
                have been answered.
            Draining: the server drains, and the client had not ended its side.
        """
        self._deadline = deadline
        self._open = await self._read_open(context)
        self._credit = min(self._open.max_inflight_groups or DEFAULT_CREDIT, MAX_CREDIT)
        accepted = scoring_pb2.StreamAccepted(
            max_inflight_groups=self._credit, server_id=self._server_id
        )
        await context.write(scoring_pb2.ScoreStreamResponse(accepted=accepted))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._read_all(context))
            await self._write_all(context)
        if self._problem is not None:
            raise self._problem

    async def _read_open(self, context: Context) -> scoring_pb2.StreamOpen:
        data = await context.read()
        if not isinstance(data, bytes):
            raise InvalidRequest([Violation("open", "must be the first message of a stream")])
        message = parse(scoring_pb2.ScoreStreamRequest, data)
        if message.WhichOneof("message") != "open":
            raise InvalidRequest([Violation("open", "must be the first message of a stream")])
        check_open(message.open)
        return message.open

    async def _read_all(self, context: Context) -> None:
        """Takes groups until there are no more, then waits for the last answer."""
        draining = asyncio.create_task(self._lifecycle.draining.wait())
        try:
            async with asyncio.TaskGroup() as judging:
                try:
                    while await self._read_one(context, draining, judging):
                        pass
                except InvalidRequest as error:
                    self._problem = error
        finally:
            draining.cancel()
        await self._outbox.put(None)

    async def _read_one(
        self, context: Context, draining: asyncio.Task[bool], judging: asyncio.TaskGroup
    ) -> bool:
        """Takes one message; False when it was the last."""
        reading = asyncio.ensure_future(context.read())
        try:
            await asyncio.wait({reading, draining}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not reading.done():
                reading.cancel()
        if draining.done():
            grace = duration_of(self._lifecycle.grace_left_s)
            await self._outbox.put(scoring_pb2.Draining(grace=grace))
            # Without this a client that had more to send would take a clean end
            # for the answer to everything.
            self._problem = Draining()
            return False
        data = reading.result()
        if not isinstance(data, bytes):
            return False
        message = parse(scoring_pb2.ScoreStreamRequest, data)
        if message.WhichOneof("message") != "groups":
            raise InvalidRequest(
                [Violation("groups", "must be set in every message but the first")]
            )
        groups = message.groups.groups
        check_stream_groups(groups, self._unanswered, self._open.options, self._registry)
        for index, group in enumerate(groups):
            await self._take(group, f"groups.groups[{index}]", judging)
        return True

    async def _take(self, group: scoring_pb2.Group, path: str, judging: asyncio.TaskGroup) -> None:
        work = work_of(group, path)
        if len(self._unanswered) >= self._credit:
            message = f"{path}: more than the stream's credit of {self._credit} unanswered groups"
            await self._answer(
                group, failed_group(len(work.completions), _busy("no_credit", message))
            )
            return
        self._unanswered.add(group.id)
        judging.create_task(self._judge(group, work))

    async def _judge(self, group: scoring_pb2.Group, work: Work) -> None:
        terms = terms_of(self._open.options)
        deadline = self._group_deadline()
        try:
            with self._scheduler.admit([work], terms, deadline):
                judged = await self._scheduler.judge(work, terms, deadline)
        except Overloaded as error:
            judged = failed_group(len(work.completions), _busy(error.reason, error.message))
        await self._answer(group, judged)

    def _group_deadline(self) -> float | None:
        if not self._open.HasField("group_timeout"):
            return self._deadline
        own = time.monotonic() + seconds(self._open.group_timeout)
        return own if self._deadline is None else min(own, self._deadline)

    async def _answer(self, group: scoring_pb2.Group, judged: GroupJudged) -> None:
        self._record.add(judged)
        await self._outbox.put(result_of(group, judged, view_of(self._open.options)))

    async def _write_all(self, context: Context) -> None:
        """Sends what is in the outbox, in its order, until its end."""
        while True:
            first = await self._outbox.get()
            ready = [first]
            while not self._outbox.empty() and len(ready) < _RESULTS_PER_MESSAGE:
                ready.append(self._outbox.get_nowait())
            results = [each for each in ready if isinstance(each, scoring_pb2.GroupResult)]
            for part in messages(results):
                batch = scoring_pb2.GroupResultBatch(results=part)
                # Before the write: a client may use an id again once it has the answer.
                self._unanswered.difference_update(result.id for result in part)
                await context.write(scoring_pb2.ScoreStreamResponse(results=batch))
            for each in ready:
                if isinstance(each, scoring_pb2.Draining):
                    await context.write(scoring_pb2.ScoreStreamResponse(draining=each))
            if None in ready:
                return


def messages(
    results: Iterable[scoring_pb2.GroupResult],
) -> Iterator[list[scoring_pb2.GroupResult]]:
    """The results in their order, cut into messages of at most MAX_STREAM_MESSAGE_BYTES.

    A result is never cut; the largest of an accepted group fills a message.
    """
    part: list[scoring_pb2.GroupResult] = []
    size = 0
    for result in results:
        own = result.ByteSize() + _RESULT_OVERHEAD_BYTES
        if part and size + own > MAX_STREAM_MESSAGE_BYTES:
            yield part
            part, size = [], 0
        part.append(result)
        size += own
    if part:
        yield part


def _busy(reason: str, message: str) -> ScoreError:
    return ScoreError(ErrorCode.OVERLOADED, reason, message, retryable=True)
