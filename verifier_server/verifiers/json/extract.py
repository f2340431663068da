"""Completion to candidate text: which part of a completion is the document.

Promises: one candidate, chosen by position and markup only, never by trying
what parses or scores. The candidate is the text after the last `</think>`
when it starts as a JSON value does, or the content of its only fence. A think
tag is no tag inside a string of a bracketed value or a string that the text, or
its first fence, begins with and that is whole: there the answer came first.
Linear in the length of the completion.

Does not cover: whether the candidate is JSON (`parse`). No search for braces,
no inline code, no repair.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

MAX_BYTES = 1 << 20

_JSON_SPACE = " \t\n\r"
_BOM = "\ufeff"
_LANGUAGES = ("", "json")
# CommonMark 4.5: up to 3 spaces, at least 3 backticks, an info string without backticks.
_FENCE = re.compile(r" {0,3}(`{3,})([^`]*)")
_NUMBER = r"-?\d[\d.eE+-]*"
_WORD = r"(?:true|false|null|NaN|-?Infinity)"
_VALUE_START = re.compile(rf'[{{\["]|-?\d|{_WORD}\b')
_OTHER_VALUE = re.compile(rf'[{{\[].*|{_NUMBER}|{_WORD}|"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_THINK = re.compile(r"<(/?)think>")
# RFC 8259 sections 2 and 7. A string has no control characters, so a quotation mark
# in prose does not swallow the lines after it.
_STRING = r'"(?:[^"\\\x00-\x1f]++|\\[^\x00-\x1f])*+"'
_TOKEN = re.compile(
    rf"[ \t\r\n,:]++|(?P<open>[\[{{])|(?P<close>[\]}}])|(?P<string>{_STRING})|[\w.+-]++"
)


class NoCandidateError(Exception):
    """No single candidate.

    Args:
        reason: empty, no_json, unclosed_think, ambiguous or too_large.
        message: what is wrong.
        offset: where, in characters of the completion: the second candidate, the tag that
            opens, or where a document would begin. The limit for a text that is too large.
    """

    def __init__(self, reason: str, message: str, offset: int) -> None:
        super().__init__(message)
        self.reason = reason
        self.offset = offset


@dataclass(frozen=True, slots=True)
class _Fence:
    """A fence by positions in the text: its opening line, and the content between its lines."""

    language: str
    opening: int
    begin: int
    end: int
    closed: bool


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
    if _is_too_large(completion):
        message = f"the completion is larger than {MAX_BYTES} bytes"
        raise NoCandidateError("too_large", message, MAX_BYTES)
    start = _end_of_reasoning(completion)
    answer = _strip(completion, start, len(completion))
    if not answer.text:
        raise NoCandidateError("empty", "there is no text after the reasoning", start)
    fences, outside = _fences(answer.text)
    if not any(each.closed for each in fences):
        if not _VALUE_START.match(answer.text):
            message = "the text is neither a JSON value nor one fence"
            raise NoCandidateError("no_json", message, answer.offset)
        return answer
    fence = fences[0]
    if len(fences) > 1:
        second = answer.offset + fences[1].opening
        raise NoCandidateError("ambiguous", f"there are {len(fences)} fences", second)
    if fence.language not in _LANGUAGES:
        message = "the only fence is of another language"
        raise NoCandidateError("no_json", message, answer.offset + fence.opening)
    other = next((at for at, line in outside if _OTHER_VALUE.fullmatch(line.strip())), None)
    if other is not None:
        second = answer.offset + max(other, fence.opening)
        raise NoCandidateError("ambiguous", "there is a value outside the fence", second)
    begin = answer.offset + fence.begin
    inner = _strip(completion, begin, answer.offset + fence.end)
    if not inner.text:
        raise NoCandidateError("empty", "the fence is empty", begin)
    return inner


def _is_too_large(text: str) -> bool:
    if len(text) > MAX_BYTES or text.isascii():
        return len(text) > MAX_BYTES
    return len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES


def _end_of_reasoning(completion: str) -> int:
    """Where the answer begins: after the last `</think>` that is one.

    Raises:
        NoCandidateError: `<think>` follows.
    """
    closing = [tag.end() for tag in _tags(completion, 0) if tag[1]]
    start = closing[-1] if closing else 0
    opening = next((tag for tag in _tags(completion, start) if not tag[1]), None)
    if opening:
        message = "the reasoning is never closed"
        raise NoCandidateError("unclosed_think", message, opening.start())
    return start


def _tags(text: str, start: int) -> Iterator[re.Match[str]]:
    """The think tags from `start` on, but for those in strings of the value that begins there."""
    tags = _THINK.finditer(text, start)
    first = next(tags, None)
    if first is None:
        return
    strings = _strings_of_first_value(text, _first_value(text, start))
    for tag in chain([first], tags):
        while strings and strings[0][1] <= tag.start():
            strings.popleft()
        if not (strings and strings[0][0] < tag.start()):
            yield tag


def _first_value(text: str, start: int) -> int:
    """Where a value would begin: with the text from `start` on, or within the fence there."""
    begin = _strip(text, start, len(text)).offset
    line_end = text.find("\n", begin)
    fence = _FENCE.fullmatch(text[begin:line_end].rstrip(" \t\r")) if line_end > begin else None
    if fence and fence[2].strip().casefold() in _LANGUAGES:
        return _strip(text, line_end + 1, len(text)).offset
    return begin


def _strings_of_first_value(text: str, begin: int) -> deque[tuple[int, int]]:
    """Where the strings of the value at `begin` stand; none where it never ends."""
    strings: deque[tuple[int, int]] = deque()
    depth, position = 0, begin
    while token := _TOKEN.match(text, position):
        position = token.end()
        if token.lastgroup == "string":
            strings.append(token.span())
        depth += (token.lastgroup == "open") - (token.lastgroup == "close")
        if depth <= 0:
            return strings
    return deque()


def _strip(text: str, start: int, end: int) -> Candidate:
    """Without white space, and without the one leading BOM that RFC 8259 8.1 lets us ignore."""
    part = text[start:end].rstrip(_JSON_SPACE)
    stripped = part.removeprefix(_BOM).lstrip(_JSON_SPACE)
    return Candidate(stripped, start + len(part) - len(stripped))


def _fences(text: str) -> tuple[list[_Fence], list[tuple[int, str]]]:
    """The fences, and the lines outside with where they begin.

    A fence that is never closed has no document, but beside another one it makes two.
    """
    fences: list[_Fence] = []
    outside: list[tuple[int, str]] = []
    if "```" not in text:
        return fences, outside
    ticks, position = 0, 0
    for line in text.split("\n"):
        fence = _FENCE.fullmatch(line.rstrip(" \t\r"))
        if fence and not ticks:
            ticks, begin = len(fence[1]), position + len(line) + 1
            language = fence[2].strip().casefold()
            fences.append(_Fence(language, position, begin, len(text), closed=False))
        elif fence and len(fence[1]) >= ticks and not fence[2]:
            fences[-1] = replace(fences[-1], end=position, closed=True)
            ticks = 0
        elif not ticks:
            outside.append((position, line))
        position += len(line) + 1
    return fences, outside
