"""What a jailed worker answers for a completion."""

import json

import pytest

from sandboxes.limits import Ending, Outcome
from tests.verifier_server.echo import MANIFEST, verifier
from verifier_server.bounds import JSON_MEDIA_TYPE
from verifier_server.contract import ErrorCode, ScoreError, TaskError
from verifier_server.endings import item_outcome
from verifier_server.worker import open_job


def test_a_task_found_at_fault_while_judging_is_an_error_of_that_completion(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def prepare(task: object) -> object:
        def judge(completion: str) -> object:
            raise TaskError(ErrorCode.INVALID_TASK, "tests_do_not_call", "no test calls it", "/t")

        return judge

    monkeypatch.setattr(verifier, "prepare", prepare)
    setup = {
        "module": MANIFEST.module,
        "package": MANIFEST.package,
        "task": json.dumps({"answer": "yes"}).encode(),
        "media_type": JSON_MEDIA_TYPE,
    }
    reply, judge = open_job(setup)
    assert reply == {"ok": True}
    assert judge is not None
    outcome = item_outcome(Outcome(Ending.DONE, judge(b"yes")), MANIFEST)
    assert isinstance(outcome, ScoreError)
    assert (outcome.code, outcome.reason) == (ErrorCode.INVALID_TASK, "tests_do_not_call")
    assert not outcome.retryable
