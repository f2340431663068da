"""sympy at work: bounded by a count, and the same work whatever was done before.

Promises: `attempt` counts the Python functions that are entered (sys.monitoring, PEP 669)
in this thread, and gives the work up at a limit. So the bound depends on the work, not on
the machine's speed or load, nor on what was judged before (`fresh`).

Does not cover: time within one function of C, such as a product of two long integers:
the caller keeps numbers small. Not reentrant: one attempt at a time in a process.
"""

import sys
import threading
from collections.abc import Callable
from types import CodeType

from verifier_server.verifiers.math.limits import MAX_STEPS
from verifier_server.verifiers.math.values.fresh import forget

Spend = Callable[[int], None]

_TOOL = 4  # none of those with a fixed meaning
_STARTS = sys.monitoring.events.PY_START
# The interpreter's own modules: importing, and abstract base classes, keep what they found.
_INTERPRETER = "<frozen"


class _OutOfStepsError(BaseException):
    """The limit is reached. No Exception: the bounded code may catch those."""


def freely(cost: int) -> None:
    """A budget without end."""


def attempt[Result](
    work: Callable[[], Result], spend: Spend = freely, limit: int = MAX_STEPS
) -> Result | None:
    """What `work` returns; None where it takes too many steps, or sympy fails.

    Args:
        work: called without arguments.
        spend: takes the number of steps that were made, each a microsecond more or less.
        limit: how many functions may be entered.

    Raises:
        TooBigError: by `spend` alone.
    """
    left = limit
    thread = threading.get_ident()

    def entered(code: CodeType, offset: int) -> None:
        nonlocal left
        if threading.get_ident() != thread or code.co_filename.startswith(_INTERPRETER):
            return
        left -= 1
        if left < 0:
            raise _OutOfStepsError

    forget()
    monitoring = sys.monitoring
    monitoring.use_tool_id(_TOOL, __name__)
    try:
        monitoring.register_callback(_TOOL, _STARTS, entered)
        monitoring.set_events(_TOOL, _STARTS)
        result = work()
    except MemoryError:
        raise
    except (Exception, _OutOfStepsError):
        # What sympy raises on input that it cannot handle is not to be foreseen, and none
        # of it says that two answers differ.
        result = None
    finally:
        monitoring.set_events(_TOOL, 0)
        monitoring.register_callback(_TOOL, _STARTS, None)
        monitoring.free_tool_id(_TOOL)
    spend(limit - max(left, 0))
    return result
