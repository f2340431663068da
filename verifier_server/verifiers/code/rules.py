"""A task as JSON to a `Task`: the rules that stand between fields.

Promises: takes what satisfies `task_schema.json`; every field is used by the
task's mode or refused, so that nothing a user wrote is silently ignored. Each
refusal is a `TaskError` INVALID_TASK with the pointer of the field, one of the
reasons `missing_field`, `field_not_used`, `conflict`, `bad_name`,
`bad_literal`, `bad_text`, `too_large`, `no_test_file` and `zero_weights`, and
what would be right. Messages never quote tests or expected values.

Does not cover: the schema itself (`task_json.py`), syntax of programs (the
checker compiles them).
"""

from collections.abc import Mapping
from typing import Any

from verifier_server.verifiers.code.cases import function_checks, stdio_checks
from verifier_server.verifiers.code.names import check_files, solution
from verifier_server.verifiers.code.refusals import entry_points, program, refuse, text
from verifier_server.verifiers.code.task import (
    MIB,
    STDLIB,
    AssertChecks,
    AssertProgram,
    Checks,
    FileChecks,
    Language,
    Limits,
    Mode,
    Task,
    Weights,
)

MAX_TESTS_BYTES = 4 * MIB
DEFAULT_CPP_STANDARD = "c++17"

_Json = Mapping[str, Any]

# Of every mode: mode, language, completion_style, prompt, solution_files, main, runtime,
# limits, partial_credit, weights, report_security. cpp_standard goes with the language.
_FIELDS_OF = {
    Mode.ASSERT: {"tests", "entry_point", "setup", "trust"},
    Mode.FUNCTION: {"cases", "entry_point", "literals", "compare", "judge", "isolate"},
    Mode.STDIO: {"cases", "compare", "judge"},
    Mode.PYTEST: {"files", "trust"},
    Mode.UNITTEST: {"files", "trust"},
}
_MODE_FIELDS: frozenset[str] = frozenset().union(*_FIELDS_OF.values())
_REQUIRED = {
    Mode.ASSERT: ("tests",),
    Mode.FUNCTION: ("cases", "entry_point"),
    Mode.STDIO: ("cases",),
    Mode.PYTEST: ("files",),
    Mode.UNITTEST: ("files",),
}


def read_task(raw: _Json) -> Task:
    """The task that a validated mapping describes.

    Raises:
        TaskError: INVALID_TASK, with the pointer and what would be right.
    """
    mode = Mode(raw["mode"])
    language = Language(raw.get("language", Language.PYTHON))
    _check_fields(raw, mode)
    _check_language(raw, mode, language)
    where = solution(raw, language)
    prompt = _prompt(raw, where.named)
    checks = _checks(raw, mode, where.files)
    return Task(
        mode=mode,
        language=language,
        cpp_standard=raw.get("cpp_standard", DEFAULT_CPP_STANDARD),
        solution=where,
        prompt=prompt,
        checks=checks,
        runtime=raw.get("runtime", STDLIB).strip(),
        limits=_limits(raw.get("limits", {})),
        partial_credit=raw.get("partial_credit", False),
        weights=_weights(raw.get("weights", {})),
        report_security=raw.get("report_security", False),
        in_process=raw.get("trust") == "in_process",
    )


def _check_fields(raw: _Json, mode: Mode) -> None:
    for name in _REQUIRED[mode]:
        if name not in raw:
            raise refuse("missing_field", f"mode {mode} requires {name}", "")
    for name in sorted(_MODE_FIELDS - _FIELDS_OF[mode]):
        if name in raw:
            modes = ", ".join(each for each in Mode if name in _FIELDS_OF[each])
            raise refuse(
                "field_not_used", f"{name} belongs to {modes}, not to mode {mode}", f"/{name}"
            )


