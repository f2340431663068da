"""Special judges: a program of the task that accepts any valid output.

Promises: `check` is called with those of input, output and expected that it names, as
copies of its own; what it returns is a score in [0,1]. A judge that fails on a
candidate's output rejects it, unless it fails in the same way on the expected output and
no data could be the cause: then the task is at fault. (What a task expects need not be an
output, so a candidate could otherwise choose to be no judgement.)

Does not cover: comparison without a judge (the worker does it).

`check` returns a bool, a number in [0,1], or a pair of one of these and a message.
"""

import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

from ..decode import decode, no_handles
from . import programs
from .answers import words_of
from .protocol import MAX_TEXT, Prepared
from .task_fault import BAD_GROUND_TRUTH, INVALID_TASK, TaskFault, describe

POINTER = "/judge"
LABEL = "<judge>"
PARAMETERS = ("input", "output", "expected")

Check = Callable[..., Any]


class _NoScore(Exception):
    """The judge returned something that is no score."""


def prepare(request: Mapping[str, Any]) -> Prepared:
    """Runs the judge's source.

    Raises:
        TaskFault: it does not compile, raises, or defines no `check` that can be called.
    """
    program = programs.parse(request["source"], LABEL, POINTER)
    programs.require_modules(program, ())
    code = programs.compiled(program)
    module = ModuleType("judge")
    sys.modules["judge"] = module
    try:
        exec(code, vars(module))  # noqa: S102 - the task's own judge, in its jail
    except BaseException as error:
        message = f"the judge's source raised {describe(error)}"
        raise TaskFault(BAD_GROUND_TRUTH, "judge_raised", message, POINTER) from error
    check = getattr(module, "check", None)
    if not callable(check):
        message = "the judge defines no function check(input, output, expected)"
        raise TaskFault(INVALID_TASK, "judge_without_check", message, POINTER)
    wanted = _parameters(check)
    sources = {LABEL: program.source}

    def serve(frame: Mapping[str, Any], _: int) -> dict[str, Any]:
        try:
            cases = [_judge(check, wanted, case, sources) for case in frame["cases"]]
        except TaskFault as fault:
            return {"cases": [], "task_error": fault.frame()}
        return {"cases": cases, "task_error": None}

    return Prepared(serve)


def _parameters(check: Check) -> Sequence[str]:
    """The names among `PARAMETERS` that `check` takes. Raises `TaskFault`."""
    try:
        parameters = inspect.signature(check).parameters.values()
    except (TypeError, ValueError):
        return PARAMETERS
    if any(one.kind is one.VAR_KEYWORD for one in parameters):
        return PARAMETERS
    for one in parameters:
        needed = one.default is one.empty and one.kind is not one.VAR_POSITIONAL
        if needed and (one.name not in PARAMETERS or one.kind is one.POSITIONAL_ONLY):
            message = f"check asks for {one.name!r}; it may take {', '.join(PARAMETERS)} by name"
            raise TaskFault(INVALID_TASK, "judge_signature", message, POINTER)
    return [one.name for one in parameters if one.name in PARAMETERS]


def _judge(
    check: Check, wanted: Sequence[str], case: Mapping[str, Any], sources: Mapping[str, str]
) -> dict[str, Any]:
    try:
        value, message = _call(check, wanted, case, "output")
    except BaseException as error:
        if "expected" in case and isinstance(error, _FAULTS):
            _require_sound(check, wanted, case, error)
        return {"value": 0.0, "reason": "judge_rejected", "privileged": words_of(error, sources)}
    return {
        "value": value,
        "reason": "" if value == 1.0 else "judge_rejected",
        "privileged": message[:MAX_TEXT],
    }


# What no output brings about in a judge that is right. Not SystemExit, which some call to reject.
_FAULTS = (_NoScore, ImportError, KeyboardInterrupt, NameError)


def _require_sound(
    check: Check, wanted: Sequence[str], case: Mapping[str, Any], seen: BaseException
) -> None:
    """Raises `TaskFault` if the judge fails on the expected output as it did on the candidate's."""
    try:
        _call(check, wanted, case, "expected")
    except BaseException as error:
        if _place(error) == _place(seen):
            reason = "judge_value" if isinstance(error, _NoScore) else "judge_raised"
            message = f"given the expected output, the judge fails: {describe(error)}"
            raise TaskFault(BAD_GROUND_TRUTH, reason, message, POINTER) from error


def _place(error: BaseException) -> tuple[type[BaseException], int]:
    line = 0
    traceback = error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == LABEL:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return type(error), line


def _call(
    check: Check, wanted: Sequence[str], case: Mapping[str, Any], output: str
) -> tuple[float, str]:
    """Calls the judge on fresh copies, with the case's field `output` as the output."""
    fields = {"input": "input", "output": output, "expected": "expected"}
    given = {}
    for name in wanted:
        value = case.get(fields[name])
        plain = case["mode"] == "stdio" or fields[name] not in case
        given[name] = value if plain else decode(value, no_handles)
    return _score(check(**given))


def _score(returned: Any) -> tuple[float, str]:
    value, message = returned if type(returned) is tuple and len(returned) == 2 else (returned, "")
    if type(value).__module__ == "numpy" and getattr(value, "ndim", 1) == 0:
        value = value.item()
    if not isinstance(value, (bool, int, float)) or not 0.0 <= value <= 1.0:
        raise _NoScore(f"check must return a bool or a number in [0,1], not {returned!r:.200}")
    return float(value), message if isinstance(message, str) else f"{message!r:.{MAX_TEXT}}"
