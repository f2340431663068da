"""Function cases: calls, comparisons, state, deaths and limits."""

import pytest

from tests.verifier_server.code.unboxed import UnboxedChildren
from verifier_server.bench import Bench
from verifier_server.contract import Verdict
from verifier_server.verifiers.code.verifier import prepare

ADD = [{"args": [1, 2], "expected": 3}, {"args": [5, 5], "expected": 10}]
LIMITS = {"cpu_s": 1, "idle_s": 0.5, "memory_mb": 256}


def scored(source, cases=ADD, *, children=None, cpu_s=60.0, **more):
    children = children or UnboxedChildren()
    bench = Bench(children, cpu_s, 2, ("stdlib",), False)
    task = {"mode": "function", "entry_point": "add", "cases": cases, "limits": LIMITS, **more}
    score = prepare(task, bench)(f"```python\n{source}\n```")
    assert all(child.exit is not None for jail, child in children.started if jail == "python")
    children.kill_all()
    return score


def ending(source, cases=ADD, **more):
    score = scored(source, cases, **more)
    return score.verdict.value, score.reason, score.value


RIGHT = ("CORRECT", "all_passed", 1.0)


@pytest.mark.parametrize(
    "source",
    [
        "def add(a, b): return a + b",
        "async def add(a, b): return a + b",
        "add = lambda a, b: a + b",
        "class Add:\n def __call__(self, a, b): return a + b\nadd = Add()",
        "import functools\nadd = functools.partial(lambda a, b: a + b)",
        "def add(a, b):\n print('noise', a, b)\n return a + b",
        "import sys\ndef add(a, b):\n sys.stdout.write('x' * 100000)\n return a + b",
    ],
)
def test_what_is_right_however_written(source):
    assert ending(source) == RIGHT


@pytest.mark.parametrize(
    ("source", "verdict", "reason"),
    [
        ("def add(a, b): return a - b", "INCORRECT", "wrong_answer"),
        ("def add(a, b): return str(a + b)", "INCORRECT", "wrong_answer"),
        ("def add(a, b): return object()", "INCORRECT", "not_plain"),
        ("def add(a, b):\n x = []\n x.append(x)\n return x", "RUNTIME_ERROR", "exception"),
        ("def add(a, b): raise ValueError(a)", "RUNTIME_ERROR", "exception"),
        ("def add(a, b): raise SystemExit(0)", "RUNTIME_ERROR", "exception"),
        ("def add(a, b): raise KeyboardInterrupt", "RUNTIME_ERROR", "exception"),
        ("def add(a, b): raise StopIteration(3)", "RUNTIME_ERROR", "exception"),
        ("def add(a): return a", "RUNTIME_ERROR", "exception"),
        ("add = 3", "RUNTIME_ERROR", "exception"),
        ("def other(a, b): return a + b", "RUNTIME_ERROR", "missing_entry_point"),
        ("def add(a, b:", "MALFORMED", "compile_error"),
        ("1 / 0", "RUNTIME_ERROR", "exception"),
        ("raise SystemExit(0)", "RUNTIME_ERROR", "exception"),
        ("import os\nos._exit(0)", "RUNTIME_ERROR", "exited"),
        ("import os\ndef add(a, b): os._exit(0)", "RUNTIME_ERROR", "exited"),
        ("import os\ndef add(a, b): os.close(3)", "RUNTIME_ERROR", "exited"),
        ("import os\ndef add(a, b): os.abort()", "RUNTIME_ERROR", "signal"),
        ("import os\ndef add(a, b): os.write(3, b'x' * 99)", "RUNTIME_ERROR", "bad_frame"),
        ("def add(a, b): return [0] * 10**9", "RESOURCE_LIMIT", "memory_limit"),
        (
            "import os\ndef add(a, b):\n while 1: os.write(1, b'x' * 65536)",
            "RESOURCE_LIMIT",
            "output_limit",
        ),
        ("import time\ndef add(a, b): time.sleep(99)", "TIME_LIMIT", "idle"),
        ("import time\ntime.sleep(99)", "TIME_LIMIT", "idle"),
        ("def add(a, b):\n while 1: pass", "TIME_LIMIT", "cpu_limit"),
        ("while 1: pass", "TIME_LIMIT", "cpu_limit"),
    ],
)
def test_what_a_candidate_does_is_its_own(source, verdict, reason):
    assert ending(source) == (verdict, reason, 0.0)


def test_its_own_words_are_told_and_the_expectation_is_not():
    score = scored("def add(a, b):\n    raise ValueError('mine')")
    facts = dict(score.diagnostics.facts)
    assert "solution.py" in facts["traceback"]
    assert "mine" in score.diagnostics.message
    assert facts["failed_test"] == "0"
    wrong = scored("def add(a, b): return 77777")
    shown = str((wrong.diagnostics.message, wrong.diagnostics.facts))
    assert "3" not in shown.replace("77777", "")
    assert ("expected", "3") in wrong.diagnostics.privileged


STATE = "count = 0\ndef add(a, b):\n global count\n count += 1\n return count"
COUNTS = [{"args": [0, 0], "expected": n} for n in (1, 2)]


