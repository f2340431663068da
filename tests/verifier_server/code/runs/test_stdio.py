"""Stdio cases in Python: real pipes, exit statuses, whole outputs, judges."""

import pytest

from tests.verifier_server.code.unboxed import UnboxedChildren
from verifier_server.bench import Bench
from verifier_server.verifiers.code.verifier import prepare

LIMITS = {"cpu_s": 1, "idle_s": 0.5, "memory_mb": 256}
CASES = [{"stdin": "1 2\n", "stdout": "3\n"}, {"stdin": "5 -6\n", "stdout": "-1\n"}]
RIGHT = ("CORRECT", "all_passed", 1.0)
MIB = 1 << 20


def scored(source, cases=CASES, *, children=None, **more):
    bench = Bench(children or UnboxedChildren(), 60.0, 2, ("stdlib",), False)
    task = {"mode": "stdio", "cases": cases, "limits": LIMITS, **more}
    return prepare(task, bench)(f"```python\n{source}\n```")


def ending(source, cases=CASES, **more):
    score = scored(source, cases, **more)
    return score.verdict.value, score.reason, score.value


@pytest.mark.parametrize(
    "source",
    [
        "print(sum(map(int, input().split())))",
        "import sys\nsys.stdout.write(str(sum(map(int, sys.stdin.buffer.read().split()))))",
        "import sys\nprint(sum(map(int, input().split())))\nsys.exit(0)",
        "if __name__ == '__main__':\n    print(sum(map(int, open(0).read().split())))",
    ],
)
def test_what_is_right_however_written(source):
    children = UnboxedChildren()
    assert ending(source, children=children) == RIGHT
    assert len(children.started) == 2


@pytest.mark.parametrize(
    ("source", "verdict", "reason"),
    [
        ("print(3)", "INCORRECT", "wrong_answer"),
        ("", "NO_ANSWER", "no_code"),
        ("pass", "INCORRECT", "wrong_answer"),
        ("print(", "MALFORMED", "compile_error"),
        ("1 / 0", "RUNTIME_ERROR", "exited"),
        ("print(3)\nraise SystemExit(2)", "RUNTIME_ERROR", "exited"),
        ("import os\nprint(3, flush=True)\nos.abort()", "RUNTIME_ERROR", "signal"),
        ("print('x' * 10**10)", "RESOURCE_LIMIT", "memory_limit"),
        ("while 1: print('x' * 1000)", "RESOURCE_LIMIT", "output_limit"),
        ("import time\ntime.sleep(99)", "TIME_LIMIT", "idle"),
        ("while 1: pass", "TIME_LIMIT", "cpu_limit"),
        ("import os\nos.write(3, b'x')", "RUNTIME_ERROR", "exited"),
    ],
)
def test_what_a_program_does_is_its_own(source, verdict, reason):
    found = ending(source)
    if verdict == "NO_ANSWER":
        assert found[::2] == (verdict, 0.0)
    else:
        assert found == (verdict, reason, 0.0)


def test_a_mib_in_and_out():
    cases = [{"stdin": "abc\n" * (MIB // 4), "stdout": "abc\n" * (MIB // 4)}]
    source = "import sys\nfor line in sys.stdin: sys.stdout.write(line)"
    assert ending(source, cases, compare={"method": "exact"}) == RIGHT


def test_output_is_never_cut():
    cases = [{"stdin": "", "stdout": "a" * 2000}]
    limits = {**LIMITS, "output_bytes": 2000}
    method = {"method": "exact"}
    assert ending("print('a' * 2000, end='')", cases, limits=limits, compare=method) == RIGHT
    over = ending("print('a' * 2001, end='')", cases, limits=limits, compare=method)
    assert over[1] == "output_limit"


def test_integers_are_never_floats():
    cases = [{"stdin": "", "stdout": "10000000000000000"}]
    compare = {"method": "tokens", "rel_tol": 1e-6}
    assert ending("print(10000000000000001)", cases, compare=compare)[1] == "wrong_answer"
    assert ending("print(10000000000000000)", cases, compare=compare) == RIGHT


def test_the_first_failure_ends_it_unless_the_rest_can_earn():
    source = "print(-1)"
    alone, partial = UnboxedChildren(), UnboxedChildren()
    assert ending(source, children=alone) == ("INCORRECT", "wrong_answer", 0.0)
    assert len(alone.started) == 1
    found = ending(source, children=partial, partial_credit=True)
    assert found == ("PARTIAL", "wrong_answer", 0.5)
    assert len(partial.started) == 2


def test_its_own_words_are_told():
    score = scored("import sys\nprint('out')\nprint('err', file=sys.stderr)\n1 / 0")
    facts = dict(score.diagnostics.facts)
    assert facts["stdout_tail"] == "out\n"
    assert "ZeroDivisionError" in facts["stderr_tail"]
    assert "expected" not in facts


def test_several_files():
    judge = prepare(
        {
            "mode": "stdio",
            "cases": CASES,
            "limits": LIMITS,
            "solution_files": ["main.py", "lib.py"],
        },
        Bench(UnboxedChildren(), 60.0, 2, ("stdlib",), False),
    )
    completion = (
        "```python main.py\nfrom lib import add\nprint(add(*map(int, input().split())))\n```\n"
        "```python lib.py\ndef add(a, b): return a + b\n```"
    )
    assert judge(completion).passed


def test_a_judge_gives_shares():
    judge = "def check(input, output): return 0.5 if output.strip() == 'half' else True"
    cases = [{"stdin": "a"}, {"stdin": "b"}]
    source = "print('half' if input() == 'a' else 'all')"
    assert ending(source, cases, judge=judge) == ("INCORRECT", "judge_rejected", 0.0)
    found = ending(source, cases, judge=judge, partial_credit=True)
    assert found == ("PARTIAL", "judge_rejected", 0.75)


def test_an_output_too_large_for_the_judge_is_over_a_limit():
    limits = {"cpu_s": 5, "output_bytes": 64 * MIB, "memory_mb": 1024}
    source = "import sys\nfor _ in range(15): sys.stdout.write('\\0' * 2**20)"
    found = ending(source, [{"stdin": ""}], limits=limits, judge="def check(output): return True")
    assert found == ("RESOURCE_LIMIT", "output_limit", 0.0)


def test_security_findings_cost_their_weight():
    weights = {"tests": 1, "security": 1}
    source = "print(sum(map(int, input().split())))"
    assert ending(source, weights=weights) == RIGHT
    worse = scored("import os\nprint(eval('+'.join(input().split())))", weights=weights)
    assert worse.passed
    assert worse.value < 1.0
    security = next(part for part in worse.components if part.name == "security")
    assert security.value < 1.0
