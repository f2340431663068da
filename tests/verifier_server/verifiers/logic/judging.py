"""Judges of logic tasks, for tests: in this process, with the answer in its tags."""

import pytest

from verifier_server.contract import TaskError
from verifier_server.verifiers.logic.verifier import prepare


def judge(task):
    """The judge of a task."""
    return prepare(task)


def score(task, answer):
    """The score of a completion that says no more than this answer."""
    return prepare(task)(f"<answer>{answer}</answer>")


def refused(task):
    """The error of a task that makes none."""
    with pytest.raises(TaskError) as caught:
        prepare(task)
    return caught.value


def facts(score):
    """The open facts of a score, by name."""
    return dict(score.diagnostics.facts)
