"""Rows of a JSON Lines file, as they are read, grouped, and written.

Promises: a row that cannot be read becomes an answer of its own and disturbs
no other; a batch is bounded in groups and bytes; the rows of a batch that share
verifier and task become one group, whatever lies between them.

Does not cover: sending them (`score_file.py`).
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from trainer_client.results import CompletionResult, Group, Score
from verifier_server.bounds import MAX_COMPLETIONS, MAX_TASK_BYTES, MIB
from verifier_server.strict_json import NotStrict, loads

MAX_LINE_BYTES = 32 * MIB
BATCH_GROUPS = 64
BATCH_BYTES = 8 * MIB
# Rows that cannot be read cost nothing to send, and still take memory.
BATCH_ROWS = 4096
# As verifier.v1.Verifier.name documents it.
_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")

type Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `key` and `completion` are set, or `answer` is: the row cannot be sent."""

    content: dict[str, Any]
    size: int
    key: tuple[str, bytes] = ("", b"")
    completion: str = ""
    answer: Answer | None = None


@dataclass(slots=True)
class RowBatch:
    """Rows in input order, and the groups that they make."""

    rows: list[Row] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    # For each row its group and its place in it, None for rows that cannot be sent.
    places: list[tuple[int, int] | None] = field(default_factory=list)


def read_rows(file: IO[bytes]) -> Iterator[Row]:
    """The rows of a file; blank lines are passed over."""
    for number, line in _lines(file):
        if line is None:
            message = f"line {number}: longer than {MAX_LINE_BYTES} bytes"
            yield _invalid({"line": number}, 0, "too_long", message)
        elif line.strip():
            yield _row(number, line)


def batches(rows: Iterable[Row]) -> Iterator[RowBatch]:
    """Cuts rows into bounded batches."""
    pending: list[Row] = []
    keys: set[tuple[str, bytes]] = set()
    size = 0
    for row in rows:
        full = size + row.size > BATCH_BYTES or len(keys) + (row.key not in keys) > BATCH_GROUPS
        if pending and (full or len(pending) >= BATCH_ROWS):
            yield _batch(pending)
            pending, keys, size = [], set(), 0
        pending.append(row)
        keys.add(row.key)
        size += row.size
    if pending:
        yield _batch(pending)


def answer_of(result: CompletionResult) -> Answer:
    """What is written for a completion's result."""
    match result.outcome:
        case Score() as score:
            return {
                "verdict": score.verdict,
                "value": score.value,
                "passed": score.passed,
                "reason": score.reason,
            }
        case error:
            return {"error": error.code, "reason": error.reason, "message": error.message}


def write_row(out: IO[str], row: Row, answer: Answer) -> None:
    """Writes the input row with its answer as `result`, in ASCII."""
    out.write(json.dumps({**row.content, "result": answer}) + "\n")


def _lines(file: IO[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """Numbered lines; None stands for one that is too long."""
    number = 0
    while line := file.readline(MAX_LINE_BYTES):
        number += 1
        if len(line) < MAX_LINE_BYTES or line.endswith(b"\n"):
            yield number, line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(MAX_LINE_BYTES)
        yield number, None


def _row(number: int, line: bytes) -> Row:
    size = len(line)
    try:
        content = loads(line)
    except NotStrict as error:
        return _invalid({"line": number}, size, error.reason, f"line {number}: {error.message}")
    if not isinstance(content, dict):
        message = f"line {number}: must be an object"
        return _invalid({"line": number}, size, "not_an_object", message)
    for name, kind in (("verifier", str), ("task", dict), ("completion", str)):
        if not isinstance(content.get(name), kind):
            wanted = "text" if kind is str else "an object"
            problem = f"line {number}: {name!r} must be {wanted}"
            return _invalid(content, size, "bad_field", problem)
    name = content["verifier"]
    if not _NAME.fullmatch(name):
        problem = f"line {number}: 'verifier' must match {_NAME.pattern}"
        return _invalid(content, size, "bad_field", problem)
    # As ASCII, so that escaped lone surrogates travel as they were written.
    task = json.dumps(content["task"]).encode()
    if len(task) > MAX_TASK_BYTES:
        problem = f"line {number}: 'task' must have at most {MAX_TASK_BYTES} bytes"
        return _invalid(content, size, "bad_field", problem)
    return Row(content, size, (name, task), content["completion"])


def _invalid(content: dict[str, Any], size: int, reason: str, message: str) -> Row:
    answer = {"error": "INVALID_ROW", "reason": reason, "message": message}
    return Row(content, size, answer=answer)


def _batch(rows: list[Row]) -> RowBatch:
    batch = RowBatch(rows)
    texts: list[tuple[tuple[str, bytes], list[str]]] = []
    open_group: dict[tuple[str, bytes], int] = {}
    for row in rows:
        if row.answer is not None:
            batch.places.append(None)
            continue
        index = open_group.get(row.key)
        if index is None or len(texts[index][1]) == MAX_COMPLETIONS:
            index = open_group[row.key] = len(texts)
            texts.append((row.key, []))
        batch.places.append((index, len(texts[index][1])))
        texts[index][1].append(row.completion)
    batch.groups = [Group(verifier, task, texts) for (verifier, task), texts in texts]
    return batch
