r"""Units in the ways that TeX writes them, in one.

Promises: behind a value, \mathrm{m/s^2}, \frac{\text{m}}{\text{s}^2} and
\mathrm{m\,s^{-2}} become \text{ m/s}^2; what stands behind no value stays.

Does not cover: which units there are (`unit_names`).
"""

import re

_TEXT = r"\\(?:text|mathrm|textrm|rm)\s*"
_NAME = r"[~\s]*(?P<{0}>[A-Za-z]{{1,8}})"
_BEHIND = r"(?<=[\d)}$\s~,;:])"
_POWER = r"(?:\^\s*\{?\s*(?P<power>\d)\s*\}?)?"
_UPRIGHT = re.compile(
    rf"{_BEHIND}{_TEXT}\{{{_NAME.format('top')}\s*/\s*{_NAME.format('bottom')}"
    rf"\s*\^\s*\{{?\s*(?P<power>\d)\s*\}}?\s*\}}"
)
_FRACTION = re.compile(
    rf"{_BEHIND}\\[dt]?frac\s*\{{\s*{_TEXT}\{{{_NAME.format('top')}\s*\}}\s*\}}"
    rf"\s*\{{\s*{_TEXT}\{{{_NAME.format('bottom')}\s*\}}\s*{_POWER}\s*\}}"
)
_INVERSE = re.compile(
    rf"{_BEHIND}{_TEXT}\{{{_NAME.format('top')}(?:\\[,;: ]|[~\s]|\\cdot)+"
    rf"{_NAME.format('bottom')}\s*(?:\}}\s*)?\^\s*\{{\s*-\s*(?P<power>\d)\s*\}}\s*\}}?"
)


def respelled(text: str) -> str:
    """The text with each quotient of two units written with a slash."""
    for pattern in (_UPRIGHT, _FRACTION, _INVERSE):
        text = pattern.sub(_slashed, text)
    return text


def _slashed(match: re.Match[str]) -> str:
    power = match["power"]
    behind = f"^{power}" if power and power != "1" else ""
    return rf"\text{{ {match['top']}/{match['bottom']}}}{behind}"
