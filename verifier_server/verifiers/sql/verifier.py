"""The sql verifier's judgement: extract, translate, run on every instance, compare.

Promises: a completion is CORRECT only if its rows agree with those of one accepted
query on every instance of the task. What cannot be translated from the task's dialect is
UNDECIDED, never wrong. What is kept between groups (`keeping`) changes no verdict.

Does not cover: validating the task by `task_schema.json`, done before `prepare`.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from verifier_server.contract import ErrorCode, Judge, Score, TaskError
from verifier_server.verifiers.sql import limits
from verifier_server.verifiers.sql.answering import scores
from verifier_server.verifiers.sql.answering.extract import NoStatementError, extract
from verifier_server.verifiers.sql.answering.hints import hint
from verifier_server.verifiers.sql.answering.shaping import earned
from verifier_server.verifiers.sql.comparing.measure import measure
from verifier_server.verifiers.sql.databases import load
from verifier_server.verifiers.sql.dialects.faults import UntranslatableError
from verifier_server.verifiers.sql.dialects.translate import translate
from verifier_server.verifiers.sql.engine.errors import DAMAGE
from verifier_server.verifiers.sql.engine.faults import Fault, QueryError
from verifier_server.verifiers.sql.engine.statement import check_text
from verifier_server.verifiers.sql.ground import Ground, make
from verifier_server.verifiers.sql.judging import Finding, find
from verifier_server.verifiers.sql.keeping import Shelf
from verifier_server.verifiers.sql.task import SQLITE, Task, digest_of, read_task

# What SQLite cannot compile after a translation is the translation's fault.
_OF_TRANSLATION = frozenset({Fault.SYNTAX, Fault.COMPILE, Fault.FUNCTION})

_shelf: Shelf[Ground] = Shelf(limits.KEPT_TASKS_BYTES)


def prepare(task: Mapping[str, Any], databases: Path | None = None) -> Judge:
    """Makes a task that satisfies `task_schema.json` ready, or finds it ready.

    Args:
        task: the task.
        databases: the server's database folder, None when it has none.

    Raises:
        TaskError: INVALID_TASK, its database cannot be had; BAD_GROUND_TRUTH, an accepted
            query does not translate or does not run.
    """
    read = read_task(task)
    try:
        ground = _shelf.get(digest_of(task), partial(_ground, read, databases))
    except DAMAGE as error:
        raise _damaged(read, error) from None

    def judge(completion: str) -> Score:
        try:
            query = extract(completion)
        except NoStatementError as error:
            return scores.no_statement(error, ground.facts)
        try:
            return _judged(query, read, ground)
        except QueryError as error:
            words = hint(error.message, ground.schema)
            return scores.failed(query, error, words, ground.facts)
        except UntranslatableError as error:
            return scores.untranslatable(query, read.dialect, error, ground.facts)
        except DAMAGE as error:
            raise _damaged(read, error) from None

    return judge


def _damaged(task: Task, error: Exception) -> TaskError:
    """A query met a part of the database that cannot be read: no fault of the query."""
    pointer = "/setup" if isinstance(task.source, str) else "/database"
    return TaskError(
        ErrorCode.INVALID_TASK, "unusable_database", f"the database is damaged: {error}", pointer
    )


def _ground(task: Task, databases: Path | None) -> Ground:
    return make(task, load(task.source, databases))


def _judged(query: str, task: Task, ground: Ground) -> Score:
    if task.dialect == SQLITE:
        return _scored(query, find(query, ground, task.policy), task, ground)
    check_text(query)
    translated = translate(query, task.dialect, ground.schema)
    try:
        finding = find(translated, ground, task.policy)
    except QueryError as error:
        if error.fault not in _OF_TRANSLATION:
            raise
        raise UntranslatableError(error.message) from None
    return _scored(query, finding, task, ground)


def _scored(query: str, finding: Finding, task: Task, ground: Ground) -> Score:
    if finding.difference is None:
        return scores.right(query, ground.facts)
    value = _earned(finding, task, ground) if task.shaping else None
    return scores.wrong(
        query,
        finding.difference,
        finding.where,
        ground.facts,
        shape_hints=task.shape_hints,
        earned=value,
    )


def _earned(finding: Finding, task: Task, ground: Ground) -> float:
    reads = frozenset(pair for result in finding.results for pair in result.reads)
    cells = [
        measure(expected, result.rows, task.policy)
        for trial, result in zip(ground.trials, finding.results, strict=False)
        if (expected := trial.expected[finding.gold]) is not None
    ]
    return earned(task.shaping, reads, ground.reads[finding.gold], cells)
