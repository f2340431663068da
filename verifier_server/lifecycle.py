"""Whether the server takes new calls, and how many it still owes an answer.

Promises: a call is either refused at the door or counted until it has ended,
so that a drain can wait for exactly the calls that were taken.

Does not cover: what to do when the drain takes too long (`server.py`).
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Draining(Exception):
    """The server takes no new calls."""


class Lifecycle:
    """One event loop only."""

    def __init__(self) -> None:
        self.draining = asyncio.Event()
        self._drain_ends = 0.0
        self._calls = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @contextmanager
    def call(self) -> Iterator[None]:
        """Counts a call for the length of the block.

        Raises:
            Draining: the call came too late.
        """
        if self.draining.is_set():
            raise Draining
        self._calls += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._calls -= 1
            if not self._calls:
                self._idle.set()

    @property
    def calls(self) -> int:
        """Calls without an end."""
        return self._calls

    @property
    def grace_left_s(self) -> float:
        """Seconds until calls are cut short; 0 when the server is not draining."""
        return max(0.0, self._drain_ends - time.monotonic()) if self.draining.is_set() else 0.0

    async def drain(self, grace_s: float) -> bool:
        """Refuses new calls and waits for the others; False when `grace_s` was too short."""
        self._drain_ends = time.monotonic() + grace_s
        self.draining.set()
        try:
            async with asyncio.timeout(grace_s):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True
