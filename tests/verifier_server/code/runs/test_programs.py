"""Test programs beside a candidate: words, deaths, limits, and whose fault each is."""

import pytest

from tests.verifier_server.code.unboxed import UnboxedChildren
from verifier_server.bench import Bench
from verifier_server.contract import ErrorCode, TaskError
from verifier_server.verifiers.code.runs import checker as checker_module
from verifier_server.verifiers.code.runs import programs as programs_module
from verifier_server.verifiers.code.verifier import prepare

LIMITS = {"cpu_s": 1, "idle_s": 0.5, "memory_mb": 256}
ASSERTS = {"mode": "assert", "tests": ["assert add(1, 2) == 3", "assert add(2, 2) == 4"]}
PYTEST = {
    "mode": "pytest",
    "files": {
        "test_add.py": "from solution import add\n"
        "def test_small(): assert add(1, 2) == 3\n"
        "def test_even(): assert add(2, 2) == 4\n"
    },
}
UNITTEST = {
    "mode": "unittest",
    "files": {
        "test_add.py": "import unittest, solution\n"
        "class Test(unittest.TestCase):\n"
        "    def test_small(self): self.assertEqual(solution.add(1, 2), 3)\n"
        "    def test_even(self): self.assertEqual(solution.add(2, 2), 4)\n"
    },
}
EVERY_MODE = pytest.mark.parametrize("task", [ASSERTS, PYTEST, UNITTEST], ids=lambda t: t["mode"])
RIGHT = ("CORRECT", "all_passed", 1.0)


def judge_of(task, *, children=None, count=2, low_trust=False, **more):
    children = children or UnboxedChildren()
    bench = Bench(children, 60.0, count, ("stdlib",), low_trust)
    return prepare({"limits": LIMITS, **task, **more}, bench)


def scored(source, task=ASSERTS, **more):
    return judge_of(task, **more)(f"```python\n{source}\n```")


def ending(source, task=ASSERTS, **more):
    score = scored(source, task, **more)
    return score.verdict.value, score.reason, score.value


@EVERY_MODE
@pytest.mark.parametrize("count", [1, 2])
def test_what_is_right_passes_and_what_is_wrong_does_not(task, count):
    assert ending("def add(a, b): return a + b", task, count=count) == RIGHT
    wrong = ending("def add(a, b): return a * b", task, count=count)
    assert wrong == ("INCORRECT", "wrong_answer", 0.0)


@EVERY_MODE
def test_one_checker_serves_the_group(task):
    children = UnboxedChildren()
    judge = judge_of(task, children=children)
    for _ in range(3):
        assert judge("```python\ndef add(a, b): return a + b\n```").passed
        assert not judge("```python\nimport os\nos._exit(0)\n```").passed
    jails = [jail for jail, _ in children.started if jail != "python"]
    assert jails == ["checker" if task["mode"] == "assert" else "frameworks"]


@EVERY_MODE
def test_partial_credit_by_test(task):
    source = "def add(a, b): return a + b if a == 2 else 0"
    assert ending(source, task, partial_credit=True) == ("PARTIAL", "wrong_answer", 0.5)
    assert ending(source, task) == ("INCORRECT", "wrong_answer", 0.0)


@EVERY_MODE
@pytest.mark.parametrize(
    ("source", "verdict", "reason"),
    [
        ("def add(a, b): raise ValueError(a)", "RUNTIME_ERROR", "exception"),
        ("def add(a, b): raise SystemExit(0)", "RUNTIME_ERROR", "exception"),
        ("def add(a, b:", "MALFORMED", "compile_error"),
        ("1 / 0", "RUNTIME_ERROR", "exception"),
        ("import os\nos._exit(0)", "RUNTIME_ERROR", "exited"),
        ("import os\ndef add(a, b): os._exit(0)", "RUNTIME_ERROR", "exited"),
        ("import os\ndef add(a, b): os.abort()", "RUNTIME_ERROR", "signal"),
        ("import os\ndef add(a, b): os.write(3, b'x' * 99)", "RUNTIME_ERROR", "bad_frame"),
        ("def add(a, b): return [0] * 10**9", "RESOURCE_LIMIT", "memory_limit"),
        ("import os\nwhile 1: os.write(1, b'x' * 65536)", "RESOURCE_LIMIT", "output_limit"),
        ("import time\ndef add(a, b): time.sleep(99)", "TIME_LIMIT", "idle"),
        ("def add(a, b):\n while 1: pass", "TIME_LIMIT", "cpu_limit"),
    ],
)
def test_what_a_candidate_does_is_its_own(task, source, verdict, reason):
    assert ending(source, task) == (verdict, reason, 0.0)


