"""Jails of disposable children, for the workers that use them.

Promises: every worker gets a link of its own to every jail, and nobody else's
children in reach. A jail that dies is started again; its links are dead then,
which the pool hears of, so that the workers that held them are replaced.

Does not cover: what is asked of a jail over a link (`children.py`), or what runs
in it (`disposable.py`).
"""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from sandboxes.availability import SandboxUnavailable
from sandboxes.config import ChildJail
from sandboxes.jail import Jail
from sandboxes.states import can_run

logger = logging.getLogger(__name__)

RESTART_SECONDS = 0.2  # wall time between two tries to start a dead jail again


async def all_or_first_error(work: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Waits for all of `work`, then raises the first error: nothing goes on behind its back."""
    for result in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result


class Nursery:
    """A fixed set of jails of children. All methods belong to one event loop.

    `on_death` is called each time that one of them died without being asked to.
    """

    def __init__(self, jails: Sequence[ChildJail], on_death: Callable[[], None]) -> None:
        self._settings = {each.name: each for each in jails}
        self._on_death = on_death
        self._jails: dict[str, Jail] = {}
        self._restarting: dict[str, asyncio.Task[None]] = {}
        self._closing = False

    @property
    def names(self) -> tuple[str, ...]:
        """The jails, in the order of their links."""
        return tuple(self._settings)

    async def start(self) -> None:
        """Starts all jails.

        Raises:
            SandboxUnavailable: one of them did not come up.
        """
        await all_or_first_error([self._start(name) for name in self._settings])

    async def _start(self, name: str) -> None:
        def died() -> None:
            if not self._closing:
                self._restarting[name] = asyncio.get_running_loop().create_task(self._restart(name))
                self._on_death()

        jail = Jail(self._settings[name], on_death=died)
        await jail.start()
        self._jails[name] = jail

    async def _restart(self, name: str) -> None:
        """Starts a jail again, for as long as that takes."""
        while not self._closing:
            if (old := self._jails.pop(name, None)) is not None:
                await old.stop()
            try:
                await self._start(name)
            except (SandboxUnavailable, OSError) as error:
                logger.error("the jail %r could not be started again: %s", name, error)
            if name in self._jails and self._jails[name].alive:
                return
            await asyncio.sleep(RESTART_SECONDS)

    async def links(self) -> list[socket.socket]:
        """One new link to each jail, in the order of `names`; waits for those being restarted.

        Raises:
            ConnectionError: a jail died meanwhile.
        """
        for task in list(self._restarting.values()):
            await asyncio.shield(task)
        found: list[socket.socket] = []
        try:
            for name in self._settings:
                jail = self._jails.get(name)
                if jail is None:
                    raise ConnectionResetError(f"there is no jail {name!r}")
                found.append(jail.link())
        except BaseException:
            for each in found:
                each.close()
            raise
        return found

    def runnable(self, children: Sequence[tuple[str, int]]) -> list[bool | None]:
        """Which of these (jail, pid in it) could run; None where the kernel does not tell."""
        return [
            can_run(jail.zygote, pid) if (jail := self._jails.get(name)) else False
            for name, pid in children
        ]

    def pids(self) -> list[int]:
        """Process ids of the jails, as this process sees them."""
        return sorted(jail.pid for jail in self._jails.values())

    async def close(self) -> None:
        """Ends all jails and everything in them."""
        self._closing = True
        for task in self._restarting.values():
            task.cancel()
        await asyncio.gather(*self._restarting.values(), return_exceptions=True)
        with contextlib.suppress(OSError):
            await asyncio.gather(*(jail.stop() for jail in self._jails.values()))
        self._jails.clear()
