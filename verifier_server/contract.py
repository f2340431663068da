"""The few types that every part of the service speaks.

Promises: a judgement (`Score`) and the lack of one (`ScoreError`) are different
types, and nothing here turns one into the other. Everything is immutable and
plain, so it can cross a process boundary as data.

Does not cover: the wire format (`proto/verifier/v1`), budgets and sandboxes
(`sandboxes/limits.py`), or how verifiers are found (`registry.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Protocol


class Verdict(StrEnum):
    """Why a completion got its score. Every verdict judges the completion."""

    CORRECT = "CORRECT"
    INCORRECT = "INCORRECT"
    PARTIAL = "PARTIAL"
    NO_ANSWER = "NO_ANSWER"
    MALFORMED = "MALFORMED"
    RUNTIME_ERROR = "RUNTIME_ERROR"
    TIME_LIMIT = "TIME_LIMIT"
    RESOURCE_LIMIT = "RESOURCE_LIMIT"
    POLICY_VIOLATION = "POLICY_VIOLATION"
    UNDECIDED = "UNDECIDED"


class ErrorCode(StrEnum):
    """Why there is no judgement. No error blames the completion."""

    INVALID_TASK = "INVALID_TASK"
    BAD_GROUND_TRUTH = "BAD_GROUND_TRUTH"
    VERIFIER_NOT_FOUND = "VERIFIER_NOT_FOUND"
    VERIFIER_FAULT = "VERIFIER_FAULT"
    SANDBOX_FAULT = "SANDBOX_FAULT"
    DEADLINE = "DEADLINE"
    CANCELLED = "CANCELLED"
    OVERLOADED = "OVERLOADED"


@dataclass(frozen=True, slots=True)
class Component:
    """One named part of a score.

    `value` is in [0,1]; `weight` is its share in the score's value and 0 for a
    part that only informs; `passed` of `total` sub-checks held (0 of 0 when
    there is nothing to count).
    """

    name: str
    value: float
    weight: float = 1.0
    passed: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """Bounded facts about one judgement.

    `extracted`, `message` and `facts` never reveal ground truth. `privileged`
    may, and is returned only to a caller that asks for the privileged view.
    """

    extracted: str = ""
    message: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    privileged: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """A judgement. `value` is in [0,1]; `passed` is what pass@k counts.

    `reason` is a stable slug within the verdict, documented by the verifier.
    """

    value: float
    passed: bool
    verdict: Verdict
    reason: str
    components: tuple[Component, ...] = ()
    diagnostics: Diagnostics = Diagnostics()

    def __post_init__(self) -> None:
        if not 0.0 <= self.value <= 1.0:  # also refuses NaN
            raise ValueError(f"a score's value must be in [0,1], not {self.value!r}")
        if self.passed and self.verdict is not Verdict.CORRECT:
            raise ValueError(f"a passed score must be CORRECT, not {self.verdict}")


@dataclass(frozen=True, slots=True)
class ScoreError:
    """There is no judgement. `message` is for a person and names the field."""

    code: ErrorCode
    reason: str
    message: str
    retryable: bool = False


class TaskError(Exception):
    """Raised by `prepare` when a task cannot be judged against.

    Args:
        code: INVALID_TASK or BAD_GROUND_TRUTH.
        reason: stable slug.
        message: what is wrong and what would be right.
        pointer: RFC 6901 JSON pointer to the part of the task at fault.
    """

    def __init__(self, code: ErrorCode, reason: str, message: str, pointer: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.pointer = pointer


class Judge(Protocol):
    """Judges completions against one prepared task.

    A pure function of its argument: no sockets, clocks, files or globals, and
    no state kept from one completion to the next. `completion` is the text
    decoded as UTF-8 with `surrogateescape`, so it may hold lone surrogates
    where the bytes were not UTF-8. Every completion gets a `Score`, unless the task
    turns out to be at fault (`TaskError`, for this completion); any other
    exception that escapes is reported as VERIFIER_FAULT, except `MemoryError`
    and `RecursionError`, which the completion caused (RESOURCE_LIMIT).
    """

    def __call__(self, completion: str) -> Score:
        """The score of one completion."""
        ...


class Implementation(Protocol):
    """What `Manifest.module` must offer at its top level.

    A module that says `EXACT_NUMBERS = True` gets the numbers of its task with a fraction or
    an exponent as `Decimal`, every digit kept; others get floats.
    """

    def prepare(self, task: Mapping[str, Any]) -> Judge:
        """Compiles a task, which already satisfies the task schema.

        Raises:
            TaskError: the ground truth cannot be used.
        """
        ...


# Of the server: what tasks may name by what it is called.
Folder = Literal["", "databases", "packs"]


class FolderImplementation(Protocol):
    """What `Manifest.module` must offer when the manifest names a `folder`."""

    def prepare(self, task: Mapping[str, Any], folder: Path | None) -> Judge:
        """Compiles a task, which already satisfies the task schema.

        Args:
            task: the task.
            folder: the server's folder of that name as a worker sees it, read-only; None
                when the server has none.

        Raises:
            TaskError: the ground truth cannot be used.
        """
        ...


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is known of a verifier without importing it.

    `module` is the dotted name of the module with `prepare`; only a jailed
    worker imports it. `package` is the package whose files, with `libraries`
    (distribution names), make the revision digest; the package holds
    `task_schema.json`. CPU limits are seconds for one completion.
    `cpu_exhausted` is the verdict for a completion whose check used up its
    budget: UNDECIDED where running out says nothing about the completion.
    `children` says that it runs code in disposable children, and so that `module`
    offers `bench.BenchImplementation`; its CPU limits are those of the children.
    `folder` names the folder of the server that it reads, "" for none; with one `module` offers
    `FolderImplementation`. `shares` has the dotted names of modules and packages of other
    verifiers that decide its verdicts as its own files do, and so belong to its digest.
    """

    name: str
    description: str
    version: str
    package: str
    module: str
    components: tuple[str, ...]
    libraries: tuple[str, ...] = ()
    default_cpu_s: float = 2.0
    max_cpu_s: float = 30.0
    cpu_exhausted: Verdict = Verdict.TIME_LIMIT
    children: bool = False
    folder: Folder = ""
    shares: tuple[str, ...] = ()