def test_a_missing_entry_point():
    found = ending("def other(a, b): return a + b", entry_point="add")
    assert found == ("RUNTIME_ERROR", "missing_entry_point", 0.0)


def test_weights_of_tests():
    tests = [
        {"program": "assert add(1, 2) == 3", "weight": 3},
        {"program": "assert add(2, 2) == 4", "weight": 1},
    ]
    source = "def add(a, b): return a + b if a == 1 else 0"
    found = ending(source, {**ASSERTS, "tests": tests}, partial_credit=True)
    assert found == ("PARTIAL", "wrong_answer", 0.75)


def test_the_tests_are_told_to_the_privileged_alone():
    score = scored("def add(a, b): return 0")
    public = str((score.diagnostics.message, score.diagnostics.facts))
    assert "add(1" not in public
    assert "add(1, 2) == 3" in str(score.diagnostics.privileged)


@pytest.mark.parametrize(
    ("tests", "code"),
    [
        (["assert add(1, 2 == 3"], ErrorCode.INVALID_TASK),
        (["x = 1"], ErrorCode.INVALID_TASK),
    ],
)
def test_bad_tests_fail_the_group_once(tests, code):
    with pytest.raises(TaskError) as raised:
        judge_of({**ASSERTS, "tests": tests})
    assert raised.value.code is code


def test_a_setup_that_raises_is_bad_ground_truth():
    with pytest.raises(TaskError) as raised:
        judge_of(ASSERTS, setup="1 / 0")
    assert raised.value.code is ErrorCode.BAD_GROUND_TRUTH


def test_a_checker_out_of_cpu_is_undecided_where_the_candidate_kept_its_limits(monkeypatch):
    monkeypatch.setattr("verifier_server.verifiers.code.verifier.ITEM_CPU_S", 0.5)
    tests = ["r = add(1, 2)\nwhile r != 3: pass"]
    for count in (1, 2):
        found = ending("def add(a, b): return 0", {**ASSERTS, "tests": tests}, count=count)
        assert found == ("UNDECIDED", "checker_cpu_limit", 0.0)
        assert ending("def add(a, b): return 3", {**ASSERTS, "tests": tests}) == RIGHT


def test_a_checker_that_waits_for_ever_is_undecided(monkeypatch):
    monkeypatch.setattr(checker_module, "IDLE_S", 1.0)
    tests = ["import time\nif add(1, 2) != 3: time.sleep(99)"]
    found = ending("def add(a, b): return 0", {**ASSERTS, "tests": tests})
    assert found == ("UNDECIDED", "checker_idle", 0.0)


def test_tests_that_sleep_longer_than_a_candidate_may_still_pass():
    tests = ["r = add(1, 2)\nimport time\ntime.sleep(0.8)\nassert r == 3"]
    assert ending("def add(a, b): return a + b", {**ASSERTS, "tests": tests}) == RIGHT


@pytest.mark.parametrize("count", [1, 2])
def test_tests_that_crash_their_process_are_tried_twice_and_undecided(count):
    children = UnboxedChildren()
    tests = ["import os\nif add(1, 2) != 3: os._exit(9)"]
    task = {**ASSERTS, "tests": tests}
    found = ending("def add(a, b): return 0", task, children=children, count=count)
    assert found == ("UNDECIDED", "checker_crashed", 0.0)
    jails = [jail for jail, _ in children.started]
    assert jails.count("python") == programs_module.ATTEMPTS


def test_the_lower_trust_is_refused_unless_the_server_allows_it():
    with pytest.raises(TaskError) as raised:
        judge_of(ASSERTS, trust="in_process")
    assert raised.value.reason == "trust_not_offered"


@EVERY_MODE
@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def add(a, b): return a + b", RIGHT),
        ("def add(a, b): return a * b", ("INCORRECT", "wrong_answer", 0.0)),
        ("def add(a, b:", ("MALFORMED", "compile_error", 0.0)),
        ("import os\nos._exit(0)", ("RUNTIME_ERROR", "exited", 0.0)),
        ("while 1: pass", ("TIME_LIMIT", "cpu_limit", 0.0)),
    ],
)
def test_the_lower_trust(task, source, found):
    score = scored(source, task, trust="in_process", low_trust=True)
    assert (score.verdict.value, score.reason, score.value) == found
    assert ("trust", "in_process") in score.diagnostics.facts
