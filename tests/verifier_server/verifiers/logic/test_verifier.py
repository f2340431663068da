"""The verifier as a whole: its schema, its reasons, and that nothing but the task decides."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import verifier_server
from verifier_server.contract import Diagnostics, Score, Verdict
from verifier_server.verifiers.logic.reasons import VERDICTS, verdict_of
from verifier_server.verifiers.logic.scores import MAX_EXTRACTED, MAX_FACT, scored
from verifier_server.verifiers.logic.verifier import SHAPES, prepare

PACKAGE = Path(str(verifier_server.__file__)).parent / "verifiers" / "logic"
SCHEMA = json.loads((PACKAGE / "task_schema.json").read_text())
PREMISES = ["∀x (P(x) → Q(x))", "∀x (Q(x) → R(x))", "P(a)", "∀x ¬(R(x) ∧ S(x))"]
TASKS: list[dict[str, Any]] = [
    {"shape": "label", "premises": PREMISES, "conclusion": "S(a)"},
    {"shape": "conclusion", "premises": PREMISES},
    {"shape": "closed", "gold": "∀x (P(x) → R(x))"},
]
COMPLETIONS = [
    "<answer>False</answer>",
    "<answer>R(a) ∧ ¬S(a)</answer>",
    "<answer>∀x (P(x) → R(x))</answer>",
    "<answer>∀x (R(x) → P(x))</answer>",
    "<answer>R(a) ∨ Q(a)</answer>",
    "<answer>\udcff</answer>",
]
_PROGRAM = """
import json, sys
from verifier_server.verifiers.logic.verifier import prepare
tasks, completions = json.load(sys.stdin)
for task in tasks:
    judge = prepare(task)
    for text in completions:
        print(ascii(judge(text)))
"""


def is_valid(task: dict[str, Any]) -> bool:
    return bool(jsonschema.Draft202012Validator(SCHEMA).is_valid(task))


@pytest.mark.parametrize("task", SCHEMA["examples"], ids=lambda task: task["shape"])
def test_examples_are_tasks(task: dict[str, Any]) -> None:
    assert is_valid(task)
    assert prepare(task)("no answer").reason == "no_answer"


def test_every_shape_is_judged_and_has_an_example() -> None:
    assert set(SHAPES) == set(SCHEMA["properties"]["shape"]["enum"])
    assert set(SHAPES) == {example["shape"] for example in SCHEMA["examples"]}


@pytest.mark.parametrize(
    "task",
    [
        {},
        {"premises": ["p", "q"]},
        {"shape": "conclusion", "premises": ["p"]},
        {"shape": "conclusion", "premises": ["p", "q"], "conclusion": "r"},
        {"shape": "label", "premises": ["p"]},
        {"shape": "label", "premises": ["p"], "conclusion": "p", "semantics": "closed-world"},
        {"shape": "closed", "premises": ["p"]},
        {"shape": "label", "premises": ["p"], "conclusion": ""},
        {"shape": "proof", "premises": ["p"]},
        {"shape": "smt", "script": "(assert true)", "premises": []},
    ],
)
def test_tasks_that_the_schema_refuses(task: dict[str, Any]) -> None:
    assert not is_valid(task)


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [
        ("entailed", Verdict.CORRECT),
        ("trivial.padded", Verdict.INCORRECT),
        ("not_equivalent.weaker", Verdict.INCORRECT),
        ("parse_error.too_deep", Verdict.MALFORMED),
        ("vocab.kind_clash@3", Verdict.MALFORMED),
        ("forbidden.axiom", Verdict.POLICY_VIOLATION),
        ("multiple_answers", Verdict.NO_ANSWER),
        ("solver_unknown", Verdict.UNDECIDED),
    ],
)
def test_a_reason_has_one_verdict(reason: str, verdict: Verdict) -> None:
    assert verdict_of(reason) is verdict


def test_an_unknown_reason_is_a_fault_of_ours() -> None:
    with pytest.raises(KeyError):
        verdict_of("something_else")


def test_only_what_is_correct_is_worth_all() -> None:
    for reason, verdict in VERDICTS.items():
        score = scored(reason)
        assert score.passed is (verdict is Verdict.CORRECT)
        assert score.value == float(score.passed)


def test_a_part_of_the_worth_is_partial() -> None:
    score = scored("contradicted", value=0.25)
    assert (score.verdict, score.value, score.passed) == (Verdict.PARTIAL, 0.25, False)


def test_diagnostics_are_bounded() -> None:
    long = "x" * 100_000
    seen: Diagnostics = scored(
        "entailed", answer=long, message=long, facts=(("a", long),), privileged=(("b", long),)
    ).diagnostics
    assert len(seen.extracted) == MAX_EXTRACTED
    assert max(len(seen.message), len(seen.facts[0][1]), len(seen.privileged[0][1])) <= MAX_FACT


def test_scores_do_not_depend_on_order_or_company() -> None:
    for task in TASKS:
        judge = prepare(task)
        forward = [judge(text) for text in COMPLETIONS]
        backward = [judge(text) for text in reversed(COMPLETIONS)]
        alone: list[Score] = [prepare(task)(text) for text in COMPLETIONS]
        assert forward == backward[::-1] == alone


def test_scores_do_not_depend_on_the_process_or_its_hash_seed() -> None:
    given = json.dumps([TASKS, COMPLETIONS])
    outputs = set()
    for seed in ("0", "1", "4242"):
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            input=given.encode(),
            capture_output=True,
            check=False,
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=PACKAGE.parents[2],
        )
        assert done.returncode == 0, done.stderr
        outputs.add(done.stdout)
    assert len(outputs) == 1


def test_a_task_and_its_completions_may_hold_anything() -> None:
    judge = prepare(TASKS[1])
    for text in ("", "\x00", "<answer>", "<answer>" + "(" * 5000 + "</answer>", "∀" * 30_000):
        assert judge(text).value == 0.0
    deep = judge("<answer>" + "¬" * 500 + "P(a)</answer>")
    assert deep.reason == "parse_error.too_deep"
    long = judge("<answer>" + " ∧ ".join(["P(a)"] * 5000) + "</answer>")
    assert long.reason == "parse_error.too_long"


def test_what_the_solver_spent_is_told() -> None:
    for task, answer in zip(TASKS, COMPLETIONS, strict=False):
        units = dict(prepare(task)(answer).diagnostics.privileged)["solver_units"]
        assert int(units) > 0