def _check_language(raw: _Json, mode: Mode, language: Language) -> None:
    if language is Language.PYTHON:
        if "cpp_standard" in raw:
            message = "cpp_standard needs language cpp"
            raise refuse("field_not_used", message, "/cpp_standard")
        return
    if mode is not Mode.STDIO:
        raise refuse("conflict", f"language cpp needs mode stdio, not {mode}", "/language")
    if raw.get("runtime", STDLIB) != STDLIB:
        raise refuse("conflict", "a runtime is a set of Python packages: omit it", "/runtime")
    if raw.get("report_security") or raw.get("weights", {}).get("security"):
        pointer = "/report_security" if raw.get("report_security") else "/weights/security"
        raise refuse("conflict", "the security scan reads Python only: omit it", pointer)


def _prompt(raw: _Json, named: bool) -> str | None:
    continuation = raw.get("completion_style") == "continuation"
    if not continuation:
        if "prompt" in raw:
            message = 'prompt is used only with completion_style "continuation"'
            raise refuse("field_not_used", message, "/prompt")
        return None
    if "prompt" not in raw:
        message = "completion_style continuation requires prompt"
        raise refuse("missing_field", message, "")
    if named:
        message = "a continuation is one file: omit solution_files or give one name"
        raise refuse("conflict", message, "/solution_files")
    return program(raw["prompt"], "/prompt")


def _checks(raw: _Json, mode: Mode, solution_files: tuple[str, ...]) -> Checks:
    match mode:
        case Mode.ASSERT:
            return _assert_checks(raw)
        case Mode.FUNCTION:
            return function_checks(raw)
        case Mode.STDIO:
            return stdio_checks(raw)
        case Mode.PYTEST | Mode.UNITTEST:
            files = check_files(raw["files"], mode, solution_files)
            _check_size(files.values(), "/files")
            return FileChecks(files)


def _assert_checks(raw: _Json) -> AssertChecks:
    single = isinstance(raw["tests"], str)
    items = [raw["tests"]] if single else raw["tests"]
    programs = []
    for index, item in enumerate(items):
        pointer = "/tests" if single else f"/tests/{index}"
        if isinstance(item, str):
            programs.append(AssertProgram(program(item, pointer)))
        else:
            source = program(item["program"], f"{pointer}/program")
            programs.append(AssertProgram(source, float(item.get("weight", 1.0))))
    setup = program(raw.get("setup", ""), "/setup")
    _check_size([setup, *(each.source for each in programs)], "/tests")
    found = entry_points(raw.get("entry_point", []))
    for index, each in enumerate(found):
        if each.method is not None:
            pointer = "/entry_point" if isinstance(raw["entry_point"], str) else ""
            message = f"mode assert takes names; the tests themselves call {each.name}()"
            raise refuse("bad_name", message, pointer or f"/entry_point/{index}")
    return AssertChecks(tuple(programs), single, setup, found)


def _check_size(texts: Any, pointer: str) -> None:
    if sum(len(text(each, pointer)) for each in texts) > MAX_TESTS_BYTES:
        raise refuse("too_large", f"must have at most {MAX_TESTS_BYTES} bytes in all", pointer)


def _limits(raw: _Json) -> Limits:
    default = Limits()
    return Limits(
        cpu_s=float(raw.get("cpu_s", default.cpu_s)),
        memory_bytes=int(raw.get("memory_mb", default.memory_bytes // MIB)) * MIB,
        output_bytes=int(raw.get("output_bytes", default.output_bytes)),
        idle_s=float(raw.get("idle_s", default.idle_s)),
    )


def _weights(raw: _Json) -> Weights:
    default = Weights()
    weights = Weights(
        tests=float(raw.get("tests", default.tests)),
        compiles=float(raw.get("compiles", default.compiles)),
        security=float(raw.get("security", default.security)),
    )
    if not (weights.tests or weights.compiles or weights.security):
        raise refuse("zero_weights", "at least one weight must be above 0", "/weights")
    return weights
