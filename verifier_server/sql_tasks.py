"""What an author of sql tasks wants to know: digests of databases, and how good tasks are.

Promises: files are hashed and never opened as databases here; tasks are judged by a server like
any other, and what is told of them is the privileged view of a completion without an answer.

Does not cover: the terminal (`cli_sql.py`).
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import IO, Any, Protocol

from trainer_client.results import CompletionResult, Group, GroupResult, ScoreError, View

BATCH = 32
NO_ANSWER = ""
VERIFIER = "sql"
PACKAGE = "verifier_server.verifiers.sql"
_BLOCK = 1 << 20


class Scorer(Protocol):
    """What is needed of trainer_client.client.VerifierClient."""

    def score(
        self, groups: list[Group], timeout_s: float | None = None, *, view: View
    ) -> list[GroupResult]:
        """Results in the order of `groups`; raises ClientError."""
        ...


@dataclass(frozen=True, slots=True)
class DatabaseFile:
    """One file of a folder: what tasks write as `database`."""

    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class TaskReport:
    """What is known of one task. `error` is empty for one that can be judged against.

    `findings` are sentences: what makes it weak.
    """

    line: int
    error: str
    strength: str
    findings: tuple[str, ...]


def database_files(folder: Path) -> Iterator[DatabaseFile | str]:
    """The files of a database folder, by name; of one that no task can name, the name alone."""
    allowed = _allowed_names()
    for path in sorted(each for each in folder.iterdir() if each.is_file()):
        if not allowed.search(path.name):
            yield path.name
            continue
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
        yield DatabaseFile(path.name, f"sha256:{digest.hexdigest()}")


def _allowed_names() -> re.Pattern[str]:
    """What the schema of tasks says of a database's name."""
    schema = json.loads(resources.files(PACKAGE).joinpath("task_schema.json").read_bytes())
    return re.compile(schema["properties"]["database"]["properties"]["name"]["pattern"])


def reports(file: IO[bytes], scorer: Scorer, *, timeout_s: float) -> Iterator[TaskReport]:
    """Reports on the tasks of a JSON Lines file, in its order.

    Args:
        file: each line is a task, or a row with one under `task`.
        scorer: the client.
        timeout_s: seconds for a batch.

    Raises:
        ClientError: a call failed.
    """
    batch: list[tuple[int, Any]] = []
    for number, line in enumerate(file, 1):
        if line.strip():
            batch.append((number, _task(line)))
        if len(batch) == BATCH:
            yield from _reported(batch, scorer, timeout_s)
            batch = []
    if batch:
        yield from _reported(batch, scorer, timeout_s)


def _task(line: bytes) -> dict[str, Any] | str:
    """The task of a line, or what is wrong with the line."""
    try:
        row = json.loads(line)
    except ValueError as error:
        return f"not JSON: {error}"
    task = row.get("task", row) if isinstance(row, dict) else None
    return task if isinstance(task, dict) else "not a JSON object with a task"


def _reported(
    batch: list[tuple[int, Any]], scorer: Scorer, timeout_s: float
) -> Iterator[TaskReport]:
    groups = [Group(VERIFIER, task, [NO_ANSWER]) for _, task in batch if isinstance(task, dict)]
    results = iter(scorer.score(groups, timeout_s, view=View.PRIVILEGED) if groups else ())
    for number, task in batch:
        if isinstance(task, str):
            yield TaskReport(number, task, "", ())
        else:
            yield _report(number, next(results).results[0])


def _report(number: int, result: CompletionResult) -> TaskReport:
    if isinstance(result.outcome, ScoreError):
        error = result.outcome
        return TaskReport(number, f"{error.code} {error.reason}: {error.message}", "", ())
    facts = result.diagnostics.facts
    strength = "; ".join(value for key, value in facts if key == "task_strength")
    return TaskReport(
        number, "", strength, tuple(value for key, value in facts if key == "task_finding")
    )
