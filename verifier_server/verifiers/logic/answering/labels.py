"""From the text of an answer to a label: True, False or Uncertain.

Promises: an answer is a label when all of it is one word of a closed list, alone or in
one of a few frames ("The answer is True."); nothing is searched for inside a sentence.
So a hedge ("True or False"), a negation ("not True"), a reason ("True, because ...") and
several labels are no answer. Case, space, a full stop, quotation marks, bold type and
\\boxed{} round the word do not matter.

The words are those that public data sets and their prompts use: True, Yes, Entailed,
Proved (RuleTaker, FOLIO, NLI, FLD); False, No, Contradicted, Disproved; Uncertain,
Unknown, Undetermined, Neutral, Neither, "cannot be determined". Yes and No mean True and
False: on an item whose truth is Uncertain neither is right, so they give no way to
say less than a label says. A task that names words of its own takes these alone, in any
case, in the order True, False, Uncertain.

Does not cover: what the truth is (`tasks`).
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from verifier_server.verifiers.logic.answering.block import (
    NO_ANSWER,
    Answer,
    NoAnswerError,
    one_answer,
    squeezed,
)

MAX_CHARACTERS: Final = 200
MAX_WORD: Final = 64


class Label(StrEnum):
    """What an answer says of a conclusion."""

    TRUE = "True"
    FALSE = "False"
    UNCERTAIN = "Uncertain"


_SYNONYMS: dict[Label, str] = {
    Label.TRUE: "true|yes|entailed|entailment|proved|proven|t",
    Label.FALSE: "false|no|contradicted|contradiction|disproved|disproven|refuted|f",
    Label.UNCERTAIN: "uncertain|unknown|undetermined|undecided|indeterminate"
    "|indeterminable|inconclusive|neutral|neither"
    "|cannot be determined|can not be determined|can't be determined|could not be determined"
    "|cannot be decided|cannot be inferred|cannot determine|cannot tell|can't tell"
    "|not determined|not enough information|insufficient information"
    "|neither true nor false",
}
WORDS: Final[Mapping[str, Label]] = MappingProxyType(
    {word: label for label, words in _SYNONYMS.items() for word in words.split("|")}
)

_FRAME = re.compile(
    r"(?:(?:so|therefore|thus|hence)[,:]? )?"
    r"(?:(?:(?:the|my) )?(?:final )?"
    r"(?:answer|label|conclusion|statement|hypothesis|proposition|truth value|verdict|result)"
    r"(?: ?[:=] ?| is:? | )|it is |it )?"
)
_BOXED = re.compile(r"\\boxed ?\{ ?(?:\\text ?\{([^{}]*)\}|([^{}\\]*)) ?\}")
_QUOTES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"'})
_ROUND = "\"'`*_$ "


def one_label(completion: str, words: tuple[str, str, str] | None = None) -> tuple[Label, Answer]:
    """The label of a completion, and the answer it was read from.

    Args:
        completion: the text.
        words: the task's own words for True, False and Uncertain.

    Raises:
        NoAnswerError: there is no answer, it is no label, or several differ.
    """
    known = _own(words) if words else WORDS
    answer = one_answer(completion, lambda text: known.get(_word(text, known), squeezed(text)))
    label = known.get(_word(answer.text, known))
    if label is None:
        right = ", ".join(words) if words else "True, False or Uncertain"
        raise NoAnswerError(NO_ANSWER, f"the answer is none of the labels: {right}")
    return label, answer


def check_words(words: tuple[str, str, str]) -> str:
    """What is wrong with a task's own words, or "": they must be told apart and be readable."""
    known = _own(words)
    if len(known) != len(Label):
        return "two labels have the same word"
    if any(not word or len(word) > MAX_WORD or _word(word, {}) != word for word in known):
        return f"a label's word must be plain text of 1 to {MAX_WORD} characters"
    return ""


def _own(words: tuple[str, str, str]) -> Mapping[str, Label]:
    return {squeezed(word).casefold(): label for word, label in zip(words, Label, strict=True)}


def _word(text: str, known: Mapping[str, Label]) -> str:
    """What remains of an answer without the frame; "" where it is too long for a label."""
    if len(text) > MAX_CHARACTERS:
        return ""
    word = _bare(squeezed(text).translate(_QUOTES).casefold())
    if word in known:
        return word
    frame = _FRAME.match(word)
    return _bare(word[frame.end() :] if frame else word)


def _bare(text: str) -> str:
    """Without the marks that stand round a word."""
    inner = text.strip(_ROUND)
    inner = inner.removesuffix(".").strip(_ROUND) if inner not in (".", "") else inner
    boxed = _BOXED.fullmatch(inner)
    return (boxed[1] or boxed[2] or "").strip(_ROUND) if boxed else inner
