r"""Words that name the value behind them: Area =, Maximum:, "The least value is" 4.

Promises: a name that denies or doubts its value, or makes another of it ("twice the
answer is"), is refused or left unread; "the answer is" and its kin name nothing.

Does not cover: letters as names (`symbols.defined`), whole lines (`claims`).
"""

import re

from verifier_server.verifiers.math.nodes import Text
from verifier_server.verifiers.math.reading.cursor import Cursor

# Words before a value that say nothing about it.
_EMPTY_LEADS = frozenset(("only", "either", "there are", "there is", "it is"))
# Before an inequality, which says the same without them.
_ALL = frozenset(("all", "for all", "any", "all real", "for any", "all real numbers", "for"))
# Of what is named so, the value is not the answer.
_NO_NAMES = frozenset(
    "not no never wrong incorrect false half twice double triple minus plus neither nor isn't "
    "incorrectly wrongly unlike could might nobody everything".split()
)
_STATES = re.compile(r" (?:is|are|equals)$")
# What is stated so may be a condition, or another thing than what was asked for.
_DOUBTS = re.compile(
    r"n't|\b(?:or|if|and|unless|when|which|what|where|that|whether|but|except|maybe|perhaps|about|"
    r"than|opposite|reciprocal|negative|negation|square|times|without|think|cannot|only|other|"
    r"converse|complement|inverse|contrary|reverse|alternative|fails|failing|guess\w*|"
    r"mistake\w*|claim\w*|lie|trap|decoy|distractor|less|more|fewer|nobody)\b"
)
_WITHOUT_MEANING = re.compile(r"^the | values?$")
_ANSWERS = frozenset(("answer", "final answer", "result", "solution", "value", "number"))
# Names of extremes, under one word; "minimum 5" needs no sign between.
_EXTREMES = {
    "maximum": "maximum", "max": "maximum", "greatest": "maximum", "largest": "maximum",
    "minimum": "minimum", "min": "minimum", "least": "minimum", "smallest": "minimum",
}  # fmt: skip
_VALUE_KINDS = ("number", "sign", "command")


def stated_name(cursor: Cursor) -> Text | None:
    """The words that name the value that comes; the index is then at the equals sign.

    Raises:
        UnreadableError: a name that denies its value.
    """
    if cursor.kind == "name" and cursor.text in _EXTREMES and cursor.ahead(1).text == "=":
        cursor.index += 1
        return Text(_EXTREMES[cursor.ahead(-1).text])
    if cursor.kind != "prose":
        return None
    words = cursor.text.casefold()
    if words in _EMPTY_LEADS or (words in _ALL and _is_bounded(cursor)):
        cursor.index += 1
        return None
    if cursor.ahead(1).text in ("=", ":", "~="):
        if not _NO_NAMES.isdisjoint(words.split()):
            raise cursor.fail("a name that denies its value")
        cursor.index += 1
        if cursor.at(":"):
            # The colon is an equals sign here.
            cursor.tokens[cursor.index] = cursor.token._replace(text="=")
    elif _states(words) or (_plain(words) in _EXTREMES and cursor.ahead(1).kind in _VALUE_KINDS):
        # The words themselves are the equals sign.
        cursor.tokens[cursor.index] = cursor.token._replace(kind="sign", text="=")
        words = _STATES.sub("", words)
    else:
        return None
    words = _plain(words)
    if words in _ANSWERS:
        cursor.index += 1
        return None
    return Text(_EXTREMES.get(words, words))


def _is_bounded(cursor: Cursor) -> bool:
    """Whether a letter and an inequality come after the word: all k >= 2."""
    return cursor.ahead(1).kind == "letter" and cursor.ahead(2).text in ("<", "<=", ">", ">=")


def _states(words: str) -> bool:
    denied = not _NO_NAMES.isdisjoint(words.split()) or _DOUBTS.search(words)
    return bool(_STATES.search(words)) and not denied


def _plain(words: str) -> str:
    return _WITHOUT_MEANING.sub("", words)
