"""What a person sees while a run goes on.

Promises: in a terminal, a bar a phase and a live line under the training bar;
elsewhere (a file, CI), a plain line when a phase starts and ends, and every few
steps. Nothing of a completion is printed.

Does not cover: the record of a run (`metrics.jsonl`) or the report.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

_NO_BAR = TaskID(0)
PLAIN_EVERY = 10  # units between two lines where there is no terminal


class Display:
    """Bars with one line of text below them, redrawn in place."""

    def __init__(self, console: Console) -> None:
        self.bars = Progress(
            TextColumn("{task.description:<22}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
        )
        self.note = Text(overflow="ellipsis", no_wrap=True)
        self.live = Live(Group(self.bars, self.note), console=console)


@dataclass
class Phase:
    """One phase of a run: `advance` it by what is done, with a note to show."""

    total: int
    console: Console
    plain_every: int = PLAIN_EVERY
    display: Display | None = None
    bar: TaskID = _NO_BAR
    done: int = field(default=0, init=False)

    def advance(self, count: int = 1, note: str = "") -> None:
        """Adds `count` to what is done; `note` becomes the live line."""
        self.done += count
        if self.display is not None:
            self.display.bars.update(self.bar, advance=count)
            self.display.note.plain = note
        elif note and (self.done % self.plain_every == 0 or self.done == self.total):
            line = f"  {self.done}/{self.total}  {note}"
            self.console.print(line, highlight=False, markup=False, soft_wrap=True)


class RunProgress:
    """The phases of one run, on one console. A context manager."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._display = Display(console) if console.is_terminal else None

    def __enter__(self) -> Self:
        if self._display is not None:
            self._display.live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._display is not None:
            self._display.note.plain = ""
            self._display.live.stop()

    @contextmanager
    def phase(self, title: str, total: int, plain_every: int = PLAIN_EVERY) -> Iterator[Phase]:
        """One phase of `total` units, shown from now until the context ends.

        `plain_every` is the number of units between two lines where there is no terminal.
        """
        if self._display is not None:
            bar = self._display.bars.add_task(title, total=total)
            yield Phase(total, self._console, plain_every, self._display, bar)
            self._display.note.plain = ""
            return
        started = time.monotonic()
        self.say(f"{title} ...")
        yield Phase(total, self._console, plain_every)
        self.say(f"{title}: {time.monotonic() - started:.1f} s")

    def say(self, text: str) -> None:
        """Prints a line, above the bars where there are any."""
        self._console.print(text, highlight=False, markup=False, soft_wrap=True)
