r"""Where a completion marks its answer: \boxed and \fbox.

Promises: boxes come in their order, outermost only, each with its whole content.
Read as boxes too: \boxed 42 without braces, \\boxed{42}, and a backslash that a JSON
escape made into a backspace or a form feed. A box round a box is one box, and braces
round all of the content are none. Linear in the text's length.

Does not cover: which of several boxes is the answer (`claims`), and the words round it.
"""

import re
from dataclasses import dataclass

from verifier_server.verifiers.math.reading.unit_names import is_known

_BOX = re.compile(r"(?:\\boxed|\\fbox|\x08oxed|\x0cbox)(?![A-Za-z])\s*+")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
# Without braces: a formula between dollars, or signs up to the next space. A word is none:
# "put it in \boxed notation".
_UNBRACED = re.compile(r"\$([^$\n]+)\$|(?![A-Za-z]{2})([^\s${}][^\s$]*)")
_ENDS_UNBRACED = (r"\)", r"\]", ".", ",", ";", ":")
# These belong to the number on whichever side of the box's end they stand: a percent sign,
# degrees, a base.
_PERCENT = re.compile(
    r"\s{0,3}(?:\$|\\\))?\s{0,3}(?:\\%|%|percent\b|per cent\b|pct\b)", re.IGNORECASE
)
_MARK = re.compile(r"\^\s?(?:\\circ|\{\s?\\circ\s?\}|\\degree)(?![A-Za-z])|_\d+|_\{\d+\}")
# And a unit that is known by its name: \\boxed{5}\\text{ cm}, $\\boxed{5}$ square feet.
_UNIT = re.compile(
    r"(?:\s|\\[,;: ])*+\\(?:text|textrm|textbf|mathrm)\s?\{(?P<text>[^{}]{1,40})\}"
    r"(?P<power>\^[23])?"
    r"|\s{0,3}(?:\$|\\\))?\s{1,3}(?P<plain>[A-Za-z]{3,20}(?: [A-Za-z]{2,20}){0,2})\b"
)
_NUMBER = re.compile(r"(?:[-+\d.,\s/{}$^]|\\[dt]?frac|\\sqrt|\\pi|\\[,!$])+", re.ASCII)
# What makes a box a part of a larger formula: -\boxed{42}, 2\cdot\boxed{42}, \boxed{42}^2.
_LOOK_BACK_CHARS = 48
_PART_BEFORE = re.compile(
    r"(?:[-+^/\d]|\\(?:cdot|times|div|ne|neq|pm|mp|neg|not|sqrt|[dtc]?frac|binom|log|ln|sin|cos|tan)"
    r"\s?[{(]?|\\[dtc]?frac\s?\{[^{}]{1,30}\}\s?\{)\Z"
)
_PART_AFTER = re.compile(
    r"\^|\d|(?:\{\})+\d|[A-Za-z](?![A-Za-z])"
    r"|\s?\\(?:cdot|times|div|pm|mp|sqrt|pi|[dtc]?frac)(?![A-Za-z])"
)
_MAY_WRAP = ("{", "\\boxed", "\\fbox", "\x08", "\x0c")
_MAX_NESTED_BOXES = 3
_MAX_BRACES_CHARS = 1 << 18
MAX_BOXES = 256


class TooManyBoxesError(Exception):
    """More boxes than any answer has."""


class UnclosedBoxError(Exception):
    """The brace that opens a box has no partner."""


@dataclass(frozen=True, slots=True)
class Box:
    """The content of one box, and where it begins and ends in the text.

    `is_part`: a sign or number touches it, so that the answer is more than its content.
    """

    content: str
    start: int
    end: int
    is_part: bool = False


def boxes(text: str) -> list[Box]:
    """The boxes of a text, in order.

    Raises:
        UnclosedBoxError: a box is never closed.
        TooManyBoxesError: there are more than MAX_BOXES.
    """
    found: list[Box] = []
    # Where the first one can be: words are found faster than the pattern.
    places = [place for place in map(text.find, ("boxed", "fbox", "oxed", "\x0cbox")) if place >= 0]
    if not places:
        return found
    position = max(0, min(places) - 1)
    while start := _BOX.search(text, position):
        read = _braced if text.startswith("{", start.end()) else _unbraced
        box = read(text, start)
        position = box.end if box else start.end()
        if box:
            found.append(box)
        if len(found) > MAX_BOXES:
            raise TooManyBoxesError
    return found


