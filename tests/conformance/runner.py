"""Reads a suite's file, runs its cases through a server, and counts.

Promises: every row is run, skipped with a reason, or reported as bad with its
line; none is dropped. Rows of the same task travel as one group.

Does not cover: what is expected of a row (the adapters), or printing (`__main__.py`).
"""

import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conformance.cases import Adapter, BadRow, Case, Row, Skip
from trainer_client.client import VerifierClient
from trainer_client.results import CompletionResult, Group

BATCH_CASES = 64  # cases a call: progress is seen, and a batch is far below the size limit
CALL_TIMEOUT_S = 300.0
GROUP_LIMIT = 256  # completions of a group that the server takes


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A case whose result is not as labelled."""

    id: str
    category: str
    why: str


@dataclass(slots=True)
class Tally:
    """What came of a suite."""

    rows: int = 0
    agree: Counter[str] = field(default_factory=Counter)  # by category
    disagree: list[Disagreement] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)  # by reason


def read_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Line numbers and rows of a JSON Lines file, gzipped or not.

    Raises:
        BadRow: a line is not a JSON object.
    """
    opened: Any = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                raise BadRow(f"{path}:{number}: not JSON: {error}") from error
            if not isinstance(row, dict):
                raise BadRow(f"{path}:{number}: not a JSON object")
            yield number, row


def read_cases(adapter: Adapter, path: Path, tally: Tally) -> list[Case]:
    """The cases of a file. Counts its rows, and those that are skipped.

    Raises:
        BadRow: a row lacks a field of the suite; the message has its line.
    """
    cases = []
    for number, row in read_rows(path):
        tally.rows += 1
        try:
            case = adapter(row)
        except BadRow as error:
            raise BadRow(f"{path}:{number}: {error}") from error
        if isinstance(case, Skip):
            tally.skipped[case.reason] += 1
        else:
            cases.append(case)
    return cases


def run(
    cases: Sequence[Case], client: VerifierClient, tally: Tally, advance: Callable[[int], None]
) -> None:
    """Judges the cases and counts. `advance` is told how many more are done."""
    for start in range(0, len(cases), BATCH_CASES):
        batch = cases[start : start + BATCH_CASES]
        for case, result in _judge(batch, client):
            why = case.expectation(result)
            if why is None:
                tally.agree[case.category] += 1
            else:
                tally.disagree.append(Disagreement(case.id, case.category, why))
        advance(len(batch))


def _judge(
    cases: Sequence[Case], client: VerifierClient
) -> Iterator[tuple[Case, CompletionResult]]:
    by_task: dict[tuple[str, str], list[Case]] = {}
    for case in cases:
        key = case.verifier, json.dumps(case.task, sort_keys=True)
        by_task.setdefault(key, []).append(case)
    groups = [
        Group(members[0].verifier, members[0].task, [case.completion for case in members])
        for members in by_task.values()
    ]
    results = client.score(groups, timeout_s=CALL_TIMEOUT_S)
    for members, result in zip(by_task.values(), results, strict=True):
        yield from zip(members, result.results, strict=True)