def test_state_is_kept_between_the_calls_unless_they_are_isolated():
    children = UnboxedChildren()
    assert ending(STATE, COUNTS, children=children) == RIGHT
    assert len(children.started) == 1
    isolated = UnboxedChildren()
    cases = [{"args": [0, 0], "expected": 1}] * 3
    assert ending(STATE, cases, children=isolated, isolate=True) == RIGHT
    assert len(isolated.started) == 3


DIES_AT_5 = "import os\ndef add(a, b):\n if a == 5: os._exit(0)\n return a + b"
THREE = [*ADD, {"args": [7, 1], "expected": 8}]


def test_after_a_death_the_rest_goes_on_where_it_can_earn():
    children = UnboxedChildren()
    found = ending(DIES_AT_5, THREE, children=children, partial_credit=True)
    assert found == ("PARTIAL", "exited", 2 / 3)
    assert len(children.started) == 2


def test_without_partial_credit_a_death_ends_it():
    children = UnboxedChildren()
    assert ending(DIES_AT_5, THREE, children=children) == ("RUNTIME_ERROR", "exited", 0.0)
    assert len(children.started) == 1


def test_all_children_share_one_purse():
    source = "def add(a, b):\n while a == 1: pass\n return a + b"
    cases = [{"args": [1, 1], "expected": 2}] * 5
    children = UnboxedChildren()
    score = scored(source, cases, children=children, cpu_s=1.5, partial_credit=True)
    assert (score.verdict, score.reason) == (Verdict.TIME_LIMIT, "cpu_limit")
    used = sum(child.exit.cpu_s for _, child in children.started)
    assert used < 2.0


def test_a_limit_overspent_after_the_answers_undoes_them():
    source = (
        "import os, threading\n"
        "def flood():\n"
        "    while True: os.write(1, b'x' * 65536)\n"
        "threading.Thread(target=flood, daemon=True).start()\n"
        "def add(a, b): return a + b\n"
    )
    cases = [{"args": [n, n], "expected": 2 * n} for n in range(1000)]
    assert ending(source, cases, isolate=False)[1] == "output_limit"


def test_arguments_after_the_call():
    cases = [{"args": [[3, 1, 2]], "args_after": [[1, 2, 3]]}]
    assert ending("def add(x): x.sort()", cases) == RIGHT
    assert ending("def add(x): x = sorted(x)", cases)[1] == "wrong_arguments"


def test_an_exception_that_is_expected():
    cases = [{"args": [1], "raises": "ValueError"}]
    assert ending("def add(x): raise ValueError", cases) == RIGHT
    custom = "class Mine(ValueError): pass\ndef add(x): raise Mine(1)"
    assert ending(custom, cases) == RIGHT
    assert ending("def add(x): raise KeyError", cases)[1] == "wrong_exception"
    assert ending("def add(x): return 1", cases)[1] == "no_exception"
    assert ending("import os\ndef add(x): os._exit(1)", cases)[1] == "exited"
    exits = [{"args": [1], "raises": "SystemExit"}]
    assert ending("def add(x): raise SystemExit(2)", exits) == RIGHT


def test_a_method_of_a_fresh_object():
    source = (
        "class S:\n"
        "    def __init__(self): self.n = 0\n"
        "    def m(self, x):\n"
        "        self.n += x\n"
        "        return self.n\n"
    )
    cases = [{"args": [4], "expected": 4}] * 2
    assert ending(source, cases, entry_point="S.m") == RIGHT
    assert ending(source, cases, entry_point="S.q")[1] == "missing_entry_point"


def test_generators_are_lists_to_who_compares():
    cases = [{"args": [3], "expected": [0, 1, 2]}]
    assert ending("def add(n):\n for i in range(n): yield i", cases) == RIGHT
    assert ending("def add(n):\n while 1: yield 0", cases)[2] == 0.0


JUDGE = """
def check(input, output, expected=None):
    if output == 'crash':
        import os
        os._exit(3)
    return sorted(output) == sorted(input[0])
"""
SHUFFLE = [{"args": [[3, 1]]}, {"args": [[2, 2, 5]]}]


def test_a_judge_accepts_any_right_output():
    assert ending("def add(x): return x[::-1]", SHUFFLE, judge=JUDGE) == RIGHT
    wrong = ending("def add(x): return x[:2]", SHUFFLE, judge=JUDGE)
    assert wrong == ("INCORRECT", "judge_rejected", 0.0)
    partial = ending("def add(x): return x[:2]", SHUFFLE, judge=JUDGE, partial_credit=True)
    assert partial == ("PARTIAL", "judge_rejected", 0.5)


def test_a_judge_that_an_output_leads_astray_is_undecided():
    crash = ending("def add(x): return 'crash'", SHUFFLE, judge=JUDGE)
    assert crash == ("UNDECIDED", "checker_crashed", 0.0)


def test_nan_and_text_that_is_no_utf8_reach_the_judge():
    judge = "def check(output): return output[0] != output[0] and output[1] == '\\udc80'"
    source = "def add(x): return [float('nan'), '\\udc80']"
    assert ending(source, SHUFFLE, judge=judge) == RIGHT
