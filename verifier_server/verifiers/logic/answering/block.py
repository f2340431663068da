"""From a completion to its one <answer> block.

Promises: one text, chosen by position and markup only, never by trying what can be read
or what is right. What stands before the last closing tag of reasoning never counts, nor
does what follows the mark that ends a turn. Several blocks that say the same are one
answer; blocks that differ are none of them chosen. Linear in the completion's length.

Reasoning is what stands between <think>, <thinking>, <thought>, <reasoning>, <seed:think>,
[THINK], <|begin_of_thought|> or Kimi's think sign and their closing tags. A tag opened
after the last closing one means that the reasoning never ended.

Tolerated: any case of the tag and a blank inside it; a tag of its own in backticks, which
only speaks of tags; an empty block beside a filled one, which claims nothing; a code
fence or backticks round the whole content. An opening tag without its closing tag, or
the reverse, is no answer, even beside a whole block.

Does not cover: what is inside (`labels`, `lines`, `proof_text`, the puzzles' readers).
"""

import re
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Final

MAX_CHARACTERS: Final = 1 << 20
# Different or not, more blocks than this answer no single question.
MAX_BLOCKS: Final = 64

NO_ANSWER: Final = "no_answer"
MULTIPLE_ANSWERS: Final = "multiple_answers"

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
# What ends a turn in the usual chat templates.
_TURN = re.compile(
    r"<(?:\|(?:im_end|im_start|endoftext|end_of_text|eot_id|eom_id|end|return)\|"
    r"|\uff5cend\u2581of\u2581sentence\uff5c|/s|end_of_turn)>"
)
_ANSWER = re.compile(r"(`?)<\s?(/?)\s?answer\s?>(`?)", re.IGNORECASE)
# CommonMark 4.5: at least 3 backticks and an info string without any, to a line of as many.
_FENCE_OPENS = re.compile(r"(`{3,})[^`\n]*+\n")
_SPAN = re.compile(r"(`{1,3})([^`\n]++)(`{1,3})")


class NoAnswerError(Exception):
    """No single answer. `reason` is no_answer or multiple_answers."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Answer:
    """The text of an answer, without space round it, and where it begins in the completion."""

    text: str
    offset: int


def squeezed(text: str) -> str:
    """A text with all space made into single blanks."""
    return " ".join(text.split())


def one_answer(completion: str, same: Callable[[str], Hashable] = squeezed) -> Answer:
    """The one answer of a completion; of several that are the same, the last.

    Args:
        completion: the text.
        same: answers for which it gives the same are the same.

    Raises:
        NoAnswerError: there is none, or there are several that differ.
    """
    if len(completion) > MAX_CHARACTERS:
        raise NoAnswerError(NO_ANSWER, f"the completion has over {MAX_CHARACTERS} characters")
    start, end = _final_part(completion)
    found = [_unwrapped(completion, begin, stop) for begin, stop in _blocks(completion, start, end)]
    filled = [each for each in found if each.text]
    if not filled:
        message = "the answer is empty" if found else "there is no <answer> block"
        raise NoAnswerError(NO_ANSWER, message)
    if len(filled) > 1 and len({same(each.text) for each in filled}) > 1:
        raise NoAnswerError(MULTIPLE_ANSWERS, "the <answer> blocks differ")
    return filled[-1]


def _final_part(completion: str) -> tuple[int, int]:
    """Where the part after the reasoning and within the turn begins and ends.

    Raises:
        NoAnswerError: the reasoning never ends.
    """
    closings = (tag.end() for closing in _CLOSING for tag in closing.finditer(completion))
    start = max(closings, default=0)
    if any(opening.search(completion, start) for opening in _OPENING):
        raise NoAnswerError(NO_ANSWER, "the reasoning is never closed")
    for mark in _TURN.finditer(completion, start):
        if completion[start : mark.start()].strip():
            return start, mark.start()
        # Only marks and space so far: the turn has not begun.
        start = mark.end()
    return start, len(completion)


def _blocks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the content of each block begins and ends.

    Raises:
        NoAnswerError: tags do not come in pairs, or there are too many.
    """
    begin = -1
    count = 0
    for tag in _ANSWER.finditer(text, start, end):
        before, closing, after = tag.groups()
        if before and after:
            continue
        if bool(closing) != (begin >= 0):
            raise NoAnswerError(NO_ANSWER, f"an <{closing}answer> tag has no partner")
        if closing:
            yield begin, tag.start() + len(before)
            begin = -1
            continue
        begin = tag.end() - len(after)
        count += 1
        if count > MAX_BLOCKS:
            raise NoAnswerError(MULTIPLE_ANSWERS, f"there are over {MAX_BLOCKS} <answer> blocks")
    if begin >= 0:
        raise NoAnswerError(NO_ANSWER, "the <answer> block is never closed")


def _unwrapped(completion: str, start: int, end: int) -> Answer:
    """The content without space round it, and without a fence or backticks round all of it."""
    text, offset = _stripped(completion[start:end], start)
    if text.startswith("`"):
        begin, stop = _inside(text)
        text, offset = _stripped(text[begin:stop], offset + begin)
    return Answer(text, offset)


def _inside(text: str) -> tuple[int, int]:
    """Where the content of the fence or of the backticks lies that are round all of a text."""
    if span := _SPAN.fullmatch(text):
        return span.span(2) if span[1] == span[3] else (0, len(text))
    opens = _FENCE_OPENS.match(text)
    last = text.rfind("\n") + 1
    if not opens or last < opens.end() or text[last:].lstrip(" \t") != opens[1]:
        return 0, len(text)
    # A fence inside would make two of it.
    return (opens.end(), last) if "```" not in text[opens.end() : last] else (0, len(text))


def _stripped(text: str, offset: int) -> tuple[str, int]:
    whole = text.rstrip()
    stripped = whole.lstrip()
    return stripped, offset + len(whole) - len(stripped)
