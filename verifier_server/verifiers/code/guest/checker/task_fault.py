"""What is wrong with a task, as the checker finds it.

Promises: one exception type for it, which becomes the `task_error` of an answer.

Does not cover: faults of a candidate (`answers.py`).
"""

from typing import Any

from .protocol import MAX_TEXT

INVALID_TASK = "INVALID_TASK"
BAD_GROUND_TRUTH = "BAD_GROUND_TRUTH"


class TaskFault(Exception):
    """The task cannot be judged against.

    Args:
        code: `INVALID_TASK` or `BAD_GROUND_TRUTH`.
        reason: stable slug.
        message: for the task's author; may quote the task.
        pointer: RFC 6901 JSON pointer to the field at fault.
    """

    def __init__(self, code: str, reason: str, message: str, pointer: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.pointer = pointer

    def frame(self) -> dict[str, Any]:
        """As in an answer."""
        return {
            "code": self.code,
            "reason": self.reason,
            "message": self.message[:MAX_TEXT],
            "pointer": self.pointer,
        }


def syntax_fault(error: Exception, pointer: str) -> TaskFault:
    """For a part of the task that does not compile."""
    line = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
    said = error.msg if isinstance(error, SyntaxError) else str(error) or type(error).__name__
    return TaskFault(INVALID_TASK, "syntax_error", f"this does not compile{line}: {said}", pointer)


def describe(error: BaseException) -> str:
    """An exception's class and text, bounded; survives a text that cannot be had."""
    try:
        said = str(error)
    except BaseException:
        said = "(its text cannot be had)"
    return f"{type(error).__name__}: {said}"[:MAX_TEXT]
