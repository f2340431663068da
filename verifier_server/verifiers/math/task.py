"""A task of the math verifier as typed, frozen data.

Promises: a `Task` that `read_task` returned keeps every rule of `task_schema.json` and
every rule between its fields; defaults are filled in.

Does not cover: whether the right answers can be read (`gold`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from verifier_server.contract import ErrorCode, TaskError
from verifier_server.verifiers.math.completion.extract import Rule
from verifier_server.verifiers.math.policy import Policy

Mode = Literal["auto", "numeric", "expression"]

# Options that a mode fixes or that mean nothing in it.
_NOT_IN_MODE: Mapping[str, tuple[str, ...]] = {
    "auto": (),
    "numeric": ("form", "order", "rename_variables"),
    "expression": ("form", "order", "rename_variables", "units", "percent"),
}


@dataclass(frozen=True, slots=True)
class Accepted:
    """One right answer, and the JSON pointer to it."""

    text: str
    pointer: str


@dataclass(frozen=True, slots=True)
class Task:
    """What completions of a group are judged against.

    `answers` has at least one; any of them is right. `final_form`: an answer may not
    restate the question (`forms`). `extract` says what counts as the answer's place.
    """

    answers: tuple[Accepted, ...]
    mode: Mode
    final_form: bool
    extract: Rule
    policy: Policy


def read_task(task: Mapping[str, Any]) -> Task:
    """A task that satisfies `task_schema.json`, with its defaults.

    Raises:
        TaskError: INVALID_TASK, `option_not_in_mode`, with the option's pointer.
    """
    mode: Mode = task.get("mode", "auto")
    for option in _NOT_IN_MODE[mode]:
        if option in task:
            message = f"{option!r} cannot be given in mode {mode!r}, which fixes it or has no use"
            raise TaskError(ErrorCode.INVALID_TASK, "option_not_in_mode", message, f"/{option}")
    return Task(
        answers=_answers(task["answer"]),
        mode=mode,
        final_form=mode == "auto" and task.get("form", "final") == "final",
        extract=task.get("extract", "auto"),
        policy=Policy(
            tolerance=task.get("tolerance"),
            significant_digits=task.get("significant_digits"),
            units=task.get("units", "optional"),
            ordered_lists=task.get("order", "free") == "strict",
            rename_variables=task.get("rename_variables", False),
            loose_percent=mode != "expression" and task.get("percent", "loose") == "loose",
        ),
    )


def _answers(answer: str | list[str]) -> tuple[Accepted, ...]:
    if isinstance(answer, str):
        return (Accepted(answer, "/answer"),)
    return tuple(Accepted(text, f"/answer/{index}") for index, text in enumerate(answer))
