import functools
import json
import math
from dataclasses import replace
from importlib import resources
from typing import Any

import pytest

from verifier_server.contract import ErrorCode, TaskError
from verifier_server.task_json import check_schema
from verifier_server.task_json import read_task as read_json
from verifier_server.verifiers.code import MANIFEST
from verifier_server.verifiers.code.literals import NotALiteral, literal
from verifier_server.verifiers.code.rules import read_task
from verifier_server.verifiers.code.task import (
    AssertChecks,
    AssertProgram,
    Compare,
    EntryPoint,
    FileChecks,
    FunctionChecks,
    Language,
    Limits,
    Method,
    Raises,
    Returns,
    Solution,
    StdioChecks,
    Task,
    Weights,
)

SCHEMA = json.loads(
    resources.files(MANIFEST.package).joinpath("task_schema.json").read_text("utf-8")
)
ASSERT: dict[str, Any] = {"mode": "assert", "tests": "assert f(1) == 2"}
FUNCTION: dict[str, Any] = {
    "mode": "function",
    "entry_point": "f",
    "cases": [{"args": [1], "expected": 2}],
}
STDIO: dict[str, Any] = {"mode": "stdio", "cases": [{"stdin": "1", "stdout": "2"}]}
PYTEST: dict[str, Any] = {"mode": "pytest", "files": {"test_a.py": "def test(): pass"}}


def read(raw: Any) -> Task:
    """As the service does: strict JSON, the schema, the rules."""
    task = read_json(json.dumps(raw).encode())
    check_schema(task, MANIFEST.package)
    return read_task(task)


def refusal(raw: Any) -> tuple[str, str]:
    with pytest.raises(TaskError) as caught:
        read(raw)
    assert caught.value.code is ErrorCode.INVALID_TASK
    assert caught.value.message
    return caught.value.reason, caught.value.pointer


def one(**case: Any) -> dict[str, Any]:
    return {**FUNCTION, "cases": [case]}


@pytest.mark.parametrize("raw", SCHEMA["examples"], ids=lambda raw: raw["mode"])
def test_the_examples(raw: Any) -> None:
    assert read(raw).mode == raw["mode"]


def test_there_is_an_example_of_every_mode() -> None:
    modes = [raw["mode"] for raw in SCHEMA["examples"]]
    assert sorted(modes) == sorted(SCHEMA["properties"]["mode"]["enum"])


def test_defaults_are_those_of_the_schema() -> None:
    task = read(STDIO)
    limits = SCHEMA["properties"]["limits"]["properties"]
    assert task.limits == Limits()
    assert Limits().cpu_s == limits["cpu_s"]["default"]
    assert Limits().memory_bytes == limits["memory_mb"]["default"] << 20
    assert Limits().output_bytes == limits["output_bytes"]["default"]
    assert Limits().idle_s == limits["idle_s"]["default"]
    weights = SCHEMA["properties"]["weights"]["properties"]
    assert task.weights == Weights(**{name: each["default"] for name, each in weights.items()})
    assert task.solution == Solution(("solution.py",), "solution.py")
    assert task.solution.module == "solution"
    assert task.language is Language.PYTHON
    assert task.prompt is None
    assert not any((task.partial_credit, task.in_process, task.scans_security))


def test_assert() -> None:
    raw = {
        **ASSERT,
        "tests": ["assert f()", {"program": "assert g()", "weight": 3}],
        "setup": "x = 1",
        "entry_point": ["f", "g"],
        "trust": "in_process",
        "report_security": True,
    }
    task = read(raw)
    programs = (AssertProgram("assert f()"), AssertProgram("assert g()", 3.0))
    assert task.checks == AssertChecks(programs, False, "x = 1", (EntryPoint("f"), EntryPoint("g")))
    assert task.in_process
    assert task.scans_security
    checks = read(ASSERT).checks
    assert isinstance(checks, AssertChecks)
    assert checks.single
    assert checks.entry_points == ()


