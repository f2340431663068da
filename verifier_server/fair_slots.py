"""A semaphore whose waiters take turns by key.

Promises: keys with waiters are served round robin, and the waiters of one key
first come, first served. A waiter that is cancelled loses its place and leaks
no slot.

Does not cover: limits on how many may wait (`admission.py`).
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class FairSlots:
    """`count` slots, to be held by at most as many at a time. One event loop only."""

    def __init__(self, count: int) -> None:
        if count < 1:
            raise ValueError(f"at least one slot is needed, not {count}")
        self.count = count
        self._free = count
        # Keys in the order of their turns; a key without waiters is absent.
        self._waiters: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def hold(self, key: str) -> AsyncIterator[None]:
        """Waits for the key's turn and holds a slot for the length of the block."""
        await self._acquire(key)
        try:
            yield
        finally:
            self._release()

    @property
    def spare(self) -> int:
        """Slots beside one's own that nobody holds or waits for."""
        return 0 if self._waiters else max(0, self._free - 1)

    def waiting(self, key: str) -> int:
        """Waiters of one key."""
        return len(self._waiters.get(key, ()))

    def ahead_of(self, key: str) -> int:
        """How many waiters a newcomer of `key` would see served before itself.

        Round robin gives each other key at most as many turns as this key has,
        its newcomer's included.
        """
        own = self.waiting(key)
        others = (len(queue) for name, queue in self._waiters.items() if name != key)
        return own + sum(min(own + 1, count) for count in others)

    async def _acquire(self, key: str) -> None:
        if self._free and not self._waiters:
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiters.setdefault(key, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._release()  # the slot was given in the same tick
            else:
                self._forget(key, turn)
            raise

    def _release(self) -> None:
        self._free += 1
        while self._free and self._waiters:
            key, queue = self._waiters.popitem(last=False)
            turn = queue.popleft()
            if queue:
                self._waiters[key] = queue  # to the end of the round
            if not turn.done():
                self._free -= 1
                turn.set_result(None)

    def _forget(self, key: str, turn: asyncio.Future[None]) -> None:
        queue = self._waiters.get(key)
        if queue is None or turn not in queue:
            return
        queue.remove(turn)
        if not queue:
            del self._waiters[key]
