"""The one place where a run waits: for bytes, for ends, and for silence.

Promises: `step` waits once, hands every ready descriptor to its source, and keeps
`idle_s`: the seconds that nobody used although nobody waited for us. Time in which
this process had something to do, or was kept from running, never counts, so the
figure does not depend on load.

Does not cover: what follows from it (`candidate.py` kills what is silent).
"""

import select
from collections.abc import Callable
from typing import Protocol

from sandboxes.children import Children

READ = select.POLLIN
WRITE = select.POLLOUT


class Source(Protocol):
    """Something that wants to read or write a descriptor when that does not block."""

    def fileno(self) -> int:
        """The descriptor, which stays the same while the source is in a loop."""
        ...

    def interest(self) -> int:
        """READ, WRITE, both, or 0 where nothing is wanted now."""
        ...

    def ready(self) -> None:
        """Does what can be done without blocking."""
        ...


class Loop:
    """Waits for a set of sources and for the ends of children."""

    def __init__(self, children: Children) -> None:
        self.children = children
        self.idle_s = 0.0
        self._sources: list[Source] = []
        self._rules: list[Callable[[], None]] = []
        children.reset_quiet()

    def add(self, source: Source) -> None:
        """Starts watching a source."""
        self._sources.append(source)

    def discard(self, source: Source) -> None:
        """Stops watching a source; one that is not watched is left alone."""
        if source in self._sources:
            self._sources.remove(source)

    def add_rule(self, rule: Callable[[], None]) -> None:
        """Adds what is to be looked at after every wait."""
        self._rules.append(rule)

    def discard_rule(self, rule: Callable[[], None]) -> None:
        """Takes a rule back."""
        self._rules.remove(rule)

    def reset_idle(self) -> None:
        """Begins to count silence anew."""
        self.idle_s = 0.0
        self.children.reset_quiet()

    def step(self) -> None:
        """Waits until something happened, and deals with it."""
        interest: dict[int, int] = {}
        sources: dict[int, list[Source]] = {}
        for source in self._sources:
            mask = source.interest()
            if mask:
                number = source.fileno()
                interest[number] = interest.get(number, 0) | mask
                sources.setdefault(number, []).append(source)
        before = self.children.quiet_s
        ready = self.children.wait(interest)
        quiet = self.children.quiet_s - before
        if quiet > 0 and not ready:
            # Silence is silence only if nothing came in that waits for us: this
            # process may have been kept from running while it was measured.
            ready = self.children.wait(interest, 0.0)
            if not ready:
                self.idle_s += quiet
        for number in ready:
            for source in sources.get(number, ()):
                source.ready()
        for rule in tuple(self._rules):
            rule()

    def run_until(self, done: Callable[[], bool]) -> None:
        """Steps until `done` says so."""
        while not done():
            self.step()
