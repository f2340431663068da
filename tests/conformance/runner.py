"""Reads a suite's file, runs its cases through a server, and counts.

Promises: every row is run, skipped with a reason, or reported as bad with its
line; none is dropped. Rows of the same task travel as one group, in their order.

Does not cover: what is expected of a row (the adapters), or printing (`__main__.py`).
"""

import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conformance.cases import FOLDER, Adapter, BadRow, Case, Row, Skip
from trainer_client.client import VerifierClient
from trainer_client.results import CompletionResult, Group

BATCH_ROWS = 64  # rows a call: progress is seen, and a batch is far below the size limit
CALL_TIMEOUT_S = 900.0


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A row whose results are not all as labelled.

    `judged`: none of them is an error. `accepted`: one passed that is labelled as wrong;
    `rejected`: one did not that is labelled as right.
    """

    id: str
    category: str
    why: str
    judged: bool = True
    accepted: bool = False
    rejected: bool = False


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
    # Hostile rows hold lone surrogates, which strict UTF-8 has no form for.
    with opened(path, "rt", encoding="utf-8", errors="surrogatepass") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                raise BadRow(f"{path}:{number}: not JSON: {error}") from error
            if not isinstance(row, dict):
                raise BadRow(f"{path}:{number}: not a JSON object")
            yield number, {**row, FOLDER: str(path.parent)}


def read_cases(adapter: Adapter, path: Path, tally: Tally) -> list[Sequence[Case]]:
    """The cases of each row of a file. Counts its rows, and those that are skipped.

    Raises:
        BadRow: a row lacks a field of the suite; the message has its line.
    """
    rows: list[Sequence[Case]] = []
    for number, row in read_rows(path):
        tally.rows += 1
        try:
            cases = adapter(row)
        except BadRow as error:
            raise BadRow(f"{path}:{number}: {error}") from error
        if isinstance(cases, Skip):
            tally.skipped[cases.reason] += 1
        else:
            rows.append([cases] if isinstance(cases, Case) else cases)
    return rows


def run(
    rows: Sequence[Sequence[Case]],
    client: VerifierClient,
    tally: Tally,
    advance: Callable[[int], None],
) -> None:
    """Judges the cases and counts rows. `advance` is told how many more rows are done."""
    for batch in _batches(rows):
        results = _judge([case for cases in batch for case in cases], client)
        for cases in batch:
            _count(cases, [next(results) for _ in cases], tally)
        advance(len(batch))


def _batches(rows: Sequence[Sequence[Case]]) -> Iterator[Sequence[Sequence[Case]]]:
    for stage in sorted({cases[0].stage for cases in rows}):
        now = [cases for cases in rows if cases[0].stage == stage]
        for start in range(0, len(now), BATCH_ROWS):
            yield now[start : start + BATCH_ROWS]


def _count(cases: Sequence[Case], results: Sequence[CompletionResult], tally: Tally) -> None:
    whys = [case.expectation(result) for case, result in zip(cases, results, strict=True)]
    wrong = [why for why in whys if why is not None]
    first = cases[0]
    if not wrong:
        tally.agree[first.category] += 1
        return
    passed = [(case.passes, result.score) for case, result in zip(cases, results, strict=True)]
    tally.disagree.append(
        Disagreement(
            id=first.id,
            category=first.category,
            why="; ".join(wrong),
            judged=all(result.error is None for result in results),
            accepted=any(label is False and score and score.passed for label, score in passed),
            rejected=any(label and score and not score.passed for label, score in passed),
        )
    )


def _judge(cases: Sequence[Case], client: VerifierClient) -> Iterator[CompletionResult]:
    """The results, in the order of the cases."""
    by_task: dict[tuple[str, str], list[int]] = {}
    for index, case in enumerate(cases):
        key = case.verifier, json.dumps(case.task, sort_keys=True)
        by_task.setdefault(key, []).append(index)
    groups = []
    for members in by_task.values():
        first = cases[members[0]]
        groups.append(
            Group(first.verifier, first.task, [cases[index].completion for index in members])
        )
    results = client.score(groups, timeout_s=CALL_TIMEOUT_S)
    by_index = {
        index: result
        for members, group in zip(by_task.values(), results, strict=True)
        for index, result in zip(members, group.results, strict=True)
    }
    return (by_index[index] for index in range(len(cases)))
