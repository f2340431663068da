"""From a trainer's rows to groups, and from results back to rows.

Promises: rows with the same verifier and task become one group wherever they
stand, because a rank's slice of a batch may start or end within a group of the
trainer (TRL); identical completions of a group are sent once; every row gets
back the result of its own completion.

Does not cover: what is done about rows that could not be judged (`reward.py`).
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from trainer_client.codec import encode_completion, encode_task
from trainer_client.results import CompletionResult, Group, GroupResult, ScoreError

# `reason` of a row that was never sent.
UNUSABLE_ROW = "client.unusable_row"
NULL_IN_TASK = "client.null_in_task"
TASK_TOO_LARGE = "client.task_too_large"


@dataclass(frozen=True, slots=True)
class SizeLimits:
    """The server's limits, in bytes; 0 where none is known.

    One task above them is refused with the whole call, and one completion far above
    them is more than a message can hold, so neither may be sent as it is.
    """

    task_bytes: int = 0
    completion_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Grouped:
    """Rows as groups.

    `places[i]` is where row i went, as (group, completion), or the error of a row
    that cannot be sent.
    """

    groups: tuple[Group, ...]
    places: tuple[tuple[int, int] | ScoreError, ...]

    @property
    def duplicates(self) -> int:
        """Rows that are not sent because an identical one is."""
        placed = sum(not isinstance(place, ScoreError) for place in self.places)
        return placed - sum(len(group.completions) for group in self.groups)


class Item(NamedTuple):
    """One completion to judge on its own terms; a task is a mapping or JSON text."""

    verifier: str
    task: Mapping[str, Any] | str | bytes
    completion: str | bytes


def group_rows(
    verifiers: Sequence[Any],
    tasks: Sequence[Any],
    completions: Sequence[str | bytes],
    limits: SizeLimits = SizeLimits(),
) -> Grouped:
    """Groups rows by content.

    Args:
        verifiers: a verifier's name for each row.
        tasks: for each row a mapping without None, or JSON as text or bytes, which is
            sent as it is.
        completions: the text of each row. Of one above the limit one byte more than
            the limit is sent: the server judges it RESOURCE_LIMIT whatever it holds.
        limits: of the server that is going to be asked.

    Raises:
        ValueError: the three differ in length.
    """
    places: list[tuple[int, int] | ScoreError] = []
    members: dict[tuple[str, bytes], int] = {}
    texts: list[dict[bytes, int]] = []
    for verifier, task, completion in zip(verifiers, tasks, completions, strict=True):
        if not isinstance(verifier, str) or not verifier:
            places.append(_unusable(UNUSABLE_ROW, f"no verifier is named: {verifier!r}"))
            continue
        data = _task_bytes(task, limits.task_bytes)
        if isinstance(data, ScoreError):
            places.append(data)
            continue
        group = members.setdefault((verifier, data), len(members))
        if group == len(texts):
            texts.append({})
        mine = texts[group]
        text = encode_completion(completion)
        if limits.completion_bytes:
            text = text[: limits.completion_bytes + 1]
        places.append((group, mine.setdefault(text, len(mine))))
    groups = tuple(
        Group(verifier, data, tuple(texts[index])) for (verifier, data), index in members.items()
    )
    return Grouped(groups, tuple(places))


def _task_bytes(task: Any, limit: int) -> bytes | ScoreError:
    """The task as it is sent, or why it cannot be.

    Arrow gives every row of a struct column the keys of all rows, None where the row
    had none. A mapping does not tell such a None from a null that was meant, and a
    task with one key too many judges by something else: only text may hold nulls.
    """
    try:
        if not isinstance(task, str | bytes | Mapping):
            raise TypeError(f"a task is a mapping or JSON text, not {type(task).__name__}")
        data = task.encode("utf-8") if isinstance(task, str) else encode_task(task)
    except (TypeError, ValueError, RecursionError) as error:
        return _unusable(UNUSABLE_ROW, f"the task is not JSON: {error}")
    if isinstance(task, Mapping) and _holds_none(task):
        return _unusable(
            NULL_IN_TASK,
            "the task is a mapping with None in it, as Arrow makes of rows with different "
            "keys; send the task column as JSON text, where null means null",
        )
    if not data:
        return _unusable(UNUSABLE_ROW, "the task is empty")
    if limit and len(data) > limit:
        message = f"the task has {len(data)} bytes; the server takes at most {limit} bytes"
        return _unusable(TASK_TOO_LARGE, message)
    return data


def _holds_none(value: Any) -> bool:
    """Whether None stands anywhere in a value that JSON can hold, so it has no cycles."""
    if isinstance(value, Mapping):
        return any(_holds_none(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(_holds_none(item) for item in value)
    return value is None


def _unusable(reason: str, message: str) -> ScoreError:
    return ScoreError("INVALID_TASK", reason, message, retryable=False)


def ungroup(
    grouped: Grouped, results: Sequence[GroupResult | None]
) -> list[CompletionResult | None]:
    """One result for each row, in order; None where its group has no answer.

    Raises:
        ValueError: `results` are not those of `grouped`.
    """
    if len(results) != len(grouped.groups):
        raise ValueError(f"{len(grouped.groups)} groups and {len(results)} results")
    rows: list[CompletionResult | None] = []
    seen: set[tuple[int, int]] = set()
    for place in grouped.places:
        if isinstance(place, ScoreError):
            rows.append(CompletionResult(place))
            continue
        answer = results[place[0]]
        if answer is None:
            rows.append(None)
            continue
        result = answer.results[place[1]]
        rows.append(dataclasses.replace(result, deduplicated=True) if place in seen else result)
        seen.add(place)
    return rows


def completion_text(completion: Any) -> str | bytes:
    """The text to judge: the completion itself, or what the assistant said last.

    A conversational completion is a list of messages, with more than one where
    tools were called. Content may be text, a list of blocks of which those of
    type "text" count, or None for a bare tool call, which says nothing.

    Raises:
        TypeError: neither text nor a list of messages.
    """
    if isinstance(completion, str | bytes):
        return completion
    if not isinstance(completion, Sequence):
        raise TypeError(
            f"a completion is text or a list of messages, not {type(completion).__name__}"
        )
    for message in reversed(completion):
        if not isinstance(message, Mapping):
            raise TypeError(f"a message is a mapping, not {type(message).__name__}")
        if message.get("role") == "assistant":
            return _content_text(message.get("content"))
    return ""


def _content_text(content: Any) -> str:
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if not isinstance(content, Sequence):
        raise TypeError(f"a message's content is text or blocks, not {type(content).__name__}")
    blocks = [block for block in content if isinstance(block, Mapping)]
    return "".join(str(block["text"]) for block in blocks if block.get("type") == "text")
