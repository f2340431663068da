"""One `score` request, cut into calls and put together again.

Promises: results come back in the caller's order, whatever answers when; counts
and echoed ids of every reply are checked; one group is judged by one revision,
also where it took several calls.

Does not cover: sending. It does no input or output, so that the synchronous and
the asynchronous client share it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from verifier.v1 import common_pb2, scoring_pb2

from trainer_client.codec import decode_error, decode_result, encode_completion, encode_task
from trainer_client.errors import FieldViolation, InvalidRequest, MalformedReply, RevisionChanged
from trainer_client.results import CompletionResult, Group, GroupResult, ScoreError

# One call; a larger request becomes several calls in flight. 64 to 256
# completions a call cost the least CPU a completion (13-17 us measured).
MAX_COMPLETIONS_PER_CALL = 256
MAX_BYTES_PER_CALL = 8 * 2**20
ITEM_OVERHEAD_BYTES = 32  # ids, tags and lengths of one completion or group, rounded up

_FIELD_INDEX = re.compile(r"^groups\[(\d+)\](?:\.completions\[(\d+)\])?")


@dataclass(frozen=True, slots=True)
class Part:
    """Some completions, by index, of the group at index `group`."""

    group: int
    items: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """One `ScoreBatch` to send: the message, what it covers, how often that was sent before."""

    request: scoring_pb2.ScoreBatchRequest
    parts: tuple[Part, ...]
    sends: int = 0


class Batch:
    """The state of one `score` request. Not thread-safe.

    Raises `InvalidRequest`, before anything is sent, when a task is not JSON, or a
    group's completions are none or not texts.
    """

    def __init__(
        self, groups: Sequence[Group], options: scoring_pb2.ScoreOptions, item_attempts: int
    ) -> None:
        self._groups = groups
        self._options = options
        self._item_attempts = item_attempts
        self._tasks, self._texts = _encode(groups)
        self._results: list[list[CompletionResult | None]] = [
            [None] * len(texts) for texts in self._texts
        ]
        self._errors: list[ScoreError | None] = [None] * len(groups)
        self._digests = [""] * len(groups)

    def calls(self) -> list[Call]:
        """The calls that cover every completion once."""
        parts = [Part(g, tuple(range(len(texts)))) for g, texts in enumerate(self._texts)]
        return self._cut(parts, sends=0)

    def _cut(self, parts: Sequence[Part], *, sends: int) -> list[Call]:
        """Packs parts into calls within the limits, splitting parts where they do not fit."""
        calls: list[Call] = []
        packed: list[Part] = []
        count = size = 0
        for part in parts:
            items: list[int] = []
            size += self._task_size(part.group)
            for item in part.items:
                cost = len(self._texts[part.group][item]) + ITEM_OVERHEAD_BYTES
                full = count >= MAX_COMPLETIONS_PER_CALL or size + cost > MAX_BYTES_PER_CALL
                if full and count:
                    if items:
                        packed.append(Part(part.group, tuple(items)))
                    calls.append(self._call(packed, sends))
                    packed, items, count = [], [], 0
                    size = self._task_size(part.group)
                items.append(item)
                count += 1
                size += cost
            packed.append(Part(part.group, tuple(items)))
        if packed:
            calls.append(self._call(packed, sends))
        return calls

    def _task_size(self, group: int) -> int:
        return len(self._tasks[group]) + ITEM_OVERHEAD_BYTES

    def _call(self, parts: Sequence[Part], sends: int) -> Call:
        request = scoring_pb2.ScoreBatchRequest(
            options=self._options,
            groups=[
                scoring_pb2.Group(
                    id=self._groups[part.group].id,
                    verifier=self._groups[part.group].verifier,
                    task=common_pb2.Payload(data=self._tasks[part.group]),
                    completions=[
                        scoring_pb2.Completion(
                            text=self._texts[part.group][item], id=_item_id(part.group, item)
                        )
                        for item in part.items
                    ],
                )
                for part in parts
            ],
        )
        return Call(request, tuple(parts), sends)

    def accept(self, call: Call, reply: scoring_pb2.ScoreBatchResponse) -> list[Call]:
        """Takes a reply; returns calls that re-send what may be judged on another try.

        Raises:
            MalformedReply: the reply is not an answer to the call.
            RevisionChanged: another revision judged an earlier part of a group.
        """
        if len(reply.groups) != len(call.parts):
            raise MalformedReply(
                f"{len(call.parts)} groups were sent and {len(reply.groups)} came back"
            )
        again: list[Part] = []
        sends = call.sends + 1
        for part, group in zip(call.parts, reply.groups, strict=True):
            retryable = self._accept_part(part, group, resent=call.sends > 0)
            if retryable and sends < self._item_attempts:
                again.append(Part(part.group, retryable))
        return self._cut(again, sends=sends)

    def _accept_part(
        self, part: Part, reply: scoring_pb2.GroupResult, *, resent: bool
    ) -> tuple[int, ...]:
        """Stores the results of one part; returns the items worth another try."""
        sent_id = self._groups[part.group].id
        if reply.id != sent_id:
            raise MalformedReply(f"group {reply.id!r} came back in the place of {sent_id!r}")
        if len(reply.results) != len(part.items):
            raise MalformedReply(
                f"group {part.group}: {len(part.items)} completions were sent "
                f"and {len(reply.results)} results came back"
            )
        for item, result in zip(part.items, reply.results, strict=True):
            if result.id != _item_id(part.group, item):
                raise MalformedReply(
                    f"result {result.id!r} came back in the place of {_item_id(part.group, item)!r}"
                )
        decoded = [decode_result(result) for result in reply.results]
        if not self._same_revision(part.group, reply.revision_digest, decoded):
            if resent:
                return ()  # what was not judged stays so: one group, one revision
            raise RevisionChanged(
                f"group {part.group}: parts of it were judged by two revisions of "
                f"{self._groups[part.group].verifier!r}; score it again, or pin a revision"
            )
        if reply.HasField("error"):
            self._errors[part.group] = decode_error(reply.error)
        for item, outcome in zip(part.items, decoded, strict=True):
            self._results[part.group][item] = outcome
        return tuple(
            item
            for item, outcome in zip(part.items, decoded, strict=True)
            if outcome.error is not None and outcome.error.retryable
        )

    def _same_revision(self, group: int, digest: str, results: Sequence[CompletionResult]) -> bool:
        """Whether `digest` may judge this group; the first one to judge is kept."""
        if all(result.score is None for result in results):
            return True
        known = self._digests[group]
        self._digests[group] = known or digest
        return not known or known == digest

    def results(self) -> list[GroupResult]:
        """All results, in the caller's order.

        Raises:
            MalformedReply: something was never answered, which is a fault of ours.
        """
        done = [self._group_result(group) for group in range(len(self._groups))]
        complete = [result for result in done if result is not None]
        if len(complete) != len(done):
            raise MalformedReply("some completions were never answered")
        return complete

    def partial(self) -> tuple[GroupResult | None, ...]:
        """What is answered so far; None for a group with a completion still open."""
        return tuple(self._group_result(group) for group in range(len(self._groups)))

    def _group_result(self, group: int) -> GroupResult | None:
        results = tuple(each for each in self._results[group] if each is not None)
        if len(results) != len(self._texts[group]):
            return None
        judged = any(each.score is not None for each in results)
        return GroupResult(
            self._groups[group].id,
            results,
            None if judged else self._errors[group],
            self._digests[group],
        )

    def localise(
        self, call: Call, violations: Sequence[FieldViolation]
    ) -> tuple[FieldViolation, ...]:
        """Rewrites the indices of fields from those of one call to the caller's."""
        return tuple(
            FieldViolation(_caller_field(call, each.field), each.description) for each in violations
        )


