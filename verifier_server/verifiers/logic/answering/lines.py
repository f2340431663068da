r"""From the text of an answer to the one formula in it.

Promises: one formula, by lines and markup alone. Lines, and parts between semicolons,
are several answers unless they are all the same. A formula may go on over line breaks
where it cannot end: inside brackets, after an operator, or before one that only joins
(not - or ~, which negate in some dialect). What announces a conclusion is no part of it:
"Conclusion:", "Therefore,", "Answer:", "∴", on the same line or on one of its own. Nor are
TeX's delimiters, bold type or \boxed{} round all of the formula.

Does not cover: whether a line is a formula (`reading`), and what must not be there
(`forbidden`).
"""

import re
from collections.abc import Iterator
from typing import Final

from verifier_server.verifiers.logic.answering.block import (
    MULTIPLE_ANSWERS,
    NO_ANSWER,
    Answer,
    NoAnswerError,
    squeezed,
)

MAX_LINES: Final = 1_000

# TeX's \; is space.
_BREAK = re.compile(r"(?<!\\);|\n")
_BRACKET = re.compile(r"[()\[\]{}]")
_WORDS = r"and|or|implies|iff|xor"
_TEX = (
    r"\\(?:land|lor|wedge|vee|to|implies|iff|oplus|veebar|(?:long)?(?:left)?rightarrow"
    r"|(?:Long)?(?:Left|left)?[Rr]ightarrow|equiv|leftrightarrow|supset)"
)
_SIGNS = r"→|⇒|⟶|⟹|↔|⇔|⟷|⟺|≡|∧|∨|⊕|⊻|&|\||->|=>|<->|<=>|<~>|/\\|\\/"
_JOINS_AT_START = re.compile(rf"(?:{_SIGNS}|(?:{_TEX})(?![A-Za-z])|(?:{_WORDS})\b)", re.IGNORECASE)
# The longest of these is \longleftrightarrow, so that only a line's end need be looked at.
_TAIL = 24
_JOINS_AT_END = re.compile(rf"(?:{_SIGNS}|(?:{_TEX})|(?<!\w)(?:{_WORDS}|not)|¬)\Z", re.IGNORECASE)
_ROUND = (
    ("$$", "$$"),
    ("$", "$"),
    (r"\[", r"\]"),
    (r"\(", r"\)"),
    ("**", "**"),
    (r"\boxed{", "}"),
)
_LEAD = re.compile(
    r"(?:∴|\\therefore\b|(?:\*\*)?(?:(?:the|my) )?(?:final )?"
    r"(?:conclusion|answer|formula|fol|fol formula|goal|result|therefore|thus|hence|so)"
    r"(?: is)?(?:\*\*)?[ \t]*[:,](?:\*\*)?(?![-=]))[ \t]*",
    re.IGNORECASE,
)


def one_formula(answer: Answer) -> Answer:
    """The text of the one formula of an answer, and where it begins in the completion.

    Raises:
        NoAnswerError: there is none (no_answer), or there are several (multiple_answers).
    """
    found: list[Answer] = []
    for count, part in enumerate(_formulas(bare(answer))):
        if count >= MAX_LINES:
            raise NoAnswerError(MULTIPLE_ANSWERS, f"the answer has over {MAX_LINES} lines")
        if part.text:
            found.append(part)
    if not found:
        raise NoAnswerError(NO_ANSWER, "the answer holds no formula")
    if len({squeezed(part.text) for part in found}) > 1:
        raise NoAnswerError(MULTIPLE_ANSWERS, "one formula is asked, and the answer has several")
    return found[-1]


def announced(text: str, start: int = 0) -> int:
    """Where a text goes on after what announces a conclusion, from `start` on."""
    lead = _LEAD.match(text, start)
    return lead.end() if lead else start


def bare(answer: Answer) -> Answer:
    """What is between the marks that are round all of it, of each kind in turn."""
    left = list(_ROUND)
    while pair := next((each for each in left if _is_round(answer.text, *each)), None):
        left.remove(pair)
        opening, closing = pair
        answer = _stripped(answer, len(opening), len(answer.text) - len(closing))
    return answer


def _is_round(text: str, opening: str, closing: str) -> bool:
    inner = text[len(opening) : len(text) - len(closing)]
    if text != f"{opening}{inner}{closing}" or opening in inner:
        return False
    return closing != "}" or _is_balanced(inner)


def _is_balanced(text: str) -> bool:
    """Whether each brace has its partner in the text."""
    depth = 0
    for sign in text:
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    return depth == 0


def _formulas(answer: Answer) -> Iterator[Answer]:
    """The parts between breaks that end one, without what announces them."""
    text, begin, depth, goes_on = answer.text, 0, 0, False
    for start, end in _lines(text):
        depth = max(0, depth + _opened(text, start, end))
        line = text[start:end].strip()
        following = _JOINS_AT_START.match(text, _first(text, end + 1))
        joins = following is not None and text[end : end + 1] == "\n"
        if line:
            goes_on = bool(depth or joins or _JOINS_AT_END.search(line[-_TAIL:]))
        if end < len(text) and goes_on:
            continue
        yield _part(answer, begin, end)
        begin, depth, goes_on = end + 1, 0, False


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for mark in _BREAK.finditer(text):
        yield start, mark.start()
        start = mark.end()
    yield start, len(text)


def _opened(text: str, start: int, end: int) -> int:
    return sum(1 if found[0] in "([{" else -1 for found in _BRACKET.finditer(text, start, end))


def _first(text: str, start: int) -> int:
    """Where the text after space begins, within what may stand before a line."""
    stop = min(len(text), start + _TAIL * 4)
    while start < stop and text[start].isspace():
        start += 1
    return start


def _part(answer: Answer, start: int, end: int) -> Answer:
    part = _stripped(answer, start, end)
    return bare(_stripped(part, announced(part.text), len(part.text)))


def _stripped(answer: Answer, start: int, end: int) -> Answer:
    """A part of an answer without space round it."""
    whole = answer.text[start:end].rstrip()
    stripped = whole.lstrip()
    return Answer(stripped, answer.offset + start + len(whole) - len(stripped))
