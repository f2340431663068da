"""What a jailed worker does with a group: prepare its task, judge its completions.

Promises: a task that cannot be used comes back as an error that names the
place; a completion comes back as a score in plain data. Whatever else happens
escapes as an exception, and the pool reports it apart from any score.

Does not cover: budgets, isolation and retries (`sandboxes`), or what an ending
means (`scheduler.py`). Imports no gRPC: it runs in the jail.
"""

import importlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, cast

from sandboxes.worker import children
from verifier_server.bench import Bench, BenchImplementation
from verifier_server.bounds import JSON_MEDIA_TYPE
from verifier_server.contract import (
    ErrorCode,
    FolderImplementation,
    Implementation,
    Judge,
    Score,
    TaskError,
)
from verifier_server.plain import encode_score, encode_task_error
from verifier_server.task_json import check_schema, read_task

HANDLER = "verifier_server.worker:open_job"


def open_job(setup: dict[str, Any]) -> tuple[dict[str, Any], Callable[[bytes], Any] | None]:
    """Prepares a task.

    Args:
        setup: `module` with `prepare`, `package` with `task_schema.json`,
            `task` in bytes, and its `media_type`; for a verifier with children
            also `bench`, the fields of `bench.Bench` that are plain data; for one
            that reads a folder of the server also `folder`, where it is here, or None.

    Returns:
        ({"ok": True}, judge), or ({"error": ...}, None) when the task cannot be
        judged against. `judge` takes the bytes of a completion.
    """
    try:
        judge = _prepare(setup)
    except TaskError as error:
        plain = encode_task_error(error.code, error.reason, error.message, error.pointer)
        return {"error": plain}, None
    return {"ok": True}, partial(_judge, judge)


def _prepare(setup: dict[str, Any]) -> Judge:
    if setup["media_type"] != JSON_MEDIA_TYPE:
        raise TaskError(
            ErrorCode.INVALID_TASK, "media_type", f"the media type must be {JSON_MEDIA_TYPE}"
        )
    module = importlib.import_module(setup["module"])
    task = read_task(setup["task"], exact=getattr(module, "EXACT_NUMBERS", False))
    check_schema(task, setup["package"])
    if "bench" in setup:
        bench = Bench(children=children(), **setup["bench"])
        return cast(BenchImplementation, module).prepare(task, bench)
    if "folder" in setup:
        folder = setup["folder"] and Path(setup["folder"])
        return cast(FolderImplementation, module).prepare(task, folder or None)
    return cast(Implementation, module).prepare(task)


def _judge(judge: Judge, completion: bytes) -> dict[str, Any]:
    try:
        score = judge(completion.decode("utf-8", "surrogateescape"))
    except TaskError as error:
        return {"error": encode_task_error(error.code, error.reason, error.message, error.pointer)}
    if not isinstance(score, Score):
        raise TypeError(f"a judge must return a Score, not {type(score).__name__}")
    return encode_score(score)
