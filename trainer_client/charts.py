"""Line and area charts as SVG text.

Promises: self-contained SVG without scripts or outside references, coloured by
CSS variables of the page (`--line-1` ...), so that it follows light and dark.
Every text in it is escaped. Points that are None leave a gap.

Does not cover: interaction, logarithmic axes, or dates.
"""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 460, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 18, 10, 28
_TICKS = 4
_SMOOTHING = 7  # points of the moving average drawn over the raw line
_COLOURS = 6


@dataclass(frozen=True, slots=True)
class Series:
    """A named line; one y for each x of the chart, None where there is none."""

    name: str
    values: Sequence[float | None]


def line_chart(
    xs: Sequence[float], series: Sequence[Series], *, label: str, percent: bool = False
) -> str:
    """Raw values faint, their moving average on top, from 0 up.

    Args:
        xs: ascending.
        series: at most six lines.
        label: says what is drawn, for a reader who cannot see it.
        percent: y is a share, and the axis runs to 100 %.
    """
    known = [value for each in series for value in each.values if value is not None]
    top = 1.0 if percent else _round_up(max(known, default=0.0))
    frame = _Frame(xs, top)
    parts = [frame.axes(percent)]
    for index, each in enumerate(series):
        colour = f"var(--line-{index % _COLOURS + 1})"
        parts.append(_path(frame, xs, each.values, colour, "raw"))
        parts.append(_path(frame, xs, _smooth(each.values), colour, "smooth"))
    return _svg(parts, label)


def area_chart(xs: Sequence[float], series: Sequence[Series], *, label: str) -> str:
    """Shares stacked to 100 %; None counts as nothing."""
    frame = _Frame(xs, 1.0)
    below = [0.0] * len(xs)
    parts = []
    for index, each in enumerate(series):
        above = [low + (value or 0.0) for low, value in zip(below, each.values, strict=True)]
        edge = [*zip(xs, above, strict=True), *reversed(list(zip(xs, below, strict=True)))]
        points = " ".join(f"{frame.x(x):.1f},{frame.y(y):.1f}" for x, y in edge)
        colour = f"var(--line-{index % _COLOURS + 1})"
        parts.append(f'<polygon class="area" points="{points}" fill="{colour}"/>')
        below = above
    parts.append(frame.axes(percent=True))
    return _svg(parts, label)


class _Frame:
    """Maps data to the drawing's coordinates."""

    def __init__(self, xs: Sequence[float], top: float) -> None:
        self._first = xs[0] if xs else 0.0
        self._span = (xs[-1] - self._first if xs else 0.0) or 1.0
        self._top = top

    def x(self, value: float) -> float:
        return _LEFT + (value - self._first) / self._span * (WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        return HEIGHT - _BOTTOM - value / self._top * (HEIGHT - _TOP - _BOTTOM)

    def axes(self, percent: bool) -> str:
        parts = []
        for tick in range(_TICKS + 1):
            value = self._top * tick / _TICKS
            y = self.y(value)
            text = f"{value:.0%}" if percent else f"{value:.3g}"
            parts.append(
                f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
                f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{text}</text>'
            )
        steps = (self._first + self._span * tick / _TICKS for tick in range(_TICKS + 1))
        parts += [
            f'<text x="{self.x(step):.1f}" y="{HEIGHT - 8}" text-anchor="middle">{step}</text>'
            for step in sorted({round(step) for step in steps})
        ]
        return "".join(parts)


def _path(
    frame: _Frame, xs: Sequence[float], ys: Sequence[float | None], colour: str, kind: str
) -> str:
    commands = []
    pen_down = False
    for x, y in zip(xs, ys, strict=True):
        if y is not None:
            commands.append(f"{'L' if pen_down else 'M'}{frame.x(x):.1f} {frame.y(y):.1f}")
        pen_down = y is not None
    return f'<path class="{kind}" d="{" ".join(commands)}" stroke="{colour}"/>'


def _smooth(values: Sequence[float | None]) -> list[float | None]:
    half = _SMOOTHING // 2
    smoothed: list[float | None] = []
    for index, value in enumerate(values):
        window = values[max(0, index - half) : index + half + 1]
        near = [each for each in window if each is not None]
        smoothed.append(None if value is None else sum(near) / len(near))
    return smoothed


def _round_up(value: float) -> float:
    """The next of 1, 2, 4, 8 times a power of ten; 1 for nothing, or as good as nothing."""
    # Powers of ten as small as the smallest floats are zero.
    if value < sys.float_info.min or not math.isfinite(value):
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return float(next(power * each for each in (1, 2, 4, 8, 10) if value <= power * each))


def _svg(parts: Sequence[str], label: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}">'
        f"{''.join(parts)}</svg>"
    )
