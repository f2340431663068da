"""The text of an explanation: a template with places for values, filled and bounded.

Promises: a place is `{root.name...}` or `{root.name...:.2f}` with root facts, answer or derived;
it is looked up in plain data, key by key, so no attribute of an object is ever reached. `{{` and
`}}` are braces. The text is at most MAX_EXPLANATION characters, whatever the values.

Does not cover: whether the path leads anywhere: a value that is not there is said to be none.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

MAX_EXPLANATION = 500
MAX_VALUE = 100  # characters of one value
ROOTS = ("facts", "answer", "derived")

_PLACE = re.compile(
    r"\{(?P<path>(?:facts|answer|derived)(?:\.[A-Za-z_][A-Za-z0-9_]*)+)(?::\.(?P<places>[0-6])f)?\}"
)
_PART = re.compile(rf"(?P<brace>\{{\{{|\}}\}})|(?P<place>{_PLACE.pattern})|(?P<bad>[{{}}])")


class TemplateError(ValueError):
    """The template has a place that is none."""


@dataclass(frozen=True, slots=True)
class _Place:
    path: tuple[str, ...]
    places: int | None


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template: texts and places in their order."""

    parts: tuple[str | _Place, ...]

    @staticmethod
    def of(text: str) -> "Template":
        """Parses a template.

        Raises:
            TemplateError: a brace that neither begins a place nor is doubled.
        """
        parts: list[str | _Place] = []
        position = 0
        for match in _PART.finditer(text):
            parts.append(text[position : match.start()])
            position = match.end()
            if match["bad"]:
                roots = ", ".join(ROOTS)
                raise TemplateError(
                    f"the brace at character {match.start()} begins no place: a place is "
                    f"{{root.name}} or {{root.name:.1f}} with root one of {roots}; {{{{ is a brace"
                )
            if match["brace"]:
                parts.append(match["brace"][0])
            else:
                places = match["places"]
                path = tuple(match["path"].split("."))
                parts.append(_Place(path, None if places is None else int(places)))
        parts.append(text[position:])
        return Template(tuple(part for part in parts if part))

    @property
    def paths(self) -> list[tuple[str, ...]]:
        """The paths of all places."""
        return [part.path for part in self.parts if isinstance(part, _Place)]

    def fill(self, values: Mapping[str, Any]) -> str:
        """The explanation.

        Args:
            values: by root; plain data, with datetime and timedelta for instants and durations.
        """
        shown = [
            part if isinstance(part, str) else _shown(_look_up(values, part.path), part.places)
            for part in self.parts
        ]
        return _cut("".join(shown), MAX_EXPLANATION)


class _Missing:
    """Stands for a value that is not there."""


_MISSING = _Missing()


def _look_up(values: Any, path: Sequence[str]) -> Any:
    for name in path:
        if not isinstance(values, Mapping) or name not in values:
            return _MISSING
        values = values[name]
    return values


def _shown(value: Any, places: int | None) -> str:
    match value:
        case _Missing() | None:
            return "none"
        case bool():
            return "true" if value else "false"
        case int() | float() if places is not None:
            return _cut(f"{value:.{places}f}", MAX_VALUE)
        case float():
            return f"{value:.15g}"
        case int() | timedelta():
            return str(value)
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case str():
            return _cut(value, MAX_VALUE)
    return _cut(json.dumps(value, ensure_ascii=False, default=str), MAX_VALUE)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