def test_function() -> None:
    raw = {
        **FUNCTION,
        "entry_point": ["f", "Solution.g"],
        "isolate": True,
        "compare": {"method": "unordered", "depth": "any"},
        "cases": [
            {"entry_point": "f", "args": [[1]], "kwargs": {"k": {"a": 1}}, "expected": None},
            {"entry_point": "Solution.g", "raises": "ValueError", "weight": 2},
            {
                "entry_point": "f",
                "args": [[2, 1]],
                "args_after": [[1, 2]],
                "compare": {"method": "approx", "abs_tol": 0.5},
            },
        ],
    }
    checks = read(raw).checks
    assert isinstance(checks, FunctionChecks)
    assert checks.isolate
    first, second, third = checks.cases
    assert (first.entry_point, first.expected) == (EntryPoint("f"), Returns(None))
    assert first.compare == Compare(Method.UNORDERED, any_depth=True)
    assert (second.entry_point, second.expected) == (
        EntryPoint("Solution", "g"),
        Raises("ValueError"),
    )
    assert str(second.entry_point) == "Solution.g"
    assert second.weight == 2.0
    assert (third.expected, third.args_after) == (None, ([1, 2],))
    assert third.compare == Compare(Method.APPROX, abs_tol=0.5)


def test_a_call_gets_fresh_arguments() -> None:
    checks = read(one(args=[[1, [2]]], kwargs={"k": {"a": [3]}}, expected=0)).checks
    assert isinstance(checks, FunctionChecks)
    args, kwargs = checks.cases[0].call()
    args[0][1].append(9)
    kwargs["k"]["a"].append(9)
    assert checks.cases[0].call() == (([1, [2]],), {"k": {"a": [3]}})


def test_approx_has_pytests_tolerances_by_default() -> None:
    task = read({**FUNCTION, "compare": {"method": "approx"}})
    assert isinstance(task.checks, FunctionChecks)
    assert task.checks.cases[0].compare == Compare(Method.APPROX, 1e-12, 1e-6)


def test_literals() -> None:
    case = {"args": ["(1, [2])", 5, None], "kwargs": {"k": "{1: b'x'}"}, "expected": "{1.5, 'a'}"}
    checks = read({**one(**case), "literals": True}).checks
    assert isinstance(checks, FunctionChecks)
    found = checks.cases[0]
    assert found.args == ((1, [2]), 5, None)
    assert found.kwargs == {"k": {1: b"x"}}
    assert found.expected == Returns({1.5, "a"})
    assert found.compare.literals
    args, _ = found.call()
    args[0][1].append(3)
    assert found.args == ((1, [2]), 5, None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-inf", -math.inf),
        ("[inf, 1]", [math.inf, 1]),
        (" set() ", set()),
        ("...", ...),
        ("1+2j", 1 + 2j),
        ("[" * 64 + "]" * 64, functools.reduce(lambda inner, _: [inner], range(63), [])),
    ],
)
def test_literal_values(text: str, value: Any) -> None:
    assert literal(text) == value


def test_nan_is_a_literal() -> None:
    assert math.isnan(literal("nan"))


NO_LITERALS = (
    *("", "f(1)", "x", "[1", "1 +", "{[]}", "1" * 5000, "[" * 65 + "]" * 65, "(" * 9000),
    *("-" * 9000 + "1", "'\ud800", "\0", "__import__('os')", "[i for i in (1,)]", "f'{1}'"),
)


@pytest.mark.parametrize("text", NO_LITERALS, ids=range(len(NO_LITERALS)))
def test_what_is_no_literal(text: str) -> None:
    with pytest.raises(NotALiteral):
        literal(text)


def test_stdio() -> None:
    raw = {**STDIO, "compare": {"abs_tol": 0.1, "ignore_case": True}}
    checks = read(raw).checks
    assert isinstance(checks, StdioChecks)
    assert (checks.cases[0].stdin, checks.cases[0].stdout) == (b"1", b"2")
    assert checks.cases[0].compare == Compare(Method.TOKENS, abs_tol=0.1, ignore_case=True)
    judged = read({**STDIO, "judge": "def check(output): return True", "cases": [{"stdin": "é"}]})
    assert isinstance(judged.checks, StdioChecks)
    assert (judged.checks.cases[0].stdin, judged.checks.cases[0].stdout) == ("é".encode(), None)


def test_cpp() -> None:
    raw = {**STDIO, "language": "cpp", "cpp_standard": "c++20"}
    task = read({**raw, "solution_files": ["lib.h", "lib.cpp", "main.cc"]})
    assert task.cpp_standard == "c++20"
    assert task.solution == Solution(("lib.h", "lib.cpp", "main.cc"), "lib.cpp", named=True)
    assert read(raw).solution == Solution(("solution.cpp",), "solution.cpp")


