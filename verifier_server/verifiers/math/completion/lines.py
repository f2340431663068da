r"""Answer lines: where a completion says in words what its answer is.

Promises: the last label of its kind counts, with the text behind it up to the end of its
sentence, or, behind a label that ends its line, the next line. Labels under any markdown
emphasis: `Answer: X`, `Final Answer: X`, `The (final, correct) answer is X`,
`the correct option is X`, `#### X`, a heading `Final Answer`, and `A: X` with no line `B:`
after it (words in lower case, capitalised or in capitals). A label in a sentence that denies
or doubts ("if the answer is", "I do not think the answer is") is none. Linear in the text's
length.

Does not cover: boxes, which win over every line (`extract`); sentences without a label.
"""

import re
from collections.abc import Iterator
from itertools import islice

from verifier_server.verifiers.math.limits import MAX_ANSWER_BYTES

# Lines that are looked at, from the last one: labels with nothing behind them are no answers.
MAX_LINES = 1000
# Repetitions are bounded too, so that no run of words is looked through from each of them.
_QUALITY = r"(?:(?:final|correct|right|best|short)[ \t]++){0,3}+"
_TO_WHAT = r"(?:[ \t]++to[ \t]++(?:the|this)[ \t]++(?:question|problem))?+"
_IS = r"(?:is|was|will be|would be|should be|must be|equals)\b"
_THUS = r"(?:[ \t,]*+\b(?:therefore|thus|hence|then|simply|just|indeed)\b)?+"
# Possessive quantifiers throughout: no completion makes these patterns backtrack.
_LABEL = re.compile(
    rf"""
    ^[ \t>*_`-]*+ (?:
        (?P<hashes>\#{{4}}(?!\#))
      | (?P<letter>A:)
      | \#*+ [ \t*_]*+ (?:(?:the|my|our|so|thus|hence|therefore)\b[, \t]*+){{0,3}}+ {_QUALITY}
        answer\b {_TO_WHAT} [ \t*_]*+
        (?: {_IS}{_THUS} | (?=[:=]) | (?P<heading>(?=\n|\$|\\[(\[])) )
    )
    | \b(?:the|my|our|final|correct)[ \t]++ {_QUALITY} (?:answer|option|choice)\b {_TO_WHAT}
        [ \t*_]*+ (?: {_IS}{_THUS} | (?=[:=]) )
    | (?<=[.!?][ ]) answer[ \t*_]*+(?=:)
    """,
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_WORDS = (
    *("answer", "Answer", "ANSWER", "option", "Option", "OPTION", "choice", "Choice", "CHOICE"),
    *("####", "A:", "a:"),
)
_AFTER_LABEL = re.compile(
    r"[ \t*_]*+[:=]?+[ \t*_`]*+(?:(?:option|choice)[ \t]++(?=[($*]*+[A-J]\b))?+", re.IGNORECASE
)
_NEXT_LINE = re.compile(r"[ \t*_]*+\r?+\n\s*+[>*_`# \t]*+")
_NEXT_OPTION = re.compile(r"^[ \t>*_#-]*+B:", re.MULTILINE)

_LOOK_BACK_CHARS = 120
_DENIED = re.compile(
    r"n[o']t\b|n\u2019t\b|\b(?:no way|if|whether|never|neither|nor|(?<!no )doubt|suppose"
    r"|assum\w+|unless|wrong|incorrect|cannot|false|nobody|no one|everything but)\b",
    re.IGNORECASE,
)
# Twice the answer is 42, one more than the answer is 42.
_OF_ANOTHER = re.compile(
    r"\b(?:twice|thrice|double|triple|half|minus|plus|times|of|than|but)\s*$", re.IGNORECASE
)
_SENTENCE_START = re.compile(r"[.!?\n]\s")

# One formula, or the full stop that ends a sentence. A dollar before space opens none: "$5".
_SPAN_OR_STOP = re.compile(
    r"\$\$[^$]++\$\$|\$(?=\S)[^$\n]*+(?<=\S)\$(?!\d)|\\\((?:[^\\]|\\(?!\)))*+\\\)"
    r"|\\\[(?:[^\\]|\\(?!\]))*+\\\]|(?P<stop>\.[*_]*+(?=\s|$))"
)
# A block that opens where the answer begins, and may close on a later line.
_BLOCK = re.compile(r"\$\$[^$]++\$\$|\\\[(?:[^\\]|\\(?!\]))*+\\\]|\\\((?:[^\\]|\\(?!\)))*+\\\)")
_ABBREVIATED = re.compile(
    r"\b(?:[ap]\.m|sq|cu|ft|in|lbs?|oz|yd|mi|min|sec|hrs?|approx|no|vs|st|dr|mrs?|ms)$",
    re.IGNORECASE,
)
_MAX_ABBREVIATION = 8
_ENDS = " \t\r\n*_`"

# "The largest n is 34": what the sentence says of its subject.
_SUBJECT = re.compile(
    r"(?:(?:so|thus|hence|therefore|then)\b[, ]*)?(?:the|its|their|his|her|this|it|there|we)\b",
    re.IGNORECASE,
)
_SAYS = re.compile(r"(?:\b(?:is|are|equals|equal to|have|get)|=)\s+", re.IGNORECASE)


def answer_line(text: str) -> str | None:
    """The text behind the last answer label; None where there is none."""
    options = max((match.start() for match in _NEXT_OPTION.finditer(text)), default=-1)
    for start, end in islice(_lines_with_a_label(text), MAX_LINES):
        for label in reversed(list(_LABEL.finditer(text, start, end))):
            # With a B after it, A is no answer but the first of the options.
            if label["letter"] and label.start() < options:
                continue
            if not label["letter"] and not label["hashes"] and _is_denied(text, label.start()):
                continue
            found = _behind(text, label)
            if found:
                return found
    return None


def _lines_with_a_label(text: str) -> Iterator[tuple[int, int]]:
    """Where lines that hold a word of a label begin and end, the last one first.

    Words are looked for by themselves: that costs far less than the pattern, which then
    sees few lines.
    """
    places = {word: text.rfind(word) for word in _WORDS}
    end = len(text)
    while (place := max(places.values())) >= 0:
        start = text.rfind("\n", 0, place) + 1
        # With the line's end, at which a heading is known.
        yield start, end
        end = start
        places = {
            word: text.rfind(word, 0, end) if at >= end else at for word, at in places.items()
        }


def _is_denied(text: str, position: int) -> bool:
    before = text[max(0, position - _LOOK_BACK_CHARS) : position].rpartition("\n")[2]
    sentence = _SENTENCE_START.split(before)[-1]
    return bool(_DENIED.search(sentence) or _OF_ANOTHER.search(sentence))


def _behind(text: str, label: re.Match[str]) -> str:
    after = _AFTER_LABEL.match(text, label.end())
    start = after.end() if after else label.end()
    next_line = None if label["hashes"] or label["letter"] else _NEXT_LINE.match(text, start)
    if next_line:
        start = next_line.end()
    # An answer may not be longer, so nothing behind that needs to be looked at.
    segment = text[start : start + 2 * MAX_ANSWER_BYTES]
    block = _BLOCK.match(segment)
    first = block.end() if block else 0
    line = segment[: segment.find("\n", first) if "\n" in segment[first:] else len(segment)]
    return stated(line[: _sentence_end(line, first)].strip(_ENDS))


def _sentence_end(line: str, start: int) -> int:
    for match in _SPAN_OR_STOP.finditer(line, start):
        if match["stop"] is None:
            continue
        after = line[match.end() :].lstrip()[:1]
        word = line[max(0, match.start() - _MAX_ABBREVIATION) : match.start()]
        abbreviated = _ABBREVIATED.search(word) and not after.isupper()
        # "1. 2. 3." is cut nowhere, so that it is read as no answer and not as its first one.
        if abbreviated or after.isdigit():
            continue
        return match.start()
    return len(line)


def stated(text: str) -> str:
    """What a sentence such as "The largest n is 34" says; any other text as it is.

    Only the words before the last verb are dropped, and only where they hold no number
    and no denial.
    """
    if _SUBJECT.match(text) is None:
        return text
    verbs = list(_SAYS.finditer(text))
    if not verbs:
        return text
    before, said = text[: verbs[-1].start()], text[verbs[-1].end() :]
    if _DENIED.search(text) or any(sign.isdigit() for sign in before):
        return text
    return said.strip(_ENDS) or text
