"""A bound on the work of library code that has none of its own.

Promises: counts the Python functions that are entered (sys.monitoring, PEP 669) in
this thread, and stops the work at the limit. So the bound depends on the work, not on
the machine's speed or load.

Does not cover: time within one function of C, such as a product of two long integers:
the caller keeps numbers small. Not reentrant: one bounded call at a time in a process.
"""

import sys
import threading
from collections.abc import Callable
from types import CodeType

_TOOL = 4  # none of those with a fixed meaning
_STARTS = sys.monitoring.events.PY_START


class OutOfStepsError(BaseException):
    """The limit is reached. No Exception: the bounded code may catch those."""


def bounded[Result](limit: int, work: Callable[[], Result]) -> Result:
    """What `work` returns.

    Args:
        limit: how many functions may be entered.
        work: called without arguments.

    Raises:
        OutOfStepsError: the limit was reached first.
    """
    left = limit
    thread = threading.get_ident()

    def entered(code: CodeType, offset: int) -> None:
        nonlocal left
        if threading.get_ident() != thread:
            return
        left -= 1
        if left < 0:
            raise OutOfStepsError

    monitoring = sys.monitoring
    monitoring.use_tool_id(_TOOL, __name__)
    try:
        monitoring.register_callback(_TOOL, _STARTS, entered)
        monitoring.set_events(_TOOL, _STARTS)
        return work()
    finally:
        monitoring.set_events(_TOOL, 0)
        monitoring.register_callback(_TOOL, _STARTS, None)
        monitoring.free_tool_id(_TOOL)
