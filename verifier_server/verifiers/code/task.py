"""A task of the code verifier as typed, frozen data.

Promises: a `Task` that `read_task` (`rules.py`) returned keeps every rule of
`task_schema.json` and every rule between its fields, so that whoever runs it
checks nothing again. Defaults are filled in. What belongs to one mode alone is
in that mode's own class, `Task.checks`: match on its type.

Does not cover: whether the server offers the runtime, language or trust that a
task asks for (`verifier.py`), and whether the task's programs run (`guest/`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any

STDLIB = "stdlib"
MIB = 1 << 20


class Mode(StrEnum):
    """How a completion is checked."""

    ASSERT = "assert"
    FUNCTION = "function"
    STDIO = "stdio"
    PYTEST = "pytest"
    UNITTEST = "unittest"


class Language(StrEnum):
    """What the completion is written in."""

    PYTHON = "python"
    CPP = "cpp"


class Method(StrEnum):
    """How an output is compared. The first four are of function cases, the rest of stdio."""

    EXACT = "exact"  # of both
    APPROX = "approx"
    UNORDERED = "unordered"
    SET = "set"
    TOKENS = "tokens"
    LINES = "lines"


@dataclass(frozen=True, slots=True)
class Limits:
    """Budgets of one child: CPU seconds, bytes of address space, bytes of output.

    `output_bytes` counts standard output and error together; `idle_s` is how
    long nothing may be runnable while the candidate is the one to go on.
    """

    cpu_s: float = 10.0
    memory_bytes: int = 512 * MIB
    output_bytes: int = 4 * MIB
    idle_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Weights:
    """Shares of the components in a score's value; not all 0."""

    tests: float = 1.0
    compiles: float = 0.0
    security: float = 0.0


@dataclass(frozen=True, slots=True)
class Compare:
    """How one output is compared with what was expected.

    `abs_tol` and `rel_tol` are both 0 where there is no tolerance.
    `any_depth` extends `unordered` from the outermost list to all. `literals`:
    the expected value was a Python literal, so that a tuple is no list.
    """

    method: Method
    abs_tol: float = 0.0
    rel_tol: float = 0.0
    any_depth: bool = False
    ignore_case: bool = False
    literals: bool = False


@dataclass(frozen=True, slots=True)
class Solution:
    """The files that a completion must hold.

    `main` is one of `files`: the module whose names are tested, or the script
    that is run. With `named` the completion's blocks carry file names; else
    there is one file and its block needs none.
    """

    files: tuple[str, ...]
    main: str
    named: bool = False

    @property
    def module(self) -> str:
        """The name under which tests import `main`."""
        return PurePosixPath(self.main).stem


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """A function `name`, or the method `method` of a fresh `name()` (LeetCode's Solution)."""

    name: str
    method: str | None = None

    def __str__(self) -> str:
        return self.name if self.method is None else f"{self.name}.{self.method}"


@dataclass(frozen=True, slots=True)
class AssertProgram:
    """One test of `assert` mode: Python source, and its weight in partial credit."""

    source: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class AssertChecks:
    """Programs that call the candidate and assert.

    `single`: the task gave one program, not a list; then each assert statement
    that ran counts for partial credit. `setup` runs before the programs.
    Without `entry_points`, the free names of the programs are looked up.
    """

    programs: tuple[AssertProgram, ...]
    single: bool
    setup: str
    entry_points: tuple[EntryPoint, ...]


@dataclass(frozen=True, slots=True)
class Returns:
    """The value that a call must return: plain Python data."""

    value: Any


@dataclass(frozen=True, slots=True)
class Raises:
    """The exception that a call must raise: the name of its class or of one of its bases."""

    name: str


@dataclass(frozen=True, slots=True)
class FunctionCase:
    """One call and what must come of it.

    `expected` is None where a judge decides, or where only `args_after` counts:
    what the positional arguments must be after the call (None: not checked).
    The values are shared by all completions: hand out `call()`, never `args`.
    """

    entry_point: EntryPoint
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    expected: Returns | Raises | None
    args_after: tuple[Any, ...] | None
    compare: Compare
    weight: float = 1.0

    def call(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Fresh copies of args and kwargs, which a call may change in place."""
        return _fresh(self.args), {name: _fresh(value) for name, value in self.kwargs.items()}


@dataclass(frozen=True, slots=True)
class FunctionChecks:
    """Calls with inputs and expected outputs.

    `isolate`: a fresh child for each case; else one child keeps its state
    between the calls. `judge` is Python source with `check(...)`, or None.
    """

    cases: tuple[FunctionCase, ...]
    isolate: bool
    judge: str | None


@dataclass(frozen=True, slots=True)
class StdioCase:
    """One run: bytes of standard input, and the expected output (None: a judge decides)."""

    stdin: bytes
    stdout: bytes | None
    compare: Compare
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class StdioChecks:
    """Runs of the whole program, a child each. `judge` as in `FunctionChecks`."""

    cases: tuple[StdioCase, ...]
    judge: str | None


@dataclass(frozen=True, slots=True)
class FileChecks:
    """Test files by relative path, for pytest or unittest; they import the solution."""

    files: Mapping[str, str]


type Checks = AssertChecks | FunctionChecks | StdioChecks | FileChecks


@dataclass(frozen=True, slots=True)
class Task:
    """What completions of a group are judged against.

    `prompt` is not None where completions are raw continuations of it
    (`completion_style: continuation`). `in_process`: the task accepts the lower
    trust of a candidate in the tests' own process.
    """

    mode: Mode
    language: Language
    cpp_standard: str
    solution: Solution
    prompt: str | None
    checks: Checks
    runtime: str = STDLIB
    limits: Limits = field(default_factory=Limits)
    partial_credit: bool = False
    weights: Weights = field(default_factory=Weights)
    report_security: bool = False
    in_process: bool = False

    @property
    def scans_security(self) -> bool:
        """Whether the static scan is asked for."""
        return self.report_security or self.weights.security > 0


def _fresh(value: Any) -> Any:
    """A copy of plain data down to its last container; recursion is bounded by the rules."""
    kind = type(value)
    if kind is list or kind is tuple:
        return kind(_fresh(item) for item in value)
    if kind is dict:
        return {_fresh(name): _fresh(item) for name, item in value.items()}
    return set(value) if kind is set else value