def test_files() -> None:
    files = {"test_a.py": "import solution", "data/x.txt": "1", "conftest.py": ""}
    assert read({**PYTEST, "files": files}).checks == FileChecks(files)


def test_solution_files() -> None:
    task = read({**ASSERT, "solution_files": ["lib.py", "app.py"], "main": "app.py"})
    assert task.solution == Solution(("lib.py", "app.py"), "app.py", named=True)
    assert task.solution.module == "app"
    assert not read({**ASSERT, "solution_files": ["lib.py"]}).solution.named


def test_a_continuation() -> None:
    raw = {**ASSERT, "completion_style": "continuation", "prompt": "def f(x):\n"}
    assert read(raw).prompt == "def f(x):\n"


def test_limits_and_weights() -> None:
    limits = {"cpu_s": 2, "memory_mb": 64, "output_bytes": 1024, "idle_s": 0.5}
    task = read({**STDIO, "limits": limits, "weights": {"tests": 0, "security": 0.5}})
    assert task.limits == Limits(2.0, 64 << 20, 1024, 0.5)
    assert task.weights == Weights(0.0, 0.0, 0.5)
    assert task.scans_security


CASE = {"args": [1], "expected": 2}
JUDGE = "def check(output): return True"


@pytest.mark.parametrize(
    ("raw", "reason", "pointer"),
    [
        # What a mode needs, and what it does not use.
        ({"mode": "assert"}, "missing_field", ""),
        ({"mode": "function", "entry_point": "f"}, "missing_field", ""),
        ({"mode": "function", "cases": [CASE]}, "missing_field", ""),
        ({"mode": "stdio"}, "missing_field", ""),
        ({"mode": "unittest"}, "missing_field", ""),
        ({**ASSERT, "cases": [CASE]}, "field_not_used", "/cases"),
        ({**ASSERT, "judge": JUDGE}, "field_not_used", "/judge"),
        ({**ASSERT, "literals": False}, "field_not_used", "/literals"),
        ({**FUNCTION, "tests": "assert 1"}, "field_not_used", "/tests"),
        ({**FUNCTION, "setup": "x = 1"}, "field_not_used", "/setup"),
        ({**FUNCTION, "trust": "proxies"}, "field_not_used", "/trust"),
        ({**STDIO, "entry_point": "f"}, "field_not_used", "/entry_point"),
        ({**STDIO, "isolate": True}, "field_not_used", "/isolate"),
        ({**PYTEST, "compare": {}}, "field_not_used", "/compare"),
        ({**PYTEST, "entry_point": "f"}, "field_not_used", "/entry_point"),
        ({**STDIO, "prompt": "x"}, "field_not_used", "/prompt"),
        ({**STDIO, "completion_style": "continuation"}, "missing_field", ""),
        # Languages.
        ({**ASSERT, "language": "cpp"}, "conflict", "/language"),
        ({**FUNCTION, "language": "cpp"}, "conflict", "/language"),
        ({**STDIO, "cpp_standard": "c++17"}, "field_not_used", "/cpp_standard"),
        ({**STDIO, "language": "cpp", "runtime": "numpy"}, "conflict", "/runtime"),
        ({**STDIO, "language": "cpp", "report_security": True}, "conflict", "/report_security"),
        (
            {**STDIO, "language": "cpp", "weights": {"security": 1}},
            "conflict",
            "/weights/security",
        ),
        # Names.
        ({**ASSERT, "entry_point": "def"}, "bad_name", "/entry_point"),
        ({**ASSERT, "entry_point": "f\n"}, "bad_name", "/entry_point"),
        ({**ASSERT, "entry_point": ["f", "f"]}, "bad_name", "/entry_point/1"),
        ({**ASSERT, "entry_point": ["f", "S.g"]}, "bad_name", "/entry_point/1"),
        ({**ASSERT, "entry_point": "S.g"}, "bad_name", "/entry_point"),
        ({**FUNCTION, "entry_point": "S.class"}, "bad_name", "/entry_point"),
        ({**FUNCTION, "entry_point": ["f", "g"]}, "missing_field", "/cases/0"),
        (one(entry_point="g", expected=1), "conflict", "/cases/0/entry_point"),
        (one(kwargs={"a b": 1}, expected=1), "bad_name", "/cases/0/kwargs"),
        ({**ASSERT, "solution_files": ["../a.py"]}, "bad_name", "/solution_files/0"),
        ({**ASSERT, "solution_files": ["a/b.py"]}, "bad_name", "/solution_files/0"),
        ({**ASSERT, "solution_files": ["a.txt"]}, "bad_name", "/solution_files/0"),
        ({**ASSERT, "solution_files": ["a b.py"]}, "bad_name", "/solution_files/0"),
        ({**ASSERT, "solution_files": ["class.py"]}, "bad_name", "/solution_files/0"),
        ({**ASSERT, "solution_files": ["random.py"]}, "bad_name", "/solution_files/0"),
        ({**ASSERT, "solution_files": ["__main__.py"]}, "bad_name", "/solution_files/0"),
        ({**ASSERT, "solution_files": ["a.py", "A.py"]}, "bad_name", "/solution_files/1"),
        ({**ASSERT, "solution_files": ["a.py"], "main": "b.py"}, "conflict", "/main"),
        ({**STDIO, "language": "cpp", "main": "a.cpp"}, "field_not_used", "/main"),
        (
            {**STDIO, "language": "cpp", "solution_files": ["-o.cpp"]},
            "bad_name",
            "/solution_files/0",
        ),
        ({**STDIO, "language": "cpp", "solution_files": ["a.h"]}, "bad_name", "/solution_files"),
        ({**PYTEST, "files": {"/etc/test_a.py": ""}}, "bad_name", "/files/~1etc~1test_a.py"),
        ({**PYTEST, "files": {"../test_a.py": ""}}, "bad_name", "/files/..~1test_a.py"),
        ({**PYTEST, "files": {"a//test_a.py": ""}}, "bad_name", "/files/a~1~1test_a.py"),
        ({**PYTEST, "files": {"test_a.py\n": ""}}, "bad_name", "/files/test_a.py\n"),
        ({**PYTEST, "files": {"test_a.py": "", "a": "", "a/b": ""}}, "bad_name", "/files"),
        ({**PYTEST, "files": {"test_a.py": "", "Test_a.py": ""}}, "bad_name", "/files/Test_a.py"),
        (
            {**PYTEST, "files": {"test_a.py": "", "solution.py": ""}},
            "conflict",
            "/files/solution.py",
        ),
        (
            {**PYTEST, "files": {"test_a.py": "", "solution/__init__.py": ""}},
            "conflict",
            "/files/solution~1__init__.py",
        ),
        ({**PYTEST, "files": {"tests.py": ""}}, "no_test_file", "/files"),
        ({"mode": "unittest", "files": {"a_test.py": ""}}, "no_test_file", "/files"),
        # Texts.
        ({**ASSERT, "tests": "assert '\0'"}, "bad_text", "/tests"),
        ({**ASSERT, "tests": ["assert '\ud800'"]}, "bad_text", "/tests/0"),
        ({**ASSERT, "tests": [{"program": "\0"}]}, "bad_text", "/tests/0/program"),
        ({**ASSERT, "setup": "\0"}, "bad_text", "/setup"),
        ({**STDIO, "judge": "\0", "cases": [{}]}, "bad_text", "/judge"),
        ({**STDIO, "cases": [{"stdout": "\ud800"}]}, "bad_text", "/cases/0/stdout"),
        ({**PYTEST, "files": {"test_a.py": "\0"}}, "bad_text", "/files/test_a.py"),
        (
            {**STDIO, "completion_style": "continuation", "prompt": "\0"},
            "bad_text",
            "/prompt",
        ),
        ({**ASSERT, "tests": ["#" * (2 << 20)] * 3}, "too_large", "/tests"),
        # Cases.
        (one(args=[1]), "missing_field", "/cases/0"),
        (one(expected=1, raises="E"), "conflict", "/cases/0/raises"),
        (one(raises="E\n"), "bad_name", "/cases/0/raises"),
        (one(args=[1], args_after=[]), "conflict", "/cases/0/args_after"),
        (one(stdin="1", expected=1), "field_not_used", "/cases/0/stdin"),
        ({**STDIO, "cases": [{"stdin": "1"}]}, "missing_field", "/cases/0"),
        ({**STDIO, "cases": [{"stdout": "1", "args": []}]}, "field_not_used", "/cases/0/args"),
        ({**FUNCTION, "judge": JUDGE, "compare": {}}, "conflict", "/compare"),
        ({**one(compare={}), "judge": JUDGE}, "conflict", "/cases/0/compare"),
        ({**one(raises="E"), "judge": JUDGE}, "conflict", "/cases/0/raises"),
        ({**one(args_after=[]), "judge": JUDGE}, "conflict", "/cases/0/args_after"),
        # Literals.
        ({**one(args=["f()"], expected=1), "literals": True}, "bad_literal", "/cases/0/args/0"),
        ({**one(expected=[1]), "literals": True}, "bad_literal", "/cases/0/expected"),
        ({**one(expected="x"), "literals": True}, "bad_literal", "/cases/0/expected"),
        (
            {**one(kwargs={"k": "("}, expected="1"), "literals": True},
            "bad_literal",
            "/cases/0/kwargs/k",
        ),
        # Comparison.
        ({**FUNCTION, "compare": {"method": "tokens"}}, "conflict", "/compare/method"),
        ({**STDIO, "compare": {"method": "approx"}}, "conflict", "/compare/method"),
        ({**FUNCTION, "compare": {"abs_tol": 1}}, "field_not_used", "/compare/abs_tol"),
        (
            {**FUNCTION, "compare": {"method": "unordered", "rel_tol": 0.1}},
            "field_not_used",
            "/compare/rel_tol",
        ),
        (
            {**STDIO, "compare": {"method": "lines", "abs_tol": 1}},
            "field_not_used",
            "/compare/abs_tol",
        ),
        ({**FUNCTION, "compare": {"depth": "any"}}, "field_not_used", "/compare/depth"),
        ({**FUNCTION, "compare": {"ignore_case": True}}, "field_not_used", "/compare/ignore_case"),
        (one(expected=1, compare={"method": "lines"}), "conflict", "/cases/0/compare/method"),
        # Weights.
        ({**STDIO, "weights": {"tests": 0}}, "zero_weights", "/weights"),
        # A continuation is one file.
        (
            {
                **STDIO,
                "completion_style": "continuation",
                "prompt": "x",
                "solution_files": ["a.py", "b.py"],
            },
            "conflict",
            "/solution_files",
        ),
    ],
)
def test_refusals(raw: Any, reason: str, pointer: str) -> None:
    assert refusal(raw) == (reason, pointer)


