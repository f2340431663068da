"""Values on both sides of a condition's boundary, found by asking SQLite.

Promises: for a condition on one column that computes with it (arithmetic, dates),
numbers or dates next to each other of which one satisfies it and the other does not,
where a grid over the usual range shows that it changes. Bounded: MAX_FLIPS
boundaries, ROUNDS refinements.

Does not cover: conditions that hold only at points that the grid misses.
"""

from collections.abc import Callable, Sequence
from datetime import date

from verifier_server.verifiers.sql.rows import Cell

MAX_FLIPS = 4
ROUNDS = 4
POINTS = 12  # between two that differ, in each round

_FIRST_DAY = date(1900, 1, 1).toordinal()
_LAST_DAY = date(2035, 1, 1).toordinal()
_DAYS = 600  # between two dates of the grid
_NUMBERS: tuple[float, ...] = (
    -1000, -100, -10, -1, 0, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000,
    10_000, 50_000, 100_000, 500_000, 1_000_000, 10_000_000, 1_000_000_000,
)  # fmt: skip

Ask = Callable[[Sequence[Cell]], Sequence[bool]]


def of_numbers(ask: Ask, *, whole: bool, text: bool) -> list[Cell]:
    """Numbers at the boundaries; integers if `whole`, as decimal texts if `text`."""

    def cell(place: float) -> Cell:
        value: int | float = int(place) if whole or place == int(place) else round(place, 4)
        return str(value) if text else value

    least = 1.0 if whole else 0.01
    return _search(ask, _NUMBERS, cell, least)


def of_dates(ask: Ask, tail: str) -> list[Cell]:
    """Dates at the boundaries, ISO 8601 followed by `tail`."""

    def cell(place: float) -> Cell:
        return date.fromordinal(int(place)).isoformat() + tail

    return _search(ask, range(_FIRST_DAY, _LAST_DAY, _DAYS), cell, 1.0)


def _search(
    ask: Ask, grid: Sequence[float], cell: Callable[[float], Cell], least: float
) -> list[Cell]:
    truths = ask([cell(place) for place in grid])
    flips = [
        (grid[i], grid[i + 1]) for i in range(len(grid) - 1) if truths[i] is not truths[i + 1]
    ][:MAX_FLIPS]
    found: list[Cell] = []
    for low, high in flips:
        for _ in range(ROUNDS):
            if high - low <= least:
                break
            step = max(least, (high - low) / (POINTS + 1))
            inner = [low, *(low + step * i for i in range(1, POINTS + 1) if low + step * i < high)]
            inner.append(high)
            told = ask([cell(place) for place in inner])
            place = next((i for i in range(len(inner) - 1) if told[i] is not told[i + 1]), None)
            if place is None:
                break
            low, high = inner[place], inner[place + 1]
        span = max(least, (high - low))
        found.extend(cell(place) for place in (low, high, low - 40 * span, high + 40 * span))
    return list(dict.fromkeys(found))
