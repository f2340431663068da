"""What the verifier offers and refuses before anything runs."""

import json
from importlib import resources

import pytest

from tests.verifier_server.code.unboxed import UnboxedChildren
from verifier_server.bench import Bench
from verifier_server.contract import TaskError, Verdict
from verifier_server.verifiers.code.verifier import prepare

SCHEMA = json.loads(
    (resources.files("verifier_server.verifiers.code") / "task_schema.json").read_text()
)
EXAMPLES = pytest.mark.parametrize("task", SCHEMA["examples"], ids=lambda task: task["mode"])


def bench(children=None, **more):
    fields = {"cpu_s": 60.0, "count": 2, "runtimes": ("stdlib",), "low_trust": False, **more}
    return Bench(children=children, **fields)


@EXAMPLES
def test_the_schemas_examples_can_be_prepared_without_a_sandbox(task):
    judge = prepare(task, bench())
    assert judge("no code here, only words").verdict is Verdict.NO_ANSWER
    with pytest.raises(RuntimeError):
        judge("```python\nx = 1\n```")


@EXAMPLES
def test_the_schemas_examples_judge(task):
    children = UnboxedChildren()
    judge = prepare(task, bench(children))
    source = "def add(a, b):\n    return a + b\n"
    if task["mode"] == "stdio":
        source = "print(sum(map(int, input().split())))\n"
    assert judge(f"```python\n{source}```").passed
    assert not judge(f"```python\n{source.replace('+', '-').replace('sum', 'max')}```").passed
    children.kill_all()


def test_a_runtime_that_is_not_offered_is_named_with_those_that_are():
    task = {**SCHEMA["examples"][0], "runtime": "numpy"}
    with pytest.raises(TaskError) as raised:
        prepare(task, bench(UnboxedChildren(), runtimes=("stdlib", "scientific")))
    assert raised.value.reason == "runtime_not_offered"
    assert raised.value.pointer == "/runtime"
    assert "scientific" in raised.value.message


def test_a_runtime_has_a_jail_of_its_own():
    children = UnboxedChildren(
        {"python-numpy": "verifier_server.verifiers.code.guest.candidate:main"}
    )
    task = {**SCHEMA["examples"][1], "runtime": "numpy"}
    judge = prepare(task, bench(children, runtimes=("stdlib", "numpy")))
    assert judge("```python\ndef add(a, b): return a + b\n```").passed
    assert [jail for jail, _ in children.started] == ["python-numpy"]


def test_a_jail_that_was_promised_and_is_not_there_is_no_fault_of_the_task():
    children = UnboxedChildren()
    children.jails = frozenset({"checker"})
    with pytest.raises(RuntimeError):
        prepare(SCHEMA["examples"][1], bench(children))


def test_no_child_is_started_for_text_without_code():
    children = UnboxedChildren()
    judge = prepare(SCHEMA["examples"][1], bench(children))
    score = judge("I do not know.")
    assert (score.verdict, score.value) == (Verdict.NO_ANSWER, 0.0)
    assert not children.started
