"""What the end of a piece of sandboxed work means: a score, or an error.

Promises: this is the only place where an ending becomes an outcome. What the
completion causes (its check ran out of CPU or memory) is a `Score` of value 0;
what the service, the verifier or the task causes is a `ScoreError`.

Does not cover: measuring (`sandboxes`), or the order of results (`scheduler.py`).
"""

from typing import Any

from sandboxes.limits import Ending, Outcome
from verifier_server.bounds import MAX_COMPLETION_BYTES
from verifier_server.contract import Diagnostics, ErrorCode, Manifest, Score, ScoreError, Verdict
from verifier_server.plain import MalformedAnswer, decode_score, decode_task_error

DEADLINE = ScoreError(
    ErrorCode.DEADLINE,
    "deadline",
    "the deadline came before this was judged; send it again with more time",
    retryable=True,
)
SHUTTING_DOWN = ScoreError(
    ErrorCode.OVERLOADED,
    "shutting_down",
    "the server stopped before this was judged; send it again",
    retryable=True,
)
_WORKER_LOST = ScoreError(
    ErrorCode.SANDBOX_FAULT,
    "worker_lost",
    "the sandbox died or hung more often than it is retried; send it again",
    retryable=True,
)
_EXCEPTION = ScoreError(
    ErrorCode.VERIFIER_FAULT,
    "exception",
    "the verifier raised an exception; the server's log says where",
)
INTERNAL = ScoreError(
    ErrorCode.SANDBOX_FAULT,
    "internal",
    "the server failed at this group; its log says where; send it again",
    retryable=True,
)
_CRASH = ScoreError(
    ErrorCode.VERIFIER_FAULT,
    "crash",
    "the verifier's process died each time it judged this; the server's log has the signal",
)
CONTRACT_BROKEN = ScoreError(
    ErrorCode.VERIFIER_FAULT,
    "contract",
    "the verifier's answer breaks the contract; the server's log says how",
)
_TASK_BUDGET = ScoreError(
    ErrorCode.BAD_GROUND_TRUTH,
    "task_budget",
    "task: preparing it exceeded the budget of CPU or memory; make the ground truth simpler",
)
_FAULTS = {
    Ending.RAISED: _EXCEPTION,
    Ending.CRASHED: _CRASH,
    Ending.LOST: _WORKER_LOST,
    Ending.EXPIRED: DEADLINE,
}

TOO_LARGE = Score(
    0.0,
    passed=False,
    verdict=Verdict.RESOURCE_LIMIT,
    reason="completion_too_large",
    diagnostics=Diagnostics(message=f"longer than {MAX_COMPLETION_BYTES} bytes"),
)
_MEMORY = Score(
    0.0,
    passed=False,
    verdict=Verdict.RESOURCE_LIMIT,
    reason="memory_limit",
    diagnostics=Diagnostics(message="checking it took more memory or stack than allowed"),
)


def setup_error(setup: Outcome) -> ScoreError | None:
    """Why a group cannot be judged at all; None when its task is ready.

    Raises:
        MalformedAnswer: the worker's reply is not one.
    """
    match setup.ending:
        case Ending.DONE:
            return _read_reply(setup.value)
        case Ending.CPU_LIMIT | Ending.MEMORY_LIMIT:
            return _TASK_BUDGET
        case ending:
            return _FAULTS[ending]


def item_outcome(item: Outcome, manifest: Manifest) -> Score | ScoreError:
    """The score of one completion, or why there is none.

    Raises:
        MalformedAnswer: the worker's answer is not a score.
    """
    match item.ending:
        case Ending.DONE if isinstance(item.value, dict) and "error" in item.value:
            return decode_task_error(item.value["error"])
        case Ending.DONE:
            return decode_score(item.value, manifest.components)
        case Ending.CPU_LIMIT:
            return Score(
                0.0,
                passed=False,
                verdict=manifest.cpu_exhausted,
                reason="cpu_limit",
                diagnostics=Diagnostics(message="the check used up its CPU budget"),
            )
        case Ending.MEMORY_LIMIT:
            return _MEMORY
        case ending:
            return _FAULTS[ending]


def _read_reply(reply: Any) -> ScoreError | None:
    if not isinstance(reply, dict):
        raise MalformedAnswer("the reply to a task is not a mapping")
    if "error" in reply:
        return decode_task_error(reply["error"])
    if reply.get("ok") is not True:
        raise MalformedAnswer("the reply to a task is neither ok nor an error")
    return None
