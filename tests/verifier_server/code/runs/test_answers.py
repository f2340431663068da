"""A checker's words on tests: all passed means all of it, and nonsense is a fault."""

import pytest

from sandboxes.children import ChildExit
from verifier_server.contract import Verdict
from verifier_server.verifiers.code.runs.answers import read
from verifier_server.verifiers.code.runs.candidate import Ended
from verifier_server.verifiers.code.runs.checker import CheckerFault


def ended(code=-9, **more):
    found = {"silent": False, "flooded": False, "by_itself": code != -9}
    exit_ = ChildExit(code, 0.1, 1 << 20, False)
    return Ended(exit_, 1 << 28, **{**found, **more}, stdout=b"", stdout_tail="", stderr_tail="")


def answer(**more):
    body = {
        "statuses": "pp",
        "passed": 2,
        "total": 2,
        "finished": True,
        "operations": 2,
        "failures": [],
        "candidate": None,
        "task_error": None,
        "trust": "proxies",
        "privileged": "",
    }
    return {**body, **more}


def failure(reason, index=0, **more):
    words = {"name": "t", "type": "", "message": "", "traceback": "", "privileged": "assert x"}
    return {"index": index, "reason": reason, **words, **more}


def event(name):
    return {"event": name, "pending": True, "type": "T", "message": "m", "traceback": "tb"}


def test_all_passed():
    said = read(answer(), [], ended())
    assert said.blocked is None
    assert said.tests.complete


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"finished": False}, "wrong_answer"),
        ({"operations": 0}, "not_called"),
        ({"candidate": event("gone")}, "exited"),
        ({"candidate": event("bad_frame")}, "bad_frame"),
        ({"candidate": event("load_error")}, "exception"),
        ({"candidate": event("compile_error")}, "compile_error"),
    ],
)
def test_all_passed_but(more, reason):
    said = read(answer(**more), [], ended())
    assert said.tests is None
    assert said.blocked.reason == reason


def test_the_first_failure_is_told_with_its_index_and_weights():
    body = answer(statuses="pfn", passed=1, total=3, failures=[failure("wrong_answer", 1)])
    said = read(body, [2.0, 1.0, 1.0], ended())
    assert (said.tests.failed_at, said.tests.earned, said.tests.weight) == (1, 2.0, 4.0)
    assert said.tests.failure.verdict is Verdict.INCORRECT
    assert ("failure", "assert x") in said.tests.failure.privileged
    assert "assert" not in said.tests.failure.message


def test_a_death_is_told_by_the_kernel_not_by_the_checker():
    body = answer(
        statuses="e", passed=0, total=1, failures=[failure("gone")], candidate=event("gone")
    )
    assert read(body, [], ended(-11)).tests.failure.reason == "signal"
    assert read(body, [], ended(silent=True)).tests.failure.reason == "idle"
    assert read(body, [], ended(flooded=True)).tests.failure.reason == "output_limit"
    assert read(body, [], ended(3)).tests.failure.reason == "exited"


def test_a_memory_error_is_a_limit():
    body = answer(
        statuses="e", passed=0, total=1, failures=[failure("exception", type="MemoryError")]
    )
    assert read(body, [], ended()).tests.failure.reason == "memory_limit"


@pytest.mark.parametrize(
    "more",
    [
        {"statuses": "p"},
        {"statuses": "ppp"},
        {"passed": 1},
        {"passed": 3},
        {"passed": "2"},
        {"total": None},
        {"failures": [{"reason": "wrong_answer"}], "passed": 1, "statuses": "pf"},
        {"failures": [failure("of its own making")], "passed": 1, "statuses": "fp"},
        {"candidate": {"event": "party"}},
        {"total": 0, "passed": 0, "statuses": ""},
    ],
)
def test_nonsense_is_a_fault(more):
    with pytest.raises(CheckerFault):
        read(answer(**more), [], ended())
