r"""Answers in numbered parts: (1) 3; (2) x > 5.

Promises: the labels count up from the first without a gap, the first one begins the answer
and every other stands behind a separator, a formula or words; a bracketed number within a
formula, (x)(2), is no label.

Does not cover: the parts themselves, labels (A), (B), which are options (`wrappers`).
"""

import re

MAX_PARTS = 12
_SERIES = (
    tuple(str(number) for number in range(1, MAX_PARTS + 1)),
    ("i", "ii", "iii", "iv", "v", "vi"),
    ("I", "II", "III", "IV", "V", "VI"),
    ("a", "b", "c", "d", "e", "f"),
)
_LABEL = re.compile(
    r"(?:\\text\s*\{\s*)?(?P<open>\()?(?:\\text\s*\{\s*)?(?P<label>\d{1,2}|[ivIV]{1,3}|[a-f])"
    r"\s*\}?\)(?:\s*\})?[\s~:]*(?:\\[ ,;])?",
    re.ASCII,
)
# What may stand before a label; it is no part of the answer before it.
_BETWEEN = re.compile(r"(?:\s|[;,.]|\\\\|\\q?quad|\\[,;: ]|~|\b(?:and)\b|\\text\s*\{\s*and\s*\})+$")
_CLOSED = ("$", "}", "\n", ";", ",", ".", "\\quad", "\\qquad", "\\\\", "\\;", "\\ ")
_OPERATORS = ("*", "/", "^", "=", "<", ">", "\\cdot", "\\times", "_", "!", "\\le", "\\ge")


def parts(text: str) -> list[str] | None:
    """The texts of the parts, in order; None for an answer without numbered parts."""
    first = _LABEL.match(text)
    if first and not first["open"] and text.count(")") <= text.count("("):
        return None
    series = first and next((each for each in _SERIES if each[0] == first["label"]), None)
    if not first or not series:
        return None
    found: list[str] = []
    start = first.end()
    for match in _LABEL.finditer(text, start):
        following = len(found) + 1
        if following >= len(series) or match["label"] != series[following]:
            continue
        before = text[start : match.start()]
        closed = before.rstrip().endswith(_CLOSED) or before.endswith(_CLOSED)
        if not closed and not match[0].startswith("\\text"):
            continue
        # "1) 3; 2) 4", but a bracket that opened earlier is no label.
        if not match["open"] and before.count("(") > before.count(")"):
            continue
        found.append(_BETWEEN.sub("", before))
        start = match.end()
    found.append(_BETWEEN.sub("", text[start:]))
    if len(found) < 2 or any(not part or part.startswith(_OPERATORS) for part in found):
        return None
    return found
