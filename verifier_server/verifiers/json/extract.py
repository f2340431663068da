"""Completion to candidate text: which part of a completion is the document.

Promises: one candidate, chosen by position and markup only, never by trying
what parses or scores. The candidate is the text after the last `</think>`
when it starts as a JSON value does, or the content of its only fence.
Linear in the length of the completion.

Does not cover: whether the candidate is JSON (`parse`). No search for braces,
no inline code, no repair.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

MAX_BYTES = 1 << 20

_JSON_SPACE = " \t\n\r\ufeff"
_LANGUAGES = ("", "json")
# CommonMark 4.5: up to 3 spaces, at least 3 backticks, an info string without backticks.
_FENCE = re.compile(r" {0,3}(`{3,})([^`]*)")
_NUMBER = r"-?\d[\d.eE+-]*"
_WORD = r"(?:true|false|null|NaN|-?Infinity)"
_VALUE_START = re.compile(rf'[{{\["]|-?\d|{_WORD}\b')
_OTHER_VALUE = re.compile(rf'[{{\[].*|{_NUMBER}|{_WORD}|"(?:[^"\\]++|\\.)*+"', re.DOTALL)


class NoCandidateError(Exception):
    """No single candidate. `reason` is empty, no_json, unclosed_think, ambiguous or too_large."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Candidate:
    """The chosen text and where in the completion it starts, in characters."""

    text: str
    offset: int


def extract(completion: str) -> Candidate:
    """The one candidate of a completion.

    Raises:
        NoCandidateError: there is none, there are several, or the completion is too large.
    """
    too_long = len(completion) > MAX_BYTES
    if too_long or len(completion.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise NoCandidateError("too_large", f"the completion is larger than {MAX_BYTES} bytes")
    start = completion.rfind("</think>") + len("</think>") if "</think>" in completion else 0
    if "<think>" in completion[start:]:
        raise NoCandidateError("unclosed_think", "the reasoning is never closed")
    answer = _strip(completion, start, len(completion))
    if not answer.text:
        raise NoCandidateError("empty", "there is no text after the reasoning")
    blocks, outside = _fences(answer.text)
    if not blocks:
        if not _VALUE_START.match(answer.text):
            raise NoCandidateError("no_json", "the text is neither a JSON value nor one fence")
        return answer
    if len(blocks) > 1:
        raise NoCandidateError("ambiguous", f"there are {len(blocks)} fences")
    language, begin, end = blocks[0]
    if language not in _LANGUAGES:
        raise NoCandidateError("no_json", "the only fence is of another language")
    if any(_OTHER_VALUE.fullmatch(line) for line in outside):
        raise NoCandidateError("ambiguous", "there is a value outside the fence")
    inner = _strip(completion, answer.offset + begin, answer.offset + end)
    if not inner.text:
        raise NoCandidateError("empty", "the fence is empty")
    return inner


def _strip(text: str, start: int, end: int) -> Candidate:
    part = text[start:end].rstrip(_JSON_SPACE)
    stripped = part.lstrip(_JSON_SPACE)
    return Candidate(stripped, start + len(part) - len(stripped))


def _fences(text: str) -> tuple[list[tuple[str, int, int]], Iterable[str]]:
    """Closed fences as (language, start, end of content), and the lines outside any.

    An opened fence that is never closed is not a fence: the document was cut off.
    """
    blocks: list[tuple[str, int, int]] = []
    outside: list[str] = []
    ticks, language, begin, position = 0, "", 0, 0
    for line in text.split("\n"):
        fence = _FENCE.fullmatch(line.rstrip(" \t\r"))
        if fence and not ticks:
            ticks, language = len(fence[1]), fence[2].strip().casefold()
            begin = position + len(line) + 1
        elif fence and len(fence[1]) >= ticks and not fence[2]:
            blocks.append((language, begin, position))
            ticks = 0
        elif not ticks:
            outside.append(line.strip())
        position += len(line) + 1
    return blocks, outside
