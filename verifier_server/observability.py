"""Structured logs: one line a call, and one for each fault of ours.

Promises: no log line holds the text of a completion or a task, nor the message
of an exception, which may quote them (`faults.py`). A line of a call has
its method, counts by verdict and error, and how long it took.

Does not cover: metrics and traces.
"""

import logging
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

import structlog

from verifier_server.contract import Score
from verifier_server.groups import GroupJudged

type LogFormat = Literal["auto", "json", "console"]

_log = structlog.get_logger(__name__)


def configure_logging(form: LogFormat, level: str) -> None:
    """Sends logs to stderr. "auto" is "console" on a terminal and "json" elsewhere."""
    console = form == "console" or (form == "auto" and sys.stderr.isatty())
    renderer = structlog.dev.ConsoleRenderer() if console else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            *([] if console else [structlog.processors.format_exc_info]),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


@dataclass(slots=True)
class CallRecord:
    """What one call did so far."""

    method: str
    call_id: str
    groups: int = 0
    completions: int = 0
    deduplicated: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    refused: str = ""

    def add(self, judged: GroupJudged) -> None:
        """Counts an answered group."""
        self.groups += 1
        self.completions += len(judged.results)
        for result in judged.results:
            self.deduplicated += result.deduplicated
            match result.outcome:
                case Score(verdict=verdict):
                    self.verdicts[str(verdict)] += 1
                case error:
                    self.errors[str(error.code)] += 1


@contextmanager
def recorded(method: str, call_id: str) -> Iterator[CallRecord]:
    """Logs one line when the block ends, however it ends."""
    record = CallRecord(method, call_id)
    started = time.monotonic()
    ended = "ok"
    try:
        yield record
    except BaseException as error:
        ended = type(error).__name__
        raise
    finally:
        _log.info(
            "call",
            method=method,
            call_id=call_id,
            ended=record.refused or ended,
            groups=record.groups,
            completions=record.completions,
            deduplicated=record.deduplicated,
            verdicts=dict(record.verdicts),
            errors=dict(record.errors),
            ms=round((time.monotonic() - started) * 1000, 1),
        )
