"""Scores a JSON Lines file through a server.

Promises: every input row is written once, in input order, with a judgement or
with why there is none; memory holds a few batches, however long the file is.

Does not cover: starting a server (`embedded.py`) or the terminal (`cli.py`).
"""

from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import IO, Protocol

from trainer_client.errors import ClientError
from trainer_client.results import Group, GroupResult
from verifier_server.score_rows import Answer, RowBatch, answer_of, batches, read_rows, write_row

IN_FLIGHT = 4
BATCH_TIMEOUT_S = 600.0


class Scorer(Protocol):
    """What is needed of trainer_client.client.VerifierClient."""

    def score(self, groups: Sequence[Group], timeout_s: float | None = None) -> list[GroupResult]:
        """Results in the order of `groups`; raises ClientError."""
        ...


@dataclass(slots=True)
class Summary:
    """What was written: rows by verifier and verdict or error, and the values' sum."""

    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    errors: Counter[tuple[str, str]] = field(default_factory=Counter)
    value_sum: float = 0.0

    @property
    def judged(self) -> int:
        """Rows with a judgement."""
        return self.verdicts.total()

    @property
    def all_judged(self) -> bool:
        """Whether no row lacks a judgement."""
        return not self.errors

    def add(self, verifier: str, answer: Answer) -> None:
        """Counts one row."""
        if "error" in answer:
            self.errors[verifier, answer["error"]] += 1
        else:
            self.verdicts[verifier, answer["verdict"]] += 1
            self.value_sum += answer["value"]


def score_file(
    file: IO[bytes],
    out: IO[str],
    scorer: Scorer,
    *,
    timeout_s: float = BATCH_TIMEOUT_S,
    progress: Callable[[int, int], None] = lambda rows, size: None,
) -> Summary:
    """Scores the rows of `file` into `out`.

    Args:
        file: JSON Lines; each row has `verifier`, `task` and `completion`.
        out: gets each row with its `result`.
        scorer: the client; used by several threads at a time.
        timeout_s: seconds for one batch.
        progress: called with the rows and input bytes that each batch finished.
    """
    summary = Summary()
    in_flight: deque[tuple[RowBatch, Future[list[Answer]]]] = deque()

    def finish() -> None:
        batch, answers = in_flight.popleft()
        for row, answer in zip(batch.rows, answers.result(), strict=True):
            write_row(out, row, answer)
            summary.add(row.key[0], answer)
        progress(len(batch.rows), sum(row.size for row in batch.rows))

    threads = ThreadPoolExecutor(IN_FLIGHT)
    try:
        for batch in batches(read_rows(file)):
            if len(in_flight) == IN_FLIGHT:
                finish()
            in_flight.append((batch, threads.submit(_answers, batch, scorer, timeout_s)))
        while in_flight:
            finish()
    finally:
        # Not waiting: after an interrupt nobody wants the batches in flight.
        threads.shutdown(wait=False, cancel_futures=True)
    return summary


def _answers(batch: RowBatch, scorer: Scorer, timeout_s: float) -> list[Answer]:
    """An answer for each row of the batch."""
    failed: Answer = {}
    results: Sequence[GroupResult | None]
    try:
        results = scorer.score(batch.groups, timeout_s) if batch.groups else ()
    except ClientError as error:
        failed = {"error": "CALL_FAILED", "reason": type(error).__name__, "message": str(error)}
        results = error.partial or (None,) * len(batch.groups)
    answers: list[Answer] = []
    for row, place in zip(batch.rows, batch.places, strict=True):
        if place is None:
            answers.append(row.answer or {})
            continue
        result = results[place[0]]
        answers.append(failed if result is None else answer_of(result.results[place[1]]))
    return answers
