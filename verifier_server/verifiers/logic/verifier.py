"""The logic verifier's judgement: each task has a shape, and each shape a module of `tasks`.

Promises: `prepare` decides all that does not depend on a completion, and a judge is a
function of the completion alone, with a solver of its own.

Does not cover: validating the task by `task_schema.json`, done before `prepare`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from verifier_server.contract import Judge
from verifier_server.verifiers.logic.tasks import assignment, closed, conclusion, label, proof, smt

SHAPES: Mapping[str, Callable[[Mapping[str, Any]], Judge]] = {
    "label": label.prepare,
    "conclusion": conclusion.prepare,
    "closed": closed.prepare,
    "proof": proof.prepare,
    "assignment": assignment.prepare,
    "smt": smt.prepare,
}


def prepare(task: Mapping[str, Any]) -> Judge:
    """Makes a task that satisfies `task_schema.json` ready.

    Raises:
        TaskError: INVALID_TASK, a formula or a constraint of it cannot be read;
            BAD_GROUND_TRUTH, what it says is wrong, undecided or worth nothing.
    """
    return SHAPES[task["shape"]](task)
