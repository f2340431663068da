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
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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
    start = _end_of_reasoning(completion)
    answer = _strip(completion, start, len(completion))
    if not answer.text:
        raise NoCandidateError("empty", "there is no text after the reasoning")
    blocks, outside, cut_off = _fences(answer.text)
    if not blocks:
        if not _VALUE_START.match(answer.text):
            raise NoCandidateError("no_json", "the text is neither a JSON value nor one fence")
        return answer
    if len(blocks) + cut_off > 1:
        raise NoCandidateError("ambiguous", f"there are {len(blocks) + cut_off} fences")
    language, begin, end = blocks[0]
    if language not in _LANGUAGES:
        raise NoCandidateError("no_json", "the only fence is of another language")
    if any(_OTHER_VALUE.fullmatch(line) for line in outside):
        raise NoCandidateError("ambiguous", "there is a value outside the fence")
    inner = _strip(completion, answer.offset + begin, answer.offset + end)
    if not inner.text:
        raise NoCandidateError("empty", "the fence is empty")
    return inner


def _end_of_reasoning(completion: str) -> int:
    """Where the answer begins: after the last `</think>` that is one.

    Raises:
        NoCandidateError: `<think>` follows.
    """
    closing = [tag.end() for tag in _tags(completion, 0) if tag[1]]
    start = closing[-1] if closing else 0
    if any(not tag[1] for tag in _tags(completion, start)):
        raise NoCandidateError("unclosed_think", "the reasoning is never closed")
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


def _fences(text: str) -> tuple[list[tuple[str, int, int]], Iterable[str], bool]:
    """Closed fences as (language, start, end of content), the lines outside, and a fence cut off.

    A fence that is never closed has no document, but beside another one it makes two.
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
    return blocks, outside, bool(ticks)
