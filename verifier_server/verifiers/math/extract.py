r"""Completion to answer text: which part of a completion is its final answer.

Promises: one candidate, chosen by position and markup only. Text up to the
last `</think>` never counts. A box wins over everything; without one, the last
answer line ("Answer: X", "The answer is X", "#### X", or "A: X" with no line
"B:" after it); without that, a completion that is a single line of nothing but
an answer. Linear in the completion's length.

Several boxes are several claims: they must hold the same text up to spacing.
Several answer lines are a train of thought: the last one counts.

Does not cover: whether the text is mathematics (`parse`).
"""

import re
from dataclasses import dataclass

from verifier_server.verifiers.math.limits import MAX_ANSWER_BYTES

MAX_COMPLETION_CHARS = 1 << 20
MAX_BARE_CHARS = 200
_MAX_NESTED_BOXES = 3

_BOX = re.compile(r"\\(?:boxed|fbox)\s*\{")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
# Possessive quantifiers throughout: no completion makes these patterns backtrack.
_LINE = re.compile(
    r"^(?:[ \t>*_-]*+\#{4}(?!\#)"
    r"|[ \t>*_#-]*+(?:(?P<letter>A:)"
    r"|(?:(?:the|my|so[, \t]++the)[ \t]++)?+(?:(?:final|correct)[ \t]++)*+answer[ \t*_]*+"
    r"(?:[:=]|is\b[ \t]*+:?+)))"
    r"[ \t*_]*+(?P<answer>\S[^\n]*)$",
    re.IGNORECASE | re.MULTILINE,
)
_IN_SENTENCE = re.compile(
    r"\bthe[ \t]++(?:(?:final|correct)[ \t]++)*+answer[ \t]++is\b"
    r"[ \t]*+:?+[ \t*_]*+(?P<answer>\S[^\n]*)$",
    re.IGNORECASE | re.MULTILINE,
)
_NEXT_OPTION = re.compile(r"^[ \t>*_#-]*+B:", re.MULTILINE)
_SENTENCE_END = re.compile(r"\.(?=\s|$)")


class NoAnswerError(Exception):
    """No single answer.

    `reason` is no_answer, multiple_answers, unfinished_reasoning, unclosed_box,
    empty_answer or too_long.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Answer:
    """The chosen text and where it stood: box, line or bare."""

    text: str
    source: str


def extract(completion: str) -> Answer:
    """The one final answer of a completion.

    Raises:
        NoAnswerError: there is none, or several that differ.
    """
    if len(completion) > MAX_COMPLETION_CHARS:
        raise NoAnswerError("too_long", f"more than {MAX_COMPLETION_CHARS} characters")
    text = completion.rpartition("</think>")[2]
    if "<think>" in text:
        raise NoAnswerError("unfinished_reasoning", "the reasoning is never closed")
    boxes = _boxes(text)
    if boxes:
        if len({_squeezed(each) for each in boxes}) > 1:
            raise NoAnswerError("multiple_answers", "the boxes hold different answers")
        return _bounded(Answer(boxes[-1].strip(), "box"))
    line = _last_line(text)
    if line is not None:
        return _bounded(Answer(line, "line"))
    bare = text.strip()
    if bare and len(bare) <= MAX_BARE_CHARS and "\n" not in bare:
        return Answer(bare, "bare")
    raise NoAnswerError("no_answer", "there is no box and no answer line")


def _bounded(answer: Answer) -> Answer:
    if not answer.text:
        raise NoAnswerError("empty_answer", "the answer is empty")
    if len(answer.text.encode("utf-8", "surrogatepass")) > MAX_ANSWER_BYTES:
        raise NoAnswerError("too_long", f"the answer is over {MAX_ANSWER_BYTES} bytes")
    return answer


def _boxes(text: str) -> list[str]:
    r"""Contents of the outermost \boxed{...} and \fbox{...}, in order."""
    contents: list[str] = []
    position = 0
    while start := _BOX.search(text, position):
        depth = 1
        for brace in _BRACE.finditer(text, start.end()):
            if brace[0] == "{":
                depth += 1
            elif brace[0] == "}":
                depth -= 1
            if depth == 0:
                contents.append(_innermost(text[start.end() : brace.start()]))
                position = brace.end()
                break
        else:
            raise NoAnswerError("unclosed_box", "a box is never closed")
    return contents


def _innermost(content: str) -> str:
    """The content, without a second box around all of it."""
    for _ in range(_MAX_NESTED_BOXES):
        inner = _BOX.match(content.strip())
        if inner is None or not content.rstrip().endswith("}"):
            return content
        body = content.strip()[inner.end() : -1]
        # The closing brace must be the box's own: \boxed{1} + \boxed{2} is no box.
        if not _is_balanced(body):
            return content
        content = body
    return content


def _is_balanced(text: str) -> bool:
    depth = 0
    for brace in _BRACE.finditer(text):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if depth < 0:
            return False
    return depth == 0


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _last_line(text: str) -> str | None:
    last: re.Match[str] | None = None
    options = max((match.start() for match in _NEXT_OPTION.finditer(text)), default=-1)
    for pattern in (_LINE, _IN_SENTENCE):
        for match in pattern.finditer(text):
            # With a B after it, A is no answer but the first of the options.
            if pattern is _LINE and match["letter"] and match.start() < options:
                continue
            if last is None or match.start("answer") > last.start("answer"):
                last = match
    if last is None:
        return None
    # "The answer is 42. I hope it is correct.": the sentence ends the answer.
    return _SENTENCE_END.split(last["answer"], maxsplit=1)[0].rstrip(" \t\r*_")
