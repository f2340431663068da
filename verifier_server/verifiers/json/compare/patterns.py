"""Pointer patterns: RFC 6901 pointers whose segment `*` stands for any name or index.

Promises: `parse_pattern` reads a pattern or says what is wrong with it; `~2`
is a literal star. `Branch` holds the patterns of a task as a tree, so that a
document is walked beside it and no leaf searches the patterns.

Does not cover: what a rule says (`rules`), and which of several matching
patterns decides (`places`).
"""

import re
from dataclasses import dataclass, field

MAX_PATTERN = 1000
MAX_SEGMENTS = 64

_STRAY_TILDE = re.compile("~(?![012])")
_ESCAPED = re.compile("~[012]")
_CHARACTERS = {"~0": "~", "~1": "/", "~2": "*"}


class PatternError(ValueError):
    """The text is no pattern; the message says what would be one."""


@dataclass(frozen=True, slots=True)
class Star:
    """The segment that stands for any name or index."""


STAR = Star()
Segment = str | Star


def parse_pattern(text: str) -> tuple[Segment, ...]:
    """The segments of a pattern; none for the whole document.

    Raises:
        PatternError: the text is no pattern.
    """
    if len(text) > MAX_PATTERN:
        raise PatternError(f"a pattern has at most {MAX_PATTERN} characters")
    if text and not text.startswith("/"):
        raise PatternError('a pattern is "" or starts with "/", as in "/lines/*/price"')
    if _STRAY_TILDE.search(text):
        raise PatternError('"~" is written "~0", "/" in a name "~1", and a star in a name "~2"')
    segments = text.split("/")[1:]
    if len(segments) > MAX_SEGMENTS:
        raise PatternError(f"a pattern has at most {MAX_SEGMENTS} segments")
    return tuple(_segment(part) for part in segments)


def _segment(part: str) -> Segment:
    if part == "*":
        return STAR
    if "*" in part:
        raise PatternError('"*" is a whole segment; a star in a name is written "~2"')
    return _ESCAPED.sub(lambda found: _CHARACTERS[found[0]], part)


@dataclass(slots=True, eq=False)
class Branch[R]:
    """The patterns that share their first segments: what follows, and the rule that ends here."""

    rule: R | None = None
    literal: dict[str, "Branch[R]"] = field(default_factory=dict)
    star: "Branch[R] | None" = None

    def add(self, segments: tuple[Segment, ...], rule: R) -> None:
        """Puts a rule at the end of its pattern's segments."""
        branch = self
        for segment in segments:
            if isinstance(segment, Star):
                branch.star = branch.star or Branch()
                branch = branch.star
            else:
                branch = branch.literal.setdefault(segment, Branch())
        branch.rule = rule
