"""What tests do that cannot reach a candidate in a process of its own.

Promises: programs that feed the candidate's standard input, capture its standard error,
or patch what it calls outside its own module are refused before any candidate is judged.
Run against proxies they would fail every right solution. What it prints does reach the
tests (`session.py`).

Does not cover: the same done in ways that cannot be told from the text.
"""

import ast
from collections.abc import Collection, Sequence

from .programs import Program
from .task_fault import INVALID_TASK, TaskFault

# Each runs what it is given, which must not be what a candidate returned.
RUNNING = frozenset({"compile", "eval", "exec"})
UNPICKLING = frozenset({"cloudpickle", "dill", "joblib", "marshal", "pickle", "shelve", "yaml"})
STREAMS = frozenset({"stdin", "stderr"})
# Modules that a candidate has of its own, so that patching the tests' does nothing.
SHARED = frozenset({"builtins", "os", "random", "sys", "time"})
OUTPUT = ("capfd", "capsys", "redirect_stdout", "sys.stdout")
ELSEWHERE = frozenset({"patch.dict", "monkeypatch.setenv", "monkeypatch.chdir"})


def require_reachable(program: Program, modules: Sequence[str]) -> None:
    """Raises `TaskFault` for the first thing found. `modules`: the candidate's, main first."""
    main, *others = modules
    constant = {
        id(node.func)
        for node in program.nodes
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)
    }
    for node in program.nodes:
        runs = _runs(node)
        if runs and id(node) not in constant:
            raise TaskFault(
                INVALID_TASK,
                "runs_results",
                f"line {getattr(node, 'lineno', 0)}: {runs} may run what a candidate returned "
                "beside the tests that judge it; compare the text, or parse it with "
                "ast.literal_eval (trust: in_process would allow it)",
                program.pointer,
            )
        what = _unreachable(node, modules) or _imported(node, others, main)
        if what:
            message = (
                f"line {getattr(node, 'lineno', 0)}: {what}, which does not reach a candidate in "
                "its own process (trust: in_process would)"
            )
            raise TaskFault(INVALID_TASK, "proxy_unsupported", message, program.pointer)


def _runs(node: ast.AST) -> str:
    """What a node names that runs data as code, or ""."""
    if isinstance(node, ast.Name) and node.id in RUNNING:
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        owner = node.value.id
        if (owner == "builtins" and node.attr in RUNNING) or (
            owner in UNPICKLING and node.attr in ("load", "loads", "Unpickler", "unsafe_load")
        ):
            return f"{owner}.{node.attr}"
    if isinstance(node, ast.ImportFrom) and node.module in UNPICKLING:
        names = [alias.name for alias in node.names]
        if {"load", "loads", "Unpickler", "*"} & set(names):
            return f"{node.module}.{names[0]}"
    return ""


def reads_output(programs: Collection[Program]) -> bool:
    """Whether programs may look at what the candidate prints."""
    return any(word in program.source for program in programs for word in OUTPUT)


def _unreachable(node: ast.AST, modules: Collection[str]) -> str:
    """What a node does that cannot work, or ""."""
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        owner = node.value.id if isinstance(node.value, ast.Name) else ""
        if owner == "builtins" or (owner == "sys" and node.attr in STREAMS):
            return f"{owner}.{node.attr} is set"
    if not isinstance(node, ast.Call):
        return ""
    name = ast.unparse(node.func) if isinstance(node.func, (ast.Name, ast.Attribute)) else ""
    if name.endswith("redirect_stderr") or name.removeprefix("mock.") in ELSEWHERE:
        return f"{name} is used"
    if name.rpartition(".")[2] in ("patch", "object", "setattr", "delattr") and node.args:
        return _patched(node.args, modules)
    return ""


def _imported(node: ast.AST, others: Collection[str], main: str) -> str:
    """Which file of a solution other than its main one a node imports, or ""."""
    if isinstance(node, ast.Import):
        names = [alias.name.partition(".")[0] for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and not node.level:
        names = [(node.module or "").partition(".")[0]]
    else:
        return ""
    found = [name for name in names if name in others and name != main]
    return f"{found[0]} is imported (only {main} can be)" if found else ""


def _patched(args: Sequence[ast.expr], modules: Collection[str]) -> str:
    """What a call of patch, patch.object or setattr changes out of reach, or ""."""
    first, *rest = args
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        root, _, path = first.value.partition(".")
        reached = root in modules or first.value == "sys.stdout" or not path
        return "" if reached else f"{first.value} is patched"
    if isinstance(first, ast.Name) and first.id in SHARED:
        attribute = rest[0].value if rest and isinstance(rest[0], ast.Constant) else None
        return "" if (first.id, attribute) == ("sys", "stdout") else f"{first.id} is patched"
    return ""
