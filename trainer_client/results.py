"""What goes to the service and what comes back, as plain frozen data.

Promises: a judgement (`Score`) and the lack of one (`ScoreError`) are different
types, as they are on the wire, and nothing here turns one into the other;
everything pickles.

Does not cover: how these travel (`codec.py`), and what failed as a whole call
(`errors.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class View(StrEnum):
    """How much detail the service returns.

    NONE is the smallest answer. SUMMARY adds what was extracted and timings.
    PRIVILEGED adds ground truth: never show it to the policy being trained.
    """

    NONE = "none"
    SUMMARY = "summary"
    PRIVILEGED = "privileged"


@dataclass(frozen=True, slots=True)
class Group:
    """One task with its completions.

    `verifier` names the reward function. `task` is the ground truth and its
    parameters: a mapping that JSON can hold, or JSON text as bytes, which are
    sent as they are. A completion is text, or bytes where the text is not valid
    UTF-8. `id` is echoed in the result, at most 128 bytes.
    """

    verifier: str
    task: Mapping[str, Any] | bytes
    completions: Sequence[str | bytes]
    id: str = ""


@dataclass(frozen=True, slots=True)
class Component:
    """One named part of a score; `passed` of `total` sub-checks held."""

    name: str
    value: float
    weight: float
    passed: int
    total: int


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """Bounded facts about one judgement; empty with `View.NONE`."""

    extracted: str = ""
    message: str = ""
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds: waiting for a worker, wall time of the check, CPU of the check."""

    queue_s: float
    execute_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Score:
    """A judgement.

    `value` is in [0,1]; `passed` is what pass@k counts; `verdict` is a name
    such as "CORRECT"; `reason` is a stable slug within the verdict.
    """

    value: float
    passed: bool
    verdict: str
    reason: str
    components: tuple[Component, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoreError:
    """There is no judgement.

    `code` is a name such as "INVALID_TASK", `reason` a stable slug within it,
    `message` names the field at fault. `retryable`: the same request may succeed.
    """

    code: str
    reason: str
    message: str
    retryable: bool


@dataclass(frozen=True, slots=True)
class CompletionResult:
    """The outcome for one completion.

    `attempts` counts the workers it was given to. `deduplicated` is true for the
    copy of an identical completion's result. `timings` is None with `View.NONE`.
    """

    outcome: Score | ScoreError
    diagnostics: Diagnostics = Diagnostics()
    timings: Timings | None = None
    attempts: int = 0
    deduplicated: bool = False

    @property
    def score(self) -> Score | None:
        """The judgement, or None where there is none."""
        return self.outcome if isinstance(self.outcome, Score) else None

    @property
    def error(self) -> ScoreError | None:
        """Why there is no judgement, or None where there is one."""
        return self.outcome if isinstance(self.outcome, ScoreError) else None


@dataclass(frozen=True, slots=True)
class GroupResult:
    """The results of one group, in the order of its completions, and as many.

    `error` is set when the group failed as a whole; every result then holds it.
    `revision_digest` names the revision that judged: keep it with the rollout.
    """

    id: str
    results: tuple[CompletionResult, ...]
    error: ScoreError | None = None
    revision_digest: str = ""


@dataclass(frozen=True, slots=True)
class VerifierInfo:
    """One verifier as the server describes it; CPU limits are seconds."""

    name: str
    description: str
    digest: str
    version: str
    task_schema: str
    components: tuple[str, ...]
    default_cpu_limit_s: float
    max_cpu_limit_s: float
    libraries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """The server: versions, what contains hostile work, and its limits."""

    version: str
    server_id: str
    sandbox: str
    workers: int
    max_request_bytes: int
    max_groups: int
    max_completions: int
    max_completion_bytes: int
    max_task_bytes: int
    versions: tuple[tuple[str, str], ...]
