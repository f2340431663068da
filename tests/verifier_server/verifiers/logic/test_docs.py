"""The page about this verifier: its examples are tasks, and it lists every reason."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

import verifier_server
from verifier_server.verifiers.logic.reasons import VERDICTS
from verifier_server.verifiers.logic.verifier import SHAPES, prepare

ROOT = Path(str(verifier_server.__file__)).parent
SCHEMA = json.loads((ROOT / "verifiers" / "logic" / "task_schema.json").read_text())
PAGE = (ROOT.parent / "docs" / "verifiers" / "logic.md").read_text()
EXAMPLES = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
RIGHT = {
    "label": "True",
    "conclusion": "Warm(tom)",
    "closed": "¬∃x (Cat(x) ∧ ∀y ¬Chases(x, y))",
    "proof": "S1: Bird(ida) [from P1, P3]\nS2: Lays(ida) [from P2, S1]",
    "assignment": "ann=1; ben=3; cem=2",
    "smt": "x = -8",
}


@pytest.mark.parametrize("task", EXAMPLES, ids=lambda task: task["shape"])
def test_examples_are_tasks_and_their_answers_right(task: dict[str, str]) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(task)
    answer = RIGHT[task["shape"]]
    assert f">{answer}<" in PAGE or f">\n{answer}\n<" in PAGE or f"`{answer}`" in PAGE
    assert prepare(task)(f"<answer>{answer}</answer>").passed


def test_every_shape_has_an_example() -> None:
    assert {task["shape"] for task in EXAMPLES} == set(SHAPES) == set(RIGHT)


@pytest.mark.parametrize("reason", VERDICTS)
def test_every_reason_is_listed(reason: str) -> None:
    names = {reason, reason.replace("assignment", "", 1)}
    assert any(f"`{name}" in PAGE for name in names)


def test_every_field_is_told() -> None:
    fields = SCHEMA["properties"]
    missing = [name for name in fields if f"`{name}`" not in PAGE and f'"{name}"' not in PAGE]
    assert missing == []
