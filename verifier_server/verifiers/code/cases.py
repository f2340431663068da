"""The cases of `function` and `stdio`: inputs, expectations and how to compare them.

Promises: each case says what would make it pass (an expected output, or the
task's judge), in fields that its mode uses. A tolerance that its method would
ignore is refused.

Does not cover: the comparison (`compare.py`, `tokens.py`).
"""

from collections.abc import Mapping
from typing import Any

from verifier_server.verifiers.code.literals import NotALiteral, literal
from verifier_server.verifiers.code.refusals import entry_point, entry_points, program, refuse, text
from verifier_server.verifiers.code.task import (
    Compare,
    EntryPoint,
    FunctionCase,
    FunctionChecks,
    Method,
    Mode,
    Raises,
    Returns,
    StdioCase,
    StdioChecks,
)

# Those of pytest.approx, for `approx` without a tolerance.
DEFAULT_REL_TOL = 1e-6
DEFAULT_ABS_TOL = 1e-12

_Json = Mapping[str, Any]
_METHODS = {
    Mode.FUNCTION: (Method.EXACT, Method.APPROX, Method.UNORDERED, Method.SET),
    Mode.STDIO: (Method.TOKENS, Method.LINES, Method.EXACT),
}
_FIELDS = {
    Mode.FUNCTION: {"entry_point", "args", "kwargs", "expected", "raises", "args_after"},
    Mode.STDIO: {"stdin", "stdout"},
}
_TOLERANT = (Method.APPROX, Method.TOKENS)


def function_checks(raw: _Json) -> FunctionChecks:
    """The checks of a `function` task.

    Raises:
        TaskError: INVALID_TASK.
    """
    judge = _judge(raw)
    literals = raw.get("literals", False)
    names = entry_points(raw["entry_point"])
    compare = _compare(raw.get("compare", {}), Mode.FUNCTION, "/compare", literals)
    cases = []
    for index, case in enumerate(raw["cases"]):
        pointer = f"/cases/{index}"
        _check_case(case, Mode.FUNCTION, judge is not None, pointer)
        read = _Reader(case, pointer, literals)
        expected: Returns | Raises | None = None
        if "expected" in case:
            expected = Returns(read.value(case["expected"], "expected"))
        elif "raises" in case:
            expected = Raises(_class_name(case["raises"], f"{pointer}/raises"))
        cases.append(
            FunctionCase(
                entry_point=_chosen(case, names, pointer),
                args=read.values("args"),
                kwargs=_kwargs(case, read, pointer),
                expected=expected,
                args_after=_args_after(case, read, pointer),
                compare=_own_compare(case, Mode.FUNCTION, pointer, literals) or compare,
                weight=float(case.get("weight", 1.0)),
            )
        )
    return FunctionChecks(tuple(cases), raw.get("isolate", False), judge)


def stdio_checks(raw: _Json) -> StdioChecks:
    """The checks of a `stdio` task.

    Raises:
        TaskError: INVALID_TASK.
    """
    judge = _judge(raw)
    compare = _compare(raw.get("compare", {}), Mode.STDIO, "/compare")
    cases = []
    for index, case in enumerate(raw["cases"]):
        pointer = f"/cases/{index}"
        _check_case(case, Mode.STDIO, judge is not None, pointer)
        stdout = text(case["stdout"], f"{pointer}/stdout") if "stdout" in case else None
        cases.append(
            StdioCase(
                stdin=text(case.get("stdin", ""), f"{pointer}/stdin"),
                stdout=stdout,
                compare=_own_compare(case, Mode.STDIO, pointer) or compare,
                weight=float(case.get("weight", 1.0)),
            )
        )
    return StdioChecks(tuple(cases), judge)


class _Reader:
    """Values of one case, as JSON or as literals."""

    def __init__(self, case: _Json, pointer: str, literals: bool) -> None:
        self._case = case
        self._pointer = pointer
        self._literals = literals

    def value(self, raw: Any, place: str) -> Any:
        if not self._literals:
            return raw
        pointer = f"{self._pointer}/{place}"
        if isinstance(raw, list | dict):
            message = "with literals, write a list or an object as one string: a Python literal"
            raise refuse("bad_literal", message, pointer)
        if not isinstance(raw, str):
            return raw
        try:
            return literal(raw)
        except NotALiteral as error:
            raise refuse("bad_literal", str(error), pointer) from None

    def values(self, name: str) -> tuple[Any, ...]:
        items = self._case.get(name, ())
        return tuple(self.value(item, f"{name}/{index}") for index, item in enumerate(items))


