"""Runs a coroutine to its end from code that is not asynchronous, even within a loop.

Promises: coroutines run one after another on one loop of this process, so that tasks, locks
and queues made by one are good for the next. Where that loop is already running (a call
back within a call), the coroutine gets a loop of its own.

Does not cover: concurrency between coroutines of the two processes.
"""

from collections.abc import Awaitable
from typing import Any

_own_loop: list[Any] = []


async def _await(awaitable: Awaitable[Any]) -> Any:
    return await awaitable


def run(awaitable: Awaitable[Any]) -> Any:
    """The result of an awaitable; raises what it raises."""
    import asyncio  # the zygote imported it; nothing else here needs it

    outer = asyncio._get_running_loop()
    if not _own_loop:
        _own_loop.append(asyncio.new_event_loop())
    loop = _own_loop[0]
    fresh = loop.is_running() or loop.is_closed()
    if fresh:
        loop = asyncio.new_event_loop()
    asyncio._set_running_loop(None)
    try:
        return loop.run_until_complete(_await(awaitable))
    finally:
        asyncio._set_running_loop(outer)
        if fresh:
            loop.close()
