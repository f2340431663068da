"""Judges of logic tasks, for tests: in this process, with the answer in its tags."""

from typing import Any

import pytest

from verifier_server.contract import Judge, Score, TaskError
from verifier_server.verifiers.logic.verifier import prepare


def judge(task: dict[str, Any]) -> Judge:
    """The judge of a task."""
    return prepare(task)


def score(task: dict[str, Any], answer: str) -> Score:
    """The score of a completion that says no more than this answer."""
    return prepare(task)(f"<answer>{answer}</answer>")


def refused(task: dict[str, Any]) -> TaskError:
    """The error of a task that makes none."""
    with pytest.raises(TaskError) as caught:
        prepare(task)
    return caught.value


def facts(score: Score) -> dict[str, str]:
    """The open facts of a score, by name."""
    return dict(score.diagnostics.facts)