def _kwargs(case: _Json, read: _Reader, pointer: str) -> dict[str, Any]:
    found = {}
    for name, value in case.get("kwargs", {}).items():
        if not name.isidentifier():
            raise refuse("bad_name", "has a name that no parameter can have", f"{pointer}/kwargs")
        found[name] = read.value(value, f"kwargs/{name}")
    return found


def _args_after(case: _Json, read: _Reader, pointer: str) -> tuple[Any, ...] | None:
    if "args_after" not in case:
        return None
    if len(case["args_after"]) != len(case.get("args", ())):
        message = "must have as many items as args: every argument as it must be afterwards"
        raise refuse("conflict", message, f"{pointer}/args_after")
    return read.values("args_after")


def _class_name(name: str, pointer: str) -> str:
    if not name.isidentifier():
        raise refuse("bad_name", "must be the name of an exception class", pointer)
    return name


def _chosen(case: _Json, names: tuple[EntryPoint, ...], pointer: str) -> EntryPoint:
    if "entry_point" not in case:
        if len(names) == 1:
            return names[0]
        message = "the task names several entry points: say which in every case"
        raise refuse("missing_field", message, pointer)
    chosen = entry_point(case["entry_point"], f"{pointer}/entry_point")
    if chosen not in names:
        message = "must be one of the task's entry_point"
        raise refuse("conflict", message, f"{pointer}/entry_point")
    return chosen


def _check_case(case: _Json, mode: Mode, judged: bool, pointer: str) -> None:
    other = Mode.STDIO if mode is Mode.FUNCTION else Mode.FUNCTION
    for name in sorted(_FIELDS[other]):
        if name in case:
            message = f"{name} belongs to mode {other}, not to {mode}"
            raise refuse("field_not_used", message, f"{pointer}/{name}")
    if judged:
        for name in ("compare", "raises", "args_after"):
            if name in case:
                message = f"the judge decides every case: omit {name}"
                raise refuse("conflict", message, f"{pointer}/{name}")
        return
    if mode is Mode.STDIO and "stdout" not in case:
        raise refuse("missing_field", "needs stdout, unless the task has a judge", pointer)
    if mode is Mode.FUNCTION:
        if "expected" in case and "raises" in case:
            message = "a call that raises returns nothing: omit expected"
            raise refuse("conflict", message, f"{pointer}/raises")
        if not case.keys() & {"expected", "raises", "args_after"}:
            message = "needs expected, raises or args_after, unless the task has a judge"
            raise refuse("missing_field", message, pointer)


def _judge(raw: _Json) -> str | None:
    if "judge" not in raw:
        return None
    if "compare" in raw:
        raise refuse("conflict", "the judge decides every case: omit compare", "/compare")
    return program(raw["judge"], "/judge")


def _own_compare(case: _Json, mode: Mode, pointer: str, literals: bool = False) -> Compare | None:
    if "compare" not in case:
        return None
    return _compare(case["compare"], mode, f"{pointer}/compare", literals)


def _compare(raw: _Json, mode: Mode, pointer: str, literals: bool = False) -> Compare:
    methods = _METHODS[mode]
    method = Method(raw.get("method", methods[0]))
    if method not in methods:
        message = f"mode {mode} compares by {', '.join(methods)}, not {method}"
        raise refuse("conflict", message, f"{pointer}/method")
    _check_options(raw, method, mode, pointer)
    abs_tol, rel_tol = float(raw.get("abs_tol", 0.0)), float(raw.get("rel_tol", 0.0))
    if method is Method.APPROX and not raw.keys() & {"abs_tol", "rel_tol"}:
        abs_tol, rel_tol = DEFAULT_ABS_TOL, DEFAULT_REL_TOL
    any_depth = raw.get("depth") == "any"
    ignore_case = raw.get("ignore_case", False)
    return Compare(method, abs_tol, rel_tol, any_depth, ignore_case, literals)


def _check_options(raw: _Json, method: Method, mode: Mode, pointer: str) -> None:
    for name in ("abs_tol", "rel_tol"):
        if name in raw and method not in _TOLERANT:
            wanted = Method.APPROX if mode is Mode.FUNCTION else Method.TOKENS
            message = f"method {method} knows no tolerance: use {wanted}, or a judge"
            raise refuse("field_not_used", message, f"{pointer}/{name}")
    if "depth" in raw and method is not Method.UNORDERED:
        message = "depth belongs to method unordered"
        raise refuse("field_not_used", message, f"{pointer}/depth")
    if "ignore_case" in raw and mode is not Mode.STDIO:
        message = "ignore_case belongs to mode stdio"
        raise refuse("field_not_used", message, f"{pointer}/ignore_case")