def _encode(groups: Sequence[Group]) -> tuple[list[bytes], list[list[bytes]]]:
    """The tasks and the texts of `groups`, or `InvalidRequest` with every field at fault."""
    tasks: list[bytes] = []
    texts: list[list[bytes]] = []
    violations: list[FieldViolation] = []
    for index, group in enumerate(groups):
        try:
            tasks.append(encode_task(group.task))
        except (TypeError, ValueError, RecursionError) as error:
            violations.append(FieldViolation(f"groups[{index}].task", f"is not JSON: {error}"))
        try:
            texts.append(_encode_texts(group.completions))
        except (TypeError, ValueError) as error:
            violations.append(FieldViolation(f"groups[{index}].completions", str(error)))
    if violations:
        raise InvalidRequest("the request was not sent", violations=violations)
    return tasks, texts


def _encode_texts(completions: Sequence[str | bytes]) -> list[bytes]:
    if isinstance(completions, str | bytes):
        raise TypeError("must be a list of completions, not one of them")
    if not completions:
        raise ValueError("must hold at least one")
    return [encode_completion(each) for each in completions]


def _item_id(group: int, item: int) -> str:
    return f"{group}.{item}"


def _caller_field(call: Call, field: str) -> str:
    match = _FIELD_INDEX.match(field)
    if match is None or int(match[1]) >= len(call.parts):
        return field
    part = call.parts[int(match[1])]
    named = f"groups[{part.group}]"
    if match[2] is not None and int(match[2]) < len(part.items):
        named += f".completions[{part.items[int(match[2])]}]"
    elif match[2] is not None:
        return field
    return named + field[match.end() :]
