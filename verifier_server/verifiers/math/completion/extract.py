r"""Completion to answer text: which part of a completion is its final answer.

Promises: one candidate, chosen by position and markup only, never by trying which fits.
Text up to the last closing tag of reasoning never counts, nor does text after the mark
that ends a turn. Boxes win over everything (`boxes`, `claims`); without one, the last
answer line (`lines`); without that, a completion that is a single line, or a single
formula, of nothing but an answer. A task may ask for boxes only, or allow the last
formula of the last line. Linear in the completion's length.

Reasoning is what stands between <think>, <thinking>, <thought>, <reasoning>, <seed:think>,
[THINK], <|begin_of_thought|> or Kimi's think sign and their closing tags. A tag opened
after the last closing one means that the reasoning never ended.

Does not cover: whether the text is mathematics (`parse`).
"""

import re
from dataclasses import dataclass
from typing import Literal

from verifier_server.verifiers.math.completion.boxes import (
    TooManyBoxesError,
    UnclosedBoxError,
    boxes,
)
from verifier_server.verifiers.math.completion.claims import (
    PartialBoxError,
    SeveralAnswersError,
    final_claim,
)
from verifier_server.verifiers.math.completion.lines import answer_line
from verifier_server.verifiers.math.completion.surroundings import (
    follows_a_sign,
    is_changed,
    is_hedged,
)
from verifier_server.verifiers.math.limits import MAX_ANSWER_BYTES

MAX_COMPLETION_CHARS = 1 << 20
MAX_BARE_CHARS = 200

Rule = Literal["auto", "box", "math"]
Source = Literal["box", "boxes", "line", "math", "bare", "last_line"]

# Patterns that begin with one sign are looked for fast.
_TAGS = r"think|thinking|thought|thoughts|reasoning|seed:think"
_OPENING = (
    re.compile(rf"<\|?\s?(?:{_TAGS}|begin_of_thought)\s?\|?>", re.IGNORECASE),
    re.compile(r"\[THINK\]"),
    re.compile("\u25c1think\u25b7"),
)
_CLOSING = (
    re.compile(rf"<(?:\|?/\s?(?:{_TAGS})\s?\|?|\|end_of_thought\|)>", re.IGNORECASE),
    re.compile(r"\[/THINK\]"),
    re.compile("\u25c1/think\u25b7"),
)
_TURN = re.compile(
    r"<(?:\|(?:im_end|im_start|endoftext|end_of_text|eot_id|eom_id|end|return)\|"
    r"|\uff5cend\u2581of\u2581sentence\uff5c|/s|end_of_turn)>"
)
_FORMULA = re.compile(r"\$\$([^$]++)\$\$|\$([^$\n]++)\$|\\\[(.*?)\\\]|\\\((.*?)\\\)", re.DOTALL)
# An opening bracket without its partner makes the search for one start anew at each.
_MAX_FORMULA_LINE = 2 * MAX_ANSWER_BYTES


class NoAnswerError(Exception):
    """No single answer.

    `reason` is no_answer, multiple_answers, unfinished_reasoning, unclosed_box, partial_box,
    empty_answer or too_long.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Answer:
    """The chosen text and where it stood.

    `source` is boxes where several boxes make one list; the text has their contents,
    with a comma and a space between them.
    """

    text: str
    source: Source


def extract(completion: str, rule: Rule = "auto", *, last_line: bool = False) -> Answer:
    r"""The one final answer of a completion.

    Args:
        completion: the text.
        rule: "box": only a box counts. "math": where "auto" finds no box and no answer line,
            the last formula between dollars, \( \) or \[ \] of the last line does.
        last_line: whether, where nothing else is found, the last line that is not blank is
            the answer. Not under the rule "box".

    Raises:
        NoAnswerError: there is none, or several that differ.
    """
    if len(completion) > MAX_COMPLETION_CHARS:
        raise NoAnswerError("too_long", f"more than {MAX_COMPLETION_CHARS} characters")
    text = _turn(_after_reasoning(completion))
    answer = _boxed(text)
    if answer is None and rule != "box":
        answer = _unboxed(text, rule)
        if answer is None and last_line and (line := _last_line(text)):
            answer = Answer(line, "last_line")
    if answer is None:
        wanted = "box" if rule == "box" else "box and no answer line"
        raise NoAnswerError("no_answer", f"there is no {wanted}")
    if not answer.text:
        raise NoAnswerError("empty_answer", "the answer is empty")
    if len(answer.text.encode("utf-8", "surrogatepass")) > MAX_ANSWER_BYTES:
        raise NoAnswerError("too_long", f"the answer is over {MAX_ANSWER_BYTES} bytes")
    return answer


def _after_reasoning(completion: str) -> str:
    tags = (tag.end() for closing in _CLOSING for tag in closing.finditer(completion))
    end = max(tags, default=0)
    if any(opening.search(completion, end) for opening in _OPENING):
        raise NoAnswerError("unfinished_reasoning", "the reasoning is never closed")
    return completion[end:]


def _turn(text: str) -> str:
    """The text before the first mark that ends a turn and has something before it."""
    for mark in _TURN.finditer(text):
        if text[: mark.start()].strip():
            return text[: mark.start()]
    return text


def _boxed(text: str) -> Answer | None:
    try:
        found = boxes(text)
    except UnclosedBoxError:
        raise NoAnswerError("unclosed_box", "a box is never closed") from None
    except TooManyBoxesError:
        raise NoAnswerError("multiple_answers", "there are too many boxes") from None
    if not found:
        return None
    # An empty box beside a filled one claims nothing.
    filled = [box for box in found if box.content.strip()]
    if not filled:
        return Answer("", "box")
    try:
        claim = final_claim(text, filled)
    except SeveralAnswersError:
        message = "the boxes hold different answers"
        raise NoAnswerError("multiple_answers", message) from None
    except PartialBoxError:
        message = "the box is a part of a larger formula"
        raise NoAnswerError("partial_box", message) from None
    return Answer(", ".join(claim), "boxes" if len(claim) > 1 else "box")


def _unboxed(text: str, rule: Rule) -> Answer | None:
    line = answer_line(text)
    if line is not None:
        return Answer(line, "line")
    bare = text.strip()
    # What begins with a formula is an answer as a whole: "$1$ and $2$", "$5$ miles".
    last = _last_formula(bare) if rule == "math" else None
    if last is not None and not _FORMULA.match(bare):
        return Answer(last, "math")
    if bare and len(bare) <= MAX_BARE_CHARS and ("\n" not in bare or _FORMULA.fullmatch(bare)):
        return Answer(" ".join(bare.split()), "bare")
    return None if last is None else Answer(last, "math")


def _last_line(text: str) -> str:
    """The end of the last line that is not blank; a number's place is there."""
    return text.rstrip().rpartition("\n")[2].strip()[-MAX_ANSWER_BYTES // 4 :]


def _last_formula(text: str) -> str | None:
    tail = text[-_MAX_FORMULA_LINE:]
    found = list(_FORMULA.finditer(tail))
    if not found or "\n" in tail[found[-1].end() :].rstrip():
        return None
    line = tail[: found[-1].start()].rpartition("\n")[2]
    after = tail[found[-1].end() :]
    if follows_a_sign(line) or is_changed(line) or is_hedged(line, after):
        return None
    return next((each.strip() for each in found[-1].groups() if each), None)