@pytest.mark.parametrize(
    ("raw", "pointer"),
    [
        ({}, ""),
        ({"mode": "doctest"}, "/mode"),
        ({**STDIO, "case": []}, ""),
        ({**STDIO, "cases": []}, "/cases"),
        ({**STDIO, "cases": [{"stdout": "1"}] * 1001}, "/cases"),
        ({**STDIO, "cases": [{"stdout": 1}]}, "/cases/0/stdout"),
        ({**STDIO, "cases": [{"stdout": "1", "weight": 0}]}, "/cases/0/weight"),
        ({**STDIO, "limits": {"cpu_s": 0.04}}, "/limits/cpu_s"),
        ({**STDIO, "limits": {"cpu_s": 61}}, "/limits/cpu_s"),
        ({**STDIO, "limits": {"memory_mb": 63}}, "/limits/memory_mb"),
        ({**STDIO, "limits": {"memory_mb": 100.5}}, "/limits/memory_mb"),
        ({**STDIO, "limits": {"output_bytes": 1 << 27}}, "/limits/output_bytes"),
        ({**STDIO, "limits": {"idle_s": 31}}, "/limits/idle_s"),
        ({**STDIO, "weights": {"tests": -1}}, "/weights/tests"),
        ({**STDIO, "compare": {"rel_tol": 1}}, "/compare/rel_tol"),
        ({**STDIO, "runtime": "Numpy"}, "/runtime"),
        ({**STDIO, "cases": {}}, "/cases"),
    ],
)
def test_the_schema_refuses(raw: Any, pointer: str) -> None:
    assert refusal(raw) == ("schema_violation", pointer)


def test_messages_hold_no_ground_truth() -> None:
    secret = "s3cret"
    for raw in (
        {**one(expected=f"{secret}("), "literals": True},
        {**one(expected=f"{secret}()"), "literals": True},
        {**STDIO, "cases": [{"stdout": secret + "\ud800"}]},
        {**ASSERT, "tests": f"assert '{secret}\0'"},
    ):
        with pytest.raises(TaskError) as caught:
            read(raw)
        assert secret not in caught.value.message


def test_tasks_are_values() -> None:
    assert replace(read(STDIO), partial_credit=True) == read({**STDIO, "partial_credit": True})