def _braced(text: str, start: re.Match[str]) -> Box:
    first = text.find("}", start.end())
    plain = text[start.end() + 1 : max(first, 0)]
    if plain and "{" not in plain and "\\" not in plain:
        return _box(text, start, first, first + 1)
    depth, escaped = 0, 0
    stray: re.Match[str] | None = None
    for brace in _BRACE.finditer(text, start.end()):
        sign = brace[0]
        if sign == "{":
            depth += 1
        elif sign == "}":
            depth -= 1
            if depth == 0:
                return _box(text, start, brace.start(), brace.end())
        elif sign == r"\{":
            escaped += 1
        elif sign == r"\}":
            escaped -= 1
            if escaped < 0 and stray is None:
                stray = brace
    # \boxed{185\}: a backslash too many before the brace that closes the box.
    if stray is None:
        raise UnclosedBoxError
    return _box(text, start, stray.start(), stray.end())


def _box(text: str, start: re.Match[str], end: int, after: int) -> Box:
    content = _innermost(text[start.end() + 1 : end])
    return _with_marks(text, Box(content, start.start(), after))


def _unbraced(text: str, start: re.Match[str]) -> Box | None:
    found = _UNBRACED.match(text, start.end())
    if found is None:
        return None
    content = found[1] or found[2]
    while content.endswith(_ENDS_UNBRACED):
        content = content[: -len(next(end for end in _ENDS_UNBRACED if content.endswith(end)))]
    return Box(content, start.start(), found.end()) if content else None


def _with_marks(text: str, box: Box) -> Box:
    content, end = box.content.strip(), box.end
    if not box.start and end == len(text):
        return Box(content, box.start, end)
    mark = _MARK.match(text, end)
    if mark and content:
        content, end = content + mark[0], mark.end()
    percent = _PERCENT.match(text, end)
    if percent and content and "%" not in content:
        content, end = content + r"\%", percent.end()
    unit = _unit_behind(text, end) if _NUMBER.fullmatch(content) else None
    if unit:
        content, end = content + unit[0], unit[1]
    before = text[max(0, box.start - _LOOK_BACK_CHARS) : box.start]
    is_part = bool(_PART_BEFORE.search(before) or _PART_AFTER.match(text, end))
    return Box(content, box.start, end, is_part)


def _unit_behind(text: str, position: int) -> tuple[str, int] | None:
    """The unit that follows, as TeX, and where it ends; of plain words the longest unit."""
    found = _UNIT.match(text, position)
    if found is None:
        return None
    if found["text"]:
        power = found["power"] or ""
        known = is_known(found["text"].strip())
        return (rf"\text{{ {found['text'].strip()}}}{power}", found.end()) if known else None
    words = found["plain"].split(" ")
    for count in range(len(words), 0, -1):
        unit = " ".join(words[:count])
        if is_known(unit):
            return rf"\text{{ {unit}}}", found.start("plain") + len(unit)
    return None


def _innermost(content: str) -> str:
    """The content, without braces or a second box around all of it."""
    if not content.lstrip().startswith(_MAY_WRAP):
        return content
    for _ in range(_MAX_NESTED_BOXES):
        content = _without_braces(content.strip())
        inner = _BOX.match(content)
        if inner is None or not content.startswith("{", inner.end()):
            return content
        body = _without_braces(content[inner.end() :])
        # The braces must be the box's own: \boxed{1} + \boxed{2} is no box.
        if body == content[inner.end() :]:
            return content
        content = body
    return content


def _without_braces(text: str) -> str:
    """The text without the braces that stand round all of it: {{42}} is 42."""
    if not text.startswith("{") or len(text) > _MAX_BRACES_CHARS:
        return text
    signs = [match for match in _BRACE.finditer(text) if match[0] in "{}"]
    opening = 0
    while opening < len(signs) and (signs[opening][0], signs[opening].start()) == ("{", opening):
        opening += 1
    closing, end = 0, len(text)
    for match in reversed(signs):
        if match[0] != "}" or match.end() != end:
            break
        closing, end = closing + 1, end - 1
    depth = lowest = opening
    for match in signs[opening : len(signs) - closing]:
        depth += 1 if match[0] == "{" else -1
        lowest = min(lowest, depth)
    # Those that no brace inside has closed are closed by the last ones.
    round_all = max(0, min(lowest, closing)) if depth == closing else 0
    return text[round_all : len(text) - round_all].strip()
