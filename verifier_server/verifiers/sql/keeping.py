"""What a worker keeps between groups, by digest: databases and prepared tasks.

Promises: no more bytes than a capacity, the least recently used gone first; what is kept is never
changed by a judgement, so that a verdict is the same whether it was found or made anew.

Does not cover: sharing between workers: each builds its own.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol


class Kept(Protocol):
    """Something that is worth keeping."""

    @property
    def size(self) -> int:
        """Bytes that it holds."""
        ...

    def close(self) -> None:
        """Gives them back."""
        ...


class Shelf[T: Kept]:
    """Keeps up to `capacity` bytes. Not for several threads: a worker has one."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._items: OrderedDict[str, T] = OrderedDict()
        self._size = 0

    def get(self, key: str, make: Callable[[], T]) -> T:
        """What is kept under `key`, made if need be.

        It may be closed by any later call, except for the one that was asked for last:
        that one is kept however large it is.
        """
        found = self._items.get(key)
        if found is not None:
            self._items.move_to_end(key)
            return found
        made = make()
        self._items[key] = made
        self._size += made.size
        while self._size > self._capacity and len(self._items) > 1:
            _, oldest = self._items.popitem(last=False)
            self._size -= oldest.size
            oldest.close()
        return made
