"""A task of the sql verifier as typed, frozen data, defaults filled in.

Promises: what `read_task` returns keeps every rule of `task_schema.json` and
names the place of what breaks a rule that a schema cannot say.

Does not cover: whether the scripts run and the queries are any good (`ground`).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from verifier_server.contract import ErrorCode, TaskError
from verifier_server.verifiers.sql import limits
from verifier_server.verifiers.sql.engine.clock import DEFAULT_NOW
from verifier_server.verifiers.sql.policy import Columns, Duplicates, Order, Policy

SQLITE = "sqlite"
_DEFAULT = Policy()


@dataclass(frozen=True, slots=True)
class NamedDatabase:
    """A file in the server's database folder; `digest` is "sha256:" and hexadecimal digits."""

    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class Task:
    """One task. `source` is a script or a named database; `shaping` is a cap in [0, 0.3].

    `places` are JSON pointers to the accepted queries, for messages.
    """

    source: str | NamedDatabase
    golds: tuple[str, ...]
    places: tuple[str, ...]
    dialect: str
    gold_dialect: str
    policy: Policy
    instances: int
    seed: int
    extra_instances: tuple[str, ...]
    now: str
    shaping: float
    shape_hints: bool


def read_task(task: Mapping[str, Any]) -> Task:
    """The task in full.

    Args:
        task: satisfies `task_schema.json`.

    Raises:
        TaskError: INVALID_TASK: `now` is no moment.
    """
    dialect = task.get("dialect", SQLITE)
    gold_dialect = task.get("gold_dialect", dialect)
    golds = _golds(task["gold"])
    database = task.get("database")
    now = task.get("now", DEFAULT_NOW)
    try:
        datetime.fromisoformat(now)
    except ValueError:
        raise TaskError(
            ErrorCode.INVALID_TASK,
            "invalid_now",
            f"now: {now!r} is no moment; write it as {DEFAULT_NOW}",
            "/now",
        ) from None
    policy = Policy(
        order=Order(task.get("order", _DEFAULT.order)),
        columns=Columns(task.get("columns", _DEFAULT.columns)),
        duplicates=Duplicates(task.get("duplicates", _DEFAULT.duplicates)),
        relative=float(task.get("relative_tolerance", _DEFAULT.relative)),
        absolute=float(task.get("absolute_tolerance", _DEFAULT.absolute)),
        numeric_text=task.get("numeric_text", _DEFAULT.numeric_text),
        casefold=task.get("casefold", _DEFAULT.casefold),
        instants=task.get("instants", {dialect, gold_dialect} != {SQLITE}),
    )
    return Task(
        source=NamedDatabase(**database) if database else task["setup"],
        golds=tuple(golds),
        places=tuple(golds.values()),
        dialect=dialect,
        gold_dialect=gold_dialect,
        policy=policy,
        instances=task.get("instances", limits.DEFAULT_INSTANCES),
        seed=task.get("seed", 0),
        extra_instances=tuple(task.get("extra_instances", ())),
        now=now,
        shaping=float(task.get("shaping", 0.0)),
        shape_hints=task.get("shape_hints", True),
    )


def _golds(gold: str | Sequence[str]) -> dict[str, str]:
    """The different accepted queries, and the place of each."""
    if isinstance(gold, str):
        return {gold: "/gold"}
    golds: dict[str, str] = {}
    for index, each in enumerate(gold):
        golds.setdefault(each, f"/gold/{index}")
    return golds


def digest_of(task: Mapping[str, Any]) -> str:
    """Names the task by its content: equal for equal tasks, whatever the order of their keys."""
    canonical = json.dumps(task, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
