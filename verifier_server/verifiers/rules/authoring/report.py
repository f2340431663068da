"""What the gates find, as data.

Promises: every finding names a place in the pack's files, the rule where there is one, what is
wrong and what would be right. A pack passes when no gate has a failure; warnings are for reading.

Does not cover: how it is shown (`verifier_server/rule_packs.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """Whether a finding closes a gate."""

    FAILURE = "failure"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong (failure) or should be looked at (warning).

    `place` is a file of the pack with a pointer or a line; `rule` the id of a rule, or "".
    """

    level: Level
    place: str
    message: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """What one gate found; `figures` are plain JSON values by name."""

    name: str
    findings: tuple[Finding, ...] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether nothing found closes it."""
        return all(each.level is not Level.FAILURE for each in self.findings)


@dataclass(frozen=True, slots=True)
class Report:
    """All gates of a pack. `pack`, `version` and `digest` are "" where it cannot be read."""

    pack: str
    version: str
    digest: str
    gates: tuple[Gate, ...]

    @property
    def holds(self) -> bool:
        """Whether every gate holds."""
        return all(gate.holds for gate in self.gates)


@dataclass(frozen=True, slots=True)
class Places:
    """How parts of a pack are named to its author.

    Args:
        file: the file of a pack in one object; "" for a pack in a folder.
        cases: the file of its cases.
    """

    file: str
    cases: str

    def part(self, pointer: str) -> str:
        """The place of a JSON pointer into the pack's one object."""
        if self.file:
            return f"{self.file} {pointer}".rstrip()
        for name in ("facts", "answer"):
            prefix = f"/{name}_schema"
            if pointer == prefix or pointer.startswith(f"{prefix}/"):
                return f"{name}.schema.json {pointer.removeprefix(prefix)}".rstrip()
        return f"pack.toml {pointer}".rstrip()

    def line(self, number: int) -> str:
        """The place of a line of the cases, counted from 1."""
        return f"{self.cases} line {number}"
